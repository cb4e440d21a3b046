"""What the status rests on: rows of the store and Dagster's own instance. Nothing outside is asked, nothing is made or migrated.

What belongs elsewhere: what the facts mean (``status``).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from gtm_assets.crm import changes, restored, sweep
from gtm_assets.crm.closure import Closure, load_closure
from gtm_assets.crm.field_map import stored_fields
from gtm_assets.crm.fields import CrmField
from gtm_assets.knowledge.rows import Refusal
from gtm_assets.knowledge.sync import DATABASES, cursor_name, refusals
from gtm_assets.monitoring.board import IN_WORK, phase_counts
from gtm_assets.research.budget import Budget, Reached, Work, count_accounts_left, standing_everywhere
from gtm_assets.runs import root_message, stopped_jobs
from gtm_assets.texts.blocks import waiting
from gtm_assets.texts.matrix import count_cells_left
from gtm_assets.writeback import ledger
from resources.store import schema
from resources.store.store import Store, get_cursor

if TYPE_CHECKING:
    import dagster as dg

#: Sensors and the schedule, by what they do.
WAKERS = ("superoffice_changes", "stale_texts", "text_verdicts", "notion_sync")
_TICKS = 3
_FIRES = 4


@dataclass(frozen=True)
class StoreFacts:
    """What the store says.

    Attributes:
        counts: Accounts by phase.
        wait_for_person: Failed accounts that do not come again by themselves.
        due: Accounts that are due and in nobody's hands, by priority (0 live changes).
        oldest_due: The time since which the oldest of them is due, by priority.
        last_ended: When an account came to an end last.
        notion_read: When Notion was read last, completely.
        refused: Rows of Notion that could not be used when it was read last.
        crm_read: When a run read the CRM's changes last.
        swept: When the last sweep ended.
        stopped: Job to what stopped its last run: ``why``, ``at``, ``transient``.
        stop_reason: Why the engine stopped writing; empty where it did not.
        restored: Where it stands with a restored backup of the CRM; None where there never was one.
        restored_reason: Why nothing is written because of it; empty where that is over.
        reviews: Texts that wait for a verdict, by kind; kinds of which none waits are left out.
        oldest_review: Since when the oldest of them waits.
        reached: Work that waits because a budget was reached, with that budget and what waits now.
        closed: Since when SuperOffice says of itself that it is closed, and in which words; None where it is open.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    wait_for_person: int = 0
    due: Mapping[int, int] = field(default_factory=dict)
    oldest_due: Mapping[int, datetime] = field(default_factory=dict)
    last_ended: datetime | None = None
    notion_read: datetime | None = None
    refused: Sequence[Refusal] = ()
    crm_read: datetime | None = None
    swept: datetime | None = None
    stopped: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    stop_reason: str = ""
    restored: restored.State | None = None
    restored_reason: str = ""
    reviews: Mapping[str, int] = field(default_factory=dict)
    oldest_review: datetime | None = None
    reached: Mapping[Work, Reached] = field(default_factory=dict)
    closed: Closure | None = None


@dataclass(frozen=True)
class Waker:
    """A sensor or the schedule: whether somebody switched it off, when it ticked last, and whether its last ticks failed and why."""

    name: str
    is_on: bool
    last_tick: datetime | None
    failed_ticks: int = 0
    error: str = ""


@dataclass(frozen=True)
class PlatformFacts:
    """What Dagster's instance says.

    Attributes:
        heartbeats: The last of each daemon that is needed; one that never gave any is left out.
        silent: Daemons that are needed and never gave any.
        complaints: What daemons said about themselves with it.
        wakers: Sensors and the schedule.
        oldest_queued: The oldest run that waits.
    """

    heartbeats: Mapping[str, datetime] = field(default_factory=dict)
    silent: Sequence[str] = ()
    complaints: Mapping[str, Sequence[str]] = field(default_factory=dict)
    wakers: Sequence[Waker] = ()
    oldest_queued: datetime | None = None


def read_store(store: Store, now: datetime, budget: Budget | None = None, model: str = "") -> StoreFacts:
    """Ask the store; ``budget`` is what is set now, ``model`` who writes texts (empty: cells that a budget left are not counted anew)."""
    state = schema.sync_state
    fields = stored_fields(store) if model else {}
    with store.read() as connection:
        free = sa.or_(state.c.lease_owner.is_(None), state.c.lease_until < now)
        due = connection.execute(
            sa.select(state.c.priority, sa.func.count(), sa.func.min(state.c.due_at))
            .where(state.c.due_at <= now, free)
            .group_by(state.c.priority)
        ).all()
        waits = sa.select(sa.func.count()).where(state.c.phase == "failed", state.c.due_at.is_(None))
        ended = sa.select(sa.func.max(state.c.ended_at)).where(state.c.phase.not_in(IN_WORK))
        reviews = connection.execute(_reviews()).all()
        return StoreFacts(
            counts=phase_counts(connection),
            wait_for_person=connection.execute(waits).scalar_one(),
            due={row[0]: row[1] for row in due},
            oldest_due={row[0]: row[2] for row in due},
            last_ended=connection.execute(ended).scalar(),
            notion_read=_notion_read(connection),
            refused=refusals(connection),
            crm_read=_updated(connection, changes.CURSOR),
            swept=_swept(connection),
            stopped=stopped_jobs(connection),
            stop_reason=ledger.standing_stop(connection),
            restored=restored.load(connection),
            restored_reason=restored.stop_reason(connection),
            reviews={row[0]: row[1] for row in reviews},
            oldest_review=min((row[2] for row in reviews), default=None),
            reached=_reached(connection, budget or Budget(), now, fields, model),
            closed=load_closure(connection),
        )


