"""A CRM that was restored from a backup: noticed by its records, not by a clock; nothing is written until everything was read anew."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm_assets.crm import restored, sweep
from gtm_assets.crm.changes import load_cursor
from gtm_assets.crm.refreshing import refresh
from gtm_assets.crm.restored import RestoredBackupError, looks_restored
from gtm_assets.writeback import history, ledger
from gtm_assets.writeback.history import whose
from gtm_assets.writeback.plan import EntityPlan, FieldChange
from gtm_assets_tests.crm.watching import Watcher, in_crm, in_store
from gtm_assets_tests.fake_crm import START, FakeCrm, Gone
from gtm_assets_tests.fake_fields import FIELDS, LISTS
from gtm_assets_tests.stores import fresh_store, put, rows_of, written_row
from resources.store import schema
from resources.store.store import Store, get_cursor, set_cursor, utc_now

HOUR = 3600


def _watching(store: Store) -> Watcher:
    """Five companies with a person each; all are known, and hours passed since."""
    crm = FakeCrm(page_size=4)
    for contact_id in range(1, 6):
        crm.add_contact(contact_id)
        crm.add_person(contact_id * 10, contact_id)
        crm.tick(60)
    watcher = Watcher(store, crm)
    watcher.sweep()
    watcher.work()
    crm.tick(2 * HOUR)
    look(watcher)
    return watcher


@pytest.fixture
def watcher(tmp_path: Path) -> Iterator[Watcher]:
    with fresh_store(tmp_path) as store:
        yield _watching(store)


@pytest.fixture
def on_both(store: Store) -> Watcher:
    """The same on SQLite and on PostgreSQL."""
    return _watching(store)


def look(watcher: Watcher) -> None:
    """Poll; where nothing stands against it, examine and look at what is due."""
    watcher.crm.tick(3)
    watcher.read()
    if not stopped(watcher):
        watcher.examine()
        watcher.work()


def step(watcher: Watcher) -> str:
    with watcher.store.read() as connection:
        state = restored.load(connection)
    return state.step if state is not None else ""


def stopped(watcher: Watcher) -> str:
    with watcher.store.read() as connection:
        return ledger.stop_reason(connection)


def pass_time(watcher: Watcher) -> None:
    """What was noticed is older than the time after which it is looked at again."""
    with watcher.store.write() as connection:
        state = get_cursor(connection, restored.STATE)
        assert state is not None
        earlier = (utc_now() - 2 * restored.LOOK_TWICE_AFTER).isoformat()
        set_cursor(connection, restored.STATE, {**state, "since": earlier})


def edit_and_restore(watcher: Watcher, *contacts: int) -> Any:
    """A backup, edits of hours later that are read, and the backup back again; answers nothing that anybody should need."""
    backup = watcher.crm.backup()
    watcher.crm.tick(2 * HOUR)
    for contact_id in contacts:
        watcher.crm.edit("Contact", contact_id, name=f"Später {contact_id}")
    look(watcher)
    watcher.crm.tick(HOUR)
    watcher.crm.restore(backup)


# --- noticing -----------------------------------------------------------------------------------------------------------------------


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


# --- what follows -------------------------------------------------------------------------------------------------------------------


def _write(watcher: Watcher, person_id: int, contact_id: int, value: str) -> None:
    """We wrote a subject and saw it confirmed."""
    watcher.crm.tick(60)
    before = watcher.crm.value("subject", person_id)
    plan = EntityPlan("Person", person_id, contact_id, {"subject": FieldChange(before, value, "", 7)})
    with watcher.store.write() as connection:
        (ledger_id,) = ledger.intend(connection, [plan], "C", "run")
        ledger.settle(connection, ledger_id, "confirmed", found={"subject": value})
    watcher.crm.edit("Person", person_id, custom={"SuperOffice:19": value})
    look(watcher)


def _owned(watcher: Watcher) -> dict[int, str]:
    rows = rows_of(watcher.store, schema.written_values)
    return {row["entity_id"]: row["value"] for row in rows if row["field"] == "subject"}


def _prepare(watcher: Watcher) -> None:
    """Person 10 carried an earlier text of ours at the backup, 20 none, 30 a human's, 40 one that was emptied since, 50 what it has now."""
    watcher.crm.edit("Person", 30, custom={"SuperOffice:19": "Von Hand"})
    _write(watcher, 10, 1, "Erster Betreff")
    _write(watcher, 40, 4, "Vierter Betreff")
    _write(watcher, 50, 5, "Fünfter Betreff")
    backup = watcher.crm.backup()
    watcher.crm.tick(2 * HOUR)
    _write(watcher, 10, 1, "Zweiter Betreff")
    _write(watcher, 20, 2, "Neuer Betreff")
    _write(watcher, 30, 3, "Über den eines Menschen hinweg")
    watcher.crm.edit("Person", 40, custom={"SuperOffice:19": ""})
    look(watcher)
    watcher.crm.tick(HOUR)
    watcher.crm.restore(backup)


