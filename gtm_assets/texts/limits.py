"""How long each text may be: the tenant's field decides over characters, the style over words, and the field wins.

Pure arithmetic on the ``TextLength`` of the published layout. What belongs elsewhere: reading the layout
(``resources.superoffice``), telling a text that it is too long (``gtm_assets.texts.rules``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from gtm_assets.texts.models import Finding, Limit

TextField = Literal["subject", "intro", "social_proof", "opener", "opener_secondary", "summary"]

# Characters of a German word of these texts with the space behind it: 199 characters hold 24 words.
CHARACTERS_PER_WORD: Final = 8.25


@dataclass(frozen=True)
class _Style:
    """What a text wants to be, and the shortest field in which it still can be that (characters)."""

    label: str
    shortest_field: int
    most_characters: int = 0
    min_words: int = 0
    max_words: int = 0


_STYLES: Final[dict[TextField, _Style]] = {
    # Mail programs show about 60 characters of a subject line.
    "subject": _Style("Die Betreffzeile", shortest_field=39, most_characters=60),
    "intro": _Style("Die Brücke", shortest_field=120, min_words=8),
    "social_proof": _Style("Der Beleg", shortest_field=120, min_words=8),
    # Marketing asks for 20 to 35 words where the field allows.
    "opener": _Style("Der Opener", shortest_field=150, min_words=20, max_words=35),
    "opener_secondary": _Style("Der zweite Opener", shortest_field=150, min_words=20, max_words=35),
    "summary": _Style("Die Zusammenfassung", shortest_field=120),
}


def limit_for(field: TextField, text_length: int) -> Limit:
    """The limit of ``field`` in a CRM field that holds ``text_length`` characters.

    Openers have 20 to 35 words from 289 characters on; below, the words follow the field: 199 characters give 15 to 24.

    Raises:
        ValueError: ``text_length`` is not positive, so the layout gave no length for this field.
    """
    if text_length <= 0:
        raise ValueError(
            f"The CRM field for {field} has text length {text_length}. "
            "Check that it is a text field in the published layout."
        )
    style = _STYLES[field]
    characters = min(text_length, style.most_characters or text_length)
    if style.max_words:
        max_words = max(1, min(style.max_words, int(characters / CHARACTERS_PER_WORD)))
        return Limit(characters, min_words=min(style.min_words, max_words * 5 // 8), max_words=max_words)
    # A minimum of words that leaves no choice of words would make every text wrong: then it is the field that is too
    # short.
    return Limit(characters, min_words=style.min_words if text_length >= style.shortest_field else 0)


def shortest_field(field: TextField) -> int:
    """Characters that a CRM field has to hold so that this text can be what it wants to be."""
    return _STYLES[field].shortest_field


def field_finding(field: TextField, text_length: int) -> Finding | None:
    """What there is to say about a CRM field that is too short for its purpose; None where it is long enough."""
    style = _STYLES[field]
    if text_length >= style.shortest_field:
        return None
    message = (
        f"{style.label} braucht ein Feld von mindestens {style.shortest_field} Zeichen, im CRM sind es {text_length}. "
        "Bitte im SuperOffice-Admin ein langes Textfeld (199 Zeichen) dafür anlegen."
    )
    return Finding(field=field, rule="field_too_short", message=message)
