"""Journal, human edits, switches, holds and faults."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import httpx
import pytest

from gtm_assets_tests.sandbox.crm_session import CrmSession
from sandbox.switches import SWITCHES, Switches

# A client of its own process, so that it can be killed. It says nothing: what happened is in the journal.
CLIENT = """
import json, sys, urllib.request
url, token, title = sys.argv[1:]
body = json.dumps([{"op": "replace", "path": "Title", "value": title}]).encode()
headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
urllib.request.urlopen(urllib.request.Request(url, body, headers, method="PATCH"), timeout=60).read()
"""


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that happens in another thread or process; the limit only ends a broken test."""
    ends = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < ends, "it never happened"
        time.sleep(0.01)


def held(crm: CrmSession) -> bool:
    return bool(crm.control("GET", "held")["waiting"])


def patches(crm: CrmSession, person: int) -> list[dict[str, object]]:
    entries: list[dict[str, object]] = crm.control(
        "GET", "journal", params={"method": "PATCH", "path": f"Person/{person}"}
    )
    return entries


def start_client(crm: CrmSession, person: int, title: str) -> subprocess.Popen[bytes]:
    token = crm.headers["Authorization"].removeprefix("Bearer ")
    return subprocess.Popen([sys.executable, "-c", CLIENT, f"{crm.api}/Person/{person}", token, title])


def test_a_human_edit_is_made_by_another_associate_and_moves_the_stamp(crm: CrmSession) -> None:
    person = crm.new_person(Title="Einkäufer")
    stamp = crm.aged("Person", person)
    crm.control(
        "POST", "edit", json={"entity": "Person", "id": person, "fields": {"title": "Werkleiter", "Hobby": "Rudern"}}
    )
    entity = crm.entity(f"Person/{person}")
    assert (entity["Title"], entity["CustomFields"]["SuperOffice:5"]) == ("Werkleiter", "Rudern")
    assert entity["UpdatedBy"]["AssociateId"] == 7
    assert entity["UpdatedDate"] > stamp


@pytest.mark.parametrize(
    ("name", "value"), [("Vertical", "Gesundheitswesen"), ("vertikale", "healthcare"), ("SuperOffice:83", "[I:1402]")]
)
def test_a_human_names_fields_by_label_or_prog_id_and_items_by_name_or_id(
    crm: CrmSession, name: str, value: str
) -> None:
    company = crm.new_company()
    crm.control("POST", "edit", json={"entity": "company", "id": company, "fields": {name: value}})
    assert crm.fields(f"Contact/{company}")["SuperOffice:83"] == "[I:1402]"


def test_a_human_enters_a_company_and_a_person_in_it(crm: CrmSession) -> None:
    fields = {"name": "Neuwerk AG", "url": f"{crm.server.base_url}/sites/neuwerk/", "city": "Unna"}
    company = crm.control("POST", "create", json={"entity": "Contact", "fields": fields})["id"]
    position = crm.get("MDOList/perspos", flat="true")[0]
    person = crm.control(
        "POST",
        "create",
        json={
            "entity": "Person",
            "fields": {"company": company, "lastname": "Neu", "position": position["Name"], "email": "n@x.example"},
        },
    )["id"]
    entity = crm.entity(f"Contact/{company}")
    assert entity["Urls"][0]["Value"] == fields["url"]
    assert entity["Address"]["Postal"]["City"] == "Unna"
    assert entity["CreatedBy"]["AssociateId"] == 7
    assert crm.entity(f"Person/{person}")["Position"]["Id"] == position["Id"]
    shown = crm.control("GET", f"crm/Person/{person}")
    assert (shown["Lastname"], shown["Emails"], shown["Company"]) == ("Neu", ["n@x.example"], f"Neuwerk AG ({company})")


