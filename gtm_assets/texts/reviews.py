"""Verdicts of people on text blocks: which wait, what one looks like beside its last approved version, approve and reject.

What belongs elsewhere: what a verdict is bound to and when it lapses (``blocks``), a person's own wording (``edits``), Notion
(``review_pages``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gtm_assets.knowledge.rows import STANDARD_CAMPAIGN
from gtm_assets.settings import BlockKind, UserError
from gtm_assets.texts import blocks
from gtm_assets.texts.edits import wake
from gtm_assets.texts.review_pages.page import Subject
from gtm_assets.texts.review_pages.store import LIVE, subjects
from gtm_assets.texts.selection import SelectionError, named_campaign, named_persona, named_vertical
from resources.store import schema
from resources.store.store import Store


class ReviewError(UserError):
    """A verdict can't be given; the message says why and what to do."""


@dataclass(frozen=True)
class Decided:
    """How many blocks got the verdict, and how many accounts are due because of it."""

    blocks: int
    accounts_due: int


@dataclass(frozen=True)
class Where:
    """Which texts are meant; empty leaves it open.

    Attributes:
        campaign: Tag or key of an active campaign, ``standard`` for the cells without one; only for cells.
        vertical: Key of an active vertical: of the cell, or of the opener's company.
        persona: Key of an active persona; only for cells.
        words: What one of the texts contains, in upper or lower case.
    """

    campaign: str = ""
    vertical: str = ""
    persona: str = ""
    words: str = ""

    def __bool__(self) -> bool:
        return any((self.campaign, self.vertical, self.persona, self.words))


EVERYWHERE = Where()


def waiting(store: Store, kind: BlockKind, where: Where = EVERYWHERE, *, failed: bool = False) -> list[blocks.Block]:
    """Blocks that pass every rule and have no verdict, by key; ``failed``: those that break rules instead.

    Raises:
        SelectionError: A campaign, vertical or persona does not exist, or openers of a campaign or persona were asked for.
    """
    if kind == "opener" and (where.campaign or where.persona):
        raise SelectionError(
            "Openers belong to a company, not to a campaign or persona: leave --campaign and --persona out."
        )
    with store.read() as connection:
        wanted = named_campaign(connection, where.campaign) if where.campaign else ""
        place = named_vertical(connection, where.vertical) if where.vertical else ""
        role = named_persona(connection, where.persona) if where.persona else ""
        found = blocks.failed_blocks(connection, kind) if failed else blocks.waiting_blocks(connection, kind)
        here: Collection[str] = found
        if kind == "opener" and place:
            profiles = schema.profiles
            query = sa.select(profiles.c.contact_id).where(profiles.c.vertical_key == place)
            here = {str(contact_id) for contact_id in connection.execute(query).scalars()}
        elif kind == "cell":
            here = [key for key in found if _is_of(key, wanted, place, role)]
    return [block for key, block in found.items() if key in here and _says(block, where.words)]


def _is_of(key: str, campaign: str, vertical: str, persona: str) -> bool:
    """Whether a cell is one of the campaign's, the vertical's and the persona's; an empty one leaves it open."""
    of_persona, of_vertical, *rest = key.split("|")
    of_campaign = rest[0] if rest else STANDARD_CAMPAIGN
    return vertical in {"", of_vertical} and campaign in {"", of_campaign} and persona in {"", of_persona}


def _says(block: blocks.Block, words: str) -> bool:
    return words.casefold() in "\n".join(str(text) for text in block.content.values() if text).casefold()


@dataclass(frozen=True)
class Shown:
    """One text as a reviewer wants to see it.

    Attributes:
        block: The newest version of its key.
        subject: Its texts, inputs and findings, and the texts of the version that was approved last.
        verdicts: Every verdict on any version of the key, newest first: id, version, verdict, reviewer, comment, decided_at.
        url: Its page in Notion; empty where there is none.
    """

    block: blocks.Block
    subject: Subject
    verdicts: Sequence[Mapping[str, Any]]
    url: str


