"""``gtm once``, ``demo`` and ``up``: let the engine work."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from gtm_assets.commands.console import console, print_json
from gtm_assets.sandbox_mode import enter_sandbox, tried_in_sandbox, write_environment
from gtm_assets.settings import ConfigurationError, Settings, load_settings, read_environment

app = typer.Typer()


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
        print_json(result.as_json())
    else:
        console.print(views.result_table(result))
        for note in result.notes:
            console.print(note, style="yellow", markup=False)
        for error in result.errors:
            console.print(error, style="red", markup=False)
    raise typer.Exit(1 if result.failed else 0)


@app.command()
def demo(companies: Annotated[int, typer.Option(help="Sample companies in the CRM.", min=3)] = 40) -> None:
    """Show the whole path against the sandbox: a draft, then written, then three e-mails and the board."""
    from gtm_assets.demo import run_demo

    raise typer.Exit(0 if run_demo(companies=companies) else 1)


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
        variables = {
            **environment(server.base_url, server.world),
            **tried_in_sandbox(os.environ),
            "GTM_STATE_DIR": str(place / "engine"),
        }
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
        _leave_address(settings, running.url)
        console.print(f"Start:   {running.url}{platform.START_PATH} (what to click first)", soft_wrap=True)
        console.print(f"Board:   {running.url}{platform.BOARD_PATH}", soft_wrap=True)
        console.print(f"Graph:   {running.url}/asset-groups")
        console.print(f"Logs:    {running.log_dir}. Ctrl-C ends everything.", soft_wrap=True)
        running.wait()
    finally:
        running.stop()
        _leave_address(settings, "")


def _leave_address(settings: Settings, url: str) -> None:
    """Let other commands know where the webserver answers, for links; empty: nowhere any more."""
    from gtm_assets import clients
    from gtm_assets.monitoring.account import remember_dagster

    store = clients.open_store(settings)
    remember_dagster(store, url)
    store.close()
