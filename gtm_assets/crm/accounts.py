"""Accounts and persons: reading them from the CRM by archive query, and keeping their snapshots in the store.

What belongs elsewhere: how a row becomes a snapshot (``snapshots``), finding out what changed
(``changes``), writing (``gtm_assets.writeback``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from gtm_assets.crm import snapshots
from gtm_assets.crm.fields import OWNED_COLUMNS, CrmField, Entity
from gtm_assets.crm.snapshots import AccountSnapshot, Lists, PersonSnapshot
from resources.store import schema
from resources.store.store import Store, chunked, rows_by, upsert, utc_now
from resources.superoffice.client import SuperOfficeClient
from resources.superoffice.models import ListItem

_TABLES: Mapping[Entity, tuple[sa.Table, sa.Column[int]]] = {
    "Contact": (schema.accounts, schema.accounts.c.contact_id),
    "Person": (schema.persons, schema.persons.c.person_id),
}


@dataclass(frozen=True)
class Reading:
    """What the CRM shows of some accounts, and which of them it no longer has."""

    accounts: Mapping[int, AccountSnapshot]
    persons: Mapping[int, PersonSnapshot]
    asked: frozenset[int]

    def carried(self, entity: Entity, entity_id: int) -> dict[str, str]:
        """Owned field to what the record carries; empty where the record is not among them."""
        record = self.accounts.get(entity_id) if entity == "Contact" else self.persons.get(entity_id)
        return snapshots.carried(record) if record is not None else {}

    def without(self, records: Iterable[tuple[Entity, int]]) -> Reading:
        """This reading as if these records had not been asked for: it shows an older state of them."""
        left_out = set(records)
        accounts = {key: value for key, value in self.accounts.items() if ("Contact", key) not in left_out}
        persons = {key: value for key, value in self.persons.items() if ("Person", key) not in left_out}
        return Reading(accounts, persons, self.asked - (self.accounts.keys() - accounts.keys()))


@dataclass
class Refreshed:
    """What a fresh reading changed in the store: account to names of what differs, such as ``vertical`` or ``person 12: title``."""

    differences: dict[int, list[str]] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)


def read_lists(crm: SuperOfficeClient, fields: Mapping[str, CrmField]) -> dict[str, Sequence[ListItem]]:
    """Items of every list that one of the fields refers to; one call a list."""
    return {name: crm.mdo_list(name) for name in sorted({f.list_name for f in fields.values() if f.list_name})}


def read_from_crm(
    crm: SuperOfficeClient, fields: Mapping[str, CrmField], lists: Lists, contact_ids: Iterable[int]
) -> Reading:
    """Read accounts and all their persons: two archive queries for up to 200 accounts."""
    ids = sorted(set(contact_ids))
    accounts: dict[int, AccountSnapshot] = {}
    persons: dict[int, PersonSnapshot] = {}
    if ids:
        select = snapshots.columns("Contact", fields)
        for page in crm.archive_in("Contact", select=select, key="contactId", ids=ids):
            for row in page.rows:
                account = snapshots.read_account(row, fields, lists)
                accounts.setdefault(account.contact_id, account)
        for person in _persons_where(crm, fields, lists, "contactId", ids):
            persons.setdefault(person.person_id, person)
    return Reading(accounts, persons, frozenset(ids))


def _persons_where(
    crm: SuperOfficeClient, fields: Mapping[str, CrmField], lists: Lists, key: str, ids: Sequence[int]
) -> Iterable[PersonSnapshot]:
    """Persons whose ``key`` is among ``ids``, keyset paged by person: a company may have thousands."""
    select = snapshots.columns("Person", fields)
    for piece in chunked(ids, 100):
        condition = f"{key} in ({','.join(map(str, piece))})"
        for page in crm.archive_keyset("Person", select=select, filter=condition, key="personId"):
            for row in page.rows:
                yield snapshots.read_person(row, fields, lists)


def refresh(
    store: Store,
    crm: SuperOfficeClient,
    fields: Mapping[str, CrmField],
    lists: Lists,
    contact_ids: Iterable[int],
    *,
    then: Callable[[sa.Connection, Refreshed], None] | None = None,
) -> Refreshed:
    """Read accounts from the CRM and bring their snapshots up to date.

    ``then`` runs in the same transaction, so that what follows from a difference is not lost when the process dies.
    """
    reading = read_from_crm(crm, fields, lists, contact_ids)
    moved = _moved_persons(store, reading)
    found = {p.person_id: p for p in _persons_where(crm, fields, lists, "personId", moved)} if moved else {}
    with store.write() as connection:
        refreshed = store_reading(connection, reading)
        _settle_missing_persons(connection, refreshed, moved, found)
        if then is not None:
            then(connection, refreshed)
    return refreshed


def store_reading(connection: sa.Connection, reading: Reading) -> Refreshed:
    """Write a reading into the store and tell what differs."""
    refreshed = Refreshed()
    now = utc_now()
    known = rows_by(connection, schema.accounts.c.contact_id, reading.asked | reading.accounts.keys())
    for contact_id, account in reading.accounts.items():
        names = snapshots.differing(_alive(known.get(contact_id)), account)
        if names:
            refreshed.differences[contact_id] = names
    upsert(
        connection,
        schema.accounts,
        [{**_row(a), "read_at": now, "gone_at": None} for a in reading.accounts.values()],
    )
    for contact_id in sorted(reading.asked - reading.accounts.keys()):
        if contact_id in known and known[contact_id]["gone_at"] is None:
            refreshed.gone.add(contact_id)
            refreshed.differences[contact_id] = ["no longer in the CRM"]
            connection.execute(
                sa.update(schema.accounts).where(schema.accounts.c.contact_id == contact_id).values(gone_at=now)
            )
    _store_persons(connection, reading.persons.values(), refreshed)
    return refreshed


def _store_persons(connection: sa.Connection, persons: Iterable[PersonSnapshot], refreshed: Refreshed) -> None:
    rows = list(persons)
    known = rows_by(connection, schema.persons.c.person_id, [p.person_id for p in rows])
    for person in rows:
        before = known.get(person.person_id)
        names = snapshots.differing(_alive(before), person)
        if names:
            label = f"person {person.person_id}: {', '.join(names)}"
            if person.contact_id > 0:
                refreshed.differences.setdefault(person.contact_id, []).append(label)
            if before is not None and before["contact_id"] != person.contact_id:
                refreshed.differences.setdefault(before["contact_id"], []).append(f"{label} (moved away)")
    now = utc_now()
    upsert(connection, schema.persons, [{**_row(p), "read_at": now, "gone_at": None} for p in rows])


def _moved_persons(store: Store, reading: Reading) -> list[int]:
    """Persons we knew at these accounts whom the reading does not show there any more."""
    missing: list[int] = []
    with store.read() as connection:
        for piece in chunked(sorted(reading.asked)):
            rows = connection.execute(
                sa.select(schema.persons.c.person_id).where(
                    schema.persons.c.contact_id.in_(piece), schema.persons.c.gone_at.is_(None)
                )
            ).scalars()
            missing += [person_id for person_id in rows if person_id not in reading.persons]
    return missing


def _settle_missing_persons(
    connection: sa.Connection, refreshed: Refreshed, missing: Sequence[int], found: Mapping[int, PersonSnapshot]
) -> None:
    _store_persons(connection, found.values(), refreshed)
    gone = [person_id for person_id in missing if person_id not in found]
    for person_id, row in rows_by(connection, schema.persons.c.person_id, gone).items():
        refreshed.differences.setdefault(row["contact_id"], []).append(f"person {person_id}: no longer in the CRM")
    for piece in chunked(gone):
        connection.execute(
            sa.update(schema.persons).where(schema.persons.c.person_id.in_(piece)).values(gone_at=utc_now())
        )


def _alive(row: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return row if row is not None and row["gone_at"] is None else None


def _row(snapshot: AccountSnapshot | PersonSnapshot) -> dict[str, Any]:
    return {**snapshots.comparable(snapshot), "crm_updated_at": snapshot.crm_updated_at}


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
    table, key = _TABLES[entity]
    row = connection.execute(sa.select(table).where(key == entity_id)).mappings().first()
    if row is None:
        return {}
    return {**row["fields"], **{name: row[name] for name in OWNED_COLUMNS[entity]}}


def adopt_values(connection: sa.Connection, entity: Entity, entity_id: int, values: Mapping[str, str]) -> None:
    """Our own confirmed values are no news: they go into the snapshot before anything is compared with it."""
    table, key = _TABLES[entity]
    row = connection.execute(sa.select(table.c.fields).where(key == entity_id)).scalar()
    if row is None:
        return
    columns = {name: value for name, value in values.items() if name in OWNED_COLUMNS[entity]}
    fields = {name: value for name, value in values.items() if name not in columns}
    connection.execute(sa.update(table).where(key == entity_id).values(fields={**row, **fields}, **columns))
