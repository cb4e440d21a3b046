"""Whether what an opener states rests on the company's website: claims, the quotes behind them, and attributes nobody proved.

Pure functions; problems come as pairs of rule and German words, which ``gtm_assets.texts.rules`` turns into findings. No message repeats
a quote: reasons reach Dagster's event log, which is never purged, and a website may name people. What belongs elsewhere: the tables
of attributes and orders (``opener_words``), asking the model (``replies``), storing (``openers``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from rapidfuzz.distance import Prefix

from gtm_assets.research import wording
from gtm_assets.research.orders import is_order
from gtm_assets.research.word_lists import FUNCTION_WORDS
from gtm_assets.texts import naming, opener_words
from gtm_assets.texts.models import Evidence, OpenerInputs, OpenerText

#: Characters of a quote: shorter ones are on too many websites to prove anything, longer ones prove everything.
SHORTEST_SPAN: Final = 15
LONGEST_SPAN: Final = 300

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_QUOTE_MARKS = re.compile("[\"'„“”‚‘’«»‹›`´]")
_DASHES = re.compile("[‐‑‒–—―−]")
_OMISSION = re.compile(r"…|\.\.\.|\[")
_WORD = re.compile(r"[^\W\d_]{3,}")
_ENDINGS: Final = (
    *("ierungen", "ierung", "ierten", "ieren", "iert", "ungen", "ung"),
    *("ern", "en", "er", "em", "es", "e", "n", "s", "t"),
)
_SHORTEST_STEM: Final = 4
_SHORTEST_PART: Final = 5
_SHARED_PREFIX: Final = 0.7
_FIRST_PART: Final = 7
# On every company's page: that a claim and a quote share one of these proves nothing.
_GENERIC_WORDS: Final = """Anspruch Arbeit Alltag Angebot Anlage Aufgabe Bereich Betrieb Dienst Erfahrung Ergebnis Fertigung Firma
    Gebiet Haus Herstellung Kunde Leistung Lösung Mensch Mitarbeiter Partner Produkt Produktion Prozess Qualität Region Service Sorgfalt
    System Tag Team Unternehmen Versorgung Weg Welt Zeit Ziel eigen ganz groß gut hoch neu stark viel täglich zuverlässig verlässlich modern
    professionell kompetent erfahren individuell"""


@dataclass(frozen=True)
class Material:
    """What the sentences of one company may rest on."""

    inputs: OpenerInputs

    @cached_property
    def page(self) -> str:
        """The website's text in comparable form."""
        return comparable(self.inputs.website_text)

    @cached_property
    def own_stems(self) -> frozenset[str]:
        """Words of the company's name: to repeat them states nothing."""
        return frozenset(stem(word) for word in _WORD.findall(self.inputs.company_name))


def problems(sentence: str, proofs: Sequence[Evidence], material: Material) -> Iterator[tuple[str, str]]:
    """What stands against the evidence of one sentence: rule and German words for each problem.

    Args:
        sentence: The opener.
        proofs: Its claims with their quotes.
        material: Of the same company; made once for both sentences.
    """
    if not proofs:
        yield (
            "no_evidence",
            "keine Aussage ist mit einem Zitat der Website belegt; die Tätigkeit des Unternehmens belegen.",
        )
    proved: list[Evidence] = []
    for place, proof in enumerate(proofs, start=1):
        problem = _problem(sentence, proof, material, place)
        if problem is None:
            proved.append(proof)
        else:
            yield problem
    yield from _unproved_attributes(sentence, proved, material)


def claims_in(text: OpenerText) -> tuple[str, ...]:
    """Claims that stand in the sentences, for pages whose readers may not see quotes."""
    sentences = {"opener": text.opener, "opener_secondary": text.opener_secondary or ""}
    return tuple(proof.claim for proof in text.evidence or () if _holds(sentences[proof.field], proof.claim))


def comparable(text: str) -> str:
    """The text as quotes are compared: white space, quotation marks, dashes, soft hyphens and upper case make no difference."""
    seen = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return " ".join(_DASHES.sub("-", _QUOTE_MARKS.sub("", seen)).casefold().split())


def share_a_word(one: str, other: str, ignored: Collection[str] = ()) -> bool:
    """Whether two texts have a word of meaning in common; words that are on every company's page do not count.

    A text that consists of such words only is compared by them: "Betrieb und Service" can't be proved by anything else.
    """
    left = {word for word in _meaningful(one) if stem(word) not in ignored}
    telling = {word for word in left if stem(word) not in _GENERIC}
    return any(related(a, b) for a in telling or left for b in _meaningful(other))


def stem(word: str) -> str:
    """A German word without its inflection, roughly: umlauts folded, one ending off, at least four letters left."""
    bare = _folded(word)
    for ending in _ENDINGS:
        if bare.endswith(ending) and len(bare) - len(ending) >= _SHORTEST_STEM:
            return bare[: -len(ending)]
    return bare


