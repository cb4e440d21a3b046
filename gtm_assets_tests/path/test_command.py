"""``gtm once``: what it prints, how its numbers add up to what the sandbox saw, and how it exits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gtm_assets.cli import app
from gtm_assets.settings import load_settings
from gtm_assets_tests.path.harness import Engine

pytestmark = pytest.mark.slow

SHAPE: dict[str, set[str]] = {
    "knowledge": {"verticals", "personas", "campaigns"},
    "texts": {"generated", "unchanged", "rejected", "failed", "left"},
    "accounts": {"changed", "completed", "failed", "skipped", "conflict", "planned"},
    "writes": {"patches", "confirmed", "conflicts", "planned"},
    "api_calls": {"superoffice", "notion", "gemini"},
}


def _counted(printed: dict[str, Any], engine: Engine, since: int) -> None:
    """The numbers are whole, add up, and are what the sandbox's journal says."""
    for name, keys in SHAPE.items():
        assert set(printed[name]) == keys
        assert all(isinstance(count, int) for count in printed[name].values())
    accounts = dict(printed["accounts"])
    assert accounts.pop("changed") == sum(accounts.values())
    assert printed["writes"]["patches"] == len(engine.patches(since))
    assert printed["model_calls"] == engine.model_calls(since)
    for system, count in printed["api_calls"].items():
        assert count == len(engine.journal(system=system, since=since)), system
    assert printed["seconds"] > 0


def test_once_prints_counts_that_are_true_and_exits_by_how_it_went(engine: Engine) -> None:
    runner = CliRunner()
    engine.fault(system="superoffice", method="PATCH", path_regex="Contact/1$", status=503)
    failed = runner.invoke(app, ["once", "--json"])
    printed = json.loads(failed.stdout)
    assert failed.exit_code == 1
    assert printed["accounts"]["failed"] == 1
    assert printed["errors"]
    assert "503" in " ".join(printed["errors"])
    _counted(printed, engine, since=0)

    engine.without_waiting()
    mark = engine.mark()
    well = runner.invoke(app, ["once", "--json"])
    printed = json.loads(well.stdout)
    assert well.exit_code == 0, well.output
    assert set(printed) == {*SHAPE, "model_calls", "seconds"}
    assert printed["accounts"]["completed"] == 1
    assert printed["writes"] == {"patches": 1, "confirmed": 1, "conflicts": 0, "planned": 0}
    _counted(printed, engine, mark)


def test_once_without_configuration_names_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from gtm_assets import cli

    monkeypatch.setattr("sys.argv", ["gtm", "once", "--json"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert {"SUPEROFFICE_TENANT", "NOTION_TOKEN", "GEMINI_API_KEY"} <= set(
        shown.err.replace(",", " ").replace("(", " ").split()
    )


def test_an_error_is_printed_as_it_is_brackets_and_all(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from gtm_assets import cli

    monkeypatch.setenv("GTM_STATE_DIR", str(tmp_path))
    load_settings.cache_clear()
    monkeypatch.setattr("sys.argv", ["gtm", "review", "list", "--campaign", "[red]Gala [2026]"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert "There is no campaign '[red]Gala [2026]'" in " ".join(capsys.readouterr().err.split())
