"""What a change in Notion does to texts, said before anything is written: how many cells, openers, persons and how much money.

What belongs elsewhere: reading Notion (``gtm_assets.knowledge``), writing the texts (``matrix``, ``openers``), the command.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from gtm_assets.crm.field_map import stored_fields
from gtm_assets.crm.fields import CrmField
from gtm_assets.knowledge.rows import ReadTable, Refusal
from gtm_assets.knowledge.sync import Knowledge, KnowledgeDatabase, RowChange, load_knowledge, take_over
from gtm_assets.research.estimates import Kind, expected_price
from gtm_assets.research.prices import PriceTable, load_prices
from gtm_assets.settings import Settings
from gtm_assets.texts import blocks, openers
from gtm_assets.texts.carriers import count_carriers, persons_with
from gtm_assets.texts.changed_profiles import concerned_by, stale_profiles, waiting_accounts
from gtm_assets.texts.matrix import Cell, load_cells, people_of
from resources.store import schema
from resources.store.store import Store, chunked


@dataclass(frozen=True)
class Pricing:
    """The model that will be asked and what it costs."""

    model: str
    prices: PriceTable


@dataclass(frozen=True)
class Effect:
    """What has to be written, and whom it concerns.

    Attributes:
        cells: Keys of cells to write.
        openers: Contact ids whose openers have to be written anew. First openers of companies that get a vertical by it can't be foreseen.
        profiles: Contact ids of companies for which the model is asked again which vertical they belong to.
        ended: Keys of cells that are there no longer: who carries their text loses it.
        persons: Living persons of those cells, or who work for one of those companies.
        carriers: Persons who carry a text of those cells in the CRM now: they keep it until the new one is approved.
        price: What it will cost in the currency of the price table; None where the model has no price.
        currency: ISO 4217.
    """

    cells: tuple[str, ...] = ()
    openers: tuple[int, ...] = ()
    profiles: tuple[int, ...] = ()
    ended: tuple[str, ...] = ()
    persons: int = 0
    carriers: int = 0
    price: float | None = 0.0
    currency: str = "USD"

    def as_json(self) -> dict[str, Any]:
        """The published shape."""
        return {
            "cells": list(self.cells),
            "openers": len(self.openers),
            "profiles": len(self.profiles),
            "ended": list(self.ended),
            "persons": self.persons,
            "carriers": self.carriers,
            "price": None if self.price is None else round(self.price, 4),
            "currency": self.currency,
        }


@dataclass(frozen=True)
class TextPlan:
    """What reading Notion now would do.

    Attributes:
        changes: Rows that differ from what the engine knows.
        refused: Rows that could not be used, by database; they keep their last good version.
        by_change: Effect of all changes together.
        waiting: What is stale already, whatever Notion says now.
    """

    changes: tuple[RowChange, ...]
    refused: Mapping[KnowledgeDatabase, tuple[Refusal, ...]]
    by_change: Effect
    waiting: Effect


def plan_texts(
    store: Store, tables: Mapping[KnowledgeDatabase, ReadTable], fields: Mapping[str, CrmField], pricing: Pricing
) -> TextPlan:
    """Take the tables over, undo it, and look at what would be stale then.

    The looking comes afterwards: with many companies it takes seconds, and a rehearsal keeps everybody else from writing.

    Raises:
        EmptyTableError: Notion shows no row at all although some are known.
    """
    with store.rehearse() as connection:
        synced = {name: take_over(connection, name, read) for name, read in tables.items()}
        then = load_knowledge(connection)
    changes = tuple(change for result in synced.values() for change in result.changes)
    moved = {change.key for change in changes if change.database == "verticals"}
    with store.read() as connection:
        now = load_knowledge(connection)
        before = load_cells(connection, fields, pricing.model, now)
        after = load_cells(connection, fields, pricing.model, then)
        stale_before = _stale(before.values())
        stale = _stale(after.values()) - stale_before
        openers_before = _stale_openers(connection, set(now.verticals), now, fields, pricing.model)
        alike = _stale_openers(connection, moved, then, fields, pricing.model) - openers_before
        ended = set(before) - set(after)
        profiles_before = stale_profiles(connection, waiting_accounts(connection), now, fields, pricing.model)
        concerned = concerned_by(connection, changes)
        asked = stale_profiles(connection, concerned, then, fields, pricing.model) - profiles_before
        over = {key for key in ended if before[key].block is not None}
        return TextPlan(
            changes,
            {name: result.refused for name, result in synced.items() if result.refused},
            _effect(connection, pricing, stale, alike, asked, over),
            _effect(connection, pricing, stale_before - ended, openers_before, profiles_before),
        )


def effects_of_changes(
    connection: sa.Connection, changes: Iterable[RowChange], fields: Mapping[str, CrmField], pricing: Pricing
) -> dict[str, Effect]:
    """What each changed row makes stale, by its key, after it was taken over."""
    rows = load_knowledge(connection)
    cells = load_cells(connection, fields, pricing.model, rows)
    found = {}
    given = list(changes)
    asked = stale_profiles(connection, concerned_by(connection, given), rows, fields, pricing.model)
    for change in given:
        stale = _stale(cell for cell in cells.values() if _is_of(cell, change.database, change.key))
        moved = {change.key} if change.database == "verticals" else set()
        alike = _stale_openers(connection, moved, rows, fields, pricing.model)
        found[change.key] = _effect(connection, pricing, stale, alike, asked & concerned_by(connection, [change]))
    return found


def _is_of(cell: Cell, database: Literal["verticals", "personas", "campaigns"], key: str) -> bool:
    keys = {"verticals": cell.vertical_key, "personas": cell.persona_key, "campaigns": cell.campaign_key}
    return keys[database] == key


def _stale(cells: Iterable[Cell]) -> set[str]:
    return {cell.key for cell in cells if cell.is_stale and cell.is_kept}


def _stale_openers(
    connection: sa.Connection, verticals: Iterable[str], rows: Knowledge, fields: Mapping[str, CrmField], model: str
) -> set[int]:
    """Accounts of these verticals whose openers there are, and whose inputs are no longer those of the openers."""
    names = sorted(verticals)
    if not names:
        return set()
    table = schema.text_blocks
    accounts = sa.select(schema.profiles.c.contact_id).where(schema.profiles.c.vertical_key.in_(names))
    ids = set(connection.execute(accounts).scalars())
    written = connection.execute(sa.select(table.c.key).where(table.c.kind == openers.KIND, table.c.current)).scalars()
    with_opener = [int(key) for key in written if int(key) in ids]
    found: set[int] = set()
    # In pieces: the inputs hold every website's text.
    for piece in chunked(with_opener):
        inputs = openers.load_inputs(connection, piece, fields, rows.verticals)
        current = blocks.current_blocks(connection, openers.KIND, [str(i) for i in piece])
        found |= {
            i
            for i, given in inputs.items()
            if not isinstance(given, str) and openers.inputs_hash(given, model) != current[str(i)].inputs_hash
        }
    return found


def _effect(
    connection: sa.Connection,
    pricing: Pricing,
    cells: set[str],
    accounts: set[int],
    asked: set[int],
    ended: Iterable[str] = (),
) -> Effect:
    over = sorted(ended)
    people = people_of(connection, sorted(cells))
    persons = {person for person, _ in people}
    table = schema.persons
    for piece in chunked(sorted(accounts)):
        staff = sa.select(table.c.person_id).where(table.c.gone_at.is_(None), table.c.contact_id.in_(piece))
        persons |= set(connection.execute(staff).scalars())
    return Effect(
        tuple(sorted(cells)),
        tuple(sorted(accounts)),
        tuple(sorted(asked)),
        tuple(over),
        len(persons),
        len(persons_with(connection, [*cells, *over])),
        _price(connection, pricing, {"cell": len(cells), "opener": len(accounts), "profile": len(asked)}),
        pricing.prices.currency,
    )


def _price(connection: sa.Connection, pricing: Pricing, counts: Mapping[Kind, int]) -> float | None:
    total = 0.0
    for kind, count in counts.items():
        if not count:
            continue
        each = expected_price(connection, kind, pricing.model, pricing.prices)
        if each is None:
            return None
        total += each * count
    return total


def effects_as_metadata(store: Store, settings: Settings, changes: Sequence[RowChange]) -> dict[str, Mapping[str, Any]]:
    """What stands with a changed row's event in Dagster, by the row's key: who carries its words, and what has to be written anew.

    What has to be written is unknown while the CRM's fields are. The changes are those of one database.
    """
    if not changes:
        return {}
    fields = stored_fields(store)
    with store.read() as connection:
        by = count_carriers(connection, changes[0].database, [change.key for change in changes])
        found = effects_of_changes(connection, changes, fields, pricing_of(settings)) if fields else {}
    return {
        key: {"carried_by_persons": each.persons, "carried_by_companies": each.companies}
        | (_metadata(found[key]) if key in found else {})
        for key, each in by.items()
    }


def pricing_of(settings: Settings) -> Pricing:
    """The configured model at the configured prices."""
    return Pricing(settings.gemini_model, load_prices(settings.gtm_model_prices))


def _metadata(effect: Effect) -> dict[str, Any]:
    found: dict[str, Any] = {
        "texts_to_write": len(effect.cells),
        "openers_to_write": len(effect.openers),
        "profiles_to_ask_for": len(effect.profiles),
        "persons_concerned": effect.persons,
        "persons_who_keep_the_earlier_text": effect.carriers,
    }
    if effect.price is not None:
        found[f"expected_price_{effect.currency}"] = round(effect.price, 4)
    return found
