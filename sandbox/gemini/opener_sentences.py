"""The sentences that openers are chosen from: positive observation, lever, consequence, in a dozen constructions.

What belongs elsewhere: what is put into them and which one is chosen (``openers``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sandbox.gemini.german import NounPhrase, capital, content_words

_TAILS = ("", " und den Alltag planbar zu halten", " und auch anspruchsvolle Tage ruhig zu meistern")


def sentences_about(
    company: NounPhrase, field: str, known: Sequence[NounPhrase], levers: Sequence[NounPhrase], gains: Sequence[str]
) -> Iterator[str]:
    """All sentences about a company: what it does where that is ``known``, each lever, each consequence."""
    for lever in levers:
        for gain in gains:
            if content_words(lever.nominative) & content_words(gain):
                continue  # "gepflegte Flächen sichern gepflegte Anlagen" says nothing
            if not known:
                yield from _general(company, field, lever, gain)
            for activity in known:
                yield from _specific(company, activity, lever, gain)
                yield from _more(company, activity, lever, gain)


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


def _more(company: NounPhrase, activity: NounPhrase, lever: NounPhrase, gain: str) -> Iterator[str]:
    """More constructions, so that many companies of one line of business get sentences of their own."""
    secure = "sichern" if lever.plural else "sichert"
    help_to = "helfen" if lever.plural else "hilft"
    stand = "stehen" if activity.plural else "steht"
    shape = "prägen" if activity.plural else "prägt"
    yield (
        f"Wo {activity.nominative} den Alltag {shape}, wie das bei {company.dative} der Fall ist, {secure} "
        f"{lever.nominative} {gain}."
    )
    yield (
        f"Mit {activity.dative} beweist {company.nominative} ein Können, das dank {lever.dative} in {gain} mündet und "
        "Vertrauen schafft."
    )
    yield (
        f"Wer sich wie {company.nominative} auf {activity.accusative} versteht, setzt auf {lever.accusative}, um {gain} "
        "auch an vollen Tagen zu sichern."
    )
    yield (
        f"Hinter {activity.dative} steht bei {company.dative} viel Können, und {lever.nominative} {help_to}, {gain} Tag "
        "für Tag zu halten."
    )
    yield (
        f"Gerade weil {activity.nominative} bei {company.dative} im Mittelpunkt {stand}, {secure} {lever.nominative} dort "
        f"{gain} ganz besonders."
    )


def short_sentences(company: NounPhrase, field: str, known: Sequence[NounPhrase], lever: NounPhrase) -> Iterator[str]:
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
