"""Measurements on a German text: its length as the CRM counts it, words, sentences, language, numbers, characters.

Pure functions without opinion. What belongs elsewhere: what is too much or too little of something (``rules``), lists of words
(``word_lists``).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

from gtm_assets.research.word_lists import ENGLISH_WORDS, FOREIGN_WORDS, FUNCTION_WORDS, NEVER_LAST, UNITS

# A full stop behind one of these, an initial or an ordinal ends no sentence.
_ABBREVIATION = re.compile(
    r"\b(?:z\.\s?B|d\.\s?h|u\.\s?a|o\.\s?ä|i\.\s?d\.\s?R|e\.\s?V|e\.\s?K|ca|bzw|inkl|exkl|ggf|usw|etc|evtl|Nr|Dr|Prof|Ing|Dipl|St|Str|Co|Mio"
    r"|Mrd|vgl|max|min|mind|rd|Abs|Tel|[A-ZÄÖÜ]|\d{1,2})\.(?=\s|$|[A-ZÄÖÜ&-])"
)
_SENTENCE_BREAK = re.compile(r"[.!?…][\"“”»)]*(?:\s+(?=[„\"(»]?[A-ZÄÖÜ0-9])|(?=[A-ZÄÖÜ][a-zäöü]))")
_SENTENCE_END = re.compile(r"[.!?][\"“”»)]*$")
_UNIT = "|".join(f"({pattern})" for pattern in UNITS.values())
#: Some other noun is counted.
_OTHER_UNIT: Final = "…"
_NUMBER = re.compile(rf"(\d+(?:[.,:/]\d+)*)\s*(?:(?i:{_UNIT})|([A-ZÄÖÜ][a-zäöüß]{{2,}}))?")
_THOUSANDS = re.compile(r"(?<=\d)\.(?=\d{3}(?!\d))")

# Shapes that German words do not have.
_GERMAN_SHAPE = re.compile(r"[äöüß]|(?:ung|heit|keit|schaft|lich|isch|ieren|ungen)$")
_FOREIGN_SHAPE = re.compile(
    r"[éèêëàâîïôûçñòìùáíóú]|ing$|ness$|ght|^th|^wh|ould|ough|[a-z]ies$|ción|zione$|tions$|ment[aeo]?s$|eaux?$|oooo"
)

# A clause that only begins a sentence: "Weil Ihre Hausmeister täglich kehren müssen."
_HALF_CLAUSE = re.compile(
    r"(?:Weil|Wenn|Obwohl|Während|Damit|Dass|Sobald|Nachdem|Bevor|Solange) (?:Sie|Ihre?[nrms]?|der|die|das) "
)
# An adjective without its noun: "trotz dichter".
_HALF_PHRASE = re.compile(
    r"\b(?:trotz|mit|für|bei|ohne|durch|gegen|in|im|auf|am|der|die|das|den|dem|eine[nrms]?|Ihre?[nrms]?) "
    r"(?!morgen|gestern|alle[nm]?$|andere[nm]?$|viele[nm]?$|beide[nm]?$|jeden$|diesen?$|ihnen|immer"
    r"|innen|außen|unten|oben|vorne|hinten|übermorgen)"
    r"[a-zäöüß]{3,}(?:e|en|er|es|em)$"
)

_ALLOWED_CATEGORIES: Final = frozenset({"Lu", "Ll", "Lo"})
_ALLOWED_SIGNS: Final = frozenset(" .,;:!?…'’‘‚\"„“”«»()[]{}<>&/\\%+-–—·§€$°²³®™*_#=@`~|^0123456789")


class Number(NamedTuple):
    """A number as it stands in a text: digits without thousands separators, and what is counted where that is a known unit."""

    digits: str
    unit: str = ""

    def __str__(self) -> str:
        return self.digits if self.unit in {"", _OTHER_UNIT} else f"{self.digits} {self.unit}"

    def agrees(self, other: Number) -> bool:
        """Whether both may mean the same: "30" and "30 Tage" may, "30 Tage" and "30 Stunden" can't, nor "30" and "30 %"."""
        if self.digits != other.digits:
            return False
        return self.unit == other.unit or ("" in {self.unit, other.unit} and "%" not in {self.unit, other.unit})


