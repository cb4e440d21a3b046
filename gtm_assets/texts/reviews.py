"""Verdicts of people on text blocks: approve, reject, and wake whoever waits for them.

What belongs elsewhere: what a verdict is bound to and when it lapses (``blocks``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gtm_assets.settings import BlockKind
from gtm_assets.texts import blocks, matrix
from resources.store import queue
from resources.store.store import Store


@dataclass(frozen=True)
class Decided:
    """How many blocks got the verdict, and how many accounts are due because of it."""

    blocks: int
    accounts_due: int


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
        current = blocks.current_blocks(connection, kind, None if everything else keys)
        if everything:
            chosen = [block for block in current.values() if block.passed and block.verdict is None]
        else:
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
