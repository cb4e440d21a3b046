"""What importing the clients of Notion, Gemini and websites loads: no SDK before it is used."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("google.genai", "notion_client", "trafilatura", "selectolax", "protego", "stdnum", "pandas", "duckdb")


@pytest.mark.parametrize("package", ["resources.notion", "resources.gemini", "resources.website"])
def test_importing_a_client_and_making_one_loads_no_sdk(package: str) -> None:
    making = {
        "resources.notion": "NotionClient(token='t', base_url=None)",
        "resources.gemini": "GeminiClient(api_key='k', base_url=None, model='m')",
        "resources.website": "WebsiteClient()",
    }[package]
    program = (
        f"import json, sys; from {package} import *; {making}; "
        f"print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(run.stdout) == []
