"""Reviews in Notion, both ways: verdicts and edits are read first, then pages are made and told.

What belongs elsewhere: each direction (``pull``, ``push``), Dagster (``gtm_assets.jobs``, ``sensors.reviews``).
"""

from __future__ import annotations

from collections.abc import Mapping

from gtm_assets.crm.fields import CrmField
from gtm_assets.settings import BlockKind, Settings
from gtm_assets.texts.edits import Editor
from gtm_assets.texts.matrix import load_cells
from gtm_assets.texts.review_pages.database import ReviewDatabase, describe
from gtm_assets.texts.review_pages.desk import Desk, ReviewResult
from gtm_assets.texts.review_pages.pull import pull
from gtm_assets.texts.review_pages.push import push
from gtm_assets.texts.review_pages.waking import local_work, news
from resources.notion.client import NotionClient
from resources.store.store import Store


def is_on(settings: Settings) -> bool:
    """Whether there is a reviews database and a kind of text that people decide about."""
    return settings.notion_reviews_database_id is not None and bool(reviewed_kinds(settings))


def reviewed_kinds(settings: Settings) -> tuple[BlockKind, ...]:
    """Kinds of text whose policy is ``manual``."""
    return tuple(kind for kind, mode in settings.gtm_review_policy.items() if mode == "manual")


def open_database(notion: NotionClient, settings: Settings) -> ReviewDatabase:
    """The reviews database as it is now.

    Raises:
        OutsideError: Notion can't be read.
        MissingColumnError, ReviewDatabaseError: It can't hold reviews; the message says what to do.
    """
    source = notion.source(str(settings.notion_reviews_database_id))
    return describe(source, settings.gtm_notion_columns)


def editor_of(settings: Settings, fields: Mapping[str, CrmField]) -> Editor:
    """What an edit is checked with."""
    automatic = frozenset(kind for kind, mode in settings.gtm_review_policy.items() if mode == "auto")
    return Editor(fields, settings.gemini_model, automatic)


def open_desk(
    store: Store, notion: NotionClient, settings: Settings, fields: Mapping[str, CrmField], run_id: str
) -> Desk:
    """Everything a run needs.

    Raises:
        As :func:`open_database`.
    """
    database = open_database(notion, settings)
    with store.read() as connection:
        cells = load_cells(connection, fields, settings.gemini_model)
    today = {key: cell.inputs_hash for key, cell in cells.items()}
    return Desk(store, notion, database, editor_of(settings, fields), reviewed_kinds(settings), today, run_id)


def sync_reviews(desk: Desk) -> ReviewResult:
    """Take over what people did in Notion, then bring the pages up to date.

    Raises:
        OutsideError: Notion could not be read, or does not take anything; what was done stays done.
    """
    result = ReviewResult()
    while True:
        before = result.written
        pull(desk, result)
        result.without_page = 0
        more = push(desk, result)
        # A piece that wrote nothing at all would write nothing again.
        if not more or result.written == before:
            return result


def work_waiting(desk: Desk, *, thorough: bool = True) -> str:
    """What :func:`sync_reviews` would do, in words; empty where there is nothing. Changes nothing.

    ``thorough`` looks for pages that were deleted, too, which costs a query of every page that waits.

    Raises:
        OutsideError: Notion could not be asked.
    """
    local = local_work(desk)
    if local:
        return local
    count = news(desk, thorough=thorough)
    return f"{count} review pages say something new" if count else ""
