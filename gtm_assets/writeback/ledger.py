"""The ledger's rows: plans, intents, what became of them, and which values stand in the CRM by our hand.

What belongs elsewhere: sending (``protocol``), deciding what to send (``plan``, ``targets``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Literal

import sqlalchemy as sa

from gtm_assets.crm import restored
from gtm_assets.crm.fields import Entity
from gtm_assets.writeback.guards import Guard
from gtm_assets.writeback.plan import FOLLOWERS, EntityPlan
from resources.store import queue, schema
from resources.store.store import Store, chunked, get_cursor, set_cursor, upsert, utc_now

VERIFIED = "writeback.verified"
STOPPED = "writeback.stopped"
#: An intent whose end is not known yet.
OPEN = ("intended", "sent")
#: Ends of intents that were sent and whose values may still show: an answer can be an older state.
UNSEEN = ("no_effect", "dropped", "conflict")
Status = Literal["confirmed", "no_effect", "conflict", "failed", "dropped"]
FieldEnd = Literal["arrived", "ignored", "edited"]


def stop_reason(connection: sa.Connection) -> str:
    """Why nothing is written to this tenant: writing was stopped, or a backup was restored; empty where it is."""
    return standing_stop(connection) or restored.stop_reason(connection)


def standing_stop(connection: sa.Connection) -> str:
    """Why writing is stopped until ``gtm resume-writing``, by the engine or by hand; empty where it is not."""
    stored = get_cursor(connection, STOPPED)
    return str(stored["reason"]) if stored else ""


def stop_writing(store: Store, reason: str) -> None:
    """Write nothing more until somebody looked and ran ``gtm resume-writing``."""
    with store.write() as connection:
        set_cursor(connection, STOPPED, {"reason": reason})


def resume_writing(store: Store) -> int:
    """Take the stop back; accounts that failed meanwhile are due again. Answers how many."""
    with store.write() as connection:
        connection.execute(sa.delete(schema.cursors).where(schema.cursors.c.name == STOPPED))
        return queue.retry_failed(connection)


def is_verified(connection: sa.Connection, entity: Entity) -> bool:
    """Whether this tenant's first PATCH of the entity left all other fields alone."""
    stored = get_cursor(connection, VERIFIED) or {}
    return bool(stored.get(entity))


def set_verified(store: Store, entity: Entity) -> None:
    """Remember that it did."""
    with store.write() as connection:
        set_cursor(connection, VERIFIED, {**(get_cursor(connection, VERIFIED) or {}), entity: True})


def store_drafts(connection: sa.Connection, plans: Iterable[EntityPlan], run_id: str) -> int:
    """Keep plans that may not be sent; one that stands already is not kept twice. Answers how many differ from before."""
    new = 0
    for plan in plans:
        table = schema.plans
        same = sa.and_(table.c.entity == plan.entity, table.c.entity_id == plan.entity_id, table.c.status == "planned")
        standing = connection.execute(sa.select(table.c.plan_hash).where(same)).scalars().all()
        if standing == [plan.hash]:
            continue
        connection.execute(sa.update(table).where(same).values(status="dropped"))
        _insert_plan(connection, plan, "planned", run_id)
        new += 1
    return new


def drop_drafts(connection: sa.Connection, contact_ids: Sequence[int], keep: Iterable[tuple[str, int]] = ()) -> None:
    """Plans of these accounts that are not wanted any more."""
    table = schema.plans
    kept = set(keep)
    for piece in chunked(contact_ids):
        rows = connection.execute(
            sa.select(table.c.id, table.c.entity, table.c.entity_id).where(
                table.c.contact_id.in_(piece), table.c.status == "planned"
            )
        ).all()
        for row in rows:
            if (row.entity, row.entity_id) not in kept:
                connection.execute(sa.update(table).where(table.c.id == row.id).values(status="dropped"))


def intend(connection: sa.Connection, plans: Sequence[EntityPlan], guard: Guard, run_id: str) -> list[int]:
    """Store intents, in the order of the plans; answers their ledger ids."""
    now = utc_now()
    ids = []
    for plan in plans:
        plan_id = _insert_plan(connection, plan, "sent", run_id)
        ids.append(
            connection.execute(
                schema.ledger.insert()
                .values(
                    plan_id=plan_id,
                    contact_id=plan.contact_id,
                    entity=plan.entity,
                    entity_id=plan.entity_id,
                    before={name: change.before for name, change in plan.fields.items()},
                    after={name: change.after for name, change in plan.fields.items()},
                    status="intended",
                    guard=guard,
                    intended_at=now,
                    run_id=run_id,
                )
                .returning(schema.ledger.c.id)
            ).scalar_one()
        )
    return ids


def mark_sent(connection: sa.Connection, ledger_id: int, contact_id: int, owner: str) -> bool:
    """Just before the request; False where the account is no longer in our hands or the intent was settled: nothing may be sent then."""
    state = schema.sync_state
    holder = connection.execute(sa.select(state.c.lease_owner).where(state.c.contact_id == contact_id)).scalar()
    if holder != owner:
        return False
    # An intent whose test was refused is sent once more, as read.
    changed = connection.execute(
        sa.update(schema.ledger)
        .where(schema.ledger.c.id == ledger_id, schema.ledger.c.status.in_(OPEN))
        .values(status="sent", sent_at=utc_now())
    )
    return bool(changed.rowcount)


def note(store: Store, ledger_id: int, foreign: Mapping[str, Any]) -> None:
    """Keep what a PATCH did to fields that it did not name: key to what stood there and what stands there now."""
    with store.write() as connection:
        row = schema.ledger.c.id == ledger_id
        before = connection.execute(sa.select(schema.ledger.c.before).where(row)).scalar_one()
        connection.execute(sa.update(schema.ledger).where(row).values(before={**before, "moved": dict(foreign)}))


