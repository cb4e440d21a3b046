"""The e-mail that one person would get, part by part, with where each comes from and what is missing. Pure.

What would be: a planned change's new value, else what the record carries. A human's value stays, so it is what the person gets.
What belongs elsewhere: reading the facts (``preview_facts``), joining the parts (``gtm_assets.texts.compose``), words for people
(``gtm_assets.commands.preview_words``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from gtm_assets.texts.choice import NO_TEXT, Choice, Level
from gtm_assets.texts.compose import EmailParts, Paragraph, paragraphs, salutation
from gtm_assets.writeback.plan import CLEARED, EDITED, EntityPlan

PartName = Literal["salutation", "subject", "opener", "intro", "social_proof", "unsubscribe"]
#: ``in_crm``: the engine wrote it and it stands; ``planned``: it would be written; ``human``: somebody's own value, it stays;
#: ``refused``: the engine's text does not fit the field; ``cleared``: somebody emptied the field; ``removed``: our value would be taken
#: away; ``missing``: there is none; ``computed``: made when the e-mail is joined.
PartState = Literal["in_crm", "planned", "human", "refused", "cleared", "removed", "missing", "computed"]
#: What somebody can do; the words stand in ``gtm_assets.messages.preview``.
AdviceName = Literal[
    "review",
    "write",
    "write_campaign",
    "rewrite",
    "title",
    "vertical",
    "notion_row",
    "campaign_tag",
    "website",
    "empty_field",
    "type_back",
    "own_text",
    "field_length",
    "unsubscribe",
    "research",
]
#: Why a person with no text gets no link either.
NOTHING_TO_LEAVE = "there is no text to unsubscribe from"
Sending = Literal["nothing", "draft", "stopped", "next_pass", "blocked"]


@dataclass(frozen=True)
class Advice:
    """What somebody can do about a part, with the command for it where there is one."""

    name: AdviceName
    command: str = ""


@dataclass(frozen=True)
class Quote:
    """What the opener states about the company, and the website's words behind it."""

    claim: str
    span: str


@dataclass(frozen=True)
class Origin:
    """The version of a text block that a part comes from, or that stands in its way.

    ``state`` is where it stands: as of any cell or opener; ``earlier`` where there is a newer version, ``retired`` where its persona,
    vertical or campaign takes no part any more. ``review_id``: the verdict's row in ``reviews``, which names the reviewer.
    """

    kind: str
    key: str
    version: int
    newest_version: int
    state: str
    model: str
    prompt_version: str
    written_at: datetime
    verdict: str = ""
    reviewer: str = ""
    decided_at: datetime | None = None
    comment: str = ""
    findings: tuple[str, ...] = ()
    evidence: tuple[Quote, ...] = ()
    review_id: int | None = None


@dataclass(frozen=True)
class Part:
    """One part of the e-mail: what the person gets, and why; ``would_be`` is the engine's own text where that is another one."""

    name: PartName
    value: str
    state: PartState
    reason: str = ""
    origin: Origin | None = None
    would_be: str = ""
    advice: tuple[Advice, ...] = ()


@dataclass(frozen=True)
class Cause:
    """What the engine has for a part: its text, or why there is none and what helps."""

    text: str = ""
    reason: str = ""
    origin: Origin | None = None
    advice: tuple[Advice, ...] = ()


@dataclass(frozen=True)
class Rests:
    """A persona or vertical and what it rests on: job title words, quotes of the website, or a human's choice."""

    key: str | None
    name: str
    reason: str
    source: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """Everything a preview is made from.

    ``academic_title`` is None where it was not read, and ``unread`` says why. ``blocked`` is why nothing may be sent. ``written`` maps
    fields to what the engine wrote and saw, with its block; ``origins`` block ids to versions; ``causes`` fields to what the engine has.
    """

    person: Mapping[str, Any]
    account: Mapping[str, Any] | None
    persona: Rests
    vertical: Rests
    choice: Choice
    fallback: tuple[Advice, ...]
    blocked: str
    plans: Mapping[str, EntityPlan]
    written: Mapping[str, tuple[str, int | None]]
    origins: Mapping[int, Origin]
    causes: Mapping[PartName, Cause]
    academic_title: str | None
    unread: str
    may_write: bool
    stopped: str


@dataclass(frozen=True)
class Preview:
    """What one person would get. ``paragraphs`` is empty where nothing may be sent."""

    person_id: int
    name: str
    title: str
    company: str
    contact_id: int
    blocked: str
    subject: str
    paragraphs: tuple[Paragraph, ...]
    parts: tuple[Part, ...]
    persona: Rests
    vertical: Rests
    campaign: str
    level: Level
    level_reason: str
    fallback: tuple[Advice, ...]
    sending: Sending
    stopped: str
    unread: str
    read_at: datetime

    @property
    def text(self) -> str:
        """The e-mail's text, as :func:`gtm_assets.texts.compose.compose` joins it."""
        return "\n\n".join(paragraph.text for paragraph in self.paragraphs)

    @property
    def missing(self) -> tuple[PartName, ...]:
        """Parts that the person would get nothing for."""
        return tuple(part.name for part in self.parts if not part.value)


