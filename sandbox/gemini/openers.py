"""One or two opening sentences for one company: what it does, the lever for it, the consequence.

The activity comes from the website's own words ("Unser Kerngeschäft ist die präzise Fertigung von Drehteilen"), which are the
evidence for it; the lever follows from the product's focus, the consequence from the vertical's gains. Text on the website that gives
orders is skipped. A second attempt takes the findings to heart: a sentence that is too like another company's is built anew.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.gemini.choosing import Chooser, limit_of
from sandbox.gemini.german import (
    NounPhrase,
    accusative,
    contracted,
    noun_phrase,
    repeats_itself,
    short_company_name,
    with_article,
)
from sandbox.gemini.opener_sentences import sentences_about, short_sentences
from sandbox.gemini.reading import sentences

_ACTIVITY = re.compile(
    r"(?:Kerngeschäft (?:ist|bleibt)|Mittelpunkt (?:unserer Arbeit )?steht|[Ss]teht (?:für|seit \w+ für)|Stärke ist"
    r"|spezialisiert auf|konzentrieren uns auf|Herzstück ist|Schwerpunkt ist)\s+(?P<phrase>(?:die|das|der) [^.,;:!?–]+)"
)
_MAX_ACTIVITY_CHARACTERS = 70
_QUOTE_CHARACTERS = range(15, 301)
_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True)
class Activity:
    """What the website says its business is, and the words in which it says so."""

    phrase: NounPhrase
    quote: str


def _levers(*phrases: tuple[str, str, bool]) -> tuple[NounPhrase, ...]:
    return tuple(NounPhrase(nom, accusative(nom), dat, "", plural) for nom, dat, plural in phrases)


# What makes the difference, by the kind of product or, where its name tells none, by its focus.
_TRANSPORT = _levers(
    ("ein durchgängiger Materialfluss", "einem durchgängigen Materialfluss", False),
    ("kurze Transportwege", "kurzen Transportwegen", True),
    ("eine verlässliche Materialversorgung", "einer verlässlichen Materialversorgung", False),
    ("ein ruhiger Warenfluss", "einem ruhigen Warenfluss", False),
    ("eine pünktliche Bereitstellung", "einer pünktlichen Bereitstellung", False),
)
_CLEANING = _levers(
    ("jederzeit gepflegte Flächen", "jederzeit gepflegten Flächen", True),
    ("eine verlässliche Sauberkeit", "einer verlässlichen Sauberkeit", False),
    ("konstant saubere Böden", "konstant sauberen Böden", True),
    ("gründlich gereinigte Räume", "gründlich gereinigten Räumen", True),
    ("hygienisch reine Oberflächen", "hygienisch reinen Oberflächen", True),
)
_SWEEPING = _levers(
    ("saubere Fahrwege", "sauberen Fahrwegen", True),
    ("freie und gepflegte Verkehrsflächen", "freien und gepflegten Verkehrsflächen", True),
    ("gut befahrbare Hallenböden", "gut befahrbaren Hallenböden", True),
)
_SERVICE = _levers(
    ("kurze Laufwege", "kurzen Laufwegen", True),
    ("eingespielte Abläufe", "eingespielten Abläufen", True),
    ("freie Hände im Team", "freien Händen im Team", True),
    ("entlastete Fachkräfte", "entlasteten Fachkräften", True),
)
_PROCESSES = _levers(
    ("reibungslose Abläufe", "reibungslosen Abläufen", True),
    ("eingespielte Prozesse", "eingespielten Prozessen", True),
)
_LEVERS = {
    "transport": _TRANSPORT,
    "reinigung": _CLEANING,
    "kehr": _SWEEPING,
    "service": _SERVICE,
    "Operativ": _PROCESSES,
    "Infrastruktur": _CLEANING,
}
_WELL_KEPT = ("ein angenehmes Umfeld", "einen überzeugenden Gesamteindruck", "eine hohe Qualität im Alltag")
_WELL_TIMED = ("mehr Zeit fürs Wesentliche", "einen ruhigen Takt im Betrieb", "eine hohe Pünktlichkeit")
_WELL_SERVED = ("mehr Zeit für Begegnungen", "eine aufmerksame Betreuung", "einen ruhigen Takt im Haus")
_CONSEQUENCES = {
    "transport": _WELL_TIMED,
    "reinigung": _WELL_KEPT,
    "kehr": _WELL_KEPT,
    "service": _WELL_SERVED,
    "Operativ": _WELL_TIMED,
    "Infrastruktur": _WELL_KEPT,
}


#: A sentence of another language that is shorter tells nothing of a business ("Welcome to our page.").
_TELLING = 60


def opener(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The reply for inputs of task "opener" (shape: gtm_assets.texts.prompts)."""
    chooser = Chooser(inputs)
    if _rules(inputs) == {"near_duplicate"}:
        chooser.careful = False  # nothing is too long: it only has to be another sentence, and the other one may stay
    primary = _sentence(chooser, inputs, inputs.get("primary") or {}, avoid="")
    secondary = inputs.get("secondary")
    second = _sentence(chooser, inputs, secondary, avoid=primary) if secondary else None
    return {
        "id": inputs.get("id", ""),
        "opener": primary,
        "opener_secondary": second,
        "evidence": [*_evidence("opener", primary, inputs), *_evidence("opener_secondary", second or "", inputs)],
    }


def activities(website_text: str) -> list[NounPhrase]:
    """What the website says its business is, as noun phrases, in the order of the text, without repetitions."""
    return [each.phrase for each in _quoted_activities(website_text)]


