"""A workspace's databases as JSON for the sandbox's own file, and back. Files of earlier versions are read, too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.notion.blocks import Block
from sandbox.notion.members import MARKETER
from sandbox.notion.workspace import Column, Database, Page


def database_to_json(database: Database) -> dict[str, Any]:
    """Everything that ``database_from_json`` needs."""
    return {
        "id": database.id,
        "data_source_id": database.data_source_id,
        "title": database.title,
        "key_column": database.key_column,
        "columns": [vars(column) | {"options": list(column.options)} for column in database.columns],
        "pages": [_page_to_json(page) for page in database.pages],
    }


def database_from_json(data: Mapping[str, Any]) -> Database:
    """The database that ``database_to_json`` wrote."""
    return Database(
        id=data["id"],
        data_source_id=data["data_source_id"],
        title=data["title"],
        key_column=data["key_column"],
        columns=[Column(**column) for column in data["columns"]],
        pages=[_page_from_json(page) for page in data["pages"]],
    )


def _page_to_json(page: Page) -> dict[str, Any]:
    return {
        "id": page.id,
        "created": page.created.isoformat(),
        "last_edited": page.last_edited.isoformat(),
        "values": dict(page.values),
        "in_trash": page.in_trash,
        "created_by": page.created_by,
        "last_edited_by": page.last_edited_by,
        "body": [vars(block) for block in page.body],
    }


def _page_from_json(data: Mapping[str, Any]) -> Page:
    return Page(
        id=data["id"],
        created=datetime.fromisoformat(data["created"]),
        last_edited=datetime.fromisoformat(data["last_edited"]),
        values=dict(data["values"]),
        in_trash=data["in_trash"],
        # Absent in files of versions that knew neither users nor bodies.
        created_by=data.get("created_by", MARKETER.id),
        last_edited_by=data.get("last_edited_by", MARKETER.id),
        body=[Block(**block) for block in data.get("body", ())],
    )
