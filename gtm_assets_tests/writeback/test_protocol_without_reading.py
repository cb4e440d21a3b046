"""Level A with proven marks and addresses: nothing is read before a PATCH whose tests hold, and nobody's edit is lost for it."""

from __future__ import annotations

from typing import Any

import pytest

from gtm_assets.writeback.assumed import Empties
from gtm_assets.writeback.guards import TESTABLE, Guarding, keep_guarding
from gtm_assets.writeback.plan import Target
from gtm_assets_tests.stores import rows_of
from gtm_assets_tests.writeback.writing_engine import COMPANY, TEXTS
from resources.store import schema

OTHERS = {"subject": Target("Betreff 2"), "intro": Target("Brücke 2")}


@pytest.fixture
def proven(engine):
    """A tenant where everything may be tested, and the engine has seen how it shows empty fields."""
    with engine.store.write() as connection:
        keep_guarding(connection, Guarding("A", frozenset(TESTABLE)), {})
    engine.write(TEXTS)
    engine.write(COMPANY, "Contact")
    engine.crm.log.clear()
    return engine


def _reads(engine: Any) -> list[str]:
    return [what for what in engine.crm.log if what.startswith("GET")]


def test_nothing_is_read_before_a_request_whose_tests_hold(proven) -> None:
    assert list(proven.write(OTHERS).confirmed) == [("Person", 5)]
    assert _reads(proven) == []
    tested = {operation["path"] for operation in proven.crm.sent[-1][2] if operation["op"] == "test"}
    marks = {"/IsAssociate", "/NoMailing", "/Retired"}
    assert tested == {"/CustomFields/SuperOffice:19", "/CustomFields/SuperOffice:20", *marks}


def test_an_address_is_tested_part_by_part_and_nothing_in_it_is_blanked(proven) -> None:
    proven.crm.edit("Contact", 1, Street={"City": "", "Zipcode": "54321", "Address1": "Nebenweg 2"})
    assert list(proven.write({"street_city": Target("Musterstadt")}, "Contact").confirmed) == [("Contact", 1)]
    assert _reads(proven) == []
    assert proven.crm.contacts[1]["Street"]["Zipcode"] == "54321"
    tested = [operation["path"] for operation in proven.crm.sent[-1][2] if operation["op"] == "test"]
    assert "/Address/Street/Zipcode" in tested
    assert "/Xstop" in tested


@pytest.mark.parametrize("part", ["Zipcode", "Address1", "City"])
def test_an_edit_of_the_address_just_before_the_request_wins(proven, part) -> None:
    plan = proven.plan({"street_city": Target("Musterstadt")}, "Contact")
    street = {**proven.crm.contacts[1]["Street"], part: "von Hand"}
    proven.at("PATCH Contact/1", lambda: proven.crm.edit("Contact", 1, Street=street))
    result = proven.send(plan)
    assert proven.crm.contacts[1]["Street"][part] == "von Hand"
    if part == "City":
        assert list(result.conflicts) == [("Contact", 1)]
    else:
        assert list(result.confirmed) == [("Contact", 1)], "read again, and sent with the human's zip code in the block"


@pytest.mark.parametrize("role", ["subject", "intro"])
def test_an_edit_of_a_field_just_before_the_request_wins(proven, role) -> None:
    plan = proven.plan(OTHERS)
    ids = {"subject": "SuperOffice:19", "intro": "SuperOffice:20"}
    proven.at("PATCH Person/5", lambda: proven.crm.edit("Person", 5, custom={ids[role]: "von Hand"}))
    result = proven.send(plan)
    assert list(result.conflicts) == [("Person", 5)]
    assert proven.crm.value(role, 5) == "von Hand"
    assert _reads(proven) == ["GET Person/5"], "what stands there is asked once the CRM has refused"


@pytest.mark.parametrize(
    ("entity", "edit", "why"),
    [
        ("Person", {"no_mailing": True}, "No Mailings"),
        ("Person", {"retired": True}, "left the company"),
        ("Person", {"IsAssociate": True}, "user of the CRM"),
        ("Contact", {"stop": True}, "marked Stop"),
    ],
)
def test_an_objection_just_before_the_request_wins(proven, entity, edit, why) -> None:
    plan = proven.plan(OTHERS if entity == "Person" else {"opener": Target("Ein neuer Satz.")}, entity)
    key = (entity, plan.entity_id)
    proven.at(f"PATCH {entity}", lambda: proven.crm.edit(entity, plan.entity_id, **edit))
    before = dict(proven.crm.persons[5]["custom"]), dict(proven.crm.contacts[1]["custom"])
    result = proven.send(plan)
    assert why in result.skipped[key]
    assert before == (proven.crm.persons[5]["custom"], proven.crm.contacts[1]["custom"])


def test_a_value_that_the_archive_shows_in_another_way_costs_a_reading_and_is_written(proven) -> None:
    plan = proven.plan(OTHERS)
    proven.crm.edit("Person", 5, custom={"SuperOffice:19": "Betreff "})
    assert list(proven.send(plan).confirmed) == [("Person", 5)]
    assert _reads(proven) == ["GET Person/5"]


def test_an_empty_field_whose_look_is_not_known_is_read_first_and_known_afterwards(proven) -> None:
    proven.empties = Empties()  # as in another run
    for person_id in (6, 7):
        proven.crm.add_person(person_id, 1)
        targets = {"social_proof": Target("Beleg")}
        plan = proven.plan(targets)
        changed = type(plan)("Person", person_id, 1, plan.fields)
        assert list(proven.send(changed).confirmed) == [("Person", person_id)]
    assert _reads(proven) == ["GET Person/6"]


@pytest.mark.parametrize("entity", ["Person", "Contact"])
def test_a_record_that_was_deleted_meanwhile_is_no_failure_and_nothing_is_written(proven, entity) -> None:
    plan = proven.plan(OTHERS if entity == "Person" else {"opener": Target("Ein neuer Satz.")}, entity)
    proven.at(f"PATCH {entity}", lambda: proven.crm.delete(entity, plan.entity_id))
    assert list(proven.send(plan).conflicts) == [(entity, plan.entity_id)]
    assert "no longer there" in rows_of(proven.store, schema.ledger)[-1]["error"]


def test_an_address_that_can_not_be_tested_goes_by_time_where_that_is_proven(proven) -> None:
    with proven.store.write() as connection:
        keep_guarding(connection, Guarding("A", frozenset({"marks", "since"})), {})
    plan = proven.plan({"street_city": Target("Musterstadt")}, "Contact")
    proven.crm.tick(5)
    street = {**proven.crm.contacts[1]["Street"], "Zipcode": "98765"}
    proven.at("PATCH Contact/1", lambda: proven.crm.edit("Contact", 1, Street=street))
    assert list(proven.send(plan).conflicts) == [("Contact", 1)]
    assert proven.crm.contacts[1]["Street"]["Zipcode"] == "98765"
    assert list(proven.write(OTHERS).confirmed) == [("Person", 5)]
    assert _reads(proven) == ["GET Contact/1"], "what can be tested is not read for it"


def test_as_long_as_marks_are_not_proven_every_record_is_read_before(proven) -> None:
    with proven.store.write() as connection:
        keep_guarding(connection, Guarding("A"), {})
    proven.write(OTHERS)
    assert _reads(proven) == ["GET Person/5"]
