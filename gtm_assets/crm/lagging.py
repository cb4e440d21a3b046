"""Readings that are older than what the CRM had said before: a change they do not show yet stays open, and the record is read again.

A lagging copy of the CRM's database answers like that, for a moment. That archives show the very time that a poll tells is not documented,
so nothing stays open for long. What belongs elsewhere: examining changes (``examining``), a restored backup (``restored``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from gtm_assets.crm.accounts import Refreshed
from gtm_assets.crm.records import TABLES, Record
from resources.store import schema
from resources.store.store import chunked, get_cursor, insert_new, rows_by, set_cursor, utc_now

#: The outcome of a change that stays open.
NOT_SHOWN = "the CRM's answer did not show it yet"
GIVE_UP_AFTER = timedelta(minutes=10)
#: The pause after a look is as long as the change was open by then, and no shorter than this.
SHORTEST_PAUSE = timedelta(seconds=5)
LOOKED = "crm.lagging"


def may_be_looked_at(connection: sa.Connection) -> sa.ColumnElement[bool]:
    """Which open changes may be examined now: all that nobody looked at yet; those that were not shown, after a pause."""
    changes = schema.changes
    looked: dict[str, Any] | None = get_cursor(connection, LOOKED)
    if looked is None or utc_now() >= datetime.fromisoformat(looked["again_at"]):
        return sa.true()
    return changes.c.outcome != NOT_SHOWN


def keep_open(connection: sa.Connection, open_: sa.ColumnElement[bool], refreshed: Refreshed) -> None:
    """Mark those of these open changes that the reading did not show; what was open for too long is taken as the reading has it."""
    changes = schema.changes
    now = utc_now()
    columns = (changes.c.id, changes.c.entity, changes.c.entity_id, changes.c.crm_updated_at, changes.c.detected_at)
    rows = [dict(row) for row in connection.execute(sa.select(*columns).where(open_)).mappings()]
    known = _known(connection, rows, refreshed)
    unseen = [row for row in rows if _is_unseen(row, refreshed, known)]
    connection.execute(sa.update(changes).where(open_, changes.c.outcome == NOT_SHOWN).values(outcome=""))
    waiting = [row for row in unseen if now - row["detected_at"] < GIVE_UP_AFTER]
    for piece in chunked([row["id"] for row in waiting]):
        connection.execute(sa.update(changes).where(changes.c.id.in_(piece)).values(outcome=NOT_SHOWN))
    if waiting:
        pause = max(SHORTEST_PAUSE, now - max(row["detected_at"] for row in waiting))
        set_cursor(connection, LOOKED, {"again_at": (now + pause).isoformat()})
    for row in unseen:
        if now - row["detected_at"] >= GIVE_UP_AFTER:
            _accept(connection, (row["entity"], row["entity_id"]), refreshed)


def open_again(connection: sa.Connection, refreshed: Refreshed) -> None:
    """Records whose reading was a little older than what was known (see ``accounts.Refreshed.younger``) are read once more, soon."""
    changes = schema.changes
    now = utc_now()
    for (entity, entity_id), (contact_id, known) in refreshed.younger.items():
        same = sa.and_(changes.c.entity == entity, changes.c.entity_id == entity_id, changes.c.crm_updated_at == known)
        closed = sa.and_(same, changes.c.handled_at.is_not(None))
        connection.execute(sa.update(changes).where(closed).values(handled_at=None, outcome=NOT_SHOWN, detected_at=now))
        row = {"entity": entity, "entity_id": entity_id, "contact_id": contact_id, "crm_updated_at": known}
        more = {"updated_by": None, "source": "reading", "settled": True, "detected_at": now, "outcome": NOT_SHOWN}
        insert_new(connection, changes, [{**row, **more}], unique=("entity", "entity_id", "crm_updated_at"))
    if refreshed.younger:
        set_cursor(connection, LOOKED, {"again_at": (now + SHORTEST_PAUSE).isoformat()})


def _known(connection: sa.Connection, rows: Collection[Mapping[str, Any]], refreshed: Refreshed) -> set[Record]:
    """Of the records that the reading did not show: those that were known before. They are gone, and not too new to be shown."""
    found: set[Record] = set()
    for entity, (_, key) in TABLES.items():
        ids = {row["entity_id"] for row in rows if row["entity"] == entity}
        missing = [entity_id for entity_id in ids if (entity, entity_id) not in refreshed.shown]
        found |= {(entity, entity_id) for entity_id in rows_by(connection, key, missing)}
    return found


def _is_unseen(row: Mapping[str, Any], refreshed: Refreshed, known: Collection[Record]) -> bool:
    record = (row["entity"], row["entity_id"])
    if record not in refreshed.shown:
        return record not in known
    shown = refreshed.shown[record]
    return shown is not None and shown < row["crm_updated_at"]


def _accept(connection: sa.Connection, record: Record, refreshed: Refreshed) -> None:
    """The record's time is the one that readings show; else each of them would open the change again."""
    if (shown := refreshed.shown.get(record)) is not None:
        table, key = TABLES[record[0]]
        connection.execute(sa.update(table).where(key == record[1]).values(crm_updated_at=shown))
