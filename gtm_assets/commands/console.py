"""The console all commands print to."""

from __future__ import annotations

from rich.console import Console

console = Console()
