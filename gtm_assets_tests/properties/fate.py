"""A process that dies: at the n-th thing that others can see of it, and from then on nothing of it reaches anybody.

Others see calls to the CRM (before and after each) and what it commits to the store. What belongs elsewhere: killing a real process
(``gtm_assets_tests/processes``).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from gtm_assets_tests.properties.line import Line, Moment
from resources.store.store import Store


class Gone(BaseException):
    """The process dies here; no handler of errors sees it."""


class Fate:
    """Counts what others can see; dies at ``dies_at`` (counted from 0; None: lives on). ``seen`` says what there was."""

    def __init__(self, dies_at: int | None = None) -> None:
        self.dies_at = dies_at
        self.seen: list[str] = []
        self.is_dead = False
        self._lock = threading.Lock()

    def pass_by(self, what: str) -> None:
        """One thing that others can see is about to happen, or has just happened. Raises ``Gone``."""
        with self._lock:
            if not self.is_dead:
                self.is_dead = len(self.seen) == self.dies_at
                self.seen.append(what)
            if self.is_dead:
                raise Gone(what)

    def at(self, moment: Moment) -> None:
        """For ``Line.begin``."""
        self.pass_by(str(moment))


@contextmanager
def living(fate: Fate, line: Line, store: Store) -> Iterator[None]:
    """The process lives inside; when it is dead its transactions are undone, as a database does."""

    def begins(connection: sa.Connection) -> None:
        if fate.is_dead:
            raise Gone("begin")

    def executes(connection: sa.Connection, *_: Any) -> None:
        if fate.is_dead:
            raise Gone("statement")

    def commits(connection: sa.Connection) -> None:
        if connection.get_execution_options().get("gtm_write", False):
            fate.pass_by("commit")

    listeners = (("begin", begins), ("before_cursor_execute", executes), ("commit", commits))
    for name, listener in listeners:
        sa.event.listen(store.engine, name, listener)
    line.begin(fate.at)
    try:
        yield
    finally:
        line.begin()
        for name, listener in listeners:
            sa.event.remove(store.engine, name, listener)
