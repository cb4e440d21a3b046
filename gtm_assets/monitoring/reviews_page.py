"""Reviews as Dagster shows them: how many texts stand where, which wait, with links to their pages in Notion, and what did not count.

What belongs elsewhere: taking verdicts over (``gtm_assets.texts.review_pages``), who carries the texts (``coverage``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import dagster as dg
import sqlalchemy as sa

from gtm_assets import reporting
from gtm_assets.texts.review_pages.desk import ReviewResult
from gtm_assets.texts.reviews import counts_by_state
from resources.store import schema
from resources.store.store import Store, get_cursor, set_cursor, utc_now

ASSET = "text_reviews"
SPEC = dg.AssetSpec(
    ASSET,
    deps=[
        dg.AssetDep(name, partition_mapping=dg.AllPartitionMapping())
        for name in ("marketing_matrix", "campaign_matrix", "company_openers")
    ],
    metadata=reporting.columns(
        kind="string: cell or opener",
        key="string: persona|vertical[|campaign], or the contact id",
        version="int: version of the text that the verdict is bound to",
        content_hash="string: hash of exactly the text that was judged",
        verdict="string: approved or rejected",
        decided_at="datetime: when, UTC",
    ),
)
_ROWS = 50
_LOGGED = "text_reviews.logged"


def metadata(store: Store, result: ReviewResult | None = None) -> dict[str, Any]:
    """Numbers and tables as of now; ``result`` adds what the run did. No reviewer's name: an event can't be purged of it."""
    with store.read() as connection:
        states = counts_by_state(connection)
        open_pages = connection.execute(_open_pages()).all()
        problems = connection.execute(_problems()).all()
    now = utc_now()
    waiting = [
        (kind, key, version, reporting.duration((now - made).total_seconds()), _link(url))
        for kind, key, version, made, url in open_pages[:_ROWS]
    ]
    found: dict[str, Any] = {f"{kind}_{state}": count for (kind, state), count in sorted(states.items())}
    found["waiting"] = sum(count for (_, state), count in states.items() if state == "waiting")
    found["open_pages"] = len(open_pages)
    if waiting:
        found["waiting_texts"] = reporting.table(("Kind", "Key", "Version", "Waits for", "Page"), waiting)
    if problems:
        rows = [(kind, key, reporting.plain(said), _link(url)) for kind, key, said, url in problems[:_ROWS]]
        found["what_did_not_count"] = reporting.table(("Kind", "Key", "Why", "Page"), rows)
    return found if result is None else {**found, **_done(result)}


def log_if_changed(store: Store, log_event: Callable[[Any], None], result: ReviewResult | None = None) -> bool:
    """Log the page where its numbers moved since it was logged last, or where a run took something over; answers whether."""
    with store.read() as connection:
        now = {f"{kind}_{state}": count for (kind, state), count in sorted(counts_by_state(connection).items())}
        before = get_cursor(connection, _LOGGED)
    if now == before and not (result is not None and any(result.counts().values())):
        return False
    log_event(dg.AssetMaterialization(ASSET, metadata=metadata(store, result)))
    with store.write() as connection:
        set_cursor(connection, _LOGGED, now)
    return True


def _done(result: ReviewResult) -> Mapping[str, Any]:
    found: dict[str, Any] = {f"run_{name}": count for name, count in result.counts().items()}
    if result.decisions:
        rows = [
            (
                each.what,
                each.kind,
                each.key,
                each.version,
                "; ".join(finding.message for finding in each.findings),
                _link(each.url),
            )
            for each in result.decisions[:_ROWS]
        ]
        found["decisions"] = reporting.table(("What", "Kind", "Key", "Version", "Findings", "Page"), rows)
    if result.errors:
        found["errors"] = reporting.table(("Text", "What Notion said"), list(result.errors.items())[:_ROWS])
    return found


def _open_pages() -> sa.Select[Any]:
    pages, blocks = schema.review_pages, schema.text_blocks
    return (
        sa.select(pages.c.kind, pages.c.key, blocks.c.version, blocks.c.created_at, pages.c.url)
        .join(blocks, blocks.c.id == pages.c.block_id)
        .where(pages.c.state == "open", blocks.c.current, blocks.c.passed)
        .order_by(blocks.c.created_at, pages.c.key)
    )


def _problems() -> sa.Select[Any]:
    pages = schema.review_pages
    return (
        sa.select(pages.c.kind, pages.c.key, pages.c.problem, pages.c.url)
        .where(pages.c.problem != "", pages.c.state.in_(("open", "decided")))
        .order_by(pages.c.updated_at.desc())
    )


def _link(url: str) -> str:
    return f"[Notion]({url})" if url else ""
