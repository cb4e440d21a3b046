"""Looking at Notion: each database reached, its columns, its rows. Reads only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from gtm_assets.doctor.looking import Notes
from gtm_assets.doctor.superoffice import TIMEOUT
from gtm_assets.knowledge.columns import Database, MissingColumnError
from gtm_assets.knowledge.rows import Campaign, Persona, ReadTable, Row, read_table
from gtm_assets.settings import Settings
from gtm_assets.texts.review_pages.database import ReviewDatabaseError, describe
from resources.notion.client import NotionClient

#: Without rows of these nothing can be written.
_NEEDED = ("verticals", "personas")


@dataclass
class Known:
    """Active rows by database, as they are called in the CRM's lists; a database that could not be read is absent."""

    names: dict[str, list[str]] = field(default_factory=dict)


def look_at_database(
    notes: Notes, settings: Settings, database: Database, known: Known, sleep: Callable[[float], None]
) -> None:
    """One database."""
    database_id = getattr(settings, f"notion_{database}_database_id")
    if settings.notion_token is None or database_id is None:
        if database != "reviews":
            notes.unknown(database, "not asked: variables are missing.")
        return
    # Not by way of ``clients``, which wants all variables: one missing id keeps no other database from being looked at.
    token = settings.notion_token.get_secret_value()
    notion = NotionClient(token=token, base_url=settings.notion_base_url, timeout=TIMEOUT, sleep=sleep)
    try:
        if database == "reviews":
            found = describe(notion.source(database_id), settings.gtm_notion_columns)
            notes.ok(database, f"{found.source.title!r}: all columns and states found.")
            return
        table = notion.table(database_id)
        read = read_table(database, table, settings.gtm_notion_columns)
    except (MissingColumnError, ReviewDatabaseError) as error:
        notes.wrong(database, str(error), "")
        return
    finally:
        notion.close()
    active = [row.row for row in read.rows if row.active]
    known.names[database] = [_name_in_crm(row) for row in active]
    _note_rows(notes, database, table.title, read, len(active))


def _name_in_crm(row: Row) -> str:
    if isinstance(row, Campaign):
        return row.tag
    return (row.crm_position if isinstance(row, Persona) else "") or row.name


def _note_rows(notes: Notes, database: Database, title: str, read: ReadTable, active: int) -> None:
    for refusal in read.refused:
        notes.wrong(
            database, f"row {refusal.name!r} does not take part: {refusal.reason}.", f"Correct it: {refusal.url}"
        )
    for remark in read.remarks:
        notes.remark(database, f"row {remark.name!r}: {remark.text}.", remark.url)
    said = f"{title!r}: all columns found, {active} active of {len(read.page_ids)} rows."
    if database in _NEEDED and not active:
        notes.wrong(database, said, "Set the status of at least one row to Active; without one nothing is written.")
    else:
        notes.ok(database, said)
