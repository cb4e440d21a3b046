"""``gtm doctor`` as people and scripts call it: exit codes, JSON, confirmation, Ctrl-C and ``kill -9`` of the real process."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gtm_assets.cli import app
from gtm_assets_tests.doctor.probing import HOBBY, SAILOR, SUBJECT
from gtm_assets_tests.path.harness import Engine
from gtm_assets_tests.processes.harness import Command, environment, gtm, wait_for
from sandbox.server import SandboxServer
from sandbox.superoffice.carriers import HUMAN
from sandbox.superoffice.records import PersonRecord

pytestmark = pytest.mark.slow


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """Three companies, so that person 7 is there."""
    with Engine(tmp_path / "state", companies=3, verticals=None) as found:
        yield found


def test_nothing_wrong_is_exit_code_0_and_something_wrong_1(engine: Engine) -> None:
    runner = CliRunner()
    well = runner.invoke(app, ["doctor"])
    assert well.exit_code == 0, well.output
    assert "Nothing is wrong" in well.output
    engine.configure(GEMINI_API_KEY="wrong-key-of-somebody")
    ill = runner.invoke(app, ["doctor"])
    assert ill.exit_code == 1
    assert "1 thing is wrong" in ill.output
    assert "GEMINI_API_KEY" in ill.output


def test_json_is_json_and_nothing_else(engine: Engine) -> None:
    printed = json.loads(CliRunner().invoke(app, ["doctor", "--json"]).stdout)
    assert set(printed) == {"ok", "checked_at", "findings", "settings", "fields", "guard", "probe"}
    assert printed["ok"] is True
    assert {"area", "name", "status", "said", "to_do"} == set(printed["findings"][0])


def test_without_any_configuration_it_works_and_says_what_is_missing(tmp_path: Path) -> None:
    os.environ["GTM_STATE_DIR"] = str(tmp_path / "state")
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "SUPEROFFICE_TENANT" in result.output


def test_a_wrong_variable_is_a_finding_and_no_crash(tmp_path: Path) -> None:
    os.environ |= {"GTM_STATE_DIR": str(tmp_path / "state"), "GTM_REVIEW_POLICY": "whatever"}
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 1
    assert "GTM_REVIEW_POLICY" in result.output


def test_a_probe_shows_answers_keeps_them_and_the_doctor_shows_them(engine: Engine) -> None:
    runner = CliRunner()
    probed = runner.invoke(app, ["doctor", "--probe", str(SAILOR), "--yes"])
    assert probed.exit_code == 0, probed.output
    for text in ("This is what will happen", "Guard level A", f"Person {SAILOR} stands as before"):
        assert text in " ".join(probed.output.split())
    shown = runner.invoke(app, ["doctor"])
    assert "What the tenant does" in shown.output
    assert "level A since" in shown.output


def test_a_probe_in_json(engine: Engine) -> None:
    result = CliRunner().invoke(app, ["doctor", "--probe", str(SAILOR), "--yes", "--json"])
    printed = json.loads(result.stdout)
    assert (printed["guard"], printed["restored"], printed["open"]) == ("A", True, [])


@pytest.mark.parametrize("arguments", [["--probe", "7"], ["--probe", "7", "--json"]])
def test_where_nobody_can_be_asked_nothing_is_written(engine: Engine, arguments: list[str]) -> None:
    mark = engine.mark()
    result = CliRunner().invoke(app, ["doctor", *arguments])
    assert result.exit_code != 0
    assert "--yes" in str(result.exception)
    assert engine.journal(since=mark) == []


def test_forgetting_a_probe(engine: Engine) -> None:
    from gtm_assets.doctor.probe import keeping

    runner = CliRunner()
    assert "No probe is open" in runner.invoke(app, ["doctor", "--forget-probe"]).output
    note = {"person_id": SAILOR, "contact_id": 3, "begun_at": "2026-01-01T00:00:00", "fields": {}, "before": {}}
    keeping.leave_note(engine.store, note)
    assert "is gone" in runner.invoke(app, ["doctor", "--forget-probe"]).output
    with engine.store.read() as connection:
        assert keeping.load_open_note(connection) is None


# --- the real process --------------------------------------------------------------------------------------------------------------


def _person(server: SandboxServer) -> PersonRecord:
    person = server.world.crm.persons.get(SAILOR)
    assert isinstance(person, PersonRecord)
    return person


def _stopped_in_the_midst(server: SandboxServer, home: Path) -> tuple[Command, dict[str, str]]:
    """A probe that has written and whose next PATCH waits in the sandbox."""
    env = environment(home, server.environment())
    command = Command(["doctor", "--probe", str(SAILOR), "--yes"], env=env, directory=home)
    wait_for(
        "the probe's first write", lambda: str(_person(server).fields.get(SUBJECT)).startswith("gtm-probe"), every=0.01
    )
    server.world.gate.hold(method="PATCH", path_regex="/Person/", when="before")
    wait_for("a request that waits", server.world.gate.held)
    return command, env


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    """A tenant with a person whose fields somebody has filled."""
    with SandboxServer(None, companies=3) as found:
        person = found.world.crm.persons.get(SAILOR)
        fields = {**person.fields, **{f"SuperOffice:{i}": f"Von Hand {i}" for i in (19, 20, 21, 22)}}
        found.world.crm.save(_with_fields(person, fields), HUMAN)
        yield found


def _with_fields(person: PersonRecord, fields: dict) -> PersonRecord:
    from dataclasses import replace

    return replace(person, fields=fields)


def test_after_kill_9_the_doctor_says_what_stood_there_and_the_next_probe_puts_it_back(
    server: SandboxServer, tmp_path: Path
) -> None:
    before = dict(_person(server).fields)
    command, env = _stopped_in_the_midst(server, tmp_path)
    command.kill()
    server.world.gate.release()
    assert str(_person(server).fields[SUBJECT]).startswith("gtm-probe")
    looked = gtm(["doctor"], env=env, directory=tmp_path)
    assert looked.process.returncode == 1
    assert "did not end" in looked.output
    assert "Von Hand 19" in looked.output
    again = gtm(["doctor", "--probe", str(SAILOR), "--yes"], env=env, directory=tmp_path)
    assert again.process.returncode == 0, again.errors
    assert "putting back what it wrote" in again.output
    assert dict(_person(server).fields) == before
    assert before[HOBBY] == "Segeln"
    assert gtm(["doctor"], env=env, directory=tmp_path).process.returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_sigterm_end_the_probe_with_the_record_as_before(
    server: SandboxServer, tmp_path: Path, number: signal.Signals
) -> None:
    before = dict(_person(server).fields)
    command, env = _stopped_in_the_midst(server, tmp_path)
    os.kill(command.process.pid, number)
    server.world.gate.release()
    assert command.wait() == 130, command.errors
    assert "stands as before" in command.output
    assert dict(_person(server).fields) == before
    assert gtm(["doctor"], env=env, directory=tmp_path).process.returncode == 0
