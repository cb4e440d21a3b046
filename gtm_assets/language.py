"""What marketing people read, in German or English: a catalogue of sentences, chosen by id.

    say("de", "preview.no_mail", reason="…")          one sentence; values go into its {placeholders}
    say("en", "review.waiting", count=3)              ``count`` 1 takes the sentence's ``one_…`` form, where it has one
    phrase("de", "waiting for review")                a reason that the store keeps in English, as far as it is a known phrase
    moment("de", row["decided_at"])                   a time as people write it

A sentence stands in ``gtm_assets/messages/<subject>.py`` under ``<subject>.<name>``; a new subject is a new file with ``MESSAGES`` and
needs no registration. A command takes the option ``--lang`` as :data:`LanguageOption` and asks :func:`language_of` which one counts.

What belongs elsewhere: the texts of e-mails (German, from the model); what is stored, logged or printed as JSON, and errors (English).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from typing import Annotated

import typer

from gtm_assets.messages import Message
from gtm_assets.settings import Language, Settings

#: The option of commands that marketing people use; ``None`` leaves it to ``GTM_LANGUAGE``.
LanguageOption = Annotated[
    Language | None, typer.Option("--lang", help="Language of the output; default: GTM_LANGUAGE, else English.")
]


def language_of(option: Language | None, settings: Settings) -> Language:
    """The language that counts: the option's, else the settings'."""
    return option or settings.gtm_language


def say(language: Language, message_id: str, **values: object) -> str:
    """One sentence.

    Args:
        language: ``de`` or ``en``.
        message_id: ``<subject>.<name>``.
        **values: What goes into the placeholders; braces in a value stay what they are.

    Raises:
        KeyError: There is no such sentence, or a value is missing.
    """
    message = messages(message_id.partition(".")[0])[message_id]
    return message.text(language, one=values.get("count") == 1).format(**values)


@cache
def messages(subject: str) -> Mapping[str, Message]:
    """The sentences of one subject by id."""
    found: Mapping[str, Message] = import_module(f"gtm_assets.messages.{subject}").MESSAGES
    return found


def phrase(language: Language, text: str) -> str:
    """A reason as the store keeps it, in the reader's language; what is no known phrase stays as it is."""
    if language == "en" or not text:
        return text
    from gtm_assets.messages.reasons import german

    return german(text)


def moment(language: Language, at: datetime) -> str:
    """A time in UTC as people write it: ``2026-11-22 02:42 UTC``, ``22.11.2026, 02:42 Uhr (UTC)``."""
    if language == "de":
        return f"{at.astimezone(UTC):%d.%m.%Y, %H:%M} Uhr (UTC)"
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
