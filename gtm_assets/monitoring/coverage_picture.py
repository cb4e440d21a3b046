"""Coverage as a picture: a heat map for each campaign, the standard text first, one below the other.

A state is told by colour and by sign, so that nobody needs to tell colours apart. The card is light in every theme. Everything is laid out
in pixels after its words were measured, so that no name is cut off. What belongs elsewhere: the numbers (``coverage``).
"""

from __future__ import annotations

import io
import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from gtm_assets.knowledge.rows import STANDARD_CAMPAIGN
from gtm_assets.language import say
from gtm_assets.monitoring.coverage import STATES, CellCoverage, Coverage, Summary
from gtm_assets.monitoring.picture_text import fitted, measure_text, printable, wrapped
from gtm_assets.settings import Language
from gtm_assets.texts.blocks import CellState

if TYPE_CHECKING:
    from PIL import Image

#: Sign and colour of each state; the colours are Okabe and Ito's, lightened so that dark figures can be read on them.
SIGNS: Mapping[CellState, str] = {
    "approved": "✓",
    "waiting": "?",
    "rejected": "✗",
    "failed_rules": "!",
    "lapsed": "↻",
    "missing": "–",
}
FALL_BACK_SIGN = "↩"
_COLOURS: Mapping[CellState, str] = {
    "approved": "#8ed6bd",
    "waiting": "#ffd98a",
    "rejected": "#f2a07b",
    "failed_rules": "#dfb2d1",
    "lapsed": "#a6d4f2",
    "missing": "#e2e8f0",
}
#: More would be no picture any more; what is left out is named below it.
MOST_CAMPAIGNS, MOST_VERTICALS, MOST_PERSONAS, MOST_CELLS = 6, 30, 20, 1200
_INK, _GREY, _CARD = "#1e293b", "#475569", "#f8fafc"
#: Dagster shows pictures pixel for pixel: 980 is what its dialog has room for in a window of 1280.
_WIDTH, _MARGIN, _GAP = 940, 20, 3
_NARROWEST, _WIDEST = 52, 128
#: A cell with people who fall back has a second number: beside the first where there is room, else below it.
_ROW, _HIGHER_ROW, _ROOM_FOR_TWO = 28, 34, 92
_SLOPE = 40.0
#: Room beside a name above its column; characters of a line of a sloping name; so many personas leave room for long verticals.
_AIR, _SLOPING, _FEW = 8, 36, 6
_SHADES = 4
_TEXT, _SMALL, _HEADING, _TITLE = 9.0, 8.0, 11.0, 13.0


@dataclass
class _Sheet:
    """Words and boxes with their places, in pixels from the top left; drawn when width and height are known."""

    width: float = 0.0
    height: float = 0.0
    boxes: list[tuple[float, float, float, float, CellState]] = field(default_factory=list)
    words: list[tuple[float, float, str, dict[str, Any]]] = field(default_factory=list)

    def box(self, x: float, y: float, width: float, height: float, state: CellState) -> None:
        self.boxes.append((x, y, width, height, state))

    def write(self, x: float, y: float, text: str, size: float = _TEXT, colour: str = _INK, **style: Any) -> None:
        self.words.append((x, y, text, {"fontsize": size, "color": colour, **style}))


def draw(
    coverage: Coverage, language: Language, title: str, empty: str = "", *, form: Literal["PNG", "WEBP"] = "PNG"
) -> bytes:
    """The picture.

    Args:
        coverage: The numbers.
        language: Of legend and headings.
        title: The first line.
        empty: What to say where there is no cell.
        form: WEBP (lossless) is a third as large, for Dagster's event log, which never forgets; PNG for everything else.
    """
    return _render(_laid_out(coverage, language, title, empty), form)


