"""Examining changes: the records that changed are read, compared with their snapshots, and accounts that really differ are due.

Our own writes come back here, show no difference and end. Crash-safe by itself: a change is closed in the transaction that stores what was
read. What belongs elsewhere: learning that something changed (``changes``), answers that do not show it yet (``lagging``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from gtm_assets.crm import lagging
from gtm_assets.crm.accounts import Refreshed, Then
from gtm_assets.crm.fields import CrmField
from gtm_assets.crm.polling import SETTLED_AFTER
from gtm_assets.crm.reading import Reading
from gtm_assets.crm.records import Record
from gtm_assets.crm.refreshing import refresh
from gtm_assets.crm.snapshots import Lists
from resources.store import queue, schema
from resources.store.store import Store, chunked, insert_new, utc_now
from resources.superoffice.client import SuperOfficeClient

_EXAMINE_AT_ONCE = 200


@dataclass
class Examined:
    """What became of the changes: accounts to what differs; records whose change meant nothing to us are only counted."""

    due: dict[int, list[str]] = field(default_factory=dict)
    without_difference: int = 0
    gone: set[int] = field(default_factory=set)


def pending_accounts(connection: sa.Connection) -> list[int]:
    """Accounts with changes that are to be examined now, oldest change first."""
    changes = schema.changes
    wanted = lagging.may_be_looked_at(connection)
    return list(
        connection.execute(
            sa.select(changes.c.contact_id)
            .where(changes.c.handled_at.is_(None), changes.c.contact_id > 0, wanted)
            .group_by(changes.c.contact_id)
            .order_by(sa.func.min(changes.c.id))
        ).scalars()
    )


def examine_changes(
    store: Store,
    crm: SuperOfficeClient,
    fields: Mapping[str, CrmField],
    lists: Lists,
    own_associate_id: int | None = None,
    *,
    then: Then | None = None,
) -> Examined:
    """Read the records that changed, compare, and put accounts that differ on the queue.

    ``then`` runs in the same transaction, as with :func:`refresh`.
    """
    examined = Examined()
    _close_changes_without_account(store)
    with store.read() as connection:
        pending = pending_accounts(connection)
    for piece in chunked(pending, _EXAMINE_AT_ONCE):
        with store.read() as connection:
            upto = connection.execute(
                sa.select(sa.func.max(schema.changes.c.id)).where(schema.changes.c.contact_id.in_(piece))
            ).scalar_one()

        def settle(
            connection: sa.Connection, refreshed: Refreshed, ids: Sequence[int] = piece, upto: int = upto
        ) -> None:
            for contact_id, names in refreshed.differences.items():
                queue.mark_due(connection, [contact_id], trigger="; ".join(names)[:500])
            _close(connection, ids, upto, refreshed, own_associate_id)
            if then is not None:
                then(connection, refreshed)

        refreshed = refresh(store, crm, fields, lists, piece, then=settle)
        examined.due.update(refreshed.differences)
        examined.gone |= refreshed.gone
        examined.without_difference += len(set(piece) - refreshed.differences.keys())
    return examined


def note_seen(connection: sa.Connection, reading: Reading, records: Iterable[Record]) -> None:
    """Changes that a reading has shown already: when the poll brings them, they are no news.

    Only those that the reading is late enough for: an edit in the same second would carry the same time.
    """
    if reading.server_time is None:
        return
    now = utc_now()
    rows = []
    for entity, entity_id in records:
        found = reading.accounts.get(entity_id) if entity == "Contact" else reading.persons.get(entity_id)
        at = found.crm_updated_at if found is not None else None
        if found is not None and at is not None and reading.server_time >= at + SETTLED_AFTER:
            row = {"entity": entity, "entity_id": entity_id, "contact_id": found.contact_id, "crm_updated_at": at}
            rows.append({**row, "updated_by": None, "source": "read back", "settled": True, "detected_at": now})
    insert_new(
        connection,
        schema.changes,
        [{**row, "handled_at": now, "outcome": "our own write, seen when it was read back"} for row in rows],
        unique=("entity", "entity_id", "crm_updated_at"),
    )


def _close(
    connection: sa.Connection,
    contact_ids: Sequence[int],
    upto: int,
    refreshed: Refreshed,
    own_associate_id: int | None,
) -> None:
    """Changes that were examined are done; the outcome says what they were. Those that the reading did not show yet stay open."""
    changes = schema.changes
    open_ = sa.and_(changes.c.contact_id.in_(contact_ids), changes.c.handled_at.is_(None), changes.c.id <= upto)
    lagging.keep_open(connection, open_, refreshed)
    open_ = sa.and_(open_, changes.c.outcome != lagging.NOT_SHOWN)
    now = utc_now()
    for contact_id, names in refreshed.differences.items():
        connection.execute(
            sa.update(changes)
            .where(open_, changes.c.contact_id == contact_id)
            .values(handled_at=now, outcome="; ".join(names)[:500])
        )
    own = changes.c.updated_by == own_associate_id if own_associate_id else sa.false()
    connection.execute(sa.update(changes).where(open_, own).values(handled_at=now, outcome="our own write came back"))
    connection.execute(
        sa.update(changes).where(open_).values(handled_at=now, outcome="nothing that the engine reads or owns differs")
    )


def _close_changes_without_account(store: Store) -> None:
    """A person who has no company (any more): the account we know the person at looks for itself."""
    changes = schema.changes
    with store.write() as connection:
        left = connection.execute(
            sa.select(schema.persons.c.contact_id)
            .join(changes, sa.and_(changes.c.entity == "Person", changes.c.entity_id == schema.persons.c.person_id))
            .where(changes.c.handled_at.is_(None), changes.c.contact_id <= 0, schema.persons.c.contact_id > 0)
        ).scalars()
        queue.mark_due(connection, list(left), trigger="a person left the company")
        connection.execute(
            sa.update(changes)
            .where(changes.c.handled_at.is_(None), changes.c.contact_id <= 0)
            .values(handled_at=utc_now(), outcome="a person without a company carries no texts")
        )
