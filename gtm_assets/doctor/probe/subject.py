"""Who may be probed, and with which fields.

What belongs elsewhere: what is done with them (``session``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gtm_assets.crm import restored
from gtm_assets.crm.fields import OWNED_UDEFS, CrmField
from gtm_assets.doctor.probe.hands import MARK_LENGTH, read_record, says_something
from gtm_assets.writeback import ledger
from gtm_assets.writeback.suppression import LISTED, MARKS, load_suppressions, record_marked
from resources.store.store import Store
from resources.superoffice.client import SuperOfficeClient

_PERSON = ("PersonId", "Firstname", "Lastname", "Contact", *MARKS["Person"])


class Refused(Exception):  # noqa: N818 - a no with its reason, not a failure
    """This record, or this installation, must not be probed; the message says why and what to do."""


@dataclass(frozen=True)
class Subject:
    """Who is probed, and with which fields: ``primary`` and ``second`` are roles."""

    person_id: int
    contact_id: int
    name: str
    primary: str
    second: str
    fields: Mapping[str, CrmField]
    company_asked: bool


def choose_subject(store: Store, crm: SuperOfficeClient, fields: Mapping[str, CrmField], person_id: int) -> Subject:
    """Look at the record and decide; nothing is written.

    Raises:
        Refused: It must not be probed, or could not be.
    """
    record = crm.get("Person", person_id, select=_PERSON)
    if record is None:
        raise Refused(f"There is no person {person_id} in the CRM. Name the id of one of your own test persons.")
    contact_id = int((record.get("Contact") or {}).get("ContactId") or 0)
    with store.read() as connection:
        listed = load_suppressions(connection, [contact_id], [person_id])
        stopped, waits = ledger.standing_stop(connection), restored.stop_reason(connection)
    reason = record_marked("Person", record) or (LISTED if listed else "")
    if reason:
        raise Refused(f"Person {person_id} must not be written: {reason}. Name another one.")
    if stopped:
        raise Refused(f"Writing is stopped: {stopped} Look into it, run gtm resume-writing, then probe.")
    if waits:
        raise Refused(f"Nothing is written just now: {waits}")
    company = crm.get("Contact", contact_id, select=("ContactId", "Xstop")) if contact_id else None
    if company is not None and company.get("Xstop"):
        raise Refused(f"The company of person {person_id} is marked Stop in the CRM. Name another person.")
    seen = read_record(crm, person_id)
    roles = [
        role
        for role in OWNED_UDEFS["Person"]
        if role in fields and (fields[role].text_length or MARK_LENGTH) >= MARK_LENGTH
    ]
    if len(roles) < 2:
        raise Refused(
            f"The probe needs two text fields of the engine with at least {MARK_LENGTH} characters; see gtm fields."
        )
    # Empty fields first: whoever looks at the record meanwhile misses nothing.
    roles.sort(key=lambda role: says_something(seen.value(fields[role].prog_id)))
    name = " ".join(str(record.get(part) or "") for part in ("Firstname", "Lastname")).strip()
    return Subject(person_id, contact_id, name, roles[0], roles[1], fields, company is not None)
