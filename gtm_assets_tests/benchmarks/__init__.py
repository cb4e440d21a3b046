"""Tests of the benchmarks: what they count is right, and each of their pieces works in the smallest size. Nothing is asserted on time."""
