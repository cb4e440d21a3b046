"""The board and the accounts' own pages in Dagster while the real jobs work, and after they ended in every way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import dagster as dg
import pytest

from gtm_assets.accounts import JOB
from gtm_assets.definitions import build_defs
from gtm_assets.monitoring import board_page, performance
from gtm_assets.platform import dagster_home
from gtm_assets_tests.path.conftest import StartEngine
from gtm_assets_tests.path.harness import Engine

pytestmark = pytest.mark.slow


def _logged(asset: str, partition: str = "") -> list[dict[str, Any]]:
    """Metadata of an asset's materializations and observations, the oldest first."""
    key = dg.AssetKey(asset)
    with dg.DagsterInstance.get() as instance:
        fetched = [
            *instance.fetch_materializations(key, limit=100).records,
            *instance.fetch_observations(key, limit=100).records,
        ]
    events = []
    for record in sorted(fetched, key=lambda record: record.storage_id):
        event = record.asset_materialization or record.event_log_entry.asset_observation
        if event is not None and (event.partition or "") == partition:
            events.append({name: value.value for name, value in event.metadata.items()} | {"is": type(event).__name__})
    return events


@contextmanager
def _held(engine: Engine, **what: str) -> Iterator[None]:
    """A pass of the real jobs that is stopped at its first request of this kind while the block runs."""
    dagster_home(engine.settings)
    engine.tell("hold", **what)
    with ThreadPoolExecutor(max_workers=1) as pool:
        running = pool.submit(engine.pass_once)
        try:
            _wait_for(lambda: engine.world.gate.held() or running.done())
            assert engine.world.gate.held(), running.result()
            yield
        finally:
            engine.tell("release")
        running.result(timeout=120)


def _wait_for(condition: Any) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not come about within a minute"
        time.sleep(0.05)


def _board() -> dict[str, Any]:
    events = _logged(board_page.ASSET)
    return events[-1] if events else {}


@pytest.mark.parametrize(
    ("phase", "hold"),
    [
        ("enriching", {"method": "GET", "path_regex": "^/sites/", "when": "before"}),
        ("syncing", {"method": "PATCH", "path_regex": "Contact/1$", "when": "before", "system": "superoffice"}),
    ],
)
def test_the_board_shows_what_is_in_work_while_it_is_in_work(
    start_engine: StartEngine, phase: str, hold: dict[str, str]
) -> None:
    engine = start_engine(companies=1)
    with _held(engine, **hold):
        _wait_for(lambda: _board().get(phase) == 1)
        shown = _board()
        assert (shown["accounts"], shown["in_work"], shown["completed"]) == (1, 1, 0)
        assert f"| {phase} |" in shown["board"]
        assert "first load" in shown["board"]
    ended = _board()
    assert (ended[phase], ended["in_work"], ended["completed"]) == (0, 0, 1)
    line = next(line for line in ended["board"].splitlines() if "| completed |" in line)
    assert "default.aspx?contact_id=1" in line
    assert "/runs/" in line


def test_an_account_s_page_tells_its_story_also_when_it_failed(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1)
    engine.fault(system="superoffice", method="PATCH", path_regex="Contact/1$", status=400)
    engine.pass_once()
    told = _logged("accounts", "1")[-1]
    assert told["is"] == "AssetObservation"
    assert (told["phase"], told["kind"]) == ("failed", "refused value")
    assert "400" in told["reason"]
    assert "gtm retry 1" in told["what_to_do"]
    assert told["in_crm"].endswith("default.aspx?contact_id=1")
    assert engine.state(1)["kind"] == "refused value"
    row = next(line for line in _board()["board"].splitlines() if "| failed |" in line)
    assert "gtm retry 1" in row

    engine.edit("Person", 2, Title="Leiter Einkauf")
    engine.pass_once()
    persons, written = _logged("persons", "1")[-1], _logged("person_writeback", "1")[-1]
    assert "person 2: title" in persons["because"]
    assert "| 2 | einkauf |" in persons["who"]
    assert "| 2 | standard |" in written["who"]
    assert "person 2: subject" in written["fields_changed"]
    assert (written["phase"], written["changed"]) == ("completed", True)
    assert written["total_seconds"] >= written["syncing_seconds"] >= 0
    # The event log can never be purged: nobody's name and no address stands in it.
    events = str([_logged(name, "1") for name in ("accounts", "persons", "person_writeback", "contact_writeback")])
    for person_id in (1, 2, 3):
        record = engine.person(person_id)
        assert record.lastname not in events.replace(engine.company(1).name, "")
        assert not any(str(email) in events for email in record.emails)


def test_a_run_that_was_asked_for_an_account_tells_its_failure_on_the_account_s_page(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1)
    engine.pass_once()
    engine.edit("Contact", 1, Vertical="Gesundheitswesen")
    engine.fault(system="superoffice", method="PATCH", path_regex="Contact/1$", status=403)
    config = {"ops": {"work_off_accounts": {"config": {"keys": ["1"]}}}}
    with dg.DagsterInstance.get() as instance:
        job = build_defs().resolve_job_def(JOB)
        done = job.execute_in_process(run_config=config, instance=instance, raise_on_error=False)
    assert not done.success
    told = _logged("accounts", "1")[-1]
    assert (told["is"], told["phase"], told["kind"]) == ("AssetObservation", "failed", "rights")
    assert "right to write" in told["what_to_do"]


def test_a_pass_that_did_something_draws_the_performance_once_in_a_while(start_engine: StartEngine) -> None:
    engine = start_engine(companies=2)
    engine.pass_once()
    engine.edit("Person", 2, Title="Leiter Einkauf")
    engine.pass_once()
    (drawn,) = _logged(performance.ASSET)
    assert drawn["plots"].count("data:image/png") == 3
    assert drawn["accounts_last_hour"] == 2
    assert drawn["written_last_hour"] == 3


def test_whatever_ends_without_texts_has_a_kind(start_engine: StartEngine) -> None:
    # Of forty sample companies some have no website, some one that can't be read, some no vertical.
    engine = start_engine(companies=40, fast=True, verticals=None)
    engine.fast_pass()
    kinds = {engine.state(i)["kind"] for i in range(1, 41) if engine.state(i)["phase"] == "skipped"}
    assert kinds == {"website unreadable", "vertical unknown"}
    assert all(engine.state(i)["kind"] == "" for i in range(1, 41) if engine.state(i)["phase"] == "completed")
