"""Accidents (faults) and pauses (holds) that a test arranges for requests that are still to come.

A hold lets a test stop a request just before it has an effect or just before its answer leaves, and kill the client there.
What belongs elsewhere: making requests meet them (``passage``), and the control endpoints that set them (``control``).
"""

from __future__ import annotations

import itertools
import re
import threading
from dataclasses import dataclass, field
from typing import Any, Literal

FaultKind = Literal["status", "reset_before", "reset_after"]


@dataclass
class Hold:
    """Requests that match wait, each at most 30 s, until the hold is released."""

    id: int
    method: str
    path: re.Pattern[str]
    when: Literal["before", "after"]
    system: str = ""
    released: bool = False
    waiting: list[dict[str, Any]] = field(default_factory=list)
    seen: int = 0


@dataclass
class Fault:
    """The next ``times`` matching requests meet an accident instead of (or, ``reset_after``, after) their answer."""

    id: int
    kind: FaultKind
    system: str
    method: str
    path: re.Pattern[str]
    status: int
    times: int
    retry_after: float | None
    met: int = 0


class Gate:
    """Holds and faults in force. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._holds: list[Hold] = []
        self._faults: list[Fault] = []

    def hold(self, *, method: str, path_regex: str, when: Literal["before", "after"], system: str = "") -> Hold:
        """Stop matching requests from now on. Raises ``re.error`` for a bad pattern."""
        hold = Hold(next(self._ids), method.upper(), re.compile(path_regex), when, system)
        with self._lock:
            self._holds.append(hold)
        return hold

    def release(self, hold_id: int | None = None) -> int:
        """Let go of one hold or all of them; says how many."""
        with self._lock:
            ending = [hold for hold in self._holds if hold_id is None or hold.id == hold_id]
            self._holds = [hold for hold in self._holds if hold not in ending]
        for hold in ending:
            hold.released = True
        return len(ending)

    def held(self) -> list[dict[str, Any]]:
        """Requests that wait at this moment."""
        with self._lock:
            return [{**request, "hold": hold.id, "when": hold.when} for hold in self._holds for request in hold.waiting]

    def holds(self) -> list[Hold]:
        """Holds in force."""
        with self._lock:
            return list(self._holds)

    def add_fault(
        self,
        *,
        kind: FaultKind = "status",
        system: str = "",
        method: str = "",
        path_regex: str = "",
        status: int = 503,
        times: int = 1,
        retry_after: float | None = None,
    ) -> Fault:
        """Arrange an accident. Raises ``re.error`` for a bad pattern."""
        fault = Fault(next(self._ids), kind, system, method.upper(), re.compile(path_regex), status, times, retry_after)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear_faults(self) -> None:
        """No more accidents."""
        with self._lock:
            self._faults.clear()

    def faults(self) -> list[Fault]:
        """Faults that are not used up."""
        with self._lock:
            return list(self._faults)

    def next_fault(self, system: str, method: str, path: str) -> Fault | None:
        """The accident that this request meets, counted."""
        with self._lock:
            for fault in self._faults:
                if fault.system not in ("", system) or fault.method not in ("", method) or not fault.path.search(path):
                    continue
                fault.met += 1
                if fault.met >= fault.times:
                    self._faults.remove(fault)
                return fault
        return None

    def matching_hold(self, when: str, system: str, method: str, path: str) -> Hold | None:
        """The hold that stops this request."""
        with self._lock:
            for hold in self._holds:
                if (
                    hold.when == when
                    and hold.system in ("", system)
                    and hold.method in ("", method)
                    and hold.path.search(path)
                ):
                    return hold
        return None
