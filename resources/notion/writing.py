"""Requests that change a page of Notion, and what their failures mean.

What belongs elsewhere: the JSON of values and blocks (``properties``, ``body``), repetitions (``exchange``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from resources.errors import PermanentError, TransientError
from resources.notion.body import Block, checked
from resources.notion.exchange import NOTHING_DONE, Exchange
from resources.notion.failures import SYSTEM
from resources.notion.properties import write_values
from resources.notion.tables import NotionSource, Value, is_gone


def create(
    exchange: Exchange, source: NotionSource, values: Mapping[str, Value], body: Iterable[Block]
) -> dict[str, Any]:
    """A new page's object. It is not sent again after a failure that leaves open whether the page exists.

    Raises:
        ValueError: A value or a body that Notion would refuse; nothing was sent.
        TransientError: It did not work now; the message says whether the page may exist all the same.
        OutsideError: As for reading.
    """
    properties, children = write_values(source, values), checked(body)
    parent = {"type": "data_source_id", "data_source_id": source.data_source_id}
    asked = f"creating a page in database {source.title!r}"
    options: dict[str, Any] = {"children": children} if children else {}
    try:
        return exchange.once(asked, lambda sdk: sdk.pages.create(parent=parent, properties=properties, **options))
    except TransientError as error:
        if error.status in NOTHING_DONE:
            raise
        message = f"{error.message} The page may exist all the same."
        what = "Look for it before it is created again."
        raise TransientError(SYSTEM, message, what, error.status, error.retry_after) from error


def update(
    exchange: Exchange, page_id: str, asked: str, changes: Mapping[str, Any], source: NotionSource | None = None
) -> dict[str, Any] | None:
    """The page's object after the change, which may be sent twice; None where there is nothing to change any more.

    Args:
        exchange: Sends it.
        page_id: Which page.
        asked: What is being done, for errors.
        changes: Keys of the request's body.
        source: Where the page must still be; None for anywhere.

    Raises:
        TransientError: It did not work now, such as because somebody is editing the page.
        OutsideError: As for reading.
    """
    try:
        page = exchange.repeatable(asked, lambda sdk: sdk.pages.update(page_id, **changes))
    except TransientError as error:
        if error.status != 409:
            raise
        message = f"{asked}: somebody is editing this page, and Notion refused the change each time ({error.message})."
        what = "It is tried again later; it helps to close the page in Notion."
        raise TransientError(SYSTEM, message, what, 409, error.retry_after) from error
    except PermanentError as error:
        # Notion answers 400 for a page in the trash; its words for that are no contract, the page itself is.
        if error.status == 404 or (error.status == 400 and retrieve(exchange, page_id, asked, source) is None):
            return None
        raise
    return page if source is None or _is_row_of(page, source) else None


def retrieve(exchange: Exchange, page_id: str, asked: str, source: NotionSource | None = None) -> dict[str, Any] | None:
    """The page's object; None where it is not found (any more), not shared, in the trash, or not in ``source``.

    Raises:
        OutsideError: As for reading.
    """
    try:
        page = exchange.repeatable(asked, lambda sdk: sdk.pages.retrieve(page_id))
    except PermanentError as error:
        if error.status == 404:
            return None
        raise
    if is_gone(page) or (source is not None and not _is_row_of(page, source)):
        return None
    return page


def _is_row_of(page: Mapping[str, Any], source: NotionSource) -> bool:
    """Whether a page is a row of the source: not in the trash, and not moved to another database."""
    parent = str((page.get("parent") or {}).get("data_source_id") or source.data_source_id)
    same = parent.replace("-", "") == source.data_source_id.replace("-", "")
    return same and not is_gone(page)
