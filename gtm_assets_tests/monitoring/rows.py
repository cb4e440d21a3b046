"""Rows that tests of monitoring need, over those of ``gtm_assets_tests.stores``."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from resources.store.store import utc_now

NOW = utc_now()


def state_row(contact_id: int, phase: str, **changed: Any) -> dict[str, Any]:
    """A row of ``sync_state``: received, a second later enriching, two later syncing, four later ended."""
    return {
        "contact_id": contact_id,
        "phase": phase,
        "reason": "",
        "kind": "",
        "trigger": "test",
        "attempts": 0,
        "due_at": None,
        "priority": 0,
        "requested": 1,
        "lease_owner": None,
        "lease_until": None,
        "received_at": NOW,
        "enriching_at": NOW + timedelta(seconds=1),
        "syncing_at": NOW + timedelta(seconds=3),
        "ended_at": NOW + timedelta(seconds=7),
        "run_id": "run-1",
        **changed,
    }
