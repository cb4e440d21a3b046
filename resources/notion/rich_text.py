"""Text as Notion takes it: rich-text items that are short enough. Pure.

Used by property values (``properties``) and by blocks of a page's body (``body``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

#: Limits of one item and of one array (Notion's API reference). It doesn't say what a character is; UTF-16 units, which Notion's
#: own JavaScript counts, are never fewer than characters.
ITEM_UNITS = 2000
MAX_ITEMS = 100


def rich_text(text: str) -> list[dict[str, Any]]:
    """The text in items of at most 2,000 UTF-16 units; an empty text is no item.

    Raises:
        ValueError: It needs more than 100 items.
    """
    items = [{"type": "text", "text": {"content": piece}} for piece in _pieces(text)]
    if len(items) > MAX_ITEMS:
        raise ValueError(
            f"a text of {len(text)} characters is too long: Notion takes {MAX_ITEMS} items of {ITEM_UNITS}."
        )
    return items


def _pieces(text: str) -> Iterator[str]:
    """Consecutive pieces; a character outside the basic plane counts two units and is never cut in half."""
    start = units = 0
    for position, character in enumerate(text):
        width = 2 if ord(character) > 0xFFFF else 1
        if units + width > ITEM_UNITS:
            yield text[start:position]
            start, units = position, 0
        units += width
    if start < len(text):
        yield text[start:]
