"""Names in a picture: characters that the font has, lines that fit, and how large they come out.

The font is the one that comes with matplotlib, so that a picture looks alike on every machine. What belongs elsewhere: the picture
(``coverage_picture``).
"""

from __future__ import annotations

import textwrap
import unicodedata
from functools import cache
from typing import Any


def printable(text: str, otherwise: str) -> str:
    """A name in characters that the font has: symbols it lacks are left out; a name in letters it lacks is replaced by its key."""
    kept = []
    for character in unicodedata.normalize("NFC", text):
        if character.isspace():
            kept.append(" ")
        elif _has_glyph(character):
            kept.append(character)
        elif unicodedata.category(character)[0] in "LN":
            return otherwise
    return " ".join("".join(kept).split()) or otherwise


def _has_glyph(character: str) -> bool:
    # Joiners and selectors of emoji have a glyph here and there, and mean nothing without it.
    if unicodedata.category(character) in {"Cf", "Cc", "Mn", "Me"} or "\ufe00" <= character <= "\ufe0f":
        return False
    return bool(_font().get_char_index(ord(character)))


def wrapped(text: str, characters: int) -> str:
    """A name in at most two lines; only what is longer than these ends with an ellipsis."""
    return "\n".join(textwrap.wrap(text, characters, max_lines=2, placeholder=" …"))


def fitted(text: str, width: float, size: float) -> str | None:
    """The name broken between words into at most three lines that are no wider; None where that can't be done."""
    lines: list[str] = []
    for word in text.split():
        if measure_text(word, size)[0] > width:
            return None
        if lines and measure_text(f"{lines[-1]} {word}", size)[0] <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return "\n".join(lines) if len(lines) <= 3 else None


def measure_text(text: str, size: float) -> tuple[float, float]:
    """Width and height of some lines in pixels."""
    renderer, properties = _measure(size)
    widths = [
        float(renderer.get_text_width_height_descent(line, properties, ismath=False)[0]) for line in text.split("\n")
    ]
    return max(widths), len(widths) * size * 100 / 72 * 1.25


@cache
def _measure(size: float) -> tuple[Any, Any]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

    canvas: Any = FigureCanvasAgg(Figure(dpi=100))
    return canvas.get_renderer(), FontProperties(family="DejaVu Sans", size=size)


@cache
def _font() -> Any:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    return get_font(findfont(FontProperties(family="DejaVu Sans")))
