"""From the text of a job title to its words: spelling, gender marks, signing marks and separators. Pure.

What belongs elsewhere: what the words mean (``job_title_dictionary``) and what they say together (``job_titles``).
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from gtm_assets.research.job_title_words import ABBREVIATIONS, NOISE_WORDS

# How a word is tied to the one before it: nothing, a hyphen, "und" / "&" / "/", or a comma, bracket or dash.
Link = Literal["space", "glue", "join", "break"]

MAX_CHARACTERS = 300  # a job title is shorter; what is longer is a text pasted into the wrong field


@dataclass(frozen=True)
class Word:
    """One folded, canonical word and how it is tied to the word before it."""

    text: str
    link: Link


def fold(text: str) -> str:
    """Lower case without accents, "ß" as "ss", and umlauts in one spelling whether written ä, ae or a.

    >>> fold("GESCHÄFTSFÜHRER") == fold("Geschaeftsfuehrer") == fold("Geschaftsfuhrer")
    True
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(
        c for c in decomposed if not unicodedata.combining(c) and unicodedata.category(c) != "Cf"
    ).casefold()
    # "aue", "eue" and "que" are no umlauts: Baueinkauf, Steuer, Bequemlichkeit.
    return re.sub(r"(?<![aeq])ue", "u", plain.replace("ae", "a").replace("oe", "o"))


_GENDER_LETTERS = r"(?:[mwfdxigna]|div|divers|andere)"
_GENDER_REMARK = re.compile(
    rf"\(\s*(?:{_GENDER_LETTERS}(?:\s*[/|,*+]\s*{_GENDER_LETTERS}\*?)+|gn|mwd|wmd|mfd|all genders?|\*)\s*\)"
    r"|(?<![a-z0-9&])(?:[mwf]/[mwfd](?:/[dxgi])?|[mwf]\|[mwf]\|[dx])(?![a-z0-9])"
)
_GENDER_ENDINGS = re.compile(
    r"(?<=[a-z])(?:\s?[/:*_·•|’'.!]\s?-?|\(-?)in(?:nen)?\)?(?![a-z])"  # Leiter/in, Leiter:in, Leiter*in, Leiter(in)
    r"|(?<=mann)\s?[/:*_]\s?-?(?:kauf)?frau(?![a-z])"
    r"|(?<=[a-z]e)(?:[/:*_·]-?|\(-?)[rn]\)?(?![a-z])"  # Beauftragte/r, Technische(r)
)
_FORMER = re.compile(r"(?<![a-z])(?:a\s?\.\s?d|i\s?\.\s?r)\s?\.?(?![a-z])")
_SIGNING = re.compile(r"(?<![a-z])(?:i\s?\.\s?[va]\s?\.?|p\.\s?p\.\s?a?\.?|ppa\.?)(?![a-z])")
_DEGREE = re.compile(
    r"(?<![a-z])(?:diplom-?\s?(?:[a-z]+)(?:-?ingenieur|-?kaufmann)?(?![a-z])"
    r"|dipl\s?\.?[-\s]*(?:[a-z]{2,9}\.?\s?-\s?){0,2}"
    r"(?:ing|kfm|kffr|kaufmann|inf|inform|bw|betriebsw|betriebswirt|ok|okon|volksw|chem|phys|biol|math|jur|oec|wi|wirt|oek"
    r"|kaufm)?\.?(?![a-z])"
    r"|(?:wirtsch|wirt)\s?\.\s?-?\s?ing\.?|(?:b|m)\s?\.\s?(?:sc|eng|a|ba)\.?(?![a-z]))"
)
# Signs that belong to a word, replaced before the signs become separators.
_FIXED = (
    (re.compile(r"(?<![a-z])f\s?[&+]\s?e(?![a-z])|(?<![a-z])r\s?(?:&|\+|n)\s?d(?![a-z])"), " forschung "),
    (re.compile(r"(?<![a-z])m\s?&\s?a(?![a-z])"), " mergers "),
    (re.compile(r"(?<![a-z])fp\s?&\s?a(?![a-z])"), " controlling "),
    (re.compile(r"(?<![a-z])s\s?&\s?op(?![a-z])"), " supply planning "),
    (re.compile(r"(?<![a-z])ein-?\s*(?=(?:und|u\.?|&|\+|/)\s*-?verk)"), "einkauf "),
    (re.compile(r"(?<![a-z])ver-\s*(?=(?:und|u\.?|&|\+|/)\s*-?einkauf)"), "verkauf "),
    (re.compile(r"(?<![a-z])gesch(?:aft)?s?\s?\.\s?-?\s?f(?:uh)?r?(?:er)?\.?(?![a-z])"), "geschaftsfuhrer "),
    (re.compile(r"(?<![a-z])gesch(?:aft)?s?\s?\.?\s?-?\s?(?:ltg|leitg)\.?(?![a-z])"), "geschaftsleitung "),
    (re.compile(r"(?<![a-z])n\.\s?n\.?(?![a-z])"), " vakant "),
)
_WORD = re.compile(r"[^\W_]+")
_JOIN_WORDS = frozenset(
    fold(word) for word in ("und", "u", "and", "sowie", "plus", "bzw", "beziehungsweise", "oder", "or", "y")
)
_FEMININE = re.compile(r"^(.{2,}(?:er|or|ar|ist|ent|ant|chef|stand|at|arzt|anwalt|wirt))in(?:nen)?$")
_ADJECTIVES = re.compile(r"^(?:(technisch|techn|tech(?=e))|(kaufmannisch|kaufm|kfm))(?:e|er|en|em|es)?$")
_GERMAN_LEADING = re.compile(r"^(geschaftsfuhrend|leitend)(?:e|er|en|em|es)$")


