"""Work in a process of its own, with its seconds and the most memory it took."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")
#: What was measured, and its value, for a table.
Row = tuple[str, str]


def apart(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What ``work`` answers, from a fresh process: its peak memory is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        return pool.submit(work, *args, **kwargs).result()


@dataclass
class Measured:
    """Seconds of some work; the process's peak memory before it and after it, in MB."""

    seconds: float = 0.0
    before: float = 0.0
    peak: float = 0.0


@contextmanager
def measured() -> Iterator[Measured]:
    """Measure the block."""
    found = Measured(before=_peak_memory())
    begun = time.perf_counter()
    yield found
    found.seconds = time.perf_counter() - begun
    found.peak = _peak_memory()


def _peak_memory() -> float:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1e3)
