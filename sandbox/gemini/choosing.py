"""The choice among sentences: the same for the same inputs, within the limits, another one on a second attempt."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_VOLATILE = ("findings", "previous")
# A sign between spaces ("&", "–") is no word.
_WORD = re.compile(r"\S*\w\S*")


@dataclass(frozen=True)
class TextLimit:
    """Characters at most; words from-to, 0 = open."""

    max_characters: int
    min_words: int = 0
    max_words: int = 0

    def admits(self, text: str) -> bool:
        """Whether the text keeps the limit."""
        words = len(_WORD.findall(text))
        return (
            len(text) <= self.max_characters
            and words >= self.min_words
            and (self.max_words == 0 or words <= self.max_words)
        )


def limit_of(inputs: Mapping[str, Any], name: str, default: int = 199) -> TextLimit:
    """The limit of one text as the inputs name it."""
    body = inputs.get("limits", {}).get(name) or {}
    return TextLimit(
        max_characters=int(body.get("max_characters") or default),
        min_words=int(body.get("min_words") or 0),
        max_words=int(body.get("max_words") or 0),
    )


class Chooser:
    """Chooses for one request. ``careful`` (a second attempt) prefers short texts and avoids the previous one."""

    def __init__(self, inputs: Mapping[str, Any]) -> None:
        stable = {key: value for key, value in inputs.items() if key not in _VOLATILE}
        text = json.dumps(stable, sort_keys=True, ensure_ascii=False)
        self._seed = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        self.careful = bool(inputs.get("findings"))
        previous = inputs.get("previous")
        self._previous = set(map(str, previous.values())) if isinstance(previous, Mapping) else {str(previous)}

    def rank(self, purpose: str, text: str) -> str:
        """A stable pseudo-random rank of ``text`` for this request."""
        return hashlib.sha256(f"{purpose}\0{text}\0{self._seed}".encode()).hexdigest()

    def ordered(self, purpose: str, texts: Iterable[str]) -> list[str]:
        """All texts, in this request's order."""
        return sorted(dict.fromkeys(texts), key=lambda text: self.rank(purpose, text))

    def choose(self, purpose: str, texts: Iterable[str], limit: TextLimit, fallback: Sequence[str] = ()) -> str:
        """One text within the limit; where none is, a fallback; where none of them is either, one cut at a word."""
        candidates = self.ordered(purpose, texts)
        fitting = [text for text in candidates if limit.admits(text)]
        if self.careful:
            fitting = [text for text in fitting if text not in self._previous] or fitting
            fitting = sorted(fitting, key=len)[: max(1, len(fitting) // 4)]
            fitting = sorted(fitting, key=lambda text: self.rank(purpose, text))
        if fitting:
            return fitting[0]
        spare = [text for text in fallback if limit.admits(text)]
        if spare:
            return self.ordered(purpose, spare)[0]
        every = [*candidates, *fallback]
        short_enough = [text for text in every if len(text) <= limit.max_characters]
        return max(short_enough, key=len) if short_enough else cut(min(every, key=len), limit.max_characters)

    def choose_from_first(
        self, purpose: str, groups: Sequence[Sequence[str]], limit: TextLimit, fallback: Sequence[str] = ()
    ) -> str:
        """As ``choose``, from the first group that holds a fitting text."""
        every = [text for group in groups for text in group]
        group = next((group for group in groups if any(limit.admits(text) for text in group)), every)
        return self.choose(purpose, group, limit, fallback)


def cut(text: str, max_characters: int) -> str:
    """The text, shortened at a word; a final full stop is kept where it was."""
    if len(text) <= max_characters:
        return text
    stop = "." if text.endswith(".") else ""
    kept = text[: max_characters - len(stop) + 1].rsplit(" ", 1)[0][: max_characters - len(stop)]
    return kept.rstrip(" ,:;–-.") + stop
