"""What commands print: plans, the board, e-mails, and what a run did. Rich renderables from rows; no decisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from gtm_assets import reporting
from gtm_assets.backfills import BackfillResult
from gtm_assets.language import say
from gtm_assets.monitoring.board import PHASES
from gtm_assets.once import OnceResult
from gtm_assets.settings import Language
from gtm_assets.writeback.email import ReadEmail
from resources.store import schema
from resources.store.store import Store

if TYPE_CHECKING:
    from gtm_assets.backfills import BackfillResult
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


def backfill_table(result: BackfillResult) -> Table:
    """What ``gtm backfill`` did."""
    table = Table(title=f"Backfill of {result.scope}: {result.seconds} s", show_header=False, title_justify="left")
    table.add_column(style="bold")
    table.add_column()
    if result.cells:
        table.add_row(f"texts ({result.cells} cells)", _counts(result.texts))
    table.add_row(f"accounts ({result.asked_accounts})", _counts(result.accounts))
    table.add_row("writes", _counts(result.writes))
    table.add_row("model calls", str(result.model_calls))
    return table


def _counts(values: Mapping[str, int]) -> str:
    return ", ".join(f"{key} {value}" for key, value in values.items())


def standing_plans(
    store: Store, *, limit: int, contact_id: int | None = None, language: Language = "en"
) -> tuple[Table, int]:
    """Plans that wait for the permission to write, field by field; and how many records they concern."""
    plans = schema.plans
    query = (
        sa.select(plans, schema.accounts.c.name)
        .join(schema.accounts, schema.accounts.c.contact_id == plans.c.contact_id, isouter=True)
        .where(plans.c.status == "planned")
        .order_by(plans.c.contact_id, plans.c.entity, plans.c.entity_id)
    )
    if contact_id is not None:
        query = query.where(plans.c.contact_id == contact_id)
    with store.read() as connection:
        rows = connection.execute(query).mappings().all()
        items = _list_items(connection)
    heads = (say(language, f"plan.{head}") for head in ("account", "record", "field", "now", "would_be"))
    table = Table(*heads, title=say(language, "plan.title"), title_justify="left")
    for row in rows[:limit]:
        record = f"{say(language, 'plan.' + row['entity'])} {row['entity_id']}"
        for place, (name, change) in enumerate(row["fields"].items()):
            head = (f"{row['contact_id']} {row['name'] or ''}", record)
            values = (items.get(value, value) or "—" for value in (change["before"], change["after"]))
            cells = (*(head if place == 0 else ("", "")), say(language, f"plan.field.{name}"), *values)
            # What people typed into the CRM is shown as it is, also where it looks like Rich's markup.
            table.add_row(*map(Text, cells))
        table.add_section()
    return table, len(rows)


def _list_items(connection: sa.Connection) -> dict[str, str]:
    """List values of the vertical field to names; people can't read ids."""
    rows = connection.execute(sa.select(schema.verticals.c.crm_item_id, schema.verticals.c.name)).all()
    return {f"[I:{row.crm_item_id}]": row.name for row in rows if row.crm_item_id}


def board_table(store: Store, *, limit: int) -> Table:
    """The board in the terminal, those that need a person first."""
    state, accounts = schema.sync_state, schema.accounts
    order = sa.case({phase: place for place, phase in enumerate(PHASES)}, value=state.c.phase)
    query = (
        sa.select(state, accounts.c.name)
        .join(accounts, accounts.c.contact_id == state.c.contact_id, isouter=True)
        .order_by(order, state.c.ended_at.desc(), state.c.contact_id)
        .limit(limit)
    )
    with store.read() as connection:
        rows = connection.execute(query).mappings().all()
        phases = connection.execute(sa.select(state.c.phase, sa.func.count()).group_by(state.c.phase)).all()
    title = "The board: " + ", ".join(f"{count} {phase}" for phase, count in sorted(phases, key=lambda row: row[0]))
    table = Table("Account", "Phase", "Reason", "Seconds", title=title, title_justify="left")
    for row in rows:
        table.add_row(
            f"{row['contact_id']} {row['name'] or ''}",
            row["phase"],
            reporting.shorten(row["reason"], 240),
            _seconds(row),
        )
    return table


def _seconds(row: Any) -> str:
    begun, ended = row["received_at"], row["ended_at"]
    return f"{(ended - begun).total_seconds():.1f}" if begun and ended and ended >= begun else ""


def email_panel(email: ReadEmail) -> Panel:
    """One e-mail in full."""
    head = f"An: {email.person} ({email.title}), {email.company}\nBetreff: {email.subject}"
    return Panel(f"{head}\n\n{email.text}", width=100)
