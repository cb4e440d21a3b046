"""From the store to Notion: a page for each text that somebody has to judge, and pages told what became of theirs.

A page is intended in the store before it is made, so that a crash in between leaves no second one; it is read again just before it is
told anything, so that nothing that people did meanwhile is overwritten. What belongs elsewhere: what a page says (``page``), reading
pages back (``pull``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from gtm_assets.texts import blocks
from gtm_assets.texts.blocks import AUTO_REVIEWER, MODEL_AUTHOR
from gtm_assets.texts.review_pages import page
from gtm_assets.texts.review_pages import store as pages
from gtm_assets.texts.review_pages.desk import Desk, ReviewResult
from gtm_assets.texts.review_pages.pull import DELETED, Shown, load_shown
from gtm_assets.texts.review_pages.reading import same_texts, status_of
from gtm_assets.texts.review_pages.store import PageRecord
from resources.errors import AuthError, OutsideError, PermanentError
from resources.notion.tables import NotionRow
from resources.store.store import utc_now

#: After so many pages in a row that could not be made or changed, Notion itself is the problem.
_ENOUGH: Final = 5
_LONGEST_REST: Final = timedelta(hours=1)


class _Troubles:
    """Errors of single pages: one does not stop the others, many in a row do. A page that fails rests, longer each time."""

    def __init__(self, desk: Desk, result: ReviewResult) -> None:
        self._desk = desk
        self._result = result
        self._in_a_row = 0

    def well(self) -> None:
        self._in_a_row = 0

    def add(self, record_id: int, written: Mapping[str, Any], what: str, error: OutsideError | ValueError) -> None:
        self._result.errors[what] = str(error)
        self._in_a_row += 1
        failures = int(written.get("failures", 0)) + 1
        again = utc_now() + min(timedelta(minutes=2 ** min(failures - 1, 6)), _LONGEST_REST)
        with self._desk.store.write() as connection:
            values = {**written, "failures": failures, "retry_at": again.isoformat()}
            pages.update(connection, record_id, written=values)
        single = isinstance(error, PermanentError) and not isinstance(error, AuthError)
        wrong_everywhere = isinstance(error, OutsideError) and not single
        if self._in_a_row >= _ENOUGH and wrong_everywhere:
            raise error


def needs_telling(shown: Shown) -> bool:
    """Whether a page does not say what it should."""
    return shown.record.page_id is not None and (shown.is_behind or shown.is_untold or shown.has_news)


def push(desk: Desk, result: ReviewResult) -> bool:
    """Make the pages that are missing, tell pages what became of their text, and trash those of earlier versions.

    Stops after so many pages (``Desk.at_once``), so that verdicts are read in between; answers whether more is to do.

    Raises:
        OutsideError: Notion does not answer; what was made stays known.
    """
    troubles = _Troubles(desk, result)
    with desk.store.read() as connection:
        shown = load_shown(connection)
        wanted = pages.wanted(connection, desk.kinds, desk.cells)
        others = pages.load_pages(connection, ["open", "decided", "superseded", "gone"])
    deleted = {record.block_id for record in others if record.state == "gone"}
    taken = {str(record.page_id) for record in others}
    known = {each.record.block_id: each for each in shown}
    left = desk.at_once
    for each in shown:
        if needs_telling(each) and not each.record.rests and (left := left - 1) >= 0:
            _tell(desk, each, result, troubles)
    for each in lost(shown, wanted):
        if not each.record.rests and (left := left - 1) >= 0:
            _find(desk, each, taken, result, troubles)
    room = room_of(desk, shown)
    for block_id, block in wanted.items():
        there = known.get(block_id)
        if there is None and room <= 0:
            result.without_page += 1
        elif there is None and (left := left - 1) >= 0:
            room -= 1
            with desk.store.write() as connection:
                record_id = pages.intend(connection, block)
            _make(desk, record_id, {}, block, result, troubles, DELETED if block_id in deleted else "")
        elif there is not None and _is_lost(there) and not there.record.rests and (left := left - 1) >= 0:
            settled = _find(desk, there, taken, result, troubles)
            if not settled:
                _make(desk, there.record.id, there.record.written, block, result, troubles)
    _retire(desk, result, troubles)
    return left < 0


def room_of(desk: Desk, shown: Iterable[Shown]) -> int:
    """For how many more pages that wait there is room; decided ones and those of earlier versions take none."""
    return desk.most_pages - sum(each.record.state != "decided" and each.current for each in shown)


def lost(shown: Iterable[Shown], wanted: Mapping[int, blocks.Block]) -> list[Shown]:
    """Pages that were intended, whose answer was lost, and whose text waits for nobody any more: they may be there all the same."""
    return [each for each in shown if _is_lost(each) and each.record.block_id not in wanted]


def _is_lost(shown: Shown) -> bool:
    return shown.record.page_id is None


def _make(
    desk: Desk,
    record_id: int,
    written: Mapping[str, Any],
    block: blocks.Block,
    result: ReviewResult,
    troubles: _Troubles,
    note: str = "",
) -> None:
    with desk.store.read() as connection:
        subject = pages.subjects(connection, [block.id])[block.id]
    values = page.values(subject, note=note)
    body = page.blocks(subject, desk.database.statuses)
    try:
        row = desk.notion.create_page(desk.database.source, desk.database.values(values), body)
    except (OutsideError, ValueError) as error:
        troubles.add(record_id, written, f"{block.kind} {block.key}", error)
        return
    troubles.well()
    result.created += 1
    with desk.store.write() as connection:
        pages.update(
            connection, record_id, page_id=row.page_id, url=row.url, state="open", written=_written(values), problem=""
        )


def _find(desk: Desk, shown: Shown, taken: set[str], result: ReviewResult, troubles: _Troubles) -> bool:
    """Look for a page that was intended: it may have been made, and only the answer was lost. Answers whether that settles it.

    What is found may also be a copy that somebody made, and may say anything: it is told everything anew before it counts.
    """
    record, block, columns = shown.record, shown.block, desk.database.columns
    try:
        rows = desk.notion.query(
            desk.database.source, equal={columns["Key"]: block.key, columns["Content Hash"]: block.content_hash}
        )
    except (OutsideError, ValueError) as error:
        troubles.add(record.id, record.written, f"{block.kind} {block.key}", error)
        return True
    found = next((row for row in rows if row.page_id not in taken), None)
    if found is None:
        if shown.current and block.verdict is None:
            return False
        with desk.store.write() as connection:
            pages.update(connection, record.id, state="superseded")
        return True
    taken.add(found.page_id)
    with desk.store.write() as connection:
        status = status_of(desk.database.text(found, "Status")) or "pending"
        written = {"status": status, "content_hash": ""}
        pages.update(connection, record.id, page_id=found.page_id, url=found.url, state="open", written=written)
        adopted = next(each for each in load_shown(connection) if each.record.id == record.id)
    _tell(desk, adopted, result, troubles)
    return True


def _written(values: Mapping[str, str]) -> dict[str, str]:
    return {
        "status": values["Status"],
        "content_hash": values["Content Hash"],
        "findings": values["Findings"],
    }


def _tell(desk: Desk, shown: Shown, result: ReviewResult, troubles: _Troubles) -> None:
    """Bring a page's status, hash, findings and title to its block; the texts are people's and stay as they are."""
    record, block, database = shown.record, shown.block, desk.database
    with desk.store.read() as connection:
        subject = pages.subjects(connection, [block.id])[block.id]
    values = page.values(subject, block.verdict, _note(desk, shown))
    whole = shown.is_behind or shown.is_untold
    columns = ("Name", "Status", "Content Hash", "Findings") if whole else ("Findings",)
    try:
        row = desk.notion.page(str(record.page_id), database.source)
        if (
            row is not None
            and whole
            and status_of(database.text(row, "Status")) not in {record.written.get("status"), None}
        ):
            return  # somebody set another status since it was read: that is read first
        told = {column: values[column] for column in columns}
        row = row and desk.notion.update_page(database.source, str(record.page_id), database.values(told))
    except (OutsideError, ValueError) as error:
        troubles.add(record.id, record.written, f"{block.kind} {block.key}", error)
        return
    troubles.well()
    with desk.store.write() as connection:
        _remember(connection, shown, row, values, whole=whole)
    result.updated += row is not None


def _remember(
    connection: sa.Connection, shown: Shown, row: NotionRow | None, values: Mapping[str, str], *, whole: bool
) -> None:
    record = shown.record
    if row is None:
        pages.update(connection, record.id, state="gone", problem=DELETED, seen=None)
        return
    kept = {name: record.written[name] for name in ("comment",) if name in record.written}
    if not whole:
        written = {**record.written, "findings": values["Findings"], "note": record.problem}
        pages.update(connection, record.id, written=written)
        return
    problem = "" if shown.is_untold and not shown.is_behind else record.problem
    written = {**kept, **_written(values), "note": problem}
    state = "open" if shown.block.verdict is None else "decided"
    pages.update(connection, record.id, state=state, written=written, problem=problem)


def _note(desk: Desk, shown: Shown) -> str:
    """What a page is told beside the findings."""
    block = shown.block
    if shown.is_behind and shown.record.problem:
        return shown.record.problem
    if shown.is_untold:
        return _decided_elsewhere(block)
    if shown.record.problem:
        return shown.record.problem
    if block.verdict is not None:
        return ""
    if desk.has_lapsed(block):
        return "Die Eingaben dieses Textes haben sich geändert: Er wird neu geschrieben und bekommt eine neue Seite."
    if block.author == MODEL_AUTHOR:
        return ""
    below = f"Die Gegenüberstellung unten zeigt noch Fassung {block.version - 1} oder eine frühere."
    if not block.passed:
        return f"Ihre Änderung ist als Fassung {block.version} übernommen, verletzt aber Regeln; bitte noch einmal ändern. {below}"
    return f"Ihre Änderung ist als Fassung {block.version} übernommen und hält alle Regeln ein; bitte freigeben oder ablehnen. {below}"


def _decided_elsewhere(block: blocks.Block) -> str:
    word = "freigegeben" if block.verdict == "approved" else "abgelehnt"
    day = f" am {block.decided_at:%d.%m.%Y}" if block.decided_at else ""
    if block.reviewer == AUTO_REVIEWER:
        return f"Nach der Vorgabe „auto“ {word}{day}."
    return f"Außerhalb dieser Seite {word}{day}."


def _retire(desk: Desk, result: ReviewResult, troubles: _Troubles) -> None:
    """Pages of earlier versions: trashed once the newest has its page or its approval, unless somebody wrote on them."""
    with desk.store.read() as connection:
        old = replaced(connection, load_shown(connection))
    for each, successor in old:
        record = each.record
        if record.rests:
            continue
        try:
            trashed = _trash(desk, each, successor)
        except (OutsideError, ValueError) as error:
            troubles.add(record.id, record.written, f"{record.kind} {record.key}", error)
            continue
        troubles.well()
        result.trashed += trashed
        with desk.store.write() as connection:
            pages.update(connection, record.id, state="superseded", seen=None)


def replaced(connection: sa.Connection, shown: Iterable[Shown]) -> list[tuple[Shown, blocks.Block]]:
    """Pages of earlier versions that nobody needs any more, each with the newest version."""
    pages_of_old = [each for each in shown if not each.current and each.record.page_id is not None]
    made = {each.record.block_id for each in shown if each.record.page_id is not None}
    newest = pages.newest_ids(connection, [(each.record.kind, each.record.key) for each in pages_of_old])
    current = blocks.blocks_by_id(connection, newest.values())
    found = []
    for each in pages_of_old:
        successor = current.get(newest.get((each.record.kind, each.record.key), -1))
        if successor is not None and _is_replaced(each.record, successor, has_page=successor.id in made):
            found.append((each, successor))
    return found


def _is_replaced(record: PageRecord, successor: blocks.Block, *, has_page: bool) -> bool:
    """An open page as soon as its successor has one; a decided one when the successor is approved: until then people carry its text."""
    return successor.verdict == "approved" or (record.state == "open" and (has_page or successor.verdict is not None))


def _trash(desk: Desk, shown: Shown, successor: blocks.Block) -> bool:
    """False where somebody's own words stand on the page: it stays, with a note that it does not count any more."""
    record, block, database = shown.record, shown.block, desk.database
    row = desk.notion.page(str(record.page_id), database.source)
    if row is None:
        return False
    texts = pages.texts_of(block.content)
    untouched = same_texts(database.texts(row, record.kind, texts), texts) and (
        database.text(row, "Comment") == record.written.get("comment", "")
    )
    theirs = block.author != MODEL_AUTHOR and block.verdict is None
    if untouched and not theirs:
        return desk.notion.trash_page(str(record.page_id))
    now = f"Überholt: Es gibt inzwischen Fassung {successor.version} mit eigener Seite."
    note = f"{now} Was hier steht, zählt nicht mehr; bitte dorthin übertragen."
    desk.notion.update_page(database.source, str(record.page_id), database.values({"Findings": note}))
    return False
