"""The queries for changes: overlap, keyset pages, what is settled, and tenants that refuse times."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gtm_assets.crm.polling import OVERLAP, SETTLED_AFTER, poll, poll_in_best_mode
from gtm_assets_tests.fake_crm import OURSELVES, START, FakeCrm
from resources.errors import PermanentError


@pytest.fixture
def crm() -> Any:
    crm = FakeCrm(page_size=2)
    for contact_id in range(1, 6):
        crm.add_contact(contact_id)
        crm.tick(120)
    return crm


def _ids(pages) -> list[int]:
    return [row.entity_id for page in pages for row in page.rows]


def test_a_poll_looks_five_minutes_back_and_no_further(crm) -> None:
    assert timedelta(minutes=5) == OVERLAP
    newest = crm.contacts[5]["updated"]
    assert _ids(poll(crm, "Contact", newest, "time")) == [3, 4, 5]
    assert "contact.updated afterTime '2026-03-02T09:03:00'" in crm.log[0]


def test_all_pages_are_read_by_key_until_an_empty_one(crm) -> None:
    assert _ids(poll(crm, "Contact", START, "time")) == [1, 2, 3, 4, 5]


def test_rows_carry_account_time_and_who_did_it(crm) -> None:
    crm.add_person(50, 3, by=OURSELVES)
    (page,) = poll(crm, "Person", crm.now, "time")
    (row,) = page.rows
    assert (row.entity, row.entity_id, row.contact_id, row.updated_by) == ("Person", 50, 3, OURSELVES)
    assert row.updated_at == crm.now


@pytest.mark.parametrize(("seconds", "settled"), [(0, False), (1, False), (2, True), (60, True)])
def test_a_change_is_settled_once_the_servers_clock_is_past_its_second(crm, seconds, settled) -> None:
    crm.edit("Contact", 5)
    crm.tick(seconds)
    rows = {row.entity_id: row.settled for page in poll(crm, "Contact", crm.now, "time") for row in page.rows}
    assert rows[5] is settled
    assert timedelta(seconds=2) == SETTLED_AFTER


def test_without_a_server_time_old_changes_are_settled_by_our_own_clock(crm) -> None:
    crm.shows_server_time = False
    assert all(row.settled for page in poll(crm, "Contact", crm.now, "time") for row in page.rows)


def test_a_record_without_a_time_is_passed_over(crm) -> None:
    crm.contacts[5]["updated"] = crm.contacts[5]["updated"].replace(year=1)
    assert 5 not in _ids(poll(crm, "Contact", START, "day"))


def test_a_tenant_that_refuses_times_is_asked_by_day_two_days_back(crm) -> None:
    crm.refuses_times = True
    mode, pages = poll_in_best_mode(crm, "Contact", crm.now, None)
    assert mode == "day"
    assert _ids(pages) == [1, 2, 3, 4, 5]
    assert "updatedDate after '2026-02-28'" in crm.log[-1]


def test_by_day_persons_come_with_their_account_and_nobody_says_who_it_was(crm) -> None:
    crm.add_person(50, 3)
    (page,) = poll(crm, "Person", crm.now, "day")
    assert [(row.contact_id, row.updated_by) for row in page.rows] == [(3, None)]


def test_a_tenant_known_to_refuse_is_not_asked_for_times_again(crm) -> None:
    mode, pages = poll_in_best_mode(crm, "Contact", crm.now, "day")
    _ids(pages)
    assert mode == "day"
    assert not [what for what in crm.log if "dynamic" in what]


def test_another_refusal_is_not_taken_for_a_missing_feature(crm) -> None:
    def refuse(what: str) -> None:
        raise PermanentError("SuperOffice", "no access", status=403)

    crm.watch = refuse
    with pytest.raises(PermanentError, match="no access"):
        poll_in_best_mode(crm, "Contact", crm.now, None)


def test_a_poll_that_finds_nothing_has_no_pages(crm) -> None:
    crm.tick(3600)
    assert list(poll_in_best_mode(crm, "Contact", crm.now, None)[1]) == []