def crm_length(text: str) -> int:
    """Length in UTF-16 units, the strictest way a CRM may count: a character beyond the first plane is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def words(text: str) -> list[str]:
    """Runs without white space that hold at least one letter or digit; a dash between spaces is no word."""
    return [word for word in text.split() if any(character.isalnum() for character in word)]


def sentence_count(text: str) -> int:
    """How many sentences the text holds; 0 without any word. "z. B.", "Dr.", initials and ordinals end none."""
    if not words(text):
        return 0
    masked = _ABBREVIATION.sub(lambda match: match[0].replace(".", " "), text.strip())
    return len(_SENTENCE_BREAK.findall(masked)) + 1


def breaks_off(text: str) -> bool:
    """Whether the last word, or a comma, shows that more was meant to come: "weniger Wege für die", "während Reisende,"."""
    bare = text.rstrip(' .!?…"“”»)')
    if bare.endswith((",", ";", ":", "-", "–", "&", "/")):
        return True
    last = (bare.split() or [""])[-1]
    if last in NEVER_LAST or (text.endswith(".") and _HALF_CLAUSE.match(text) and "," not in text):
        return True
    return bare == text.rstrip() and (last == "nicht" or _HALF_PHRASE.search(bare) is not None)


def is_finished(text: str) -> bool:
    """Whether the text ends as a sentence does (an ellipsis is no end)."""
    return bool(_SENTENCE_END.search(text)) and not text.rstrip('"“”»)').endswith("..")


def is_german(text: str) -> bool:
    """Whether the text reads as German: by its function words, or by the shape of its words in a headline without any.

    A borrowed phrase ("Internet of Things", "Time-to-Market") does not make a text foreign.

    A language detector was considered and left out: the small ones (n-gram models) are unreliable below twenty words, exactly the length
    of these texts, and the reliable ones bring a hundred megabytes of models.
    """
    tokens = [token for token in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text.casefold()) if len(token) > 1]
    german = sum(token in FUNCTION_WORDS for token in tokens)
    foreign = sum(token in FOREIGN_WORDS for token in tokens)
    if foreign >= 2 and foreign >= german:
        return False
    if german:
        return True
    if len(tokens) > 7 or foreign:
        return False
    # A headline without any function word: German unless its words rather show that it is not ("Frühling" ends like "cleaning").
    strange = sum(token in ENGLISH_WORDS or _FOREIGN_SHAPE.search(token) is not None for token in tokens)
    return strange <= sum(_GERMAN_SHAPE.search(token) is not None for token in tokens)


def numbers(text: str) -> frozenset[Number]:
    """The numbers of a text; "1.000" and "1000" are the same, "30 %" and "30 Tage" are not."""
    return frozenset(
        Number(
            _THOUSANDS.sub("", digits),
            next((unit for unit, found in zip((*UNITS, _OTHER_UNIT), given, strict=True) if found), ""),
        )
        for digits, *given in _NUMBER.findall(text)
    )


def has_digits(text: str) -> bool:
    """Whether any character is a digit or number sign of any script ("½" too)."""
    return any(character.isnumeric() for character in text)


def strange_characters(text: str) -> tuple[str, ...]:
    """Characters a CRM text field or the mail behind it may not keep, each once, in their order.

    Allowed are Latin letters, ASCII digits and the usual signs. Line breaks and tabs are left to the rule for markup.
    """
    return tuple(dict.fromkeys(character for character in text if not _is_ordinary(character)))


def describe(character: str) -> str:
    """A character for a message: code point and name, since the character itself may be invisible."""
    return f"U+{ord(character):04X} {unicodedata.name(character, 'Steuer- oder Sonderzeichen')}"


def _is_ordinary(character: str) -> bool:
    if character in _ALLOWED_SIGNS or character in "\n\r\t\u2028\u2029":
        return True
    return unicodedata.category(character) in _ALLOWED_CATEGORIES and unicodedata.name(character, "").startswith(
        "LATIN "
    )
