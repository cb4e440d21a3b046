"""Notion databases over the official SDK: database -> data source -> all pages of the query, as one table.

The SDK's own retries are off: it doesn't repeat a failed query (a POST, although it only reads), knows neither 502, 504
nor 529 and ignores a fractional ``Retry-After``. Its paging helpers cut results off silently at 10,000.

What belongs elsewhere: what the columns mean (``gtm_assets.knowledge``), reading property values (``tables``).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import tenacity

from resources.errors import PermanentError, TransientError
from resources.notion.failures import SYSTEM, translate
from resources.notion.pace import Pace
from resources.notion.tables import NotionRow, NotionTable, is_gone, plain_text, read_columns, read_row

if TYPE_CHECKING:
    import httpx
    from notion_client import Client

_ATTEMPTS = 4
# A longer wait isn't slept through inside a run: the caller is told and comes back.
_LONGEST_WAIT = 60.0
# Notion's limit holds for the integration, so all clients of the process share one pace.
_PROCESS_PACE = Pace(time.monotonic)


class NotionClient:
    """Reads Notion databases; nothing is sent before the first call.

    Args:
        token: The integration's secret.
        base_url: Where Notion is, without ``/v1``; None for Notion itself.
        timeout: Seconds for connecting, and for each wait for data.
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
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._token = token
        self._base_url = (base_url or "").strip().rstrip("/").removesuffix("/v1")
        self._timeout = timeout
        self._sleep = sleep
        self._transport = transport
        # A sleep that doesn't really sleep would book the shared pace far into the future.
        is_real = sleep is time.sleep and clock is time.monotonic
        self._pace = _PROCESS_PACE if is_real else Pace(clock)
        self._lock = threading.Lock()
        self._sdk: Client | None = None
        self.calls = 0

    def table(self, database_id: str) -> NotionTable:
        """The whole database: its columns and all pages that are not in the trash.

        Raises:
            AuthError: The token is refused or lacks the right to read.
            PermanentError: Not found (not shared), more than Notion gives away (10,000 rows), several data sources.
            TransientError: Notion is overloaded or unreachable, after several attempts.
        """
        sdk = self._client()
        asked = f"reading database {database_id}"
        database = self._call(asked, lambda: sdk.databases.retrieve(database_id))
        source_id = _only_data_source(database_id, database)
        source = self._call(f"{asked}'s columns", lambda: sdk.data_sources.retrieve(source_id))
        columns = read_columns(source)
        rows: dict[str, NotionRow] = {}
        for page in self._pages(asked, source_id):
            if page.get("object", "page") == "page" and not is_gone(page):
                rows[str(page["id"])] = read_row(self._with_whole_relations(asked, page), columns)
        title = plain_text(database.get("title")) or plain_text(source.get("title"))
        return NotionTable(database_id=database_id, title=title, columns=columns, rows=tuple(rows.values()))

    def close(self) -> None:
        """Close the connections; the client can be used again afterwards."""
        with self._lock:
            sdk, self._sdk = self._sdk, None
        if sdk is not None:
            sdk.close()

    def _pages(self, asked: str, source_id: str) -> Iterator[dict[str, Any]]:
        """All pages of the query, oldest first: an order that edits in between don't change."""
        sdk = self._client()
        body: dict[str, Any] = {"page_size": 100, "sorts": [{"timestamp": "created_time", "direction": "ascending"}]}
        seen: set[str] = set()
        while True:
            reply = self._call(f"{asked}'s rows", lambda: sdk.data_sources.query(source_id, **body))
            status = reply.get("request_status") or {}
            if status.get("type") == "incomplete":
                why = status.get("incomplete_reason") or "no reason given"
                what = "Split the database, or delete rows that are no longer needed; nothing was taken over."
                raise PermanentError(SYSTEM, f"{asked} came back incomplete ({why}; Notion gives 10,000 rows).", what)
            yield from reply.get("results") or ()
            cursor = reply.get("next_cursor")
            if not reply.get("has_more"):
                return
            if not cursor or cursor in seen:
                raise TransientError(
                    SYSTEM, f"{asked} promised more rows without saying where they start.", "Try again."
                )
            seen.add(cursor)
            body["start_cursor"] = cursor

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
        sdk = self._client()
        options: dict[str, Any] = {"page_size": 100}
        while True:
            reply = self._call(asked, lambda: sdk.pages.properties.retrieve(page_id, property_id, **options))
            yield from reply.get("results") or ()
            if not reply.get("has_more") or not reply.get("next_cursor"):
                return
            if reply["next_cursor"] == options.get("start_cursor"):
                raise TransientError(SYSTEM, f"{asked} promised more without saying where it starts.", "Try again.")
            options["start_cursor"] = reply["next_cursor"]

    def _call(self, asked: str, send: Callable[[], Any]) -> dict[str, Any]:
        """One reading request, repeated while Notion asks for patience."""
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(_ATTEMPTS),
            wait=_wait,
            retry=tenacity.retry_if_exception(_is_worth_waiting),
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(self._once, asked, send)

    def _once(self, asked: str, send: Callable[[], Any]) -> dict[str, Any]:
        wait = self._pace.reserve()
        if wait > 0:
            self._sleep(wait)
        with self._lock:
            self.calls += 1
        try:
            reply = send()
        except Exception as error:
            typed = translate(asked, error)
            if typed is None:
                raise
            raise typed from error
        if not isinstance(reply, dict):
            raise TransientError(
                SYSTEM, f"{asked} came back with something that is no object.", "Check NOTION_BASE_URL."
            )
        return reply

    def _client(self) -> Client:
        with self._lock:
            if self._sdk is None:
                self._sdk = self._new_client()
            return self._sdk

    def _new_client(self) -> Client:
        import logging

        import httpx
        from notion_client import Client

        options: dict[str, Any] = {
            "auth": self._token,
            "timeout_ms": self._timeout * 1000,
            "retry": False,
            # Every failure is raised as a typed error; the SDK's own log handler would print it a second time.
            "logger": logging.getLogger("resources.notion.sdk"),
            "log_level": logging.ERROR,
        }
        if self._base_url:
            options["base_url"] = self._base_url
        return Client(client=httpx.Client(transport=self._transport), **options)


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


def _is_worth_waiting(error: BaseException) -> bool:
    return isinstance(error, TransientError) and (error.retry_after or 0.0) <= _LONGEST_WAIT


_backoff = tenacity.wait_exponential_jitter(initial=1.0, max=20.0, jitter=1.0)


def _wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, TransientError) and error.retry_after is not None:
        return error.retry_after
    return float(_backoff(state))
