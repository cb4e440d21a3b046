"""The sensors: why they wake the graph, why they do not, and that they never do while a run is in flight. They write nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from gtm_assets.crm import sweep
from gtm_assets.crm.closure import note_closed
from gtm_assets.jobs import NOTION_JOB, TEXTS_JOB
from gtm_assets.research.budget import Reached, remember
from gtm_assets.research.personas import decide_if_stale
from gtm_assets.settings import NOTION_CRON, parse_settings
from gtm_assets_tests.crm.watching import Watcher
from gtm_assets_tests.fake_crm import FakeCrm
from gtm_assets_tests.fake_fields import FIELDS
from gtm_assets_tests.stores import fresh_store, persona_row, put, rows_of, vertical_row
from resources.errors import PermanentError, TenantClosedError, TransientError
from resources.store import queue, schema
from resources.store.store import set_cursor, utc_now
from resources.superoffice.errors import HeldError
from sensors.accounts import PATIENCE_SECONDS, superoffice_changes
from sensors.notion import build_notion_schedule
from sensors.texts import stale_texts

WRITING = {"SUPEROFFICE_ENVIRONMENT": "sod", "SUPEROFFICE_ALLOW_LIVE_WRITE": "true"}


class Station:
    """A store, a CRM and an instance; ticks of either sensor."""

    def __init__(self, store: Any, instance: dg.DagsterInstance) -> None:
        self.store = store
        self.instance = instance
        self.crm = FakeCrm()
        self.crm.add_contact(1)
        self.crm.add_person(10, 1)
        self.variables: dict[str, str] = {}
        self.watcher = Watcher(store, self.crm)

    def notion_was_read(self) -> None:
        with self.store.write() as connection:
            for database in ("verticals", "personas"):
                set_cursor(connection, f"notion:{database}", {"read_at": utc_now().isoformat()})

    def all_is_done(self) -> None:
        """Notion was read, the CRM was read, everything was worked on."""
        self.notion_was_read()
        self.watcher.sweep()
        self.watcher.work()
        self.crm.tick(10)
        self.watcher.read()
        self.watcher.examine()
        decide_if_stale(self.store)

    def tick(self, sensor: Any) -> Any:
        resources = {"store": self.store, "settings": parse_settings(self.variables)}
        if sensor is superoffice_changes:
            resources["superoffice"] = self.crm
        return sensor.evaluate_tick(dg.build_sensor_context(instance=self.instance, resources=resources))

    def skip(self, sensor: Any = superoffice_changes) -> str:
        answer = self.tick(sensor)
        assert answer.run_requests == []
        return str(answer.skip_message)

    def wake(self, sensor: Any = superoffice_changes) -> dg.RunRequest:
        answer = self.tick(sensor)
        (request,) = answer.run_requests
        assert request.run_key is None, "a run_key would spend an event that a crashed run needs again"
        found: dg.RunRequest = request
        return found

    def run(self, job: str, status: dg.DagsterRunStatus = dg.DagsterRunStatus.STARTED) -> str:
        @dg.job(name=job)
        def nothing() -> None:
            """No op."""

        return self.instance.create_run_for_job(nothing, status=status).run_id


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    with fresh_store(tmp_path) as store, dg.DagsterInstance.ephemeral() as instance:
        yield Station(store, instance)


def _because(request: dg.RunRequest) -> str:
    return request.tags["gtm/because"]


def _everything(station: Station) -> list[Any]:
    tables = [table for table in schema.metadata.sorted_tables if table.name != "rate_tokens"]
    return [rows_of(station.store, table) for table in tables]


# --- changes in the CRM -----------------------------------------------------------------------------------------------


def test_before_notion_was_read_accounts_are_left_alone(station) -> None:
    assert "Notion was not read yet" in station.skip()
    assert station.crm.calls == 0


def test_the_first_load_is_due(station) -> None:
    station.notion_was_read()
    assert _because(station.wake()) == "a sweep is due"


def test_when_nothing_changed_and_nothing_is_due_it_says_so_and_asks_two_cheap_questions(station) -> None:
    station.all_is_done()
    calls = station.crm.calls
    assert station.skip() == "Nothing changed and nothing is due."
    assert station.crm.calls - calls <= 4


def test_a_change_in_the_crm_wakes_the_graph_and_a_second_tick_does_so_again(station) -> None:
    station.all_is_done()
    station.crm.edit("Person", 10, title="Produktionsleiterin")
    before = _everything(station)
    assert _because(station.wake()) == "SuperOffice has changes"
    assert _because(station.wake()) == "SuperOffice has changes"
    assert _everything(station) == before, "a sensor writes nothing"


def test_an_account_that_is_due_wakes_the_graph_without_asking_the_crm(station) -> None:
    station.all_is_done()
    with station.store.write() as connection:
        queue.mark_due(connection, [1], trigger="test")
    calls = station.crm.calls
    assert _because(station.wake()) == "1 accounts are due"
    assert station.crm.calls == calls


def test_a_closed_tenant_is_no_reason_to_run_whatever_is_due_until_it_opens(station) -> None:
    station.all_is_done()
    with station.store.write() as connection:
        queue.mark_due(connection, [1], trigger="test")
    closed = TenantClosedError("SuperOffice", "tenant Cust1 is closed for now (OfflineMaintenance).", state="x")
    note_closed(station.store, closed)
    state = ["closed"]

    def watch(asked: str) -> None:
        if asked == "tenant_state" and state:
            raise closed

    station.crm.watch = watch
    assert (
        station.skip()
        == "SuperOffice: tenant Cust1 is closed for now (OfflineMaintenance). Asked again at the next tick."
    )
    state.clear()
    assert _because(station.wake()) == "SuperOffice is open again"


def test_the_crm_is_asked_as_live_work_that_does_not_wait_for_minutes(station) -> None:
    station.all_is_done()
    seen = []
    station.crm.watch = lambda _: seen.append(station.crm.working_for)
    station.skip()
    assert set(seen) == {("live", PATIENCE_SECONDS)}


def test_while_everybody_waits_because_superoffice_asked_for_it_the_next_tick_asks_again(station) -> None:
    station.all_is_done()

    def watch(_: str) -> None:
        raise HeldError("SuperOffice", "GET was not sent: all calls wait for another 90 s, as SuperOffice asked.")

    station.crm.watch = watch
    assert "another 90 s, as SuperOffice asked" in station.skip()


def test_texts_wait_too_where_the_crms_field_lengths_were_never_read(station) -> None:
    station.notion_was_read()
    note_closed(station.store, TenantClosedError("SuperOffice", "closed for now.", state="OfflineMaintenance"))
    assert "which were never read" in station.skip(stale_texts)


def test_changes_that_were_read_and_not_examined_are_due(station) -> None:
    station.all_is_done()
    station.crm.edit("Contact", 1, name="Neu")
    station.watcher.read()
    assert _because(station.wake()) == "changes were read and not examined yet"


def test_a_sweep_that_stopped_half_way_is_due(station) -> None:
    station.all_is_done()
    with station.store.write() as connection:
        set_cursor(connection, sweep.PROGRESS, {"source": "sweep"})
    assert _because(station.wake()) == "a sweep is due"


def test_plans_are_due_as_soon_as_writing_is_allowed(station) -> None:
    station.all_is_done()
    (row,) = rows_of(station.store, schema.sync_state)
    put(station.store, schema.sync_state, {**row, "phase": "planned"})
    assert station.skip() == "Nothing changed and nothing is due."
    station.variables = WRITING
    assert _because(station.wake()) == "plans may be sent now"
    with station.store.write() as connection:
        set_cursor(connection, "writeback.stopped", {"reason": "a foreign field moved"})
    assert station.skip() == "Nothing changed and nothing is due."


def test_other_personas_wake_the_graph(station) -> None:
    station.all_is_done()
    put(station.store, schema.personas, persona_row("leitung"))
    assert _because(station.wake()) == "the personas changed"


@pytest.mark.parametrize("status", [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED])
def test_while_a_run_is_in_flight_no_other_is_asked_for(station, status) -> None:
    station.notion_was_read()
    run_id = station.run("account_changes", status)
    assert station.skip() == f"Run {run_id} is in flight."


def test_the_run_of_another_job_holds_nothing_up(station) -> None:
    station.notion_was_read()
    station.run(TEXTS_JOB)
    assert _because(station.wake()) == "a sweep is due"


def test_a_dead_run_is_reported_failed_and_another_one_is_asked_for(station) -> None:
    station.notion_was_read()
    run_id = station.run("account_changes", dg.DagsterRunStatus.STARTED)
    dead = {"name": f"run:{run_id}", "owner": "elsewhere/1/x", "lease_until": utc_now().replace(year=2020)}
    put(station.store, schema.leases, dead)
    station.wake()
    found = station.instance.get_run_by_id(run_id)
    assert found is not None
    assert found.status == dg.DagsterRunStatus.FAILURE


def test_a_crm_that_does_not_answer_now_is_asked_again_later(station) -> None:
    station.all_is_done()

    def maintain(what: str) -> None:
        raise TransientError("SuperOffice", "maintenance until 06:00.")

    station.crm.watch = maintain
    assert station.skip() == "SuperOffice: maintenance until 06:00. Asked again at the next tick."


def test_a_refusal_is_shown_and_never_taken_for_nothing_changed(station) -> None:
    station.all_is_done()

    def refuse(what: str) -> None:
        raise PermanentError("SuperOffice", "no access", status=403)

    station.crm.watch = refuse
    with pytest.raises(PermanentError, match="no access"):
        station.tick(superoffice_changes)


# --- stale texts ------------------------------------------------------------------------------------------------------


def test_notion_is_read_first_and_once(station) -> None:
    assert station.wake(stale_texts).job_name == NOTION_JOB
    run_id = station.run(NOTION_JOB)
    assert station.skip(stale_texts) == f"Notion is being read by run {run_id}."


def _with_cells(station: Station) -> None:
    station.notion_was_read()
    put(station.store, schema.verticals, vertical_row("maschinenbau"), vertical_row("logistik"))
    put(station.store, schema.personas, persona_row("leitung"))
    now = utc_now()
    fields = [{name: getattr(field, name) for name in field.__dataclass_fields__} for field in FIELDS.values()]
    put(station.store, schema.crm_fields, *({**field, "read_at": now} for field in fields))


def test_stale_cells_wake_their_job_and_are_counted(station) -> None:
    _with_cells(station)
    request = station.wake(stale_texts)
    assert (request.job_name, _because(request)) == (TEXTS_JOB, "2 cells are stale")


def test_while_texts_are_being_written_no_other_run_is_asked_for(station) -> None:
    _with_cells(station)
    run_id = station.run(TEXTS_JOB)
    assert station.skip(stale_texts) == f"Run {run_id} is in flight."


@pytest.mark.parametrize(
    ("scope", "variable"), [("day", "GTM_MODEL_BUDGET_PER_DAY"), ("run", "GTM_MODEL_BUDGET_PER_RUN")]
)
def test_after_a_budget_was_reached_no_run_follows_the_other_until_it_is_raised(station, scope, variable) -> None:
    _with_cells(station)
    remember(station.store, "texts", Reached(scope, 5.0, "USD", utc_now(), 0.04, 2, 2))
    station.variables = {variable: "5"}
    assert "2 of 2 cells are left. It goes on by itself from" in station.skip(stale_texts)
    station.variables = {variable: "5.50"}
    assert _because(station.wake(stale_texts)) == "2 cells are stale"


def test_without_cells_there_is_nothing_to_do(station) -> None:
    _with_cells(station)
    put(station.store, schema.personas, persona_row("leitung", active=False))
    assert station.skip(stale_texts) == "Every cell is up to date."


@pytest.mark.parametrize(
    ("sensor", "job", "read"),
    [(superoffice_changes, "account_changes", True), (stale_texts, TEXTS_JOB, True), (stale_texts, NOTION_JOB, False)],
)
def test_after_a_run_was_stopped_the_sensor_waits_a_while_and_says_why(station, sensor, job, read) -> None:
    if read:
        station.notion_was_read()
    with station.store.write() as connection:
        set_cursor(connection, f"stopped:{job}", {"at": utc_now().isoformat(), "why": "no quota.", "transient": False})
    assert "no quota." in station.skip(sensor)


def test_notion_is_read_every_five_minutes_by_its_job() -> None:
    schedule = build_notion_schedule(NOTION_CRON)
    assert schedule.cron_schedule == "*/5 * * * *"
    assert schedule.job_name == NOTION_JOB
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
