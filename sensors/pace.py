"""How often sensors tick in fact."""

from __future__ import annotations


def every(seconds: int) -> int:
    """The interval to declare for a tick every so many seconds, a multiple of five.

    Dagster's daemon looks every five seconds which sensors are due, and counts from a moment within the last tick: who declares five is
    found under age at each second look, and ticks every ten (``benchmarks/latency.py`` shows it).
    """
    return seconds - 1
