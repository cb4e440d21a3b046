"""The tenant's first PATCH of an entity: whether fields that it did not name stand as before. Until one was seen, they go one by one.

What belongs elsewhere: sending (``sending``), what happens once writing is stopped (``gtm resume-writing``).
"""

from __future__ import annotations

from gtm_assets.crm import restored
from gtm_assets.writeback import ledger
from gtm_assets.writeback.failures import WritingStoppedError
from gtm_assets.writeback.operations import foreign_fields
from gtm_assets.writeback.plan import EntityPlan
from gtm_assets.writeback.sending import Attempt, Writer, read_record, send, send_as_read
from resources.errors import OutsideError
from resources.superoffice.errors import MaybeSentError
from resources.superoffice.values import decode


def send_watched(writer: Writer, attempt: Attempt) -> None:
    """Send, and look at every other field where nothing has shown yet that they are left alone. Raises as ``sending.send`` does.

    Raises:
        WritingStoppedError: A PATCH was seen to move other fields, this one or an earlier one.
        RestoredBackupError: A backup of the CRM was restored, and not everything was read anew yet.
    """
    if _may_write_unwatched(writer, attempt.plan):
        send(writer, attempt)
        return
    with writer.first_patch:
        if _may_write_unwatched(writer, attempt.plan):
            send(writer, attempt)
        else:
            _send_and_verify(writer, attempt)


def _may_write_unwatched(writer: Writer, plan: EntityPlan) -> bool:
    with writer.store.read() as connection:
        restored.require_none(connection)
        stopped = ledger.standing_stop(connection)
        verified = ledger.is_verified(connection, plan.entity)
    if stopped:
        raise WritingStoppedError("SuperOffice", stopped, "Look into it, then run `gtm resume-writing`.")
    return verified


def _send_and_verify(writer: Writer, attempt: Attempt) -> None:
    plan = attempt.plan
    before = foreign_fields(send_as_read(writer, attempt), plan, writer.fields)
    if not any(_says_something(value) for value in before.values()):
        return  # a record without other values can't show that they would be left alone
    try:
        after = foreign_fields(read_record(writer, plan), plan, writer.fields)
    except OutsideError as error:
        message = f"{plan.entity} {plan.entity_id} was written, but could not be read afterwards ({error.message})"
        raise MaybeSentError("SuperOffice", message, "It is settled by reading.", error.status) from error
    moved = {
        key: [before.get(key, ""), after.get(key, "")]
        for key in before.keys() | after.keys()
        if _differ(before.get(key, ""), after.get(key, ""))
    }
    if not moved:
        ledger.set_verified(writer.store, plan.entity)
        return
    # Only names: what stands in other fields is nobody's business in logs and events. The values are in the ledger.
    was = ", ".join(sorted(moved))
    ledger.note(writer.store, attempt.ledger_id, moved)
    reason = (
        f"writing {', '.join(plan.fields)} of {plan.entity} {plan.entity_id} also moved fields that are not ours: {was}. "
        "Nothing more is written to this tenant; restore these fields by hand: what stood there is in the ledger, "
        f"entry {attempt.ledger_id}."
    )
    ledger.stop_writing(writer.store, reason)
    failure = WritingStoppedError("SuperOffice", reason, "Report it, then run `gtm resume-writing`.")
    failure.maybe_sent = True
    raise failure


def _says_something(value: str) -> bool:
    """Whether a field holds a value; empty lists, dates and boxes come as ``[I:0]``, a date of year 1, and False."""
    return bool(decode(value))


def _differ(before: str, after: str) -> bool:
    """Whether a field's value is another one; the different ways to say nothing are the same."""
    return before != after and (_says_something(before) or _says_something(after))