def show(store: Store, kind: BlockKind, key: str) -> Shown:
    """One text.

    Raises:
        ReviewError: There is none of that key.
    """
    table, verdicts, pages = schema.text_blocks, schema.reviews, schema.review_pages
    with store.read() as connection:
        block = _current(connection, kind, [key])[key]
        history = (
            sa.select(
                verdicts.c.id,
                table.c.version,
                verdicts.c.verdict,
                verdicts.c.reviewer,
                verdicts.c.comment,
                verdicts.c.decided_at,
            )
            .join(table, table.c.id == verdicts.c.block_id)
            .where(table.c.kind == kind, table.c.key == key)
            .order_by(verdicts.c.id.desc())
        )
        page = sa.select(pages.c.url).where(pages.c.block_id == block.id, pages.c.state.in_(LIVE))
        return Shown(
            block,
            subjects(connection, [block.id])[block.id],
            [dict(row) for row in connection.execute(history).mappings()],
            connection.execute(page).scalar() or "",
        )


def current_block(connection: sa.Connection, kind: BlockKind, key: str) -> blocks.Block:
    """The newest version of a key.

    Raises:
        ReviewError: There is none.
    """
    return _current(connection, kind, [key])[key]


def _current(connection: sa.Connection, kind: BlockKind, keys: Sequence[str]) -> dict[str, blocks.Block]:
    """The newest version of each key.

    Raises:
        ReviewError: A key has no block.
    """
    current = blocks.current_blocks(connection, kind, keys)
    missing = [key for key in keys if key not in current]
    if missing:
        raise ReviewError(f"No {kind} block: {', '.join(missing)}. `gtm review list --kind {kind}` shows what waits.")
    return current


def counts_by_state(connection: sa.Connection) -> dict[tuple[str, str], int]:
    """How many newest versions stand where, by kind and ``approved``, ``rejected``, ``failed_rules`` or ``waiting``."""
    table, verdicts = schema.text_blocks, schema.reviews
    newest = blocks.newest_verdicts()
    joined = table.outerjoin(newest, newest.c.block_id == table.c.id).outerjoin(
        verdicts, sa.and_(verdicts.c.id == newest.c.id, verdicts.c.content_hash == table.c.content_hash)
    )
    state = sa.case(
        (sa.not_(table.c.passed), "failed_rules"), else_=sa.func.coalesce(verdicts.c.verdict, "waiting")
    ).label("state")
    standing = sa.select(table.c.kind, state).select_from(joined).where(table.c.current).subquery()
    query = sa.select(standing.c.kind, standing.c.state, sa.func.count()).group_by(standing.c.kind, standing.c.state)
    return {(kind, where): count for kind, where, count in connection.execute(query)}


def decide(
    store: Store,
    kind: BlockKind,
    keys: Sequence[str],
    verdict: blocks.Verdict,
    *,
    reviewer: str,
    comment: str = "",
    versions: Mapping[str, int] | None = None,
) -> Decided:
    """Give each key a verdict: its newest version, or an earlier one that is named and rejected.

    Who carries an approved text keeps it while a newer version waits or is rejected; taking it back is a verdict of its own.

    Args:
        store: The store.
        kind: ``cell`` or ``opener``.
        keys: Which.
        verdict: ``approved`` or ``rejected``.
        reviewer: Who decided.
        comment: Kept with it.
        versions: Key to the version that the person means; without one it is the newest, whichever that is.

    Raises:
        ReviewError: A key has no block or no such version, it breaks the rules and can't be approved, or was written anew meanwhile.
    """
    with store.write() as connection:
        current = _current(connection, kind, keys)
        chosen = [_meant(connection, current[key], (versions or {}).get(key), verdict) for key in keys]
        broken = [block.key for block in chosen if verdict == "approved" and not block.passed]
        if broken:
            raise ReviewError(
                f"These break the rules and can't be approved: {', '.join(broken)}. `gtm review show` says which rules; "
                "`gtm review edit` mends a text."
            )
        moved = [block for block in chosen if block.verdict != verdict]
        for block in moved:
            blocks.record_verdict(connection, block.id, block.content_hash, verdict, reviewer, comment)
        due = wake(connection, kind, [block.key for block in moved], verdict)
    return Decided(len(moved), due)


def _meant(
    connection: sa.Connection, newest: blocks.Block, version: int | None, verdict: blocks.Verdict
) -> blocks.Block:
    if version is None or version == newest.version:
        return newest
    table = schema.text_blocks
    query = sa.select(table.c.id).where(
        table.c.kind == newest.kind, table.c.key == newest.key, table.c.version == version
    )
    earlier = connection.execute(query).scalar()
    if earlier is not None and verdict == "rejected":
        return blocks.blocks_by_id(connection, [earlier])[earlier]
    raise ReviewError(
        f"{newest.key}: version {version} was meant, {newest.version} is the newest. Read it first: `gtm review show`. Nothing was decided."
    )
