"""The Makefile with a stand-in for Python, from a path with a space: which commands run, in which order, what an interruption leaves.

A real installation is not a test's business; ``make demo`` and ``make test`` in a fresh clone are tried by hand and by CI.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from gtm_assets_tests.processes.harness import PROJECT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed"),
]

#: Notes its arguments in `calls` of the directory it is used from; makes .venv as `python -m venv` would.
_PYTHON = """#!/bin/sh
printf '%s\\n' "$*" >> calls
case "$*" in
  "-m venv --clear .venv") rm -rf .venv && mkdir -p .venv/bin && cp python.sh .venv/bin/python ;;
  *requirements.lock) test ! -e no-network ;;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    directory = tmp_path / "a path with a space"
    directory.mkdir()
    for name in ("Makefile", "requirements.lock", "pyproject.toml", "setup.cfg", ".ci"):
        source = PROJECT / name
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, directory / name)
    python = directory / "python.sh"
    python.write_text(_PYTHON, encoding="utf-8")
    python.chmod(0o755)
    return directory


def _run(directory: Path, *command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    # Not the variables of the make that runs these tests.
    env = {"PATH": os.environ["PATH"], "HOME": str(directory), "PYTHON": "./python.sh"}
    return subprocess.run(
        command, cwd=cwd or directory, env=env, capture_output=True, text=True, timeout=60, check=False
    )


def _calls(directory: Path) -> list[str]:
    path = directory / "calls"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    path.unlink(missing_ok=True)
    return lines


def _set_up(directory: Path) -> None:
    assert _run(directory, "make", "setup").returncode == 0
    _calls(directory)


@pytest.mark.parametrize(
    "target", ["help", "setup", "demo", "up", "test", "lint", "types", "definitions", "unit", "screenshots"]
)
def test_a_target_can_be_planned_and_names_no_absolute_path(checkout: Path, target: str) -> None:
    planned = _run(checkout, "make", "-n", target)
    assert planned.returncode == 0, planned.stderr
    assert str(checkout) not in planned.stdout
    assert str(PROJECT) not in planned.stdout


def test_demo_and_up_set_up_first_and_only_once(checkout: Path) -> None:
    assert _run(checkout, "make", "demo").returncode == 0
    first = _calls(checkout)
    assert [call for call in first if "venv" in call or "pip" in call or "cli" in call][-1] == "-m gtm_assets.cli demo"
    assert sum(call.startswith("-m pip install") for call in first) == 2
    assert _run(checkout, "make", "up").returncode == 0
    assert _calls(checkout) == ["-m gtm_assets.cli up"]


def test_an_interrupted_set_up_begins_anew(checkout: Path) -> None:
    (checkout / "no-network").touch()
    assert _run(checkout, "make", "setup").returncode != 0
    _calls(checkout)
    (checkout / "no-network").unlink()
    assert _run(checkout, "make", "setup").returncode == 0
    assert "-m venv --clear .venv" in _calls(checkout)
    assert _run(checkout, "make", "setup").returncode == 0
    assert _calls(checkout) == []


def test_a_newer_lock_sets_up_again(checkout: Path) -> None:
    _set_up(checkout)
    stamp = (checkout / ".venv" / ".installed").stat().st_mtime
    os.utime(checkout / "requirements.lock", (stamp + 10, stamp + 10))
    assert _run(checkout, "make", "setup").returncode == 0
    assert "-m venv --clear .venv" in _calls(checkout)


def test_test_runs_lint_types_definitions_and_tests_and_ci_runs_the_same(checkout: Path, tmp_path: Path) -> None:
    _set_up(checkout)
    assert _run(checkout, "make", "test").returncode == 0
    calls = _calls(checkout)
    for part in ("-m ruff check", "-m ruff format --check", "-m mypy", "-m dagster definitions validate", "-m pytest"):
        assert any(call.startswith(part) for call in calls), (part, calls)
    # A Chromium is named, so that nothing is installed on the machine that runs this.
    ci = _run(checkout, "env", "GTM_CHROMIUM=chromium", str(checkout / ".ci" / "run"), cwd=tmp_path)
    assert ci.returncode == 0, ci.stderr
    assert _calls(checkout) == calls
