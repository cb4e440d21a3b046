"""One guarded PATCH: what is looked at before it goes out, and what its refusal means.

With every precondition proven nothing is read before it: it carries tests of what the plan was made from. Where one does not hold, or
where something is not proven, the record is read, compared and sent as read. What belongs elsewhere: which precondition may be used
(``guards``), the operations (``operations``), the tenant's first PATCH (``first_request``), intents and reading back (``protocol``).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from gtm_assets.crm.fields import CrmField
from gtm_assets.crm.snapshots import Lists
from gtm_assets.writeback import ledger
from gtm_assets.writeback.assumed import Blocks, Empties, assumed_record
from gtm_assets.writeback.failures import SuppressedError
from gtm_assets.writeback.guards import Guarding
from gtm_assets.writeback.operations import moved_since, operations, read_before, rests_on, values_of
from gtm_assets.writeback.ownership import require_owned
from gtm_assets.writeback.plan import EntityPlan
from gtm_assets.writeback.suppression import LISTED, load_suppressions, record_marked
from resources.errors import ChangedInBetweenError, PermanentError, TenantClosedError, TransientError
from resources.store.store import Store
from resources.superoffice.client import SuperOfficeClient
from resources.superoffice.repeats import repeated, turned_away
from resources.superoffice.values import parse_timestamp
from resources.waiting import silent

#: Both the CRM's times and its clock are whole seconds: so much later, an edit gets a later time than the one that was read.
ONE_SECOND_CLOCKS = timedelta(seconds=2)
#: What a test that does not hold is answered with.
_TEST_FAILED = 409


@dataclass(frozen=True)
class Writer:
    """What the stage needs; one for a batch.

    ``empties`` may be shared by the batches of a run. ``windows`` collects, in seconds, how long what was read before a PATCH had been on
    its way when the PATCH was answered: at level C an edit within it can be lost. ``closed`` holds what SuperOffice said when it closed
    in the middle of a batch. ``others_wait``: accounts that are not in hand are due, so time is worth calls.
    """

    store: Store
    crm: SuperOfficeClient
    fields: Mapping[str, CrmField]
    lists: Lists
    run_id: str
    owner: str
    first_patch: threading.Lock = field(default_factory=threading.Lock)
    tick: Callable[[], None] = silent
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    empties: Empties = field(default_factory=Empties)
    windows: list[float] = field(default_factory=list)
    closed: list[TenantClosedError] = field(default_factory=list)
    others_wait: bool = False


@dataclass(frozen=True)
class Attempt:
    """One plan on its way: its intent, what is proven, and the address blocks of the companies that are sent together."""

    ledger_id: int
    plan: EntityPlan
    guarding: Guarding
    blocks: Mapping[int, Blocks]


def send(writer: Writer, attempt: Attempt) -> None:
    """One guarded PATCH, without reading where that is safe; after a 429, which did nothing, once more from the beginning.

    Raises:
        ChangedInBetweenError: The record is another one by now, or gone, or the account is in other hands; nothing was written.
        SuppressedError: Something stands against writing to it by now; nothing was written.
        OutsideError: See ``SuperOfficeClient.patch``.
    """
    repeated(lambda: _send(writer, attempt), when=turned_away, sleep=writer.sleep)


def send_as_read(writer: Writer, attempt: Attempt) -> Mapping[str, Any]:
    """One guarded PATCH of the record as it is read just before; answers that record. Repeats and raises as :func:`send` does."""
    return repeated(lambda: _send_as_read(writer, attempt), when=turned_away, sleep=writer.sleep)


def _send(writer: Writer, attempt: Attempt) -> None:
    plan = attempt.plan
    if attempt.guarding.without_reading(rests_on(plan)):
        record = assumed_record(plan, writer.fields, attempt.blocks, writer.empties)
        if record is not None:
            try:
                _patch(writer, attempt, record)
            except ChangedInBetweenError as error:
                # Edited, objected, or nothing is shown in another way than was thought: the record tells.
                if error.status != _TEST_FAILED:
                    raise
            else:
                return
    _send_as_read(writer, attempt)


def _send_as_read(writer: Writer, attempt: Attempt) -> Mapping[str, Any]:
    plan = attempt.plan
    started = time.monotonic()
    record = read_record(writer, plan)
    unmodified_since = None
    if attempt.guarding.by_time(rests_on(plan)):
        record, unmodified_since = _settled(writer, plan, record)
    writer.empties.learn(plan.entity, record, writer.fields)
    if marked := record_marked(plan.entity, record):
        raise SuppressedError(marked)
    moved = moved_since(plan, values_of(record, plan.fields, writer.fields, writer.lists))
    if moved:
        raise ChangedInBetweenError("SuperOffice", f"{plan.entity} {plan.entity_id} was edited: {', '.join(moved)}.")
    try:
        _patch(writer, attempt, record, unmodified_since)
    except ChangedInBetweenError as error:
        if error.status == _TEST_FAILED and read_record(writer, plan) == record:
            message = (
                f"{plan.entity} {plan.entity_id} was refused although every test of the request holds: {error.message}"
            )
            to_do = "The tenant tests in another way than was probed; run `gtm doctor --probe` again."
            raise PermanentError("SuperOffice", message, to_do, _TEST_FAILED) from error
        raise
    writer.windows.append(time.monotonic() - started)
    return record


def read_record(writer: Writer, plan: EntityPlan) -> dict[str, Any]:
    """What is looked at before a PATCH. Raises ``ChangedInBetweenError`` where the record is gone."""
    record = writer.crm.get(plan.entity, plan.entity_id, select=read_before(plan))
    if record is None:
        raise ChangedInBetweenError("SuperOffice", f"{plan.entity} {plan.entity_id} is no longer there.", status=404)
    return record


def _settled(writer: Writer, plan: EntityPlan, record: dict[str, Any]) -> tuple[dict[str, Any], datetime | None]:
    """The record once its last change is so old that the next one gets another time, and that time.

    If-Unmodified-Since compares whole seconds: an edit within the second of the change before it would pass.
    """
    for _ in range(2):
        changed = parse_timestamp(str(record.get("UpdatedDate") or ""))
        if changed is None:
            message = f"{plan.entity} {plan.entity_id} was answered without UpdatedDate"
            raise PermanentError("SuperOffice", f"{message}, by which edits are noticed.", "Run `gtm doctor --probe`.")
        read_at = writer.crm.read_at()
        if read_at is None:
            message = f"{plan.entity} {plan.entity_id} was answered without a time"
            raise PermanentError("SuperOffice", f"{message}, by which edits are noticed.", "Run `gtm doctor --probe`.")
        young = changed + ONE_SECOND_CLOCKS - read_at
        if young <= timedelta(0):
            return record, changed
        if young > 2 * ONE_SECOND_CLOCKS:
            break
        writer.sleep(young.total_seconds())
        record = read_record(writer, plan)
    message = f"{plan.entity} {plan.entity_id} was changed at {changed}, by the CRM's clock just now or in its future."
    raise TransientError("SuperOffice", message, "It is written later.")


def _patch(
    writer: Writer, attempt: Attempt, record: Mapping[str, Any], unmodified_since: datetime | None = None
) -> None:
    plan = attempt.plan
    request = operations(plan, writer.fields, record, attempt.guarding)
    require_owned(plan.entity, request, writer.fields)
    _begin(writer, attempt)
    try:
        writer.crm.patch(
            plan.entity,
            plan.entity_id,
            request,
            select=("UpdatedDate",),
            unmodified_since=unmodified_since,
        )
    except PermanentError as error:
        if error.status != 404:
            raise
        message = f"{plan.entity} {plan.entity_id} is no longer there."
        raise ChangedInBetweenError("SuperOffice", message, status=404) from error


def _begin(writer: Writer, attempt: Attempt) -> None:
    """In one transaction: nobody asked to be left alone by now, the account is in our hands, and the intent is on its way from here on."""
    plan = attempt.plan
    persons = [plan.entity_id] if plan.entity == "Person" else []
    with writer.store.write() as connection:
        listed = load_suppressions(connection, [plan.contact_id], persons)
        begun = not listed and ledger.mark_sent(connection, attempt.ledger_id, plan.contact_id, writer.owner)
    if listed:
        raise SuppressedError(LISTED)
    if not begun:
        raise ChangedInBetweenError("SuperOffice", "another run took this account or settled this intent.")
