"""Signs of formatting, which a CRM's text field shows as they are."""

from __future__ import annotations

from typing import Final

from gtm_assets.texts.phrases.table import Wording, signs

MARKUP: Final[tuple[Wording, ...]] = (
    signs("HTML und spitze Klammern sind nicht erlaubt.", r"</?[a-z!][^>]*>?", r"[<>]"),
    signs(
        "Formatierungszeichen sind nicht erlaubt; nur Fließtext.",
        r"[*`|\\^~]+",
        r"__\w|\w__",
        r"^\s*#+",
        r"^\s*[-–—•·]\s",
    ),
    signs("HTML-Entitäten sind nicht erlaubt; das Zeichen selbst schreiben.", r"&(?:[a-z]\w{1,7}|#x?[0-9a-f]+);"),
    signs(
        "Links und E-Mail-Adressen sind nicht erlaubt.",
        r"\b(?:https?|ftp|mailto):\S*",
        r"\bwww\.\S+",
        r"(?<![^\s@])[^\s@]+@[^\s@]+\.\w+",
    ),
)
"""HTML, Markdown, links and addresses."""
