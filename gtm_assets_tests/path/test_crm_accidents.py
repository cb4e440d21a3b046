"""Records that are merged, deleted, moved or brought back, and a CRM restored from a backup, over the whole path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gtm_assets.cli import app
from gtm_assets.crm import restored
from gtm_assets.monitoring.status_facts import read_store
from gtm_assets.settings import ConfigurationError
from gtm_assets.writeback import ledger
from gtm_assets_tests.path.conftest import StartEngine
from gtm_assets_tests.path.harness import Engine
from resources.store import schema
from resources.store.store import get_cursor, set_cursor, utc_now
from sandbox.server import SandboxServer
from sandbox.superoffice.carriers import API_USER

LEDGER = schema.ledger.c


def _merge(engine: Engine, entity: str, source: int, destination: int, **options: Any) -> None:
    engine.tell("merge", entity=entity, id=source, into=destination, **options)


def _history(engine: Engine, entity: str, entity_id: int) -> list[dict[str, Any]]:
    return engine.rows(schema.ledger, LEDGER.entity == entity, LEDGER.entity_id == entity_id)


def _pass_time(engine: Engine) -> None:
    """A minute passed since something was noticed."""
    with engine.store.write() as connection:
        state = get_cursor(connection, restored.STATE)
        assert state is not None
        earlier = (utc_now() - 2 * restored.LOOK_TWICE_AFTER).isoformat()
        set_cursor(connection, restored.STATE, {**state, "since": earlier})


def _settled(engine: Engine) -> None:
    """A further pass, and a sweep, find nothing to do: nobody is written to without a reason."""
    mark = engine.mark()
    engine.fast_pass(full_sweep=True)
    assert engine.patches(mark) == []


# --- merges -------------------------------------------------------------------------------------------------------------------------


def test_a_merged_person_gets_no_more_texts_and_its_history_goes_on_at_the_other_one(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fast_pass()
    before = _history(engine, "Person", 2)
    assert before
    _merge(engine, "Person", 2, 3)
    mark = engine.mark()
    engine.edit("Person", 3, Title="Leiterin Einkauf")
    engine.fast_pass()
    assert "Person/2" not in engine.patches(mark)
    assert _history(engine, "Person", 2) == []
    moved = [row for row in _history(engine, "Person", 3) if row["merged_from"] == 2]
    assert [row["id"] for row in moved] == [row["id"] for row in before]
    assert all(engine.texts(3).values())
    _settled(engine)


def test_texts_that_a_merge_copied_are_ours_at_the_other_one_and_follow_its_persona(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fast_pass()
    stranger = engine.create("Person", Company="1", Lastname="Muster", Mrmrs="Frau")
    assert engine.texts(2)["subject"]
    _merge(engine, "Person", 2, stranger)
    copied = engine.texts(stranger)
    assert copied["subject"]
    engine.edit("Person", stranger, Title="Leiterin Einkauf")
    engine.fast_pass()
    # The text was the dead one's; it is replaced as our own, not kept as a human's.
    assert engine.texts(stranger)["intro"] not in {"", copied["intro"]}
    _settled(engine)


def test_whoever_objected_is_left_alone_after_a_merge_too(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fast_pass()
    with engine.store.write() as connection:
        row = {"identifier": "person:2", "reason": "objected", "source": "test", "created_at": utc_now()}
        connection.execute(schema.suppressions.insert().values(row))
    _merge(engine, "Person", 2, 3)
    mark = engine.mark()
    engine.edit("Person", 3, Title="Leiterin Einkauf")
    engine.fast_pass()
    assert engine.patches(mark) == []
    assert engine.rows(schema.suppressions, schema.suppressions.c.identifier == "person:3")


def test_a_merged_company_is_skipped_and_its_persons_get_the_texts_of_the_other_one(start_engine: StartEngine) -> None:
    engine = start_engine(companies=3, fast=True)
    engine.fast_pass()
    assert engine.profile(3)["vertical"]
    before = engine.texts(1)
    assert all(before.values())
    persons = engine.world.crm.persons_of(1)
    _merge(engine, "Contact", 1, 3)
    engine.fast_pass()
    assert engine.state(1)["phase"] == "skipped"
    assert engine.row(schema.accounts, schema.accounts.c.contact_id == 1)["merged_into"] == 3
    assert _history(engine, "Contact", 1) == []
    assert any(row["merged_from"] == 1 for row in _history(engine, "Contact", 3))
    assert set(persons) <= set(engine.world.crm.persons_of(3))
    written = engine.rows(schema.written_values, schema.written_values.c.entity_id == 1)
    assert {row["entity"] for row in written} == {"Person"}
    _settled(engine)


@pytest.mark.parametrize("position", ["403", "404"])
def test_without_the_log_of_merges_a_merged_person_counts_as_deleted(start_engine: StartEngine, position: str) -> None:
    engine = start_engine(companies=1, fast=True, switches={"merge_log": position})
    engine.fast_pass()
    _merge(engine, "Person", 2, 1)
    engine.edit("Person", 1, Title="Leiterin Einkauf")
    assert engine.fast_pass().error is None
    assert all(engine.texts(1).values())
    assert _history(engine, "Person", 2)
    assert engine.row(schema.persons, schema.persons.c.person_id == 2)["gone_at"] is not None


# --- the recycle bin, and moves -----------------------------------------------------------------------------------------------------


def test_nothing_is_written_to_the_deleted_and_what_comes_back_is_known(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fast_pass()
    texts = engine.texts(2)
    engine.tell("delete", entity="Person", id=2)
    mark = engine.mark()
    engine.edit("Contact", 1, Vertical="Gesundheitswesen")
    engine.fast_pass()
    assert "Person/2" not in engine.patches(mark)
    assert {"Person/1", "Contact/1"} <= set(engine.patches(mark))

    engine.tell("undelete", entity="Person", id=2)
    engine.fast_pass()
    assert engine.patches(mark).count("Person/2") == 1
    # What it carried was ours, and follows the new vertical.
    assert engine.texts(2)["intro"] not in {"", texts["intro"]}
    _settled(engine)


def test_a_person_who_moves_between_companies_with_texts_gets_the_new_ones_once(start_engine: StartEngine) -> None:
    engine = start_engine(companies=3, fast=True)
    engine.fast_pass()
    engine.edit("Contact", 3, Vertical="Gesundheitswesen")
    engine.fast_pass()
    before = engine.texts(1)
    engine.edit("Person", 1, company="3")
    mark = engine.mark()
    engine.fast_pass()
    assert engine.patches(mark) == ["Person/1"]
    assert engine.texts(1)["intro"] not in {"", before["intro"]}
    _settled(engine)


# --- echo ---------------------------------------------------------------------------------------------------------------------------


def test_our_own_writes_come_back_and_cause_none(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fast_pass()
    plans = len(engine.rows(schema.plans))
    changes = engine.rows(schema.changes, schema.changes.c.outcome.startswith("our own write"))
    assert {(row["entity"], row["entity_id"]) for row in changes} >= {("Contact", 1), ("Person", 1), ("Person", 2)}
    mark = engine.mark()
    for _ in range(2):
        engine.fast_pass(full_sweep=True)
    assert engine.patches(mark) == []
    assert len(engine.rows(schema.plans)) == plans


def test_a_human_who_uses_our_login_is_a_human(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fast_pass()
    before = engine.texts(2)
    fields = {"Title": "Leiter Einkauf", "SuperOffice:19": "Von Hand geschrieben."}
    engine.tell("edit", entity="Person", id=2, fields=fields, associate=API_USER)
    engine.fast_pass()
    after = engine.texts(2)
    assert after["subject"] == "Von Hand geschrieben."
    assert after["intro"] not in {"", before["intro"]}
    _settled(engine)


# --- a restored backup --------------------------------------------------------------------------------------------------------------


def test_after_a_restored_backup_nothing_is_written_until_everything_was_read_anew(start_engine: StartEngine) -> None:
    engine = start_engine(companies=2, fast=True)
    engine.edit("Person", 3, Subject="Vor dem Backup von Hand.")
    engine.tell("backup")
    engine.fast_pass()
    texts = {person_id: engine.texts(person_id) for person_id in (1, 2)}
    assert all(texts[1].values())
    assert all(texts[2].values())

    engine.tell("restore")
    assert not engine.texts(1)["subject"]
    engine.edit("Person", 2, Subject="Nach der Wiederherstellung von Hand.")
    mark = engine.mark()
    engine.fast_pass()
    state = engine.row(schema.cursors, schema.cursors.c.name == restored.STATE)["value"]
    assert state["step"] == "suspected"
    assert engine.patches(mark) == []

    _pass_time(engine)
    assert engine.fast_pass().error is None
    with engine.store.read() as connection:
        assert restored.stop_reason(connection) == ""
    assert engine.texts(1) == texts[1]
    assert engine.texts(2)["subject"] == "Nach der Wiederherstellung von Hand."
    assert engine.texts(2)["intro"] == texts[2]["intro"]
    assert engine.texts(3)["subject"] == "Vor dem Backup von Hand."
    patched = engine.patches(mark)
    assert len(patched) == len(set(patched))
    _settled(engine)


def test_our_earlier_texts_that_a_backup_brings_back_are_ours(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fast_pass()
    first = engine.texts(1)
    engine.tell("backup")
    engine.edit("Contact", 1, Vertical="Gesundheitswesen")
    engine.fast_pass()
    second = engine.texts(1)
    assert second["intro"] != first["intro"]
    engine.tell("restore")
    assert engine.texts(1) == first
    with engine.store.write() as connection:
        restored.begin(connection, "told by somebody")
    engine.edit("Contact", 1, Vertical="Gesundheitswesen")
    engine.fast_pass()
    assert engine.texts(1) == second
    _settled(engine)


def test_resync_stops_writing_until_everything_was_read_anew(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fast_pass()
    answer = CliRunner().invoke(app, ["resync", "--restored"])
    assert answer.exit_code == 0
    assert "Nothing is written until everything was read anew" in answer.stdout
    with engine.store.read() as connection:
        assert "told by `gtm resync --restored`" in ledger.stop_reason(connection)
    assert read_store(engine.store, utc_now()).stop_reason == ""
    resumed = " ".join(CliRunner().invoke(app, ["resume-writing"]).stdout.split())
    assert "Writing was not stopped." in resumed
    assert "Nothing is written yet: the CRM was restored" in resumed

    mark = engine.mark()
    engine.edit("Person", 2, Title="Leiter Einkauf")
    asked = engine.fast_pass(keys=[1])
    assert isinstance(asked.error, restored.RestoredBackupError)
    assert engine.patches(mark) == []
    assert engine.fast_pass().phases() == {1: "completed"}
    assert engine.patches(mark) == ["Person/2"]
    with engine.store.read() as connection:
        assert ledger.stop_reason(connection) == ""


def test_resync_alone_says_what_it_is_for() -> None:
    answer = CliRunner().invoke(app, ["resync"])
    assert isinstance(answer.exception, ConfigurationError)
    assert "gtm once --sweep" in str(answer.exception)


def test_the_sandbox_has_a_command_for_each_accident(tmp_path: Path) -> None:
    with SandboxServer(tmp_path / "sandbox", companies=3) as server:

        def told(*words: str) -> str:
            answer = CliRunner().invoke(app, ["sandbox", "--directory", str(tmp_path / "sandbox"), *words])
            assert answer.exit_code == 0, answer.output
            return answer.stdout

        assert "Backup of" in told("backup")
        told("merge", "person", "2", "4")
        told("merge", "company", "2", "3", "--leave-empty")
        told("delete", "person", "1")
        told("undelete", "person", "1")
        told("delete", "company", "3")
        told("undelete", "company", "3")
        assert server.world.crm.persons.get(2) is None
        assert [(row.table, row.source, row.destination) for row in server.world.crm.merges.rows().values()] == [
            (6, 2, 4),
            (5, 2, 3),
        ]
        assert "The CRM is as it was at" in told("restore")
        assert server.world.crm.persons.get(2) is not None
        assert len(server.world.crm.merges) == 0
