"""Notion's pages as plain rows: one value per column, whatever type the column has. Pure.

What belongs elsewhere: asking Notion (``client``), and what a column means to the product (``gtm_assets.knowledge``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Value = str | bool | tuple[str, ...] | None


@dataclass(frozen=True)
class NotionRow:
    """One page of a database.

    Attributes:
        page_id: Notion's id of the page.
        url: Where a person opens it.
        last_edited: When it was last edited, UTC; Notion rounds pages down to the minute.
        values: Column name -> value. Text, select, status, number, date, url, e-mail, formula and rollup are ``str``
            (empty where there is none), multi-select, relation, people and files a tuple, a checkbox ``bool``; None
            where the column's type carries nothing that can be read as text.
        last_edited_by: Who edited it last: the name where Notion shows it, else the user's id.
        edited_by_bot: Whether that was an integration, ours or another one.
    """

    page_id: str
    url: str
    last_edited: datetime
    values: dict[str, Value]
    last_edited_by: str = ""
    edited_by_bot: bool = False


@dataclass(frozen=True)
class NotionTable:
    """A whole database. ``columns`` is name -> Notion's type; trashed and archived pages are not in ``rows``."""

    database_id: str
    title: str
    columns: dict[str, str]
    rows: tuple[NotionRow, ...]


@dataclass(frozen=True)
class NotionColumn:
    """One column. ``type`` is Notion's; ``options`` are the names that select, status and multi-select offer."""

    name: str
    type: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotionSource:
    """Where rows of a database live, and its columns by name: what queries and writes need to know beforehand."""

    database_id: str
    data_source_id: str
    title: str
    columns: dict[str, NotionColumn]


def read_source(database_id: str, title: str, data_source: Mapping[str, Any]) -> NotionSource:
    """A data source object as a source; ``title`` is the database's."""
    columns = {}
    for name, column in (data_source.get("properties") or {}).items():
        kind = str(column.get("type") or "")
        options = (column.get(kind) or {}).get("options") or ()
        columns[str(name)] = NotionColumn(str(name), kind, tuple(str(option.get("name") or "") for option in options))
    return NotionSource(database_id, str(data_source["id"]), title, columns)


def read_columns(data_source: Mapping[str, Any]) -> dict[str, str]:
    """Column name -> type of a data source object."""
    properties = data_source.get("properties") or {}
    return {str(name): str(column.get("type") or "") for name, column in properties.items()}


def is_gone(page: Mapping[str, Any]) -> bool:
    """Whether a page lies in the trash; API versions before 2026-03-11 call the same thing archived."""
    return bool(page.get("in_trash") or page.get("archived"))


def read_row(page: Mapping[str, Any], columns: Mapping[str, str]) -> NotionRow:
    """A page object as a row that has a value for every column; columns the page doesn't carry are None."""
    properties = page.get("properties") or {}
    values: dict[str, Value] = dict.fromkeys(columns)
    for name, prop in properties.items():
        values[str(name)] = read_value(prop)
    editor = page.get("last_edited_by") or {}
    return NotionRow(
        page_id=str(page["id"]),
        url=str(page.get("url") or ""),
        last_edited=read_timestamp(page.get("last_edited_time")),
        values=values,
        last_edited_by=str(editor.get("name") or editor.get("id") or ""),
        edited_by_bot=editor.get("type") == "bot",
    )


def read_timestamp(text: str | None) -> datetime:
    """Notion's ISO timestamp as UTC; the epoch where there is none, so that anything counts as newer."""
    if not text:
        return datetime.fromtimestamp(0, tz=UTC)
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def plain_text(items: Any) -> str:
    """A rich-text array as one string; Notion splits long texts into several items."""
    parts = []
    for item in items or ():
        text = item.get("plain_text")
        if text is None:
            text = (item.get("text") or {}).get("content")
        parts.append(str(text or ""))
    return "".join(parts).strip()


def read_value(prop: Mapping[str, Any]) -> Value:
    """One property value, such as ``{"type": "select", "select": {"name": "Draft"}}``; see ``NotionRow.values``."""
    kind = str(prop.get("type") or "")
    reader = _READERS.get(kind)
    return reader(prop.get(kind)) if reader else None


def _named(value: Any) -> str:
    return str((value or {}).get("name") or "")


def _names(value: Any) -> tuple[str, ...]:
    return tuple(str(item.get("name") or item.get("id") or "") for item in value or ())


def _ids(value: Any) -> tuple[str, ...]:
    return tuple(str(item["id"]) for item in value or ())


def _scalar(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _period(value: Any) -> str:
    """ISO date, or ``start/end`` for a period (ISO 8601)."""
    value = value or {}
    return "/".join(str(value[end]) for end in ("start", "end") if value.get(end))


def _unique_id(value: Any) -> str:
    value = value or {}
    number = _scalar(value.get("number"))
    return f"{value['prefix']}-{number}" if value.get("prefix") and number else number


def _computed(value: Any) -> str:
    """Formula or rollup: the plain value as text; the parts of an array are joined by commas."""
    value = value or {}
    kind = value.get("type")
    content = value.get(kind) if kind else None
    if kind == "date":
        return _period(content)
    if kind == "array":
        parts = (read_value(part) for part in content or ())
        return ", ".join(text for part in parts if (text := _as_text(part)))
    return "" if isinstance(content, dict | list) else _scalar(content)


def _as_text(value: Value) -> str:
    return ", ".join(value) if isinstance(value, tuple) else _scalar(value)


_READERS: dict[str, Callable[[Any], Value]] = {
    "title": plain_text,
    "rich_text": plain_text,
    "select": _named,
    "status": _named,
    "multi_select": _names,
    "people": _names,
    "files": _names,
    "relation": _ids,
    "checkbox": bool,
    "number": _scalar,
    "url": _scalar,
    "email": _scalar,
    "phone_number": _scalar,
    "created_time": _scalar,
    "last_edited_time": _scalar,
    "date": _period,
    "created_by": _named,
    "last_edited_by": _named,
    "unique_id": _unique_id,
    "formula": _computed,
    "rollup": _computed,
}
