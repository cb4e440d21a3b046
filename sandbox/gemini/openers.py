"""One or two opening sentences for one company: what it does, the lever for it, the consequence.

The activity comes from the website's own words ("Unser Kerngeschäft ist die präzise Fertigung von Drehteilen"); the lever
follows from the product's focus, the consequence from the vertical's gains. Text on the website that gives orders is skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sandbox.gemini.choosing import Chooser, limit_of
from sandbox.gemini.german import (
    NounPhrase,
    accusative,
    capital,
    content_words,
    contracted,
    noun_phrase,
    repeats_itself,
    short_company_name,
    with_article,
)
from sandbox.gemini.reading import sentences

_ACTIVITY = re.compile(
    r"(?:Kerngeschäft (?:ist|bleibt)|Mittelpunkt (?:unserer Arbeit )?steht|[Ss]teht (?:für|seit \w+ für)|Stärke ist"
    r"|spezialisiert auf|konzentrieren uns auf|Herzstück ist|Schwerpunkt ist)\s+(?P<phrase>(?:die|das|der) [^.,;:!?–]+)"
)
_MAX_ACTIVITY_CHARACTERS = 70


def _levers(*phrases: tuple[str, str, bool]) -> tuple[NounPhrase, ...]:
    return tuple(NounPhrase(nom, accusative(nom), dat, "", plural) for nom, dat, plural in phrases)


# What makes the difference, by the kind of product or, where its name tells none, by its focus.
_TRANSPORT = _levers(
    ("ein durchgängiger Materialfluss", "einem durchgängigen Materialfluss", False),
    ("kurze Transportwege", "kurzen Transportwegen", True),
    ("eine verlässliche Materialversorgung", "einer verlässlichen Materialversorgung", False),
)
_CLEANING = _levers(
    ("jederzeit gepflegte Flächen", "jederzeit gepflegten Flächen", True),
    ("eine verlässliche Sauberkeit", "einer verlässlichen Sauberkeit", False),
    ("konstant saubere Böden", "konstant sauberen Böden", True),
)
_SWEEPING = _levers(
    ("saubere Fahrwege", "sauberen Fahrwegen", True),
    ("freie und gepflegte Verkehrsflächen", "freien und gepflegten Verkehrsflächen", True),
)
_SERVICE = _levers(
    ("kurze Laufwege", "kurzen Laufwegen", True),
    ("eingespielte Abläufe", "eingespielten Abläufen", True),
    ("freie Hände im Team", "freien Händen im Team", True),
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
_TAILS = ("", " und den Alltag planbar zu halten", " und auch anspruchsvolle Tage ruhig zu meistern")


def opener(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The reply for inputs of task "opener" (shape: gtm_assets.texts.prompts)."""
    chooser = Chooser(inputs)
    primary = _sentence(chooser, inputs, inputs.get("primary") or {}, avoid="")
    secondary = inputs.get("secondary")
    return {
        "id": inputs.get("id", ""),
        "opener": primary,
        "opener_secondary": _sentence(chooser, inputs, secondary, avoid=primary) if secondary else None,
    }


def activities(website_text: str) -> list[NounPhrase]:
    """What the website says its business is, as noun phrases, in the order of the text, without repetitions."""
    found: dict[str, NounPhrase] = {}
    for sentence in sentences(website_text):
        for match in _ACTIVITY.finditer(sentence):
            text = match["phrase"].strip()
            phrase = noun_phrase(text)
            if phrase and len(text) <= _MAX_ACTIVITY_CHARACTERS and not re.search(r"\d", text):
                found.setdefault(phrase.nominative, phrase)
    return list(found.values())


def _sentence(chooser: Chooser, inputs: Mapping[str, Any], product_focus: Mapping[str, Any], avoid: str) -> str:
    """One opening sentence; with ``avoid`` (the first one) another activity and another construction if possible."""
    limit = limit_of(inputs, "opener")
    company = with_article(short_company_name(str((inputs.get("company") or {}).get("name") or "")))
    field = str((inputs.get("vertical") or {}).get("name") or "Ihre Branche")
    kind = _kind(str(product_focus.get("product") or ""), str(product_focus.get("focus") or ""))
    gains = _consequences(inputs, kind, first=not avoid)
    known = activities(str(inputs.get("website_text") or ""))
    texts = [contracted(text) for text in _texts(company, field, known, _LEVERS[kind], gains)]
    fitting = [text for text in texts if limit.admits(text)] or texts
    for wanted in (
        lambda text: not repeats_itself(text),
        lambda text: not avoid or text[:12] != avoid[:12],
        lambda text: not any(_mentions(text, one) and _mentions(avoid, one) for one in known),
        lambda text: bool(avoid) or not known or _mentions(text, known[0]),  # the first one named is the main business
    ):
        fitting = [text for text in fitting if wanted(text)] or fitting
    fallback = [contracted(text) for lever in _LEVERS[kind] for text in _short(company, field, known, lever)]
    return chooser.choose(f"opener{bool(avoid)}", fitting, limit, fallback)


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


