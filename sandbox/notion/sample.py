"""The four databases as a fresh sandbox has them: columns with their types, and rows from ``sandbox.data.knowledge``."""

from __future__ import annotations

from datetime import datetime

from sandbox.data.knowledge import CAMPAIGNS, PERSONAS, VERTICALS
from sandbox.notion.members import stable_id
from sandbox.notion.workspace import CellValue, Column, ColumnType, Database, Page, converted

_STATUS = ["Draft", "Active"]

# Types differ on purpose: a reader has to cope with each of them.
_COLUMNS: dict[str, tuple[tuple[str, ColumnType, list[str]], ...]] = {
    "verticals": (
        ("Name", "title", []),
        ("Key", "rich_text", []),
        ("Definition", "rich_text", []),
        ("Pains", "rich_text", []),
        ("Gains", "rich_text", []),
        ("Products", "rich_text", []),
        ("Ops Focus", "select", ["Operativ", "Infrastruktur"]),
        ("References", "rich_text", []),
        ("Status", "status", _STATUS),
    ),
    "personas": (
        ("Name", "title", []),
        ("Key", "rich_text", []),
        ("Pains", "rich_text", []),
        ("Gains", "rich_text", []),
        ("Job Titles", "multi_select", []),
        ("Status", "status", _STATUS),
    ),
    "campaigns": (
        ("Name", "title", []),
        ("Tag", "select", []),
        ("Brief", "rich_text", []),
        ("Active", "checkbox", []),
    ),
    "reviews": (
        ("Name", "title", []),
        ("Status", "status", ["pending", "approved", "rejected"]),
        ("Kind", "select", ["cell", "opener"]),
        ("Key", "rich_text", []),
        ("Vertical", "select", []),
        ("Persona", "select", []),
        ("Campaign", "select", []),
        ("Subject", "rich_text", []),
        ("Intro", "rich_text", []),
        ("Social Proof", "rich_text", []),
        ("Opener", "rich_text", []),
        ("Opener Secondary", "rich_text", []),
        ("Content Hash", "rich_text", []),
        ("Findings", "rich_text", []),
        ("Comment", "rich_text", []),
    ),
}
_KEY_COLUMNS = {"verticals": "Key", "personas": "Key", "campaigns": "Tag", "reviews": "Key"}


def sample_databases(created: datetime) -> dict[str, Database]:
    """Fresh databases; ids depend on nothing but names, so each sandbox has the same."""
    databases = {name: _database(name) for name in _COLUMNS}
    for vertical in VERTICALS:
        _add(
            databases["verticals"],
            created,
            vertical.key,
            {
                "Name": vertical.name,
                "Key": vertical.key,
                "Definition": vertical.definition,
                "Pains": "\n".join(vertical.pains),
                "Gains": "\n".join(vertical.gains),
                "Products": "\n".join(vertical.products),
                "Ops Focus": vertical.ops_focus,
                "References": "\n".join(vertical.references),
                "Status": vertical.status,
            },
        )
    for persona in PERSONAS:
        _add(
            databases["personas"],
            created,
            persona.key,
            {
                "Name": persona.name,
                "Key": persona.key,
                "Pains": "\n".join(persona.pains),
                "Gains": "\n".join(persona.gains),
                "Job Titles": list(persona.job_titles),
                "Status": persona.status,
            },
        )
    for campaign in CAMPAIGNS:
        values: dict[str, CellValue] = {
            "Name": campaign.name,
            "Tag": campaign.tag,
            "Brief": campaign.brief,
            "Active": campaign.active,
        }
        _add(databases["campaigns"], created, campaign.tag, values)
    return databases


def _database(name: str) -> Database:
    columns = [
        Column(
            id="title" if column_type == "title" else stable_id(name, column_name)[:4],
            name=column_name,
            type=column_type,
            options=list(options),
        )
        for column_name, column_type, options in _COLUMNS[name]
    ]
    key_column = next(column.id for column in columns if column.name == _KEY_COLUMNS[name])
    return Database(
        id=stable_id("database", name),
        data_source_id=stable_id("data source", name),
        title=name.capitalize(),
        key_column=key_column,
        columns=columns,
    )


def _add(database: Database, created: datetime, key: str, values: dict[str, CellValue]) -> None:
    page = Page(id=stable_id(database.title, key), created=created, last_edited=created, values={})
    for name, value in values.items():
        column = database.column(name)
        if column is None:
            raise KeyError(name)
        page.values[column.id] = converted(value, column.type)
        if column.type in {"select", "multi_select"}:
            for option in value if isinstance(value, list) else [str(value)]:
                if option and option not in column.options:
                    column.options.append(option)
    database.pages.append(page)
