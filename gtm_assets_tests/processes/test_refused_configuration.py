"""Commands that refuse to start say in one line what is missing or wrong, and end with code 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from gtm_assets_tests.processes.harness import Command, environment, gtm

pytestmark = pytest.mark.slow


def _refused(home: Path, arguments: list[str], **variables: str) -> str:
    command: Command = gtm(arguments, env=environment(home, variables), directory=home)
    said = " ".join((command.output + command.errors).split())
    assert command.process.returncode == 2, said
    assert "Traceback" not in said
    return said


def test_up_with_only_some_variables_names_the_missing_ones(tmp_path: Path) -> None:
    said = _refused(tmp_path, ["up"], NOTION_TOKEN="sample")
    assert "NOTION_TOKEN" in said
    for name in ("SUPEROFFICE_TENANT", "SUPEROFFICE_REFRESH_TOKEN", "NOTION_VERTICALS_DATABASE_ID", "GEMINI_API_KEY"):
        assert name in said
    assert "sample" not in said
    assert not (tmp_path / "state" / "sandbox").exists()


def test_up_refuses_to_write_to_a_tenant_whose_environment_nobody_named(tmp_path: Path) -> None:
    said = _refused(tmp_path, ["up"], SUPEROFFICE_ENVIRONMENT="", SUPEROFFICE_ALLOW_LIVE_WRITE="true")
    assert "SUPEROFFICE_ENVIRONMENT is empty" in said


def test_up_names_a_wrong_value_and_what_it_expects(tmp_path: Path) -> None:
    said = _refused(tmp_path, ["up"], SUPEROFFICE_ENVIRONMENT="production")
    assert "SUPEROFFICE_ENVIRONMENT" in said
    assert "'qaonline'" in said


def test_once_without_any_variable_names_what_it_needs(tmp_path: Path) -> None:
    said = _refused(tmp_path, ["once", "--json"])
    assert "SUPEROFFICE_TENANT" in said
    assert "gtm sandbox" in said
