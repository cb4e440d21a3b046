"""The schedule that reads Notion."""

from __future__ import annotations

import dagster as dg

from gtm_assets.jobs import sync_notion

notion_every_five_minutes = dg.ScheduleDefinition(
    name="notion_every_five_minutes",
    job=sync_notion,
    cron_schedule="*/5 * * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Reads verticals, personas and campaigns from Notion; unchanged rows cost three queries and nothing else.",
)
