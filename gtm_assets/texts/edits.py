"""A person's own wording: a new version of a block, checked by the same rules as the model's, waiting for the same verdict.

What belongs elsewhere: where people write it (``review_pages``, ``gtm review edit``), verdicts (``reviews``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from gtm_assets.crm.fields import CrmField
from gtm_assets.settings import BlockKind, UserError
from gtm_assets.texts import blocks, matrix, openers
from gtm_assets.texts.models import CellText, Finding, OpenerText
from gtm_assets.texts.neighbours import load_neighbours
from gtm_assets.texts.replies import tidy
from gtm_assets.texts.rules import check_cell, check_opener
from gtm_assets.texts.sources import Sources
from resources.store import queue, schema
from resources.store.store import rows_by


class EditError(UserError):
    """The text can't be taken over; the message says why and what to do, ``note`` the same in German for whoever wrote it."""

    def __init__(self, message: str, note: str) -> None:
        super().__init__(message)
        self.note = note


@dataclass(frozen=True)
class Edited:
    """The new version; ``findings`` are empty where it may be approved."""

    block_id: int
    version: int
    findings: tuple[Finding, ...]
    accounts_due: int


@dataclass(frozen=True)
class Editor:
    """What an edit needs to be checked as of today.

    Attributes:
        fields: The CRM's fields, which bound every text.
        model: Name of the configured model.
        approve: Kinds of text that the policy approves by itself.
    """

    fields: Mapping[str, CrmField]
    model: str
    approve: frozenset[BlockKind] = frozenset()


def edit_block(
    connection: sa.Connection, editor: Editor, block: blocks.Block, texts: Mapping[str, str], author: str, run_id: str
) -> Edited:
    """Store a person's wording as the newest version of its key.

    Args:
        connection: A write transaction.
        editor: Fields, model and policy.
        block: The version that was edited; it has to be the newest one.
        texts: Field to text; fields that are left out stay as they are.
        author: The person's name, as far as it is known.
        run_id: Who did it.

    Raises:
        EditError: A field does not exist, nothing differs, the block is not the newest, or its cell or company is gone.
    """
    unknown = sorted(set(texts) - set(block.content))
    if unknown:
        raise EditError(
            f"{block.kind} {block.key} has no text {', '.join(unknown)}; it has {', '.join(block.content)}.",
            f"Diesen Text gibt es hier nicht: {', '.join(unknown)}.",
        )
    newest = blocks.current_blocks(connection, block.kind, [block.key]).get(block.key)
    if newest is None or newest.id != block.id:
        version = newest.version if newest else "none"
        raise EditError(
            f"{block.kind} {block.key}: version {block.version} was edited, the newest is {version}. Edit that one.",
            f"Bearbeitet wurde Fassung {block.version}, es gibt aber schon Fassung {version}; bitte dort ändern.",
        )
    content = {field: tidy(texts[field]) if field in texts else text for field, text in block.content.items()}
    if content == dict(block.content):
        raise EditError(
            f"{block.kind} {block.key}: the text is the same as before.", "Der Text ist derselbe wie zuvor."
        )
    today = inputs_of_today(connection, editor, block.kind, block.key)
    findings = today.check(content)
    row = rows_by(connection, schema.text_blocks.c.id, [block.id])[block.id]
    block_id = blocks.insert_version(
        connection,
        kind=block.kind,
        key=block.key,
        inputs_hash=today.inputs_hash,
        inputs=today.inputs,
        content=content,
        findings=findings,
        prompt_version=row["prompt_version"],
        model=row["model"],
        run_id=run_id,
        approve=block.kind in editor.approve,
        sources=today.sources,
        evidence=_kept_evidence(block, content),
        author=f"{blocks.HUMAN_AUTHOR}{author}",
    )
    return Edited(block_id, block.version + 1, findings, wake(connection, block.kind, [block.key]))


@dataclass(frozen=True)
class Today:
    """What a text of a key rests on today: a person writes now, whatever the version before was made from."""

    inputs_hash: str
    inputs: Mapping[str, Any]
    sources: Sources
    check: Callable[[Mapping[str, Any]], tuple[Finding, ...]]


def inputs_of_today(connection: sa.Connection, editor: Editor, kind: BlockKind, key: str) -> Today:
    """Inputs and rules for a text of this key.

    For what a person states about a company, the person answers, not a quote: no evidence is asked for.

    Raises:
        EditError: The cell, or the company's openers, can't exist today.
    """
    if kind == "cell":
        cell = matrix.load_cells(connection, editor.fields, editor.model).get(key)
        if cell is None:
            raise EditError(
                f"There is no cell {key} any more: its persona, vertical or campaign is not active in Notion.",
                "Nicht übernommen: Rolle, Branche oder Kampagne dieses Textes ist in Notion nicht mehr aktiv.",
            )
        return Today(
            cell.inputs_hash,
            asdict(cell.inputs),
            cell.sources,
            lambda content: check_cell(CellText(**content), cell.inputs, other_references=cell.other_references),
        )
    given, sources = openers.load_inputs_and_sources(connection, [int(key)], editor.fields).get(int(key), ("", ()))
    if isinstance(given, str):
        raise EditError(
            f"There can be no opener for account {key}: {given or 'it is not known'}.",
            "Nicht übernommen: Für diese Firma kann es derzeit keinen Opener geben.",
        )
    neighbours = load_neighbours(connection, [int(key)])

    def check(content: Mapping[str, Any]) -> tuple[Finding, ...]:
        text = OpenerText(**content)
        return (*check_opener(text, given), *neighbours.findings(text, given, may_stay=False))

    return Today(openers.inputs_hash(given, editor.model), openers.stored_inputs(given), sources, check)


def wake(connection: sa.Connection, kind: BlockKind, keys: list[str], what: str = "changed") -> int:
    """Accounts that a changed text or verdict concerns become due; answers how many."""
    if kind == "cell":
        return matrix.wake_carriers(connection, keys)
    return queue.mark_due(connection, [int(key) for key in keys], trigger=f"openers {what}")


def _kept_evidence(block: blocks.Block, content: Mapping[str, Any]) -> list[dict[str, str]] | None:
    """The evidence whose claim still stands in the sentence."""
    if block.kind == "cell":
        return None
    return [dict(each) for each in block.evidence if each["claim"] in str(content.get(each["field"]) or "")]
