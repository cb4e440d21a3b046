"""Sending plans to the CRM so that nothing a human wrote is lost and nothing is written twice.

Intents are stored first, then one PATCH an entity, guarded; then everything is read back, and only what is seen is confirmed. A crash in
between is settled by reading (:func:`settle_open_intents`), never by sending again. What belongs elsewhere: the plan (``plan``), one
PATCH (``sending``), what it rests on (``guards``), rows (``ledger``), the tenant's first one (``first_request``).
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from gtm_assets.crm.accounts import adopt_values, store_reading, stored_values
from gtm_assets.crm.examining import note_seen
from gtm_assets.crm.fields import Entity
from gtm_assets.crm.polling import SETTLED_AFTER
from gtm_assets.crm.reading import Reading, read_written
from gtm_assets.crm.snapshots import Lists
from gtm_assets.writeback import history, ledger
from gtm_assets.writeback.assumed import Blocks, read_blocks
from gtm_assets.writeback.failures import NoEffectError, SuppressedError
from gtm_assets.writeback.first_request import send_watched
from gtm_assets.writeback.guards import Guarding, load_guarding
from gtm_assets.writeback.operations import read_before, rests_on, values_of
from gtm_assets.writeback.plan import EntityPlan
from gtm_assets.writeback.sending import Attempt, Writer
from gtm_assets.writeback.suppression import ASSOCIATE
from resources.errors import ChangedInBetweenError, OutsideError, TenantClosedError
from resources.store import queue, schema
from resources.store.store import Store, chunked, get_cursor, set_cursor, utc_now
from resources.waiting import wait_for_all, workers

#: Requests at once. Where records are read just before, fewer: at the vendor's limit each worker's PATCH queues behind the readings of the
#: others, a tenth of a second each, and that long an edit can be lost at level C. Two keep the limit busy as long as a call takes 0.2 s.
WORKERS, WORKERS_READING = 4, 2
INTENTS_AT_ONCE = 500
#: From so many records on, reading back waits for the CRM's clock to pass the last write: what is read then is no news when the next poll
#: brings it, which saves a second reading of all of them. While other accounts wait it does so only where as many were written just now: at
#: the vendor's ten calls a second more calls would be lost than a second reading of the last few costs.
_MANY = 50
#: How long a PATCH took from reading the record to the answer; see :class:`Writer`.
WINDOW = "writeback.window"
#: A record that shows nothing of what was written is looked at once more after so many seconds: an answer may be an older state.
_STALE_SECONDS = 2.0


@dataclass
class WriteResult:
    """What became of the plans, by entity: ``confirmed``, ``conflicts`` (changed in between), ``failed`` with its error."""

    confirmed: dict[tuple[str, int], EntityPlan] = field(default_factory=dict)
    conflicts: dict[tuple[str, int], EntityPlan] = field(default_factory=dict)
    failed: dict[tuple[str, int], tuple[EntityPlan, Exception]] = field(default_factory=dict)
    skipped: dict[tuple[str, int], str] = field(default_factory=dict)


def write_plans(writer: Writer, plans: Sequence[EntityPlan]) -> WriteResult:
    """Send plans that have something to change; see the module's docstring for the steps."""
    result = WriteResult()
    with writer.store.read() as connection:
        guarding = load_guarding(connection)
    wanted = [plan for plan in plans if plan.fields]
    for piece in chunked(wanted, INTENTS_AT_ONCE):
        blocks = _blocks_of(writer, guarding, piece)
        with writer.store.write() as connection:
            ids = ledger.intend(connection, piece, guarding.level, writer.run_id)
        attempts = [Attempt(ledger_id, plan, guarding, blocks) for ledger_id, plan in zip(ids, piece, strict=True)]
        ended: list[float] = []
        with workers(WORKERS if guarding.without_reading(frozenset()) else WORKERS_READING) as pool:
            futures = [pool.submit(_try, writer, attempt, ended) for attempt in attempts]
            wait_for_all(futures, writer.tick)
        sent = []
        for attempt, future in zip(attempts, futures, strict=True):
            error = future.result()
            if error is None:
                sent.append(attempt)
            else:
                _note_end(writer, result, attempt, error)
        if sent and len(wanted) >= _MANY:
            _wait_for_the_clock(writer, ended)
        _read_back(writer, result, sent)
    _note_windows(writer)
    return result


