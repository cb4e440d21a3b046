"""Answers of a lagging copy: what they do not show yet is looked at again, a few times, and not for ever."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from gtm_assets.crm import lagging
from gtm_assets.crm.examining import pending_accounts
from gtm_assets.crm.refreshing import refresh
from gtm_assets_tests.crm.watching import Begin, Watcher, in_crm, in_store, watching
from gtm_assets_tests.fake_fields import FIELDS, LISTS
from gtm_assets_tests.stores import rows_of
from resources.store import schema
from resources.store.store import get_cursor, set_cursor, utc_now


@pytest.fixture
def begin() -> Begin:
    """Two companies with a person each."""
    return partial(watching, companies={1: (10,), 2: (20,)})


def examine_lagging(watcher: Watcher, former: Any) -> dict[int, list[str]]:
    """Examine while the CRM answers what there was before."""
    now = watcher.crm.backup()
    watcher.crm.restore(former)
    found = watcher.examine().due
    watcher.crm.restore(now)
    return found


def pending(watcher: Watcher) -> list[int]:
    with watcher.store.read() as connection:
        return pending_accounts(connection)


def pause_is_over(watcher: Watcher) -> None:
    with watcher.store.write() as connection:
        set_cursor(connection, lagging.LOOKED, {"again_at": utc_now().isoformat()})


def detected_earlier(watcher: Watcher, by: timedelta) -> None:
    """The open changes were detected so much earlier."""
    with watcher.store.write() as connection:
        open_ = schema.changes.c.handled_at.is_(None)
        connection.execute(sa.update(schema.changes).where(open_).values(detected_at=utc_now() - by))


def pause_of(watcher: Watcher) -> timedelta:
    """From now to the next look."""
    with watcher.store.read() as connection:
        looked = get_cursor(connection, lagging.LOOKED)
    assert looked is not None
    return datetime.fromisoformat(looked["again_at"]) - utc_now()


def test_a_change_that_an_answer_does_not_show_yet_stays_open_and_comes_again(on_both: Watcher) -> None:
    watcher = on_both
    former = watcher.crm.backup()
    watcher.crm.edit("Person", 10, title="Einkaufsleiter")
    watcher.crm.tick(3)
    watcher.read()
    assert examine_lagging(watcher, former) == {}
    assert pending(watcher) == [], "not at once: a run would ask and ask"
    pause_is_over(watcher)
    assert pending(watcher) == [1]
    assert watcher.examine().due == {1: ["person 10: title"]}
    assert pending(watcher) == []
    assert {row["outcome"] for row in rows_of(watcher.store, schema.changes) if row["handled_at"] is None} == set()


def test_a_new_person_whom_an_answer_lacks_is_looked_for_again(watcher: Watcher) -> None:
    former = watcher.crm.backup()
    watcher.crm.add_person(11, 1)
    watcher.crm.tick(3)
    watcher.read()
    assert examine_lagging(watcher, former) == {}
    pause_is_over(watcher)
    assert watcher.examine().due == {1: ["person 11: new"]}


def test_other_changes_do_not_wait_with_it(watcher: Watcher) -> None:
    former = watcher.crm.backup()
    watcher.crm.edit("Person", 10, title="Einkaufsleiter")
    watcher.crm.tick(3)
    watcher.read()
    examine_lagging(watcher, former)
    watcher.crm.edit("Contact", 2, name="Neu GmbH")
    watcher.crm.tick(3)
    watcher.read()
    assert pending(watcher) == [2]


def test_it_is_looked_at_less_and_less_often_and_closed_after_ten_minutes(watcher: Watcher) -> None:
    """Archives that never show the time that a poll tells must not make the engine look for ever."""
    former = watcher.crm.backup()
    watcher.crm.edit("Person", 10, title="Einkaufsleiter")
    watcher.crm.tick(3)
    watcher.read()
    for minutes, least in ((0, timedelta(seconds=4)), (2, timedelta(seconds=110)), (9, timedelta(minutes=8))):
        detected_earlier(watcher, timedelta(minutes=minutes))
        pause_is_over(watcher)
        examine_lagging(watcher, former)
        assert pause_of(watcher) > least
        assert pending(watcher) == []
    detected_earlier(watcher, timedelta(minutes=11))
    pause_is_over(watcher)
    examine_lagging(watcher, former)
    pause_is_over(watcher)
    assert pending(watcher) == []
    assert [row for row in rows_of(watcher.store, schema.changes) if row["handled_at"] is None] == []


def test_an_old_answer_that_was_stored_is_corrected_by_looking_again(on_both: Watcher) -> None:
    watcher = on_both
    former = watcher.crm.backup()
    watcher.crm.edit("Person", 10, title="Einkaufsleiter")
    watcher.crm.tick(3)
    watcher.read()
    watcher.examine()
    watcher.work()
    now = watcher.crm.backup()
    watcher.crm.restore(former)
    client: Any = watcher.crm
    refresh(watcher.store, client, FIELDS, LISTS, [1])
    watcher.crm.restore(now)
    assert in_store(watcher.store) != in_crm(watcher.crm)
    pause_is_over(watcher)
    assert pending(watcher) == [1]
    watcher.examine()
    assert in_store(watcher.store) == in_crm(watcher.crm)
    pause_is_over(watcher)
    assert pending(watcher) == []


def test_a_time_that_an_import_sets_back_a_little_is_taken_as_it_is_after_ten_minutes(watcher: Watcher) -> None:
    earlier = watcher.crm.now - timedelta(seconds=30)
    watcher.crm.edit("Contact", 1, name="Neu GmbH")
    watcher.crm.tick(3)
    watcher.read()
    watcher.examine()
    watcher.work()
    watcher.crm.contacts[1].update(name="Eingelesen", updated=earlier)
    client: Any = watcher.crm
    refresh(watcher.store, client, FIELDS, LISTS, [1])
    assert in_store(watcher.store)[1][0] == "Eingelesen"
    detected_earlier(watcher, timedelta(minutes=11))
    pause_is_over(watcher)
    watcher.examine()
    for _ in range(2):
        refresh(watcher.store, client, FIELDS, LISTS, [1])
        pause_is_over(watcher)
        assert pending(watcher) == []
