"""Companies and persons as the sandbox keeps them: small, immutable, JSON-ready. A save replaces a record.

What belongs elsewhere: the whole entity of the API (``entities``), the store of records (``crm``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, NamedTuple, TypeVar

from sandbox.superoffice.values import Stored

NO_DATE = "0001-01-01T00:00:00"
# Stands for the sandbox's own address in stored URLs: the port may change between two starts.
SITE_ROOT = "{sandbox}"

Element = tuple[str, str]


class AddressBlock(NamedTuple):
    """Street or postal address; the names are those of Swagger's ``StructuredAddress``, in lower case."""

    address1: str = ""
    address2: str = ""
    address3: str = ""
    city: str = ""
    county: str = ""
    state: str = ""
    zipcode: str = ""


NO_ADDRESS = AddressBlock()


@dataclass(frozen=True, slots=True)
class CompanyRecord:
    """A row of ``contact`` with its child rows. Elements are (value, description); ``deleted`` is a time or empty."""

    id: int
    created: str
    updated: str
    created_by: int
    updated_by: int
    name: str = ""
    department: str = ""
    org_nr: str = ""
    number1: str = ""
    number2: str = ""
    description: str = ""
    no_mailing: bool = False
    xstop: bool = False
    associate: int = 0
    business: int = 0
    category: int = 0
    country: int = 0
    deleted: str = ""
    emails: tuple[Element, ...] = ()
    urls: tuple[Element, ...] = ()
    phones: tuple[Element, ...] = ()
    faxes: tuple[Element, ...] = ()
    street: AddressBlock = NO_ADDRESS
    postal: AddressBlock = NO_ADDRESS
    fields: dict[str, Stored] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A row of ``person`` with its child rows. ``salutation`` is the academic title, ``title`` the job title."""

    id: int
    created: str
    updated: str
    created_by: int
    updated_by: int
    contact_id: int = 0
    firstname: str = ""
    middle_name: str = ""
    lastname: str = ""
    mrmrs: str = ""
    title: str = ""
    salutation: str = ""
    position: int = 0
    number: str = ""
    description: str = ""
    no_mailing: bool = False
    retired: bool = False
    # A user of the CRM, who is a person of the owner company, too.
    is_associate: bool = False
    associate: int = 0
    business: int = 0
    category: int = 0
    country: int = 0
    deleted: str = ""
    emails: tuple[Element, ...] = ()
    urls: tuple[Element, ...] = ()
    mobile_phones: tuple[Element, ...] = ()
    office_phones: tuple[Element, ...] = ()
    private_phones: tuple[Element, ...] = ()
    street: AddressBlock = NO_ADDRESS
    fields: dict[str, Stored] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MergeRow:
    """A row of ``MergeMoveLog``: table 5 holds companies, 6 persons.

    Documented: merges and moves stand in it and nowhere else. Assumed: the numbers of operations, and that a person's
    move names the company as destination.
    """

    id: int
    table: int
    operation: int
    source: int
    destination: int
    registered: str
    associate: int
    deleted: str = ""

    @property
    def fields(self) -> dict[str, Stored]:
        """User-defined fields: there are none."""
        return {}


Record = CompanyRecord | PersonRecord
R = TypeVar("R", bound=CompanyRecord | PersonRecord)

# Rows of other tables: whether an edit of only these moves UpdatedDate is open (switch child_rows_touch_updated).
CHILD_ROWS = frozenset(
    {
        "emails",
        "urls",
        "phones",
        "faxes",
        "mobile_phones",
        "office_phones",
        "private_phones",
        "street",
        "postal",
        "fields",
    }
)
_STAMPS = frozenset({"created", "updated", "created_by", "updated_by"})
_ELEMENTS = CHILD_ROWS - {"street", "postal", "fields"}


def changed_columns(before: R, after: R) -> frozenset[str]:
    """Names of the parts that differ, stamps aside."""
    return frozenset(
        item.name
        for item in fields(before)
        if item.name not in _STAMPS and getattr(before, item.name) != getattr(after, item.name)
    )


def with_changes(record: R, changes: Mapping[str, Any]) -> R:
    """The record with other values; names are its own."""
    return replace(record, **changes)


def record_to_json(record: Record) -> dict[str, Any]:
    """For the sandbox's own directory; what is empty is left out."""
    values = {item.name: getattr(record, item.name) for item in fields(record)}
    return {name: value for name, value in values.items() if value or name in ("id", *_STAMPS)}


def record_from_json(kind: type[R], data: dict[str, Any]) -> R:
    """The opposite of ``record_to_json``."""
    for name in _ELEMENTS & data.keys():
        data[name] = tuple((value, description) for value, description in data[name])
    for name in {"street", "postal"} & data.keys():
        data[name] = AddressBlock(*data[name])
    return kind(**data)
