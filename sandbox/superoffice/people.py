"""Edits by people of the tenant, in their words: fields by label, list items by name.

And a record as a person would read it.

What belongs elsewhere: the API (``api``, ``write``); these edits go past it, as the vendor's own screens do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sandbox.superoffice.absorb import CONTACT_FLAGS, CONTACT_TEXTS, PERSON_FLAGS, PERSON_TEXTS
from sandbox.superoffice.carriers import HUMAN, View, associate_name, item_name
from sandbox.superoffice.crm import Kind
from sandbox.superoffice.errors import ApiError
from sandbox.superoffice.fields import field_by_name, udef_fields
from sandbox.superoffice.languages import all_names, translated
from sandbox.superoffice.lists import CrmList
from sandbox.superoffice.merging import MOVED, log_operation
from sandbox.superoffice.records import SITE_ROOT, CompanyRecord, PersonRecord, R, Record, with_changes
from sandbox.superoffice.values import display, value_of_a_human
from sandbox.superoffice.write import blank, find

_LISTS = {
    "position": ("position", "perspos"),
    "category": ("category",) * 2,
    "business": ("business",) * 2,
    "country": ("country",) * 2,
}
_YES = frozenset({"1", "true", "yes", "ja"})


def edit(view: View, entity: Kind, entity_id: int, fields: Mapping[str, Any], associate: int = HUMAN) -> Record:
    """Change a record as somebody in the tenant would.

    Args:
        view: The CRM.
        entity: Contact or Person.
        entity_id: Its id.
        fields: Name -> value. A name is a property (``title``), ``url``, ``email``, ``city``, ``company``, a ProgId
            or a label.
        associate: Who edits.

    Raises:
        ApiError: 404; 400 for a field or list item that does not exist.
    """
    with view.crm.lock:
        before = find(view, entity, entity_id)
        after: Record = view.crm.save(_changed(view, before, fields), associate)
        if (
            isinstance(before, PersonRecord)
            and isinstance(after, PersonRecord)
            and before.contact_id != after.contact_id
        ):
            log_operation(view, entity, MOVED, entity_id, after.contact_id, associate)
        return after


def check_edit(view: View, entity: Kind, entity_id: int, fields: Mapping[str, Any]) -> None:
    """Whether ``edit`` could be made now; changes nothing. Raises as ``edit`` does."""
    _changed(view, find(view, entity, entity_id), fields)


def create(view: View, entity: Kind, fields: Mapping[str, Any], associate: int = HUMAN) -> Record:
    """A new record, entered by somebody in the tenant; see ``edit`` for fields and errors."""
    start = blank(entity)
    if isinstance(start, CompanyRecord):
        start = replace(start, category=2, business=1, country=276, associate=associate)
    with view.crm.lock:
        return view.crm.create(_changed(view, start, fields), associate)


def readable(view: View, record: Record) -> dict[str, Any]:
    """Labels and values in an order to read."""
    view = replace(view, language=view.language or view.first)
    entity: Kind = "Contact" if isinstance(record, CompanyRecord) else "Person"
    shown: dict[str, Any] = {"id": record.id}
    texts = CONTACT_TEXTS if isinstance(record, CompanyRecord) else PERSON_TEXTS
    shown |= {name: getattr(record, attribute) for name, attribute in texts.items() if getattr(record, attribute)}
    if isinstance(record, PersonRecord):
        shown["Position"] = item_name(view, "perspos", record.position)
        shown["Company"] = f"{view.crm.company_name(record.contact_id)} ({record.contact_id})"
        shown["Retired"] = record.retired
    else:
        shown["City"] = record.postal.city or record.street.city
        shown["Persons"] = view.crm.persons_of(record.id)
    shown["Urls"] = [value.replace(SITE_ROOT, view.site_root) for value, _ in record.urls]
    shown["Emails"] = [value for value, _ in record.emails]
    for field in udef_fields(entity, view.crm.switches):
        value = display(field, record.fields.get(field.prog_id), view.crm.lists, view.first)
        shown[field.labels[view.first]] = translated(value, view.language) if isinstance(value, str) else value
    shown["Updated"] = f"{record.updated} UTC by {associate_name(record.updated_by)}"
    shown["Created"] = f"{record.created} UTC by {associate_name(record.created_by)}"
    return shown


def _changed(view: View, record: R, fields: Mapping[str, Any]) -> R:
    for name, value in fields.items():
        record = _with(view, record, name, value)
    return record


def _with(view: View, record: R, name: str, value: Any) -> R:
    is_company = isinstance(record, CompanyRecord)
    wanted = name.strip().casefold().replace(" ", "")
    texts = {key.casefold(): item for key, item in (CONTACT_TEXTS if is_company else PERSON_TEXTS).items()}
    flags = {key.casefold(): item for key, item in (CONTACT_FLAGS if is_company else PERSON_FLAGS).items()}
    if wanted in texts or wanted in flags:
        text = str(value)
        change = {texts[wanted]: text} if wanted in texts else {flags[wanted]: text.lower() in _YES}
        return with_changes(record, change)
    if wanted in _LISTS and (wanted != "position" or not is_company):
        attribute, list_name = _LISTS[wanted]
        return with_changes(record, {attribute: _item_id(view.crm.lists[list_name], str(value))})
    if wanted in ("url", "email", "phone"):
        return _with_element(view, record, wanted, str(value))
    if wanted == "city":
        blocks = ("street", "postal") if is_company else ("street",)
        return with_changes(record, {block: getattr(record, block)._replace(city=str(value)) for block in blocks})
    if wanted in ("company", "contactid") and not is_company:
        return with_changes(record, {"contact_id": find(view, "Contact", int(value)).id})
    return _with_user_field(view, record, name, str(value))


def _with_element(view: View, record: R, kind: str, value: str) -> R:
    elements = ((value.replace(view.site_root, SITE_ROOT), ""),) if value else ()
    phones = "phones" if isinstance(record, CompanyRecord) else "office_phones"
    return with_changes(record, {{"url": "urls", "email": "emails", "phone": phones}[kind]: elements})


def _with_user_field(view: View, record: R, name: str, value: str) -> R:
    entity: Kind = "Contact" if isinstance(record, CompanyRecord) else "Person"
    field = field_by_name(entity, name, view.crm.switches)
    if field is None:
        labels = ", ".join(item.labels[view.first] for item in udef_fields(entity, view.crm.switches))
        advice = f"Its own fields: {labels}; or a property such as Title, Position, Name, url."
        raise ApiError(400, f"A {entity} has no field {name!r}. {advice}")
    stored = value_of_a_human(field, value, view.crm.lists)
    fields = {key: item for key, item in record.fields.items() if key != field.prog_id}
    if stored is not None:
        fields[field.prog_id] = stored
    return with_changes(record, {"fields": fields})


def _item_id(crm_list: CrmList, name: str) -> int:
    if not name:
        return 0
    item = crm_list.find(name)
    if item is None:
        names = ", ".join(all_names(item.raw_name("de"))[0] for item in crm_list.items.values())
        raise ApiError(400, f"{name!r} is no item of list {crm_list.name}. There are: {names}.")
    return item.id
