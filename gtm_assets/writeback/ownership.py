"""What the connector may write, field by field, and what it never touches. The law: a request that names anything else is not sent.

``docs/crm-fields.md`` is made from this (``ownership_page``), and a test holds both together. What belongs elsewhere: which of the
tenant's user-defined fields is meant (``gtm_assets.crm.fields``), the operations (``operations``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gtm_assets.crm.fields import OWNED_UDEFS, POSITION, CrmField, Entity
from resources.errors import PermanentError

CUSTOM_FIELDS = "CustomFields"


@dataclass(frozen=True)
class OwnedField:
    """One field of the CRM that the connector writes.

    Attributes:
        name: As plans, ledger and board call it.
        entity: Contact (a company) or Person.
        place: The property of the API. A user-defined field goes along in ``CustomFields`` by its ProgId, and no other key does.
        content: What is written, and from where.
        when: Beyond the rule for all fields: an empty one is filled, and the connector's own value is replaced.
        taken_back: When its own value is emptied; empty: never.
    """

    name: str
    entity: Entity
    place: str
    content: str
    when: str = ""
    taken_back: str = ""


_TEXT_INVALID = "no approved text any more: persona or vertical unknown or inactive, or the text rejected"

OWNED: tuple[OwnedField, ...] = (
    OwnedField(
        "vertical",
        "Contact",
        CUSTOM_FIELDS,
        "the vertical that the company's website speaks for, as item of the field's list (or its name, in a text field)",
        "a human's choice wins and decides the texts; an item that the list lacks is reported, never created",
        "the vertical is unknown, or its item is gone",
    ),
    OwnedField("summary", "Contact", CUSTOM_FIELDS, "one or two sentences, from the company's website"),
    OwnedField(
        "opener",
        "Contact",
        CUSTOM_FIELDS,
        "an approved opening sentence for the product of the company's own ops focus",
        "approved texts only",
        "no approved text any more: vertical unknown, or the text rejected",
    ),
    OwnedField(
        "opener_secondary",
        "Contact",
        CUSTOM_FIELDS,
        "the same for the vertical's other product",
        "approved texts only",
        "as with the opener, or there is no other product",
    ),
    OwnedField(
        "last_update",
        "Contact",
        CUSTOM_FIELDS,
        "the day",
        "only together with another field of the company; it alone replaces whatever stands there",
    ),
    OwnedField(
        "org_nr", "Contact", "OrgNr", "the VAT number of the website's imprint", "only one whose check digits are right"
    ),
    OwnedField(
        "postal_city",
        "Contact",
        "Address/Postal",
        "the city of the website's imprint; the rest of the block goes along as it stands, because the API takes blocks whole",
        "only where the city differs",
    ),
    OwnedField(
        "street_city", "Contact", "Address/Street", "the same for the street address", "only where the city differs"
    ),
    OwnedField(
        "subject",
        "Person",
        CUSTOM_FIELDS,
        "the approved subject for persona, vertical and campaign",
        "approved texts only",
        _TEXT_INVALID,
    ),
    OwnedField(
        "intro",
        "Person",
        CUSTOM_FIELDS,
        "the approved bridge for persona, vertical and campaign",
        "approved texts only",
        _TEXT_INVALID,
    ),
    OwnedField(
        "social_proof",
        "Person",
        CUSTOM_FIELDS,
        "the approved proof for persona, vertical and campaign",
        "approved texts only",
        _TEXT_INVALID,
    ),
    OwnedField(
        "unsubscribe",
        "Person",
        CUSTOM_FIELDS,
        "the signed unsubscribe link of this person",
        "only with GTM_PUBLIC_URL, and only for somebody who has a text",
    ),
    OwnedField(
        POSITION,
        "Person",
        "Position/Id",
        "the item of the CRM's list of positions that stands for the person's persona",
        "only with SUPEROFFICE_WRITE_POSITION=true; an item that the list lacks is reported, never created",
        "the persona is unknown, or its item is gone",
    ),
)

#: Who or what is never touched, and how that is kept.
NEVER: tuple[tuple[str, str], ...] = (
    ("the name and department of any company, the tenant's own (owner) company included", "no request names them"),
    (
        "a company's category, business, country, phones, e-mail and web addresses, description, our contact",
        "no request names them",
    ),
    (
        "the other lines of an address: street, zip code, county, state",
        "they go along as they stand, tested or read just before; nothing in them is blanked",
    ),
    (
        "a person's name, title, salutation, phones, e-mail addresses, consents, interests, description",
        "no request names them",
    ),
    ("which company a person belongs to", "no request names it"),
    ("the marks No Mailings, retired and Stop", "they are obeyed, never set"),
    (
        "users of the CRM (associates), persons who are retired, marked No Mailings or suppressed, companies marked Stop",
        "nothing at all is written to them; looked at when planning and again with each request",
    ),
    (
        "persons of a company marked Stop",
        "nothing at all is written to them; looked at when planning: a Stop set while they are being written holds from the next run on",
    ),
    ("every other user-defined field, MA_Campaign included", "only the ProgIds of the fields above are sent"),
    (
        "records: none is created, deleted, merged or moved; no document, appointment, task or e-mail is made",
        "the only request that changes something is PATCH of a company or a person that is there already",
    ),
    ("items of lists, and the layout of fields", "no request of that kind exists in the connector"),
)


def owned_names(entity: Entity) -> frozenset[str]:
    """Names of the fields of an entity that may be written."""
    return frozenset(field.name for field in OWNED if field.entity == entity)


def require_owned(entity: Entity, operations: Iterable[Mapping[str, Any]], fields: Mapping[str, CrmField]) -> None:
    """Refuse a request that would change anything but the fields above; tests change nothing.

    Raises:
        PermanentError: It names a place that is not ours. Nothing was sent.
    """
    changes = [operation for operation in operations if operation["op"] != "test"]
    foreign = sorted({place for operation in changes for place in _foreign(entity, operation, fields)})
    if foreign:
        message = (
            f"a PATCH of a {entity} would also have changed {', '.join(foreign)}, which the connector does not own."
        )
        raise PermanentError("SuperOffice", message, "This is a defect: please report it. Nothing was sent.")


def _foreign(entity: Entity, operation: Mapping[str, Any], fields: Mapping[str, CrmField]) -> Iterable[str]:
    place = str(operation["path"]).lstrip("/")
    if place == "Position" and operation.get("value", {}).keys() == {"Id"}:
        place = "Position/Id"
    if operation["op"] != "replace" or place not in {field.place for field in OWNED if field.entity == entity}:
        return (f"{place} ({operation['op']})",)
    if place != CUSTOM_FIELDS:
        return ()
    ours = {fields[name].prog_id for name in OWNED_UDEFS[entity] if name in fields}
    return (f"{CUSTOM_FIELDS}/{key}" for key in operation["value"] if key not in ours)
