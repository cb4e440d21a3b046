"""From Notion to the store: what people decided or wrote on review pages.

Reading the same page twice does no harm: what was taken over is no news. What belongs elsewhere: what a page means (``reading``), making
and changing pages (``push``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from gtm_assets.texts import blocks
from gtm_assets.texts.edits import EditError, edit_block, wake
from gtm_assets.texts.review_pages import store as pages
from gtm_assets.texts.review_pages.desk import Decision, Desk, ReviewResult
from gtm_assets.texts.review_pages.reading import (
    Edit,
    Meaning,
    Nothing,
    Refused,
    Unfinished,
    Verdict,
    meaning,
    same_texts,
    status_of,
)
from gtm_assets.texts.review_pages.store import PageRecord
from resources.notion.tables import NotionRow
from resources.store.store import Store, get_cursor, set_cursor, utc_now

#: Notion rounds a page's time down to the minute, and a query may miss what is edited while it runs.
OVERLAP: Final = timedelta(minutes=2)
NOBODY: Final = "somebody in Notion"


@dataclass(frozen=True)
class Shown:
    """A page of ours with the block that it shows."""

    record: PageRecord
    block: blocks.Block
    current: bool

    @property
    def is_behind(self) -> bool:
        """Whether the page still has to be told which version it shows: a person's edit became one."""
        return self.record.written.get("content_hash") != self.block.content_hash


def edited_since(connection: sa.Connection) -> datetime | None:
    """From when on pages are read; None: all of them."""
    cursor = get_cursor(connection, pages.CURSOR)
    return datetime.fromisoformat(cursor["edited"]) - OVERLAP if cursor else None


def load_shown(connection: sa.Connection) -> list[Shown]:
    """Pages that live, with their blocks."""
    records = pages.load_pages(connection)
    known = blocks.blocks_by_id(connection, [record.block_id for record in records])
    newest = pages.newest_ids(connection, [(record.kind, record.key) for record in records])
    return [
        Shown(record, known[record.block_id], newest.get((record.kind, record.key)) == record.block_id)
        for record in records
        if record.block_id in known
    ]


def says(desk: Desk, shown: Shown, row: NotionRow, now: datetime) -> Meaning:
    """What a page means."""
    database, known = desk.database, pages.known(shown.record, shown.block, current=shown.current)
    texts = database.texts(row, shown.block.kind, known.texts)
    status = database.text(row, "Status")
    untold = decided_elsewhere(shown) and status_of(status) == known.written
    if (shown.is_behind or untold) and same_texts(texts, known.texts):
        return Nothing()  # the page does not know yet what became of its text: push comes first, then somebody decides
    return meaning(texts, status, database.text(row, "Content Hash"), known, now)


def pull(desk: Desk, result: ReviewResult) -> None:
    """Read the pages that changed, those that wait, and those that somebody was writing on; take over what counts.

    Raises:
        OutsideError: Notion could not be read.
    """
    with desk.store.read() as connection:
        since = edited_since(connection)
        shown = {each.record.page_id: each for each in load_shown(connection) if each.record.page_id}
    rows = {row.page_id: row for row in desk.notion.query(desk.database.source, edited_since=since)}
    newest = max((row.last_edited for row in rows.values()), default=None)
    rows |= _waiting_rows(desk, shown)
    for page_id, each in shown.items():
        row = rows.get(page_id)
        if row is None and (each.record.state == "open" or each.record.seen):
            row = desk.notion.page(page_id, desk.database.source)
            if row is None:
                _gone(desk, each, result)
        if row is not None:
            _take(desk, each, row, result)
    if newest is not None:
        with desk.store.write() as connection:
            before = get_cursor(connection, pages.CURSOR)
            latest = max(newest, datetime.fromisoformat(before["edited"])) if before else newest
            set_cursor(connection, pages.CURSOR, {"edited": latest.isoformat()})


def news(desk: Desk) -> int:
    """How many pages say something new; changes nothing."""
    with desk.store.read() as connection:
        since = edited_since(connection)
        shown = {each.record.page_id: each for each in load_shown(connection) if each.record.page_id}
    rows = desk.notion.query(desk.database.source, edited_since=since)
    now = utc_now()
    said = [says(desk, shown[row.page_id], row, now) for row in rows if row.page_id in shown]
    return sum(not isinstance(each, Nothing) for each in said)


