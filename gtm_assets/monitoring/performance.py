"""How the engine performs: numbers and plots of throughput, durations and what did not end well.

Asked from the store with DuckDB: the ledger and the runs' results hold the history, ``sync_state`` each account's last way. What belongs
elsewhere: drawing (``performance_plots``), the accounts themselves (``board``).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import dagster as dg

from gtm_assets import reporting
from resources.analytics.engine import Analytics
from resources.store.store import Store, get_cursor, set_cursor, utc_now

ASSET = "sync_performance"
#: Runs draw the plots at most this often: pictures stay in the event log for ever.
EVERY = timedelta(minutes=15)
#: How far back the plots look.
WINDOW = timedelta(days=7)
_DRAWN = "performance.drawn"
#: Widths of a bar, the narrowest that needs at most so many bars is taken.
_WIDTHS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 1440))
_MOST_BARS = 48
PHASES = ("waited", "enriching", "syncing", "total")
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Performance:
    """What the plots show. Times are UTC without offset, as the store keeps them.

    Attributes:
        now: When it was asked.
        since: Begin of the plots: the first thing that happened in the window.
        width: Width of a bar.
        ended: Phase to {begin of a bar: accounts that ended in it}; an account counts at each of its ends.
        written: {begin of a bar: records confirmed in the CRM}.
        durations: Phase to seconds at :data:`QUANTILES`, of the accounts that came to an end in the window; each by its last way.
        accounts: How many those are.
        reasons: (phase, kind) to accounts that stand there now.
        numbers: What Dagster plots by itself.
    """

    now: datetime
    since: datetime
    width: timedelta
    ended: Mapping[str, Mapping[datetime, int]] = field(default_factory=dict)
    written: Mapping[datetime, int] = field(default_factory=dict)
    durations: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    accounts: int = 0
    reasons: Mapping[tuple[str, str], int] = field(default_factory=dict)
    numbers: Mapping[str, float | int] = field(default_factory=dict)


def take_turn(store: Store, now: datetime | None = None) -> bool:
    """Whether it is time to draw again; whoever is told so has the turn."""
    moment = now or utc_now()
    with store.write() as connection:
        drawn = get_cursor(connection, _DRAWN)
        if drawn and moment - datetime.fromisoformat(drawn["at"]) < EVERY:
            return False
        set_cursor(connection, _DRAWN, {"at": moment.isoformat()})
    return True


def load(analytics: Analytics, now: datetime | None = None) -> Performance:
    """Ask the store."""
    moment = (now or utc_now()).replace(tzinfo=None)
    begin = moment - WINDOW
    runs = analytics.rows(_RUNS, {"since": begin})
    first = analytics.rows(_FIRST_WRITE, {"since": begin})[0][0]
    starts = [start for start in (runs[0][0] if runs else None, first) if start is not None]
    since = min(starts) if starts else moment
    width = next((width for width in _WIDTHS if (moment - since) / width <= _MOST_BARS), _WIDTHS[-1])
    midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
    written = analytics.rows(_WRITTEN, {"since": begin, "width": width, "midnight": midnight})
    accounts, *quantiles = analytics.rows(_DURATIONS, {"since": begin, "shares": list(QUANTILES)})[0]
    durations = {phase: tuple(found) for phase, found in zip(PHASES, quantiles, strict=True) if found}
    return Performance(
        now=moment,
        since=since,
        width=width,
        ended=_ended(runs, width, midnight),
        written={bucket: int(count) for bucket, count in written},
        durations=durations,
        accounts=int(accounts),
        reasons={(phase, kind): int(count) for phase, kind, count in analytics.rows(_REASONS)},
        numbers=_numbers(analytics, runs, moment, durations),
    )


def _ended(runs: list[tuple[Any, ...]], width: timedelta, midnight: datetime) -> dict[str, dict[datetime, int]]:
    ended: dict[str, dict[datetime, int]] = {}
    for moment, counts in runs:
        bucket = midnight + ((moment - midnight) // width) * width
        for phase, count in _counts(counts).items():
            if count:
                in_phase = ended.setdefault(phase, {})
                in_phase[bucket] = in_phase.get(bucket, 0) + count
    return ended


def _counts(stored: str) -> dict[str, int]:
    """Accounts by their end, of what a run stored."""
    accounts: dict[str, int] = json.loads(stored).get("accounts", {})
    return {phase: count for phase, count in accounts.items() if phase != "changed"}


def _numbers(
    analytics: Analytics, runs: list[tuple[Any, ...]], now: datetime, durations: Mapping[str, tuple[float, ...]]
) -> dict[str, float | int]:
    """Flat and with names that stay: Dagster draws a line of each over time."""
    hour = now - timedelta(hours=1)
    recent = [_counts(counts) for moment, counts in runs if moment >= hour]
    written, calls, call_seconds = analytics.rows(_LAST_HOUR, {"since": hour})[0]
    total = durations.get("total", (0.0,) * len(QUANTILES))
    return {
        "median_seconds": round(total[2], 2),
        "p95_seconds": round(total[4], 2),
        "accounts_last_hour": sum(sum(counts.values()) for counts in recent),
        "failures_last_hour": sum(counts.get("failed", 0) for counts in recent),
        "written_last_hour": int(written),
        "model_calls_last_hour": int(calls),
        "model_call_median_seconds": round(call_seconds or 0.0, 2),
    }


def metadata(analytics: Analytics) -> dict[str, Any]:
    """The performance as asset metadata: numbers, and the plots on one page."""
    found = load(analytics)
    return {"plots": dg.MetadataValue.md(page(found)), **found.numbers}


def page(found: Performance) -> str:
    """The plots with a line of explanation each, in Markdown; words where there is nothing to draw yet."""
    from gtm_assets.monitoring import performance_plots as plots

    parts = [f"As of {found.now:%Y-%m-%d %H:%M} UTC, from {found.since:%Y-%m-%d %H:%M}."]
    if found.ended or found.written:
        text = "Accounts that came to an end, each time they did (skipped: also those that wait for a review), and records read back."
        parts += ["### Throughput", _picture("Throughput", plots.throughput(found)), text]
    else:
        parts += [
            "### Throughput",
            "Nothing yet: no account came to an end in the last seven days. Work begins by itself when SuperOffice has changes.",
        ]
    if found.durations:
        text = (
            f"The last way of {found.accounts} accounts that ended in the last seven days. Accounts go through the stages a hundred "
            "at a time, so these are the times until the CRM shows the texts, not the work on one account."
        )
        parts += ["### Duration", _picture("Duration", plots.durations(found)), text]
    else:
        parts += ["### Duration", "Nothing yet: no account came to an end in the last seven days."]
    if found.reasons:
        text = "Accounts by the reason they stand with now. What to do about each stands on the board (asset `sync_board`)."
        parts += ["### What did not end with texts in the CRM", _picture("Reasons", plots.reasons(found)), text]
    else:
        parts += ["### What did not end with texts in the CRM", "Nothing: no account stands with a reason."]
    return "\n\n".join(parts)


def _picture(title: str, png: bytes) -> str:
    return f"![{title}](data:image/png;base64,{base64.b64encode(png).decode()})"


_RUNS = """
SELECT ended_at::TIMESTAMP, counts::VARCHAR FROM run_results
WHERE job = 'account_changes' AND ended_at::TIMESTAMP >= $since ORDER BY 1
"""
_FIRST_WRITE = (
    "SELECT min(ended_at::TIMESTAMP) FROM ledger WHERE status = 'confirmed' AND ended_at::TIMESTAMP >= $since"
)
_WRITTEN = """
SELECT time_bucket($width, ended_at::TIMESTAMP, $midnight), count(*) FROM ledger
WHERE status = 'confirmed' AND ended_at::TIMESTAMP >= $since GROUP BY 1 ORDER BY 1
"""
#: The stamps of an earlier way count for nothing, as in ``gtm_assets.batch.times``.
_DURATIONS = """
WITH ended AS (
    SELECT received_at::TIMESTAMP AS received, enriching_at::TIMESTAMP AS enriching,
           syncing_at::TIMESTAMP AS syncing, ended_at::TIMESTAMP AS ended
    FROM sync_state
    WHERE phase NOT IN ('received', 'enriching', 'syncing') AND ended_at IS NOT NULL AND ended_at::TIMESTAMP >= $since
)
SELECT count(*),
       quantile_cont(epoch(enriching - received), $shares) FILTER (enriching >= received),
       quantile_cont(epoch(coalesce(CASE WHEN syncing >= enriching THEN syncing END, ended) - enriching), $shares)
           FILTER (enriching >= received),
       quantile_cont(epoch(ended - syncing), $shares) FILTER (syncing >= enriching AND ended >= syncing),
       quantile_cont(epoch(ended - received), $shares) FILTER (ended >= received)
FROM ended
"""
_REASONS = """
SELECT phase, kind, count(*) FROM sync_state
WHERE kind <> '' AND phase NOT IN ('received', 'enriching', 'syncing') GROUP BY 1, 2 ORDER BY 3 DESC, 2, 1
"""
_LAST_HOUR = """
SELECT (SELECT count(*) FROM ledger WHERE status = 'confirmed' AND ended_at::TIMESTAMP >= $since),
       (SELECT count(*) FROM model_calls WHERE called_at::TIMESTAMP >= $since),
       (SELECT median(seconds) FROM model_calls WHERE called_at::TIMESTAMP >= $since AND problem = '')
"""

SPEC = dg.AssetSpec(
    ASSET,
    deps=["contact_writeback", "person_writeback"],
    metadata=reporting.columns(
        median_seconds="double: median of received to ended, over accounts that ended in the last seven days",
        p95_seconds="double: 95 of 100 accounts were as quick as this or quicker",
        accounts_last_hour="int: accounts that came to an end",
        failures_last_hour="int: attempts that failed",
        written_last_hour="int: records whose change was read back",
        model_calls_last_hour="int: calls of the model",
        model_call_median_seconds="double: median of one call",
    ),
)
