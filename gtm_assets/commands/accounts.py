"""``gtm plan`` and ``retry``: what is not written, and moving accounts on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gtm_assets.commands.completion import complete_account
from gtm_assets.commands.console import console, print_json
from gtm_assets.language import LanguageOption, language_of, say
from gtm_assets.settings import ConfigurationError, load_settings

if TYPE_CHECKING:
    from resources.store.store import Store

app = typer.Typer()


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


@app.command()
def plan(
    what: Annotated[
        str,
        typer.Argument(
            metavar="[CONTACT_ID|texts]",
            help="A contact id, all accounts if left out; or `texts`: what Notion as it is now would make the model write.",
            autocompletion=complete_account,
        ),
    ] = "",
    limit: Annotated[int, typer.Option(help="Records to show.", min=1)] = 50,
    *,
    as_json: AsJson = False,
    lang: LanguageOption = None,
) -> None:
    """Show what would be written and is not, because writing is not allowed, was stopped, or waits; or `texts`: what Notion changes."""
    from gtm_assets import clients, views
    from gtm_assets.monitoring.plans import count_plans, load_plans

    settings = load_settings()
    language = language_of(lang, settings)
    if what == "texts":
        from gtm_assets.commands.plan_texts import show_text_plan

        show_text_plan(settings, language, as_json=as_json)
        return
    account = _contact_id(what)
    with closing(clients.open_store(settings)) as store:
        if account is not None:
            _require_known(store, [account])
        with store.read() as connection:
            plans = load_plans(connection, contact_id=account, limit=limit)
            count = count_plans(connection, contact_id=account)
    if as_json:
        print_json({"of": count, "shown": len(plans), "records": [record.as_json() for record in plans]})
        return
    if plans:
        console.print(views.plans_table(plans, language))
    more = f" {say(language, 'plan.more', shown=len(plans))}" if len(plans) < count else ""
    console.print(f"{say(language, 'plan.count', count=count)}{more}", soft_wrap=True)


def _contact_id(text: str) -> int | None:
    if not text:
        return None
    if not text.isdigit():
        raise ConfigurationError(
            f"{text!r} is no contact id. `gtm plan 4711` shows one account, `gtm plan texts` what Notion changes."
        )
    return int(text)


@app.command()
def retry(
    accounts: Annotated[list[int] | None, typer.Argument(help="Contact ids; every failed account if left out.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Put failed accounts that wait for a person on the queue again."""
    from gtm_assets import clients
    from gtm_assets.runs import clear_pauses
    from resources.store import queue

    with closing(clients.open_store(load_settings())) as store:
        if accounts:
            _require_known(store, accounts)
        before = queue.state_rows(store, accounts or [])
        with store.write() as connection:
            count = queue.retry_failed(connection, accounts or None)
        clear_pauses(store)
    left = {
        contact_id: why for contact_id in dict.fromkeys(accounts or []) if (why := _not_retried(before.get(contact_id)))
    }
    if as_json:
        print_json({"due_again": count, "left": {str(contact_id): why for contact_id, why in left.items()}})
        return
    for contact_id, why in left.items():
        console.print(f"{contact_id}: {why}", soft_wrap=True)
    console.print(f"{count} accounts are due again; the next pass takes them.")


def _not_retried(row: Mapping[str, Any] | None) -> str:
    """Why an account was left as it is, empty if it was put on the queue."""
    if row is None:
        return "was never due; `gtm backfill accounts` brings it up to date"
    if row["phase"] != "failed":
        return f"is {row['phase']}, not failed; `gtm backfill accounts` looks at it again"
    return f"comes again by itself at {row['due_at']:%Y-%m-%d %H:%M:%S} UTC" if row["due_at"] else ""


def _require_known(store: Store, contact_ids: Sequence[int]) -> None:
    from gtm_assets.crm.accounts import load_accounts

    with store.read() as connection:
        known = load_accounts(connection, contact_ids)
    unknown = [str(contact_id) for contact_id in contact_ids if contact_id not in known]
    if unknown:
        raise ConfigurationError(
            f"The engine knows no account {', '.join(unknown)}. It is the contactId of the company in SuperOffice; "
            "`gtm board --search NAME` finds it."
        )
