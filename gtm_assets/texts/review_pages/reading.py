"""What a review page means that was read back: a verdict, an edit, or nothing that counts. Pure.

A verdict counts only where hash and texts are those of the block as it was written to the page; another text is an edit. What belongs
elsewhere: acting on it (``pull``).
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
#: Notion rounds a page's time down to the minute.
ROUNDING: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Read:
    """A page as it was read.

    Attributes:
        texts: Field to text.
        status: The option's name.
        content_hash: As it stands there.
        edited_at: When the page was edited last, rounded down to the minute.
        by_bot: An integration edited it last, not a person.
    """

    texts: Mapping[str, str]
    status: str
    content_hash: str
    edited_at: datetime
    by_bot: bool = False


@dataclass(frozen=True)
class Seen:
    """Another text as it was read before: since when it stands there, and whether it was refused with that status."""

    texts: Mapping[str, str]
    status: str
    since: datetime
    refused: bool = False


@dataclass(frozen=True)
class Known:
    """What the engine knows about a page.

    Attributes:
        texts: Field to text of the block that the page shows.
        content_hash: Of that block.
        passed: Every rule passed.
        current: It is the newest version of its key.
        verdict: The newest one on this content.
        decided_at: Of that verdict.
        written: The status that the page showed when the engine looked or wrote last.
        seen: Another text that was read before.
        names: Our states to the names of the database's options, for notes.
    """

    texts: Mapping[str, str]
    content_hash: str
    passed: bool
    current: bool
    verdict: Literal["approved", "rejected"] | None
    written: Status
    decided_at: datetime | None = None
    seen: Seen | None = None
    names: Mapping[Status, str] | None = None

    def name(self, status: Status) -> str:
        """What the database calls a state."""
        return (self.names or {}).get(status) or STATUS_NAMES[status][0]

    @property
    def stands(self) -> Status:
        """What the page should say while nobody decides anew: a text that breaks rules can't be approved as it is."""
        return self.verdict or ("pending" if self.passed else "rejected")


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
    return "\n".join(tidy(line) for line in lines).strip()


def same_texts(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether all fields say the same."""
    fields = set(one) | set(other)
    return all(normalized(one.get(field, "")) == normalized(other.get(field, "")) for field in fields)


def meaning(page: Read, known: Known, now: datetime) -> Meaning:
    """What a page says; ``now`` is the moment of reading."""
    status = status_of(page.status)
    if not same_texts(page.texts, known.texts):
        return _other_text(page, status, known, now)
    if page.content_hash.strip() != known.content_hash:
        note = "Die Spalte „Content Hash“ wurde geändert; sie ist wiederhergestellt. Bitte noch einmal entscheiden."
        return Refused(known.stands, note)
    if status is None:
        names = ", ".join(f"„{known.name(each)}“" for each in STATUS_NAMES)
        return Refused(known.stands, f"Der Status „{page.status}“ ist unbekannt; möglich sind {names}.")
    if status == known.stands:
        return Nothing()
    if _was_decided_later(page, known):
        return Nothing()  # and elsewhere: the page is told
    if page.by_bot:
        return Refused(known.stands, "Den Status hat ein Automat gesetzt. Eine Freigabe zählt nur von einem Menschen.")
    return _other_status(status, known)


def _was_decided_later(page: Read, known: Known) -> bool:
    """Whether the verdict came from elsewhere and after the page was edited; within the page's minute a rejection wins."""
    if known.decided_at is None or known.written == known.verdict:
        return False
    within = timedelta(0) if known.verdict == "rejected" else ROUNDING
    return page.edited_at + within <= known.decided_at


def _other_status(status: Status, known: Known) -> Meaning:
    if not known.current:
        # Who carries the earlier text keeps it; taking it back is the one thing that can still be decided about it.
        if status == "rejected" and known.verdict == "approved":
            return Verdict("rejected")
        if known.verdict is None:
            return Nothing()
        return Refused(
            known.verdict, "Überholt: Es gibt eine neuere Fassung mit eigener Seite; bitte dort entscheiden."
        )
    if status == "pending":
        if known.verdict is None:
            return Nothing()  # a text that breaks the rules: people may leave it open while they think about it
        note = (
            f"Eine Entscheidung wird nicht durch „{known.name('pending')}“ zurückgenommen: Wer den Text nicht mehr will, setzt "
            f"„{known.name('rejected')}“."
        )
        return Refused(known.verdict, note)
    if status == "approved" and not known.passed:
        return Refused(
            "rejected", "Der Text verletzt Regeln und kann so nicht freigegeben werden; bitte den Text ändern."
        )
    return Verdict(status)


def _other_text(page: Read, status: Status | None, known: Known, now: datetime) -> Meaning:
    if not known.current:
        return Nothing()
    seen = known.seen if known.seen is not None and same_texts(known.seen.texts, page.texts) else None
    if seen is not None and seen.refused and seen.status == page.status:
        return Nothing()  # the page says why it was refused
    if status is not None and status != known.written:
        return Edit(dict(page.texts))
    if seen is not None and not seen.refused:
        return Edit(dict(page.texts)) if now - seen.since >= QUIET else Unfinished(dict(page.texts), seen.since)
    return Unfinished(dict(page.texts), now)
