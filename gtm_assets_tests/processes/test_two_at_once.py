"""Two passes on the same state at the same time: every record is written once, and together they keep SuperOffice's limit."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from gtm_assets.clients import SUPEROFFICE_CALLS_PER_SECOND
from gtm_assets_tests.processes.harness import environment, tenant
from resources.store import schema
from resources.store.rate import SharedRateLimiter
from resources.store.store import Store
from sandbox.journal import Entry

pytestmark = pytest.mark.slow


def test_two_passes_at_once_patch_every_record_and_ask_the_model_for_every_text_once(tmp_path: Path) -> None:
    with tenant(tmp_path, companies=3) as crm:
        runs = [crm.start_once(), crm.start_once()]
        codes = [run.wait() for run in runs]
        assert codes == [0, 0], [(run.output, run.errors) for run in runs]
        results = [json.loads(run.output) for run in runs]

        patches = crm.effective_patches()
        assert set(patches.values()) == {1}, patches
        assert sum(result["writes"]["patches"] for result in results) == sum(patches.values())
        assert sum(result["writes"]["confirmed"] for result in results) == sum(patches.values())
        assert set(crm.phases()) == {1, 2, 3}
        assert set(crm.phases().values()) <= {"completed", "skipped"}
        assert crm.phases()[1] == "completed"
        assert crm.leases() == []
        _assert_within_the_limit(crm.calls())
        with crm.rows() as connection:
            versions = connection.execute(sa.select(schema.text_blocks.c.key, schema.text_blocks.c.version)).all()
            profiles = connection.execute(sa.select(schema.profiles.c.summary)).scalars().all()
        assert {version for _, version in versions} == {1}
        # One request a cell, a pair of openers and a profile; who has no website is not asked about.
        assert len(crm.calls("gemini")) == len(versions) + sum(bool(summary) for summary in profiles)

        again = crm.once()
        assert (again["model_calls"], again["writes"]["patches"]) == (0, 0)


_MAKE_READY = """
import sys
import dagster as dg
from gtm_assets.platform import dagster_home
from gtm_assets.settings import parse_settings
print("ready", flush=True)
sys.stdin.read()
dagster_home(parse_settings({"GTM_STATE_DIR": sys.argv[1]}))
with dg.DagsterInstance.get() as instance:
    instance.get_runs_count()
"""


def test_processes_that_start_together_on_an_empty_state_make_one_sound_instance(tmp_path: Path) -> None:
    """Dagster writes its schema revision twice where two processes create its SQLite files; then no code location loads any more."""
    state = tmp_path / "state"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _MAKE_READY, str(state)],
            env=environment(tmp_path),
            cwd=tmp_path,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
    for process in processes:
        process.communicate(timeout=60)
    assert [process.returncode for process in processes] == [0] * 4
    databases = list(state.rglob("*.db"))
    assert len(databases) >= 3
    for path in databases:
        with contextlib.closing(sqlite3.connect(path)) as database:
            (revisions,) = database.execute("SELECT count(*) FROM alembic_version").fetchone()
        assert revisions == 1, path


#: Threads of both processes that may call SuperOffice at the same time: four write, one leads.
_CALLERS = 2 * 5


def _assert_within_the_limit(calls: Sequence[Entry]) -> None:
    """Arrivals bunch where a machine is slow, but a caller has only one call under way: the excess over the limit is bounded by them."""
    times = [datetime.fromisoformat(call.time).timestamp() for call in calls]
    for seconds in (1, 3, 10):
        most = max(sum(start <= time < start + seconds for time in times) for start in times)
        assert most <= SUPEROFFICE_CALLS_PER_SECOND * seconds + 1 + _CALLERS, f"{most} calls within {seconds} s"


def _reserve(url: str, calls: int, moments: multiprocessing.Queue[list[float]]) -> None:
    store = Store(url)
    limiter = SharedRateLimiter(store, "superoffice:Sample", SUPEROFFICE_CALLS_PER_SECOND, sleep=lambda _: None)
    moments.put([moment for _ in range(calls) for moment in limiter.lease(1).moments])
    store.close()


def test_several_processes_reserve_moments_that_keep_the_limit_together(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    Store(url).close()
    context = multiprocessing.get_context("spawn")
    moments: multiprocessing.Queue[list[float]] = context.Queue()
    processes = [context.Process(target=_reserve, args=(url, 40, moments)) for _ in range(3)]
    for process in processes:
        process.start()
    reserved = sorted(moment for _ in processes for moment in moments.get(timeout=60))
    for process in processes:
        process.join(timeout=60)
    assert len(reserved) == 120
    for first, eleventh in zip(reserved, reserved[10:], strict=False):
        assert eleventh - first > 1.0
