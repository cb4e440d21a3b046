"""Which time a change gets: the database's own, unless a fault keeps the clock or commits late.

What belongs elsewhere: whether a change moves the stamps at all (``crm``).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sandbox.faults.board import FaultBoard
from sandbox.faults.kinds import DuplicateTimestamps, LateTimestamps

# The users of the integration; ``carriers`` says who they are.
ENGINE = frozenset({4, 5})


def stamp(faults: FaultBoard, now: str, associate: int) -> str:
    """UpdatedDate of a change that this user makes now; naive UTC, whole seconds, in and out."""

    def late(fault: LateTimestamps) -> bool:
        return fault.by == "anyone" or (fault.by == "engine") == (associate in ENGINE)

    same = faults.take(DuplicateTimestamps)
    moment = same.since if same else now
    delayed = faults.take(LateTimestamps, late)
    if delayed is None:
        return moment
    return (datetime.fromisoformat(moment) - timedelta(seconds=round(delayed.fault.seconds))).isoformat()
