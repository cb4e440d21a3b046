"""SuperOffice closes for maintenance: before a run, while it writes, while somebody asks for accounts. Work waits, nobody failed."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import dagster as dg
import pytest

from gtm_assets.accounts import JOB
from gtm_assets.crm.closure import load_closure
from gtm_assets.inprocess import Done, JobRunner
from gtm_assets.monitoring.status import Status, judge
from gtm_assets.monitoring.status_facts import read_store
from gtm_assets.platform import dagster_home
from gtm_assets_tests.path.conftest import StartEngine
from gtm_assets_tests.path.harness import Engine
from resources.errors import TenantClosedError
from resources.store import schema
from resources.store.store import utc_now


def _status(engine: Engine) -> Status:
    now = utc_now()
    return judge(read_store(engine.store, now), None, now, fires=(), with_platform=False)


def _closure(engine: Engine) -> str:
    with engine.store.read() as connection:
        found = load_closure(connection)
    return found.state if found else ""


def _run(engine: Engine) -> Done:
    """One run of the account job, as the sensor starts it."""
    done = Done()
    dagster_home(engine.settings)
    with dg.DagsterInstance.get() as instance:
        JobRunner(instance, engine.store, done, "test").run(JOB)
    return done


def test_a_run_ends_well_and_says_so_counts_no_attempt_and_goes_on_when_it_opens(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, verticals=("maschinenbau",))
    engine.fast_pass()
    with engine.store.write() as connection:
        connection.execute(schema.sync_state.update().values(due_at=utc_now(), attempts=2, phase="failed"))
    engine.switch(tenant_state="OfflineMaintenance")
    closed = _run(engine)
    assert (closed.failed, closed.closed) == (False, True)
    (note,) = closed.notes
    assert "closed for now (OfflineMaintenance)" in note
    assert "One account waits; no attempt was counted" in note
    state = engine.state(1)
    assert (state["attempts"], state["lease_owner"]) == (2, None)
    assert state["due_at"] <= utc_now()
    status = _status(engine)
    assert "SuperOffice is closed (OfflineMaintenance)" in status.line()
    assert "Nothing to do" in status.line()

    engine.switch(tenant_state="Running")
    opened = _run(engine)
    assert (opened.failed, opened.closed, opened.notes) == (False, False, [])
    assert engine.state(1)["phase"] == "completed"
    assert _closure(engine) == ""
    assert "closed" not in _status(engine).line()


def test_gtm_once_into_maintenance_ends_well_before_anything_was_ever_read(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, verticals=("maschinenbau",), switches={"tenant_state": "OfflineMaintenance"})
    closed = engine.pass_once()
    assert not closed.failed
    assert closed.closed
    assert all("OfflineMaintenance" in note for note in closed.notes)
    assert closed.model_calls == 0, "no field length is known, so no text is written"
    assert _closure(engine) == "OfflineMaintenance"


@pytest.mark.parametrize("state", ["OfflineMaintenance", "Suspended"])
def test_what_was_on_its_way_when_it_closed_is_laid_back_and_settled_by_reading(
    start_engine: StartEngine, state: str
) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fast_pass()
    for person in (1, 2, 3):
        engine.edit("Person", person, Title="Leiter Einkauf")
    mark = engine.mark()
    engine.tell("hold", method="PATCH", path_regex="Person/", when="before")
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(engine.fast_pass)
        while not engine.is_held():
            assert not running.done()
            time.sleep(0.02)
        engine.switch(tenant_state=state)
        engine.tell("release")
        closed = running.result()
    assert isinstance(closed.error, TenantClosedError)
    assert closed.error.state == state
    row = engine.state(1)
    assert (row["phase"], row["attempts"], row["lease_owner"]) == ("received", 0, None)
    assert row["due_at"] <= utc_now()

    engine.switch(tenant_state="Running")
    assert engine.fast_pass().error is None
    assert engine.state(1)["phase"] == "completed"
    entries = engine.journal(system="superoffice", method="PATCH", since=mark)
    with_effect = sorted(entry["path"].rsplit("/", 1)[1] for entry in entries if entry["effect"])
    assert with_effect == ["1", "2", "3"], "everybody once"


def test_accounts_that_somebody_asked_for_come_when_it_opens(start_engine: StartEngine) -> None:
    engine = start_engine(companies=2, verticals=("maschinenbau",))
    engine.fast_pass()
    engine.switch(tenant_state="OfflineMaintenance")
    asked = engine.backfill(accounts=(1, 2))
    assert asked.closed
    assert not asked.failed
    assert len(asked.notes) == 1
    assert "2 accounts wait" in asked.notes[0]
    rows = [engine.state(contact) for contact in (1, 2)]
    assert all(row["due_at"] <= utc_now() and row["trigger"] == "asked for" for row in rows)
