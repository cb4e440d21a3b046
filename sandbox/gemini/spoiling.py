"""Replies as a bad model gives them: well-formed, and wrong in what they say. Pure.

What belongs elsewhere: replies whose form is broken (``app``), good sentences (``cells``, ``openers``, ``profiles``).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Answer = dict[str, Any]

_TEXTS = ("subject", "intro", "social_proof", "opener", "opener_secondary", "summary")
_ENGLISH = "We help your team with the daily work on the floor and give it more time for the things that really matter."
_LONG = 300  # words


def spoilt(text: str, mode: str, *, again: bool) -> str:
    """The reply as this mode of the switch makes it; ``again`` is a second attempt, which "careless" and "unproven" leave alone."""
    spoil = _AT_FIRST.get(mode) if not again else None
    spoil = spoil or _ALWAYS.get(mode)
    answer = json.loads(text) if spoil else None
    if spoil is None or not isinstance(answer, dict):
        return text
    spoil(answer)
    return json.dumps(answer, ensure_ascii=False)


def _careless(answer: Answer) -> None:
    """A number and a claim that no rule lets pass."""
    for field in ("opener", "intro"):
        if isinstance(answer.get(field), str):
            answer[field] = "Garantiert 100 % sparen Sie mit uns. " + answer[field]


def _unproven(answer: Answer) -> None:
    """Quotes that stand on no page."""
    for proof in answer.get("evidence") or ():
        if isinstance(proof, dict):
            proof["span"] = f"Man sagt uns nach: {proof['claim']} ist unsere Sache."


def _english(answer: Answer) -> None:
    for field in _said(answer):
        answer[field] = _ENGLISH if field != "subject" else "More time for the things that matter"


def _number(answer: Answer) -> None:
    """A number that stands in no input."""
    for field in _said(answer):
        stop = "." if answer[field].endswith(".") else ""
        answer[field] = f"{answer[field].rstrip('.')}, im Schnitt um 47 %{stop}"


def _wordy(answer: Answer) -> None:
    for field in _said(answer):
        words = answer[field].rstrip(".").split() or ["viel"]
        answer[field] = " ".join((words * (_LONG // len(words) + 1))[:_LONG]) + "."


def _other(answer: Answer) -> None:
    """A good reply to a question that nobody asked."""
    answer["id"] = "vertrieb|raumfahrt"


def _said(answer: Answer) -> list[str]:
    return [field for field in _TEXTS if isinstance(answer.get(field), str) and answer[field]]


_AT_FIRST: dict[str, Callable[[Answer], None]] = {"careless": _careless, "unproven": _unproven}
_ALWAYS: dict[str, Callable[[Answer], None]] = {
    "english": _english,
    "number": _number,
    "wordy": _wordy,
    "other": _other,
}
