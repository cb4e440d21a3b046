"""Reading accounts and persons from the CRM by archive query: hundreds of ids at once, only the columns that the engine needs.

What belongs elsewhere: how a row becomes a snapshot (``snapshots``), what a reading changes in the store (``accounts``), reading
everything (``sweep``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gtm_assets.crm import snapshots
from gtm_assets.crm.fields import CrmField, Entity
from gtm_assets.crm.lists import settle_unknown_items
from gtm_assets.crm.records import Record
from gtm_assets.crm.snapshots import AccountSnapshot, Lists, PersonSnapshot
from resources.superoffice.client import SuperOfficeClient
from resources.superoffice.models import Row

#: Is told the CRM's clock with each page.
Heard = Callable[[datetime | None], None]


def _nobody(moment: datetime | None) -> None:
    """Whoever does not ask for the clock."""


@dataclass(frozen=True)
class Reading:
    """What the CRM shows of some accounts, and which of them it no longer has.

    ``server_time`` is the CRM's clock when it began to answer, None where it does not tell.
    """

    accounts: Mapping[int, AccountSnapshot]
    persons: Mapping[int, PersonSnapshot]
    asked: frozenset[int]
    server_time: datetime | None = None

    def carried(self, entity: Entity, entity_id: int) -> dict[str, str]:
        """Owned field to what the record carries; empty where the record is not among them."""
        record = self.accounts.get(entity_id) if entity == "Contact" else self.persons.get(entity_id)
        return snapshots.carried(record) if record is not None else {}

    def without(self, records: Iterable[Record]) -> Reading:
        """This reading as if these records had not been asked for: it shows an older state of them."""
        left_out = set(records)
        accounts = {key: value for key, value in self.accounts.items() if ("Contact", key) not in left_out}
        persons = {key: value for key, value in self.persons.items() if ("Person", key) not in left_out}
        return replace(
            self, accounts=accounts, persons=persons, asked=self.asked - (self.accounts.keys() - accounts.keys())
        )


def read_from_crm(
    crm: SuperOfficeClient, fields: Mapping[str, CrmField], lists: Lists, contact_ids: Iterable[int]
) -> Reading:
    """Read accounts and all their persons: two archive queries for up to 200 accounts."""
    ids = sorted(set(contact_ids))
    if not ids:
        return Reading({}, {}, frozenset())
    accounts = read_accounts(crm, fields, lists, ids)
    persons = read_persons(crm, fields, lists, "contactId", ids)
    return Reading(accounts, persons, frozenset(ids))


def read_records(
    crm: SuperOfficeClient,
    fields: Mapping[str, CrmField],
    lists: Lists,
    entity: Entity,
    ids: Sequence[int],
) -> Reading:
    """Read single companies, or single persons, wherever they are; nothing else of their accounts is asked for."""
    if entity == "Contact":
        return Reading(read_accounts(crm, fields, lists, ids), {}, frozenset())
    return Reading({}, read_persons(crm, fields, lists, "personId", ids), frozenset())


def read_written(
    crm: SuperOfficeClient,
    fields: Mapping[str, CrmField],
    lists: Lists,
    contact_ids: Sequence[int],
    person_ids: Sequence[int],
) -> Reading:
    """Read exactly these companies and persons, and the CRM's clock when it answered first: one query for up to 200 of each."""
    clock = _Clock()
    accounts = read_accounts(crm, fields, lists, contact_ids, clock.note)
    persons = read_persons(crm, fields, lists, "personId", person_ids, clock.note)
    return Reading(accounts, persons, frozenset(contact_ids), clock.first)


@dataclass
class _Clock:
    """The CRM's clock at the first answer of a reading; None where one of them did not tell it."""

    first: datetime | None = None
    _heard: bool = False

    def note(self, moment: datetime | None) -> None:
        self.first = moment if not self._heard or self.first is None or moment is None else min(self.first, moment)
        self._heard = True


def read_accounts(
    crm: SuperOfficeClient, fields: Mapping[str, CrmField], lists: Lists, ids: Sequence[int], heard: Heard = _nobody
) -> dict[int, AccountSnapshot]:
    """Living companies among ``ids``."""
    accounts: dict[int, AccountSnapshot] = {}
    select = snapshots.columns("Contact", fields)
    for page in crm.archive_in("Contact", select=select, key="contactId", ids=ids) if ids else ():
        heard(page.server_time)
        for account in accounts_of(page.rows, fields, lists):
            accounts.setdefault(account.contact_id, account)
    return accounts


def read_persons(
    crm: SuperOfficeClient,
    fields: Mapping[str, CrmField],
    lists: Lists,
    key: str,
    ids: Sequence[int],
    heard: Heard = _nobody,
) -> dict[int, PersonSnapshot]:
    """Living persons whose ``key`` is among ``ids``, paged by person: a company may have thousands."""
    persons: dict[int, PersonSnapshot] = {}
    select = snapshots.columns("Person", fields)
    for page in crm.archive_in("Person", select=select, key=key, ids=ids) if ids else ():
        heard(page.server_time)
        for person in persons_of(page.rows, fields, lists):
            persons.setdefault(person.person_id, person)
    return persons


def accounts_of(rows: Sequence[Row], fields: Mapping[str, CrmField], lists: Lists) -> Iterator[AccountSnapshot]:
    """Rows of provider Contact as snapshots; a list item that nobody knows yet is asked for first."""
    settle_unknown_items("Contact", rows, fields, lists)
    return (snapshots.read_account(row, fields, lists) for row in rows)


def persons_of(rows: Sequence[Row], fields: Mapping[str, CrmField], lists: Lists) -> Iterator[PersonSnapshot]:
    """Rows of provider Person as snapshots; a list item that nobody knows yet is asked for first."""
    settle_unknown_items("Person", rows, fields, lists)
    return (snapshots.read_person(row, fields, lists) for row in rows)
