"""Switches.

The points on which the vendors' documents are silent or contradict each other, each in every position it could have.

The numbers group them by topic. The defaults are what SuperOffice's documentation makes most likely. What belongs
elsewhere: what a position does (the module that asks for it), and accidents such as HTTP 503 (``sandbox.gate``).
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Switch:
    """One open point. The first allowed value is the default."""

    name: str
    allowed: tuple[str, ...]
    stands_for: str

    @property
    def default(self) -> str:
        """The position that the facts consider most likely."""
        return self.allowed[0]


SWITCHES: tuple[Switch, ...] = (
    Switch(
        "date_filter",
        ("time", "day"),
        "1: 'time' compares date and time for afterTime/beforeTime; 'day' refuses them with 400, on dynamic "
        "columns too, and compares days only",
    ),
    Switch("ge_on_dates", ("refused", "accepted"), "1: whether le/ge, which fail on numbers, work on date columns"),
    Switch(
        "filter_time_zone",
        ("utc", "base"),
        "1: the time zone in which a time literal without offset is read: UTC, or the tenant's own (Europe/Berlin)",
    ),
    Switch(
        "after_is_inclusive",
        ("no", "yes"),
        "1: whether 'after' on a day includes that day (afterTime is documented as 'after or equal')",
    ),
    Switch(
        "child_rows_touch_updated",
        ("yes", "no"),
        "2: whether an edit of only e-mail, phone, address or user-defined fields moves UpdatedDate",
    ),
    Switch("next_link", ("null", "set"), "3: whether odata.nextLink names the next page when there is one"),
    Switch("max_top", ("none", "100"), "3: the largest page the server gives, whatever $top asks for"),
    Switch("error_body", ("rest", "html", "empty"), "4: the body of 401, 403 and 5xx"),
    Switch(
        "custom_fields_patch",
        ("partial", "whole"),
        "5: 'whole' blanks the user-defined fields that a PATCH of CustomFields omits",
    ),
    Switch(
        "custom_fields_path",
        ("accepted", "refused"),
        "5: whether CustomFields/SuperOffice:N is a path that PATCH understands",
    ),
    Switch(
        "custom_fields_test", ("accepted", "refused", "ignored"), "5: what a JSON Patch 'test' below CustomFields does"
    ),
    Switch(
        "property_test",
        ("accepted", "refused", "ignored"),
        "5: what a JSON Patch 'test' of other properties does (marks, parts of an address); OrgNr can always be tested",
    ),
    Switch(
        "noop_patch_touches_updated",
        ("no", "yes"),
        "6: whether a PATCH that changes no value moves UpdatedDate and UpdatedBy",
    ),
    Switch(
        "precondition_atomic",
        ("yes", "no"),
        "7: whether If-Unmodified-Since and 'test' are checked in one step with the save; 'no' leaves a gap",
    ),
    Switch(
        "unmodified_since_same_second",
        ("passes", "fails"),
        "8: If-Unmodified-Since equal to UpdatedDate (resolution one second)",
    ),
    Switch(
        "merge_log",
        ("readable", "403", "404"),
        "tenant: whether MergeMoveLog, which alone tells merges from deletions, can be read",
    ),
    Switch("vertical_field", ("list", "text"), "tenant: the type of the company's field Vertical"),
    Switch("campaign_field", ("text", "list"), "tenant: the type of the person's field MA_Campaign"),
    Switch("last_update_field", ("date", "text"), "tenant: the type of the company's field Last Update"),
    Switch(
        "label_language",
        ("en", "de", "no"),
        "tenant: the language of the layout's labels and the first one of list names",
    ),
    Switch(
        "gemini_reply",
        (
            "good",
            "careless",
            "unproven",
            "english",
            "number",
            "wordy",
            "other",
            "invalid",
            "truncated",
            "blocked",
            "empty",
        ),
        "situation: what the model answers; 'careless' breaks rules at the first attempt, "
        "'unproven' quotes then what no website says; 'english', 'number' (an invented one), 'wordy' (300 words) and 'other' "
        "(the texts of another cell or company) do so at every attempt",
    ),
    Switch(
        "deleted_records",
        ("gone", "readable"),
        "tenant: whether the API still reaches a record in the recycle bin; 'gone' answers 404, 'readable' answers GET and takes PATCH as "
        "if nothing had happened (a company says Deleted: 1, a person says nothing)",
    ),
    Switch("text_over_length", ("error", "truncate"), "tenant: what happens to a text longer than its field"),
    Switch(
        "api_cluster",
        ("online3", "online4"),
        "situation: the tenant moves to another API host; the old one answers 421",
    ),
    Switch(
        "tenant_state",
        ("Running", "OnlineMaintenance", "OfflineMaintenance", "Suspended", "Deleted"),
        "situation: what the tenant state document says; only the first two answer API calls",
    ),
)
_BY_NAME = {switch.name: switch for switch in SWITCHES}


class Switches:
    """The positions in force. Thread-safe; unknown names and values are refused with what would be allowed."""

    def __init__(self, positions: Mapping[str, str] | None = None) -> None:
        self._lock = threading.Lock()
        self._positions = {switch.name: switch.default for switch in SWITCHES}
        self.set(positions or {})

    def __getitem__(self, name: str) -> str:
        return self._positions[name]

    @property
    def gemini_reply(self) -> str:
        """What the stand-in for Gemini asks for."""
        return self._positions["gemini_reply"]

    def is_on(self, name: str) -> bool:
        """Whether a yes/no switch stands on yes."""
        return self._positions[name] == "yes"

    def set(self, positions: Mapping[str, str]) -> None:
        """Move switches.

        Raises:
            ValueError: An unknown name or value; nothing is moved then.
        """
        for name, value in positions.items():
            switch = _BY_NAME.get(name)
            if switch is None:
                raise ValueError(f"There is no switch {name!r}. There are: {', '.join(_BY_NAME)}.")
            if value not in switch.allowed:
                raise ValueError(f"Switch {name} cannot be {value!r}. Allowed: {', '.join(switch.allowed)}.")
        with self._lock:
            self._positions = {**self._positions, **positions}

    def positions(self) -> dict[str, str]:
        """All positions by name."""
        return dict(self._positions)

    def describe(self) -> list[dict[str, object]]:
        """Rows for people: name, value, default, allowed values, what it stands for."""
        return [
            {
                "name": switch.name,
                "value": self._positions[switch.name],
                "default": switch.default,
                "allowed": list(switch.allowed),
                "stands_for": switch.stands_for,
            }
            for switch in SWITCHES
        ]
