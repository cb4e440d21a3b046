"""From the store to Notion: a page for each text that somebody has to judge, and pages told what became of theirs.

A page is intended in the store before it is made, so that a crash in between leaves no second one. What belongs elsewhere: what a page
says (``page``), reading them back (``pull``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from gtm_assets.texts import blocks
from gtm_assets.texts.review_pages import page
from gtm_assets.texts.review_pages import store as pages
from gtm_assets.texts.review_pages.desk import Desk, ReviewResult
from gtm_assets.texts.review_pages.pull import Shown, decided_elsewhere, load_shown
from gtm_assets.texts.review_pages.reading import same_texts
from gtm_assets.texts.review_pages.store import PageRecord
from resources.errors import OutsideError, PermanentError
from resources.notion.tables import NotionRow
from resources.store.store import utc_now

#: After so many pages in a row that could not be made or changed, Notion itself is the problem.
_ENOUGH: Final = 5
_DELETED: Final = "Die frühere Seite wurde gelöscht. Das ist keine Freigabe: Der Text wartet weiter."


class _Troubles:
    """Errors of single pages: one does not stop the others, many in a row do."""

    def __init__(self, result: ReviewResult) -> None:
        self._result = result
        self._in_a_row = 0

    def well(self) -> None:
        self._in_a_row = 0

    def add(self, what: str, error: OutsideError | ValueError) -> None:
        self._result.errors[what] = str(error)
        self._in_a_row += 1
        wrong_everywhere = isinstance(error, OutsideError) and not isinstance(error, PermanentError)
        if self._in_a_row >= _ENOUGH and wrong_everywhere:
            raise error


def push(desk: Desk, result: ReviewResult) -> None:
    """Make the pages that are missing, tell pages what became of their text, and trash those of earlier versions.

    Raises:
        OutsideError: Notion does not answer; what was made stays known.
    """
    troubles = _Troubles(result)
    with desk.store.read() as connection:
        shown = load_shown(connection)
        wanted = pages.wanted(connection, desk.kinds)
        deleted = {record.block_id for record in pages.load_pages(connection, ["gone"])}
    known = {each.record.block_id: each for each in shown}
    for each in shown:
        if each.record.page_id and each.current and (each.is_behind or decided_elsewhere(each)):
            _tell(desk, each, result, troubles)
    for block_id, block in wanted.items():
        each_known = known.get(block_id)
        if each_known is None:
            with desk.store.write() as connection:
                record_id = pages.intend(connection, block)
            _make(desk, record_id, block, result, troubles, _DELETED if block_id in deleted else "")
        elif each_known.record.page_id is None:
            _find_or_make(desk, each_known, result, troubles)
    _retire(desk, shown, result, troubles)


def _make(
    desk: Desk, record_id: int, block: blocks.Block, result: ReviewResult, troubles: _Troubles, note: str = ""
) -> None:
    with desk.store.read() as connection:
        subject = pages.subjects(connection, [block.id])[block.id]
    values = page.values(subject, note=note)
    try:
        row = desk.notion.create_page(desk.database.source, desk.database.values(values), page.blocks(subject))
    except (OutsideError, ValueError) as error:
        troubles.add(f"{block.kind} {block.key}", error)
        return
    troubles.well()
    result.created += 1
    _remember(desk, record_id, row, values)


def _find_or_make(desk: Desk, shown: Shown, result: ReviewResult, troubles: _Troubles) -> None:
    """A page that was intended: it may have been made, and only the answer was lost."""
    block, columns = shown.block, desk.database.columns
    try:
        rows = desk.notion.query(
            desk.database.source, equal={columns["Key"]: block.key, columns["Content Hash"]: block.content_hash}
        )
    except OutsideError as error:
        troubles.add(f"{block.kind} {block.key}", error)
        return
    taken = _page_ids(desk)
    left = [row for row in rows if row.page_id not in taken]
    if not left:
        _make(desk, shown.record.id, block, result, troubles)
        return
    with desk.store.read() as connection:
        subject = pages.subjects(connection, [block.id])[block.id]
    _remember(desk, shown.record.id, left[0], page.values(subject))


def _page_ids(desk: Desk) -> set[str]:
    with desk.store.read() as connection:
        records = pages.load_pages(connection, ["open", "decided", "superseded", "gone"])
    return {str(record.page_id) for record in records}


def _remember(desk: Desk, record_id: int, row: NotionRow, values: Mapping[str, str]) -> None:
    with desk.store.write() as connection:
        pages.update(
            connection, record_id, page_id=row.page_id, url=row.url, state="open", written=_written(values), problem=""
        )


def _written(values: Mapping[str, str]) -> dict[str, str]:
    return {
        "status": values["Status"],
        "content_hash": values["Content Hash"],
        "findings": values["Findings"],
    }


def _tell(desk: Desk, shown: Shown, result: ReviewResult, troubles: _Troubles) -> None:
    """Bring a page's status, hash, findings and title to its block; the texts are people's and stay as they are."""
    record, block = shown.record, shown.block
    with desk.store.read() as connection:
        subject = pages.subjects(connection, [block.id])[block.id]
    values = page.values(subject, block.verdict, _note(shown))
    told = {column: values[column] for column in ("Name", "Status", "Content Hash", "Findings")}
    try:
        row = desk.notion.update_page(desk.database.source, str(record.page_id), desk.database.values(told))
    except (OutsideError, ValueError) as error:
        troubles.add(f"{block.kind} {block.key}", error)
        return
    troubles.well()
    with desk.store.write() as connection:
        if row is None:
            pages.update(connection, record.id, state="gone", problem=_DELETED, seen=None)
            return
        state = "open" if block.verdict is None else "decided"
        pages.update(connection, record.id, state=state, written=_written(values))
    result.updated += 1


def _note(shown: Shown) -> str:
    """What a page is told beside the findings."""
    if shown.record.problem:
        return shown.record.problem
    block = shown.block
    if block.verdict is not None:
        word = "freigegeben" if block.verdict == "approved" else "abgelehnt"
        return f"Außerhalb von Notion {word} am {utc_now():%d.%m.%Y}."
    if not block.passed:
        return (
            f"Ihre Änderung ist als Fassung {block.version} übernommen, verletzt aber Regeln; bitte noch einmal ändern."
        )
    return f"Ihre Änderung ist als Fassung {block.version} übernommen und hält alle Regeln ein; bitte freigeben oder ablehnen."


def _retire(desk: Desk, shown: list[Shown], result: ReviewResult, troubles: _Troubles) -> None:
    """Pages of earlier versions: trashed once the newest has its page or its approval, unless somebody wrote on them."""
    with desk.store.read() as connection:
        live = {record.block_id for record in pages.load_pages(connection)}
        newest = pages.newest_ids(connection, [(each.record.kind, each.record.key) for each in shown])
        current = blocks.blocks_by_id(connection, newest.values())
    for each in shown:
        record = each.record
        if each.current or record.page_id is None:
            continue
        successor = current.get(newest.get((record.kind, record.key), -1))
        if successor is None or not _is_replaced(record, successor, live):
            continue
        try:
            trashed = _trash(desk, each, successor)
        except (OutsideError, ValueError) as error:
            troubles.add(f"{record.kind} {record.key}", error)
            continue
        troubles.well()
        result.trashed += trashed
        with desk.store.write() as connection:
            pages.update(connection, record.id, state="superseded", seen=None)


def _is_replaced(record: PageRecord, successor: blocks.Block, live: Collection[int]) -> bool:
    """An open page as soon as its successor has one; a decided one when the successor is approved: until then people carry its text."""
    has_page = successor.id in live
    return successor.verdict == "approved" or (record.state == "open" and (has_page or successor.verdict is not None))


def _trash(desk: Desk, shown: Shown, successor: blocks.Block) -> bool:
    """False where somebody's own words stand on the page: it stays, with a note that it does not count any more."""
    record, database = shown.record, desk.database
    row = desk.notion.page(str(record.page_id), database.source)
    if row is None:
        return False
    texts = pages.texts_of(shown.block.content)
    if same_texts(database.texts(row, record.kind, texts), texts):
        return desk.notion.trash_page(str(record.page_id))
    replaced = f"Überholt: Es gibt inzwischen Fassung {successor.version} mit eigener Seite."
    note = f"{replaced} Was hier steht, zählt nicht mehr; bitte dorthin übertragen."
    desk.notion.update_page(database.source, str(record.page_id), database.values({"Findings": note}))
    return False