def _waiting_rows(desk: Desk, shown: Mapping[str, Shown]) -> dict[str, NotionRow]:
    """Pages that wait for a verdict: one that is missing among them was deleted, which moves no time that a query could ask for."""
    if not any(each.record.state == "open" for each in shown.values()):
        return {}
    database = desk.database
    pending = {database.columns["Status"]: database.statuses["pending"]}
    return {row.page_id: row for row in desk.notion.query(database.source, equal=pending)}


def _gone(desk: Desk, shown: Shown, result: ReviewResult) -> None:
    note = "Die Seite wurde gelöscht. Das ist keine Freigabe: Der Text wartet weiter."
    result.problems[shown.record.url] = note
    with desk.store.write() as connection:
        pages.update(connection, shown.record.id, state="gone", problem=note, seen=None)


def _take(desk: Desk, shown: Shown, row: NotionRow, result: ReviewResult) -> None:
    record = shown.record
    found = says(desk, shown, row, utc_now())
    if isinstance(found, Verdict):
        _verdict(desk, shown, row, found, result)
    elif isinstance(found, Edit):
        _edit(desk, shown, row, found, result)
    elif isinstance(found, Refused):
        _refuse(desk, shown, found, result)
    else:
        seen = {"texts": dict(found.texts), "since": found.since.isoformat()} if isinstance(found, Unfinished) else None
        if seen != record.seen:
            with desk.store.write() as connection:
                pages.update(connection, record.id, seen=seen)


def _verdict(desk: Desk, shown: Shown, row: NotionRow, found: Verdict, result: ReviewResult) -> None:
    record, block = shown.record, shown.block
    comment = desk.database.text(row, "Comment")
    who = row.last_edited_by or NOBODY
    with desk.store.write() as connection:
        newest = pages.newest_ids(connection, [(block.kind, block.key)])
        if newest.get((block.kind, block.key)) != block.id:
            return  # written anew meanwhile; the next run sees an older page
        blocks.record_verdict(connection, block.id, block.content_hash, found.verdict, f"{who} (Notion)", comment)
        result.accounts_due += wake(connection, block.kind, [block.key], found.verdict)
        written = {**record.written, "status": found.verdict}
        pages.update(connection, record.id, state="decided", written=written, seen=None, problem="")
    result.decisions.append(Decision(found.verdict, block.kind, block.key, block.version, who, record.url))


def _edit(desk: Desk, shown: Shown, row: NotionRow, found: Edit, result: ReviewResult) -> None:
    record, block = shown.record, shown.block
    who = row.last_edited_by or NOBODY
    try:
        with desk.store.write() as connection:
            edited = edit_block(connection, desk.editor, block, found.texts, f"{who} (Notion)", desk.run_id)
            pages.update(connection, record.id, block_id=edited.block_id, state="open", seen=None, problem="")
    except EditError as error:
        result.problems[record.url] = str(error)
        with desk.store.write() as connection:
            pages.update(connection, record.id, problem=str(error), seen=None)
        return
    result.accounts_due += edited.accounts_due
    result.decisions.append(Decision("edited", block.kind, block.key, edited.version, who, record.url, edited.findings))


def _refuse(desk: Desk, shown: Shown, found: Refused, result: ReviewResult) -> None:
    result.problems[shown.record.url] = found.note
    # Push writes status, hash and note back: an empty hash makes the page one that is behind.
    with desk.store.write() as connection:
        written = {**shown.record.written, "content_hash": "", "status": found.status}
        pages.update(connection, shown.record.id, written=written, problem=found.note, seen=None)


def local_work(store: Store, kinds: Iterable[Any]) -> str:
    """What push would do, from the store alone; empty where there is nothing."""
    with store.read() as connection:
        shown = load_shown(connection)
        live = {each.record.block_id for each in shown}
        missing = [block for block_id, block in pages.wanted(connection, kinds).items() if block_id not in live]
    behind = [each for each in shown if each.record.page_id and _needs_telling(each)]
    writing = [each for each in shown if each.record.seen]
    parts = [
        (len(missing), "texts have no page"),
        (len(behind), "pages are behind"),
        (len(writing), "are being edited"),
    ]
    return ", ".join(f"{count} {what}" for count, what in parts if count)


def _needs_telling(shown: Shown) -> bool:
    return shown.current and (shown.is_behind or decided_elsewhere(shown))


def decided_elsewhere(shown: Shown) -> bool:
    """Whether the block has a verdict that its page does not show."""
    return shown.block.verdict is not None and shown.record.written.get("status") != shown.block.verdict
