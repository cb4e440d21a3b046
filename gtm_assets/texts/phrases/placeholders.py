"""Places that somebody was meant to fill in."""

from __future__ import annotations

from typing import Final

from gtm_assets.texts.phrases.table import Wording, signs, words

PLACEHOLDERS: Final[tuple[Wording, ...]] = (
    signs("Platzhalter und Klammern gehören nicht in den fertigen Text.", r"\[[^\]]*\]?", r"\]", r"\{[^}]*\}*", r"\}"),
    words(
        "Das ist ein Platzhalter; durch Inhalt ersetzen.",
        r"X{2,}",
        r"_{2,}",
        r"%\w+%?",
        r"TT\.MM\.(?:JJJJ|YYYY|JJ)|JJJJ-MM-TT",
        r"Muster(?:firma|mann|frau|kunde|unternehmen)\w*|Firma XY|XYZ?|ABC GmbH",
        r"\$\w+",
        r"N\.\s?N\.",
        r"lorem|ipsum",
        r"TODO|TBD",
        r"Platzhalter\w*",
        r"(?:Firmen|Unternehmens)name",
    ),
    signs("Auslassungspunkte zeigen einen unfertigen Text; ausformulieren.", r"…", r"\.{2,}"),
)
"""Brackets, filler words and names, dots where words should be."""
