"""Blocks of a page's body in Notion's JSON, out and in: types that hold a text, and the divider.

Nested blocks, tables and files are refused: nobody here needs them.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
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
)
_KEYS = frozenset({"object", "type"})


@dataclass(frozen=True)
class Block:
    """One block; a divider has no text."""

    id: str
    type: str
    text: str


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
    content: dict[str, Any] = (
        {} if block.type == "divider" else {"rich_text": rich_text(block.text), "color": "default"}
    )
    return {
        "object": "block",
        "id": block.id,
        "parent": {"type": "page_id", "page_id": page_id},
        "created_time": time_text,
        "last_edited_time": time_text,
        "created_by": partial_json(user_id),
        "last_edited_by": partial_json(user_id),
        "has_children": False,
        "archived": False,
        "in_trash": False,
        "type": block.type,
        block.type: content,
    }


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
    if "children" in content:
        raise validation_error(f"{path}.{kind}.children should be not present: the sandbox knows no nested blocks.")
    if kind == "divider":
        return Block(str(uuid.uuid4()), kind, "")
    if "rich_text" not in content:
        raise validation_error(f"{path}.{kind}.rich_text should be defined, instead was `undefined`.")
    return Block(str(uuid.uuid4()), kind, text_from_json(content["rich_text"], f"{path}.{kind}.rich_text"))
