"""Whether a text spells its company's name right: "Mueller CNC", "Müler CNC", "Müller Cnc" and "Müller-CNC" are not "Müller CNC".

Pure functions. Right are the name, the name without its legal form, both inflected ("des Klinikums Auental", "Müllers"), and what is left
when words are dropped from its end ("Jungheinrich" of "Jungheinrich Logistiksysteme GmbH"): so people speak. What belongs elsewhere: other
companies' names (``naming``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from gtm_assets.research.word_lists import FUNCTION_WORDS
from gtm_assets.texts.naming import LEGAL_FORM, core_name

_CONNECTORS: Final = frozenset({"&", "+", "und", "u.", "and"})
# Endings by which a word differs from itself: "Wiese" and "Wiesen", "Fischer" and "Fischen".
_INFLECTIONS: Final = frozenset({"", "e", "n", "r", "s", "t", "en", "er", "es", "em", "et", "ern"})
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
# A single word one letter away from the name is meant as the name where names stand: "bei Schmitt" for Schmidt, not "jeder Meister" for
# Meisner.
_BEFORE_NAMES: Final = frozenset(
    {"bei", "von", "für", "mit", "dank", "durch", "wie", "an", "ohne", "zu", "aus", "um", "hinter", "firma"}
)
# Shorter forms have too many ordinary words for neighbours.
_SHORTEST: Final = 5
_SHORTEST_TYPO: Final = 6
_TWO_TYPOS: Final = 12
_EDGES: Final = " .,;:!?\"'„“”»«()"


@dataclass(frozen=True)
class _Form:
    """One right way to write the name: the name without its legal form, or the beginning of it."""

    words: tuple[str, ...]
    is_whole: bool

    @property
    def text(self) -> str:
        return " ".join(self.words)


def misspelled(text: str, name: str, known: str = "") -> tuple[tuple[str, str], ...]:
    """Wrong spellings of the company's name in the text, each with the right one.

    Args:
        text: The text.
        name: The company's name as the CRM has it.
        known: Text with ordinary words, such as the website's: a single word that stands there as it is may be no name at all.
    """
    forms = _forms(name)
    if not forms:
        return ()
    found: dict[str, str] = dict(_wrong_legal_forms(text, name))
    rest = _right(forms).sub("\0", text)
    ordinary = frozenset(re.findall(r"\w+", known))
    words = [word.strip(_EDGES) for word in rest.split()]
    # A window must not reach over the end of a part of the sentence.
    ends = [
        index
        for index, word in enumerate(rest.split())
        if word.rstrip("\"'“”»)").endswith((",", ";", ":", ".", "!", "?"))
    ]
    taken: set[int] = set()
    for size in range(len(forms[0].words) + 1, 0, -1):
        for start in range(len(words) - size + 1):
            span = range(start, start + size)
            window = words[start : start + size]
            if taken.intersection(span) or any(end in span[:-1] for end in ends) or not all(window):
                continue
            named = start == 0 or words[start - 1].casefold() in _BEFORE_NAMES
            right = _meant(window, forms, ordinary, may_be_typo=named or size > 1)
            if right:
                found.setdefault(" ".join(window), right)
                taken.update(span)
    return tuple(found.items())


@lru_cache(maxsize=1024)  # one batch of accounts
def _forms(name: str) -> tuple[_Form, ...]:
    """Right forms, the longest first."""
    words = tuple(core_name(name).split())
    lengths = [n for n in range(len(words), 0, -1) if words[n - 1].casefold() not in _CONNECTORS | FUNCTION_WORDS]
    return tuple(_Form(words[:n], n == len(words)) for n in lengths)


@lru_cache(maxsize=1024)
def _right(forms: tuple[_Form, ...]) -> re.Pattern[str]:
    """The whole name rightly written, each word inflected or not; a name of small letters may begin a sentence."""
    parts = []
    for index, word in enumerate(forms[0].words):
        letters = (
            f"[{word[0]}{word[0].upper()}]{re.escape(word[1:])}"
            if index == 0 and word[0].islower()
            else re.escape(word)
        )
        parts.append(rf"{letters}{_inflection(word)}")
    return re.compile(r"(?<![\w-])" + r"\s+".join(parts) + r"(?!\w|-\w)")


def _inflection(word: str) -> str:
    return r"(?:n|en|s|es|e|’s|’|')?" if word[-1].isalpha() else ""


def _meant(window: Sequence[str], forms: Sequence[_Form], ordinary: frozenset[str], *, may_be_typo: bool) -> str:
    """The right form where the window is a wrong one; empty where it is right, or is no name."""
    if any(_is_right(window, form) for form in forms):
        return ""
    if window[0].casefold() in _CONNECTORS or window[-1].casefold() in _CONNECTORS:
        return ""
    for form in forms:
        if _is_other_spelling(window, form, ordinary) or (may_be_typo and _is_typo(window, form, ordinary)):
            return form.text
    whole = forms[0]
    if _lacks_a_part(window, whole.words) or _has_another_partner(window, whole.words):
        return whole.text
    if len(window) == 1:
        return next((word for word in whole.words if _is_wrong_acronym(window[0], word, whole, ordinary)), "")
    return ""


def _is_right(window: Sequence[str], form: _Form) -> bool:
    if len(window) != len(form.words):
        return False
    # A CRM may hold the name in capitals; people don't write it so.
    shouted = form.text.isupper()
    return all(
        re.fullmatch(re.escape(word) + _inflection(word), seen)
        or (shouted and len(word) > 3 and re.fullmatch(re.escape(word.capitalize()) + _inflection(word), seen))
        for word, seen in zip(form.words, window, strict=True)
    )


def _is_other_spelling(window: Sequence[str], form: _Form, ordinary: frozenset[str]) -> bool:
    """Other case, umlauts, hyphens, spaces or signs, the same letters."""
    wanted = _folded(form.words)
    if _folded(window) != wanted or len(wanted) < _SHORTEST:
        return False
    if len(window) != len(form.words) and not form.is_whole and "-" not in "".join(window):
        return False  # "Metallbau" is no spelling of a name that begins with "Metall Bau"
    if len(window) > 1:
        return True
    if window[0] in ordinary:
        return False
    # An adjective or a noun may be written like the name: "frisch", "Wiese".
    only_case = window[0].casefold() == form.text.casefold()
    return not only_case or (window[0].isupper() and not form.text.isupper())


def _is_typo(window: Sequence[str], form: _Form, ordinary: frozenset[str]) -> bool:
    seen, wanted = _folded(window), _folded(form.words)
    if len(wanted) < _SHORTEST_TYPO or not window[0][:1].isupper() or seen[:1] != wanted[:1]:
        return False
    if not form.is_whole and len(window) != len(form.words):
        return False
    if _connectors(window) != _connectors(form.words):
        return False  # "Becken und Bäder" is no "Becker Bäder"
    limit = 1 if len(wanted) < _TWO_TYPOS else 2
    if not 0 < OSA.distance(seen, wanted, score_cutoff=limit) <= limit:
        return False
    if len(window) > 1:
        return not _differs_by_inflection(window, form.words)
    return window[0] not in ordinary and not _differs_by_inflection([seen], [wanted])


def _connectors(words: Sequence[str]) -> int:
    return sum(word.casefold() in _CONNECTORS for word in words)


def _differs_by_inflection(window: Sequence[str], words: Sequence[str]) -> bool:
    if len(window) != len(words):
        return False
    for seen, wanted in zip(window, words, strict=True):
        shared = next(
            (n for n, (a, b) in enumerate(zip(seen, wanted, strict=False)) if a != b), min(len(seen), len(wanted))
        )
        # Beside another word of the name, what is cut off is no inflection: "Flughafen Niederau" is not "Flughafen Niederaue".
        if not {seen[shared:], wanted[shared:]} <= _INFLECTIONS or (len(words) > 1 and wanted[shared:]):
            return False
    return True


def _lacks_a_part(window: Sequence[str], words: Sequence[str]) -> bool:
    """Whether a middle part of the name was left out: "Müller Technik" of "Müller CNC Technik"."""
    if len(window) < 2 or window[0] != words[0] or any(word.casefold() in FUNCTION_WORDS for word in window):
        return False
    rest = iter(words)
    return all(word in rest for word in window) and list(window) != list(words[: len(window)])


def _has_another_partner(window: Sequence[str], words: Sequence[str]) -> bool:
    """Whether somebody else stands behind the "&": "Harms & Söhne" for "Harms & Töchter"."""
    if len(window) != len(words) or len(words) < 3 or words[-2] not in {"&", "+"}:
        return False
    return list(window[:-1]) == list(words[:-1]) and window[-1][:1].isupper()


def _is_wrong_acronym(seen: str, word: str, whole: _Form, ordinary: frozenset[str]) -> bool:
    if not word.isupper() or len(word) < 3 or not word.isalpha() or (whole.text.isupper() and len(word) > 3):
        return False
    piece = next((each for each in seen.split("-") if each.casefold() == word.casefold()), word)
    return piece != word and piece not in ordinary and piece.casefold() not in FUNCTION_WORDS


def _wrong_legal_forms(text: str, name: str) -> Iterator[tuple[str, str]]:
    """The name with a legal form that is not its own, or not all of it."""
    core = core_name(name)
    for match in re.finditer(
        rf"(?<![\w-]){re.escape(core)}\s+{LEGAL_FORM}(?:\s*&\s*Co\.?(?:\s*KG(?:aA)?)?)?(?!\w)", text
    ):
        if " ".join(match[0].split()) != " ".join(name.split()):
            yield match[0], core


def _folded(words: Sequence[str]) -> str:
    """Letters and digits only, small, umlauts written out, "und" left out."""
    text = "".join(word for word in words if word.casefold() not in _CONNECTORS)
    composed = unicodedata.normalize("NFC", text).casefold().translate(_UMLAUTS)
    return "".join(each for each in composed if each.isalnum())
