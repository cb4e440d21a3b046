"""``gtm lineage``: from a person's fields back to texts, reviews and Notion rows, and from a row to everybody who carries its words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from gtm_assets.commands.completion import complete_person, complete_row
from gtm_assets.commands.console import console, print_json
from gtm_assets.language import LanguageOption, language_of, say
from gtm_assets.settings import Language, load_settings

if TYPE_CHECKING:
    from gtm_assets.monitoring.lineage_models import PageLineage, PersonLineage

app = typer.Typer(help="Where the words in the CRM come from, both ways.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print everything as JSON and nothing else.")]


@app.command()
def person(
    person_id: Annotated[
        int, typer.Argument(metavar="PERSON", help="Person id of the CRM.", autocompletion=complete_person)
    ],
    *,
    as_json: AsJson = False,
    lang: LanguageOption = None,
) -> None:
    """Show for each of a person's fields which text it is from, from which inputs, by whom it was reviewed; also of who is gone."""
    from gtm_assets import clients
    from gtm_assets.commands.lineage_json import person_values
    from gtm_assets.monitoring.lineage import load_person

    settings = load_settings()
    with closing(clients.open_store(settings)), closing(clients.open_analytics(settings)) as analytics:
        found = load_person(analytics, person_id)
    if as_json:
        print_json(person_values(found))
    else:
        _print_person(found, language_of(lang, settings))


@app.command()
def notion(
    page: Annotated[
        str,
        typer.Argument(help="Page id, its URL, or a row such as vertical/maschinenbau.", autocompletion=complete_row),
    ],
    limit: Annotated[int, typer.Option(help="Texts and carriers to show.", min=1)] = 50,
    *,
    as_json: AsJson = False,
    lang: LanguageOption = None,
) -> None:
    """Show which texts were made from a row of Notion, and which persons and companies carry its words in the CRM now.

    Not counted: who is gone from the CRM, and fields that somebody overwrote or emptied, as the engine last read them.
    """
    from gtm_assets import clients
    from gtm_assets.commands.lineage_json import page_values
    from gtm_assets.monitoring.lineage_page import find_page, load_page

    settings = load_settings()
    with closing(clients.open_store(settings)) as store, closing(clients.open_analytics(settings)) as analytics:
        with store.read() as connection:
            asked = find_page(connection, page)
        found = load_page(analytics, asked)
    if as_json:
        print_json(page_values(found))
    else:
        _print_page(found, language_of(lang, settings), limit)


def _print_person(found: PersonLineage, language: Language) -> None:
    from gtm_assets.commands import lineage_words as words

    title, *remarks = words.head_lines(found, language)
    console.print(Text(title, style="bold"))
    for remark in remarks:
        console.print(Text(remark, style="yellow"))
    table = Table(show_header=False, show_lines=True)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    told: list[int] = []
    for field in found.fields:
        table.add_row(words.field_label(language, field.field), _lines(words.field_lines(field, language, told)))
        if field.written is not None and field.written.text is not None:
            told.append(field.written.text.block_id)
    console.print(table)
    if found.earlier:
        heads = [
            say(language, "lineage.ledger"),
            say(language, "plan.field"),
            say(language, "lineage.value"),
            say(language, "lineage.when"),
            say(language, "lineage.text"),
            say(language, "lineage.reviewer"),
        ]
        rows = (words.earlier_row(each, language) for each in found.earlier)
        console.print(_table(say(language, "lineage.earlier"), heads, rows))


def _print_page(found: PageLineage, language: Language, limit: int) -> None:
    from gtm_assets.commands import lineage_words as words

    console.print(Text(words.page_title(found, language), style="bold"))
    for line in words.page_lines(found, language):
        console.print(Text(line), soft_wrap=True)
    if not found.texts:
        return
    version = say(language, "lineage.row_version")
    text = say(language, "lineage.text")
    numbers = [say(language, "lineage.persons"), say(language, "lineage.companies")]
    rows = [words.text_row(each, found, language) for each in found.texts]
    console.print(
        _table(
            say(language, "lineage.texts"), [text, say(language, "lineage.state"), version, *numbers], rows[:limit], 2
        )
    )
    _more(language, limit, len(rows))
    carriers = [len(each.ids) for each in (c for text in found.texts for c in text.carriers)]
    if carriers:
        heads = [say(language, "lineage.record"), say(language, "lineage.fields"), text, version]
        shown = islice(words.carrier_rows(found, language), limit)
        console.print(_table(say(language, "lineage.carriers"), heads, shown))
        _more(language, limit, sum(carriers))


def _more(language: Language, shown: int, total: int) -> None:
    if total > shown:
        console.print(say(language, "lineage.more", shown=shown, total=total), markup=False)


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: int = 0) -> Table:
    """A table of plain cells; the last ``numbers`` columns are numbers."""
    table = Table(title=f"\n{title}", title_justify="left")
    for place, head in enumerate(heads):
        table.add_column(head, overflow="fold", justify="right" if place >= len(heads) - numbers else "left")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _lines(lines: Sequence[str]) -> Text:
    """What stands there in full, where it comes from in the background."""
    first, *others = lines
    return Text("\n").join([Text(first), *(Text(line, style="dim") for line in others)])
