"""Measurements on a German text: its length as the CRM counts it, words, sentences, language, numbers, characters.

Pure functions without opinion; what is too much or too little of something is decided in ``gtm_assets.texts.rules``.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

# A full stop behind one of these, an initial or an ordinal ends no sentence.
_ABBREVIATION = re.compile(
    r"\b(?:z\.\s?B|d\.\s?h|u\.\s?a|o\.\s?ä|i\.\s?d\.\s?R|e\.\s?V|e\.\s?K|ca|bzw|inkl|exkl|ggf|usw|etc|evtl|Nr|Dr|Prof|Ing|Dipl|St|Str|Co|Mio"
    r"|Mrd|vgl|max|min|mind|rd|Abs|Tel|[A-ZÄÖÜ]|\d{1,2})\.(?=\s|$|[A-ZÄÖÜ&-])"
)
_SENTENCE_BREAK = re.compile(r"[.!?…][\"“”»)]*(?:\s+(?=[„\"(»]?[A-ZÄÖÜ0-9])|(?=[A-ZÄÖÜ][a-zäöü]))")
_SENTENCE_END = re.compile(r"[.!?][\"“”»)]*$")
_NUMBER = re.compile(r"(\d+(?:[.,:/]\d+)*)\s*(%|Prozent|v\.\s?H\.)?", re.IGNORECASE)
_THOUSANDS = re.compile(r"(?<=\d)\.(?=\d{3}(?!\d))")

# Function words, because they are frequent, short and not borrowed. A language detector was considered and left out:
# the small ones (n-gram models) are unreliable below twenty words, exactly the length of these texts, and the
# reliable ones bring a hundred megabytes of models.
FUNCTION_WORDS: Final = frozenset(
    """der die das den dem des ein eine einen einem einer eines und oder aber sondern für mit von vom zu zum zur im am
    auf aus bei beim nach über unter durch ohne um trotz statt wie wo wenn weil dass damit ist sind wird werden bleibt
    bleiben hat haben kann können nicht kein keine keinen mehr weniger sie ihr ihre ihren ihrem ihrer ihnen sich als
    auch nur jede jeder jedes jeden dank dabei deren dessen speziell gerade besonders sowie zwischen bis ins denn hier
    heute uns unser unsere wer was gut""".split()  # noqa: SIM905 - a list of strings reads worse
)
_FOREIGN: Final = frozenset(
    """the and of for with your our you to are that this from we their they which helps without into have has these
    those while where when le la les et une pour dans avec est vous votre nous notre el los las con para por sus
    nuestro il che per gli della het een voor naar""".split()  # noqa: SIM905
)
_GERMAN_SHAPE = re.compile(r"[äöüß]|(?:en|ern|z)$|ung|keit|heit|schaft|zeit|lich|isch|sch|ig(?:e[nrms]?)?$")

_ALLOWED_CATEGORIES: Final = frozenset({"Lu", "Ll", "Lo"})
_ALLOWED_SIGNS: Final = frozenset(" .,;:!?…'’‘‚\"„“”«»()[]{}<>&/\\%+-–—·§€$°²³®™*_#=@`~|^0123456789")


class Number(NamedTuple):
    """A number as it stands in a text: digits without thousands separators, and whether it is a percentage."""

    digits: str
    is_percentage: bool


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


def is_finished(text: str) -> bool:
    """Whether the text ends as a sentence does (an ellipsis is no end)."""
    return bool(_SENTENCE_END.search(text)) and not text.rstrip('"“”»)').endswith("..")


def is_german(text: str) -> bool:
    """Whether the text reads as German: by its function words, or by the shape of its words in a headline without any.

    A borrowed phrase ("Internet of Things", "Time-to-Market") does not make a text foreign.
    """
    tokens = [token for token in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text.casefold()) if len(token) > 1]
    german = sum(token in FUNCTION_WORDS for token in tokens)
    foreign = sum(token in _FOREIGN for token in tokens)
    if foreign >= 2 and foreign >= german:
        return False
    if german:
        return True
    if len(tokens) > 7 or foreign:
        return False
    return len(tokens) < 3 or any(_GERMAN_SHAPE.search(token) for token in tokens if len(token) > 3)


def numbers(text: str) -> frozenset[Number]:
    """The numbers of a text; "1.000" and "1000" are the same, "30 %" and "30 Tage" are not."""
    return frozenset(Number(_THOUSANDS.sub("", digits), bool(unit)) for digits, unit in _NUMBER.findall(text))


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
