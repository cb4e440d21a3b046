"""The console all commands print to, and JSON for scripts."""

from __future__ import annotations

import json
import sys

from rich.console import Console

console = Console()


def print_json(value: object) -> None:
    """JSON on standard output, and nothing else."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")
