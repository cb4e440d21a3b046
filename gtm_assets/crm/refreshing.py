"""Reading accounts afresh: two archive queries for many, then everything that follows from what they show, in one transaction.

Who is no longer where they were known is looked for by id; who is nowhere, in the log of merges. What belongs elsewhere: asking the CRM
(``reading``, ``merges``), what a reading changes in the store (``accounts``), reading everything (``sweep``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from gtm_assets.crm import lagging, restored
from gtm_assets.crm.accounts import Refreshed, Then, store_persons, store_reading
from gtm_assets.crm.fields import CrmField, Entity
from gtm_assets.crm.merges import KnownAs, Lost, Merge, find_merges, known_as, lost_records, store_merges
from gtm_assets.crm.reading import Reading, read_from_crm, read_persons, read_records
from gtm_assets.crm.records import Record
from gtm_assets.crm.snapshots import Lists, PersonSnapshot
from resources.store import schema
from resources.store.store import Store, chunked, rows_by, utc_now
from resources.superoffice.client import SuperOfficeClient


def refresh(
    store: Store,
    crm: SuperOfficeClient,
    fields: Mapping[str, CrmField],
    lists: Lists,
    contact_ids: Iterable[int],
    *,
    then: Then | None = None,
    others: bool = True,
) -> Refreshed:
    """Read accounts from the CRM and bring their snapshots up to date.

    ``then`` runs in the same transaction, so that what follows from a difference is not lost when the process dies. ``others``: accounts
    that persons left or came to are read as well: a company whose persons are elsewhere may have been merged.

    Raises:
        RestoredBackupError: Times went back as they do when a backup is restored; nothing was stored.
    """
    reading = read_from_crm(crm, fields, lists, contact_ids)
    check_times(store, crm, reading)
    moved = _moved_persons(store, reading)
    found = read_persons(crm, fields, lists, "personId", moved) if moved else {}
    tracing = Tracing(store, crm, fields, lists)
    with store.read() as connection:
        vanished = lost_records(connection, "Contact", reading.asked - reading.accounts.keys())
        persons = lost_records(connection, "Person", set(moved) - found.keys())
    merges = [*tracing.find("Contact", vanished), *tracing.find("Person", persons)]
    with store.write() as connection:
        refreshed = store_reading(connection, reading)
        _settle_missing_persons(connection, refreshed, moved, found)
        tracing.keep(connection, refreshed, merges)
        lagging.open_again(connection, refreshed)
        if then is not None:
            then(connection, refreshed)
    concerned = refreshed.differences.keys() - reading.asked
    if others and concerned:
        refreshed.add(refresh(store, crm, fields, lists, concerned, then=then, others=False))
    return refreshed


def check_times(store: Store, crm: SuperOfficeClient, reading: Reading) -> None:
    """Look into times that went back, before anything that came with them is stored. Raises ``RestoredBackupError``."""
    shown: dict[Record, Any] = {("Contact", i): account.crm_updated_at for i, account in reading.accounts.items()}
    shown |= {("Person", i): person.crm_updated_at for i, person in reading.persons.items()}
    with store.read() as connection:
        older = restored.gone_back(connection, shown)
    if older and restored.consider(store, crm, older):
        with store.read() as connection:
            restored.require_none(connection)


@dataclass
class Tracing:
    """Finding out where records that vanished went, and keeping what was read of the records that took their place."""

    store: Store
    crm: SuperOfficeClient
    fields: Mapping[str, CrmField]
    lists: Lists
    _readings: list[Reading] = field(default_factory=list)

    def find(self, entity: Entity, lost: Sequence[Lost]) -> list[Merge]:
        """Merges that ended these records; no call where there are none."""
        return find_merges(self.store, self.crm, entity, lost, self._alive) if lost else []

    def _alive(self, entity: Entity, ids: Sequence[int]) -> Mapping[int, KnownAs]:
        reading = read_records(self.crm, self.fields, self.lists, entity, ids)
        self._readings.append(reading)
        persons = {
            i: known_as(person.lastname, person.email, company=person.contact_id)
            for i, person in reading.persons.items()
        }
        return {**dict.fromkeys(reading.accounts, frozenset[str]()), **persons}

    def keep(self, connection: sa.Connection, refreshed: Refreshed, merges: Sequence[Merge]) -> None:
        """Store what was found, in the transaction that stores what vanished."""
        for reading in self._readings:
            refreshed.add(store_reading(connection, reading))
        refreshed.merges += merges
        for contact_id, names in store_merges(connection, merges).items():
            refreshed.note(contact_id, *names)


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
    store_persons(connection, found.values(), refreshed)
    gone = [person_id for person_id in missing if person_id not in found]
    for person_id, row in rows_by(connection, schema.persons.c.person_id, gone).items():
        refreshed.note(row["contact_id"], f"person {person_id}: no longer in the CRM")
    for piece in chunked(gone):
        connection.execute(
            sa.update(schema.persons).where(schema.persons.c.person_id.in_(piece)).values(gone_at=utc_now())
        )
