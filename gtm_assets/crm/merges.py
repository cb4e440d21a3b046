"""Records that vanished because they were merged into others: only the CRM's log of merges tells them from deleted ones.

It is asked for records that were known and are no longer there, never else. What it says is believed only where nothing contradicts it,
because it holds moves and copies too, under numbers that are not documented. What belongs elsewhere: our own history, which follows the
merge (``gtm_assets.writeback.history``), and finding out that a record vanished (``accounts``, ``sweep``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from gtm_assets.crm.fields import Entity
from gtm_assets.crm.polling import OVERLAP
from gtm_assets.crm.records import TABLES
from resources.errors import AuthError, PermanentError
from resources.store import schema
from resources.store.store import Store, chunked, get_cursor, insert_new, rows_by, set_cursor, utc_now
from resources.superoffice.client import SuperOfficeClient
from resources.superoffice.values import parse_timestamp

#: Since when and why the log can't be read; absent where it can.
UNREADABLE = "crm.merge_log"
ASK_AGAIN = timedelta(days=1)
#: A record that vanished is asked for again until then: the log may be written after the deletion is seen.
LOOK_BACK = timedelta(days=2)
#: Records that were merged into records that were merged; nobody does that more often between two of our looks.
_LONGEST_CHAIN = 5
_KEY = "mergemovelog.mergemovelog_id"
#: Numbers of the CRM's tables in its log.
_NUMBERS: Mapping[Entity, int] = {"Contact": 5, "Person": 6}
_IDENTIFIER: Mapping[Entity, str] = {"Contact": "account", "Person": "person"}
#: What a person can be told from a stranger by: last name and e-mail address in small letters, and the company; empty for companies.
KnownAs = frozenset[str]
Alive = Callable[[Entity, Sequence[int]], Mapping[int, KnownAs]]


@dataclass(frozen=True)
class Merge:
    """``source`` is no more; ``destination`` lives and took its place. Both are of one entity."""

    entity: Entity
    source: int
    destination: int


@dataclass(frozen=True)
class Lost:
    """A record that is no longer there, as it was last known: when the CRM says it changed, its company (0 for none), and its names."""

    entity_id: int
    changed_at: datetime | None = None
    company: int = 0
    known_as: KnownAs = frozenset()


@dataclass(frozen=True)
class LogRow:
    """One entry of the log."""

    number: int
    table: int
    source: int
    destination: int
    registered: datetime | None


def believable(row: LogRow, entity: Entity, lost: Lost) -> bool:
    """Whether an entry can be the end of this record.

    [?] Which number an operation has, and what a person's move has as destination, is not documented. A merge ends its source, so an
    entry from before the record's last known change is none; nor is one of about the time of that change, where it may be the person's
    move to the company that it was known at. Where a company has the destination's id, see :func:`find_merges`.
    """
    if row.table != _NUMBERS[entity] or row.destination in {0, row.source}:
        return False
    if lost.changed_at is None or row.registered is None:
        return entity == "Contact" or row.destination != lost.company
    if entity == "Person" and row.destination == lost.company:
        return row.registered > lost.changed_at + OVERLAP
    return row.registered >= lost.changed_at


def find_merges(
    store: Store, crm: SuperOfficeClient, entity: Entity, lost: Sequence[Lost], alive: Alive
) -> list[Merge]:
    """Which of these records were merged into which living ones.

    A person who moved to a company and was deleted looks like one that was merged into the person of the company's id. So where a company
    of that id is known, both have to have something in common: the last name, the e-mail address, or another company than that one.

    Args:
        store: Remembers whether the log can be read.
        crm: The CRM.
        entity: Whose records they are.
        lost: Records that were known and are no longer there.
        alive: Says which ids of an entity live and what they are known as, and keeps what it read of them.
    """
    merges: list[Merge] = []
    at = {each.entity_id: each for each in lost}
    for _ in range(_LONGEST_CHAIN):
        if not at:
            break
        rows = read_log(store, crm, {each.entity_id for each in at.values()})
        last = _last_of(entity, rows)
        steps = {
            source: last[each.entity_id].destination
            for source, each in at.items()
            if each.entity_id in last and believable(last[each.entity_id], entity, each)
        }
        living = alive(entity, sorted(set(steps.values()))) if steps else {}
        with store.read() as connection:
            dead = {each.entity_id: each for each in _as_known(connection, entity, set(steps.values()) - living.keys())}
            companies = _companies(connection, steps.values()) if entity == "Person" else set()
        for source, to in list(steps.items()):
            names = living[to] if to in living else dead[to].known_as
            if to == source or (to in companies and not at[source].known_as & names - known_as(company=to)):
                del steps[source]
        merges += [Merge(entity, source, to) for source, to in steps.items() if to in living]
        at = {source: dead[to] for source, to in steps.items() if to not in living}
    return merges


def _as_known(connection: sa.Connection, entity: Entity, ids: Collection[int]) -> list[Lost]:
    """Records on the way of a chain, as far as they are known."""
    _, key = TABLES[entity]
    rows = rows_by(connection, key, ids)
    return [_lost(entity, entity_id, rows[entity_id]) if entity_id in rows else Lost(entity_id) for entity_id in ids]


def _companies(connection: sa.Connection, ids: Iterable[int]) -> set[int]:
    """Which of these are ids of companies that are, or were, known."""
    return set(rows_by(connection, schema.accounts.c.contact_id, set(ids)))


def _last_of(entity: Entity, rows: Iterable[LogRow]) -> dict[int, LogRow]:
    return {row.source: row for row in sorted(rows, key=lambda row: row.number) if row.table == _NUMBERS[entity]}


def read_log(store: Store, crm: SuperOfficeClient, sources: Collection[int]) -> list[LogRow]:
    """The log's entries about these records; none where it can't be read, which is remembered and told by ``gtm doctor``."""
    with store.read() as connection:
        refused = get_cursor(connection, UNREADABLE)
    if refused and utc_now() - datetime.fromisoformat(refused["asked_at"]) < ASK_AGAIN:
        return []
    try:
        rows = [row for piece in chunked(sorted(sources), 200) for row in ask(crm, piece)]
    except PermanentError as error:
        if isinstance(error, AuthError) or error.status not in {400, 403, 404}:
            raise
        _remember(store, error, refused)
        return []
    if refused:
        with store.write() as connection:
            connection.execute(sa.delete(schema.cursors).where(schema.cursors.c.name == UNREADABLE))
    return rows


def ask(crm: SuperOfficeClient, sources: Sequence[int]) -> list[LogRow]:
    """The log's entries about at most some hundred records. Raises what the client raises."""
    select = [
        _KEY,
        *(f"mergemovelog.{name}" for name in ("tableNumber", "sourceRecord", "destinationRecord", "registered")),
    ]
    condition = f"mergemovelog.sourceRecord in ({','.join(map(str, sources))})"
    pages = crm.archive_keyset("dynamic", select=select, filter=condition, key=_KEY)
    return [_row(row) for page in pages for row in page.rows]


