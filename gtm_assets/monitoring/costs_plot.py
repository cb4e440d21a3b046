"""Drawing the costs: money a day, by what it was spent on and by campaign.

What belongs elsewhere: the numbers (``costs_models``), the card (``plot_card``), names in characters that the font has (``picture_text``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from gtm_assets.monitoring.costs_models import Costs, add_up
from gtm_assets.monitoring.picture_text import printable
from gtm_assets.monitoring.plot_card import card, date_tools, legend, plain, png

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Kinds of texts, then what nothing came of: distinct in light and dark, and to people who see few colours.
_COLOURS: Mapping[str, str] = {
    "cell": "#2563eb",
    "opener": "#0891b2",
    "profile": "#7c3aed",
    "wasted": "#d97706",
    "unknown": "#94a3b8",
}
#: The dearest campaigns, then all others together.
_CAMPAIGN_COLOURS = ("#2563eb", "#db2777", "#059669", "#d97706", "#94a3b8")
_CAMPAIGNS = len(_CAMPAIGN_COLOURS) - 1
#: Characters of a campaign in the legend.
_NAME = 16
#: A few days alone would be bars as wide as the picture.
_FEWEST = 14


def per_day(found: Costs) -> bytes:
    """Money a day, stacked: what was used by kind, what was wasted, what is unknown; below it cells by campaign where there are any."""
    days = _days(found)
    campaigns = campaign_bars(found)
    figure = card(3.0 if not campaigns else 5.4)
    axes = figure.subplots(2 if campaigns else 1, squeeze=False)[:, 0]
    kinds = [(name, colour, _amounts(found, name)) for name, colour in _COLOURS.items()]
    _draw(axes[0], days, kinds)
    plain(axes[0], f"{found.currency} a day (UTC)")
    if campaigns:
        _draw(axes[1], days, [(name, c, bars) for (name, bars), c in zip(campaigns, _CAMPAIGN_COLOURS, strict=False)])
        plain(axes[1], "cells by campaign")
    return png(figure)


def campaign_bars(found: Costs) -> list[tuple[str, Mapping[date, float]]]:
    """Name and money a day of the dearest campaigns, and of all others together."""
    campaigns = found.campaign_days
    bars: list[tuple[str, Mapping[date, float]]] = []
    for name, amounts in list(campaigns.items())[:_CAMPAIGNS]:
        # A name that begins with _ is not drawn by matplotlib.
        shown = printable(name, "campaign").lstrip("_")
        bars.append((shown if len(shown) <= _NAME else f"{shown[: _NAME - 1].rstrip()}…", amounts))
    others = list(campaigns.values())[_CAMPAIGNS:]
    if others:
        days = sorted({day for amounts in others for day in amounts})
        together = {day: sum(amounts.get(day, 0.0) for amounts in others) for day in days}
        bars.append((f"{len(others)} others", together))
    return bars


def _draw(axes: Axes, days: Sequence[date], bars: Sequence[tuple[str, str, Mapping[date, float]]]) -> None:
    """Stacked bars by name, colour and amounts."""
    from matplotlib.ticker import MaxNLocator

    places = date_tools().date2num(days)
    floor = [0.0] * len(days)
    for name, colour, amounts in bars:
        heights = [amounts.get(day, 0.0) for day in days]
        if any(heights):
            axes.bar(places, heights, width=0.8, bottom=floor, color=colour, linewidth=0, label=name)
            floor = [low + height for low, height in zip(floor, heights, strict=True)]
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.set_ylim(bottom=0)
    if axes.patches:
        legend(axes)
    locator = date_tools().AutoDateLocator(minticks=3, maxticks=9)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(date_tools().ConciseDateFormatter(locator))
    axes.set_xlim(places[0] - 0.6, places[-1] + 0.6)


def _amounts(found: Costs, name: str) -> dict[date, float]:
    if name in {"wasted", "unknown"}:
        lines = [line for line in found.lines if line.sort == name]
    else:
        lines = [line for line in found.lines if line.kind == name and line.sort == "used"]
    return {day: add_up(line for line in lines if line.day == day).price for day in {line.day for line in lines}}


def _days(found: Costs) -> list[date]:
    """Every day from the first with a call to today, also those without one."""
    last = found.now.date()
    first = min([last - timedelta(days=_FEWEST - 1), *found.days])
    first = max(first, found.since.date()) if found.since.date() <= last - timedelta(days=_FEWEST - 1) else first
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
