"""``gtm status``: is all well, for scripts and uptime monitors."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gtm_assets.commands.console import print_json

if TYPE_CHECKING:
    from gtm_assets.monitoring.status import Status

app = typer.Typer()


@app.command()
def status(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
    without_platform: Annotated[
        bool, typer.Option("--without-platform", help="`gtm once` is started by cron: no daemon is expected.")
    ] = False,
) -> None:
    """Say in one line whether all is well; exit code 0 ok, 1 warning, 2 critical, 3 unknown. Asks nothing outside, changes nothing."""
    try:
        found = _look(with_platform=not without_platform)
    except Exception as error:  # noqa: BLE001 - a monitor wants an answer and a code whatever happens
        found = _unknown(error)
    if as_json:
        print_json(found.as_json())
    else:
        sys.stdout.write(found.line() + "\n")
    raise typer.Exit(found.exit_code)


def _look(*, with_platform: bool) -> Status:
    from gtm_assets.monitoring.status import judge, unknown
    from gtm_assets.monitoring.status_facts import existing_home, last_fires, read_platform, read_store
    from gtm_assets.research.asking import budget_of
    from gtm_assets.sandbox_mode import adopt_sandbox
    from gtm_assets.settings import load_settings
    from resources.store.store import REVISION, Store, utc_now

    adopt_sandbox()
    settings = load_settings()
    store = Store(settings.database_url, migrate=False)
    if store.is_sqlite and not Path(str(store.url.database)).is_file():
        # Looking would make an empty one.
        return unknown("there is no store: nothing ever ran with this state", "Start it with `gtm up` or `gtm once`.")
    try:
        revision = store.revision()
        if revision != REVISION:
            text = f"the store's schema is {revision or 'empty'}, this program's is {REVISION}"
            return unknown(
                text, "`gtm up` and `gtm once` bring it up to date; or another version of the program is running."
            )
        now = utc_now()
        facts = read_store(store, now, budget_of(settings, "texts"), settings.gemini_model)
        platform = None
        if with_platform and (home := existing_home(settings.gtm_state_dir)) is not None:
            import dagster as dg

            with dg.DagsterInstance.from_config(str(home)) as instance:
                platform = read_platform(instance)
        return judge(facts, platform, now, fires=last_fires(settings.gtm_notion_cron, now), with_platform=with_platform)
    finally:
        store.close()


def _unknown(error: Exception) -> Status:
    from gtm_assets.monitoring.status import unknown
    from gtm_assets.settings import ConfigurationError

    if isinstance(error, ConfigurationError):
        return unknown(str(error), "Correct the environment or .env.")
    # Only the kind: what a database's driver says may hold its address.
    return unknown(f"the status could not be read ({type(error).__name__})", "`gtm doctor` says more.")
