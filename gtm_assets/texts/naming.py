"""Company names in a text: which of them it may mention, and which it mentions all the same.

Pure functions. The register itself comes from Notion (``gtm_assets.knowledge.fields.read_references``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import Final

from gtm_assets.research.word_lists import FUNCTION_WORDS
from gtm_assets.texts.known_companies import KNOWN_COMPANIES

LEGAL_FORM: Final = (
    r"(?:g?GmbH|AG|SE|KGaA|KG|OHG|GbR|eG|UG(?:\s*\(haftungsbeschränkt\))?|mbH|e\.\s?K\.|e\.\s?V\.|Ges\.?\s?m\.?\s?b\.?\s?H\.?|Ltd\.?|Inc\.?|LLC"
    r"|S\.?A\.?R?\.?L?\.?|B\.?V\.?|N\.?V\.?|S\.?p\.?A\.?)"
)
_TRAILING_FORM = re.compile(rf"(?<![\s,])[\s,]++(?:{LEGAL_FORM}|&\s*Co\.?)\s*$")
# From the first capital letter of a word on. No part begins with what may end the one before it, so none gives anything back (``++``).
_NAME_WITH_FORM = re.compile(
    r"(?<!\w)[^\WA-ZÄÖÜ0-9]*+((?:[A-ZÄÖÜ0-9][\w.'’+/-]*+\s++(?:&\s++)?+){1,5}(?:g?GmbH|AG|SE|KGaA|KG|OHG|GbR|eG|UG|Ltd\.?|Inc\.?|LLC))(?!\w)"
)
# "Unternehmen wie X": after such a noun a capital letter names somebody. Of "Aufgaben wie Transport" nothing can be said.
_NAMES_FOLLOW = re.compile(
    r"\b(?:Unternehmen|Firmen|Kund(?:en|innen)|Betrieben?|Häusern?|Herstellern?|Anwendern?|Kliniken|Krankenhäusern?|Hotels|Partnern?|Konzernen?"
    r"|Organisationen|Einrichtungen|Mittelständlern?|Logistikern?|Dienstleistern?|Produzenten|Zulieferern?|Maschinenbauern?|Händlern?)"
    r"\s+wie\s+(?:etwa\s+|zum Beispiel\s+)?(?:(?:der|die|das|den|dem|bei)\s+)?(?=[A-ZÄÖÜ0-9])"
)
_NAME_WORDS = re.compile(r"[A-ZÄÖÜ0-9][\w.'’&+/-]*(?:\s+(?:&\s+)?[A-ZÄÖÜ0-9][\w.'’&+/-]*){0,3}")
_READER = re.compile(r"(?:Ihr|Sie|Ihnen)\w*\b")


@lru_cache(maxsize=1024)  # one batch of accounts
def core_name(name: str) -> str:
    """A company's name without its legal form: "Müller CNC GmbH & Co. KG" is "Müller CNC"."""
    core = " ".join(name.split())
    while True:
        shorter = _TRAILING_FORM.sub("", core)
        if shorter == core or not shorter:
            return core
        core = shorter


def mentions(text: str, name: str) -> bool:
    """Whether the text names the company, with or without legal form, in the genitive, in upper or lower case."""
    return bool(core_name(name)) and _pattern(core_name(name)).search(text) is not None


def without_names(text: str, names: Iterable[str]) -> str:
    """The text with these names taken out, so that a name ("Hotel Du Nord", "Studio 24") breaks no rule about words."""
    for name in sorted(
        {part for each in names for part in (each, core_name(each)) if part.strip()}, key=len, reverse=True
    ):
        text = _pattern(name).sub("Name", text)
    return text


def foreign_names(text: str, registered: Collection[str], known: Iterable[str] = ()) -> tuple[str, ...]:
    """Company names in the text that are not registered, each once.

    Found are names with a legal form, names after "Unternehmen wie", names that everybody knows, and every name of ``known``
    (references of other verticals).
    """
    cores = [core_name(name) for name in registered if name.strip()]
    hits = list(_with_legal_form(text, cores))
    hits += _after_wie(text, cores)
    hits += _WELL_KNOWN.findall(without_names(text, registered))
    hits += [
        core_name(name)
        for name in known
        if core_name(name) not in cores and _names_exactly(text, core_name(name), cores)
    ]
    return tuple(dict.fromkeys(hits))


def _with_legal_form(text: str, cores: Collection[str]) -> Iterator[str]:
    for match in _NAME_WITH_FORM.finditer(text):
        name = core_name(match[1])
        if all(word.casefold() in FUNCTION_WORDS for word in name.split()):
            continue  # "Eine AG"
        # "Die Jungheinrich AG": words in front of a registered name are not part of it.
        if not any(
            re.search(rf"(?:^|\s){re.escape(core)}$", name, re.IGNORECASE) or _ends(core, name) for core in cores
        ):
            yield match[1]


def _ends(core: str, name: str) -> bool:
    """Whether a name is the end of a registered one whose beginning has no capital letter: "eco.kreis Entsorgung"."""
    return core.casefold().endswith(f" {name.casefold()}")


def _after_wie(text: str, cores: Collection[str]) -> Iterator[str]:
    for match in _NAMES_FOLLOW.finditer(text):
        rest = text[match.end() :]
        while name := _NAME_WORDS.match(rest):
            if _READER.match(rest):
                break
            core = next((core for core in sorted(cores, key=len, reverse=True) if _pattern(core).match(rest)), None)
            if core is None:
                yield name[0]
                break
            # Only a name behind a registered one is looked at: "Jungheinrich und Bosch".
            following = re.match(
                r"\w*(?:\s+\w*(?:GmbH|AG|SE|KG)\b)?(?:,|\s+und|\s+oder|\s+sowie)\s+(?=[A-ZÄÖÜ0-9])", rest[len(core) :]
            )
            if following is None:
                break
            rest = rest[len(core) + following.end() :]


def _names_exactly(text: str, core: str, cores: Collection[str]) -> bool:
    """With upper and lower case, since a reference may be called like a common word; not inside a registered name."""
    return (
        bool(core) and re.search(rf"(?<!\w){re.escape(core)}(?:s|’s|')?(?!\w)", without_names(text, cores)) is not None
    )


@lru_cache(maxsize=1024)  # one batch of accounts
def _pattern(name: str) -> re.Pattern[str]:
    """The name, each of its words inflected or not: "des Klinikums Auental", "Müllers"."""
    words = r"\s+".join(rf"{re.escape(word)}(?:e?s|’s|')?" for word in name.split())
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


_WELL_KNOWN: Final = re.compile(
    rf"(?<!\w)(?:{'|'.join(re.escape(name) for name in sorted(KNOWN_COMPANIES, key=len, reverse=True))})(?!\w)"
)
