"""The Notion SDK's exceptions as the product's typed errors: what was asked, what came back, what to do.

What belongs elsewhere: how often something is tried again (``exchange``).
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from resources.errors import AuthError, OutsideError, PermanentError, TransientError

SYSTEM = "Notion"

# 409 is Notion's "data collision, try again"; 529 its own overload status.
_TRANSIENT = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 521, 522, 524, 529})


def retry_after_seconds(headers: Mapping[str, str], *, now: float | None = None) -> float | None:
    """Seconds that ``Retry-After`` asks for: whole, fractional or an HTTP date; None without one."""
    text = (headers.get("retry-after") or "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - (time.time() if now is None else now)
        except (ValueError, TypeError, OverflowError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def from_status(asked: str, status: int, code: str, message: str, headers: Mapping[str, str]) -> OutsideError:
    """The typed error for an HTTP error reply.

    Args:
        asked: What was asked, such as ``reading database 1234``.
        status: HTTP status.
        code: Notion's error code, such as ``object_not_found``.
        message: Notion's message.
        headers: The reply's headers, for ``Retry-After``.
    """
    came_back = f"{asked} came back with HTTP {status} ({code}): {message}"
    if status in _TRANSIENT or status >= 500:
        wait = retry_after_seconds(headers)
        return TransientError(SYSTEM, came_back, "It is tried again later.", status, retry_after=wait)
    if status == 401:
        return AuthError(
            SYSTEM, came_back, "Check NOTION_TOKEN: the integration's secret is wrong or was revoked.", status
        )
    if status == 403:
        return AuthError(
            SYSTEM, came_back, "Give the integration the capabilities to read, insert and update content.", status
        )
    if status == 404:
        what = "Check the id, and share the database with the integration (in Notion: ... > Connections > Connect to)."
        return PermanentError(SYSTEM, came_back, what, status)
    return PermanentError(SYSTEM, came_back, "Check the ids, the columns of the database and NOTION_BASE_URL.", status)


def translate(asked: str, error: Exception) -> OutsideError | None:
    """The typed error for whatever the SDK or its transport raised; None for what is no failure of the outside."""
    import httpx
    from notion_client import errors

    if isinstance(error, errors.RequestTimeoutError | httpx.TimeoutException):
        return TransientError(SYSTEM, f"{asked} got no reply in time.", "It is tried again later.")
    if isinstance(error, errors.HTTPResponseError):
        code = getattr(error.code, "value", error.code)
        return from_status(asked, error.status, str(code), str(error), error.headers)
    if isinstance(error, errors.InvalidPathParameterError | httpx.InvalidURL | httpx.UnsupportedProtocol):
        what = "Check NOTION_BASE_URL and the ids in the NOTION_ variables."
        return PermanentError(SYSTEM, f"{asked} was not sent: {error}.", what)
    if isinstance(error, httpx.HTTPError):
        what = "Check the network and NOTION_BASE_URL; it is tried again later."
        return TransientError(SYSTEM, f"{asked} did not get through ({type(error).__name__}: {error}).", what)
    if isinstance(error, ValueError):  # 200 with a body that isn't JSON: a proxy's or a gateway's page
        return TransientError(SYSTEM, f"{asked} came back with something that is not JSON.", "Check NOTION_BASE_URL.")
    return None
