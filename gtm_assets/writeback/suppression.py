"""Who must not be addressed, and the words for it: asked before generating, before planning, and once more before each PATCH.

A record of the CRM and a row of the store are asked the same questions. What belongs elsewhere: filling the table ``suppressions``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gtm_assets.crm.fields import Entity
from resources.store import schema
from resources.store.store import rows_by

GONE = "no longer in the CRM"
STOP = "the company is marked Stop in the CRM"
NO_MAILING = "marked No Mailings in the CRM"
RETIRED = "has left the company"
ASSOCIATE = "is a user of the CRM"
LISTED = "suppressed"


@dataclass(frozen=True)
class Mark:
    """What a record says by itself against writing to it: its value where nothing stands against it, and the words."""

    clear: bool | int
    reason: str


#: Asked when a record is read, and tested within a PATCH where that is proven. A company in the recycle bin says so; a person there says
#: nothing, where the API still answers for it.
MARKS: Mapping[Entity, Mapping[str, Mark]] = {
    "Contact": {"Xstop": Mark(clear=False, reason=STOP), "Deleted": Mark(clear=0, reason=GONE)},
    "Person": {
        "IsAssociate": Mark(clear=False, reason=ASSOCIATE),
        "NoMailing": Mark(clear=False, reason=NO_MAILING),
        "Retired": Mark(clear=False, reason=RETIRED),
    },
}


def load_suppressions(
    connection: sa.Connection, contact_ids: Iterable[int], person_ids: Iterable[int]
) -> frozenset[str]:
    """Identifiers among these accounts and persons that must not be addressed."""
    wanted = [*(f"account:{i}" for i in contact_ids), *(f"person:{i}" for i in person_ids)]
    return frozenset(rows_by(connection, schema.suppressions.c.identifier, wanted))


def account_suppressed(account: Mapping[str, Any], suppressions: frozenset[str]) -> str:
    """Why nothing is made or written for an account (a stored row), empty if nothing stands against it."""
    if account["gone_at"] is not None:
        return GONE
    if account["stop"]:
        return STOP
    return LISTED if f"account:{account['contact_id']}" in suppressions else ""


def person_suppressed(person: Mapping[str, Any], suppressions: frozenset[str]) -> str:
    """Why nothing is written for a person (a stored row), empty if nothing stands against it."""
    if f"person:{person['person_id']}" in suppressions:
        return LISTED
    reasons = {"no_mailing": NO_MAILING, "retired": RETIRED, "is_associate": ASSOCIATE}
    return next((reason for column, reason in reasons.items() if person[column]), "")


def record_marked(entity: Entity, record: Mapping[str, Any]) -> str:
    """What stands against it in the CRM's own record, read as a whole; empty if nothing does."""
    return next((mark.reason for name, mark in MARKS[entity].items() if record.get(name)), "")
