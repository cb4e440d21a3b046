"""``gtm backfill``: write a campaign's or a vertical's texts and bring accounts up to date, with progress."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from gtm_assets.commands.completion import complete_account, complete_campaign, complete_vertical
from gtm_assets.commands.console import console, print_json
from gtm_assets.language import LanguageOption, language_of, phrase, say
from gtm_assets.settings import ConfigurationError, Language, load_settings

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
        str,
        typer.Argument(
            autocompletion=complete_campaign,
            help='Its tag, such as "Messe 2026"; "standard" for the matrix.',
        ),
    ],
    vertical: Annotated[str, typer.Option(help="Only this vertical's key.", autocompletion=complete_vertical)] = "",
    *,
    force: Force = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    lang: LanguageOption = None,
) -> None:
    """Write a campaign's texts for all verticals and personas, then bring its people's accounts up to date."""
    from gtm_assets.backfills import Scope

    if not tag.strip():
        raise ConfigurationError('Name the campaign by its tag, such as "Messe 2026", or say standard.')
    _backfill(
        Scope(campaign=tag, vertical=vertical, texts=True), force=force, dry_run=dry_run, as_json=as_json, lang=lang
    )


@app.command()
def vertical(
    key: Annotated[str, typer.Argument(help="The vertical's key.", autocompletion=complete_vertical)],
    *,
    force: Force = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    lang: LanguageOption = None,
) -> None:
    """Write a vertical's texts for all personas and campaigns, then bring its accounts up to date."""
    from gtm_assets.backfills import Scope

    if not key.strip():
        raise ConfigurationError("Name the vertical by its key.")
    _backfill(Scope(vertical=key, texts=True), force=force, dry_run=dry_run, as_json=as_json, lang=lang)


@app.command()
def accounts(
    ids: Annotated[list[int] | None, typer.Argument(help="Contact ids.", autocompletion=complete_account)] = None,
    of_vertical: Annotated[
        str, typer.Option("--vertical", help="Accounts of this vertical's key.", autocompletion=complete_vertical)
    ] = "",
    of_campaign: Annotated[
        str,
        typer.Option("--campaign", help="Accounts with people in it.", autocompletion=complete_campaign),
    ] = "",
    *,
    everything: Annotated[bool, typer.Option("--all", help="Every account that the engine knows.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Visit websites and ask the model again.")] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    lang: LanguageOption = None,
) -> None:
    """Bring chosen accounts up to date: read them, research, plan, write the difference."""
    from gtm_assets.backfills import Scope

    ways = [bool(ids), everything, bool(of_vertical or of_campaign)]
    if sum(ways) != 1:
        raise ConfigurationError("Name contact ids, or --all, or --vertical and --campaign; one of the three.")
    scope = Scope(campaign=of_campaign, vertical=of_vertical, accounts=tuple(ids or ()), everything=everything)
    _backfill(scope, force=force, dry_run=dry_run, as_json=as_json, lang=lang)


def _backfill(scope: Scope, *, force: bool, dry_run: bool, as_json: bool, lang: Language | None) -> None:
    import dagster as dg

    from gtm_assets import clients
    from gtm_assets.backfills import outlook, run_backfill
    from gtm_assets.platform import dagster_home
    from gtm_assets.progress import shown_progress

    settings = load_settings()
    language = language_of(lang, settings)
    store = clients.open_store(settings)
    if dry_run:
        _print_outlook(scope, outlook(store, settings, scope, force=force), language, as_json=as_json)
        return
    settings.require("SuperOffice", "Notion", "Gemini")
    dagster_home(settings)
    with dg.DagsterInstance.get() as instance, shown_progress(store, quiet=as_json) as progress:
        result = run_backfill(instance, store, settings, scope, force=force, progress=progress)
    if as_json:
        print_json(result.as_json())
    else:
        _print_result(scope, result, language)
    raise typer.Exit(1 if result.failed else 0)


def _scope(scope: Scope, language: Language) -> str:
    if scope.everything:
        return say(language, "backfill.scope.all")
    if scope.accounts:
        return say(language, "backfill.scope.accounts", ids=", ".join(map(str, scope.accounts)))
    parts = [say(language, "backfill.scope.campaign", tag=scope.campaign)] if scope.campaign else []
    parts += [say(language, "backfill.scope.vertical", key=scope.vertical)] if scope.vertical else []
    what = ", ".join(parts)
    return what if scope.texts else say(language, "backfill.scope.of", what=what)


def _print_outlook(scope: Scope, found: Outlook, language: Language, *, as_json: bool) -> None:
    if as_json:
        print_json(found.as_json())
        return
    _line(say(language, "backfill.would_look", scope=_scope(scope, language)))
    if found.cells:
        _line(say(language, "backfill.would_write", cells=len(found.cells), to_write=found.to_write))
    _line(say(language, "backfill.would_accounts", count=len(found.accounts)))
    _line(say(language, "backfill.nothing_done"))


def _print_result(scope: Scope, result: BackfillResult, language: Language) -> None:
    table = Table(
        title=Text(say(language, "backfill.title", scope=_scope(scope, language), seconds=result.seconds)),
        show_header=False,
        title_justify="left",
    )
    table.add_column(style="bold")
    table.add_column()
    if result.cells:
        table.add_row(say(language, "backfill.texts", cells=result.cells), _counts(result.texts, language))
    table.add_row(say(language, "backfill.accounts", count=result.asked_accounts), _counts(result.accounts, language))
    table.add_row(say(language, "backfill.writes"), _counts(result.writes, language))
    table.add_row(say(language, "backfill.model_calls"), str(result.model_calls))
    console.print(table)
    for row in result.not_completed[:_SHOWN]:
        phase, reason = phrase(language, row["phase"]), phrase(language, row["reason"])
        _line(f"{row['contact_id']} {row['name'] or ''}: {phase}: {reason}")
    if len(result.not_completed) > _SHOWN:
        _line(say(language, "backfill.more", count=len(result.not_completed) - _SHOWN))
    if result.waiting:
        _line(say(language, "backfill.waiting", count=result.waiting))
    for note in result.notes:
        console.print(note, style="yellow", markup=False)
    for error in result.errors:
        console.print(error, style="red", markup=False)


def _counts(values: Mapping[str, int], language: Language) -> str:
    return ", ".join(f"{say(language, f'backfill.{name}')} {count}" for name, count in values.items())


def _line(text: str) -> None:
    console.print(text, markup=False, highlight=False)