def preview_person(facts: Facts) -> Preview:
    """Put the e-mail together."""
    person = facts.person
    parts = {name: _part(name, facts) for name in ("subject", "opener", "intro", "social_proof", "unsubscribe")}
    email = EmailParts(
        mrmrs=person["mrmrs"],
        academic_title=facts.academic_title or "",
        firstname=person["firstname"],
        lastname=person["lastname"],
        opener=parts["opener"].value,
        intro=parts["intro"].value,
        social_proof=parts["social_proof"].value,
        unsubscribe_url=parts["unsubscribe"].value,
    )
    subject, *others = parts.values()
    return Preview(
        person_id=person["person_id"],
        name=f"{person['firstname']} {person['lastname']}".strip(),
        title=person["title"] or person["job_title"] or person["position"],
        company=facts.account["name"] if facts.account else "",
        contact_id=person["contact_id"],
        blocked=facts.blocked,
        subject="" if facts.blocked else subject.value,
        paragraphs=() if facts.blocked else paragraphs(email),
        parts=(subject, _salutation_part(email), *others),
        persona=facts.persona,
        vertical=facts.vertical,
        campaign=person["campaign"],
        level=facts.choice.level,
        level_reason=facts.choice.reason,
        fallback=facts.fallback,
        sending=_sending(facts, parts.values()),
        stopped=facts.stopped,
        unread=facts.unread,
        read_at=person["read_at"],
    )


def _part(name: PartName, facts: Facts) -> Part:
    """One field: what it would hold, and what that is."""
    owner: Mapping[str, Any] = (facts.account or {}) if name == "opener" else facts.person
    carried: str = (owner.get("fields") or {}).get(name, "")
    written, block_id = facts.written.get(name, ("", None))
    cause = Cause() if facts.blocked else facts.causes[name]
    plan = facts.plans.get("Contact" if name == "opener" else "Person")
    if plan is not None and name in plan.fields:
        change = plan.fields[name]
        if change.after:
            return Part(name, change.after, "planned", cause.reason, facts.origins.get(change.block_id or 0))
        return Part(name, "", "removed", change.reason, cause.origin, cause.text, cause.advice)
    if plan is not None and name in plan.kept:
        return _kept(name, carried, written, plan.kept[name], cause)
    if carried and carried in {written, cause.text}:
        origin = facts.origins.get(block_id or 0) if carried == written else cause.origin
        return Part(name, carried, "in_crm", cause.reason, origin, advice=cause.advice)
    if carried:
        return Part(name, carried, "human", EDITED, None, cause.text)
    if name == "unsubscribe" and cause.text:
        return Part(name, "", "missing", NOTHING_TO_LEAVE)
    return Part(name, "", "missing", cause.reason, cause.origin, cause.text, cause.advice)


def _kept(name: PartName, carried: str, written: str, why: str, cause: Cause) -> Part:
    if why == CLEARED:
        return Part(name, "", "cleared", why, cause.origin, cause.text, (Advice("own_text"),))
    if why.startswith(EDITED):
        # A field that is emptied after the engine wrote exactly this text stays empty; so the way back is to type it again.
        way_back: AdviceName = "type_back" if cause.text == written else "empty_field"
        return Part(name, carried, "human", why, None, cause.text, (Advice(way_back),) if cause.text else ())
    return Part(name, carried, "refused", why, cause.origin, cause.text, (Advice("field_length"),))


def _salutation_part(email: EmailParts) -> Part:
    value = salutation(email.mrmrs, email.academic_title, email.lastname, firstname=email.firstname)
    if not email.lastname.strip():
        reason = "neutral: there is no last name"
    elif value.startswith("Guten Tag"):
        reason = f"neutral: {email.mrmrs!r} in Mrmrs does not tell Herr from Frau"
    else:
        reason = f"from Mrmrs {email.mrmrs!r} and the last name"
    return Part("salutation", value, "computed", reason)


def _sending(facts: Facts, parts: Any) -> Sending:
    if facts.blocked:
        return "blocked"
    if not any(part.state in {"planned", "removed"} for part in parts):
        return "nothing"
    if not facts.may_write:
        return "draft"
    return "stopped" if facts.stopped else "next_pass"


def text_cause(choice: Choice, text: str, origin: Origin | None, advice: tuple[Advice, ...]) -> Cause:
    """What the engine has of a person's cell for one field."""
    cell = choice.cell
    if cell is None:
        return Cause("", choice.reason, None, advice)
    if cell.state == "approved":
        return Cause(text, choice.reason, origin, advice)
    shown = text if cell.state in {"waiting", "failed_rules"} else ""
    return Cause(shown, choice.reason or NO_TEXT[cell.state], origin, advice)
