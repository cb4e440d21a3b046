"""Open plans: what would be written to records and is not, with readable values; for the commands and for one account in full.

What belongs elsewhere: making plans (``writeback.plan``), printing them (``gtm_assets.views``, ``gtm_assets.board_views``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from resources.store import schema


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


def list_item_names(connection: sa.Connection) -> dict[str, str]:
    """List values of the vertical field to names; people can't read ids."""
    rows = connection.execute(sa.select(schema.verticals.c.crm_item_id, schema.verticals.c.name)).all()
    return {f"[I:{row.crm_item_id}]": row.name for row in rows if row.crm_item_id}


def _open(contact_id: int | None, person_id: int | None) -> sa.ColumnElement[bool]:
    plans = schema.plans
    conditions = [plans.c.status == "planned"]
    if contact_id is not None:
        conditions.append(plans.c.contact_id == contact_id)
    if person_id is not None:
        conditions += [plans.c.entity == "Person", plans.c.entity_id == person_id]
    return sa.and_(*conditions)


def _record(row: Mapping[str, Any], items: Mapping[str, str]) -> PlannedRecord:
    def shown(value: str) -> str:
        return items.get(value, value)

    return PlannedRecord(
        contact_id=row["contact_id"],
        account=row["name"] or "",
        entity=row["entity"],
        entity_id=row["entity_id"],
        fields={
            name: PlannedField(shown(change["before"]), shown(change["after"]), change["reason"])
            for name, change in row["fields"].items()
        },
        kept=row["kept"],
        planned_at=row["created_at"],
        run_id=row["run_id"],
    )
