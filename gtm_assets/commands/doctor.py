"""``gtm doctor``: what is wrong and what to do; ``--probe``: what the tenant does where the vendor's documents are silent."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from gtm_assets.commands.console import console, print_json
from gtm_assets.sandbox_mode import adopt_sandbox, adopted_variables
from gtm_assets.settings import ConfigurationError, Settings, load_settings
from resources.errors import OutsideError

if TYPE_CHECKING:
    from gtm_assets.doctor.probe.restoring import Restored
    from gtm_assets.doctor.probe.session import Session, Subject

app = typer.Typer()
_stderr = Console(stderr=True)


@app.command()
def doctor(
    *,
    probe: Annotated[
        int | None,
        typer.Option(
            metavar="PERSON_ID",
            help="Find out on this person's record what the tenant does, put everything back, and keep the guard level.",
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="With --probe: do not ask first.")] = False,
    forget_probe: Annotated[
        bool,
        typer.Option("--forget-probe", help="Drop the note of a probe that did not end, after you settled it by hand."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Look at every outside system, the store and the settings: what is wrong, and what to do. Only --probe writes."""
    # A wrong variable must not keep the doctor from saying so.
    with suppress(ConfigurationError):
        adopt_sandbox()
    if forget_probe:
        _forget()
    elif probe is not None:
        _probe(probe, yes=yes, as_json=as_json)
    else:
        _examine(as_json=as_json)


def _examine(*, as_json: bool) -> None:
    from gtm_assets.doctor.examination import examine, read_variables
    from gtm_assets.doctor.screen import diagnosis_screen

    diagnosis = examine(read_variables(adopted_variables()))
    if as_json:
        print_json(diagnosis.as_json())
    else:
        console.print(diagnosis_screen(diagnosis))
    raise typer.Exit(1 if diagnosis.wrong else 0)


# --- the probe --------------------------------------------------------------------------------------------------------------------


def _probe(person_id: int, *, yes: bool, as_json: bool) -> None:
    from gtm_assets.doctor.probe.session import Interrupted, Refused, opened
    from gtm_assets.doctor.screen import answers_table

    if not yes and (as_json or not sys.stdin.isatty()):
        raise ConfigurationError("A probe writes to the CRM, and nobody can be asked here. Say so with --yes.")
    say = _silent if as_json else _say
    try:
        with _ended_gently(), opened(load_settings()) as session:
            _restore_first(session, say)
            subject = session.subject(person_id)
            if not as_json:
                _show_plan(subject, session.settings)
            if not yes and not typer.confirm("Go on?"):
                console.print("Nothing was written.")
                raise typer.Exit(1)
            with _telling_what_stands(session, person_id):
                result, restored = session.probe(subject, say)
            stopped = session.stop_reason()
    except Refused as error:
        raise ConfigurationError(str(error)) from error
    except Interrupted as error:
        console.print(f"[bold yellow]{error}[/bold yellow]")
        raise typer.Exit(130) from error
    if as_json:
        print_json({**result, "restored": restored.complete, "open": sorted(restored.open), "left": restored.left})
    else:
        console.print(answers_table(result))
        console.print(f"\nGuard level {result['guard']}: {result['guard_reason']}", highlight=False)
        _show_restored(restored, person_id)
        if stopped:
            console.print(f"[bold red]The engine stopped writing:[/bold red] {escape(stopped)}")
    raise typer.Exit(0 if restored.complete else 1)


@contextmanager
def _telling_what_stands(session: Session, person_id: int) -> Iterator[None]:
    """After an error or a second Ctrl-C people want to know about the record first."""
    try:
        yield
    except (OutsideError, KeyboardInterrupt) as error:
        if session.open_note() is None:
            _stderr.print(f"Person {person_id} stands as before; no result was kept.")
        else:
            _stderr.print(
                f"[bold red]Person {person_id} may still hold what the probe wrote.[/bold red] What stood there is noted in the store: run "
                f"gtm doctor --probe {person_id} again, which puts it back first. Until then the engine leaves this person alone."
            )
        if isinstance(error, KeyboardInterrupt):
            raise typer.Exit(130) from error
        raise


def _restore_first(session: Session, say: Any) -> None:
    """What an earlier probe left comes before anything else."""
    note = session.open_note()
    if note is None:
        return
    say(f"A probe of person {note['person_id']} did not end; putting back what it wrote")
    restored = session.restore(note)
    if not restored.complete:
        _show_restored(restored, note["person_id"])
        raise typer.Exit(1)
    _show_restored(restored, note["person_id"])


def _show_plan(subject: Subject, settings: Settings) -> None:
    primary, second = subject.fields[subject.primary], subject.fields[subject.second]
    company = (
        f"Requests that only test, and write nothing, on company {subject.contact_id}." if subject.company_asked else ""
    )
    console.print(
        f"Person {subject.person_id} ({subject.name}) of {settings.superoffice_tenant}, environment {settings.environment}. "
        f"This is what will happen:\n"
        f"1. All user-defined fields of the record are noted in the store. The engine leaves this person alone meanwhile.\n"
        f"2. About 50 PATCH requests in less than a minute, half of which only test. The rest write '{primary.label}' "
        f"({primary.prog_id}), and once '{second.label}' ({second.prog_id}) where the record holds nothing else: texts such as "
        f"'gtm-probe 1a2b3c4d 001'.\n"
        f"3. Everything is put back and read again. If a PATCH should blank other fields, they are put back, too, and the engine stops "
        f"writing to this tenant.\n"
        f"4. Questions that only read. {company}\n"
        f"Not put back: who changed the record last, and when. Whoever looks at it meanwhile sees the probe's texts.",
        highlight=False,
        soft_wrap=True,
        markup=False,
    )


def _show_restored(restored: Restored, person_id: int) -> None:
    if restored.gone:
        console.print(f"Person {person_id} is no longer in the CRM; there is nothing to put back.")
    elif restored.complete:
        console.print(f"Person {person_id} stands as before; it was read again.")
    else:
        console.print(f"[bold red]Not everything of person {person_id} could be put back.[/bold red] What stood there:")
        for key, value in restored.open.items():
            console.print(f"  {key}: {value or '(empty)'}", markup=False, highlight=False)
        console.print(
            f"Put it back by hand in SuperOffice, or run gtm doctor --probe {person_id} again. If it is meant to be as it is now: "
            "gtm doctor --forget-probe. Until then the engine leaves this person alone."
        )
    if restored.left:
        console.print(f"Changed by somebody else meanwhile, and left as it is: {', '.join(restored.left)}.")


def _forget() -> None:
    from gtm_assets import clients
    from gtm_assets.doctor.probe import keeping

    store = clients.open_store(load_settings())
    with store.read() as connection:
        note = keeping.load_open_note(connection)
    if note is None:
        console.print("No probe is open.")
        return
    keeping.take_note_away(store, note["person_id"])
    console.print(f"The note about person {note['person_id']} is gone; the engine takes this person up again.")


def _say(text: str) -> None:
    console.print(f"{text} …", highlight=False)


def _silent(text: str) -> None:
    del text


@contextmanager
def _ended_gently() -> Iterator[None]:
    """SIGTERM and SIGHUP end a probe as Ctrl-C does: everything is put back first."""

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
