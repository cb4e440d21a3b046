"""A line that moves while long steps work, from what the store sees. On standard error, so that output stays clean."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from rich.console import Console

from resources.store import schema
from resources.store.store import Store, utc_now

_EVERY_SECONDS = 1.0
#: Without a terminal a line is printed only this often.
_PLAIN_EVERY = 5


class Progress:
    """Says which step runs and how far it is."""

    def __init__(self, store: Store, console: Console) -> None:
        self._store = store
        self._console = console
        self._since = utc_now()
        self._step = ""
        self._stop = threading.Event()

    def __call__(self, step: str) -> None:
        """A new step begins."""
        if step != self._step:
            self._step = step
            if not self._console.is_terminal:
                self._console.print(f"{step} …")

    def line(self) -> str:
        """The step with counts since the start."""
        with self._store.read() as connection:
            texts = self._count(connection, schema.text_blocks, schema.text_blocks.c.created_at)
            ended = self._count(connection, schema.sync_state, schema.sync_state.c.ended_at)
            open_ = connection.execute(
                sa.select(sa.func.count())
                .select_from(schema.sync_state)
                .where(sa.or_(schema.sync_state.c.due_at <= utc_now(), schema.sync_state.c.lease_owner.is_not(None)))
            ).scalar_one()
            calls = self._count(connection, schema.model_calls, schema.model_calls.c.called_at)
            sent = self._count(connection, schema.ledger, schema.ledger.c.sent_at)
        done = f"{calls} model calls, {texts} texts, {sent} records sent"
        return f"{self._step} — {done}; accounts: {ended} done, {open_} to go"

    def _count(self, connection: sa.Connection, table: sa.Table, column: sa.Column[object]) -> int:
        query = sa.select(sa.func.count()).select_from(table).where(column >= self._since)
        return int(connection.execute(query).scalar_one())

    def run(self) -> None:
        """Show the line until :meth:`end`; a thread's body."""
        if self._console.is_terminal:
            with self._console.status("") as status:
                while not self._stop.wait(_EVERY_SECONDS):
                    status.update(self.line())
            return
        ticks = 0
        while not self._stop.wait(_EVERY_SECONDS):
            ticks += 1
            if ticks % _PLAIN_EVERY == 0:
                self._console.print(f"  {self.line()}")

    def end(self) -> None:
        """No more lines."""
        self._stop.set()


@contextmanager
def shown_progress(store: Store, *, quiet: bool) -> Iterator[Progress]:
    """Progress on standard error while the block works."""
    progress = Progress(store, Console(file=sys.stderr, quiet=quiet))
    thread = threading.Thread(target=progress.run, daemon=True)
    thread.start()
    try:
        yield progress
    finally:
        progress.end()
        thread.join()
