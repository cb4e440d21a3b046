"""The board as Dagster shows it: counts as numbers, and tables of those that people look for first.

What belongs elsewhere: the lines (``board``), how often it is logged (``keeping``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import dagster as dg
import sqlalchemy as sa

from gtm_assets import reporting
from gtm_assets.crm.links import company_link, web_address
from gtm_assets.monitoring import dots
from gtm_assets.monitoring.account import account_path
from gtm_assets.monitoring.board import ENDED, IN_WORK, NEEDS_A_PERSON, PHASES, Line, Wanted, load_lines, phase_counts
from resources.store.store import Store, utc_now

ASSET = "sync_board"
#: Rows of each table; the board that is logged while a batch works is shorter, because events stay for ever.
ROWS: Mapping[str, int] = {"Needs a person": 20, "In work": 10, "Ended last": 10}
ROWS_WHILE_WORKING: Mapping[str, int] = {"Needs a person": 5, "In work": 10, "Ended last": 5}
_SECTIONS = {"Needs a person": NEEDS_A_PERSON, "In work": IN_WORK, "Ended last": ENDED}
_REASON_CHARACTERS = 220
_HEADERS = ("", "Account", "Phase", "Why, and what to do", "Waited", "Enriching", "Syncing", "Total", "Open")


def metadata(store: Store, rows: Mapping[str, int] = ROWS) -> dict[str, Any]:
    """The board as asset metadata."""
    now = utc_now()
    with store.read() as connection:
        counts = phase_counts(connection)
        tables = _tables(connection, counts, rows, now)
    return {
        "board": dg.MetadataValue.md(_page(counts, tables, now)),
        **{phase.replace(" ", "_"): count for phase, count in counts.items()},
        "accounts": sum(counts.values()),
        "needs_a_person": sum(counts[phase] for phase in NEEDS_A_PERSON),
        "in_work": sum(counts[phase] for phase in IN_WORK),
    }


def _tables(
    connection: sa.Connection, counts: Mapping[str, int], rows: Mapping[str, int], now: datetime
) -> list[tuple[str, int, list[Line], str]]:
    address = web_address(connection)
    found = []
    for title, phases in _SECTIONS.items():
        count = sum(counts[phase] for phase in phases)
        lines = _lines(connection, phases, rows[title], now) if count else []
        found.append((title, count, lines, address))
    return found


def _lines(connection: sa.Connection, phases: Sequence[str], limit: int, now: datetime) -> list[Line]:
    return load_lines(connection, Wanted(phases=phases), limit, now=now, by_time=phases == ENDED)


def _page(counts: Mapping[str, int], tables: Sequence[tuple[str, int, list[Line], str]], now: datetime) -> str:
    total = sum(counts.values())
    if not total:
        return (
            "There is no account yet. The first pass reads all companies from SuperOffice and puts them here; it starts by "
            "itself once Notion was read (job `sync_notion`)."
        )
    summary = " &nbsp; ".join(f"{dots.dot(phase)} {counts[phase]} {phase}" for phase in PHASES if counts[phase])
    parts = [f"**{total} accounts**, as of {now:%Y-%m-%d %H:%M:%S} UTC", summary]
    for title, count, lines, address in tables:
        if not lines:
            parts.append(f"**{title}**: none")
            continue
        shown = f" (the first {len(lines)} of {count}; all with `gtm board`)" if len(lines) < count else f" ({count})"
        table = reporting.table(_HEADERS, [_row(line, address) for line in lines])
        parts += [f"**{title}**{shown}", str(table.value)]
    return "\n\n".join(parts)


def _row(line: Line, address: str) -> tuple[str, ...]:
    links = {
        "CRM": company_link(address, line.contact_id),
        "run": f"/runs/{line.run_id}" if line.run_id else "",
    }
    # A name may hold what Markdown takes for a link or an emphasis.
    name = f"{line.contact_id} {reporting.plain(line.account)}".strip()
    times = (line.times.waited, line.times.enriching, line.times.syncing, line.times.total)
    return (
        dots.dot(line.phase),
        f"[{name}]({account_path(line.contact_id)})",
        line.phase,
        _why(line),
        # A number stays with its unit.
        *(reporting.duration(seconds).replace(" ", "\u00a0") for seconds in times),
        "\u00a0·\u00a0".join(f"[{label}]({url})" for label, url in links.items() if url),
    )


def _why(line: Line) -> str:
    if line.phase in IN_WORK:
        return reporting.plain(reporting.shorten(line.because, _REASON_CHARACTERS))
    reason = reporting.plain(reporting.shorten(line.reason, _REASON_CHARACTERS))
    if not line.what_to_do:
        return reason or ("up to date" if line.phase == "completed" else "—")
    return f"{reason} **→ {line.what_to_do}**" if line.phase in NEEDS_A_PERSON else f"{reason} → {line.what_to_do}"


SPEC = dg.AssetSpec(
    ASSET,
    deps=["contact_writeback", "person_writeback"],
    metadata=reporting.columns(
        account="string: company, links to the account's page",
        phase="string: received, enriching, syncing, completed, planned, waiting for review, skipped, conflict or failed",
        reason="string: why, and what to do",
        waited="double: seconds from received to the begin of the work",
        enriching="double: seconds of research and texts",
        syncing="double: seconds of planning, writing and reading back",
        total="double: seconds from received to ended",
        run_id="string: the run that worked on it last",
    ),
)
