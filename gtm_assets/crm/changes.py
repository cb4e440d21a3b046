"""Changes: storing what the CRM says was modified, and the cursor behind which that is known.

Crash-safe by itself: pages are stored, then the cursor moves. What belongs elsewhere: the queries (``polling``), looking at the records
that changed (``examining``), reading everything (``sweep``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from gtm_assets.crm import restored
from gtm_assets.crm.polling import (
    OVERLAP,
    SETTLED_AFTER,
    ZONE_SHIFT,
    ChangedRow,
    Mode,
    PollPage,
    poll_in_best_mode,
)
from gtm_assets.crm.records import ENTITIES, TABLES
from resources.store import schema
from resources.store.store import Store, chunked, get_cursor, insert_new, set_cursor, utc_now
from resources.superoffice.client import SuperOfficeClient

CURSOR = "crm.changes"
#: A tenant that refused times once is asked again after a day: an upgrade may have brought them.
RETRY_TIME_MODE = timedelta(days=1)
#: The cursor keeps so many of the records whose time it is.
_OWN_RECORDS = 5


@dataclass
class ReadResult:
    """What a poll brought. ``unsettled_until`` is the server time at which every row will be settled, None if they are."""

    new: int = 0
    unsettled_until: datetime | None = None
    modes: dict[str, Mode] = field(default_factory=dict)


@dataclass
class _Newest:
    """The newest time among the rows of a poll, and which records they told; ``at`` is None where there was no row.

    ``ids`` are those of the newest time; a few are enough.
    """

    at: datetime | None = None
    ids: list[int] = field(default_factory=list)
    told: dict[int, datetime] = field(default_factory=dict)

    def note(self, entity_id: int, at: datetime) -> None:
        """One row."""
        self.told[entity_id] = at
        if self.at is None or at > self.at:
            self.at, self.ids = at, []
        if at == self.at and len(self.ids) < _OWN_RECORDS:
            self.ids.append(entity_id)


def load_cursor(connection: sa.Connection) -> dict[str, Any] | None:
    """The cursor: per entity the newest change known and the mode; None before the first load."""
    value: dict[str, Any] | None = get_cursor(connection, CURSOR)
    return value


def polls_by_day(connection: sa.Connection) -> bool:
    """Whether the tenant refused times, so that polls compare dates."""
    cursor = load_cursor(connection) or {}
    return any(state.get("mode") == "day" for state in cursor.values())


def start_cursor(connection: sa.Connection, moment: datetime) -> None:
    """Begin polling at the newest change that was read before ``moment`` (the start of the first load).

    A real record's time and not ``moment`` itself: that record has to come back with every poll, which proves that the tenant reads
    the filter's time as it is meant, and that no backup was restored.
    """
    cursor = {}
    for entity in ENTITIES:
        table, key = TABLES[entity]
        living = sa.and_(table.c.crm_updated_at <= moment, table.c.gone_at.is_(None))
        newest = connection.execute(sa.select(sa.func.max(table.c.crm_updated_at)).where(living)).scalar()
        own = sa.select(key).where(living, table.c.crm_updated_at == newest).order_by(key).limit(_OWN_RECORDS)
        cursor[entity] = {
            "at": (newest or moment).isoformat(),
            "records": list(connection.execute(own).scalars()) if newest is not None else [],
        }
    set_cursor(connection, CURSOR, cursor)


def read_changes(store: Store, crm: SuperOfficeClient) -> ReadResult:
    """Read what changed since the cursor and store it page by page.

    The cursor moves afterwards: a crash in between reads again, and what is known already is not stored twice.
    """
    result = ReadResult()
    with store.read() as connection:
        cursor = load_cursor(connection)
        suspicious = bool(restored.waits(connection))
    if cursor is None:
        return result
    for entity in ENTITIES:
        state = cursor[entity]
        at = datetime.fromisoformat(state["at"])
        mode, pages = poll_in_best_mode(crm, entity, at, _known_mode(state), _shift(state))
        result.modes[entity] = mode
        newest = _Newest()
        _store_pages(store, pages, result, newest)
        shift = _shift(state)
        if (newest.at is None or newest.at < at) and mode == "time" and state.get("zone_checked") != state["at"]:
            # The cursor's own record did not come back: it is gone, or the tenant reads the filter's time in a zone west of UTC.
            _, wider = poll_in_best_mode(crm, entity, at, None, ZONE_SHIFT)
            _store_pages(store, wider, result, newest)
            if newest.at is not None and newest.at >= at - OVERLAP:
                shift = ZONE_SHIFT
        # It came back before: it was deleted, or a backup was restored. Looked into once for each cursor.
        missing = _is_missing(state, at, newest)
        suspicious = suspicious or (missing and state.get("missing") != state["at"])
        after = max(at, newest.at) if newest.at is not None else at
        with store.write() as connection:
            latest = load_cursor(connection) or cursor
            latest[entity] = {
                "at": after.isoformat(),
                "mode": mode,
                "mode_since": _mode_since(state, mode),
                "zone_checked": after.isoformat(),
                "shift_hours": shift.total_seconds() / 3600,
                "missing": state["at"] if missing else None,
                "records": newest.ids if newest.at == after else state.get("records", []),
            }
            set_cursor(connection, CURSOR, latest)
    if suspicious:
        restored.consider(store, crm)
    return result


def _is_missing(state: Mapping[str, Any], at: datetime, newest: _Newest) -> bool:
    """Whether none of the records whose time the cursor is came back, as they were or edited since: others may be as new.

    Where it was edited after a backup was restored that is not seen here but by its neighbours, when they are read.
    """
    own = state.get("records", ())
    if not own:
        return newest.at is None or newest.at < at
    return not any(newest.told[entity_id] >= at for entity_id in own if entity_id in newest.told)


def _store_pages(store: Store, pages: Iterable[PollPage], result: ReadResult, newest: _Newest) -> None:
    """Store pages as they come, each in a transaction, and note the newest of them."""
    begun: datetime | None = None
    for page in pages:
        # No later than the server's clock when the poll began: a time in the future would hide every change until then, and a poll
        # that pages for long may have passed records that changed meanwhile.
        begun = begun or page.server_time
        for row in page.rows:
            newest.note(row.entity_id, min(row.updated_at, begun))
        with store.write() as connection:
            result.new += _store_rows(connection, page.rows)
        _note_unsettled(result, page)


def _shift(state: Mapping[str, Any]) -> timedelta:
    return timedelta(hours=float(state.get("shift_hours", 0)))


def anything_new(store: Store, crm: SuperOfficeClient) -> bool:
    """The sensor's cheap question: is anything newer than what is known? One short page a query as a rule; writes nothing."""
    with store.read() as connection:
        cursor = load_cursor(connection)
    if cursor is None:
        return True
    for entity in ENTITIES:
        state = cursor[entity]
        at = datetime.fromisoformat(state["at"])
        _, pages = poll_in_best_mode(crm, entity, at, _known_mode(state), _shift(state))
        for page in pages:
            with store.read() as connection:
                if _news(connection, page.rows):
                    return True
    return False


