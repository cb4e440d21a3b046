"""Fixtures: no test reads the .env of whoever runs it, and a probe's stage with an engine of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from gtm_assets_tests.doctor.looking import Installation
from gtm_assets_tests.doctor.probing import Stage
from sandbox.server import SandboxServer

StartStage = Callable[..., Stage]


@pytest.fixture(autouse=True)
def no_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The project's folder is an empty one."""
    monkeypatch.setattr("gtm_assets.settings.PROJECT_ROOT", tmp_path)


@pytest.fixture
def start_stage(tmp_path: Path) -> Iterator[StartStage]:
    """Starts a sandbox and an engine beside it; see ``Engine`` for the arguments."""
    with ExitStack() as stack:

        def start(**options: Any) -> Stage:
            from gtm_assets_tests.path.harness import Engine

            options = {"companies": 3, "fast": True, "verticals": None, **options}
            stage = Stage(stack.enter_context(Engine(tmp_path / "state", **options)))
            stack.callback(stage.close)
            return stage

        yield start


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """A sandbox with three companies, and everything set as it has to be."""
    with SandboxServer(None, companies=3) as server:
        state = tmp_path / "state"
        yield Installation(server, state, {**server.environment(), "GTM_STATE_DIR": str(state)})
