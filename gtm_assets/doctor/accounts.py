"""What accounts ended with, by sort of reason: the story of whatever went wrong in the CRM or on the way to it, with one example each.

What belongs elsewhere: each account (``gtm board``), what the outside systems say just now (``superoffice``).
"""

from __future__ import annotations

import sqlalchemy as sa

from gtm_assets.doctor.looking import Notes
from gtm_assets.monitoring.advice import advice
from gtm_assets.monitoring.board import kind_counts
from gtm_assets.writeback import ledger
from resources.store import schema

#: A reason is cut here: it may name each record of the account.
_REASON = 220


def note_accounts(notes: Notes, connection: sa.Connection) -> None:
    """Accounts that failed or stand in a conflict, and requests whose end nobody saw."""
    found = {key: count for key, count in kind_counts(connection).items() if key[0] in {"failed", "conflict"}}
    for (phase, kind), count in found.items():
        _note_kind(notes, connection, phase, kind, count)
    lost = _lost(connection)
    if lost:
        said = f"{lost} {'request was' if lost == 1 else 'requests were'} sent without an answer."
        notes.remark(
            "answers",
            said,
            "Nothing to do: the next look at their accounts settles them by reading, nothing is sent twice.",
        )
    if not found and not lost:
        notes.ok("accounts", "none failed, none is in a conflict.")


def _note_kind(notes: Notes, connection: sa.Connection, phase: str, kind: str, count: int) -> None:
    state = schema.sync_state
    query = sa.select(state.c.contact_id, state.c.reason, state.c.due_at).where(
        state.c.phase == phase, state.c.kind == kind
    )
    example = connection.execute(query.order_by(state.c.ended_at.desc()).limit(1)).one()
    reason = example.reason if len(example.reason) <= _REASON else f"{example.reason[:_REASON]} …"
    one, several = ("account failed", "accounts failed") if phase == "failed" else ("conflict", "conflicts")
    said = f"{count} {one if count == 1 else several} ({kind}), the last: {example.contact_id}, {reason}"
    to_do = advice(kind, example.contact_id, example.due_at)
    # What comes again by itself, or gave way to a person, is no fault of the installation.
    if phase == "failed" and example.due_at is None:
        notes.wrong("accounts", said, to_do)
    else:
        notes.remark("accounts", said, to_do)


def _lost(connection: sa.Connection) -> int:
    """Requests that went out and have no end, of accounts that nobody has in hand."""
    table, state = schema.ledger, schema.sync_state
    in_hand = sa.select(state.c.contact_id).where(state.c.lease_owner.is_not(None))
    query = sa.select(sa.func.count()).where(table.c.status.in_(ledger.OPEN), table.c.contact_id.not_in(in_hand))
    return int(connection.execute(query).scalar_one())
