"""Asking the CRM what changed: the queries, the cursor's arithmetic, and which rows are news. No store, no processing.

A poll looks five minutes back behind the newest change it knows: a transaction that commits late carries an older time. The CRM's times
are whole seconds, so a row counts as *settled* only when the server's clock was past that second when it answered; an unsettled row is
looked at once more. What belongs elsewhere: storing changes (``changes``), reading records (``accounts``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from gtm_assets.crm.fields import Entity
from resources.errors import PermanentError
from resources.store.store import utc_now
from resources.superoffice.client import SuperOfficeClient
from resources.superoffice.values import datetime_literal, parse_timestamp

OVERLAP = timedelta(minutes=5)
#: A change is settled when the server answered this long after the second it names (clocks of one second, and one to spare).
SETTLED_AFTER = timedelta(seconds=2)
#: Day-level columns compare dates in a zone that is not documented; two days back covers every zone.
DAYS_BACK = timedelta(days=2)
#: In which zone a tenant reads a time in a filter is not documented; west of UTC it would hide the newest changes. This covers every zone.
ZONE_SHIFT = timedelta(hours=14)

Mode = Literal["time", "day"]


@dataclass(frozen=True)
class ChangedRow:
    """One record the CRM says was modified. ``contact_id`` is its account, 0 for a person without one."""

    entity: Entity
    entity_id: int
    contact_id: int
    updated_at: datetime
    updated_by: int | None
    settled: bool


@dataclass(frozen=True)
class PollPage:
    """Some changed rows, and the server's clock."""

    rows: tuple[ChangedRow, ...]
    server_time: datetime


def poll(
    crm: SuperOfficeClient, entity: Entity, cursor: datetime, mode: Mode, further_back: timedelta = timedelta(0)
) -> Iterator[PollPage]:
    """Pages of records modified since ``cursor`` less the overlap (and ``further_back``), keyset paged by id.

    Raises:
        PermanentError: The tenant refuses the query; with mode ``time`` ask again with mode ``day``.
    """
    table = "contact" if entity == "Contact" else "person"
    if mode == "time":
        key = f"{table}.{table}_id"
        select = [key, f"{table}.updated", f"{table}.updated_associate_id"]
        if entity == "Person":
            select.append("person.contact_id")
        pages = crm.archive_keyset(
            "dynamic",
            select=select,
            filter=f"{table}.updated afterTime {datetime_literal(cursor - OVERLAP - further_back)}",
            key=key,
        )
        names = {
            "id": key,
            "contact": "person.contact_id" if entity == "Person" else key,
            "updated": f"{table}.updated",
            "by": f"{table}.updated_associate_id",
        }
    else:
        updated = "updatedDate" if entity == "Contact" else "personUpdatedDate"
        key = "contactId" if entity == "Contact" else "personId"
        day = (cursor - DAYS_BACK).date().isoformat()
        select = [key, updated] if entity == "Contact" else [key, "contactId", updated]
        pages = crm.archive_keyset(entity, select=select, filter=f"{updated} after '{day}'", key=key)
        names = {"id": key, "contact": "contactId", "updated": updated, "by": ""}
    for page in pages:
        server_time = page.server_time or utc_now() - SETTLED_AFTER
        rows = (_row(entity, row, names, server_time) for row in page.rows)
        yield PollPage(tuple(row for row in rows if row is not None), server_time)


def poll_in_best_mode(
    crm: SuperOfficeClient,
    entity: Entity,
    cursor: datetime,
    known_mode: Mode | None,
    further_back: timedelta = timedelta(0),
) -> tuple[Mode, Iterator[PollPage]]:
    """Poll by time, or by day where the tenant refuses that; answers which it was.

    The first page is fetched here, so that a refusal is known before anything is stored.
    """
    if known_mode != "day":
        try:
            return "time", _started(poll(crm, entity, cursor, "time", further_back))
        except PermanentError as error:
            if error.status != 400:
                raise
    return "day", _started(poll(crm, entity, cursor, "day"))


def _started(pages: Iterator[PollPage]) -> Iterator[PollPage]:
    first = next(pages, None)

    def chain() -> Iterator[PollPage]:
        if first is not None:
            yield first
            yield from pages

    return chain()


def _row(entity: Entity, row: Mapping[str, Any], names: Mapping[str, str], server_time: datetime) -> ChangedRow | None:
    updated_at = parse_timestamp(str(row.get(names["updated"]) or ""))
    if updated_at is None:
        return None
    by = row.get(names["by"]) if names["by"] else None
    return ChangedRow(
        entity=entity,
        entity_id=int(row[names["id"]]),
        contact_id=int(row.get(names["contact"]) or 0),
        updated_at=updated_at,
        updated_by=int(by) if isinstance(by, int) or (isinstance(by, str) and by.isdigit()) else None,
        settled=server_time >= updated_at + SETTLED_AFTER,
    )
