"""One account in full: where it stands, its people and whose text each gets, what would be written, what was written last.

For the terminal, which shows names; nothing of this goes into events. What belongs elsewhere: the board (``board``), open plans
(``plans``), printing (``gtm_assets.board_views``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_assets.crm.fields import OWNED_COLUMNS, Entity
from gtm_assets.crm.links import company_link, person_link, web_address
from gtm_assets.monitoring.board import Line, Wanted, load_lines
from gtm_assets.monitoring.plans import ItemNames, PlannedRecord, list_item_names, load_plans, shown_value
from gtm_assets.monitoring.writes import WantedWrites, Write, load_writes
from resources.store import schema
from resources.store.store import Store, chunked, get_cursor, rows_by, set_cursor

#: Where Dagster's webserver answers, as ``gtm up`` leaves it.
DAGSTER_ADDRESS = "dagster.address"
WRITES_SHOWN = 10


@dataclass(frozen=True)
class Addresses:
    """Where the CRM and Dagster's webserver answer; empty where that is not known."""

    crm: str
    dagster: str


@dataclass(frozen=True)
class FieldValue:
    """A field of a record and what the engine wrote there, read back at ``at``.

    ``block`` names the text it comes from; ``edited`` says that something else stands there by now.
    """

    name: str
    value: str
    at: datetime
    block: str = ""
    edited: bool = False


@dataclass(frozen=True)
class Person:
    """A person of the account; ``gone`` says that the CRM no longer has them."""

    person_id: int
    contact_id: int
    name: str
    title: str
    campaign: str
    persona: str
    persona_reason: str
    level: str
    level_reason: str
    gone: bool
    carries: Sequence[FieldValue] = ()
    link: str = ""


@dataclass(frozen=True)
class Account:
    """An account in full; ``plan`` are its open plans, a record each."""

    line: Line
    url: str
    vertical: str
    vertical_source: str
    vertical_reason: str
    evidence: Sequence[str]
    persons: Sequence[Person]
    plan: Sequence[PlannedRecord]
    writes: Sequence[Write]
    carries: Sequence[FieldValue]
    links: Mapping[str, str] = field(default_factory=dict)


def load_account(connection: sa.Connection, contact_id: int) -> Account | None:
    """An account; None where the board does not know it."""
    lines = load_lines(connection, Wanted(contact_id=contact_id), 1)
    if not lines:
        return None
    row = _row(connection, schema.accounts, schema.accounts.c.contact_id == contact_id)
    profile = _row(connection, schema.profiles, schema.profiles.c.contact_id == contact_id)
    people = schema.persons
    rows = connection.execute(
        sa.select(people)
        .where(people.c.contact_id == contact_id, people.c.gone_at.is_(None))
        .order_by(people.c.person_id)
    )
    persons = [dict(row) for row in rows.mappings()]
    items, addresses = list_item_names(connection), load_addresses(connection)
    carried = _carried(connection, "Person", [person["person_id"] for person in persons], items)
    return Account(
        line=lines[0],
        url=row.get("url", ""),
        vertical=profile.get("vertical_key") or "",
        vertical_source=profile.get("vertical_source", ""),
        vertical_reason=profile.get("vertical_reason", ""),
        evidence=profile.get("evidence") or [],
        persons=[_person(person, addresses, carried.get(person["person_id"], ())) for person in persons],
        plan=load_plans(connection, contact_id=contact_id),
        writes=load_writes(connection, WantedWrites(contact_id), WRITES_SHOWN),
        carries=_carried(connection, "Contact", [contact_id], items).get(contact_id, ()),
        links=account_links(addresses, lines[0]),
    )


def load_person(connection: sa.Connection, person_id: int) -> Person | None:
    """A person, also one that the CRM no longer has; None where nobody ever heard of them."""
    row = _row(connection, schema.persons, schema.persons.c.person_id == person_id)
    if not row:
        return None
    carried = _carried(connection, "Person", [person_id], list_item_names(connection))
    return _person(row, load_addresses(connection), carried.get(person_id, ()))


