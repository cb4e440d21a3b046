"""The coloured dots of the board, yellow and blinking while an account is in work: small pictures that Markdown can carry.

Pictures rather than characters, because tables in Markdown have no colours and not every machine has the characters. They show on
light and dark pages alike. What belongs elsewhere: the tables they stand in (``board_page``).
"""

from __future__ import annotations

import base64
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

Colour = tuple[int, int, int]

_GREY: Colour = (148, 163, 184)
_YELLOW: Colour = (234, 179, 8)
COLOURS: dict[str, Colour] = {
    "received": _GREY,
    "enriching": _YELLOW,
    "syncing": _YELLOW,
    "completed": (22, 163, 74),
    "failed": (220, 38, 38),
    "conflict": (234, 88, 12),
    "waiting for review": (147, 51, 234),
    "planned": (37, 99, 235),
    "skipped": _GREY,
}
_BLINKING = frozenset({"enriching", "syncing"})
_PIXELS = 12
_FINER = 8
_BLINK_MILLISECONDS = 600
#: How much is left of a dot while it blinks, of 255.
_FAINT = 60


def dot(phase: str) -> str:
    """The Markdown of a phase's dot. The picture stands in it: Dagster shows no pictures that a text defines once and refers to."""
    return f"![{phase}](data:image/png;base64,{_picture(phase)})" if phase in COLOURS else ""


@cache
def _picture(phase: str) -> str:
    """A PNG in base64; one that blinks has two frames (APNG)."""
    first = _drawn(COLOURS[phase], 255)
    picture = BytesIO()
    if phase in _BLINKING:
        frames = [_drawn(COLOURS[phase], _FAINT)]
        first.save(
            picture, "PNG", save_all=True, append_images=frames, duration=_BLINK_MILLISECONDS, loop=0, disposal=1
        )
    else:
        first.save(picture, "PNG", optimize=True)
    return base64.b64encode(picture.getvalue()).decode()


def _drawn(colour: Colour, strength: int) -> Image.Image:
    from PIL import Image, ImageDraw

    side = _PIXELS * _FINER
    mask = Image.new("L", (side, side), 0)
    ImageDraw.Draw(mask).ellipse((_FINER, _FINER, side - _FINER, side - _FINER), fill=255)
    # Few steps of transparency keep the file small.
    shades = [round(value / 51) * 51 * strength // 255 for value in range(256)]
    picture = Image.new("RGBA", (_PIXELS, _PIXELS), (*colour, 0))
    picture.putalpha(mask.resize((_PIXELS, _PIXELS), Image.Resampling.LANCZOS).point(shades))
    return picture
