"""A person's position by PATCH: chosen, taken away and tested by the id of a list item; empty as the published capture shows it."""

from __future__ import annotations

from typing import Any

import pytest

from gtm_assets_tests.sandbox.crm_session import CrmSession

EMPTY = {"Id": 0, "Value": "", "Tooltip": "", "TableRight": None, "FieldProperties": {}}


@pytest.fixture
def person(crm: CrmSession) -> int:
    return crm.new_person()


def _position(crm: CrmSession, person: int) -> Any:
    return crm.entity(f"Person/{person}")["Position"]


def _replace(value: Any) -> list[dict[str, Any]]:
    return [{"op": "replace", "path": "/Position/Id" if isinstance(value, int) else "/Position", "value": value}]


def test_an_item_is_chosen_by_its_id_and_taken_away_by_id_0(crm: CrmSession, person: int) -> None:
    assert _position(crm, person) == EMPTY
    for as_sent in (int, lambda key: {"Id": key}):
        item = crm.get("MDOList/perspos", flat="true")[2]
        assert crm.patch(f"Person/{person}", _replace(as_sent(item["Id"]))).status_code == 200
        assert _position(crm, person) == {**EMPTY, "Id": item["Id"], "Value": item["Name"]}
        assert crm.patch(f"Person/{person}", _replace(as_sent(0))).status_code == 200
        assert _position(crm, person) == EMPTY


@pytest.mark.parametrize(
    ("path", "value", "status"), [("/Position/Id", 0, 200), ("/Position/Id", 21, 409), ("/Position", None, 409)]
)
def test_a_test_of_an_empty_position_holds_for_id_0_only(
    crm: CrmSession, person: int, path: str, value: Any, status: int
) -> None:
    assert crm.patch(f"Person/{person}", [{"op": "test", "path": path, "value": value}]).status_code == status


def test_a_refused_test_leaves_the_position_as_it_is(crm: CrmSession, person: int) -> None:
    item = crm.get("MDOList/perspos", flat="true")[0]["Id"]
    refused = [{"op": "test", "path": "/Position/Id", "value": item}, *_replace({"Id": item})]
    assert crm.patch(f"Person/{person}", refused).status_code == 409
    assert _position(crm, person) == EMPTY


def test_an_item_that_the_list_lacks_is_refused(crm: CrmSession, person: int) -> None:
    assert crm.patch(f"Person/{person}", _replace({"Id": 999_999})).status_code == 400
