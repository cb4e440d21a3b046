"""A CRM that was restored from a backup, so that times and ids go backwards: noticed by records, never by a clock.

Nothing is written then until everything was read anew. Safe evidence: at least two known records show a time of change that is older than
the known one by more than a late commit explains, and no record between their known times still shows its own. A lagging copy of the
database looks the same for a moment, so it is looked at twice, a minute apart. The steps: ``suspected``, ``sweep`` (everything is read
again), ``done``. What belongs elsewhere: reading everything (``sweep``), and whose values stand there afterwards
(``gtm_assets.writeback.history``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from gtm_assets.crm.fields import Entity
from gtm_assets.crm.polling import OVERLAP
from gtm_assets.crm.records import TABLES, Record
from resources.errors import TransientError
from resources.store import queue, schema
from resources.store.store import Store, chunked, get_cursor, set_cursor, utc_now
from resources.superoffice.client import SuperOfficeClient
from resources.superoffice.values import parse_timestamp

STATE = "crm.restored"
#: Where a sweep stands (``sweep``), and the lists that are kept (``lists``): a restoration makes both void.
SWEEP = "crm.sweep"
LISTS = "crm.lists"
LOOK_TWICE_AFTER = timedelta(seconds=60)
#: Known records that are looked at, of each entity: the newest ones, and those between the ones that went back.
_LOOKED_AT = 20
_COLUMNS: Mapping[Entity, tuple[str, str]] = {
    "Contact": ("contactId", "updatedDate"),
    "Person": ("personId", "personUpdatedDate"),
}


class RestoredBackupError(TransientError):
    """The CRM was restored from a backup, or looks like it: nothing that was read is stored, nothing is written, until that is settled."""


@dataclass(frozen=True)
class State:
    """Where it stands.

    Attributes:
        step: ``suspected``, ``sweep`` (believed; everything is being read again) or ``done``.
        since: When it was noticed.
        evidence: What it rests on, for people.
        swept: Everything was read again.
        hints: Records that were seen to have gone back; the second look asks about them, too.
    """

    step: str
    since: datetime
    evidence: str
    swept: bool = False
    hints: tuple[Record, ...] = ()


def load(connection: sa.Connection) -> State | None:
    """None where nothing of the kind was ever noticed."""
    stored: dict[str, Any] | None = get_cursor(connection, STATE)
    if stored is None:
        return None
    hints = tuple((entity, int(entity_id)) for entity, entity_id in stored.get("hints", ()))
    since = datetime.fromisoformat(stored["since"])
    return State(stored["step"], since, stored["evidence"], bool(stored.get("swept")), hints)


def _store(connection: sa.Connection, state: State) -> None:
    value = {
        "step": state.step,
        "since": state.since.isoformat(),
        "evidence": state.evidence,
        "swept": state.swept,
        "hints": [list(hint) for hint in state.hints],
    }
    set_cursor(connection, STATE, value)


def stop_reason(connection: sa.Connection) -> str:
    """Why nothing is written meanwhile; empty where that is over, or was never so."""
    state = load(connection)
    if state is None or state.step == "done":
        return ""
    if state.step == "suspected":
        return (
            f"the CRM looks as if it had been restored from a backup ({state.evidence}). "
            "It is looked at once more within minutes, by itself."
        )
    return (
        f"the CRM was restored from a backup ({state.evidence}). "
        "Everything is read anew; writing goes on by itself after that."
    )


def wants_sweep(connection: sa.Connection) -> bool:
    """Whether everything has to be read anew because of it, and was not yet."""
    state = load(connection)
    return state is not None and state.step == "sweep" and not state.swept


def sweeps_for(connection: sa.Connection) -> str:
    """Which restoration everything is being read anew for; empty for none. A sweep for another one has to begin anew."""
    state = load(connection)
    return state.since.isoformat() if state is not None and wants_sweep(connection) else ""


def waits(connection: sa.Connection) -> str:
    """Why a run is worth starting because of it; empty where it is not."""
    state = load(connection)
    if state is None or state.step == "done":
        return ""
    if state.step == "suspected" and utc_now() - state.since < LOOK_TWICE_AFTER:
        return ""
    return "the CRM was, or looks, restored from a backup"


# --- noticing -----------------------------------------------------------------------------------------------------------------------


def is_older(known: datetime | None, shown: datetime | None) -> bool:
    """Whether a record's time went back by more than a transaction that commits late explains."""
    return known is not None and shown is not None and shown < known - OVERLAP


