"""Blocks of a page's body in Notion's JSON, out and in: types that hold a text, the divider, and tables of texts.

Other nested blocks and files are refused: nobody here needs them.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.notion.members import partial_json
from sandbox.notion.rich_text import rich_text, text_from_json, validation_error

#: Blocks of one request (Notion's API reference).
BLOCKS_LIMIT = 100
TYPES = (
    "paragraph",
    "heading_1",
    "heading_2",
    "heading_3",
    "bulleted_list_item",
    "numbered_list_item",
    "quote",
    "callout",
    "divider",
    "table",
)
#: Rows of one table in one request (children of a block, Notion's API reference).
_ROWS_LIMIT = 100
#: A cell's text in pieces, each with whether it is bold.
Cell = list[tuple[str, bool]]
_KEYS = frozenset({"object", "type"})


@dataclass(frozen=True)
class Block:
    """One block; a divider has no text, ``rows`` are a table's, the first of them its head."""

    id: str
    type: str
    text: str
    rows: list[list[Cell]] = field(default_factory=list)


def blocks_from_json(children: Any) -> list[Block]:
    """The ``children`` of a create request; NotionProblemError (400) where Notion would refuse them."""
    path = "body.children"
    if not isinstance(children, list):
        raise validation_error(f"{path} should be an array, instead was `{children!r}`.")
    if len(children) > BLOCKS_LIMIT:
        raise validation_error(f"{path}.length should be ≤ `{BLOCKS_LIMIT}`, instead was `{len(children)}`.")
    return [_block_from_json(child, f"{path}[{index}]") for index, child in enumerate(children)]


def block_json(block: Block, page_id: str, time_text: str, user_id: str) -> dict[str, Any]:
    """A block as Notion sends it back. Blocks are never edited here, so both times and both users are the page's first."""
    content: dict[str, Any] = {"rich_text": rich_text(block.text), "color": "default"}
    if block.type == "divider":
        content = {}
    if block.type == "table":
        content = {"table_width": len(block.rows[0]), "has_column_header": True, "has_row_header": True}
    parent = {"type": "page_id", "page_id": page_id}
    return _envelope(block.id, block.type, content, parent, time_text, user_id, has_children=block.type == "table")


def _envelope(
    identifier: str,
    kind: str,
    content: Mapping[str, Any],
    parent: Mapping[str, str],
    time_text: str,
    user_id: str,
    *,
    has_children: bool = False,
) -> dict[str, Any]:
    return {
        "object": "block",
        "id": identifier,
        "parent": dict(parent),
        "created_time": time_text,
        "last_edited_time": time_text,
        "created_by": partial_json(user_id),
        "last_edited_by": partial_json(user_id),
        "has_children": has_children,
        "archived": False,
        "in_trash": False,
        "type": kind,
        kind: dict(content),
    }


def table_rows_json(block: Block, time_text: str, user_id: str) -> list[dict[str, Any]]:
    """The rows of a table, its children, as Notion sends them back; no block but a table has any."""
    shown = []
    for index, row in enumerate(block.rows):
        cells = [
            [
                {**item, "annotations": {**item["annotations"], "bold": bold}}
                for text, bold in cell
                for item in rich_text(text)
            ]
            for cell in row
        ]
        identifier = str(uuid.uuid5(uuid.UUID(block.id), str(index)))
        shown.append(
            _envelope(
                identifier,
                "table_row",
                {"cells": cells},
                {"type": "block_id", "block_id": block.id},
                time_text,
                user_id,
            )
        )
    return shown


def _block_from_json(body: Any, path: str) -> Block:
    if not isinstance(body, Mapping):
        raise validation_error(f"{path} should be an object, instead was `{body!r}`.")
    kinds = [name for name in TYPES if name in body]
    kind = body.get("type", kinds[0] if len(kinds) == 1 else None)
    if kind not in TYPES:
        raise validation_error(f"{path}.type should be one of the blocks that the sandbox knows: {', '.join(TYPES)}.")
    content = body.get(kind)
    if not isinstance(content, Mapping):
        raise validation_error(f"{path}.{kind} should be defined, instead was `undefined`.")
    for name in body:
        if name not in _KEYS and name != kind:
            raise validation_error(f"{path}.{name} should be not present, instead was `{body[name]!r}`.")
    if kind == "table":
        return Block(str(uuid.uuid4()), kind, "", _table_rows(content, f"{path}.table"))
    if "children" in content:
        raise validation_error(f"{path}.{kind}.children should be not present: the sandbox knows no nested blocks.")
    if kind == "divider":
        return Block(str(uuid.uuid4()), kind, "")
    if "rich_text" not in content:
        raise validation_error(f"{path}.{kind}.rich_text should be defined, instead was `undefined`.")
    return Block(str(uuid.uuid4()), kind, text_from_json(content["rich_text"], f"{path}.{kind}.rich_text"))


def _table_rows(content: Mapping[str, Any], path: str) -> list[list[Cell]]:
    """The rows of a table, which a create request has to carry with it."""
    width, children = content.get("table_width"), content.get("children")
    if not isinstance(width, int) or width < 1:
        raise validation_error(f"{path}.table_width should be a number ≥ `1`, instead was `{width!r}`.")
    if not isinstance(children, list) or not 1 <= len(children) <= _ROWS_LIMIT:
        raise validation_error(f"{path}.children should be an array of 1 to {_ROWS_LIMIT} table rows.")
    rows = []
    for index, child in enumerate(children):
        cells = (child.get("table_row") or {}).get("cells") if isinstance(child, Mapping) else None
        if not isinstance(cells, list) or len(cells) != width:
            raise validation_error(f"{path}.children[{index}].table_row.cells.length should be `{width}`.")
        rows.append([_cell(cell, f"{path}.children[{index}].table_row.cells[{n}]") for n, cell in enumerate(cells)])
    return rows


def _cell(items: Any, path: str) -> Cell:
    text_from_json(items, path)
    return [(str(item["text"]["content"]), bool((item.get("annotations") or {}).get("bold"))) for item in items]
