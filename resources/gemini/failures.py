"""Gemini's error replies as the product's typed errors, with the wait that Google asks for.

What belongs elsewhere: how often something is worth trying again (``client``), replies that say nothing (``replies``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from resources.errors import AuthError, OutsideError, PermanentError, TransientError

SYSTEM = "Gemini"

#: Whoever stood between gave up waiting; Gemini may have gone on.
_GAVE_UP = (408, 504)
_DURATION = re.compile(r"^(\d+(?:\.\d+)?)s$")


class LostReplyError(TransientError):
    """The request went out and its answer never came: whether it was worked on, and will be charged, is unknown."""


def from_status(model: str, status: int, body: Any, headers: Mapping[str, str]) -> OutsideError:
    """The typed error for an HTTP error reply.

    Args:
        model: The model that was asked.
        status: HTTP status.
        body: The reply's JSON: ``{"error": {"status", "message", "details": []}}``, or whatever came instead.
        headers: The reply's headers.
    """
    error = _error_of(body)
    name = str(error.get("status") or "")
    message = str(error.get("message") or "no message").strip()[:500]
    came_back = f"asking {model} came back with HTTP {status}{f' {name}' if name else ''}: {message}"
    details = list(_details(error))
    if status in (408, 429) or status >= 500:
        wait = retry_after_seconds(details, headers)
        what = "The quota is used up; it is tried again later." if status == 429 else "It is tried again later."
        failure = LostReplyError if status in _GAVE_UP else TransientError
        return failure(SYSTEM, came_back, what, status, retry_after=wait)
    # A wrong key is HTTP 400 here; only its reason tells.
    if status in (401, 403) or any(detail.get("reason") == "API_KEY_INVALID" for detail in details):
        what = "Check GEMINI_API_KEY: the key must exist, belong to a project with the Gemini API, and be unrestricted."
        return AuthError(SYSTEM, came_back, what, status)
    if status == 404:
        what = "Check GEMINI_MODEL: models are shut down, and preview names exist only in other API versions."
        return PermanentError(SYSTEM, came_back, what, status)
    return PermanentError(SYSTEM, came_back, "The request itself is refused; repeating it doesn't help.", status)


def retry_after_seconds(details: list[dict[str, Any]], headers: Mapping[str, str]) -> float | None:
    """Seconds to wait: google.rpc.RetryInfo first, the ``Retry-After`` header else; None where neither says."""
    for detail in details:
        if str(detail.get("@type") or "").endswith("google.rpc.RetryInfo"):
            match = _DURATION.match(str(detail.get("retryDelay") or ""))
            if match:
                return float(match.group(1))
    try:
        seconds = float(headers.get("retry-after") or "")
    except ValueError:
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _error_of(body: Any) -> Mapping[str, Any]:
    if isinstance(body, list) and body:
        body = body[0]
    if not isinstance(body, dict):
        return {}
    error = body.get("error", body)
    return error if isinstance(error, dict) else {}


def _details(error: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    details = error.get("details")
    return (detail for detail in (details if isinstance(details, list) else ()) if isinstance(detail, dict))
