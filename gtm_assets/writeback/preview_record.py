"""Before a preview: is there such a person, and what does the CRM say about them that the store does not keep?

What belongs elsewhere: everything else about the person (``preview_facts``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gtm_assets.settings import UserError
from gtm_assets.writeback.suppression import GONE, LISTED, load_suppressions, record_marked
from resources.store import schema
from resources.store.store import Store
from resources.superoffice.client import SuperOfficeClient

#: Why the CRM said nothing about the person just now.
NOT_ASKED = "the academic title is left out: the CRM was not asked"
NOT_CONFIGURED = "the academic title is left out: SuperOffice is not configured here"
UNREACHABLE = "the academic title is left out, the CRM could not be asked"
#: What the snapshot of a person does not hold: the academic title (SuperOffice calls it Salutation), and whether it is a user of the CRM.
RECORD = ("PersonId", "Salutation", "NoMailing", "Retired", "IsAssociate")


class UnknownPersonError(UserError):
    """There is nothing to preview; the message says why and what to do."""


@dataclass(frozen=True)
class Record:
    """What the CRM said about the person just now; ``unread`` says why nothing was asked or answered.

    ``academic_title`` is None where it was not read, ``against`` what stands against writing to the person, ``gone`` that the CRM has no
    such person.
    """

    academic_title: str | None = None
    against: str = ""
    unread: str = ""
    gone: bool = False


def read_record(crm: SuperOfficeClient, person_id: int) -> Record:
    """Ask the CRM for the person's academic title and marks, in one call."""
    record = crm.get("Person", person_id, select=RECORD)
    if record is None:
        return Record(against=GONE, gone=True)
    return Record(str(record.get("Salutation") or "").strip(), record_marked("Person", record))


def listed(store: Store, contact_id: int, person_id: int) -> str:
    """Why an account or a person is kept out by the table of suppressions; empty if it is not."""
    with store.read() as connection:
        return LISTED if load_suppressions(connection, [contact_id], [person_id]) else ""


def find_person(store: Store, person_id: int) -> dict[str, Any] | None:
    """The stored row of a person, None if the engine does not know them."""
    with store.read() as connection:
        query = sa.select(schema.persons).where(schema.persons.c.person_id == person_id)
        row = connection.execute(query).mappings().first()
    return dict(row) if row is not None else None


def unknown_person(store: Store, person_id: int, in_crm: bool | None) -> UnknownPersonError:  # noqa: FBT001
    """The error for a person that the engine does not know; ``in_crm`` is what the CRM says, None if it was not asked."""
    with store.read() as connection:
        anybody = connection.execute(sa.select(schema.persons.c.person_id).limit(1)).first() is not None
    if in_crm:
        return UnknownPersonError(f"Person {person_id} is in the CRM, but was not read yet. `gtm once` reads it.")
    if in_crm is False:
        return UnknownPersonError(f"There is no person {person_id} in the CRM. The id stands in the person's record.")
    if not anybody:
        return UnknownPersonError("Nobody was read from the CRM yet. `gtm once` reads companies and persons.")
    return UnknownPersonError(
        f"The engine does not know person {person_id}. Check the id in the person's record; somebody who was entered just now is read by "
        "`gtm once`."
    )
