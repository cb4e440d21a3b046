"""The loop breaker: an account one of whose fields was written again and again within an hour is left alone for a while.

Nothing in the engine writes a field twice without a reason; but two systems that each have one (another integration that rewrites what
ours reads, a text that changes back and forth in Notion) can go on for ever, and a CRM's change log is for people. What belongs
elsewhere: what an account ends with (``gtm_assets.batch.outcomes``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from gtm_assets.writeback.plan import FOLLOWERS, EntityPlan
from resources.store import schema
from resources.store.store import chunked

WINDOW = timedelta(hours=1)
#: Requests that went out and were carried out, as far as is known; a probe's are not (they have no time of sending).
_CARRIED_OUT = ("confirmed", "conflict", "no_effect")
#: Fields that a reason names at most.
_NAMED = 4


@dataclass(frozen=True)
class Held:
    """An account that is not written: why, and until when."""

    reason: str
    until: datetime


def hold(connection: sa.Connection, plans: Iterable[EntityPlan], *, per_hour: int, now: datetime) -> dict[int, Held]:
    """Accounts of these plans one of whose planned fields was written ``per_hour`` times within the last hour, by contact id."""
    wanted = [plan for plan in plans if plan.fields]
    times = _times(connection, {plan.contact_id for plan in wanted}, now - WINDOW)
    held: dict[int, list[tuple[str, list[datetime]]]] = defaultdict(list)
    for plan in wanted:
        label = "" if plan.entity == "Contact" else f"person {plan.entity_id} "
        for name in plan.fields:
            written = times.get((plan.entity, plan.entity_id, name), [])
            if name not in FOLLOWERS and len(written) >= per_hour:
                held[plan.contact_id].append((f"{label}{name}", written))
    return {contact_id: _held(fields, per_hour) for contact_id, fields in held.items()}


def _held(fields: list[tuple[str, list[datetime]]], per_hour: int) -> Held:
    # Once fewer than so many are within the hour it goes on.
    until = max(sorted(written)[-per_hour] for _, written in fields) + WINDOW
    names = ", ".join(name for name, _ in fields[:_NAMED])
    more = f" and {len(fields) - _NAMED} more" if len(fields) > _NAMED else ""
    most = max(len(written) for _, written in fields)
    reason = f"written {most} times within an hour and would be again: {names}{more}; left alone until {until:%Y-%m-%d %H:%M} UTC"
    return Held(reason, until)


def _times(
    connection: sa.Connection, contact_ids: Collection[int], since: datetime
) -> dict[tuple[str, int, str], list[datetime]]:
    """When each field was written, by entity, id and field name."""
    table = schema.ledger
    times: dict[tuple[str, int, str], list[datetime]] = defaultdict(list)
    for piece in chunked(sorted(contact_ids)):
        query = sa.select(table.c.entity, table.c.entity_id, table.c.after, table.c.sent_at).where(
            table.c.contact_id.in_(piece), table.c.sent_at > since, table.c.status.in_(_CARRIED_OUT)
        )
        for row in connection.execute(query):
            for name in row.after:
                times[row.entity, row.entity_id, name].append(row.sent_at)
    return times
