"""A CRM that was restored from a backup: noticed by its records, not by a clock; nothing is written until everything was read anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm_assets.crm.refreshing import refresh
from gtm_assets.crm.restored import RestoredBackupError, looks_restored
from gtm_assets_tests.crm.watching import (
    HOUR,
    Begin,
    Watcher,
    edit_and_restore,
    in_crm,
    in_store,
    look,
    pass_time,
    step,
    stopped,
    watching_for_hours,
)
from gtm_assets_tests.fake_crm import START
from gtm_assets_tests.fake_fields import FIELDS, LISTS


@pytest.fixture
def begin() -> Begin:
    return watching_for_hours


def test_a_restored_backup_is_noticed_at_the_next_poll_and_believed_at_the_second_look(on_both: Watcher) -> None:
    watcher = on_both
    edit_and_restore(watcher, 1, 2)
    look(watcher)
    assert step(watcher) == "suspected"
    assert "looks as if it had been restored from a backup (Contact 1 was changed at" in stopped(watcher)
    look(watcher)
    assert step(watcher) == "suspected", "not twice within a moment"
    pass_time(watcher)
    look(watcher)
    assert step(watcher) == "sweep"
    assert "Everything is read anew; writing goes on by itself" in stopped(watcher)


def test_it_is_noticed_where_only_accounts_that_are_due_are_read(watcher: Watcher) -> None:
    edit_and_restore(watcher, 1, 2)
    client: Any = watcher.crm
    with pytest.raises(RestoredBackupError):
        refresh(watcher.store, client, FIELDS, LISTS, [1])
    assert step(watcher) == "suspected"


def test_it_is_noticed_by_a_sweep(watcher: Watcher) -> None:
    edit_and_restore(watcher, 1, 2)
    with pytest.raises(RestoredBackupError):
        watcher.sweep()
    assert step(watcher) == "suspected"
    assert in_store(watcher.store)[1][0] == "Später 1", "what came with a time that went back is not stored"


def test_it_is_noticed_although_people_went_on_to_edit(watcher: Watcher) -> None:
    edit_and_restore(watcher, 1, 2, 3)
    for contact_id in (4, 5):
        watcher.crm.edit("Contact", contact_id, name="Danach")
    watcher.crm.edit("Contact", 3, name="Danach")
    with pytest.raises(RestoredBackupError):
        watcher.sweep()
    assert step(watcher) == "suspected"


def test_a_tenant_that_is_polled_by_day_is_noticed_too(watcher: Watcher) -> None:
    watcher.crm.refuses_times = True
    edit_and_restore(watcher, 1, 2)
    look(watcher)
    assert step(watcher) == "suspected"


def test_an_old_answer_is_no_restored_backup(watcher: Watcher) -> None:
    """A lagging copy of the database looks the same, for a moment."""
    backup = watcher.crm.backup()
    watcher.crm.tick(2 * HOUR)
    for contact_id in (1, 2):
        watcher.crm.edit("Contact", contact_id, name=f"Später {contact_id}")
    look(watcher)
    now = watcher.crm.backup()
    watcher.crm.restore(backup)
    with pytest.raises(RestoredBackupError):
        watcher.sweep()
    assert step(watcher) == "suspected"
    watcher.crm.restore(now)
    pass_time(watcher)
    look(watcher)
    assert (step(watcher), stopped(watcher)) == ("", "")
    watcher.sweep()
    assert in_store(watcher.store) == in_crm(watcher.crm)


def test_the_newest_records_deleted_is_no_restored_backup(watcher: Watcher) -> None:
    watcher.crm.edit("Contact", 4)
    watcher.crm.edit("Contact", 5)
    look(watcher)
    watcher.crm.delete("Contact", 4)
    watcher.crm.delete("Contact", 5)
    look(watcher)
    watcher.sweep()
    assert step(watcher) == ""


def test_one_record_whose_time_goes_back_is_read_as_it_is(watcher: Watcher) -> None:
    watcher.crm.edit("Contact", 1, name="Neu")
    look(watcher)
    watcher.crm.contacts[1].update(name="Eingelesen", updated=START)
    watcher.sweep()
    assert step(watcher) == ""
    assert 1 in watcher.due()
    watcher.work()
    assert in_store(watcher.store)[1][0] == "Eingelesen"


def test_an_import_that_sets_times_by_itself_is_no_restored_backup(watcher: Watcher) -> None:
    watcher.crm.contacts[1].update(name="Eingelesen 1", updated=START - timedelta(days=300))
    watcher.crm.contacts[4].update(name="Eingelesen 4", updated=START - timedelta(days=200))
    watcher.sweep()
    assert step(watcher) == ""
    watcher.work()
    assert in_store(watcher.store) == in_crm(watcher.crm)


def test_a_transaction_that_commits_late_is_no_sign(watcher: Watcher) -> None:
    late = watcher.crm.now
    watcher.crm.tick(200)
    for contact_id in (1, 2):
        watcher.crm.edit("Contact", contact_id, name="Neu")
    look(watcher)
    for contact_id in (1, 2):
        watcher.crm.contacts[contact_id].update(name="Spät", updated=late)
    look(watcher)
    assert step(watcher) == ""
    assert in_store(watcher.store) == in_crm(watcher.crm)


@given(
    edits=st.lists(st.tuples(st.integers(1, 9), st.integers(0, 400)), max_size=30),
    backup=st.integers(0, 400),
    after=st.lists(st.integers(1, 9), max_size=3),
)
def test_whatever_people_did_a_restored_backup_looks_like_one_once_two_records_went_back(edits, backup, after) -> None:
    def at(minutes: int) -> Any:
        return START + timedelta(minutes=minutes)

    then = {("Contact", i): START for i in range(1, 10)}
    known = dict(then)
    for contact_id, minutes in edits:
        if minutes <= backup:
            then["Contact", contact_id] = max(then["Contact", contact_id], at(minutes))
        known["Contact", contact_id] = max(known["Contact", contact_id], at(minutes))
    shown = {**then, **{("Contact", i): at(500) for i in after}}
    went_back = [record for record in known if shown[record] < known[record] - timedelta(minutes=5)]
    assert looks_restored(known, shown) == (len(went_back) > 1)
    assert not looks_restored(known, known)