@lru_cache(maxsize=1)
def _replacements() -> dict[str, str]:
    return {fold(short): fold(full) for short, full in ABBREVIATIONS.items()}


@lru_cache(maxsize=1)
def _noise() -> frozenset[str]:
    return frozenset(fold(word.strip()) for word in NOISE_WORDS.split(","))


@lru_cache(maxsize=16384)
def _canonical(word: str) -> str:
    """One spelling for abbreviations, female forms and inflected adjectives of a folded word."""
    word = _replacements().get(word, word)
    if found := _FEMININE.match(word):
        word = found[1]
    if word.endswith("frau") and len(word) > 6:
        word = word[:-4] + "mann"
    if found := _ADJECTIVES.match(word):
        return "technisch" if found[1] else "kaufmannisch"
    if found := _GERMAN_LEADING.match(word):
        return found[1]
    return word


def _repaired(text: str) -> str:
    """UTF-8 that was read as Latin-1 on its way into the CRM ("GeschÃ¤ftsfÃ¼hrer"), and HTML entities."""
    text = html.unescape(text)
    if "Ã" in text:
        try:
            return text.encode("cp1252").decode("utf-8")
        except UnicodeError:
            return text
    return text


def _link(gap: str, *, first: bool) -> Link:
    if first:
        return "break"
    if re.search(r"[^\s\-/&+.'’\"!?*_]", gap) or re.search(r"\s[-]+\s", gap) or "\n" in gap:
        return "break"
    if re.search(r"[/&+]", gap):
        return "join"
    return "glue" if gap == "-" else "space"


_STRENGTH: dict[Link, int] = {"glue": 0, "space": 1, "break": 2, "join": 3}


@lru_cache(maxsize=16384)
def words_of(title: str) -> tuple[Word, ...]:
    """The words of a title without gender marks, degrees, signing marks and articles. Never raises.

    A word that only joins ("und") or is dropped leaves its link to the next word, the stronger one wins.
    """
    text = fold(_repaired(title[:MAX_CHARACTERS])).replace("–", " - ").replace("—", " - ").replace("‐", "-")
    text = _GENDER_REMARK.sub(" ", text)
    text = _GENDER_ENDINGS.sub("", text)
    text = _FORMER.sub(" exformer ", text)
    text = _SIGNING.sub(" ", text)
    text = _DEGREE.sub(" ", text)
    for pattern, replacement in _FIXED:
        text = pattern.sub(replacement, text)
    words: list[Word] = []
    carried: Link = "glue"
    end = 0
    for found in _WORD.finditer(text):
        link = _link(text[end : found.start()], first=not words and carried == "glue")
        end = found.end()
        carried = max(carried, link, key=_STRENGTH.__getitem__)
        raw = found[0]
        if raw in _JOIN_WORDS:
            carried = "join"
            continue
        if raw in _noise():
            carried = max(carried, "space", key=_STRENGTH.__getitem__)
            continue
        words.append(Word(_canonical(raw), carried if words else "break"))
        carried = "glue"
    return tuple(words)


def spelling_key(title: str) -> tuple[str, ...]:
    """The words alone, "-leitung" as "-leiter": two titles with one key are the same title spelled differently."""
    return tuple(re.sub(r"(leitung|ltg|ltr)$", "leiter", word.text) for word in words_of(title))
