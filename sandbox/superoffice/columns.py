"""Columns of the archives: name, type, and where the value comes from.

Names and types are those of ``contracts/superoffice/archive-columns`` (checked by a test) and, for ``dynamic``, of
the database's tables. What belongs elsewhere: running a query (``archive``), what operators mean (``restrictions``).

Documented for Slim mode: list columns and associates are display text, dates ISO text. Documented for Full mode:
RawValue is the id for built-in lists. Assumed: the RawValue of a user-defined list is ``[I:n]`` and of a user-defined
date ``[D:MM/DD/YYYY]``, as in entities; an empty date is null.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.superoffice.carriers import ASSOCIATES, associate_name, formatted_address, item_name
from sandbox.superoffice.column import Column, Get, Row, plain
from sandbox.superoffice.records import NO_ADDRESS, SITE_ROOT, AddressBlock, CompanyRecord, PersonRecord
from sandbox.superoffice.user_columns import udef_column


def find_column(provider: str, name: str) -> Column | None:
    """A provider's column, None if it has none of that name."""
    if provider == "dynamic":
        return _DYNAMIC.get(name)
    if provider in ("Person", "RecyclePerson"):
        if name.startswith("personUdef/"):
            return udef_column("Person", name)
        return _PERSON.get(name)
    if name.startswith("contactUdef/"):
        return udef_column("Contact", name)
    return _CONTACT.get(name)


def column_names(provider: str) -> list[str]:
    """Names of a provider's columns without the user-defined ones."""
    return list(_DYNAMIC if provider == "dynamic" else _PERSON if provider in ("Person", "RecyclePerson") else _CONTACT)


def _list_column(name: str, list_name: str, value: Get) -> Column:
    return plain(name, "list", value, lambda row: item_name(row.view, list_name, value(row) or 0))


def _associate_column(name: str, value: Get, *, full: bool = False) -> Column:
    if full:
        return plain(name, "associate", value, lambda row: ASSOCIATES.get(value(row), ("", "", ""))[1])
    return plain(name, "associate", value, lambda row: associate_name(value(row) or 0))


def _company_columns(prefix: str, get: Callable[[Row], CompanyRecord | None]) -> list[Column]:
    """Columns of a company, in its own archives and, below ``personContact/``, in the person archive."""

    def of(attribute: str, empty: Any = "") -> Get:
        def value(row: Row) -> Any:
            company = get(row)
            return empty if company is None else getattr(company, attribute)

        return value

    def name_department(row: Row) -> str:
        company = get(row)
        return ", ".join(part for part in (company.name, company.department) if part) if company else ""

    texts = {"name": "name", "department": "department", "orgnr": "org_nr", "number": "number2", "code": "number1"}
    columns = [plain(f"{prefix}{name}", "string", of(attribute)) for name, attribute in texts.items()]
    for name, attribute in {"contactId": "id", "countryId": "country"}.items():
        columns.append(plain(f"{prefix}{name}", "int", of(attribute, 0)))
    for name, attribute in {"updatedDate": "updated", "registeredDate": "created"}.items():
        columns.append(plain(f"{prefix}{name}", "date", of(attribute, None)))
    columns += [_list_column(f"{prefix}{name}", name, of(name, 0)) for name in ("category", "business", "country")]
    for name, attribute in {
        "associateId": "associate",
        "updatedBy": "updated_by",
        "registeredBy": "created_by",
    }.items():
        columns.append(_associate_column(f"{prefix}{name}", of(attribute, 0)))
    for name, attribute in {"updatedByFullName": "updated_by", "registeredByFullName": "created_by"}.items():
        columns.append(_associate_column(f"{prefix}{name}", of(attribute, 0), full=True))
    for name, attribute in {"stop": "xstop", "contactNoMail": "no_mailing"}.items():
        columns.append(plain(f"{prefix}{name}", "bool", of(attribute, empty=False)))
    columns.append(plain(f"{prefix}nameDepartment", "string", name_department))
    columns.append(plain(f"{prefix}contactDeleted", "bool", lambda row: bool(of("deleted")(row))))
    columns.append(plain(f"{prefix}deletedDate", "datetime", lambda row: of("deleted")(row) or None))
    columns += _address_columns(f"{prefix}postAddress", of("postal", NO_ADDRESS))
    columns += _address_columns(f"{prefix}streetAddress", of("street", NO_ADDRESS))
    return columns


def _address_columns(prefix: str, get: Callable[[Row], AddressBlock]) -> list[Column]:
    parts = {"line1": 0, "line2": 1, "line3": 2, "city": 3, "county": 4, "state": 5, "zip": 6}

    def part(index: int) -> Get:
        return lambda row: get(row)[index]

    columns = [plain(f"{prefix}/{name}", "string", part(index)) for name, index in parts.items()]
    columns.append(
        plain(f"{prefix}/formattedAddress", "string", lambda row: formatted_address(get(row)).replace("\r\n", ", "))
    )
    return columns


def _join_columns(prefix: str, names: tuple[str, str]) -> list[Column]:
    def element(index: int) -> Get:
        def value(row: Row) -> str:
            return row.joined.get(prefix, ("", ""))[index].replace(SITE_ROOT, row.view.site_root)

        return value

    return [plain(f"{prefix}/{name}", "string", element(index), join=prefix) for index, name in enumerate(names)]


