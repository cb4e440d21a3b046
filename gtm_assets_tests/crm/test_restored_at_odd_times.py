"""A backup that is restored before the first load has ended, while people go on to edit, twice, or with other lists."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from gtm_assets.crm import restored, sweep
from gtm_assets.crm.changes import load_cursor
from gtm_assets.crm.lists import KEPT
from gtm_assets.crm.restored import RestoredBackupError
from gtm_assets.research.position_field import tie_positions
from gtm_assets.research.vertical_field import tie_list_items
from gtm_assets.writeback import history
from gtm_assets_tests.crm.watching import (
    Begin,
    Watcher,
    dies_sweeping,
    edit_and_restore,
    in_crm,
    in_store,
    look,
    step,
    stopped,
    watching_for_hours,
)
from gtm_assets_tests.fake_crm import FakeCrm
from gtm_assets_tests.fake_fields import FIELDS, POSITIONS, VERTICALS
from gtm_assets_tests.stores import fresh_store, persona_row, put, rows_of, vertical_row
from resources.store import schema
from resources.store.store import get_cursor, set_cursor
from resources.superoffice.models import ListItem


@pytest.fixture
def begin() -> Begin:
    return partial(watching_for_hours, page_size=2)


# --- before the first load has ended ------------------------------------------------------------------------------------------------


def test_before_the_first_load_has_ended_everything_is_read_anew_and_it_is_settled(tmp_path: Path) -> None:
    with fresh_store(tmp_path) as store:
        crm = FakeCrm(page_size=2)
        for contact_id in range(1, 6):
            crm.add_contact(contact_id)
        watcher = Watcher(store, crm)
        dies_sweeping(watcher, 3)
        with store.write() as connection:
            restored.begin(connection, "told by `gtm resync --restored`")
        assert watcher.sweep().source == "restored"
        assert history.finish_restored(store)
        assert stopped(watcher) == ""
        with store.read() as connection:
            assert load_cursor(connection) is not None
        assert in_store(store) == in_crm(crm)


# --- noticing ---------------------------------------------------------------------------------------------------------------------


def test_it_is_noticed_at_the_next_poll_although_others_were_edited_since(watcher: Watcher) -> None:
    edit_and_restore(watcher, 1, 2)
    watcher.crm.edit("Contact", 4, name="Danach")
    watcher.crm.edit("Person", 40, title="Danach")
    look(watcher)
    assert step(watcher) == "suspected"


def test_records_that_are_edited_again_and_again_make_nobody_look_for_a_backup(watcher: Watcher) -> None:
    look(watcher)
    watcher.crm.log.clear()
    for title in ("Eins", "Zwei", "Drei"):
        watcher.crm.edit("Person", 50, title=title)
        watcher.crm.edit("Contact", 5, name=title)
        look(watcher)
    # The second look asks for contacts and persons by id, and nothing but their times.
    assert [what for what in watcher.crm.log if "contactId in (1,2,3,4,5)" in what] == []


# --- twice ------------------------------------------------------------------------------------------------------------------------


def test_a_second_restoration_makes_void_what_was_read_for_the_first(watcher: Watcher) -> None:
    with watcher.store.write() as connection:
        restored.begin(connection, "by hand")
    dies_sweeping(watcher, 3)
    with watcher.store.write() as connection:
        restored.begin(connection, "by hand, again")
        assert get_cursor(connection, sweep.PROGRESS) is None
    assert watcher.sweep().accounts == 5


def test_a_sweep_during_which_it_is_told_again_ends_without_settling_it(watcher: Watcher) -> None:
    with watcher.store.write() as connection:
        restored.begin(connection, "by hand")
    asked: list[str] = []

    def watch(what: str) -> None:
        asked.append(what)
        if len(asked) == 3:
            with watcher.store.write() as connection:
                restored.begin(connection, "by hand, again")

    watcher.crm.watch = watch
    with pytest.raises(RestoredBackupError):
        watcher.sweep()
    watcher.crm.watch = lambda _: None
    assert not history.finish_restored(watcher.store)
    assert watcher.sweep().accounts == 5
    assert history.finish_restored(watcher.store)


# --- who has no company -----------------------------------------------------------------------------------------------------------


def test_a_person_without_a_company_whose_time_went_back_makes_no_account_0_due(watcher: Watcher) -> None:
    watcher.crm.edit("Person", 10, contact_id=0)
    look(watcher)
    watcher.crm.persons[10]["updated"] -= timedelta(hours=1)
    client: Any = watcher.crm
    restored.consider(watcher.store, client)
    assert 0 not in {row["contact_id"] for row in rows_of(watcher.store, schema.sync_state)}


# --- lists ------------------------------------------------------------------------------------------------------------------------


def test_lists_that_were_kept_are_read_again(watcher: Watcher) -> None:
    with watcher.store.write() as connection:
        set_cursor(connection, KEPT, {VERTICALS: {"at": "2026-03-02T09:00:00+00:00", "items": []}})
        restored.begin(connection, "by hand")
        assert get_cursor(connection, KEPT) is None


def test_while_everything_is_read_anew_items_are_tied_by_name_first(watcher: Watcher) -> None:
    """7 was given to our item after the backup, and to somebody else's after the restoration."""
    store = watcher.store
    put(store, schema.verticals, vertical_row("maschinenbau", crm_item_id=7, name="Maschinenbau"))
    put(store, schema.personas, persona_row("produktion", name="Produktionsleiter", crm_item_id=7))
    lists = {
        VERTICALS: (ListItem(7, ("Bergbau",), deleted=False), ListItem(8, ("Maschinenbau",), deleted=False)),
        "perspos": (ListItem(7, ("Pförtner",), deleted=False), ListItem(8, ("Produktionsleiter",), deleted=False)),
    }
    assert "perspos" in POSITIONS

    def tied() -> list[int | None]:
        assert tie_list_items(store, FIELDS["vertical"], lists) == []
        assert tie_positions(store, lists) == []
        return [rows_of(store, table)[0]["crm_item_id"] for table in (schema.verticals, schema.personas)]

    assert tied() == [7, 7], "names change, in either place"
    with store.write() as connection:
        restored.begin(connection, "by hand")
    assert tied() == [8, 8]
    with store.write() as connection:
        restored.note_swept(connection)
        restored.finish(connection)
    assert tied() == [8, 8]
