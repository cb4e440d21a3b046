"""The engine's side of the CRM as far as changes go, and what stands in the CRM and in the snapshots, to be compared."""

from __future__ import annotations

from typing import Any

from gtm_assets.crm import changes, examining, sweep
from gtm_assets.crm.accounts import load_accounts, load_persons
from gtm_assets.crm.changes import anything_new, read_changes
from gtm_assets.crm.examining import examine_changes
from gtm_assets.crm.refreshing import refresh
from gtm_assets.writeback import history
from gtm_assets_tests.fake_crm import OURSELVES, FakeCrm
from gtm_assets_tests.fake_fields import FIELDS, LISTS
from gtm_assets_tests.stores import rows_of
from resources.store import queue, schema
from resources.store.store import Store


class Watcher:
    """The engine's side of the CRM, as far as changes go: poll, examine, take accounts in hand and look at them."""

    def __init__(self, store: Store, crm: FakeCrm) -> None:
        self.store = store
        self.crm = crm
        self.worked: dict[int, Any] = {}

    def read(self) -> changes.ReadResult:
        client: Any = self.crm
        return read_changes(self.store, client)

    def examine(self) -> examining.Examined:
        client: Any = self.crm
        return examine_changes(self.store, client, FIELDS, LISTS, OURSELVES, then=history.follow)

    def new(self) -> bool:
        client: Any = self.crm
        return anything_new(self.store, client)

    def sweep(self) -> sweep.SweepResult:
        client: Any = self.crm
        return sweep.sweep(self.store, client, FIELDS, LISTS, then=history.follow)

    def work(self) -> list[int]:
        """What a run does with due accounts, reduced to reading them; live changes first."""
        owner = queue.new_owner()
        worked: list[int] = []
        while claimed := queue.claim(self.store, owner, limit=100):
            client: Any = self.crm
            try:
                refresh(self.store, client, FIELDS, LISTS, claimed, then=history.follow)
            except BaseException:
                queue.release(self.store, owner)
                raise
            for contact_id, covered in claimed.items():
                self.worked[contact_id] = in_store(self.store).get(contact_id)
                with self.store.write() as connection:
                    queue.finish(connection, owner, contact_id, covered=covered, phase="completed", reason="")
            worked += claimed
        return sorted(worked)

    def due(self) -> list[int]:
        return [row["contact_id"] for row in rows_of(self.store, schema.sync_state) if row["due_at"] is not None]


def in_crm(crm: FakeCrm) -> dict[int, Any]:
    """What matters of each company and its persons."""
    return {
        i: (
            contact["name"],
            contact["custom"].get("SuperOffice:86", ""),
            {p: person["title"] for p, person in crm.persons.items() if person["contact_id"] == i},
        )
        for i, contact in crm.contacts.items()
    }


def in_store(store: Store) -> dict[int, Any]:
    """The same from the snapshots."""
    with store.read() as connection:
        ids = [row["contact_id"] for row in rows_of(store, schema.accounts) if row["gone_at"] is None]
        persons = load_persons(connection, ids)
        return {
            i: (row["name"], row["fields"].get("opener", ""), {p["person_id"]: p["title"] for p in persons.get(i, [])})
            for i, row in load_accounts(connection, ids).items()
        }
