"""The profile of one company: which vertical its website speaks of, with quotes; ops focus; summary.

Decided by words that the website shares with a vertical's name and definition; weak or divided evidence means "unknown".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.gemini.choosing import cut, limit_of
from sandbox.gemini.german import short_company_name
from sandbox.gemini.openers import activities
from sandbox.gemini.reading import sentences

UNKNOWN = "unknown"
_MAX_QUOTES = 3
_MAX_QUOTE_CHARACTERS = 200
_MIN_STEMS = 3
_MIN_SCORE = 3.0
_MIN_LEAD = 1.25
_COMMON = {
    "aber",
    "alle",
    "auch",
    "betrieb",
    "betriebe",
    "damit",
    "dass",
    "dem",
    "den",
    "der",
    "des",
    "die",
    "durch",
    "eine",
    "einem",
    "einen",
    "einer",
    "einrichtungen",
    "hersteller",
    "herstellung",
    "ihre",
    "ihren",
    "mehr",
    "nicht",
    "oder",
    "sein",
    "sich",
    "sind",
    "sowie",
    "unser",
    "unsere",
    "unter",
    "viele",
    "vom",
    "von",
    "werden",
    "wird",
    "über",
}
# English words of websites -> the German stems that definitions use.
_ENGLISH = {
    "warehouse": "lager logistikzentrum",
    "warehousing": "lager logistikzentrum",
    "logistics": "logistikzentrum",
    "picking": "kommissionierung",
    "pallets": "palette",
    "shipping": "versand",
    "inbound": "wareneingang",
    "machining": "zerspanung",
    "patients": "patienten",
    "hospital": "krankenhaus",
    "guests": "gäste",
    "rooms": "zimmer",
    "visitors": "besucher",
    "customers": "kunden",
    "shelves": "regale",
    "laboratory": "labor",
}
_OPERATIVE = (
    "materialfluss",
    "laufwege",
    "transportwege",
    "handgriff",
    "abläufe",
    "bereitstell",
    "wege",
    "taktzeit",
    "schicht",
)
_INFRASTRUCTURE = ("gebäude", "flächen", "sauber", "hygien", "reinigung", "gepflegt", "haustechnik", "böden")


@dataclass(frozen=True)
class _Match:
    key: str
    name: str
    score: float
    stems: frozenset[str]


def profile(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The reply for inputs of task "profile" (shape: gtm_assets.research.profile_prompt)."""
    text = str(inputs.get("website_text") or "")
    read = sentences(text)
    company = short_company_name(str((inputs.get("company") or {}).get("name") or ""))
    decided = _decide(inputs.get("verticals") or (), read)
    limit = limit_of(inputs, "summary").max_characters
    return {
        "id": inputs.get("id", ""),
        "vertical_key": decided.key if decided else UNKNOWN,
        "evidence": _quotes(read, decided) if decided else [],
        "ops_focus": _ops_focus(read),
        "summary": _summary(company, decided, text, read, limit),
    }


def _decide(verticals: Sequence[Mapping[str, Any]], read: Sequence[str]) -> _Match | None:
    words = Counter(_words(" ".join(read)))
    for english, german in _ENGLISH.items():
        if english in words:
            words.update(german.split())
    stems = {str(v.get("key")): _stems(f"{v.get('name', '')} {v.get('definition', '')}") for v in verticals}
    shared = Counter(stem for own in stems.values() for stem in own)
    matches = []
    for vertical in verticals:
        key = str(vertical.get("key"))
        hits = {stem: _count(stem, words) for stem in stems[key]}
        found = frozenset(stem for stem, count in hits.items() if count)
        score = sum((1 + 0.3 * min(hits[stem] - 1, 3)) / shared[stem] for stem in found)
        matches.append(_Match(key, str(vertical.get("name") or key), score, found))
    matches.sort(key=lambda match: (-match.score, match.key))
    if not matches or matches[0].score < _MIN_SCORE or len(matches[0].stems) < _MIN_STEMS:
        return None
    if len(matches) > 1 and matches[0].score < _MIN_LEAD * matches[1].score:
        return None
    return matches[0]


def _words(text: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Za-zÄÖÜäöüß]{4,}", text)]


def _stems(text: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in _words(text) if word not in _COMMON)


def _stem(word: str) -> str:
    for ending in ("en", "er", "e", "n", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def _count(stem: str, words: Mapping[str, int]) -> int:
    """How often the stem occurs, also as part of a compound when it is long enough to mean something."""
    return sum(count for word, count in words.items() if word.startswith(stem) or (len(stem) >= 6 and stem in word))


def _quotes(read: Sequence[str], decided: _Match) -> list[str]:
    """The sentences that carry most of the words the decision rests on, verbatim."""
    scored = [(sum(1 for stem in decided.stems if _count(stem, Counter(_words(s)))), s) for s in read]
    best = sorted((item for item in scored if item[0]), key=lambda item: -item[0])
    return [
        sentence if len(sentence) <= _MAX_QUOTE_CHARACTERS else _piece(sentence) for _, sentence in best[:_MAX_QUOTES]
    ]


def _piece(sentence: str) -> str:
    """The beginning of a long sentence, cut at a word: still verbatim."""
    return sentence[:_MAX_QUOTE_CHARACTERS].rsplit(" ", 1)[0]


def _ops_focus(read: Sequence[str]) -> str:
    text = " ".join(read).lower()
    operative = sum(text.count(word) for word in _OPERATIVE)
    infrastructure = sum(text.count(word) for word in _INFRASTRUCTURE)
    return "Infrastruktur" if infrastructure > operative else "Operativ"


def _summary(company: str, decided: _Match | None, text: str, read: Sequence[str], limit: int) -> str:
    known = activities(text)
    if decided and known:
        full = f"{company} ist im Bereich {decided.name} tätig. Schwerpunkt ist {known[0].nominative}."
        return full if len(full) <= limit else cut(f"{company}: {known[0].nominative}.", limit)
    if decided:
        return cut(f"{company} ist im Bereich {decided.name} tätig.", limit)
    first = next((sentence for sentence in read if len(sentence) > 30), "")
    return cut(first or f"{company}: Die Website lässt die Branche nicht erkennen.", limit)
