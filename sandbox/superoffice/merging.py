"""Merging two records and taking one out of the recycle bin, as people of the tenant do on the vendor's screens.

Documented: the source of a merge is deleted for good (or, where that is asked for, a person is left and marked as retired), the
destination stays, its empty fields may be filled from the source, a company's persons go with it, and only MergeMoveLog tells. What
belongs elsewhere: soft deletion (``write``), how the log is read (``archive``).
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from sandbox.superoffice.carriers import HUMAN, View
from sandbox.superoffice.crm import Kind
from sandbox.superoffice.errors import ApiError
from sandbox.superoffice.records import MergeRow, PersonRecord, R, Record
from sandbox.superoffice.write import find

# Numbers of tables; those of operations are assumed.
TABLE_NUMBERS: dict[Kind, int] = {"Contact": 5, "Person": 6}
MERGED = 1
MOVED = 2
_OWN = frozenset(
    {"id", "created", "updated", "created_by", "updated_by", "deleted", "contact_id", "is_associate", "retired"}
)


def merge(
    view: View,
    entity: Kind,
    source_id: int,
    destination_id: int,
    associate: int = HUMAN,
    *,
    keep_source: bool = False,
    fill_empty: bool = True,
) -> Record:
    """Merge a record into another; the answer is what stays.

    Args:
        view: The CRM.
        entity: Contact or Person.
        source_id: What goes.
        destination_id: What stays.
        associate: Who does it.
        keep_source: Leave a person and mark it as retired.
        fill_empty: Fill empty fields of the destination from the source.

    Raises:
        ApiError: 404 for an unknown record; 400 for a record into itself or a company that is to be kept.
    """
    if source_id == destination_id or (keep_source and entity == "Contact"):
        raise ApiError(400, f"{entity} {source_id} can't be merged in this way.")
    crm = view.crm
    with crm.lock:
        source = find(view, entity, source_id)
        destination: Record = find(view, entity, destination_id)
        if fill_empty:
            destination = crm.save(_filled(destination, source), associate)
        if entity == "Contact":
            for person_id in crm.persons_of(source_id):
                person = crm.persons.get(person_id)
                if person is not None:
                    crm.save(replace(person, contact_id=destination_id), associate)
        if isinstance(source, PersonRecord) and keep_source:
            crm.save(replace(source, retired=True), associate)
        else:
            crm.remove(entity, source_id)
        log_operation(view, entity, MERGED, source_id, destination_id, associate)
        return destination


def undelete(view: View, entity: Kind, entity_id: int, associate: int = HUMAN) -> Record:
    """Take a record out of the recycle bin.

    Raises:
        ApiError: 404 for a record that is gone for good; 400 for one that is not in the bin.
    """
    with view.crm.lock:
        record: Record = find(view, entity, entity_id, even_deleted=True)
        if not record.deleted:
            raise ApiError(400, f"{entity} {entity_id} is not in the recycle bin.")
        return view.crm.save(replace(record, deleted=""), associate)


def log_operation(view: View, entity: Kind, operation: int, source: int, destination: int, associate: int) -> None:
    """A new row of MergeMoveLog."""
    view.crm.log(MergeRow(0, TABLE_NUMBERS[entity], operation, source, destination, "", associate))


def _filled(destination: R, source: Any) -> R:
    changes = {
        item.name: getattr(source, item.name)
        for item in fields(destination)
        if item.name not in _OWN and item.name != "fields" and not any_value(getattr(destination, item.name))
    }
    return replace(destination, **changes, fields={**source.fields, **destination.fields})


def any_value(value: Any) -> bool:
    """Whether a property says something; an address of empty lines does not."""
    return any(value) if isinstance(value, tuple) else bool(value)