def _store_rows(connection: sa.Connection, rows: Iterable[ChangedRow]) -> int:
    """Insert what is new; open again what was looked at too early. Answers how many."""
    changes = schema.changes
    news = _news(connection, tuple(rows))
    again = [row for row, known in news if known]
    now = utc_now()
    for row in again:
        connection.execute(
            sa.update(changes)
            .where(
                changes.c.entity == row.entity,
                changes.c.entity_id == row.entity_id,
                changes.c.crm_updated_at == row.updated_at,
            )
            .values(settled=True, handled_at=None, detected_at=now, contact_id=row.contact_id, outcome="")
        )
    insert_new(
        connection,
        changes,
        [
            {
                "entity": row.entity,
                "entity_id": row.entity_id,
                "contact_id": row.contact_id,
                "crm_updated_at": row.updated_at,
                "updated_by": row.updated_by,
                "source": "poll",
                "settled": row.settled,
                "detected_at": now,
            }
            for row, known in news
            if not known
        ],
        unique=("entity", "entity_id", "crm_updated_at"),
    )
    return len(news)


def _news(connection: sa.Connection, rows: Sequence[ChangedRow]) -> list[tuple[ChangedRow, bool]]:
    """Rows that are new, and known ones that were looked at within their own second and are settled only now (True)."""
    changes = schema.changes
    known: dict[tuple[str, int, datetime], bool] = {}
    for piece in chunked(rows, 300):
        found = connection.execute(
            sa.select(changes.c.entity, changes.c.entity_id, changes.c.crm_updated_at, changes.c.settled).where(
                changes.c.entity == piece[0].entity, changes.c.entity_id.in_([row.entity_id for row in piece])
            )
        )
        known |= {(row.entity, row.entity_id, row.crm_updated_at): row.settled for row in found}
    news = []
    for row in rows:
        settled = known.get((row.entity, row.entity_id, row.updated_at))
        if settled is None:
            news.append((row, False))
        elif not settled and row.settled:
            news.append((row, True))
    return news


def _note_unsettled(result: ReadResult, page: PollPage) -> None:
    for row in page.rows:
        if not row.settled:
            moment = row.updated_at + SETTLED_AFTER
            result.unsettled_until = max(result.unsettled_until or moment, moment)


def _known_mode(state: Mapping[str, Any]) -> Mode | None:
    if state.get("mode") != "day":
        return None
    since = datetime.fromisoformat(state["mode_since"])
    return "day" if utc_now() - since < RETRY_TIME_MODE else None


def _mode_since(state: Mapping[str, Any], mode: Mode) -> str:
    if state.get("mode") == mode and "mode_since" in state and _known_mode(state) == "day":
        return str(state["mode_since"])
    return utc_now().isoformat()
