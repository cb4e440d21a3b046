"""What stands on a page below its properties: Notion's blocks, as JSON of a create request. Pure.

What belongs elsewhere: values of columns (``properties``), sending (``client``), and what a page should say (``gtm_assets.texts``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from resources.notion.rich_text import rich_text

#: Blocks that one request may carry (Notion's API reference).
MAX_BLOCKS = 100

Block = dict[str, Any]


@dataclass(frozen=True)
class Marked:
    """A text in pieces, each with whether it is set in bold."""

    pieces: tuple[tuple[str, bool], ...]


def heading(text: str) -> Block:
    """A heading of the second of Notion's three sizes; the page's title is bigger than all of them."""
    return _block("heading_2", text)


def paragraph(text: str) -> Block:
    """A paragraph; an empty text is an empty line."""
    return _block("paragraph", text)


def bullet(text: str) -> Block:
    """One item of a bulleted list."""
    return _block("bulleted_list_item", text)


def quote(text: str) -> Block:
    """A quotation, set off by a bar."""
    return _block("quote", text)


def table(head: Sequence[str], rows: Iterable[Sequence[str | Marked]]) -> Block:
    """A table whose first row is a head; each row has as many cells as it."""
    lines: list[Sequence[str | Marked]] = [head, *rows]
    children = [
        {"object": "block", "type": "table_row", "table_row": {"cells": [_cell(cell) for cell in line]}}
        for line in lines
    ]
    shape = {"table_width": len(head), "has_column_header": True, "has_row_header": True, "children": children}
    return {"object": "block", "type": "table", "table": shape}


def checked(blocks: Iterable[Block]) -> list[Block]:
    """The blocks of one page.

    Raises:
        ValueError: More than 100: Notion would refuse the request.
    """
    found = list(blocks)
    if len(found) > MAX_BLOCKS:
        raise ValueError(f"a page of {len(found)} blocks is too long: Notion takes {MAX_BLOCKS} in one request.")
    return found


def _cell(cell: str | Marked) -> list[dict[str, Any]]:
    if isinstance(cell, str):
        return rich_text(cell)
    return [
        {**item, "annotations": {"bold": True}} if bold else item
        for text, bold in cell.pieces
        for item in rich_text(text)
    ]


def _block(kind: str, text: str) -> Block:
    return {"object": "block", "type": kind, kind: {"rich_text": rich_text(text)}}
