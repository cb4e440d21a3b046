"""``gtm sandbox``: start the stand-ins, and act in them as the people of the tenant would.

What belongs elsewhere: the server (``server``), and what commands do (``control``, over HTTP).
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from sandbox import accidents
from sandbox.asking import fail, get, pairs, post, print_rich
from sandbox.editing import create_app, edit_app, remove_app, show_app
from sandbox.faulting import fault_app

app = typer.Typer(
    help="Stand-ins for SuperOffice, Notion, Gemini and company websites, on loopback.", no_args_is_help=False
)
app.add_typer(edit_app, name="edit")
app.add_typer(create_app, name="create")
app.add_typer(show_app, name="show")
app.add_typer(remove_app, name="remove")
app.add_typer(fault_app, name="fault")
app.add_typer(accidents.merge_app, name="merge")
app.add_typer(accidents.delete_app, name="delete")
app.add_typer(accidents.undelete_app, name="undelete")
app.command("backup")(accidents.backup)
app.command("restore")(accidents.restore)


@dataclass(frozen=True)
class _Sandbox:
    """What all commands share: where the sandbox lives."""

    directory: Path


@app.callback(invoke_without_command=True)
def sandbox(
    context: typer.Context,
    directory: Annotated[
        Path | None, typer.Option(help="Where the sandbox is kept; default: <GTM_STATE_DIR or .state>/sandbox.")
    ] = None,
    port: Annotated[int, typer.Option(help="Port on loopback; the next free one if it is taken.")] = 8765,
    companies: Annotated[int, typer.Option(help="Companies of a new CRM; past 40 they are made by rule.", min=0)] = 40,
    switch: Annotated[list[str] | None, typer.Option(metavar="NAME=VALUE", help="Move a switch; repeatable.")] = None,
    env_file: Annotated[Path | None, typer.Option(help="Also write the environment into this file.")] = None,
    *,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what the directory holds.")] = False,
    system_user: Annotated[
        bool, typer.Option("--system-user", help="Credentials of the system user instead of the refresh token.")
    ] = False,
) -> None:
    """Start the sandbox, print the environment for it, and serve until Ctrl-C."""
    place = directory or Path(os.environ.get("GTM_STATE_DIR") or ".state") / "sandbox"
    context.obj = _Sandbox(place)
    if context.invoked_subcommand is not None:
        return
    from sandbox.environment import env_file as env_file_text
    from sandbox.environment import shell_lines
    from sandbox.server import AlreadyRunningError, SandboxServer

    try:
        server = SandboxServer(place, port, companies=companies, switches=pairs(switch, "--switch"), fresh=fresh)
    except (AlreadyRunningError, ValueError, OSError) as error:
        fail(str(error))
    variables = server.environment(system_user=system_user)
    if env_file is not None:
        env_file.write_text(env_file_text(variables), encoding="utf-8")
    typer.echo(shell_lines(variables), nl=False)
    world = server.world
    typer.echo(
        f"# {len(world.crm.companies)} companies, {len(world.crm.persons)} persons at {server.base_url}", err=True
    )
    if not world.is_new and companies not in (40, len(world.crm.companies)):
        typer.echo(f"# {place} holds a CRM already, so --companies changes nothing. --fresh starts anew.", err=True)
    typer.echo("# Ctrl-C ends it. Paste the lines above into another terminal, or use --env-file.", err=True)
    server.run()


@app.command("journal")
def journal(
    context: typer.Context,
    system: Annotated[str, typer.Option(help="superoffice, login, notion, gemini, site or control.")] = "",
    method: Annotated[str, typer.Option()] = "",
    last: Annotated[int, typer.Option(help="How many of the latest requests.")] = 30,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Whole entries, with bodies.")] = False,
) -> None:
    """The latest requests that reached the stand-ins."""
    entries = [
        entry
        for entry in get(context, "journal", system=system, method=method)
        if system or entry["system"] != "control"
    ]
    entries = entries[-last:] if last > 0 else entries
    if as_json:
        typer.echo(json.dumps(entries, ensure_ascii=False, indent=2))
        return
    from rich.table import Table

    table = Table()
    for head in ("time (UTC)", "system", "request", "status", "effect", "by"):
        table.add_column(head, overflow="fold")
    for entry in entries:
        request = f"{entry['method']} {entry['path']}"
        row = (
            entry["time"][11:23],
            entry["system"],
            request,
            entry["status"],
            "yes" if entry["effect"] else "",
            entry["associate"],
        )
        table.add_row(*("" if value is None else str(value) for value in row))
    print_rich(table)
    rate = get(context, "rate")
    typer.echo(f"The CRM's API: {rate['calls']} calls, at most {rate['most_calls_in_one_second']} in one second.")


@app.command("switches")
def switches(context: typer.Context) -> None:
    """All switches: where they stand, where they could stand, and what for."""
    from rich.table import Table

    table = Table("switch", "value", "allowed", "stands for")
    for row in get(context, "switches"):
        value = row["value"] if row["value"] == row["default"] else f"[bold]{row['value']}[/bold]"
        table.add_row(row["name"], value, ", ".join(row["allowed"]), row["stands_for"])
    print_rich(table)


@app.command("switch")
def set_switch(
    context: typer.Context, positions: Annotated[list[str], typer.Argument(metavar="NAME=VALUE...")]
) -> None:
    """Move switches while the sandbox runs."""
    moved = pairs(positions, "switch")
    post(context, "switches", moved)
    typer.echo(", ".join(f"{name} is now {value}" for name, value in moved.items()))
