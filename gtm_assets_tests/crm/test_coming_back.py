"""Records that come back: out of the recycle bin, out of a merge that a backup takes back, as others with a known id."""

from __future__ import annotations

from gtm_assets_tests.crm.merging import TEXT, history, notice, owned, person, written
from gtm_assets_tests.crm.watching import Watcher
from gtm_assets_tests.stores import put, rows_of
from resources.store import schema


def test_what_comes_out_of_the_recycle_bin_is_known_and_due_again(watcher: Watcher) -> None:
    written(watcher, "Person", 10, 1)
    put(watcher.store, schema.persons, {**person(watcher, 10), "persona_key": "einkauf"})
    kept = watcher.crm.persons.pop(10)
    watcher.crm.edit("Contact", 1)
    notice(watcher)
    watcher.work()
    assert person(watcher, 10)["gone_at"] is not None
    watcher.crm.persons[10] = kept
    watcher.crm.edit("Person", 10)
    assert notice(watcher) == [1]
    assert person(watcher, 10)["gone_at"] is None
    assert person(watcher, 10)["persona_key"] == "einkauf"
    assert rows_of(watcher.store, schema.sync_state)[0]["trigger"] == "person 10: back in the CRM"
    assert owned(watcher) == {("Person", 10, "subject"): TEXT}


def test_a_merge_that_a_restored_backup_takes_back_gives_everybody_their_own_history(on_both: Watcher) -> None:
    watcher = on_both
    written(watcher, "Person", 10, 1)
    backup = watcher.crm.backup()
    watcher.crm.merge("Person", 10, 20)
    watcher.crm.edit("Contact", 1)
    notice(watcher)
    assert history(watcher)[0][:4] == ("Person", 20, 2, 10)
    watcher.crm.restore(backup)
    watcher.sweep()
    assert history(watcher) == [("Person", 10, 1, None, "confirmed")]
    assert person(watcher, 10)["merged_into"] is None


def test_another_record_with_a_known_id_begins_without_history(on_both: Watcher) -> None:
    watcher = on_both
    written(watcher, "Person", 10, 1)
    put(watcher.store, schema.persons, {**person(watcher, 10), "persona_key": "einkauf", "is_associate": False})
    watcher.crm.delete("Person", 10)
    watcher.crm.tick(3600)
    watcher.crm.add_person(10, 2, firstname="Erika", lastname="Beispiel")
    notice(watcher)
    assert history(watcher) == [("Person", -10, 1, None, "confirmed")]
    assert owned(watcher) == {}
    assert (person(watcher, 10)["persona_key"], person(watcher, 10)["is_associate"]) == (None, None)
    assert person(watcher, 10)["contact_id"] == 2


def test_a_new_name_alone_makes_nobody_another_person(watcher: Watcher) -> None:
    written(watcher, "Person", 10, 1)
    watcher.crm.edit("Person", 10, firstname="Erika", lastname="Beispiel")
    notice(watcher)
    assert history(watcher)[0][1] == 10
