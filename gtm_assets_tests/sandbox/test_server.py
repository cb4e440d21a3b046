"""The process: start and stop, ports, what survives a restart, concurrency, the environment and the command line."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from gtm_assets_tests.sandbox.crm_session import CrmSession
from sandbox.cli import app
from sandbox.server import ADDRESS_FILE, AlreadyRunningError, SandboxServer, running_at

START = "import sys; from sandbox.cli import app; app(sys.argv[1:])"


def test_everything_that_was_changed_is_there_after_a_restart_on_another_port(tmp_path: Path) -> None:
    place = tmp_path / "a place with spaces"
    with SandboxServer(place, companies=2) as server:
        crm = CrmSession(server)
        person = crm.new_person(Title="Leitung", Contact={"ContactId": 2}, Emails=[{"Value": "p@x.example"}])
        crm.replace("Contact/1", CustomFields={"SuperOffice:83": "1402"}, Address={"Postal": {"City": "Unna"}})
        crm.request("DELETE", "Person/1")
        before = crm.entity("Contact/1")
        key = server.world.notion.rows("verticals")[0]["Key"]
        crm.control(
            "POST", "notion/edit", json={"database": "verticals", "key": key, "column": "Pains", "value": "Neu"}
        )
        known, token = server.environment(), crm.headers
        crm.http.close()
    with SandboxServer(place, companies=40) as server:
        crm = CrmSession(server)
        crm.headers = token
        after = crm.entity("Contact/1")
        assert len(server.world.crm.companies) == 2
        assert crm.request("GET", "Person/1").status_code == 404
        assert [row["PersonId"] for row in crm.entity("Contact/2")["Persons"]][-1] == person
        assert server.world.notion.rows("verticals")[0]["Pains"] == "Neu"
        assert after["Urls"][0]["Value"].startswith(f"{server.base_url}/sites/")
        unchanged = set(before) - {"Urls", "_Links"}
        assert {name: before[name] for name in unchanged} == {name: after[name] for name in unchanged}
        moving = {name for name, value in known.items() if value.startswith("http")}
        assert {n: v for n, v in known.items() if n not in moving} == {
            n: v for n, v in server.environment().items() if n not in moving
        }
        crm.http.close()
    with SandboxServer(place, companies=3, fresh=True) as server:
        assert len(server.world.crm.companies) == 3


def test_a_taken_port_gives_the_next_free_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with SandboxServer(port=port, companies=0) as server:
            assert int(server.base_url.rsplit(":", 1)[1]) > port


def test_a_directory_is_served_once_and_a_stale_address_file_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / ADDRESS_FILE).write_text(json.dumps({"base_url": "http://127.0.0.1:9", "pid": 1}), encoding="utf-8")
    assert running_at(tmp_path) is None
    with SandboxServer(tmp_path, companies=1) as server:
        assert running_at(tmp_path) == server.base_url
        with pytest.raises(AlreadyRunningError, match=re.escape(server.base_url)):
            SandboxServer(tmp_path, companies=1)
    assert running_at(tmp_path) is None


def test_many_clients_at_once_lose_no_write(crm: CrmSession) -> None:
    company = crm.new_company()

    def enter(count: int) -> None:
        with httpx.Client(headers=crm.headers, timeout=30) as client:
            for _ in range(count):
                body = {"Lastname": "Viele", "Contact": {"ContactId": company}}
                assert client.post(f"{crm.api}/Person", json=body).status_code == 200
                assert client.get(f"{crm.api}/Person", params={"$select": "personId", "$top": 5}).status_code == 200

    threads = [threading.Thread(target=enter, args=(10,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = crm.rows("Person", _select="personId", _filter=f"contactId = {company}")
    assert len({row["PrimaryKey"] for row in rows}) == 80


def test_generated_companies_have_websites_and_persons() -> None:
    with SandboxServer(companies=45) as server:
        crm = CrmSession(server)
        entity = crm.entity("Contact/45")
        assert len(entity["Persons"]) == 3
        assert crm.http.get(entity["Urls"][0]["Value"]).status_code == 200
        crm.http.close()


def test_the_environment_points_at_every_stand_in(crm: CrmSession) -> None:
    known = crm.server.environment()
    assert known["SUPEROFFICE_ALLOW_LIVE_WRITE"] == known["GTM_ALLOW_PRIVATE_HOSTS"] == "true"
    notion = {"Authorization": f"Bearer {known['NOTION_TOKEN']}", "Notion-Version": "2025-09-03"}
    database = f"{known['NOTION_BASE_URL']}/v1/databases/{known['NOTION_VERTICALS_DATABASE_ID']}"
    assert crm.http.get(database, headers=notion).status_code == 200
    gemini = {"x-goog-api-key": known["GEMINI_API_KEY"]}
    assert crm.http.get(f"{known['GOOGLE_GEMINI_BASE_URL']}/v1beta/models", headers=gemini).status_code == 200
    assert crm.http.get(f"{known['GTM_PUBLIC_URL']}/some-token").status_code == 200
    assert crm.http.get(f"{crm.server.base_url}/robots.txt").status_code == 200
    systems = {entry.system for entry in crm.world.journal.entries()}
    assert {"superoffice", "login", "notion", "gemini", "site"} <= systems


def test_a_system_users_key_lies_in_a_file_of_its_owner_alone(tmp_path: Path) -> None:
    with SandboxServer(tmp_path, companies=0) as server:
        known = server.environment(system_user=True)
        path = Path(known["SUPEROFFICE_PRIVATE_KEY"])
        assert "PRIVATE KEY" in path.read_text(encoding="utf-8")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert "SUPEROFFICE_REFRESH_TOKEN" not in known


@pytest.mark.slow
def test_the_command_serves_until_ctrl_c_and_edits_find_it(tmp_path: Path) -> None:
    env_file = tmp_path / "sandbox.env"
    arguments = [
        "--directory",
        str(tmp_path / "s"),
        "--companies",
        "2",
        "--switch",
        "vertical_field=text",
        "--env-file",
        str(env_file),
    ]
    process = subprocess.Popen(
        [sys.executable, "-c", START, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
    )
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        assert "2 companies, 6 persons" in process.stderr.readline()
        assert "Ctrl-C" in process.stderr.readline()
        written = env_file.read_text(encoding="utf-8").splitlines()
        printed = [process.stdout.readline().strip() for _ in written]
        assert [f"export {line}" for line in written] == printed
        assert any(line.startswith("NOTION_TOKEN=") for line in written)
        run = CliRunner()
        base = ["--directory", str(tmp_path / "s")]
        edited = run.invoke(
            app, [*base, "edit", "person", "2", "--title", "Leiterin Technik", "--field", "Hobby=Rudern"]
        )
        assert edited.exit_code == 0, edited.output
        assert "Leiterin Technik" in run.invoke(app, [*base, "show", "person", "2"]).output
        created = run.invoke(
            app, [*base, "create", "person", "--company", "1", "--lastname", "Neu", "--title", "Werkleitung"]
        )
        assert "Werkleitung" in created.output
        assert "vertical_field" in run.invoke(app, [*base, "switches"]).output
        assert run.invoke(app, [*base, "switch", "vertical_field=list"]).exit_code == 0
        vertical = run.invoke(app, [*base, "edit", "company", "1", "--vertical", "Healthcare"])
        assert "Gesundheitswesen" in vertical.output
        campaign = run.invoke(app, [*base, "create", "campaign", "Hausmesse", "--brief", "Ein Tag der offenen Tür."])
        assert "Campaign Hausmesse added" in campaign.output
        ended = run.invoke(app, [*base, "edit", "campaign", "Hausmesse", "--ended"])
        assert "Hausmesse in campaigns: Active changed" in ended.output
        persona = run.invoke(app, [*base, "edit", "persona", "einkauf", "--pains", "schwankende Preise"])
        assert persona.exit_code == 0, persona.output
        unknown = run.invoke(app, [*base, "edit", "campaign", "Unbekannt", "--active"])
        assert (unknown.exit_code, "Unbekannt" in unknown.output) == (1, True)
        fault = ["fault", "--system", "superoffice", "--method", "PATCH", "--path", "Person/2$", "--status", "403"]
        assert "PATCH Person/2$ to superoffice is answered with 403, 1 time." in run.invoke(app, [*base, *fault]).output
        assert "No fault" in run.invoke(app, [*base, "fault", "--clear"]).output
        assert run.invoke(app, [*base, "fault", "--kind", "flood"]).exit_code == 1
        assert "control" not in run.invoke(app, [*base, "journal"]).output
        wrong = run.invoke(app, [*base, "edit", "person", "2"])
        assert (wrong.exit_code, "--title" in wrong.output) == (1, True)
        again = run.invoke(app, base)
        assert (again.exit_code, "already" in again.output) == (1, True)
    finally:
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert "Traceback" not in errors
    assert not (tmp_path / "s" / ADDRESS_FILE).exists()


def test_a_command_without_a_running_sandbox_says_how_to_start_one(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["--directory", str(tmp_path), "show", "person", "1"])
    assert result.exit_code == 1
    assert "gtm sandbox" in result.output


@pytest.mark.parametrize("switch", ["nonsense", "date_filter=sometimes", "unknown=1"])
def test_a_wrong_switch_at_the_start_is_refused(tmp_path: Path, switch: str) -> None:
    result = CliRunner().invoke(app, ["--directory", str(tmp_path), "--switch", switch])
    assert result.exit_code == 1