@pytest.mark.parametrize(
    ("path", "body", "status", "advice"),
    [
        ("edit", {"entity": "Person", "id": 1, "fields": {"Shoe size": "43"}}, 400, "Hobby"),
        ("edit", {"entity": "Person", "id": 1, "fields": {"position": "Papst"}}, 400, "There are:"),
        ("edit", {"entity": "Contact", "id": 1, "fields": {"vertical": "Raumfahrt"}}, 400, "Maschinenbau"),
        ("edit", {"entity": "Person", "id": 999999, "fields": {"title": "x"}}, 404, "not found"),
        ("edit", {"entity": "Animal", "id": 1, "fields": {}}, 400, "Contact or Person"),
        ("switches", {"no_such_switch": "x"}, 400, "date_filter"),
        ("switches", {"date_filter": "sometimes"}, 400, "time, day"),
        ("hold", {"when": "during"}, 400, "before or after"),
        ("faults", {"kind": "flood"}, 400, "reset_before"),
        ("faults", {"path_regex": "("}, 400, "missing"),
        (
            "notion/edit",
            {"database": "verticals", "key": "no-such-key", "column": "Pains", "value": "x"},
            404,
            "no-such-key",
        ),
    ],
)
def test_mistakes_are_answered_with_what_would_have_been_right(
    crm: CrmSession, path: str, body: dict[str, object], status: int, advice: str
) -> None:
    response = crm.http.post(f"{crm.server.base_url}/control/{path}", json=body)
    assert response.status_code == status
    assert advice in response.json()["error"]


def test_an_edit_in_notion_reaches_the_workspace(crm: CrmSession) -> None:
    key = crm.world.notion.rows("verticals")[0]["Key"]
    crm.control("POST", "notion/edit", json={"database": "verticals", "key": key, "column": "Pains", "value": "Neu"})
    assert crm.world.notion.rows("verticals")[0]["Pains"] == "Neu"


def test_rows_are_added_to_notion_and_removed(crm: CrmSession) -> None:
    values = {"Name": "Frühjahr", "Tag": "Frühjahr 2027", "Brief": "Ein Anlass.", "Active": True}
    crm.control("POST", "notion/add", json={"database": "campaigns", "values": values})
    assert crm.world.notion.rows("campaigns")[-1] == values
    crm.control("POST", "notion/remove", json={"database": "campaigns", "key": "Frühjahr 2027"})
    assert "Frühjahr 2027" not in {row["Tag"] for row in crm.world.notion.rows("campaigns")}


def test_the_journal_tells_what_took_effect_and_keeps_no_secret(crm: CrmSession) -> None:
    crm.control("DELETE", "journal")
    crm.refresh()
    person = crm.new_person()
    crm.replace(f"Person/{person}", Title="Leitung")
    crm.patch(f"Person/{person}", [{"op": "test", "path": "Title", "value": "anders"}])
    crm.get(f"Person/{person}")
    entries = crm.control("GET", "journal")
    seen = [
        (entry["system"], entry["method"], entry["status"], entry["effect"], entry["associate"])
        for entry in entries[1:]
    ]
    assert seen == [
        ("login", "POST", 200, False, 5),
        ("superoffice", "POST", 200, True, 5),
        ("superoffice", "PATCH", 200, True, 5),
        ("superoffice", "PATCH", 409, False, 5),
        ("superoffice", "GET", 200, False, 5),
    ]
    known = crm.world.credentials
    assert known.client_secret not in str(entries)
    assert known.refresh_token not in str(entries)
    assert entries[3]["body"][0] == {"op": "replace", "path": "Title", "value": "Leitung"}


def test_switches_explain_themselves_and_start_where_the_facts_say() -> None:
    rows = Switches().describe()
    assert [row["name"] for row in rows] == [switch.name for switch in SWITCHES]
    assert all(
        row["value"] == row["default"] and row["stands_for"] and len(switch.allowed) > 1
        for row, switch in zip(rows, SWITCHES, strict=True)
    )