def _quoted_activities(website_text: str) -> list[Activity]:
    found: dict[str, Activity] = {}
    for sentence in sentences(website_text):
        for match in _ACTIVITY.finditer(sentence):
            text = match["phrase"].strip()
            phrase = noun_phrase(text)
            if phrase and len(text) <= _MAX_ACTIVITY_CHARACTERS and not re.search(r"\d", text):
                quote = sentence if len(sentence) in _QUOTE_CHARACTERS else match[0]
                found.setdefault(phrase.nominative, Activity(phrase, quote))
    return list(found.values())


def _evidence(field: str, sentence: str, inputs: Mapping[str, Any]) -> list[dict[str, str]]:
    """What the sentence says about the company with the website's words; none where the website says nothing of the kind."""
    text = str(inputs.get("website_text") or "")
    found = []
    for activity in _quoted_activities(text):
        claim = next((form for form in _forms(activity.phrase) if form in sentence), "")
        if claim:
            found.append({"field": field, "claim": claim, "span": activity.quote})
    business = str((inputs.get("vertical") or {}).get("name") or "")
    if not found and business and business in sentence:
        found += [{"field": field, "claim": business, "span": quote} for quote in _speaking_of(business, text)]
    return found or _foreign_evidence(field, sentence, text)


def _foreign_evidence(field: str, sentence: str, text: str) -> list[dict[str, str]]:
    """A page in another language: what the sentence says of the business rests on the first words that the page says of itself."""
    claim = re.search(r"im Bereich [A-ZÄÖÜ][\w-]+", sentence)
    quote = next((each for each in sentences(text) if _TELLING <= len(each) < _QUOTE_CHARACTERS.stop), "")
    if claim is None or not quote or re.search(r"\b(?:der|die|das|und|wir)\b", text):
        return []
    return [{"field": field, "claim": claim[0], "span": quote}]


def _forms(activity: NounPhrase) -> list[str]:
    """The activity as it may stand in a sentence: without its article, in each case."""
    return [form.partition(" ")[2] for form in (activity.nominative, activity.accusative, activity.dative)]


def _speaking_of(business: str, text: str) -> list[str]:
    """The first sentence of the website that has a word of the line of business in it."""
    stems = [word[:6].lower() for word in _WORD.findall(business)]
    telling = (each for each in sentences(text) if any(stem in each.lower() for stem in stems))
    return [each for each in telling if len(each) in _QUOTE_CHARACTERS][:1]


def _sentence(chooser: Chooser, inputs: Mapping[str, Any], product_focus: Mapping[str, Any], avoid: str) -> str:
    """One opening sentence; with ``avoid`` (the first one) another activity and another construction if possible."""
    limit = limit_of(inputs, "opener")
    company = with_article(short_company_name(str((inputs.get("company") or {}).get("name") or "")))
    field = str((inputs.get("vertical") or {}).get("name") or "Ihre Branche")
    kind = _kind(str(product_focus.get("product") or ""), str(product_focus.get("focus") or ""))
    gains = _consequences(inputs, kind, first=not avoid)
    known = activities(str(inputs.get("website_text") or ""))
    texts = [contracted(text) for text in sentences_about(company, field, known, _LEVERS[kind], gains)]
    fitting = [text for text in texts if limit.admits(text)] or texts
    fitting = _unlike(fitting, inputs, "opener_secondary" if avoid else "opener")
    for wanted in (
        lambda text: not repeats_itself(text),
        lambda text: not avoid or text[:12] != avoid[:12],
        lambda text: not any(_mentions(text, one) and _mentions(avoid, one) for one in known),
        lambda text: bool(avoid) or not known or _mentions(text, known[0]),  # the first one named is the main business
    ):
        fitting = [text for text in fitting if wanted(text)] or fitting
    fallback = [contracted(text) for lever in _LEVERS[kind] for text in short_sentences(company, field, known, lever)]
    # What speaks of the website's words goes before what speaks of the line of business.
    telling = [text for text in fallback if any(_mentions(text, one) for one in known)]
    fallback = [text for text in telling if limit.admits(text)] or fallback
    return chooser.choose(f"opener{bool(avoid)}", fitting, limit, fallback)


def _unlike(texts: Sequence[str], inputs: Mapping[str, Any], field: str) -> list[str]:
    """Where the findings call the previous sentence a duplicate: the half of the texts that shares the fewest words with it."""
    if "near_duplicate" not in _rules(inputs, field):
        return list(texts)
    before = set(str((inputs.get("previous") or {}).get(field) or "").split())
    ordered = sorted(texts, key=lambda text: len(before & set(text.split())))
    return ordered[: max(1, len(ordered) // 2)]


def _rules(inputs: Mapping[str, Any], field: str = "") -> set[str]:
    """The rules that the previous attempt broke, of one field or of both."""
    findings = inputs.get("findings") or ()
    return {str(finding.get("rule")) for finding in findings if field in {"", finding.get("field")}}


def _kind(product: str, focus: str) -> str:
    """Which levers fit the product; without a telling word, those of its focus."""
    for word in ("transport", "kehr", "reinigung", "service"):
        if word in product.lower():
            return word
    return focus if focus in _LEVERS else "Operativ"


def _consequences(inputs: Mapping[str, Any], kind: str, *, first: bool) -> list[str]:
    """The vertical's gains for the main product; for the other one what its kind brings about anywhere."""
    gains = [accusative(str(gain)) for gain in (inputs.get("vertical") or {}).get("gains") or () if str(gain).strip()]
    gains = [gain for gain in gains if not re.search(r"\d", gain)]
    return gains if gains and first else list(_CONSEQUENCES[kind])


def _mentions(text: str, activity: NounPhrase) -> bool:
    return activity.nominative.split(" ", 1)[1].split(" ", 1)[-1] in text
