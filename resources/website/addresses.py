"""From what people type into a CRM's website field to the addresses worth trying. Pure.

What belongs elsewhere: whether the host may be visited (``hosts``).
"""

from __future__ import annotations

import ipaddress
import re

import httpx

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.\-]*):/{1,3}")
_SEPARATORS = re.compile(r"[\s,;|]+")
_PATH_BEGINS = re.compile(r"[/?#]")
_WRAPPING = ".<>()[]\"'„“”»«"


def addresses_to_try(typed: str) -> tuple[str, ...]:
    """URLs to try one after the other; empty where the field holds no web address.

    A bare host name is tried with https first, then with http. Of several addresses in one field the first counts.
    """
    for token in _SEPARATORS.split(typed.strip()):
        word = token.strip(_WRAPPING)
        urls = _urls_of(word)
        if urls:
            return urls
    return ()


def same_page(one: str, other: str) -> bool:
    """Whether two URLs are the same document, fragments aside."""
    return without_fragment(one) == without_fragment(other)


def without_fragment(url: str) -> str:
    """The URL up to its ``#``."""
    return url.partition("#")[0]


def _urls_of(word: str) -> tuple[str, ...]:
    match = _SCHEME.match(word)
    if match:
        scheme = match.group(1).lower()
        rest = word[match.end() :]
        schemes: tuple[str, ...] = (scheme,) if scheme in ("http", "https") else ()
    else:
        rest = word.lstrip("/")
        # Without a scheme, an @ makes it an e-mail address.
        schemes = () if "@" in _authority(rest) else ("https", "http")
    made = (_url(scheme, rest, is_bare=match is None) for scheme in schemes)
    return tuple(url for url in made if url)


def _url(scheme: str, rest: str, *, is_bare: bool) -> str:
    authority = _authority(rest)
    # A user's name and password have no business in a CRM's field, and none in a request either.
    host_and_port = authority.rpartition("@")[2]
    try:
        url = httpx.URL(f"{scheme}://{host_and_port}{rest[len(authority) :]}")
        host = url.host
    except (httpx.InvalidURL, UnicodeError, ValueError):
        return ""
    if not host or (is_bare and not _looks_like_a_host(host)):
        return ""
    return without_fragment(str(url))


def _authority(rest: str) -> str:
    """Host and port, with whatever stands before an ``@``."""
    return _PATH_BEGINS.split(rest, maxsplit=1)[0]


def _looks_like_a_host(host: str) -> bool:
    """A name with a dot and a top-level domain, an IP address or localhost; not ``keine`` or ``n.a``."""
    if host == "localhost":
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        labels = host.split(".")
        return len(labels) > 1 and all(labels) and len(labels[-1]) > 1 and not labels[-1].isdigit()
    return True
