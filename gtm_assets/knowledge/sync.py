"""Verticals, personas and campaigns: what a Notion table changes in the store, and reading them back.

Rows that disappear become inactive; a row that is refused keeps its last good version; an empty answer changes nothing. What belongs
elsewhere: regenerating texts (``gtm_assets.texts``), deciding personas again (``gtm_assets.research``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import sqlalchemy as sa

from gtm_assets.knowledge.models import Reference
from gtm_assets.knowledge.rows import (
    Campaign,
    Persona,
    ReadRow,
    ReadTable,
    Refusal,
    Remark,
    Row,
    RowVersion,
    Vertical,
    campaign_key,
    read_table,
)
from resources.notion.tables import NotionTable
from resources.store import queue, schema
from resources.store.store import Store, get_cursor, set_cursor, stable_hash, upsert, utc_now

KnowledgeDatabase = Literal["verticals", "personas", "campaigns"]
DATABASES: tuple[KnowledgeDatabase, ...] = ("verticals", "personas", "campaigns")
TABLES: dict[KnowledgeDatabase, sa.Table] = {
    "verticals": schema.verticals,
    "personas": schema.personas,
    "campaigns": schema.campaigns,
}


#: So many active rows do not end all at once on purpose; an option that was renamed does that.
_SUSPICIOUS = 4


class EmptyTableError(Exception):
    """Notion answered with no rows at all although some were known; nothing was changed."""


@dataclass(frozen=True)
class RowChange:
    """One row that changed; ``what`` is new, changed, deactivated or reactivated, ``fields`` name what differs."""

    database: KnowledgeDatabase
    key: str
    name: str
    what: Literal["new", "changed", "deactivated", "reactivated"]
    fields: tuple[str, ...]
    url: str


@dataclass(frozen=True)
class SyncResult:
    """What one database brought.

    Attributes:
        database: Which one.
        keys: Of the rows that are active now.
        changes: Rows that differ from what was known.
        refused: Rows that could not be used as they are.
        accounts_due: Accounts that wake because of the changes.
        remarks: What is odd about rows that take part.
        is_news: Refusals and remarks are not those of the last reading.
    """

    database: KnowledgeDatabase
    keys: tuple[str, ...]
    changes: tuple[RowChange, ...]
    refused: tuple[Refusal, ...]
    accounts_due: int
    remarks: tuple[Remark, ...] = ()
    is_news: bool = False

    @property
    def active(self) -> int:
        """How many rows take part."""
        return len(self.keys)


def sync_table(store: Store, database: KnowledgeDatabase, table: NotionTable, renamed: Mapping[str, str]) -> SyncResult:
    """Bring one table of the store to what Notion says, in one transaction.

    Raises:
        MissingColumnError: A column is missing.
        EmptyTableError: Notion showed no row at all although some were known, or none of many is active any more.
    """
    with store.read() as connection:
        holders = page_holders(connection, database)
    read = read_table(database, table, renamed, holders)
    with store.write() as connection:
        return take_over(connection, database, read)


def page_holders(connection: sa.Connection, database: KnowledgeDatabase) -> dict[str, str]:
    """Key to the Notion page that has it, of the rows that take part."""
    rows = TABLES[database]
    active = connection.execute(sa.select(rows.c.key, rows.c.notion_page_id).where(rows.c.active))
    return {row.key: row.notion_page_id for row in active}


def take_over(connection: sa.Connection, database: KnowledgeDatabase, read: ReadTable) -> SyncResult:
    """The same within a transaction, for a table that was read.

    Raises:
        EmptyTableError: As :func:`sync_table`.
    """
    target = TABLES[database]
    known = {row["key"]: dict(row) for row in connection.execute(sa.select(target)).mappings()}
    if not read.page_ids and any(row["active"] for row in known.values()):
        raise EmptyTableError(
            f"The Notion database '{database}' shows no rows, {len(known)} are known. Nothing was changed. Check that the "
            "database is shared with the integration; to retire rows, set their status instead of deleting all."
        )
    active = sum(row["active"] for row in known.values())
    if active >= _SUSPICIOUS and not read.refused and not any(row.active for row in read.rows):
        raise EmptyTableError(
            f"The Notion database '{database}' has no active row any more, {active} were active. Nothing was changed, because all texts "
            "that people carry would be taken back. Check that the column that says so still has its options (Status: Active, or the box "
            "Active); to end all of them on purpose, end them in two steps."
        )
    changes = [change for row in read.rows if (change := _store_row(connection, database, row, known))]
    changes += _retire(connection, database, read, known)
    due = _wake_accounts(connection, database, changes)
    keys = tuple(connection.execute(sa.select(target.c.key).where(target.c.active).order_by(target.c.key)).scalars())
    in_use = {row["notion_page_id"] for row in known.values() if row["active"]}
    refused = tuple(replace(refusal, kept=refusal.page_id in in_use) for refusal in read.refused)
    found = {"refused": [asdict(each) for each in refused], "remarks": [asdict(each) for each in read.remarks]}
    before = get_cursor(connection, cursor_name(database)) or {}
    is_news = any(before.get(name, []) != each for name, each in found.items())
    set_cursor(connection, cursor_name(database), {"read_at": utc_now().isoformat(), **found})
    return SyncResult(database, keys, tuple(changes), refused, due, read.remarks, is_news)


def cursor_name(database: KnowledgeDatabase) -> str:
    """Where it is kept when a database was read last, and what was wrong with its rows."""
    return f"notion:{database}"


def refusals(connection: sa.Connection) -> list[Refusal]:
    """Rows that the last reading of each database refused."""
    cursors = [get_cursor(connection, cursor_name(database)) or {} for database in DATABASES]
    return [Refusal(**each) for cursor in cursors for each in cursor.get("refused", [])]


def _store_row(
    connection: sa.Connection, database: KnowledgeDatabase, row: ReadRow, known: Mapping[str, dict[str, Any]]
) -> RowChange | None:
    """Write one row; None where it says nothing new. A draft that was never active is not stored."""
    before = known.get(row.row.key)
    if before is None and not row.active:
        return None
    values = _values(row.row)
    # An empty position is left out, so that rows of before the column are the same version.
    row_hash = stable_hash({name: value for name, value in values.items() if name != "crm_position" or value})
    now = utc_now()
    if before is None:
        what: Literal["new", "changed", "deactivated", "reactivated"] = "new"
        differing: tuple[str, ...] = ()
    else:
        differing = tuple(name for name, value in values.items() if before[name] != value)
        if before["active"] and not row.active:
            what = "deactivated"
        elif row.active and not before["active"]:
            what = "reactivated"
        elif before["row_hash"] != row_hash and row.active:
            what = "changed"
        else:
            connection.execute(
                sa.update(TABLES[database]).where(TABLES[database].c.key == row.row.key).values(seen_at=now)
            )
            return None
    keep = {} if before is None or row.active else {name: before[name] for name in values}
    # Another position is looked up in the CRM's list anew.
    untied = {"crm_item_id": None} if "crm_position" in differing and not keep else {}
    upsert(
        connection,
        TABLES[database],
        [
            {
                "key": row.row.key,
                **values,
                **keep,
                **untied,
                "notion_page_id": row.page_id,
                "notion_url": row.url,
                "active": row.active,
                "row_hash": before["row_hash"] if keep and before else row_hash,
                "changed_at": now,
                "seen_at": now,
            }
        ],
    )
    return RowChange(database, row.row.key, row.row.name, what, differing, row.url)


def _retire(
    connection: sa.Connection, database: KnowledgeDatabase, read: ReadTable, known: Mapping[str, dict[str, Any]]
) -> list[RowChange]:
    """Rows whose page is no longer there, or whose key changed, become inactive."""
    present = {row.row.key for row in read.rows}
    refused_pages = {refusal.page_id for refusal in read.refused}
    gone = [
        row
        for key, row in known.items()
        if row["active"] and key not in present and row["notion_page_id"] not in refused_pages
    ]
    for row in gone:
        connection.execute(
            sa.update(TABLES[database])
            .where(TABLES[database].c.key == row["key"])
            .values(active=False, changed_at=utc_now())
        )
    return [RowChange(database, row["key"], row["name"], "deactivated", (), row["notion_url"]) for row in gone]


def _wake_accounts(connection: sa.Connection, database: KnowledgeDatabase, changes: Sequence[RowChange]) -> int:
    """Accounts that a changed row concerns become due, in the same transaction; what else a persona changes is found by its hash."""
    if database == "campaigns":
        return sum(_wake_campaign(connection, change) for change in changes)
    if database == "personas":
        return sum(_wake_position(connection, change) for change in changes)
    due = 0
    for change in changes:
        ids = accounts_concerned(connection, change)
        due += queue.mark_due(connection, ids, trigger=f"vertical {change.key} {change.what}", priority=1)
    return due


def accounts_concerned(connection: sa.Connection, change: RowChange) -> set[int]:
    """Accounts that a changed vertical concerns.

    Its own always; those without a vertical only where the choice itself changed (new, other name or definition): accounts that have one
    keep it until their website changes, so that a new row never re-reads twenty thousand companies.
    """
    profiles = schema.profiles
    concerned = profiles.c.vertical_key == change.key
    if change.what in {"new", "reactivated"} or {"name", "definition"} & set(change.fields):
        concerned = sa.or_(concerned, profiles.c.vertical_key.is_(None))
    return set(connection.execute(sa.select(profiles.c.contact_id).where(concerned)).scalars())


def _wake_campaign(connection: sa.Connection, change: RowChange) -> int:
    """People of a campaign that begins or ends; a campaign that merely changed makes its texts stale, and those wake their carriers."""
    if change.what == "changed":
        return 0
    values = campaign_values(connection, change.key)
    query = sa.select(schema.persons.c.contact_id).where(schema.persons.c.campaign.in_(values)).distinct()
    ids = connection.execute(query).scalars()
    return queue.mark_due(connection, list(ids), trigger=f"campaign {change.key} {change.what}", priority=1)


def _wake_position(connection: sa.Connection, change: RowChange) -> int:
    """People of a persona whose position in the CRM has another name now: its item is looked up anew."""
    if change.what != "changed" or "crm_position" not in change.fields:
        return 0
    ids = people_of_persona(connection, change.key)
    return queue.mark_due(connection, ids, trigger=f"position of persona {change.key} changed", priority=1)


def people_of_persona(connection: sa.Connection, key: str) -> list[int]:
    """Accounts with somebody of this persona."""
    persons = schema.persons
    mine = sa.and_(persons.c.persona_key == key, persons.c.gone_at.is_(None))
    return list(connection.execute(sa.select(persons.c.contact_id).where(mine).distinct()).scalars())


def campaign_values(connection: sa.Connection, key: str) -> list[str]:
    """What stands in persons' campaign fields for one campaign: people write a tag in more than one way."""
    present = connection.execute(sa.select(schema.persons.c.campaign).distinct()).scalars()
    return [value for value in present if campaign_key(value) == key]


