"""A pass of the engine without Dagster and the vendors' rate limits: its clock and what it did.

What belongs elsewhere: making one (``harness``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from gtm_assets.batch import BatchResult
from gtm_assets.knowledge.sync import SyncResult
from gtm_assets.texts.matrix import MatrixResult

#: How far the clock of :class:`SteppingClock` runs behind: less than a poll looks back.
_BEHIND = timedelta(seconds=240)


class SteppingClock:
    """The CRM's clock for fast passes: every save has a second of its own, and all of them are past, so nothing waits."""

    def __init__(self) -> None:
        self._next = datetime.now(UTC) - _BEHIND

    def __call__(self) -> datetime:
        self._next += timedelta(seconds=1)
        return self._next


@dataclass
class FastPass:
    """What a pass without Dagster did; ``error`` is what stopped it."""

    synced: dict[str, SyncResult] = field(default_factory=dict)
    cells: MatrixResult = field(default_factory=MatrixResult)
    batch: BatchResult = field(default_factory=BatchResult)
    model_calls: int = 0
    patches: int = 0
    missing_list_items: tuple[str, ...] = ()
    error: Exception | None = None

    def phases(self) -> dict[int, str]:
        """How each account ended."""
        return {key: outcome.phase for key, outcome in self.batch.outcomes.items()}
