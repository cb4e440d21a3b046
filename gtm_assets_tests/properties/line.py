"""The line between the engine and the CRM: every request passes here, so that a test knows the moments before and after each.

Time is the CRM's: its clock stands still unless somebody lets it go on, and every answer carries it. What belongs elsewhere: what
happens at a moment (the properties), a process that dies there (``fate``), accidents of the CRM itself (``sandbox.faults``).
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Literal

import httpx


@dataclass(frozen=True, order=True)
class Moment:
    """Before or after the n-th call of its kind, such as ``PATCH Person/1``; the same in every run of the same story."""

    when: Literal["before", "after"]
    call: str
    nth: int = 1

    def __str__(self) -> str:
        return f"{self.when} {self.call}" + (f" (no. {self.nth})" if self.nth > 1 else "")


class CrmClock:
    """The CRM's clock. Aware, UTC; it shows whole seconds and keeps what is less."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        """The same as Unix time."""
        return self.now.timestamp()

    def tick(self, seconds: float) -> None:
        """Let time pass; also what a pass of the engine does when it waits."""
        self.now += timedelta(seconds=seconds)


class Line(httpx.BaseTransport):
    """A transport over real HTTP.

    ``at`` is called at every moment, in the thread that makes the call, and may raise or act. ``pace`` is how many seconds a call takes by
    the CRM's clock.
    """

    def __init__(self, clock: CrmClock) -> None:
        self.clock = clock
        self.pace = 0.0
        self.at: Callable[[Moment], None] = lambda _: None
        self.calls: list[str] = []
        self._lock = threading.Lock()
        self._counted: Counter[str] = Counter()
        self._inner = httpx.HTTPTransport()

    def begin(self, at: Callable[[Moment], None] | None = None) -> None:
        """Count anew; ``at`` from now on."""
        self.calls, self._counted = [], Counter()
        self.at = at or (lambda _: None)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One call: its two moments, and the CRM's clock in the answer."""
        if "/api/v1/" not in request.url.path:
            return self._inner.handle_request(request)
        call = f"{request.method} {request.url.path.rpartition('/api/v1/')[2]}"
        with self._lock:
            self._counted[call] += 1
            nth = self._counted[call]
            self.calls.append(call)
        self.at(Moment("before", call, nth))
        self.clock.tick(self.pace)
        response = self._inner.handle_request(request)
        response.read()
        response.headers["Date"] = format_datetime(self.clock.now.astimezone(UTC), usegmt=True)
        self.at(Moment("after", call, nth))
        return response

    def close(self) -> None:
        """Keep the connections: the next pass uses the same line."""

    def hang_up(self) -> None:
        """Close the connections."""
        self._inner.close()
