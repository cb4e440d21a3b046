"""The console all commands print to, JSON for scripts, and files that a browser shows."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

import typer
from rich.console import Console

from gtm_assets.language import say
from gtm_assets.settings import Language

console = Console()


def print_json(value: object) -> None:
    """JSON on standard output, and nothing else."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def keep_file(path: Path, content: bytes) -> None:
    """Keep a file where only its owner can read it (mode 0600 from its first moment); an earlier one is replaced."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def open_file(path: Path, content: bytes, language: Language, *, quiet: bool) -> None:
    """Keep a file, say where, and open it in the browser; where there is no browser, the path is enough.

    Args:
        path: Where it is kept, see :func:`keep_file`.
        content: The whole of it.
        language: Of what is said.
        quiet: Standard output belongs to a script; the path goes where it disturbs none.
    """
    import webbrowser

    keep_file(path, content)
    typer.echo(say(language, "file.kept", path=path), err=quiet)
    if not webbrowser.open(path.as_uri()):
        typer.echo(say(language, "file.no_browser"), err=True)
