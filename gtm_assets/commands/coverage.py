"""``gtm coverage``: which texts there are for vertical × persona × campaign, and how many persons stand behind each."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.columns import Columns
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from gtm_assets.commands.completion import complete_campaign, complete_vertical
from gtm_assets.commands.console import console, open_file, print_json
from gtm_assets.language import LanguageOption, language_of, say
from gtm_assets.settings import Language, Settings, load_settings

if TYPE_CHECKING:
    from gtm_assets.monitoring.coverage import CellCoverage, Coverage

app = typer.Typer()
_STYLES = {
    "approved": "green",
    "waiting": "yellow",
    "rejected": "red",
    "failed_rules": "magenta",
    "lapsed": "cyan",
    "missing": "dim",
}
#: Widths of columns: of a vertical's name at most; of a persona's at least and at most, before it is folded.
_NAMES, _NARROW, _WIDE = 28, 9, 22
#: Between two columns: two of padding, one of the table's own.
_BETWEEN = 3


@app.command()
def coverage(
    campaign: Annotated[
        str,
        typer.Option(help='Only this campaign, such as "Messe 2026"; or standard.', autocompletion=complete_campaign),
    ] = "",
    vertical: Annotated[str, typer.Option(help="Only this vertical's key.", autocompletion=complete_vertical)] = "",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON and nothing else.")] = False,
    open_picture: Annotated[bool, typer.Option("--open", help="Draw the picture as well and open it.")] = False,
    lang: LanguageOption = None,
) -> None:
    """Show which texts are approved, waiting, rejected or missing, and how many persons stand behind each."""
    from gtm_assets.monitoring import coverage_words

    settings = load_settings()
    language = language_of(lang, settings)
    found = _load(settings, campaign, vertical)
    if as_json:
        print_json(found.as_json())
    else:
        console.print(coverage_words.headline(found, language), style="bold", markup=False)
        for block in _blocks(found, language, console.width):
            console.print(block)
        for line in _steps(found, language):
            console.print(line)
    if open_picture:
        _open(found, settings, language, quiet=as_json)


def _load(settings: Settings, campaign: str, vertical: str) -> Coverage:
    """Coverage now, of the campaign and vertical that are named.

    Raises:
        SelectionError: There is no such campaign or vertical.
    """
    from gtm_assets import clients
    from gtm_assets.monitoring import coverage_counts
    from gtm_assets.monitoring.coverage import only
    from gtm_assets.texts.selection import asked_cells

    with closing(clients.open_store(settings)) as store, closing(clients.open_analytics(settings)) as analytics:
        found = coverage_counts.load(store, analytics, settings.gemini_model)
        if not campaign and not vertical:
            return found
        return only(found, asked_cells(store, [], campaign, vertical))


def _blocks(found: Coverage, language: Language, width: int) -> list[RenderableType]:
    """The legend, a grid for each campaign, and where everybody is."""
    blocks: list[RenderableType] = []
    if found.cells:
        blocks += _legend(found, language)
        blocks += [grid for key in found.campaigns for grid in _grids(found, key, language, width)]
    if found.persons and not found.chosen:
        blocks.append(_everybody(found, language))
    if found.unknown_campaigns:
        blocks += _unknown_campaigns(found, language)
    return blocks


def _legend(found: Coverage, language: Language) -> list[RenderableType]:
    from gtm_assets.monitoring.coverage_picture import FALL_BACK_SIGN, SIGNS

    summary = found.summary()
    states = []
    for state, count in summary.states.items():
        text = Text(f"{SIGNS[state]} ", style=_STYLES[state])
        states.append(text.append(f"{say(language, f'coverage.{state}')} ({count})", style="default"))
    number = say(language, "coverage.number")
    back = f"   {FALL_BACK_SIGN} {say(language, 'coverage.fall_back')}" if summary.falling_back else ""
    return [Columns(states, padding=(0, 3)), Text(f"{number}{back}")]


def _grids(found: Coverage, campaign: str, language: Language, width: int) -> list[RenderableType]:
    """One campaign as tables of verticals × personas; more than one where the terminal is too narrow for all personas."""
    from gtm_assets.monitoring import coverage_words
    from gtm_assets.monitoring.coverage_picture import is_folded, panel_line

    cells = {(cell.vertical_key, cell.persona_key): cell for cell in found.of(campaign)}
    verticals = list(dict.fromkeys(vertical for vertical, _ in cells))
    personas = list(dict.fromkeys(persona for _, persona in cells))
    names = min(_NAMES, max(len(found.outline.verticals[key]) for key in verticals))
    title = Text(f"\n{coverage_words.campaign_name(found, campaign, language)}", style="bold")
    title.append(f"  {panel_line(found, campaign, language)}", style="not bold dim")
    grids: list[RenderableType] = [title]
    if is_folded(found, campaign):
        return grids
    for shown in _side_by_side(found, personas, width - names):
        table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(say(language, "coverage.vertical"), width=names, overflow="fold")
        for key, wide in shown.items():
            table.add_column(Text(found.outline.personas[key]), width=wide, overflow="fold")
        for vertical in verticals:
            row = (_cell(cells[vertical, key]) if (vertical, key) in cells else Text() for key in shown)
            table.add_row(Text(found.outline.verticals[vertical]), *row)
        grids += [table, Text()]
    return grids[:-1]


def _side_by_side(found: Coverage, personas: Iterable[str], width: int) -> list[dict[str, int]]:
    """Personas with the width of their columns, as many beside each other as fit; no word is broken that need not be."""
    tables: list[dict[str, int]] = [{}]
    for key in personas:
        longest = max((len(word) for word in found.outline.personas[key].split()), default=0)
        column = min(_WIDE, max(_NARROW, longest))
        if tables[-1] and sum(tables[-1].values()) + column + _BETWEEN * (len(tables[-1]) + 1) > width:
            tables.append({})
        tables[-1][key] = column
    return tables


def _cell(cell: CellCoverage) -> Text:
    from gtm_assets.monitoring.coverage_picture import FALL_BACK_SIGN, SIGNS

    text = Text(f"{SIGNS[cell.state]} {cell.persons}", style=_STYLES[cell.state])
    if cell.falling_back:
        text.append(f" {FALL_BACK_SIGN}{cell.falling_back}")
    return text


def _everybody(found: Coverage, language: Language) -> Table:
    from gtm_assets.monitoring import coverage_words

    table = Table(title=f"\n{say(language, 'coverage.everybody')}", title_justify="left", show_header=False, box=None)
    table.add_column()
    table.add_column(justify="right")
    for label, count in coverage_words.everybody_rows(found, language):
        table.add_row(label, str(count))
    return table


def _unknown_campaigns(found: Coverage, language: Language) -> list[RenderableType]:
    lines = [Text(f"  {name}: {count}") for name, count in found.unknown_campaigns.items()]
    return [Text(f"\n{say(language, 'coverage.unknown_campaigns')}", style="bold"), *lines]


def _steps(found: Coverage, language: Language) -> list[Text]:
    from gtm_assets.monitoring import coverage_words

    lines = [Text(f"- {step.replace('`', '')}") for step in coverage_words.next_steps(found, language)]
    return [Text(f"\n{say(language, 'coverage.next')}", style="bold"), *lines]


def _open(found: Coverage, settings: Settings, language: Language, *, quiet: bool) -> None:
    """Keep the picture beside the engine's state and show it."""
    from gtm_assets.monitoring import coverage_picture, coverage_words

    title = coverage_words.headline(found, language)
    picture = coverage_picture.draw(found, language, title, coverage_words.why_empty(found, language))
    open_file(settings.gtm_state_dir / "coverage.png", picture, language, quiet=quiet)
