"""``gtm up`` with nothing configured: real daemon, webserver and sandbox, from an empty machine to new texts after an edit.

One platform serves all tests here; the last ones end it and start it again on what it left, the very last with a schedule of its own.
Each stands for itself too: spread over workers they only take longer.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gtm_assets.reporting import GROUPS
from gtm_assets_tests.processes import platform
from gtm_assets_tests.processes.harness import environment, gtm, wait_for
from gtm_assets_tests.processes.platform import Running
from resources.store import schema
from resources.store.store import Store

pytestmark = pytest.mark.slow

COMPANIES = 4
PAINS = "Stillstand durch fehlende Handschuhe an der Linie\nUnklare Übergaben zwischen den Schichten"
#: Job titles of different personas, each with the one that a test gives the person next.
NEXT_TITLE = {
    "Geschäftsführender Gesellschafter": "Leiter Instandhaltung",
    "Leiter Instandhaltung": "Einkaufsleiterin",
    "Einkaufsleiterin": "Leiter Instandhaltung",
}
ACCOUNT_ASSETS = ["accounts", "persons", "company_profile", "company_openers", "contact_writeback", "person_writeback"]


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    # With a space: state directories of users have them.
    with platform.started(tmp_path_factory.mktemp("a machine"), COMPANIES) as running:
        yield running


@pytest.fixture(scope="module")
def store(up: Running) -> Iterator[Store]:
    with platform.engine_store(up.home) as opened:
        yield opened


@pytest.fixture
def settled(up: Running, store: Store) -> Running:
    """The platform when it has nothing to do."""
    wait_for("cells and accounts", lambda: platform.is_settled(store, COMPANIES), every=0.5)
    up.wait_for_runs()
    return up


def _rows(store: Store, query: sa.Select[Any]) -> list[Any]:
    with store.read() as connection:
        return list(connection.execute(query).mappings())


def _texts_for(store: Store, person_id: int) -> dict[str, str]:
    """What the person should carry, from the cell of their persona and their company's vertical."""
    persons, profiles, blocks = schema.persons, schema.profiles, schema.text_blocks
    with store.read() as connection:
        persona, vertical = connection.execute(
            sa.select(persons.c.persona_key, profiles.c.vertical_key)
            .join(profiles, profiles.c.contact_id == persons.c.contact_id)
            .where(persons.c.person_id == person_id)
        ).one()
        content = connection.execute(
            sa.select(blocks.c.content).where(blocks.c.key == f"{persona}|{vertical}", blocks.c.current)
        ).scalar_one()
    names = {"Subject": "subject", "Intro Text": "intro", "Social Proof": "social_proof"}
    return {label: content[name] for label, name in names.items()}


def _carried(up: Running, person_id: int) -> dict[str, str]:
    record = up.person(person_id)
    return {label: record[label] for label in ("Subject", "Intro Text", "Social Proof")}


def _wait_for_new_texts(up: Running, store: Store, before: dict[str, str]) -> None:
    wait_for("new texts", lambda: _carried(up, 1) != before, every=0.5)
    wait_for("the account to be done", lambda: platform.is_settled(store, COMPANIES), every=0.5)


def test_assets_stand_in_their_groups_and_everything_that_wakes_them_runs(up: Running) -> None:
    assert f"Board:   {up.url}/assets/sync_board" in up.command.output
    nodes = up.ask("{ assetNodes { assetKey { path } groupName } }")["assetNodes"]
    assert {node["assetKey"]["path"][-1]: node["groupName"] for node in nodes} == dict(GROUPS)
    query = (
        "{ repositoriesOrError { ... on RepositoryConnection { nodes { "
        "sensors { name sensorState { status } } schedules { name scheduleState { status } } } } } }"
    )
    (repository,) = up.ask(query)["repositoriesOrError"]["nodes"]
    states = {each["name"]: each["sensorState"]["status"] for each in repository["sensors"]}
    states |= {each["name"]: each["scheduleState"]["status"] for each in repository["schedules"]}
    expected = {"superoffice_changes", "stale_texts", "text_verdicts", "notion_sync"}
    assert expected <= states.keys()
    assert {states[name] for name in expected} == {"RUNNING"}


def test_a_first_start_brings_texts_to_everybody_without_another_command(settled: Running, store: Store) -> None:
    known = _rows(
        store,
        sa.select(schema.persons.c.person_id)
        .join(schema.profiles, schema.profiles.c.contact_id == schema.persons.c.contact_id)
        .where(schema.persons.c.persona_key.is_not(None), schema.profiles.c.vertical_key.is_not(None)),
    )
    assert len(known) > COMPANIES
    for row in known:
        assert _carried(settled, row["person_id"]) == _texts_for(store, row["person_id"])
    runs = settled.runs().values()
    assert {run["status"] for run in runs} == {"SUCCESS"}, platform.logs(settled.home)
    assert {run["jobName"] for run in runs} == {"sync_notion", "texts_up_to_date", "account_changes"}


