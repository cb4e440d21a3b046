"""The one request of a plan: partial custom fields, whole address blocks, tests for guard A, and reading records back."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm_assets.writeback.guards import Guarding
from gtm_assets.writeback.operations import encode, foreign_fields, moved_since, operations, values_of
from gtm_assets.writeback.plan import EntityPlan, FieldChange
from gtm_assets_tests.fake_fields import FIELDS, LISTS, sample_fields

_RECORD = {
    "OrgNr": "DE111",
    "Address": {
        "Postal": {"AtypeIdx": 1, "Address1": "Musterweg 1", "City": "Alt", "Zipcode": "12345", "Formatted": "…"},
        "Street": None,
    },
    "CustomFields": {
        "SuperOffice:86": "alt",
        "SuperOffice:83": "[I:1]",
        "SuperOffice:83:DisplayText": "Maschinenbau",
        "SuperOffice:12": "ERP-4711",
        "SuperOffice:12:org": "ERP-4711",
        "SuperOffice:14": "True",
    },
}


def _contact(**fields: tuple[str, str]) -> EntityPlan:
    changes = {name: FieldChange(before, after) for name, (before, after) in fields.items()}
    return EntityPlan("Contact", 1, 1, changes)


def test_custom_fields_are_one_partial_dictionary_with_our_keys_only() -> None:
    plan = _contact(opener=("alt", "neu"), vertical=("[I:1]", "[I:2]"), last_update=("", "2026-03-02"))
    assert operations(plan, FIELDS, _RECORD, Guarding("C")) == [
        {
            "op": "replace",
            "path": "/CustomFields",
            "value": {"SuperOffice:86": "neu", "SuperOffice:83": "[I:2]", "SuperOffice:85": "[D:03/02/2026]"},
        }
    ]


def test_an_address_goes_as_a_whole_block_with_everything_that_stood_in_it() -> None:
    (operation,) = operations(_contact(postal_city=("Alt", "Musterstadt")), FIELDS, _RECORD, Guarding("C"))
    assert operation["path"] == "/Address/Postal"
    assert operation["value"] == {
        "Address1": "Musterweg 1",
        "Address2": "",
        "Address3": "",
        "City": "Musterstadt",
        "County": "",
        "State": "",
        "Zipcode": "12345",
    }


def test_an_address_block_that_the_record_does_not_have_is_sent_whole_too() -> None:
    (operation,) = operations(_contact(street_city=("", "Musterstadt")), FIELDS, _RECORD, Guarding("C"))
    assert operation["path"] == "/Address/Street"
    assert operation["value"]["City"] == "Musterstadt"
    assert set(operation["value"].values()) == {"", "Musterstadt"}


def test_both_address_blocks_and_the_vat_number_are_operations_of_the_same_request() -> None:
    plan = _contact(
        postal_city=("Alt", "Neu"), street_city=("", "Neu"), org_nr=("DE111", "DE222"), opener=("alt", "neu")
    )
    paths = [operation["path"] for operation in operations(plan, FIELDS, _RECORD, Guarding("B"))]
    assert sorted(paths) == ["/Address/Postal", "/Address/Street", "/CustomFields", "/OrgNr"]


def test_guard_a_tests_every_field_for_what_it_holds_before_anything_is_replaced() -> None:
    plan = _contact(
        opener=("alt", "neu"), vertical=("[I:1]", "[I:2]"), org_nr=("DE111", "DE222"), last_update=("", "2026-03-02")
    )
    sent = operations(plan, FIELDS, _RECORD, Guarding("A"))
    kinds = [operation["op"] for operation in sent]
    assert kinds == sorted(kinds, reverse=True), "tests come first"
    assert [(each["path"], each["value"]) for each in sent if each["op"] == "test"] == [
        ("/CustomFields/SuperOffice:86", "alt"),
        ("/CustomFields/SuperOffice:83", "[I:1]"),
        ("/OrgNr", "DE111"),
    ]


@pytest.mark.parametrize("guard", ["B", "C"])
def test_without_guard_a_nothing_is_tested(guard) -> None:
    sent = operations(_contact(opener=("alt", "neu"), org_nr=("DE111", "DE222")), FIELDS, _RECORD, Guarding(guard))
    assert {operation["op"] for operation in sent} == {"replace"}


@pytest.mark.parametrize(
    ("role", "value", "encoded"),
    [
        ("vertical", "[I:2]", "[I:2]"),
        ("vertical", "", "[I:0]"),
        ("last_update", "2026-03-02", "[D:03/02/2026]"),
        ("last_update", "", "[D:01/01/0001 00:00:00.0000000]"),
        ("opener", "Ein Satz.", "Ein Satz."),
        ("opener", "", ""),
    ],
)
def test_values_are_encoded_as_their_field_takes_them(role, value, encoded) -> None:
    assert encode(value, FIELDS[role]) == encoded


def test_a_last_update_kept_in_a_text_field_is_written_as_text() -> None:
    fields = sample_fields(last_update={"field_type": "ShortText", "text_length": 39})
    assert encode("2026-03-02", fields["last_update"]) == "2026-03-02"


_TEXT = st.text(alphabet="abcäöü ,.!'\"€", max_size=20).map(str.strip)


@given(opener=_TEXT, vertical=st.sampled_from(["", "[I:1]", "[I:2]"]), day=st.dates(min_value=date(1900, 1, 1)))
def test_what_is_sent_reads_back_as_what_was_planned(opener, vertical, day) -> None:
    plan = _contact(opener=("alt", opener), vertical=("[I:1]", vertical), last_update=("", day.isoformat()))
    (operation,) = operations(plan, FIELDS, _RECORD, Guarding("C"))
    after = {**_RECORD, "CustomFields": {**_RECORD["CustomFields"], **operation["value"]}}
    assert values_of(after, plan.fields, FIELDS, LISTS) == {name: change.after for name, change in plan.fields.items()}


def test_a_record_is_read_in_normal_form_whatever_case_its_keys_have() -> None:
    record = {"CustomFields": {"superoffice:86": " alt "}, "OrgNr": None, "Address": {"Postal": None}}
    names = ("opener", "org_nr", "postal_city", "street_city", "vertical")
    assert values_of(record, dict.fromkeys(names), FIELDS, LISTS) == {
        "opener": "alt",
        "org_nr": "",
        "postal_city": "",
        "street_city": "",
        "vertical": "",
    }


def test_fields_that_moved_since_the_plan_are_named_and_the_last_update_is_not_one() -> None:
    plan = _contact(opener=("alt", "neu"), org_nr=("", "DE222"), last_update=("2026-01-01", "2026-03-02"))
    now = {"opener": "von Hand", "org_nr": "", "last_update": "2026-02-02"}
    assert moved_since(plan, now) == ["opener"]


def test_foreign_fields_are_all_but_ours_and_without_the_apis_companions() -> None:
    plan = _contact(opener=("alt", "neu"))
    assert foreign_fields(_RECORD, plan, FIELDS) == {
        "SuperOffice:83": "[I:1]",
        "SuperOffice:12": "ERP-4711",
        "SuperOffice:14": "True",
    }


def test_foreign_fields_do_not_hold_ours_when_the_case_of_a_key_differs() -> None:
    record = {"CustomFields": {"superoffice:86": "alt", "x": None}}
    assert foreign_fields(record, _contact(opener=("alt", "neu")), FIELDS) == {"x": ""}


def test_guard_a_tests_for_the_value_as_the_record_shows_it() -> None:
    """Normal form is stripped; the CRM compares what stands there."""
    record = {**_RECORD, "OrgNr": " DE111", "CustomFields": {"SuperOffice:86": "alt "}}
    sent = operations(_contact(opener=("alt", "neu"), org_nr=("DE111", "DE222")), FIELDS, record, Guarding("A"))
    tests = {each["path"]: each["value"] for each in sent if each["op"] == "test"}
    assert tests == {"/CustomFields/SuperOffice:86": "alt ", "/OrgNr": " DE111"}


def test_guard_a_finds_a_field_whatever_case_the_records_keys_have() -> None:
    record = {**_RECORD, "CustomFields": {"superoffice:86": "alt"}}
    (test, _) = operations(_contact(opener=("alt", "neu")), FIELDS, record, Guarding("A"))
    assert test["value"] == "alt"
