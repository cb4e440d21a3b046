"""The ledger: intents and their ends, judging an end nobody saw in every combination, ownership of values, drafts."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from gtm_assets.writeback import ledger
from gtm_assets.writeback.guards import Guarding, load_guarding
from gtm_assets.writeback.plan import EntityPlan, FieldChange
from gtm_assets_tests.stores import fresh_store, rows_of
from resources.store import queue, schema


@pytest.fixture
def store(tmp_path: Path):
    with fresh_store(tmp_path) as opened:
        yield opened


def _plan(entity_id: int = 5, **fields: tuple[str, str]) -> EntityPlan:
    changes = {name: FieldChange(b, a, "why", 9) for name, (b, a) in (fields or {"subject": ("", "neu")}).items()}
    return EntityPlan("Person", entity_id, 1, changes)


def _intend(store, plan: EntityPlan) -> int:
    with store.write() as connection:
        (ledger_id,) = ledger.intend(connection, [plan], "C", "run")
    return ledger_id


def _settle(store, ledger_id, status, **details) -> None:
    with store.write() as connection:
        ledger.settle(connection, ledger_id, status, **details)


def _written(store) -> dict[str, str]:
    return {row["field"]: row["value"] for row in rows_of(store, schema.written_values)}


@pytest.mark.parametrize("states", list(itertools.product(["before", "after", "other"], repeat=2)), ids="+".join)
def test_an_end_nobody_saw_is_judged_by_what_all_fields_show(states) -> None:
    before, after = {"subject": "a", "intro": "b"}, {"subject": "A", "intro": "B"}
    shows = {"before": before, "after": after, "other": {"subject": "?", "intro": "!"}}
    found = {name: shows[state][name] for name, state in zip(before, states, strict=True)}
    wanted = {"after": "confirmed", "before": "dropped", "after before": "no_effect"}
    assert ledger.judge(before, after, found) == wanted.get(" ".join(sorted(set(states))), "conflict")


def test_the_last_update_says_nothing_about_an_end() -> None:
    before, after = {"opener": "a", "last_update": ""}, {"opener": "A", "last_update": "2026-03-02"}
    assert ledger.judge(before, after, {"opener": "A", "last_update": "2026-01-01"}) == "confirmed"
    assert ledger.judge(before, after, {"opener": "a", "last_update": "2026-03-02"}) == "dropped"


def test_blanking_is_confirmed_when_the_field_is_empty() -> None:
    assert ledger.judge({"opener": "a"}, {"opener": ""}, {"opener": ""}) == "confirmed"
    assert ledger.judge({"opener": "a"}, {"opener": ""}, {"opener": "a"}) == "dropped"


def test_only_fields_that_read_back_as_written_are_ours_from_then_on(store) -> None:
    ledger_id = _intend(store, _plan(subject=("", "neu"), intro=("", "Brücke")))
    _settle(store, ledger_id, "conflict", found={"subject": "neu", "intro": "von Hand"})
    assert _written(store) == {"subject": "neu"}
    (row,) = rows_of(store, schema.written_values)
    assert (row["block_id"], row["ledger_id"]) == (9, ledger_id)


def test_a_blanked_field_is_nobodys_any_more(store) -> None:
    _settle(store, _intend(store, _plan()), "confirmed", found={"subject": "neu"})
    _settle(store, _intend(store, _plan(subject=("neu", ""))), "confirmed", found={"subject": ""})
    assert _written(store) == {}


def test_an_end_without_reading_claims_nothing(store) -> None:
    _settle(store, _intend(store, _plan()), "failed", error="refused")
    assert _written(store) == {}
    (row,) = rows_of(store, schema.ledger)
    assert (row["status"], row["error"]) == ("failed", "refused")
    assert row["ended_at"] is not None


@pytest.mark.parametrize(
    ("status", "plan_status"),
    [
        ("confirmed", "confirmed"),
        ("no_effect", "failed"),
        ("conflict", "conflict"),
        ("failed", "failed"),
        ("dropped", "dropped"),
    ],
)
def test_the_plan_ends_with_its_intent(store, status, plan_status) -> None:
    _settle(store, _intend(store, _plan()), status)
    assert [row["status"] for row in rows_of(store, schema.plans)] == [plan_status]


OWNER = "elsewhere/1/x"


def _send(store, ledger_id: int, owner: str = OWNER) -> bool:
    with store.write() as connection:
        return ledger.mark_sent(connection, ledger_id, 1, owner)


def _take_in_hand(store) -> None:
    with store.write() as connection:
        queue.mark_due(connection, [1], trigger="test")
    queue.claim(store, OWNER, limit=1)


def test_an_intent_is_not_sent_after_somebody_settled_it(store) -> None:
    _take_in_hand(store)
    first, second = _intend(store, _plan(5)), _intend(store, _plan(6))
    assert _send(store, first)
    assert _send(store, first), "once more, as read, where a test was refused"
    for ledger_id in (first, second):
        _settle(store, ledger_id, "dropped")
        assert not _send(store, ledger_id)


def test_an_intent_is_sent_only_by_who_has_the_account_in_hand(store) -> None:
    ledger_id = _intend(store, _plan())
    assert not _send(store, ledger_id)
    _take_in_hand(store)
    assert not _send(store, ledger_id, "elsewhere/2/y")
    assert _send(store, ledger_id)


def test_an_end_is_final(store) -> None:
    ledger_id = _intend(store, _plan())
    _settle(store, ledger_id, "dropped")
    _settle(store, ledger_id, "confirmed", found={"subject": "neu"})
    assert _written(store) == {}
    assert [row["status"] for row in rows_of(store, schema.ledger)] == ["dropped"]


def test_open_intents_are_those_whose_end_nobody_saw(store) -> None:
    intended, sent, done = (_intend(store, _plan(i)) for i in (5, 6, 7))
    _take_in_hand(store)
    _send(store, sent)
    _send(store, done)
    _settle(store, done, "confirmed", found={"subject": "neu"})
    with store.read() as connection:
        assert [row["id"] for row in ledger.open_intents(connection, [1])] == [intended, sent]
        assert ledger.open_intents(connection, [2]) == []


def test_a_draft_that_stands_is_not_stored_twice_and_another_one_replaces_it(store) -> None:
    with store.write() as connection:
        assert ledger.store_drafts(connection, [_plan()], "run") == 1
        assert ledger.store_drafts(connection, [_plan()], "run") == 0
        assert ledger.store_drafts(connection, [_plan(subject=("", "anders"))], "run") == 1
    assert [row["status"] for row in rows_of(store, schema.plans)] == ["dropped", "planned"]


def test_drafts_nobody_wants_any_more_are_dropped_and_the_wanted_ones_stay(store) -> None:
    with store.write() as connection:
        ledger.store_drafts(connection, [_plan(5), _plan(6)], "run")
        ledger.drop_drafts(connection, [1], keep=[("Person", 6)])
    assert {row["entity_id"]: row["status"] for row in rows_of(store, schema.plans)} == {5: "dropped", 6: "planned"}


def test_writing_stops_with_a_reason_until_somebody_resumes_it(store) -> None:
    ledger.stop_writing(store, "a foreign field moved")
    with store.read() as connection:
        assert ledger.stop_reason(connection) == "a foreign field moved"
    ledger.resume_writing(store)
    with store.read() as connection:
        assert ledger.stop_reason(connection) == ""


def test_the_guard_is_c_until_a_probe_says_otherwise_and_entities_are_verified_one_by_one(store) -> None:
    with store.read() as connection:
        assert load_guarding(connection) == Guarding("C")
        assert not ledger.is_verified(connection, "Contact")
    ledger.set_verified(store, "Contact")
    with store.read() as connection:
        assert ledger.is_verified(connection, "Contact")
        assert not ledger.is_verified(connection, "Person")
