"""A preview in the terminal: the e-mail, then where it comes from. Values of the CRM are printed as they are, never as markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from gtm_assets.commands.console import console
from gtm_assets.language import say
from gtm_assets.settings import Language

if TYPE_CHECKING:
    from gtm_assets.commands.preview_words import FactWords, PartWords, PreviewWords, ToDo
    from gtm_assets.writeback.preview import Preview

#: Colours of a part's state; what is not named needs somebody.
_STYLES = {"in_crm": "green", "planned": "cyan", "human": "magenta", "computed": "dim"}
#: An e-mail is read in lines of a comfortable length.
_WIDTH = 100


def print_preview(preview: Preview, words: PreviewWords, language: Language) -> None:
    """All of it."""
    if words.alert:
        print_alert(words.alert, words.alert_why)
        console.print(Text(words.recipient))
    else:
        print_email(words.recipient, preview.subject, preview.text, words.incomplete, language)
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="bold", no_wrap=True)
    facts.add_column(overflow="fold")
    for fact in words.facts:
        facts.add_row(fact.label, _fact(fact, language))
    console.print(facts)
    table = Table(title=say(language, "preview.parts"), title_justify="left", show_header=False, show_lines=True)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for part in words.parts:
        table.add_row(part.label, _part(part, language, with_value=bool(words.alert)))
    console.print(table)
    print_notes(words.notes)


def print_alert(alert: str, why: str) -> None:
    """Nothing may be sent: said before anything else."""
    console.print(Panel(Text.assemble((alert, "bold red"), "\n", why), border_style="red", width=_width()))


def print_email(to: str, subject: str, text: str, incomplete: str, language: Language) -> None:
    """The e-mail in full."""
    content = Text.assemble(
        (f"{say(language, 'preview.to')}: {to}\n", "dim"),
        (f"{say(language, 'preview.part.subject')}: {subject or say(language, 'preview.no_subject')}\n\n", "bold"),
        text,
    )
    if incomplete:
        content.append(f"\n\n{incomplete}", style="yellow")
    console.print(Panel(content, width=_width()))


def print_notes(notes: Iterable[str]) -> None:
    """Small print."""
    for note in notes:
        console.print(Text(note, style="dim"))


def _fact(fact: FactWords, language: Language) -> Text:
    return _lines([Text(fact.value), *(Text(line, style="dim") for line in fact.lines), *_todos(fact.todo, language)])


def _part(part: PartWords, language: Language, *, with_value: bool) -> Text:
    lines = [Text(part.state_label, style=_STYLES.get(part.state, "yellow"))]
    if part.value and (with_value or part.name == "salutation"):
        lines.append(Text(part.value))
    lines += [Text(line, style="dim") for line in part.lines]
    if part.would_be:
        lines.append(Text.assemble((say(language, "preview.would_be"), "dim"), " ", part.would_be))
    return _lines([*lines, *_todos(part.todo, language)])


def _todos(todos: Sequence[ToDo], language: Language) -> list[Text]:
    head = say(language, "preview.todo")
    return [
        Text.assemble((head, "bold"), " ", todo.text, (f" {todo.command}" if todo.command else "", "bold"))
        for todo in todos
    ]


def _lines(lines: Sequence[Text]) -> Text:
    return Text("\n").join(lines)


def _width() -> int:
    return min(_WIDTH, console.width)
