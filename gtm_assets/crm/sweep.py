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

from gtm_assets.crm import lagging, merges, restored, snapshots
from gtm_assets.crm.accounts import Refreshed, Then, store_reading
from gtm_assets.crm.changes import load_cursor, start_cursor
from gtm_assets.crm.fields import CrmField, Entity
from gtm_assets.crm.polling import OVERLAP
from gtm_assets.crm.reading import Reading, accounts_of, persons_of
from gtm_assets.crm.records import ENTITIES, TABLES
from gtm_assets.crm.refreshing import Tracing, check_times
from gtm_assets.crm.snapshots import Lists
from resources.errors import PermanentError
from resources.store import queue, schema
from resources.store.store import Store, get_cursor, set_cursor, utc_now
from resources.superoffice.client import SuperOfficeClient
from resources.waiting import silent

PROGRESS = restored.SWEEP
DONE = "crm.swept"
EVERY = timedelta(days=1)


class EmptyCrmError(PermanentError):
    """The CRM shows no company at all although some are known; nothing was changed."""


@dataclass
class SweepResult:
    """What a sweep saw: records read, accounts that are due because of it, and why it was made."""

    source: Literal["first_load", "sweep", "restored"]
    accounts: int = 0
    persons: int = 0
    due: int = 0
    gone: int = 0


def sweep_is_due(connection: sa.Connection) -> bool:
    """Whether one was never finished, is under way, lies more than a day back, or is wanted because a backup was restored."""
    if get_cursor(connection, PROGRESS) is not None or restored.wants_sweep(connection):
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
    then: Then | None = None,
) -> SweepResult:
    """Read all living accounts and persons and put those that differ from their snapshots on the queue.

    ``stored`` is called after each page: a large tenant takes minutes. ``then`` runs in each page's transaction, as with ``refresh``.

    Raises:
        EmptyCrmError: No company at all.
        RestoredBackupError: As with ``refresh``; what was swept stays, the rest waits.
    """
    position = _begin(store)
    result = SweepResult(position["source"])
    anew = result.source == "restored"
    for entity in ENTITIES[ENTITIES.index(position["entity"]) :]:
        after = position["after"] if entity == position["entity"] else 0
        key = "contactId" if entity == "Contact" else "personId"
        pages = crm.archive_keyset(
            entity, select=snapshots.columns(entity, fields), filter=f"{key} gt 0", key=key, after=after
        )
        for page in pages:
            reading = _reading(entity, page.rows, fields, lists)
            if not anew:
                check_times(store, crm, reading)
            moment = page.server_time or utc_now() - timedelta(hours=1)
            position = {
                **position,
                "entity": entity,
                "after": max(int(row[key]) for row in page.rows),
                "server_time": position["server_time"] or moment.isoformat(),
            }
            with store.write() as connection:
                _check_same(connection, position)
                refreshed = store_reading(connection, reading, anew=anew)
                lagging.open_again(connection, refreshed)
                result.due += _wake(connection, refreshed, position["source"])
                set_cursor(connection, PROGRESS, position)
                if then is not None:
                    then(connection, refreshed)
            stored()
            result.accounts += len(reading.accounts)
            result.persons += len(reading.persons)
    _check_not_empty(store, position)
    tracing = Tracing(store, crm, fields, lists)
    _end(store, position, result, tracing, then)
    return result


def _begin(store: Store) -> dict[str, Any]:
    with store.write() as connection:
        position: dict[str, Any] | None = get_cursor(connection, PROGRESS)
        restoration = restored.sweeps_for(connection)
        if position is None or position.get("restoration", "") != restoration:
            first = load_cursor(connection) is None
            position = {
                "source": "restored" if restoration else "first_load" if first else "sweep",
                "restoration": restoration,
                "entity": "Contact",
                "after": 0,
                "started_at": utc_now().isoformat(),
                "server_time": None,
            }
            set_cursor(connection, PROGRESS, position)
        return position


def _check_same(connection: sa.Connection, position: Mapping[str, Any]) -> None:
    """A restored backup that was noticed, or told, since a sweep began makes void what the sweep has read."""
    if restored.sweeps_for(connection) != position.get("restoration", ""):
        reason = restored.stop_reason(connection) or "another run read everything anew meanwhile."
        raise restored.RestoredBackupError("SuperOffice", reason)


def _check_not_empty(store: Store, position: Mapping[str, Any]) -> None:
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
            connection.execute(sa.delete(schema.cursors).where(schema.cursors.c.name == PROGRESS))
    if known and not seen:
        raise EmptyCrmError(
            "SuperOffice",
            f"reading all companies brought none, {known} are known. Nothing was changed.",
            "Check the rights of the integration's user, and that this is the right tenant.",
        )


def _end(store: Store, position: Mapping[str, Any], result: SweepResult, tracing: Tracing, then: Then | None) -> None:
    """What was not seen is gone, or was merged; the first load begins polling where it began reading."""
    started = datetime.fromisoformat(position["started_at"])
    with store.read() as connection:
        lost = {entity: _lost(connection, entity, started) for entity in ENTITIES}
    found = [merge for entity in ENTITIES for merge in tracing.find(entity, lost[entity])]
    with store.write() as connection:
        _check_same(connection, position)
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
        refreshed = Refreshed()
        tracing.keep(connection, refreshed, found)
        result.due += _wake(connection, refreshed, result.source)
        if then is not None:
            then(connection, refreshed)
        if result.source == "restored":
            restored.note_swept(connection)
        if load_cursor(connection) is None or result.source == "restored":
            began = position["server_time"]
            start_cursor(connection, datetime.fromisoformat(began) if began else utc_now() - OVERLAP)
        set_cursor(connection, DONE, {"at": utc_now().isoformat(), "accounts": result.accounts})
        connection.execute(sa.delete(schema.cursors).where(schema.cursors.c.name == PROGRESS))


def _reading(entity: Entity, rows: Any, fields: Mapping[str, CrmField], lists: Lists) -> Reading:
    if entity == "Contact":
        accounts = accounts_of(rows, fields, lists)
        return Reading({account.contact_id: account for account in accounts}, {}, frozenset())
    persons = persons_of(rows, fields, lists)
    return Reading({}, {person.person_id: person for person in persons if person.contact_id}, frozenset())


def _lost(connection: sa.Connection, entity: Entity, started: datetime) -> list[merges.Lost]:
    """Records that this sweep did not see, and those that vanished lately without a merge that explains it."""
    table, key = TABLES[entity]
    query = sa.select(key).where(table.c.read_at < started, table.c.gone_at.is_(None))
    unseen = list(connection.execute(query).scalars())
    return [*merges.lost_records(connection, entity, unseen), *merges.unexplained(connection, entity)]


def _wake(connection: sa.Connection, refreshed: Refreshed, source: str) -> int:
    if source == "first_load":
        return queue.mark_due(connection, refreshed.differences, trigger="first load", priority=1)
    prefix = "restored backup" if source == "restored" else "sweep"
    for contact_id, names in refreshed.differences.items():
        queue.mark_due(connection, [contact_id], trigger=f"{prefix}: {'; '.join(names)}"[:500], priority=1)
    return len(refreshed.differences)