def _wait_for_the_clock(writer: Writer, ended: Sequence[float]) -> None:
    """Until the CRM's clock has passed the last write, unless others wait and only few writes are that young."""
    settles = SETTLED_AFTER.total_seconds()
    young = sum(writer.clock() - moment < settles for moment in ended)
    if young >= _MANY or not writer.others_wait:
        writer.sleep(settles)


def _blocks_of(writer: Writer, guarding: Guarding, plans: Sequence[EntityPlan]) -> Mapping[int, Blocks]:
    """Address blocks of the companies that get one, where it is tested instead of read just before."""
    asked = [plan for plan in plans if "address" in rests_on(plan)]
    if not asked or not guarding.without_reading(rests_on(asked[0])):
        return {}
    return read_blocks(writer.crm, (plan.contact_id for plan in asked))


def _try(writer: Writer, attempt: Attempt, ended: list[float]) -> Exception | None:
    """Send, and note when that ended; the error is what stopped it."""
    if writer.closed:
        # SuperOffice said so a moment ago; nobody needs to ask it for each of the others.
        return writer.closed[0]
    try:
        send_watched(writer, attempt)
    except TenantClosedError as error:
        writer.closed.append(error)
        return error
    except Exception as error:  # noqa: BLE001
        # Also one that nobody expected: the intents of the others have to be settled.
        return error
    finally:
        ended.append(writer.clock())
    return None


def _note_end(writer: Writer, result: WriteResult, attempt: Attempt, error: Exception) -> None:
    """A plan that was not sent, or whose end is unknown. The latter stays open and is settled by reading, later."""
    plan = attempt.plan
    key = (plan.entity, plan.entity_id)
    if isinstance(error, SuppressedError):
        result.skipped[key] = str(error)
        with writer.store.write() as connection:
            ledger.settle(connection, attempt.ledger_id, "dropped", error=str(error))
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
        # Whatever is known not to have gone through was refused: an error that leaves that open was sorted out above.
        ledger.settle(connection, attempt.ledger_id, status, error=str(error), refused=True)


# --- reading back -----------------------------------------------------------------------------------------------------


def _read_back(writer: Writer, result: WriteResult, sent: Sequence[Attempt]) -> None:
    """Confirm what is seen: one reading for all; records that do not show it all are asked for by themselves."""
    if not sent:
        return
    reading = _read_written(writer, [attempt.plan for attempt in sent])
    found = {each.ledger_id: reading.carried(each.plan.entity, each.plan.entity_id) for each in sent}
    unclear = [each for each in sent if _judge(each.plan, found[each.ledger_id]) != "confirmed"]
    looked = _look_closer(writer, unclear)
    gone = [each for each in unclear if looked[each.ledger_id] is None]
    found |= {ledger_id: values for ledger_id, values in looked.items() if values is not None}
    reading = reading.without(
        (each.plan.entity, each.plan.entity_id)
        for each in unclear
        if each not in gone and _judge(each.plan, found[each.ledger_id]) == "confirmed"
    )
    # A record that is gone may live on in another one, with what was just written: its intent stays open until that is known.
    result.conflicts |= {(each.plan.entity, each.plan.entity_id): each.plan for each in gone}
    with writer.store.write() as connection:
        for attempt in sent:
            if attempt not in gone:
                _settle_seen(connection, result, attempt, found[attempt.ledger_id], writer.lists)
        _store_reading_back(connection, reading)
        note_seen(connection, reading, ((each.plan.entity, each.plan.entity_id) for each in sent))


def _read_written(writer: Writer, plans: Sequence[EntityPlan]) -> Reading:
    ids: dict[Entity, list[int]] = {"Contact": [], "Person": []}
    for plan in plans:
        ids[plan.entity].append(plan.entity_id)
    return read_written(writer.crm, writer.fields, writer.lists, sorted(ids["Contact"]), sorted(ids["Person"]))


def _look_closer(writer: Writer, attempts: Sequence[Attempt]) -> dict[int, dict[str, str] | None]:
    """What the records themselves say, None where one is gone.

    One that shows nothing of what was written is asked twice, in case the answer was an old one.
    """

    def look(attempt: Attempt) -> dict[str, str] | None:
        plan = attempt.plan
        record = writer.crm.get(plan.entity, plan.entity_id, select=read_before(plan))
        return None if record is None else values_of(record, plan.fields, writer.fields, writer.lists)

    def look_at(each: Sequence[Attempt]) -> dict[int, dict[str, str] | None]:
        with workers(WORKERS) as pool:
            futures = [pool.submit(look, attempt) for attempt in each]
            wait_for_all(futures, writer.tick)
        return {attempt.ledger_id: future.result() for attempt, future in zip(each, futures, strict=True)}

    found = look_at(attempts) if attempts else {}
    without = [
        attempt
        for attempt in attempts
        if (values := found[attempt.ledger_id]) is not None and _judge(attempt.plan, values) == "dropped"
    ]
    if without:
        writer.sleep(_STALE_SECONDS)
        found |= look_at(without)
    return found