def related(one: str, other: str) -> bool:
    """Whether two words belong together.

    Their stems are equal, or begin alike: over four letters that are seven tenths of the shorter one ("fertigen" and "Fertigung",
    "produzieren" and "Produktion", not "Werkzeug" and "Werkstoff"), or over seven, the first part of two compounds. Or one, of five letters
    at least, is a part of the other ("Lager" in "Hochregallager"). Participles are compared without their "ge" too.
    """
    if any(_is_part(a, b) for a, b in ((one, other), (other, one))):
        return True
    return any(_begin_alike(a, b) for a in _variants(stem(one)) for b in _variants(stem(other)))


def _meaningful(text: str) -> set[str]:
    return {word for word in _WORD.findall(_INVISIBLE.sub("", text)) if word.casefold() not in FUNCTION_WORDS}


@lru_cache(maxsize=4096)
def _folded(word: str) -> str:
    letters = unicodedata.normalize("NFD", word.casefold())
    return "".join(each for each in letters if not unicodedata.combining(each))


def _variants(stemmed: str) -> tuple[str, ...]:
    return (stemmed, stemmed[2:]) if stemmed.startswith("ge") else (stemmed,)


def _is_part(short: str, long: str) -> bool:
    return any(len(part) >= _SHORTEST_PART and part in _folded(long) for part in (stem(short), _folded(short)))


def _begin_alike(one: str, other: str) -> bool:
    length = min(len(one), len(other))
    if length < _SHORTEST_STEM:
        return one == other and length >= 3
    shared = Prefix.similarity(one, other)
    return shared >= _FIRST_PART or (shared >= _SHORTEST_STEM and shared >= _SHARED_PREFIX * length)


_GENERIC: Final = frozenset(stem(word) for word in _GENERIC_WORDS.split())


def _problem(sentence: str, proof: Evidence, material: Material, place: int) -> tuple[str, str] | None:
    # A claim that is not in the sentence may be anything, so it is named by its place only.
    if not _holds(sentence, proof.claim):
        return (
            "claim_not_in_text",
            f"die {place}. Aussage der Belege steht nicht wörtlich im Satz; aus dem Satz abschreiben.",
        )
    claim, span = proof.claim.strip(), " ".join(proof.span.split())
    if not SHORTEST_SPAN <= len(span) <= LONGEST_SPAN:
        limits = f"{SHORTEST_SPAN} bis {LONGEST_SPAN} sind vorgesehen"
        return "span_length", f"das Zitat zu „{claim}“ hat {len(span)} Zeichen, {limits}; ein anderes Stück wählen."
    if comparable(span) not in material.page:
        hint = " Auslassungen sind nicht erlaubt." if _OMISSION.search(span) else ""
        return (
            "span_not_on_page",
            f"das Zitat zu „{claim}“ steht so nicht auf der Website;{hint} wörtlich abschreiben oder die Aussage weglassen.",
        )
    if is_order(span):
        return (
            "span_is_order",
            f"das Zitat zu „{claim}“ ist eine Aufforderung auf der Website und belegt nichts; weglassen.",
        )
    # A quote in another language shares no words with a German sentence; that it stands on the page is all that can be told.
    if wording.is_german(span) and not share_a_word(claim, span, material.own_stems):
        return (
            "claim_unsupported",
            f"das Zitat zu „{claim}“ spricht von etwas anderem; ein passendes Zitat wählen oder die Aussage weglassen.",
        )
    return None


def _unproved_attributes(sentence: str, proved: Sequence[Evidence], material: Material) -> Iterator[tuple[str, str]]:
    given = (material.inputs.company_name, material.inputs.city, f"{material.inputs.city}er")
    text = naming.without_names(_INVISIBLE.sub("", sentence), given if material.inputs.city else given[:1])
    spans = [(comparable(proof.claim), _INVISIBLE.sub("", proof.span)) for proof in proved]
    for attribute in opener_words.ATTRIBUTES:
        for match in attribute.pattern.finditer(text):
            stated = comparable(match[0])
            if any(stated in claim and _supports(attribute, stated, span) for claim, span in spans):
                continue
            yield (
                "unsupported_attribute",
                f"„{match[0]}“ ({attribute.label}) ist durch kein Zitat der Website belegt; belegen oder weglassen.",
            )
            break


def _supports(attribute: opener_words.Attribute, stated: str, span: str) -> bool:
    if attribute.support is not None:
        return attribute.support.search(span) is not None
    return _holds(span, stated)


def _holds(text: str, part: str) -> bool:
    """Whether ``part`` stands in the text, not inside a word."""
    wanted = comparable(part).strip(" .,;:")
    return bool(wanted) and re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", comparable(text)) is not None
