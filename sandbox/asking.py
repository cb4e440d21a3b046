"""What the commands of ``gtm sandbox`` share: asking a running sandbox at ``/control``, and printing its answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import typer


def base_url(context: typer.Context) -> str:
    """Where the sandbox of this directory answers; ends the command where none does."""
    from sandbox.server import running_at

    directory: Path = context.obj.directory
    url = running_at(directory)
    if url is None:
        fail(f"No sandbox is running for {directory}. Start one with `gtm sandbox`, or name its --directory.")
    return url


def get(context: typer.Context, path: str, **query: str) -> Any:
    """One question to ``/control``."""
    return call(context, "GET", path, params=query)


def post(context: typer.Context, path: str, body: dict[str, Any]) -> Any:
    """One act at ``/control``."""
    return call(context, "POST", path, json=body)


def call(context: typer.Context, method: str, path: str, **options: Any) -> Any:
    """One request to ``/control``; its error ends the command."""
    # Imported here, like rich: every `gtm` command loads this module.
    import ssl

    import httpx

    # The sandbox speaks plain HTTP on loopback: certificates, which take longer to load than it takes to answer, are of no use.
    no_certificates = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    url = f"{base_url(context)}/control/{path}"
    response = httpx.request(method, url, timeout=30, verify=no_certificates, **options)
    body = response.json()
    if response.is_error:
        fail(str(body.get("error", response.status_code)))
    return body


def print_rich(shown: Any) -> None:
    """Print something of rich."""
    from rich.console import Console

    Console().print(shown)


def print_record(record: dict[str, Any]) -> None:
    """A record as people read it."""
    from rich.table import Table
    from rich.text import Text

    table = Table(show_header=False, box=None, pad_edge=False)
    for label, value in record.items():
        # Text, not str: people's texts may hold square brackets, which rich would take for markup.
        table.add_row(label, Text(_readable(value)))
    print_rich(table)


def _readable(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def pairs(texts: list[str] | None, option: str) -> dict[str, str]:
    """``NAME=VALUE`` texts as a mapping."""
    found = {}
    for text in texts or ():
        name, separator, value = text.partition("=")
        if not separator or not name:
            fail(f"{option} needs NAME=VALUE, not {text!r}.")
        found[name] = value
    return found


def fail(message: str) -> NoReturn:
    """Say what is wrong and end the command."""
    typer.echo(f"Error: {message}", err=True)
    raise typer.Exit(1)
