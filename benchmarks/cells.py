"""600 cells: what writing all of them takes beside the model's own time, and what looking at texts costs in a large tenant.

``make bench`` runs it after the path and prints a Markdown section for ``RESULTS.md``. The model is the sandbox's, over HTTP from a process
of its own, and takes half a second for each answer. The store holds 20,000 companies with 60,000 persons who wait for those texts; each
measurement has a process and a copy of the store of its own. What belongs elsewhere: the rows (``tenant``), large tenants (``companies``).
"""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks import companies, tenant
from benchmarks.measuring import Measured, Row, apart, measured
from benchmarks.slow_sandbox import slow_sandbox
from gtm_assets import clients
from gtm_assets.crm.field_map import current_fields, stored_fields
from gtm_assets.research.asking import terms_of
from gtm_assets.settings import MODEL_CONCURRENCY, Settings, load_settings
from gtm_assets.texts.matrix import MatrixWriter, bring_cells_up_to_date, choose_cells, load_cells
from resources.store import schema
from resources.store.store import Store

ANSWER_SECONDS = 0.5
#: Never reached: each request is reserved and settled against both.
_BUDGETS = {"GTM_MODEL_BUDGET_PER_RUN": "1000", "GTM_MODEL_BUDGET_PER_DAY": "1000"}
_FLOOR = tenant.CELLS * ANSWER_SECONDS / MODEL_CONCURRENCY


@dataclass(frozen=True)
class Pass:
    """One pass over all cells.

    Attributes:
        work: Seconds and memory.
        outcomes: How many cells became what.
        calls: Requests to the model.
        model_seconds: What the model took for them, as this process saw it.
        writing_seconds: From the first request until the last text was stored.
        events: Events in Dagster's log; 0 without Dagster.
    """

    work: Measured
    outcomes: dict[str, int]
    calls: int
    model_seconds: float
    writing_seconds: float
    events: int = 0


def main() -> None:
    """Fill, measure and print."""
    with tempfile.TemporaryDirectory() as place, slow_sandbox(ANSWER_SECONDS) as variables:
        os.environ.update(variables | _BUDGETS)
        folder = Path(place)
        empty = folder / "empty"
        apart(_fill, empty)
        alone = _copy(empty, folder / "alone")
        first, second = apart(through_the_code, alone), apart(through_the_code, alone)
        dagster = _copy(empty, folder / "dagster")
        job, again = apart(through_dagster, dagster), apart(through_dagster, dagster)
        nothing = apart(through_dagster, dagster, asked=False)
        rows = [*_rows(first, second), *_dagster_rows(job, again, nothing), *companies.rows(alone / "store.sqlite")]
    print(
        f"## {datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}: texts\n\n"
        "`python -m benchmarks.cells`\n\n"
        f"The model takes {ANSWER_SECONDS} seconds for each answer, {MODEL_CONCURRENCY} at once; both budgets are set. "
        f"{tenant.ACCOUNTS} companies with {tenant.ACCOUNTS * tenant.PERSONS_EACH} persons wait for the texts. "
        f"Load of the machine, mean of five minutes, when it ended: {os.getloadavg()[1]:.1f}.\n\n"
        "| what | value |\n| --- | --- |"
    )
    print("\n".join(f"| {what} | {value} |" for what, value in rows))


def _rows(first: Pass, second: Pass) -> list[Row]:
    return [
        (f"first pass over {tenant.CELLS} cells ({_said(first)}): model calls", f"{first.calls}"),
        ("… the model's own seconds: sum of the calls", f"{first.model_seconds:.0f}"),
        (f"… floor that {MODEL_CONCURRENCY} at once set: seconds", f"{_FLOOR:.1f}"),
        ("… seconds, ratio to the floor", _time(first)),
        (
            "… peak memory of the process, of which before the first cell: MB",
            f"{first.work.peak:.0f}, {first.work.before:.0f}",
        ),
        (f"second pass ({_said(second)}): model calls, seconds", f"{second.calls}, {second.work.seconds:.2f}"),
    ]


