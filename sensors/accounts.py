"""Wakes the account batch: is anything newer in the CRM, is any account due? It writes nothing and remembers nothing."""

from __future__ import annotations

from typing import Any

import dagster as dg

from gtm_assets import batch
from gtm_assets.accounts import JOB
from gtm_assets.crm.changes import anything_new
from gtm_assets.jobs import account_changes
from gtm_assets.runs import in_flight
from resources.errors import TransientError
from resources.store.store import Store, get_cursor

POLL_SECONDS = 5


@dg.sensor(
    name="superoffice_changes",
    job=account_changes,
    minimum_interval_seconds=POLL_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    required_resource_keys={"store", "superoffice", "settings"},
    description="Asks SuperOffice for anything newer than the cursor, and the store for accounts that are due.",
)
def superoffice_changes(context: dg.SensorEvaluationContext) -> Any:
    """Request one run where there is something to do and none is in flight; without run_key, waking twice does no harm."""
    found: Any = context.resources
    store: Store = found.store
    with store.read() as connection:
        if get_cursor(connection, "notion:verticals") is None or get_cursor(connection, "notion:personas") is None:
            return dg.SkipReason("Notion was not read yet; the job sync_notion comes first.")
    running = in_flight(context.instance, store, JOB)
    if running:
        return dg.SkipReason(f"Run {running} is in flight.")
    why = batch.anything_due(store, may_write=found.settings.superoffice_allow_live_write)
    if not why:
        try:
            why = "SuperOffice has changes" if anything_new(store, found.superoffice) else ""
        except TransientError as error:
            return dg.SkipReason(f"{error} Asked again at the next tick.")
    if not why:
        return dg.SkipReason("Nothing changed and nothing is due.")
    return dg.RunRequest(tags={"gtm/because": why})
