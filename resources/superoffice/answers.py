"""What an answer says beside its content: how long to wait, the server's time, what kind of body and of refusal it is.

What belongs elsewhere: the errors that follow from it (``exchange``).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from resources.superoffice.models import Refusal

#: How long a call took, in seconds, beside its answer.
TOOK = "gtm.took"


def refusal_of(response: httpx.Response) -> Refusal:
    """What kind of no this is."""
    if not response.content.strip():
        return Refusal(response.status_code, "empty")
    try:
        body = response.json()
    except ValueError:
        return Refusal(response.status_code, "html" if kind_of_body(response) == "an HTML page" else "other")
    return Refusal(response.status_code, "error" if isinstance(body, dict) and "ErrorMessage" in body else "other")


def retry_after(response: httpx.Response, now: datetime | None = None) -> float | None:
    """Seconds that the ``Retry-After`` header asks for (number or HTTP date); None where it is absent or unreadable."""
    text = response.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    moment = http_date(text)
    return None if moment is None else max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


def answered_at(response: httpx.Response) -> datetime | None:
    """The server's clock when it made up an answer, at the earliest; None where it tells no time.

    ``Date`` is set when the answer leaves: what it shows may have been read as long before as the call took. In whole seconds, as Date is:
    whoever compares has a second to spare.
    """
    left = http_date(response.headers.get("Date", ""))
    return None if left is None else left - timedelta(seconds=int(response.extensions.get(TOOK, 0.0)))


def http_date(text: str) -> datetime | None:
    """An HTTP date as UTC; None if it is none."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def is_html(response: httpx.Response) -> bool:
    """Whether the answer is a page for people instead of the API's."""
    return "html" in _content_type(response) or response.content.lstrip()[:1] == b"<"


def kind_of_body(response: httpx.Response) -> str:
    """What stands where JSON is expected, for people."""
    return "an HTML page" if is_html(response) else f"a body of type {_content_type(response) or 'unknown'}"


def _content_type(response: httpx.Response) -> str:
    return str(response.headers.get("Content-Type", "")).partition(";")[0].strip().lower()
