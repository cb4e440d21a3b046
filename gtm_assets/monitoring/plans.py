"""Open plans: what would be written to records and is not, with readable values; for the commands and for one account in full.

What belongs elsewhere: making plans (``writeback.plan``), printing them (``gtm_assets.views``, ``gtm_assets.board_views``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_assets.crm.fields import POSITION
from gtm_assets.research.position_field import wanted_name
from resources.store import schema
from resources.superoffice.values import encode_list_item


@dataclass(frozen=True)
class PlannedField:
    """A field that would move from ``now`` to ``would_be``."""

    now: str
    would_be: str
    reason: str


@dataclass(frozen=True)
class PlannedRecord:
    """A record with its fields that would be written; ``kept`` maps fields that stay as they are to why."""

    contact_id: int
    account: str
    entity: str
    entity_id: int
    fields: Mapping[str, PlannedField]
    kept: Mapping[str, str]
    planned_at: datetime
    run_id: str

    def as_json(self) -> dict[str, Any]:
        """The shape that ``docs/board.md`` publishes."""
        return {**asdict(self), "planned_at": self.planned_at.isoformat()}


def load_plans(
    connection: sa.Connection, *, contact_id: int | None = None, person_id: int | None = None, limit: int | None = None
) -> list[PlannedRecord]:
    """Open plans of everything, of an account with its people, or of a person."""
    plans, accounts = schema.plans, schema.accounts
    query = (
        sa.select(plans, accounts.c.name)
        .join(accounts, accounts.c.contact_id == plans.c.contact_id, isouter=True)
        .where(_open(contact_id, person_id))
        .order_by(plans.c.contact_id, plans.c.entity, plans.c.entity_id)
        .limit(limit)
    )
    items = list_item_names(connection)
    return [_record(dict(row), items) for row in connection.execute(query).mappings()]


def count_plans(connection: sa.Connection, *, contact_id: int | None = None) -> int:
    """How many open plans there are, of everything or of an account with its people."""
    query = sa.select(sa.func.count()).select_from(schema.plans).where(_open(contact_id, None))
    return connection.execute(query).scalar_one()


def kept_fields(plans: Sequence[PlannedRecord]) -> dict[str, str]:
    """Fields of several records that stay as they are, each named with its record, and why."""
    return {f"{plan.entity} {plan.entity_id} {name}": why for plan in plans for name, why in plan.kept.items()}


#: Field to its list values and their names.
ItemNames = Mapping[str, Mapping[str, str]]


def list_item_names(connection: sa.Connection) -> ItemNames:
    """List values of verticals and positions to names; people can't read ids."""
    verticals = connection.execute(sa.select(schema.verticals)).mappings().all()
    personas = connection.execute(sa.select(schema.personas)).mappings().all()
    return {
        "vertical": {encode_list_item(row["crm_item_id"]): row["name"] for row in verticals if row["crm_item_id"]},
        POSITION: {encode_list_item(row["crm_item_id"]): wanted_name(row) for row in personas if row["crm_item_id"]},
    }


def shown_value(items: ItemNames, name: str, value: str) -> str:
    """A field's value as people read it."""
    return items.get(name, {}).get(value, value)


def _open(contact_id: int | None, person_id: int | None) -> sa.ColumnElement[bool]:
    plans = schema.plans
    conditions = [plans.c.status == "planned"]
    if contact_id is not None:
        conditions.append(plans.c.contact_id == contact_id)
    if person_id is not None:
        conditions += [plans.c.entity == "Person", plans.c.entity_id == person_id]
    return sa.and_(*conditions)


def _record(row: Mapping[str, Any], items: ItemNames) -> PlannedRecord:
    def shown(name: str, value: str) -> str:
        return shown_value(items, name, value)

    return PlannedRecord(
        contact_id=row["contact_id"],
        account=row["name"] or "",
        entity=row["entity"],
        entity_id=row["entity_id"],
        fields={
            name: PlannedField(shown(name, change["before"]), shown(name, change["after"]), change["reason"])
            for name, change in row["fields"].items()
        },
        kept=row["kept"],
        planned_at=row["created_at"],
        run_id=row["run_id"],
    )
