"""The CRM's log of merges: when it is asked, what is believed of it, and that nothing is settled while it does not answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gtm_assets.crm import merges
from gtm_assets.crm.merges import LogRow, Lost, believable
from gtm_assets_tests.crm.merging import history, notice, person, written
from gtm_assets_tests.crm.watching import Watcher
from gtm_assets_tests.fake_crm import START
from resources.errors import TransientError
from resources.store import queue
from resources.store.store import get_cursor, set_cursor, utc_now


def test_the_log_is_asked_for_vanished_records_only(watcher: Watcher) -> None:
    watcher.crm.log.clear()
    watcher.crm.edit("Contact", 1, name="Anders GmbH")
    watcher.crm.edit("Person", 10, contact_id=2)
    notice(watcher)
    watcher.sweep()
    assert [what for what in watcher.crm.log if "mergemovelog" in what] == []
    watcher.crm.delete("Person", 10)
    watcher.crm.edit("Contact", 2)
    notice(watcher)
    assert {what for what in watcher.crm.log if "mergemovelog" in what} == {
        "archive dynamic mergemovelog.sourceRecord in (10)"
    }


def test_a_merge_that_is_known_is_not_asked_for_again(watcher: Watcher) -> None:
    watcher.crm.merge("Contact", 1, 2)
    notice(watcher)
    watcher.work()
    watcher.crm.log.clear()
    with watcher.store.write() as connection:
        queue.mark_due(connection, [1], trigger="all accounts")
    watcher.work()
    watcher.sweep()
    assert [what for what in watcher.crm.log if "mergemovelog" in what] == []
    assert watcher.due() == []


def test_a_deleted_person_whose_move_stands_in_the_log_was_not_merged(watcher: Watcher) -> None:
    """The company that the person moved to has the id of a living person, too."""
    watcher.crm.add_contact(20)
    watcher.crm.edit("Person", 10, contact_id=20)
    watcher.crm.note(6, 10, 20)
    notice(watcher)
    watcher.work()
    watcher.crm.delete("Person", 10)
    watcher.crm.edit("Contact", 20, name="Anders GmbH")
    notice(watcher)
    assert person(watcher, 10)["gone_at"] is not None
    assert person(watcher, 10)["merged_into"] is None


@pytest.mark.parametrize(
    "row",
    [
        LogRow(1, 5, 10, 20, START),
        LogRow(1, 6, 10, 10, START),
        LogRow(1, 6, 10, 0, START),
        LogRow(1, 6, 10, 1, START),
        LogRow(1, 6, 10, 20, START - timedelta(seconds=1)),
    ],
    ids=["another table", "into itself", "into nobody", "into its own company", "before its last change"],
)
def test_an_entry_that_something_contradicts_is_not_believed(row: LogRow) -> None:
    lost = Lost(10, START, company=1)
    assert not believable(row, "Person", lost)
    assert believable(LogRow(2, 6, 10, 20, START), "Person", lost)


def test_a_destination_that_is_not_there_is_none(watcher: Watcher) -> None:
    watcher.crm.merge("Person", 10, 20)
    watcher.crm.delete("Person", 20)
    watcher.crm.edit("Contact", 1)
    notice(watcher)
    assert person(watcher, 10)["merged_into"] is None


def test_a_log_that_is_written_late_is_found_by_the_next_sweep(watcher: Watcher) -> None:
    entries = watcher.crm.merge_log
    watcher.crm.merge("Person", 10, 20)
    watcher.crm.merge_log = []
    watcher.crm.edit("Contact", 1)
    notice(watcher)
    assert person(watcher, 10)["gone_at"] is not None
    assert person(watcher, 10)["merged_into"] is None
    watcher.crm.merge_log = entries
    watcher.sweep()
    assert person(watcher, 10)["merged_into"] == 20


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_log_that_can_not_be_read_stops_nothing_is_remembered_and_made_up_for(watcher: Watcher, status: int) -> None:
    written(watcher, "Person", 10, 1)
    watcher.crm.log_refused = status
    watcher.crm.merge("Person", 10, 20)
    watcher.crm.edit("Contact", 1)
    notice(watcher)
    assert person(watcher, 10)["gone_at"] is not None
    with watcher.store.read() as connection:
        told = merges.unreadable(connection)
    assert told is not None
    assert "mergemovelog" in told[1]
    asked = watcher.crm.calls
    watcher.sweep()
    assert watcher.crm.calls - asked == 4, "not asked again at once"

    watcher.crm.log_refused = None
    with watcher.store.write() as connection:
        state = get_cursor(connection, merges.UNREADABLE)
        long_ago = (utc_now() - timedelta(days=2)).isoformat()
        set_cursor(connection, merges.UNREADABLE, {**(state or {}), "asked_at": long_ago})
    watcher.sweep()
    assert person(watcher, 10)["merged_into"] == 20
    assert history(watcher)[0][:4] == ("Person", 20, 2, 10)
    with watcher.store.read() as connection:
        assert merges.unreadable(connection) is None


def test_while_the_log_does_not_answer_nothing_is_settled(watcher: Watcher) -> None:
    watcher.crm.merge("Person", 10, 20)
    watcher.crm.edit("Contact", 1)
    watcher.crm.tick(3)
    watcher.read()

    def fail(what: str) -> None:
        if "mergemovelog" in what:
            raise TransientError("SuperOffice", "503", status=503)

    watcher.crm.watch = fail
    with pytest.raises(TransientError):
        watcher.examine()
    assert person(watcher, 10)["gone_at"] is None
    watcher.crm.watch = lambda _: None
    watcher.examine()
    assert person(watcher, 10)["merged_into"] == 20
