"""What a single word or fixed phrase of a job title means: dictionary, compounds, and typing errors last.

What belongs elsewhere: the entries themselves (``job_title_functions``, ``job_title_departments``,
``job_title_words``), spelling
(``job_title_text``), and what the words of a title say together (``job_titles``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from gtm_assets.research import job_title_departments as departments
from gtm_assets.research import job_title_functions as functions
from gtm_assets.research import job_title_words as words
from gtm_assets.research.job_title_text import fold, words_of


@dataclass(frozen=True)
class Meaning:
    """What a word says. ``known`` is false for a word outside the dictionary; a neutral word is known and empty."""

    function: str | None = None
    seniority: str | None = None
    english: bool = False  # English only: its noun phrases put the deciding word last
    body: bool = False  # a body of several people, in which or for which somebody works
    soft: bool = False  # leads the company unless a function stands beside it
    adjective: bool = False
    known: bool = True


NEUTRAL, UNKNOWN = Meaning(), Meaning(known=False)


def _entries(text: str) -> Iterator[tuple[str, ...]]:
    for entry in text.split(","):
        phrase = tuple(word.text for word in words_of(entry))
        if phrase:
            yield phrase


@lru_cache(maxsize=1)
def dictionary() -> dict[tuple[str, ...], Meaning]:
    """All entries by their canonical words. Later groups do not override earlier ones."""
    found: dict[tuple[str, ...], Meaning] = {}

    def add(text: str, meaning: Meaning) -> None:
        for phrase in _entries(text):
            found.setdefault(phrase, meaning)

    add(words.GENERAL_MANAGEMENT_BODIES, Meaning(functions.GENERAL_MANAGEMENT, words.EXECUTIVE, body=True))
    add(words.GENERAL_MANAGEMENT_WORDS, Meaning(functions.GENERAL_MANAGEMENT, words.EXECUTIVE))
    add(words.SOFT_GENERAL_MANAGEMENT_WORDS, Meaning(functions.GENERAL_MANAGEMENT, words.EXECUTIVE, soft=True))
    for short, name in words.C_LEVEL.items():
        add(short, Meaning(name, words.CHIEF))
    add("Chefeinkäufer, Haupteinkäufer, Einkaufschef", Meaning("purchasing", words.HEAD))
    for seniority, text in words.NOT_LEADING_WORDS.items():
        add(text, Meaning(None, seniority))
    for seniority, text in words.RANK_WORDS.items():
        add(text, Meaning(None, seniority))
    add("technisch", Meaning(functions.TECHNICAL_MANAGEMENT, adjective=True))
    add("technical", Meaning(functions.TECHNICAL_MANAGEMENT, adjective=True, english=True))
    add("kaufmännisch", Meaning(functions.COMMERCIAL_MANAGEMENT, adjective=True))
    for function in departments.FUNCTIONS:
        add(function.german, Meaning(function.name))
        add(function.english, Meaning(function.name, english=True))
    add(words.NO_RANK_PHRASES, NEUTRAL)
    add(words.NEUTRAL_WORDS, NEUTRAL)
    for seniority, text in words.NOT_LEADING_ENDINGS.items():
        add(text, Meaning(None, seniority))
    add(words.REAL_WORDS, UNKNOWN)
    return found


@lru_cache(maxsize=1)
def longest_phrase() -> int:
    """The number of words of the longest entry."""
    return max(map(len, dictionary()))


@lru_cache(maxsize=1)
def weights() -> dict[str, int]:
    """Function name -> weight (see ``job_title_functions``)."""
    return {function.name: function.weight for function in departments.FUNCTIONS}


@lru_cache(maxsize=1)
def families() -> dict[str, str]:
    """Function name -> the family of neighbouring functions; a function without an entry is its own family."""
    unclear = dict.fromkeys(words.C_LEVEL.values(), functions.MIXED)  # overridden where the function is known
    return unclear | {function.name: function.family for function in departments.FUNCTIONS}


def _listed(text: str) -> list[str]:
    return [fold(entry.strip()) for entry in text.split(",")]


@lru_cache(maxsize=1)
def _rank_endings() -> tuple[tuple[str, str], ...]:
    return tuple((word, seniority) for seniority, text in words.RANK_ENDINGS.items() for word in _listed(text))


@lru_cache(maxsize=1)
def _not_leading_endings() -> tuple[tuple[str, str], ...]:
    pairs = [(word, seniority) for seniority, text in words.NOT_LEADING_ENDINGS.items() for word in _listed(text)]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


@lru_cache(maxsize=1)
def _compound_endings() -> tuple[str, ...]:
    return tuple(sorted(_listed(departments.COMPOUND_ENDINGS), key=len, reverse=True))


@lru_cache(maxsize=1)
def _fillers() -> tuple[str, ...]:
    return tuple(sorted(_listed(departments.COMPOUND_FILLERS), key=len, reverse=True))


def _stem_function(stem: str) -> Meaning | None:
    """The function of a compound's first part: "produktions", "lager", "zentrallager", "einkaufsbereichs"."""
    entries = dictionary()
    # The letters that join the parts of a compound.
    spellings = [stem, *(stem.removesuffix(joint) for joint in ("s", "n", "en", "es") if stem.endswith(joint))]
    for spelling in spellings:
        meaning = entries.get((spelling,))
        if meaning and meaning.known and meaning.seniority is None:
            return meaning
    for spelling in spellings:
        for ending in _compound_endings():
            if spelling.endswith(ending) and len(spelling) > len(ending) + 2:
                return entries[(ending,)]
    for spelling in spellings:
        for filler in _fillers():
            if spelling.endswith(filler) and len(spelling) > len(filler) + 2:
                return _stem_function(spelling.removesuffix(filler))
    return None


