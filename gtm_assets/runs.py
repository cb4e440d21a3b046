"""Runs as the store sees them: a sign of life while one works, whether one is in flight, and what it did.

Dagster keeps a run whose process was killed as started for ever (the default launcher has no health check), so whether a run lives is
answered by its lease. What belongs elsewhere: the jobs themselves (``jobs``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import dagster as dg
import sqlalchemy as sa

from resources.errors import TransientError
from resources.store import queue, schema
from resources.store.store import Store, get_cursor, set_cursor, upsert, utc_now

#: A run that was started needs this long at most until its first sign of life.
_GRACE = timedelta(minutes=3)
#: After an error that stopped a whole run: something to wait for, or something a person has to change.
_PAUSE_TRANSIENT = timedelta(seconds=60)
_PAUSE = timedelta(minutes=5)
_WAITING = (dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTING)
_WORKING = (dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING)


@contextmanager
def sign_of_life(store: Store, run_id: str) -> Iterator[str]:
    """Hold the run's lease while the block works; gives the name under which accounts are taken in hand."""
    owner = queue.new_owner()
    name = f"run:{run_id}"
    queue.take_lease(store, name, owner)
    try:
        with queue.heartbeat(store, owner):
            yield owner
    finally:
        queue.release(store, owner)


@contextmanager
def noting_stops(store: Store, job: str) -> Iterator[None]:
    """Remember when a job was stopped by an error, so that the sensors wait before they start it again (:func:`pause`)."""
    try:
        yield
    except Exception as error:
        transient = isinstance(error, TransientError) or isinstance(error.__cause__, TransientError)
        with store.write() as connection:
            value = {"at": utc_now().isoformat(), "why": str(error)[:300], "transient": transient}
            set_cursor(connection, f"stopped:{job}", value)
        raise
    with store.write() as connection:
        connection.execute(sa.delete(schema.cursors).where(schema.cursors.c.name == f"stopped:{job}"))


def was_asked_for(tags: Mapping[str, str]) -> bool:
    """Whether a person (or cron, by ``gtm once``) asked for a run, of its tags; False where a sensor started it."""
    return "dagster/sensor_name" not in tags


def clear_pauses(store: Store) -> None:
    """Somebody mended what had stopped the runs: the sensors need not wait."""
    with store.write() as connection:
        connection.execute(sa.delete(schema.cursors).where(schema.cursors.c.name.startswith("stopped:")))


def stopped_jobs(connection: sa.Connection) -> dict[str, dict[str, Any]]:
    """Jobs whose last run was stopped by an error: ``at``, ``why``, ``transient``; a job leaves when a run of it ends well."""
    cursors = schema.cursors
    query = sa.select(cursors.c.name, cursors.c.value).where(cursors.c.name.startswith("stopped:"))
    return {
        row.name.removeprefix("stopped:"): {**row.value, "at": datetime.fromisoformat(row.value["at"])}
        for row in connection.execute(query.order_by(cursors.c.name))
    }


def pause(store: Store, job: str) -> str:
    """Why a job should not be started just now, empty where nothing stands against it."""
    with store.read() as connection:
        stopped = get_cursor(connection, f"stopped:{job}")
    if not stopped:
        return ""
    until = datetime.fromisoformat(stopped["at"]) + (_PAUSE_TRANSIENT if stopped["transient"] else _PAUSE)
    return (
        f"The last run was stopped: {stopped['why']} Tried again at {until:%H:%M:%S} UTC." if utc_now() < until else ""
    )


def in_flight(instance: dg.DagsterInstance, store: Store, job_name: str) -> str:
    """The id of a run of this job that waits or works, empty if there is none. A run whose process is gone is reported as failed."""
    runs = instance.get_runs(dg.RunsFilter(job_name=job_name, statuses=[*_WAITING, *_WORKING]))
    alive = queue.live_leases(store, "run:")
    for run in runs:
        if run.status == dg.DagsterRunStatus.QUEUED or f"run:{run.run_id}" in alive:
            return run.run_id
        record = instance.get_run_record_by_id(run.run_id)
        begun = _aware(record.update_timestamp) if record else None
        if begun is not None and utc_now() - begun < _GRACE and not _had_lease(store, run.run_id):
            return run.run_id
        if run.status in _WORKING:
            instance.report_run_failed(run, "The process of this run is gone; what it had in hand is due again.")
    return ""


def _aware(moment: Any) -> Any:
    return moment if moment.tzinfo else moment.replace(tzinfo=utc_now().tzinfo)


def _had_lease(store: Store, run_id: str) -> bool:
    """Whether the run once gave a sign of life."""
    with store.read() as connection:
        known = connection.execute(
            sa.select(schema.leases.c.name).where(schema.leases.c.name == f"run:{run_id}")
        ).scalar()
    return known is not None


def root_message(error: Any) -> str:
    """What really went wrong, of an error as Dagster keeps it: it wraps the cause in errors of its own."""
    while error is not None and error.cause is not None:
        error = error.cause
    return str(error.message).strip() if error is not None and error.message else ""


def store_result(store: Store, run_id: str, job: str, counts: Mapping[str, Any]) -> None:
    """Remember what a run did."""
    with store.write() as connection:
        upsert(
            connection,
            schema.run_results,
            [{"run_id": run_id, "job": job, "counts": dict(counts), "ended_at": utc_now()}],
        )


def load_result(store: Store, run_id: str) -> dict[str, Any]:
    """What a run did; empty where it died before it could say."""
    with store.read() as connection:
        query = sa.select(schema.run_results.c.counts).where(schema.run_results.c.run_id == run_id)
        return connection.execute(query).scalar() or {}
