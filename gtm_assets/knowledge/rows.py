"""Verticals, personas and campaigns as values: read from a Notion table, or refused by name with the reason. Pure.

What belongs elsewhere: how single cells are taken apart (``fields``), storing (``sync``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, cast

from gtm_assets.knowledge.columns import Database, resolve_columns
from gtm_assets.knowledge.fields import read_products, read_references, slug, split_items
from gtm_assets.knowledge.models import OpsFocus, Reference
from resources.notion.tables import NotionRow, NotionTable

#: What the person's campaign field means where it is empty; never a campaign's key.
STANDARD_CAMPAIGN = "standard"
FOCUSES: tuple[OpsFocus, ...] = ("Operativ", "Infrastruktur")


@dataclass(frozen=True)
class RowVersion:
    """Which version of a stored row this is: the hash of its values, and the Notion page they came from."""

    row_hash: str
    page_id: str
    url: str


@dataclass(frozen=True)
class Vertical:
    """An industry that marketing addresses; ``stored`` is None where it does not come from the store."""

    key: str
    name: str
    definition: str
    pains: tuple[str, ...]
    gains: tuple[str, ...]
    products: Mapping[OpsFocus, str]
    ops_focus: OpsFocus
    references: tuple[Reference, ...]
    stored: RowVersion | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Persona:
    """A role that marketing addresses; ``stored`` as with a vertical."""

    key: str
    name: str
    pains: tuple[str, ...]
    gains: tuple[str, ...]
    job_titles: tuple[str, ...]
    stored: RowVersion | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Campaign:
    """An occasion with texts of its own; ``tag`` is what stands in the person's campaign field, ``stored`` as with a vertical."""

    key: str
    name: str
    tag: str
    brief: str
    stored: RowVersion | None = field(default=None, compare=False)


Row = Vertical | Persona | Campaign
R = TypeVar("R", Vertical, Persona, Campaign)


@dataclass(frozen=True)
class Refusal:
    """A row that can't take part, and what it lacks."""

    database: Database
    name: str
    page_id: str
    url: str
    reason: str


@dataclass(frozen=True)
class ReadRow:
    """A row that may take part. ``active`` is what Notion says (Status Active, or the Active box)."""

    row: Row
    page_id: str
    url: str
    active: bool


@dataclass(frozen=True)
class ReadTable:
    """A database, read: rows that are good, rows that are refused, and every page that was seen."""

    rows: tuple[ReadRow, ...]
    refused: tuple[Refusal, ...]
    page_ids: frozenset[str]


class _RefusedRowError(Exception):
    """The row lacks something; the message says what."""


def read_table(
    database: Literal["verticals", "personas", "campaigns"], table: NotionTable, renamed: Mapping[str, str]
) -> ReadTable:
    """Take a Notion table apart.

    Raises:
        MissingColumnError: A column is missing; no row is read then.
    """
    columns = resolve_columns(database, table.columns, renamed)
    parsers: dict[str, Callable[[Mapping[str, Any]], Row]] = {
        "verticals": _vertical,
        "personas": _persona,
        "campaigns": _campaign,
    }
    parse = parsers[database]
    rows: list[ReadRow] = []
    refused: list[Refusal] = []
    seen: dict[str, str] = {}
    # Active rows first: a draft that is a copy of one must never take its key.
    pages = sorted(table.rows, key=lambda page: not _is_active(database, _cells(page, columns)))
    for page in pages:
        cells = _cells(page, columns)
        name = _text(cells.get("Name")) or "(no name)"
        try:
            row = parse(cells)
            if row.key in seen:
                raise _RefusedRowError(  # noqa: TRY301
                    f"its key {row.key!r} is already used by {seen[row.key]!r}; keys are unique"
                )
        except (_RefusedRowError, ValueError) as error:
            if _is_active(database, cells):
                refused.append(Refusal(database, name, page.page_id, page.url, str(error)))
            continue
        seen[row.key] = name
        rows.append(ReadRow(row, page.page_id, page.url, _is_active(database, cells)))
    return ReadTable(tuple(rows), tuple(refused), frozenset(page.page_id for page in table.rows))


