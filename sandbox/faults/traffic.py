"""What a request meets on its way: a rate limit, an error instead of an answer, a broken connection, silence, slowness.

What belongs elsewhere: doing it to a connection (``sandbox.passage``), faults inside the CRM (``sandbox.superoffice``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from sandbox.faults.board import FaultBoard
from sandbox.faults.kinds import OnRequests, RateLimit, ResetAfter, ServerError, Slow, Timeout
from sandbox.faults.meter import CallMeter
from sandbox.gate import Gate

# The tenant's own pages for people lie beside the API and count for nobody's limit.
_API = re.compile(r"^/online\d+/[^/]+/api(/|$)")


@dataclass(frozen=True)
class Accident:
    """What happens to one request: an error, a cut line, silence and then a cut line, or a slow answer."""

    what: Literal["status", "cut", "silence", "slow"]
    after_work: bool = False
    status: int = 0
    retry_after: float | None = None
    seconds: float = 0.0


class Traffic:
    """Asked once for each request."""

    def __init__(self, *, gate: Gate, board: FaultBoard, meter: CallMeter) -> None:
        self._gate = gate
        self._board = board
        self._meter = meter

    def accident(self, system: str, method: str, path: str) -> Accident | None:
        """The accident that this request meets, counted; None for none."""
        return self._limited(path) or self._by_pattern(system, method, path) or self._by_name(system, method, path)

    def _limited(self, path: str) -> Accident | None:
        if not _API.match(path):
            return None
        running = self._board.first(RateLimit)
        limit = running.fault if running else None
        if self._meter.admit(limit.per_second if limit else None, count_refused=limit.count_refused if limit else True):
            return None
        taken = self._board.take(RateLimit)
        return Accident("status", status=429, retry_after=taken.fault.retry_after if taken else None)

    def _by_pattern(self, system: str, method: str, path: str) -> Accident | None:
        fault = self._gate.next_fault(system, method, path)
        if fault is None:
            return None
        if fault.kind == "status":
            return Accident("status", status=fault.status, retry_after=fault.retry_after)
        return Accident("cut", after_work=fault.kind == "reset_after")

    def _by_name(self, system: str, method: str, path: str) -> Accident | None:
        def meant(fault: OnRequests) -> bool:
            wanted = fault.system in ("", system) and fault.method.upper() in ("", method)
            return wanted and re.search(fault.path, path) is not None

        running = self._board.take(OnRequests, meant)
        if running is None:
            return None
        fault = running.fault
        if isinstance(fault, ServerError):
            return Accident("status", status=fault.status, retry_after=fault.retry_after)
        if isinstance(fault, Timeout):
            return Accident("silence", after_work=fault.after_work, seconds=fault.seconds)
        if isinstance(fault, Slow):
            # A website's answer streams: nothing can wait behind its work.
            return Accident("slow", after_work=system != "site", seconds=fault.seconds)
        return Accident("cut", after_work=isinstance(fault, ResetAfter))
