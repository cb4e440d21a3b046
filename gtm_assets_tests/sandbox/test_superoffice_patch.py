"""PATCH, POST and DELETE: the documented quirks, and each switch in each position."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gtm_assets_tests.sandbox.crm_session import CrmSession

VERTICAL, SUMMARY, LAST_UPDATE = "SuperOffice:83", "SuperOffice:84", "SuperOffice:85"
SUBJECT, CAMPAIGN = "SuperOffice:19", "SuperOffice:23"
STREET = {"Address1": "Werkstr. 1", "Zipcode": "58091", "City": "Hagen"}


def http_date(stamp: str, seconds: int = 0) -> str:
    moment = datetime.fromisoformat(stamp).replace(tzinfo=UTC) + timedelta(seconds=seconds)
    return format_datetime(moment, usegmt=True)


def test_one_json_patch_changes_texts_fields_and_address_at_once(crm: CrmSession) -> None:
    company = crm.new_company()
    body = [
        {"op": "replace", "path": "/orgnr", "value": "DE811569869"},
        {"op": "replace", "path": "CustomFields", "value": {VERTICAL: "[I:1402]", SUMMARY: "Kurz."}},
        {"op": "replace", "path": "Address/Postal", "value": STREET},
        {"op": "replace", "path": "/Address/Street", "value": STREET},
    ]
    response = crm.patch(f"Contact/{company}", body)
    assert response.status_code == 200
    entity = crm.entity(f"Contact/{company}")
    assert entity["OrgNr"] == "DE811569869"
    assert (entity["CustomFields"][VERTICAL], entity["CustomFields"][SUMMARY]) == ("[I:1402]", "Kurz.")
    assert entity["Address"]["Postal"]["City"] == entity["Address"]["Street"]["City"] == "Hagen"
    assert entity["UpdatedBy"]["AssociateId"] == 5


def test_a_flat_postal_address_is_silently_ignored(crm: CrmSession) -> None:
    company = crm.new_company()
    assert crm.replace(f"Contact/{company}", PostalAddress={"City": "Hagen"}).status_code == 200
    assert crm.patch(f"Contact/{company}", {"PostalAddress": {"City": "Hagen"}}).status_code == 200
    assert crm.entity(f"Contact/{company}")["Address"]["Postal"]["City"] == ""


def test_a_single_leaf_of_an_address_fails_and_changes_nothing(crm: CrmSession) -> None:
    company = crm.new_company(OrgNr="1")
    body = [
        {"op": "replace", "path": "OrgNr", "value": "2"},
        {"op": "replace", "path": "Address/Street/City", "value": "Hagen"},
    ]
    assert crm.patch(f"Contact/{company}", body).status_code == 400
    assert crm.entity(f"Contact/{company}")["OrgNr"] == "1"


def test_a_block_that_names_only_some_of_its_fields_blanks_the_others(crm: CrmSession) -> None:
    company = crm.new_company(Address={"Street": STREET})
    crm.patch(f"Contact/{company}", [{"op": "replace", "path": "Address/Street", "value": {"City": "Unna"}}])
    street = crm.entity(f"Contact/{company}")["Address"]["Street"]
    assert (street["City"], street["Address1"]) == ("Unna", "")


def test_a_changed_localized_address_overrides_the_block(crm: CrmSession) -> None:
    company = crm.new_company(Address={"Street": STREET, "Postal": STREET})
    address = crm.entity(f"Contact/{company}")["Address"]
    for item in (item for row in address["LocalizedAddress"] for item in row):
        if (item["AddressType"], item["Name"]) == ("ContactPostalAddress", "City"):
            item["Value"] = "Soest"
    crm.replace(f"Contact/{company}", Address=address)
    after = crm.entity(f"Contact/{company}")["Address"]
    assert (after["Postal"]["City"], after["Street"]["City"]) == ("Soest", "Hagen")


def test_arrays_grow_at_the_end_and_are_replaced_as_a_whole(crm: CrmSession) -> None:
    person = crm.new_person(Emails=[{"Value": "a@pruefwerk.example"}])
    crm.patch(f"Person/{person}", [{"op": "add", "path": "/Emails/-", "value": {"Value": "b@pruefwerk.example"}}])
    assert [item["Value"] for item in crm.entity(f"Person/{person}")["Emails"]] == [
        "a@pruefwerk.example",
        "b@pruefwerk.example",
    ]
    crm.patch(f"Person/{person}", [{"op": "remove", "path": "/Emails/0"}])
    crm.replace(f"Person/{person}", OfficePhones=[{"Value": "+49 30 1", "Description": "Büro"}])
    entity = crm.entity(f"Person/{person}")
    assert [item["Value"] for item in entity["Emails"]] == ["b@pruefwerk.example"]
    assert entity["OfficePhones"][0]["Description"] == "Büro"


def test_nested_paths_set_list_values_by_id(crm: CrmSession) -> None:
    person = crm.new_person()
    position = crm.get("MDOList/perspos", flat="true")[2]
    crm.patch(f"Person/{person}", [{"op": "replace", "path": "position/id", "value": position["Id"]}])
    assert crm.entity(f"Person/{person}")["Position"]["Value"] == position["Name"]
    assert crm.patch(f"Person/{person}", [{"op": "replace", "path": "Position/Id", "value": 99999}]).status_code == 400


@pytest.mark.parametrize("operation", ["move", "copy"])
def test_move_and_copy_are_refused(crm: CrmSession, operation: str) -> None:
    person = crm.new_person()
    body = [{"op": operation, "from": "Title", "path": "Description"}]
    assert crm.patch(f"Person/{person}", body).status_code == 400


def test_operations_may_be_the_numbers_of_the_published_enum(crm: CrmSession) -> None:
    person = crm.new_person()
    assert crm.patch(f"Person/{person}", [{"op": 2, "path": "/Title", "value": "Leitung"}]).status_code == 200
    assert crm.entity(f"Person/{person}")["Title"] == "Leitung"


def test_a_test_that_does_not_hold_answers_409_and_nothing_is_written(crm: CrmSession) -> None:
    person = crm.new_person(Title="Einkauf")
    body = [
        {"op": "replace", "path": "Description", "value": "neu"},
        {"op": "test", "path": "Title", "value": "Vertrieb"},
    ]
    assert crm.patch(f"Person/{person}", body).status_code == 409
    assert crm.entity(f"Person/{person}")["Description"] == ""
    body[1]["value"] = "Einkauf"
    assert crm.patch(f"Person/{person}", body).status_code == 200


def test_a_merge_patch_sets_scalars_appends_objects_and_passes_over_null_properties(crm: CrmSession) -> None:
    person = crm.new_person(Emails=[{"Value": "a@pruefwerk.example"}])
    body = {
        "Title": "Werkleiter",
        "Emails": {"Value": "b@pruefwerk.example"},
        "SupportAssociate": {"AssociateId": 7},
        "CustomFields": {SUBJECT: "Betreff"},
    }
    assert crm.patch(f"Person/{person}", body).status_code == 200
    entity = crm.entity(f"Person/{person}")
    assert (entity["Title"], len(entity["Emails"]), entity["SupportAssociate"]) == ("Werkleiter", 2, None)
    assert entity["CustomFields"][SUBJECT] == "Betreff"


def test_select_nulls_out_everything_else_in_the_answer(crm: CrmSession) -> None:
    person = crm.new_person(Title="Einkauf", Description="x")
    path = f"Person/{person}?$select=title,position/id"
    entity = crm.replace(path, Title="Leitung Einkauf").json()
    assert entity["Title"] == "Leitung Einkauf"
    assert (entity["Description"], entity["PersonId"], entity["CustomFields"]) == (None, None, None)
    assert (entity["Position"]["Id"], entity["Position"]["Value"]) == (0, None)


@pytest.mark.parametrize(
    ("seconds", "position", "status"), [(0, "passes", 200), (0, "fails", 412), (1, "fails", 200), (-1, "passes", 412)]
)
def test_if_unmodified_since_compares_whole_seconds(crm: CrmSession, seconds: int, position: str, status: int) -> None:
    crm.switch(unmodified_since_same_second=position)
    person = crm.new_person()
    stamp = crm.aged("Person", person)
    response = crm.patch(
        f"Person/{person}",
        [{"op": "replace", "path": "Title", "value": "x"}],
        If_Unmodified_Since=http_date(stamp, seconds),
    )
    assert response.status_code == status


def test_if_modified_since_answers_304_for_what_is_unchanged(crm: CrmSession) -> None:
    person = crm.new_person()
    stamp = crm.aged("Person", person)
    for seconds, status in ((0, 304), (-1, 200)):
        headers = {"If-Modified-Since": http_date(stamp, seconds)}
        assert crm.request("GET", f"Person/{person}", headers=headers).status_code == status


def test_custom_fields_patch_leaves_unnamed_fields_or_blanks_them_as_the_switch_says(crm: CrmSession) -> None:
    company = crm.new_company(CustomFields={"SuperOffice:12": "K-1", SUMMARY: "alt"})
    crm.replace(f"Contact/{company}", CustomFields={SUMMARY: "neu"})
    fields = crm.fields(f"Contact/{company}")
    assert (fields["SuperOffice:12"], fields[SUMMARY]) == ("K-1", "neu")
    crm.switch(custom_fields_patch="whole")
    crm.replace(f"Contact/{company}", CustomFields={SUMMARY: "neuer"})
    fields = crm.fields(f"Contact/{company}")
    assert (fields["SuperOffice:12"], fields[SUMMARY]) == ("", "neuer")


def test_a_field_as_a_path_is_accepted_or_refused_as_the_switch_says(crm: CrmSession) -> None:
    person = crm.new_person(CustomFields={"SuperOffice:5": "Rudern"})
    body = [{"op": "replace", "path": f"/CustomFields/{SUBJECT}", "value": "Betreff"}]
    assert crm.patch(f"Person/{person}", body).status_code == 200
    fields = crm.fields(f"Person/{person}")
    assert (fields[SUBJECT], fields["SuperOffice:5"]) == ("Betreff", "Rudern")
    crm.switch(custom_fields_path="refused")
    assert crm.patch(f"Person/{person}", body).status_code == 400


@pytest.mark.parametrize(("position", "status"), [("accepted", 409), ("refused", 400), ("ignored", 200)])
def test_a_test_below_custom_fields_does_what_the_switch_says(crm: CrmSession, position: str, status: int) -> None:
    crm.switch(custom_fields_test=position)
    person = crm.new_person(CustomFields={SUBJECT: "von einem Menschen"})
    body = [
        {"op": "test", "path": f"/CustomFields/{SUBJECT}", "value": "alt"},
        {"op": "replace", "path": "/CustomFields", "value": {SUBJECT: "neu"}},
    ]
    assert crm.patch(f"Person/{person}", body).status_code == status
    assert crm.fields(f"Person/{person}")[SUBJECT] == ("neu" if status == 200 else "von einem Menschen")


@pytest.mark.parametrize(("position", "status"), [("accepted", 409), ("refused", 400), ("ignored", 200)])
def test_a_test_of_another_property_does_what_the_switch_says(crm: CrmSession, position: str, status: int) -> None:
    crm.switch(property_test=position)
    person = crm.new_person()
    body = [
        {"op": "test", "path": "/NoMailing", "value": True},
        {"op": "replace", "path": "/CustomFields", "value": {SUBJECT: "neu"}},
    ]
    assert crm.patch(f"Person/{person}", body).status_code == status
    assert (crm.fields(f"Person/{person}").get(SUBJECT) == "neu") is (status == 200)


@pytest.mark.parametrize("position", ["yes", "no"])
def test_child_rows_move_the_stamp_only_if_the_switch_says_so(crm: CrmSession, position: str) -> None:
    crm.switch(child_rows_touch_updated=position)
    person = crm.new_person()
    for name, value in {"CustomFields": {SUBJECT: "neu"}, "Emails": [{"Value": "x@pruefwerk.example"}]}.items():
        stamp = crm.aged("Person", person)
        crm.replace(f"Person/{person}", **{name: value})
        entity = crm.entity(f"Person/{person}")
        assert (entity["UpdatedDate"] != stamp) is (position == "yes")
        assert entity["UpdatedBy"]["AssociateId"] == (5 if position == "yes" else 1)
    stamp = crm.aged("Person", person)
    crm.replace(f"Person/{person}", Title="Leitung")
    assert crm.entity(f"Person/{person}")["UpdatedDate"] != stamp


@pytest.mark.parametrize("position", ["yes", "no"])
def test_a_patch_without_difference_moves_the_stamp_only_if_the_switch_says_so(crm: CrmSession, position: str) -> None:
    crm.switch(noop_patch_touches_updated=position)
    person = crm.new_person(Title="Leitung")
    stamp = crm.aged("Person", person)
    crm.replace(f"Person/{person}", Title="Leitung")
    assert (crm.entity(f"Person/{person}")["UpdatedDate"] != stamp) is (position == "yes")


@pytest.mark.parametrize(("position", "status", "kept"), [("error", 400, ""), ("truncate", 200, "x" * 199)])
def test_a_text_longer_than_its_field_is_refused_or_cut(crm: CrmSession, position: str, status: int, kept: str) -> None:
    crm.switch(text_over_length=position)
    person = crm.new_person()
    assert crm.replace(f"Person/{person}", CustomFields={SUBJECT: "x" * 200}).status_code == status
    assert crm.fields(f"Person/{person}")[SUBJECT] == kept
    assert crm.replace(f"Person/{person}", Title="x" * 240).status_code == status


def test_a_list_field_takes_encoded_and_bare_ids_and_no_id_that_is_not_in_the_list(crm: CrmSession) -> None:
    company = crm.new_company()
    for value in ("[I:1403]", "1403"):
        crm.replace(f"Contact/{company}", CustomFields={VERTICAL: value})
        fields = crm.fields(f"Contact/{company}")
        assert fields[VERTICAL] == fields[f"{VERTICAL}:org"] == "[I:1403]"
        assert "Lagerlogistik" in fields[f"{VERTICAL}:DisplayText"]
    assert crm.replace(f"Contact/{company}", CustomFields={VERTICAL: "[I:99]"}).status_code == 400
    crm.replace(f"Contact/{company}", CustomFields={VERTICAL: "[I:0]"})
    assert crm.fields(f"Contact/{company}")[VERTICAL] == "[I:0]"


def test_a_date_field_is_written_and_read_month_first(crm: CrmSession) -> None:
    company = crm.new_company()
    assert crm.fields(f"Contact/{company}")[LAST_UPDATE].startswith("[DT:01/01/0001")
    crm.replace(f"Contact/{company}", CustomFields={LAST_UPDATE: "[D:11/30/2026]"})
    assert crm.fields(f"Contact/{company}")[LAST_UPDATE] == "[D:11/30/2026]"


def test_fields_change_their_type_with_the_tenants_switches_and_keep_their_values(crm: CrmSession) -> None:
    company = crm.new_company(CustomFields={VERTICAL: "[I:1402]", LAST_UPDATE: "[D:11/30/2026]"})
    person = crm.new_person(CustomFields={CAMPAIGN: crm.get("MDOList/udlist23", flat="true")[0]["Name"]})
    crm.switch(vertical_field="text", last_update_field="text", campaign_field="list")
    fields = crm.fields(f"Contact/{company}")
    assert (fields[VERTICAL], fields[LAST_UPDATE]) == ("Gesundheitswesen", "2026-11-30")
    assert f"{VERTICAL}:DisplayText" not in fields
    assert crm.fields(f"Person/{person}")[CAMPAIGN] == "[I:2301]"


def test_a_new_entity_needs_only_what_is_known_and_carries_defaults(crm: CrmSession) -> None:
    company = crm.new_company(Category={"Id": 2}, Country={"CountryId": 276})
    person = crm.new_person(Contact={"ContactId": company}, CustomFields={SUBJECT: "x"})
    entity = crm.entity(f"Person/{person}")
    assert entity["Contact"]["ContactId"] == company
    assert entity["CreatedBy"]["AssociateId"] == 5
    assert [row["PersonId"] for row in crm.entity(f"Contact/{company}")["Persons"]] == [person]
    assert crm.request("POST", "Contact", json={"Name": ""}).status_code == 400
    assert crm.get("Contact/default")["ContactId"] == 0


def test_an_unknown_id_answers_404_with_the_documented_body(crm: CrmSession) -> None:
    response = crm.request("GET", "Contact/99999")
    assert response.status_code == 404
    assert response.json() == {
        "Error": True,
        "ErrorType": "SoNotFoundException",
        "ErrorMessage": "Contact id 99999 not found",
        "ErrorSource": "SuperOffice.Services.Implementation",
    }


def test_a_deleted_record_is_gone_from_archives_and_in_the_recycle_bin(crm: CrmSession) -> None:
    person = crm.new_person()
    assert crm.request("DELETE", f"Person/{person}").status_code == 204
    wanted = {"_select": "personId", "_filter": f"personId = {person}"}
    assert crm.rows("Person", **wanted) == []
    assert len(crm.rows("RecyclePerson", **wanted)) == 1
    assert crm.rows("dynamic", _select="person.person_id", _filter=f"person.person_id = {person}") == []
    assert crm.request("GET", f"Person/{person}").status_code == 404


@pytest.mark.parametrize(("position", "lost"), [("yes", False), ("no", True)])
def test_between_precondition_and_save_another_write_slips_in_only_where_the_switch_says_so(
    crm: CrmSession, position: str, *, lost: bool
) -> None:
    crm.switch(precondition_atomic=position)
    person = crm.new_person(Title="alt")
    statuses: list[int] = []
    barrier = threading.Barrier(2)

    def write(value: str) -> None:
        barrier.wait()
        body = [{"op": "test", "path": "Title", "value": "alt"}, {"op": "replace", "path": "Title", "value": value}]
        statuses.append(crm.patch(f"Person/{person}", body).status_code)

    threads = [threading.Thread(target=write, args=(value,)) for value in ("eins", "zwei")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == ([200, 200] if lost else [200, 409])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(
        st.tuples(st.sampled_from([SUBJECT, "SuperOffice:20", "SuperOffice:5"]), st.text(max_size=39)), max_size=6
    )
)
def test_any_sequence_of_field_edits_ends_as_a_dictionary_would(crm: CrmSession, texts: list[tuple[str, str]]) -> None:
    person = crm.new_person()
    expected = dict.fromkeys((SUBJECT, "SuperOffice:20", "SuperOffice:5"), "")
    body = [{"op": "replace", "path": "CustomFields", "value": {key: text}} for key, text in texts]
    expected |= dict(texts)
    assert crm.patch(f"Person/{person}", body).status_code == 200
    fields = crm.fields(f"Person/{person}")
    assert {key: fields[key] for key in expected} == expected


def test_stamps_are_naive_utc_unless_the_client_asks_for_offsets(crm: CrmSession) -> None:
    person = crm.new_person()
    stamp = crm.aged("Person", person)
    assert crm.entity(f"Person/{person}")["UpdatedDate"] == stamp
    tagged = crm.request("GET", f"Person/{person}", headers={"SO-TimeZone": "UTC, includeTZOffset"}).json()
    assert tagged["UpdatedDate"] == f"{stamp}Z"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "Person/1", "no patch"),
        ("PATCH", "Person/1", [{"op": "replace", "path": "Title"}]),
        (
            "PATCH",
            "Person/1",
            [{"op": "replace", "path": "Nothing/There", "value": 1}, {"op": "paint", "path": "Title"}],
        ),
        ("PATCH", "Contact/1", [{"op": "replace", "path": "Category/Colour", "value": 1}]),
        ("PATCH", "Contact/1", [{"op": "replace", "path": "CustomFields", "value": "x"}]),
        ("PATCH", "Contact/1", [{"op": "replace", "path": "Emails/9", "value": {}}]),
        ("POST", "Contact", ["no entity"]),
    ],
)
def test_bodies_that_are_not_understood_are_refused(crm: CrmSession, method: str, path: str, body: object) -> None:
    assert crm.request(method, path, json=body).status_code == 400


def test_a_body_of_the_wrong_shape_inside_is_an_error_of_the_documented_form(crm: CrmSession) -> None:
    response = crm.request("POST", "Contact", json={"Name": "Schief", "Address": "Hagen", "CustomFields": []})
    assert response.status_code == 500
    assert response.json()["Error"] is True
