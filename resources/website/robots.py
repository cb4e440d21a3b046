"""What a site's robots.txt allows us (RFC 9309): 404 means everything, 5xx means not now.

``Crawl-delay`` is no part of the standard and is not looked at: a visit asks for a handful of pages.

What belongs elsewhere: sending the request (``fetching``).
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from resources.website.visits import FetchError

# RFC 9309 asks to read at least 500 KiB.
ROBOTS_BYTES = 512_000


class Robots:
    """The rules of every origin that a visit comes across, each asked for once.

    Args:
        product: Our product token, as it would stand behind ``User-agent:``.
        fetch: Status and text of a robots.txt, redirects followed; raises ``FetchError`` where there is no answer.
    """

    def __init__(self, product: str, fetch: Callable[[str], tuple[int, str]]) -> None:
        self._product = product
        self._fetch = fetch
        self._allows: dict[str, Callable[[str], bool]] = {}

    def check(self, url: str) -> None:
        """Return where the page may be read.

        Raises:
            FetchError: ``robots`` where it may not be, or not now; ``unreachable`` where nobody answers.
        """
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._allows:
            self._allows[origin] = self._read(origin)
        if not self._allows[origin](url):
            raise FetchError("robots", f"robots.txt of {parts.netloc} does not allow {parts.path or '/'}")

    def _read(self, origin: str) -> Callable[[str], bool]:
        status, text = self._fetch(f"{origin}/robots.txt")
        if status == 429 or status >= 500:
            reason = f"{origin}/robots.txt came back with HTTP {status}, so nothing may be read now"
            raise FetchError("robots", reason, transient=True)
        if status != 200:
            return lambda _: True
        from protego import Protego

        rules = Protego.parse(text)
        return lambda url: bool(rules.can_fetch(url, self._product))
