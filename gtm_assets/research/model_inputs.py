"""The one section of a prompt that carries data: whitelisted values as JSON between ``<inputs>`` and ``</inputs>``.

Research and texts both ask the model, so the section is built here, in the room furthest to the left of the two. What
is whitelisted is decided where a prompt is built; what a reply must look like, where it is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

OPEN = "<inputs>"
CLOSE = "</inputs>"


@dataclass(frozen=True)
class Prompt:
    """One request to the model: fixed instructions, and the inputs as one marked JSON object."""

    version: str
    system: str
    user: str


_SURROGATE = re.compile(r"[\ud800-\udfff]")


def inputs_block(values: Mapping[str, Any]) -> str:
    """The marked section for ``values`` (JSON types only); what stands between the marks parses back to them exactly.

    No value can open or close the section: angle brackets stand as JSON escapes. So do halves of surrogate pairs,
    which no request body in UTF-8 could carry. Umlauts stay as they are; escaping them would double the tokens of a
    German page.
    """
    text = json.dumps(values, ensure_ascii=False, indent=1)
    text = text.replace("<", "\\u003c").replace(">", "\\u003e")
    return f"{OPEN}\n{_SURROGATE.sub(_escaped, text)}\n{CLOSE}"


def _escaped(half: re.Match[str]) -> str:
    return f"\\u{ord(half[0]):04x}"
