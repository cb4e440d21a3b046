"""The e-mail that a person would get from what stands in the CRM now: fields read, joined by ``compose``.

What belongs elsewhere: joining (``gtm_assets.texts.compose``), what should stand there (``targets``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gtm_assets.crm.fields import CrmField
from gtm_assets.texts.compose import EmailParts, Paragraph, paragraphs
from gtm_assets.writeback.suppression import record_marked
from resources.superoffice.client import SuperOfficeClient

_PERSON = (
    *("PersonId", "Firstname", "Lastname", "Mrmrs", "Salutation", "Title", "Position", "Contact", "CustomFields"),
    *("NoMailing", "Retired", "IsAssociate"),
)


@dataclass(frozen=True)
class ReadEmail:
    """An e-mail as the CRM's fields give it: subject, paragraphs, whom it is for, and what the records say against sending it."""

    person: str
    title: str
    company: str
    contact_id: int
    subject: str
    paragraphs: tuple[Paragraph, ...]
    blocked: str

    @property
    def text(self) -> str:
        """The joined text."""
        return "\n\n".join(paragraph.text for paragraph in self.paragraphs)


def read_email(crm: SuperOfficeClient, fields: Mapping[str, CrmField], person_id: int) -> ReadEmail | None:
    """Read one person and the company, join their fields; None if there is no such person.

    Two calls. ``Salutation`` is the academic title in SuperOffice.
    """
    person = crm.get("Person", person_id, select=_PERSON)
    if person is None:
        return None
    contact_ref = person.get("Contact") or {}
    contact_id = int(contact_ref.get("ContactId") or 0)
    contact = crm.get("Contact", contact_id, select=("Name", "Xstop", "CustomFields")) if contact_id else None
    own = person.get("CustomFields") or {}
    company = (contact or {}).get("CustomFields") or {}
    parts = EmailParts(
        mrmrs=_text(person.get("Mrmrs")),
        academic_title=_text(person.get("Salutation")),
        firstname=_text(person.get("Firstname")),
        lastname=_text(person.get("Lastname")),
        opener=_text(company.get(fields["opener"].prog_id)),
        intro=_text(own.get(fields["intro"].prog_id)),
        social_proof=_text(own.get(fields["social_proof"].prog_id)),
        unsubscribe_url=_text(own.get(fields["unsubscribe"].prog_id)),
    )
    return ReadEmail(
        person=f"{_text(person.get('Firstname'))} {_text(person.get('Lastname'))}".strip(),
        title=_text(person.get("Title")) or _text((person.get("Position") or {}).get("Value")),
        company=_text((contact or {}).get("Name")),
        contact_id=contact_id,
        subject=_text(own.get(fields["subject"].prog_id)),
        paragraphs=paragraphs(parts),
        blocked=record_marked("Contact", contact or {}) or record_marked("Person", person),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
