"""What stands inside an entity about other records: addresses, a person's company, a company's persons.

What belongs elsewhere: the entities (``entities``), smaller carriers (``carriers``).
"""

from __future__ import annotations

from typing import Any

from sandbox.superoffice.carriers import (
    View,
    address_properties,
    associate,
    country,
    formatted_address,
    item_name,
    localized_address,
    structured_address,
    table_right,
)
from sandbox.superoffice.records import SITE_ROOT, AddressBlock, CompanyRecord, PersonRecord, Record


def shown_urls(view: View, record: Record) -> list[tuple[str, str]]:
    """A record's URLs with the sandbox's present address in them."""
    return [(value.replace(SITE_ROOT, view.site_root), text) for value, text in record.urls]


def address(street: tuple[AddressBlock, str], postal: tuple[AddressBlock, str] | None) -> dict[str, Any]:
    """An Address carrier from blocks and their types."""
    return {
        "Wgs84Latitude": 0.0,
        "Wgs84Longitude": 0.0,
        "LocalizedAddress": localized_address([street, postal] if postal else [street]),
        "Street": structured_address(*street),
        "Postal": structured_address(*postal) if postal else None,
        "Formatted": formatted_address(street[0]),
        "TableRight": table_right(),
        "FieldProperties": address_properties(),
    }


def company_of(view: View, person: PersonRecord) -> dict[str, Any] | None:
    """The flat Contact carrier inside a PersonEntity; None for a person without a company."""
    company = view.crm.companies.get(person.contact_id)
    if company is None:
        return None
    urls = shown_urls(view, company)
    found_country = country(view, company.country)
    return {
        "ContactId": company.id,
        "Name": company.name,
        "OrgNr": company.org_nr,
        "Department": company.department,
        "URL": urls[0][0] if urls else "",
        "City": company.street.city,
        "DirectPhone": company.phones[0][0] if company.phones else "",
        "AssociateId": company.associate,
        "CountryId": company.country,
        "EmailAddress": company.emails[0][0] if company.emails else "",
        "Kananame": "",
        "EmailAddressName": None,
        "URLName": None,
        "AssociateFullName": (associate(company.associate) or {}).get("FullName", ""),
        "BusinessName": item_name(view, "business", company.business),
        "CategoryName": item_name(view, "category", company.category),
        "CountryName": found_country["Name"] if found_country else "",
        "Address": address((company.street, "ContactStreetAddress"), (company.postal, "ContactPostalAddress")),
        "FormattedAddress": formatted_address(company.street),
        "FullName": ", ".join(part for part in (company.name, company.department) if part),
        "IsOwnerContact": False,
        "ActiveErpLinks": 0,
        "Number1": company.number1,
        "Number2": company.number2,
        "TableRight": {"Mask": "Select, Update, Insert", "Reason": ""},
        "FieldProperties": {},
    }


def person_rows(view: View, company: CompanyRecord) -> list[dict[str, Any]]:
    """A company's persons inside its ContactEntity."""
    people = (view.crm.persons.get(person_id) for person_id in view.crm.persons_of(company.id))
    return [_person_row(view, company, person) for person in people if person is not None and not person.deleted]


def _person_row(view: View, company: CompanyRecord, person: PersonRecord) -> dict[str, Any]:
    """The flat Person carrier inside a ContactEntity."""
    name = " ".join(part for part in (person.firstname, person.lastname) if part)
    return {
        "Position": item_name(view, "perspos", person.position),
        "PersonId": person.id,
        "Mrmrs": person.mrmrs,
        "Firstname": person.firstname,
        "Lastname": person.lastname,
        "MiddleName": person.middle_name,
        "Title": person.title,
        "Description": person.description,
        "Email": person.emails[0][0] if person.emails else "",
        "FullName": name,
        "DirectPhone": person.office_phones[0][0] if person.office_phones else "",
        "FormalName": name,
        "CountryId": person.country,
        "ContactId": company.id,
        "ContactName": company.name,
        "Retired": 1 if person.retired else 0,
        "Rank": 0,
        "ContactDepartment": company.department,
        "ContactCountryId": company.country,
        "ContactOrgNr": company.org_nr,
        "AssociateId": person.associate,
        "PersonNumber": person.number,
        "TableRight": None,
        "FieldProperties": {},
    }
