"""Sending plans to a CRM that stops, loses answers, ignores fields or is edited meanwhile: what is sent, confirmed and owned.

The CRM is the one in memory; after a kill a fresh reading settles what is open, as the next run does.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtm_assets.crm.accounts import load_accounts, load_persons, refresh
from gtm_assets.writeback import ledger, protocol
from gtm_assets.writeback.plan import EntityPlan, Target, plan_entity
from gtm_assets.writeback.protocol import NoEffectError, Writer, WriteResult, WritingStoppedError
from gtm_assets_tests.fake_crm import FIELDS, LISTS, SOMEBODY, FakeCrm, Gone
from gtm_assets_tests.stores import fresh_store, passing_store, put, rows_of
from resources.errors import PermanentError, TransientError
from resources.store import queue, schema
from resources.store.store import Store, set_cursor, utc_now
from resources.superoffice.errors import MaybeSentError

TEXTS = {"subject": Target("Betreff"), "intro": Target("Brücke")}
COMPANY = {"opener": Target("Ein Satz."), "postal_city": Target("Musterstadt"), "last_update": Target("2026-03-02")}


class Engine:
    """The write-back of one account with the person 5, as a run does it: read, settle, plan, write."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.crm = FakeCrm()
        self.crm.add_contact(1)
        self.crm.add_person(5, 1, custom={"SuperOffice:5": "Segeln"})
        self.owner = queue.new_owner()
        for entity in ("Contact", "Person"):
            ledger.set_verified(store, entity)
        self.take_in_hand()

    def take_in_hand(self) -> None:
        """As a run does before it works on an account."""
        with self.store.write() as connection:
            queue.mark_due(connection, [1], trigger="test")
        assert queue.claim(self.store, self.owner, limit=1) == {1: 1}

    def plan(self, targets: dict[str, Target], entity: Any = "Person") -> EntityPlan:
        """Read and plan."""
        client: Any = self.crm
        refresh(self.store, client, FIELDS, LISTS, [1])
        protocol.settle_open_intents(self.store, [1])
        entity_id = 5 if entity == "Person" else 1
        with self.store.read() as connection:
            account = load_accounts(connection, [1])[1]
            persons = load_persons(connection, [1]).get(1, [])
        row = (
            next((person for person in persons if person["person_id"] == 5), account) if entity == "Person" else account
        )
        carries = {**row["fields"], **{name: account[name] for name in ("postal_city", "street_city", "org_nr")}}
        written = {
            each["field"]: each["value"]
            for each in rows_of(self.store, schema.written_values)
            if (each["entity"], each["entity_id"]) == (entity, entity_id)
        }
        lengths = {role: field.text_length for role, field in FIELDS.items()}
        return plan_entity(entity, entity_id, 1, carries=carries, written=written, targets=targets, lengths=lengths)

    def send(self, *plans: EntityPlan) -> WriteResult:
        """Write what was planned."""
        client: Any = self.crm
        return protocol.write_plans(Writer(self.store, client, FIELDS, LISTS, "run", self.owner), plans)

    def write(self, targets: dict[str, Target], entity: Any = "Person") -> WriteResult:
        """Read, plan, write."""
        return self.send(self.plan(targets, entity))

    def statuses(self) -> list[str]:
        """Of all intents, oldest first."""
        return [row["status"] for row in rows_of(self.store, schema.ledger)]

    def owned(self) -> dict[str, str]:
        """What the engine holds for its own."""
        return {row["field"]: row["value"] for row in rows_of(self.store, schema.written_values)}

    def at(self, moment: str, action: Any) -> None:
        """Once, when the CRM is asked this, do something (raise an error that is given)."""

        def watch(what: str) -> None:
            if not what.startswith(moment):
                return
            self.crm.watch = lambda _: None
            if isinstance(action, BaseException):
                raise action
            action()

        self.crm.watch = watch


@pytest.fixture
def engine(tmp_path: Path):
    with fresh_store(tmp_path) as store:
        yield Engine(store)


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
        set_cursor(connection, ledger.GUARD, {"level": guard})
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
        set_cursor(connection, ledger.GUARD, {"level": guard})
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


# --- the process dies -------------------------------------------------------------------------------------------------

MOMENTS = ("GET Person/5", "PATCH Person/5", "PATCHED Person/5", "archive Contact", "archive Person")


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


# --- who objected, users of the CRM, and the first request to a tenant --------------------------------------------------------------


def test_a_user_of_the_crm_is_never_touched_and_remembered_as_one(engine) -> None:
    engine.crm.persons[5]["IsAssociate"] = True
    result = engine.write(TEXTS)
    assert result.skipped == {("Person", 5): "is a user of the CRM"}
    assert engine.crm.patches == 0
    assert engine.statuses() == ["dropped"]
    (person,) = rows_of(engine.store, schema.persons)
    assert person["is_associate"] is True


@pytest.mark.parametrize(
    ("changed", "why"),
    [({"no_mailing": True}, "marked No Mailings in the CRM"), ({"retired": True}, "has left the company")],
)
def test_who_objects_or_leaves_between_plan_and_request_is_not_written(engine, changed, why) -> None:
    plan = engine.plan(TEXTS)
    engine.crm.edit("Person", 5, **changed)
    assert engine.send(plan).skipped == {("Person", 5): why}
    assert engine.crm.patches == 0


