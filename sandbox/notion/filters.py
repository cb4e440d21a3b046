"""Filters and sorts of a data source query, as pure functions on pages.

Covers the property types of the sandbox, the two timestamps, and ``and``/``or`` nested two deep as in Notion.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sandbox.notion.rich_text import validation_error
from sandbox.notion.workspace import Column, Database, Page, shown_time

_MAX_DEPTH = 2
_TEXT: dict[str, Callable[[str, str], bool]] = {
    "equals": lambda have, want: have == want,
    "does_not_equal": lambda have, want: have != want,
    "contains": lambda have, want: want.lower() in have.lower(),
    "does_not_contain": lambda have, want: want.lower() not in have.lower(),
    "starts_with": lambda have, want: have.lower().startswith(want.lower()),
    "ends_with": lambda have, want: have.lower().endswith(want.lower()),
}
_TIME: dict[str, Callable[[datetime, datetime], bool]] = {
    "equals": lambda have, want: have == want,
    "before": lambda have, want: have < want,
    "after": lambda have, want: have > want,
    "on_or_before": lambda have, want: have <= want,
    "on_or_after": lambda have, want: have >= want,
}
_NUMBER: dict[str, Callable[[float, float], bool]] = {
    "equals": lambda have, want: have == want,
    "does_not_equal": lambda have, want: have != want,
    "greater_than": lambda have, want: have > want,
    "less_than": lambda have, want: have < want,
    "greater_than_or_equal_to": lambda have, want: have >= want,
    "less_than_or_equal_to": lambda have, want: have <= want,
}


def matches(database: Database, page: Page, condition: Mapping[str, Any], depth: int = 0) -> bool:
    """Whether the page passes the filter. NotionProblemError (400) for a filter that Notion would refuse."""
    for word, combine in (("and", all), ("or", any)):
        if word in condition:
            if depth >= _MAX_DEPTH:
                raise validation_error("body.filter: compound filters may be nested up to two levels deep.")
            parts = condition[word]
            if not isinstance(parts, list):
                raise validation_error(f"body.filter.{word} should be an array.")
            return combine([matches(database, page, part, depth + 1) for part in parts])
    if "timestamp" in condition:
        return _time_matches(page, condition)
    if "property" in condition:
        return _property_matches(database, page, condition)
    raise validation_error("body failed validation: body.filter should be a property, timestamp or compound filter.")


def sort_pages(database: Database, pages: Sequence[Page], sorts: Sequence[Mapping[str, Any]]) -> list[Page]:
    """Pages in the asked order; the first sort weighs most, ties keep the order of creation."""
    ordered = list(pages)
    for sort in reversed(sorts):
        direction = sort.get("direction", "ascending")
        if direction not in {"ascending", "descending"}:
            raise validation_error(f"body.sorts.direction should be `ascending` or `descending`, not `{direction}`.")
        ordered.sort(key=_sort_key(database, sort), reverse=direction == "descending")
    return ordered


def parse_time(text: Any) -> datetime:
    """An ISO 8601 date or time of a filter; naive means UTC. NotionProblemError (400) for anything else."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise validation_error(f"body.filter: {text!r} should be a valid ISO 8601 date string.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _sort_key(database: Database, sort: Mapping[str, Any]) -> Callable[[Page], Any]:
    if "timestamp" in sort:
        name = sort["timestamp"]
        if name not in {"created_time", "last_edited_time"}:
            raise validation_error("body.sorts.timestamp should be `created_time` or `last_edited_time`.")
        return lambda page: shown_time(page.created if name == "created_time" else page.last_edited)
    column = _column(database, sort.get("property"))
    return lambda page: str(page.values.get(column.id) or "").lower()


def _column(database: Database, name: Any) -> Column:
    column = database.column(name) if isinstance(name, str) else None
    if column is None:
        raise validation_error(f"Could not find property with name or id: {name}")
    return column


def _time_matches(page: Page, condition: Mapping[str, Any]) -> bool:
    name = condition["timestamp"]
    if name not in {"created_time", "last_edited_time"} or not isinstance(condition.get(name), Mapping):
        raise validation_error(f"body.filter.{name} should be defined, instead was `undefined`.")
    have = shown_time(page.created if name == "created_time" else page.last_edited)
    ((operator, want),) = list(condition[name].items())[:1] or [("", None)]
    if operator not in _TIME:
        raise validation_error(f"body.filter.{name}.{operator} is not a date condition.")
    return _TIME[operator](have, parse_time(want))


def _property_matches(database: Database, page: Page, condition: Mapping[str, Any]) -> bool:
    column = _column(database, condition["property"])
    body = condition.get(column.type)
    if not isinstance(body, Mapping) or len(body) != 1:
        raise validation_error(
            f"database property {column.name} does not match filter {', '.join(set(condition) - {'property'})}; "
            f"it is of type {column.type}"
        )
    ((operator, want),) = body.items()
    have = page.values.get(column.id)
    if operator in {"is_empty", "is_not_empty"} and column.type != "checkbox":
        return bool(have in (None, "", [])) is (operator == "is_empty")
    if operator not in _operators(column.type):
        raise validation_error(f"body.filter.{column.type}.{operator} is not a condition of {column.type}.")
    if column.type == "checkbox":
        return (bool(have) is bool(want)) is (operator == "equals")
    if column.type == "multi_select":
        return bool(isinstance(have, list) and want in have) is (operator == "contains")
    if column.type == "number":
        return isinstance(have, float) and isinstance(want, int | float) and _NUMBER[operator](have, float(want))
    return _TEXT[operator](str(have or ""), str(want))


def _operators(column_type: str) -> Collection[str]:
    """The conditions that Notion knows for a type of property, beside is_empty and is_not_empty."""
    if column_type in {"select", "status", "checkbox"}:
        return ("equals", "does_not_equal")
    if column_type == "multi_select":
        return ("contains", "does_not_contain")
    return _NUMBER if column_type == "number" else _TEXT
