"""Sending plans to a CRM that loses answers, ignores fields or is edited meanwhile: what is sent, confirmed and owned."""

from __future__ import annotations

from typing import Any

import pytest

from gtm_assets.crm.refreshing import refresh
from gtm_assets.writeback import guards
from gtm_assets.writeback.failures import NoEffectError
from gtm_assets.writeback.plan import EntityPlan
from gtm_assets.writeback.protocol import WriteResult
from gtm_assets_tests.fake_fields import FIELDS, LISTS
from gtm_assets_tests.stores import rows_of
from gtm_assets_tests.writeback.writing_engine import COMPANY, TEXTS
from resources.errors import PermanentError, TenantClosedError
from resources.store import schema
from resources.store.store import set_cursor
from resources.superoffice.errors import MaybeSentError


def test_one_request_carries_everything_and_is_confirmed_by_reading(engine) -> None:
    result = engine.write(TEXTS)
    assert list(result.confirmed) == [("Person", 5)]
    assert engine.crm.patches == 1
    assert (engine.crm.value("subject", 5), engine.crm.value("intro", 5)) == ("Betreff", "Brücke")
    assert engine.owned() == {"subject": "Betreff", "intro": "Brücke"}
    assert engine.statuses() == ["confirmed"]


def test_a_second_pass_sends_nothing(engine) -> None:
    engine.write(TEXTS)
    assert engine.write(TEXTS) == WriteResult()
    assert engine.crm.patches == 1


def test_a_plan_without_fields_sends_nothing_and_leaves_no_intent(engine) -> None:
    engine.write({})
    assert engine.crm.patches == 0
    assert engine.statuses() == []


def test_our_own_values_are_no_news_afterwards(engine) -> None:
    engine.write(COMPANY, "Contact")
    client: Any = engine.crm
    assert refresh(engine.store, client, FIELDS, LISTS, [1]).differences == {}
    (row,) = rows_of(engine.store, schema.sync_state)
    assert row["requested"] == 1, "nobody wished for more than the test"


def test_fields_that_are_not_ours_stand_as_before(engine) -> None:
    engine.crm.edit("Contact", 1, custom={"SuperOffice:12": "ERP-4711"})
    engine.write(COMPANY, "Contact")
    assert engine.crm.contacts[1]["custom"]["SuperOffice:12"] == "ERP-4711"
    assert engine.crm.contacts[1]["Postal"]["Zipcode"] == "12345"
    assert engine.crm.contacts[1]["Postal"]["City"] == "Musterstadt"


# --- edits in between -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("guard", ["A", "B", "C"])
def test_an_edit_between_plan_and_request_wins_and_nothing_is_sent(engine, guard) -> None:
    with engine.store.write() as connection:
        set_cursor(connection, guards.GUARD, {"level": guard})
    plan = engine.plan(TEXTS)
    engine.crm.tick(5)
    engine.crm.edit("Person", 5, custom={"SuperOffice:19": "von Hand"})
    result = engine.send(plan)
    assert list(result.conflicts) == [("Person", 5)]
    assert engine.crm.patches == 0
    assert engine.statuses() == ["conflict"]
    assert engine.owned() == {}


@pytest.mark.parametrize("guard", ["A", "B"])
def test_with_a_guard_even_an_edit_after_the_last_reading_wins(engine, guard) -> None:
    with engine.store.write() as connection:
        set_cursor(connection, guards.GUARD, {"level": guard})
    plan = engine.plan(TEXTS)
    engine.crm.tick(5)
    engine.at("PATCH Person/5", lambda: engine.crm.edit("Person", 5, custom={"SuperOffice:19": "von Hand"}))
    result = engine.send(plan)
    assert list(result.conflicts) == [("Person", 5)]
    assert engine.crm.value("subject", 5) == "von Hand"
    assert engine.crm.value("intro", 5) == ""
    assert engine.statuses() == ["conflict"]


def test_after_a_conflict_the_plan_is_made_again_without_the_humans_field(engine) -> None:
    plan = engine.plan(TEXTS)
    engine.crm.edit("Person", 5, custom={"SuperOffice:19": "von Hand"})
    engine.send(plan)
    again = engine.plan(TEXTS)
    assert set(again.fields) == {"intro"}
    assert "edited in the CRM" in again.kept["subject"]
    engine.send(again)
    assert (engine.crm.value("subject", 5), engine.crm.value("intro", 5)) == ("von Hand", "Brücke")


