"""What schedule and sensors would do once, in one process, on the same Dagster instance and through the same jobs.

What belongs elsewhere: printing (``cli``), the jobs (``jobs``), starting the platform (``platform``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import dagster as dg
import sqlalchemy as sa

from gtm_assets import batch
from gtm_assets.accounts import JOB as ACCOUNT_JOB
from gtm_assets.definitions import build_defs
from gtm_assets.jobs import NOTION_JOB, TEXTS_JOB
from gtm_assets.knowledge.sync import TABLES
from gtm_assets.runs import load_result
from gtm_assets.settings import Settings
from resources.store.store import Store

#: Runs of the account job in one go; each takes up to ``at_most`` accounts, so this is no limit anybody meets.
_RUNS = 1000
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}

Progress = Callable[[str], None]


@dataclass
class OnceResult:
    """What was done, in the shape of ``gtm once --json``; ``errors`` are the messages of runs that failed."""

    knowledge: dict[str, int] = field(default_factory=lambda: {"verticals": 0, "personas": 0, "campaigns": 0})
    texts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("generated", "unchanged", "rejected", "failed"), 0)
    )
    accounts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("changed", "completed", "failed", "skipped", "conflict", "planned"), 0)
    )
    writes: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("patches", "confirmed", "conflicts", "planned"), 0)
    )
    model_calls: int = 0
    api_calls: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("superoffice", "notion", "gemini"), 0))
    seconds: float = 0.0
    errors: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether anything failed; conflicts and rejected texts are no failure."""
        return bool(self.errors or self.accounts["failed"] or self.texts["failed"])

    def as_json(self) -> dict[str, Any]:
        """The published shape; ``errors`` only where there are some."""
        values = {name: getattr(self, name) for name in _PUBLISHED}
        return {**values, "errors": self.errors} if self.errors else values


_PUBLISHED = ("knowledge", "texts", "accounts", "writes", "model_calls", "api_calls", "seconds")


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
    definitions = build_defs()
    progress("Reading Notion")
    _run(definitions, instance, store, NOTION_JOB, {}, result)
    with store.read() as connection:
        for database, table in TABLES.items():
            count = sa.select(sa.func.count()).select_from(table).where(table.c.active)
            result.knowledge[database] = connection.execute(count).scalar_one()
    progress("Writing stale cells of the marketing matrix")
    _run(definitions, instance, store, TEXTS_JOB, {}, result)
    config = {"ops": {"work_off_accounts": {"config": {"sweep": sweep}}}}
    for _ in range(_RUNS):
        progress("Reading changes from SuperOffice and working off what is due")
        before = result.accounts["changed"]
        went_well = _run(definitions, instance, store, ACCOUNT_JOB, config, result)
        config = {}
        # A run in which some accounts failed is no reason to leave the others; one that did nothing would do nothing again.
        stuck = not went_well and result.accounts["changed"] == before
        if stuck or not batch.anything_due(store, settings):
            break
    result.seconds = round(time.monotonic() - started, 1)
    return result


def _run(
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    store: Store,
    job_name: str,
    config: Mapping[str, Any],
    result: OnceResult,
) -> bool:
    """One job's run, added to the result; its errors are kept, not raised."""
    job = definitions.resolve_job_def(job_name)
    executed = job.execute_in_process(
        run_config={**_QUIET, **config}, instance=instance, raise_on_error=False, tags={"gtm/because": "gtm once"}
    )
    _add(result, load_result(store, executed.run_id))
    if not executed.success:
        result.errors += _messages(executed)
    return bool(executed.success)


def _add(result: OnceResult, counts: Mapping[str, Any]) -> None:
    for name in ("texts", "accounts", "writes", "api_calls"):
        into: dict[str, int] = getattr(result, name)
        for key, value in counts.get(name, {}).items():
            into[key] += value
    result.model_calls += counts.get("model_calls", 0)


def _messages(executed: dg.ExecuteInProcessResult) -> list[str]:
    messages = []
    for event in executed.all_events:
        data = event.event_specific_data
        if event.is_step_failure or event.is_failure:
            user = getattr(data, "user_failure_data", None)
            error = getattr(data, "error", None)
            text = user.description if user and user.description else _root_message(error)
            if text and text not in messages:
                messages.append(text)
    return messages or [f"run {executed.run_id} failed; see its page in Dagster"]


def _root_message(error: Any) -> str:
    while error is not None and error.cause is not None:
        error = error.cause
    return str(error.message).strip() if error is not None else ""
