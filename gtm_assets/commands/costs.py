"""``gtm costs``: what the model cost, by kind, campaign, day and text."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from gtm_assets.commands.console import console, print_json
from gtm_assets.settings import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gtm_assets.monitoring.costs_models import Costs

app = typer.Typer()
#: Texts that ``--blocks`` prints; ``--json`` has them all.
_PRINTED = 50


@app.command()
def costs(
    days: Annotated[
        int, typer.Option(help="How many days (UTC) back, the running one included.", min=1, max=3650)
    ] = 30,
    limit: Annotated[
        int | None, typer.Option(help="How many texts to name, the dearest first. [default: 10]", min=1)
    ] = None,
    *,
    blocks: Annotated[
        bool, typer.Option("--blocks", help=f"Name every text: {_PRINTED} of them, all with --json, or --limit.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON and nothing else.")] = False,
) -> None:
    """Show what the model cost: by kind, campaign, day and text, wasted money apart, and for each field that carries a text."""
    settings = load_settings()
    found = _load(settings, days, limit, blocks=blocks, printed=not as_json)
    if as_json:
        print_json(found.as_json())
        return
    _print(found, settings)


def _load(settings: Settings, days: int, limit: int | None, *, blocks: bool, printed: bool) -> Costs:
    from gtm_assets import clients
    from gtm_assets.monitoring import costs as numbers
    from gtm_assets.research.prices import load_prices

    prices = load_prices(settings.gtm_model_prices)
    clients.open_store(settings).close()
    with closing(clients.open_analytics(settings)) as analytics:
        usual = (_PRINTED if printed else None) if blocks else numbers.DEAREST
        return numbers.load(analytics, prices, days, most=limit or usual)


def _print(found: Costs, settings: Settings) -> None:
    from gtm_assets.monitoring import costs_page as page

    console.print(page.headline(found), style="bold", markup=False, highlight=False)
    for remark in page.remarks(found, settings):
        console.print(remark, style="yellow", markup=False, highlight=False)
    if not found.lines:
        return
    groups = (
        ("Kind", found.kinds),
        ("Campaign", found.campaigns),
        ("Day (UTC)", {str(d): s for d, s in found.days.items()}),
    )
    for head, group in groups:
        rows = [page.spent_row(name, spent, found.currency) for name, spent in group.items()]
        _table((head, *page.HEADERS[1:]), rows, left=1)
    _table(("Each", "Pieces", "Money", "For one"), page.piece_rows(found), left=1)
    heads = ("Kind", "Dearest texts", "Version", "Calls", "Money", "Fields", "For each field")
    _table(heads, page.block_rows(found), left=2)
    if found.all_blocks.pieces > len(found.dearest):
        console.print(f"{page.named(found)} More with --limit, all with --blocks --json.", style="dim", highlight=False)
    words = "wasted: replies nobody could use, texts the rules refused. unknown: answers that were lost, at the most they can have cost."
    console.print(f"\n{words}", style="dim", highlight=False)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, left: int) -> None:
    """A table whose first columns are words; nothing where it has no row."""
    lines = list(rows)
    if not lines:
        return
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for place, head in enumerate(heads):
        table.add_column(head, justify="left" if place < left else "right", overflow="fold")
    for line in lines:
        table.add_row(*(Text(cell) for cell in line))
    console.print()
    console.print(table)
