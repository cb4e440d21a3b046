"""What the engine wrote to the CRM, request by request: from the ledger, newest first.

For the terminal, which shows values; nothing of this goes into events. What belongs elsewhere: sending (``gtm_assets.writeback``), printing
(``gtm_assets.board_views``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from gtm_assets.monitoring.plans import ItemNames, list_item_names, shown_value
from resources.store import schema

#: Rows that are fetched at a time: a ledger is as long as the installation is old.
_AT_ONCE = 1000


@dataclass(frozen=True)
class Write:
    """One PATCH of the ledger; ``fields`` maps names to (before, after)."""

    at: datetime
    contact_id: int
    entity: str
    entity_id: int
    status: str
    guard: str
    fields: Mapping[str, tuple[str, str]]
    error: str
    run_id: str


@dataclass(frozen=True)
class WantedWrites:
    """Which ones: of an account with its persons, of a person, of a field, from a moment on (inclusive); None and empty: all."""

    contact_id: int | None = None
    person_id: int | None = None
    field: str = ""
    since: datetime | None = None


def load_writes(connection: sa.Connection, wanted: WantedWrites, limit: int | None = None) -> Sequence[Write]:
    """The last ``limit`` of them, newest first."""
    writes: list[Write] = []
    for write in each_write(connection, wanted):
        if limit is not None and len(writes) >= limit:
            break
        writes.append(write)
    return writes


def each_write(connection: sa.Connection, wanted: WantedWrites) -> Iterator[Write]:
    """All of them, newest first, a piece at a time."""
    table = schema.ledger
    items = list_item_names(connection)
    conditions = [table.c.contact_id == wanted.contact_id] if wanted.contact_id is not None else []
    if wanted.person_id is not None:
        conditions += [table.c.entity == "Person", table.c.entity_id == wanted.person_id]
    if wanted.since is not None:
        conditions.append(table.c.intended_at >= wanted.since)
    query = sa.select(table).where(*conditions).order_by(table.c.id.desc()).limit(_AT_ONCE)
    below: int | None = None
    while True:
        rows = connection.execute(query if below is None else query.where(table.c.id < below)).mappings().all()
        for row in rows:
            if not wanted.field or wanted.field in row["after"]:
                yield _write(row, items)
        if len(rows) < _AT_ONCE:
            return
        below = rows[-1]["id"]


def _write(row: sa.RowMapping, items: ItemNames) -> Write:
    def shown(name: str, value: object) -> str:
        return shown_value(items, name, str(value))

    return Write(
        at=row["ended_at"] or row["sent_at"] or row["intended_at"],
        contact_id=row["contact_id"],
        entity=row["entity"],
        entity_id=row["entity_id"],
        status=row["status"],
        guard=row["guard"],
        fields={
            name: (shown(name, row["before"].get(name, "")), shown(name, value)) for name, value in row["after"].items()
        },
        error=row["error"],
        run_id=row["run_id"],
    )
