"""Merges, the recycle bin and restored backups: what people do to records, and what the API shows afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gtm_assets_tests.sandbox.crm_session import CrmSession
from sandbox.superoffice.backups import restore_backup, take_backup
from sandbox.superoffice.records import with_changes
from sandbox.world import World

_COLUMNS = ("mergemovelog_id", "tableNumber", "sourceRecord", "destinationRecord", "registered")


def _log(crm: CrmSession, *sources: int) -> list[tuple[int, int, int]]:
    rows = crm.rows(
        "dynamic",
        _select=",".join(f"mergemovelog.{name}" for name in _COLUMNS),
        _filter=f"mergemovelog.sourceRecord in ({','.join(map(str, sources))})",
        _orderby="mergemovelog.mergemovelog_id",
    )
    assert all(row["mergemovelog.registered"] for row in rows)
    return [tuple(row[f"mergemovelog.{name}"] for name in _COLUMNS[1:4]) for row in rows]  # type: ignore[misc]


def _merge(crm: CrmSession, entity: str, source: int, destination: int, **options: Any) -> None:
    crm.control("POST", "merge", json={"entity": entity, "id": source, "into": destination, **options})


def test_a_merged_person_is_gone_for_good_and_only_the_log_tells_where_to(crm: CrmSession) -> None:
    source, destination = crm.new_person(), crm.new_person()
    _merge(crm, "Person", source, destination)
    assert crm.request("GET", f"Person/{source}").status_code == 404
    for provider in ("Person", "RecyclePerson"):
        assert crm.rows(provider, _select="personId", _filter=f"personId in ({source})") == []
    assert _log(crm, source, destination) == [(6, source, destination)]


def test_a_merge_fills_what_is_empty_at_the_destination_and_nothing_else(crm: CrmSession) -> None:
    source = crm.new_person(CustomFields={"SuperOffice:19": "von der Quelle", "SuperOffice:20": "von der Quelle"})
    destination = crm.new_person(CustomFields={"SuperOffice:19": "vom Ziel"})
    _merge(crm, "Person", source, destination)
    fields = crm.fields(f"Person/{destination}")
    assert (fields["SuperOffice:19"], fields["SuperOffice:20"]) == ("vom Ziel", "von der Quelle")


def test_a_person_may_be_left_as_retired_by_a_merge(crm: CrmSession) -> None:
    source, destination = crm.new_person(), crm.new_person()
    _merge(crm, "Person", source, destination, keep_source=True)
    assert crm.entity(f"Person/{source}")["Retired"] is True


def test_a_companys_persons_go_with_it(crm: CrmSession) -> None:
    source, destination = crm.new_company(), crm.new_company()
    person = crm.new_person(Contact={"ContactId": source})
    _merge(crm, "company", source, destination)
    rows = crm.rows("Person", _select="personId", _filter=f"contactId in ({destination})")
    assert [row["personId"] for row in rows] == [person]
    assert _log(crm, source) == [(5, source, destination)]


def test_a_move_stands_in_the_log_too(crm: CrmSession) -> None:
    person, company = crm.new_person(), crm.new_company()
    crm.control("POST", "edit", json={"entity": "Person", "id": person, "fields": {"company": company}})
    assert _log(crm, person) == [(6, person, company)]


@pytest.mark.parametrize("position", ["403", "404"])
def test_a_log_that_may_not_be_read_says_so(crm: CrmSession, position: str) -> None:
    crm.switch(merge_log=position)
    query = {"$select": "mergemovelog.sourceRecord", "$filter": "mergemovelog.mergemovelog_id gt 0"}
    assert crm.request("GET", "Archive/dynamic", params=query).status_code == int(position)


def test_what_is_taken_out_of_the_recycle_bin_is_there_as_before(crm: CrmSession) -> None:
    person = crm.new_person(Title="Leiterin Einkauf")
    crm.control("POST", "delete", json={"entity": "Person", "id": person})
    assert crm.request("GET", f"Person/{person}").status_code == 404
    crm.control("POST", "undelete", json={"entity": "Person", "id": person})
    assert crm.entity(f"Person/{person}")["Title"] == "Leiterin Einkauf"


def test_a_restored_backup_brings_back_records_times_and_ids_also_after_a_restart(tmp_path: Path) -> None:
    world = World(tmp_path, companies=2)
    known = world.crm.persons.get(1)
    assert known is not None
    take_backup(world.crm)
    last = world.crm.persons.last_id
    world.crm.save(with_changes(known, {"title": "Neu"}), 7)
    new = world.crm.create(known, 7)
    world.crm.remove("Person", 2)
    assert new.id == last + 1
    world.close()

    again = World(tmp_path, companies=2)
    assert again.crm.persons.get(2) is None
    restore_backup(again.crm)
    assert again.crm.persons.get(1) == known
    assert again.crm.persons.get(new.id) is None
    assert again.crm.persons.next_id() == new.id
    assert 2 in again.crm.persons_of(1)
    again.close()

    third = World(tmp_path, companies=2)
    assert third.crm.persons.get(2) is not None
    third.close()


def test_without_a_backup_there_is_nothing_to_restore(crm: CrmSession) -> None:
    answer = crm.http.post(f"{crm.server.base_url}/control/restore", json={})
    assert answer.status_code == 404
    assert "gtm sandbox backup" in answer.json()["error"]