def gone_back(connection: sa.Connection, shown: Mapping[Record, datetime | None]) -> list[Record]:
    """Living known records whose time went back."""
    found: list[Record] = []
    for entity, (table, key) in TABLES.items():
        ids = [entity_id for kind, entity_id in shown if kind == entity]
        for piece in chunked(ids):
            query = sa.select(key, table.c.crm_updated_at).where(key.in_(piece), table.c.gone_at.is_(None))
            rows = connection.execute(query).all()
            found += [(entity, int(row[0])) for row in rows if is_older(row[1], shown[entity, int(row[0])])]
    return found


def older_ones(known: Mapping[Record, datetime], shown: Mapping[Record, datetime]) -> dict[Record, datetime]:
    """Records whose time went back, with the time that was known."""
    return {
        record: known[record] for record, moment in shown.items() if record in known and is_older(known[record], moment)
    }


def looks_restored(known: Mapping[Record, datetime], shown: Mapping[Record, datetime]) -> bool:
    """Whether these records can't be explained but by a restored backup.

    Everything that changed between the backup and its restoration went back or is gone. So two records went back, and none that was
    last changed between those two still shows its time: an import that sets times by itself leaves others in between as they are.
    """
    older = older_ones(known, shown)
    if len(older) < 2:
        return False
    first, last = min(older.values()), max(older.values())
    return not any(
        first < known[record] < last and shown[record] == known[record] for record in shown if record in known
    )


def consider(store: Store, crm: SuperOfficeClient, hints: Iterable[Record] = ()) -> bool:
    """Look whether the CRM was restored, and remember; answers whether nothing may be written because of it.

    Args:
        store: What is known.
        crm: Asked for the times of at most some dozens of records.
        hints: Records that were seen to have gone back.
    """
    with store.read() as connection:
        state = load(connection)
    if state is not None and state.step == "sweep":
        return True
    suspected = state if state is not None and state.step == "suspected" else None
    known, shown = _look(store, crm, {*hints, *(suspected.hints if suspected else ())})
    older = older_ones(known, shown)
    if not looks_restored(known, shown):
        with store.write() as connection:
            if suspected:
                connection.execute(sa.delete(schema.cursors).where(schema.cursors.c.name == STATE))
            _accept(connection, {record: shown[record] for record in older})
        return False
    with store.write() as connection:
        if suspected is None:
            seen = tuple(sorted(older))[:_LOOKED_AT]
            _store(connection, State("suspected", utc_now(), _evidence(older, shown), hints=seen))
        elif utc_now() - suspected.since >= LOOK_TWICE_AFTER:
            begin(connection, suspected.evidence)
    return True


def _accept(connection: sa.Connection, shown: Mapping[Record, datetime]) -> None:
    """These times went back for a reason of their own; they are the known ones from now on, and the records are read once more."""
    for (entity, entity_id), moment in shown.items():
        table, key = TABLES[entity]
        changed = sa.update(table).where(key == entity_id).values(crm_updated_at=moment).returning(table.c.contact_id)
        account = connection.execute(changed).scalar_one()
        queue.mark_due(connection, [account], trigger=f"the time of {entity} {entity_id} went back", priority=1)


def _look(
    store: Store, crm: SuperOfficeClient, hints: Collection[Record]
) -> tuple[dict[Record, datetime], dict[Record, datetime]]:
    """Known and shown times of the newest known records and the hints, and of those in between where some went back."""
    with store.read() as connection:
        known = _known(connection, hints)
    shown = _shown(crm, known)
    older = older_ones(known, shown)
    if len(older) > 1:
        with store.read() as connection:
            between = _between(connection, min(older.values()), max(older.values()))
        more = {record: moment for record, moment in between.items() if record not in known}
        known |= more
        shown |= _shown(crm, more)
    return known, shown


