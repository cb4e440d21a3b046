"""``gtm plan texts``: what a change in Notion will touch, said before anything is written, and true afterwards."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from gtm_assets.cli import app
from gtm_assets.research.estimates import expected_price
from gtm_assets_tests.path.conftest import StartEngine
from gtm_assets_tests.path.harness import Engine
from resources.store import schema


def _plan(*options: str) -> str:
    done = CliRunner().invoke(app, ["plan", "texts", *options])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def _shape() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_plan("--json"))
    return found


@pytest.fixture
def engine(start_engine: StartEngine) -> Engine:
    started = start_engine(companies=1, fast=True)
    started.fast_pass()
    return started


def test_a_changed_pain_is_counted_before_and_comes_true_afterwards(engine: Engine) -> None:
    assert _shape()["changes"] == []
    verticals = engine.rows(schema.verticals)
    engine.edit_notion("verticals", "maschinenbau", "Pains", "zu viele Zwischenlager\nteure Stillstände")
    plan = _shape()
    assert [(each["key"], each["fields"]) for each in plan["changes"]] == [("maschinenbau", ["pains"])]
    effect = plan["by_change"]
    assert (len(effect["cells"]), effect["openers"], effect["ended"]) == (6, 1, [])
    # Two of the company's three persons have a persona; both carry texts. The opener concerns all three.
    assert (effect["persons"], effect["carriers"]) == (3, 2)
    assert effect["price"] > 0
    assert engine.rows(schema.verticals) == verticals, "nothing is taken over"
    done = engine.fast_pass()
    assert sorted(key for key, outcome in done.cells.outcomes.items() if outcome == "generated") == effect["cells"]
    assert done.model_calls == 7
    assert _shape()["by_change"]["cells"] == []


def test_a_vertical_that_ends_names_the_cells_whose_carriers_lose_their_text(engine: Engine) -> None:
    engine.edit_notion("verticals", "maschinenbau", "Status", "Draft")
    plan = _shape()
    assert len(plan["by_change"]["ended"]) == 6
    assert plan["by_change"]["carriers"] == 2
    said = _plan("--lang", "de")
    assert "beendet" in said
    assert "Bausteine, die enden" in said


def test_companies_whose_vertical_is_asked_for_again_are_counted_before_and_it_comes_true(engine: Engine) -> None:
    engine.edit_notion("verticals", "maschinenbau", "Status", "Draft")
    assert _shape()["by_change"]["profiles"] == 1, "its company needs another vertical"
    gone = engine.fast_pass()
    assert gone.model_calls == 1
    assert engine.row(schema.profiles, schema.profiles.c.contact_id == 1)["vertical_key"] is None

    engine.edit_notion("verticals", "healthcare", "Pains", "lange Wege")
    assert _shape()["by_change"]["profiles"] == 0, "pains are no part of the choice"
    engine.edit_notion("verticals", "healthcare", "Definition", "Kliniken und Labore")
    plan = _shape()["by_change"]
    assert (len(plan["cells"]), plan["openers"], plan["profiles"]) == (6, 0, 1)
    with engine.store.read() as connection:
        each = {
            kind: expected_price(connection, kind, engine.settings.gemini_model) or 0.0 for kind in ("cell", "profile")
        }
    assert plan["price"] == pytest.approx(6 * each["cell"] + each["profile"], abs=1e-4)
    assert "For 1 companies the model is asked again which vertical they belong to." in _plan()
    assert "erste Opener" in _plan("--lang", "de")
    engine.read_notion()
    assert _shape()["waiting"]["profiles"] == 1
    assert engine.fast_pass().model_calls == 7
    assert _shape()["waiting"]["profiles"] == 0


def test_a_row_that_cannot_be_used_is_named_with_the_reason(engine: Engine) -> None:
    engine.edit_notion("verticals", "healthcare", "Pains", "")
    said = _plan()
    assert "can't be used" in said
    assert "Pains" in said or "pains" in said


def test_a_change_in_notion_says_on_its_event_what_it_touches(start_engine: StartEngine) -> None:
    import dagster as dg

    engine = start_engine(companies=1, verticals=["maschinenbau"])
    engine.pass_once()
    engine.edit_notion("verticals", "maschinenbau", "Pains", "zu viele Zwischenlager")
    engine.pass_once()
    with dg.DagsterInstance.get() as instance:
        event = instance.get_latest_materialization_event(dg.AssetKey("verticals"))
    assert event is not None
    assert event.asset_materialization is not None
    metadata = {name: value.value for name, value in event.asset_materialization.metadata.items()}
    assert (metadata["texts_to_write"], metadata["openers_to_write"]) == (6, 1)
    assert metadata["persons_concerned"] == 3
    assert metadata["profiles_to_ask_for"] == 0
    assert metadata["expected_price_USD"] > 0


def test_what_is_no_contact_id_is_refused_with_both_ways(engine: Engine) -> None:
    from gtm_assets.settings import ConfigurationError

    with pytest.raises(ConfigurationError, match="gtm plan texts"):
        CliRunner().invoke(app, ["plan", "text"], catch_exceptions=False)