def test_a_job_title_edited_in_the_crm_brings_new_texts_without_another_command(settled: Running, store: Store) -> None:
    before, calls, known = _carried(settled, 1), settled.model_calls(), settled.runs().keys()
    title = NEXT_TITLE[settled.person(1)["Title"]]
    edited = gtm(
        ["sandbox", "edit", "person", "1", "--title", title], env=environment(settled.home), directory=settled.home
    )
    assert edited.process.returncode == 0, edited.output + edited.errors

    _wait_for_new_texts(settled, store, before)

    assert _carried(settled, 1) == _texts_for(store, 1)
    assert settled.model_calls() == calls
    settled.wait_for_runs()
    assert {run["status"] for run_id, run in settled.runs().items() if run_id not in known} == {"SUCCESS"}


def test_backfills_from_the_ui_over_what_is_up_to_date_succeed_and_cost_nothing(settled: Running, store: Store) -> None:
    nodes = settled.ask("{ assetNodes { assetKey { path } partitionKeysByDimension { name partitionKeys } } }")[
        "assetNodes"
    ]
    (matrix,) = [node for node in nodes if node["assetKey"]["path"] == ["marketing_matrix"]]
    keys = {each["name"]: each["partitionKeys"] for each in matrix["partitionKeysByDimension"]}
    assert len(keys["persona"]) * len(keys["vertical"]) == platform.CELLS
    cells = [f"{keys['persona'][0]}|{vertical}" for vertical in keys["vertical"][:3]]
    calls, ledger = settled.model_calls(), len(_rows(store, sa.select(schema.ledger.c.id)))

    # Together, because the daemon looks at backfills only twice a minute; on different accounts, because a run keeps those it works on.
    started = [
        settled.launch_backfill(["marketing_matrix"], cells),
        settled.launch_backfill(ACCOUNT_ASSETS, ["1", "2"]),
        settled.launch_backfill(["person_writeback"], ["3", "4"]),
    ]
    ends = [settled.end_of_backfill(each) for each in started]

    assert ends == ["COMPLETED_SUCCESS"] * 3, platform.logs(settled.home)
    assert (settled.model_calls(), len(_rows(store, sa.select(schema.ledger.c.id)))) == (calls, ledger)


def test_a_campaign_backfilled_from_the_ui_reaches_its_people_and_the_second_time_costs_nothing(
    settled: Running, store: Store
) -> None:
    person = 2
    settled.control("edit", entity="Person", id=person, fields={"MA_Campaign": "Messe 2026"})
    levels = sa.select(schema.persons.c.text_level, schema.persons.c.text_reason)
    of_person = levels.where(schema.persons.c.person_id == person)
    wait_for("the fallback", lambda: "not written yet" in _rows(store, of_person)[0]["text_reason"], every=0.5)
    settled.wait_for_runs()
    standard, calls = _carried(settled, person), settled.model_calls()
    keys = [f"messe-2026|{vertical}" for vertical in _verticals(store)]

    first = settled.launch_backfill(["campaign_matrix"], keys)
    assert settled.end_of_backfill(first) == "COMPLETED_SUCCESS", platform.logs(settled.home)
    assert settled.model_calls() == calls + platform.CELLS, "a cell each for persona × vertical"
    assert {event["partition"]: event["changed"] for event in _events(settled, first)} == dict.fromkeys(keys, True)
    wait_for("the campaign's texts", lambda: _carried(settled, person) != standard, every=0.5)
    wait_for("the account to be done", lambda: platform.is_settled(store, COMPANIES), every=0.5)
    assert [row["text_level"] for row in _rows(store, of_person)] == ["campaign"]
    settled.wait_for_runs()

    ledger = len(_rows(store, sa.select(schema.ledger.c.id)))
    second = settled.launch_backfill(["campaign_matrix"], keys)
    assert settled.end_of_backfill(second) == "COMPLETED_SUCCESS", platform.logs(settled.home)
    assert (settled.model_calls(), len(_rows(store, sa.select(schema.ledger.c.id)))) == (calls + platform.CELLS, ledger)
    assert {event["partition"]: event["changed"] for event in _events(settled, second)} == dict.fromkeys(keys, False)
    settled.control("edit", entity="Person", id=person, fields={"MA_Campaign": ""})
    wait_for("the standard texts", lambda: _carried(settled, person) == standard, every=0.5)


def _verticals(store: Store) -> list[str]:
    return [row["key"] for row in _rows(store, sa.select(schema.verticals).where(schema.verticals.c.active))]


