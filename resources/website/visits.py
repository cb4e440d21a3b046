"""What one visit to a company's website came to.

What belongs elsewhere: making the visit (``client``), what the texts say about the company (``gtm_assets.research``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Outcome = Literal[
    "ok",
    "no_url",
    "robots",
    "private_host",
    "unreachable",
    "too_large",
    "not_html",
    "empty",
    "redirect_refused",
    "http_error",
]


@dataclass(frozen=True)
class SiteVisit:
    """One visit; what couldn't be had is an empty string, never an exception.

    Attributes:
        url: What was asked for, as given.
        final_url: The page that was read, after redirects; empty where none was.
        outcome: ``ok``, or in one word why there is no text.
        reason: The outcome in a sentence for the RevOps engineer; empty for ``ok`` with an imprint.
        title: The page's title.
        text: Its main text, plain, at most 20,000 characters.
        imprint_url: The imprint that was read; empty where none was found or allowed.
        imprint_text: The imprint page's whole text, plain, at most 20,000 characters.
        fetched_at: When the visit began, UTC.
        transient: Whether a later visit may end better without anybody changing anything.
    """

    url: str
    final_url: str
    outcome: Outcome
    reason: str
    title: str
    text: str
    imprint_url: str
    imprint_text: str
    fetched_at: datetime
    transient: bool


class FetchError(Exception):
    """A page that can't be had: ``outcome``, ``reason`` and ``transient`` as in ``SiteVisit``.

    ``unanswered`` says that nobody speaks this scheme there, so that another scheme may be tried.
    """

    def __init__(self, outcome: Outcome, reason: str, *, transient: bool = False, unanswered: bool = False) -> None:
        super().__init__(reason)
        self.outcome: Outcome = outcome
        self.reason = reason
        self.transient = transient
        self.unanswered = unanswered
