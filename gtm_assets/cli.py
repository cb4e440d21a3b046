"""The ``gtm`` command. Thin: it reads settings, calls one function, prints."""

from __future__ import annotations

import json
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, get_args

import typer
from rich.console import Console
from rich.table import Table

from gtm_assets.sandbox_mode import adopt_sandbox, enter_sandbox, write_environment
from gtm_assets.settings import BlockKind, ConfigurationError, Settings, load_settings, read_environment
from resources.errors import OutsideError
from sandbox.cli import app as sandbox_app

app = typer.Typer(
    help="Static, reviewed text blocks for every contact in SuperOffice CRM.",
    no_args_is_help=True,
    add_completion=False,
)
app.add_typer(sandbox_app, name="sandbox")
review_app = typer.Typer(help="Verdicts on text blocks that wait for one.", no_args_is_help=True)
app.add_typer(review_app, name="review")
console = Console()


@app.command()
def once(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print counts as JSON and nothing else.")] = False,
    sweep: Annotated[
        bool, typer.Option("--sweep", help="Read all accounts and persons, not only what changed.")
    ] = False,
) -> None:
    """Do once what schedule and sensors do: read Notion, write stale texts, work off what changed in the CRM."""
    import dagster as dg

    from gtm_assets import clients, views
    from gtm_assets.once import run_once
    from gtm_assets.platform import dagster_home
    from gtm_assets.progress import shown_progress

    settings = load_settings()
    settings.require("SuperOffice", "Notion", "Gemini")
    dagster_home(settings)
    store = clients.open_store(settings)
    with dg.DagsterInstance.get() as instance, shown_progress(store, quiet=as_json) as progress:
        result = run_once(instance, store, settings, sweep=sweep, progress=progress)
    if as_json:
        sys.stdout.write(json.dumps(result.as_json(), ensure_ascii=False, indent=1) + "\n")
    else:
        console.print(views.result_table(result))
        for error in result.errors:
            console.print(f"[red]{error}[/red]")
    raise typer.Exit(1 if result.failed else 0)


@app.command()
def demo(companies: Annotated[int, typer.Option(help="Sample companies in the CRM.", min=3)] = 40) -> None:
    """Show the whole path against the sandbox: a draft, then written, then three e-mails and the board."""
    from gtm_assets.demo import run_demo

    raise typer.Exit(0 if run_demo(console, companies=companies) else 1)


@app.command()
def up(
    port: Annotated[int, typer.Option(help="Port of the webserver; the next free one if it is taken.")] = 3000,
    sandbox_port: Annotated[int, typer.Option(help="Port of the sandbox, if it is used.")] = 8765,
) -> None:
    """Open the platform: webserver and daemon, sensors and schedule running; with the sandbox if nothing is configured."""
    from gtm_assets import platform

    values = read_environment()
    settings = load_settings()
    platform.stop_on_signals()
    try:
        if platform.wants_sandbox(values, settings):
            _up_with_sandbox(settings, port, sandbox_port)
        else:
            _serve(settings, port)
    except platform.StopRequestedError:
        console.print("Stopped.")


def _up_with_sandbox(settings: Settings, port: int, sandbox_port: int) -> None:
    from sandbox.environment import environment
    from sandbox.server import AlreadyRunningError, SandboxServer

    place = settings.gtm_state_dir / "sandbox"
    try:
        server = SandboxServer(place, port=sandbox_port)
    except AlreadyRunningError as error:
        raise ConfigurationError(f"{error} Is another `gtm up` or `gtm sandbox` running?") from error
    with server:
        # What belongs to the sandbox never meets what belongs to a real tenant.
        variables = {**environment(server.base_url, server.world), "GTM_STATE_DIR": str(place / "engine")}
        enter_sandbox(variables)
        write_environment(place, variables)
        console.print(
            f"Sandbox: {server.base_url} (no variable of SuperOffice, Notion or Gemini is set)", soft_wrap=True
        )
        _serve(load_settings(), port)


