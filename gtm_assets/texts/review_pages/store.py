"""The engine's own record of the review pages: which block each shows, what was written to it, and where it stands.

What belongs elsewhere: Notion itself (``sync``), what a page says and means (``page``, ``reading``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from gtm_assets.settings import BlockKind
from gtm_assets.texts import blocks
from gtm_assets.texts.models import Finding
from gtm_assets.texts.review_pages.page import Status, Subject
from gtm_assets.texts.review_pages.reading import Known, Seen
from resources.store import schema
from resources.store.store import chunked, rows_by, utc_now

#: ``written`` holds: status, content_hash, findings and note as the page shows them; comment as it was taken over; failures and retry_at.
#: ``intended``: the call that makes it has no answer yet; ``open``: somebody has to decide; ``decided``; ``superseded``: a newer version
#: has a page of its own; ``gone``: somebody deleted it.
PageState = Literal["intended", "open", "decided", "superseded", "gone"]
LIVE: tuple[PageState, ...] = ("intended", "open", "decided")
CURSOR = "notion:reviews"


@dataclass(frozen=True)
class PageRecord:
    """One row of ``review_pages``."""

    id: int
    kind: BlockKind
    key: str
    block_id: int
    page_id: str | None
    url: str
    state: PageState
    written: Mapping[str, Any]
    seen: Mapping[str, Any] | None
    problem: str

    @property
    def rests(self) -> bool:
        """Whether Notion refused this page lately: it is tried again later, the longer the more often it failed."""
        again = self.written.get("retry_at")
        return again is not None and utc_now() < datetime.fromisoformat(str(again))


def load_pages(connection: sa.Connection, states: Iterable[PageState] = LIVE) -> list[PageRecord]:
    """Pages in these states, oldest first."""
    table = schema.review_pages
    query = sa.select(table).where(table.c.state.in_(list(states))).order_by(table.c.id)
    return [
        PageRecord(**{name: row[name] for name in PageRecord.__dataclass_fields__})
        for row in connection.execute(query).mappings()
    ]


def intend(connection: sa.Connection, block: blocks.Block) -> int:
    """Remember that a page is about to be made, before it is; answers the row's id."""
    now = utc_now()
    values = {
        "kind": block.kind,
        "key": block.key,
        "block_id": block.id,
        "state": "intended",
        "written": {},
        "created_at": now,
        "updated_at": now,
    }
    query = schema.review_pages.insert().values(values).returning(schema.review_pages.c.id)
    identifier: int = connection.execute(query).scalar_one()
    return identifier


def update(connection: sa.Connection, record_id: int, **values: Any) -> None:
    """Change some columns of a row."""
    table = schema.review_pages
    connection.execute(sa.update(table).where(table.c.id == record_id).values(updated_at=utc_now(), **values))


def wanted(connection: sa.Connection, kinds: Iterable[BlockKind], cells: Collection[str]) -> dict[int, blocks.Block]:
    """Current blocks that somebody has to look at: no verdict yet, or the rules are broken and a person may mend the words.

    ``cells`` are the keys of today's cells: those of an ended vertical or campaign wait for nobody.
    """
    found: dict[int, blocks.Block] = {}
    for kind in kinds:
        open_blocks = (
            *blocks.waiting_blocks(connection, kind).values(),
            *blocks.failed_blocks(connection, kind).values(),
        )
        found |= {block.id: block for block in open_blocks if kind != "cell" or block.key in cells}
    return found


def subjects(connection: sa.Connection, block_ids: Iterable[int]) -> dict[int, Subject]:
    """What the pages of these blocks say, by block."""
    rows = rows_by(connection, schema.text_blocks.c.id, block_ids)
    earlier = last_approved(connection, rows.values())
    return {block_id: subject_of(row, earlier.get(block_id)) for block_id, row in rows.items()}


def subject_of(row: Mapping[str, Any], earlier: Mapping[str, str] | None) -> Subject:
    """One row of ``text_blocks`` as the subject of a page."""
    return Subject(
        kind=row["kind"],
        key=row["key"],
        version=row["version"],
        texts=texts_of(row["content"]),
        content_hash=row["content_hash"],
        findings=tuple(Finding(**finding) for finding in row["findings"]),
        inputs=row["inputs"],
        prompt_version=row["prompt_version"],
        model=row["model"],
        author=row["author"],
        evidence=tuple(row["evidence"] or ()),
        earlier=earlier,
    )


def texts_of(content: Mapping[str, Any]) -> dict[str, str]:
    """The texts of a block that there are."""
    return {field: str(text) for field, text in content.items() if text is not None}


def last_approved(connection: sa.Connection, rows: Iterable[Mapping[str, Any]]) -> dict[int, dict[str, str]]:
    """Texts of the newest earlier version whose newest verdict is ``approved``, by the id of the given blocks."""
    table, verdicts = schema.text_blocks, schema.reviews
    given = list(rows)
    newest = blocks.newest_verdicts()
    found: dict[tuple[str, str], list[tuple[int, Mapping[str, Any]]]] = {}
    for kind in {row["kind"] for row in given}:
        keys = sorted({row["key"] for row in given if row["kind"] == kind})
        for piece in chunked(keys):
            query = (
                sa.select(table.c.key, table.c.version, table.c.content)
                .join(newest, newest.c.block_id == table.c.id)
                .join(verdicts, verdicts.c.id == newest.c.id)
                .where(
                    table.c.kind == kind,
                    table.c.key.in_(piece),
                    verdicts.c.verdict == "approved",
                    verdicts.c.content_hash == table.c.content_hash,
                )
                .order_by(table.c.version)
            )
            for key, version, content in connection.execute(query):
                found.setdefault((kind, key), []).append((version, content))
    answer = {}
    for row in given:
        before = [content for version, content in found.get((row["kind"], row["key"]), []) if version < row["version"]]
        if before:
            answer[row["id"]] = texts_of(before[-1])
    return answer


def known(record: PageRecord, block: blocks.Block, names: Mapping[Status, str], *, current: bool) -> Known:
    """What a page is compared with."""
    seen = record.seen
    return Known(
        texts=texts_of(block.content),
        content_hash=block.content_hash,
        passed=block.passed,
        current=current,
        verdict=block.verdict,
        written=record.written.get("status", "pending"),
        decided_at=block.decided_at,
        seen=Seen(seen["texts"], seen["status"], datetime.fromisoformat(seen["since"]), seen["refused"])
        if seen
        else None,
        names=names,
    )


def newest_ids(connection: sa.Connection, keys: Iterable[tuple[BlockKind, str]]) -> dict[tuple[str, str], int]:
    """Id of the newest version, by kind and key."""
    table = schema.text_blocks
    wanted_keys = sorted(set(keys))
    found: dict[tuple[str, str], int] = {}
    for kind in {kind for kind, _ in wanted_keys}:
        names = [key for of_kind, key in wanted_keys if of_kind == kind]
        for piece in chunked(names):
            query = sa.select(table.c.key, table.c.id).where(
                table.c.kind == kind, table.c.key.in_(piece), table.c.current
            )
            found |= {(kind, row.key): row.id for row in connection.execute(query)}
    return found
