"""Budgets on the whole path: what needs the model waits for another day, what needs none goes on, and nothing fails."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gtm_assets import batch
from gtm_assets.commands.status import _look
from gtm_assets.research.budget import Reached, remember
from gtm_assets.texts import blocks, matrix
from gtm_assets_tests.path.conftest import StartEngine
from gtm_assets_tests.path.harness import Engine
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


def _spend_in(engine: Engine, run_id: str) -> None:
    """Whatever the passes spent until now was spent in this run; each pass of these tests is called ``fast``."""
    with engine.store.write() as connection:
        connection.execute(sa.update(schema.model_calls).values(run_id=run_id))


def _spend(engine: Engine, price: float) -> None:
    with engine.store.write() as connection:
        call = {"kind": "cell", "key": "k", "model": "m", "prompt_version": "1", "run_id": "fast", "currency": "USD"}
        tokens = {"prompt_tokens": 1, "output_tokens": 1, "seconds": 0.1, "called_at": utc_now()}
        values = {**call, **tokens, "state": "answered", "price": price, "attempt": 1}
        connection.execute(schema.model_calls.insert().values(values))


def test_a_run_that_was_asked_for_takes_up_what_the_budget_of_another_run_left(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True, GTM_MODEL_BUDGET_PER_RUN="0.5")
    _spend(engine, 0.49)
    assert engine.fast_pass().phases() == {1: "skipped"}
    assert "per run" in engine.state(1)["reason"]
    assert batch.anything_due(engine.store, engine.settings) == "", "sensors begin no new budget today"

    _spend_in(engine, "the run before")
    asked = engine.fast_pass()
    assert asked.phases() == {1: "completed"}
    assert asked.batch.reached is None


def test_a_run_takes_up_nothing_for_a_budget_that_allows_no_request(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True, GTM_MODEL_BUDGET_PER_RUN="0")
    assert engine.fast_pass().phases() == {1: "skipped"}
    assert engine.fast_pass().phases() == {}


def _reject_what_is_carried(engine: Engine, person_id: int) -> None:
    (written,) = engine.rows(
        schema.written_values,
        schema.written_values.c.entity == "Person",
        schema.written_values.c.entity_id == person_id,
        schema.written_values.c.field == "subject",
    )
    block = engine.row(schema.text_blocks, schema.text_blocks.c.id == written["block_id"])
    with engine.store.write() as connection:
        blocks.record_verdict(connection, block["id"], block["content_hash"], "rejected", "somebody")
        matrix.wake_carriers(connection, [block["key"]])


@pytest.mark.parametrize("why", ["budget", "outage"])
def test_without_the_model_a_rejected_text_is_taken_back_and_an_approved_one_written(
    start_engine: StartEngine, why: str
) -> None:
    engine = start_engine(companies=1, fast=True)
    assert engine.fast_pass().phases() == {1: "completed"}
    opener = engine.profile(1)["opener"]
    assert engine.texts(1)["subject"]
    assert engine.texts(2)["subject"]
    calls = engine.model_calls()
    if why == "budget":
        engine.configure(GTM_MODEL_BUDGET_PER_DAY="0")
    else:
        engine.fault(system="gemini", status=503, times=1000, retry_after=300)
    # Another name: profile and openers are asked for anew.
    engine.edit("Contact", 1, Name="Umbenannte Maschinen GmbH")
    _reject_what_is_carried(engine, 1)
    colleague = engine.create("Person", contactId=1, lastname="Neu", title=engine.person(2).title)
    done = engine.fast_pass()
    assert set(done.phases().values()) == {"skipped" if why == "budget" else "failed"}
    assert done.batch.count("completed") == 0
    state = engine.state(1)
    assert state["kind"] == ("budget reached" if why == "budget" else "not reachable")
    assert state["due_at"] is not None
    assert engine.texts(1)["subject"] == "", "a rejected text is taken back"
    assert engine.texts(2)["subject"], "an approved text stays"
    assert engine.texts(colleague)["subject"] == engine.texts(2)["subject"], "and whoever is new gets it"
    assert engine.profile(1)["opener"] == opener, "what stands stays until there is something better"

    engine.configure(GTM_MODEL_BUDGET_PER_DAY="")
    engine.world.gate.clear_faults()
    engine.without_waiting()
    assert engine.fast_pass().phases() == {1: "completed"}
    assert engine.model_calls() > calls


def test_without_the_model_a_vertical_that_a_human_chose_counts_at_once(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fast_pass()
    before = engine.texts(1)["social_proof"]
    engine.configure(GTM_MODEL_BUDGET_PER_DAY="0")
    engine.edit("Contact", 1, Name="Umbenannte Maschinen GmbH", Vertical="Healthcare")
    assert engine.fast_pass().phases() == {1: "skipped"}
    assert engine.row(schema.profiles, schema.profiles.c.contact_id == 1)["vertical_source"] == "human"
    assert engine.texts(1)["social_proof"] not in {"", before}


def test_plans_of_an_account_that_waits_for_a_budget_are_sent_when_writing_is_allowed(
    start_engine: StartEngine,
) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fast_pass()
    engine.configure(GTM_MODEL_BUDGET_PER_DAY="0", SUPEROFFICE_ALLOW_LIVE_WRITE="false")
    engine.edit("Contact", 1, Name="Umbenannte Maschinen GmbH")
    _reject_what_is_carried(engine, 1)
    assert engine.fast_pass().phases() == {1: "skipped"}
    assert engine.texts(1)["subject"]
    engine.configure(SUPEROFFICE_ALLOW_LIVE_WRITE="true")
    assert batch.anything_due(engine.store, engine.settings) == "plans may be sent now"
    assert engine.fast_pass().phases() == {1: "skipped"}
    assert engine.texts(1)["subject"] == ""
    assert batch.anything_due(engine.store, engine.settings) == ""


def test_a_write_that_fails_beside_a_reached_budget_comes_back_soon(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fast_pass()
    engine.configure(GTM_MODEL_BUDGET_PER_DAY="0")
    engine.edit("Contact", 1, Name="Umbenannte Maschinen GmbH")
    _reject_what_is_carried(engine, 1)
    engine.fault(system="superoffice", method="PATCH", status=500, times=20)
    assert engine.fast_pass().phases() == {1: "failed"}
    assert engine.state(1)["due_at"] < utc_now() + timedelta(minutes=5)
    engine.world.gate.clear_faults()
    engine.without_waiting()
    assert engine.fast_pass().phases() == {1: "skipped"}
    assert engine.texts(1)["subject"] == ""


def test_what_is_left_is_counted_over_all_runs(start_engine: StartEngine) -> None:
    engine = start_engine(companies=3, fast=True, GTM_MODEL_BUDGET_PER_DAY="0")
    engine.fast_pass()
    # The second company's website says nothing, so the model need not be asked.
    assert [engine.state(i)["kind"] == "budget reached" for i in (1, 2, 3)] == [True, False, True]
    engine.edit("Contact", 1, Name="Umbenannte Maschinen GmbH")
    again = engine.fast_pass()
    assert again.phases() == {1: "skipped"}
    assert again.batch.reached is not None
    assert ": 2 of 3 accounts are left." in again.batch.reached.sentence("accounts")
    remember(engine.store, "texts", Reached("day", 0.0, "USD", utc_now(), left=1, total=1))
    told = [finding.text for finding in _look(with_platform=False).findings if finding.name == "budget"]
    assert [text.partition(": ")[2] for text in told] == ["2 of 3 accounts are left", "12 of 12 cells are left"]
