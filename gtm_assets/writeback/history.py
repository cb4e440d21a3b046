"""What befalls records in the CRM befalls our history of them: merges, merges taken back, ids that others took, a restored backup.

Everything here runs in the transaction that stores the reading it follows from. What belongs elsewhere: noticing it
(``gtm_assets.crm``), and what may be written then (``plan``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from gtm_assets.crm import restored
from gtm_assets.crm.accounts import Refreshed, stored_values
from gtm_assets.crm.fields import POSITION, Entity
from gtm_assets.crm.merges import Merge
from gtm_assets.crm.records import TABLES, Record
from gtm_assets.writeback import ledger
from resources.store import queue, schema
from resources.store.store import Store, chunked, upsert, utc_now

Whose = Literal["same", "ours", "nobody's", "somebody's"]
#: Owned fields whose values say nothing about who wrote them.
_FACTS = frozenset({"vertical", "org_nr", "postal_city", "street_city", POSITION})
_HISTORY = (schema.ledger, schema.plans)


@dataclass(frozen=True)
class Earlier:
    """The entry of the ledger in which we wrote a value, and its plan."""

    ledger_id: int
    plan_id: int


def follow(connection: sa.Connection, refreshed: Refreshed) -> None:
    """Let our history follow what a reading showed."""
    for merge in refreshed.returned:
        _bring_back(connection, merge)
    for entity, entity_id in refreshed.replaced:
        _detach(connection, entity, entity_id)
    for merge in refreshed.merges:
        _move(connection, merge, refreshed.was.get((merge.entity, merge.destination)))
    if refreshed.now:
        settle_values(connection, refreshed.before, refreshed.now)


# --- merges -------------------------------------------------------------------------------------------------------------------------


def _move(connection: sa.Connection, merge: Merge, was: Mapping[str, str] | None) -> None:
    """Ledger and plans go on at the destination, and remember where they come from; nothing is written to the source any more.

    ``was``: what the destination carried before this reading, None where it carries the same.
    """
    account = _account(connection, merge.entity, merge.destination)
    _drop_drafts(connection, merge.entity, merge.source)
    open_ = [row["id"] for row in _open_intents(connection, merge.entity, merge.source)]
    for table in _HISTORY:
        connection.execute(
            sa.update(table)
            .where(table.c.entity == merge.entity, table.c.entity_id == merge.source)
            .values(
                entity_id=merge.destination,
                contact_id=account,
                merged_from=sa.func.coalesce(table.c.merged_from, merge.source),
            )
        )
        if merge.entity == "Contact":
            # Its persons went with it; what is open there is settled with the account they are at now.
            connection.execute(sa.update(table).where(table.c.contact_id == merge.source).values(contact_id=account))
    found = stored_values(connection, merge.entity, merge.destination)
    for ledger_id in open_:
        row = connection.execute(sa.select(schema.ledger).where(schema.ledger.c.id == ledger_id)).mappings().one()
        verdict = ledger.judge(row["before"], row["after"], found)
        note = f"settled by reading what {merge.entity} {merge.source} was merged into"
        ledger.settle(connection, ledger_id, verdict, found=_came_over(found, was), error=note)
    _move_values(connection, merge, _came_over(found, was))


def _came_over(found: Mapping[str, str], was: Mapping[str, str] | None) -> dict[str, str]:
    """What the destination shows and may have from the source.

    Two records of one company have the same city and number, whoever wrote them: of such facts only those count that stand where nothing
    stood before. A text of ours is told by its words. Where the destination was read between the merge and our knowing of it, such a fact
    counts as a human's and stays.
    """
    before = found if was is None else was
    return {name: value for name, value in found.items() if name not in _FACTS or not before.get(name)}


def _move_values(connection: sa.Connection, merge: Merge, found: Mapping[str, str]) -> None:
    """Our values follow where the destination shows them; anything else that stands there is a human's.

    Also such as we sent and never saw: the merge may have come between our request and our reading back.
    """
    table = schema.written_values
    of_source = sa.and_(table.c.entity == merge.entity, table.c.entity_id == merge.source)
    of_destination = sa.and_(table.c.entity == merge.entity, table.c.entity_id == merge.destination)
    theirs = set(connection.execute(sa.select(table.c.field).where(of_destination)).scalars())
    destination: Record = (merge.entity, merge.destination)
    sent = _sent(connection, merge)
    for name, value in found.items():
        if value and name not in theirs and (earlier := sent.get((name, value))) is not None:
            _own(connection, destination, name, value, earlier)
            theirs.add(name)
    for row in connection.execute(sa.select(table).where(of_source)).mappings().all():
        if row["field"] not in theirs and found.get(row["field"], "") == row["value"]:
            upsert(connection, table, [{**row, "entity_id": merge.destination}])
    connection.execute(sa.delete(table).where(of_source))


def _sent(connection: sa.Connection, merge: Merge) -> dict[tuple[str, str], Earlier]:
    """What was ever sent to the source and not refused, by field and value, the last time."""
    table = schema.ledger
    query = sa.select(table).where(
        table.c.entity == merge.entity, table.c.merged_from == merge.source, table.c.sent_at.is_not(None)
    )
    rows = connection.execute(query.order_by(table.c.id)).mappings()
    return {(name, value): Earlier(row["id"], row["plan_id"]) for row in rows for name, value in row["after"].items()}


def _bring_back(connection: sa.Connection, merge: Merge) -> None:
    """A source that lives again, because a backup was restored, gets its own history back."""
    account = _account(connection, merge.entity, merge.source)
    for table in _HISTORY:
        connection.execute(
            sa.update(table)
            .where(table.c.entity == merge.entity, table.c.merged_from == merge.source)
            .values(entity_id=merge.source, contact_id=account, merged_from=None)
        )


def _account(connection: sa.Connection, entity: Entity, entity_id: int) -> int:
    table, key = TABLES[entity]
    found: int = connection.execute(sa.select(table.c.contact_id).where(key == entity_id)).scalar_one()
    return found


# --- ids that others took -----------------------------------------------------------------------------------------------------------


def _detach(connection: sa.Connection, entity: Entity, entity_id: int) -> None:
    """Another record has this id now: our history is not its history. It is kept under the negative id, for whoever asks for proof.

    An objection stays in force: taking one back is a human's decision.
    """
    _drop_drafts(connection, entity, entity_id)
    for row in _open_intents(connection, entity, entity_id):
        ledger.settle(connection, row["id"], "dropped", error="another record has this id now")
    for table in _HISTORY:
        mine = sa.and_(table.c.entity == entity, table.c.entity_id == entity_id)
        connection.execute(sa.update(table).where(mine).values(entity_id=-entity_id))
    values = schema.written_values
    connection.execute(sa.delete(values).where(values.c.entity == entity, values.c.entity_id == entity_id))
    if entity == "Contact":
        for made in (schema.profiles, schema.websites):
            connection.execute(sa.delete(made).where(made.c.contact_id == entity_id))


def _drop_drafts(connection: sa.Connection, entity: Entity, entity_id: int) -> None:
    table = schema.plans
    drafts = sa.and_(table.c.entity == entity, table.c.entity_id == entity_id, table.c.status == "planned")
    connection.execute(sa.update(table).where(drafts).values(status="dropped"))


def _open_intents(connection: sa.Connection, entity: Entity, entity_id: int) -> list[Mapping[str, Any]]:
    table = schema.ledger
    query = sa.select(table).where(
        table.c.entity == entity, table.c.entity_id == entity_id, table.c.status.in_(ledger.OPEN)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


# --- a restored backup --------------------------------------------------------------------------------------------------------------


def whose(now: str, written: str | None, earlier: bool, before: str | None) -> Whose:  # noqa: FBT001
    """Whose value stands in a field after a backup was restored.

    Args:
        now: What stands there.
        written: What we wrote last and saw confirmed; None where there is nothing of ours.
        earlier: Whether we wrote what stands there at any time before, and saw it confirmed.
        before: What stood there before the restoration as far as we know; None where we do not.
    """
    if now == (written or ""):
        return "same"
    if now:
        return "ours" if earlier else "somebody's"
    # Somebody had emptied it before the backup was restored: that stands.
    return "same" if before == "" else "nobody's"


def settle_values(
    connection: sa.Connection,
    before: Mapping[Record, Mapping[str, str] | None],
    now: Mapping[Record, Mapping[str, str]],
) -> None:
    """Find out whose the values are that a restored backup brought: what we wrote once is ours, what is empty is filled anew."""
    written = _written(connection, now)
    doubtful = [
        record
        for record, fields in now.items()
        if any(value != written.get(record, {}).get(name, "") for name, value in fields.items())
    ]
    ledgers = _earlier(connection, doubtful)
    for record in doubtful:
        ours, known = written.get(record, {}), before.get(record)
        for name, value in now[record].items():
            earlier = ledgers.get(record, {}).get((name, value))
            verdict = whose(
                value, ours.get(name), earlier is not None, known.get(name, "") if known is not None else None
            )
            if verdict == "nobody's":
                _forget(connection, record, name)
            elif verdict == "ours" and earlier is not None:
                _own(connection, record, name, value, earlier)


def _written(connection: sa.Connection, records: Iterable[Record]) -> dict[Record, dict[str, str]]:
    table = schema.written_values
    found: dict[Record, dict[str, str]] = {}
    for entity, ids in _by_entity(records).items():
        for piece in chunked(ids):
            query = sa.select(table).where(table.c.entity == entity, table.c.entity_id.in_(piece))
            for row in connection.execute(query).mappings():
                found.setdefault((entity, row["entity_id"]), {})[row["field"]] = row["value"]
    return found


def _earlier(connection: sa.Connection, records: Iterable[Record]) -> dict[Record, dict[tuple[str, str], Earlier]]:
    """What we wrote into these records and saw confirmed, by field and value, the last time."""
    table = schema.ledger
    found: dict[Record, dict[tuple[str, str], Earlier]] = {}
    for entity, ids in _by_entity(records).items():
        for piece in chunked(ids):
            query = sa.select(table).where(
                table.c.entity == entity, table.c.entity_id.in_(piece), table.c.status == "confirmed"
            )
            for row in connection.execute(query.order_by(table.c.id)).mappings():
                values = found.setdefault((entity, row["entity_id"]), {})
                values |= {(name, value): Earlier(row["id"], row["plan_id"]) for name, value in row["after"].items()}
    return found


def _by_entity(records: Iterable[Record]) -> dict[Entity, list[int]]:
    ids: dict[Entity, list[int]] = {}
    for entity, entity_id in records:
        ids.setdefault(entity, []).append(entity_id)
    return ids


def _own(connection: sa.Connection, record: Record, name: str, value: str, earlier: Earlier) -> None:
    plans, entries = schema.plans, schema.ledger
    fields = connection.execute(sa.select(plans.c.fields).where(plans.c.id == earlier.plan_id)).scalar() or {}
    ended = connection.execute(sa.select(entries.c.ended_at).where(entries.c.id == earlier.ledger_id)).scalar()
    row = {
        "entity": record[0],
        "entity_id": record[1],
        "field": name,
        "value": value,
        "block_id": fields.get(name, {}).get("block_id"),
        "ledger_id": earlier.ledger_id,
        "confirmed_at": ended or utc_now(),
    }
    upsert(connection, schema.written_values, [row])


def _forget(connection: sa.Connection, record: Record, name: str) -> None:
    table = schema.written_values
    mine = sa.and_(table.c.entity == record[0], table.c.entity_id == record[1], table.c.field == name)
    connection.execute(sa.delete(table).where(mine))


def finish_restored(store: Store) -> bool:
    """After everything was read anew: intents that were open are settled by reading, and writing goes on. Answers whether it was so."""
    with store.write() as connection:
        if not restored.is_swept(connection):
            return False
        entries = schema.ledger
        open_ = sa.select(entries.c.contact_id).where(entries.c.status.in_(ledger.OPEN)).distinct()
        ids = list(connection.execute(open_).scalars())
        queue.mark_due(connection, ids, trigger="settled after a restored backup", priority=1)
        restored.finish(connection)
        return True