def _serve(settings: Settings, port: int) -> None:
    from gtm_assets import clients, platform

    home = platform.dagster_home(settings)
    clients.open_store(settings).close()
    environment = {**os.environ, "DAGSTER_HOME": str(home), "GTM_STATE_DIR": str(settings.gtm_state_dir)}
    running = platform.Platform(environment, platform.free_port(port), settings.gtm_state_dir / "logs")
    try:
        running.start()
        console.print(f"Board:   {running.url}{platform.BOARD_PATH}", soft_wrap=True)
        console.print(f"Graph:   {running.url}/asset-groups")
        console.print(f"Logs:    {running.log_dir}. Ctrl-C ends everything.", soft_wrap=True)
        running.wait()
    finally:
        running.stop()


@app.command()
def plan(
    account: Annotated[int | None, typer.Argument(help="Contact id; all accounts if left out.")] = None,
    limit: Annotated[int, typer.Option(help="Records to show.")] = 50,
) -> None:
    """Show what would be written and is not, because SUPEROFFICE_ALLOW_LIVE_WRITE is not true."""
    from gtm_assets import clients, views

    table, count = views.standing_plans(clients.open_store(load_settings()), limit=limit, contact_id=account)
    if count:
        console.print(table)
    console.print(f"{count} records have a plan that was not sent.")


@app.command()
def board(limit: Annotated[int, typer.Option(help="Accounts to show.")] = 50) -> None:
    """Show where every account stands."""
    from gtm_assets import clients, views

    console.print(views.board_table(clients.open_store(load_settings()), limit=limit))


@app.command()
def fields(
    *, accept: Annotated[bool, typer.Option("--accept", help="Accept that the CRM's layout changed.")] = False
) -> None:
    """Show which user-defined field of the CRM plays which role; confirm a changed layout."""
    from gtm_assets import clients
    from gtm_assets.crm.field_map import current_fields
    from gtm_assets.crm.fields import FieldMapError
    from gtm_assets.runs import clear_pauses
    from gtm_assets.texts.limits import TextField, field_finding

    settings = load_settings()
    store = clients.open_store(settings)
    configured = settings.configured_fields
    try:
        found = current_fields(
            store, clients.open_superoffice(settings, store), configured, accept_drift=accept, fresh=True
        )
    except FieldMapError as error:
        raise ConfigurationError(str(error)) from error
    clear_pauses(store)
    table = Table()
    for head in ("Role", "Entity", "ProgId", "Label", "Type", "Characters", "Found by"):
        table.add_column(head, overflow="fold")
    for field in found.values():
        length = str(field.text_length or "")
        table.add_row(field.role, field.entity, field.prog_id, field.label, field.field_type, length, field.matched_by)
    console.print(table)
    for name in get_args(TextField):
        finding = field_finding(name, found[name].text_length)
        if finding is not None:
            console.print(f"[yellow]{name}: {finding.message}[/yellow]")


@app.command()
def retry(
    accounts: Annotated[list[int] | None, typer.Argument(help="Contact ids; every failed account if left out.")] = None,
) -> None:
    """Put failed accounts that wait for a person on the queue again."""
    from gtm_assets import clients
    from gtm_assets.runs import clear_pauses
    from resources.store import queue

    store = clients.open_store(load_settings())
    with store.write() as connection:
        count = queue.retry_failed(connection, accounts or None)
    clear_pauses(store)
    console.print(f"{count} accounts are due again; the next pass takes them.")


@app.command("resume-writing")
def resume_writing() -> None:
    """Write again after the engine stopped itself because a PATCH moved fields that it did not name."""
    from gtm_assets import clients
    from gtm_assets.runs import clear_pauses
    from gtm_assets.writeback import ledger

    store = clients.open_store(load_settings())
    with store.read() as connection:
        reason = ledger.stop_reason(connection)
    count = ledger.resume_writing(store)
    clear_pauses(store)
    console.print(
        f"Writing is allowed again. It was stopped because {reason}" if reason else "Writing was not stopped."
    )
    console.print(f"{count} accounts that failed are due again.")


