"""Changes: what is read, what becomes due and why, what a crash or a failure leaves open, and how a tenant is polled."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from gtm_assets.crm import changes
from gtm_assets.crm.changes import load_cursor, start_cursor
from gtm_assets_tests.crm.watching import Begin, Watcher, dying_after, in_crm, in_store, watching
from gtm_assets_tests.fake_crm import OURSELVES, START, FakeCrm, Gone
from gtm_assets_tests.stores import fresh_store, rows_of
from resources.errors import TransientError
from resources.store import schema


@pytest.fixture
def begin() -> Begin:
    """Two companies; 10 is a person of the first."""
    return partial(watching, companies={1: (10,), 2: ()})


def test_before_the_first_load_nothing_is_polled(tmp_path) -> None:
    with fresh_store(tmp_path) as store:
        watcher = Watcher(store, FakeCrm())
        assert watcher.read().new == 0
        assert watcher.crm.calls == 0
        assert watcher.new(), "a first load is due"


def test_what_changed_is_due_and_says_why(watcher) -> None:
    watcher.crm.edit("Person", 10, title="Produktionsleiterin")
    assert watcher.new()
    assert watcher.read().new == 1
    assert watcher.examine().due == {1: ["person 10: title"]}
    assert rows_of(watcher.store, schema.sync_state)[0]["trigger"] == "person 10: title"
    assert watcher.due() == [1]


def test_our_own_write_comes_back_shows_no_difference_and_ends(watcher) -> None:
    watcher.crm.edit("Contact", 1, by=OURSELVES)
    watcher.read()
    examined = watcher.examine()
    assert (examined.due, examined.without_difference) == ({}, 1)
    assert watcher.due() == []
    assert "our own write came back" in [row["outcome"] for row in rows_of(watcher.store, schema.changes)]


def test_a_change_by_our_own_user_that_differs_is_worked_on_all_the_same(watcher) -> None:
    watcher.crm.edit("Contact", 1, by=OURSELVES, name="Anders GmbH")
    watcher.read()
    assert watcher.examine().due == {1: ["name"]}


def test_a_change_of_something_we_do_not_read_is_counted_and_ends(watcher) -> None:
    watcher.crm.edit("Contact", 1, custom={"SuperOffice:12": "ERP-4711"})
    watcher.read()
    assert watcher.examine().without_difference == 1
    assert rows_of(watcher.store, schema.changes)[-1]["outcome"] == "nothing that the engine reads or owns differs"


def test_a_second_save_within_the_second_that_was_polled_is_found(watcher) -> None:
    watcher.crm.edit("Contact", 1, name="Erst")
    first = watcher.read()
    watcher.examine()
    watcher.work()
    assert first.unsettled_until == watcher.crm.now + timedelta(seconds=2)
    watcher.crm.edit("Contact", 1, name="Dann")
    assert not watcher.new(), "the same second is not settled yet"
    watcher.crm.tick(2)
    assert watcher.new()
    assert watcher.read().new == 1
    assert watcher.examine().due == {1: ["name"]}
    watcher.crm.tick(1)
    assert watcher.read().new == 0


def test_a_late_commit_within_five_minutes_is_found(watcher) -> None:
    late = watcher.crm.now
    watcher.crm.tick(299)
    watcher.crm.edit("Contact", 2, name="Neu")
    watcher.crm.tick(5)
    watcher.read()
    watcher.examine()
    watcher.crm.contacts[1].update(name="Spät", updated=late)
    assert watcher.new()
    watcher.read()
    assert watcher.examine().due == {1: ["name"]}


def test_a_person_who_moves_makes_both_companies_due(watcher) -> None:
    watcher.crm.edit("Person", 10, contact_id=2)
    watcher.read()
    assert sorted(watcher.examine().due) == [1, 2]
    assert in_store(watcher.store) == in_crm(watcher.crm)


def test_a_person_whose_move_was_seen_at_the_old_company_first_is_found_too(watcher) -> None:
    watcher.crm.edit("Contact", 1, name="Neu")
    watcher.read()
    watcher.crm.persons[10]["contact_id"] = 2
    assert sorted(watcher.examine().due) == [1, 2]


def test_a_person_who_moves_within_the_second_it_appeared_in_is_found(watcher) -> None:
    watcher.crm.add_person(11, 1)
    watcher.read()
    watcher.crm.edit("Person", 11, contact_id=2)
    watcher.crm.tick(3)
    watcher.read()
    watcher.examine()
    assert in_store(watcher.store) == in_crm(watcher.crm)


def test_a_person_who_leaves_for_no_company_makes_no_account_0_due(watcher) -> None:
    watcher.crm.edit("Person", 10, contact_id=0)
    watcher.crm.edit("Contact", 1, name="Neu")
    watcher.read()
    watcher.examine()
    assert watcher.due() == [1]


def test_a_person_who_leaves_for_no_company_makes_the_old_company_due(watcher) -> None:
    watcher.crm.edit("Person", 10, contact_id=0)
    watcher.read()
    watcher.examine()
    assert 1 in watcher.due()


def test_a_person_without_a_company_is_nobodys_work(watcher) -> None:
    watcher.crm.add_person(12, 0)
    watcher.read()
    watcher.examine()
    assert watcher.due() == []
    assert "without a company" in rows_of(watcher.store, schema.changes)[-1]["outcome"]


def test_a_company_that_vanished_is_found_out_and_said(watcher) -> None:
    watcher.crm.edit("Contact", 1)
    watcher.read()
    watcher.crm.delete("Contact", 1)
    examined = watcher.examine()
    assert examined.gone == {1}
    assert examined.due[1][0] == "no longer in the CRM"


def test_a_crash_while_pages_are_read_loses_neither_changes_nor_cursor(watcher) -> None:
    watcher.crm.page_size = 1
    watcher.crm.edit("Contact", 1, name="Eins")
    watcher.crm.edit("Contact", 2, name="Zwei")
    with watcher.store.read() as connection:
        before = load_cursor(connection)
    with pytest.raises(Gone), dying_after(watcher.crm, 1):
        watcher.read()
    with watcher.store.read() as connection:
        assert load_cursor(connection) == before
    watcher.read()
    assert sorted(watcher.examine().due) == [1, 2]


def test_a_failed_examination_leaves_the_changes_open(watcher) -> None:
    watcher.crm.edit("Contact", 1, name="Neu")
    watcher.read()

    def fail(what: str) -> None:
        raise TransientError("SuperOffice", "503", status=503)

    watcher.crm.watch = fail
    with pytest.raises(TransientError):
        watcher.examine()
    watcher.crm.watch = lambda _: None
    assert watcher.due() == []
    assert watcher.examine().due == {1: ["name"]}


def test_a_tenant_that_refuses_times_is_polled_by_day_and_asked_again_after_a_day(watcher) -> None:
    watcher.crm.refuses_times = True
    watcher.crm.edit("Contact", 1, name="Neu")
    assert set(watcher.read().modes.values()) == {"day"}
    assert watcher.examine().due == {1: ["name"]}
    refused = [what for what in watcher.crm.log if "dynamic" in what]
    watcher.read()
    assert [what for what in watcher.crm.log if "dynamic" in what] == refused, "not asked again at once"
    watcher.crm.refuses_times = False
    yesterday = (START - timedelta(days=2000)).isoformat()
    with watcher.store.write() as connection:
        cursor = load_cursor(connection)
        assert cursor is not None
        for state in cursor.values():
            state["mode_since"] = yesterday
        changes.set_cursor(connection, changes.CURSOR, cursor)
    assert set(watcher.read().modes.values()) == {"time"}


def test_several_edits_on_one_day_are_all_found_where_only_days_can_be_asked_for(watcher) -> None:
    watcher.crm.refuses_times = True
    for name in ("Eins", "Zwei", "Drei"):
        watcher.crm.edit("Contact", 1, name=name)
        watcher.crm.tick(10)
        watcher.read()
        assert watcher.examine().due == {1: ["name"]}


def test_a_change_beyond_the_first_page_wakes_the_engine(watcher) -> None:
    for contact_id in range(3, 9):
        watcher.crm.add_contact(contact_id)
    watcher.crm.page_size = 4
    watcher.crm.tick(10)
    watcher.read()
    watcher.examine()
    watcher.crm.edit("Contact", 8, name="Neu")
    assert watcher.new()


@pytest.mark.parametrize("hours", [-11, -5, 0, 2, 13])
def test_in_whatever_zone_a_tenant_reads_a_filters_time_a_change_is_found(tmp_path, hours) -> None:
    with fresh_store(tmp_path) as store:
        crm = FakeCrm(zone_hours=hours)
        crm.add_contact(1)
        watcher = Watcher(store, crm)
        watcher.sweep()
        watcher.work()
        watcher.read()
        for minutes in (3, 200, 700):
            crm.tick(60 * minutes)
            crm.edit("Contact", 1, name=f"Nach {minutes} Minuten")
            crm.tick(5)
            assert watcher.new()
            watcher.read()
            assert watcher.examine().due == {1: ["name"]}
            assert not watcher.new()


def test_a_cursor_whose_record_was_deleted_costs_one_wider_query_and_not_one_each_poll(watcher) -> None:
    watcher.crm.delete("Contact", 1)
    watcher.crm.delete("Contact", 2)
    watcher.read()
    calls = watcher.crm.calls
    watcher.read()
    assert watcher.crm.calls - calls == 2


def test_the_question_whether_anything_is_new_writes_nothing(watcher) -> None:
    watcher.crm.edit("Contact", 1, name="Neu")
    before = [rows_of(watcher.store, table) for table in (schema.changes, schema.cursors, schema.sync_state)]
    assert watcher.new()
    assert before == [rows_of(watcher.store, table) for table in (schema.changes, schema.cursors, schema.sync_state)]


def test_polling_begins_at_the_newest_change_that_was_read_or_else_at_the_given_moment(watcher) -> None:
    newest = watcher.crm.contacts[2]["updated"]
    with watcher.store.write() as connection:
        start_cursor(connection, newest + timedelta(hours=1))
        own = {"Contact": [1, 2], "Person": [10]}
        assert load_cursor(connection) == {
            entity: {"at": newest.isoformat(), "records": ids} for entity, ids in own.items()
        }
        long_ago = newest - timedelta(days=1)
        start_cursor(connection, long_ago)
        nobody = {"at": long_ago.isoformat(), "records": []}
        assert load_cursor(connection) == {"Contact": nobody, "Person": nobody}
