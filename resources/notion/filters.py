"""The filter of a query, as Notion's JSON. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from resources.notion.properties import NotionValueError
from resources.notion.tables import NotionSource

_EQUAL = frozenset({"title", "rich_text", "select", "status"})


def query_filter(
    source: NotionSource, edited_since: datetime | None, equal: Mapping[str, str] | None
) -> dict[str, Any] | None:
    """All conditions together, None without any.

    Args:
        source: Whose rows are asked for.
        edited_since: Aware; rounded down to the minute, as Notion rounds the times it compares with.
        equal: Column -> the text it must hold.

    Raises:
        NotionValueError: No such column, or one whose type has no equality for texts.
        ValueError: ``edited_since`` is naive.
    """
    conditions: list[dict[str, Any]] = []
    if edited_since is not None:
        if edited_since.tzinfo is None:
            raise ValueError("edited_since needs a time zone.")
        since = edited_since.astimezone(UTC).replace(second=0, microsecond=0)
        moment = since.strftime("%Y-%m-%dT%H:%M:%SZ")
        conditions.append({"timestamp": "last_edited_time", "last_edited_time": {"on_or_after": moment}})
    for name, text in (equal or {}).items():
        column = source.columns.get(name)
        kind = column.type if column else "missing"
        if kind not in _EQUAL:
            raise NotionValueError(source.title, name, f"rows can't be looked up by a column that is {kind}.")
        conditions.append({"property": name, kind: {"equals": text}})
    return {"and": conditions} if len(conditions) > 1 else next(iter(conditions), None)
