"""DuckDB over the store, attached read-only: set-based questions while other processes write.

DuckDB lives in a child process (``reader`` says why), which is started with the first question and ends with :meth:`Analytics.close`. The
scanner extensions come from wheels pinned to DuckDB's version; nothing is downloaded. What belongs elsewhere: state (``resources.store``):
DuckDB is not written to.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
import weakref
from pathlib import Path
from typing import Any

import sqlalchemy as sa

_READER = Path(__file__).with_name("reader.py")


class AnalyticsError(RuntimeError):
    """DuckDB could not answer; the message has its words, never the store's password."""


class Analytics:
    """Questions to the store at ``url`` (as for :class:`resources.store.store.Store`), by its tables' names."""

    def __init__(self, url: str) -> None:
        self._url = sa.make_url(url)
        self._lock = threading.Lock()
        self._reader: subprocess.Popen[bytes] | None = None
        self._end: weakref.finalize[..., Any] | None = None

    def rows(self, sql: str, parameters: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """The answer of one query. Times are UTC without offset, as the store keeps them.

        Raises:
            AnalyticsError: The store can't be attached, or the query is wrong.
        """
        with self._lock:
            reader = self._reader or self._start()
            return self._ask(reader, (sql, parameters or {}))

    def in_store(self, sql: str) -> str:
        """What stands after FROM in a query of :meth:`rows` where few rows of large tables are wanted: the store finds them by its indexes.

        DuckDB's own scan of SQLite reads every row, whatever is asked for. SQLite's columns come as text: cast them.

        Args:
            sql: A query that SQLite and PostgreSQL understand alike, with its values in it; DuckDB binds none there.
        """
        scanner = "sqlite_query" if self._url.get_backend_name() == "sqlite" else "postgres_query"
        quoted = sql.replace("'", "''")
        return f"{scanner}('store', '{quoted}')"

    def close(self) -> None:
        """End the child process; the next question starts another one."""
        with self._lock:
            self._forget()

    def _start(self) -> subprocess.Popen[bytes]:
        sqlite = self._url.get_backend_name() == "sqlite"
        # -I: neither the working directory nor the environment decides what is imported there.
        reader = subprocess.Popen(
            [sys.executable, "-I", str(_READER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=-1
        )
        self._reader = reader
        self._end = weakref.finalize(self, _hang_up, reader)
        address = (
            ("sqlite", str(self._url.database))
            if sqlite
            else ("postgres", self._url.set(drivername="postgresql").render_as_string(hide_password=False))
        )
        try:
            self._ask(reader, address)
        except AnalyticsError:
            self._forget()
            raise
        return reader

    def _ask(self, reader: subprocess.Popen[bytes], request: object) -> list[tuple[Any, ...]]:
        assert reader.stdin is not None
        assert reader.stdout is not None
        try:
            pickle.dump(request, reader.stdin)
            reader.stdin.flush()
            what, answer = pickle.load(reader.stdout)  # noqa: S301 - our own child process
        except (EOFError, OSError, pickle.UnpicklingError):
            self._forget()
            raise AnalyticsError(f"DuckDB's process for {self._shown()} ended without an answer.") from None
        except BaseException:
            # Whoever asks next must not get the answer that is under way.
            self._forget()
            raise
        if what == "error":
            raise AnalyticsError(f"DuckDB on the store at {self._shown()}: {answer}")
        rows: list[tuple[Any, ...]] = answer
        return rows

    def _forget(self) -> None:
        if self._end is not None:
            self._end()
        self._reader = self._end = None

    def _shown(self) -> str:
        return self._url.render_as_string()


def _hang_up(reader: subprocess.Popen[bytes]) -> None:
    """End the child: it goes when nobody can ask any more."""
    for pipe in (reader.stdin, reader.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except BrokenPipeError:
                continue
    try:
        reader.wait(timeout=5)
    except subprocess.TimeoutExpired:
        reader.kill()
        reader.wait()
