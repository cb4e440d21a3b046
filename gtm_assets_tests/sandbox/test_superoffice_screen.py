"""The page that links into the CRM lead to."""

from __future__ import annotations

import httpx
import pytest

from sandbox.server import SandboxServer


def _get(server: SandboxServer, query: str) -> httpx.Response:
    tenant = server.world.credentials.tenant
    return httpx.get(f"{server.base_url}/online3/{tenant}/default.aspx?{query}", timeout=30)


def test_a_company_shows_its_fields_and_leads_to_its_people(running_sandbox: SandboxServer) -> None:
    answer = _get(running_sandbox, "contact_id=1")
    assert answer.status_code == 200
    assert "<h1>Brockstedt &amp; Vellmer" in answer.text
    assert 'href="?person_id=1"' in answer.text
    assert "Musterdaten" in answer.text


def test_a_person_shows_name_and_job_title(running_sandbox: SandboxServer) -> None:
    shown = httpx.get(f"{running_sandbox.base_url}/control/crm/Person/2", timeout=30).json()
    answer = _get(running_sandbox, "person_id=2")
    assert f"<h1>{shown['Firstname']} {shown['Lastname']}</h1>" in answer.text
    assert f"<th>Title<td>{shown['Title']}" in answer.text


@pytest.mark.parametrize(("query", "status"), [("contact_id=4711", 404), ("contact_id=x", 400), ("", 400)])
def test_who_is_not_there_is_told_so(running_sandbox: SandboxServer, query: str, status: int) -> None:
    answer = _get(running_sandbox, query)
    assert answer.status_code == status
    assert "Kein Datensatz" in answer.text


def test_what_somebody_wrote_into_a_field_is_text_and_no_markup(running_sandbox: SandboxServer) -> None:
    made = httpx.post(
        f"{running_sandbox.base_url}/control/create",
        json={"entity": "Contact", "fields": {"Name": "<script>alert(1)</script>"}},
        timeout=30,
    ).json()
    answer = _get(running_sandbox, f"contact_id={made['id']}")
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert "Keine Personen" in answer.text


def test_looking_changes_nothing_and_asks_for_no_credentials(running_sandbox: SandboxServer) -> None:
    before = httpx.get(f"{running_sandbox.base_url}/control/crm/Contact/1", timeout=30).json()
    assert _get(running_sandbox, "contact_id=1").status_code == 200
    assert httpx.get(f"{running_sandbox.base_url}/control/crm/Contact/1", timeout=30).json() == before