def _events(up: Running, backfill_id: str) -> list[dict[str, Any]]:
    """Materializations of the campaign matrix that a backfill's runs logged: partition, and whether it changed."""
    query = (
        "query($filter: RunsFilter!) { runsOrError(filter: $filter) { ... on Runs { results { "
        "assetMaterializations { assetKey { path } partition metadataEntries { label ... on BoolMetadataEntry { boolValue } } } } } } }"
    )
    tags = {"tags": [{"key": "dagster/backfill", "value": backfill_id}]}
    runs = up.ask(query, filter=tags)["runsOrError"]["results"]
    return [
        {
            "partition": event["partition"],
            "changed": next(entry["boolValue"] for entry in event["metadataEntries"] if entry["label"] == "changed"),
        }
        for run in runs
        for event in run["assetMaterializations"]
        if event["assetKey"]["path"] == ["campaign_matrix"]
    ]


def test_a_run_of_the_daemon_killed_in_a_patch_is_finished_by_the_next(settled: Running, store: Store) -> None:
    before, known = _carried(settled, 1), settled.runs().keys()
    settled.control("hold", method="PATCH", path_regex=r"/v1/Person/1$", when="after", system="superoffice")
    settled.control("edit", entity="Person", id=1, fields={"Title": NEXT_TITLE[settled.person(1)["Title"]]})
    wait_for("the PATCH", settled.is_held, every=0.2)
    (owner,) = {row["lease_owner"] for row in _rows(store, sa.select(schema.sync_state)) if row["lease_owner"]}
    (intent,) = _rows(store, sa.select(schema.ledger).where(schema.ledger.c.status == "sent"))
    os.kill(int(owner.split("/")[1]), signal.SIGKILL)
    settled.control("release")

    _wait_for_new_texts(settled, store, before)

    assert _carried(settled, 1) == _texts_for(store, 1)
    (end,) = _rows(store, sa.select(schema.ledger).where(schema.ledger.c.id == intent["id"]))
    assert end["status"] == "confirmed"
    assert _rows(store, sa.select(schema.ledger).where(schema.ledger.c.id > intent["id"])) == [], "it was sent again"
    settled.wait_for_runs()
    ends = {run_id: run["status"] for run_id, run in settled.runs().items() if run_id not in known}
    assert ends.pop(intent["run_id"]) == "FAILURE"
    assert set(ends.values()) == {"SUCCESS"}


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="the processes are found in /proc")
def test_killed_with_9_its_children_end_and_a_new_start_goes_on_until_sigterm(settled: Running, store: Store) -> None:
    home = settled.home
    assert len(platform.processes(home)) >= 5
    os.kill(settled.command.process.pid, signal.SIGKILL)
    settled.command.process.wait(timeout=10)
    wait_for("its children to end", lambda: not platform.processes(home), seconds=15)

    with platform.started_again(home) as again:
        before, calls = _carried(again, 1), again.model_calls()
        again.control("edit", entity="Person", id=1, fields={"Title": NEXT_TITLE[again.person(1)["Title"]]})
        _wait_for_new_texts(again, store, before)
        assert _carried(again, 1) == _texts_for(store, 1)
        assert again.model_calls() == calls

        again.command.process.send_signal(signal.SIGTERM)
        assert again.command.wait(seconds=15) == 0
        assert "Stopped." in again.command.output
        wait_for("every process of its group to end", lambda: not platform.processes(home), seconds=15)


def test_a_pain_changed_in_notion_is_read_by_the_schedule_and_brings_new_texts(up: Running, store: Store) -> None:
    wait_for("cells and accounts", lambda: platform.is_settled(store, COMPANIES), every=0.5)
    up.command.process.terminate()
    up.command.wait()
    home = up.home
    with platform.started_again(home, GTM_NOTION_CRON="* * * * *") as again:
        before, vertical = again.person(1)["Intro Text"], _vertical(store, 1)
        # One that waits or works at the edit may be the one that reads it.
        ran = _ended_by_schedule(again)
        edited = gtm(["sandbox", "edit", "vertical", vertical, "--pains", PAINS], env=environment(home), directory=home)
        assert edited.process.returncode == 0, edited.output + edited.errors

        wait_for("new texts in the CRM", lambda: again.person(1)["Intro Text"] != before, seconds=300, every=0.5)

        (row,) = _rows(store, sa.select(schema.verticals.c.pains).where(schema.verticals.c.key == vertical))
        assert row["pains"] == PAINS.splitlines()
        blocks = schema.text_blocks
        second = _rows(store, sa.select(blocks.c.key).where(blocks.c.kind == "cell", blocks.c.version == 2))
        assert {row["key"].split("|")[1] for row in second} == {vertical}
        again.wait_for_runs()
        assert _ended_by_schedule(again) > ran


def _vertical(store: Store, contact_id: int) -> str:
    (row,) = _rows(store, sa.select(schema.profiles).where(schema.profiles.c.contact_id == contact_id))
    return str(row["vertical_key"])


def _ended_by_schedule(up: Running) -> int:
    """How many runs that the schedule started have ended."""
    runs = up.ask("{ runsOrError { ... on Runs { results { status tags { key value } } } } }")["runsOrError"]["results"]
    ended = [run["tags"] for run in runs if run["status"] == "SUCCESS"]
    return sum({"key": "dagster/schedule_name", "value": "notion_sync"} in tags for tags in ended)
