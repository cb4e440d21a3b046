"""The engine's side of the CRM as far as changes go, and what stands in the CRM and in the snapshots, to be compared.

Also what a CRM does to whoever watches it: it begins, its backup is restored, the process dies at one of its answers. What belongs
elsewhere: records that are merged (``merging``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from gtm_assets.crm import changes, examining, restored, sweep
from gtm_assets.crm.accounts import load_accounts, load_persons
from gtm_assets.crm.changes import anything_new, read_changes
from gtm_assets.crm.examining import examine_changes
from gtm_assets.crm.refreshing import refresh
from gtm_assets.writeback import history, ledger
from gtm_assets_tests.fake_crm import OURSELVES, FakeCrm, Gone
from gtm_assets_tests.fake_fields import FIELDS, LISTS
from gtm_assets_tests.stores import rows_of
from resources.store import queue, schema
from resources.store.store import Store, get_cursor, set_cursor, utc_now

HOUR = 3600
#: Persons by company.
Companies = Mapping[int, Sequence[int]]
TWO: Companies = {1: (10, 11), 2: (20,)}


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


# --- how a CRM begins -----------------------------------------------------------------------------------------------------------------


def watching(
    store: Store, companies: Companies = TWO, *, page_size: int = 1000, apart: float = 0, later: float = 60
) -> Watcher:
    """Watch a CRM whose companies came ``apart`` seconds one after the other; all are known, and ``later`` seconds passed since."""
    crm = FakeCrm(page_size=page_size)
    for contact_id, person_ids in companies.items():
        crm.add_contact(contact_id)
        for person_id in person_ids:
            crm.add_person(person_id, contact_id)
        crm.tick(apart)
    watcher = Watcher(store, crm)
    watcher.sweep()
    watcher.work()
    crm.tick(later)
    watcher.read()
    watcher.examine()
    return watcher


def watching_for_hours(store: Store, page_size: int = 4) -> Watcher:
    """Five companies with a person each; all are known, and hours passed since."""
    companies = {contact_id: (contact_id * 10,) for contact_id in range(1, 6)}
    return watching(store, companies, page_size=page_size, apart=60, later=2 * HOUR)


#: Begins to watch a CRM.
Begin = Callable[[Store], Watcher]


# --- what goes wrong ------------------------------------------------------------------------------------------------------------------


@contextmanager
def dying_after(crm: FakeCrm, calls: int | None) -> Iterator[None]:
    """Whoever calls the CRM dies at the call after so many (None: never); afterwards it answers again."""
    countdown = iter(range(calls or 0))

    def watch(_: str) -> None:
        if calls is not None and next(countdown, None) is None:
            raise Gone

    crm.watch = watch
    try:
        yield
    finally:
        crm.watch = lambda _: None


def dies_sweeping(watcher: Watcher, calls: int) -> None:
    """A sweep whose process dies after so many calls."""
    with pytest.raises(Gone), dying_after(watcher.crm, calls):
        watcher.sweep()


def look(watcher: Watcher) -> None:
    """Poll; where nothing stands against it, examine and look at what is due."""
    watcher.crm.tick(3)
    watcher.read()
    if not stopped(watcher):
        watcher.examine()
        watcher.work()


def step(watcher: Watcher) -> str:
    """How far the engine is with a restored backup."""
    with watcher.store.read() as connection:
        state = restored.load(connection)
    return state.step if state is not None else ""


def stopped(watcher: Watcher) -> str:
    """Why nothing is written, empty where it is."""
    with watcher.store.read() as connection:
        return ledger.stop_reason(connection)


def edit_and_restore(watcher: Watcher, *contacts: int) -> None:
    """A backup, edits of hours later that are read, and the backup back again."""
    backup = watcher.crm.backup()
    watcher.crm.tick(2 * HOUR)
    for contact_id in contacts:
        watcher.crm.edit("Contact", contact_id, name=f"Später {contact_id}")
    look(watcher)
    watcher.crm.tick(HOUR)
    watcher.crm.restore(backup)


def pass_time(watcher: Watcher) -> None:
    """What was noticed of a restored backup is older than the time after which it is looked at again."""
    with watcher.store.write() as connection:
        state = get_cursor(connection, restored.STATE)
        assert state is not None
        earlier = (utc_now() - 2 * restored.LOOK_TWICE_AFTER).isoformat()
        set_cursor(connection, restored.STATE, {**state, "since": earlier})