def _compound(word: str) -> Meaning | None:
    """A closed compound: its last part says what the person is, the first part of what."""
    if word.endswith(("geschaftsfuhrer", "geschaftsleiter", "geschaftsleitung", "geschaftsfuhrung")):
        return Meaning(functions.GENERAL_MANAGEMENT, words.EXECUTIVE)
    if word.startswith(("assist", "sekret")):
        return Meaning(None, words.ASSISTANT)
    if re.match(r"(aufsichts|betriebs|personal|verwaltungs)rat", word):
        return Meaning(None, words.BOARD)
    for ending, seniority in _not_leading_endings():
        if word.endswith(ending) and len(word) > len(ending) + 1:
            stem = _stem_function(word.removesuffix(ending))
            return Meaning(stem.function if stem else None, seniority)
    if re.match(r"(geschaftsfuhr|vorstand|geschaftsleit)", word):
        return UNKNOWN  # some other thing of the management: "Vorstandsfahrzeuge"
    return _compound_head(word) or _compound_function(word)


def _compound_head(word: str) -> Meaning | None:
    """Somebody who leads: "Produktionsleiter", "Fertigungsleitung", "Finanzvorstand"."""
    for ending, seniority in _rank_endings():
        if word.endswith(ending) and len(word) > len(ending) + 1:
            stem = word.removesuffix(ending)
            if stem.endswith("schicht"):
                return Meaning(None, words.FOREMAN)
            found = _stem_function(stem)
            return replace(found, seniority=seniority, english=False) if found else None
    return None


def _compound_function(word: str) -> Meaning | None:
    """A function alone: "Baustofflogistik"; of a short word only the genitive ("Leiter des Werks")."""
    if len(word) > 6:
        return _stem_function(word)
    genitive = dictionary().get((word.removesuffix("s"),)) if len(word) > 4 else None
    return genitive if genitive and genitive.function and not genitive.seniority else None


_PARTS_FOR_TYPING_ERRORS = ("leiter", "leitung", "manager")


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[str, ...]:
    """Single words and the common compounds that a mistyped word may have meant."""
    single = {word for phrase in dictionary() for word in phrase}
    listed = (word for function in departments.FUNCTIONS for word in _entries(function.german) if len(word) == 1)
    # Two wrong letters in a short stem make another word (Reiseleiter); these two are too common to leave out.
    stems = [word for (word,) in listed if len(word) >= 6 or word in {"lager", "werk"}]
    for stem in stems:
        for rank in _PARTS_FOR_TYPING_ERRORS:
            joint = "s" if stem.endswith(("ung", "ion", "at", "auf", "ieb", "and", "ienst")) else ""
            single.add(stem + joint + rank)
    return tuple(sorted(word for word in single if len(word) >= 6))


def _typing_error(word: str) -> str | None:
    """The nearest word of the vocabulary, if all that are equally near mean the same.

    One wrong letter from six letters on, two from twelve on: beyond that other real words are as near.
    """
    if len(word) < 6 or not word.isalpha():
        return None
    limit = 2 if len(word) >= 12 else 1
    found = process.extract(word, _vocabulary(), scorer=OSA.distance, score_cutoff=limit, limit=6)
    # A wrong first letter is rare, and another first letter makes another word: Leitung and Zeitung.
    near = {text: int(away) for text, away, _ in found if text[0] == word[0] or (away == 1 and len(word) > 8)}
    if not near:
        uninflected = re.sub(r"(?<=isch)e[rnsm]?$", "", word)
        return _typing_error(uninflected) if uninflected != word else None
    nearest = sorted(text for text, away in near.items() if away == min(near.values()))
    return nearest[0] if len({replace(single_word(text), english=False) for text in nearest}) == 1 else None


@lru_cache(maxsize=16384)
def single_word(word: str) -> Meaning:
    """What one canonical word means by dictionary or as a compound; typing errors are not looked at."""
    if word.isdigit():
        return NEUTRAL
    found = dictionary().get((word,))
    return found or _compound(word) or UNKNOWN


@lru_cache(maxsize=16384)
def corrected(word: str) -> str:
    """The word itself if it means something, else the word of the dictionary it is a typing error of, else itself."""
    if word.isdigit() or (word,) in dictionary():
        return word
    found = _compound(word)
    if found and (found.function or found.seniority in words.LEADING):
        return word
    meant = _typing_error(word)
    if meant is None or (found and single_word(meant).function != functions.GENERAL_MANAGEMENT):
        return word  # an ending alone ("-führer") gives way only to "Gechäftsführer"
    return meant
