"""The CRM's vertical field and Notion's verticals, both ways, in a tenant with a list and in one with a text field."""

from __future__ import annotations

from pathlib import Path

import pytest

from gtm_assets.research.vertical_field import VerticalValues, tie_list_items
from gtm_assets_tests.fake_fields import FIELDS, LISTS, VERTICALS, sample_fields
from gtm_assets_tests.stores import fresh_store, put, rows_of, vertical_row
from resources.store import schema
from resources.superoffice.models import ListItem

LIST = FIELDS["vertical"]
TEXT = sample_fields(vertical={"field_type": "ShortText", "text_length": 39, "list_name": ""})["vertical"]


@pytest.fixture
def store(tmp_path: Path):
    with fresh_store(tmp_path) as opened:
        put(
            opened,
            schema.verticals,
            vertical_row("maschinenbau", crm_item_id=None),
            vertical_row("logistik", crm_item_id=None, name="LOGISTICS"),
            vertical_row("hotel", crm_item_id=None),
            vertical_row("alt", crm_item_id=None, active=False),
        )
        yield opened


def _tied(store) -> dict[str, int | None]:
    return {row["key"]: row["crm_item_id"] for row in rows_of(store, schema.verticals)}


def _values(store, field=LIST) -> VerticalValues:
    with store.read() as connection:
        return VerticalValues(connection, field)


def test_items_are_tied_by_name_in_any_language_and_the_missing_ones_are_reported(store) -> None:
    assert tie_list_items(store, LIST, LISTS) == ["Hotel"]
    assert _tied(store) == {"maschinenbau": 1, "logistik": 2, "hotel": None, "alt": None}


def test_a_tied_item_stays_tied_when_either_side_is_renamed(store) -> None:
    tie_list_items(store, LIST, LISTS)
    renamed = {VERTICALS: (ListItem(1, ("Anlagenbau",), deleted=False), ListItem(2, ("Logistik",), deleted=False))}
    put(store, schema.verticals, {**rows_of(store, schema.verticals)[2], "name": "Intralogistik"})
    assert tie_list_items(store, LIST, renamed) == ["Hotel"]
    assert _tied(store)["maschinenbau"] == 1
    assert _tied(store)["logistik"] == 2


def test_a_deleted_item_is_no_item_and_a_new_one_of_that_name_takes_its_place(store) -> None:
    tie_list_items(store, LIST, LISTS)
    deleted = {VERTICALS: (ListItem(1, ("Maschinenbau",), deleted=True), ListItem(9, ("Maschinenbau",), deleted=False))}
    assert sorted(tie_list_items(store, LIST, deleted)) == ["Hotel", "LOGISTICS"]
    assert _tied(store)["maschinenbau"] == 9


def test_a_text_field_has_no_items_to_tie(store) -> None:
    assert tie_list_items(store, TEXT, LISTS) == []
    assert set(_tied(store).values()) == {None}


@pytest.mark.parametrize("field", [LIST, TEXT], ids=["list", "text"])
def test_what_is_written_for_a_vertical_is_read_as_that_vertical(store, field) -> None:
    tie_list_items(store, field, LISTS)
    values = _values(store, field)
    for key in ("maschinenbau", "logistik"):
        value, reason = values.value_of(key)
        assert value is not None
        assert reason == ""
        assert values.key_of(value) == (key, "")


def test_a_vertical_without_an_item_is_not_written_and_says_what_to_do(store) -> None:
    tie_list_items(store, LIST, LISTS)
    assert _values(store).value_of("hotel")[0] is None
    assert "add it there" in _values(store).value_of("hotel")[1]


@pytest.mark.parametrize("value", ["[I:99]", "Landwirtschaft"])
def test_a_value_nobody_can_place_means_no_vertical_and_says_so(store, value) -> None:
    tie_list_items(store, LIST, LISTS)
    key, reason = _values(store).key_of(value)
    assert key is None
    assert value in reason


@pytest.mark.parametrize("text", ["Maschinenbau", "maschinenbau", "MASCHINENBAU"])
def test_in_a_text_field_name_and_key_are_understood(store, text) -> None:
    assert _values(store, TEXT).key_of(text) == ("maschinenbau", "")


def test_an_inactive_vertical_is_named_as_such(store) -> None:
    assert _values(store, TEXT).key_of("alt") == (None, "the CRM says 'Alt', which is not active in Notion")
