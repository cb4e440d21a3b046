"""A preview as one self-contained page: the e-mail on the left, where it comes from on the right. Nothing is loaded from anywhere.

What belongs elsewhere: the words (``preview_words``), what the page looks like (``preview_page.html.jinja``), keeping and
opening it (``console``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from gtm_assets.commands.preview_words import FactWords, PartWords, PreviewWords, recipient
from gtm_assets.language import phrase, say
from gtm_assets.settings import Language
from gtm_assets.texts.compose import Paragraph
from gtm_assets.writeback.email import ReadEmail
from gtm_assets.writeback.preview import Preview


@dataclass(frozen=True)
class _Page:
    """What the template fills in; it escapes every value."""

    language: Language
    title: str
    recipient: str
    alert: str
    alert_why: str
    incomplete: str
    subject: str
    paragraphs: Sequence[Paragraph]
    facts: Sequence[FactWords]
    parts: Sequence[PartWords]
    notes: Sequence[str]


def page(preview: Preview, words: PreviewWords, language: Language) -> str:
    """The page of what would be."""
    return _render(
        _Page(
            language=language,
            title=words.title,
            recipient=words.recipient,
            alert=words.alert,
            alert_why=words.alert_why,
            incomplete=words.incomplete,
            subject=preview.subject or say(language, "preview.no_subject"),
            paragraphs=preview.paragraphs,
            facts=words.facts,
            parts=words.parts,
            notes=words.notes,
        )
    )


def crm_page(email: ReadEmail, blocked: str, person_id: int, language: Language) -> str:
    """The page of what stands in the CRM now."""
    return _render(
        _Page(
            language=language,
            title=say(language, "preview.title_crm", person=f"{email.person} ({person_id})"),
            recipient=recipient(email.person, email.title, email.company),
            alert=say(language, "preview.no_mail", reason=phrase(language, blocked)) if blocked else "",
            alert_why=say(language, "preview.crm_no_mail_why") if blocked else "",
            incomplete="",
            subject=email.subject or say(language, "preview.no_subject"),
            paragraphs=email.paragraphs,
            facts=(),
            parts=(),
            notes=(say(language, "preview.crm_now"), say(language, "preview.permission")),
        )
    )


def _render(values: _Page) -> str:
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["say"] = lambda message_id: say(values.language, message_id)
    source = files(__package__).joinpath("preview_page.html.jinja").read_text(encoding="utf-8")
    numbers = {part.name: number for number, part in enumerate(values.parts, start=1)}
    return environment.from_string(source).render(page=values, numbers=numbers)
