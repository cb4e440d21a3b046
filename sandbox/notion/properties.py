"""Notion's JSON: databases, data sources, pages and property values, out and in.

What belongs elsewhere: which request gets which of them (``app``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.notion.workspace import CellValue, Column, Database, Page, shown_time, stable_id

# Limits of the API (Notion's API reference).
_TEXT_CONTENT_LIMIT = 2000
_TEXT_ITEMS_LIMIT = 100
_MULTI_SELECT_LIMIT = 100
_BOT = {"object": "user", "id": stable_id("user", "bot")}


class NotionProblemError(Exception):
    """A request that Notion would refuse; ``app`` turns it into the error body."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def validation_error(message: str) -> NotionProblemError:
    """400 with code validation_error."""
    return NotionProblemError(400, "validation_error", message)


def time_text(moment: datetime) -> str:
    """A page's time: rounded down to the minute, milliseconds and Z, as Notion writes it."""
    return shown_time(moment).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def rich_text(text: str) -> list[dict[str, Any]]:
    """Text as Notion sends it back: pieces of at most 2,000 characters with annotations and plain_text."""
    pieces = [text[start : start + _TEXT_CONTENT_LIMIT] for start in range(0, len(text), _TEXT_CONTENT_LIMIT)]
    annotations = {
        "bold": False,
        "italic": False,
        "strikethrough": False,
        "underline": False,
        "code": False,
        "color": "default",
    }
    return [
        {
            "type": "text",
            "text": {"content": piece, "link": None},
            "annotations": dict(annotations),
            "plain_text": piece,
            "href": None,
        }
        for piece in pieces
    ]


def option_json(column: Column, name: str) -> dict[str, Any]:
    """One option of a select, multi_select or status column."""
    return {"id": stable_id(column.id, name), "name": name, "color": "default"}


def property_json(column: Column, value: CellValue) -> dict[str, Any]:
    """One property value of a page; empty scalars are null, empty texts an empty list."""
    shown: Any
    if column.type in {"title", "rich_text"}:
        shown = rich_text(str(value)) if value else []
    elif column.type in {"select", "status"}:
        shown = option_json(column, str(value)) if value else None
    elif column.type == "multi_select":
        shown = [option_json(column, name) for name in value] if isinstance(value, list) else []
    elif column.type == "checkbox":
        shown = bool(value)
    else:
        shown = value
    return {"id": column.id, "type": column.type, column.type: shown}


def page_json(database: Database, page: Page, version: str) -> dict[str, Any]:
    """A page with all its properties. 2026-03-11 knows only in_trash; 2025-09-03 has archived as well."""
    archived = {} if version >= "2026-03-11" else {"archived": page.in_trash}
    return {
        "object": "page",
        "id": page.id,
        "created_time": time_text(page.created),
        "last_edited_time": time_text(page.last_edited),
        "created_by": dict(_BOT),
        "last_edited_by": dict(_BOT),
        "cover": None,
        "icon": None,
        "parent": {
            "type": "data_source_id",
            "data_source_id": database.data_source_id,
            "database_id": database.id,
        },
        **archived,
        "in_trash": page.in_trash,
        "is_locked": False,
        "properties": {column.name: property_json(column, page.values.get(column.id)) for column in database.columns},
        "url": f"https://www.notion.so/{page.id.replace('-', '')}",
        "public_url": None,
    }


def database_json(database: Database) -> dict[str, Any]:
    """A database as version 2025-09-03 shows it: no properties, but its data sources."""
    return {
        "object": "database",
        "id": database.id,
        "title": rich_text(database.title),
        "description": [],
        "parent": {"type": "workspace", "workspace": True},
        "is_inline": False,
        "in_trash": False,
        "is_locked": False,
        "data_sources": [{"id": database.data_source_id, "name": database.title}],
        "icon": None,
        "cover": None,
        "url": f"https://www.notion.so/{database.id.replace('-', '')}",
        "public_url": None,
    }


