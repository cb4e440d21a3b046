"""The work queue over accounts, and named leases: who works on what, and for how long that is believed.

A lease ends by itself, is renewed while its holder lives, and falls at once when the holder was a process of this machine that is gone.
What belongs elsewhere: what makes an account due, and what is done with it (``gtm_assets``).
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from resources.store.schema import leases, sync_state
from resources.store.store import Store, chunked, rows_by, upsert, utc_now

#: How long a lease is believed without a sign of life, and how often the holder gives one.
LEASE = timedelta(seconds=90)
HEARTBEAT_SECONDS = 20.0
#: Runs that work off live changes hold a lease under this name, each its own; others give way, at most for five minutes at a time.
LIVE_CHANGES = "live changes"
GIVE_WAY_LOOKS = 600
_GIVE_WAY_EVERY = 0.5
_AFTERWARDS = timedelta(seconds=60)
_log = logging.getLogger(__name__)


def new_owner() -> str:
    """A name for this holder that tells the machine and the process, so that others see when it is gone."""
    return f"{_machine()}/{os.getpid()}/{uuid.uuid4().hex[:8]}"


def _machine() -> str:
    """This machine and, in containers, this process namespace: a process id means something only within one."""
    namespace = Path("/proc/self/ns/pid")
    return socket.gethostname() + (str(namespace.readlink()).removeprefix("pid:") if namespace.is_symlink() else "")


def holder_is_gone(owner: str) -> bool:
    """Whether the holder was a process of this machine that no longer exists; False where that can't be told."""
    host, _, rest = owner.partition("/")
    pid = rest.partition("/")[0]
    if host != _machine() or not pid.isdigit() or int(pid) == os.getpid():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


# --- accounts ---------------------------------------------------------------------------------------------------------------------


def mark_due(
    connection: sa.Connection,
    contact_ids: Iterable[int],
    *,
    trigger: str,
    priority: int = 0,
    due_at: datetime | None = None,
) -> int:
    """Put accounts on the queue (phase ``received``) and answer how many; ids that are none (0: a person without a company) are left out.

    An account that is being worked on keeps its phase and comes again afterwards: the wish is counted, not lost.
    """
    now = utc_now()
    ids = sorted({contact_id for contact_id in contact_ids if contact_id > 0})
    for piece in chunked(ids):
        # One order for everybody, so that two transactions never wait for each other's rows (PostgreSQL).
        in_order = sa.select(sync_state.c.contact_id).where(sync_state.c.contact_id.in_(piece))
        connection.execute(in_order.order_by(sync_state.c.contact_id).with_for_update())
        upsert(
            connection,
            sync_state,
            [{"contact_id": i, "phase": "received", "received_at": now, "priority": priority} for i in piece],
            update=[],
        )
        busy = sync_state.c.lease_owner.is_not(None)
        connection.execute(
            sa.update(sync_state)
            .where(sync_state.c.contact_id.in_(piece))
            .values(
                requested=sync_state.c.requested + 1,
                due_at=due_at or now,
                attempts=0,
                trigger=trigger,
                priority=sa.case(
                    (sync_state.c.due_at.is_(None), priority),
                    (sync_state.c.priority < priority, sync_state.c.priority),
                    else_=priority,
                ),
                phase=sa.case((busy, sync_state.c.phase), else_="received"),
                received_at=sa.case((busy, sync_state.c.received_at), else_=now),
            )
        )
    return len(ids)


def retry_failed(connection: sa.Connection, contact_ids: Sequence[int] | None = None) -> int:
    """Put failed accounts that wait for a person on the queue again (all of them, or these); answers how many."""
    query = sa.select(sync_state.c.contact_id).where(sync_state.c.phase == "failed", sync_state.c.due_at.is_(None))
    if contact_ids is not None:
        query = query.where(sync_state.c.contact_id.in_(contact_ids))
    return mark_due(connection, list(connection.execute(query).scalars()), trigger="tried again", priority=1)


def due_count(connection: sa.Connection, now: datetime | None = None) -> int:
    """How many accounts are due and in nobody's hands."""
    return connection.execute(
        sa.select(sa.func.count()).select_from(sync_state).where(_claimable(connection, now or utc_now()))
    ).scalar_one()


