"""The first request to a tenant compares all other fields, and writing stops where one of them moved."""

from __future__ import annotations

import pytest

from gtm_assets.writeback import ledger
from gtm_assets.writeback.failures import WritingStoppedError
from gtm_assets.writeback.plan import EntityPlan
from gtm_assets_tests.stores import rows_of
from gtm_assets_tests.writeback.writing_engine import TEXTS
from resources.errors import TransientError
from resources.store import schema
from resources.store.store import set_cursor


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
