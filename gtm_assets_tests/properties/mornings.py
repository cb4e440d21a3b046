"""Moments of a town to which a story can go back: the store's file, the CRM's records and Notion as they were then, in milliseconds.

Credentials stay as they are. What belongs elsewhere: the town (``town``).
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from gtm_assets_tests.properties.line import CrmClock
from resources.store.store import Store
from sandbox.notion.workspace import Workspace
from sandbox.superoffice.backups import Backup, take_backup
from sandbox.superoffice.past import History
from sandbox.world import World

#: Where a story begins: everything is planned and nothing was ever written, or all of it stands in the CRM.
Morning = Literal["planned", "written"]


@dataclass(frozen=True)
class _Kept:
    file: Path
    records: Backup
    notion: dict[str, Any]
    moment: datetime


class Mornings:
    """See the module. SQLite only: a store is one file there."""

    def __init__(self, store: Store, world: World, clock: CrmClock) -> None:
        self._store, self._world, self._clock = store, world, clock
        self._file = Path(str(store.url.database))
        self._switches = world.switches.positions()
        self._kept: dict[Morning, _Kept] = {}

    def keep(self, morning: Morning) -> None:
        """Remember everything as it is now."""
        self._store.close()
        copy = self._file.with_name(f"{morning}.copy")
        shutil.copyfile(self._file, copy)
        self._kept[morning] = _Kept(copy, take_backup(self._world.crm), self._world.notion.to_json(), self._clock.now)

    def put_back(self, morning: Morning) -> None:
        """Everything as it was then; faults, journal and history are forgotten."""
        kept, crm = self._kept[morning], self._world.crm
        self._store.close()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._file}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(kept.file, self._file)
        self._world.faults.clear()
        self._world.switches.set(self._switches)
        crm.put_back(kept.records.companies, kept.records.persons, kept.records.merges, kept.records.last_ids)
        crm.history = History()
        self._world.notion = Workspace.from_json(kept.notion)
        self._world.journal.clear()
        self._clock.now = kept.moment

    def records(self, morning: Morning) -> Backup:
        """The CRM's records of then."""
        return self._kept[morning].records
