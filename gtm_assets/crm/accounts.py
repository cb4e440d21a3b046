"""Accounts and persons as the store keeps them: what a fresh reading changes, and who moved, vanished, was merged or came back.

What belongs elsewhere: asking the CRM (``reading``), how a row becomes a snapshot (``snapshots``), finding out what changed
(``changes``), the log of merges (``merges``), a restored backup (``restored``), writing (``gtm_assets.writeback``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_assets.crm import restored, snapshots
from gtm_assets.crm.fields import OWNED_COLUMNS, POSITION, Entity
from gtm_assets.crm.merges import Merge
from gtm_assets.crm.reading import Reading
from gtm_assets.crm.records import TABLES, Record
from gtm_assets.crm.snapshots import AccountSnapshot, Lists, PersonSnapshot
from resources.store import schema
from resources.store.store import chunked, rows_by, upsert, utc_now

#: What is decided about a person and not read from the CRM; another person with the same id begins without.
_UNDECIDED: Mapping[str, Any] = {
    "is_associate": None,
    "persona_key": None,
    "persona_reason": "",
    "persona_inputs_hash": "",
    "text_level": None,
    "text_reason": "",
}


@dataclass
class Refreshed:
    """What a fresh reading changed in the store.

    Attributes:
        differences: Account to names of what differs, such as ``vertical`` or ``person 12: title``.
        gone: Companies that are no longer there.
        merges: Records that were merged into others.
        returned: Records that had been merged and live again, with what they had been merged into: a backup was restored.
        replaced: Ids that belong to other records now.
        older: Records whose time of change went back.
        shown: When each record that was read changed, as the reading has it.
        younger: Records that were known a little younger, with their account and the known time: an old answer, or a late transaction.
        was: Owned field to value of records that differ, as the store had them before this reading.
        before: For a re-baselining, owned field to value of every record that was read, as the store had it; None for one that is new.
        now: The same as it stands in the CRM now.
    """

    differences: dict[int, list[str]] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    merges: list[Merge] = field(default_factory=list)
    returned: list[Merge] = field(default_factory=list)
    replaced: list[Record] = field(default_factory=list)
    older: list[Record] = field(default_factory=list)
    shown: dict[Record, datetime | None] = field(default_factory=dict)
    younger: dict[Record, tuple[int, datetime]] = field(default_factory=dict)
    was: dict[Record, dict[str, str]] = field(default_factory=dict)
    before: dict[Record, dict[str, str] | None] = field(default_factory=dict)
    now: dict[Record, dict[str, str]] = field(default_factory=dict)

    def note(self, contact_id: int, *names: str) -> None:
        """Name what differs at an account; there is no account 0."""
        if contact_id > 0:
            self.differences.setdefault(contact_id, []).extend(names)

    def add(self, more: Refreshed) -> None:
        """What a further reading showed, for the same run."""
        for contact_id, names in more.differences.items():
            self.note(contact_id, *names)
        self.gone |= more.gone
        self.merges += more.merges
        self.returned += more.returned
        self.replaced += more.replaced
        self.older += more.older
        self.was = {**more.was, **self.was}
        self.shown |= more.shown
        self.younger |= more.younger


#: What follows from a reading, in the transaction that stores it.
Then = Callable[[sa.Connection, Refreshed], None]


def store_reading(connection: sa.Connection, reading: Reading, *, anew: bool = False) -> Refreshed:
    """Write a reading into the store and tell what differs.

    ``anew``: the CRM was restored from a backup, so times that went back are the right ones from now on.
    """
    refreshed = Refreshed()
    known = rows_by(connection, schema.accounts.c.contact_id, reading.asked | reading.accounts.keys())
    rows = []
    for contact_id, account in reading.accounts.items():
        before = known.get(contact_id)
        names = _compare(refreshed, "Contact", contact_id, before, account, anew=anew)
        if names:
            refreshed.note(contact_id, *names)
        rows.append(_row("Contact", contact_id, before, account, refreshed, anew=anew))
    _store_rows(connection, "Contact", rows, refreshed)
    now = utc_now()
    for contact_id in sorted(reading.asked - reading.accounts.keys()):
        if contact_id in known and known[contact_id]["gone_at"] is None:
            refreshed.gone.add(contact_id)
            refreshed.note(contact_id, "no longer in the CRM")
            connection.execute(
                sa.update(schema.accounts).where(schema.accounts.c.contact_id == contact_id).values(gone_at=now)
            )
    store_persons(connection, reading.persons.values(), refreshed, anew=anew)
    return refreshed


def store_persons(
    connection: sa.Connection, persons: Iterable[PersonSnapshot], refreshed: Refreshed, *, anew: bool = False
) -> None:
    """The persons of a reading, see :func:`store_reading`; what differs is entered in ``refreshed``."""
    found = list(persons)
    known = rows_by(connection, schema.persons.c.person_id, [p.person_id for p in found])
    rows = []
    for person in found:
        before = known.get(person.person_id)
        names = _compare(refreshed, "Person", person.person_id, before, person, anew=anew)
        if names:
            label = f"person {person.person_id}: {', '.join(names)}"
            refreshed.note(person.contact_id, label)
            if before is not None and before["contact_id"] != person.contact_id:
                refreshed.note(before["contact_id"], f"{label} (moved away)")
        rows.append(_row("Person", person.person_id, before, person, refreshed, anew=anew))
    _store_rows(connection, "Person", rows, refreshed)
    replaced = [entity_id for entity, entity_id in refreshed.replaced if entity == "Person"]
    for piece in chunked(replaced):
        mine = schema.persons.c.person_id.in_(piece)
        connection.execute(sa.update(schema.persons).where(mine).values(**_UNDECIDED))


def _compare(
    refreshed: Refreshed,
    entity: Entity,
    entity_id: int,
    before: Mapping[str, Any] | None,
    after: AccountSnapshot | PersonSnapshot,
    *,
    anew: bool,
) -> list[str]:
    """What differs; notes besides whether the record came back, is another one, or went back in time."""
    record = (entity, entity_id)
    refreshed.shown[record] = after.crm_updated_at
    alive = before is not None and before["gone_at"] is None
    if anew:
        refreshed.before[record] = _owned(entity, before) if before is not None and alive else None
        refreshed.now[record] = snapshots.carried(after)
    if before is None:
        return ["new"]
    if snapshots.is_another(before, after):
        refreshed.replaced.append(record)
        return ["new", f"{entity} {entity_id} was another record before"]
    if before["merged_into"] is not None:
        refreshed.returned.append(Merge(entity, entity_id, before["merged_into"]))
    if alive and not anew and restored.is_older(before["crm_updated_at"], after.crm_updated_at):
        refreshed.older.append(record)
        return []
    known = before["crm_updated_at"]
    if alive and not anew and known is not None and after.crm_updated_at is not None and after.crm_updated_at < known:
        refreshed.younger[record] = (after.contact_id, known)
    if not alive:
        return ["back in the CRM"]
    names = snapshots.differing(before, after)
    if names:
        refreshed.was.setdefault(record, _owned(entity, before))
    return names


def _store_rows(
    connection: sa.Connection, entity: Entity, rows: Sequence[Mapping[str, Any]], refreshed: Refreshed
) -> None:
    """Store what was read; of a record whose time went back only that it is there, until it is clear why (``restored``)."""
    table, key = TABLES[entity]
    older = {entity_id for kind, entity_id in refreshed.older if kind == entity}
    upsert(connection, table, [row for row in rows if row[key.name] not in older])
    for piece in chunked(sorted(older)):
        connection.execute(sa.update(table).where(key.in_(piece)).values(read_at=utc_now()))


def _row(
    entity: Entity,
    entity_id: int,
    before: Mapping[str, Any] | None,
    after: AccountSnapshot | PersonSnapshot,
    refreshed: Refreshed,
    *,
    anew: bool,
) -> dict[str, Any]:
    """A row of the store. The newest time that was ever seen stays: it is what a restored backup is known by."""
    known = None if before is None or anew or (entity, entity_id) in refreshed.replaced else before["crm_updated_at"]
    moments = [moment for moment in (known, after.crm_updated_at) if moment is not None]
    return {
        **snapshots.comparable(after),
        "crm_updated_at": max(moments, default=None),
        "crm_created_at": after.crm_created_at or (before["crm_created_at"] if before is not None else None),
        "read_at": utc_now(),
        "gone_at": None,
        "merged_into": None,
    }


def load_accounts(connection: sa.Connection, contact_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Stored account rows by contact id."""
    return rows_by(connection, schema.accounts.c.contact_id, contact_ids)


