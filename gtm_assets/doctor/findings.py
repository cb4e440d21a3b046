"""What a look at the installation brings: findings, and whether anything is wrong. Values only.

What belongs elsewhere: looking (the other modules), printing (``screen``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

#: ``ok``; ``remark``: nothing is wrong, and somebody may want to know; ``wrong``: something has to be done; ``unknown``: could not be
#: looked at, because something before it is wrong.
Status = Literal["ok", "remark", "wrong", "unknown"]
Area = Literal["Settings", "SuperOffice", "Notion", "Gemini", "Store", "Writing", "Dagster"]
AREAS: tuple[Area, ...] = ("Settings", "SuperOffice", "Notion", "Gemini", "Store", "Writing", "Dagster")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what was found, and what to do where something is to be done."""

    area: Area
    name: str
    status: Status
    said: str
    to_do: str = ""


@dataclass(frozen=True)
class SettingRow:
    """One variable.

    Attributes:
        name: The variable.
        shown: Its value; of a secret only its length and a fingerprint, by which two machines can be compared.
        source: Where the value that counts comes from.
        note: What else there is to know, such as another value in ``.env`` that does not count.
    """

    name: str
    shown: str
    source: Literal["environment", ".env", "sandbox", "default", "not set"]
    note: str = ""


@dataclass(frozen=True)
class Diagnosis:
    """Everything that was found. ``fields`` are the CRM's fields by role; ``probe`` is the last probe's result, None before the first."""

    checked_at: datetime
    findings: tuple[Finding, ...]
    settings: tuple[SettingRow, ...]
    fields: tuple[Mapping[str, Any], ...] = ()
    guard: Mapping[str, Any] = field(default_factory=dict)
    probe: Mapping[str, Any] | None = None

    @property
    def wrong(self) -> tuple[Finding, ...]:
        """What somebody has to do something about."""
        return tuple(finding for finding in self.findings if finding.status == "wrong")

    def as_json(self) -> dict[str, Any]:
        """The shape of ``gtm doctor --json``."""
        return {
            "ok": not self.wrong,
            "checked_at": self.checked_at.isoformat(),
            "findings": [asdict(finding) for finding in self.findings],
            "settings": [asdict(row) for row in self.settings],
            "fields": [dict(row) for row in self.fields],
            "guard": dict(self.guard),
            "probe": None if self.probe is None else dict(self.probe),
        }
