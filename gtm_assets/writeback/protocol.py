"""Sending plans to the CRM so that nothing a human wrote is lost and nothing is written twice.

Intents are stored first, then one PATCH an entity, guarded; then everything is read back, and only what is seen is confirmed. A crash in
between is settled by reading (:func:`settle_open_intents`), never by sending again. What belongs elsewhere: the plan (``plan``), the patch
itself (``operations``), rows (``ledger``).

Guard levels: **A** the CRM tests each field for the value it was planned from; **B** it refuses records younger than the one read just
before; **C** neither is proven: the record is read just before, and an edit within the last second before the PATCH can be lost.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from gtm_assets.crm.accounts import Reading, adopt_values, read_from_crm, store_reading, stored_values
from gtm_assets.crm.fields import CrmField
from gtm_assets.crm.snapshots import Lists
from gtm_assets.writeback import ledger
from gtm_assets.writeback.operations import READ_BEFORE, Guard, foreign_fields, moved_since, operations, values_of
from gtm_assets.writeback.plan import EntityPlan
from gtm_assets.writeback.suppression import ASSOCIATE, record_suppressed
from resources.errors import ChangedInBetweenError, OutsideError, PermanentError
from resources.store import queue, schema
from resources.store.store import Store, chunked
from resources.superoffice.client import SuperOfficeClient
from resources.superoffice.errors import MaybeSentError
from resources.superoffice.values import decode, parse_timestamp
from resources.waiting import silent, wait_for_all

WORKERS = 4
INTENTS_AT_ONCE = 200


class NoEffectError(PermanentError):
    """The CRM answered 200 and the record is as it was."""


class WritingStoppedError(PermanentError):
    """A PATCH moved fields that it did not name; the engine writes nothing more to this tenant.

    ``maybe_sent`` is set on the one that was raised after a PATCH: its intent stays open and is settled by reading.
    """

    maybe_sent = False


@dataclass
class WriteResult:
    """What became of the plans, by entity: ``confirmed``, ``conflicts`` (changed in between), ``failed`` with its error."""

    confirmed: dict[tuple[str, int], EntityPlan] = field(default_factory=dict)
    conflicts: dict[tuple[str, int], EntityPlan] = field(default_factory=dict)
    failed: dict[tuple[str, int], tuple[EntityPlan, Exception]] = field(default_factory=dict)
    skipped: dict[tuple[str, int], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Writer:
    """What the stage needs; one for a batch."""

    store: Store
    crm: SuperOfficeClient
    fields: Mapping[str, CrmField]
    lists: Lists
    run_id: str
    owner: str
    first_patch: threading.Lock = field(default_factory=threading.Lock)
    tick: Callable[[], None] = silent


def write_plans(writer: Writer, plans: Sequence[EntityPlan]) -> WriteResult:
    """Send plans that have something to change; see the module's docstring for the steps."""
    result = WriteResult()
    with writer.store.read() as connection:
        guard = ledger.guard_level(connection)
    for piece in chunked([plan for plan in plans if plan.fields], INTENTS_AT_ONCE):
        with writer.store.write() as connection:
            ids = ledger.intend(connection, piece, guard, writer.run_id)
        with ThreadPoolExecutor(max_workers=WORKERS) as pool:
            futures = [pool.submit(_send, writer, guard, *pair) for pair in zip(ids, piece, strict=True)]
            wait_for_all(futures, writer.tick)
        ends = [future.result() for future in futures]
        sent = []
        for ledger_id, plan, error in zip(ids, piece, ends, strict=True):
            if error is None:
                sent.append((ledger_id, plan))
            else:
                _note_end(writer, result, ledger_id, plan, error)
        _read_back(writer, result, sent)
    return result


class _SuppressedError(Exception):
    """The record must not be written after all: its person objected, left, or is a user of the CRM."""


def _send(writer: Writer, guard: Guard, ledger_id: int, plan: EntityPlan) -> Exception | None:
    """Read just before, compare, send; the error is what stopped it."""
    try:
        if _may_write_unwatched(writer, plan):
            _patch(writer, guard, ledger_id, plan)
        else:
            with writer.first_patch:
                _patch_and_verify(writer, guard, ledger_id, plan)
    except Exception as error:  # noqa: BLE001
        # Also one that nobody expected: the intents of the others have to be settled.
        return error
    return None


