"""``gtm sandbox``: start the stand-ins, and act in them as the people of the tenant would.

What belongs elsewhere: the server (``server``), and what commands do (``control``, over HTTP).
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

app = typer.Typer(
    help="Stand-ins for SuperOffice, Notion, Gemini and company websites, on loopback.", no_args_is_help=False
)
edit_app = typer.Typer(help="Edit as a person of the tenant would: in the CRM or in Notion.", no_args_is_help=True)
create_app = typer.Typer(help="Enter a new company or person in the CRM.", no_args_is_help=True)
show_app = typer.Typer(help="Show a record of the CRM.", no_args_is_help=True)
app.add_typer(edit_app, name="edit")
app.add_typer(create_app, name="create")
app.add_typer(show_app, name="show")

FieldOptions = Annotated[
    list[str] | None, typer.Option("--field", metavar="LABEL=VALUE", help="Any other field, by its label; repeatable.")
]


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
        server = SandboxServer(place, port, companies=companies, switches=_pairs(switch, "--switch"), fresh=fresh)
    except (AlreadyRunningError, ValueError, OSError) as error:
        _fail(str(error))
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


@edit_app.command("person")
def edit_person(
    context: typer.Context,
    person_id: Annotated[int, typer.Argument(metavar="ID")],
    title: Annotated[str | None, typer.Option(help="Job title.")] = None,
    position: Annotated[str | None, typer.Option(help="Item of the list Position, by name.")] = None,
    firstname: Annotated[str | None, typer.Option()] = None,
    lastname: Annotated[str | None, typer.Option()] = None,
    campaign: Annotated[str | None, typer.Option(help="Value of the field MA_Campaign.")] = None,
    field: FieldOptions = None,
) -> None:
    """Change a person in the CRM."""
    fields = {
        "Title": title,
        "Position": position,
        "Firstname": firstname,
        "Lastname": lastname,
        "MA_Campaign": campaign,
    }
    _edit(context, "Person", person_id, fields, field)


@edit_app.command("company")
def edit_company(
    context: typer.Context,
    company_id: Annotated[int, typer.Argument(metavar="ID")],
    vertical: Annotated[str | None, typer.Option(help="Item of the list Vertical, by name.")] = None,
    name: Annotated[str | None, typer.Option()] = None,
    url: Annotated[str | None, typer.Option()] = None,
    city: Annotated[str | None, typer.Option()] = None,
    field: FieldOptions = None,
) -> None:
    """Change a company in the CRM."""
    _edit(context, "Contact", company_id, {"Vertical": vertical, "Name": name, "Url": url, "City": city}, field)


ColumnOptions = Annotated[
    list[str] | None, typer.Option("--field", metavar="COLUMN=VALUE", help="Any other column; repeatable.")
]


@edit_app.command("vertical")
def edit_vertical(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help="The vertical's key in Notion.")],
    pains: Annotated[str | None, typer.Option(help="New pains, one per line.")] = None,
    gains: Annotated[str | None, typer.Option(help="New gains, one per line.")] = None,
    field: ColumnOptions = None,
) -> None:
    """Change a vertical in Notion."""
    _edit_notion(context, "verticals", key, {"Pains": pains, "Gains": gains}, field)


@edit_app.command("persona")
def edit_persona(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help="The persona's key in Notion.")],
    pains: Annotated[str | None, typer.Option(help="New pains, one per line.")] = None,
    gains: Annotated[str | None, typer.Option(help="New gains, one per line.")] = None,
    field: ColumnOptions = None,
) -> None:
    """Change a persona in Notion."""
    _edit_notion(context, "personas", key, {"Pains": pains, "Gains": gains}, field)


@edit_app.command("campaign")
def edit_campaign(
    context: typer.Context,
    tag: Annotated[str, typer.Argument(metavar="TAG", help="The campaign's tag in Notion.")],
    brief: Annotated[str | None, typer.Option(help="What the campaign is about.")] = None,
    *,
    active: Annotated[bool | None, typer.Option("--active/--ended", help="Tick or clear Active.")] = None,
    field: ColumnOptions = None,
) -> None:
    """Change a campaign in Notion, or end it."""
    _edit_notion(context, "campaigns", tag, {"Brief": brief, "Active": active}, field)


def _edit_notion(
    context: typer.Context,
    database: str,
    key: str,
    columns: dict[str, str | bool | None],
    more: list[str] | None,
) -> None:
    values = {name: value for name, value in columns.items() if value is not None} | _pairs(more, "--field")
    if not values:
        _fail("Nothing to change. Name a column; --help lists the options.")
    for column, value in values.items():
        _post(context, "notion/edit", {"database": database, "key": key, "column": column, "value": value})
    typer.echo(f"{key} in {database}: {', '.join(values)} changed in Notion.")


@create_app.command("campaign")
def create_campaign(
    context: typer.Context,
    tag: Annotated[str, typer.Argument(metavar="TAG", help="What stands in the field MA_Campaign of its people.")],
    brief: Annotated[str, typer.Option(help="What the campaign is about.")] = "",
    name: Annotated[str | None, typer.Option(help="Default: the tag.")] = None,
) -> None:
    """Add a campaign to Notion, active at once."""
    values = {"Name": name or tag, "Tag": tag, "Brief": brief, "Active": True}
    _post(context, "notion/add", {"database": "campaigns", "values": values})
    typer.echo(f"Campaign {tag} added in Notion.")


@create_app.command("company")
def create_company(
    context: typer.Context,
    name: Annotated[str, typer.Option()],
    url: Annotated[str | None, typer.Option()] = None,
    city: Annotated[str | None, typer.Option()] = None,
    field: FieldOptions = None,
) -> None:
    """Enter a company."""
    _create(context, "Contact", {"Name": name, "Url": url, "City": city}, field)


@create_app.command("person")
def create_person(
    context: typer.Context,
    company: Annotated[int, typer.Option(help="Id of the company.")],
    lastname: Annotated[str, typer.Option()],
    firstname: Annotated[str | None, typer.Option()] = None,
    mrmrs: Annotated[str | None, typer.Option(help="Herr or Frau.")] = None,
    title: Annotated[str | None, typer.Option(help="Job title.")] = None,
    position: Annotated[str | None, typer.Option(help="Item of the list Position, by name.")] = None,
    email: Annotated[str | None, typer.Option()] = None,
    field: FieldOptions = None,
) -> None:
    """Enter a person."""
    fields = {
        "Company": str(company),
        "Firstname": firstname,
        "Lastname": lastname,
        "Mrmrs": mrmrs,
        "Title": title,
        "Position": position,
        "Email": email,
    }
    _create(context, "Person", fields, field)


@show_app.command("person")
def show_person(context: typer.Context, person_id: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """A person as somebody in the tenant sees them."""
    _print_record(_get(context, f"crm/Person/{person_id}"))


@show_app.command("company")
def show_company(context: typer.Context, company_id: Annotated[int, typer.Argument(metavar="ID")]) -> None:
    """A company as somebody in the tenant sees it."""
    _print_record(_get(context, f"crm/Contact/{company_id}"))


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
        for entry in _get(context, "journal", system=system, method=method)
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
    _print(table)


@app.command("switches")
def switches(context: typer.Context) -> None:
    """All switches: where they stand, where they could stand, and what for."""
    from rich.table import Table

    table = Table("switch", "value", "allowed", "stands for")
    for row in _get(context, "switches"):
        value = row["value"] if row["value"] == row["default"] else f"[bold]{row['value']}[/bold]"
        table.add_row(row["name"], value, ", ".join(row["allowed"]), row["stands_for"])
    _print(table)


@app.command("switch")
def set_switch(
    context: typer.Context, positions: Annotated[list[str], typer.Argument(metavar="NAME=VALUE...")]
) -> None:
    """Move switches while the sandbox runs."""
    moved = _pairs(positions, "switch")
    _post(context, "switches", moved)
    typer.echo(", ".join(f"{name} is now {value}" for name, value in moved.items()))


@app.command("fault")
def fault(
    context: typer.Context,
    system: Annotated[str, typer.Option(help="superoffice, login, notion, gemini or site; empty for all.")] = "",
    method: Annotated[str, typer.Option(help="Such as PATCH; empty for all.")] = "",
    path: Annotated[str, typer.Option(metavar="REGEX", help="Of the request's path, such as 'Person/3$'.")] = "",
    kind: Annotated[str, typer.Option(help="status, reset_before or reset_after.")] = "status",
    status: Annotated[int, typer.Option(help="HTTP status of the answer.")] = 503,
    times: Annotated[int, typer.Option(help="So many requests.", min=1)] = 1,
    *,
    clear: Annotated[bool, typer.Option("--clear", help="Take back all faults that have not happened yet.")] = False,
) -> None:
    """Let the next matching requests go wrong, to see what the engine makes of it."""
    if clear:
        _call(context, "DELETE", "faults")
        typer.echo("No fault is waiting any more.")
        return
    body = {"system": system, "method": method, "path_regex": path, "kind": kind, "status": status, "times": times}
    _post(context, "faults", body)
    which = " ".join(filter(None, (method, path))) or "any request"
    what = f"is answered with {status}" if kind == "status" else f"loses its connection ({kind})"
    typer.echo(f"{which}{f' to {system}' if system else ''} {what}, {times} time{'s' if times > 1 else ''}.")


def _edit(
    context: typer.Context, entity: str, record_id: int, fields: dict[str, str | None], more: list[str] | None
) -> None:
    values = {name: value for name, value in fields.items() if value is not None} | _pairs(more, "--field")
    if not values:
        _fail("Nothing to change. Name a field, such as --title, or any other with --field LABEL=VALUE.")
    _print_record(_post(context, "edit", {"entity": entity, "id": record_id, "fields": values}))


def _create(context: typer.Context, entity: str, fields: dict[str, str | None], more: list[str] | None) -> None:
    values = {name: value for name, value in fields.items() if value is not None} | _pairs(more, "--field")
    _print_record(_post(context, "create", {"entity": entity, "fields": values}))


def _base_url(context: typer.Context) -> str:
    from sandbox.server import running_at

    directory: Path = context.obj.directory
    url = running_at(directory)
    if url is None:
        _fail(f"No sandbox is running for {directory}. Start one with `gtm sandbox`, or name its --directory.")
    return url


def _get(context: typer.Context, path: str, **query: str) -> Any:
    return _call(context, "GET", path, params=query)


def _post(context: typer.Context, path: str, body: dict[str, Any]) -> Any:
    return _call(context, "POST", path, json=body)


def _call(context: typer.Context, method: str, path: str, **options: Any) -> Any:
    # Imported here, like rich: every `gtm` command loads this module.
    import httpx

    response = httpx.request(method, f"{_base_url(context)}/control/{path}", timeout=30, **options)
    body = response.json()
    if response.is_error:
        _fail(str(body.get("error", response.status_code)))
    return body


def _print(shown: Any) -> None:
    from rich.console import Console

    Console().print(shown)


def _print_record(record: dict[str, Any]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(show_header=False, box=None, pad_edge=False)
    for label, value in record.items():
        # Text, not str: people's texts may hold square brackets, which rich would take for markup.
        table.add_row(label, Text(_readable(value)))
    _print(table)


def _readable(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _pairs(texts: list[str] | None, option: str) -> dict[str, str]:
    pairs = {}
    for text in texts or ():
        name, separator, value = text.partition("=")
        if not separator or not name:
            _fail(f"{option} needs NAME=VALUE, not {text!r}.")
        pairs[name] = value
    return pairs


def _fail(message: str) -> NoReturn:
    typer.echo(f"Error: {message}", err=True)
    raise typer.Exit(1)
