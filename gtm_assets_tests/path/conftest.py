"""Fixtures of the path tests: an engine of its own for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from gtm_assets_tests.path.harness import Engine

StartEngine = Callable[..., Engine]


@pytest.fixture(autouse=True)
def no_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads the .env of whoever runs it."""
    monkeypatch.setattr("gtm_assets.settings.PROJECT_ROOT", tmp_path)


@pytest.fixture
def start_engine(tmp_path: Path) -> Iterator[StartEngine]:
    """Starts a sandbox and an engine beside it; see ``Engine`` for the arguments."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(Engine(tmp_path / "state", **options))


@pytest.fixture
def engine(start_engine: StartEngine) -> Any:
    """An engine beside a sandbox with one company and its three persons."""
    return start_engine(companies=1)