@review_app.command("list")
def review_list(kind: Annotated[str, typer.Option(help="cell or opener.")] = "cell") -> None:
    """Show blocks that pass every rule and wait for a verdict."""
    from gtm_assets import clients
    from gtm_assets.texts import blocks

    store = clients.open_store(load_settings())
    with store.read() as connection:
        found = blocks.current_blocks(connection, _kind(kind)).values()
    waiting = [block for block in found if block.passed and block.verdict is None]
    table = Table("Key", "Version", "Text")
    for block in waiting:
        table.add_row(block.key, str(block.version), "\n".join(str(text) for text in block.content.values() if text))
    console.print(table)
    console.print(f"{len(waiting)} wait. Approve with: gtm review approve <key> … (or --all)")


@review_app.command("approve")
def review_approve(
    keys: Annotated[list[str] | None, typer.Argument(help="Keys as `gtm review list` shows them.")] = None,
    kind: Annotated[str, typer.Option(help="cell or opener.")] = "cell",
    comment: Annotated[str, typer.Option(help="Kept with the verdict.")] = "",
    *,
    everything: Annotated[bool, typer.Option("--all", help="Every block that waits.")] = False,
) -> None:
    """Approve blocks; whoever waits for them becomes due."""
    if not keys and not everything:
        raise ConfigurationError("Name the keys to approve (`gtm review list` shows them), or say --all.")
    _decide(keys or [], kind, "approved", comment, everything=everything)


@review_app.command("reject")
def review_reject(
    keys: Annotated[list[str], typer.Argument(help="Keys as `gtm review list` shows them.")],
    kind: Annotated[str, typer.Option(help="cell or opener.")] = "cell",
    comment: Annotated[str, typer.Option(help="Kept with the verdict.")] = "",
) -> None:
    """Reject blocks; whoever carries them loses them at the next pass."""
    _decide(keys, kind, "rejected", comment, everything=False)


def _decide(keys: list[str], kind: str, verdict: str, comment: str, *, everything: bool) -> None:
    from gtm_assets import clients
    from gtm_assets.texts.reviews import decide

    reviewer = os.environ.get("USER") or "terminal"
    store = clients.open_store(load_settings())
    try:
        decided = decide(
            store,
            _kind(kind),
            keys,
            "approved" if verdict == "approved" else "rejected",
            reviewer=reviewer,
            comment=comment,
            everything=everything,
        )
    except KeyError as error:
        raise ConfigurationError(str(error.args[0])) from error
    console.print(f"{decided.blocks} {verdict}, {decided.accounts_due} accounts are due because of it.")


def _kind(text: str) -> BlockKind:
    if text not in {"cell", "opener"}:
        raise ConfigurationError(f"--kind is {text!r}; expects cell or opener.")
    return "cell" if text == "cell" else "opener"


@contextmanager
def _errors_for_people() -> Iterator[None]:
    """Known errors as one line and exit code 2; anything else is a defect and keeps its trace."""
    try:
        yield
    except (ConfigurationError, OutsideError) as error:
        Console(stderr=True).print(f"[bold red]{error}[/bold red]", highlight=False)
        raise SystemExit(2) from error


@app.callback()
def _adopt_sandbox(context: typer.Context) -> None:
    """Static, reviewed text blocks for every contact in SuperOffice CRM."""
    if context.invoked_subcommand == "sandbox":
        # The sandbox knows nothing of our settings; it looks for its place here.
        os.environ["GTM_STATE_DIR"] = str(load_settings().gtm_state_dir)
    elif context.invoked_subcommand not in {"up", "demo"}:
        adopt_sandbox()


def main() -> None:
    """Entry of the console script."""
    warnings.filterwarnings("ignore", message=".*is currently in beta.*")
    # httpx logs whole URLs at INFO; filters in them are nobody's business.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with _errors_for_people():
        app()


if __name__ == "__main__":
    main()
