"""The journal: every request that reached a stand-in, for tests that count and people who want to see what was sent.

What belongs elsewhere: who writes it (``sandbox.gate``) and who reads it (``sandbox.control``).
"""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

MAX_ENTRIES = 200_000
MAX_TEXT = 20_000
_SECRET_KEYS = frozenset(
    {
        "client_secret",
        "refresh_token",
        "access_token",
        "id_token",
        "applicationtoken",
        "signedsystemtoken",
        "systemtoken",
        "password",
        "secret",
    }
)
# In a query ``key`` is Gemini's API key; in a body it is an ordinary column name.
_SECRET_PARAMETERS = _SECRET_KEYS | {"key", "token"}


@dataclass(frozen=True)
class Entry:
    """One request. ``status`` is None where nothing was answered; ``effect`` says whether it changed something."""

    id: int
    time: str
    system: str
    method: str
    path: str
    query: str
    body: Any
    status: int | None
    effect: bool
    associate: int | None


class Journal:
    """Entries in order of arrival, in memory. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=MAX_ENTRIES)
        self._last_id = 0

    def add(
        self,
        *,
        system: str,
        method: str,
        path: str,
        query: str,
        body: Any,
        status: int | None,
        effect: bool,
        associate: int | None,
    ) -> Entry:
        """Write one request down; the body must be redacted already (see ``readable_body``)."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self._lock:
            self._last_id += 1
            entry = Entry(self._last_id, now, system, method, path, query, body, status, effect, associate)
            self._entries.append(entry)
        return entry

    def entries(
        self, *, system: str = "", method: str = "", path: str = "", since: int = 0, effect: bool | None = None
    ) -> list[Entry]:
        """Entries that match.

        Args:
            system: ``superoffice``, ``login``, ``notion``, ``gemini``, ``site`` or ``control``; empty for all.
            method: HTTP method; empty for all.
            path: Part of the path; empty for all.
            since: Only entries with a greater id.
            effect: Only those that took effect (or did not).
        """
        with self._lock:
            found = list(self._entries)
        return [
            entry
            for entry in found
            if entry.id > since
            and (not system or entry.system == system)
            and (not method or entry.method == method.upper())
            and path in entry.path
            and (effect is None or entry.effect == effect)
        ]

    def clear(self) -> None:
        """Forget all entries; ids go on."""
        with self._lock:
            self._entries.clear()

    def as_json(self, **wanted: Any) -> list[dict[str, Any]]:
        """``entries`` as JSON objects."""
        return [asdict(entry) for entry in self.entries(**wanted)]


def readable_body(body: bytes, content_type: str) -> Any:
    """A request's body as JSON value or text, secrets replaced, long texts cut."""
    if not body:
        return None
    text = body.decode("utf-8", "replace")
    if "x-www-form-urlencoded" in content_type:
        return redacted(dict(parse_qsl(text, keep_blank_values=True)))
    try:
        return redacted(json.loads(text))
    except ValueError:
        return text[:MAX_TEXT]


def redacted_query(query: str) -> str:
    """A query string with the values of secrets replaced."""
    if not query:
        return query
    parts = []
    for part in query.split("&"):
        name, separator, _ = part.partition("=")
        parts.append(f"{name}=***" if separator and name.lower() in _SECRET_PARAMETERS else part)
    return "&".join(parts)


def redacted(value: Any) -> Any:
    """A JSON value with the values of secrets replaced."""
    if isinstance(value, dict):
        return {
            key: "***" if str(key).lower() in _SECRET_KEYS and isinstance(item, str) else redacted(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [redacted(item) for item in value]
    return value
