"""The sync board: account by account its phase, reason and duration, and how many stand where.

One DuckDB query over the store. What belongs elsewhere: the states themselves (``resources.store.queue``, ``gtm_assets.batch``).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import dagster as dg

from gtm_assets import reporting
from resources.analytics.engine import Analytics

if TYPE_CHECKING:
    import pandas as pd

ASSET = "sync_board"
SHOWN = 100
#: Every phase, those that need a person first.
PHASES = (
    "failed",
    "conflict",
    "waiting for review",
    "enriching",
    "syncing",
    "received",
    "planned",
    "skipped",
    "completed",
)
_QUERY = """
SELECT s.contact_id AS contact_id,
       coalesce(a.name, '') AS account,
       s.phase AS phase,
       s.reason AS reason,
       s.trigger AS trigger,
       s.attempts AS attempts,
       epoch(s.ended_at::TIMESTAMP - s.received_at::TIMESTAMP) AS seconds,
       s.ended_at::TIMESTAMP AS ended_at,
       s.due_at::TIMESTAMP AS due_at,
       s.run_id AS run_id
FROM sync_state s LEFT JOIN accounts a ON a.contact_id = s.contact_id
"""


def load(analytics: Analytics) -> pd.DataFrame:
    """The board, those that need a person first, then the latest first. ``seconds`` run from received to ended."""
    frame = analytics.frame(_QUERY)
    order = {phase: place for place, phase in enumerate(PHASES)}
    frame["order"] = frame["phase"].map(order).fillna(len(order))
    return (
        frame.sort_values(["order", "ended_at"], ascending=[True, False]).drop(columns="order").reset_index(drop=True)
    )


def counts(board: pd.DataFrame) -> dict[str, int]:
    """How many accounts stand in each phase; every phase is there, so that Dagster plots it."""
    found = board["phase"].value_counts().to_dict()
    return {phase: int(found.get(phase, 0)) for phase in PHASES}


def metadata(board: pd.DataFrame) -> dict[str, Any]:
    """The board as asset metadata: counts as numbers, the rows as a table."""
    ended = board["seconds"].dropna()
    numbers: dict[str, Any] = {phase.replace(" ", "_"): count for phase, count in counts(board).items()}
    rows = [_row(row) for row in board.head(SHOWN).to_dict("records")]
    return {
        "board": reporting.table(("Account", "Phase", "Reason", "Duration", "Run"), rows),
        **numbers,
        "accounts": len(board),
        "median_seconds": round(float(ended.median()), 2) if len(ended) else 0.0,
        "shown": f"{min(len(board), SHOWN)} of {len(board)}",
    }


def _row(row: dict[Any, Any]) -> tuple[str, ...]:
    seconds = row["seconds"]
    return (
        f"[{row['account'] or '—'}](/assets/accounts?partition={row['contact_id']})",
        str(row["phase"]),
        reporting.shorten(str(row["reason"]), 300),
        "" if math.isnan(seconds) else f"{seconds:.1f} s",
        f"[run](/runs/{row['run_id']})" if row["run_id"] else "",
    )


SPEC = dg.AssetSpec(
    ASSET,
    description="Where every account stands: phase, reason, duration, link. Those that need a person come first.",
    deps=["contact_writeback", "person_writeback"],
    metadata=reporting.columns(
        account="string: company name, links to the account's page",
        phase="string: received, enriching, syncing, completed, planned, waiting for review, skipped, conflict or failed",
        reason="string: why, and what to do",
        seconds="double: from received to ended",
        run_id="string: the run that worked on it last",
    ),
)
