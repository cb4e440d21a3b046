"""What a review page means that was read back: a verdict, an edit, or nothing that counts. Pure.

A verdict counts only where hash and texts are those of the block as it was written to the page; another text is an edit. What belongs
elsewhere: acting on it (``sync``).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from gtm_assets.texts.replies import tidy
from gtm_assets.texts.review_pages.page import STATUS_NAMES, Status

#: Notion saves while people type: a text counts as finished when it was read twice so far apart, or when Status was set.
QUIET: Final = timedelta(seconds=60)


@dataclass(frozen=True)
class Known:
    """What the engine knows about a page.

    Attributes:
        texts: Field to text of the block that the page shows.
        content_hash: Of that block.
        passed: Every rule passed.
        current: It is the newest version of its key.
        verdict: The newest one on this content.
        written: The status that we wrote last.
        seen: Texts of an edit that was not finished when it was read first, and when that was.
    """

    texts: Mapping[str, str]
    content_hash: str
    passed: bool
    current: bool
    verdict: Literal["approved", "rejected"] | None
    written: Status
    seen: tuple[Mapping[str, str], datetime] | None = None


@dataclass(frozen=True)
class Nothing:
    """Nothing to do."""


@dataclass(frozen=True)
class Verdict:
    """Somebody decided about exactly this text."""

    verdict: Literal["approved", "rejected"]


@dataclass(frozen=True)
class Edit:
    """Somebody wrote another text."""

    texts: Mapping[str, str]


@dataclass(frozen=True)
class Unfinished:
    """Somebody seems to be writing: looked at again later. ``since``: when these texts were read first."""

    texts: Mapping[str, str]
    since: datetime


@dataclass(frozen=True)
class Refused:
    """What stands on the page does not count, and is put back; ``note`` is German and says why and what to do."""

    status: Status
    note: str


Meaning = Nothing | Verdict | Edit | Unfinished | Refused


def status_of(text: str) -> Status | None:
    """The state that an option's name stands for; None for a name that nobody knows."""
    folded = text.strip().casefold()
    return next((status for status, names in STATUS_NAMES.items() if folded in names), None)


def normalized(text: str) -> str:
    """A text as both sides may keep it: Notion joins and trims; composed umlauts, ordinary spaces, no space at the ends of lines."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").split("\n")
    return "\n".join(" ".join(tidy(line).split(" ")) for line in lines).strip()


def same_texts(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether all fields say the same."""
    fields = set(one) | set(other)
    return all(normalized(one.get(field, "")) == normalized(other.get(field, "")) for field in fields)


def meaning(texts: Mapping[str, str], status_text: str, content_hash: str, known: Known, now: datetime) -> Meaning:
    """What a page says.

    Args:
        texts: Field to text as read.
        status_text: The status as read.
        content_hash: The hash as read.
        known: What was written.
        now: Of the reading.
    """
    status = status_of(status_text)
    if not same_texts(texts, known.texts):
        return _other_text(texts, status, known, now)
    stands = known.verdict or _fresh(known)
    if content_hash.strip() != known.content_hash:
        note = "Die Spalte „Content Hash“ wurde geändert; sie ist wiederhergestellt. Bitte noch einmal entscheiden."
        return Refused(stands, note)
    if status is None:
        names = ", ".join(f"„{names[0]}“" for names in STATUS_NAMES.values())
        return Refused(stands, f"Der Status „{status_text}“ ist unbekannt; möglich sind {names}.")
    if status == stands or not known.current:
        return Nothing()
    return _other_status(status, known)


def _other_status(status: Status, known: Known) -> Meaning:
    if status == "pending":
        if known.verdict is None:
            return Nothing()  # a text that breaks the rules: people may leave it open while they think about it
        note = "Eine Entscheidung wird nicht durch „pending“ zurückgenommen: Wer den Text nicht mehr will, setzt „rejected“."
        return Refused(known.verdict, note)
    if status == "approved" and not known.passed:
        return Refused(
            "rejected", "Der Text verletzt Regeln und kann so nicht freigegeben werden; bitte den Text ändern."
        )
    return Verdict(status)


def _fresh(known: Known) -> Status:
    return "pending" if known.passed else "rejected"


def _other_text(texts: Mapping[str, str], status: Status | None, known: Known, now: datetime) -> Meaning:
    if not known.current:
        return Nothing()
    decided = status is not None and status != known.written
    seen_before = known.seen is not None and same_texts(known.seen[0], texts)
    if decided:
        return Edit(dict(texts))
    if seen_before and known.seen is not None:
        return Edit(dict(texts)) if now - known.seen[1] >= QUIET else Unfinished(dict(texts), known.seen[1])
    return Unfinished(dict(texts), now)
