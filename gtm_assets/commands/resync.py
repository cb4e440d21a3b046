"""``gtm resync``: the CRM was restored from a backup, and somebody knows it before the engine notices."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated

import typer

from gtm_assets.commands.console import console
from gtm_assets.settings import ConfigurationError, load_settings

app = typer.Typer()


@app.command()
def resync(
    *,
    restored: Annotated[bool, typer.Option("--restored", help="The CRM was restored from a backup.")] = False,
) -> None:
    """Read everything anew before anything else is written, because the CRM was restored from a backup."""
    if not restored:
        raise ConfigurationError(
            "`gtm resync --restored` is for a CRM that was restored from a backup. To read everything without that: `gtm once --sweep`."
        )
    from gtm_assets import clients
    from gtm_assets.crm import restored as restoring
    from gtm_assets.runs import clear_pauses

    with closing(clients.open_store(load_settings())) as store:
        with store.write() as connection:
            restoring.begin(connection, "told by `gtm resync --restored`")
        clear_pauses(store)
    console.print(
        "Nothing is written until everything was read anew. The next pass does that: with `gtm up` within seconds, else `gtm once`. "
        "`gtm status` says when it is over.",
        soft_wrap=True,
    )
