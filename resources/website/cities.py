"""Postal code and city in a piece of text, as German-speaking countries write them. Pure.

What belongs elsewhere: which of several addresses is the company's (``imprint``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PREFIXES = {"D": "DE", "DE": "DE", "A": "AT", "AT": "AT", "CH": "CH", "FL": "LI", "LI": "LI", "L": "LU", "LU": "LU"}

_POSTAL_CODE = re.compile(
    r"(?:(?<=^)|(?<=[\s:(]))(?:(?P<prefix>DE|D|AT|A|CH|FL|LI|LU|L)\s?[-–—]?\s?)?(?P<code>[0-9]{4,5})\s+(?=[^\W\d_])"
)
# A number behind one of these is no postal code. Only what is no letter may stand in between.
_OTHER_NUMBER = re.compile(
    r"(?:\b(?:tel(?:efon)?|fon|phone|ruf|fax|telefax|mobil|mobile|handy|hotline|hr[ab]|gnr|vr|fn|kto|konto|blz|iban|bic|"
    r"ust|uid|vat|id|seit|since|copyright|stand|jahr)"
    r"|(?:steuer|register|kunden|lizenz|firmenbuch|hr[ab]?|zulassungs)[\s\-]*(?:nr|nummer)"
    r"|©|\(c\)|januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember)"
    r"(?:-?(?:nr|nummer))?[\W\d_]*$",
    re.IGNORECASE,
)
_PHONE_BEFORE = re.compile(r"(?:\+|\b00?)[0-9][0-9\s/().\-]*$")
_DATE_BEFORE = re.compile(r"[0-9]{1,2}\.\s?(?:[0-9]{1,2}\.)?\s?$")

_NO_CITY_TEXT = (
    "deutschland germany allemagne österreich austria schweiz switzerland suisse svizzera liechtenstein luxemburg tel "
    "telefon fon phone fax telefax mobil mobile mail email e-mail web website internet www http https vertreten "
    "vertretungsberechtigt vertretungsberechtigter vertretung geschäftsführer geschäftsführerin geschäftsführung "
    "inhaber inhaberin registergericht register amtsgericht handelsregister handelsregisternummer hrb hra fn ust "
    "ust-id ust-idnr ustid umsatzsteuer umsatzsteuer-id uid vat kontakt contact sitz ceo postfach registernummer steuernummer "
    "impressum imprint angaben copyright gmbh ag kg vorstand vorsitzender aufsichtsrat firmenbuch firmenbuchnummer "
    "finanzamt iban bic bank konto mwst alle all rechte the der die das und"
)
_NO_CITY = frozenset(_NO_CITY_TEXT.split())
# Words that are only the beginning of a city's name.
_FIRST_PARTS_TEXT = (
    "bad sankt st st. hann. markt groß gross klein alt neu lutherstadt hansestadt universitätsstadt kurort heilbad "
    "wiener deutsch königs porta stadt seebad ostseebad insel burg schloss schloß bergisch kloster hohen nieder ober "
    "unter la le les saint sainte san santa frei horn"
)
_FIRST_PARTS = frozenset(_FIRST_PARTS_TEXT.split())
_PARTICLES_TEXT = (
    "am an auf bei den dem der di du de im in ob sur unter und vor zum zur über a. b. d. i. o. v. a.d. a.d i.d. v.d. "
    "v.d a. o.d. u. ü."
)
_PARTICLES = frozenset(_PARTICLES_TEXT.split())
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’\-/.])*")
_INITIALS = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{0,2}\.?")
_MOST_WORDS = 6


@dataclass(frozen=True)
class Place:
    """A postal code and its city: ``start`` is where it begins in the text, ``country`` what its prefix says."""

    start: int
    code: str
    city: str
    country: str | None


def find_place(text: str) -> Place | None:
    """The first postal code with a city in one line or part of a line."""
    for match in _POSTAL_CODE.finditer(text):
        before = text[: match.start()]
        if match.group("prefix") is None and _is_other_number(before, match.group("code")):
            continue
        city = read_city(text[match.end() :])
        if city:
            country = PREFIXES.get(match.group("prefix") or "")
            return Place(match.start(), match.group("code"), city, country)
    return None


def read_city(text: str) -> str | None:
    """The city at the beginning of the text, without what follows it; None where none begins there."""
    taken: list[str] = []
    held: list[str] = []  # particles, which belong to the name only if it goes on behind them
    for token in text.split()[: _MOST_WORDS + 2]:
        bare = token.rstrip(",;:)!?*")
        if not taken:
            word = _first_word(bare)
            if word is None:
                return None
            taken.append(word)
        elif token.startswith("("):
            inner = token.strip("(),.;")
            if token.rstrip(",.;").endswith(")") and inner[:1].isupper() and inner.casefold() not in _NO_CITY:
                taken.append(f"({inner})")
            break
        elif bare.casefold() in _PARTICLES and len(taken) + len(held) < _MOST_WORDS:
            held.append(bare)
        elif _goes_on(bare, taken, held):
            taken += [*held, bare.rstrip(".") if not _INITIALS.fullmatch(bare) else bare]
            held = []
        else:
            break
        if bare != token:
            break
    if held and all(_INITIALS.fullmatch(part) for part in held):  # "Bad Homburg v. d."
        taken += held
    return _cased(" ".join(taken)) or None


def _first_word(bare: str) -> str | None:
    word = bare if bare.casefold() in _FIRST_PARTS else bare.rstrip(".")
    if not _WORD.fullmatch(word) or not word[0].isupper() or len(word) < 2:
        return None
    is_address = "www." in word.casefold() or "." in word.rstrip(".")
    return None if is_address or word.casefold().rstrip(".") in _NO_CITY else word


def _goes_on(bare: str, taken: list[str], held: list[str]) -> bool:
    """Whether a word continues the name: behind a particle or behind a word that is only a beginning."""
    if bare.casefold().rstrip(".") in _NO_CITY:
        return False
    if bare[:1].islower() and _INITIALS.fullmatch(bare) and bare.count(".") > 1:  # "Offenbach a.M."
        return True
    if held and (_INITIALS.fullmatch(bare) or bare.rstrip(".") in ("Br", "Ruhr")):
        return True
    if not _WORD.fullmatch(bare) or not bare[0].isupper():
        return False
    last = taken[-1].casefold()
    return bool(held) or last in _FIRST_PARTS or last.endswith(("isch", "ische"))


def _cased(city: str) -> str:
    """A name in capitals as it is usually written."""
    if not city.isupper() or len(city) <= 3:
        return city
    words = (word.lower() if word.casefold() in _PARTICLES else word.title() for word in city.split())
    return " ".join(words)


def _is_other_number(before: str, code: str) -> bool:
    if _OTHER_NUMBER.search(before) or _PHONE_BEFORE.search(before):
        return True
    return len(code) == 4 and bool(_DATE_BEFORE.search(before))
