"""Sentences in both languages, one module a subject, each with ``MESSAGES``: id to :class:`Message`.

What belongs elsewhere: choosing one (``gtm_assets.language``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Message:
    """One sentence in both languages; the ``one_…`` forms are for a ``count`` of 1. ``{name}`` is a placeholder."""

    en: str
    de: str
    one_en: str = ""
    one_de: str = ""

    def text(self, language: Literal["de", "en"], *, one: bool = False) -> str:
        """The sentence with its placeholders."""
        if language == "de":
            return self.one_de if one and self.one_de else self.de
        return self.one_en if one and self.one_en else self.en
