"""Tests of leading accounts: what stands around the stages. The way through them is tested in ``path``."""
