"""From a patched or posted entity back to a record: only what was touched, each value checked against its field.

What belongs elsewhere: applying patches (``patch``), rendering (``entities``), stamps (``crm``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.superoffice.carriers import View, address_block
from sandbox.superoffice.entities import CONTACT_LENGTHS, PERSON_LENGTHS
from sandbox.superoffice.errors import ApiError
from sandbox.superoffice.fields import Entity, udef_field, udef_fields
from sandbox.superoffice.records import SITE_ROOT, CompanyRecord, Element, PersonRecord, R, Record, with_changes
from sandbox.superoffice.values import Stored, fitting_text, parsed

CONTACT_TEXTS = {
    "Name": "name",
    "Department": "department",
    "OrgNr": "org_nr",
    "Number1": "number1",
    "Number2": "number2",
    "Description": "description",
}
PERSON_TEXTS = {
    "Firstname": "firstname",
    "MiddleName": "middle_name",
    "Lastname": "lastname",
    "Mrmrs": "mrmrs",
    "Title": "title",
    "Salutation": "salutation",
    "PersonNumber": "number",
    "Description": "description",
}
CONTACT_FLAGS = {"NoMailing": "no_mailing", "Xstop": "xstop"}
PERSON_FLAGS = {"NoMailing": "no_mailing", "Retired": "retired"}
_CONTACT_ELEMENTS = {"Emails": "emails", "Urls": "urls", "Phones": "phones", "Faxes": "faxes"}
_PERSON_ELEMENTS = {
    "Emails": "emails",
    "Urls": "urls",
    "MobilePhones": "mobile_phones",
    "OfficePhones": "office_phones",
    "PrivatePhones": "private_phones",
}
# Property -> (attribute, name of the id inside the carrier, list whose items are allowed).
_REFERENCES = {
    "Business": ("business", "Id", "business"),
    "Category": ("category", "Id", "category"),
    "Country": ("country", "CountryId", "country"),
    "Associate": ("associate", "AssociateId", ""),
}
_PERSON_REFERENCES = {
    **_REFERENCES,
    "Position": ("position", "Id", "perspos"),
    "Contact": ("contact_id", "ContactId", ""),
}


def absorb(view: View, record: R, entity: Mapping[str, Any], touched: set[str]) -> R:
    """The record with the touched properties of the entity.

    Properties that a client cannot change (ids, stamps, UpdatedBy, rights, read-only ones) are passed over: what
    SuperOffice does with them is not documented.

    Raises:
        ApiError: 400 for a text that is too long (switch text_over_length) or an id that does not exist.
    """
    is_company = isinstance(record, CompanyRecord)
    truncate = view.crm.switches["text_over_length"] == "truncate"
    lengths = CONTACT_LENGTHS if is_company else PERSON_LENGTHS
    changes: dict[str, Any] = {}
    for name, attribute in (CONTACT_TEXTS if is_company else PERSON_TEXTS).items():
        if name in touched:
            changes[attribute] = fitting_text(str(entity[name] or ""), lengths[name], name, truncate=truncate)
    for name, attribute in (CONTACT_FLAGS if is_company else PERSON_FLAGS).items():
        if name in touched:
            changes[attribute] = bool(entity[name])
    for name, attribute in (_CONTACT_ELEMENTS if is_company else _PERSON_ELEMENTS).items():
        if name in touched:
            changes[attribute] = tuple(_element(view, item) for item in entity[name] or ())
    for name, reference in (_REFERENCES if is_company else _PERSON_REFERENCES).items():
        if name in touched:
            changes |= _reference(view, name, reference, entity[name])
    if "Address" in touched:
        changes |= _addresses(record, entity["Address"] or {})
    return with_changes(record, changes)


def absorb_fields(view: View, record: R, values: Mapping[str, Any], *, blank_others: bool = False) -> R:
    """The record with user-defined fields set; ProgIds that the tenant does not have are passed over (assumption).

    Raises:
        ApiError: 400, see ``values.parsed``.
    """
    entity: Entity = "Contact" if isinstance(record, CompanyRecord) else "Person"
    switches = view.crm.switches
    truncate = switches["text_over_length"] == "truncate"
    known = {field.prog_id for field in udef_fields(entity, switches)}
    fields: dict[str, Stored] = {
        key: value for key, value in record.fields.items() if not blank_others or key not in known
    }
    for key, value in values.items():
        field = udef_field(entity, key, switches)
        if field is None:
            continue
        stored = parsed(field, value, view.crm.lists, truncate=truncate)
        if stored is None:
            fields.pop(field.prog_id, None)
        else:
            fields[field.prog_id] = stored
    return with_changes(record, {"fields": fields})


def _element(view: View, item: Any) -> Element:
    if not isinstance(item, dict):
        return str(item).replace(view.site_root, SITE_ROOT), ""
    return str(item.get("Value") or "").replace(view.site_root, SITE_ROOT), str(item.get("Description") or "")


def _reference(view: View, name: str, reference: tuple[str, str, str], carrier: Any) -> dict[str, int]:
    attribute, key, list_name = reference
    if carrier is None:
        return {attribute: 0}
    try:
        new_id = int(carrier.get(key) or 0) if isinstance(carrier, dict) else int(carrier)
    except (TypeError, ValueError):
        raise ApiError(400, f"{name}: {carrier!r} has no id.") from None
    if new_id and list_name and new_id not in view.crm.lists[list_name].items:
        raise ApiError(400, f"{name}: list {list_name} has no item {new_id}.")
    if new_id and attribute == "contact_id" and view.crm.companies.get(new_id) is None:
        raise ApiError(400, f"Contact: there is no company {new_id}.")
    return {attribute: new_id}


def _addresses(record: Record, address: Mapping[str, Any]) -> dict[str, Any]:
    changes: dict[str, Any] = {"street": address_block(address.get("Street"))}
    if not isinstance(record, PersonRecord):
        changes["postal"] = address_block(address.get("Postal"))
    return changes
