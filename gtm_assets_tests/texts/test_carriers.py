"""Who carries a text now: everybody once, nobody whose field says something else, nobody who is gone. On both databases."""

from __future__ import annotations

from typing import Any

import dagster as dg
import pytest

from gtm_assets.knowledge.assets import sync_knowledge
from gtm_assets.settings import Settings
from gtm_assets.texts.blocks import Source
from gtm_assets.texts.carriers import CarriedBy, count_carriers, persons_with
from gtm_assets.texts.change_plan import effects_as_metadata
from gtm_assets_tests.knowledge.test_rows import table
from gtm_assets_tests.monitoring import lineage_samples as samples
from gtm_assets_tests.monitoring.lineage_samples import CELL_WORDS, OPENER_WORDS
from resources.notion.tables import NotionTable
from resources.store.store import Store


@pytest.fixture
def store(store: Store) -> Store:
    samples.fill(store)
    return store


def _count(store: Store, database: str, *keys: str) -> dict[str, CarriedBy]:
    with store.read() as connection:
        return count_carriers(connection, database, keys)


def test_a_record_counts_once_however_many_fields_and_texts_of_the_row_it_carries(store) -> None:
    cell = samples.text(store)
    samples.write(store, "Person", 11, cell, CELL_WORDS)
    samples.write(store, "Person", 21, cell, {"subject": "Betreff"})
    samples.write(store, "Person", 21, samples.text(store, words={"intro": "neu"}), {"intro": "neu"})
    samples.write(store, "Contact", 1, samples.opener(store), OPENER_WORDS)
    assert _count(store, "verticals", "bau", "hotel") == {"bau": CarriedBy(2, 1), "hotel": CarriedBy()}
    assert _count(store, "personas", "leitung") == {"leitung": CarriedBy(2, 0)}


def test_what_was_taken_away_and_texts_of_unknown_rows_count_for_nobody(store) -> None:
    samples.write(store, "Person", 11, samples.text(store), {"subject": "Betreff"})
    samples.write(store, "Person", 11, None, {"subject": ""})
    samples.write(store, "Person", 12, samples.text(store, sources=()), CELL_WORDS)
    assert _count(store, "verticals", "bau") == {"bau": CarriedBy()}


def test_who_overwrote_or_emptied_a_field_or_is_gone_carries_nothing(store) -> None:
    cell = samples.text(store)
    for person_id in (11, 12, 21, 22):
        samples.write(store, "Person", person_id, cell, {"subject": "Betreff"})
    for contact_id in (1, 2):
        samples.write(store, "Contact", contact_id, samples.opener(store, contact_id), OPENER_WORDS)
    samples.carry(store, "Person", 11, subject="Von Hand.")
    samples.carry(store, "Person", 12, subject="")
    samples.gone(store, "Person", 21)
    samples.gone(store, "Contact", 2)
    assert _count(store, "verticals", "bau") == {"bau": CarriedBy(1, 1)}
    with store.read() as connection:
        assert persons_with(connection, [samples.CELL, "einkauf|bau"]) == {22}
    samples.carry(store, "Person", 11, subject="Betreff")
    assert _count(store, "verticals", "bau") == {"bau": CarriedBy(2, 1)}, "typed back, it is ours again"


def test_no_row_is_no_question(store) -> None:
    assert _count(store, "verticals") == {}


class _Notion:
    """One table, as Notion's client hands it over."""

    def __init__(self, shown: NotionTable) -> None:
        self._shown = shown

    def table(self, _: str) -> NotionTable:
        return self._shown


def _events(store: Store, **changed: str) -> list[dict[str, Any]]:
    logged: list[Any] = []
    notion: Any = _Notion(table("verticals", changed))
    with dg.DagsterInstance.ephemeral() as instance:
        result = sync_knowledge(store, notion, Settings(), instance, logged.append, ["verticals"], effects_as_metadata)
    assert result.errors == {}
    return [
        {"key": event.partition} | {name: value.value for name, value in event.metadata.items()}
        for event in logged
        if event.partition == "maschinenbau"
    ]


def test_a_changed_row_tells_how_many_carry_its_words_also_before_the_fields_of_the_crm_are_known(store) -> None:
    (new,) = _events(store)
    assert (new["what"], new["carried_by_persons"], new["carried_by_companies"]) == ("new", 0, 0)
    made_of = Source("verticals", "maschinenbau", "v1")
    samples.write(store, "Person", 11, samples.text(store, sources=(made_of,)), CELL_WORDS)
    (changed,) = _events(store, Pains="Anderes")
    assert (changed["what"], changed["carried_by_persons"], changed["carried_by_companies"]) == ("changed", 1, 0)
    assert "texts_to_write" not in changed
    (ended,) = _events(store, Status="Draft")
    assert (ended["what"], ended["carried_by_persons"]) == ("deactivated", 1)