def _person_of(attribute: str) -> Get:
    return lambda row: getattr(row.record, attribute)


def _flag_of(attribute: str) -> Get:
    return lambda row: int(getattr(row.record, attribute))


def _full_name(row: Row) -> str:
    person = row.record
    return (
        " ".join(part for part in (person.firstname, person.lastname) if part)
        if isinstance(person, PersonRecord)
        else ""
    )


def _person_columns() -> list[Column]:
    texts = {
        "firstName": "firstname",
        "middleName": "middle_name",
        "lastName": "lastname",
        "mrMrs": "mrmrs",
        "title": "title",
        "personNumber": "number",
    }
    columns = [plain(name, "string", _person_of(attribute)) for name, attribute in texts.items()]
    for name, attribute in {"personId": "id", "contactId": "contact_id", "personCountryId": "country"}.items():
        columns.append(plain(name, "int", _person_of(attribute)))
    for name, attribute in {"personUpdatedDate": "updated", "personRegisteredDate": "created"}.items():
        columns.append(plain(name, "date", _person_of(attribute)))
    lists = {
        "position": ("perspos", "position"),
        "personCategory": ("category",) * 2,
        "personBusiness": ("business",) * 2,
    }
    lists["personCountry"] = ("country", "country")
    columns += [_list_column(name, list_name, _person_of(attribute)) for name, (list_name, attribute) in lists.items()]
    people = {"personUpdatedBy": "updated_by", "personRegisteredBy": "created_by", "personAssociateId": "associate"}
    columns += [_associate_column(name, _person_of(attribute)) for name, attribute in people.items()]
    columns += [
        _associate_column(f"{name.removesuffix('Id')}FullName", _person_of(attribute), full=True)
        for name, attribute in people.items()
    ]
    columns += [
        plain("retired", "bool", _person_of("retired")),
        plain("personNoMail", "bool", _person_of("no_mailing")),
        plain("hasCompany", "bool", lambda row: row.company is not None),
        plain("fullName", "string", _full_name),
        plain("personDeletedDate", "datetime", lambda row: row.record.deleted or None),
    ]
    columns += _join_columns("email", ("emailAddress", "emailDescription"))
    columns += _join_columns("personUrl", ("URLAddress", "URLDescription"))
    for prefix in ("personMobilePhone", "personDirectPhone"):
        columns += _join_columns(prefix, ("formattedNumber", "description"))
    return columns + _company_columns("personContact/", lambda row: row.company)


def _contact_columns() -> list[Column]:
    columns = _company_columns("", lambda row: row.record if isinstance(row.record, CompanyRecord) else None)
    columns += _join_columns("email", ("emailAddress", "emailDescription"))
    columns += _join_columns("url", ("URLAddress", "URLDescription"))
    return columns + _join_columns("contactPhone", ("formattedNumber", "description"))


def _dynamic_columns() -> list[Column]:
    """Columns of tables ``contact`` and ``person``; ``updated`` and ``registered`` are UtcDateTime there."""
    shared = {
        "updated_associate_id": "updated_by",
        "registered_associate_id": "created_by",
        "associate_id": "associate",
        "country_id": "country",
    }
    numbers = {
        "contact": {"contact_id": "id", **shared},
        "person": {"person_id": "id", "contact_id": "contact_id", **shared},
    }
    texts = {
        "contact": {
            "name": "name",
            "department": "department",
            "orgnr": "org_nr",
            "number1": "number1",
            "number2": "number2",
        },
        "person": {name: name for name in ("firstname", "lastname", "mrmrs", "title", "salutation")},
    }
    flags = {
        "contact": {"nomailing": "no_mailing", "xstop": "xstop"},
        "person": {"nomailing": "no_mailing", "retired": "retired"},
    }
    columns = []
    for table in ("contact", "person"):
        columns += [
            plain(f"{table}.{name}", "int", _person_of(attribute)) for name, attribute in numbers[table].items()
        ]
        columns += [
            plain(f"{table}.{name}", "string", _person_of(attribute)) for name, attribute in texts[table].items()
        ]
        columns += [plain(f"{table}.{name}", "int", _flag_of(attribute)) for name, attribute in flags[table].items()]
        for name, attribute in {"updated": "updated", "registered": "created"}.items():
            columns.append(plain(f"{table}.{name}", "datetime", _person_of(attribute)))
        for name in ("business", "category"):
            columns.append(plain(f"{table}.{name}_idx", "int", _person_of(name)))
            columns.append(_named(f"{table}.{name}_idx.name", name))
    return columns + _merge_columns()


def _merge_columns() -> list[Column]:
    """Columns of table ``mergemovelog``."""
    numbers = {
        "mergemovelog_id": "id",
        "tableNumber": "table",
        "operation": "operation",
        "sourceRecord": "source",
        "destinationRecord": "destination",
        "registered_associate_id": "associate",
    }
    columns = [plain(f"mergemovelog.{name}", "int", _person_of(attribute)) for name, attribute in numbers.items()]
    return [*columns, plain("mergemovelog.registered", "datetime", _person_of("registered"))]


def _named(name: str, list_name: str) -> Column:
    return plain(name, "string", lambda row: item_name(row.view, list_name, getattr(row.record, list_name)))


_CONTACT = {column.name: column for column in _contact_columns()}
_PERSON = {column.name: column for column in _person_columns()}
_DYNAMIC = {column.name: column for column in _dynamic_columns()}
