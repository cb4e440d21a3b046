"""Rich text in Notion's JSON, out and in, with the limits of the API; and the errors of a refused request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Limits of the API (Notion's API reference). Its JavaScript counts UTF-16 units.
CONTENT_LIMIT = 2000
ITEMS_LIMIT = 100


class NotionProblemError(Exception):
    """A request that Notion would refuse; ``app`` turns it into the error body."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def validation_error(message: str) -> NotionProblemError:
    """400 with code validation_error."""
    return NotionProblemError(400, "validation_error", message)


def rich_text(text: str) -> list[dict[str, Any]]:
    """Text as Notion sends it back: pieces of at most 2,000 characters with annotations and plain_text."""
    pieces = [text[start : start + CONTENT_LIMIT] for start in range(0, len(text), CONTENT_LIMIT)]
    annotations = {
        "bold": False,
        "italic": False,
        "strikethrough": False,
        "underline": False,
        "code": False,
        "color": "default",
    }
    return [
        {
            "type": "text",
            "text": {"content": piece, "link": None},
            "annotations": dict(annotations),
            "plain_text": piece,
            "href": None,
        }
        for piece in pieces
    ]


def text_from_json(body: Any, path: str) -> str:
    """The text of a rich-text array; NotionProblemError (400) where Notion would refuse it."""
    if not isinstance(body, list):
        raise validation_error(f"{path} should be an array, instead was `{body!r}`.")
    if len(body) > ITEMS_LIMIT:
        raise validation_error(f"{path}.length should be ≤ `{ITEMS_LIMIT}`, instead was `{len(body)}`.")
    text = ""
    for index, item in enumerate(body):
        content = item.get("text", {}).get("content") if isinstance(item, Mapping) else None
        if not isinstance(content, str):
            raise validation_error(f"{path}[{index}].text.content should be defined, instead was `undefined`.")
        units = len(content.encode("utf-16-le")) // 2
        if units > CONTENT_LIMIT:
            raise validation_error(
                f"{path}[{index}].text.content.length should be ≤ `{CONTENT_LIMIT}`, instead was `{units}`."
            )
        text += content
    return text
