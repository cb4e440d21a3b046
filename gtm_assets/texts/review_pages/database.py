"""The reviews database as it is: which of its columns is which of ours, and what its states are called. Pure.

What belongs elsewhere: the columns' own names (``gtm_assets.knowledge.columns``), pages (``page``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gtm_assets.knowledge.columns import resolve_columns
from gtm_assets.settings import BlockKind, UserError
from gtm_assets.texts.review_pages.page import STATUS_NAMES, TEXT_COLUMNS, Status
from resources.notion.tables import NotionRow, NotionSource, Value

#: Our columns that have to be text in Notion.
_TEXTS = (
    "Name",
    "Key",
    "Content Hash",
    "Findings",
    "Comment",
    *(column for columns in TEXT_COLUMNS.values() for column in columns.values()),
)


class ReviewDatabaseError(UserError):
    """The database can't hold reviews; the message names the column and what to do."""


@dataclass(frozen=True)
class ReviewDatabase:
    """``columns``: our column to Notion's; ``statuses``: our state to the name of its option."""

    source: NotionSource
    columns: Mapping[str, str]
    statuses: Mapping[Status, str]

    def values(self, ours: Mapping[str, str]) -> dict[str, Value]:
        """Values by our columns as values by Notion's."""
        named = {**ours}
        if "Status" in named:
            named["Status"] = self.statuses[named["Status"]]  # type: ignore[index]
        return {self.columns[column]: text for column, text in named.items()}

    def text(self, row: NotionRow, column: str) -> str:
        """What stands in one of our columns."""
        value = row.values.get(self.columns[column])
        if value is not None and not isinstance(value, str):
            raise ReviewDatabaseError(
                f"The column {self.columns[column]!r} of the Notion database 'reviews' holds no text."
            )
        return value or ""

    def texts(self, row: NotionRow, kind: BlockKind, fields: Mapping[str, str]) -> dict[str, str]:
        """The texts of a block's fields as they stand on its page."""
        return {field: self.text(row, TEXT_COLUMNS[kind][field]) for field in fields}


def describe(source: NotionSource, renamed: Mapping[str, str]) -> ReviewDatabase:
    """What the database's columns and states are.

    Raises:
        MissingColumnError: A column is missing.
        ReviewDatabaseError: Status is of another type, or lacks a state (Notion's API can't add one to a status column).
    """
    columns = resolve_columns("reviews", {name: each.type for name, each in source.columns.items()}, renamed)
    wrong = {
        columns[ours]: source.columns[columns[ours]].type
        for ours in _TEXTS
        if source.columns[columns[ours]].type not in {"title", "rich_text"}
    }
    if wrong:
        named = ", ".join(f"{name!r} ({kind})" for name, kind in wrong.items())
        raise ReviewDatabaseError(
            f"These columns of the Notion database 'reviews' have to hold text: {named}. Nothing is read until they do, so that no text is "
            "lost or judged by mistake."
        )
    column = source.columns[columns["Status"]]
    if column.type not in {"status", "select"}:
        raise ReviewDatabaseError(
            f"The column {column.name!r} of the Notion database 'reviews' is of type {column.type}; it has to be status or select."
        )
    by_folded = {option.casefold(): option for option in column.options}
    statuses: dict[Status, str] = {}
    missing: list[str] = []
    for status, names in STATUS_NAMES.items():
        found = next((by_folded[name] for name in names if name in by_folded), None)
        if found is None and column.type == "status":
            missing.append(" or ".join(repr(name) for name in names[:2]))
        statuses[status] = found or names[0]
    if missing:
        raise ReviewDatabaseError(
            f"The column {column.name!r} of the Notion database 'reviews' has no option {', no option '.join(missing)} "
            f"(it has: {', '.join(column.options) or 'none'}). Add it in Notion; its API can't."
        )
    return ReviewDatabase(source, columns, statuses)
