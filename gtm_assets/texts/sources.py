"""Which versions of which rows a text block was made from: a cell's rows in Notion, an opener's vertical and website.

They are named when the inputs are read, so a row that changes while the model writes is not mistaken for what the text rests on. What
belongs elsewhere: storing them (``blocks.insert_version``), following them (``gtm_assets.monitoring.lineage``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import sqlalchemy as sa

from gtm_assets.knowledge.rows import Campaign, Persona, Row, Vertical
from gtm_assets.texts.blocks import Source
from resources.store import schema
from resources.store.store import chunked

Sources = tuple[Source, ...]


def of_cell(persona: Persona, vertical: Vertical, campaign: Campaign | None = None) -> Sources:
    """The rows that a cell is written from, as they were read from the store."""
    found = [*_row("personas", persona), *_row("verticals", vertical)]
    return tuple(found if campaign is None else [*found, *_row("campaigns", campaign)])


def of_opener(vertical: Vertical, website: Mapping[str, Any]) -> Sources:
    """The vertical and the website (a row of ``websites``) that an account's openers are written from."""
    text = Source("website", str(website["contact_id"]), website["content_hash"], url=website["final_url"])
    return (*_row("verticals", vertical), text)


def load_sources(connection: sa.Connection, block_ids: Iterable[int]) -> dict[int, list[Source]]:
    """What versions of texts were made from, by block id; a version of before that was kept is not among them."""
    table = schema.block_sources
    found: dict[int, list[Source]] = {}
    for piece in chunked(sorted(set(block_ids))):
        query = sa.select(table).where(table.c.block_id.in_(piece)).order_by(table.c.block_id, table.c.source)
        for row in connection.execute(query).mappings():
            source = Source(row["source"], row["key"], row["row_hash"], row["notion_page_id"], row["url"])
            found.setdefault(row["block_id"], []).append(source)
    return found


def _row(database: Literal["verticals", "personas", "campaigns"], row: Row) -> Sources:
    version = row.stored
    return () if version is None else (Source(database, row.key, version.row_hash, version.page_id, version.url),)
