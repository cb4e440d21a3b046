"""Text blocks in the store: versions, verdicts, and which block a carrier may have.

A block is approved for new carriers while its newest verdict on exactly this content is ``approved`` and its inputs are still today's.
What belongs elsewhere: making a block (``generation``), which cells and openers exist (``matrix``, ``openers``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from gtm_assets.settings import BlockKind
from gtm_assets.texts.models import Finding
from resources.store import schema
from resources.store.store import chunked, get_cursor, set_cursor, stable_hash, utc_now

Verdict = Literal["approved", "rejected"]
State = Literal["approved", "waiting", "rejected", "failed_rules", "lapsed"]
CellState = Literal["approved", "waiting", "rejected", "failed_rules", "lapsed", "missing"]
AUTO_REVIEWER = "policy: auto"
#: Author of a version that nobody touched, and what stands before the name of a person who wrote or edited one.
MODEL_AUTHOR = "model"
HUMAN_AUTHOR = "human: "
#: Up to which block a policy has approved everything of a kind, by id.
_APPROVED_UP_TO = "texts.approved:"
#: A transaction that commits late brings a block with a smaller id; for so long it is looked for.
_LATE_COMMITS = timedelta(minutes=10)


@dataclass(frozen=True)
class Source:
    """One row that a block was made from: where it is and which version of it. ``source`` is a database of Notion, or ``website``."""

    source: Literal["verticals", "personas", "campaigns", "website"]
    key: str
    row_hash: str
    notion_page_id: str = ""
    url: str = ""


@dataclass(frozen=True)
class Block:
    """One version of a text block. ``state`` joins rules, verdict and inputs; only ``approved`` admits a new carrier."""

    id: int
    kind: BlockKind
    key: str
    version: int
    inputs_hash: str
    content_hash: str
    content: Mapping[str, Any]
    findings: tuple[Finding, ...]
    passed: bool
    verdict: Verdict | None
    author: str = MODEL_AUTHOR
    evidence: tuple[Mapping[str, str], ...] = ()
    decided_at: datetime | None = None
    reviewer: str = ""


def insert_version(
    connection: sa.Connection,
    *,
    kind: BlockKind,
    key: str,
    inputs_hash: str,
    inputs: Mapping[str, Any],
    content: Mapping[str, Any],
    findings: Sequence[Finding],
    prompt_version: str,
    model: str,
    run_id: str,
    approve: bool,
    sources: Iterable[Source] = (),
    evidence: Sequence[Mapping[str, str]] | None = None,
    author: str = MODEL_AUTHOR,
    call_ids: Sequence[int] = (),
) -> int:
    """Add a version and make it the current one.

    Args:
        connection: A write transaction.
        kind: ``cell`` or ``opener``.
        key: The cell's key, or the contact id.
        inputs_hash: Identity of the inputs (rows, limits, prompt, model).
        inputs: What the text was made from, for people.
        content: The texts by field.
        findings: What the rules say; empty where every rule passed.
        prompt_version: Of the prompt that was used; of the version before where a human wrote.
        model: Which model wrote; of the version before where a human wrote.
        run_id: Dagster's run, or what else did it.
        approve: Give it the policy's verdict where every rule passed.
        sources: Versions of the rows it was made from.
        evidence: Openers: field, claim and span of the website.
        author: Who wrote it.
        call_ids: Rows of ``model_calls`` that it came of.
    """
    blocks = schema.text_blocks
    same_key = sa.and_(blocks.c.kind == kind, blocks.c.key == key)
    newest = connection.execute(sa.select(sa.func.max(blocks.c.version)).where(same_key)).scalar() or 0
    connection.execute(sa.update(blocks).where(same_key, blocks.c.current).values(current=False))
    content_hash = stable_hash(content)
    block_id: int = connection.execute(
        blocks.insert()
        .values(
            kind=kind,
            key=key,
            version=newest + 1,
            inputs_hash=inputs_hash,
            content_hash=content_hash,
            content=dict(content),
            findings=[asdict(finding) for finding in findings],
            passed=not findings,
            prompt_version=prompt_version,
            model=model,
            inputs=dict(inputs),
            evidence=None if evidence is None else [dict(each) for each in evidence],
            author=author,
            created_at=utc_now(),
            run_id=run_id,
            current=True,
        )
        .returning(blocks.c.id)
    ).scalar_one()
    rows = [{"block_id": block_id, **asdict(source)} for source in sources]
    if rows:
        connection.execute(schema.block_sources.insert(), rows)
    for piece in chunked(list(call_ids)):
        calls = schema.model_calls
        connection.execute(sa.update(calls).where(calls.c.id.in_(piece)).values(block_id=block_id))
    if approve and not findings:
        record_verdict(connection, block_id, content_hash, "approved", AUTO_REVIEWER)
    return block_id


def record_verdict(
    connection: sa.Connection, block_id: int, content_hash: str, verdict: Verdict, reviewer: str, comment: str = ""
) -> None:
    """Store what somebody, or the policy, decided about exactly this content."""
    connection.execute(
        schema.reviews.insert().values(
            block_id=block_id,
            content_hash=content_hash,
            verdict=verdict,
            reviewer=reviewer,
            comment=comment,
            decided_at=utc_now(),
        )
    )


def current_blocks(connection: sa.Connection, kind: BlockKind, keys: Iterable[str] | None = None) -> dict[str, Block]:
    """The newest version of each key; every key where ``keys`` is None."""
    blocks = schema.text_blocks
    query = sa.select(blocks).where(blocks.c.kind == kind, blocks.c.current)
    if keys is None:
        return {block.key: block for block in _read(connection, query)}
    found: dict[str, Block] = {}
    for piece in chunked(sorted(set(keys))):
        found |= {block.key: block for block in _read(connection, query.where(blocks.c.key.in_(piece)))}
    return found


def blocks_by_id(connection: sa.Connection, ids: Iterable[int]) -> dict[int, Block]:
    """Versions by id."""
    found: dict[int, Block] = {}
    for piece in chunked(sorted(set(ids))):
        query = sa.select(schema.text_blocks).where(schema.text_blocks.c.id.in_(piece))
        found |= {block.id: block for block in _read(connection, query)}
    return found


def state(block: Block, inputs_hash: str | None) -> State:
    """Where a block stands. ``inputs_hash`` is what its inputs come to today, None where it can't be made any more."""
    if not block.passed:
        return "failed_rules"
    if block.verdict == "rejected":
        return "rejected"
    if block.inputs_hash != inputs_hash:
        return "lapsed"
    return "approved" if block.verdict == "approved" else "waiting"