def _laid_out(coverage: Coverage, language: Language, title: str, empty: str) -> _Sheet:
    sheet = _Sheet(width=_WIDTH)
    sheet.write(_MARGIN, _MARGIN + 8, title, _TITLE, weight="bold", va="center")
    y = _MARGIN + 30.0
    if not coverage.cells:
        lines = textwrap.wrap(empty, 110)
        sheet.write(_MARGIN, y, "\n".join(lines), _HEADING, va="top", linespacing=1.5)
        sheet.height = y + 20 * len(lines) + _MARGIN
        return sheet
    y = _legend(sheet, y, coverage.summary(), language)
    for campaign in _drawn_campaigns(coverage):
        y, right = _panel(sheet, y + 18, coverage, campaign, language)
        sheet.width = max(sheet.width, right)
    left_out = not_drawn(coverage, language)
    if left_out:
        sheet.write(_MARGIN, y + 18, left_out, va="center")
        y += 26
    sheet.height = y + _MARGIN
    return sheet


def not_drawn(coverage: Coverage, language: Language) -> str:
    """What the picture leaves out, as a sentence; empty where it has everything."""
    left_out = {
        "campaigns": len(coverage.campaigns) - len(_drawn_campaigns(coverage)),
        "verticals": len({cell.vertical_key for cell in coverage.cells}) - MOST_VERTICALS,
        "personas": len({cell.persona_key for cell in coverage.cells}) - MOST_PERSONAS,
    }
    more = [say(language, f"coverage.more_{what}", count=count) for what, count in left_out.items() if count > 0]
    return say(language, "coverage.more", what=", ".join(more)) if more else ""


