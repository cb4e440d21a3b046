"""What commands print: plans, and what a run did. Rich renderables from rows; no decisions.

What belongs elsewhere: the board (``board_views``), e-mails (``commands.preview_terminal``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from rich.markup import escape
from rich.table import Table

from gtm_assets.language import say
from gtm_assets.monitoring.account import list_item_names
from gtm_assets.once import OnceResult
from gtm_assets.settings import Language
from resources.store import schema
from resources.store.store import Store

if TYPE_CHECKING:
    from gtm_assets.once import OnceResult


def result_table(result: OnceResult) -> Table:
    """What ``gtm once`` did."""
    table = Table(title=f"gtm once: {result.seconds} s", show_header=False, title_justify="left")
    table.add_column(style="bold")
    table.add_column()
    for name in ("knowledge", "texts", "accounts", "writes"):
        values: dict[str, int] = getattr(result, name)
        table.add_row(name, ", ".join(f"{key} {value}" for key, value in values.items()))
    table.add_row("model calls", str(result.model_calls))
    table.add_row("API calls", ", ".join(f"{key} {value}" for key, value in result.api_calls.items()))
    return table


def standing_plans(store: Store, *, limit: int, contact_id: int | None = None) -> tuple[list[dict[str, Any]], int]:
    """Plans that wait for the permission to write, a record each, with readable values; and how many there are."""
    plans = schema.plans
    chosen = plans.c.status == "planned"
    if contact_id is not None:
        chosen = sa.and_(chosen, plans.c.contact_id == contact_id)
    query = (
        sa.select(plans, schema.accounts.c.name)
        .join(schema.accounts, schema.accounts.c.contact_id == plans.c.contact_id, isouter=True)
        .where(chosen)
        .order_by(plans.c.contact_id, plans.c.entity, plans.c.entity_id)
        .limit(limit)
    )
    with store.read() as connection:
        count = connection.execute(sa.select(sa.func.count()).select_from(plans).where(chosen)).scalar_one()
        items = list_item_names(connection)
        rows = [dict(row) for row in connection.execute(query).mappings()]
    return [_plan(row, items) for row in rows], count


def _plan(row: Mapping[str, Any], items: Mapping[str, str]) -> dict[str, Any]:
    return {
        "contact_id": row["contact_id"],
        "account": row["name"] or "",
        "entity": row["entity"],
        "entity_id": row["entity_id"],
        "fields": {
            name: {
                "now": items.get(change["before"], change["before"]),
                "would_be": items.get(change["after"], change["after"]),
                "reason": change["reason"],
            }
            for name, change in row["fields"].items()
        },
        "kept": row["kept"],
        "planned_at": row["created_at"].isoformat(),
        "run_id": row["run_id"],
    }


def plans_table(plans: Sequence[Mapping[str, Any]], language: Language = "en") -> Table:
    """Plans field by field."""
    heads = (say(language, f"plan.{head}") for head in ("account", "record", "field", "now", "would_be"))
    table = Table(*heads, title=say(language, "plan.title"), title_justify="left")
    for plan in plans:
        for place, (name, change) in enumerate(plan["fields"].items()):
            record = f"{say(language, 'plan.' + plan['entity'])} {plan['entity_id']}"
            head = (f"{plan['contact_id']} {plan['account']}", record) if place == 0 else ("", "")
            values = (change[side] or "—" for side in ("now", "would_be"))
            table.add_row(*(escape(text) for text in (*head, say(language, f"plan.field.{name}"), *values)))
        table.add_section()
    return table
