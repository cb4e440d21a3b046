"""The sync board: account by account its phase, reason and durations, what to do, and where to look; and how many stand where.

Read from the store with a limit, so that it is as quick with 20,000 accounts as with 20. What belongs elsewhere: the states
themselves (``resources.store.queue``, ``gtm_assets.batch``), one account in full (``account``), how it is shown (``board_page``,
``gtm_assets.board_views``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from gtm_assets.batch.times import Times, times_of
from gtm_assets.monitoring.advice import advice
from resources.store import schema
from resources.store.store import utc_now

#: Phases that somebody has to look at, that are being worked on, and in which an account came to its end; in the order of the board.
NEEDS_A_PERSON = ("failed", "conflict", "waiting for review")
IN_WORK = ("enriching", "syncing", "received")
ENDED = ("planned", "skipped", "completed")
PHASES = (*NEEDS_A_PERSON, *IN_WORK, *ENDED)


@dataclass(frozen=True)
class Line:
    """One account on the board.

    Attributes:
        reason: Why it stands where it stands; empty while it is in work.
        kind: Sort of the reason.
        because: What made it due.
        times: Seconds in each phase, until now where it is in work.
        due_at: When it comes again by itself; None where it does not.
        run_id: The Dagster run that had it in hand last.
    """

    contact_id: int
    account: str
    phase: str
    reason: str
    kind: str
    because: str
    attempts: int
    times: Times
    received_at: datetime | None
    ended_at: datetime | None
    due_at: datetime | None
    run_id: str

    @property
    def what_to_do(self) -> str:
        """What a person does about it."""
        return advice(self.kind, self.contact_id, self.due_at)


@dataclass(frozen=True)
class Wanted:
    """Which accounts; what is empty does not narrow the choice. ``search`` is part of the name, in any case."""

    phases: Sequence[str] = ()
    kinds: Sequence[str] = ()
    search: str = ""
    contact_id: int | None = None


def phase_counts(connection: sa.Connection, wanted: Wanted | None = None) -> dict[str, int]:
    """How many accounts stand in each phase; every phase is there, so that Dagster plots it."""
    state = schema.sync_state
    query = _chosen(sa.select(state.c.phase, sa.func.count()), wanted or Wanted()).group_by(state.c.phase)
    found = {str(phase): int(count) for phase, count in connection.execute(query)}
    return {phase: found.get(phase, 0) for phase in PHASES}


def kind_counts(connection: sa.Connection) -> dict[tuple[str, str], int]:
    """How many accounts ended for each sort of reason, by phase and kind, the most frequent first."""
    state = schema.sync_state
    query = (
        sa.select(state.c.phase, state.c.kind, sa.func.count())
        .where(state.c.kind != "", state.c.phase.not_in(IN_WORK))
        .group_by(state.c.phase, state.c.kind)
        .order_by(sa.func.count().desc(), state.c.kind)
    )
    return {(str(phase), str(kind)): int(count) for phase, kind, count in connection.execute(query)}


def load_lines(
    connection: sa.Connection, wanted: Wanted, limit: int, *, now: datetime | None = None, by_time: bool = False
) -> list[Line]:
    """The first lines of the board: those that need a person first, then those in work, the latest first; or only the latest first."""
    state = schema.sync_state
    order = sa.case({phase: place for place, phase in enumerate(PHASES)}, value=state.c.phase, else_=len(PHASES))
    latest = sa.func.coalesce(state.c.ended_at, state.c.enriching_at, state.c.received_at)
    query = _chosen(sa.select(state, schema.accounts.c.name), wanted)
    query = query.order_by(*([] if by_time else [order]), latest.desc(), state.c.contact_id).limit(limit)
    moment = now or utc_now()
    return [_line(dict(row), moment) for row in connection.execute(query).mappings()]


def _chosen(query: sa.Select[Any], wanted: Wanted) -> sa.Select[Any]:
    state, accounts = schema.sync_state, schema.accounts
    query = query.select_from(state.join(accounts, accounts.c.contact_id == state.c.contact_id, isouter=True))
    if wanted.phases:
        query = query.where(state.c.phase.in_(wanted.phases))
    if wanted.kinds:
        query = query.where(state.c.kind.in_(wanted.kinds), state.c.phase.not_in(IN_WORK))
    if wanted.search:
        query = query.where(accounts.c.name.icontains(wanted.search, autoescape=True))
    if wanted.contact_id is not None:
        query = query.where(state.c.contact_id == wanted.contact_id)
    return query


def _line(row: Mapping[str, Any], now: datetime) -> Line:
    in_work = row["phase"] in IN_WORK
    return Line(
        contact_id=row["contact_id"],
        account=row["name"] or "",
        phase=row["phase"],
        # What the way before ended with says nothing about this one.
        reason="" if in_work else row["reason"],
        kind="" if in_work else row["kind"],
        because=row["trigger"],
        attempts=row["attempts"],
        times=times_of(row, now),
        received_at=row["received_at"],
        ended_at=None if in_work else row["ended_at"],
        due_at=row["due_at"],
        run_id=row["run_id"],
    )
