"""``gtm preview`` over the sandbox: what it shows is what the person then gets, in draft mode and after, with the CRM and without it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from gtm_assets.cli import app
from gtm_assets.settings import ConfigurationError, UserError
from gtm_assets.tenancy import bind_store
from gtm_assets.texts.reviews import decide
from gtm_assets.writeback.targets import TEXT_FIELDS
from gtm_assets_tests.path.conftest import StartEngine
from gtm_assets_tests.path.harness import Engine
from gtm_assets_tests.processes.harness import PROJECT
from resources.errors import TransientError
from resources.store import schema
from resources.store.store import utc_now

TAG = "Messe 2026"
OWN = "Von Hand geschrieben."
#: Person 1 of the sample company is its managing director, person 3 has no persona.
CELL = "geschaeftsfuehrung|maschinenbau"


def _engine(start_engine: StartEngine, **options: Any) -> Engine:
    return start_engine(companies=1, fast=True, verticals=("maschinenbau",), **options)


def _run(*arguments: str) -> Result:
    done = CliRunner().invoke(app, ["preview", *arguments])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def _preview(person: int, *options: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(_run(str(person), "--json", *options).stdout)
    return values


def _parts(found: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {part["name"]: part for part in found["parts"]}


def _states(found: Mapping[str, Any]) -> dict[str, str]:
    return {name: part["state"] for name, part in _parts(found).items() if name != "salutation"}


def test_what_the_draft_shows_is_what_the_person_gets(start_engine: StartEngine) -> None:
    engine = _engine(start_engine, SUPEROFFICE_ALLOW_LIVE_WRITE="false")
    engine.fast_pass()
    draft = _preview(1)
    assert set(_states(draft).values()) == {"planned"}
    assert (draft["sending"], draft["missing"], draft["blocked"]) == ("draft", [], None)
    # Nothing stands in the CRM yet.
    assert _preview(1, "--crm")["email"]["subject"] == ""

    engine.configure(SUPEROFFICE_ALLOW_LIVE_WRITE="true")
    engine.fast_pass()
    written = _preview(1)
    assert set(_states(written).values()) == {"in_crm"}
    assert written["sending"] == "nothing"
    assert draft["email"] == written["email"] == _preview(1, "--crm")["email"]
    texts = {name: part["value"] for name, part in _parts(draft).items() if name in TEXT_FIELDS}
    assert texts == {role: engine.texts(1)[role] for role in TEXT_FIELDS}
    assert _parts(draft)["opener"]["value"] == engine.profile(1)["opener"]
    origin = _parts(written)["intro"]["origin"]
    assert (origin["key"], origin["version"], origin["reviewer"]) == (CELL, 1, "policy: auto")
    opener = _parts(written)["opener"]
    assert opener["origin"]["evidence"], "an opener tells what it rests on"
    assert all(each["claim"] in opener["value"] and each["span"] for each in opener["origin"]["evidence"])


def test_a_preview_writes_nothing_and_asks_the_crm_once(start_engine: StartEngine) -> None:
    engine = _engine(start_engine, SUPEROFFICE_ALLOW_LIVE_WRITE="false")
    engine.fast_pass()
    _preview(1)
    mark = engine.mark()
    _preview(1)
    asked = [(entry["method"], entry["path"].partition("/api")[2]) for entry in engine.journal(since=mark)]
    assert [method for method, path in asked if "/Person/1" in path] == ["GET"]
    assert {method for method, _ in asked} == {"GET"}
    mark = engine.mark()
    _preview(1, "--offline")
    assert engine.journal(since=mark) == []


def test_a_person_of_a_campaign_falls_back_until_the_text_is_approved(start_engine: StartEngine) -> None:
    engine = _engine(start_engine, GTM_REVIEW_POLICY="cell=manual,opener=auto")
    engine.edit_field("Person", 1, "MA_Campaign", TAG)
    engine.fast_pass()
    waiting = _preview(1)
    assert waiting["campaign"]["advice"] == [{"name": "write_campaign", "command": "gtm backfill campaign messe-2026"}]
    assert _parts(waiting)["intro"]["advice"] == [
        {"name": "review", "command": f"gtm review approve {CELL.replace('|', '/')}"}
    ]
    # The text that waits can be read here, and it is not what the person gets.
    assert _parts(waiting)["intro"]["would_be"]
    assert waiting["missing"][0] == "subject"

    decide(engine.store, "cell", [CELL], "approved", reviewer="Prüferin")
    standard = _preview(1)
    assert standard["campaign"]["level"] == "standard"
    assert TAG in standard["campaign"]["reason"]
    assert _parts(standard)["intro"]["origin"]["reviewer"] == "Prüferin"

    done = CliRunner().invoke(app, ["backfill", "campaign", TAG])
    assert done.exit_code == 0, done.output
    assert CliRunner().invoke(app, ["review", "approve", "--campaign", TAG]).exit_code == 0
    special = _preview(1)
    assert (special["campaign"]["level"], special["campaign"]["reason"]) == ("campaign", "")
    assert _parts(special)["intro"]["value"] != _parts(standard)["intro"]["value"]
    assert _parts(special)["intro"]["origin"]["key"] == f"{CELL}|messe-2026"


def test_a_humans_value_is_shown_as_theirs(start_engine: StartEngine) -> None:
    engine = _engine(start_engine)
    engine.fast_pass()
    before = _parts(_preview(1))["intro"]["value"]
    engine.edit("Person", 1, Intro_Text=OWN)
    engine.fast_pass()
    found = _preview(1)
    part = _parts(found)["intro"]
    assert (part["state"], part["value"], part["would_be"]) == ("human", OWN, before)
    # The first word after the salutation's comma is another part's: a text in the middle stays as it was typed.
    assert OWN in found["email"]["text"]
    assert found["email"] == _preview(1, "--crm")["email"]


def test_a_person_without_a_persona_has_an_e_mail_with_holes_and_a_reason(start_engine: StartEngine) -> None:
    engine = _engine(start_engine)
    engine.fast_pass()
    found = _preview(3)
    assert found["persona"]["key"] is None
    assert found["missing"] == ["subject", "intro", "social_proof", "unsubscribe"]
    assert _parts(found)["subject"]["advice"] == [{"name": "title", "command": ""}]
    shown = _run("3", "--lang", "de").stdout
    assert "Unvollständig, es fehlt: Betreff, Brücke, Social Proof, Abmeldung" in " ".join(
        shown.replace("│", "").split()
    )
    assert "Korrigieren Sie den Titel im CRM" in " ".join(shown.replace("│", "").split())


def test_who_must_not_be_addressed_is_shown_at_once_even_before_the_engine_has_read_it(
    start_engine: StartEngine,
) -> None:
    engine = _engine(start_engine)
    engine.fast_pass()
    engine.edit("Person", 1, NoMailing="true")
    # The CRM is asked, so that a mark of this minute counts; the store alone does not know it yet.
    assert _preview(1)["blocked"] == "marked No Mailings in the CRM"
    assert _preview(1, "--offline")["blocked"] is None
    engine.fast_pass()
    found = _preview(1, "--offline")
    assert (found["blocked"], found["email"]) == ("marked No Mailings in the CRM", None)
    shown = _run("1", "--lang", "de").stdout
    assert "KEINE E-MAIL" in shown.splitlines()[1]
    assert "Mit freundlichen Grüßen" not in shown
    assert _preview(1, "--crm")["blocked"] == "marked No Mailings in the CRM"


def test_a_stopped_company_and_a_suppressed_person_get_nothing(start_engine: StartEngine) -> None:
    engine = _engine(start_engine)
    engine.fast_pass()
    row = {"identifier": "person:2", "reason": "Wunsch", "source": "test", "created_at": utc_now()}
    with engine.store.write() as connection:
        connection.execute(schema.suppressions.insert().values(**row))
    assert _preview(2)["blocked"] == _preview(2, "--crm")["blocked"] == "suppressed"
    engine.edit("Contact", 1, Xstop="true")
    engine.fast_pass()
    assert _preview(1)["blocked"] == _preview(1, "--crm")["blocked"] == "the company is marked Stop in the CRM"


def test_without_the_crm_the_preview_works_and_says_what_it_lacks(start_engine: StartEngine) -> None:
    engine = _engine(start_engine)
    engine.edit("Person", 1, Salutation="Prof. Dr.")
    engine.fast_pass()
    there = _preview(1)
    assert there["unread"] == ""
    assert "Prof. Dr." in _parts(there)["salutation"]["value"]
    engine.fault(system="superoffice", method="GET", path_regex="Person/1", status=403, times=1)
    refused = _preview(1)
    assert "403" in refused["unread"]
    assert "Prof. Dr." not in _parts(refused)["salutation"]["value"]
    assert refused["parts"][2:] == there["parts"][2:]
    engine.server.stop()
    down = _preview(1)
    assert down["unread"].startswith("the academic title is left out, the CRM could not be asked: SuperOffice")
    assert down["email"] == refused["email"]
    with pytest.raises(TransientError):
        _run("1", "--crm")


def test_who_is_not_known_is_told_apart_from_who_is_not_there(start_engine: StartEngine) -> None:
    engine = _engine(start_engine)
    with pytest.raises(UserError, match="was not read yet"):
        _run("1")
    engine.fast_pass()
    with pytest.raises(UserError, match="There is no person 4711 in the CRM"):
        _run("4711")
    with pytest.raises(UserError, match="does not know person 4711"):
        _run("4711", "--offline")
    with pytest.raises(UserError, match="There is no person 4711 in the CRM"):
        _run("4711", "--crm")
    with pytest.raises(ConfigurationError, match="leave one of them out"):
        _run("1", "--crm", "--offline")
    engine.tell("delete", entity="Person", id=2)
    assert _preview(2)["blocked"] == "no longer in the CRM"
    engine.fast_pass(full_sweep=True)
    with pytest.raises(UserError, match="no longer in the CRM since"):
        _run("2")


def test_another_tenants_store_is_refused(start_engine: StartEngine) -> None:
    engine = _engine(start_engine)
    engine.fast_pass()
    bind_store(engine.store, engine.settings)
    engine.configure(SUPEROFFICE_TENANT="Cust99999")
    with pytest.raises(ConfigurationError, match="This state belongs to"):
        _run("1")


def _open(tmp_path: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """``gtm preview 1 --open`` in a process of its own: Python looks for browsers once a process."""
    return subprocess.run(
        [sys.executable, "-m", "gtm_assets.cli", "preview", "1", "--open", *arguments],
        env={**os.environ, "PYTHONPATH": os.fspath(PROJECT), **variables},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )


def test_the_page_is_opened_in_the_browser_and_its_path_is_said(start_engine: StartEngine, tmp_path: Path) -> None:
    engine = _engine(start_engine)
    engine.fast_pass()
    seen = tmp_path / "opened"
    browser = tmp_path / "browser.py"
    browser.write_text(
        f"#!{sys.executable}\nimport sys\nopen({str(seen)!r}, 'w').write(sys.argv[1])\n", encoding="utf-8"
    )
    browser.chmod(0o755)
    done = _open(tmp_path, BROWSER=f"{browser} %s")
    path = engine.settings.gtm_state_dir / "previews" / "person-1.html"
    assert done.stdout.strip() == f"The file: {path}"
    assert seen.read_text(encoding="utf-8") == path.as_uri()
    assert "Sehr geehrte" in path.read_text(encoding="utf-8")
    # With --json the page is made too, and standard output stays JSON.
    seen.unlink()
    assert json.loads(_open(tmp_path, "--json", BROWSER=f"{browser} %s").stdout)["person_id"] == 1
    assert seen.exists()


def test_where_there_is_no_browser_the_page_is_there_all_the_same(start_engine: StartEngine, tmp_path: Path) -> None:
    engine = _engine(start_engine)
    engine.fast_pass()
    for options in ([], ["--crm"]):
        done = _open(tmp_path, "--lang", "de", *options, BROWSER="/nonexistent/browser %s", PATH="", DISPLAY="")
        assert done.stdout.startswith("Die Datei: ")
        assert "Bitte öffnen Sie die Datei selbst." in done.stderr
        page = engine.settings.gtm_state_dir / "previews" / "person-1.html"
        assert "Sehr geehrte" in page.read_text(encoding="utf-8")
        page.unlink()
