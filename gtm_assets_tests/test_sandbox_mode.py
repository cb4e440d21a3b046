"""A command in a second terminal takes over the running sandbox, and keeps what its own terminal tries out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from gtm_assets.sandbox_mode import adopt_sandbox, adopted_variables, tried_in_sandbox, write_environment
from gtm_assets.settings import Settings, load_settings
from sandbox.environment import environment
from sandbox.server import SandboxServer


@pytest.fixture
def beside_a_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The terminal's variables are gone, and a sandbox serves the state directory; what `gtm up` left for others."""
    monkeypatch.setattr("gtm_assets.settings.PROJECT_ROOT", tmp_path)
    for name in Settings.model_fields:
        monkeypatch.setenv(name.upper(), "")
    monkeypatch.setenv("GTM_STATE_DIR", str(tmp_path))
    load_settings.cache_clear()
    place = tmp_path / "sandbox"
    with SandboxServer(place) as server:
        left = {
            **environment(server.base_url, server.world),
            "GTM_MODEL_BUDGET_PER_DAY": "5",
            "GTM_STATE_DIR": str(place / "engine"),
        }
        write_environment(place, left)
        yield left
    load_settings.cache_clear()


def test_without_variables_of_its_own_it_sees_what_the_platform_sees(beside_a_sandbox: dict[str, str]) -> None:
    assert adopt_sandbox()
    assert load_settings().gtm_model_budget_per_day == 5.0
    assert adopted_variables() == beside_a_sandbox


def test_what_the_second_terminal_tries_counts_there(
    beside_a_sandbox: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GTM_MODEL_BUDGET_PER_RUN", "0.06")
    monkeypatch.setenv("GTM_MODEL_BUDGET_PER_DAY", "7")
    monkeypatch.setenv("GTM_MODEL_PRICES", "prices.toml")
    monkeypatch.setenv("GTM_DATABASE_URL", "sqlite:///elsewhere.sqlite")
    assert adopt_sandbox()
    settings = load_settings()
    assert (settings.gtm_model_budget_per_run, settings.gtm_model_budget_per_day) == (0.06, 7.0)
    assert settings.gtm_model_prices == str(tmp_path / "prices.toml")
    assert os.environ["GTM_DATABASE_URL"] == "", "what is about a real tenant does not"
    assert adopted_variables() == beside_a_sandbox | {
        "GTM_MODEL_BUDGET_PER_RUN": "0.06",
        "GTM_MODEL_BUDGET_PER_DAY": "7",
        "GTM_MODEL_PRICES": str(tmp_path / "prices.toml"),
    }


def test_an_empty_variable_tries_nothing() -> None:
    assert tried_in_sandbox({"GTM_MODEL_BUDGET_PER_RUN": " ", "GTM_MODEL_CONCURRENCY": "2", "GTM_PUBLIC_URL": "x"}) == {
        "GTM_MODEL_CONCURRENCY": "2"
    }
