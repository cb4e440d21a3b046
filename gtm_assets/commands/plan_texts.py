"""``gtm plan texts``: what Notion, as it is now, would make the model write: cells, openers, persons, money. Changes nothing.

What belongs elsewhere: working it out (``gtm_assets.texts.change_plan``).
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from gtm_assets.commands.console import console, print_json
from gtm_assets.language import say
from gtm_assets.settings import Language, Settings, UserError

if TYPE_CHECKING:
    from gtm_assets.texts.change_plan import Effect, TextPlan

_SHOWN = 20


def show_text_plan(settings: Settings, language: Language, *, as_json: bool) -> None:
    """Read Notion and print the plan.

    Raises:
        UserError: The CRM's fields were not read yet.
        OutsideError, MissingColumnError, EmptyTableError: Notion can't be read.
    """
    plan = _plan(settings)
    if as_json:
        print_json(as_json_shape(plan))
        return
    if plan.changes:
        table = Table(*(say(language, f"plan_texts.{head}") for head in ("database", "row", "what", "fields")))
        for change in plan.changes:
            cells = (change.database, change.name, say(language, f"plan_texts.{change.what}"), ", ".join(change.fields))
            table.add_row(*(Text(cell) for cell in cells))
        console.print(table)
    else:
        console.print(say(language, "plan_texts.no_change"))
    for database, refused in plan.refused.items():
        for row in refused:
            console.print(
                say(language, "plan_texts.refused", database=database, name=row.name, reason=row.reason), markup=False
            )
    _print_effect(plan.by_change, language, "plan_texts.by_change")
    _print_effect(plan.waiting, language, "plan_texts.waiting")


def _plan(settings: Settings) -> TextPlan:
    from gtm_assets import clients
    from gtm_assets.crm.field_map import stored_fields
    from gtm_assets.knowledge.assets import database_id
    from gtm_assets.knowledge.rows import read_table
    from gtm_assets.knowledge.sync import DATABASES, page_holders
    from gtm_assets.texts.change_plan import plan_texts, pricing_of

    with closing(clients.open_store(settings)) as store:
        fields = stored_fields(store)
        if not fields:
            raise UserError("The CRM's fields were not read yet, and they bound every text. Run `gtm fields` first.")
        with closing(clients.open_notion(settings, store)) as notion:
            with store.read() as connection:
                holders = {name: page_holders(connection, name) for name in DATABASES}
            tables = {
                name: read_table(
                    name, notion.table(database_id(settings, name)), settings.gtm_notion_columns, holders[name]
                )
                for name in DATABASES
            }
        return plan_texts(store, tables, fields, pricing_of(settings))


def _print_effect(effect: Effect, language: Language, message: str) -> None:
    from gtm_assets.research.budget import money

    if not (effect.cells or effect.openers or effect.profiles or effect.ended):
        return
    price = say(language, "plan_texts.no_price") if effect.price is None else money(effect.price, effect.currency)
    lengths = {name: len(getattr(effect, name)) for name in ("cells", "openers", "profiles")}
    counts = {**lengths, "persons": effect.persons, "carriers": effect.carriers}
    console.print(say(language, message, **counts, price=price), soft_wrap=True, markup=False)
    if effect.profiles:
        console.print(say(language, "plan_texts.unforeseen"), soft_wrap=True, markup=False)
    for name, keys in (("cells", effect.cells), ("ended", effect.ended)):
        if keys:
            shown = ", ".join(key.replace("|", "/") for key in keys[:_SHOWN])
            more = f" … ({len(keys) - _SHOWN})" if len(keys) > _SHOWN else ""
            console.print(f"  {say(language, f'plan_texts.{name}')}: {shown}{more}", soft_wrap=True, markup=False)


def as_json_shape(plan: TextPlan) -> dict[str, object]:
    """The published shape of ``gtm plan texts --json``."""
    return {
        "changes": [
            {
                "database": each.database,
                "key": each.key,
                "name": each.name,
                "what": each.what,
                "fields": list(each.fields),
            }
            for each in plan.changes
        ],
        "refused": [
            {"database": name, "name": row.name, "reason": row.reason, "url": row.url}
            for name, rows in plan.refused.items()
            for row in rows
        ],
        "by_change": plan.by_change.as_json(),
        "waiting": plan.waiting.as_json(),
    }