def test_a_request_held_before_its_effect_goes_on_when_it_is_released(crm: CrmSession) -> None:
    person = crm.new_person(Title="alt")
    crm.control("POST", "hold", json={"method": "PATCH", "path_regex": f"Person/{person}$", "when": "before"})
    client = start_client(crm, person, "neu")
    until(lambda: held(crm))
    assert crm.entity(f"Person/{person}")["Title"] == "alt"
    assert crm.control("POST", "release", json={}) == {"released": 1}
    assert client.wait(20) == 0
    assert crm.entity(f"Person/{person}")["Title"] == "neu"


def test_a_client_killed_before_the_effect_has_changed_nothing(crm: CrmSession) -> None:
    person = crm.new_person(Title="alt")
    crm.control("POST", "hold", json={"method": "PATCH", "path_regex": f"Person/{person}$", "when": "before"})
    client = start_client(crm, person, "neu")
    until(lambda: held(crm))
    client.send_signal(signal.SIGKILL)
    client.wait(20)
    until(lambda: not held(crm))
    crm.control("POST", "release", json={})
    assert crm.entity(f"Person/{person}")["Title"] == "alt"
    until(lambda: len(patches(crm, person)) == 1)
    assert (patches(crm, person)[0]["effect"], patches(crm, person)[0]["status"]) == (False, 499)


def test_a_client_killed_after_the_effect_leaves_the_write_and_blocks_nobody(crm: CrmSession) -> None:
    person = crm.new_person(Title="alt")
    crm.control("POST", "hold", json={"method": "PATCH", "path_regex": f"Person/{person}$", "when": "after"})
    client = start_client(crm, person, "neu")
    until(lambda: held(crm))
    assert crm.entity(f"Person/{person}")["Title"] == "neu"
    client.send_signal(signal.SIGKILL)
    client.wait(20)
    until(lambda: not held(crm))
    assert [entry["effect"] for entry in patches(crm, person)] == [True]


def test_many_held_requests_leave_the_server_free_for_others(crm: CrmSession) -> None:
    person = crm.new_person()
    crm.control("POST", "hold", json={"method": "GET", "path_regex": f"Person/{person}$", "when": "before"})
    statuses: list[int] = []

    def ask() -> None:
        statuses.append(httpx.get(f"{crm.api}/Person/{person}", headers=crm.headers, timeout=60).status_code)

    threads = [threading.Thread(target=ask) for _ in range(60)]
    for thread in threads:
        thread.start()
    until(lambda: len(crm.control("GET", "held")["requests"]) == 60)
    assert crm.get("User/currentPrincipal")["AssociateId"] == 5
    crm.control("POST", "release", json={})
    for thread in threads:
        thread.join(20)
    assert statuses == [200] * 60


def test_a_fault_answers_so_many_requests_and_then_no_more(crm: CrmSession) -> None:
    person = crm.new_person(Title="alt")
    fault = {"system": "superoffice", "method": "PATCH", "status": 429, "times": 2, "retry_after": 3}
    crm.control("POST", "faults", json=fault)
    answers = [crm.replace(f"Person/{person}", Title="neu") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["Retry-After"] == "3"
    assert [entry["effect"] for entry in patches(crm, person)] == [False, False, True]
    assert crm.control("GET", "faults") == []


@pytest.mark.parametrize(("kind", "title"), [("reset_before", "alt"), ("reset_after", "neu")])
def test_a_connection_can_be_reset_before_or_after_the_effect(crm: CrmSession, kind: str, title: str) -> None:
    person = crm.new_person(Title="alt")
    crm.control("POST", "faults", json={"kind": kind, "system": "superoffice", "method": "PATCH"})
    with pytest.raises(httpx.TransportError):
        crm.replace(f"Person/{person}", Title="neu")
    assert crm.entity(f"Person/{person}")["Title"] == title


@pytest.mark.parametrize(("position", "text"), [("rest", "ErrorType"), ("html", "<html>"), ("empty", "")])
def test_a_faults_body_follows_the_switch(crm: CrmSession, position: str, text: str) -> None:
    crm.switch(error_body=position)
    crm.control("POST", "faults", json={"system": "superoffice", "status": 503})
    response = crm.request("GET", "Person/1")
    assert response.status_code == 503
    assert (text in response.text) if text else not response.content
