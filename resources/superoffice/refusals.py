"""Why SuperOffice refuses to let us in, and what an administrator does about it. Pure.

Sources: SuperOffice's developer documentation ("Troubleshooting": seven reasons with their numbers), and OAuth's (RFC 6749). In which part
of an answer a reason stands is documented nowhere [?]: its name is looked for in all that was said, its number only where it is called one.
What belongs elsewhere: asking (``auth``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """``number`` of SuperOffice's own reasons, None for OAuth's; ``what_to_do`` for an administrator."""

    name: str
    number: int | None
    what_to_do: str


_APPROVE = "An administrator of the tenant has to approve the application again"
_REASONS = (
    Reason("InvalidRedirectUrl", 2, "Register the redirect address that was used in SuperOffice's Developer Portal."),
    Reason(
        "InvalidTimestamp",
        6,
        "Set this machine's clock by NTP: the signature carries the minute (UTC), and SuperOffice's clock says another one.",
    ),
    Reason(
        "InvalidSignature",
        7,
        "SUPEROFFICE_PRIVATE_KEY does not belong to the public key that SuperOffice's Developer Portal has for the application, "
        "or SUPEROFFICE_SYSTEM_TOKEN is another application's.",
    ),
    Reason(
        "NeedsReapproval",
        5,
        "The application was changed since its approval. An administrator of the tenant has to approve it anew.",
    ),
    Reason("Revoked", 1, f"The approval was taken back. {_APPROVE}, or says why not."),
    Reason("Expired", 3, f"The approval has expired. {_APPROVE}."),
    Reason("Denied", 4, "An administrator of the tenant has denied the application access: ask there."),
    Reason(
        "invalid_client",
        None,
        "Check SUPEROFFICE_CLIENT_ID and SUPEROFFICE_CLIENT_SECRET, and that they belong to SUPEROFFICE_ENVIRONMENT.",
    ),
)
_NUMBERED = re.compile(r"\b(?:code|error|reason)\W{0,3}([1-7])\b", re.IGNORECASE)


def what_to_do(said: str, otherwise: str) -> str:
    """What to do about a refusal in these words; ``otherwise`` follows it, or stands alone where no reason is recognised."""
    reason = reason_of(said)
    return otherwise if reason is None else f"{reason.what_to_do} {otherwise}"


def reason_of(said: str) -> Reason | None:
    """The reason that is named in what SuperOffice said; None where none is."""
    letters = _plain(said)
    named = next((reason for reason in _REASONS if _plain(reason.name) in letters), None)
    if named is not None:
        return named
    number = _NUMBERED.search(said)
    return next((reason for reason in _REASONS if number and reason.number == int(number.group(1))), None)


def _plain(text: str) -> str:
    """Letters only, so that "Needs re-approval" and "needs_reapproval" are the same."""
    return re.sub(r"[^a-z]", "", text.casefold())