def test_an_edit_before_the_values_are_read_back_is_a_conflict_of_that_field_only(engine) -> None:
    plan = engine.plan(TEXTS)
    engine.at("PATCHED Person/5", lambda: engine.crm.edit("Person", 5, custom={"SuperOffice:19": "von Hand"}))
    result = engine.send(plan)
    assert list(result.conflicts) == [("Person", 5)]
    assert engine.owned() == {"intro": "Brücke"}
    again = engine.plan(TEXTS)
    assert again.fields == {}
    assert engine.crm.value("subject", 5) == "von Hand"


def test_an_edit_of_another_field_while_we_write_brings_the_account_back(engine) -> None:
    plan = engine.plan(TEXTS)
    engine.at("PATCHED Person/5", lambda: engine.crm.edit("Person", 5, title="Produktionsleiterin"))
    result = engine.send(plan)
    assert list(result.confirmed) == [("Person", 5)]
    (row,) = rows_of(engine.store, schema.sync_state)
    assert row["requested"] == 2
    assert "person 5: title" in row["trigger"]


# --- the CRM misbehaves -----------------------------------------------------------------------------------------------


def test_an_answer_of_200_without_effect_is_a_failure_with_its_own_name(engine) -> None:
    engine.crm.ignored = {"SuperOffice:19", "SuperOffice:20"}
    result = engine.write(TEXTS)
    (plan, error) = result.failed["Person", 5]
    assert isinstance(error, NoEffectError)
    assert "without effect on subject, intro" in str(error)
    assert plan.entity_id == 5
    assert engine.statuses() == ["no_effect"]
    assert engine.owned() == {}


def test_a_partial_effect_is_not_confirmed_and_only_what_arrived_is_ours(engine) -> None:
    engine.crm.ignored = {"SuperOffice:19"}
    result = engine.write(TEXTS)
    assert result.confirmed == {}
    assert "without effect on subject; intro arrived." in str(result.failed["Person", 5][1])
    assert engine.owned() == {"intro": "Brücke"}
    assert isinstance(engine.write(TEXTS).failed["Person", 5][1], NoEffectError)


def test_a_refusal_is_settled_as_failed_and_the_others_go_on(engine) -> None:
    engine.crm.add_person(6, 1)
    other = EntityPlan("Person", 6, 1, engine.plan(TEXTS).fields)
    engine.at("PATCH Person/5", PermanentError("SuperOffice", "refused", status=400))
    result = engine.send(engine.plan(TEXTS), other)
    assert set(result.failed) == {("Person", 5)}
    assert set(result.confirmed) == {("Person", 6)}
    assert engine.statuses() == ["failed", "confirmed"]


def test_a_tenant_that_closes_in_the_middle_is_not_asked_for_each_of_the_others(engine) -> None:
    fields = engine.plan(TEXTS).fields
    for person_id in range(6, 40):
        engine.crm.add_person(person_id, 1)
    closed = TenantClosedError("SuperOffice", "maintenance")

    def close(what: str) -> None:
        if what.startswith("GET"):
            raise closed

    engine.crm.watch = close
    result = engine.send(*(EntityPlan("Person", i, 1, fields) for i in range(5, 40)))
    assert {error for _, error in result.failed.values()} == {closed}
    assert len(result.failed) == 35
    assert len([what for what in engine.crm.log if what.startswith("GET")]) < 5
    assert engine.crm.patches == 0


def test_a_record_that_is_gone_is_read_again_and_nothing_is_sent(engine) -> None:
    plan = engine.plan(TEXTS)
    engine.crm.delete("Person", 5)
    assert set(engine.send(plan).conflicts) == {("Person", 5)}
    assert "no longer there" in rows_of(engine.store, schema.ledger)[0]["error"]
    assert engine.crm.patches == 0


@pytest.mark.parametrize("arrived", [True, False])
def test_a_lost_answer_leaves_the_intent_open_and_the_next_reading_settles_it(engine, arrived) -> None:
    moment = "PATCHED Person/5" if arrived else "PATCH Person/5"
    plan = engine.plan(TEXTS)
    engine.at(moment, MaybeSentError("SuperOffice", "no answer"))
    result = engine.send(plan)
    assert set(result.failed) == {("Person", 5)}
    assert engine.statuses() == ["sent"]
    again = engine.plan(TEXTS)
    assert engine.statuses() == ["confirmed" if arrived else "dropped"]
    assert bool(again.fields) is not arrived
    engine.send(again)
    assert engine.crm.patches == (1 if arrived else 2)
    assert engine.owned() == {"subject": "Betreff", "intro": "Brücke"}
