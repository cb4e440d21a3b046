"""Whether SuperOffice was found closed (maintenance, suspended, moving), and since when: what a run leaves for sensors and ``gtm status``.

What belongs elsewhere: reading the tenant's state (``resources.superoffice.tenant``), what a run does then (``gtm_assets.accounts``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from resources.errors import TenantClosedError
from resources.store import schema
from resources.store.store import Store, get_cursor, set_cursor, utc_now

CLOSED = "crm.closed"
#: A state that somebody has to end; all others pass.
SUSPENDED = "Suspended"


@dataclass(frozen=True)
class Closure:
    """What the tenant's state said. ``since`` is when it was seen first (UTC), ``said`` the whole sentence."""

    state: str
    since: datetime
    said: str


def load_closure(connection: sa.Connection) -> Closure | None:
    """What was found; None where SuperOffice was open at the last run that asked."""
    value = get_cursor(connection, CLOSED)
    return Closure(value["state"], datetime.fromisoformat(value["since"]), value["said"]) if value else None


def note_closed(store: Store, error: TenantClosedError) -> None:
    """Remember that SuperOffice is closed, and since when; another state of the same closure begins no new one."""
    with store.write() as connection:
        known = load_closure(connection)
        since = known.since if known else utc_now()
        set_cursor(connection, CLOSED, {"state": error.state, "since": since.isoformat(), "said": str(error)})


def note_open(store: Store) -> None:
    """SuperOffice answers: nothing is remembered."""
    with store.read() as connection:
        if load_closure(connection) is None:
            return
    with store.write() as connection:
        connection.execute(sa.delete(schema.cursors).where(schema.cursors.c.name == CLOSED))


def waiting_note(error: TenantClosedError, waiting: int) -> str:
    """What a run that had to end because of it says; ``waiting``: accounts that are due."""
    what = {0: "Nothing is lost", 1: "One account waits"}.get(waiting, f"{waiting} accounts wait")
    return f"{error} {what}; no attempt was counted, and work begins by itself once it is open."
