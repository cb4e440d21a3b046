"""Whole entities as ``GET /Contact/{id}`` and ``GET /Person/{id}`` answer them, ``$select`` included.

Every property of Swagger's ContactEntity and PersonEntity is there. What belongs elsewhere: writing (``absorb``,
``patch``).
"""

from __future__ import annotations

from typing import Any

from sandbox.superoffice.carriers import (
    View,
    associate,
    country,
    elements,
    field_property,
    list_value,
    table_right,
)
from sandbox.superoffice.fields import Entity, udef_fields
from sandbox.superoffice.languages import translated
from sandbox.superoffice.nested import address, company_of, person_rows, shown_urls
from sandbox.superoffice.records import NO_DATE, CompanyRecord, PersonRecord, Record
from sandbox.superoffice.values import encoded, list_item

CONTACT_LENGTHS = {"Name": 219, "Department": 219, "OrgNr": 49, "Number1": 49, "Number2": 49, "Description": 2047}
PERSON_LENGTHS = {
    "Firstname": 99,
    "MiddleName": 99,
    "Lastname": 99,
    "Mrmrs": 239,
    "Title": 239,
    "Salutation": 239,
    "PersonNumber": 49,
    "Description": 2047,
}


def entity_of(view: View, record: Record, *, links: bool = True) -> dict[str, Any]:
    """The entity of a record."""
    entity = contact_entity(view, record) if isinstance(record, CompanyRecord) else person_entity(view, record)
    if links:
        entity["_Links"] = _links(view, record)
    return entity


def contact_entity(view: View, company: CompanyRecord) -> dict[str, Any]:
    """A ContactEntity."""
    category = list_value(view, "category", company.category)
    category |= {"CategoryGroup": "Unknown", "EnableLeadStatus": False, "Rank": company.category, "Deleted": False}
    return {
        "ContactId": company.id,
        "Name": company.name,
        "Department": company.department,
        "OrgNr": company.org_nr,
        "Number1": company.number1,
        "Number2": company.number2,
        "UpdatedDate": view.stamp(company.updated),
        "CreatedDate": view.stamp(company.created),
        "Emails": elements(company.emails),
        "Interests": [],
        "Urls": elements(shown_urls(view, company)),
        "Phones": elements(company.phones),
        "Faxes": elements(company.faxes),
        "Description": company.description,
        "UpdatedBy": associate(company.updated_by),
        "CreatedBy": associate(company.created_by),
        "Associate": associate(company.associate),
        "Business": list_value(view, "business", company.business),
        "Category": category,
        "Country": country(view, company.country),
        "Persons": person_rows(view, company),
        "NoMailing": company.no_mailing,
        "Kananame": "",
        "Xstop": company.xstop,
        "ActiveInterests": 0,
        "GroupId": 1,
        "ActiveStatusMonitorId": 0,
        "SupportAssociate": None,
        "TicketPriority": None,
        "CustomerLanguage": None,
        "Deleted": 1 if company.deleted else 0,
        "DbiAgentId": 0,
        "DbiLastSyncronized": NO_DATE,
        "DbiKey": "",
        "DbiLastModified": NO_DATE,
        "SupportPerson": None,
        "Address": address((company.street, "ContactStreetAddress"), (company.postal, "ContactPostalAddress")),
        "Source": 0,
        "ActiveErpLinks": 0,
        "BounceEmails": [],
        "Domains": [],
        "UtmParameters": None,
        **_user_fields(view, "Contact", company),
        "TableRight": table_right(),
        "FieldProperties": _properties(CONTACT_LENGTHS, "ContactId", mandatory=("Name",)),
    }


