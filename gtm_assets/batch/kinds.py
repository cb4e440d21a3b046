"""Sorts of reasons that an account ends with: few, closed, to count by. Derived from exceptions and facts, never from words.

What belongs elsewhere: the reason in words (``outcomes``), what to do about each sort (``gtm_assets.monitoring.advice``).
"""

from __future__ import annotations

from typing import Literal, get_args

from gtm_assets.crm.fields import FieldMapError
from gtm_assets.research.asking import UnusableReplyError
from gtm_assets.writeback.failures import NoEffectError, WritingStoppedError
from resources.errors import AuthError, ChangedInBetweenError, PermanentError, TransientError

Kind = Literal[
    "",
    "auth",
    "rights",
    "refused value",
    "configuration",
    "not reachable",
    "rate limit",
    "layout",
    "missing list item",
    "model reply",
    "no effect",
    "edited twice",
    "loop",
    "vertical unknown",
    "website unreadable",
    "suppressed",
    "gone",
    "waiting for review",
    "budget reached",
    "writing not allowed",
    "writing stopped",
    "restored backup",
    "defect",
]
#: Every sort but the empty one, which says that there is nothing to say.
KINDS: tuple[Kind, ...] = tuple(kind for kind in get_args(Kind) if kind)


def error_kind(error: BaseException) -> Kind:
    """Of which sort an error is that stopped an account; whatever nobody foresaw is a defect."""
    by_class: tuple[tuple[type[BaseException], Kind], ...] = (
        (NoEffectError, "no effect"),
        (WritingStoppedError, "writing stopped"),
        (UnusableReplyError, "model reply"),
        (FieldMapError, "layout"),
        (AuthError, "auth"),
        (ChangedInBetweenError, "edited twice"),
    )
    found = next((kind for class_, kind in by_class if isinstance(error, class_)), None)
    if found is not None:
        return found
    if isinstance(error, TransientError):
        return "rate limit" if error.status == 429 else "not reachable"
    if isinstance(error, PermanentError):
        return _refused(error)
    return "defect"


def _refused(error: PermanentError) -> Kind:
    """A refusal with an HTTP status is about the request, one without about how we are set up."""
    if error.status is None:
        return "configuration"
    return "rights" if error.status == 403 else "refused value"
