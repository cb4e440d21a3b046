"""Lists of single words by which a text is measured: language, sentences that break off, units. Only data.

What belongs elsewhere: the measurements themselves (``wording``), wordings that are forbidden (``phrases``), what an opener says of a
company (``opener_words``).
"""

from __future__ import annotations

from typing import Final


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


FUNCTION_WORDS: Final = _words("""
    der die das den dem des ein eine einen einem einer eines und oder aber sondern für mit von vom zu zum zur im
    am auf aus bei beim nach über unter durch ohne um trotz statt wie wo wenn weil dass damit ist sind wird
    werden bleibt bleiben hat haben kann können nicht kein keine keinen mehr weniger sie ihr ihre ihren ihrem
    ihrer ihnen sich als auch nur jede jeder jedes jeden dank dabei deren dessen speziell gerade besonders sowie
    zwischen bis ins denn hier heute uns unser unsere wer was gut
""")
"""German words that make sentences and are borrowed from nowhere: they tell that a text is German, and carry no meaning of their own."""

FOREIGN_WORDS: Final = _words("""
    the and of for with your our you to are that this from we their they which helps without into have has these
    those while where when le la les et une pour dans avec est vous votre nous notre el los las con para por sus
    nuestro il che per gli della het een voor naar un tra di del dei senza sans aux
""")
"""Function words of the neighbours' languages that are no German words."""

ENGLISH_WORDS: Final = _words("""
    clean cleaner cleaning floor floors less more save saves saving savings time times better best staff work
    works workers smart smarter free new now next today day days hours week night shift shifts patients guests
    care caring production machines machine line lines downtime robots robot automated automate automation
    transport fewer labor labour cost costs reduce reduces reducing cut cuts boost boosts improve improves
    improved keep keeps keeping make makes get gets give gives help helps focus shortage skilled talent quality
    safe safer safety happy hygiene hygienic reliable efficient efficiency faster quick quickly easy easily
    simple future solution solutions every all our hands people employees customers delivery deliveries
    warehouse warehouses hospital hospitals hotel-rooms nursing nurses stock supply logistics productivity
    throughput without while spotless shiny shining bright fresh logistic moving walking distances
""")
"""Frequent English words of headlines that are no German words."""

NEVER_LAST: Final = _words("""
    der die das den dem des eine einen einem einer eines und oder aber sondern für von vom zum zur im am in beim
    ohne trotz statt dass damit weil wenn während bis ob sowie zwischen unser unsere unseren unserem unserer
    mein seine als wie denn sobald obwohl indem dessen deren welche welcher welches kein keine keinen keiner
    jede jeder jedes jeden sehr nächstes nächsten nächste nächster pro per je dieser diese dieses diesen diesem
""")
"""No German headline or sentence ends with one of these. Prefixes of verbs ("trägt dazu bei", "läuft mit") are not among them."""

UNITS: Final = {
    "%": r"%|Prozent|v\.\s?H\.",
    "Stunden": r"Stunden?|Std\.?|h\b",
    "Minuten": r"Minuten?|Min\.",
    "Sekunden": r"Sekunden?",
    "Tage": r"Tage?n?\b",
    "Wochen": r"Wochen?",
    "Monate": r"Monate?n?\b",
    "Jahre": r"Jahre?n?\b",
    "km": r"km\b|Kilometern?",
    "m²": r"m²|qm\b|Quadratmetern?",
    "Meter": r"m\b|Metern?",
    "Euro": r"€|Euro\b|EUR\b",
    "kg": r"kg\b|Kilogramm|Kilo\b",
    "Tonnen": r"Tonnen?|t\b",
    "Fahrten": r"\w{0,60}fahrten?",
    "Personen": r"Personen|Mitarbeite\w+|Beschäftigten?|(?:Fach)?kräften?\b",
}
"""What is counted, each with its spellings (patterns, any case): two numbers with different units are not the same number."""
