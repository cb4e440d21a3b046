"""``gtm board``: where every account stands, one account or one person in full, once or kept current."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from gtm_assets.commands.completion import complete_account, complete_person, complete_phase
from gtm_assets.commands.console import console, print_json
from gtm_assets.settings import ConfigurationError, load_settings

if TYPE_CHECKING:
    import sqlalchemy as sa
    from rich.console import RenderableType

    from gtm_assets.watching import Shown
    from resources.store.store import Store

app = typer.Typer()


@app.command()
def board(
    account: Annotated[
        int | None, typer.Option(help="One account in full, by its contact id.", autocompletion=complete_account)
    ] = None,
    person: Annotated[
        int | None, typer.Option(help="One person in full, by the person id.", autocompletion=complete_person)
    ] = None,
    phase: Annotated[
        list[str] | None, typer.Option(help="Only this phase; may be repeated.", autocompletion=complete_phase)
    ] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Only this sort of reason; may be repeated.")] = None,
    search: Annotated[str, typer.Option(help="Only accounts with this in their name.")] = "",
    limit: Annotated[int, typer.Option(help="Accounts to show.", min=1)] = 50,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Keep it current until Ctrl-C.")] = False,
) -> None:
    """Show where every account stands, those that need a person first; or one account or person in full."""
    from gtm_assets import clients
    from gtm_assets.watching import watch_changes

    narrowed = bool(phase or kind or search)
    if account is not None and person is not None:
        raise ConfigurationError("--account and --person show one record each; name one of them.")
    if narrowed and (account is not None or person is not None):
        raise ConfigurationError(
            "--phase, --kind and --search narrow the board; leave them out with --account or --person."
        )
    with closing(clients.open_store(load_settings())) as store:
        if account is not None:
            look = _account(store, account)
        elif person is not None:
            look = _person(store, person)
        else:
            look = _board(store, _known_phases(phase or []), _known_kinds(kind or []), search, limit, watch=watch)
        if watch:
            watch_changes(look, console, as_json=as_json, sleep=time.sleep)
            return
        shown = look()
    if as_json:
        print_json(shown.json)
    else:
        # Links are longer than a line and stay whole.
        console.print(shown.page, crop=False)


def _known_phases(phases: list[str]) -> list[str]:
    from gtm_assets.monitoring.board import PHASES

    # The shell's completion writes "waiting-for-review": one word.
    return _known("--phase", [phase.replace("-", " ") for phase in phases], PHASES)


def _known_kinds(kinds: list[str]) -> list[str]:
    from gtm_assets.batch.kinds import KINDS

    return _known("--kind", kinds, KINDS)


def _known(option: str, given: list[str], known: tuple[str, ...]) -> list[str]:
    for name in given:
        if name not in known:
            raise ConfigurationError(f"{option} is {name!r}; expects one of: {', '.join(known)}.")
    return given


Look = Callable[[], "Shown"]


def _board(store: Store, phases: list[str], kinds: list[str], search: str, limit: int, *, watch: bool) -> Look:
    from gtm_assets import board_json as shapes
    from gtm_assets import board_views as views
    from gtm_assets.monitoring.account import account_links, load_addresses
    from gtm_assets.monitoring.board import Wanted, kind_counts, load_lines, phase_counts
    from gtm_assets.watching import Shown
    from resources.store.store import utc_now

    wanted = Wanted(tuple(phases), tuple(kinds), search)
    # A live view that is longer than the screen shows its end and not those that need a person.
    fits = min(limit, max(3, (console.height - 8) // 2)) if watch and console.is_terminal else limit

    def look() -> Shown:
        with store.read() as connection:
            counts = phase_counts(connection, wanted)
            lines = load_lines(connection, wanted, fits)
            kinds, addresses = kind_counts(connection), load_addresses(connection)
        shape = shapes.board_json(utc_now(), counts, kinds, [(line, account_links(addresses, line)) for line in lines])
        page: RenderableType = views.board_table(counts, lines, narrowed=wanted != Wanted())
        return Shown(page, shape, {line.contact_id: (line.account, line.phase, line.reason) for line in lines}, counts)

    return look


def _account(store: Store, contact_id: int) -> Look:
    from gtm_assets import board_json as shapes
    from gtm_assets import board_views as views
    from gtm_assets.monitoring.account import load_account
    from gtm_assets.watching import Shown

    def look() -> Shown:
        with store.read() as connection:
            found = load_account(connection, contact_id)
            if found is None:
                raise ConfigurationError(_unknown_account(connection, contact_id))
        line = found.line
        moved = {line.contact_id: (line.account, line.phase, line.reason)}
        return Shown(views.account_page(found), shapes.account_json(found), moved, {line.phase: 1})

    return look


def _unknown_account(connection: sa.Connection, contact_id: int) -> str:
    import sqlalchemy as sa

    from resources.store import schema

    known = sa.select(schema.accounts.c.contact_id).where(schema.accounts.c.contact_id == contact_id)
    person = sa.select(schema.persons.c.contact_id).where(schema.persons.c.person_id == contact_id)
    if connection.execute(known).first():
        return f"Account {contact_id} is known and was never due. `gtm backfill accounts {contact_id}` brings it up to date."
    hint = f" There is a person {contact_id}: --person {contact_id}." if connection.execute(person).first() else ""
    return (
        f"The board knows no account {contact_id}.{hint} It is the contactId of the company in SuperOffice; "
        "`gtm board --search NAME` finds it."
    )


def _person(store: Store, person_id: int) -> Look:
    from gtm_assets import board_json as shapes
    from gtm_assets import board_views as views
    from gtm_assets.monitoring import account as one
    from gtm_assets.monitoring.board import Wanted, load_lines
    from gtm_assets.monitoring.plans import load_plans
    from gtm_assets.watching import Shown

    def look() -> Shown:
        with store.read() as connection:
            found = one.load_person(connection, person_id)
            if found is None:
                raise ConfigurationError(
                    f"The engine knows no person {person_id}. It is the personId of the contact in SuperOffice, not the company's id."
                )
            lines = load_lines(connection, Wanted(contact_id=found.contact_id), 1)
            line = lines[0] if lines else None
            links = one.account_links(one.load_addresses(connection), line) if line else {}
            plan = load_plans(connection, person_id=person_id)
            writes = one.person_writes(connection, person_id)
        moved = {line.contact_id: (line.account, line.phase, line.reason)} if line else {}
        return Shown(
            views.person_page(found, line, plan, writes),
            shapes.person_page_json(found, line, links, plan, writes),
            moved,
            {line.phase: 1} if line else {},
        )

    return look