def _values(row: Row) -> dict[str, Any]:
    if isinstance(row, Vertical):
        return {
            "name": row.name,
            "definition": row.definition,
            "pains": list(row.pains),
            "gains": list(row.gains),
            "products": dict(row.products),
            "ops_focus": row.ops_focus,
            "refs": [asdict(reference) for reference in row.references],
        }
    if isinstance(row, Persona):
        return {
            "name": row.name,
            "pains": list(row.pains),
            "gains": list(row.gains),
            "job_titles": list(row.job_titles),
            "crm_position": row.crm_position,
        }
    return {"name": row.name, "tag": row.tag, "brief": row.brief}


def was_read(connection: sa.Connection) -> bool:
    """Whether verticals and personas were ever read; before that nothing can be decided about an account."""
    return all(get_cursor(connection, cursor_name(database)) is not None for database in DATABASES[:2])


# --- reading back -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Knowledge:
    """All active rows, by key."""

    verticals: Mapping[str, Vertical]
    personas: Mapping[str, Persona]
    campaigns: Mapping[str, Campaign]


def load_knowledge(connection: sa.Connection) -> Knowledge:
    """All active rows."""
    return Knowledge(load_verticals(connection), load_personas(connection), load_campaigns(connection))


def load_verticals(connection: sa.Connection) -> dict[str, Vertical]:
    """Active verticals by key."""
    rows = connection.execute(
        sa.select(schema.verticals).where(schema.verticals.c.active).order_by(schema.verticals.c.key)
    ).mappings()
    return {
        row["key"]: Vertical(
            key=row["key"],
            name=row["name"],
            definition=row["definition"],
            pains=tuple(row["pains"]),
            gains=tuple(row["gains"]),
            products=dict(row["products"]),
            ops_focus=row["ops_focus"],
            references=tuple(Reference(**reference) for reference in row["refs"]),
            stored=_version(row),
        )
        for row in rows
    }


def load_personas(connection: sa.Connection) -> dict[str, Persona]:
    """Active personas by key."""
    rows = connection.execute(
        sa.select(schema.personas).where(schema.personas.c.active).order_by(schema.personas.c.key)
    ).mappings()
    return {
        row["key"]: Persona(
            row["key"],
            row["name"],
            tuple(row["pains"]),
            tuple(row["gains"]),
            tuple(row["job_titles"]),
            _version(row),
            row["crm_position"],
        )
        for row in rows
    }


def load_campaigns(connection: sa.Connection) -> dict[str, Campaign]:
    """Active campaigns by key."""
    rows = connection.execute(
        sa.select(schema.campaigns).where(schema.campaigns.c.active).order_by(schema.campaigns.c.key)
    ).mappings()
    return {row["key"]: Campaign(row["key"], row["name"], row["tag"], row["brief"], _version(row)) for row in rows}


def _version(row: sa.RowMapping) -> RowVersion:
    """Of the same statement as the values: a sync in between can't give them another version's hash."""
    return RowVersion(row["row_hash"], row["notion_page_id"], row["notion_url"])