def claim(
    store: Store,
    owner: str,
    *,
    limit: int,
    keys: Sequence[int] | None = None,
    run_id: str = "",
    one_priority: bool = False,
) -> dict[int, int]:
    """Take accounts off the queue for one holder, the most urgent first.

    Args:
        store: The store.
        owner: From :func:`new_owner`.
        limit: At most so many.
        keys: Only these, due or not; None: whatever is due.
        run_id: Dagster run, for people.
        one_priority: Of what is due only what is as urgent as the most urgent: it is not kept waiting by what is worked on with it.

    Returns:
        Account to the number of wishes that this work covers (see :func:`finish`).
    """
    now = utc_now()
    with store.write() as connection:
        free = _free(connection, now)
        base = sa.select(sync_state.c.contact_id, sync_state.c.requested).where(free)
        if not store.is_sqlite:
            base = base.with_for_update(skip_locked=True)
        taken: dict[int, int] = {}
        if keys is None:
            due = base.where(sync_state.c.due_at <= now).order_by(
                sync_state.c.priority, sync_state.c.due_at, sync_state.c.contact_id
            )
            rows = connection.execute(due.add_columns(sync_state.c.priority).limit(limit)).all()
            taken = {
                row.contact_id: row.requested for row in rows if not one_priority or row.priority == rows[0].priority
            }
        else:
            # All of them are looked at: those in front may be in other hands.
            for piece in chunked(list(keys)):
                named = base.where(sync_state.c.contact_id.in_(piece)).limit(limit - len(taken))
                taken |= {row.contact_id: row.requested for row in connection.execute(named)}
                if len(taken) >= limit:
                    break
        for piece in chunked(list(taken)):
            connection.execute(
                sa.update(sync_state)
                .where(sync_state.c.contact_id.in_(piece))
                .values(
                    lease_owner=owner,
                    lease_until=now + LEASE,
                    # Whoever takes it without its being due and dies leaves it due: somebody has to end what was begun.
                    due_at=sa.func.coalesce(sync_state.c.due_at, sa.literal(now, sync_state.c.due_at.type)),
                    phase="enriching",
                    received_at=_received_at(),
                    enriching_at=now,
                    syncing_at=None,
                    ended_at=None,
                    run_id=run_id,
                )
            )
        return taken


def _received_at() -> sa.Case[datetime | None]:
    """An account that ended and comes again by itself was received when it became due; one that failed still is on its way."""
    ended = sa.and_(sync_state.c.phase.not_in(("received", "failed")), sync_state.c.ended_at.is_not(None))
    by_itself = sa.and_(ended, sync_state.c.due_at > sync_state.c.received_at)
    return sa.case((by_itself, sync_state.c.due_at), else_=sync_state.c.received_at)


def give_way(store: Store, owner: str, *, sleep: Callable[[float], None] = time.sleep) -> int:
    """Wait while a run that works off live changes (it holds :data:`LIVE_CHANGES`) still has some; answers how often it looked.

    Where nobody works them off, nothing is waited for; and never for ever.
    """
    for looked in range(GIVE_WAY_LOOKS):
        if not live_leases(store, LIVE_CHANGES):
            return looked
        with store.read() as connection:
            live = sa.and_(sync_state.c.priority == 0, sync_state.c.due_at <= utc_now())
            others = sa.or_(sync_state.c.lease_owner.is_(None), sync_state.c.lease_owner != owner)
            if connection.execute(sa.select(sync_state.c.contact_id).where(live, others).limit(1)).first() is None:
                return looked
        sleep(_GIVE_WAY_EVERY)
    return GIVE_WAY_LOOKS


