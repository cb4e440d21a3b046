"""What schedule and sensors would do once, in one process, on the same Dagster instance and through the same jobs.

What belongs elsewhere: printing (``commands.running``), running jobs here (``inprocess``), the jobs (``jobs``), starting the platform
(``platform``).
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import dagster as dg
import sqlalchemy as sa

from gtm_assets import batch
from gtm_assets.accounts import JOB as ACCOUNT_JOB
from gtm_assets.crm import restored
from gtm_assets.inprocess import Done, JobRunner, Progress
from gtm_assets.jobs import NOTION_JOB, TEXTS_JOB
from gtm_assets.knowledge.sync import TABLES
from gtm_assets.review_job import REVIEW_JOB
from gtm_assets.settings import Settings
from gtm_assets.texts.review_pages.sync import is_on
from resources.store.store import Store

#: Runs of the account job in one go; each takes up to ``at_most`` accounts, so this is no limit anybody meets.
_RUNS = 1000
_PUBLISHED = ("knowledge", "texts", "accounts", "writes", "model_calls", "api_calls", "seconds")


@dataclass
class OnceResult(Done):
    """What was done, in the shape of ``gtm once --json``; ``knowledge`` counts the active rows of Notion."""

    knowledge: dict[str, int] = field(default_factory=lambda: {"verticals": 0, "personas": 0, "campaigns": 0})

    def as_json(self) -> dict[str, Any]:
        """The published shape; ``notes`` and ``errors`` only where there are some."""
        values = {name: getattr(self, name) for name in _PUBLISHED}
        return values | {name: getattr(self, name) for name in ("notes", "errors") if getattr(self, name)}


def run_once(
    instance: dg.DagsterInstance,
    store: Store,
    settings: Settings,
    *,
    sweep: bool = False,
    progress: Progress = lambda _: None,
) -> OnceResult:
    """Sync Notion, write stale cells, work off every account that is due or changed."""
    started = time.monotonic()
    result = OnceResult()
    runner = JobRunner(instance, store, result, "gtm once")
    progress("Reading Notion")
    runner.run(NOTION_JOB)
    with store.read() as connection:
        for database, table in TABLES.items():
            count = sa.select(sa.func.count()).select_from(table).where(table.c.active)
            result.knowledge[database] = connection.execute(count).scalar_one()
    progress("Writing stale cells of the marketing matrix")
    runner.run(TEXTS_JOB)
    if is_on(settings):
        progress("Reading verdicts from Notion and making review pages")
        runner.run(REVIEW_JOB)
    config: dict[str, Any] = {"sweep": sweep}
    stopped = ""
    for _ in range(_RUNS):
        progress("Reading changes from SuperOffice and working off what is due")
        before = result.accounts["changed"]
        went_well = runner.run(ACCOUNT_JOB, config)
        # What a budget leaves is taken up once: else run after run would spend a budget per run, until everything is written.
        config = {"take_up_deferred": False}
        # A run in which some accounts failed is no reason to leave the others; one that did nothing would do nothing again.
        with store.read() as connection:
            stopped = restored.stop_reason(connection)
        stuck = (stopped or not went_well) and result.accounts["changed"] == before
        if stuck or result.closed or not batch.anything_due(store, settings):
            break
    if stopped:
        result.notes.append(f"Accounts were left as they are: {stopped}")
    result.seconds = round(time.monotonic() - started, 1)
    return result
