"""Verticals, personas and campaigns as values: read from a Notion table, or refused by name with the reason. Pure.

What belongs elsewhere: how single cells are read (``cells``, ``fields``), what is odd about a good row (``remarks``), storing (``sync``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from gtm_assets.knowledge import cells as cell
from gtm_assets.knowledge.columns import Database, resolve_columns
from gtm_assets.knowledge.fields import read_products, read_references, slug
from gtm_assets.knowledge.models import OpsFocus, Reference
from gtm_assets.knowledge.remarks import LONGEST_NAME, remarks, too_large
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
    """A role that marketing addresses; ``stored`` as with a vertical.

    ``crm_position`` is the item of the CRM's list of positions that stands for it; empty: the one of the persona's name.
    """

    key: str
    name: str
    pains: tuple[str, ...]
    gains: tuple[str, ...]
    job_titles: tuple[str, ...]
    stored: RowVersion | None = field(default=None, compare=False)
    crm_position: str = ""


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
    """A row that can't take part as it is, and why; ``kept`` says that its last good version takes part meanwhile."""

    database: Database
    name: str
    page_id: str
    url: str
    reason: str
    kept: bool = False

    @property
    def meanwhile(self) -> str:
        """What stands until it is corrected."""
        return "its last good version stays in use" if self.kept else "it does not take part"

    def __str__(self) -> str:
        return f"{self.database}: row {self.name!r} is refused, {self.meanwhile}: {self.reason}. Correct it in Notion: {self.url}"


@dataclass(frozen=True)
class Remark:
    """A row that takes part, and what somebody should know about it."""

    database: Database
    name: str
    page_id: str
    url: str
    text: str

    def __str__(self) -> str:
        return f"{self.database}: row {self.name!r}: {self.text}. In Notion: {self.url}"


@dataclass(frozen=True)
class ReadRow:
    """A row that may take part. ``active`` is what Notion says (Status Active, or the Active box)."""

    row: Row
    page_id: str
    url: str
    active: bool


@dataclass(frozen=True)
class ReadTable:
    """A database, read: rows that are good, rows that are refused, every page that was seen, and what is odd about good rows."""

    rows: tuple[ReadRow, ...]
    refused: tuple[Refusal, ...]
    page_ids: frozenset[str]
    remarks: tuple[Remark, ...] = ()


class _RefusedRowError(Exception):
    """The row lacks something; the message says what."""


