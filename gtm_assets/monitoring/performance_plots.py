"""Drawing the performance. What belongs elsewhere: the numbers (``performance``), the card they stand on (``plot_card``)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from gtm_assets import reporting
from gtm_assets.monitoring.dots import COLOURS
from gtm_assets.monitoring.performance import PHASES, Performance
from gtm_assets.monitoring.plot_card import INK, LINES, card, date_tools, legend, plain, png

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WRITTEN = "#0891b2"
_ENDS = ("completed", "planned", "skipped", "conflict", "failed")
_THICK = 1.05
_SECONDS_TICKS = (0.1, 1, 10, 60, 600, 3600, 36000, 86400, 864000)


def throughput(found: Performance) -> bytes:
    """Accounts that ended, stacked by how, above records written; over the same time."""
    from matplotlib.ticker import MaxNLocator

    figure = card(3.6)
    above, below = figure.subplots(2, 1, sharex=True)
    bars = _bars(found)
    hours = found.width.total_seconds() / 86400
    floor = [0] * len(bars)
    for phase in _ENDS:
        heights = [found.ended.get(phase, {}).get(bar, 0) for bar in bars]
        if any(heights):
            _draw_bars(above, bars, heights, hours, _hex(phase), bottom=floor, label=phase)
            floor = [low + height for low, height in zip(floor, heights, strict=True)]
    _draw_bars(below, bars, [found.written.get(bar, 0) for bar in bars], hours, _WRITTEN)
    width = _per(found.width.total_seconds())
    for axes, title in ((above, f"accounts that ended, per {width}"), (below, f"records written, per {width} (UTC)")):
        plain(axes, title)
        axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
        axes.set_ylim(bottom=0)
    if above.patches:
        legend(above)
    _time_axis(below, found)
    return png(figure)


def durations(found: Performance) -> bytes:
    """Seconds in each phase: a thin line for 5 to 95 of 100 accounts, a thick one for the middle half, a mark for the median."""
    phases = [phase for phase in PHASES if phase in found.durations]
    figure = card(0.9 + 0.42 * len(phases))
    axes = figure.subplots()
    rows = range(len(phases) - 1, -1, -1)
    for row, phase in zip(rows, phases, strict=True):
        # A logarithmic axis has no zero.
        low, quarter, median, most, high = (max(0.05, seconds) for seconds in found.durations[phase])
        colour = (
            _hex("enriching") if phase in {"enriching", "syncing"} else _hex("planned" if phase == "total" else phase)
        )
        axes.hlines(row, low, high, color=colour, linewidth=2.5, alpha=0.6)
        # Where all took equally long there would be nothing to see.
        axes.hlines(row, quarter / _THICK, most * _THICK, color=colour, linewidth=11)
        axes.plot([median], [row], marker="|", markersize=15, markeredgewidth=2.5, color=INK)
        words = f"median {reporting.duration(found.durations[phase][2])} · 95 % within {reporting.duration(found.durations[phase][4])}"
        axes.text(1.01, row, words, transform=axes.get_yaxis_transform(), va="center", fontsize=8.5, color=INK)
    plain(axes, "")
    axes.set_yticks(list(rows), phases, fontsize=9.5, color=INK)
    axes.set_ylim(-0.6, len(phases) - 0.4)
    axes.set_xscale("log")
    highest = max(max(found.durations[phase]) for phase in phases)
    lowest = min(max(0.05, min(found.durations[phase])) for phase in phases)
    axes.set_xlim(lowest / 1.5, max(10.0, highest * 1.5))
    ticks = [tick for tick in _SECONDS_TICKS if lowest / 1.5 <= tick <= max(10.0, highest * 1.5)]
    axes.set_xticks(ticks, [_tick(tick) for tick in ticks])
    axes.minorticks_off()
    axes.grid(axis="x", color=LINES, linewidth=0.8)
    axes.grid(visible=False, axis="y")
    return png(figure)


def reasons(found: Performance) -> bytes:
    """How many accounts stand with each sort of reason, coloured by phase."""
    from matplotlib.ticker import MaxNLocator

    shown = sorted(found.reasons.items(), key=lambda item: item[1])[-12:]
    figure = card(0.9 + 0.30 * len(shown))
    axes = figure.subplots()
    labels = [kind if kind == phase else f"{kind} ({phase})" for (phase, kind), _ in shown]
    counts = [count for _, count in shown]
    drawn = axes.barh(range(len(shown)), counts, color=[_hex(phase) for (phase, _), _ in shown], height=0.66)
    axes.bar_label(drawn, padding=4, fontsize=9, color=INK)
    plain(axes, "")
    axes.set_yticks(range(len(shown)), labels, fontsize=9.5, color=INK)
    axes.set_ylim(-0.6, len(shown) - 0.4)
    axes.set_xlim(0, max(counts) * 1.12)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.grid(axis="x", color=LINES, linewidth=0.8)
    axes.grid(visible=False, axis="y")
    return png(figure)


def _bars(found: Performance) -> list[datetime]:
    """Every bar from the first to now, also those in which nothing happened."""
    known = [bar for series in (*found.ended.values(), found.written) for bar in series]
    bars = [min(known)]
    while bars[-1] + found.width <= max(*known, found.now):
        bars.append(bars[-1] + found.width)
    return bars


def _draw_bars(
    axes: Axes, bars: Sequence[datetime], heights: Sequence[int], days: float, colour: str, **more: Any
) -> None:
    axes.bar(
        date_tools().date2num(list(bars)), heights, width=days * 0.86, align="edge", color=colour, linewidth=0, **more
    )


def _time_axis(axes: Axes, found: Performance) -> None:
    dates = date_tools()
    bars = _bars(found)
    locator = dates.AutoDateLocator(minticks=3, maxticks=9)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))
    # A single bar would fill the whole width.
    few = max(12 - len(bars), 0) * found.width
    axes.set_xlim(dates.date2num(bars[0] - few), dates.date2num(bars[-1] + found.width))


def _per(seconds: float) -> str:
    """A bar's width as people say it: ``minute``, ``5 minutes``, ``day``."""
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            count = round(seconds / size)
            return unit if count == 1 else f"{count} {unit}s"
    return f"{seconds:g} seconds"


def _tick(seconds: float) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"


def _hex(phase: str) -> str:
    red, green, blue = COLOURS.get(phase, COLOURS["received"])
    return f"#{red:02x}{green:02x}{blue:02x}"
