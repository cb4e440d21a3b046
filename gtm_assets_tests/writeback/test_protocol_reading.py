"""What is read around a PATCH: just before it at levels B and C, how long that takes, and answers that show an older state afterwards."""

from __future__ import annotations

import itertools

import pytest

from gtm_assets.writeback.guards import Guarding, keep_guarding
from gtm_assets.writeback.plan import Target
from gtm_assets.writeback.protocol import WINDOW
from gtm_assets_tests.stores import rows_of
from gtm_assets_tests.writeback.writing_engine import TEXTS
from resources.errors import TransientError
from resources.store import schema
from resources.store.store import get_cursor


@pytest.fixture
def at_b(engine):
    with engine.store.write() as connection:
        keep_guarding(connection, Guarding("B"), {})
    return engine


def test_at_b_a_record_of_the_running_second_is_waited_for_so_that_no_edit_in_it_is_lost(at_b) -> None:
    plan = at_b.plan(TEXTS)
    at_b.crm.tick(5)
    at_b.crm.edit("Person", 5, title="Produktionsleiterin")

    def edit_at_once() -> None:
        at_b.crm.edit("Person", 5, custom={"SuperOffice:19": "von Hand"})

    at_b.at("GET Person/5", edit_at_once)
    result = at_b.send(plan)
    assert at_b.crm.value("subject", 5) == "von Hand"
    assert list(result.conflicts) == [("Person", 5)]


def test_at_b_a_record_that_is_old_enough_is_read_once_and_sent(at_b) -> None:
    plan = at_b.plan(TEXTS)
    at_b.crm.tick(5)
    began = at_b.crm.now
    assert list(at_b.send(plan).confirmed) == [("Person", 5)]
    assert at_b.crm.now == began
    assert at_b.crm.log.count("GET Person/5") == 1


def test_at_b_a_record_from_the_future_is_left_for_later(at_b) -> None:
    plan = at_b.plan(TEXTS)
    at_b.crm.tick(3600)
    at_b.crm.edit("Person", 5, title="Produktionsleiterin")
    at_b.crm.tick(-3600)
    (_, error) = at_b.send(plan).failed["Person", 5]
    assert isinstance(error, TransientError)
    assert "in its future" in str(error)
    assert at_b.crm.patches == 0


def test_the_time_from_reading_to_the_answer_is_kept_longest_and_usual(engine) -> None:
    engine.write(TEXTS)
    with engine.store.read() as connection:
        window = get_cursor(connection, WINDOW)
    assert window is not None
    assert window["writes"] == 1
    assert window["longest"] >= window["usual"] >= 0


def test_an_archive_that_shows_an_older_state_does_not_undo_what_was_seen(engine) -> None:
    plan = engine.plan(TEXTS)
    custom = dict(engine.crm.persons[5]["custom"])

    def old_archive() -> None:
        engine.crm.watch = lambda what: engine.crm.persons[5].update(
            custom=custom if what.startswith("archive Person") else engine.new
        )

    def remember() -> None:
        engine.new = dict(engine.crm.persons[5]["custom"])
        old_archive()

    engine.at("PATCHED Person/5", remember)
    result = engine.send(plan)
    engine.crm.watch = lambda _: None
    assert list(result.confirmed) == [("Person", 5)]
    (row,) = rows_of(engine.store, schema.persons)
    assert row["fields"]["subject"] == "Betreff"


def test_values_that_show_long_after_they_were_sent_are_ours_and_not_a_humans(engine) -> None:
    before = dict(engine.crm.persons[5]["custom"])
    result = {}

    def hide() -> None:
        result.update(engine.crm.persons[5]["custom"])
        engine.crm.watch = lambda _: engine.crm.persons[5].update(custom=before)

    plan = engine.plan(TEXTS)
    engine.at("PATCHED Person/5", hide)
    assert ("Person", 5) in engine.send(plan).failed
    engine.crm.watch = lambda _: None
    engine.crm.edit("Person", 5, custom=result)
    again = engine.plan({**TEXTS, "subject": Target("Betreff 2")})
    assert {name: change.before for name, change in again.fields.items()} == {"subject": "Betreff"}
    assert again.kept == {}
    assert engine.statuses() == ["confirmed"]
    assert engine.owned() == {"subject": "Betreff", "intro": "Brücke"}


def test_a_value_of_before_that_a_human_brings_back_is_the_humans(engine) -> None:
    engine.crm.ignored = {"SuperOffice:19", "SuperOffice:20"}
    engine.write(TEXTS)
    engine.crm.ignored = set()
    engine.write({"subject": Target("Betreff 2"), "intro": Target("Brücke 2")})
    engine.crm.edit("Person", 5, custom={"SuperOffice:19": "Betreff"})
    again = engine.plan({"subject": Target("Betreff 3"), "intro": Target("Brücke 3")})
    assert set(again.fields) == {"intro"}


def test_a_record_that_shows_nothing_yet_is_asked_again_before_it_counts_as_without_effect(engine) -> None:
    plan = engine.plan(TEXTS)
    custom = dict(engine.crm.persons[5]["custom"])
    seen: list[str] = []

    def hide_once(what: str) -> None:
        seen.append(what)
        late = seen.count("GET Person/5") > 1
        engine.crm.persons[5].update(custom=engine.new if late else custom)

    def remember() -> None:
        engine.new = dict(engine.crm.persons[5]["custom"])
        engine.crm.watch = hide_once

    engine.at("PATCHED Person/5", remember)
    assert list(engine.send(plan).confirmed) == [("Person", 5)]


@pytest.mark.parametrize(
    ("persons", "apart", "others_wait", "waits"),
    [(50, 0.1, False, True), (49, 0.1, False, False), (50, 0.0, True, True), (50, 0.1, True, False)],
)
def test_reading_many_back_waits_for_the_clock_unless_others_wait_and_few_are_young(
    engine, persons, apart, others_wait, waits
) -> None:
    ids = range(6, 6 + persons)
    for person_id in ids:
        engine.crm.add_person(person_id, 1)
    plans = [engine.plan(TEXTS, person_id=person_id) for person_id in ids]
    began = engine.crm.now
    moments = itertools.count()
    result = engine.send(*plans, clock=lambda: next(moments) * apart, others_wait=others_wait)
    assert len(result.confirmed) == persons
    assert (engine.crm.now > began) is waits