def _cells(page: NotionRow, columns: Mapping[str, str]) -> dict[str, Any]:
    return {ours: page.values.get(theirs) for ours, theirs in columns.items()}


def _is_active(database: Database, cells: Mapping[str, Any]) -> bool:
    value = cells.get("Active" if database == "campaigns" else "Status")
    if isinstance(value, bool):
        return value
    return _text(value).casefold() in {"active", "aktiv", "yes", "ja", "true"}


def _vertical(cells: Mapping[str, Any]) -> Vertical:
    focus = _ops_focus(_text(cells["Ops Focus"]))
    products = read_products(_items(cells["Products"]), focus)
    if focus not in products:
        raise _RefusedRowError(f"Products names no product for its own Ops Focus ({focus})")
    return Vertical(
        key=_key(cells["Key"], "Key"),
        name=_needed(cells, "Name"),
        definition=_needed(cells, "Definition"),
        pains=_needed_items(cells, "Pains"),
        gains=_needed_items(cells, "Gains"),
        products=products,
        ops_focus=focus,
        references=read_references(_lines(cells["References"])),
    )


def _persona(cells: Mapping[str, Any]) -> Persona:
    return Persona(
        key=_key(cells["Key"], "Key"),
        name=_needed(cells, "Name"),
        pains=_needed_items(cells, "Pains"),
        gains=_items(cells["Gains"]),
        job_titles=_needed_items(cells, "Job Titles"),
    )


def _campaign(cells: Mapping[str, Any]) -> Campaign:
    tag = _needed(cells, "Tag")
    key = _key(tag, "Tag")
    if key == STANDARD_CAMPAIGN:
        raise _RefusedRowError("the tag 'standard' is what an empty campaign field means; choose another one")
    return Campaign(key=key, name=_needed(cells, "Name"), tag=tag, brief=_text(cells["Brief"]))


def campaign_key(value: str) -> str | None:
    """The key of the campaign that a person's campaign field names: ``standard`` where it is empty, None where no key can be made of it."""
    return row_key(value) if value.strip() else STANDARD_CAMPAIGN


def row_key(value: str) -> str | None:
    """The key of the row that somebody names, by key or tag; None where no key can be made of it."""
    try:
        return slug(value)
    except ValueError:
        return None


def _ops_focus(text: str) -> OpsFocus:
    for focus in FOCUSES:
        if text.casefold() == focus.casefold():
            return focus
    raise _RefusedRowError(f"Ops Focus is {text!r}; expects Operativ or Infrastruktur")


def _key(value: object, column: str) -> str:
    text = _text(value)
    if not text:
        raise _RefusedRowError(f"{column} is empty")
    return slug(text)


def _needed(cells: Mapping[str, Any], column: str) -> str:
    text = _text(cells[column])
    if not text:
        raise _RefusedRowError(f"{column} is empty")
    return text


def _needed_items(cells: Mapping[str, Any], column: str) -> tuple[str, ...]:
    items = _items(cells[column])
    if not items:
        raise _RefusedRowError(f"{column} is empty")
    return items


def _items(value: object) -> tuple[str, ...]:
    if isinstance(value, (tuple, list)):
        return tuple(text for item in cast("Sequence[object]", value) if (text := str(item).strip()))
    return split_items(_text(value))


def _lines(value: object) -> str:
    return "\n".join(_items(value)) if isinstance(value, (tuple, list)) else _text(value)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (tuple, list)):
        return ", ".join(str(item) for item in cast("Sequence[object]", value)).strip()
    return str(value).strip()


__all__ = [
    "STANDARD_CAMPAIGN",
    "Campaign",
    "Persona",
    "ReadRow",
    "ReadTable",
    "Refusal",
    "Vertical",
    "campaign_key",
    "read_table",
    "row_key",
]
