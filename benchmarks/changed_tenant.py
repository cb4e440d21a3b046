"""A tenant in which every company and every person was just edited, kept as files: each measurement begins with the same copy of it.

The engine knows the tenant (websites, texts, snapshots) and has not written to it yet, so every record has something to be written; the
model has nothing to do. What belongs elsewhere: what is measured (``batch``), the engine (``engine``), the CRM (``slow_sandbox``).
"""

from __future__ import annotations

import os
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.calls import Entry
from benchmarks.engine import first_load
from benchmarks.measuring import apart
from benchmarks.slow_sandbox import RunningSandbox, sandbox_process, title_of

PERSONS_EACH = 3
#: A poll believes a change when the CRM's clock is past its second.
_SETTLES_IN = 3.0


@dataclass(frozen=True)
class ChangedTenant:
    """Where it is kept, and how many companies there are. The port is part of it: it stands in the websites' addresses."""

    folder: Path
    port: int
    accounts: int

    @property
    def entities(self) -> int:
        """Companies and persons; all of them changed."""
        return self.accounts * (1 + PERSONS_EACH)

    @contextmanager
    def copy(self, name: str) -> Iterator[tuple[Path, RunningSandbox]]:
        """Serve a copy of the CRM while the block works; gives the engine's copy with it. Both are gone afterwards."""
        place = self.folder.with_name(name)
        shutil.copytree(self.folder, place)
        try:
            with sandbox_process(directory=place / "crm", port=self.port) as running:
                os.environ.update(running.variables)
                yield place / "engine", running
        finally:
            shutil.rmtree(place)


def make_changed_tenant(folder: Path, accounts: int) -> ChangedTenant:
    """Let the engine come to know a CRM of so many ordinary companies, then edit every record."""
    tenant = ChangedTenant(folder, _free_port(), accounts)
    with sandbox_process(companies=accounts, directory=folder / "crm", port=tenant.port, even=True) as running:
        os.environ.update(running.variables | {"SUPEROFFICE_ALLOW_LIVE_WRITE": "false"})
        known = apart(first_load, folder / "engine")
        assert known == accounts, f"{known} of {accounts} accounts went through the first load"
        edit_all(running, accounts)
        time.sleep(_SETTLES_IN)
    return tenant


def edit_all(running: RunningSandbox, accounts: int) -> None:
    """Somebody gives every company a VAT number and every person another job title."""
    with httpx.Client(base_url=f"{running.url}/control", timeout=30) as control:
        for contact_id in range(1, accounts + 1):
            edit(control, "Contact", contact_id, OrgNr=f"DE{contact_id:09d}")
        for person_id in range(1, accounts * PERSONS_EACH + 1):
            edit(control, "Person", person_id, Title=title_of(person_id, promoted=1))


def edit(control: httpx.Client, entity: str, entity_id: int, **fields: str) -> None:
    """One edit by somebody in the tenant; ``control`` is a client of the sandbox's own endpoints."""
    control.post("/edit", json={"entity": entity, "id": entity_id, "fields": fields}).raise_for_status()


def journal(running: RunningSandbox, since: int = 0) -> list[Entry]:
    """The CRM's requests since an entry's id."""
    query: dict[str, Any] = {"system": "superoffice", "since": since}
    found: list[Entry] = httpx.get(f"{running.url}/control/journal", params=query, timeout=120).json()
    return found


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
