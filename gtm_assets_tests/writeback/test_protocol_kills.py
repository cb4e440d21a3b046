"""Sending plans while the process dies, or another run has taken over: a fresh reading settles what is open, as the next run does."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtm_assets.writeback import protocol
from gtm_assets.writeback.plan import EntityPlan
from gtm_assets_tests.fake_crm import SOMEBODY, Gone
from gtm_assets_tests.fake_fields import FIELDS
from gtm_assets_tests.stores import passing_store
from gtm_assets_tests.writeback.writing_engine import TEXTS, Engine
from resources.store import queue

MOMENTS = ("GET Person/5", "PATCH Person/5", "PATCHED Person/5", "archive Person")


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_kill_at_any_moment_ends_with_the_fields_right_and_one_effective_request(engine, moment) -> None:
    plan = engine.plan(TEXTS)
    engine.at(moment, Gone())
    with pytest.raises(Gone):
        engine.send(plan)
    arrived = engine.crm.value("subject", 5) == "Betreff"
    engine.send(engine.plan(TEXTS))
    assert (engine.crm.value("subject", 5), engine.crm.value("intro", 5)) == ("Betreff", "Brücke")
    assert engine.owned() == {"subject": "Betreff", "intro": "Brücke"}
    assert {status for status in engine.statuses() if status in {"intended", "sent"}} == set()
    if arrived:
        assert engine.crm.patches == 1, "what arrived is never sent again"


@settings(max_examples=20)
@given(moment=st.sampled_from(MOMENTS), edited=st.sampled_from(["", "subject", "intro", "both"]))
def test_a_kill_and_an_edit_afterwards_never_cost_the_human_a_word(moment, edited) -> None:
    names = {"": [], "both": ["subject", "intro"]}.get(edited, [edited])
    with passing_store() as store:
        engine = Engine(store)
        plan = engine.plan(TEXTS)
        engine.at(moment, Gone())
        with pytest.raises(Gone):
            engine.send(plan)
        engine.crm.tick(3)
        custom = {FIELDS[name].prog_id: "von Hand" for name in names}
        engine.crm.edit("Person", 5, by=SOMEBODY, custom=custom)
        for _ in range(2):
            engine.send(engine.plan(TEXTS))
        for name, target in TEXTS.items():
            assert engine.crm.value(name, 5) == ("von Hand" if name in names else target.value)
            assert engine.owned().get(name) == (None if name in names else target.value)
        assert set(engine.statuses()) <= {"confirmed", "conflict", "dropped"}


def test_an_intent_that_another_run_settled_is_not_sent_any_more(engine) -> None:
    plan = engine.plan(TEXTS)
    engine.at("GET Person/5", lambda: protocol.settle_open_intents(engine.store, [1]))
    result = engine.send(plan)
    assert set(result.conflicts) == {("Person", 5)}
    assert engine.crm.patches == 0


def test_an_account_that_is_in_other_hands_by_now_is_not_written(engine) -> None:
    plan = engine.plan(TEXTS)

    def lose() -> None:
        queue.release(engine.store, engine.owner)
        queue.claim(engine.store, "elsewhere/1/x", limit=1)

    engine.at("GET Person/5", lose)
    assert set(engine.send(plan).conflicts) == {("Person", 5)}
    assert engine.crm.patches == 0


def test_an_error_nobody_expected_stops_its_own_record_only(engine) -> None:
    engine.crm.add_person(6, 1)
    other = EntityPlan("Person", 6, 1, engine.plan(TEXTS).fields)
    engine.at("GET Person/5", ValueError("nobody expected this"))
    result = engine.send(engine.plan(TEXTS), other)
    assert set(result.failed) == {("Person", 5)}
    assert set(result.confirmed) == {("Person", 6)}


def test_an_error_nobody_expected_after_the_request_leaves_the_intent_to_be_settled_by_reading(engine) -> None:
    engine.at("PATCHED Person/5", ValueError("nobody expected this"))
    assert set(engine.write(TEXTS).failed) == {("Person", 5)}
    assert engine.statuses() == ["sent"]
    engine.plan(TEXTS)
    assert engine.owned() == {"subject": "Betreff", "intro": "Brücke"}
