"""What stands in one cell of Notion, whatever type its column has: as text, as items, as lines. Pure.

Pictures (emoji) fall off: no CRM field is sure to keep them. What belongs elsewhere: how text is taken apart (``fields``), which cells a
row needs (``rows``), what is odd about them (``remarks``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from gtm_assets.knowledge.fields import split_items, without_pictures


def raw(value: object) -> str:
    """The cell's text as it stands there; several values are joined by commas."""
    if value is None:
        return ""
    if isinstance(value, (tuple, list)):
        return ", ".join(str(item) for item in cast("Sequence[object]", value)).strip()
    return str(value).strip()


def text(value: object) -> str:
    """The cell's words."""
    return without_pictures(raw(value))


def items(value: object) -> tuple[str, ...]:
    """The cell's values, or the lines, bullets and parts between semicolons of its text."""
    if isinstance(value, (tuple, list)):
        found = tuple(str(item).strip() for item in cast("Sequence[object]", value))
    else:
        found = split_items(raw(value))
    return tuple(item for each in found if (item := without_pictures(each)))


def lines(value: object) -> str:
    """The cell's values or lines, each in a line of its own."""
    return "\n".join(items(value)) if isinstance(value, (tuple, list)) else text(value)
