"""One visit's requests: robots.txt first, redirects followed by hand, and an end in size and time.

What belongs elsewhere: checking and connecting (``hosts``, ``pinning``), reading the pages (``extraction``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx

from resources.website.addresses import without_fragment
from resources.website.extraction import decode
from resources.website.hosts import RefusedHostError, UnknownHostError
from resources.website.pinning import Deadline
from resources.website.robots import ROBOTS_BYTES, Robots
from resources.website.visits import FetchError

MAX_REDIRECTS = 5
_HTML = ("text/html", "application/xhtml+xml")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Page:
    """An HTML page: where it finally was, and its source as text."""

    url: str
    html: str


@dataclass(frozen=True)
class _Answer:
    status: int
    location: str
    content_type: str
    charset: str
    body: bytes


class Fetcher:
    """Fetches pages within one visit; cookies and robots rules last as long as it does.

    Args:
        http: Client of this visit, with the guarded transport; must not follow redirects by itself.
        product: Our product token in robots.txt.
        deadline: When the visit is over.
        timeout: Seconds for connecting, and for each wait for data.
        max_bytes: Largest page, decompressed.
        count: Called once for each request sent.
    """

    def __init__(
        self,
        http: httpx.Client,
        *,
        product: str,
        deadline: Deadline,
        timeout: float,
        max_bytes: int,
        count: Callable[[], None],
    ) -> None:
        self._http = http
        self._deadline = deadline
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._count = count
        self._robots = Robots(product, self._robots_txt)

    def page(self, url: str) -> Page:
        """The HTML page behind the URL, at most five redirects away.

        Raises:
            FetchError: With the outcome, the reason and whether it may be better later.
        """
        seen: set[tuple[str, int]] = set()
        start = url
        while True:
            is_redirected = url != start
            # A page that sets a cookie and sends us back to itself is no loop yet.
            state = (url, len(self._http.cookies.jar))
            if state in seen or len(seen) > MAX_REDIRECTS:
                why = "in a circle" if state in seen else f"more than {MAX_REDIRECTS} times"
                raise FetchError("redirect_refused", f"{start} redirects {why}")
            seen.add(state)
            try:
                self._robots.check(url)
                answer = self._get(url, self._max_bytes, html_only=True)
            except RefusedHostError as error:
                if is_redirected:
                    raise FetchError("redirect_refused", f"{start} redirects to a refused host: {error}") from error
                raise FetchError("private_host", str(error)) from error
            if answer.location:
                url = _redirect_target(url, answer.location)
                continue
            if answer.status != 200:
                is_transient = answer.status in (408, 429) or answer.status >= 500
                raise FetchError("http_error", f"{url} came back with HTTP {answer.status}", transient=is_transient)
            return Page(url=url, html=decode(answer.body, answer.charset))

    def _robots_txt(self, url: str) -> tuple[int, str]:
        """Status and text; one that can't be had for a reason of its own counts as missing."""
        for _ in range(MAX_REDIRECTS + 1):
            try:
                answer = self._get(url, ROBOTS_BYTES, cut=True)
                if not answer.location:
                    return answer.status, decode(answer.body, answer.charset)
                target = _redirect_target(url, answer.location)
            except FetchError as error:
                if error.outcome == "unreachable":
                    raise
                return 404, ""
            if urlsplit(target).netloc != urlsplit(url).netloc:
                # Elsewhere an address may be refused that says nothing about this site.
                return self._foreign_robots_txt(target)
            url = target
        return 404, ""

    def _foreign_robots_txt(self, url: str) -> tuple[int, str]:
        for _ in range(MAX_REDIRECTS):
            try:
                answer = self._get(url, ROBOTS_BYTES, cut=True)
                if not answer.location:
                    return answer.status, decode(answer.body, answer.charset)
                url = _redirect_target(url, answer.location)
            except (FetchError, RefusedHostError):
                return 404, ""
        return 404, ""

    def _get(self, url: str, max_bytes: int, *, html_only: bool = False, cut: bool = False) -> _Answer:
        """One request, no redirect followed. The body is read for status 200 only."""
        if self._deadline.remaining() <= 0:
            raise self._too_slow(url)
        self._count()
        limit = min(self._timeout, self._deadline.remaining())
        try:
            with self._http.stream("GET", url, timeout=limit) as response:
                return self._read(response, max_bytes, html_only=html_only, cut=cut)
        except UnknownHostError as error:
            raise FetchError("unreachable", str(error), transient=error.transient) from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise FetchError("redirect_refused", f"{url} is no address that can be visited: {error}") from error
        except httpx.HTTPError as error:
            if self._deadline.remaining() <= 0:
                raise self._too_slow(url) from error
            reason = f"{url} did not answer ({type(error).__name__}: {error})"
            is_unanswered = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProtocolError)
            raise FetchError("unreachable", reason, transient=True, unanswered=is_unanswered) from error

    def _read(self, response: httpx.Response, max_bytes: int, *, html_only: bool, cut: bool) -> _Answer:
        kind = response.headers.get("content-type", "")
        answer = _Answer(response.status_code, "", kind, response.charset_encoding or "", b"")
        if response.status_code in _REDIRECTS and response.headers.get("location"):
            return _Answer(answer.status, response.headers["location"], kind, answer.charset, b"")
        if response.status_code != 200:
            return answer
        media_type = kind.partition(";")[0].strip().lower()
        if html_only and media_type and media_type not in _HTML:
            raise FetchError("not_html", f"{response.url} is {media_type}, no web page")
        body = self._body(response, max_bytes, cut=cut)
        if html_only and not media_type and not body.lstrip()[:1] == b"<":
            raise FetchError("not_html", f"{response.url} does not look like a web page")
        return _Answer(answer.status, "", kind, answer.charset, body)

    def _body(self, response: httpx.Response, max_bytes: int, *, cut: bool) -> bytes:
        """The decompressed body; a chunk is at most 64 KiB before decompression, which bounds what a bomb can do."""
        too_large = FetchError("too_large", f"{response.url} is larger than {max_bytes:,} bytes")
        announced = response.headers.get("content-length", "")
        if not cut and announced.isascii() and announced.isdigit() and int(announced[:18]) > max_bytes:
            raise too_large
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if self._deadline.remaining() <= 0:
                raise self._too_slow(str(response.url))
            if len(body) > max_bytes:
                if cut:
                    return bytes(body[:max_bytes])
                raise too_large
        return bytes(body)

    @staticmethod
    def _too_slow(url: str) -> FetchError:
        return FetchError("unreachable", f"{url} took longer than a visit may take", transient=True)


def _redirect_target(url: str, location: str) -> str:
    try:
        target = urljoin(url, location.strip())
        parts = urlsplit(target)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_web = False
        target = location
    if not is_web:
        raise FetchError("redirect_refused", f"{url} redirects to something that is no web address")
    if parts.username or parts.password:
        target = target.replace(f"{parts.netloc.rpartition('@')[0]}@", "", 1)
    return without_fragment(target)
