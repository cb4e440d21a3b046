"""Wakes the account batch: is anything newer in the CRM, is any account due?

It writes nothing, and remembers only when it last asked, which may be forgotten.
"""

from __future__ import annotations

import time
from typing import Any

import dagster as dg

from gtm_assets import batch, descriptions
from gtm_assets.accounts import JOB
from gtm_assets.crm.changes import anything_new, polls_by_day
from gtm_assets.crm.closure import load_closure
from gtm_assets.jobs import account_changes
from gtm_assets.knowledge.sync import was_read
from gtm_assets.runs import in_flight, pause
from resources.errors import TransientError
from resources.store.store import Store
from resources.superoffice.client import SuperOfficeClient
from sensors.pace import every

POLL_SECONDS = 5
#: A tenant that only compares dates answers with two days' worth of records every time.
POLL_SECONDS_BY_DAY = 60
#: Seconds that a tick waits for the limit all processes share: where SuperOffice asked everybody to wait, the next tick asks again. Dagster
#: gives a tick a minute.
PATIENCE_SECONDS = 15.0
NOTHING = "Nothing changed and nothing is due."


@dg.sensor(
    name="superoffice_changes",
    job=account_changes,
    minimum_interval_seconds=every(POLL_SECONDS),
    default_status=dg.DefaultSensorStatus.RUNNING,
    required_resource_keys={"store", "superoffice", "settings"},
    description=descriptions.SENSORS["superoffice_changes"],
)
def superoffice_changes(context: dg.SensorEvaluationContext) -> Any:
    """Request one run where there is something to do and none is in flight; without run_key, waking twice does no harm."""
    found: Any = context.resources
    store: Store = found.store
    with store.read() as connection:
        if not was_read(connection):
            return dg.SkipReason("Notion was not read yet; the job sync_notion comes first.")
    running = in_flight(context.instance, store, JOB)
    if running:
        return dg.SkipReason(f"Run {running} is in flight.")
    paused = pause(store, JOB)
    if paused:
        return dg.SkipReason(paused)
    try:
        with found.superoffice.working("live", PATIENCE_SECONDS):
            answer = _because(context, found)
    except TransientError as error:
        return dg.SkipReason(f"{error} Asked again at the next tick.")
    return dg.RunRequest(tags={"gtm/because": answer}) if isinstance(answer, str) else answer


def _because(context: dg.SensorEvaluationContext, found: Any) -> str | dg.SkipReason:
    """Why a run is worth starting, or why not.

    Raises:
        TransientError: The CRM does not answer now, or is closed.
    """
    store: Store = found.store
    crm: SuperOfficeClient = found.superoffice
    with store.read() as connection:
        closed = load_closure(connection)
    if closed is not None:
        # Whatever is due: a run would only find it closed.
        crm.tenant_state()
        return "SuperOffice is open again"
    why = batch.anything_due(store, found.settings)
    if why:
        return why
    if _too_soon(context, store):
        return dg.SkipReason("Nothing is due; by day the CRM is asked less often.")
    return "SuperOffice has changes" if anything_new(store, crm) else dg.SkipReason(NOTHING)


def _too_soon(context: dg.SensorEvaluationContext, store: Store) -> bool:
    """Whether a tenant that is polled by day was asked within the last minute. Forgetting the time does no harm."""
    with store.read() as connection:
        if not polls_by_day(connection):
            return False
    now = time.time()
    if now - float(context.cursor or 0) < POLL_SECONDS_BY_DAY:
        return True
    context.update_cursor(str(now))
    return False