def _texts(
    company: NounPhrase, field: str, known: Sequence[NounPhrase], levers: Sequence[NounPhrase], gains: Sequence[str]
) -> Iterator[str]:
    for lever in levers:
        for gain in gains:
            if content_words(lever.nominative) & content_words(gain):
                continue  # "gepflegte Flächen sichern gepflegte Anlagen" says nothing
            if not known:
                yield from _general(company, field, lever, gain)
            for activity in known:
                yield from _specific(company, activity, lever, gain)


def _specific(company: NounPhrase, activity: NounPhrase, lever: NounPhrase, gain: str) -> Iterator[str]:
    """Sentences about what the company does: positive observation, lever, consequence."""
    secure = "sichern" if lever.plural else "sichert"
    make = "machen" if lever.plural else "macht"
    create = "schaffen" if lever.plural else "schafft"
    need = "verlangen" if activity.plural else "verlangt"
    live = "leben" if activity.plural else "lebt"
    subject = capital(activity.nominative)
    yield (
        f"Speziell bei {activity.dative} zeigt {company.nominative} viel Sorgfalt, und gerade dort {secure} "
        f"{lever.nominative} {gain}."
    )
    yield (
        f"{subject} bei {company.dative} {need} viel Erfahrung, und erst {lever.nominative} {make} {gain} im Alltag "
        "dauerhaft möglich."
    )
    yield (
        f"{subject} bei {company.dative} {live} von {lever.dative}, denn damit sichert das Team {gain} auch an vollen "
        "Tagen."
    )
    yield (
        f"Der reibungslose Betrieb rund um {activity.accusative} zeichnet {company.accusative} aus, weil "
        f"{lever.nominative} dort {gain} {secure}."
    )
    if " für" not in gain:  # "die Grundlage für Zeit für …" stumbles
        yield (
            f"Bei {activity.dative} überzeugt {company.nominative} mit hohem Anspruch, und {lever.nominative} {create} "
            f"die Grundlage für {gain}."
        )
    for tail in _TAILS:
        yield (
            f"{capital(company.nominative)} steht für {activity.accusative}, bei {activity.relative_dative} es auf "
            f"{lever.accusative} ankommt, um {gain} zu sichern{tail}."
        )


def _short(company: NounPhrase, field: str, known: Sequence[NounPhrase], lever: NounPhrase) -> Iterator[str]:
    """Sentences for a short field or a company with a long name."""
    ease = "erleichtern" if lever.plural else "erleichtert"
    yield f"Speziell im Bereich {field} zählt bei {company.dative}, dass {lever.nominative} den Alltag {ease}."
    yield f"Speziell bei {company.dative} zählt, dass {lever.nominative} den Alltag spürbar {ease}."
    for activity in known:
        live = "leben" if activity.plural else "lebt"
        yield f"{capital(activity.nominative)} bei {company.dative} {live} im Alltag von {lever.dative}."


def _general(company: NounPhrase, field: str, lever: NounPhrase, gain: str) -> Iterator[str]:
    """Sentences for a website that does not say in one phrase what the company does."""
    secure = "sichern" if lever.plural else "sichert"
    make = "machen" if lever.plural else "macht"
    for extra in ("", "auch an vollen Tagen "):
        for tail in ("", f" und den Alltag spürbar ruhiger {make}"):
            yield (
                f"Speziell im Bereich {field} zeigt {company.nominative} einen hohen Anspruch, bei dem "
                f"{lever.nominative} {extra}{gain} dauerhaft {secure}{tail}."
            )
    yield (
        f"Der reibungslose Betrieb bei {company.dative} zeugt im Bereich {field} von viel Erfahrung, und "
        f"{lever.nominative} {secure} dabei {gain}."
    )
    yield (
        f"Der hohe Anspruch, mit dem {company.nominative} im Bereich {field} arbeitet, zeigt sich dort, wo "
        f"{lever.nominative} {gain} {secure}."
    )
