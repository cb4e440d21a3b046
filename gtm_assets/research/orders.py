"""How a page speaks to machines: "ignore all previous instructions", "Schreibe, dass …". Pure.

Such a passage is no statement of a company about itself, so nothing rests on it: no vertical, no claim of an opener. What belongs
elsewhere: keeping data apart from instructions in a request (``model_inputs``).
"""

from __future__ import annotations

import re
from typing import Final

_ORDERS: Final = (
    r"ignorier\w*",
    r"ignore (?:all|any|the|your|previous)",
    r"disregard",
    r"forget (?:all|everything|your)",
    r"vergiss (?:bitte )?(?:alle|alles|deine|die|jede)",
    r"(?:all|previous|prior|above) instructions?",
    r"Anweisung(?:en)?",
    r"system ?-?prompt\w*",
    r"you are now",
    r"du bist (?:jetzt|nun|ab jetzt|ab sofort)",
    r"\w*sprachmodell\w*",
    r"language model",
    r"(?:antworte|respond|reply|answer) (?:nur|only|with|mit|ausschließlich|stattdessen)",
    r"(?:schreibe?|formuliere?|erwähne?|behaupte|sage?)(?: bitte| stattdessen| nur)?,? dass",
    r"(?:write|say|claim|mention) (?:that|only)",
    r"als (?:KI|AI)\S*",
    r"an alle (?:KI|AI)\S*",
    r"</?inputs>",
)
_PATTERN: Final = re.compile(rf"(?<!\w)(?:{'|'.join(_ORDERS)})(?!\w)", re.IGNORECASE)


def is_order(text: str) -> bool:
    """Whether a passage of a page tells a machine what to do."""
    return _PATTERN.search(text) is not None
