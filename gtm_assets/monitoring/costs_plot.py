"""Drawing the costs: money a day, by what it was spent on. What belongs elsewhere: the numbers (``costs``), the card (``plot_card``)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from gtm_assets.monitoring.costs import Costs, add_up
from gtm_assets.monitoring.plot_card import card, date_tools, legend, plain, png

#: Kinds of texts, then what nothing came of: distinct in light and dark, and to people who see few colours.
_COLOURS: Mapping[str, str] = {
    "cell": "#2563eb",
    "opener": "#0891b2",
    "profile": "#7c3aed",
    "wasted": "#d97706",
    "unknown": "#94a3b8",
}
#: A few days alone would be bars as wide as the picture.
_FEWEST = 14


def per_day(found: Costs) -> bytes:
    """Money a day, stacked: what was used by kind, what was wasted, what is unknown."""
    from matplotlib.ticker import MaxNLocator

    days = _days(found)
    figure = card(3.0)
    axes = figure.subplots()
    places = date_tools().date2num(days)
    floor = [0.0] * len(days)
    for name, colour in _COLOURS.items():
        amounts = _amounts(found, name)
        heights = [amounts.get(day, 0.0) for day in days]
        if any(heights):
            axes.bar(places, heights, width=0.8, bottom=floor, color=colour, linewidth=0, label=name)
            floor = [low + height for low, height in zip(floor, heights, strict=True)]
    plain(axes, f"{found.currency} a day (UTC)")
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.set_ylim(bottom=0)
    if axes.patches:
        legend(axes)
    locator = date_tools().AutoDateLocator(minticks=3, maxticks=9)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(date_tools().ConciseDateFormatter(locator))
    axes.set_xlim(places[0] - 0.6, places[-1] + 0.6)
    return png(figure)


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