def _settle_seen(
    connection: sa.Connection, result: WriteResult, attempt: Attempt, found: Mapping[str, str], lists: Lists
) -> None:
    plan = attempt.plan
    key = (plan.entity, plan.entity_id)
    verdict = _judge(plan, found)
    arrived = {name: change.after for name, change in plan.fields.items() if found.get(name) == change.after}
    adopt_values(connection, plan.entity, plan.entity_id, arrived, lists)
    if verdict == "confirmed":
        result.confirmed[key] = plan
        ledger.settle(connection, attempt.ledger_id, "confirmed", found=found)
    elif verdict == "conflict":
        result.conflicts[key] = plan
        ledger.settle(connection, attempt.ledger_id, "conflict", found=found, error="another value was read back")
    else:
        error = _no_effect(plan, found)
        result.failed[key] = (plan, error)
        ledger.settle(connection, attempt.ledger_id, "no_effect", found=found, error=str(error))


def _no_effect(plan: EntityPlan, found: Mapping[str, str]) -> NoEffectError:
    ends = ledger.ends(*_sides(plan), found)
    without = ", ".join(name for name, end in ends.items() if end == "ignored")
    arrived = ", ".join(name for name, end in ends.items() if end == "arrived")
    return NoEffectError(
        "SuperOffice",
        f"PATCH {plan.entity}/{plan.entity_id} answered 200 without effect on {without}"
        + (f"; {arrived} arrived." if arrived else "."),
        "Check the field rights of the integration's user.",
    )


def _judge(plan: EntityPlan, found: Mapping[str, str]) -> ledger.Status:
    return ledger.judge(*_sides(plan), found)


def _sides(plan: EntityPlan) -> tuple[dict[str, str], dict[str, str]]:
    return {n: c.before for n, c in plan.fields.items()}, {n: c.after for n, c in plan.fields.items()}


def _store_reading_back(connection: sa.Connection, reading: Reading) -> None:
    """Whatever else the reading shows was changed by somebody in between; it is stored, and the account comes again."""
    refreshed = store_reading(connection, reading)
    history.follow(connection, refreshed)
    for contact_id, names in refreshed.differences.items():
        queue.mark_due(connection, [contact_id], trigger=f"edited while we wrote: {'; '.join(names)}"[:500])


def _note_windows(writer: Writer) -> None:
    """Keep how long the longest and the usual PATCH took since its record was read: what level C leaves open."""
    if not writer.windows:
        return
    with writer.store.write() as connection:
        known = get_cursor(connection, WINDOW) or {"longest": 0.0, "writes": 0}
        noted = {
            "longest": round(max(known["longest"], *writer.windows), 3),
            "usual": round(statistics.median(writer.windows), 3),
            "writes": known["writes"] + len(writer.windows),
            "at": utc_now().isoformat(),
        }
        set_cursor(connection, WINDOW, noted)


def settle_open_intents(store: Store, contact_ids: Sequence[int]) -> int:
    """Settle what a crash or a lost answer left open, by what the fresh snapshots show, and what shows only now.

    Answers how many were confirmed.

    Call it with snapshots that were read after the accounts were taken in hand.
    """
    confirmed = 0
    with store.write() as connection:
        for row in ledger.unseen_intents(connection, list(contact_ids)):
            found = stored_values(connection, row["entity"], row["entity_id"])
            if "arrived" in ledger.ends(row["before"], row["after"], found).values():
                confirmed += ledger.settle_late(connection, row, found)
        for row in ledger.open_intents(connection, list(contact_ids)):
            found = stored_values(connection, row["entity"], row["entity_id"])
            verdict = ledger.judge(row["before"], row["after"], found)
            note = "settled by reading after an unknown end"
            ledger.settle(connection, row["id"], verdict, found=found, error="" if verdict == "confirmed" else note)
            confirmed += verdict == "confirmed"
    return confirmed