def settle(
    connection: sa.Connection,
    ledger_id: int,
    status: Status,
    *,
    found: Mapping[str, str] | None = None,
    error: str = "",
    refused: bool = False,
) -> None:
    """End an intent that is still open.

    ``found`` is what was read back: fields that hold what we wrote are ours from now on. ``refused``: the CRM carried nothing out, so that
    nothing that stands there, now or later, comes from this request.
    """
    row = connection.execute(sa.select(schema.ledger).where(schema.ledger.c.id == ledger_id)).mappings().one()
    if row["status"] not in OPEN:
        return
    now = utc_now()
    connection.execute(
        sa.update(schema.ledger)
        .where(schema.ledger.c.id == ledger_id)
        .values(status=status, ended_at=now, error=error[:1000], **({"sent_at": None} if refused else {}))
    )
    ends = {"no_effect": "failed"}
    connection.execute(
        sa.update(schema.plans).where(schema.plans.c.id == row["plan_id"]).values(status=ends.get(status, status))
    )
    if found is not None:
        _own(connection, dict(row), found)


def _own(connection: sa.Connection, row: Mapping[str, Any], found: Mapping[str, str]) -> None:
    plan = connection.execute(sa.select(schema.plans.c.fields).where(schema.plans.c.id == row["plan_id"])).scalar_one()
    table = schema.written_values
    arrived = {name: after for name, after in row["after"].items() if found.get(name) == after}
    emptied = [name for name, after in arrived.items() if after == ""]
    if emptied:
        mine = sa.and_(table.c.entity == row["entity"], table.c.entity_id == row["entity_id"])
        connection.execute(sa.delete(table).where(mine, table.c.field.in_(emptied)))
    values = [
        {
            "entity": row["entity"],
            "entity_id": row["entity_id"],
            "field": name,
            "value": after,
            "block_id": plan.get(name, {}).get("block_id"),
            "ledger_id": row["id"],
            "confirmed_at": utc_now(),
        }
        for name, after in arrived.items()
        if after != ""
    ]
    upsert(connection, table, values)


def open_intents(connection: sa.Connection, contact_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Intents of these accounts whose end nobody saw: the process died, or no answer came."""
    rows: list[dict[str, Any]] = []
    for piece in chunked(contact_ids):
        query = sa.select(schema.ledger).where(schema.ledger.c.contact_id.in_(piece), schema.ledger.c.status.in_(OPEN))
        rows += [dict(row) for row in connection.execute(query.order_by(schema.ledger.c.id)).mappings()]
    return rows


def unseen_intents(connection: sa.Connection, contact_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Intents of these accounts that were sent and then not seen in the CRM as they should be; the newest of each record only."""
    table = schema.ledger
    rows: list[dict[str, Any]] = []
    for piece in chunked(contact_ids):
        newer = table.alias()
        later = sa.select(newer.c.id).where(
            newer.c.entity == table.c.entity, newer.c.entity_id == table.c.entity_id, newer.c.id > table.c.id
        )
        query = sa.select(table).where(
            table.c.contact_id.in_(piece), table.c.status.in_(UNSEEN), table.c.sent_at.is_not(None), ~later.exists()
        )
        rows += [dict(row) for row in connection.execute(query.order_by(table.c.id)).mappings()]
    return rows


def settle_late(connection: sa.Connection, row: Mapping[str, Any], found: Mapping[str, str]) -> bool:
    """What an intent wrote stands there after all: it is ours from now on. Answers whether all of it does."""
    _own(connection, row, found)
    arrived = judge(row["before"], row["after"], found) == "confirmed"
    if arrived:
        ended = {"status": "confirmed", "error": f"seen later; before: {row['error']}"[:1000]}
        connection.execute(sa.update(schema.ledger).where(schema.ledger.c.id == row["id"]).values(**ended))
        connection.execute(
            sa.update(schema.plans).where(schema.plans.c.id == row["plan_id"]).values(status="confirmed")
        )
    return arrived


def ends(before: Mapping[str, str], after: Mapping[str, str], found: Mapping[str, str]) -> dict[str, FieldEnd]:
    """What became of each field of an intent, by what the record carries now."""

    def end(name: str) -> FieldEnd:
        now = found.get(name, "")
        return "arrived" if now == after[name] else "ignored" if now == before[name] else "edited"

    return {name: end(name) for name in after if name not in FOLLOWERS}


def judge(before: Mapping[str, str], after: Mapping[str, str], found: Mapping[str, str]) -> Status:
    """What a record says about an intent: ``dropped`` is one of which nothing arrived, ``no_effect`` one of which only a part did."""
    seen = set(ends(before, after, found).values())
    if "edited" in seen:
        return "conflict"
    if "ignored" not in seen:
        return "confirmed"
    return "no_effect" if "arrived" in seen else "dropped"


def _insert_plan(connection: sa.Connection, plan: EntityPlan, status: str, run_id: str) -> int:
    plan_id: int = connection.execute(
        schema.plans.insert()
        .values(
            contact_id=plan.contact_id,
            entity=plan.entity,
            entity_id=plan.entity_id,
            fields={name: asdict(change) for name, change in plan.fields.items()},
            kept={**plan.without, **plan.kept},
            plan_hash=plan.hash,
            status=status,
            created_at=utc_now(),
            run_id=run_id,
        )
        .returning(schema.plans.c.id)
    ).scalar_one()
    return plan_id
