"""``gtm backfill``: write a campaign's or a vertical's texts and bring accounts up to date, with progress."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from gtm_assets.commands.console import console
from gtm_assets.settings import ConfigurationError, load_settings

if TYPE_CHECKING:
    from gtm_assets.backfills import BackfillResult, Outlook, Scope

app = typer.Typer(
    help="Write the texts of a campaign or a vertical, or bring accounts up to date. What is up to date costs nothing, so an "
    "interrupted backfill is simply started again.",
    no_args_is_help=True,
)
Force = Annotated[bool, typer.Option("--force", help="Ask the model again although no input changed.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what it would touch.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print counts as JSON and nothing else.")]
#: Accounts that are named with their reason at the end.
_SHOWN = 20


@app.command()
def campaign(
    tag: Annotated[
        str, typer.Argument(help='The campaign\'s tag, such as "Messe 2026"; "standard" for the marketing matrix.')
    ],
    vertical: Annotated[str, typer.Option(help="Only this vertical's key.")] = "",
    *,
    force: Force = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Write a campaign's texts for all verticals and personas, then bring its people's accounts up to date."""
    from gtm_assets.backfills import Scope

    if not tag.strip():
        raise ConfigurationError('Name the campaign by its tag, such as "Messe 2026", or say standard.')
    _backfill(Scope(campaign=tag, vertical=vertical, texts=True), force=force, dry_run=dry_run, as_json=as_json)


@app.command()
def vertical(
    key: Annotated[str, typer.Argument(help="The vertical's key.")],
    *,
    force: Force = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Write a vertical's texts for all personas and campaigns, then bring its accounts up to date."""
    from gtm_assets.backfills import Scope

    if not key.strip():
        raise ConfigurationError("Name the vertical by its key.")
    _backfill(Scope(vertical=key, texts=True), force=force, dry_run=dry_run, as_json=as_json)


@app.command()
def accounts(
    ids: Annotated[list[int] | None, typer.Argument(help="Contact ids.")] = None,
    of_vertical: Annotated[str, typer.Option("--vertical", help="Accounts of this vertical's key.")] = "",
    of_campaign: Annotated[str, typer.Option("--campaign", help="Accounts with a person in this campaign.")] = "",
    *,
    everything: Annotated[bool, typer.Option("--all", help="Every account that the engine knows.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Visit websites and ask the model again.")] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Bring chosen accounts up to date: read them, research, plan, write the difference."""
    from gtm_assets.backfills import Scope

    ways = [bool(ids), everything, bool(of_vertical or of_campaign)]
    if sum(ways) != 1:
        raise ConfigurationError("Name contact ids, or --all, or --vertical and --campaign; one of the three.")
    scope = Scope(campaign=of_campaign, vertical=of_vertical, accounts=tuple(ids or ()), everything=everything)
    _backfill(scope, force=force, dry_run=dry_run, as_json=as_json)


def _backfill(scope: Scope, *, force: bool, dry_run: bool, as_json: bool) -> None:
    import dagster as dg

    from gtm_assets import clients
    from gtm_assets.backfills import outlook, run_backfill
    from gtm_assets.platform import dagster_home
    from gtm_assets.progress import shown_progress
    from gtm_assets.texts.selection import SelectionError

    settings = load_settings()
    store = clients.open_store(settings)
    try:
        if dry_run:
            _print_outlook(scope, outlook(store, settings, scope, force=force), as_json=as_json)
            return
        settings.require("SuperOffice", "Notion", "Gemini")
        dagster_home(settings)
        with dg.DagsterInstance.get() as instance, shown_progress(store, quiet=as_json) as progress:
            result = run_backfill(instance, store, settings, scope, force=force, progress=progress)
    except SelectionError as error:
        raise ConfigurationError(str(error)) from error
    if as_json:
        sys.stdout.write(json.dumps(result.as_json(), ensure_ascii=False, indent=1) + "\n")
    else:
        _print_result(result)
    raise typer.Exit(1 if result.failed else 0)


def _print_outlook(scope: Scope, found: Outlook, *, as_json: bool) -> None:
    if as_json:
        values = {
            "scope": str(scope),
            "cells": len(found.cells),
            "to_write": found.to_write,
            "accounts": list(found.accounts),
        }
        sys.stdout.write(json.dumps(values, ensure_ascii=False, indent=1) + "\n")
        return
    console.print(f"The backfill of {scope} would look at:", highlight=False)
    if found.cells:
        console.print(
            f"  {len(found.cells)} texts, of which {found.to_write} would be written (a model call each, or two)"
        )
    console.print(f"  {len(found.accounts)} accounts")
    console.print("Nothing was done.")


def _print_result(result: BackfillResult) -> None:
    from gtm_assets import views

    console.print(views.backfill_table(result))
    for row in result.not_completed[:_SHOWN]:
        console.print(
            f"{row['contact_id']} {row['name'] or ''}: {row['phase']}: {row['reason']}", highlight=False, markup=False
        )
    if len(result.not_completed) > _SHOWN:
        console.print(f"… and {len(result.not_completed) - _SHOWN} more: gtm board")
    if result.waiting:
        console.print(f"{result.waiting} of its texts wait for a review: gtm review list")
    for error in result.errors:
        console.print(error, style="red", markup=False)
