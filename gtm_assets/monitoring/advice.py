"""What to do about each sort of reason, in plain words with the command. Pure.

What belongs elsewhere: which sort it is (``gtm_assets.batch.kinds``), the reason itself (``gtm_assets.batch.outcomes``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

#: ``{id}`` is the contact id.
_ADVICE: Mapping[str, str] = {
    "auth": "An administrator checks the credentials the reason names, in the environment or .env; then `gtm retry {id}`.",
    "rights": "Give the integration's user the right to write these fields in SuperOffice; then `gtm retry {id}`.",
    "refused value": "SuperOffice refused the value. See what would be written with `gtm board --account {id}`, correct the record or "
    "the text; then `gtm retry {id}`.",
    "configuration": "Correct the setting the reason names (see .env.example); then `gtm retry {id}`.",
    "layout": "The CRM's fields moved. Look with `gtm fields`, confirm with `gtm fields --accept`; then `gtm retry {id}`.",
    "missing list item": "Add the item that the reason names to its list in SuperOffice, named as in Notion; then "
    "`gtm backfill accounts {id}`.",
    "model reply": "The model's replies could not be used. If it stays so, look at GEMINI_MODEL and the prompt.",
    "no effect": "SuperOffice said yes and changed nothing: check the field rights of the integration's user; then `gtm retry {id}`.",
    "edited twice": "Somebody edited the record twice while it was written. Their values stand."
    " `gtm backfill accounts {id}` looks again at once.",
    "loop": "Something else changes these fields back again and again: look at the record's history in SuperOffice, and at other "
    "integrations. Their order of values is in the ledger (`gtm writes --account {id}`).",
    "vertical unknown": "Choose the vertical of the company in SuperOffice: a human's choice counts. Or say more in the "
    "definitions of the verticals in Notion.",
    "website unreadable": "Correct the website's address in SuperOffice, or choose the vertical there by hand: a human's choice counts.",
    "suppressed": "Nothing: the company must not be addressed. Whoever disagrees changes the mark in SuperOffice.",
    "gone": "Nothing: the company is no longer in SuperOffice.",
    "waiting for review": "Somebody reads the texts that wait: `gtm review list`, then `gtm review approve <key>`.",
    "writing not allowed": "Read the plan with `gtm plan {id}`. To let it be written: SUPEROFFICE_ALLOW_LIVE_WRITE=true, then start again.",
    "writing stopped": "Look into the reason, and repair what it names; then `gtm resume-writing`.",
    "defect": "This should not happen. Report it with the run's log; `gtm retry {id}` tries again.",
}
_BY_ITSELF: Mapping[str, str] = {
    "not reachable": "Check whether the system the reason names answers.",
    "restored backup": "Everything is read anew first; then it is written by itself. `gtm status` tells when.",
    "budget reached": "Or raise the budget that the reason names: then it goes on at once.",
    "rate limit": "The system asked for a slower pace. If it comes every day, look at the quota.",
}
_NOT_BY_ITSELF = "Then `gtm retry {id}`."


def advice(kind: str, contact_id: int, retry_at: datetime | None = None) -> str:
    """What a person does about it; empty where there is nothing to say.

    ``retry_at`` is when the account comes again by itself; None where it waits for a person.
    """
    words = {**_ADVICE, **_BY_ITSELF}.get(kind, "")
    if kind in _BY_ITSELF and retry_at is None:
        words = f"{words} {_NOT_BY_ITSELF}"
    again = f"Tried again by itself at {retry_at:%Y-%m-%d %H:%M} UTC. " if retry_at is not None and kind else ""
    return again + words.format(id=contact_id)
