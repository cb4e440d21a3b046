"""Whose texts a person gets: the campaign's, the standard ones, or none, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gtm_assets.texts.blocks import Block, CellState
from gtm_assets.texts.choice import NO_TEXT, Choice, choose_cell
from gtm_assets.texts.matrix import Cell, cell_key
from gtm_assets_tests.texts.samples import CELL_INPUTS

STANDARD, CAMPAIGN = cell_key("leitung", "logistik"), cell_key("leitung", "logistik", "messe-2026")
_BLOCK: dict[CellState, dict[str, Any]] = {
    "approved": {"verdict": "approved"},
    "waiting": {},
    "rejected": {"verdict": "rejected"},
    "failed_rules": {"passed": False},
    "lapsed": {"verdict": "approved", "inputs_hash": "of yesterday"},
}


def _cell(key: str, state: CellState) -> Cell:
    block = None
    if state != "missing":
        values: dict[str, Any] = {"passed": True, "verdict": None, "inputs_hash": "today", **_BLOCK[state]}
        block = Block(id=1, kind="cell", key=key, version=1, content_hash="c", content={}, findings=(), **values)
    campaign = "messe-2026" if key == CAMPAIGN else "standard"
    cell = Cell("leitung", "logistik", campaign, replace(CELL_INPUTS, id=key), frozenset(), "today", block)
    assert cell.state == state
    return cell


def _choose(campaign_text: str, standard: CellState, special: CellState = "missing", *, carried: str = "") -> Choice:
    cells = {STANDARD: _cell(STANDARD, standard), CAMPAIGN: _cell(CAMPAIGN, special)}
    return choose_cell("leitung", "logistik", campaign_text, cells, {carried} if carried else ())


def _key(choice: Choice) -> str:
    assert choice.cell is not None
    return choice.cell.key


@pytest.mark.parametrize("text", ["Messe 2026", "messe-2026", " MESSE  2026 "])
def test_an_approved_campaign_text_goes_to_its_people_however_the_tag_is_written(text: str) -> None:
    choice = _choose(text, "approved", "approved")
    assert (choice.level, _key(choice), choice.reason) == ("campaign", CAMPAIGN, "")


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_field_means_standard(text: str) -> None:
    choice = _choose(text, "approved", "approved")
    assert (choice.level, _key(choice), choice.reason) == ("standard", STANDARD, "")


@pytest.mark.parametrize("state", list(NO_TEXT))
def test_where_the_campaign_text_may_not_be_used_the_standard_one_is_and_says_why(state: CellState) -> None:
    choice = _choose("Messe 2026", "approved", state)
    assert (choice.level, _key(choice)) == ("standard", STANDARD)
    assert choice.reason == f"standard text instead of 'Messe 2026': {NO_TEXT[state]}"


@pytest.mark.parametrize("text", ["Messe 2027", "🌷"])
def test_a_tag_nobody_knows_means_standard_and_is_not_repeated_in_the_reason(text: str) -> None:
    choice = _choose(text, "approved", "approved")
    assert (choice.level, choice.reason) == (
        "standard",
        "standard text: no active campaign has the tag that stands with the person",
    )


@pytest.mark.parametrize("state", list(NO_TEXT))
def test_without_any_usable_text_there_is_none_and_both_reasons_stand(state: CellState) -> None:
    choice = _choose("Messe 2026", state, "waiting")
    assert (choice.level, _key(choice)) == ("none", STANDARD)
    assert choice.reason == f"standard text instead of 'Messe 2026': waiting for review; {NO_TEXT[state]}"


@pytest.mark.parametrize("state", ["waiting", "lapsed"])
def test_who_carries_a_campaign_text_keeps_it_while_its_successor_waits(state: CellState) -> None:
    choice = _choose("Messe 2026", "approved", state, carried=CAMPAIGN)
    assert (choice.level, _key(choice)) == ("campaign", CAMPAIGN)
    assert choice.reason == f"keeps the earlier text: {NO_TEXT[state]}"


def test_who_carries_the_standard_text_moves_on_to_the_approved_campaign_text() -> None:
    assert _choose("Messe 2026", "approved", "approved", carried=STANDARD).level == "campaign"


def test_without_a_cell_there_is_no_text() -> None:
    choice = choose_cell("leitung", "bergbau", "Messe 2026", {})
    assert (choice.level, choice.cell) == ("none", None)
    assert "no cell leitung × bergbau" in choice.reason
