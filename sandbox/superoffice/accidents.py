"""Faults inside the CRM: people who come in between, reads that lag behind, writes that are answered and not made.

Called by ``api`` at the very moments at which they happen. What belongs elsewhere: which are in force (``sandbox.faults``), times of
changes (``stamps``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sandbox.faults.kinds import EditBetween, IgnoredPatch, OnRecord, SoftDelete, StaleRead, When
from sandbox.superoffice import people, write
from sandbox.superoffice.absorb import CONTACT_FLAGS, CONTACT_TEXTS, PERSON_FLAGS, PERSON_TEXTS
from sandbox.superoffice.carriers import HUMAN, View
from sandbox.superoffice.crm import Kind
from sandbox.superoffice.entities import entity_of
from sandbox.superoffice.fields import field_by_name
from sandbox.superoffice.past import Key
from sandbox.superoffice.records import CompanyRecord, Record

_SHARED = {
    "category": ("category",),
    "business": ("business",),
    "country": ("country",),
    "emails": ("emails",),
    "urls": ("urls",),
    "address": ("street", "postal"),
}
_OF_PERSONS = {"position": ("position",), "contact": ("contact_id",), "company": ("contact_id",)}


def come_between(view: View, entity: Kind, ids: Iterable[int], when: When, associate: int) -> None:
    """People who edit or delete these records now.

    Args:
        view: The CRM.
        entity: Contact or Person.
        ids: Records that a request reads or is about to change.
        when: Before a PATCH takes effect, or after a read.
        associate: Whose request it is.

    Raises:
        ApiError: An edit that no human could make, such as of a field that does not exist.
    """
    crm = view.crm
    named = {
        running.fault.record
        for running in crm.faults.running()
        if isinstance(running.fault, EditBetween | SoftDelete) and running.fault.when == when
    }
    for record_id in ids:
        # Nobody edits or deletes what is in the recycle bin, or gone.
        if (entity, record_id) in named and (record := crm.table(entity).get(record_id)) and not record.deleted:
            _come_between(view, entity, record_id, when, associate)


def _come_between(view: View, entity: Kind, record_id: int, when: When, associate: int) -> None:
    def meant(fault: OnRecord) -> bool:
        return fault.means(entity, record_id) and getattr(fault, "when", "") == when

    edit = view.crm.faults.take(EditBetween, meant)
    if edit is not None:
        by = associate if edit.fault.by == "engine" else HUMAN
        people.edit(view, entity, record_id, edit.fault.fields, by)
    deletion = view.crm.faults.take(SoftDelete, meant)
    if deletion is not None:
        write.delete(view, entity, record_id, {}, HUMAN)


def single_as_read(view: View, entity: Kind, record_id: int) -> View:
    """The CRM as a read of one record finds it: behind the times where a fault says so."""
    stale = view.crm.faults.first(StaleRead, lambda fault: fault.reads != "archive" and fault.means(entity, record_id))
    if stale is None:
        return view
    past = _as_it_was(view, stale.fault)
    differs = _entity(past, entity, record_id) != _entity(view, entity, record_id)
    return past if differs and _taken(view, stale.fault) else view


def archive_as_read(view: View, run: Callable[[View], dict[str, Any]]) -> dict[str, Any]:
    """The answer of an archive query, behind the times where a fault says so.

    Args:
        view: The CRM as it is.
        run: Answers the query.
    """
    answer = run(view)
    stale = view.crm.faults.first(StaleRead, lambda fault: fault.reads != "single")
    if stale is None:
        return answer
    former = run(_as_it_was(view, stale.fault))
    # A query that would be answered alike has met nothing, and is not counted.
    return former if former != answer and _taken(view, stale.fault) else answer


def _entity(view: View, entity: Kind, record_id: int) -> dict[str, Any] | None:
    record: Record | None = view.crm.table(entity).get(record_id)
    return None if record is None else {**entity_of(view, record), "deleted": record.deleted}


def _taken(view: View, fault: StaleRead) -> bool:
    return view.crm.faults.take(StaleRead, lambda other: other is fault) is not None


def _as_it_was(view: View, fault: StaleRead) -> View:
    history = view.crm.history
    if fault.seconds:
        moment = datetime.fromisoformat(view.crm.now()) - timedelta(seconds=round(fault.seconds))
        former = history.since(moment.isoformat())
    else:
        former = history.before_last(fault.changes)
    meant: dict[Key, Record | None] = {key: row for key, row in former.items() if fault.record in (None, key)}
    return replace(view, crm=view.crm.as_it_was(meant))


class PatchAccidents:
    """What happens to one PATCH; see ``write.Interference``.

    Args:
        view: The CRM.
        entity: Contact or Person.
        record_id: The record that is changed.
        associate: Who changes it.
    """

    def __init__(self, view: View, entity: Kind, record_id: int, associate: int) -> None:
        self._view = view
        self._entity = entity
        self._record_id = record_id
        self._associate = associate
        self._asked: Record | None = None
        self._fault: IgnoredPatch | None = None
        self.without_effect = False

    def before_save(self) -> None:
        """Somebody edits or deletes the record."""
        come_between(self._view, self._entity, (self._record_id,), "before-patch", self._associate)

    def stored(self, before: Record, after: Record) -> Record:
        """What is stored of what the PATCH asks for."""

        def meant(fault: IgnoredPatch) -> bool:
            return fault.means(self._entity, before.id) and _kept(self._view, before, after, fault.fields) != after

        running = self._view.crm.faults.take(IgnoredPatch, meant)
        if running is None:
            return after
        kept = _kept(self._view, before, after, running.fault.fields)
        self._asked, self._fault, self.without_effect = after, running.fault, kept == before
        return kept

    def shown(self, stored: Record) -> Record:
        """The record as the answer shows it."""
        if self._asked is None or self._fault is None or self._fault.answer == "stored":
            return stored
        return replace(self._asked, updated=stored.updated, updated_by=stored.updated_by)


def is_field(view: View, name: str, entity: Kind) -> bool:
    """Whether a kind of record has a field that people call so."""
    return bool(_attributes(write.blank(entity), name)) or field_by_name(entity, name, view.crm.switches) is not None


def _kept(view: View, before: Record, after: Record, names: tuple[str, ...]) -> Record:
    """``after`` with some fields, or all, as they were before; fields that this kind of record lacks are passed over."""
    if not names:
        return before
    for name in names:
        attributes = _attributes(before, name)
        field = field_by_name("Contact" if isinstance(before, CompanyRecord) else "Person", name, view.crm.switches)
        if attributes:
            after = replace(after, **{item: getattr(before, item) for item in attributes})
        elif field is not None:
            after = replace(after, fields=_with_former_value(before.fields, after.fields, field.prog_id))
    return after


def _attributes(record: Record, name: str) -> tuple[str, ...]:
    """The parts of a record behind a property's name; empty for a user-defined field."""
    is_company = isinstance(record, CompanyRecord)
    one: dict[str, str] = {**CONTACT_TEXTS, **CONTACT_FLAGS} if is_company else {**PERSON_TEXTS, **PERSON_FLAGS}
    known = {key.casefold(): (attribute,) for key, attribute in one.items()} | _SHARED
    known |= {} if is_company else _OF_PERSONS
    return tuple(item for item in known.get(name.strip().casefold(), ()) if hasattr(record, item))


def _with_former_value(before: dict[str, Any], after: dict[str, Any], prog_id: str) -> dict[str, Any]:
    rest = {key: value for key, value in after.items() if key != prog_id}
    return {**rest, prog_id: before[prog_id]} if prog_id in before else rest
