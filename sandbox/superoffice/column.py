"""What a column of an archive is, and what a row is. Which columns there are: ``columns``, ``user_columns``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.superoffice.carriers import View
from sandbox.superoffice.records import CompanyRecord, Element, MergeRow, Record
from sandbox.superoffice.restrictions import ColumnType

# Prefixes that join another table: a record gives one row for each of its elements there.
JOINS = {
    "email": "emails",
    "url": "urls",
    "contactPhone": "phones",
    "personUrl": "urls",
    "personMobilePhone": "mobile_phones",
    "personDirectPhone": "office_phones",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an archive: a record, its company where it is a person, and the joined elements by prefix."""

    view: View
    record: Record | MergeRow
    company: CompanyRecord | None
    joined: dict[str, Element]


Get = Callable[[Row], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """``value`` is compared and sorted; ``shown`` stands in Slim mode; ``raw`` in Full mode (default: the value)."""

    name: str
    type: ColumnType
    value: Get
    shown: Get
    raw: Get
    join: str = ""


def plain(name: str, column_type: ColumnType, value: Get, shown: Get | None = None, join: str = "") -> Column:
    """A column whose raw value is what is compared; shown as it is unless ``shown`` says otherwise."""
    return Column(name, column_type, value, shown or value, value, join)
