"""Rows of the CRM as values: lists by id, number or name in any language, dates in every notation, and what counts as a difference."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm_assets.crm.snapshots import columns, comparable, differing, normal_value, read_account, read_person
from gtm_assets_tests.fake_crm import FakeCrm
from gtm_assets_tests.fake_fields import FIELDS, LISTS, VERTICALS, sample_fields
from resources.superoffice.models import ListItem
from resources.superoffice.values import encode_date


@pytest.mark.parametrize(
    "shown",
    [
        "[I:1]",
        "1",
        1,
        1.0,
        "Maschinenbau",
        "maschinenbau",
        "Machine building",
        'US:"Machine building";GE:"Maschinenbau"',
        'GE:"Maschinenbau"',
        " Maschinenbau ",
    ],
)
def test_a_list_item_is_the_same_however_the_crm_shows_it(shown) -> None:
    assert normal_value(shown, FIELDS["vertical"], LISTS) == "[I:1]"


@pytest.mark.parametrize("shown", [None, "", 0, "0", "[I:0]", "[I:]"])
def test_no_list_item_is_the_empty_text(shown) -> None:
    assert normal_value(shown, FIELDS["vertical"], LISTS) == ""


def test_a_list_text_nobody_can_place_stays_somebodys_value() -> None:
    assert normal_value("Landwirtschaft", FIELDS["vertical"], LISTS) == "Landwirtschaft"
    assert normal_value("[I:99]", FIELDS["vertical"], LISTS) == "[I:99]"


def test_an_item_whose_name_is_a_number_is_taken_by_its_number_only_if_it_is_shown_bare() -> None:
    lists = {VERTICALS: (ListItem(7, ("2026",), deleted=False),)}
    assert normal_value('GE:"2026"', FIELDS["vertical"], lists) == "[I:7]"


@pytest.mark.parametrize(
    "shown",
    [
        "[D:03/02/2026]",
        "[D:03/02/2026 00:00:00.0000000]",
        "[DT:03/02/2026 10:11:12]",
        "2026-03-02T00:00:00",
        "2026-03-02",
    ],
)
def test_a_date_is_iso_however_the_crm_shows_it(shown) -> None:
    assert normal_value(shown, FIELDS["last_update"], LISTS) == "2026-03-02"


@pytest.mark.parametrize("shown", [None, "", "[D:01/01/0001 00:00:00.0000000]", "0001-01-01T00:00:00"])
def test_no_date_is_the_empty_text(shown) -> None:
    assert normal_value(shown, FIELDS["last_update"], LISTS) == ""


@given(st.dates(min_value=date(1900, 1, 1)))
def test_every_date_survives_the_way_there_and_back(day) -> None:
    assert normal_value(encode_date(day), FIELDS["last_update"], LISTS) == day.isoformat()


@given(st.text(max_size=40))
def test_text_is_stripped_and_nothing_else(text) -> None:
    assert normal_value(text, FIELDS["opener"], LISTS) == text.strip()


def test_a_snapshot_asks_for_the_named_columns_and_our_fields_only() -> None:
    asked = columns("Person", FIELDS)
    assert "personUdef/SuperOffice:19" in asked
    assert "personUdef/SuperOffice:23" in asked
    assert not [name for name in asked if name.startswith("contactUdef")]
    assert len(asked) == len(set(asked))


def _account_rows(**custom: str) -> Any:
    crm = FakeCrm()
    crm.add_contact(1, name=" Muster CNC GmbH ", stop=True, OrgNr="DE111", custom=custom)
    (page,) = crm.archive_keyset("Contact", select=columns("Contact", FIELDS), filter="contactId gt 0", key="contactId")
    return page.rows


def test_an_account_is_read_with_its_owned_fields_and_country_in_one_language() -> None:
    account = read_account(
        _account_rows(**{"SuperOffice:83": "[I:2]", "SuperOffice:85": "[D:03/02/2026]"})[0], FIELDS, LISTS
    )
    assert (account.name, account.country, account.stop, account.org_nr) == (
        "Muster CNC GmbH",
        "Germany",
        True,
        "DE111",
    )
    assert account.fields == {
        "vertical": "[I:2]",
        "summary": "",
        "last_update": "2026-03-02",
        "opener": "",
        "opener_secondary": "",
    }


def test_a_person_without_a_company_has_contact_0_and_texts_of_flags_are_flags() -> None:
    row = {"personId": "5", "contactId": None, "retired": "True", "personNoMail": "0", "position": 'GE:"Leitung"'}
    person = read_person(row, FIELDS, LISTS)
    assert (person.person_id, person.contact_id, person.retired, person.no_mailing) == (5, 0, True, False)
    assert person.position == "Leitung"
    assert person.crm_updated_at is None


def test_campaign_and_job_title_come_from_their_own_fields() -> None:
    fields = sample_fields()
    fields["job_title"] = replace(fields["campaign"], role="job_title", prog_id="SuperOffice:60")
    row = {"personId": 5, "contactId": 1, "personUdef/SuperOffice:23": "Messe 2026", "personUdef/SuperOffice:60": "CTO"}
    person = read_person(row, fields, LISTS)
    assert (person.campaign, person.job_title) == ("Messe 2026", "CTO")


def test_a_snapshot_does_not_differ_from_itself_and_a_first_one_is_new() -> None:
    account = read_account(_account_rows()[0], FIELDS, LISTS)
    assert differing(comparable(account), account) == []
    assert differing(None, account) == ["new"]


def test_differences_are_named_and_times_and_the_last_update_are_none() -> None:
    before = read_account(_account_rows()[0], FIELDS, LISTS)
    fields = {**before.fields, "opener": "neu", "last_update": "2026-03-02"}
    after = replace(before, name="Anders", fields=fields, crm_updated_at=datetime(2030, 1, 1, tzinfo=UTC))
    assert differing(comparable(before), after) == ["name", "fields.opener"]


def test_a_field_that_was_never_read_before_differs_only_where_it_holds_something() -> None:
    account = read_account(_account_rows(**{"SuperOffice:86": "Ein Satz."})[0], FIELDS, LISTS)
    before = {**comparable(account), "fields": {}}
    assert differing(before, account) == ["fields.opener"]
