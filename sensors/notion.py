"""The schedule that reads Notion."""

from __future__ import annotations

import dagster as dg

from gtm_assets import descriptions
from gtm_assets.jobs import sync_notion


def build_notion_schedule(cron: str) -> dg.ScheduleDefinition:
    """Read Notion at these times; ``cron`` has five fields, in UTC."""
    return dg.ScheduleDefinition(
        name="notion_sync",
        job=sync_notion,
        cron_schedule=cron,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=descriptions.SENSORS["notion_sync"],
    )