def state_rows(store: Store, contact_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Rows of ``sync_state`` by account."""
    with store.read() as connection:
        return rows_by(connection, sync_state.c.contact_id, contact_ids)


def set_phase(store: Store, owner: str, contact_ids: Iterable[int], phase: str) -> None:
    """Move accounts in hand to another phase, with its time."""
    stamp = {"enriching": "enriching_at", "syncing": "syncing_at"}[phase]
    with store.write() as connection:
        for piece in chunked(list(contact_ids)):
            connection.execute(
                sa.update(sync_state)
                .where(sync_state.c.contact_id.in_(piece), sync_state.c.lease_owner == owner)
                .values({"phase": phase, stamp: utc_now()})
            )


def finish(
    connection: sa.Connection,
    owner: str,
    contact_id: int,
    *,
    covered: int,
    phase: str,
    reason: str,
    kind: str = "",
    retry_at: datetime | None = None,
    attempts: int = 0,
) -> None:
    """Lay an account down in its final phase; ``kind`` is the sort of reason, to count by.

    ``covered`` is what :func:`claim` gave: where more wishes came in the meantime, the account is due again at once.
    """
    more = sync_state.c.requested > covered
    connection.execute(
        sa.update(sync_state)
        .where(sync_state.c.contact_id == contact_id, sync_state.c.lease_owner == owner)
        .values(
            phase=phase,
            reason=reason,
            kind=kind,
            ended_at=utc_now(),
            lease_owner=None,
            lease_until=None,
            attempts=attempts,
            due_at=sa.case((more, utc_now()), else_=retry_at),
        )
    )


def release(store: Store, owner: str, contact_ids: Sequence[int] | None = None) -> None:
    """Give back whatever a holder still has (or these of it); the accounts stay due."""
    mine = sync_state.c.lease_owner == owner
    with store.write() as connection:
        for piece in chunked(contact_ids) if contact_ids is not None else (None,):
            which = mine if piece is None else sa.and_(mine, sync_state.c.contact_id.in_(piece))
            connection.execute(
                sa.update(sync_state).where(which).values(lease_owner=None, lease_until=None, phase="received")
            )


def _free(connection: sa.Connection, now: datetime) -> sa.ColumnElement[bool]:
    owners = connection.execute(
        sa.select(sync_state.c.lease_owner).where(sync_state.c.lease_owner.is_not(None)).distinct()
    ).scalars()
    gone = [owner for owner in owners if owner and holder_is_gone(owner)]
    return sa.or_(
        sync_state.c.lease_owner.is_(None), sync_state.c.lease_until < now, sync_state.c.lease_owner.in_(gone)
    )


def _claimable(connection: sa.Connection, now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(sync_state.c.due_at <= now, _free(connection, now))


# --- named leases -----------------------------------------------------------------------------------------------------------------


def take_lease(store: Store, name: str, owner: str) -> bool:
    """Hold a name for :data:`LEASE`, or renew it; False where somebody else who lives holds it."""
    now = utc_now()
    with store.write() as connection:
        if not store.is_sqlite:
            # Two that look at once would both find the name free; SQLite lets only one write at a time anyway.
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(name))))
        row = connection.execute(sa.select(leases).where(leases.c.name == name)).mappings().first()
        if row and row["owner"] != owner and row["lease_until"] > now and not holder_is_gone(row["owner"]):
            return False
        upsert(connection, leases, [{"name": name, "owner": owner, "lease_until": now + LEASE}])
        return True


def drop_lease(store: Store, name: str, owner: str) -> None:
    """Let a name go, if it is still ours."""
    with store.write() as connection:
        connection.execute(sa.delete(leases).where(leases.c.name == name, leases.c.owner == owner))


def live_leases(store: Store, prefix: str = "") -> dict[str, str]:
    """Names that somebody alive holds, with the holder."""
    with store.read() as connection:
        rows = connection.execute(
            sa.select(leases).where(leases.c.lease_until > utc_now(), leases.c.name.startswith(prefix, autoescape=True))
        ).all()
    return {row.name: row.owner for row in rows if not holder_is_gone(row.owner)}


@contextmanager
def held_lease(store: Store, name: str, owner: str, *, sleep: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """Hold a name while the block runs; waits until whoever holds it lets go or is gone."""
    while not take_lease(store, name, owner):
        sleep(1.0)
    try:
        yield
    finally:
        drop_lease(store, name, owner)


@contextmanager
def heartbeat(store: Store, owner: str) -> Iterator[None]:
    """Give signs of life for everything ``owner`` holds while the block runs.

    Afterwards its named leases end by themselves after a minute: what follows the work (reports, the run's own end) still counts as alive.
    """
    stop = threading.Event()

    def beat() -> None:
        wait = HEARTBEAT_SECONDS
        while not stop.wait(wait):
            try:
                _renew(store, owner, LEASE)
                wait = HEARTBEAT_SECONDS
            except sa.exc.DBAPIError:
                # A database that is away for a moment must not cost the lease: try again soon.
                _log.warning("a sign of life could not be written", exc_info=True)
                wait = 2.0

    thread = threading.Thread(target=beat, name="lease-heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        _renew(store, owner, _AFTERWARDS)


def _renew(store: Store, owner: str, time_left: timedelta) -> None:
    until: dict[str, Any] = {"lease_until": utc_now() + time_left}
    with store.write() as connection:
        connection.execute(sa.update(sync_state).where(sync_state.c.lease_owner == owner).values(until))
        connection.execute(sa.update(leases).where(leases.c.owner == owner).values(until))
