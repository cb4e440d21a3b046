"""What a probe leaves in the store: a note before its first write, and its result.

The note says what stood in the record. While there is one, the person is suppressed, so that the engine writes nothing to a record whose
fields may hold the probe's own values. What belongs elsewhere: putting values back (``restoring``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from gtm_assets.writeback import ledger
from gtm_assets.writeback.plan import EntityPlan, FieldChange
from gtm_assets.writeback.suppression import load_suppressions
from resources.store import queue, schema
from resources.store.store import Store, get_cursor, set_cursor, upsert, utc_now

NOTE = "doctor.probe.open"
RESULT = "doctor.probe"
#: Held while a probe works; a second one refuses.
LEASE = "doctor.probe"
#: What the ledger says about the probe's writes.
REASON = "gtm doctor --probe"


class BusyError(Exception):
    """A run has the account in hand."""


class SuppressedError(Exception):
    """The person or the company must not be written any more."""


def load_open_note(connection: sa.Connection) -> dict[str, Any] | None:
    """The note of a probe that works, or did not end."""
    note: dict[str, Any] | None = get_cursor(connection, NOTE)
    return note


def load_result(connection: sa.Connection) -> dict[str, Any] | None:
    """The last probe's result."""
    result: dict[str, Any] | None = get_cursor(connection, RESULT)
    return result


def store_result(store: Store, result: Mapping[str, Any]) -> None:
    """Keep a result; it holds no value of any record."""
    with store.write() as connection:
        set_cursor(connection, RESULT, dict(result))


def leave_note(store: Store, note: Mapping[str, Any]) -> None:
    """Note what stands in the record and keep the engine away from it, in one transaction, before the first write.

    Raises:
        BusyError: A run has the account in hand just now.
        SuppressedError: The person was suppressed meanwhile.
    """
    contact_id, person_id = int(note["contact_id"]), int(note["person_id"])
    with store.write() as connection:
        state = schema.sync_state
        held = connection.execute(
            sa.select(state.c.lease_owner, state.c.lease_until).where(state.c.contact_id == contact_id)
        ).first()
        if held and held.lease_owner and held.lease_until > utc_now() and not queue.holder_is_gone(held.lease_owner):
            raise BusyError(f"a run has account {contact_id} in hand.")
        if load_suppressions(connection, [contact_id], [person_id]):
            raise SuppressedError(f"Person {person_id} or their company is suppressed.")
        row = {"identifier": f"person:{person_id}", "reason": "a probe works on this record", "source": REASON}
        upsert(connection, schema.suppressions, [{**row, "created_at": utc_now()}])
        set_cursor(connection, NOTE, dict(note))


def update_note(store: Store, note: Mapping[str, Any]) -> None:
    """Note one more field, before it is written."""
    with store.write() as connection:
        set_cursor(connection, NOTE, dict(note))


def note_blanking(store: Store, note: dict[str, Any], blanked: Iterable[str]) -> None:
    """A PATCH of ours has blanked other fields: nothing more is written to this tenant, and these fields are ours to fill again.

    The stop comes first. Whatever ends the probe after it, the engine writes nothing.
    """
    ledger.stop_writing(
        store,
        f"the probe of person {note['person_id']} has shown that a PATCH of some user-defined fields blanks all others in this "
        "tenant (what it blanked is noted, to be put back). Report it to SuperOffice; the engine must not write here.",
    )
    note["patch"] = "whole"
    note["blanked"] = sorted({*note.get("blanked", ()), *blanked})
    update_note(store, note)


def enter_in_ledger(store: Store, note: Mapping[str, Any], changes: Mapping[str, tuple[str, str]]) -> None:
    """A PATCH of the probe, by ProgId in lower case: what was there, what was written.

    The ledger holds every call that changed something outside. The entry is ended at once and says nothing about what is read back: no run
    ever settles it, and no value of the probe, nor one that it puts back, becomes the engine's own. What stands in other people's fields
    is nobody's business here.
    """
    roles = {prog_id.casefold(): role for role, prog_id in note["fields"].items()}
    fields = {
        roles.get(key, key): FieldChange(*(pair if key in roles else ("", "put back")), REASON)
        for key, pair in changes.items()
    }
    plan = EntityPlan("Person", int(note["person_id"]), int(note["contact_id"]), fields)
    with store.write() as connection:
        (entry,) = ledger.intend(connection, [plan], "C", f"probe {note['token']}")
        ledger.settle(connection, entry, "confirmed", error=REASON)


def take_note_away(store: Store, person_id: int) -> None:
    """Everything stands as before: the engine may come back.

    A run that met the person meanwhile has left them out and dropped what was planned for them, so their account is due again. A company
    that the engine has not taken up yet is not taken up by this.
    """
    with store.write() as connection:
        note = load_open_note(connection) or {}
        known = sa.select(schema.sync_state.c.contact_id).where(
            schema.sync_state.c.contact_id == int(note.get("contact_id") or 0)
        )
        connection.execute(sa.delete(schema.cursors).where(schema.cursors.c.name == NOTE))
        mine = schema.suppressions
        connection.execute(sa.delete(mine).where(mine.c.identifier == f"person:{person_id}", mine.c.source == REASON))
        queue.mark_due(connection, connection.execute(known).scalars().all(), trigger="a probe ended", priority=1)
