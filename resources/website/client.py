"""One polite visit to a company's website: its main text and its imprint, or a named reason why not.

What belongs elsewhere: address and VAT number out of the imprint (``imprint``), what the text means (``gtm_assets``).
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin

import httpcore
import httpx

from resources.tls import shared_context
from resources.website import extraction
from resources.website.addresses import addresses_to_try, same_page
from resources.website.fetching import Fetcher, Page
from resources.website.hosts import HostGuard, Resolve
from resources.website.pinning import CheckedTransport, Deadline, PinnedTransport
from resources.website.visits import FetchError, SiteVisit

USER_AGENT = "gtm-assets/0.1 (reads a company's start page and imprint)"

# Where an imprint usually is when no link says so.
_USUAL_PATHS = ("/impressum", "/imprint")
_MOST_IMPRINT_PAGES = 4


@dataclass(frozen=True)
class _Imprint:
    url: str = ""
    text: str = ""
    reason: str = ""


class WebsiteClient:
    """Visits websites; safe to use from several threads.

    Args:
        allow_private_hosts: Whether websites on private and loopback addresses may be visited.
        transport: Seam for tests; None opens real connections, pinned to the checked address.
        timeout: Seconds for connecting, and for each wait for data.
        max_bytes: Largest page, decompressed.
        user_agent: How we introduce ourselves; its first word, up to the slash, is our name in robots.txt.
        resolve: ``socket.getaddrinfo`` or a stand-in.
        visit_seconds: How long one visit with all its pages may take.
        clock: Monotonic seconds.
        network: Seam for tests: opens sockets to addresses that were checked.
    """

    def __init__(
        self,
        *,
        allow_private_hosts: bool = False,
        transport: httpx.BaseTransport | None = None,
        timeout: float = 10.0,
        max_bytes: int = 2_000_000,
        user_agent: str = USER_AGENT,
        resolve: Resolve = socket.getaddrinfo,
        visit_seconds: float = 20.0,
        clock: Callable[[], float] = time.monotonic,
        network: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._guard = HostGuard(allow_private=allow_private_hosts, resolve=resolve)
        self._transport = transport
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._user_agent = user_agent
        self._visit_seconds = visit_seconds
        self._clock = clock
        self._network = network
        self._lock = threading.Lock()
        self.requests = 0

    def visit(self, url: str) -> SiteVisit:
        """Visit the website that a CRM field names; never raises for what a site does."""
        fetched_at = datetime.now(UTC)
        urls = addresses_to_try(url)
        if not urls:
            return _failed(url, fetched_at, FetchError("no_url", "the field holds no web address"))
        with self._fetcher() as fetcher:
            try:
                page = _first_page(fetcher, urls)
            except FetchError as error:
                return _failed(url, fetched_at, error)
            text = extraction.main_text(page.html)
            imprint = _find_imprint(fetcher, page)
        return SiteVisit(
            url=url,
            final_url=page.url,
            outcome="ok" if text else "empty",
            reason=imprint.reason if text else "the page holds no text of its own; it may need a browser's scripts",
            title=extraction.title_of(page.html),
            text=text,
            imprint_url=imprint.url,
            imprint_text=imprint.text,
            fetched_at=fetched_at,
            transient=False,
        )

    def close(self) -> None:
        """Close the transport, where one was given; a visit's own connections end with it."""
        if self._transport is not None:
            self._transport.close()

    @contextmanager
    def _fetcher(self) -> Iterator[Fetcher]:
        """Everything that lasts for one visit: connections, cookies, robots rules and the time."""
        deadline = Deadline(self._clock, self._visit_seconds)
        transport: httpx.BaseTransport
        if self._transport is None:
            transport = PinnedTransport(self._guard, deadline, shared_context(), self._network)
        else:
            transport = CheckedTransport(self._transport, self._guard)
        headers = {
            "User-Agent": self._user_agent,
            "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1",
            "Accept-Language": "de,en;q=0.7",
        }
        with httpx.Client(transport=transport, headers=headers, follow_redirects=False, trust_env=False) as http:
            yield Fetcher(
                http,
                product=self._user_agent.partition("/")[0].strip(),
                deadline=deadline,
                timeout=self._timeout,
                max_bytes=self._max_bytes,
                count=self._count,
            )

    def _count(self) -> None:
        with self._lock:
            self.requests += 1


def _failed(url: str, fetched_at: datetime, error: FetchError) -> SiteVisit:
    return SiteVisit(
        url=url,
        final_url="",
        outcome=error.outcome,
        reason=error.reason,
        title="",
        text="",
        imprint_url="",
        imprint_text="",
        fetched_at=fetched_at,
        transient=error.transient,
    )


def _first_page(fetcher: Fetcher, urls: tuple[str, ...]) -> Page:
    """The first address that answers; the next one is tried only where nobody speaks this one's scheme."""
    *others, last = urls
    for url in others:
        try:
            return fetcher.page(url)
        except FetchError as error:
            if not error.unanswered:
                raise
    return fetcher.page(last)


def _find_imprint(fetcher: Fetcher, page: Page) -> _Imprint:
    """The imprint behind the page's links or at a usual path; a page such as "Rechtliches" may lead on once."""
    waiting = [*extraction.imprint_links(page.html, page.url)]
    is_linked = any(link.is_certain for link in waiting)
    waiting += [extraction.ImprintLink(urljoin(page.url, path), is_certain=False) for path in _USUAL_PATHS]
    seen: list[str] = []
    why = ""
    while waiting and len(seen) < _MOST_IMPRINT_PAGES:
        link = waiting.pop(0)
        if any(same_page(link.url, url) for url in seen):
            continue
        seen.append(link.url)
        try:
            found = page if same_page(link.url, page.url) else fetcher.page(link.url)
        except FetchError as error:
            if link.is_certain and not why:
                why = f"the imprint can't be read: {error.reason}"
            continue
        text = extraction.whole_text(found.html)
        # Many sites answer every path with their start page: what nobody called an imprint has to look like one.
        if text and (link.is_certain or extraction.looks_like_imprint(text)):
            return _Imprint(found.url, text)
        if not is_linked:
            waiting[:0] = [one for one in extraction.imprint_links(found.html, found.url) if one.is_certain]
    return _Imprint(reason=why or "no imprint was found")
