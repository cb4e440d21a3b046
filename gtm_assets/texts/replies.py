"""What the model answers: reply shapes (they become the response schema) and whether an answer belongs to the question.

What belongs elsewhere: whether the text is any good (``gtm_assets.texts.rules``), the call itself
(``resources.gemini``).
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Literal

from pydantic import BaseModel, Field, create_model

from gtm_assets.texts.evidence import LONGEST_SPAN, SHORTEST_SPAN
from gtm_assets.texts.models import CellInputs, CellText, Evidence, Finding, Limit, OpenerInputs, OpenerText
from gtm_assets.texts.prompts import limit_in_words

_ID = "Die id aus den Eingaben, unverändert."
_SUBJECT = "Betreffzeile, die den wichtigsten Schmerzpunkt der Rolle trifft, ohne Satzzeichen am Ende"
_INTRO = "Brücke: genau ein deutscher Satz in Sie-Form, der die Rolle mit dem Schmerzpunkt der Branche verbindet"
_PROOF = "Beleg: ein Satz, höchstens zwei; nur registrierte Referenzen, Zahlen nur aus der genannten Referenz"
_OPENER = (
    "Erster Satz aus der Sicht des Produkts in primary: genau ein deutscher Satz, positive Beobachtung, keine Ziffern"
)
_SECONDARY = (
    "Erster Satz aus der Sicht des Produkts in secondary, deutlich anders als opener; null, wenn secondary null ist"
)
_EVIDENCE = (
    "Die Belege: zu jedem Satz für jede Aussage über dieses Unternehmen das Zitat der Website, auf dem sie beruht; "
    "was sich nicht belegen lässt, steht nicht im Satz"
)


class CellReply(BaseModel):
    """The texts of one cell as the model wrote them."""

    id: str = Field(description=_ID)
    subject: str = Field(description=_SUBJECT)
    intro: str = Field(description=_INTRO)
    social_proof: str = Field(description=_PROOF)


class EvidenceReply(BaseModel):
    """One claim of a sentence and what it rests on.

    Lengths stand in the descriptions only, for the same reason as those of the texts (``cell_schema``).
    """

    field: Literal["opener", "opener_secondary"] = Field(description="Zu welchem Satz die Aussage gehört.")
    claim: str = Field(
        description="Die Aussage über dieses Unternehmen: ein zusammenhängendes Stück des Satzes, wörtlich abgeschrieben."
    )
    span: str = Field(
        description=f"Das Zitat aus website_text, auf dem die Aussage beruht: Zeichen für Zeichen abgeschrieben, "
        f"{SHORTEST_SPAN} bis {LONGEST_SPAN} Zeichen, ohne Auslassung."
    )


class OpenerReply(BaseModel):
    """The opening sentences of one company as the model wrote them."""

    id: str = Field(description=_ID)
    opener: str = Field(description=_OPENER)
    opener_secondary: str | None = Field(default=None, description=_SECONDARY)
    evidence: list[EvidenceReply] = Field(default_factory=list, description=_EVIDENCE)


def cell_schema(inputs: CellInputs) -> type[CellReply]:
    """``CellReply`` with this tenant's limits in the descriptions.

    Descriptions and not ``max_length``: a validation error would throw a text away that a second attempt with
    findings can still shorten.
    """
    return _cell_schema(inputs.subject_limit, inputs.intro_limit, inputs.social_proof_limit)


def opener_schema(inputs: OpenerInputs) -> type[OpenerReply]:
    """``OpenerReply`` with this tenant's limit in the descriptions; second sentence and evidence are required, if only empty."""
    return _opener_schema(inputs.opener_limit)


def accept_cell(reply: CellReply, inputs: CellInputs) -> CellText | tuple[Finding, ...]:
    """The reply's texts, tidied, or the finding that it answers for another cell."""
    if reply.id.strip() != inputs.id:
        return (_other_id(reply.id, inputs.id),)
    return CellText(subject=tidy(reply.subject), intro=tidy(reply.intro), social_proof=tidy(reply.social_proof))


def accept_opener(reply: OpenerReply, inputs: OpenerInputs) -> OpenerText | tuple[Finding, ...]:
    """The reply's sentences, tidied, or findings: it answers for another company or lacks the second sentence.

    A second sentence that nobody asked for is dropped with its evidence: there is no product it could speak of.
    """
    if reply.id.strip() != inputs.id:
        return (_other_id(reply.id, inputs.id),)
    secondary = tidy(reply.opener_secondary or "")
    evidence = tuple(Evidence(each.field, tidy(each.claim), tidy(each.span)) for each in reply.evidence)
    if inputs.secondary is None:
        own = tuple(each for each in evidence if each.field == "opener")
        return OpenerText(opener=tidy(reply.opener), opener_secondary=None, evidence=own)
    if not secondary:
        message = "Der zweite Opener fehlt. Bitte auch für das Produkt in secondary einen Satz schreiben."
        return (Finding(field="opener_secondary", rule="missing", message=message),)
    return OpenerText(opener=tidy(reply.opener), opener_secondary=secondary, evidence=evidence)


def tidy(text: str) -> str:
    """The same words with composed umlauts, ordinary spaces and none around; the rules see everything else as it is."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(" " if unicodedata.category(character) == "Zs" else character for character in composed).strip()


@cache
def _cell_schema(subject: Limit, intro: Limit, social_proof: Limit) -> type[CellReply]:
    return create_model(
        "CellReply",
        __base__=CellReply,
        __doc__=CellReply.__doc__,
        subject=(str, _described(_SUBJECT, subject)),
        intro=(str, _described(_INTRO, intro)),
        social_proof=(str, _described(_PROOF, social_proof)),
    )


@cache
def _opener_schema(limit: Limit) -> type[OpenerReply]:
    return create_model(
        "OpenerReply",
        __base__=OpenerReply,
        __doc__=OpenerReply.__doc__,
        opener=(str, _described(_OPENER, limit)),
        opener_secondary=(str | None, _described(_SECONDARY, limit)),
        evidence=(list[EvidenceReply], Field(description=_EVIDENCE)),
    )


def _described(description: str, limit: Limit) -> object:
    return Field(description=f"{description}; {limit_in_words(limit)}")


def _other_id(returned: str, asked: str) -> Finding:
    message = (
        f"Die Antwort gehört zu „{returned[:60]}“, gefragt war „{asked}“. Bitte nur für die gefragte id antworten."
    )
    return Finding(field="id", rule="other_id", message=message)