def may_stay(block: Block) -> bool:
    """Whether somebody who carries this text keeps it until there is a new approved version: it was approved, never rejected."""
    return block.passed and block.verdict == "approved"


def newest_verdicts() -> sa.Subquery:
    """Id of the newest verdict (``id``) on each block (``block_id``), whichever content it is bound to."""
    verdicts = schema.reviews
    return (
        sa.select(verdicts.c.block_id, sa.func.max(verdicts.c.id).label("id")).group_by(verdicts.c.block_id).subquery()
    )


def rejected_ids() -> sa.Select[Any]:
    """Ids of the blocks whose newest verdict is a rejection."""
    verdicts, newest = schema.reviews, newest_verdicts()
    return (
        sa.select(verdicts.c.block_id)
        .join(newest, newest.c.id == verdicts.c.id)
        .where(verdicts.c.verdict == "rejected")
    )


def waiting() -> sa.Select[Any]:
    """Rows of the blocks that wait for a verdict: current, pass every rule, and nobody decided about exactly this content.

    Whether their inputs are still today's is another question (``state``): a block that lapses is written anew, and nobody reviews it.
    """
    table, verdicts = schema.text_blocks, schema.reviews
    decided = sa.exists().where(verdicts.c.block_id == table.c.id, verdicts.c.content_hash == table.c.content_hash)
    return sa.select(table).where(table.c.current, table.c.passed, sa.not_(decided))


