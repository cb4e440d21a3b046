"""A preview in words, in the reader's language: what the terminal and the page both show. Pure.

What belongs elsewhere: what is said (``gtm_assets.messages.preview``), how it looks (``preview_terminal``, ``preview_page``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from gtm_assets.language import moment, phrase, say
from gtm_assets.settings import Language
from gtm_assets.texts.blocks import AUTO_REVIEWER
from gtm_assets.writeback.preview import Advice, Origin, Part, Preview, Rests


@dataclass(frozen=True)
class ToDo:
    """What somebody can do, and the command for it where there is one."""

    text: str
    command: str


@dataclass(frozen=True)
class PartWords:
    """One part; ``state`` is a key (for colours), ``state_label`` its words, ``lines`` where it comes from and why."""

    name: str
    label: str
    value: str
    state: str
    state_label: str
    lines: tuple[str, ...]
    would_be: str
    todo: tuple[ToDo, ...]


@dataclass(frozen=True)
class FactWords:
    """One fact about the person, such as the persona, with what it rests on."""

    label: str
    value: str
    lines: tuple[str, ...]
    todo: tuple[ToDo, ...] = ()


@dataclass(frozen=True)
class PreviewWords:
    """Everything there is to say."""

    title: str
    recipient: str
    alert: str
    alert_why: str
    incomplete: str
    facts: tuple[FactWords, ...]
    parts: tuple[PartWords, ...]
    notes: tuple[str, ...]


def in_words(preview: Preview, language: Language) -> PreviewWords:
    """Say it."""
    missing = [say(language, f"preview.part.{name}") for name in preview.missing]
    incomplete = (
        say(language, "preview.incomplete", parts=", ".join(missing)) if missing and not preview.blocked else ""
    )
    notes = [say(language, "preview.read_at", at=moment(language, preview.read_at))]
    if preview.unread:
        notes.append(_sentence(phrase(language, preview.unread)))
    notes.append(say(language, "preview.permission"))
    return PreviewWords(
        title=say(language, "preview.title", person=f"{preview.name} ({preview.person_id})"),
        recipient=recipient(preview.name, preview.title, preview.company),
        alert=say(language, "preview.no_mail", reason=phrase(language, preview.blocked)) if preview.blocked else "",
        alert_why=say(language, "preview.no_mail_why") if preview.blocked else "",
        incomplete=incomplete,
        facts=_facts(preview, language),
        parts=_parts(preview, language),
        notes=tuple(notes),
    )


def recipient(name: str, title: str, company: str) -> str:
    """``Erika Muster (Leiterin Logistik), Muster GmbH``."""
    return ", ".join(filter(None, (f"{name} ({title})" if title else name, company)))


def _facts(preview: Preview, language: Language) -> tuple[FactWords, ...]:
    level = "" if preview.blocked else say(language, f"preview.level.{preview.level}")
    reason = phrase(language, preview.level_reason)
    campaign = preview.campaign or say(language, "preview.none")
    sending = say(language, f"preview.sending.{preview.sending}", reason=preview.stopped)
    return (
        _rests("persona", preview.persona, language),
        _rests("vertical", preview.vertical, language),
        FactWords(
            say(language, "preview.campaign"),
            campaign,
            # Why there is none is said with the parts that are missing.
            tuple(filter(None, (level, "" if preview.level == "none" else reason))),
            tuple(_todo(advice, language) for advice in preview.fallback),
        ),
        FactWords(say(language, "preview.writing"), sending, ()),
    )


def _rests(what: str, rests: Rests, language: Language) -> FactWords:
    lines = []
    if rests.source in {"human", "model"}:
        quotes = " … ".join(f"„{quote}“" if language == "de" else f'"{quote}"' for quote in rests.evidence)
        lines.append(say(language, f"preview.vertical_{rests.source}", quotes=quotes))
    elif rests.source and rests.source != "unknown":
        lines.append(say(language, "preview.rests_on_title", source=rests.source))
    if rests.reason:
        lines.append(phrase(language, rests.reason))
    value = f"{rests.name} ({rests.key})" if rests.key else say(language, "preview.unknown")
    return FactWords(say(language, f"preview.{what}"), value, tuple(lines))


def _parts(preview: Preview, language: Language) -> tuple[PartWords, ...]:
    """What a cell's three parts have in common is said where it is first met: who approved them, or why there are none."""
    found: list[PartWords] = []
    for place, part in enumerate(preview.parts):
        earlier = preview.parts[:place]
        same = next((each for each in earlier if not part.value and _alike(each, part)), None)
        in_full = part.origin not in [each.origin for each in earlier]
        words = _part(part, preview, language, in_full=in_full)
        if same is not None:
            line = say(language, "preview.same", part=say(language, f"preview.part.{same.name}"))
            words = replace(words, lines=(line,), todo=())
        found.append(words)
    return tuple(found)


def _alike(one: Part, other: Part) -> bool:
    return (one.state, one.reason, one.origin, one.advice) == (other.state, other.reason, other.origin, other.advice)


def _part(part: Part, preview: Preview, language: Language, *, in_full: bool) -> PartWords:
    lines = []
    # What holds for the person's choice of text is said once, above.
    if part.reason and (part.reason != preview.level_reason or part.state == "missing"):
        lines.append(phrase(language, part.reason))
    if part.origin is not None:
        lines += origin_lines(part.origin, language) if in_full else origin_lines(part.origin, language)[:1]
    return PartWords(
        name=part.name,
        label=say(language, f"preview.part.{part.name}"),
        value=part.value,
        state=part.state,
        state_label=say(language, f"preview.state.{part.state}"),
        lines=tuple(lines),
        would_be=part.would_be if part.would_be != part.value else "",
        todo=tuple(_todo(advice, language) for advice in part.advice),
    )


def _todo(advice: Advice, language: Language) -> ToDo:
    return ToDo(say(language, f"preview.advice.{advice.name}"), advice.command)


def origin_lines(origin: Origin, language: Language) -> list[str]:
    """Which version of which text, by whom and when it was written and decided about; the first line names it."""
    which = [say(language, f"preview.origin.{origin.kind}", key=origin.key, version=origin.version)]
    if origin.newest_version != origin.version:
        which.append(say(language, "preview.origin.newest", newest=origin.newest_version))
    written = moment(language, origin.written_at)
    lines = [
        "; ".join(which),
        say(language, "preview.origin.written", at=written, model=origin.model, prompt=origin.prompt_version),
        _verdict(origin, language),
    ]
    if origin.comment:
        lines.append(say(language, "preview.origin.comment", comment=origin.comment))
    if origin.state in {"lapsed", "retired"}:
        lines.append(say(language, f"preview.origin.{origin.state}"))
    lines += [say(language, "preview.origin.evidence", claim=each.claim, span=each.span) for each in origin.evidence]
    return lines + [say(language, "preview.origin.finding", finding=finding) for finding in origin.findings]


def _verdict(origin: Origin, language: Language) -> str:
    if origin.decided_at is None:
        return say(language, "preview.origin.unapproved")
    at = moment(language, origin.decided_at)
    if origin.verdict == "approved" and origin.reviewer == AUTO_REVIEWER:
        return say(language, "preview.origin.approved_by_policy", at=at)
    return say(language, f"preview.origin.{origin.verdict}", reviewer=origin.reviewer, at=at)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "!", "?")) else ".")