def read_table(
    database: Literal["verticals", "personas", "campaigns"],
    table: NotionTable,
    renamed: Mapping[str, str],
    holders: Mapping[str, str] | None = None,
) -> ReadTable:
    """Take a Notion table apart.

    Args:
        database: Which one.
        table: As Notion shows it, the oldest row first.
        renamed: ``GTM_NOTION_COLUMNS``.
        holders: Key to the page that has it now: a row that comes to the same key never takes it away from an active one.

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
    good: list[ReadRow] = []
    refused: list[Refusal] = []
    said: list[Remark] = []
    for page in table.rows:
        cells = _cells(page, columns)
        active = _is_active(database, cells)
        try:
            good.append(ReadRow(parse(cells), page.page_id, page.url, active))
        except (_RefusedRowError, ValueError) as error:
            if active:
                refused.append(Refusal(database, _name(cells), page.page_id, page.url, str(error).rstrip(".")))
            continue
        if active:
            others = {name: value for name, value in page.values.items() if name not in columns.values()}
            texts = remarks(database, cells, others)
            said += [Remark(database, good[-1].row.name, page.page_id, page.url, words) for words in texts]
    rows, doubles = _one_a_key(database, good, holders or {})
    pages = frozenset(page.page_id for page in table.rows)
    return ReadTable(tuple(rows), (*refused, *doubles), pages, tuple(said))


def _one_a_key(
    database: Database, rows: list[ReadRow], holders: Mapping[str, str]
) -> tuple[list[ReadRow], list[Refusal]]:
    """Of rows with one key the first, and refusals of the other active ones.

    Active rows come first (a draft that is a copy of one must never take its key), of these who has the key already.
    """
    in_order = sorted(rows, key=lambda row: (not row.active, holders.get(row.row.key) != row.page_id))
    first: dict[str, ReadRow] = {}
    refused: list[Refusal] = []
    for row in in_order:
        owner = first.setdefault(row.row.key, row)
        if owner is not row and row.active:
            column = "Tag" if database == "campaigns" else "Key"
            reason = (
                f"its {column} counts as {row.row.key!r}, which is already used by {owner.row.name!r}: capital letters, accents, emoji and "
                f"other signs make no difference. Write another {column}"
            )
            refused.append(Refusal(database, row.row.name, row.page_id, row.url, reason))
    return list(first.values()), refused


def _name(cells: Mapping[str, Any]) -> str:
    return cell.text(cells.get("Name"))[:LONGEST_NAME] or "(no name)"


def _cells(page: NotionRow, columns: Mapping[str, str]) -> dict[str, Any]:
    return {ours: page.values.get(theirs) for ours, theirs in columns.items()}


def _is_active(database: Database, cells: Mapping[str, Any]) -> bool:
    value = cells.get("Active" if database == "campaigns" else "Status")
    if isinstance(value, bool):
        return value
    return cell.text(value).casefold() in {"active", "aktiv", "yes", "ja", "true"}


def _vertical(cells: Mapping[str, Any]) -> Vertical:
    _refuse_large(cells)
    focus = _ops_focus(cell.text(cells["Ops Focus"]))
    products = read_products(cell.items(cells["Products"]), focus)
    if focus not in products:
        raise _RefusedRowError(
            f"Products names no product for its own Ops Focus ({focus}). Add a line '{focus}: <product>', or choose the Ops Focus that it "
            "has one for"
        )
    return Vertical(
        key=_key(cells["Key"], "Key"),
        name=_needed(cells, "Name"),
        definition=_needed(cells, "Definition"),
        pains=_needed_items(cells, "Pains"),
        gains=_needed_items(cells, "Gains"),
        products=products,
        ops_focus=focus,
        references=read_references(cell.lines(cells["References"])),
    )


def _persona(cells: Mapping[str, Any]) -> Persona:
    _refuse_large(cells)
    return Persona(
        key=_key(cells["Key"], "Key"),
        name=_needed(cells, "Name"),
        pains=_needed_items(cells, "Pains"),
        gains=cell.items(cells["Gains"]),
        job_titles=_needed_items(cells, "Job Titles"),
        crm_position=cell.text(cells.get("CRM Position")),
    )


def _campaign(cells: Mapping[str, Any]) -> Campaign:
    _refuse_large(cells)
    tag = cell.raw(cells["Tag"])
    key = _key(tag, "Tag")
    if key == STANDARD_CAMPAIGN:
        raise _RefusedRowError("the tag 'standard' is what an empty campaign field means; choose another one")
    return Campaign(key=key, name=_needed(cells, "Name"), tag=tag, brief=cell.text(cells["Brief"]))


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


def _refuse_large(cells: Mapping[str, Any]) -> None:
    why = too_large(cells)
    if why:
        raise _RefusedRowError(why)


def _key(value: object, column: str) -> str:
    text = cell.raw(value)
    if not text:
        raise _RefusedRowError(f"{column} is empty")
    return slug(text)


def _needed(cells: Mapping[str, Any], column: str) -> str:
    text = cell.text(cells[column])
    if not text:
        raise _RefusedRowError(_without_words(cells, column))
    return text


def _needed_items(cells: Mapping[str, Any], column: str) -> tuple[str, ...]:
    found = cell.items(cells[column])
    if not found:
        raise _RefusedRowError(_without_words(cells, column))
    return found


def _without_words(cells: Mapping[str, Any], column: str) -> str:
    return f"{column} holds no words" if cell.raw(cells[column]) else f"{column} is empty"


__all__ = [
    "STANDARD_CAMPAIGN",
    "Campaign",
    "Persona",
    "ReadRow",
    "ReadTable",
    "Refusal",
    "Remark",
    "Vertical",
    "campaign_key",
    "read_table",
    "row_key",
]
