"""``gtm backfill`` over the whole path: what it touches, that a second one costs nothing, and what it answers to wrong wishes."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from gtm_assets.cli import app
from gtm_assets.settings import UserError
from gtm_assets_tests.path.conftest import StartEngine
from gtm_assets_tests.path.harness import Engine
from gtm_assets_tests.processes.harness import wait_for
from resources.store import queue, schema

pytestmark = pytest.mark.slow

TAG = "Messe 2026"
PERSONAS = 6


@pytest.fixture
def filled(start_engine: StartEngine) -> Engine:
    """Two companies in two industries, everything up to date; person 1 is in the campaign."""
    engine = start_engine(companies=2, verticals=("maschinenbau", "healthcare"), fast=True)
    engine.edit_field("Person", 1, "MA_Campaign", TAG)
    assert engine.fast_pass().error is None
    return engine


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["backfill", *arguments])


def _refused(*arguments: str) -> str:
    result = _run(*arguments)
    assert isinstance(result.exception, UserError), result.output
    return str(result.exception)


def _printed(*arguments: str, code: int = 0) -> dict[str, Any]:
    result = _run(*arguments, "--json")
    assert result.exit_code == code, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def _campaign_cells(engine: Engine) -> list[str]:
    return sorted(row["key"] for row in engine.rows(schema.text_blocks) if row["key"].endswith("|messe-2026"))


def test_a_campaign_is_written_for_all_verticals_and_reaches_its_people_and_the_second_time_costs_nothing(
    filled: Engine,
) -> None:
    planned = _printed("campaign", TAG, "--dry-run")
    assert (planned["cells"], planned["to_write"], planned["accounts"]) == (2 * PERSONAS, 2 * PERSONAS, [1])
    assert _campaign_cells(filled) == [], "a dry run writes nothing"

    mark = filled.mark()
    first = _printed("campaign", TAG)
    assert (first["cells"], first["texts"]["generated"], first["model_calls"]) == (12, 12, 12)
    assert len(_campaign_cells(filled)) == filled.model_calls(mark) == 12
    # Person 2 is in the campaign by the sample data.
    assert sorted(filled.patches(mark)) == ["Person/1", "Person/2"]
    assert (first["asked_accounts"], first["accounts"]["completed"], first["not_completed"]) == (1, 1, [])

    mark = filled.mark()
    second = _printed("campaign", "messe 2026")
    assert (second["texts"]["generated"], second["model_calls"], second["writes"]["patches"]) == (0, 0, 0)
    assert (filled.model_calls(mark), filled.patches(mark)) == (0, [])


def test_a_vertical_brings_all_its_personas_and_campaigns(filled: Engine) -> None:
    result = _printed("vertical", "healthcare")
    # Its standard texts are there; those of two campaigns are not.
    assert (result["cells"], result["texts"]["generated"]) == (3 * PERSONAS, 2 * PERSONAS)
    assert {key.split("|")[1] for key in _campaign_cells(filled)} == {"healthcare"}


def test_forcing_writes_texts_again_although_nothing_changed(filled: Engine) -> None:
    _printed("campaign", TAG, "--vertical", "healthcare")
    again = _printed("campaign", TAG, "--vertical", "healthcare", "--force")
    assert again["texts"]["generated"] == PERSONAS
    versions = [row["version"] for row in filled.rows(schema.text_blocks) if row["key"].endswith("|messe-2026")]
    assert sorted(versions) == [1] * PERSONAS + [2] * PERSONAS


def test_accounts_are_chosen_by_id_by_vertical_by_campaign_or_all(filled: Engine) -> None:
    for which, ids in {
        ("1",): [1],
        ("--all",): [1, 2],
        ("--vertical", "maschinenbau"): [1],
        ("--campaign", TAG): [1],
        ("--campaign", "standard"): [1, 2],
        ("--campaign", TAG, "--vertical", "maschinenbau"): [1],
    }.items():
        assert _printed("accounts", *which, "--dry-run")["accounts"] == ids, which
    mark = filled.mark()
    result = _printed("accounts", "--campaign", TAG)
    assert (result["asked_accounts"], result["accounts"]["completed"]) == (1, 1)
    asked = {row["contact_id"] for row in filled.rows(schema.sync_state) if row["trigger"] == "asked for"}
    assert asked == {1}
    assert (result["model_calls"], filled.patches(mark)) == (0, [])


def test_an_account_that_nobody_knows_is_named_and_nothing_is_done(filled: Engine) -> None:
    assert "The engine knows no account 4711; nothing was done." in _refused("accounts", "1", "4711")
    assert not [row for row in filled.rows(schema.sync_state) if row["trigger"] == "asked for"]
    assert {row["contact_id"] for row in filled.rows(schema.sync_state)} == {1, 2}


def test_an_account_that_does_not_complete_is_named_with_its_reason(filled: Engine) -> None:
    filled.edit("Contact", 2, XStop="yes")
    printed = _run("accounts", "1", "2").output
    assert "completed 1" in printed
    assert "skipped: the company is marked Stop" in printed.replace("\n", " ")


def test_wrong_wishes_get_an_answer_that_helps(filled: Engine) -> None:
    assert "There is no campaign 'Messe 2027'. Active campaigns: fachkraefte-initiative, messe-2026." in _refused(
        "campaign", "Messe 2027"
    )
    assert "There is no vertical 'bergbau'" in _refused("vertical", "bergbau")
    assert "There is no vertical 'bergbau'" in _refused("campaign", TAG, "--vertical", "bergbau", "--dry-run")
    assert "one of the three" in _refused("accounts")
    assert "one of the three" in _refused("accounts", "1", "--all")
    assert "by its tag" in _refused("campaign", " ")
    assert "There is nothing to do" in _refused("accounts", "--campaign", "Fachkräfte-Initiative", "--dry-run")
    filled.edit_notion("campaigns", TAG, "Active", value=False)
    assert "The campaign 'Messe 2026' is not active in Notion" in _refused("campaign", TAG)


def test_a_backfill_over_nothing_says_so(start_engine: StartEngine) -> None:
    engine = start_engine(companies=0, verticals=())
    assert "There is nothing to write: no vertical is active in Notion." in _refused("campaign", TAG)
    assert "no account is known" in _refused("accounts", "--all")
    assert engine.model_calls() == 0


def test_what_nothing_was_read_from_yet_is_read_first(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, verticals=("maschinenbau",))
    result = _printed("campaign", TAG)
    assert (result["texts"]["generated"], result["asked_accounts"]) == (PERSONAS, 0)
    assert len(_campaign_cells(engine)) == PERSONAS


def test_two_people_who_start_the_same_backfill_pay_once_and_the_second_is_told(filled: Engine) -> None:
    filled.tell("hold", system="gemini", count=1)
    first: dict[str, Any] = {}
    worker = threading.Thread(target=lambda: first.update(result=filled.backfill(campaign=TAG, texts=True)))
    worker.start()
    try:
        wait_for("a request", filled.is_held)
        assert "is running already" in _refused("campaign", "messe 2026")
    finally:
        filled.tell("release")
        worker.join()
    assert first["result"].texts["generated"] == 12
    assert filled.model_calls() == len(filled.rows(schema.model_calls))
    assert _printed("campaign", TAG)["model_calls"] == 0


def test_a_vertical_that_is_deleted_while_its_backfill_runs_loses_nothing(filled: Engine) -> None:
    filled.tell("hold", system="gemini", count=1)
    done: dict[str, Any] = {}
    worker = threading.Thread(target=lambda: done.update(result=filled.backfill(vertical="healthcare", texts=True)))
    worker.start()
    try:
        wait_for("a request", filled.is_held)
        filled.edit_notion("verticals", "healthcare", "Status", "Draft")
        filled.read_notion()
    finally:
        filled.tell("release")
        worker.join()
    result = done["result"]
    assert result.errors == []
    assert result.texts["generated"] == 12
    assert len(_campaign_cells(filled)) == PERSONAS, "what was paid for is kept; it counts again when the vertical does"
    assert "is not active in Notion" in _refused("vertical", "healthcare")
    assert not queue.live_leases(filled.store, "backfill:")


def test_between_two_pieces_a_backfill_gives_way_to_live_changes(start_engine: StartEngine) -> None:
    engine = start_engine(companies=3, verticals=("maschinenbau",), fast=True)
    engine.fast_pass()
    live = queue.new_owner()
    queue.take_lease(engine.store, f"{queue.LIVE_CHANGES}:a run", live)
    looked: list[dict[int, str]] = []

    def a_change_of_account_2_comes_and_is_worked_off() -> None:
        assert engine.is_held()
        with engine.store.write() as connection:
            queue.mark_due(connection, [2], trigger="a change in the CRM")
        engine.tell("release")
        # The first piece ends, then the backfill waits: account 3 is not touched before account 2 was.
        wait_for("the first piece", lambda: engine.state(1)["phase"] != "enriching")
        looked.append({i: engine.state(i)["trigger"] for i in (1, 2, 3)})
        (covered,) = queue.claim(engine.store, live, limit=1).values()
        with engine.store.write() as connection:
            queue.finish(connection, live, 2, covered=covered, phase="completed", reason="")

    engine.tell("hold", system="superoffice", path_regex="Archive|Contact")
    worker = threading.Thread(
        target=lambda: (
            wait_for("a request of the first piece", engine.is_held),
            a_change_of_account_2_comes_and_is_worked_off(),
        )
    )
    worker.start()
    engine.fast_pass(keys=[1, 3], together=1)
    worker.join()
    assert looked
    assert looked[0][2] == "a change in the CRM"
    assert looked[0][3] != "asked for", "the second piece was not begun"
    assert engine.state(3)["trigger"] == "asked for"
    assert engine.state(2)["ended_at"] < engine.state(3)["ended_at"]


def test_an_account_that_another_run_has_in_hand_comes_when_that_lets_go(filled: Engine) -> None:
    owner = queue.new_owner()
    assert queue.claim(filled.store, owner, limit=1, keys=[1])
    threading.Timer(1.5, lambda: queue.release(filled.store, owner)).start()
    result = filled.backfill(accounts=(1, 2))
    assert result.errors == []
    assert {
        row["contact_id"] for row in filled.rows(schema.sync_state) if row["phase"] in {"completed", "skipped"}
    } == {1, 2}


def test_a_backfill_speaks_german_to_whoever_wants_it(filled: Engine) -> None:
    planned = _run("campaign", TAG, "--dry-run", "--lang", "de").output
    assert "12 Texte, davon würden 12 geschrieben" in planned
    assert "Es wurde nichts getan." in planned
    done = _run("accounts", "1", "--lang", "de").output
    assert "Lauf für Firmen 1" in done
    assert "fertig 1" in done
