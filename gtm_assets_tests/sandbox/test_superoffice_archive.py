"""Archive queries: columns, filters, order, paging, modes, and each switch in each position."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gtm_assets_tests.sandbox.crm_session import CrmSession
from sandbox.superoffice.errors import ApiError
from sandbox.superoffice.filters import AllOf, AnyOf, Comparison, Node, Quoted, parse_filter

STAMP = "2026-01-02T03:04:05"


@pytest.fixture
def trio(crm: CrmSession) -> list[int]:
    """Three persons of one company, updated a day apart; the last one is retired."""
    company = crm.new_company(OrgNr="DE1", Address={"Postal": {"City": "Hagen"}})
    persons = [
        crm.new_person(
            Firstname=name, Lastname="Müßig", Title=title, Contact={"ContactId": company}, Retired=name == "Cleo"
        )
        for name, title in (("Ada", "Leiterin Einkauf"), ("Bo", "Chef d'Équipe"), ("Cleo", ""))
    ]
    for day, person in enumerate(persons, 1):
        crm.aged("Person", person, f"2026-01-0{day}T12:00:00")
    return persons


def ids(crm: CrmSession, filter_text: str, provider: str = "Person", **query: Any) -> list[int]:
    rows = crm.rows(provider, _select="personId", _filter=filter_text, **query)
    return [int(row["PrimaryKey"]) for row in rows]


def found(crm: CrmSession, trio: list[int], filter_text: str) -> str:
    """Which of the three the filter finds, by initials."""
    wanted = ids(crm, f"personId in ({','.join(map(str, trio))}) and ({filter_text})", _orderby="personId")
    return "".join("ABC"[trio.index(person)] for person in wanted)


@pytest.mark.parametrize(
    ("filter_text", "expected"),
    [
        ("firstName = 'Ada'", "A"),
        ("firstName eq 'ada' or firstName begins 'C'", "AC"),
        ("firstName ne 'Ada'", "BC"),
        ("title contains 'einkauf'", "A"),
        ("title contains 'd\\'Équipe'", "B"),
        ("title notContains 'e'", "C"),
        ("title isNull", "C"),
        ("title isNotNull and retired = 0", "AB"),
        ("retired set 1", "C"),
        ("retired = true", "C"),
        ("substringof('leiterin', title) eq true", "A"),
        ("startswith(title, 'Chef')", "B"),
        ("firstName in ('Ada', 'Cleo')", "AC"),
        ("firstName between ('B', 'D')", "BC"),
        ("firstName = 'Ada' or firstName = 'Bo' and retired = 1", "A"),
        ("(firstName = 'Ada' or firstName = 'Cleo') and retired = 1", "C"),
        ("personContact/orgnr is 'DE1' and personContact/postAddress/city = 'Hagen'", "ABC"),
        ("personUpdatedDate after '2026-01-01'", "BC"),
        ("personUpdatedDate before '2026-01-02T00:00:00'", "A"),
        ("personUpdatedDate date '2026-01-02'", "B"),
        ("personUpdatedDate dateBetween ('2026-01-02', '2026-01-03')", "BC"),
        ("personUpdatedDate afterTime '2026-01-02T12:00:00'", "BC"),
        ("personUpdatedDate beforeTime '2026-01-02T12:00:00'", "A"),
        ("position oneOf (0) and personUpdatedBy associateIsOneOf (1)", "ABC"),
        ("personUpdatedBy currentAssociate", ""),
    ],
)
def test_operators_find_what_they_should(crm: CrmSession, trio: list[int], filter_text: str, expected: str) -> None:
    assert found(crm, trio, filter_text) == expected


@pytest.mark.parametrize(
    "filter_text",
    [
        "personId ge 3",
        "personId le 3",
        "personId begins '3'",
        "title gt 'a' and",
        "title = ",
        "noSuchColumn = 1",
        "personUdef/SuperOffice:999 = 'x'",
        "personUpdatedDate afterTime 'yesterday'",
        "(title = 'x'",
        "title 'x'",
        "personUpdatedDate ge '2026-01-01'",
    ],
)
def test_what_is_not_understood_is_refused(crm: CrmSession, filter_text: str) -> None:
    error = crm.refused("Archive/Person", _select="personId", _filter=filter_text).json()
    assert error["Error"] is True


def test_an_unknown_provider_and_an_unknown_column_are_refused(crm: CrmSession) -> None:
    assert crm.request("GET", "Archive/NoSuchThing").status_code == 404
    crm.refused("Archive/Person", _select="personId,salutation")
    crm.refused("Contact", _select="name", _orderby="nothing desc")
    crm.refused("Archive/dynamic", _select="contact.name,person.title")


def test_the_date_filter_switch_leaves_days_only(crm: CrmSession, trio: list[int]) -> None:
    dynamic = {"_select": "person.person_id", "_filter": "person.updated afterTime '2026-01-02T12:00:00'"}
    assert {int(row["PrimaryKey"]) for row in crm.rows("dynamic", **dynamic)} >= set(trio[1:])
    crm.switch(date_filter="day")
    crm.refused("Archive/dynamic", **dynamic)
    crm.refused("Archive/Person", _select="personId", _filter="personUpdatedDate afterTime '2026-01-02T12:00:00'")
    assert found(crm, trio, "personUpdatedDate after '2026-01-01'") == "BC"


def test_after_includes_its_day_only_if_the_switch_says_so(crm: CrmSession, trio: list[int]) -> None:
    assert found(crm, trio, "personUpdatedDate after '2026-01-02'") == "C"
    crm.switch(after_is_inclusive="yes")
    assert found(crm, trio, "personUpdatedDate after '2026-01-02'") == "BC"


def test_ge_works_on_dates_only_if_the_switch_says_so(crm: CrmSession, trio: list[int]) -> None:
    crm.switch(ge_on_dates="accepted")
    assert found(crm, trio, "personUpdatedDate ge '2026-01-02T12:00:00'") == "BC"


def test_literals_are_read_in_the_time_zone_that_the_switch_says(crm: CrmSession, trio: list[int]) -> None:
    # 13:00 in Berlin is 12:00 UTC in January.
    assert found(crm, trio, "personUpdatedDate afterTime '2026-01-02T13:00:00'") == "C"
    crm.switch(filter_time_zone="base")
    assert found(crm, trio, "personUpdatedDate afterTime '2026-01-02T13:00:00'") == "BC"
    assert found(crm, trio, "personUpdatedDate afterTime '2026-01-02T12:00:01Z'") == "C"


def test_pages_by_key_give_every_row_once_and_end_empty(crm: CrmSession, trio: list[int]) -> None:
    del trio
    seen: list[int] = []
    last = 0
    while page := ids(crm, f"personId gt {last}", _orderby="personId", _top=2):
        seen += page
        last = page[-1]
    everybody = ids(crm, "getAllRows = 1")
    assert seen == sorted(everybody)
    assert len(set(seen)) == len(seen)


def test_a_server_may_cap_the_page_and_name_the_next_one(crm: CrmSession) -> None:
    for _ in range(3):
        crm.new_company()
    query = {"_select": "contactId", "_filter": "contactId gt 0", "_orderby": "contactId", "_top": 2}
    assert crm.get("Contact", **query)["odata.nextLink"] is None
    crm.switch(next_link="set")
    first = crm.get("Contact", **query)
    second = crm.http.get(first["odata.nextLink"], headers=crm.headers).json()
    assert [row["PrimaryKey"] for row in first["value"] + second["value"]] == ["1", "2", "3", "4"]
    crm.switch(max_top="100", next_link="null")
    for _ in range(100):
        crm.new_company()
    assert len(crm.rows("SimpleContact", _select="contactId", _top=5000)) == 100


def test_order_goes_by_several_columns_in_both_directions(crm: CrmSession, trio: list[int]) -> None:
    chosen = f"personId in ({','.join(map(str, trio))})"
    assert ids(crm, chosen, _orderby="lastName asc,firstName desc") == trio[::-1]
    assert ids(crm, chosen, _orderby="personUpdatedDate desc", _top=1) == trio[2:]
    assert ids(crm, chosen, _orderby="personUpdatedDate", _skip=1, _top=1) == trio[1:2]


def test_a_join_gives_one_row_for_each_element_with_the_same_key(crm: CrmSession) -> None:
    company = crm.new_company(Emails=[{"Value": "a@x.example"}, {"Value": "b@x.example"}])
    wanted = {"_filter": f"contactId = {company}", "_select": "name,email/emailAddress"}
    rows = crm.rows("Contact", **wanted)
    assert [(row["PrimaryKey"], row["email/emailAddress"]) for row in rows] == [
        (str(company), "a@x.example"),
        (str(company), "b@x.example"),
    ]
    assert len(crm.rows("Contact", _filter=f"contactId = {company}", _select="name")) == 1
    assert (
        len(crm.rows("Contact", **{**wanted, "_filter": f"contactId = {company} and email/emailAddress begins 'b'"}))
        == 1
    )


def test_slim_rows_show_text_and_full_rows_carry_ids(crm: CrmSession) -> None:
    company = crm.new_company(
        Category={"Id": 2}, CustomFields={"SuperOffice:83": "1402", "SuperOffice:85": "[D:11/30/2026]"}
    )
    columns = "category,updatedBy,contactUdef/SuperOffice:83,contactUdef/SuperOffice:85,contactUdef/SuperOffice:14,updatedDate"
    query = {"_filter": f"contactId = {company}", "_select": columns}
    slim = crm.rows("SimpleContact", **query)[0]
    assert slim["PrimaryKey"] == str(company)
    assert 'GE:"Gesundheitswesen"' in slim["contactUdef/SuperOffice:83"]
    assert (slim["updatedBy"], slim["contactUdef/SuperOffice:85"]) == ("GTM", "2026-11-30T00:00:00")
    assert slim["contactUdef/SuperOffice:14"] is False
    assert "Z" not in slim["updatedDate"]
    full = crm.rows("SimpleContact", **query, _mode="Full")[0]
    assert full["PrimaryKey"] == company
    assert full["Column"]["category"]["RawValue"] == 2
    assert full["Column"]["updatedBy"]["RawValue"] == 5
    assert full["Column"]["contactUdef/SuperOffice:83"]["RawValue"] == "[I:1402]"
    assert full["Column"]["contactUdef/SuperOffice:83"]["DisplayValue"] == slim["contactUdef/SuperOffice:83"]


def test_user_fields_can_be_filtered_by_the_type_that_the_tenant_gave_them(crm: CrmSession) -> None:
    company = crm.new_company(CustomFields={"SuperOffice:83": "1404", "SuperOffice:84": "Auf den Punkt."})
    by_list = "contactUdef/SuperOffice:83 oneOf (1404) and contactUdef/SuperOffice:84 begins 'Auf'"
    assert [row["PrimaryKey"] for row in crm.rows("Contact", _select="name", _filter=by_list)] == [str(company)]
    crm.switch(vertical_field="text")
    crm.refused("Archive/Contact", _select="name", _filter="contactUdef/SuperOffice:83 oneOf (1404) and name after 'x'")
    by_text = f"contactId = {company} and contactUdef/SuperOffice:83 begins 'Lebens'"
    assert len(crm.rows("Contact", _select="name", _filter=by_text)) == 1


def test_dynamic_gives_database_columns_with_ids(crm: CrmSession) -> None:
    company = crm.new_company(Category={"Id": 2})
    stamp = crm.aged("Contact", company)
    select = (
        "contact.contact_id,contact.updated,contact.updated_associate_id,contact.category_idx,contact.category_idx.name"
    )
    row = crm.rows("dynamic", _select=select, _filter=f"contact.contact_id = {company}", _orderby="contact.contact_id")[
        0
    ]
    assert (row["EntityName"], row["contact.updated"], row["contact.updated_associate_id"]) == ("contact", stamp, 1)
    assert row["contact.category_idx"] == 2
    assert "Interessent" in row["contact.category_idx.name"]


def test_a_query_may_be_posted_as_a_form(crm: CrmSession, trio: list[int]) -> None:
    form = {"$select": "personId,title", "$filter": f"personId in ({','.join(map(str, trio))})", "$orderBy": "personId"}
    rows = crm.request("POST", "Archive/Person", data=form).json()["value"]
    assert [row["personId"] for row in rows] == trio
    assert crm.world.journal.entries(method="POST", path="Archive")[-1].effect is False


def test_entities_choose_between_active_and_retired_persons(crm: CrmSession, trio: list[int]) -> None:
    chosen = f"personId in ({','.join(map(str, trio))})"
    assert ids(crm, chosen) == trio
    assert ids(crm, chosen, _entities="person") == trio[:2]
    retired = crm.rows("Person", _select="personId", _filter=chosen, _entities="retiredPerson")
    assert [row["EntityName"] for row in retired] == ["retiredPerson"]


def test_a_companys_persons_are_an_archive_of_their_own(crm: CrmSession, trio: list[int]) -> None:
    company = crm.entity(f"Person/{trio[0]}")["Contact"]["ContactId"]
    rows = crm.get(f"Contact/{company}/Persons", _select="personId,title", _filter="retired = 0")["value"]
    assert [row["personId"] for row in rows] == trio[:2]
    assert crm.request("GET", "Contact/99999/Persons").status_code == 404


@pytest.mark.parametrize(
    ("language", "name"), [("de", "Lagerlogistik"), ("en", "Warehousing and Logistics"), ("*", 'GE:"Lagerlogistik"')]
)
def test_the_language_header_decides_about_list_names(crm: CrmSession, language: str, name: str) -> None:
    response = crm.request("GET", "MDOList/udlist83?flat=true", headers={"SO-Language": language})
    names = [item["Name"] for item in response.json()]
    assert any(name == item if language != "*" else name in item for item in names), names


def test_lists_without_flat_have_headings_and_unknown_lists_are_404(crm: CrmSession) -> None:
    (heading,) = crm.get("MDOList/udlist83")
    assert [item["Id"] for item in heading["ChildItems"]] == [
        item["Id"] for item in crm.get("MDOList/udlist83", flat="true")
    ]
    assert {"Herr", "Frau"} <= {
        part.split('"')[1] for i in crm.get("MDOList/mrmrs", flat="true") for part in i["Name"].split(";")
    }
    assert crm.request("GET", "MDOList/udlist999").status_code == 404


@pytest.mark.parametrize(("language", "label"), [("en", "Opener"), ("de", "Einstiegssatz"), ("no", "Åpning")])
def test_the_layout_speaks_the_tenants_language(crm: CrmSession, language: str, label: str) -> None:
    crm.switch(label_language=language)
    layout = {row["ProgId"]: row for row in crm.get("Contact/UdefLayout/Published")}
    assert (layout["SuperOffice:86"]["FieldLabel"], layout["SuperOffice:86"]["TextLength"]) == (label, 199)
    assert (layout["SuperOffice:83"]["FieldType"], layout["SuperOffice:83"]["MdoListName"]) == ("List", "udlist83")
    assert crm.get(f"Contact/UdefLayout/Published/{label}")["ProgId"] == "SuperOffice:86"


def test_and_binds_tighter_than_or() -> None:
    tree = parse_filter("a = 1 or b = 2 and c = 'x'")
    assert tree == AnyOf(
        (Comparison("a", "=", (1,)), AllOf((Comparison("b", "=", (2,)), Comparison("c", "=", (Quoted("x"),)))))
    )


@given(text=st.text(min_size=0, max_size=30))
def test_any_text_survives_quoting_with_backslashes(text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    assert parse_filter(f"name = '{quoted}'") == Comparison("name", "=", (Quoted(text),))


def parsed_or_refused(text: str) -> Node | ApiError | None:
    try:
        return parse_filter(text)
    except ApiError as refusal:
        return refusal


@given(text=st.text(alphabet=" ()'=,abor1\\nd<>", max_size=25))
def test_no_filter_text_does_anything_but_parse_or_be_refused(text: str) -> None:
    outcome = parsed_or_refused(text)
    if isinstance(outcome, ApiError):
        assert (outcome.status, outcome.error_type) == (400, "ArgumentException")
        assert outcome.message
    elif text.strip():
        assert isinstance(outcome, AllOf | AnyOf | Comparison)
    else:
        assert outcome is None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lastname=st.text(min_size=1, max_size=20).filter(str.strip))
def test_a_person_is_found_by_any_name_that_was_written(crm: CrmSession, lastname: str) -> None:
    person = crm.new_person(Lastname=lastname)
    quoted = lastname.replace("\\", "\\\\").replace("'", "\\'")
    assert person in ids(crm, f"lastName = '{quoted}'")
