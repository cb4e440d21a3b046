"""What both directions of a review share: the store, Notion, who decides about what, and what came of it.

What belongs elsewhere: reading verdicts (``pull``), making pages (``push``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gtm_assets.settings import BlockKind
from gtm_assets.texts.blocks import Block
from gtm_assets.texts.edits import Editor
from gtm_assets.texts.models import Finding
from gtm_assets.texts.review_pages.database import ReviewDatabase
from resources.notion.client import NotionClient
from resources.store.store import Store


@dataclass(frozen=True)
class Desk:
    """What the stage needs; one for a run.

    Attributes:
        store: The store.
        notion: Notion's client.
        database: The reviews database as it is now.
        editor: What an edit is checked with.
        kinds: Kinds of text that people decide about.
        cells: Keys of today's cells to the hash of their inputs.
        run_id: Dagster's run.
        most_pages: How many pages the database may hold for us. A query of Notion gives 10,000 rows at most; half of them leaves room for
            pages that were decided.
        at_once: After so many pages made or told, verdicts are read again.
    """

    store: Store
    notion: NotionClient
    database: ReviewDatabase
    editor: Editor
    kinds: tuple[BlockKind, ...]
    cells: Mapping[str, str]
    run_id: str
    most_pages: int = 5_000
    at_once: int = 200

    def has_lapsed(self, block: Block) -> bool:
        """Whether an input of a cell changed since its text was written: it is written anew, whatever is decided about it."""
        return block.kind == "cell" and self.cells.get(block.key) != block.inputs_hash


@dataclass(frozen=True)
class Decision:
    """Somebody's verdict or edit, as it was taken over."""

    what: Literal["approved", "rejected", "edited"]
    kind: BlockKind
    key: str
    version: int
    who: str
    url: str
    findings: tuple[Finding, ...] = ()


@dataclass
class ReviewResult:
    """What a run did.

    Attributes:
        decisions: Verdicts and edits that were taken over.
        created: Pages made.
        updated: Pages changed.
        trashed: Pages moved to the trash because a newer version has one.
        problems: Page's address to what does not count there and why; people read it.
        errors: Block to what Notion said when its page could not be made or changed; tried again by the next run.
        accounts_due: Accounts that are due because of the decisions.
        without_page: Texts that wait and have no page, because Notion shows no more than 10,000 rows.
    """

    decisions: list[Decision] = field(default_factory=list)
    created: int = 0
    updated: int = 0
    trashed: int = 0
    problems: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    accounts_due: int = 0
    without_page: int = 0

    @property
    def written(self) -> int:
        """Pages made, told or trashed so far."""
        return self.created + self.updated + self.trashed

    def counts(self) -> Mapping[str, int]:
        """Numbers for logs and the store."""
        said = [each.what for each in self.decisions]
        return {
            **{what: said.count(what) for what in ("approved", "rejected", "edited")},
            "pages_created": self.created,
            "pages_updated": self.updated,
            "pages_trashed": self.trashed,
            "refused": len(self.problems),
            "errors": len(self.errors),
            "without_page": self.without_page,
        }
