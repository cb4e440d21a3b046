"""Budgets on the whole path: what needs the model waits for another day, what needs none goes on, and nothing fails."""

from __future__ import annotations

from datetime import timedelta

from gtm_assets import batch
from gtm_assets.commands.status import _look
from gtm_assets_tests.path.conftest import StartEngine
from resources.store import schema
from resources.store.store import utc_now


def test_without_money_everything_is_left_for_another_day_and_goes_on_when_there_is_some(
    start_engine: StartEngine,
) -> None:
    engine = start_engine(companies=1, fast=True, GTM_MODEL_BUDGET_PER_DAY="0")
    poor = engine.fast_pass()
    assert (poor.error, poor.model_calls, engine.model_calls()) == (None, 0, 0)
    assert set(poor.cells.outcomes.values()) == {"left"}
    assert poor.phases() == {1: "skipped"}
    assert poor.batch.reached is not None
    assert "so the model is not asked: 1 of 1 accounts are left." in poor.batch.reached.sentence("accounts")
    state = engine.state(1)
    assert (state["kind"], state["attempts"]) == ("budget reached", 0)
    assert (
        state["reason"]
        == "GTM_MODEL_BUDGET_PER_DAY is 0, so the model is not asked: profile or openers are written another day"
    )
    tomorrow = (utc_now() + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    assert state["due_at"] == tomorrow
    assert batch.anything_due(engine.store, engine.settings) == "", "no run follows the other"
    budgets = [finding for finding in _look(with_platform=False).findings if finding.name == "budget"]
    assert [finding.level for finding in budgets] == ["warning", "warning"]

    engine.configure(GTM_MODEL_BUDGET_PER_DAY="100")
    assert batch.anything_due(engine.store, engine.settings) == "the budget allows more now"
    rich = engine.fast_pass()
    assert set(rich.cells.outcomes.values()) == {"generated"}
    assert rich.phases() == {1: "completed"}
    rows = engine.rows(schema.model_calls)
    assert len(rows) == rich.model_calls
    assert 0 < sum(row["price"] for row in rows) < 1
    assert all(row["state"] == "answered" and row["thinking_tokens"] > 0 for row in rows)
    assert {row["block_id"] is None for row in rows if row["kind"] != "profile"} == {False}

    engine.configure(GTM_MODEL_BUDGET_PER_DAY="0")
    engine.edit("Person", 2, Title="Werksleiter")
    moved = engine.fast_pass()
    assert (moved.phases(), moved.model_calls) == ({1: "completed"}, 0), "who needs no model goes on"
