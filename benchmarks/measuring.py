"""Work in a process of its own, with its seconds and the most memory it took; how results are shown."""

from __future__ import annotations

import math
import os
import platform
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
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
    """Seconds of some work and what this process computed meanwhile; its peak memory before it and after it, in MB."""

    seconds: float = 0.0
    before: float = 0.0
    peak: float = 0.0
    cpu: float = 0.0


@contextmanager
def measured() -> Iterator[Measured]:
    """Measure the block."""
    found = Measured(before=_peak_memory())
    begun, computed = time.perf_counter(), time.process_time()
    yield found
    found.seconds = time.perf_counter() - begun
    found.cpu = time.process_time() - computed
    found.peak = _peak_memory()


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of the values do not pass (nearest rank); 0 of none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0


def section(name: str, module: str, arguments: Sequence[str] | None, said: str, rows: Iterable[Row]) -> str:
    """A Markdown section for ``RESULTS.md``; ``arguments`` None are those of the command line."""
    command = " ".join(["python -m", module, *(sys.argv[1:] if arguments is None else arguments)])
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    lines = [f"## {datetime.now(UTC):%Y-%m-%d}, {machine}: {name}", "", f"`{command}`", ""]
    load = f"Load of the machine, mean of five minutes, when it ended: {os.getloadavg()[1]:.1f}."
    lines += [f"{said} {load}".strip(), "", "| what | value |", "| --- | --- |"]
    return "\n".join([*lines, *(f"| {what} | {value} |" for what, value in rows)])


def _peak_memory() -> float:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1e3)
