"""Definitions in a fresh interpreter: no variable, no network, no SDK that is not needed yet."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

_LOAD = """
import json, socket, sys

def refuse(*arguments, **options):
    raise AssertionError(f"the network was asked for: {arguments}")

socket.socket.connect = socket.socket.connect_ex = socket.socket.bind = socket.getaddrinfo = refuse
import dagster as dg
from gtm_assets.definitions import defs

loaded = defs()
dg.Definitions.validate_loadable(loaded)
assets = [key.to_user_string() for key in loaded.resolve_asset_graph().get_all_asset_keys()]
print(json.dumps({"assets": assets, "modules": sorted(sys.modules)}))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    run = subprocess.run(
        [sys.executable, "-c", _LOAD],
        env={},
        cwd=tmp_path_factory.mktemp("elsewhere"),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    answer: dict[str, list[str]] = json.loads(run.stdout.splitlines()[-1])
    return answer


def test_definitions_load_with_an_empty_environment_and_without_network(loaded: dict[str, list[str]]) -> None:
    assert {"verticals", "marketing_matrix", "person_writeback", "sync_board"} <= set(loaded["assets"])


@pytest.mark.parametrize("name", ["pandas", "duckdb", "google.genai", "notion_client", "trafilatura"])
def test_loading_definitions_imports_no_sdk_that_is_not_used_yet(loaded: dict[str, list[str]], name: str) -> None:
    assert name not in loaded["modules"]


def test_loading_definitions_leaves_no_trace_on_disk(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", _LOAD], env={}, cwd=tmp_path, capture_output=True, timeout=120, check=True)
    assert list(tmp_path.iterdir()) == []