def test_a_company_that_is_stopped_between_plan_and_request_is_not_written(engine) -> None:
    plan = engine.plan(COMPANY, "Contact")
    engine.crm.edit("Contact", 1, stop=True)
    assert engine.send(plan).skipped == {("Contact", 1): "the company is marked Stop in the CRM"}
    assert engine.crm.patches == 0


@pytest.mark.parametrize("identifier", ["person:5", "account:1"])
def test_who_is_suppressed_between_plan_and_request_is_not_written(engine, identifier) -> None:
    plan = engine.plan(TEXTS)
    put(
        engine.store,
        schema.suppressions,
        {"identifier": identifier, "reason": "objection", "source": "test", "created_at": utc_now()},
    )
    assert engine.send(plan).skipped == {("Person", 5): "suppressed"}
    assert engine.crm.patches == 0


@pytest.fixture
def unverified(engine):
    with engine.store.write() as connection:
        set_cursor(connection, ledger.VERIFIED, {})
    return engine


def test_the_first_request_compares_all_other_fields_and_is_remembered(unverified) -> None:
    assert list(unverified.write(TEXTS).confirmed) == [("Person", 5)]
    with unverified.store.read() as connection:
        assert ledger.is_verified(connection, "Person")
        assert not ledger.is_verified(connection, "Contact")


def test_the_engine_stops_when_a_field_moved_that_nobody_named(unverified) -> None:
    unverified.crm.moves = lambda record: record["custom"].update({"SuperOffice:5": ""})
    (_, error) = unverified.write(TEXTS).failed["Person", 5]
    assert isinstance(error, WritingStoppedError)
    assert "fields that are not ours: SuperOffice:5." in str(error)
    assert "Segeln" not in str(error), "what stands in other fields is nobody's business in logs"
    assert "Segeln" in str(rows_of(unverified.store, schema.ledger)), "whoever restores it finds it in the ledger"
    with unverified.store.read() as connection:
        assert "restore these fields by hand" in ledger.stop_reason(connection)


def test_a_record_without_other_values_proves_nothing_and_the_next_one_is_looked_at(unverified) -> None:
    unverified.crm.persons[5]["custom"] = {"SuperOffice:14": "False", "SuperOffice:13": "[I:0]"}
    assert list(unverified.write(TEXTS).confirmed) == [("Person", 5)]
    with unverified.store.read() as connection:
        assert not ledger.is_verified(connection, "Person")


@pytest.mark.parametrize(("before", "after"), [("", "Segeln"), ("False", "True"), ("[I:0]", "[I:3]")])
def test_the_engine_stops_when_an_empty_field_was_filled_that_nobody_named(unverified, before, after) -> None:
    unverified.crm.persons[5]["custom"] = {"SuperOffice:6": "hält etwas", "SuperOffice:5": before}
    unverified.crm.moves = lambda record: record["custom"].update({"SuperOffice:5": after})
    assert isinstance(unverified.write(TEXTS).failed["Person", 5][1], WritingStoppedError)


def test_while_writing_is_stopped_nothing_leaves_and_the_reason_is_told(engine) -> None:
    ledger.stop_writing(engine.store, "a foreign field moved")
    (_, error) = engine.write(TEXTS).failed["Person", 5]
    assert "a foreign field moved" in str(error)
    assert engine.crm.patches == 0
    ledger.resume_writing(engine.store)
    assert list(engine.write(TEXTS).confirmed) == [("Person", 5)]


def test_only_one_request_leaves_before_the_first_one_was_compared(unverified) -> None:
    fields = unverified.plan(TEXTS).fields
    for person_id in range(6, 12):
        unverified.crm.add_person(person_id, 1)
    unverified.crm.moves = lambda record: record["custom"].update({"SuperOffice:5": "?"})
    unverified.crm.persons[5]["custom"]["SuperOffice:5"] = "Segeln"
    for person_id in range(6, 12):
        unverified.crm.persons[person_id]["custom"]["SuperOffice:5"] = "Segeln"
    result = unverified.send(*(EntityPlan("Person", i, 1, fields) for i in range(5, 12)))
    assert len(result.failed) == 7
    assert unverified.crm.patches == 1


def test_values_that_stand_in_the_crm_by_our_hand_stay_ours_when_writing_stops(unverified) -> None:
    unverified.crm.moves = lambda record: record["custom"].update({"SuperOffice:5": ""})
    unverified.write(TEXTS)
    unverified.plan(TEXTS)
    assert unverified.owned() == {"subject": "Betreff", "intro": "Brücke"}


def test_values_stay_ours_when_the_comparison_after_the_first_request_can_not_be_read(unverified) -> None:
    def fail_second_reading(what: str) -> None:
        if what == "GET Person/5" and unverified.crm.patches:
            unverified.crm.watch = lambda _: None
            raise TransientError("SuperOffice", "GET Person/5 answered 503.", status=503)

    unverified.crm.watch = fail_second_reading
    assert isinstance(unverified.write(TEXTS).failed["Person", 5][1], TransientError)
    unverified.plan(TEXTS)
    assert unverified.owned() == {"subject": "Betreff", "intro": "Brücke"}
