r"""The wordings that no text may contain: tables of patterns, each with what a reviewer is told.

Only data and one look-up, one module for each table. Which table applies to which text stands in ``gtm_assets.texts.rules``. Patterns are
regular expressions that begin and end at word boundaries; ``\w*`` says where a word may go on. What belongs elsewhere: wordings that only
an opener avoids (``opener_words``), lists of single words (``word_lists``).
"""

from gtm_assets.texts.phrases.address import ADDRESS, INFORMAL
from gtm_assets.texts.phrases.claims import CLAIMS
from gtm_assets.texts.phrases.greetings import GREETINGS
from gtm_assets.texts.phrases.markup import MARKUP
from gtm_assets.texts.phrases.placeholders import PLACEHOLDERS
from gtm_assets.texts.phrases.self_talk import SELF_TALK
from gtm_assets.texts.phrases.superlatives import SUPERLATIVES
from gtm_assets.texts.phrases.table import Wording, found

__all__ = [
    "ADDRESS",
    "CLAIMS",
    "GREETINGS",
    "INFORMAL",
    "MARKUP",
    "PLACEHOLDERS",
    "SELF_TALK",
    "SUPERLATIVES",
    "Wording",
    "found",
]