def _through(watcher: Watcher) -> None:
    look(watcher)
    pass_time(watcher)
    look(watcher)
    assert step(watcher) == "sweep"
    assert watcher.sweep().source == "restored"
    watcher.work()
    assert history.finish_restored(watcher.store)


def test_afterwards_our_values_are_those_that_we_wrote_once_and_nobody_elses(on_both: Watcher) -> None:
    watcher = on_both
    _prepare(watcher)
    _through(watcher)
    assert (step(watcher), stopped(watcher)) == ("done", "")
    # 30 holds what a human wrote; that we wrote over it once makes it no text of ours.
    assert _owned(watcher) == {
        10: "Erster Betreff",
        30: "Über den eines Menschen hinweg",
        40: "Vierter Betreff",
        50: "Fünfter Betreff",
    }
    assert in_store(watcher.store) == in_crm(watcher.crm)
    with watcher.store.read() as connection:
        cursor = load_cursor(connection)
    assert cursor is not None
    assert cursor["Person"]["at"] == max(person["updated"] for person in watcher.crm.persons.values()).isoformat()


def test_polling_goes_on_from_the_restored_time(watcher: Watcher) -> None:
    _prepare(watcher)
    _through(watcher)
    watcher.crm.tick(60)
    watcher.crm.edit("Contact", 3, name="Danach GmbH")
    watcher.crm.tick(3)
    assert watcher.read().new >= 1
    assert watcher.examine().due == {3: ["name"]}
    watcher.work()
    watcher.sweep()
    assert step(watcher) == "done"


@pytest.mark.parametrize("deadly", range(0, 8, 2))
def test_a_process_that_dies_on_the_way_goes_on_where_it_stopped(watcher: Watcher, deadly: int) -> None:
    _prepare(watcher)
    look(watcher)
    pass_time(watcher)
    look(watcher)
    countdown = iter(range(deadly))

    def watch(_: str) -> None:
        if next(countdown, None) is None:
            raise Gone

    watcher.crm.watch = watch
    try:
        watcher.sweep()
    except Gone:
        assert stopped(watcher)
        with watcher.store.read() as connection:
            assert sweep.sweep_is_due(connection)
            assert restored.waits(connection)
    watcher.crm.watch = lambda _: None
    if deadly < 6:
        assert watcher.sweep().source == "restored"
    assert history.finish_restored(watcher.store)
    assert _owned(watcher)[10] == "Erster Betreff"
    assert in_store(watcher.store) == in_crm(watcher.crm)


def test_a_sweep_that_was_under_way_begins_anew(watcher: Watcher) -> None:
    def watch(_: str) -> None:
        raise Gone

    edit_and_restore(watcher, 1, 2)
    watcher.crm.watch = watch
    with pytest.raises(Gone):
        watcher.sweep()
    watcher.crm.watch = lambda _: None
    with watcher.store.write() as connection:
        restored.begin(connection, "by hand")
    result = watcher.sweep()
    assert (result.source, result.accounts) == ("restored", 5)


def test_intents_whose_end_nobody_saw_are_looked_at_again(on_both: Watcher) -> None:
    watcher = on_both
    plan = EntityPlan("Person", 20, 2, {"subject": FieldChange("", "Neu", "", 7)})
    with watcher.store.write() as connection:
        ledger.intend(connection, [plan], "C", "run")
        restored.begin(connection, "by hand")
    watcher.sweep()
    watcher.work()
    assert history.finish_restored(watcher.store)
    assert watcher.due() == [2]


def test_a_record_that_took_an_id_of_after_the_backup_is_a_new_one(on_both: Watcher) -> None:
    watcher = on_both
    backup = watcher.crm.backup()
    watcher.crm.tick(2 * HOUR)
    watcher.crm.add_person(60, 1, firstname="Erika", lastname="Erste")
    for contact_id in (1, 2):
        watcher.crm.edit("Contact", contact_id, name=f"Später {contact_id}")
    look(watcher)
    put(watcher.store, schema.written_values, written_row("Person", 60, "subject", "Für Erika Erste"))
    watcher.crm.tick(HOUR)
    watcher.crm.restore(backup)
    watcher.crm.add_person(60, 2, firstname="Bernd", lastname="Zweiter", custom={"SuperOffice:19": "Für Erika Erste"})
    with watcher.store.write() as connection:
        restored.begin(connection, "by hand")
    watcher.sweep()
    assert _owned(watcher) == {}
    assert 2 in watcher.due()


@pytest.mark.parametrize(
    ("now", "written", "earlier", "before", "verdict"),
    [
        ("A", "A", True, "A", "same"),
        ("", None, False, "", "same"),
        ("A", "B", True, "B", "ours"),
        ("A", None, True, "", "ours"),
        ("A", "B", False, "B", "somebody's"),
        ("A", None, False, None, "somebody's"),
        ("", "B", False, "B", "nobody's"),
        ("", "B", False, None, "nobody's"),
        ("", "B", False, "", "same"),
    ],
)
def test_whose_a_value_is_after_a_restored_backup(now, written, earlier, before, verdict) -> None:
    assert whose(now, written, earlier, before) == verdict