def _drawn_campaigns(coverage: Coverage) -> tuple[str, ...]:
    verticals = min(MOST_VERTICALS, len({cell.vertical_key for cell in coverage.cells}))
    personas = min(MOST_PERSONAS, len({cell.persona_key for cell in coverage.cells}))
    most = max(1, min(MOST_CAMPAIGNS, MOST_CELLS // max(1, verticals * personas)))
    return coverage.campaigns[:most]


# --- parts ------------------------------------------------------------------------------------------------------------


def _legend(sheet: _Sheet, y: float, summary: Summary, language: Language) -> float:
    items: list[tuple[CellState | None, str]] = [
        (state, f"{say(language, f'coverage.{state}')} ({summary.states[state]})") for state in STATES
    ]
    items += [(None, f"{FALL_BACK_SIGN}  {say(language, 'coverage.fall_back')}")] if summary.falling_back else []
    items.insert(len(STATES), (None, say(language, "coverage.number")))
    x = float(_MARGIN)
    for state, text in items:
        lead = 32.0 if state else 0.0
        width = lead + measure_text(text, _TEXT)[0]
        if x > _MARGIN and x + width > _WIDTH - _MARGIN:
            x, y = float(_MARGIN), y + 26
        if state:
            sheet.box(x, y, 24, 18, state)
            sheet.write(x + 12, y + 9, SIGNS[state], ha="center", va="center_baseline")
        sheet.write(x + lead, y + 9, text, va="center_baseline")
        x += width + 20
    return y + 22


def _panel(sheet: _Sheet, y: float, coverage: Coverage, campaign: str, language: Language) -> tuple[float, float]:
    """One campaign's heat map; answers where it ends at the bottom and at the right."""
    cells = {(cell.vertical_key, cell.persona_key): cell for cell in coverage.of(campaign)}
    verticals = list(dict.fromkeys(vertical for vertical, _ in cells))[:MOST_VERTICALS]
    personas = list(dict.fromkeys(persona for _, persona in cells))[:MOST_PERSONAS]
    y, widest = _heading(sheet, y, coverage, campaign, language)
    if is_folded(coverage, campaign):
        return y, widest
    names = [printable(coverage.outline.personas[key], key) for key in personas]
    characters = 40 if len(personas) <= _FEW else 30
    rows = [wrapped(printable(coverage.outline.verticals[key], key), characters) for key in verticals]
    left = math.ceil(_MARGIN + max(measure_text(row, _TEXT)[0] for row in rows) + 12)
    column, flat = _columns(names, _WIDTH - _MARGIN - left)
    y, right = (_flat_names if flat else _sloping_names)(sheet, left, y, column, names)
    two = any(cell.falling_back for cell in cells.values()) and column < _ROOM_FOR_TWO
    height = _HIGHER_ROW if two or any("\n" in row for row in rows) else _ROW
    for vertical, label in zip(verticals, rows, strict=True):
        sheet.write(left - 10, y + (height - _GAP) // 2, label, ha="right", va="center", linespacing=1.05)
        for place, persona in enumerate(personas):
            cell = cells.get((vertical, persona))
            if cell is not None:
                _cell(sheet, left + place * column, y, column, height, cell)
        y += height
    return y, max(widest, right + _MARGIN, left + column * len(personas) + _MARGIN)


def is_folded(coverage: Coverage, campaign: str) -> bool:
    """Whether a campaign is told in one line instead of a heat map that would hold nothing."""
    return campaign != STANDARD_CAMPAIGN and coverage.is_bare(campaign)


def _heading(sheet: _Sheet, y: float, coverage: Coverage, campaign: str, language: Language) -> tuple[float, float]:
    name = say(language, "coverage.standard")
    if campaign != STANDARD_CAMPAIGN:
        shown = printable(coverage.outline.campaigns[campaign].name, campaign)
        name = wrapped(say(language, "coverage.campaign", name=shown), 90)
    sheet.write(_MARGIN, y, name, _HEADING, weight="bold", va="top", linespacing=1.2)
    y += 21 * (1 + name.count("\n"))
    sheet.write(_MARGIN, y, panel_line(coverage, campaign, language), colour=_GREY, va="top")
    # Bold letters are wider than those that were measured.
    return y + 24, 1.2 * measure_text(name, _HEADING)[0] + 2 * _MARGIN


def panel_line(coverage: Coverage, campaign: str, language: Language) -> str:
    """A campaign in one line: how many texts are approved, how many persons covered, how many fall back."""
    summary = coverage.summary(campaign)
    if is_folded(coverage, campaign):
        return say(language, "coverage.bare", count=summary.cells)
    approved = summary.states["approved"]
    parts = [
        say(language, "coverage.panel", approved=approved, cells=summary.cells),
        say(language, "coverage.panel_persons", covered=summary.covered, count=summary.addressed),
    ]
    if summary.falling_back:
        parts.append(say(language, "coverage.panel_back", count=summary.falling_back))
    return "  ·  ".join(parts)


def _columns(names: Sequence[str], room: float) -> tuple[int, bool]:
    """The width of a persona's column, and whether every name fits above its own; else they slope, and the last ones lean out."""
    column = int(min(_WIDEST, max(_NARROWEST, room // len(names))))
    if all(fitted(name, column - _AIR, _TEXT) is not None for name in names):
        return column, True
    lean = math.cos(math.radians(_SLOPE))
    sizes = [measure_text(wrapped(name, _SLOPING), _TEXT) for name in names]
    most = min((room - width * lean - tall) / (place + 0.5) for place, (width, tall) in enumerate(sizes))
    return int(min(column, max(_NARROWEST, most))), False


def _flat_names(sheet: _Sheet, left: float, y: float, column: int, names: Sequence[str]) -> tuple[float, float]:
    """Names above their columns; answers the lower end and the right one."""
    labels = [fitted(name, column - _AIR, _TEXT) or name for name in names]
    height = max(measure_text(label, _TEXT)[1] for label in labels)
    for place, label in enumerate(labels):
        middle = left + (place + 0.5) * column
        sheet.write(middle, y + height, label, ha="center", va="bottom", linespacing=1.05)
    return math.ceil(y + height + 6), left + column * len(names)


def _sloping_names(sheet: _Sheet, left: float, y: float, column: int, names: Sequence[str]) -> tuple[float, float]:
    """Names that rise from the middle of their columns; answers the lower end and the right one."""
    labels = [wrapped(name, _SLOPING) for name in names]
    slope = math.radians(_SLOPE)
    sizes = [measure_text(label, _TEXT) for label in labels]
    height = max(width * math.sin(slope) + tall * math.cos(slope) for width, tall in sizes)
    right = 0.0
    for place, (label, (width, tall)) in enumerate(zip(labels, sizes, strict=True)):
        # The foot of a sloping label stands over the middle of its column, whatever its number of lines.
        x = left + (place + 0.5) * column + tall / 2 * math.sin(slope)
        sheet.write(
            x, y + height, label, rotation=_SLOPE, rotation_mode="anchor", ha="left", va="bottom", linespacing=1.05
        )
        right = max(right, x + width * math.cos(slope))
    return math.ceil(y + height + 6), right


def _cell(sheet: _Sheet, x: float, y: float, width: float, height: float, cell: CellCoverage) -> None:
    sheet.box(x, y, width - _GAP, height - _GAP, cell.state)
    middle, centre = x + (width - _GAP) // 2, y + (height - _GAP) // 2
    main = f"{SIGNS[cell.state]} {_short(cell.persons)}"
    if not cell.falling_back:
        sheet.write(middle, centre, main, ha="center", va="center_baseline")
        return
    back = f"{FALL_BACK_SIGN} {_short(cell.falling_back)}"
    if width >= _ROOM_FOR_TWO:
        sheet.write(middle - width // 5, centre, main, ha="center", va="center_baseline")
        sheet.write(middle + width // 5, centre, back, _SMALL, ha="center", va="center_baseline")
    else:
        sheet.write(middle, centre - 7, main, ha="center", va="center_baseline")
        sheet.write(middle, centre + 7, back, _SMALL, ha="center", va="center_baseline")


def _short(number: int) -> str:
    """Five figures and more do not fit into a cell; the table has them in full."""
    if number < 10_000:
        return str(number)
    return f"{number // 1000}k" if number < 1_000_000 else f"{number // 1_000_000}M"


# --- the sheet as PNG -------------------------------------------------------------------------------------------------


def _render(sheet: _Sheet, form: Literal["PNG", "WEBP"]) -> bytes:
    import numpy as np
    from matplotlib import rc_context
    from PIL import Image

    # Somebody's matplotlibrc must not decide how this looks (or need LaTeX).
    with rc_context({"font.family": "DejaVu Sans", "text.usetex": False, "text.hinting": "force_autohint"}):
        canvas = _drawn(sheet)
    pixels = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    few = pixels.quantize(palette=_palette(), dither=Image.Dither.NONE)
    out = io.BytesIO()
    if form == "WEBP":
        few.convert("RGB").save(out, "WEBP", lossless=True, quality=80, method=4)
    else:
        few.save(out, "PNG", optimize=True)
    return out.getvalue()


def _drawn(sheet: _Sheet) -> Any:
    """The sheet on a canvas without pyplot, whose state is global."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    width, height = math.ceil(sheet.width), math.ceil(sheet.height)
    figure = Figure(figsize=(width / 100, height / 100), dpi=100, facecolor=_CARD)
    canvas: Any = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.axis("off")
    for x, y, wide, high, state in sheet.boxes:
        axes.add_patch(Rectangle((x, y), wide, high, facecolor=_COLOURS[state], linewidth=0, antialiased=False))
    for x, y, text, style in sheet.words:
        axes.text(x, y, text, parse_math=False, **style)
    canvas.draw()
    return canvas


@cache
def _palette() -> Image.Image:
    """The few colours there are: every ground, and some steps from it to the ink. They make the file a third as large."""
    from PIL import Image, ImageColor

    ink = ImageColor.getrgb(_INK)
    colours = [
        tuple(
            round(low + (high - low) * step / _SHADES) for low, high in zip(ImageColor.getrgb(ground), ink, strict=True)
        )
        for ground in (_CARD, *_COLOURS.values())
        for step in range(_SHADES)
    ]
    image = Image.new("P", (1, 1))
    image.putpalette([value for colour in [*colours, ink] for value in colour[:3]])
    return image
