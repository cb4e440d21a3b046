"""What reached the sandbox, of its journal: calls by kind, and how long it took from reading a record to its PATCH. Pure.

What belongs elsewhere: who made the calls (``batch``), the journal (``sandbox.journal``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_PATH = re.compile(r"/api/v1/(.+)$")
Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Calls:
    """Calls of the CRM's API by kind, such as ``PATCH Person`` and ``archive queries``."""

    by_kind: Mapping[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_kind.values())

    @property
    def patches(self) -> int:
        """Those that change a record."""
        return sum(count for kind, count in self.by_kind.items() if kind.startswith("PATCH "))

    @property
    def reads(self) -> int:
        """All others."""
        return self.total - self.patches

    def said(self) -> str:
        """For people, the most frequent first."""
        return ", ".join(f"{count} {kind}" for kind, count in Counter(self.by_kind).most_common())


def count_calls(entries: Iterable[Entry]) -> Calls:
    """Calls of the API among the journal's entries; those to the login host are not part of it."""
    return Calls(Counter(_kind(entry) for entry in entries if entry["system"] == "superoffice"))


def windows(entries: Iterable[Entry]) -> list[float]:
    """Seconds from the last reading of a record by itself to each PATCH that took effect on it, in the order of arrival.

    The journal notes a request when its answer is made, so this is the time in which somebody's edit would be seen by neither.
    """
    read: dict[str, datetime] = {}
    found = []
    for entry in entries:
        if entry["system"] != "superoffice":
            continue
        moment = datetime.fromisoformat(entry["time"])
        if entry["method"] == "GET":
            read[entry["path"]] = moment
        elif entry["method"] == "PATCH" and entry["effect"] and entry["path"] in read:
            found.append((moment - read[entry["path"]]).total_seconds())
    return found


def _kind(entry: Entry) -> str:
    """Method and the first word of the path. An archive query is a reading also where its address is so long that it is sent as POST."""
    path = _PATH.search(entry["path"])
    first = path[1].split("/")[0] if path else entry["path"]
    if first.casefold() == "archive":
        return "archive queries"
    return f"{entry['method']} {first}"
