"""What is odd about a row that takes part all the same, and how large a cell may be. Pure.

A remark stands where refusals stand and stops nothing. What belongs elsewhere: refusing rows (``rows``), telling people (``assets``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gtm_assets.knowledge import cells as cell
from gtm_assets.knowledge.columns import Database
from gtm_assets.knowledge.fields import lost_in_slug, slug, unknown_prefixes

#: Characters of a name: it stands in lists of the CRM and in texts.
LONGEST_NAME: Final = 100
#: Characters of any other cell. All of a row goes into each request for its texts; Notion would hold 200,000.
LONGEST_CELL: Final = 10_000
#: From so many characters on a cell says more than one text of 199 can be about.
_LONG_CELL: Final[Mapping[str, int]] = {
    "Definition": 1_500,
    "Pains": 1_500,
    "Gains": 1_500,
    "Products": 1_500,
    "Brief": 1_500,
}
#: Long lists are welcome in these; a single entry of so many characters is none.
_LONG_ITEM: Final[Mapping[str, int]] = {"Job Titles": 150, "References": 600}
#: What people call a column that only verticals have.
_PRODUCT_COLUMNS: Final = frozenset({"product", "products", "produkt", "produkte"})
_SHOWN: Final = 60


def too_large(cells: Mapping[str, Any]) -> str:
    """Why a row can't take part as large as it is; empty where it can."""
    for column, value in cells.items():
        length, limit = len(cell.raw(value)), LONGEST_NAME if column == "Name" else LONGEST_CELL
        if length > limit:
            return f"{column} has {length:,} characters, {limit:,} are allowed; shorten it"
    return ""


def remarks(database: Database, cells: Mapping[str, Any], others: Mapping[str, Any]) -> Iterator[str]:
    """What somebody should know about a row that takes part.

    Args:
        database: Where it stands.
        cells: Our columns.
        others: The cells of columns that nobody reads, by name.
    """
    for column, value in cells.items():
        yield from _size(column, value)
    yield from _signs("Tag" if database == "campaigns" else "Key", cells)
    if database == "verticals":
        yield from _prefixes(cells)
        return
    for column, value in others.items():
        if column.casefold() in _PRODUCT_COLUMNS and (product := cell.raw(value)):
            yield (
                f"{column} ({_short(product)!r}) is not read, sold by anybody or not: a text speaks of the product of its vertical. "
                "What is sold to an industry belongs into Products of that vertical"
            )


def _size(column: str, value: object) -> Iterator[str]:
    length = len(cell.raw(value))
    if column in _LONG_CELL and length >= _LONG_CELL[column]:
        yield (
            f"{column} has {length:,} characters. All of them go into every request to the model, none is cut: that costs more, and texts "
            f"of a sentence lose their point. Fewer than {_LONG_CELL[column]:,} are plenty: a few short points, one a line"
        )
    if column in _LONG_ITEM:
        for item in cell.lines(value).splitlines() if column == "References" else cell.items(value):
            if len(item) >= _LONG_ITEM[column]:
                yield f"{column} holds one entry of {len(item):,} characters ({_short(item)!r}). Write one a line, in a few words"


def _signs(column: str, cells: Mapping[str, Any]) -> Iterator[str]:
    written = cell.raw(cells[column])
    lost = lost_in_slug(written)
    if lost:
        yield (
            f"{column} {_short(written)!r} counts as {slug(written)!r}, with or without {lost!r}. Another one that differs in such signs "
            "alone would be the same"
        )


def _prefixes(cells: Mapping[str, Any]) -> Iterator[str]:
    for prefix in unknown_prefixes(cell.items(cells["Products"])):
        yield (
            f"Products: {prefix!r} before a colon is no Ops Focus, so the line counts as a product of the row's own one, colon and all. "
            "Write Operativ: or Infrastruktur: in front if it is not part of the product's name"
        )


def _short(words: str) -> str:
    return words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…"
