"""Salutations and closing formulas: the mail around a text has its own."""

from __future__ import annotations

from typing import Final

from gtm_assets.texts.phrases.table import Wording, signs, words

GREETINGS: Final[tuple[Wording, ...]] = (
    signs(
        "Die Anrede wird später ergänzt; streichen.",
        r"^\W*(?:Sehr geehrte\w*|Geehrte\w*|Guten (?:Tag|Morgen|Abend)|Grüß Gott)",
        r"^\W*(?:Hallo|Hi|Hey|Moin|Servus|Grüezi|Dear|Hello)\b",
        r"^\W*Liebe[rs]? [A-ZÄÖÜ][\w-]*(?: [A-ZÄÖÜ][\w-]*)?,",
        r"^\W*Liebe[rs]? (?:Frau|Herr|Damen|Kolleg|Kund|Team|Leser|Interessent)\w*",
    ),
    words(
        "Grußformel und Absender werden später ergänzt; streichen.",
        r"(?:freundlich|herzlich|best|viel|lieb|schön)e[nm]? Gr(?:üße|üßen|uß)",
        r"MfG",
        r"Hochachtungsvoll",
        r"Ihr Team (?:von|der|aus)",
        r"(?:Kind|Best) regards",
    ),
)
"""How a mail begins and ends."""
