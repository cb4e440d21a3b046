"""Names in several languages, as SuperOffice keeps them: ``GE:"Kunde";US:"Customer"``.

Source: SuperOffice's developer documentation, "Headers": without a language header, or with ``*`` or ``x``, such strings come as they
    are; with one, translated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# SuperOffice's own codes for the languages of ISO 639-1 that the sandbox speaks.
CODES = {"de": "GE", "en": "US", "no": "NO", "nb": "NO"}
_PART = re.compile(r'([A-Z]{2}):"([^"]*)"')


def multilingual(names: Mapping[str, str], first: str = "en") -> str:
    """One string for all languages (ISO code -> name), the tenant's own language in front."""
    order = sorted(names, key=lambda language: (language != first, list(names).index(language)))
    return ";".join(f'{CODES[language]}:"{names[language]}"' for language in order)


def language_asked_for(headers: Mapping[str, str]) -> str:
    """ISO code of the language header, empty for none or ``*``. SO-Language wins over Accept-Language."""
    asked = headers.get("so-language", "") or headers.get("accept-language", "")
    code = asked.split(",")[0].split(";")[0].strip().lower().split("-")[0]
    return code if code in CODES else ""


def translated(text: str, language: str) -> str:
    """What a client sees who asked for ``language``.

    The first name if that one is missing, the raw string if none was asked for.
    """
    if not language:
        return text
    parts = _PART.findall(text)
    if not parts:
        return text
    return str(dict(parts).get(CODES[language], parts[0][1]))


def all_names(text: str) -> tuple[str, ...]:
    """The single names inside a string, or the string itself."""
    parts = _PART.findall(text)
    return tuple(name for _, name in parts) if parts else (text,)
