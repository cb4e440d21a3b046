"""What a table of wordings consists of, and how a text is held against it. The tables themselves are the other modules of this package."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """A pattern and, in German, why it must not be there and what to write instead."""

    pattern: re.Pattern[str]
    advice: str


def found(wordings: Sequence[Wording], text: str) -> Iterator[tuple[str, str]]:
    """The first match of each wording that occurs in the text, with the advice for it."""
    for wording in wordings:
        match = wording.pattern.search(text)
        if match:
            yield match[0].strip(), wording.advice


def words(advice: str, *patterns: str) -> Wording:
    """Any of these patterns in any case, from word boundary to word boundary."""
    return Wording(re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE), advice)


def signs(advice: str, *patterns: str) -> Wording:
    """Any of these patterns in any case, wherever they stand."""
    return Wording(re.compile("|".join(patterns), re.IGNORECASE), advice)