def waiting_blocks(connection: sa.Connection, kind: BlockKind, after: int = 0) -> dict[str, Block]:
    """Blocks of a kind that wait for a verdict, by key; only those with a greater id than ``after``."""
    found = _read(connection, _waiting_after(kind, after))
    return {block.key: block for block in sorted(found, key=lambda block: block.key)}


def _waiting_after(kind: BlockKind, after: int) -> sa.Select[Any]:
    return waiting().where(schema.text_blocks.c.kind == kind, schema.text_blocks.c.id > after)


def failed_blocks(connection: sa.Connection, kind: BlockKind) -> dict[str, Block]:
    """Blocks of a kind that break rules and that nobody decided about, by key."""
    table = schema.text_blocks
    found = _read(connection, sa.select(table).where(table.c.kind == kind, table.c.current, sa.not_(table.c.passed)))
    return {block.key: block for block in sorted(found, key=lambda block: block.key) if block.verdict is None}


def anything_waits(connection: sa.Connection, kind: BlockKind) -> bool:
    """Policy ``auto``: whether :func:`approve_waiting` would find something. Asked every few seconds, with any number of blocks."""
    query = _waiting_after(kind, _approved_up_to(connection, kind))
    return connection.execute(query.limit(1)).first() is not None


def approve_waiting(connection: sa.Connection, kind: BlockKind) -> list[str]:
    """Policy ``auto``: approve current blocks that pass every rule and wait for a verdict; answers their keys.

    Nothing waits again that has a verdict, so what was looked through once is not looked through again.
    """
    before = _approved_up_to(connection, kind)
    found = waiting_blocks(connection, kind, before)
    for block in found.values():
        record_verdict(connection, block.id, block.content_hash, "approved", AUTO_REVIEWER)
    blocks = schema.text_blocks
    settled = sa.select(blocks.c.id).where(blocks.c.created_at < utc_now() - _LATE_COMMITS)
    upto = connection.execute(settled.order_by(blocks.c.id.desc()).limit(1)).scalar() or 0
    if upto > before:
        set_cursor(connection, f"{_APPROVED_UP_TO}{kind}", upto)
    return list(found)


def _approved_up_to(connection: sa.Connection, kind: BlockKind) -> int:
    return int(get_cursor(connection, f"{_APPROVED_UP_TO}{kind}") or 0)


def _read(connection: sa.Connection, query: sa.Select[Any]) -> list[Block]:
    rows = [dict(row) for row in connection.execute(query).mappings()]
    verdicts: dict[int, Mapping[str, Any]] = {}
    for piece in chunked([row["id"] for row in rows]):
        found = connection.execute(
            sa.select(schema.reviews).where(schema.reviews.c.block_id.in_(piece)).order_by(schema.reviews.c.id)
        ).mappings()
        verdicts |= {row["block_id"]: dict(row) for row in found}
    return [_block(row, verdicts.get(row["id"])) for row in rows]


def _block(row: Mapping[str, Any], review: Mapping[str, Any] | None) -> Block:
    bound = review if review is not None and review["content_hash"] == row["content_hash"] else None
    return Block(
        id=row["id"],
        kind=row["kind"],
        key=row["key"],
        version=row["version"],
        inputs_hash=row["inputs_hash"],
        content_hash=row["content_hash"],
        content=row["content"],
        findings=tuple(Finding(**finding) for finding in row["findings"]),
        passed=row["passed"],
        verdict=bound["verdict"] if bound else None,
        author=row["author"],
        evidence=tuple(row["evidence"] or ()),
        decided_at=bound["decided_at"] if bound else None,
        reviewer=bound["reviewer"] if bound else "",
    )
