"""What lineage answers with. Values only.

What belongs elsewhere: asking the store (``lineage`` for a person, ``lineage_page`` for a row of Notion), words (``gtm_assets.commands``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from gtm_assets.crm.fields import Entity
from gtm_assets.settings import UserError
from gtm_assets.writeback.preview import Origin

#: As in a preview: our value stands, somebody else's stands, somebody emptied the field, there is none.
FieldState = Literal["in_crm", "human", "cleared", "missing"]


class UnknownLineageError(UserError):
    """Nothing is known about what was asked for; the message says what to do."""


@dataclass(frozen=True)
class Input:
    """One row that a text was made from, and which version; ``current_hash`` is the row's today, None where the row is gone."""

    source: str
    key: str
    row_hash: str
    page_id: str
    url: str
    current_hash: str | None
    active: bool

    @property
    def is_current(self) -> bool:
        """Whether the row still says what it said when the text was made."""
        return self.row_hash == self.current_hash


@dataclass(frozen=True)
class Text:
    """One version of a text block and what it rests on.

    Attributes:
        block_id: Its id.
        origin: Version, model, prompt, verdict and findings, as a preview shows them.
        content_hash: What the review is bound to.
        author: ``model``, or who wrote this version.
        passed: Every rule passed.
        inputs: The rows it was made from; empty: unknown, it was written before that was kept.
        evidence: Openers: what of the website each claim rests on.
        calls: Requests to the model that it came of; 0: not kept.
        price: What they cost together, in ``currency``; None where they were paid in several currencies, or not kept.
        currency: Of the price, else empty.
    """

    block_id: int
    origin: Origin
    content_hash: str
    author: str
    passed: bool
    inputs: tuple[Input, ...]
    evidence: tuple[Mapping[str, str], ...]
    calls: int
    price: float | None
    currency: str


@dataclass(frozen=True)
class Written:
    """One value that the engine wrote to the CRM and saw there; ``value`` is empty where it took its own value away.

    ``same_in_newest``: there is a later version of its text, which says the same in this field; it is not written again for that.
    """

    entity: Entity
    entity_id: int
    field: str
    value: str
    ledger_id: int
    guard: str
    run_id: str
    confirmed_at: datetime | None
    text: Text | None
    same_in_newest: bool


@dataclass(frozen=True)
class FieldLineage:
    """One field of the person or of the company: what stands there by our hand, or why nothing does.

    ``written`` is the newest value of ours that was not taken away; where ``state`` is not ``in_crm`` it stands there no more.
    """

    field: str
    entity: Entity
    state: FieldState
    reason: str
    written: Written | None


@dataclass(frozen=True)
class PersonLineage:
    """Everything that was written for one person; ``earlier`` are values that are not the newest of their field any more, newest first."""

    person_id: int
    contact_id: int | None
    gone_at: datetime | None
    read: bool
    fields: tuple[FieldLineage, ...]
    earlier: tuple[Written, ...]


@dataclass(frozen=True)
class Page:
    """A row of Notion as the engine last read it, whether it takes part or not; ``row_hash`` is its current version."""

    database: str
    key: str
    name: str
    page_id: str
    url: str
    row_hash: str
    active: bool
    changed_at: datetime


@dataclass(frozen=True)
class Carriers:
    """Records of one kind that carry the same fields of a text, by id.

    ``row_hash`` is the version of the row that their words rest on: the text's, or the newest version's where that says the same.
    """

    entity: Entity
    fields: tuple[str, ...]
    ids: tuple[int, ...]
    row_hash: str


@dataclass(frozen=True)
class PageText:
    """One version of a text that a row went into.

    Attributes:
        block_id: Its id.
        kind: ``cell`` or ``opener``.
        key: The cell's key, or the contact id.
        version: Of this key.
        newest: There is no later one.
        state: By rules and verdict: ``approved``, ``waiting``, ``rejected`` or ``failed_rules``.
        row_hash: The version of the row that it was made of.
        carriers: Who carries it in the CRM now.
    """

    block_id: int
    kind: str
    key: str
    version: int
    newest: bool
    state: str
    row_hash: str
    carriers: tuple[Carriers, ...]

    def ids(self, entity: Entity) -> frozenset[int]:
        """Who of this kind carries any field of it."""
        return frozenset(i for carriers in self.carriers if carriers.entity == entity for i in carriers.ids)


@dataclass(frozen=True)
class PageLineage:
    """A row and what became of it; ``unknown_…`` count texts of before row versions were kept, and those who carry them."""

    page: Page
    texts: tuple[PageText, ...]
    unknown_texts: int
    unknown_persons: int
    unknown_companies: int

    def ids(self, entity: Entity) -> frozenset[int]:
        """Everybody of this kind who carries words that rest on the row."""
        return frozenset[int]().union(*(text.ids(entity) for text in self.texts))

    def per_field(self) -> dict[str, int]:
        """How many records carry words of the row in each field."""
        found: dict[str, set[tuple[str, int]]] = {}
        for text in self.texts:
            for carriers in text.carriers:
                for name in carriers.fields:
                    found.setdefault(name, set()).update((carriers.entity, i) for i in carriers.ids)
        return {name: len(found[name]) for name in sorted(found)}

    def outdated(self, entity: Entity) -> frozenset[int]:
        """Those whose words rest on an earlier version of the row."""
        current = self.page.row_hash
        return frozenset(
            i
            for text in self.texts
            for carriers in text.carriers
            if carriers.entity == entity and carriers.row_hash != current
            for i in carriers.ids
        )
