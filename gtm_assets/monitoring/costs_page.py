"""Costs as Dagster shows them: the picture with words around it, tables, numbers that become lines over time; and when they are logged.

What belongs elsewhere: the numbers (``costs``), drawing (``costs_plot``), the terminal (``gtm_assets.commands.costs``).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import dagster as dg
import sqlalchemy as sa

from gtm_assets import reporting
from gtm_assets.monitoring import costs
from gtm_assets.monitoring.costs_models import Costs, PerPiece, Spent, add_up
from gtm_assets.research.budget import money
from gtm_assets.research.prices import load_prices
from gtm_assets.settings import Settings
from resources.analytics.engine import Analytics
from resources.store import schema
from resources.store.store import Store, get_cursor, set_cursor, utc_now

ASSET = "text_costs"
#: Runs that asked the model log the costs at most this often: pictures stay in the event log for ever.
EVERY = timedelta(minutes=15)
_LOGGED = "costs.logged"
_NAMES: Mapping[str, str] = {
    "cell": "text of a cell",
    "opener": "openers of a company",
    "profile": "profile of a company",
}
_SORTS = (
    "*wasted*: replies that nobody could use, texts that the rules refused. *unknown*: the answer was lost or is under way; counted at the "
    "most it can cost, because it may have been charged."
)
HEADERS = ("", "Calls", "Tokens in", "Tokens out", "of these thinking", "Money", "of this wasted", "unknown")


def metadata(found: Costs, settings: Settings) -> dict[str, Any]:
    """Costs as asset metadata."""
    total, today = found.total, found.today
    numbers: dict[str, Any] = {
        "calls": total.calls,
        "tokens_in": total.prompt_tokens,
        "tokens_out": total.output_tokens,
        "tokens_thinking": total.thinking_tokens,
        "money": round(total.price, 4),
        "money_wasted": round(total.wasted, 4),
        "money_unknown": round(total.unknown, 4),
        "money_today": round(today.price, 4),
        "money_per_written_field": round(found.per_field.each, 6),
    }
    numbers |= {f"money_per_{kind}": round(each.each, 6) for kind, each in found.blocks.items()}
    numbers |= {
        f"money_per_field_{each.field}": round(each.price / each.pieces, 6) for each in found.carried if each.pieces
    }
    return {"costs": dg.MetadataValue.md(page(found, settings)), "currency": found.currency, **numbers}


def page(found: Costs, settings: Settings) -> str:
    """The costs in Markdown; words where nothing was spent yet."""
    parts = [f"**{headline(found)}**", *(f"- {remark}" for remark in remarks(found, settings))]
    if not found.lines:
        return "\n\n".join(parts)
    from gtm_assets.monitoring import costs_plot

    picture = base64.b64encode(costs_plot.per_day(found)).decode()
    parts += [f"![Money a day, by kind and by campaign](data:image/png;base64,{picture})", _SORTS]
    parts += ["### By kind", _table(found.kinds, found)]
    if found.campaigns:
        parts += ["### Cells by campaign", _table(found.campaigns, found)]
    pieces = piece_rows(found)
    if pieces:
        piece_headers = ("", "Pieces", "Money", "Each")
        parts += [
            "### Each text, and each field in the CRM that carries one",
            str(reporting.table(piece_headers, pieces).value),
        ]
    if found.dearest:
        headers = ("Kind", "Text", "Version", "Calls", "Money", "Fields", "For each field")
        parts += ["### The dearest texts", str(reporting.table(headers, block_rows(found)).value)]
        if found.all_blocks.pieces > len(found.dearest):
            parts.append(f"{named(found)} `gtm costs --blocks` names them all.")
    return "\n\n".join(parts)


def headline(found: Costs) -> str:
    """One sentence: what was spent since when."""
    total = found.total
    if not found.lines:
        return f"Nothing was asked of the model since {found.since:%Y-%m-%d}."
    return (
        f"{money(total.price, found.currency)} for {total.calls} calls of the model since {found.since:%Y-%m-%d}, "
        f"{money(found.today.price, found.currency)} of it today (UTC)."
    )


def remarks(found: Costs, settings: Settings) -> list[str]:
    """What a person should know beside the numbers."""
    said: list[str] = []
    limit = settings.gtm_model_budget_per_day
    if limit is not None:
        share = f" ({found.today.price / limit:.0%})" if limit else ""
        said.append(
            f"Today's budget: {money(found.today.price, found.currency)} of {money(limit, found.currency)}{share}."
        )
    said += [
        f"No price of {model} is known: its calls count as 0. Name a price table in GTM_MODEL_PRICES."
        for model in found.without_price
    ]
    for currency, price in found.other_currencies.items():
        said.append(
            f"{money(price, currency)} more were spent under a price table in {currency}; they are in no sum here."
        )
    return said


def spent_row(name: str, spent: Spent, currency: str) -> tuple[str, ...]:
    """A row under :data:`HEADERS`."""
    counts = (spent.calls, spent.prompt_tokens, spent.output_tokens, spent.thinking_tokens)
    amounts = (spent.price, spent.wasted, spent.unknown)
    return (name, *(f"{count:,}" for count in counts), *(money(amount, currency) for amount in amounts))


def piece_rows(found: Costs) -> list[tuple[str, ...]]:
    """What one text costs by kind, and what one written field costs, by kind and by name."""
    texts = [(_NAMES.get(kind, kind), each) for kind, each in found.blocks.items()]
    fields = [(f"field with a text ({kind})", each) for kind, each in found.fields.items()]
    if len(fields) > 1:
        fields.append(("field with a text", found.per_field))
    fields += [(f"{each.field} ({each.kind})", PerPiece(each.pieces, each.price)) for each in found.carried]
    return [
        (name, f"{each.pieces:,}", money(each.price, found.currency), money(each.each, found.currency))
        for name, each in [*texts, *fields]
    ]


def block_rows(found: Costs) -> list[tuple[str, ...]]:
    """The dearest texts; opener keys are contact ids."""
    rows: list[tuple[str, ...]] = []
    for block in found.dearest:
        each = money(block.price / block.fields, found.currency) if block.fields else "—"
        price = money(block.price, found.currency)
        rows.append((block.kind, block.key, str(block.version), str(block.calls), price, str(block.fields), each))
    return rows


def named(found: Costs) -> str:
    """How many texts there are, beside those that are named."""
    every = found.all_blocks
    return (
        f"{len(found.dearest):,} of {every.pieces:,} texts are named; together these cost "
        f"{money(every.price, found.currency)}."
    )


def _table(rows: Mapping[str, Spent], found: Costs) -> str:
    lines = [spent_row(reporting.plain(name), spent, found.currency) for name, spent in rows.items()]
    if len(lines) > 1:
        lines.append(spent_row("together", _sum(rows, found), found.currency))
    return str(reporting.table(HEADERS, lines).value)


def _sum(rows: Mapping[str, Spent], found: Costs) -> Spent:
    return found.total if rows == found.kinds else add_up(line for line in found.lines if line.campaign)


# --- when they are logged ---------------------------------------------------------------------------------------------


def materialize(store: Store, analytics: Analytics, settings: Settings) -> dict[str, Any]:
    """Costs as of now, as metadata, whatever was logged before."""
    _remember(store, utc_now(), _newest(store))
    return metadata(costs.load(analytics, load_prices(settings.gtm_model_prices)), settings)


def log_if_changed(
    store: Store,
    analytics: Analytics,
    settings: Settings,
    log_event: Callable[[Any], None],
    now: datetime | None = None,
) -> bool:
    """Log the costs where the model was asked since they were last logged, at most once in :data:`EVERY`; answers whether it did."""
    moment = now or utc_now()
    newest = _newest(store)
    with store.read() as connection:
        logged = get_cursor(connection, _LOGGED)
    if newest is None or (logged and logged["newest"] == newest):
        return False
    if logged and moment - datetime.fromisoformat(logged["at"]) < EVERY:
        return False
    _remember(store, moment, newest)
    found = costs.load(analytics, load_prices(settings.gtm_model_prices), now=moment)
    log_event(dg.AssetMaterialization(ASSET, metadata=metadata(found, settings)))
    return True


def _newest(store: Store) -> int | None:
    with store.read() as connection:
        return connection.execute(sa.select(sa.func.max(schema.model_calls.c.id))).scalar()


def _remember(store: Store, at: datetime, newest: int | None) -> None:
    with store.write() as connection:
        set_cursor(connection, _LOGGED, {"at": at.isoformat(), "newest": newest})


SPEC = dg.AssetSpec(
    ASSET,
    deps=["marketing_matrix", "campaign_matrix", "company_profile", "company_openers"],
    metadata=reporting.columns(
        calls="int: requests to the model in the last 30 days, failed ones included",
        tokens_in="int: tokens of the requests",
        tokens_out="int: tokens of the answers, thinking included",
        tokens_thinking="int: tokens of thinking",
        money="double: what they cost",
        money_wasted="double: of it for replies and texts that nobody could use",
        money_unknown="double: of it for requests whose answer was lost, at the most they can have cost",
        money_today="double: what the running day (UTC) cost",
        money_per_written_field="double: what one field in the CRM that carries a text now cost; money_per_field_… the same by its name",
    ),
)