def _dagster_rows(job: Pass, again: Pass, nothing: Pass) -> list[Row]:
    around = job.work.seconds - job.writing_seconds
    each = (again.work.seconds - nothing.work.seconds) / (again.events - nothing.events)
    return [
        (f"the same through Dagster, job `texts_up_to_date` ({_said(job)}): model calls", f"{job.calls}"),
        ("… seconds, ratio to the floor", _time(job)),
        (
            "… of which from the first call to the last text, events being logged meanwhile",
            f"{job.writing_seconds:.1f}",
        ),
        ("… of which the run's start, coverage, costs and checks", f"{around:.1f}"),
        ("… events in Dagster's log", f"{job.events}"),
        ("… peak memory of the process, of which before the run: MB", f"{job.work.peak:.0f}, {job.work.before:.0f}"),
        (
            f"second pass through Dagster ({_said(again)}): model calls, seconds",
            f"{again.calls}, {again.work.seconds:.1f}",
        ),
        (
            f"a run that looks for stale cells ({_said(nothing)}): model calls, seconds",
            f"{nothing.calls}, {nothing.work.seconds:.1f}",
        ),
        (
            "… events in the log of these two: one more takes milliseconds",
            f"{again.events}, {nothing.events}: {each * 1000:.0f}",
        ),
    ]


def _time(done: Pass) -> str:
    return f"{done.work.seconds:.1f}, {done.work.seconds / _FLOOR:.2f}"


def _said(done: Pass) -> str:
    return ", ".join(f"{count} {outcome}" for outcome, count in sorted(done.outcomes.items()) if count)


# --- each in a process of its own -----------------------------------------------------------------------------------


def _fill(folder: Path) -> None:
    with _opened(folder) as (settings, store):
        with closing(clients.open_superoffice(settings, store)) as crm:
            fields = current_fields(store, crm, settings.configured_fields)
        tenant.fill(store, fields, settings.gemini_model)
        with store.read() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def through_the_code(folder: Path) -> Pass:
    """All cells by the functions that every run uses, without Dagster."""
    with _opened(folder) as (settings, store), closing(clients.open_gemini(settings)) as gemini:
        fields = stored_fields(store)
        terms = terms_of(settings, "texts")
        keys = _keys(store, settings)
        with measured() as work:
            writer = MatrixWriter(store, gemini, fields, f"run {os.getpid()}", approve=True, terms=terms)
            result = bring_cells_up_to_date(writer, choose_cells(writer, keys))
        return _pass(store, work, dict(Counter(result.outcomes.values())), gemini.calls, writer.run_id)


def through_dagster(folder: Path, *, asked: bool = True) -> Pass:
    """All cells by the job, in this process; a run that was not ``asked`` for them logs only what it changed, as a sensor's."""
    warnings.filterwarnings("ignore", message=".*is currently in beta.*")
    import dagster as dg

    from gtm_assets import partitions
    from gtm_assets.inprocess import Done, JobRunner
    from gtm_assets.jobs import TEXTS_JOB
    from gtm_assets.platform import dagster_home

    with _opened(folder) as (settings, store):
        dagster_home(settings)
        keys = _keys(store, settings)
        done = Done()
        with dg.DagsterInstance.get() as instance:
            for name, table in tenant.knowledge().items():
                partitions.add_keys(instance, name.removesuffix("s"), [read.row.key for read in table.rows])
            runner = JobRunner(instance, store, done, "benchmark")
            with measured() as work:
                runner.run(TEXTS_JOB, {"keys": keys} if asked else None)
            assert not done.errors, done.errors
            run = instance.get_runs(limit=1)[0]
            events = len(instance.all_logs(run.run_id))
        return _pass(store, work, done.texts, done.model_calls, run.run_id, events)


def _pass(store: Store, work: Measured, outcomes: dict[str, int], calls: int, run_id: str, events: int = 0) -> Pass:
    """What the store says about a run that ended."""
    asked, blocks = schema.model_calls, schema.text_blocks
    of_calls = sa.select(sa.func.coalesce(sa.func.sum(asked.c.seconds), 0.0), sa.func.min(asked.c.called_at))
    of_texts = sa.select(sa.func.max(blocks.c.created_at)).where(blocks.c.run_id == run_id)
    with store.read() as connection:
        seconds, begun = connection.execute(of_calls.where(asked.c.run_id == run_id)).one()
        ended: Any = connection.execute(of_texts).scalar_one()
    return Pass(work, outcomes, calls, seconds, (ended - begun).total_seconds() if ended else 0.0, events)


@contextmanager
def _opened(folder: Path) -> Iterator[tuple[Settings, Store]]:
    os.environ["GTM_STATE_DIR"] = str(folder)
    settings = load_settings()
    with closing(clients.open_store(settings)) as store:
        yield settings, store


def _keys(store: Store, settings: Settings) -> list[str]:
    """Every cell, those of campaigns as well: they come when somebody asks for them."""
    with store.read() as connection:
        return list(load_cells(connection, stored_fields(store), settings.gemini_model))


def _copy(folder: Path, to: Path) -> Path:
    shutil.copytree(folder, to)
    return to


if __name__ == "__main__":
    main()