def load_persons(connection: sa.Connection, contact_ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """Stored rows of living persons, by contact id, ordered by person id."""
    persons: dict[int, list[dict[str, Any]]] = {}
    for piece in chunked(sorted(set(contact_ids))):
        query = (
            sa.select(schema.persons)
            .where(schema.persons.c.contact_id.in_(piece), schema.persons.c.gone_at.is_(None))
            .order_by(schema.persons.c.person_id)
        )
        for row in connection.execute(query).mappings():
            persons.setdefault(row["contact_id"], []).append(dict(row))
    return persons


def stored_values(connection: sa.Connection, entity: Entity, entity_id: int) -> dict[str, str]:
    """Owned field to what the stored snapshot of a record says; empty where there is none."""
    table, key = TABLES[entity]
    row = connection.execute(sa.select(table).where(key == entity_id)).mappings().first()
    if row is None:
        return {}
    return _owned(entity, dict(row))


def _owned(entity: Entity, row: Mapping[str, Any]) -> dict[str, str]:
    columns = {name: row[name] for name in OWNED_COLUMNS[entity] if row[name] is not None}
    return {**row["fields"], **columns}


def adopt_values(
    connection: sa.Connection, entity: Entity, entity_id: int, values: Mapping[str, str], lists: Lists
) -> None:
    """Our own confirmed values are no news: they go into the snapshot before anything is compared with it."""
    table, key = TABLES[entity]
    row = connection.execute(sa.select(table.c.fields).where(key == entity_id)).scalar()
    if row is None:
        return
    columns = {name: value for name, value in values.items() if name in OWNED_COLUMNS[entity]}
    fields = {name: value for name, value in values.items() if name not in columns}
    if POSITION in columns:
        columns["position"] = snapshots.position_name(columns[POSITION], lists)
    connection.execute(sa.update(table).where(key == entity_id).values(fields={**row, **fields}, **columns))
