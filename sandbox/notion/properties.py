"""Notion's JSON: databases, data sources, pages and property values, out and in.

What belongs elsewhere: which request gets which of them (``app``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.notion.members import partial_json, stable_id
from sandbox.notion.rich_text import rich_text, text_from_json, validation_error
from sandbox.notion.workspace import CellValue, Column, Database, Page, shown_time

_MULTI_SELECT_LIMIT = 100


def time_text(moment: datetime) -> str:
    """A page's time: rounded down to the minute, milliseconds and Z, as Notion writes it."""
    return shown_time(moment).strftime("%Y-%m-%dT%H:%M:%S.000Z")


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


def page_json(database: Database, page: Page, version: str, link: str) -> dict[str, Any]:
    """A page with all its properties; ``link`` opens it. 2026-03-11 knows only in_trash; 2025-09-03 has archived as well."""
    archived = {} if version >= "2026-03-11" else {"archived": page.in_trash}
    return {
        "object": "page",
        "id": page.id,
        "created_time": time_text(page.created),
        "last_edited_time": time_text(page.last_edited),
        "created_by": partial_json(page.created_by),
        "last_edited_by": partial_json(page.last_edited_by),
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
        "url": link,
        "public_url": None,
    }


def database_json(database: Database, link: str) -> dict[str, Any]:
    """A database as version 2025-09-03 shows it: no properties, but its data sources; ``link`` opens it."""
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
        "url": link,
        "public_url": None,
    }


def data_source_json(database: Database, link: str) -> dict[str, Any]:
    """A data source with its schema; ``link`` opens its database."""
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
        "url": link,
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
        return text_from_json(body, path) or None
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
