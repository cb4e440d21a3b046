"""What tests of the queue and of leases do with a store in one line. What belongs elsewhere: rows of other tables (``stores.py``)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from gtm_assets_tests.stores import rows_of
from resources.store import queue, schema
from resources.store.store import Store, utc_now


def make_due(store: Store, *ids: int, **how: Any) -> None:
    """Accounts that somebody wants; ``how`` as :func:`queue.mark_due` takes it."""
    with store.write() as connection:
        queue.mark_due(connection, ids, trigger=how.pop("trigger", "test"), **how)


def finish(store: Store, owner: str, claimed: dict[int, int], **how: Any) -> None:
    """End the work on what ``claim`` gave, completed unless ``how`` says otherwise."""
    with store.write() as connection:
        for contact_id, covered in claimed.items():
            values = {"phase": "completed", "reason": "", **how}
            queue.finish(connection, owner, contact_id, covered=covered, **values)


def due_count(store: Store) -> int:
    """How many accounts somebody could claim now."""
    with store.read() as connection:
        return queue.due_count(connection)


def state_of(store: Store, contact_id: int = 1) -> dict[str, Any]:
    """An account's row of ``sync_state``."""
    return next(row for row in rows_of(store, schema.sync_state) if row["contact_id"] == contact_id)


def expire_leases(store: Store) -> None:
    """As if ninety seconds had gone by."""
    past = utc_now() - timedelta(seconds=1)
    with store.write() as connection:
        connection.execute(sa.update(schema.sync_state).values(lease_until=past))
        connection.execute(sa.update(schema.leases).values(lease_until=past))
