"""Plain values as the property JSON of a create or update request, by each column's actual type. Pure.

The way back is ``tables``. What belongs elsewhere: sending (``client``), and which column is meant (``gtm_assets``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from resources.notion.rich_text import rich_text
from resources.notion.tables import NotionColumn, NotionSource, Value

#: Limits of one value (Notion's API reference): options or references, characters of an address, of an e-mail or a number.
_MAX_LIST = 100
_MAX_URL = 2000
_MAX_CONTACT = 200
_WORDS = {"true": True, "yes": True, "ja": True, "false": False, "no": False, "nein": False, "": False}


class NotionValueError(ValueError):
    """A value that Notion would refuse for this column; says what to change, nothing was sent.

    Args:
        source: Title of the database.
        column: Name of the column.
        message: What is wrong and what to do.
    """

    def __init__(self, source: str, column: str, message: str) -> None:
        self.source = source
        self.column = column
        super().__init__(f"Notion database {source!r}, column {column!r}: {message}")


def write_values(source: NotionSource, values: Mapping[str, Value]) -> dict[str, Any]:
    """Column name -> value as the ``properties`` of a request; None or an empty text empties the cell.

    A tuple in a text column becomes one line per item. Options of select and multi-select that don't exist yet are made by
    writing them; options of a status column are not, Notion's API can't.

    Raises:
        NotionValueError: No such column, a type that can't be written, an unknown status, or a value that doesn't fit.
    """
    return {name: write_value(source, name, value) for name, value in values.items()}


def write_value(source: NotionSource, name: str, value: Value) -> dict[str, Any]:
    """One property value; see ``write_values``."""
    column = source.columns.get(name)
    if column is None:
        there = ", ".join(source.columns) or "none"
        raise NotionValueError(
            source.title, name, f"it does not exist. Add it, or name the one that is meant: {there}."
        )
    writer = _WRITERS.get(column.type)
    if writer is None:
        raise NotionValueError(source.title, name, f"Notion's API can't write a column of type {column.type}.")
    try:
        return {column.type: writer(column, value)}
    except _RefusedError as error:
        raise NotionValueError(source.title, name, str(error)) from error
    except ValueError as error:
        raise NotionValueError(source.title, name, f"the value does not fit: {error}") from error


class _RefusedError(Exception):
    """A value that doesn't fit, with what to do."""


def _text(value: Value, separator: str = "\n") -> str:
    if isinstance(value, tuple):
        return separator.join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value or ""


def _rich_text(_: NotionColumn, value: Value) -> list[dict[str, Any]]:
    return rich_text(_text(value))


def _names(value: Value) -> tuple[str, ...]:
    """The option names of a value, without empty ones and without repetitions."""
    items = value if isinstance(value, tuple) else (_text(value),)
    return tuple(dict.fromkeys(item.strip() for item in items if item.strip()))


def _option(name: str) -> dict[str, str]:
    if "," in name:
        raise _RefusedError(f"Notion's options can't hold a comma ({name!r}). Turn the column into a text column.")
    return {"name": name}


def _one(column: NotionColumn, value: Value) -> str:
    names = _names(value)
    if len(names) > 1:
        raise _RefusedError(f"a {column.type} column holds one option, not {len(names)} ({', '.join(names)}).")
    return names[0] if names else ""


def _select(column: NotionColumn, value: Value) -> dict[str, str] | None:
    name = _one(column, value)
    return _option(name) if name else None


def _status(column: NotionColumn, value: Value) -> dict[str, str] | None:
    name = _one(column, value)
    if name and name not in column.options:
        there = ", ".join(column.options) or "none"
        raise _RefusedError(f"it has no option {name!r} (there are: {there}). Add it in Notion: its API can't.")
    return {"name": name} if name else None


def _multi_select(_: NotionColumn, value: Value) -> list[dict[str, str]]:
    return [_option(name) for name in _counted(_names(value))]


def _relation(_: NotionColumn, value: Value) -> list[dict[str, str]]:
    return [{"id": page_id} for page_id in _counted(_names(value))]


def _counted(items: tuple[str, ...]) -> tuple[str, ...]:
    if len(items) > _MAX_LIST:
        raise _RefusedError(f"{len(items)} items are too many: Notion takes {_MAX_LIST}.")
    return items


def _checkbox(_: NotionColumn, value: Value) -> bool:
    if isinstance(value, bool):
        return value
    word = _text(value).strip().lower()
    if word not in _WORDS:
        raise _RefusedError(f"a checkbox is ticked or not, {word[:40]!r} is neither.")
    return _WORDS[word]


def _number(_: NotionColumn, value: Value) -> float | None:
    text = _text(value).strip()
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise _RefusedError(f"{text[:40]!r} is no number.")
    return int(number) if number.is_integer() else number


def _plain(limit: int) -> Callable[[NotionColumn, Value], str | None]:
    def write(column: NotionColumn, value: Value) -> str | None:
        text = _text(value, ", ").strip()
        if len(text) > limit:
            raise _RefusedError(f"{len(text)} characters are too many: a column of type {column.type} takes {limit}.")
        return text or None

    return write


def _date(_: NotionColumn, value: Value) -> dict[str, str] | None:
    """ISO date, or ``start/end`` for a period, as ``tables`` reads it."""
    start, _slash, end = _text(value).strip().partition("/")
    return {"start": start, **({"end": end} if end else {})} if start else None


_WRITERS: dict[str, Callable[[NotionColumn, Value], Any]] = {
    "title": _rich_text,
    "rich_text": _rich_text,
    "select": _select,
    "status": _status,
    "multi_select": _multi_select,
    "relation": _relation,
    "checkbox": _checkbox,
    "number": _number,
    "url": _plain(_MAX_URL),
    "email": _plain(_MAX_CONTACT),
    "phone_number": _plain(_MAX_CONTACT),
    "date": _date,
}