def person_writes(connection: sa.Connection, person_id: int) -> Sequence[Write]:
    """What was written to a person last."""
    return load_writes(connection, WantedWrites(person_id=person_id), WRITES_SHOWN)


def account_path(contact_id: int) -> str:
    """The account's own page in Dagster."""
    return f"/assets/accounts?view=partitions&partition={contact_id}"


def load_addresses(connection: sa.Connection) -> Addresses:
    """The addresses, for links."""
    stored = get_cursor(connection, DAGSTER_ADDRESS)
    return Addresses(crm=web_address(connection), dagster=str(stored["address"]) if stored else "")


def account_links(addresses: Addresses, line: Line) -> dict[str, str]:
    """Where to look: the CRM, the account's own page, the board and the run in Dagster (paths where its address is not known)."""
    found = {
        "crm": company_link(addresses.crm, line.contact_id),
        "account": f"{addresses.dagster}{account_path(line.contact_id)}",
        "board": f"{addresses.dagster}/assets/sync_board",
        "run": f"{addresses.dagster}/runs/{line.run_id}" if line.run_id else "",
    }
    return {name: link for name, link in found.items() if link}


def remember_dagster(store: Store, address: str) -> None:
    """Keep where Dagster's webserver answers; empty forgets it."""
    with store.write() as connection:
        set_cursor(connection, DAGSTER_ADDRESS, {"address": address})


def _row(connection: sa.Connection, table: sa.Table, condition: sa.ColumnElement[bool]) -> dict[str, Any]:
    found = connection.execute(sa.select(table).where(condition)).mappings().first()
    return dict(found) if found else {}


def _person(row: Mapping[str, Any], addresses: Addresses, carries: Sequence[FieldValue]) -> Person:
    return Person(
        person_id=row["person_id"],
        contact_id=row["contact_id"],
        name=" ".join(filter(None, (row["firstname"], row["lastname"]))),
        title=row["title"] or row["job_title"] or row["position"],
        campaign=row["campaign"],
        persona=row["persona_key"] or "",
        persona_reason=row["persona_reason"],
        level=row["text_level"] or "",
        level_reason=row["text_reason"],
        gone=row["gone_at"] is not None,
        carries=carries,
        link=person_link(addresses.crm, row["person_id"]),
    )


def _carried(
    connection: sa.Connection, entity: Entity, ids: Sequence[int], items: ItemNames
) -> dict[int, list[FieldValue]]:
    """What the engine wrote to records of one entity, by id; those that carry nothing are left out."""
    written, blocks = schema.written_values, schema.text_blocks
    query = (
        sa.select(written, blocks.c.kind, blocks.c.key, blocks.c.version)
        .join(blocks, blocks.c.id == written.c.block_id, isouter=True)
        .where(written.c.entity == entity)
        .order_by(written.c.entity_id, written.c.field)
    )
    found: dict[int, list[FieldValue]] = {}
    now = _now(connection, entity, ids)
    for piece in chunked(ids):
        for row in connection.execute(query.where(written.c.entity_id.in_(piece))).mappings():
            value = FieldValue(
                row["field"],
                shown_value(items, row["field"], row["value"]),
                row["confirmed_at"],
                f"{row['kind']} {row['key']}, version {row['version']}" if row["key"] else "",
                edited=now.get(row["entity_id"], {}).get(row["field"], row["value"]) != row["value"],
            )
            found.setdefault(row["entity_id"], []).append(value)
    return found


def _now(connection: sa.Connection, entity: Entity, ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """What records carried when the engine read them last: owned field to value, by id."""
    key = schema.accounts.c.contact_id if entity == "Contact" else schema.persons.c.person_id
    rows = rows_by(connection, key, ids)
    return {i: {**row["fields"], **{name: row[name] for name in OWNED_COLUMNS[entity]}} for i, row in rows.items()}
