"""What commands print: plans, and what a run did. Rich renderables from rows; no decisions.

What belongs elsewhere: the board (``board_views``), e-mails (``commands.preview_terminal``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from gtm_assets.language import say
from gtm_assets.monitoring.plans import PlannedRecord
from gtm_assets.settings import Language

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


def plans_table(plans: Sequence[PlannedRecord], language: Language = "en") -> Table:
    """Plans field by field."""
    heads = (say(language, f"plan.{head}") for head in ("account", "record", "field", "now", "would_be"))
    table = Table(*heads, title=say(language, "plan.title"), title_justify="left")
    for plan in plans:
        for place, (name, change) in enumerate(plan.fields.items()):
            record = f"{say(language, 'plan.' + plan.entity)} {plan.entity_id}"
            head = (f"{plan.contact_id} {plan.account}", record) if place == 0 else ("", "")
            values = (value or "—" for value in (change.now, change.would_be))
            table.add_row(*(escape(text) for text in (*head, say(language, f"plan.field.{name}"), *values)))
        table.add_section()
    return table
