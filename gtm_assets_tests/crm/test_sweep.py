"""The sweep: everything is read page by page, it goes on where it stopped, silent edits and vanished records come out."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtm_assets.crm import sweep
from gtm_assets.crm.changes import load_cursor
from gtm_assets_tests.crm.watching import Watcher, dies_sweeping, dying_after, in_crm, in_store
from gtm_assets_tests.fake_crm import START, FakeCrm, Gone
from gtm_assets_tests.stores import fresh_store, passing_store, rows_of
from resources.store import queue, schema
from resources.store.store import Store, set_cursor, utc_now


def _crm(companies: int = 5, page_size: int = 2) -> FakeCrm:
    crm = FakeCrm(page_size=page_size)
    for contact_id in range(1, companies + 1):
        crm.add_contact(contact_id)
        crm.add_person(contact_id * 10, contact_id)
    return crm


def _swept(store: Store) -> Watcher:
    watcher = Watcher(store, _crm())
    watcher.sweep()
    watcher.work()
    return watcher


def _is_due(store: Store) -> bool:
    with store.read() as connection:
        return sweep.sweep_is_due(connection)


@pytest.fixture
def store(tmp_path: Path):
    with fresh_store(tmp_path) as opened:
        yield opened


def test_the_first_load_reads_everybody_and_makes_them_due_behind_live_changes(store) -> None:
    watcher = Watcher(store, _crm())
    assert _is_due(store)
    result = watcher.sweep()
    assert (result.source, result.accounts, result.persons) == ("first_load", 5, 5)
    assert watcher.due() == [1, 2, 3, 4, 5]
    assert {(row["trigger"], row["priority"]) for row in rows_of(store, schema.sync_state)} == {("first load", 1)}
    assert in_store(store) == in_crm(watcher.crm)
    assert not _is_due(store)


def test_polling_begins_where_the_first_load_began_reading(store) -> None:
    watcher = Watcher(store, _crm())
    seen: list[str] = []

    def time_passes(what: str) -> None:
        seen.append(what)
        watcher.crm.tick(100)

    watcher.crm.watch = time_passes
    watcher.sweep()
    assert len(seen) == 8
    with store.read() as connection:
        cursor = load_cursor(connection)
    assert cursor is not None
    assert {state["at"] for state in cursor.values()} == {START.isoformat()}


def test_a_company_that_is_edited_behind_the_sweeps_back_is_found_by_the_next_poll(store) -> None:
    watcher = Watcher(store, _crm())

    def edit(what: str) -> None:
        if what.startswith("archive Person"):
            watcher.crm.tick(400)
            watcher.crm.edit("Contact", 1, name="Neu")
            watcher.crm.watch = lambda _: None

    watcher.crm.watch = edit
    watcher.sweep()
    watcher.work()
    watcher.crm.tick(3)
    watcher.read()
    watcher.examine()
    watcher.work()
    assert in_store(store) == in_crm(watcher.crm)


@given(dies_at=st.integers(0, 7), again=st.integers(0, 7))
@settings(max_examples=20)
def test_a_sweep_that_died_twice_goes_on_and_ends_as_if_nothing_had_happened(dies_at, again) -> None:
    with passing_store() as store:
        watcher = Watcher(store, _crm())
        for deadly in (dies_at, again):
            try:
                with dying_after(watcher.crm, deadly):
                    watcher.sweep()
            except Gone:
                assert _is_due(store)
        watcher.sweep()
        assert watcher.due() == [1, 2, 3, 4, 5]
        assert in_store(store) == in_crm(watcher.crm)
        assert {row["gone_at"] for row in rows_of(store, schema.accounts)} == {None}
        with store.read() as connection:
            assert load_cursor(connection) is not None


def test_a_sweep_that_died_reads_no_page_twice(store) -> None:
    watcher = Watcher(store, _crm())
    dies_sweeping(watcher, 2)
    calls = watcher.crm.calls
    watcher.sweep()
    assert watcher.crm.calls - calls == 2 + 4


def test_an_edit_that_moved_no_timestamp_is_found(store) -> None:
    watcher = _swept(store)
    watcher.crm.edit("Contact", 2, silently=True, custom={"SuperOffice:86": "von Hand"})
    result = watcher.sweep()
    assert (result.source, result.due) == ("sweep", 1)
    (row,) = [row for row in rows_of(store, schema.sync_state) if row["due_at"]]
    assert (row["contact_id"], row["trigger"], row["priority"]) == (2, "sweep: fields.opener", 1)


def test_a_sweep_without_differences_makes_nobody_due(store) -> None:
    watcher = _swept(store)
    assert watcher.sweep().due == 0
    assert watcher.due() == []


def test_what_is_no_longer_there_is_gone_and_its_company_is_told(store) -> None:
    watcher = _swept(store)
    watcher.crm.delete("Contact", 2)
    watcher.crm.delete("Person", 30)
    assert watcher.sweep().gone == 1
    assert 2 in watcher.due()
    assert in_store(store) == in_crm(watcher.crm)


def test_a_company_that_comes_back_is_new_again(store) -> None:
    watcher = _swept(store)
    contact = watcher.crm.contacts.pop(2)
    watcher.sweep()
    watcher.work()
    watcher.crm.contacts[2] = contact
    assert watcher.sweep().due == 1
    assert in_store(store)[2][0] == "Muster 2 GmbH"


def test_a_person_without_a_company_is_not_kept(store) -> None:
    watcher = _swept(store)
    watcher.crm.add_person(99, 0)
    watcher.sweep()
    assert 99 not in {row["person_id"] for row in rows_of(store, schema.persons)}
    assert 0 not in watcher.due()


def test_a_person_who_moved_silently_makes_both_companies_due(store) -> None:
    watcher = _swept(store)
    watcher.crm.edit("Person", 10, silently=True, contact_id=3)
    watcher.sweep()
    assert watcher.due() == [1, 3]


def test_a_day_later_the_next_sweep_is_due(store) -> None:
    _swept(store)
    assert not _is_due(store)
    with store.write() as connection:
        set_cursor(connection, sweep.DONE, {"at": (utc_now() - timedelta(hours=25)).isoformat(), "accounts": 5})
    assert _is_due(store)


def test_a_live_change_stays_ahead_of_the_sweep(store) -> None:
    watcher = _swept(store)
    with store.write() as connection:
        queue.mark_due(connection, [1], trigger="name", priority=0)
    watcher.crm.edit("Contact", 1, silently=True, name="Neu")
    watcher.sweep()
    assert [row["priority"] for row in rows_of(store, schema.sync_state) if row["due_at"]] == [0]


def test_an_answer_without_any_company_is_not_believed_while_companies_are_known(store) -> None:
    _swept(store)
    with suppress(Exception):
        Watcher(store, FakeCrm()).sweep()
    assert {row["gone_at"] for row in rows_of(store, schema.accounts)} == {None}
