"""``gtm coverage``: which texts there are for vertical × persona × campaign, and how many persons stand behind each."""

from __future__ import annotations

import json
import sys
import webbrowser
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from gtm_assets.commands.completion import complete_campaign, complete_vertical
from gtm_assets.commands.console import console
from gtm_assets.language import LanguageOption, language_of, say
from gtm_assets.settings import ConfigurationError, Language, Settings, load_settings

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
#: Columns: a vertical's name, and what a persona's name is folded to.
_NAMES, _COLUMN = 28, 13


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
        sys.stdout.write(json.dumps(found.as_json(), ensure_ascii=False, indent=1) + "\n")
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
        ConfigurationError: There is no such campaign or vertical.
    """
    from gtm_assets import clients
    from gtm_assets.monitoring import coverage_counts
    from gtm_assets.monitoring.coverage import only
    from gtm_assets.texts.selection import SelectionError, asked_cells

    store = clients.open_store(settings)
    found = coverage_counts.load(store, clients.open_analytics(settings), settings.gemini_model)
    if not campaign and not vertical:
        return found
    try:
        return only(found, asked_cells(store, [], campaign, vertical))
    except SelectionError as error:
        raise ConfigurationError(str(error)) from error


def _blocks(found: Coverage, language: Language, width: int) -> list[RenderableType]:
    """The legend, a grid for each campaign, and where everybody is."""
    blocks: list[RenderableType] = []
    if found.cells:
        blocks.append(_legend(found, language))
        blocks += [grid for key in found.campaigns for grid in _grids(found, key, language, width)]
    if found.persons and not found.chosen:
        blocks.append(_everybody(found, language))
    if found.unknown_campaigns:
        blocks += _unknown_campaigns(found, language)
    return blocks


def _legend(found: Coverage, language: Language) -> Text:
    from gtm_assets.monitoring.coverage_picture import FALL_BACK_SIGN, SIGNS

    summary = found.summary()
    text = Text()
    for state, count in summary.states.items():
        text.append(f"{SIGNS[state]} ", style=_STYLES[state])
        text.append(f"{say(language, f'coverage.{state}')} ({count})   ")
    text.append(f"\n{say(language, 'coverage.number')}")
    if summary.falling_back:
        text.append(f"   {FALL_BACK_SIGN} {say(language, 'coverage.fall_back')}")
    return text


def _grids(found: Coverage, campaign: str, language: Language, width: int) -> list[RenderableType]:
    """One campaign as tables of verticals × personas; more than one where the terminal is too narrow for all personas."""
    from gtm_assets.monitoring import coverage_words
    from gtm_assets.monitoring.coverage_picture import panel_line

    cells = {(cell.vertical_key, cell.persona_key): cell for cell in found.of(campaign)}
    verticals = list(dict.fromkeys(vertical for vertical, _ in cells))
    personas = list(dict.fromkeys(persona for _, persona in cells))
    names = min(_NAMES, max(len(found.outline.verticals[key]) for key in verticals))
    fit = max(1, (width - names - 4) // (_COLUMN + 3))
    title = Text(f"\n{coverage_words.campaign_name(found, campaign, language)}", style="bold")
    title.append(f"  {panel_line(found.summary(campaign), language)}", style="not bold dim")
    grids: list[RenderableType] = [title]
    for start in range(0, len(personas), fit):
        table = Table(show_edge=False, pad_edge=False)
        table.add_column(say(language, "coverage.vertical"), max_width=_NAMES, overflow="fold")
        shown = personas[start : start + fit]
        for key in shown:
            table.add_column(Text(found.outline.personas[key]), max_width=_COLUMN, overflow="fold")
        for vertical in verticals:
            row = (_cell(cells[vertical, key]) if (vertical, key) in cells else Text() for key in shown)
            table.add_row(Text(found.outline.verticals[vertical]), *row)
        grids.append(table)
    return grids


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
    """Keep the picture beside the engine's state and show it; where there is nothing to show it with, the path is enough."""
    from gtm_assets.monitoring import coverage_picture, coverage_words

    title = coverage_words.headline(found, language)
    path = settings.gtm_state_dir / "coverage.png"
    path.write_bytes(coverage_picture.draw(found, language, title, coverage_words.why_empty(found, language)))
    typer.echo(say(language, "coverage.picture", path=path), err=quiet)
    if not webbrowser.open(path.as_uri()):
        typer.echo(say(language, "coverage.no_viewer"), err=True)