def _may_write_unwatched(writer: Writer, plan: EntityPlan) -> bool:
    """Whether a first PATCH of this entity has proven harmless.

    Raises:
        WritingStoppedError: One has proven harmful; nothing may be written.
    """
    with writer.store.read() as connection:
        stopped = ledger.stop_reason(connection)
        verified = ledger.is_verified(connection, plan.entity)
    if stopped:
        raise WritingStoppedError("SuperOffice", stopped, "Look into it, then run `gtm resume-writing`.")
    return verified


def _patch(writer: Writer, guard: Guard, ledger_id: int, plan: EntityPlan) -> Mapping[str, Any]:
    """One guarded PATCH; answers the record as it was just before."""
    record = _read_record(writer, plan)
    with writer.store.read() as connection:
        reason = record_suppressed(connection, plan.entity, plan.entity_id, plan.contact_id, record)
    if reason:
        raise _SuppressedError(reason)
    moved = moved_since(plan, values_of(record, plan.fields, writer.fields, writer.lists))
    if moved:
        raise ChangedInBetweenError("SuperOffice", f"{plan.entity} {plan.entity_id} was edited: {', '.join(moved)}.")
    unmodified_since = parse_timestamp(str(record.get("UpdatedDate") or "")) if guard == "B" else None
    if not ledger.mark_sent(writer.store, ledger_id, plan.contact_id, writer.owner):
        raise ChangedInBetweenError("SuperOffice", "another run took this account or settled this intent.")
    writer.crm.patch(
        plan.entity,
        plan.entity_id,
        operations(plan, writer.fields, record, guard),
        select=("UpdatedDate",),
        unmodified_since=unmodified_since,
    )
    return record


def _patch_and_verify(writer: Writer, guard: Guard, ledger_id: int, plan: EntityPlan) -> None:
    """The tenant's first PATCH of this entity: afterwards every field that it did not name must stand as before."""
    verified = _may_write_unwatched(writer, plan)
    before = foreign_fields(_patch(writer, guard, ledger_id, plan), plan, writer.fields)
    if verified or not any(_says_something(value) for value in before.values()):
        return  # a record without other values can't show that they would be left alone
    try:
        after = foreign_fields(_read_record(writer, plan), plan, writer.fields)
    except OutsideError as error:
        message = f"{plan.entity} {plan.entity_id} was written, but could not be read afterwards ({error.message})"
        raise MaybeSentError("SuperOffice", message, "It is settled by reading.", error.status) from error
    moved = {
        key: before.get(key, "")
        for key in before.keys() | after.keys()
        if _differ(before.get(key, ""), after.get(key, ""))
    }
    if moved:
        # Only names: what stands in other fields is nobody's business in logs and events. The values are in the ledger.
        was = ", ".join(sorted(moved))
        ledger.note(writer.store, ledger_id, {key: [value, after.get(key, "")] for key, value in moved.items()})
        reason = (
            f"writing {', '.join(plan.fields)} of {plan.entity} {plan.entity_id} also moved fields that are not ours: {was}. "
            "Nothing more is written to this tenant; restore these fields by hand: what stood there is in the ledger, "
            f"entry {ledger_id}."
        )
        ledger.stop_writing(writer.store, reason)
        failure = WritingStoppedError("SuperOffice", reason, "Report it, then run `gtm resume-writing`.")
        failure.maybe_sent = True
        raise failure
    ledger.set_verified(writer.store, plan.entity)


def _says_something(value: str) -> bool:
    """Whether a field holds a value; empty lists, dates and boxes come as ``[I:0]``, a date of year 1, and False."""
    return bool(decode(value))


def _differ(before: str, after: str) -> bool:
    """Whether a field's value is another one; the different ways to say nothing are the same."""
    return before != after and (_says_something(before) or _says_something(after))


def _read_record(writer: Writer, plan: EntityPlan) -> Mapping[str, Any]:
    record = writer.crm.get(plan.entity, plan.entity_id, select=READ_BEFORE[plan.entity])
    if record is None:
        raise ChangedInBetweenError("SuperOffice", f"{plan.entity} {plan.entity_id} is no longer there.", status=404)
    return record


