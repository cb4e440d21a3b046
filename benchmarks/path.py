"""The whole path against the sandbox, and the sensors' questions with many accounts: seconds and counts.

``make bench`` runs it and prints a Markdown section for ``RESULTS.md``. Ratios within one run say more than seconds: machines differ.
"""

from __future__ import annotations

import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import sqlalchemy as sa

from gtm_assets import batch, clients
from gtm_assets.crm.changes import start_cursor
from gtm_assets.once import OnceResult, run_once
from gtm_assets.platform import dagster_home
from gtm_assets.settings import load_settings
from resources.store import schema
from resources.store.store import Store, set_cursor, utc_now
from sandbox.environment import environment
from sandbox.server import SandboxServer

COMPANIES = 40
KNOWN_ACCOUNTS = 20_000


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as place, SandboxServer(None, companies=COMPANIES) as server:
        os.environ.update(environment(server.base_url, server.world))
        os.environ["GTM_STATE_DIR"] = place
        load_settings.cache_clear()
        first, second = _pass(), _pass()
        floor = first.api_calls["superoffice"] / clients.SUPEROFFICE_CALLS_PER_SECOND
        lines = [
            f"## {datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
            "",
            "`make bench`",
            "",
            "| what | value |",
            "| --- | --- |",
            f"| first pass, {COMPANIES} companies: seconds | {first.seconds} |",
            f"| … SuperOffice calls, PATCHes, model calls | {_counts(first)} |",
            f"| … floor that 10 calls a second set: seconds | {floor:.1f} |",
            f"| second pass, nothing changed: seconds | {second.seconds} |",
            f"| … SuperOffice calls, PATCHes, model calls | {_counts(second)} |",
        ]
        with tempfile.TemporaryDirectory() as other:
            lines += _questions(Store(f"sqlite:///{Path(other) / 'store.sqlite'}"))
    print("\n".join(lines))


def _pass() -> OnceResult:
    settings = load_settings()
    dagster_home(settings)
    store = clients.open_store(settings)
    with dg.DagsterInstance.get() as instance:
        result = run_once(instance, store, settings)
    store.close()
    return result


def _counts(result: OnceResult) -> str:
    return f"{result.api_calls['superoffice']}, {result.writes['patches']}, {result.model_calls}"


def _questions(store: Store) -> list[str]:
    """The store's part of a sensor's tick, with many accounts known and none due."""
    now = utc_now()
    settings = load_settings()
    with store.write() as connection:
        connection.execute(
            sa.insert(schema.sync_state),
            [{"contact_id": i, "phase": "completed", "ended_at": now} for i in range(1, KNOWN_ACCOUNTS + 1)],
        )
        start_cursor(connection, now)
        set_cursor(connection, "crm.swept", {"at": now.isoformat(), "accounts": KNOWN_ACCOUNTS})
    seconds = _median(lambda: batch.anything_due(store, settings))
    return [f"| is any of {KNOWN_ACCOUNTS} known accounts due: milliseconds, median of 20 | {seconds * 1000:.1f} |"]


def _median(question: Callable[[], object]) -> float:
    taken = []
    for _ in range(20):
        begun = time.perf_counter()
        question()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
