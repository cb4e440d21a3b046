"""Wakes the review job: does a text need a page, does a page say something new?

It reads Notion two minutes back, because Notion rounds times to the minute. It writes nothing, and remembers only when it last looked for
deleted pages, which may be forgotten.
"""

from __future__ import annotations

import time
from typing import Any

import dagster as dg

from gtm_assets import descriptions
from gtm_assets.crm.field_map import stored_fields
from gtm_assets.knowledge.columns import MissingColumnError
from gtm_assets.review_job import REVIEW_JOB, review_texts
from gtm_assets.runs import in_flight, pause
from gtm_assets.texts.review_pages.database import ReviewDatabaseError
from gtm_assets.texts.review_pages.sync import is_on, open_desk, work_waiting
from resources.errors import OutsideError
from resources.store.store import Store
from sensors.pace import every

THOROUGH_SECONDS = 300


@dg.sensor(
    name="text_verdicts",
    job=review_texts,
    minimum_interval_seconds=every(15),
    default_status=dg.DefaultSensorStatus.RUNNING,
    required_resource_keys={"store", "notion", "settings"},
    description=descriptions.SENSORS["text_verdicts"],
)
def text_verdicts(context: dg.SensorEvaluationContext) -> Any:
    """Request one run where there is something to take over or to show, and none is in flight."""
    found: Any = context.resources
    store: Store = found.store
    if not is_on(found.settings):
        return dg.SkipReason(
            "NOTION_REVIEWS_DATABASE_ID is not set, or GTM_REVIEW_POLICY approves everything by itself: no pages in Notion. "
            "`gtm review` works without."
        )
    running = in_flight(context.instance, store, REVIEW_JOB)
    if running:
        return dg.SkipReason(f"Run {running} is in flight.")
    paused = pause(store, REVIEW_JOB)
    if paused:
        return dg.SkipReason(paused)
    fields = stored_fields(store)
    if not fields:
        return dg.SkipReason("The CRM's fields were not read yet; texts come first.")
    try:
        desk = open_desk(store, found.notion, found.settings, fields, "sensor")
        why = work_waiting(desk, thorough=_looks_thoroughly(context))
    except (OutsideError, MissingColumnError, ReviewDatabaseError) as error:
        return dg.SkipReason(f"{error} Asked again at the next tick.")
    if not why:
        return dg.SkipReason("No page says anything new, and every text that waits has its page.")
    return dg.RunRequest(tags={"gtm/because": why})


def _looks_thoroughly(context: dg.SensorEvaluationContext) -> bool:
    """Whether deleted pages were last looked for some minutes ago: they move no time that a query could ask for."""
    now = time.time()
    if now - float(context.cursor or 0) < THOROUGH_SECONDS:
        return False
    context.update_cursor(str(now))
    return True
