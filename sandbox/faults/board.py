"""Which faults are in force, and how often each has happened. Thread-safe.

What belongs elsewhere: which kinds there are (``kinds``), starting and ending them (``arranging``).
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sandbox.faults.kinds import Fault

F = TypeVar("F", bound=Fault)


def _nothing() -> None:
    return None


@dataclass
class Running(Generic[F]):
    """A fault in force: since when (the CRM's time), how often it happened, how many it let pass before."""

    id: int
    fault: F
    since: str = ""
    met: int = 0
    skipped: int = 0
    undo: Callable[[], None] = field(default=_nothing, repr=False)


class FaultBoard:
    """Faults in force, in the order in which they were started."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._running: list[Running[Any]] = []

    def put(self, fault: F, *, since: str, undo: Callable[[], None] = _nothing) -> Running[F]:
        """From now on the fault is in force."""
        running = Running(next(self._ids), fault, since, undo=undo)
        with self._lock:
            self._running.append(running)
        return running

    def remove(self, name: str = "") -> list[Running[Any]]:
        """End those of one name or all; the newest first."""
        with self._lock:
            ended = [running for running in self._running if name in ("", running.fault.name)]
            self._running = [running for running in self._running if running not in ended]
        return ended[::-1]

    def running(self) -> list[Running[Any]]:
        """All in force."""
        with self._lock:
            return list(self._running)

    def first(self, kind: type[F], matches: Callable[[F], bool] = lambda _: True) -> Running[F] | None:
        """The oldest one of a kind that matches, without counting."""
        with self._lock:
            found = (item for item in self._running if isinstance(item.fault, kind) and matches(item.fault))
            return next(found, None)

    def take(self, kind: type[F], matches: Callable[[F], bool] = lambda _: True) -> Running[F] | None:
        """The fault of this kind that happens now, counted; None if none does. Those that let some pass count these, too."""
        with self._lock:
            for running in self._running:
                if not isinstance(running.fault, kind) or not matches(running.fault):
                    continue
                if running.skipped < getattr(running.fault, "skip", 0):
                    running.skipped += 1
                    continue
                running.met += 1
                if running.met == running.fault.limit:
                    self._running.remove(running)
                return running
        return None
