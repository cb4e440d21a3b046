"""Whether a run on reviews would do anything: from the store alone, and from a look at Notion. Changes nothing.

What belongs elsewhere: doing it (``pull``, ``push``), the sensor.
"""

from __future__ import annotations

from gtm_assets.texts.review_pages import store as pages
from gtm_assets.texts.review_pages.desk import Desk
from gtm_assets.texts.review_pages.pull import Shown, copies, edited_since, load_shown, says, should_wait, waiting_rows
from gtm_assets.texts.review_pages.push import lost, needs_telling, replaced, room_of
from gtm_assets.texts.review_pages.reading import QUIET, Nothing, Unfinished
from resources.store.store import utc_now


def local_work(desk: Desk) -> str:
    """What a run would do, from the store alone; empty where there is nothing."""
    with desk.store.read() as connection:
        shown = load_shown(connection)
        wanted = pages.wanted(connection, desk.kinds, desk.cells)
        old = replaced(connection, shown)
    known = {each.record.block_id: each for each in shown}
    room = room_of(desk, shown)
    missing = [
        block_id
        for block_id in wanted
        if (block_id not in known and room > 0)
        or (block_id in known and known[block_id].record.page_id is None and not known[block_id].record.rests)
    ]
    unsettled = [each for each in lost(shown, wanted) if not each.record.rests]
    behind = [each for each in shown if needs_telling(each) and not each.record.rests]
    written_on = [each for each in shown if _is_due(each)]
    parts = [
        (len(missing), "texts have no page"),
        (len(unsettled), "pages may have been made"),
        (len(behind), "pages are behind"),
        (len([each for each, _ in old if not each.record.rests]), "pages are replaced"),
        (len(written_on), "were edited"),
    ]
    return ", ".join(f"{count} {what}" for count, what in parts if count)


def _is_due(shown: Shown) -> bool:
    """Whether an edit may be finished by now."""
    known = pages.known(shown.record, shown.block, {}, current=shown.current)
    return known.seen is not None and not known.seen.refused and utc_now() - known.seen.since >= QUIET


def news(desk: Desk, *, thorough: bool = True) -> int:
    """How many pages say something new, are gone, or are copies; ``thorough`` looks for gone ones, too.

    Raises:
        OutsideError: Notion could not be asked.
    """
    with desk.store.read() as connection:
        since = edited_since(connection, desk.database.source.database_id)
        shown = {each.record.page_id: each for each in load_shown(connection) if each.record.page_id}
    if since is None:
        return len(shown)
    rows = {row.page_id: row for row in desk.notion.query(desk.database.source, edited_since=since)}
    now = utc_now()
    said = [(shown[page_id], says(desk, shown[page_id], row, now)) for page_id, row in rows.items() if page_id in shown]
    count = sum(not isinstance(each, Nothing | Unfinished) for _, each in said)
    # An edit that is read for the first time has to be remembered; after that it is asked again when it may be finished.
    count += sum(
        isinstance(each, Unfinished) and (page.record.seen is None or bool(page.record.seen["refused"]))
        for page, each in said
    )
    count += len(copies(desk, [row for page_id, row in rows.items() if page_id not in shown]))
    if thorough:
        waiting = waiting_rows(desk, shown.values())
        count += sum(
            should_wait(each) and page_id not in waiting and page_id not in rows for page_id, each in shown.items()
        )
    return count