def _reached(
    connection: sa.Connection, budget: Budget, now: datetime, fields: Mapping[str, CrmField], model: str
) -> dict[Work, Reached]:
    found = standing_everywhere(connection, budget, now)
    if "accounts" in found:
        found["accounts"] = count_accounts_left(connection, found["accounts"])
    if "texts" in found and fields:
        found["texts"] = count_cells_left(connection, fields, model, found["texts"])
    return found


def _reviews() -> sa.Select[Any]:
    """Kind, how many wait for a verdict, and since when the oldest."""
    found = waiting().subquery()
    return sa.select(found.c.kind, sa.func.count(), sa.func.min(found.c.created_at)).group_by(found.c.kind)


def _notion_read(connection: sa.Connection) -> datetime | None:
    """The oldest of the three databases' last readings: one that fails alone is late."""
    read = [get_cursor(connection, cursor_name(name)) for name in DATABASES]
    times = [datetime.fromisoformat(value["read_at"]) for value in read if value]
    return min(times) if times else None


def _swept(connection: sa.Connection) -> datetime | None:
    done = get_cursor(connection, sweep.DONE)
    return datetime.fromisoformat(done["at"]) if done else None


def _updated(connection: sa.Connection, name: str) -> datetime | None:
    cursors = schema.cursors
    return connection.execute(sa.select(cursors.c.updated_at).where(cursors.c.name == name)).scalar()


# --- Dagster ----------------------------------------------------------------------------------------------------------------------


def existing_home(state_dir: Path) -> Path | None:
    """Dagster's home, if the platform ever ran with this state; ``DAGSTER_HOME`` counts where it is set."""
    ours = state_dir / "dagster"
    named = os.environ.get("DAGSTER_HOME", "")
    home = Path(named) if named else ours
    # Ours is not there before its databases are made: whoever looked at it meanwhile would make them a second time.
    sign = "prepared" if home == ours else "dagster.yaml"
    return home if (home / sign).is_file() else None


def read_platform(instance: dg.DagsterInstance) -> PlatformFacts:
    """Ask Dagster's instance."""
    import dagster as dg

    needed = instance.get_required_daemon_types()
    beats = {kind: beat for kind, beat in instance.get_daemon_heartbeats().items() if kind in needed}
    queued = instance.get_run_records(
        dg.RunsFilter(statuses=[dg.DagsterRunStatus.QUEUED]), limit=1, ascending=True, order_by="id"
    )
    wakers = [_waker(instance, state) for state in instance.all_instigator_state() if state.name in WAKERS]
    return PlatformFacts(
        heartbeats={kind: datetime.fromtimestamp(beat.timestamp, UTC) for kind, beat in beats.items()},
        silent=sorted(set(needed) - beats.keys()),
        complaints={kind: [root_message(error) for error in beat.errors or ()] for kind, beat in beats.items()},
        wakers=wakers,
        oldest_queued=_aware(queued[0].create_timestamp) if queued else None,
    )


def _waker(instance: dg.DagsterInstance, state: Any) -> Waker:
    ticks = instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=_TICKS)
    ended = [tick for tick in ticks if tick.status.value != "STARTED"]
    failed = 0
    for tick in ended:
        if tick.status.value != "FAILURE":
            break
        failed += 1
    error = ended[0].error if failed else None
    return Waker(
        name=state.name,
        is_on=state.status.value != "STOPPED",
        last_tick=datetime.fromtimestamp(ticks[0].timestamp, UTC) if ticks else None,
        failed_ticks=failed,
        # The first line: the others are the trace or the vendor's answer.
        error=next(iter(root_message(error).splitlines()), "")[:300],
    )


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def last_fires(cron: str, now: datetime) -> list[datetime]:
    """The last times (UTC) at which a cron expression was due, the latest first."""
    import dagster as dg

    # Dagster knows cron by itself; five years hold the last times of any expression.
    windows = dg.TimeWindowPartitionsDefinition(
        start=now - timedelta(days=5 * 366), cron_schedule=cron, fmt="%Y-%m-%dT%H:%M:%S"
    )
    fires: list[datetime] = []
    at = now
    for _ in range(_FIRES):
        window = windows.get_prev_partition_window(at)
        if window is None:
            break
        fires.append(window.end)
        at = window.start
    return fires
