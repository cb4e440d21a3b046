"""How values of user-defined fields travel, and how the sandbox keeps them.

Kept: text as str, list items as int id, dates as ``YYYY-MM-DD``, checkboxes as bool, numbers as int; nothing at all
    where empty. A switch may
turn a list into a text field while values are kept, so every encoder reads the other kind too.
Source of the encodings: SuperOffice's developer documentation, "User-defined fields".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sandbox.superoffice.errors import ApiError
from sandbox.superoffice.fields import UdefField
from sandbox.superoffice.languages import all_names
from sandbox.superoffice.lists import CrmList, ListItem

Stored = str | int | bool
EMPTY_DATE = "[D:01/01/0001 00:00:00.0000000]"
# CustomFields shows an empty date as a date-time in the one published capture (examples/person_entity.json).
EMPTY_CUSTOM_DATE = "[DT:01/01/0001 00:00:00.0000000]"
_ENCODED = re.compile(r"^\[([A-Z]{1,2}):(.*)\]$")
_US_DATE = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})(?: .*)?$")


def list_item(field: UdefField, stored: Stored | None, lists: Mapping[str, CrmList]) -> ListItem | None:
    """The list item that a value stands for."""
    crm_list = lists.get(field.list_name)
    if crm_list is None or stored is None or isinstance(stored, bool):
        return None
    return crm_list.items.get(stored) if isinstance(stored, int) else crm_list.find(stored)


def encoded(field: UdefField, stored: Stored | None, lists: Mapping[str, CrmList], *, custom: bool) -> str:
    """The value as CustomFields (``custom``) or UserDefinedFields carries it."""
    if field.type == "List":
        item = list_item(field, stored, lists)
        return f"[I:{item.id if item else 0}]"
    if field.type == "Date":
        day = _as_date(stored)
        if day is None:
            return EMPTY_CUSTOM_DATE if custom else EMPTY_DATE
        return f"[D:{day.month:02}/{day.day:02}/{day.year:04}]"
    if field.type == "Checkbox":
        return "True" if stored is True else "False"
    if field.type == "Number":
        return f"[I:{stored if isinstance(stored, int) else 0}]"
    return as_text(stored, lists)


def as_text(stored: Stored | None, lists: Mapping[str, CrmList]) -> str:
    """A value in a text field; an item id kept from the time when the field was a list becomes the item's name."""
    if stored is None:
        return ""
    if isinstance(stored, bool):
        return str(stored)
    if isinstance(stored, int):
        items = (crm_list.items.get(stored) for name, crm_list in lists.items() if name.startswith("udlist"))
        return next((next(iter(item.names.values())) for item in items if item), str(stored))
    return stored


def display(field: UdefField, stored: Stored | None, lists: Mapping[str, CrmList], first: str) -> Any:
    """The value as an archive shows it before translation: item name, ISO date, bool, number or text.

    None for an empty date.
    """
    if field.type == "List":
        item = list_item(field, stored, lists)
        return item.raw_name(first) if item else ""
    if field.type == "Date":
        day = _as_date(stored)
        return f"{day.isoformat()}T00:00:00" if day else None
    if field.type == "Checkbox":
        return stored is True
    if field.type == "Number":
        return stored if isinstance(stored, int) else 0
    return as_text(stored, lists)


def parsed(field: UdefField, value: Any, lists: Mapping[str, CrmList], *, truncate: bool) -> Stored | None:
    """What a client wrote, as it is kept; None for empty.

    Raises:
        ApiError: 400 for a value of the wrong kind, an unknown list item or (unless ``truncate``) a text that is too
            long. That these are refused, and so, is an assumption: the documents do not say what happens.
    """
    if value is None or value == "":
        return None
    text = str(value)
    match = _ENCODED.match(text)
    bare = match[2] if match else text
    if field.type == "List":
        return _parsed_item(field, bare, lists)
    if field.type == "Date":
        return _parsed_date(field, bare)
    if field.type == "Checkbox":
        return True if bare.strip().lower() in ("true", "1") else None
    if field.type == "Number":
        return _parsed_int(field, bare) or None
    return fitting_text(text, field.text_length, field.prog_id, truncate=truncate)


def fitting_text(text: str, length: int, name: str, *, truncate: bool) -> str:
    """A text no longer than its field. Raises ``ApiError`` 400 (assumption, see ``parsed``)."""
    if not length or len(text) <= length:
        return text
    if truncate:
        return text[:length]
    raise ApiError(400, f"{name}: the text has {len(text)} characters, the field holds {length}.")


def value_of_a_human(field: UdefField, value: str, lists: Mapping[str, CrmList]) -> Stored | None:
    """What a person typed on the command line: an item by name or id, a date as ``YYYY-MM-DD``, or text.

    Raises:
        ApiError: 400; for a list with the names there are.
    """
    if field.type == "List" and value and not value.lstrip("[I:").rstrip("]").isdigit():
        item = lists[field.list_name].find(value)
        if item is None:
            names = ", ".join(all_names(item.raw_name("de"))[0] for item in lists[field.list_name].items.values())
            raise ApiError(400, f"{value!r} is no item of the list. There are: {names}.")
        return item.id
    return parsed(field, value, lists, truncate=False)


def _parsed_item(field: UdefField, bare: str, lists: Mapping[str, CrmList]) -> int | None:
    item_id = _parsed_int(field, bare)
    if item_id and item_id not in lists[field.list_name].items:
        raise ApiError(400, f"{field.prog_id}: list {field.list_name} has no item {item_id}.")
    return item_id or None


def _parsed_int(field: UdefField, bare: str) -> int:
    try:
        return int(bare)
    except ValueError:
        raise ApiError(400, f"{field.prog_id}: {bare!r} is no number.") from None


def _parsed_date(field: UdefField, bare: str) -> str | None:
    match = _US_DATE.match(bare)
    try:
        day = date(int(match[3]), int(match[1]), int(match[2])) if match else datetime.fromisoformat(bare).date()
    except ValueError:
        raise ApiError(400, f"{field.prog_id}: {bare!r} is no date.") from None
    return None if day.year == 1 else day.isoformat()


def _as_date(stored: Stored | None) -> date | None:
    if not isinstance(stored, str):
        return None
    try:
        return datetime.fromisoformat(stored).date()
    except ValueError:
        return None