def _note_end(writer: Writer, result: WriteResult, ledger_id: int, plan: EntityPlan, error: Exception) -> None:
    """A plan that was not sent, or whose end is unknown. The latter stays open and is settled by reading, later."""
    key = (plan.entity, plan.entity_id)
    if isinstance(error, _SuppressedError):
        result.skipped[key] = str(error)
        with writer.store.write() as connection:
            ledger.settle(connection, ledger_id, "dropped", error=str(error))
            if str(error) == ASSOCIATE:
                mine = schema.persons.c.person_id == plan.entity_id
                connection.execute(sa.update(schema.persons).where(mine).values(is_associate=True))
        return
    if isinstance(error, ChangedInBetweenError):
        result.conflicts[key] = plan
        status: ledger.Status = "conflict"
    else:
        result.failed[key] = (plan, error)
        status = "failed"
    # An error that nobody expected says nothing about what the CRM did: like a lost answer, it is settled by reading.
    if getattr(error, "maybe_sent", not isinstance(error, OutsideError)):
        return
    with writer.store.write() as connection:
        ledger.settle(connection, ledger_id, status, error=str(error))


def _read_back(writer: Writer, result: WriteResult, sent: Sequence[tuple[int, EntityPlan]]) -> None:
    """Confirm what is seen: one reading for all; a record that does not show it yet is asked for by itself once."""
    if not sent:
        return
    reading = read_from_crm(writer.crm, writer.fields, writer.lists, {plan.contact_id for _, plan in sent})
    for ledger_id, plan in sent:
        found = reading.carried(plan.entity, plan.entity_id)
        if ledger.judge(*_sides(plan), found) != "confirmed":
            record = writer.crm.get(plan.entity, plan.entity_id, select=READ_BEFORE[plan.entity])
            found = values_of(record or {}, plan.fields, writer.fields, writer.lists)
        with writer.store.write() as connection:
            _settle_seen(connection, result, ledger_id, plan, found)
    with writer.store.write() as connection:
        _store_reading_back(connection, reading)


def _settle_seen(
    connection: sa.Connection, result: WriteResult, ledger_id: int, plan: EntityPlan, found: Mapping[str, str]
) -> None:
    key = (plan.entity, plan.entity_id)
    verdict = ledger.judge(*_sides(plan), found)
    if verdict == "confirmed":
        result.confirmed[key] = plan
        ledger.settle(connection, ledger_id, "confirmed", found=found)
        adopt_values(connection, plan.entity, plan.entity_id, {name: found[name] for name in plan.fields})
    elif verdict == "conflict":
        result.conflicts[key] = plan
        ledger.settle(connection, ledger_id, "conflict", found=found, error="another value was read back")
        adopt_values(
            connection,
            plan.entity,
            plan.entity_id,
            {n: c.after for n, c in plan.fields.items() if found.get(n) == c.after},
        )
    else:
        error = NoEffectError(
            "SuperOffice",
            f"PATCH {plan.entity}/{plan.entity_id} answered 200 without effect on {', '.join(plan.fields)}.",
            "Check the field rights of the integration's user.",
        )
        result.failed[key] = (plan, error)
        ledger.settle(connection, ledger_id, "no_effect", error=str(error))


def _sides(plan: EntityPlan) -> tuple[dict[str, str], dict[str, str]]:
    return {n: c.before for n, c in plan.fields.items()}, {n: c.after for n, c in plan.fields.items()}


def _store_reading_back(connection: sa.Connection, reading: Reading) -> None:
    """Whatever else the reading shows was changed by somebody in between; it is stored, and the account comes again."""
    refreshed = store_reading(connection, reading)
    for contact_id, names in refreshed.differences.items():
        queue.mark_due(connection, [contact_id], trigger=f"edited while we wrote: {'; '.join(names)}"[:500])


def settle_open_intents(store: Store, contact_ids: Sequence[int]) -> int:
    """Settle what a crash or a lost answer left open, by what the fresh snapshots show; answers how many were confirmed.

    Call it with snapshots that were read after the accounts were taken in hand.
    """
    confirmed = 0
    with store.write() as connection:
        for row in ledger.open_intents(connection, list(contact_ids)):
            found = stored_values(connection, row["entity"], row["entity_id"])
            verdict = ledger.judge(row["before"], row["after"], found)
            note = "settled by reading after an unknown end"
            ledger.settle(connection, row["id"], verdict, found=found, error="" if verdict == "confirmed" else note)
            confirmed += verdict == "confirmed"
    return confirmed
