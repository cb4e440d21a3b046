"""What a text was made from is kept with it: the versions that were read, and not those of when it was stored."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from gtm_assets.texts.blocks import Source
from gtm_assets.texts.matrix import MatrixWriter, bring_cells_up_to_date, choose_cells
from gtm_assets.texts.openers import OpenerWriter, bring_openers_up_to_date
from gtm_assets.texts.sources import load_sources, of_cell
from gtm_assets_tests.fake_fields import FIELDS
from gtm_assets_tests.fake_model import FakeModel
from gtm_assets_tests.stores import (
    account_row,
    campaign_row,
    persona_row,
    profile_row,
    put,
    rows_of,
    vertical_row,
    website_row,
)
from gtm_assets_tests.texts.samples import CELL_TEXT, OPENER_TEXT
from resources.store import schema
from resources.store.store import Store

PERSONA = Source("personas", "leitung", "p1", "page-leitung", "https://notion.example/leitung")
VERTICAL = Source("verticals", "bau", "v1", "page-bau", "https://notion.example/bau")
CAMPAIGN = Source("campaigns", "messe", "c1", "page-messe", "https://notion.example/messe")
WEBSITE = Source("website", "1", "w1", url="https://muster1.example/")


@pytest.fixture
def store(store: Store) -> Store:
    put(store, schema.verticals, vertical_row("bau", row_hash="v1"))
    put(store, schema.personas, persona_row("leitung", row_hash="p1"))
    put(store, schema.campaigns, campaign_row("messe", row_hash="c1"))
    put(store, schema.accounts, account_row(1))
    put(store, schema.profiles, profile_row(1, "bau"))
    put(store, schema.websites, website_row(1, content_hash="w1"))
    return store


def _write_cell(store: Store, model: FakeModel, key: str) -> None:
    gemini: Any = model
    writer = MatrixWriter(store, gemini, FIELDS, "run", approve=True)
    assert not bring_cells_up_to_date(writer, choose_cells(writer, [key])).errors


def _write_openers(store: Store, model: FakeModel) -> None:
    gemini: Any = model
    writer = OpenerWriter(store, gemini, FIELDS, "run", approve=True)
    assert [outcome.error for outcome in bring_openers_up_to_date(writer, [1]).values()] == [None]


def _sources(store: Store) -> list[Source]:
    (block,) = rows_of(store, schema.text_blocks)
    with store.read() as connection:
        return list(load_sources(connection, [block["id"]])[block["id"]])


def test_a_standard_cell_names_its_persona_and_its_vertical(store) -> None:
    _write_cell(store, FakeModel(lambda _: asdict(CELL_TEXT)), "leitung|bau")
    assert _sources(store) == [PERSONA, VERTICAL]


def test_a_campaign_s_cell_names_the_campaign_too(store) -> None:
    _write_cell(store, FakeModel(lambda _: asdict(CELL_TEXT)), "leitung|bau|messe")
    assert _sources(store) == [CAMPAIGN, PERSONA, VERTICAL]


def test_openers_name_their_vertical_and_the_website_s_text(store) -> None:
    _write_openers(store, FakeModel(lambda _: asdict(OPENER_TEXT)))
    assert _sources(store) == [VERTICAL, WEBSITE]


def test_rows_that_change_while_the_model_writes_are_not_what_the_text_rests_on(store) -> None:
    def change_meanwhile(_: Any) -> Any:
        put(store, schema.verticals, vertical_row("bau", row_hash="v2", pains=["Anderes"]))
        return asdict(CELL_TEXT)

    _write_cell(store, FakeModel(change_meanwhile), "leitung|bau")
    assert _sources(store) == [PERSONA, VERTICAL]


def test_a_website_that_is_read_again_while_the_model_writes_is_not_what_the_openers_rest_on(store) -> None:
    def change_meanwhile(_: Any) -> Any:
        put(store, schema.websites, website_row(1, content_hash="w2", text="Wir fräsen."))
        return asdict(OPENER_TEXT)

    _write_openers(store, FakeModel(change_meanwhile))
    assert _sources(store) == [VERTICAL, WEBSITE]


def test_a_row_that_does_not_come_from_the_store_names_no_version() -> None:
    from gtm_assets.knowledge.rows import Persona, Vertical

    persona = Persona("leitung", "Leitung", (), (), ())
    vertical = Vertical("bau", "Bau", "", (), (), {}, "Operativ", ())
    assert of_cell(persona, vertical) == ()
