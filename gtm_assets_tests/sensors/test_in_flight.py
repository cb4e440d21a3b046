"""Whether a run is in flight: what waits or gives a sign of life is, what died is reported failed and is not."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest
from dagster import DagsterRunStatus as Status

from gtm_assets.runs import in_flight, load_result, noting_stops, pause, sign_of_life, store_result
from gtm_assets_tests.stores import fresh_store, put, rows_of
from resources.errors import PermanentError, TransientError
from resources.store import queue, schema
from resources.store.store import utc_now

JOB = "account_changes"


class RecordedRuns:
    """The part of a Dagster instance that is asked; it remembers what was reported failed."""

    def __init__(self, *runs: tuple[str, Status, timedelta]) -> None:
        self.runs = {run_id: (status, utc_now() - age) for run_id, status, age in runs}
        self.failed: list[str] = []

    def get_runs(self, filters: Any) -> list[Any]:
        assert filters.job_name == JOB
        return [
            SimpleNamespace(run_id=run_id, status=status)
            for run_id, (status, _) in self.runs.items()
            if status in filters.statuses
        ]

    def get_run_record_by_id(self, run_id: str) -> Any:
        moment: datetime = self.runs[run_id][1]
        return SimpleNamespace(update_timestamp=moment.replace(tzinfo=None))

    def report_run_failed(self, run: Any, message: str) -> None:
        assert "in hand is due again" in message
        self.failed.append(run.run_id)


@pytest.fixture
def store(tmp_path: Path):
    with fresh_store(tmp_path) as opened:
        yield opened


def _ask(runs: RecordedRuns, store) -> str:
    instance: Any = runs
    return in_flight(instance, store, JOB)


LONG = timedelta(hours=2)
NOW = timedelta(seconds=1)


def test_without_a_run_nothing_is_in_flight(store) -> None:
    runs = RecordedRuns(("old", Status.SUCCESS, NOW), ("bad", Status.FAILURE, NOW))
    assert _ask(runs, store) == ""
    assert runs.failed == []


@pytest.mark.parametrize("age", [NOW, LONG])
def test_a_queued_run_is_in_flight_however_long_it_waits(store, age) -> None:
    assert _ask(RecordedRuns(("r", Status.QUEUED, age)), store) == "r"


@pytest.mark.parametrize("status", [Status.NOT_STARTED, Status.STARTING, Status.STARTED, Status.CANCELING])
def test_a_run_that_has_just_begun_has_time_for_its_first_sign_of_life(store, status) -> None:
    runs = RecordedRuns(("r", status, NOW))
    assert _ask(runs, store) == "r"
    assert runs.failed == []


def test_a_run_that_gives_signs_of_life_is_in_flight_however_long_it_takes(store) -> None:
    runs = RecordedRuns(("r", Status.STARTED, LONG))
    with sign_of_life(store, "r"):
        assert _ask(runs, store) == "r"
    assert runs.failed == []


def test_a_long_run_that_is_just_ending_is_not_taken_for_dead(store) -> None:
    """Between its last sign of life and Dagster's own end a run writes its report; a tick may fall in between."""
    runs = RecordedRuns(("r", Status.STARTED, LONG))
    with sign_of_life(store, "r"):
        pass
    assert _ask(runs, store) == "r"
    assert runs.failed == []


def test_a_run_that_never_gave_a_sign_of_life_is_reported_failed_after_a_while(store) -> None:
    runs = RecordedRuns(("r", Status.STARTED, LONG))
    assert _ask(runs, store) == ""
    assert runs.failed == ["r"]


def test_a_run_whose_lease_ended_is_reported_failed_although_it_began_just_now(store) -> None:
    past = utc_now() - timedelta(seconds=1)
    put(store, schema.leases, {"name": "run:r", "owner": "elsewhere/1/x", "lease_until": past})
    runs = RecordedRuns(("r", Status.STARTED, NOW))
    assert _ask(runs, store) == ""
    assert runs.failed == ["r"]


def test_a_run_that_never_started_is_given_up_and_not_reported(store) -> None:
    runs = RecordedRuns(("r", Status.STARTING, LONG))
    assert _ask(runs, store) == ""
    assert runs.failed == []


def test_a_dead_run_does_not_hide_a_living_one(store) -> None:
    runs = RecordedRuns(("dead", Status.STARTED, LONG), ("alive", Status.STARTED, LONG))
    with sign_of_life(store, "alive"):
        assert _ask(runs, store) == "alive"
    assert runs.failed == ["dead"]


def test_a_real_instance_takes_the_report(store) -> None:
    @dg.job(name=JOB)
    def nothing() -> None:
        """No op."""

    with dg.DagsterInstance.ephemeral() as instance:
        run = instance.create_run_for_job(nothing, status=Status.STARTED)
        past = utc_now() - timedelta(seconds=1)
        put(store, schema.leases, {"name": f"run:{run.run_id}", "owner": "elsewhere/1/x", "lease_until": past})
        assert in_flight(instance, store, JOB) == ""
        found = instance.get_run_by_id(run.run_id)
        assert found is not None
        assert found.status == Status.FAILURE


def test_what_a_run_still_has_in_hand_at_its_end_is_given_back(store) -> None:
    with store.write() as connection:
        queue.mark_due(connection, [1], trigger="test")

    def stop_half_way() -> None:
        with sign_of_life(store, "r") as owner:
            queue.claim(store, owner, limit=1)
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        stop_half_way()
    (row,) = rows_of(store, schema.sync_state)
    assert (row["lease_owner"], row["phase"]) == (None, "received")


@pytest.mark.parametrize(
    "error", [TransientError("SuperOffice", "maintenance"), PermanentError("SuperOffice", "no rights")]
)
def test_a_job_that_was_stopped_pauses_until_it_went_well_once(store, error) -> None:
    assert pause(store, JOB) == ""
    with pytest.raises(type(error)), noting_stops(store, JOB):
        raise error
    assert str(error) in pause(store, JOB)
    assert pause(store, "another") == ""
    with noting_stops(store, JOB):
        pass
    assert pause(store, JOB) == ""


def test_a_pause_ends_by_itself(store) -> None:
    with pytest.raises(ValueError, match="x"), noting_stops(store, JOB):
        raise ValueError("x")
    (row,) = rows_of(store, schema.cursors)
    long_ago = (utc_now() - timedelta(minutes=6)).isoformat()
    put(store, schema.cursors, {**row, "value": {**row["value"], "at": long_ago}})
    assert pause(store, JOB) == ""


def test_what_a_run_did_is_remembered_and_empty_where_it_could_not_say(store) -> None:
    store_result(store, "r", JOB, {"accounts": 1})
    assert load_result(store, "r") == {"accounts": 1}
    assert load_result(store, "died") == {}
