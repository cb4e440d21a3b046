"""A card to draw on: a figure on a light ground of its own, so that it reads on light and dark pages alike.

Figures are made and drawn without pyplot, whose state is global. What belongs elsewhere: what is drawn (``performance_plots``,
``costs_plot``).
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK = "#1e293b"
FAINT = "#64748b"
LINES = "#e2e8f0"
_CARD = "#f8fafc"
_DPI = 100
_INCHES = 9.0
#: Colours of a picture after it was drawn: enough for text with smooth edges, and a third of the size.
_COLOURS = 48


def date_tools() -> Any:
    """Matplotlib's dates, which have no types."""
    from matplotlib import dates

    return dates


def card(height: float) -> Figure:
    """An empty figure with a margin."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    layout = ConstrainedLayoutEngine(w_pad=0.15, h_pad=0.12)
    return Figure(figsize=(_INCHES, height), dpi=_DPI, facecolor=_CARD, layout=layout)


def plain(axes: Axes, title: str) -> None:
    """Axes with a title on the left and without what draws the eye away from the data."""
    axes.set_facecolor(_CARD)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)
    axes.tick_params(colors=FAINT, labelsize=9, length=0)
    axes.grid(axis="y", color=LINES, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.set_title(title, loc="left", fontsize=10, color=INK)


def legend(axes: Axes) -> None:
    """What the colours mean, above the axes on the right."""
    drawn = axes.legend(
        loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=5, frameon=False, fontsize=8.5, handlelength=1.0
    )
    for text in drawn.get_texts():
        text.set_color(INK)
        # A campaign may be called "$100 $": that is no formula.
        text.set_parse_math(False)


def png(figure: Figure) -> bytes:
    """The drawn figure; fewer colours make it small enough for an event."""
    from PIL import Image

    drawn = BytesIO()
    figure.savefig(drawn, format="png")
    picture = Image.open(drawn).convert("RGB").quantize(colors=_COLOURS, dither=Image.Dither.NONE)
    small = BytesIO()
    picture.save(small, "PNG", optimize=True)
    return small.getvalue()
