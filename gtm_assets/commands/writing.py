"""``gtm writes``, ``stop-writing`` and ``resume-writing``: what was written to the CRM, and whether anything more is."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from gtm_assets.commands.completion import complete_account, complete_person
from gtm_assets.commands.console import console, print_json
from gtm_assets.settings import ConfigurationError, load_settings

if TYPE_CHECKING:
    from gtm_assets.monitoring.writes import Write

app = typer.Typer()

_COLUMNS = ("when_utc", "contact_id", "entity", "id", "field", "before", "after", "end", "error", "guard", "run")
#: What a spreadsheet takes for a formula at the beginning of a cell.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@app.command()
def writes(
    account: Annotated[
        int | None, typer.Option(help="Of one account and its persons.", autocompletion=complete_account)
    ] = None,
    person: Annotated[int | None, typer.Option(help="Of one person.", autocompletion=complete_person)] = None,
    field: Annotated[str, typer.Option(help="Only those that wrote this field, such as opener or subject.")] = "",
    since: Annotated[
        datetime | None,
        typer.Option(help="From this day on, or this minute (UTC).", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"]),
    ] = None,
    limit: Annotated[int, typer.Option(help="Requests to show; --csv has them all.", min=1)] = 20,
    *,
    as_csv: Annotated[bool, typer.Option("--csv", help="All of them, a field a line, for a spreadsheet.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """What the engine wrote to the CRM, newest first: when, where, what stood there before, and whether it was seen there."""
    from gtm_assets import board_json, board_views, clients
    from gtm_assets.monitoring.writes import WantedWrites, each_write, load_writes
    from gtm_assets.writeback.ownership import owned_names

    known = sorted(owned_names("Contact") | owned_names("Person"))
    if field and field not in known:
        raise ConfigurationError(f"The engine writes no field {field!r}. It writes: {', '.join(known)}.")
    wanted = WantedWrites(account, person, field, since.replace(tzinfo=UTC) if since else None)
    with closing(clients.open_store(load_settings())) as store, store.read() as connection:
        if as_csv:
            _print_csv(each_write(connection, wanted))
            return
        found = load_writes(connection, wanted, limit + 1)
    shown = found[:limit]
    if as_json:
        print_json({"more": len(found) > limit, "writes": [board_json.write_json(write) for write in shown]})
        return
    if not shown:
        console.print("Nothing was written.")
        return
    console.print(board_views.changes_page(shown))
    if len(found) > limit:
        console.print(f"The last {limit}. There are more: --limit, or --csv for all.", soft_wrap=True)


def _print_csv(found: Iterable[Write]) -> None:
    table = csv.writer(sys.stdout)
    table.writerow(_COLUMNS)
    for write in found:
        for name, (before, after) in write.fields.items():
            head = (f"{write.at:%Y-%m-%d %H:%M:%S}", write.contact_id, write.entity, write.entity_id, name)
            values = (before, after, write.status, write.error, write.guard, write.run_id)
            table.writerow([*head, *(_harmless(value) for value in values)])


def _harmless(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value


@app.command("stop-writing")
def stop_writing(
    reason: Annotated[str, typer.Argument(help="Why; everybody who asks is told.")],
) -> None:
    """Write nothing more to the CRM, from the next request on, in every process; plans are kept."""
    from gtm_assets import clients
    from gtm_assets.writeback import ledger

    words = " ".join(reason.split())
    if not words:
        raise ConfigurationError("Say why: others will find writing stopped, and want to know.")
    with closing(clients.open_store(load_settings())) as store:
        with store.read() as connection:
            already = ledger.standing_stop(connection)
        if already:
            console.print(f"Writing is stopped already: {already}", soft_wrap=True)
            return
        ledger.stop_writing(store, f"somebody stopped it by hand (gtm stop-writing): {words}")
    console.print(
        "Nothing more is written to the CRM, whichever process works. "
        "A request that is on its way may still arrive; `gtm writes` shows it.\n"
        "What would be written is kept: `gtm plan`. To go on: `gtm resume-writing`.",
        soft_wrap=True,
    )


@app.command("resume-writing")
def resume_writing() -> None:
    """Write again, after the engine stopped itself because a PATCH moved fields that it did not name, or after stop-writing."""
    from gtm_assets import clients
    from gtm_assets.runs import clear_pauses
    from gtm_assets.writeback import ledger

    with closing(clients.open_store(load_settings())) as store:
        with store.read() as connection:
            reason = ledger.standing_stop(connection)
        count = ledger.resume_writing(store)
        clear_pauses(store)
        with store.read() as connection:
            waits = ledger.stop_reason(connection)
    console.print(
        f"Writing is allowed again. It was stopped because {reason}" if reason else "Writing was not stopped."
    )
    if waits:
        console.print(f"Nothing is written yet: {waits}", soft_wrap=True)
    console.print(f"{count} accounts that failed are due again.")
