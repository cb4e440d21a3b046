"""How a text speaks to its reader: politely, with Sie, and how it must not."""

from __future__ import annotations

import re
from typing import Final

from gtm_assets.texts.phrases.table import Wording, words

_POLITE: Final = "Bitte in der Sie-Form schreiben."
_YOU_VERBS: Final = "(?:habt|könnt|seid|müsst|wollt|sollt|werdet|kennt|wisst|braucht|macht)"
# Words in -t before "ihr" that are no second person: "damit ihr Team", "gibt ihr Halt".
_NO_YOU_VERB: Final = "damit|somit|womit|mit|nicht|statt|seit|samt|laut|gibt|hilft|dient|passt|nützt|fehlt|gelingt|bleibt|geht|liegt|steht"

INFORMAL: Final[tuple[Wording, ...]] = (
    words(
        _POLITE,
        r"du|dich|dir|dein(?:e[nrms]?)?|euch|euer|eure[nrms]?",
        rf"{_YOU_VERBS} ihr",
        rf"ihr {_YOU_VERBS}",
    ),
    # "ihr zeigt", "setzt ihr": the second person by its verb, where "ihr" does not stand before a noun.
    Wording(
        re.compile(
            r"\b(?:und|dass|weil|wenn|wie|wo|ob|was|als|sobald|damit|,) ihr (?:\w+ ){0,2}[a-zäöü]{2,}t\b(?! ?[A-ZÄÖÜ])"
            rf"|\b(?!{_NO_YOU_VERB})[a-zäöüß]{{3,}}t ihr (?=[a-zäöü]+\b)(?![a-zäöü]+e[nrms]? [A-ZÄÖÜ])"
        ),
        _POLITE,
    ),
    # A sentence that begins with an order: "Entdecke", "Schau mal".
    Wording(
        re.compile(
            r"^(?:Komm|Sieh|Schau|Hol|Erleb|Entdeck|Spar|Nutz|Test|Probier|Mach|Lass|Nimm|Gib|Lies|Stell|Buch|Besuch|Frag|Start|Vergiss"
            r"|Erfahr|Lern|Sicher|Triff|Prüf|Vergleich|Gewinn)e?(?: (?!Sie\b)\w|[,!])"
        ),
        _POLITE,
    ),
    # Here the case of the letter is the mistake, so the pattern minds it.
    Wording(
        re.compile(r"\b(?:[Ff]ür|[Mm]it|[Bb]ei) (?:sie|ihnen) (?:als|in der|im)\b"),
        "Die höfliche Anrede wird großgeschrieben: Sie, Ihnen, Ihr.",
    ),
)
"""The second person, orders, and the polite form in small letters."""

ADDRESS: Final = re.compile(r"\b(?:Sie|Ihnen|Ihr(?:e[nrms]?)?)\b")
"""The polite form of address, by its capital letter."""
