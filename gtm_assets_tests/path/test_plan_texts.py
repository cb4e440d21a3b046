"""``gtm plan texts``: what a change in Notion will touch, said before anything is written, and true afterwards."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from gtm_assets.cli import app
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
    assert metadata["expected_price_USD"] > 0


def test_what_is_no_contact_id_is_refused_with_both_ways(engine: Engine) -> None:
    from gtm_assets.settings import ConfigurationError

    with pytest.raises(ConfigurationError, match="gtm plan texts"):
        CliRunner().invoke(app, ["plan", "text"], catch_exceptions=False)
