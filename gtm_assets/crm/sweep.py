"""Reading everything: the first load, and a daily look for edits that did not move the CRM's timestamps.

All input and owned columns of all accounts and persons, keyset paged; every page is one transaction with its position, so a sweep goes on
where it stopped. Every difference from the snapshot is a change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from gtm_assets.crm import snapshots
from gtm_assets.crm.accounts import Reading, Refreshed, store_reading
from gtm_assets.crm.changes import load_cursor, start_cursor
from gtm_assets.crm.fields import CrmField, Entity
from gtm_assets.crm.polling import OVERLAP
from gtm_assets.crm.snapshots import Lists
from resources.errors import PermanentError
from resources.store import queue, schema
from resources.store.store import Store, get_cursor, set_cursor, utc_now
from resources.superoffice.client import SuperOfficeClient
from resources.waiting import silent

POSITION = "crm.sweep"
DONE = "crm.swept"
EVERY = timedelta(days=1)


class EmptyCrmError(PermanentError):
    """The CRM shows no company at all although some are known; nothing was changed."""


@dataclass
class SweepResult:
    """What a sweep saw: records read, accounts that are due because of it, and whether it was the first load."""

    source: Literal["first_load", "sweep"]
    accounts: int = 0
    persons: int = 0
    due: int = 0
    gone: int = 0


def sweep_is_due(connection: sa.Connection) -> bool:
    """Whether one was never finished, is under way, or lies more than a day back."""
    if get_cursor(connection, POSITION) is not None:
        return True
    done = get_cursor(connection, DONE)
    return done is None or utc_now() - datetime.fromisoformat(done["at"]) > EVERY


def sweep(
    store: Store,
    crm: SuperOfficeClient,
    fields: Mapping[str, CrmField],
    lists: Lists,
    *,
    stored: Callable[[], None] = silent,
) -> SweepResult:
    """Read all living accounts and persons and put those that differ from their snapshots on the queue.

    ``stored`` is called after each page: a large tenant takes minutes.
    """
    position = _begin(store)
    result = SweepResult(position["source"])
    entities: tuple[Entity, ...] = ("Contact", "Person")
    for entity in entities[entities.index(position["entity"]) :]:
        after = position["after"] if entity == position["entity"] else 0
        key = "contactId" if entity == "Contact" else "personId"
        pages = crm.archive_keyset(
            entity, select=snapshots.columns(entity, fields), filter=f"{key} gt 0", key=key, after=after
        )
        for page in pages:
            reading = _reading(entity, page.rows, fields, lists)
            moment = page.server_time or utc_now() - timedelta(hours=1)
            position = {
                **position,
                "entity": entity,
                "after": max(int(row[key]) for row in page.rows),
                "server_time": position["server_time"] or moment.isoformat(),
            }
            with store.write() as connection:
                refreshed = store_reading(connection, reading)
                result.due += _wake(connection, refreshed, position["source"])
                set_cursor(connection, POSITION, position)
            stored()
            result.accounts += len(reading.accounts)
            result.persons += len(reading.persons)
    _end(store, position, result)
    return result


def _begin(store: Store) -> dict[str, Any]:
    with store.write() as connection:
        position: dict[str, Any] | None = get_cursor(connection, POSITION)
        if position is None:
            first = load_cursor(connection) is None
            position = {
                "source": "first_load" if first else "sweep",
                "entity": "Contact",
                "after": 0,
                "started_at": utc_now().isoformat(),
                "server_time": None,
            }
            set_cursor(connection, POSITION, position)
        return position


def _end(store: Store, position: Mapping[str, Any], result: SweepResult) -> None:
    """What was not seen is gone; the first load begins polling where it began reading."""
    started = datetime.fromisoformat(position["started_at"])
    with store.write() as connection:
        alive = schema.accounts.c.gone_at.is_(None)
        known, seen = (
            connection.execute(
                sa.select(sa.func.count()).select_from(schema.accounts).where(alive, condition)
            ).scalar_one()
            for condition in (sa.true(), schema.accounts.c.read_at >= started)
        )
        if known and not seen:
            connection.execute(sa.delete(schema.cursors).where(schema.cursors.c.name == POSITION))
    if known and not seen:
        raise EmptyCrmError(
            "SuperOffice",
            f"reading all companies brought none, {known} are known. Nothing was changed.",
            "Check the rights of the integration's user, and that this is the right tenant.",
        )
    with store.write() as connection:
        missing = connection.execute(
            sa.select(schema.accounts.c.contact_id).where(
                schema.accounts.c.read_at < started, schema.accounts.c.gone_at.is_(None)
            )
        ).scalars()
        ids = list(missing)
        for table in (schema.accounts, schema.persons):
            connection.execute(
                sa.update(table).where(table.c.read_at < started, table.c.gone_at.is_(None)).values(gone_at=utc_now())
            )
        queue.mark_due(connection, ids, trigger="no longer in the CRM", priority=1)
        result.gone = len(ids)
        if load_cursor(connection) is None:
            began = position["server_time"]
            start_cursor(connection, datetime.fromisoformat(began) if began else utc_now() - OVERLAP)
        set_cursor(connection, DONE, {"at": utc_now().isoformat(), "accounts": result.accounts})
        connection.execute(sa.delete(schema.cursors).where(schema.cursors.c.name == POSITION))


def _reading(entity: Entity, rows: Any, fields: Mapping[str, CrmField], lists: Lists) -> Reading:
    if entity == "Contact":
        accounts = [snapshots.read_account(row, fields, lists) for row in rows]
        return Reading({account.contact_id: account for account in accounts}, {}, frozenset())
    persons = [snapshots.read_person(row, fields, lists) for row in rows]
    return Reading({}, {person.person_id: person for person in persons if person.contact_id}, frozenset())


def _wake(connection: sa.Connection, refreshed: Refreshed, source: str) -> int:
    trigger = "first load" if source == "first_load" else "sweep"
    if source == "first_load":
        return queue.mark_due(connection, refreshed.differences, trigger=trigger, priority=1)
    for contact_id, names in refreshed.differences.items():
        queue.mark_due(connection, [contact_id], trigger=f"sweep: {'; '.join(names)}"[:500], priority=1)
    return len(refreshed.differences)
