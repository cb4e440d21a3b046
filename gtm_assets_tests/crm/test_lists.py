"""Lists of the CRM: read once an hour for all processes, and again at once for an item that nobody knows yet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gtm_assets.crm import lists
from gtm_assets.crm.lists import KnownLists
from gtm_assets.crm.reading import read_from_crm
from gtm_assets_tests.fake_crm import FakeCrm
from gtm_assets_tests.fake_fields import FIELDS, VERTICALS
from resources.store.store import Store, get_cursor, set_cursor, utc_now
from resources.superoffice.models import ListItem

NEW = ListItem(3, ("Bau", "Construction"), deleted=False)


@pytest.fixture
def crm() -> FakeCrm:
    crm = FakeCrm()
    crm.add_contact(1, custom={"SuperOffice:83": "[I:1]"})
    return crm


def _known(store: Store, crm: FakeCrm) -> KnownLists:
    client: Any = crm
    return KnownLists(store, client, FIELDS)


def _vertical(store: Store, crm: FakeCrm, known: KnownLists) -> str:
    client: Any = crm
    return read_from_crm(client, FIELDS, known, [1]).accounts[1].fields["vertical"]


def _asked(crm: FakeCrm) -> int:
    return len([what for what in crm.log if what.startswith("MDOList")])


def test_a_list_is_read_once_for_all_runs_of_an_hour(store: Store, crm: FakeCrm) -> None:
    first = _known(store, crm)
    assert [item.id for item in first[VERTICALS]] == [1, 2]
    again = _known(store, crm)
    assert dict(again) == dict(first)
    assert _asked(crm) == 1
    with store.write() as connection:
        kept = get_cursor(connection, lists.KEPT) or {}
        long_ago = (utc_now() - lists.FRESH_FOR - timedelta(seconds=1)).isoformat()
        set_cursor(connection, lists.KEPT, {name: {**value, "at": long_ago} for name, value in kept.items()})
    _known(store, crm)
    assert _asked(crm) == 2


def test_a_new_item_waits_for_no_hour(store: Store, crm: FakeCrm) -> None:
    known = _known(store, crm)
    crm.lists = {**crm.lists, VERTICALS: (*crm.lists[VERTICALS], NEW)}
    crm.edit("Contact", 1, custom={"SuperOffice:83": "[I:3]"})
    assert _vertical(store, crm, known) == "[I:3]"
    assert _asked(crm) == 2
    assert _vertical(store, crm, _known(store, crm)) == "[I:3]", "kept for the others, too"
    assert _asked(crm) == 2


def test_a_value_that_no_list_explains_is_asked_for_once_and_stays_somebodys_value(store: Store, crm: FakeCrm) -> None:
    crm.edit("Contact", 1, custom={"SuperOffice:83": "Verwaist"})
    known = _known(store, crm)
    assert [_vertical(store, crm, known) for _ in range(3)] == ["Verwaist"] * 3
    assert _asked(crm) == 2


def test_many_such_values_make_no_storm(store: Store, crm: FakeCrm) -> None:
    known = _known(store, crm)
    for number in range(20):
        crm.edit("Contact", 1, custom={"SuperOffice:83": f"Verwaist {number}"})
        _vertical(store, crm, known)
    assert _asked(crm) == 1 + 5
