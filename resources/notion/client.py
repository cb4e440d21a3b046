"""Notion databases over the official SDK: database -> data source -> pages, read as rows and written.

The SDK's paging helpers are not used: they cut results off silently at 10,000.

What belongs elsewhere: what the columns mean (``gtm_assets``), reading and writing property values (``tables``,
``properties``), what happens to a failed request (``exchange``), and what a failed write means (``writing``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from resources.errors import PermanentError, TransientError
from resources.notion import writing
from resources.notion.body import Block
from resources.notion.editors import Editors, as_bot
from resources.notion.exchange import Exchange
from resources.notion.failures import SYSTEM
from resources.notion.filters import query_filter
from resources.notion.pace import Limiter
from resources.notion.properties import write_values
from resources.notion.tables import (
    NotionRow,
    NotionSource,
    NotionTable,
    Value,
    is_gone,
    plain_text,
    read_columns,
    read_row,
    read_source,
)

if TYPE_CHECKING:
    import httpx


class NotionClient:
    """Reads and writes Notion databases; nothing is sent before the first call. ``calls`` counts requests.

    Args:
        token: The integration's secret.
        base_url: Where Notion is, without ``/v1``; None for Notion itself.
        timeout: Seconds for connecting, and for each wait for data.
        limiter: Grants requests, shared with other processes; None for the pace of this process.
        sleep: Waits the given seconds; a test passes its own and then has a pace of its own, too.
        clock: Monotonic seconds, for the pace.
        transport: Seam for tests.
    """

    def __init__(
        self,
        *,
        token: str,
        base_url: str | None,
        timeout: float = 30.0,
        limiter: Limiter | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._exchange = Exchange(
            token, base_url, timeout=timeout, limiter=limiter, sleep=sleep, clock=clock, transport=transport
        )
        self._editors = Editors(self._exchange)

    @property
    def calls(self) -> int:
        """Requests sent so far, repetitions included."""
        return self._exchange.calls

    def table(self, database_id: str) -> NotionTable:
        """The whole database: its columns and all pages that are not in the trash.

        Raises:
            AuthError: The token is refused or lacks the right to read.
            PermanentError: Not found (not shared), more than Notion gives away (10,000 rows), several data sources.
            TransientError: Notion is overloaded or unreachable, after several attempts.
        """
        asked = f"reading database {database_id}"
        title, data_source = self._data_source(asked, database_id)
        columns = read_columns(data_source)
        rows: dict[str, NotionRow] = {}
        for page in self._pages(asked, str(data_source["id"])):
            rows[str(page["id"])] = read_row(self._with_whole_relations(asked, page), columns)
        return NotionTable(database_id=database_id, title=title, columns=columns, rows=tuple(rows.values()))

    def source(self, database_id: str) -> NotionSource:
        """The database's only data source with its columns, without any row; ask again where columns may have changed.

        Raises:
            OutsideError: As ``table``.
        """
        title, data_source = self._data_source(f"reading database {database_id}", database_id)
        return read_source(database_id, title, data_source)

    def query(
        self, source: NotionSource, *, edited_since: datetime | None = None, equal: Mapping[str, str] | None = None
    ) -> tuple[NotionRow, ...]:
        """Rows that fulfil all conditions and are not in the trash, the longest unedited first.

        Args:
            source: Whose rows.
            edited_since: Aware. Notion rounds a page's time down to the minute, and so is this: rows edited earlier in the
                same minute come, too. What is edited while the query runs may come next time only.
            equal: Column (title, text, select or status) -> the text it must hold.

        Raises:
            NotionValueError: A column that is not there or can't be asked for; nothing was sent.
            OutsideError: As ``table``.
        """
        asked = f"asking database {source.title!r}"
        rows: dict[str, NotionRow] = {}
        for page in self._pages(asked, source.data_source_id, query_filter(source, edited_since, equal)):
            rows[str(page["id"])] = _row(self._whole(asked, page), source)
        return tuple(sorted(rows.values(), key=lambda row: row.last_edited))

    def page(self, page_id: str, source: NotionSource) -> NotionRow | None:
        """One row; None where it is not found, lies in the trash, or was moved to another database.

        Raises:
            OutsideError: As ``table``.
        """
        asked = f"reading page {page_id}"
        page = writing.retrieve(self._exchange, page_id, asked, source)
        return _row(self._whole(asked, page), source) if page is not None else None

    def create_page(self, source: NotionSource, values: Mapping[str, Value], body: Iterable[Block] = ()) -> NotionRow:
        """Make a row with a page of blocks (``body``). Not repeated where the page may exist after a failure.

        Raises:
            ValueError: A value or a body that Notion would refuse; nothing was sent.
            TransientError: Not now. Unless Notion refused it, look for the page before creating it again: it may exist.
            OutsideError: As ``table``.
        """
        return _row(as_bot(writing.create(self._exchange, source, values, body)), source)

    def update_page(self, source: NotionSource, page_id: str, values: Mapping[str, Value]) -> NotionRow | None:
        """Change cells of a row; None where it is not found, lies in the trash, or was moved to another database.

        Raises:
            NotionValueError: A value that Notion would refuse; nothing was sent.
            TransientError: Not now, such as because somebody is editing the page. The change may have been made.
            OutsideError: As ``table``.
        """
        asked = f"updating page {page_id}"
        changes = {"properties": write_values(source, values)}
        page = writing.update(self._exchange, page_id, asked, changes, source)
        return _row(as_bot(self._with_whole_relations(asked, page)), source) if page is not None else None

    def trash_page(self, page_id: str) -> bool:
        """Move a page to the trash; False where it was gone already, be it by an attempt whose answer was lost.

        Raises:
            TransientError: Not now, such as because somebody is editing the page. It may have been moved.
            OutsideError: As ``table``.
        """
        # ``archived`` is a deprecated alias, gone in version 2026-03-11 (Notion's upgrade guide).
        asked = f"moving page {page_id} to the trash"
        return writing.update(self._exchange, page_id, asked, {"in_trash": True}) is not None

    def close(self) -> None:
        """Close the connections; the client can be used again afterwards."""
        self._exchange.close()

    def _data_source(self, asked: str, database_id: str) -> tuple[str, dict[str, Any]]:
        """The database's title and the object of its only data source."""
        database = self._exchange.repeatable(asked, lambda sdk: sdk.databases.retrieve(database_id))
        source_id = _only_data_source(database_id, database)
        source = self._exchange.repeatable(f"{asked}'s columns", lambda sdk: sdk.data_sources.retrieve(source_id))
        title = plain_text(database.get("title")) or plain_text(source.get("title"))
        return title, {**source, "id": source_id}

    def _pages(self, asked: str, source_id: str, condition: dict[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """All pages of the query that are not in the trash, oldest first: an order that edits in between don't change."""
        body: dict[str, Any] = {"page_size": 100, "sorts": [{"timestamp": "created_time", "direction": "ascending"}]}
        if condition is not None:
            body["filter"] = condition
        seen: set[str] = set()
        while True:
            reply = self._exchange.repeatable(f"{asked}'s rows", lambda sdk: sdk.data_sources.query(source_id, **body))
            status = reply.get("request_status") or {}
            if status.get("type") == "incomplete":
                why = status.get("incomplete_reason") or "no reason given"
                what = "Split the database, or delete rows that are no longer needed; nothing was taken over."
                raise PermanentError(SYSTEM, f"{asked} came back incomplete ({why}; Notion gives 10,000 rows).", what)
            for page in reply.get("results") or ():
                if page.get("object", "page") == "page" and not is_gone(page):
                    yield page
            cursor = reply.get("next_cursor")
            if not reply.get("has_more"):
                return
            if not cursor or cursor in seen:
                raise TransientError(
                    SYSTEM, f"{asked} promised more rows without saying where they start.", "Try again."
                )
            seen.add(cursor)
            body["start_cursor"] = cursor

    def _whole(self, asked: str, page: dict[str, Any]) -> dict[str, Any]:
        return self._editors.with_editor(self._with_whole_relations(asked, page))

    def _with_whole_relations(self, asked: str, page: dict[str, Any]) -> dict[str, Any]:
        """The page with complete relations; a query carries only the first 25 references of each."""
        properties = dict(page.get("properties") or {})
        cut = {
            name: prop for name, prop in properties.items() if prop.get("type") == "relation" and prop.get("has_more")
        }
        for name, prop in cut.items():
            items = self._property_items(f"{asked}'s relation {name}", str(page["id"]), str(prop.get("id")))
            properties[name] = {**prop, "relation": [item["relation"] for item in items if item.get("relation")]}
        return {**page, "properties": properties} if cut else page

    def _property_items(self, asked: str, page_id: str, property_id: str) -> Iterator[dict[str, Any]]:
        options: dict[str, Any] = {"page_size": 100}
        while True:
            reply = self._exchange.repeatable(
                asked, lambda sdk: sdk.pages.properties.retrieve(page_id, property_id, **options)
            )
            yield from reply.get("results") or ()
            if not reply.get("has_more") or not reply.get("next_cursor"):
                return
            if reply["next_cursor"] == options.get("start_cursor"):
                raise TransientError(SYSTEM, f"{asked} promised more without saying where it starts.", "Try again.")
            options["start_cursor"] = reply["next_cursor"]


def _row(page: dict[str, Any], source: NotionSource) -> NotionRow:
    return read_row(page, {name: column.type for name, column in source.columns.items()})


def _only_data_source(database_id: str, database: dict[str, Any]) -> str:
    sources = database.get("data_sources") or []
    if len(sources) == 1:
        return str(sources[0]["id"])
    if not sources:
        what = "If it is a linked view, share the original database with the integration and use that one's id."
        raise PermanentError(SYSTEM, f"database {database_id} came back without a data source.", what)
    names = ", ".join(repr(source.get("name") or source["id"]) for source in sources)
    what = "Keep one and move the others to databases of their own: which one was meant can't be told."
    raise PermanentError(SYSTEM, f"database {database_id} has {len(sources)} data sources ({names}).", what)
