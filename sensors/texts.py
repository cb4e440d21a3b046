"""Wakes the writing of texts while cells are stale, and the first reading of Notion."""

from __future__ import annotations

from typing import Any

import dagster as dg

from gtm_assets import descriptions
from gtm_assets.crm.closure import load_closure
from gtm_assets.crm.field_map import stored_fields
from gtm_assets.jobs import NOTION_JOB, TEXTS_JOB, sync_notion, texts_up_to_date
from gtm_assets.knowledge.sync import was_read
from gtm_assets.research.asking import budget_of
from gtm_assets.research.budget import standing
from gtm_assets.runs import in_flight, pause
from gtm_assets.texts.matrix import count_cells_left, stale_cells
from resources.store.store import Store
from sensors.pace import every


@dg.sensor(
    name="stale_texts",
    jobs=[texts_up_to_date, sync_notion],
    minimum_interval_seconds=every(10),
    default_status=dg.DefaultSensorStatus.RUNNING,
    required_resource_keys={"store", "settings"},
    description=descriptions.SENSORS["stale_texts"],
)
def stale_texts(context: dg.SensorEvaluationContext) -> Any:
    """Request one run while cells are stale and none is in flight."""
    found: Any = context.resources
    store: Store = found.store
    with store.read() as connection:
        synced = was_read(connection)
    paused = pause(store, TEXTS_JOB if synced else NOTION_JOB)
    if paused:
        return dg.SkipReason(paused)
    if not synced:
        running = in_flight(context.instance, store, NOTION_JOB)
        if running:
            return dg.SkipReason(f"Notion is being read by run {running}.")
        return dg.RunRequest(job_name=NOTION_JOB, tags={"gtm/because": "Notion was never read"})
    running = in_flight(context.instance, store, TEXTS_JOB)
    if running:
        return dg.SkipReason(f"Run {running} is in flight.")
    fields = stored_fields(store)
    with store.read() as connection:
        closed = load_closure(connection)
    if closed is not None and not fields:
        return dg.SkipReason(f"{closed.said} Texts need the CRM's field lengths, which were never read.")
    with store.read() as connection:
        reached = standing(connection, budget_of(found.settings, "texts"))
        if reached is not None and fields:
            reached = count_cells_left(connection, fields, found.settings.gemini_model, reached)
    if reached is not None:
        return dg.SkipReason(reached.sentence("cells"))
    stale = len(stale_cells(store, fields, found.settings.gemini_model)) if fields else 1
    if not stale:
        return dg.SkipReason("Every cell is up to date.")
    return dg.RunRequest(job_name=TEXTS_JOB, tags={"gtm/because": f"{stale} cells are stale"})
