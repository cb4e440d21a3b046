"""Everything that the stand-ins know: the CRM, the Notion workspace, credentials, switches, journal.

And where it is kept.

With a directory, each write goes through to one SQLite file and the sandbox goes on where it stopped. Without one,
nothing is written. What belongs elsewhere: HTTP (``app``), the process (``server``), sample data (``sandbox.data``).
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sandbox.faults.arranging import Faults
from sandbox.faults.meter import CallMeter
from sandbox.gate import Gate
from sandbox.journal import Journal
from sandbox.notion.workspace import Workspace
from sandbox.superoffice.credentials import Credentials
from sandbox.superoffice.crm import Clock, Crm
from sandbox.superoffice.samples import fill_crm
from sandbox.switches import Switches

TENANT = "Cust12345"
DEFAULT_COMPANIES = 40
DATABASE_NAME = "sandbox.sqlite"


class FileShelf:
    """Rows of JSON in one SQLite file: ``put`` is one transaction. Thread-safe."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False)
        # The sandbox is a toy for its user's own machine: losing the last edits in a power cut is no loss.
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.execute("PRAGMA journal_mode=WAL")
        with self._connection:
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS rows (kind TEXT, id INTEGER, data TEXT NOT NULL, PRIMARY KEY (kind, id)) "
                "WITHOUT ROWID"
            )

    def put(self, kind: str, rows: Iterable[tuple[int, Any]]) -> None:
        """Insert or replace rows of a kind."""
        values = [(kind, row_id, json.dumps(data, ensure_ascii=False)) for row_id, data in rows]
        with self._lock, self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?, ?)", values)

    def rows(self, kind: str) -> Iterator[tuple[int, Any]]:
        """All rows of a kind by id."""
        with self._lock:
            found = self._connection.execute("SELECT id, data FROM rows WHERE kind = ? ORDER BY id", (kind,)).fetchall()
        for row_id, data in found:
            yield row_id, json.loads(data)

    def drop(self, kind: str, row_id: int | None = None) -> None:
        """Take one row of a kind away, or all of them."""
        with self._lock, self._connection:
            if row_id is None:
                self._connection.execute("DELETE FROM rows WHERE kind = ?", (kind,))
            else:
                self._connection.execute("DELETE FROM rows WHERE kind = ? AND id = ?", (kind, row_id))

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()


class World:
    """One sandbox.

    Args:
        directory: Where it is kept; None for in-memory only.
        companies: How many companies a new CRM gets; past 40 they are made by rule. An existing one is left as it is.
        switches: Positions that differ from the defaults.
        clock: Where the CRM's time comes from.

    Raises:
        ValueError: An unknown switch or position.
    """

    def __init__(
        self,
        directory: Path | None = None,
        *,
        companies: int = DEFAULT_COMPANIES,
        switches: Mapping[str, str] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.switches = Switches(switches)
        self.journal = Journal()
        self.gate = Gate()
        self.meter = CallMeter()
        self.base_url = "http://127.0.0.1"
        self.directory = directory
        self._shelf: FileShelf | None = None
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True)
            self._shelf = FileShelf(directory / DATABASE_NAME)
        self.credentials, self.secret_key = self._credentials()
        self.crm = Crm(self.switches, self._shelf, clock)
        self.is_new = not self.crm.lists
        if self.is_new:
            fill_crm(self.crm, companies)
        self.faults = Faults(self)
        self.notion = self._notion()

    def keep_credentials(self) -> None:
        """Write credentials and tokens through."""
        self._keep("credentials", {"superoffice": self.credentials.to_json(), "secret_key": self.secret_key})

    def persist_notion(self) -> None:
        """Write the Notion workspace through."""
        self._keep("notion", self.notion.to_json())

    def close(self) -> None:
        """Let go of the directory's files."""
        if self._shelf is not None:
            self._shelf.close()
            self._shelf = None

    def _keep(self, kind: str, data: Any) -> None:
        if self._shelf is not None:
            self._shelf.put(kind, [(1, data)])

    def _kept(self, kind: str) -> Any:
        rows = dict(self._shelf.rows(kind)) if self._shelf is not None else {}
        return rows.get(1)

    def _credentials(self) -> tuple[Credentials, str]:
        kept = self._kept("credentials")
        if kept is not None:
            return Credentials.from_json(kept["superoffice"]), str(kept["secret_key"])
        self.credentials, self.secret_key = Credentials.new(TENANT), secrets.token_urlsafe(32)
        self.keep_credentials()
        return self.credentials, self.secret_key

    def _notion(self) -> Workspace:
        kept = self._kept("notion")
        if kept is not None:
            return Workspace.from_json(kept)
        self.notion = Workspace.sample()
        self.persist_notion()
        return self.notion
