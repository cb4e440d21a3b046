"""Verdicts of people on text blocks: approve, reject, and wake whoever waits for them.

What belongs elsewhere: what a verdict is bound to and when it lapses (``blocks``).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from gtm_assets.knowledge.rows import STANDARD_CAMPAIGN
from gtm_assets.settings import BlockKind
from gtm_assets.texts import blocks, matrix
from gtm_assets.texts.selection import SelectionError, named_campaign, named_vertical
from resources.store import queue, schema
from resources.store.store import Store


@dataclass(frozen=True)
class Decided:
    """How many blocks got the verdict, and how many accounts are due because of it."""

    blocks: int
    accounts_due: int


def waiting(store: Store, kind: BlockKind, *, campaign: str = "", vertical: str = "") -> list[blocks.Block]:
    """Blocks that pass every rule and have no verdict, by key.

    Args:
        store: The store.
        kind: ``cell`` or ``opener``.
        campaign: Tag or key of an active campaign, ``standard`` for the cells without one; only for cells.
        vertical: Key of an active vertical: of the cell, or of the opener's company.

    Raises:
        SelectionError: The campaign or the vertical does not exist, or openers of a campaign were asked for.
    """
    if campaign and kind == "opener":
        raise SelectionError("Openers belong to a company, not to a campaign: leave --campaign out.")
    with store.read() as connection:
        wanted = named_campaign(connection, campaign) if campaign else ""
        place = named_vertical(connection, vertical) if vertical else ""
        found = blocks.waiting_blocks(connection, kind)
        here: Collection[str] = found
        if kind == "opener" and place:
            profiles = schema.profiles
            query = sa.select(profiles.c.contact_id).where(profiles.c.vertical_key == place)
            here = {str(contact_id) for contact_id in connection.execute(query).scalars()}
        elif kind == "cell":
            here = [key for key in found if _is_of(key, wanted, place)]
    return [block for key, block in found.items() if key in here]


def _is_of(key: str, campaign: str, vertical: str) -> bool:
    """Whether a cell is one of the campaign's and the vertical's; an empty one leaves it open."""
    _, of_vertical, *rest = key.split("|")
    of_campaign = rest[0] if rest else STANDARD_CAMPAIGN
    return vertical in {"", of_vertical} and campaign in {"", of_campaign}


def decide(
    store: Store,
    kind: BlockKind,
    keys: Sequence[str],
    verdict: blocks.Verdict,
    *,
    reviewer: str,
    comment: str = "",
    everything: bool = False,
) -> Decided:
    """Give the current version of each key a verdict.

    Args:
        store: The store.
        kind: ``cell`` or ``opener``.
        keys: Which; with ``everything`` all that wait.
        verdict: ``approved`` or ``rejected``.
        reviewer: Who decided.
        comment: Kept with it.
        everything: All blocks of the kind that pass the rules and wait.

    Raises:
        KeyError: A key has no block, or its block breaks the rules and can't be approved.
    """
    with store.write() as connection:
        if everything:
            chosen = list(blocks.waiting_blocks(connection, kind).values())
        else:
            current = blocks.current_blocks(connection, kind, keys)
            missing = [key for key in keys if key not in current]
            if missing:
                raise KeyError(
                    f"No {kind} block: {', '.join(missing)}. `gtm review list --kind {kind}` shows what waits."
                )
            chosen = [current[key] for key in keys]
        broken = [block.key for block in chosen if verdict == "approved" and not block.passed]
        if broken:
            raise KeyError(f"These break the rules and can't be approved: {', '.join(broken)}.")
        for block in chosen:
            blocks.record_verdict(connection, block.id, block.content_hash, verdict, reviewer, comment)
        woken = [block.key for block in chosen]
        if kind == "cell":
            due = matrix.wake_carriers(connection, woken)
        else:
            due = queue.mark_due(connection, [int(key) for key in woken], trigger=f"openers {verdict}")
    return Decided(len(chosen), due)
