"""From Notion to the store: what people decided or wrote on review pages.

Reading the same page twice does no harm: what was taken over is no news. What belongs elsewhere: what a page means (``reading``), making
and changing pages (``push``), whether there is anything to do (``waking``).
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
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
    Read,
    Refused,
    Unfinished,
    Verdict,
    meaning,
    same_texts,
    status_of,
)
from gtm_assets.texts.review_pages.store import PageRecord
from resources.errors import OutsideError
from resources.notion.tables import NotionRow
from resources.store.store import get_cursor, set_cursor, utc_now

#: Notion rounds a page's time down to the minute, and a query may miss what is edited while it runs.
OVERLAP: Final = timedelta(minutes=2)
NOBODY: Final = "somebody in Notion"
DELETED: Final = "Die Seite wurde gelöscht. Das ist keine Freigabe: Der Text wartet weiter."
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shown:
    """A page of ours with the block that it shows."""

    record: PageRecord
    block: blocks.Block
    current: bool

    @property
    def is_behind(self) -> bool:
        """Whether the page still has to be told which version it shows, or that something on it did not count."""
        return self.record.written.get("content_hash") != self.block.content_hash

    @property
    def is_untold(self) -> bool:
        """Whether the block has a verdict that its page does not show."""
        return self.block.verdict is not None and self.record.written.get("status") != self.block.verdict

    @property
    def has_news(self) -> bool:
        """Whether people should read on the page why something did not count."""
        return self.record.problem != "" and self.record.written.get("note") != self.record.problem


def edited_since(connection: sa.Connection, database_id: str) -> datetime | None:
    """From when on pages are read; None: nothing was ever read of this database."""
    cursor = get_cursor(connection, pages.CURSOR)
    if not cursor or cursor.get("database") != database_id:
        return None
    return datetime.fromisoformat(cursor["edited"]) - OVERLAP


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


def read_of(desk: Desk, shown: Shown, row: NotionRow) -> Read:
    """A row of Notion as what is compared."""
    database = desk.database
    fields = pages.texts_of(shown.block.content)
    return Read(
        database.texts(row, shown.block.kind, fields),
        database.text(row, "Status"),
        database.text(row, "Content Hash"),
        row.last_edited,
        row.edited_by_bot,
    )


def says(desk: Desk, shown: Shown, row: NotionRow, now: datetime) -> Meaning:
    """What a page means."""
    known = pages.known(shown.record, shown.block, desk.database.statuses, current=shown.current)
    page = read_of(desk, shown, row)
    told = page.content_hash.strip() == known.content_hash
    untold = (shown.is_untold or shown.is_behind) and status_of(page.status) == known.written
    if ((shown.is_behind and not told) or untold) and same_texts(page.texts, known.texts):
        return Nothing()  # the page does not know yet what became of its text: push comes first, then somebody decides
    return meaning(page, known, now)


def pull(desk: Desk, result: ReviewResult) -> None:
    """Read the pages that changed, those that wait, and those that somebody was writing on; take over what counts.

    Raises:
        OutsideError: Notion could not be read.
    """
    database_id = desk.database.source.database_id
    with desk.store.write() as connection:
        _begin(connection, database_id)
        since = edited_since(connection, database_id)
        shown = {each.record.page_id: each for each in load_shown(connection) if each.record.page_id}
    rows = {row.page_id: row for row in desk.notion.query(desk.database.source, edited_since=since)}
    newest = max((row.last_edited for row in rows.values()), default=None)
    rows |= waiting_rows(desk, shown.values())
    for page_id, each in shown.items():
        try:
            _look(desk, page_id, each, rows, result)
        except OutsideError:
            raise
        except Exception as error:  # noqa: BLE001 - a page's error is its own: the others go on
            _log.exception("the review page %s failed unexpectedly", each.record.url)
            result.errors[f"{each.record.kind} {each.record.key}"] = f"{type(error).__name__}: {error}"
    _point_out_copies(desk, [row for page_id, row in rows.items() if page_id not in shown], result)
    if newest is not None:
        with desk.store.write() as connection:
            _keep_cursor(connection, database_id, newest)


def _begin(connection: sa.Connection, database_id: str) -> None:
    """The first look at a database: what was written to another one counts no more, and what people do from now on is read."""
    cursor = get_cursor(connection, pages.CURSOR)
    if cursor and cursor.get("database") == database_id:
        return
    if cursor:
        for record in pages.load_pages(connection):
            pages.update(connection, record.id, state="superseded", seen=None)
    # Ten minutes for a clock of ours that is ahead of Notion's.
    _keep_cursor(connection, database_id, utc_now() - timedelta(minutes=10))


def _keep_cursor(connection: sa.Connection, database_id: str, moment: datetime) -> None:
    before = get_cursor(connection, pages.CURSOR)
    if before and before.get("database") == database_id:
        moment = max(moment, datetime.fromisoformat(before["edited"]))
    set_cursor(connection, pages.CURSOR, {"database": database_id, "edited": moment.isoformat()})


def waiting_rows(desk: Desk, shown: Collection[Shown]) -> dict[str, NotionRow]:
    """Pages that wait for a verdict: one that is missing among them was deleted, which moves no time that a query could ask for."""
    if not any(should_wait(each) for each in shown):
        return {}
    database = desk.database
    pending = {database.columns["Status"]: database.statuses["pending"]}
    return {row.page_id: row for row in desk.notion.query(database.source, equal=pending)}


def should_wait(shown: Shown) -> bool:
    """Whether the page is one of those that Notion lists as pending, if it is there at all."""
    seen = shown.record.seen
    if seen is not None and status_of(seen["status"]) != "pending":
        return False
    return shown.record.state == "open" and shown.record.written.get("status") == "pending"


def _look(desk: Desk, page_id: str, shown: Shown, rows: Mapping[str, NotionRow], result: ReviewResult) -> None:
    row = rows.get(page_id)
    if row is None and (should_wait(shown) or shown.record.seen):
        row = desk.notion.page(page_id, desk.database.source)
        if row is None:
            result.problems[shown.record.url] = DELETED
            with desk.store.write() as connection:
                pages.update(connection, shown.record.id, state="gone", problem=DELETED, seen=None)
    if row is not None:
        _take(desk, shown, row, result)


def _take(desk: Desk, shown: Shown, row: NotionRow, result: ReviewResult) -> None:
    found = says(desk, shown, row, utc_now())
    if isinstance(found, Verdict):
        _verdict(desk, shown, row, found, result)
    elif isinstance(found, Edit):
        _edit(desk, shown, row, found, result)
    elif isinstance(found, Refused):
        _refuse(desk, shown, row, found, result)
    else:
        _note_what_stands(desk, shown, row, found)


def _note_what_stands(desk: Desk, shown: Shown, row: NotionRow, found: Nothing | Unfinished) -> None:
    """Remember an unfinished edit, and the status that a page shows whose text is still to be told."""
    record, page = shown.record, read_of(desk, shown, row)
    seen = record.seen
    moot = not shown.current or same_texts(page.texts, pages.texts_of(shown.block.content))
    if isinstance(found, Unfinished):
        seen = _seen(found.texts, page.status, found.since)
    elif moot:
        seen = None
    values: dict[str, Any] = {} if seen == record.seen else {"seen": seen}
    if seen is None and record.seen is not None and record.seen["refused"] and shown.current:
        # The words that were refused are gone: the page is told anew, without the reason.
        values |= {"problem": "", "written": {**record.written, "content_hash": ""}}
    status = status_of(page.status)
    if (shown.is_behind or moot) and status is not None and status != record.written.get("status"):
        values["written"] = {**values.get("written", record.written), "status": status}
    if shown.block.verdict is not None and record.state == "open" and status == shown.block.verdict:
        values["state"] = "decided"
    if values:
        with desk.store.write() as connection:
            pages.update(connection, record.id, **values)


def _seen(texts: Mapping[str, str], status: str, since: datetime, *, refused: bool = False) -> dict[str, Any]:
    return {"texts": dict(texts), "status": status, "since": since.isoformat(), "refused": refused}


def _verdict(desk: Desk, shown: Shown, row: NotionRow, found: Verdict, result: ReviewResult) -> None:
    record, block = shown.record, shown.block
    said = desk.database.text(row, "Comment")
    comment = "" if said == record.written.get("comment") else said
    who = row.last_edited_by or NOBODY
    with desk.store.write() as connection:
        newest = pages.newest_ids(connection, [(block.kind, block.key)])
        is_newest = newest.get((block.kind, block.key)) == block.id
        if is_newest != shown.current:
            return  # written anew meanwhile; the next run sees an older page
        blocks.record_verdict(connection, block.id, block.content_hash, found.verdict, f"{who} (Notion)", comment)
        result.accounts_due += wake(connection, block.kind, [block.key], found.verdict)
        written = {**record.written, "status": found.verdict, "comment": said}
        pages.update(connection, record.id, state="decided", written=written, seen=None, problem="")
    result.decisions.append(Decision(found.verdict, block.kind, block.key, block.version, who, record.url))


def _edit(desk: Desk, shown: Shown, row: NotionRow, found: Edit, result: ReviewResult) -> None:
    record, block = shown.record, shown.block
    who = row.last_edited_by or NOBODY
    status_text = desk.database.text(row, "Status")
    # An empty hash: the page has to be told. The status that stands there is what push may replace.
    written = {**record.written, "content_hash": "", "status": status_of(status_text) or record.written.get("status")}
    try:
        with desk.store.write() as connection:
            edited = edit_block(connection, desk.editor, block, found.texts, f"{who} (Notion)", desk.run_id)
            pages.update(
                connection,
                record.id,
                block_id=edited.block_id,
                state="open",
                written=written,
                seen=None,
                problem="",
            )
    except EditError as error:
        result.problems[record.url] = error.note
        with desk.store.write() as connection:
            seen = _seen(found.texts, status_text, utc_now(), refused=True)
            pages.update(connection, record.id, problem=error.note, seen=seen)
        return
    result.accounts_due += edited.accounts_due
    result.decisions.append(Decision("edited", block.kind, block.key, edited.version, who, record.url, edited.findings))


def _refuse(desk: Desk, shown: Shown, row: NotionRow, found: Refused, result: ReviewResult) -> None:
    result.problems[shown.record.url] = found.note
    status = status_of(desk.database.text(row, "Status")) or shown.record.written.get("status")
    with desk.store.write() as connection:
        written = {**shown.record.written, "content_hash": "", "status": status}
        pages.update(connection, shown.record.id, written=written, problem=found.note, seen=None)


def copies(desk: Desk, rows: Collection[NotionRow]) -> list[tuple[NotionRow, str]]:
    """Pages that are not ours but look like it (duplicated, or taken out of the trash), each with the note that it does not carry yet."""
    if not rows:
        return []
    with desk.store.read() as connection:
        shown = load_shown(connection)
        homes = {(each.record.key): each.record.url for each in shown if each.record.page_id}
        intended = {each.record.key for each in shown if each.record.page_id is None}
    found = []
    for row in rows:
        key = desk.database.text(row, "Key")
        if not key or key in intended or not desk.database.text(row, "Content Hash"):
            continue
        there = f" Bitte dort entscheiden: {homes[key]}" if key in homes else ""
        note = f"Diese Seite ist eine Kopie oder überholt: Was hier steht, zählt nicht.{there}"
        if key in homes and desk.database.text(row, "Findings") != note:
            found.append((row, note))
    return found


def _point_out_copies(desk: Desk, rows: Collection[NotionRow], result: ReviewResult) -> None:
    for row, note in copies(desk, rows):
        try:
            desk.notion.update_page(desk.database.source, row.page_id, desk.database.values({"Findings": note}))
        except (OutsideError, ValueError) as error:
            result.errors[row.url] = str(error)
            continue
        result.problems[row.url] = note
