"""What goes into a text block and what comes out: frozen values, shared by prompts, rules, composition and the store.

What belongs elsewhere: reading them from the store (``gtm_assets.texts.blocks``), Gemini's reply shapes (``replies``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gtm_assets.knowledge.models import OpsFocus, Reference
from gtm_assets.research.model_inputs import Prompt

__all__ = [
    "CellInputs",
    "CellText",
    "Evidence",
    "Finding",
    "Limit",
    "OpenerInputs",
    "OpenerText",
    "OpsFocus",
    "ProductFocus",
    "Prompt",
    "Reference",
]


@dataclass(frozen=True)
class Limit:
    """How long one text may be. Characters come from the tenant's field; words are the style's range (0 = open)."""

    max_characters: int
    min_words: int = 0
    max_words: int = 0


@dataclass(frozen=True)
class CellInputs:
    """Everything one cell of the matrix is written from. ``id`` is ``persona|vertical`` or ``persona|vertical|campaign``."""

    id: str
    persona_name: str
    persona_pains: tuple[str, ...]
    persona_gains: tuple[str, ...]
    persona_job_titles: tuple[str, ...]
    vertical_name: str
    vertical_definition: str
    vertical_pains: tuple[str, ...]
    vertical_gains: tuple[str, ...]
    product: str
    references: tuple[Reference, ...]
    subject_limit: Limit
    intro_limit: Limit
    social_proof_limit: Limit
    campaign_name: str = ""
    campaign_brief: str = ""


@dataclass(frozen=True)
class ProductFocus:
    """A product and the ops focus it serves."""

    focus: OpsFocus
    product: str


@dataclass(frozen=True)
class OpenerInputs:
    """Everything the openers of one company are written from. ``id`` is the contact id as text."""

    id: str
    company_name: str
    city: str
    summary: str
    vertical_name: str
    vertical_pains: tuple[str, ...]
    vertical_gains: tuple[str, ...]
    primary: ProductFocus
    secondary: ProductFocus | None
    website_text: str
    opener_limit: Limit


@dataclass(frozen=True)
class CellText:
    """One cell's three texts."""

    subject: str
    intro: str
    social_proof: str


@dataclass(frozen=True)
class Evidence:
    """What a sentence states about the company, and the words of the website that it rests on.

    Attributes:
        field: Which sentence.
        claim: A part of it, verbatim.
        span: A quote of the website, verbatim.
    """

    field: Literal["opener", "opener_secondary"]
    claim: str
    span: str


@dataclass(frozen=True)
class OpenerText:
    """One company's opening sentences; ``opener_secondary`` is None where the vertical has no second product.

    ``evidence`` is None where nobody was asked for any: a person who writes a sentence answers for it.
    """

    opener: str
    opener_secondary: str | None
    evidence: tuple[Evidence, ...] | None = None

    @property
    def content(self) -> dict[str, str | None]:
        """The sentences by field: what a review is bound to."""
        return {"opener": self.opener, "opener_secondary": self.opener_secondary}


@dataclass(frozen=True)
class Finding:
    """What a rule has to say about a text.

    Attributes:
        field: Which text, such as ``subject``.
        rule: Stable identifier of the rule, such as ``too_long``.
        message: German, for the reviewer: what is wrong and what would be right.
    """

    field: str
    rule: str
    message: str