def person_entity(view: View, person: PersonRecord) -> dict[str, Any]:
    """A PersonEntity."""
    full_name = " ".join(part for part in (person.firstname, person.middle_name, person.lastname) if part)
    return {
        "PersonId": person.id,
        "Firstname": person.firstname,
        "MiddleName": person.middle_name,
        "Lastname": person.lastname,
        "Mrmrs": person.mrmrs,
        "Title": person.title,
        "UpdatedDate": view.stamp(person.updated),
        "CreatedDate": view.stamp(person.created),
        "BirthDate": NO_DATE,
        "CreatedBy": associate(person.created_by),
        "Emails": elements(person.emails),
        "Description": person.description,
        "IsAssociate": person.is_associate,
        "PrivatePhones": elements(person.private_phones),
        "Faxes": [],
        "MobilePhones": elements(person.mobile_phones),
        "OfficePhones": elements(person.office_phones),
        "OtherPhones": [],
        "Position": list_value(view, "perspos", person.position),
        "UpdatedBy": associate(person.updated_by),
        "Contact": company_of(view, person),
        "Country": country(view, person.country),
        "Interests": [],
        "PersonNumber": person.number,
        "FullName": full_name,
        "NoMailing": person.no_mailing,
        "UsePersonAddress": False,
        "Retired": person.retired,
        "Urls": elements(person.urls),
        "FormalName": " ".join(part for part in (person.mrmrs, person.salutation, full_name) if part),
        # Postal is null for a person in the one published capture.
        "Address": address((person.street, "PersonPrivateAddress"), None),
        "Post3": "",
        "Post2": "",
        "Post1": "",
        "Kanalname": "",
        "Kanafname": "",
        "CorrespondingAssociate": None,
        "Category": list_value(view, "category", person.category),
        "Business": list_value(view, "business", person.business),
        "Associate": associate(person.associate),
        "Salutation": person.salutation,
        "ActiveInterests": 0,
        "SupportAssociate": None,
        "TicketPriority": None,
        "CustomerLanguage": None,
        "DbiAgentId": 0,
        "DbiKey": "",
        "DbiLastModified": NO_DATE,
        "DbiLastSyncronized": NO_DATE,
        "SentInfo": 0,
        "ShowContactTickets": 0,
        "UserInfo": None,
        "ChatEmails": [],
        "InternetPhones": [],
        "Source": 0,
        "ActiveErpLinks": 0,
        "ShipmentTypes": [],
        "Consents": [],
        "BounceEmails": [],
        "ActiveStatusMonitorId": 0,
        "CreatedByFormId": 0,
        "UtmParameters": None,
        "LeadstatusId": 0,
        "Leadstatus": "",
        **_user_fields(view, "Person", person),
        "TableRight": table_right(),
        "FieldProperties": _properties(PERSON_LENGTHS, "PersonId", mandatory=("Firstname",)),
    }


def selected(entity: dict[str, Any], select: str) -> dict[str, Any]:
    """``$select`` of an entity: all other properties are nulled out, ids and dates too.

    ``category/id`` keeps one nested property.
    """
    wanted = [name.strip().casefold() for name in select.split(",") if name.strip()]
    if not wanted:
        return entity
    whole = {name for name in wanted if "/" not in name}
    nested: dict[str, set[str]] = {}
    for name in wanted:
        head, separator, rest = name.partition("/")
        if separator:
            nested.setdefault(head, set()).add(rest)
    result: dict[str, Any] = {}
    for name, value in entity.items():
        key = name.casefold()
        if key in whole:
            result[name] = value
        elif key in nested and isinstance(value, dict):
            result[name] = selected(value, ",".join(sorted(nested[key])))
        else:
            result[name] = None
    return result


def _user_fields(view: View, entity: Entity, record: Record) -> dict[str, dict[str, str]]:
    """UserDefinedFields, ExtraFields and CustomFields with the companions that each of them carries."""
    lists = view.crm.lists
    plain: dict[str, str] = {}
    custom: dict[str, str] = {}
    for field in udef_fields(entity, view.crm.switches):
        key, stored = field.prog_id, record.fields.get(field.prog_id)
        plain[key] = encoded(field, stored, lists, custom=False)
        custom[key] = encoded(field, stored, lists, custom=True)
        if field.type == "List":
            item = list_item(field, stored, lists)
            name = translated(item.raw_name(view.first), view.language) if item else ""
            for values in (plain, custom):
                values[f"{key}:DisplayText"] = name
                values[f"{key}:DisplayTooltip"] = item.tooltip if item else ""
        custom[f"{key}:org"] = custom[key]
    return {"UserDefinedFields": plain, "ExtraFields": {}, "CustomFields": custom}


def _properties(lengths: dict[str, int], key: str, mandatory: tuple[str, ...]) -> dict[str, Any]:
    texts = {
        name: field_property("System.String", length, mandatory=name in mandatory) for name, length in lengths.items()
    }
    return {key: field_property("System.Int32", 4), **texts}


def _links(view: View, record: Record) -> dict[str, str]:
    entity = "Contact" if isinstance(record, CompanyRecord) else "Person"
    root = f"{view.api_root}/{entity}"
    links = {
        "Self": f"{root}/{record.id}/",
        "Self.Simple": f"{root}/{record.id}/Simple/",
        "UdefLayout": f"{root}/UdefLayout/Published/",
        "Category.List": f"{view.api_root}/MDOList/category/",
        "Business.List": f"{view.api_root}/MDOList/business/",
    }
    if isinstance(record, PersonRecord):
        links |= {
            "Position.List": f"{view.api_root}/MDOList/perspos/",
            "Contact": f"{view.api_root}/Contact/{record.contact_id}/",
        }
    else:
        links |= {"Archive.Persons": f"{root}/{record.id}/Persons/"}
    return links
