"""Superlatives about the own offer: fixed expressions, and the form itself ("die modernsten") with what only looks like it."""

from __future__ import annotations

import re
from typing import Final

from gtm_assets.texts.phrases.table import Wording, words


def _any_of(listed: str) -> str:
    return f"(?:{'|'.join(listed.split())})"


# Ordinals and adjectives that end in -st themselves ("äußerste" ends as "erste" does).
_ADJECTIVES: Final = "erst nächst jüngst längst höchst meist mindest fest robust bewusst gewusst selbst wüst"
# Verbs in -sten and past tenses in -ste, by their stem.
_VERBS: Final = "fasst passt löst rüst last leist list rast rost kost tröst gepresst"
# Nouns, verbs and inflected words, each with its ending.
_WHOLE: Final = r"""
    fenster muster cluster laster raster master kloster polster register semester schwester minister geister orchester leister
    äste[nr]? büsten dienste[nrs]? fristen? gasten gerüste[rs] kasten kiste kisten krusten künste[nr]? küste küsten liesten lüsten mosten
    pfosten piste[nr]? posten reste[nrs]? verluste[nrs]?
    mussten müssten wussten wüssten
    disponist\w* floristen? idealist\w* journalist\w* maschinist\w* polizist\w* rezeptionist\w* spezialist\w* tourist\w*
"""
_NO_SUPERLATIVE: Final = (
    rf"(?!(?:\w*{_any_of(_ADJECTIVES)}e[nrms]?|ernste[nrms]?|\w*{_any_of(_VERBS)}en?|(?:an|aus|ge)testen?"
    rf"|\w*{_any_of(_WHOLE)})\b)"
)

# "die längsten Wege", "am verkehrsreichsten Ferientag": a superlative of the reader's own days and places says nothing about the offer.
_READERS_WORLD: Final = """
    tag woche wochenend zeit stunde minute moment phase monat jahr saison abend nacht nächt schicht
    weg gang gäng streck fahrt fläche raum räum boden böden bereich halle ecke stelle station etage
    aufgabe arbeit handgriff engpass engpäss last
"""
_OF_THE_OFFER: Final = rf"(?! (?i:(?:\w+ )?\w*{_any_of(_READERS_WORLD)}(?:e|n|en|s|es|er|ern)?)\b)"

_RAISED: Final = "Superlative über das eigene Angebot sind nicht erlaubt; die Eigenschaft ohne Steigerung nennen."

SUPERLATIVES: Final[tuple[Wording, ...]] = (
    words(
        "Superlative über das eigene Angebot sind nicht erlaubt; konkret werden oder streichen.",
        r"Marktführer\w*",
        r"(?:weltweit|markt|branchen)[- ]?führend\w*",
        r"(?:Nr\.|Nummer) ?(?:1|eins)",
        r"(?:konkurrenzlos|unschlagbar|alternativlos|einzigartig|revolutionär|bahnbrechend)\w*",
        r"die (?:aller)?beste[nrms]? (?:Lösung|Wahl|Technik|Technologie)\w*",
        r"perfekte?[nrms]? Lösung\w*",
        r"(?:auf dem|am|im) (?:gesamten |ganzen |deutschen |europäischen )*Markt (?:unerreicht|einmalig|führend)\w*",
        r"(?:unerreicht|unübertroffen|weltbeste|weltweit einzig|einmalig)\w*",
        r"wie kein(?:e[nrms]?)? andere\w*",
        r"aller Zeiten|seiner Klasse|ihrer Klasse|unserer Zeit",
        r"Spitzenreiter\w*|Weltmeister\w*|Testsieger\w*",
    ),
    # The form itself: "die modernsten", "am gründlichsten", "Gründlichster …". Nouns have a capital letter and are no such form.
    Wording(
        re.compile(
            rf"\b{_NO_SUPERLATIVE}(?:[a-zäöüß]{{4,}}|^[A-ZÄÖÜ][a-zäöüß]{{3,}})st(?:e|en|er|es|em)\b{_OF_THE_OFFER}"
        ),
        _RAISED,
    ),
    # Too short or too usual for the form to tell.
    words(
        _RAISED,
        r"(?:der|die|das|den|dem|des|unser\w*|ein\w*) (?:aller)?beste[nrms]?",
        r"(?:aller)?(?:höchste[nrms]?|größte[nrms]?) (?:\w+ )?(?:Qualität|Präzision|Leistung|Auswahl|Sicherheit)\w*",
    ),
)
"""What raises the own offer above all others."""
