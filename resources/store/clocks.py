"""One time for every machine that shares a store: PostgreSQL's where the store is one, else the machine's own.

What belongs elsewhere: what is done at which moment (``rate``).
"""

from __future__ import annotations

import time
from collections.abc import Callable

import sqlalchemy as sa

from resources.store.store import Store


def database_time(connection: sa.Connection) -> float:
    """The time of a PostgreSQL server now, not at the beginning of the transaction; Unix seconds."""
    return float(connection.execute(sa.text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())


class SharedClock:
    """Tells the database's time by the machine's clock and how far that is off.

    The database answers at some moment between question and answer, so each answer bounds the difference. Bounds of several answers are
    laid over each other, so that one late answer spoils nothing; where they exclude each other, a clock was set and the newest hold.

    Args:
        store: On SQLite, which one machine shares, nothing is asked.
        machine: This machine's Unix time in seconds.
        database: Asks the database for its time; None: :func:`database_time` on PostgreSQL.
    """

    def __init__(
        self,
        store: Store,
        machine: Callable[[], float] = time.time,
        database: Callable[[sa.Connection], float] | None = None,
    ) -> None:
        self._store = store
        self._machine = machine
        self._database = database if database is not None or store.is_sqlite else database_time
        self._ahead: tuple[float, float] | None = None

    def now(self) -> float:
        """The shared time; asks the database only if it was never asked."""
        if self._database is None:
            return self._machine()
        if self._ahead is None:
            with self._store.read() as connection:
                return self.ask(connection)
        return self._machine() + sum(self._ahead) / 2

    def ask(self, connection: sa.Connection) -> float:
        """The shared time, compared with the database's once more."""
        if self._database is None:
            return self._machine()
        before = self._machine()
        said = self._database(connection)
        least, most = said - self._machine(), said - before
        known = self._ahead or (least, most)
        narrowed = max(least, known[0]), min(most, known[1])
        self._ahead = narrowed if narrowed[0] <= narrowed[1] else (least, most)
        return self._machine() + sum(self._ahead) / 2
