"""``gtm board``, ``plan``, ``retry`` and ``resume-writing``: where accounts stand, and moving them on."""

from __future__ import annotations

from typing import Annotated

import typer

from gtm_assets.commands.completion import complete_account
from gtm_assets.commands.console import console
from gtm_assets.language import LanguageOption, language_of, say
from gtm_assets.settings import load_settings

app = typer.Typer()


@app.command()
def plan(
    account: Annotated[
        int | None, typer.Argument(help="Contact id; all accounts if left out.", autocompletion=complete_account)
    ] = None,
    limit: Annotated[int, typer.Option(help="Records to show.")] = 50,
    *,
    lang: LanguageOption = None,
) -> None:
    """Show what would be written and is not, because SUPEROFFICE_ALLOW_LIVE_WRITE is not true."""
    from gtm_assets import clients, views

    settings = load_settings()
    language = language_of(lang, settings)
    store = clients.open_store(settings)
    table, count = views.standing_plans(store, limit=limit, contact_id=account, language=language)
    if count:
        console.print(table)
    console.print(say(language, "plan.count", count=count))


@app.command()
def board(limit: Annotated[int, typer.Option(help="Accounts to show.")] = 50) -> None:
    """Show where every account stands."""
    from gtm_assets import clients, views

    console.print(views.board_table(clients.open_store(load_settings()), limit=limit))


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
