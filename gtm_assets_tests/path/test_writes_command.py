"""`gtm writes` and `gtm stop-writing` as the CRM's owner uses them: everything that was written, and an end to it at once."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from gtm_assets.cli import app
from gtm_assets.crm import restored
from gtm_assets.settings import ConfigurationError
from gtm_assets.writeback import ledger
from gtm_assets_tests.path.harness import Engine


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """One company and its persons, written once."""
    monkeypatch.setattr("gtm_assets.settings.PROJECT_ROOT", tmp_path / "no-env-file")
    with Engine(tmp_path / "state", companies=1, fast=True) as started:
        started.fast_pass()
        started.configure()
        yield started


def _gtm(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def _json(*arguments: str) -> dict[str, Any]:
    done = _gtm("writes", *arguments, "--json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_every_request_is_listed_with_what_stood_there_and_how_it_ended(engine: Engine) -> None:
    found = _json()["writes"]
    assert {(write["entity"], write["status"]) for write in found} == {
        ("Contact", "confirmed"),
        ("Person", "confirmed"),
    }
    company = next(write for write in found if write["entity"] == "Contact")
    assert company["fields"]["opener"] == {"before": "", "after": engine.profile(1)["opener"]}
    assert company["fields"]["vertical"]["after"] == "Maschinenbau"
    assert sorted(found, key=lambda write: write["at"], reverse=True) == found
    shown = _gtm("writes").output
    assert "now" in shown
    assert "opener" in shown
    assert "confirmed" in shown


def test_one_person_one_field_and_what_is_new(engine: Engine) -> None:
    assert {(w["entity"], w["entity_id"]) for w in _json("--person", "2")["writes"]} == {("Person", 2)}
    assert {w["entity"] for w in _json("--field", "opener")["writes"]} == {"Contact"}
    assert _json("--since", "2099-01-01") == {"more": False, "writes": []}
    assert _json("--account", "1", "--limit", "1")["more"] is True
    assert "There are more" in _gtm("writes", "--limit", "1").output
    assert "Nothing was written" in _gtm("writes", "--account", "77").output
    with pytest.raises(ConfigurationError, match=r"writes no field 'name'. It writes: .*opener.*subject"):
        CliRunner().invoke(app, ["writes", "--field", "name"], catch_exceptions=False)


def test_a_spreadsheet_gets_all_of_them_a_field_a_line_and_no_formula(engine: Engine) -> None:
    rows = list(csv.DictReader(io.StringIO(_gtm("writes", "--csv").stdout)))
    fields = [(write["entity"], name) for write in _json("--limit", "999")["writes"] for name in write["fields"]]
    assert [(row["entity"], row["field"]) for row in rows] == fields
    assert not any(value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())


def test_whoever_stops_writing_stops_it_for_all_and_is_named_as_the_reason(engine: Engine) -> None:
    done = _gtm("stop-writing", "we  migrate the CRM today")
    assert done.exit_code == 0
    assert "gtm resume-writing" in done.output
    assert (
        "already: somebody stopped it by hand (gtm stop-writing): we migrate"
        in _gtm("stop-writing", "once more").output
    )
    mark = engine.mark()
    engine.edit("Person", 2, Title="Einkaufsleiter")
    engine.edit("Person", 1, Title="Einkaufsleiter")
    engine.fast_pass()
    assert engine.patches(mark) == []
    state = engine.state(1)
    assert (state["phase"], state["kind"]) == ("planned", "writing stopped")
    assert "we migrate the CRM today" in state["reason"]
    assert "It was stopped because somebody stopped it by hand" in _gtm("resume-writing").output
    with pytest.raises(ConfigurationError, match="Say why"):
        CliRunner().invoke(app, ["stop-writing", "  "], catch_exceptions=False)


def test_a_stop_by_hand_holds_also_while_a_restored_backup_is_settled_and_afterwards(engine: Engine) -> None:
    _gtm("resync", "--restored")
    assert "To go on: `gtm resume-writing`" in _gtm("stop-writing", "we migrate").output
    engine.edit("Person", 2, Title="Einkaufsleiter")
    mark = engine.mark()
    for _ in range(2):
        engine.fast_pass(full_sweep=True)
    with engine.store.read() as connection:
        assert restored.stop_reason(connection) == "", "everything was read anew"
        assert "we migrate" in ledger.stop_reason(connection)
    assert engine.patches(mark) == []
