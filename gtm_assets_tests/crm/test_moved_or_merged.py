"""A person who moved to a company and was deleted, and one that was merged into a person, stand alike in the log: whom to believe."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from gtm_assets.crm.merges import LogRow, Lost, believable
from gtm_assets.crm.polling import OVERLAP
from gtm_assets_tests.crm.merging import person
from gtm_assets_tests.crm.watching import HOUR, Begin, Watcher, look, watching
from gtm_assets_tests.fake_crm import START
from gtm_assets_tests.stores import put, rows_of
from resources.store import schema
from resources.store.store import utc_now

DAY = 24 * HOUR


@pytest.fixture
def begin() -> Begin:
    """Companies 1, 20 and 30; 10 and 11 are persons of the first, 20 and 30 of the others."""
    return partial(watching, companies={1: (10, 11), 20: (20,), 30: (30,)}, apart=60, later=2 * HOUR)


@pytest.fixture
def watcher(watcher: Watcher) -> Watcher:
    """10 objected."""
    objection = {"reason": "objected", "source": "mail", "created_at": utc_now()}
    put(watcher.store, schema.suppressions, {"identifier": "person:10", **objection})
    return watcher


def objected(watcher: Watcher) -> set[str]:
    return {row["identifier"] for row in rows_of(watcher.store, schema.suppressions)}


def assert_deleted(watcher: Watcher) -> None:
    """10 is gone, and nobody took its place."""
    assert person(watcher, 10)["gone_at"] is not None
    assert person(watcher, 10)["merged_into"] is None
    assert objected(watcher) == {"person:10"}


@pytest.mark.parametrize("late", [0, 1, 3600])
def test_one_who_moved_and_is_deleted_later_was_not_merged_also_where_the_log_was_written_later(
    watcher: Watcher, late: int
) -> None:
    watcher.crm.edit("Person", 10, contact_id=20)
    watcher.crm.tick(late)
    watcher.crm.note(6, 10, 20)
    watcher.crm.tick(-late)
    look(watcher)
    watcher.crm.tick(3 * DAY)
    watcher.crm.delete("Person", 10)
    watcher.crm.tick(600)
    watcher.sweep()
    assert_deleted(watcher)


def test_one_who_moved_and_was_deleted_between_two_looks_was_not_merged(watcher: Watcher) -> None:
    watcher.crm.edit("Person", 10, contact_id=20)
    watcher.crm.note(6, 10, 20)
    watcher.crm.tick(600)
    watcher.crm.delete("Person", 10)
    watcher.sweep()
    assert_deleted(watcher)


def test_one_merged_into_somebody_who_had_moved_and_was_deleted_then_was_merged_into_nobody(watcher: Watcher) -> None:
    watcher.crm.edit("Person", 11, contact_id=30)
    watcher.crm.note(6, 11, 30)
    look(watcher)
    watcher.crm.tick(HOUR)
    watcher.crm.merge("Person", 10, 11)
    watcher.crm.tick(60)
    watcher.crm.delete("Person", 11)
    watcher.sweep()
    assert_deleted(watcher)
    assert person(watcher, 11)["merged_into"] is None


def test_one_of_the_same_last_name_is_believed_although_a_company_has_the_id(watcher: Watcher) -> None:
    watcher.crm.edit("Person", 20, lastname="MUSTER10 ")
    look(watcher)
    watcher.crm.tick(HOUR)
    watcher.crm.merge("Person", 10, 20)
    watcher.sweep()
    assert person(watcher, 10)["merged_into"] == 20
    assert objected(watcher) == {"person:10", "person:20"}


def test_one_of_the_same_company_is_believed_although_another_company_has_the_id(watcher: Watcher) -> None:
    watcher.crm.edit("Person", 20, contact_id=1)
    look(watcher)
    watcher.crm.tick(HOUR)
    watcher.crm.merge("Person", 10, 20)
    watcher.sweep()
    assert person(watcher, 10)["merged_into"] == 20


def test_an_entry_of_about_the_last_known_change_is_not_believed_where_it_names_the_own_company() -> None:
    lost = Lost(10, START, company=20)
    assert not believable(LogRow(1, 6, 10, 20, START + OVERLAP), "Person", lost)
    assert believable(LogRow(1, 6, 10, 20, START + OVERLAP + timedelta(seconds=1)), "Person", lost)
