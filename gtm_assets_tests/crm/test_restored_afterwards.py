"""What follows once a CRM was restored from a backup: everything is read anew, and values are ours that we wrote once."""

from __future__ import annotations

import pytest

from gtm_assets.crm import restored, sweep
from gtm_assets.crm.changes import load_cursor
from gtm_assets.writeback import history, ledger
from gtm_assets.writeback.history import whose
from gtm_assets.writeback.plan import EntityPlan, FieldChange
from gtm_assets_tests.crm.watching import (
    HOUR,
    Begin,
    Watcher,
    dies_sweeping,
    dying_after,
    edit_and_restore,
    in_crm,
    in_store,
    look,
    pass_time,
    step,
    stopped,
    watching_for_hours,
)
from gtm_assets_tests.fake_crm import Gone
from gtm_assets_tests.stores import put, rows_of, written_row
from resources.store import schema


@pytest.fixture
def begin() -> Begin:
    return watching_for_hours


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
    try:
        with dying_after(watcher.crm, deadly):
            watcher.sweep()
    except Gone:
        assert stopped(watcher)
        with watcher.store.read() as connection:
            assert sweep.sweep_is_due(connection)
            assert restored.waits(connection)
    if deadly < 6:
        assert watcher.sweep().source == "restored"
    assert history.finish_restored(watcher.store)
    assert _owned(watcher)[10] == "Erster Betreff"
    assert in_store(watcher.store) == in_crm(watcher.crm)


def test_a_sweep_that_was_under_way_begins_anew(watcher: Watcher) -> None:
    edit_and_restore(watcher, 1, 2)
    dies_sweeping(watcher, 0)
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
