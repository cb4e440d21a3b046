"""What stands on a page below its properties: Notion's blocks, as JSON of a create request. Pure.

What belongs elsewhere: values of columns (``properties``), sending (``client``), and what a page should say (``gtm_assets.texts``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from resources.notion.rich_text import rich_text

#: Blocks that one request may carry (Notion's API reference).
MAX_BLOCKS = 100

Block = dict[str, Any]


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


def checked(blocks: Iterable[Block]) -> list[Block]:
    """The blocks of one page.

    Raises:
        ValueError: More than 100: Notion would refuse the request.
    """
    found = list(blocks)
    if len(found) > MAX_BLOCKS:
        raise ValueError(f"a page of {len(found)} blocks is too long: Notion takes {MAX_BLOCKS} in one request.")
    return found


def _block(kind: str, text: str) -> Block:
    return {"object": "block", "type": kind, kind: {"rich_text": rich_text(text)}}
