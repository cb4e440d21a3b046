"""Faults by name inside the CRM: ignored patches, stale reads, people in between, odd times, deletion; and persons who move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gtm_assets_tests.sandbox.crm_session import CrmSession
from sandbox.faults.kinds import (
    DuplicateTimestamps,
    EditBetween,
    IgnoredPatch,
    LateTimestamps,
    SoftDelete,
    StaleRead,
)
from sandbox.superoffice import people
from sandbox.superoffice.api import view_of
from sandbox.superoffice.carriers import API_USER, HUMAN
from sandbox.superoffice.people import edit

TITLE_AND_HOBBY = [
    {"op": "replace", "path": "Title", "value": "neu"},
    {"op": "replace", "path": "CustomFields", "value": {"SuperOffice:5": "Rudern"}},
]


def title_of(crm: CrmSession, person: int) -> str:
    return str(crm.entity(f"Person/{person}")["Title"])


def human_edits(crm: CrmSession, person: int, **fields: str) -> None:
    edit(view_of(crm.world, "de"), "Person", person, fields)


def row_of(crm: CrmSession, person: int, provider: str = "Person") -> dict[str, Any] | None:
    rows = crm.rows(provider, _select="personId,title,personUpdatedDate", _filter=f"personId = {person}")
    return rows[0] if rows else None


# --- ignored patches ----------------------------------------------------------------------------------------------------------------


def test_a_patch_is_answered_as_if_it_had_worked_and_nothing_changed(crm: CrmSession) -> None:
    person = crm.new_person(Title="alt")
    stamp = crm.aged("Person", person)
    running = crm.world.faults.start(IgnoredPatch())
    answer = crm.patch(f"Person/{person}", TITLE_AND_HOBBY)
    assert (answer.status_code, answer.json()["Title"]) == (200, "neu")
    assert answer.json()["CustomFields"]["SuperOffice:5"] == "Rudern"
    entity = crm.entity(f"Person/{person}")
    assert (entity["Title"], entity["CustomFields"]["SuperOffice:5"], entity["UpdatedDate"]) == ("alt", "", stamp)
    assert [entry.effect for entry in crm.world.journal.entries(path=f"Person/{person}", method="PATCH")] == [False]
    assert running.met == 1


def test_the_answer_may_show_what_is_stored(crm: CrmSession) -> None:
    person = crm.new_person(Title="alt")
    crm.world.faults.start(IgnoredPatch(person=person, answer="stored"))
    assert crm.replace(f"Person/{person}", Title="neu").json()["Title"] == "alt"


@pytest.mark.parametrize(
    ("ignored", "stored"), [("Title", ("alt", "Rudern")), ("Hobby", ("neu", "")), ("SuperOffice:5", ("neu", ""))]
)
def test_some_fields_are_ignored_and_the_others_are_saved(
    crm: CrmSession, ignored: str, stored: tuple[str, str]
) -> None:
    person = crm.new_person(Title="alt")
    crm.world.faults.start(IgnoredPatch(fields=(ignored,)))
    crm.patch(f"Person/{person}", TITLE_AND_HOBBY)
    entity = crm.entity(f"Person/{person}")
    assert (entity["Title"], entity["CustomFields"]["SuperOffice:5"]) == stored
    assert [entry.effect for entry in crm.world.journal.entries(path=f"Person/{person}", method="PATCH")] == [True]


def test_a_companys_address_and_number_can_be_ignored(crm: CrmSession) -> None:
    company = crm.new_company(OrgNr="DE1")
    crm.world.faults.start(IgnoredPatch(company=company, fields=("Address", "OrgNr")))
    crm.replace(f"Contact/{company}", OrgNr="DE2", Address={"Postal": {"City": "Unna"}, "Street": {"City": "Unna"}})
    entity = crm.entity(f"Contact/{company}")
    assert (entity["OrgNr"], entity["Address"]["Postal"]["City"]) == ("DE1", "")


def test_only_patches_that_would_have_changed_something_there_are_counted(crm: CrmSession) -> None:
    person, other = crm.new_person(Title="alt"), crm.new_person(Title="alt")
    crm.world.faults.start(IgnoredPatch(person=person, fields=("Title",), times=1))
    crm.replace(f"Person/{other}", Title="neu")
    crm.patch(f"Person/{person}", TITLE_AND_HOBBY[1:])
    crm.replace(f"Person/{person}", Title="neu")
    assert (title_of(crm, other), title_of(crm, person)) == ("neu", "alt")
    crm.replace(f"Person/{person}", Title="neu")
    assert title_of(crm, person) == "neu"


# --- stale reads --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reads", "single", "row"), [("all", "alt", "alt"), ("single", "alt", "neu"), ("archive", "neu", "alt")]
)
def test_reads_answer_what_was_before_the_last_changes(crm: CrmSession, reads: Any, single: str, row: str) -> None:
    person = crm.new_person(Title="alt")
    human_edits(crm, person, Title="neu")
    crm.world.faults.start(StaleRead(reads=reads))
    assert title_of(crm, person) == single
    found = row_of(crm, person)
    assert found is not None
    assert found["title"] == row
    crm.world.faults.clear("stale-read")
    assert title_of(crm, person) == "neu"


def test_a_record_that_is_too_new_is_not_there_yet(crm: CrmSession) -> None:
    company = crm.new_company()
    person = crm.new_person(Contact={"ContactId": company})
    crm.world.faults.start(StaleRead(changes=1))
    assert crm.request("GET", f"Person/{person}").status_code == 404
    assert row_of(crm, person) is None
    assert crm.entity(f"Contact/{company}")["Persons"] == []
    assert crm.rows("Person", _select="personId", _filter=f"contactId = {company}") == []


def test_a_person_who_moved_is_seen_where_they_were(crm: CrmSession) -> None:
    old, new = crm.new_company(), crm.new_company()
    person = crm.new_person(Contact={"ContactId": old})
    human_edits(crm, person, company=str(new))
    crm.world.faults.start(StaleRead(changes=1))
    persons = [
        {row["personId"] for row in crm.rows("Person", _select="personId", _filter=f"contactId = {company}")}
        for company in (old, new)
    ]
    assert persons == [{person}, set()]
    assert crm.entity(f"Person/{person}")["Contact"]["ContactId"] == old


def test_a_deleted_record_is_still_there_for_a_stale_read(crm: CrmSession) -> None:
    person = crm.new_person()
    crm.world.faults.start(SoftDelete(person=person))
    crm.world.faults.start(StaleRead(person=person, times=1))
    assert crm.request("GET", f"Person/{person}").status_code == 200
    assert crm.request("GET", f"Person/{person}").status_code == 404


def test_staleness_may_be_told_in_seconds_and_be_that_of_one_record(crm: CrmSession) -> None:
    person, other = crm.new_person(Title="alt"), crm.new_person(Title="alt")
    human_edits(crm, person, Title="neu")
    human_edits(crm, other, Title="neu")
    crm.world.faults.start(StaleRead(person=person, seconds=3600, changes=0))
    assert crm.request("GET", f"Person/{person}").status_code == 404
    assert title_of(crm, other) == "neu"


def test_writes_meet_the_present_and_reads_that_differ_in_nothing_are_not_counted(crm: CrmSession) -> None:
    person, other = crm.new_person(Title="alt"), crm.new_person()
    human_edits(crm, person, Title="neu")
    running = crm.world.faults.start(StaleRead(times=1))
    crm.entity(f"Person/{other}")
    row_of(crm, other)
    assert running.met == 0
    test = [{"op": "test", "path": "Title", "value": "alt"}, {"op": "replace", "path": "Title", "value": "x"}]
    assert crm.patch(f"Person/{person}", test).status_code == 409
    assert (title_of(crm, person), title_of(crm, person)) == ("alt", "neu")


# --- people in between ----------------------------------------------------------------------------------------------------------------


def test_a_human_edits_right_before_our_patch_and_a_test_notices(crm: CrmSession) -> None:
    person = crm.new_person(Title="alt")
    crm.world.faults.start(EditBetween(person=person, fields={"Title": "von Hand"}))
    test = [{"op": "test", "path": "Title", "value": "alt"}, {"op": "replace", "path": "Title", "value": "neu"}]
    assert crm.patch(f"Person/{person}", test).status_code == 409
    entity = crm.entity(f"Person/{person}")
    assert (entity["Title"], entity["UpdatedBy"]["AssociateId"]) == ("von Hand", HUMAN)


def test_where_precondition_and_save_are_two_steps_the_edit_falls_between_them(crm: CrmSession) -> None:
    crm.switch(precondition_atomic="no")
    person = crm.new_person(Title="alt")
    crm.world.faults.start(EditBetween(person=person, fields={"Title": "von Hand", "Hobby": "Rudern"}))
    test = [{"op": "test", "path": "Title", "value": "alt"}, {"op": "replace", "path": "Title", "value": "neu"}]
    assert crm.patch(f"Person/{person}", test).status_code == 200
    entity = crm.entity(f"Person/{person}")
    assert (entity["Title"], entity["CustomFields"]["SuperOffice:5"]) == ("neu", "Rudern")


def single_read(crm: CrmSession, person: int) -> str:
    return title_of(crm, person)


def archive_read(crm: CrmSession, person: int) -> str:
    found = row_of(crm, person)
    return str(found["title"]) if found else ""


@pytest.mark.parametrize("read", [single_read, archive_read])
def test_an_edit_right_after_a_read_makes_what_was_read_untrue(
    crm: CrmSession, read: Callable[[CrmSession, int], str]
) -> None:
    person = crm.new_person(Title="alt")
    crm.world.faults.start(EditBetween(person=person, fields={"Title": "von Hand"}, when="after-read"))
    row_of(crm, crm.new_person())
    assert [read(crm, person), read(crm, person)] == ["alt", "von Hand"]


def test_the_integrations_own_login_may_be_the_one_who_edits_and_some_requests_may_pass_before(
    crm: CrmSession,
) -> None:
    company = crm.new_company(Department="alt")
    fault = EditBetween(company=company, fields={"Department": "von Hand"}, by="engine", when="after-read", skip=1)
    crm.world.faults.start(fault)
    departments = [crm.entity(f"Contact/{company}")["Department"] for _ in range(3)]
    assert departments == ["alt", "alt", "von Hand"]
    assert crm.entity(f"Contact/{company}")["UpdatedBy"]["AssociateId"] == API_USER


# --- odd times ------------------------------------------------------------------------------------------------------------------------


def test_many_changes_get_one_and_the_same_second(crm: CrmSession) -> None:
    persons = [crm.new_person() for _ in range(3)]
    running = crm.world.faults.start(DuplicateTimestamps(changes=2))
    running.since = "2026-01-02T03:04:05"
    for person in persons:
        human_edits(crm, person, Title="neu")
    stamps = [crm.entity(f"Person/{person}")["UpdatedDate"] for person in persons]
    assert stamps[:2] == ["2026-01-02T03:04:05"] * 2
    assert stamps[2] > stamps[0]


def test_a_late_change_lies_back_and_is_a_humans_unless_said_otherwise(crm: CrmSession) -> None:
    person = crm.new_person()
    crm.world.faults.start(LateTimestamps(seconds=3600))
    before = crm.world.crm.now()
    crm.replace(f"Person/{person}", Title="von der Schnittstelle")
    assert crm.entity(f"Person/{person}")["UpdatedDate"] >= before
    human_edits(crm, person, Title="von Hand")
    late = crm.entity(f"Person/{person}")["UpdatedDate"]
    assert late < before
    human_edits(crm, person, Title="noch einmal")
    assert crm.entity(f"Person/{person}")["UpdatedDate"] >= before


@pytest.mark.parametrize("by", ["engine", "anyone"])
def test_the_engines_own_changes_can_be_late_too(crm: CrmSession, by: Any) -> None:
    person = crm.new_person()
    before = crm.world.crm.now()
    crm.world.faults.start(LateTimestamps(seconds=3600, by=by))
    crm.replace(f"Person/{person}", Title="neu")
    assert crm.entity(f"Person/{person}")["UpdatedDate"] < before


def test_a_record_can_be_created_late(crm: CrmSession) -> None:
    before = crm.world.crm.now()
    crm.world.faults.start(LateTimestamps(seconds=3600, by="engine"))
    entity = crm.entity(f"Person/{crm.new_person()}")
    assert entity["UpdatedDate"] == entity["CreatedDate"] < before


# --- deletion and moving ----------------------------------------------------------------------------------------------------------------


def test_a_deleted_record_leaves_archives_and_reads_for_the_recycle_bin(crm: CrmSession) -> None:
    person = crm.new_person(Title="alt")
    running = crm.world.faults.start(SoftDelete(person=person))
    assert running.met == 1
    assert row_of(crm, person) is None
    assert row_of(crm, person, "RecyclePerson") is not None
    assert crm.request("GET", f"Person/{person}").status_code == 404
    assert crm.replace(f"Person/{person}", Title="neu").status_code == 404
    crm.world.faults.clear()
    assert row_of(crm, person) is None


def test_a_tenant_may_still_answer_for_deleted_records_and_take_writes_to_them(crm: CrmSession) -> None:
    crm.switch(deleted_records="readable")
    company = crm.new_company(Department="alt")
    person = crm.new_person(Title="alt", Contact={"ContactId": company})
    crm.world.faults.start(SoftDelete(company=company))
    crm.world.faults.start(SoftDelete(person=person))
    assert crm.entity(f"Contact/{company}")["Deleted"] == 1
    assert crm.replace(f"Person/{person}", Title="neu").status_code == 200
    assert title_of(crm, person) == "neu"
    assert row_of(crm, person) is None


def test_nobody_edits_what_is_in_the_recycle_bin(crm: CrmSession) -> None:
    crm.switch(deleted_records="readable")
    person = crm.new_person(Title="alt")
    running = crm.world.faults.start(EditBetween(person=person, fields={"Title": "von Hand"}))
    crm.world.faults.start(SoftDelete(person=person))
    crm.patch(f"Person/{person}", TITLE_AND_HOBBY[1:])
    assert (title_of(crm, person), running.met) == ("alt", 0)


def test_a_record_is_deleted_right_before_our_patch_or_after_our_read(crm: CrmSession) -> None:
    person, company = crm.new_person(Title="alt"), crm.new_company()
    crm.world.faults.start(SoftDelete(person=person, when="before-patch"))
    crm.world.faults.start(SoftDelete(company=company, when="after-read"))
    assert crm.entity(f"Person/{person}")["Title"] == "alt"
    assert crm.replace(f"Person/{person}", Title="neu").status_code == 404
    assert crm.request("GET", f"Contact/{company}").status_code == 200
    assert crm.request("GET", f"Contact/{company}").status_code == 404


def test_a_person_moves_to_another_company(crm: CrmSession) -> None:
    old, new = crm.new_company(), crm.new_company()
    person = crm.new_person(Contact={"ContactId": old})
    people.edit(view_of(crm.world, "de"), "Person", person, {"company": new})
    assert [item["PersonId"] for item in crm.entity(f"Contact/{new}")["Persons"]] == [person]
    assert crm.entity(f"Contact/{old}")["Persons"] == []