def _row(row: Mapping[str, Any]) -> LogRow:
    def number(name: str) -> int:
        return int(row.get(f"mergemovelog.{name}") or 0)

    registered = parse_timestamp(str(row.get("mergemovelog.registered") or ""))
    return LogRow(
        number("mergemovelog_id"),
        number("tableNumber"),
        number("sourceRecord"),
        number("destinationRecord"),
        registered,
    )


def _remember(store: Store, error: PermanentError, before: Mapping[str, Any] | None) -> None:
    now = utc_now().isoformat()
    with store.write() as connection:
        since = before["since"] if before else now
        set_cursor(connection, UNREADABLE, {"why": error.message, "since": since, "asked_at": now})


def unreadable(connection: sa.Connection) -> tuple[datetime, str] | None:
    """Since when and why the log can't be read; None where it could be, or was never needed."""
    stored = get_cursor(connection, UNREADABLE)
    return (datetime.fromisoformat(stored["since"]), str(stored["why"])) if stored else None


# --- the store ----------------------------------------------------------------------------------------------------------------------


def lost_records(connection: sa.Connection, entity: Entity, ids: Collection[int]) -> list[Lost]:
    """What is known of records that are no longer there; those that were never known, or are known to be merged, are left out."""
    table, key = TABLES[entity]
    rows = rows_by(connection, key, ids, table.c.merged_into.is_(None))
    return [_lost(entity, row[key.name], row) for row in rows.values()]


def unexplained(connection: sa.Connection, entity: Entity) -> list[Lost]:
    """Records that vanished lately, or since the log can't be read, and of which no merge is known."""
    table, key = TABLES[entity]
    since = utc_now() - LOOK_BACK
    if refused := unreadable(connection):
        since = min(since, refused[0] - LOOK_BACK)
    query = sa.select(table).where(table.c.gone_at >= since, table.c.merged_into.is_(None))
    return [_lost(entity, row[key.name], dict(row)) for row in connection.execute(query).mappings()]


def _lost(entity: Entity, entity_id: int, row: Mapping[str, Any]) -> Lost:
    if entity == "Contact":
        return Lost(entity_id, row["crm_updated_at"])
    return Lost(
        entity_id,
        row["crm_updated_at"],
        row["contact_id"],
        known_as(row["lastname"], row["email"], company=row["contact_id"]),
    )


def known_as(*names: str, company: int) -> KnownAs:
    """See :data:`KnownAs`; no company is nothing in common."""
    found = {name.strip().casefold() for name in names if name.strip()}
    return frozenset(found | {f"company {company}"} if company > 0 else found)


def store_merges(connection: sa.Connection, merges: Iterable[Merge]) -> dict[int, list[str]]:
    """Mark sources as gone, let objections follow to the destination, and answer accounts that have to look again, with the reason."""
    reasons: dict[int, list[str]] = {}
    now = utc_now()
    for merge in merges:
        table, key = TABLES[merge.entity]
        gone = sa.func.coalesce(table.c.gone_at, now)
        connection.execute(
            sa.update(table).where(key == merge.source).values(merged_into=merge.destination, gone_at=gone)
        )
        _copy_suppression(connection, merge)
        row = rows_by(connection, key, [merge.destination]).get(merge.destination)
        if row is None or row["contact_id"] <= 0:
            continue
        label = (
            f"company {merge.source} was merged into it"
            if merge.entity == "Contact"
            else f"person {merge.destination}: person {merge.source} was merged into it"
        )
        reasons.setdefault(row["contact_id"], []).append(label)
    return reasons


def _copy_suppression(connection: sa.Connection, merge: Merge) -> None:
    """Whoever objected, objected as the destination, too. The source keeps the entry: a restored backup may bring it back."""
    prefix = _IDENTIFIER[merge.entity]
    table = schema.suppressions
    found = rows_by(connection, table.c.identifier, [f"{prefix}:{merge.source}"])
    new = [
        {
            **row,
            "identifier": f"{prefix}:{merge.destination}",
            "source": f"{row['source']} ({prefix} {merge.source}, merged)",
        }
        for row in found.values()
    ]
    insert_new(connection, table, new, unique=["identifier"])