def _known(connection: sa.Connection, hints: Collection[Record]) -> dict[Record, datetime]:
    found: dict[Record, datetime] = {}
    for entity, (table, key) in TABLES.items():
        query = sa.select(key, table.c.crm_updated_at).where(
            table.c.gone_at.is_(None), table.c.crm_updated_at.is_not(None)
        )
        newest = query.order_by(table.c.crm_updated_at.desc()).limit(_LOOKED_AT)
        hinted = query.where(key.in_([entity_id for kind, entity_id in hints if kind == entity]))
        for rows in (newest, hinted):
            found |= {(entity, int(row[0])): row[1] for row in connection.execute(rows)}
    return found


def _between(connection: sa.Connection, first: datetime, last: datetime) -> dict[Record, datetime]:
    found: dict[Record, datetime] = {}
    for entity, (table, key) in TABLES.items():
        moment = table.c.crm_updated_at
        query = sa.select(key, moment).where(table.c.gone_at.is_(None), moment > first, moment < last).limit(_LOOKED_AT)
        found |= {(entity, int(row[0])): row[1] for row in connection.execute(query)}
    return found


def _shown(crm: SuperOfficeClient, records: Iterable[Record]) -> dict[Record, datetime]:
    shown: dict[Record, datetime] = {}
    wanted = list(records)
    for entity, (key, changed) in _COLUMNS.items():
        ids = [entity_id for kind, entity_id in wanted if kind == entity]
        for page in crm.archive_in(entity, select=[key, changed], key=key, ids=ids) if ids else ():
            for row in page.rows:
                moment = parse_timestamp(str(row.get(changed) or ""))
                if moment is not None:
                    shown[entity, int(row[key])] = moment
    return shown


def _evidence(older: Mapping[Record, datetime], shown: Mapping[Record, datetime]) -> str:
    """Two of them, the one that was changed last first."""
    last_first: Sequence[Record] = sorted(older, key=lambda record: older[record], reverse=True)
    words = [
        f"{entity} {entity_id} was changed at {older[entity, entity_id]:%Y-%m-%d %H:%M} "
        f"and shows {shown[entity, entity_id]:%Y-%m-%d %H:%M} UTC"
        for entity, entity_id in last_first[:2]
    ]
    return "; ".join(words)


# --- what follows -------------------------------------------------------------------------------------------------------------------


def begin(connection: sa.Connection, evidence: str) -> None:
    """Believe it: nothing is written from here on, and everything is read anew, from the beginning, also what a sweep had read."""
    _store(connection, State("sweep", utc_now(), evidence))
    connection.execute(sa.delete(schema.cursors).where(schema.cursors.c.name.in_((SWEEP, LISTS))))


def note_swept(connection: sa.Connection) -> None:
    """Everything was read anew."""
    state = load(connection)
    if state is not None and state.step == "sweep":
        _store(connection, State("sweep", state.since, state.evidence, swept=True))


def require_none(connection: sa.Connection, *, but_settling: bool = False) -> None:
    """Go no further while a restored backup is not settled; ``but_settling``: except to settle it.

    Raises:
        RestoredBackupError: It is not settled.
    """
    state = load(connection)
    if state is None or state.step == "done" or (but_settling and state.step == "sweep"):
        return
    raise RestoredBackupError("SuperOffice", stop_reason(connection))


def is_swept(connection: sa.Connection) -> bool:
    """Whether everything was read anew and only its end is missing."""
    state = load(connection)
    return state is not None and state.step == "sweep" and state.swept


def finish(connection: sa.Connection) -> None:
    """Writing is allowed again; what happened is kept for people."""
    state = load(connection)
    if state is not None:
        _store(connection, State("done", utc_now(), state.evidence, swept=True))