def data_source_json(database: Database) -> dict[str, Any]:
    """A data source with its schema."""
    return {
        "object": "data_source",
        "id": database.data_source_id,
        "title": rich_text(database.title),
        "description": [],
        "parent": {"type": "database_id", "database_id": database.id},
        "database_parent": {"type": "workspace", "workspace": True},
        "is_inline": False,
        "in_trash": False,
        "archived": False,
        "properties": {column.name: _schema_json(column) for column in database.columns},
        "url": f"https://www.notion.so/{database.id.replace('-', '')}",
        "public_url": None,
        "icon": None,
        "cover": None,
    }


def values_from_json(database: Database, properties: Mapping[str, Any]) -> dict[str, CellValue]:
    """The cells that a create or update request sets, by column id; refuses unknown columns and wrong shapes."""
    values: dict[str, CellValue] = {}
    for name, body in properties.items():
        column = database.column(name)
        if column is None:
            raise validation_error(f"{name} is not a property that exists.")
        if not isinstance(body, Mapping) or column.type not in body:
            raise validation_error(f"{name} is expected to be {column.type}.")
        values[column.id] = _value_from_json(column, body[column.type])
    return values


def _schema_json(column: Column) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    if column.type in {"select", "multi_select", "status"}:
        settings["options"] = [option_json(column, name) for name in column.options]
    if column.type == "status":
        settings["groups"] = []
    if column.type == "number":
        settings["format"] = "number"
    return {"id": column.id, "name": column.name, "type": column.type, "description": None, column.type: settings}


def _value_from_json(column: Column, body: Any) -> CellValue:
    path = f"body.properties.{column.name}.{column.type}"
    if column.type in {"title", "rich_text"}:
        return _text_from_json(body, path)
    if column.type in {"select", "status"}:
        return _option_from_json(column, body, path)
    if column.type == "multi_select":
        if not isinstance(body, list) or len(body) > _MULTI_SELECT_LIMIT:
            raise validation_error(f"{path} should be an array of at most {_MULTI_SELECT_LIMIT} options.")
        return [_option_name(item, path) for item in body]
    if column.type == "checkbox":
        if not isinstance(body, bool):
            raise validation_error(f"{path} should be a boolean, instead was `{body!r}`.")
        return body
    if column.type == "number":
        if body is not None and (isinstance(body, bool) or not isinstance(body, int | float)):
            raise validation_error(f"{path} should be a number or `null`, instead was `{body!r}`.")
        return None if body is None else float(body)
    if body is not None and not isinstance(body, str):
        raise validation_error(f"{path} should be a string or `null`, instead was `{body!r}`.")
    return body or None


def _text_from_json(body: Any, path: str) -> str | None:
    if not isinstance(body, list) or len(body) > _TEXT_ITEMS_LIMIT:
        raise validation_error(f"{path} should be an array of at most {_TEXT_ITEMS_LIMIT} items.")
    text = ""
    for index, item in enumerate(body):
        content = item.get("text", {}).get("content") if isinstance(item, Mapping) else None
        if not isinstance(content, str):
            raise validation_error(f"{path}[{index}].text.content should be defined, instead was `undefined`.")
        if len(content) > _TEXT_CONTENT_LIMIT:
            raise validation_error(
                f"{path}[{index}].text.content.length should be ≤ `{_TEXT_CONTENT_LIMIT}`, instead was `{len(content)}`."
            )
        text += content
    return text or None


def _option_from_json(column: Column, body: Any, path: str) -> str | None:
    if body is None:
        return None
    name = _option_name(body, path)
    if column.type == "status" and name not in column.options:
        raise validation_error(f'Invalid status option. Status option "{name}" does not exist.')
    return name


def _option_name(body: Any, path: str) -> str:
    name = body.get("name") if isinstance(body, Mapping) else None
    if not isinstance(name, str) or not name:
        raise validation_error(f"{path}.name should be defined, instead was `undefined`.")
    if "," in name:
        raise validation_error(f"Invalid select option, commas not allowed: {name}")
    return name
