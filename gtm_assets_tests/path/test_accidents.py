"""Accidents on the way: the CRM fails at a PATCH, an answer is lost, a human edits at the same moment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from gtm_assets.writeback import guards
from gtm_assets.writeback.guards import Guard
from gtm_assets_tests.path.conftest import StartEngine
from gtm_assets_tests.path.harness import Engine, FastPass
from resources.store import schema
from resources.store.store import set_cursor, utc_now


@pytest.mark.parametrize(
    "accident",
    [
        {"kind": "status", "status": 503},
        {"kind": "status", "status": 429, "retry_after": 45},
        {"kind": "reset_before"},
    ],
    ids=["unavailable", "too many requests", "cut"],
)
@pytest.mark.parametrize("record", ["Contact/1", "Person/2"])
def test_a_patch_that_fails_comes_back_by_itself_and_has_one_effect(
    start_engine: StartEngine, accident: dict[str, object], record: str
) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fault(system="superoffice", method="PATCH", path_regex=f"{record}$", **accident)
    failed = engine.fast_pass()
    assert failed.phases() == {1: "failed"}
    state = engine.state(1)
    assert state["attempts"] == 1
    assert state["due_at"] > utc_now()
    assert record.replace("/", " ") in state["reason"] or record in state["reason"]
    others = {"Contact/1", "Person/1", "Person/2"} - {record}
    assert set(engine.patches(effect=True)) - {record} == others
    # Not before its time.
    assert engine.fast_pass().phases() == {}

    engine.without_waiting()
    assert engine.fast_pass().phases() == {1: "completed"}
    assert engine.state(1)["due_at"] is None
    assert sorted(engine.patches(effect=True)) == ["Contact/1", "Person/1", "Person/2"]
    assert all(engine.profile(1).values())
    assert all(engine.texts(2).values())
    assert {row["status"] for row in engine.rows(schema.ledger)} <= {"confirmed", "failed", "dropped"}
    assert engine.fast_pass().phases() == {}


@pytest.mark.parametrize("record", ["Contact/1", "Person/2"])
def test_a_patch_whose_answer_is_lost_is_settled_by_reading(start_engine: StartEngine, record: str) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fault(kind="reset_after", system="superoffice", method="PATCH", path_regex=f"{record}$")
    # It comes back as a change within the same run; reading it shows that it had arrived.
    assert engine.fast_pass().phases() == {1: "completed"}
    assert sorted(engine.patches()) == ["Contact/1", "Person/1", "Person/2"]
    assert all(engine.profile(1).values())
    assert all(engine.texts(2).values())
    assert {row["status"] for row in engine.rows(schema.ledger)} == {"confirmed"}
    assert engine.state(1)["due_at"] is None
    # What it wrote is known to be the engine's own: it follows when something changes.
    engine.edit("Contact", 1, Vertical="Gesundheitswesen")
    before = engine.texts(2)["intro"]
    engine.fast_pass()
    assert engine.texts(2)["intro"] not in {"", before}


def test_a_crm_that_stays_down_is_asked_less_and_less_often(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fault(system="superoffice", method="PATCH", path_regex="Contact/1$", status=503, times=3)
    waits = []
    for attempt in (1, 2, 3):
        engine.without_waiting()
        assert engine.fast_pass().phases() == {1: "failed"}
        state = engine.state(1)
        assert state["attempts"] == attempt
        waits.append((state["due_at"] - state["ended_at"]).total_seconds())
    assert waits == sorted(waits)
    assert waits[2] > 1.5 * waits[0]
    engine.without_waiting()
    assert engine.fast_pass().phases() == {1: "completed"}
    assert engine.state(1)["attempts"] == 0
    assert engine.patches(effect=True).count("Contact/1") == 1


def test_a_model_that_does_not_answer_costs_nothing_but_time(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    # Told to wait longer than a run should sleep, the client gives up at once.
    engine.fault(system="gemini", status=503, times=1000, retry_after=300)
    down = engine.fast_pass()
    assert down.error is None
    assert set(down.cells.outcomes.values()) == {"failed"}
    assert down.phases() == {1: "failed"}
    assert engine.state(1)["due_at"] is not None
    assert "503" in engine.state(1)["reason"]
    assert engine.patches() == []
    assert engine.rows(schema.text_blocks) == []

    engine.world.gate.clear_faults()
    engine.without_waiting()
    up = engine.fast_pass()
    assert set(up.cells.outcomes.values()) == {"generated"}
    assert up.phases() == {1: "completed"}
    assert sorted(engine.patches()) == ["Contact/1", "Person/1", "Person/2"]


def test_a_refused_patch_waits_for_a_person(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fault(system="superoffice", method="PATCH", path_regex="Person/1$", status=400)
    assert engine.fast_pass().phases() == {1: "failed"}
    state = engine.state(1)
    assert state["due_at"] is None
    assert "400" in state["reason"]
    assert all(engine.texts(2).values())
    # Somebody looks into it and touches the record: it is worked on again.
    engine.edit("Person", 1, Title="Geschäftsführer")
    assert engine.fast_pass().phases() == {1: "completed"}
    assert all(engine.texts(1).values())


def test_a_patch_without_effect_is_a_failure_with_a_name(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    with _held(engine, "Person/1", when="after") as running:
        # The field is emptied again before the engine reads back: to the engine the PATCH had no effect.
        for prog_id in ("SuperOffice:19", "SuperOffice:20", "SuperOffice:21", "SuperOffice:22"):
            engine.edit_field("Person", 1, prog_id, "")
    result = running[0]
    assert result.phases() == {1: "failed"}
    assert "without effect" in engine.state(1)["reason"]
    assert engine.row(schema.ledger, schema.ledger.c.status == "no_effect")["entity"] == "Person"


@pytest.mark.parametrize("guard", ["A", "B"])
def test_the_edit_of_a_human_at_the_same_moment_wins(start_engine: StartEngine, guard: Guard) -> None:
    engine = start_engine(companies=1, fast=True)
    with engine.store.write() as connection:
        set_cursor(connection, guards.GUARD, {"level": guard, "tests": ["since", "address"]})
    with _held(engine, "Person/1", when="before") as running:
        engine.edit("Person", 1, Subject="Von Hand geschrieben.")
    assert running[0].error is None
    assert running[0].phases() == {1: "completed"}
    texts = engine.texts(1)
    assert texts["subject"] == "Von Hand geschrieben."
    assert all(texts.values())
    assert engine.patches(effect=True).count("Person/1") == 1
    engine.fast_pass()
    assert engine.texts(1) == texts


def test_without_a_proven_guard_an_edit_before_the_last_look_still_wins(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    with _held(engine, "Person/1", when="before", method="GET") as running:
        engine.edit("Person", 1, Subject="Von Hand geschrieben.")
    assert running[0].phases() == {1: "completed"}
    assert engine.texts(1)["subject"] == "Von Hand geschrieben."
    assert all(engine.texts(1).values())


@pytest.mark.parametrize("record", ["Contact/1", "Person/1"])
def test_an_edit_between_patch_and_read_back_stays(start_engine: StartEngine, record: str) -> None:
    engine = start_engine(companies=1, fast=True)
    entity, field = ("Contact", "Summary") if record == "Contact/1" else ("Person", "Subject")
    with _held(engine, record, when="after") as running:
        engine.edit(entity, 1, **{field: "Von Hand geschrieben."})  # type: ignore[arg-type]
    assert running[0].error is None
    assert running[0].phases() == {1: "completed"}
    engine.fast_pass(full_sweep=True)
    shown = engine.profile(1)["summary"] if entity == "Contact" else engine.texts(1)["subject"]
    assert shown == "Von Hand geschrieben."
    assert all(engine.texts(1).values())
    assert all(engine.profile(1).values())
    assert engine.patches(effect=True).count(record) == 1


def test_an_edit_within_the_second_of_our_own_write_is_not_overlooked(start_engine: StartEngine) -> None:
    # The real clock: the human's edit has the very time stamp of our own PATCH.
    engine = start_engine(companies=1)
    with _held(engine, "Person/2", when="after") as running:
        engine.edit("Person", 2, Title="Leiter Einkauf")
    assert running[0].error is None
    assert "Einkaufsleitung" in engine.texts(2)["intro"] or engine.fast_pass().phases() == {1: "completed"}
    assert "Einkaufsleitung" in engine.texts(2)["intro"]


def test_a_token_that_ends_just_before_a_patch_is_renewed(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    with _held(engine, "Contact/1", when="before") as running:
        engine.tell("expire_tokens")
    assert running[0].phases() == {1: "completed"}
    assert sorted(engine.patches(effect=True)) == ["Contact/1", "Person/1", "Person/2"]


def test_a_record_that_is_deleted_before_its_patch_harms_nobody_else(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    with _held(engine, "Person/2", when="before", method="GET"):
        engine.tell("delete", entity="Person", id=2)
    assert all(engine.texts(1).values())
    assert all(engine.profile(1).values())
    engine.without_waiting()
    engine.fast_pass(full_sweep=True)
    assert engine.state(1)["phase"] == "completed"
    assert "Person/2" not in engine.patches(effect=True)


def test_two_engines_at_once_write_everything_once(start_engine: StartEngine) -> None:
    engine = start_engine(companies=3, fast=True)
    with ThreadPoolExecutor(max_workers=2) as pool:
        passes = [future.result(timeout=60) for future in [pool.submit(engine.fast_pass) for _ in range(2)]]
    assert [one.error for one in passes] == [None, None]
    patched = engine.patches()
    assert len(patched) == len(set(patched))
    assert {"Contact/1", "Contact/3", "Person/1", "Person/2"} <= set(patched)
    mark = engine.mark()
    engine.fast_pass()
    assert engine.patches(mark) == []


@contextmanager
def _held(engine: Engine, record: str, *, when: str, method: str = "PATCH") -> Iterator[list[FastPass]]:
    """A pass that is stopped at its first request to a record while the block runs; afterwards its result is in the list."""
    engine.tell("hold", method=method, path_regex=f"{record}$", when=when, system="superoffice")
    results: list[FastPass] = []
    with ThreadPoolExecutor(max_workers=1) as pool:
        running = pool.submit(engine.fast_pass)
        try:
            while not engine.world.gate.held() and not running.done():
                time.sleep(0.01)
            assert engine.world.gate.held(), "nothing came to the gate"
            yield results
        finally:
            engine.tell("release")
        results.append(running.result(timeout=60))


def test_a_person_who_moved_is_found_at_the_new_company_although_the_old_one_was_looked_at_first(
    start_engine: StartEngine,
) -> None:
    """Found as a defect: the old company's fresh snapshot took the move in, and the new company showed no difference any more."""
    engine = start_engine(companies=2, fast=True)
    engine.fast_pass()
    assert all(engine.texts(1).values())
    engine.edit("Person", 1, company="2")

    engine.fast_pass(keys=[1])
    assert engine.state(2)["due_at"] is not None

    engine.fast_pass()
    # Company 2 has no vertical, so nobody there carries a text.
    assert not any(value for role, value in engine.texts(1).items() if role != "unsubscribe")
