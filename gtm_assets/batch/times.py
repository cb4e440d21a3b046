"""How long an account stood in each phase. Pure.

Accounts are led through the stages a hundred at a time, so these are the times a person at the CRM waits, not the work on one account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Times:
    """Seconds in each phase; None where the account did not come there. ``waited`` is from received to the begin of the work."""

    waited: float | None = None
    enriching: float | None = None
    syncing: float | None = None
    total: float | None = None


def times_of(row: Mapping[str, Any], now: datetime) -> Times:
    """The times of a row of ``sync_state``; a phase that is not over yet counts until ``now``.

    A stamp of an earlier way through the phases (an account that was received again) counts for nothing.
    """
    received = row["received_at"]
    begun = _after(row["enriching_at"], received)
    syncing = _after(row["syncing_at"], begun) if begun else None
    ended = _after(row["ended_at"], begun or received)
    end = ended or now
    return Times(
        waited=_between(received, begun or end),
        enriching=_between(begun, syncing or end),
        syncing=_between(syncing, end),
        total=_between(received, end),
    )


def _after(moment: datetime | None, earlier: datetime | None) -> datetime | None:
    if moment is None or earlier is None:
        return None
    return moment if moment >= earlier else None


def _between(begin: datetime | None, end: datetime | None) -> float | None:
    if begin is None or end is None:
        return None
    return round(max(0.0, (end - begin).total_seconds()), 3)
