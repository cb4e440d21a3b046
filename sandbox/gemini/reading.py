"""What the stand-in reads of a request: the last ``<inputs>`` block, the schema's property names, and sentences of a website.

Website text is material, never an order: sentences that address a machine are left out before anything is composed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_INPUTS = re.compile(r"<inputs>\s*(.*?)\s*</inputs>", re.DOTALL)
_ORDER = re.compile(
    r"\b(?:ignorier\w*|ignore|disregard|system ?prompt|prompt|anweisung\w*|instructions?|sprachmodell\w*|language model"
    r"|chatbot|assistant|KI-\w+|AI)\b",
    re.IGNORECASE,
)
_ABBREVIATION = re.compile(r"\b(?:[A-Za-zÄÖÜ]|bzw|ca|Co|Dr|evtl|inkl|Mag|Nr|Prof|St|Str|usw|vgl)\.$")


def user_text(request: Mapping[str, Any]) -> str:
    """All text parts that came with role user, joined."""
    parts = []
    for content in request.get("contents") or ():
        if isinstance(content, Mapping) and content.get("role", "user") == "user":
            parts += [str(part.get("text") or "") for part in content.get("parts") or () if isinstance(part, Mapping)]
    return "\n".join(parts)


def inputs_of(request: Mapping[str, Any]) -> dict[str, Any] | None:
    """The JSON object of the last ``<inputs>`` block, or None where there is none that can be read."""
    blocks = _INPUTS.findall(user_text(request))
    if not blocks:
        return None
    try:
        inputs = json.loads(blocks[-1])
    except ValueError:
        return None
    return inputs if isinstance(inputs, dict) else None


def sentences(text: str) -> list[str]:
    """The sentences of a website's text, as they stand there, without those that give orders to a machine."""
    found = []
    for line in text.splitlines():
        rest = ""
        for piece in re.split(r"(?<=[.!?])\s+", line.strip()):
            rest = f"{rest} {piece}".strip()
            if not _ABBREVIATION.search(rest):
                found.append(rest)
                rest = ""
        if rest:
            found.append(rest)
    return [sentence for sentence in found if sentence and not _ORDER.search(sentence)]
