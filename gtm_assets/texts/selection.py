"""Which cells people mean: by key, by campaign, by vertical, by partition.

What belongs elsewhere: bringing them up to date (``matrix``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from gtm_assets.knowledge.rows import STANDARD_CAMPAIGN, campaign_key, row_key
from gtm_assets.knowledge.sync import DATABASES, TABLES, KnowledgeDatabase
from gtm_assets.texts.matrix import UnknownCellError, cell_key
from resources.store.store import Store

#: Databases to what people call one of their rows.
_SINGULAR: Mapping[KnowledgeDatabase, str] = {"verticals": "vertical", "personas": "persona", "campaigns": "campaign"}
_DIMENSIONS: Mapping[str, tuple[KnowledgeDatabase, KnowledgeDatabase]] = {
    "marketing_matrix": ("personas", "verticals"),
    "campaign_matrix": ("campaigns", "verticals"),
}


class SelectionError(UnknownCellError):
    """What was asked for does not exist, or there is nothing of it; the message says what there is."""


@dataclass(frozen=True)
class Knowledge:
    """Keys of the rows by database, and whether each takes part."""

    rows: Mapping[KnowledgeDatabase, Mapping[str, bool]]

    def active(self, database: KnowledgeDatabase) -> list[str]:
        """Keys of the rows that take part."""
        return [key for key, active in self.rows[database].items() if active]


@dataclass(frozen=True)
class AskedPartitions:
    """Partitions as cells; ``retired`` are keys that hold none any more, with the reason."""

    cells: list[str]
    retired: Mapping[str, str]


def load_knowledge(connection: sa.Connection) -> Knowledge:
    """Read the keys."""
    found: dict[KnowledgeDatabase, dict[str, bool]] = {}
    for database in DATABASES:
        table = TABLES[database]
        rows = connection.execute(sa.select(table.c.key, table.c.active).order_by(table.c.key))
        found[database] = {row.key: row.active for row in rows}
    return Knowledge(found)


def asked_partitions(store: Store, asset: str, keys: Iterable[str]) -> AskedPartitions:
    """The cells of partitions of one of the two matrices.

    Raises:
        SelectionError: A key was never a row of Notion.
    """
    with store.read() as connection:
        knowledge = load_knowledge(connection)
    cells: list[str] = []
    retired: dict[str, str] = {}
    personas = knowledge.active("personas")
    for key in keys:
        first, vertical = key.split("|")
        database, _ = _DIMENSIONS[asset]
        reason = _retired(knowledge, database, first) or _retired(knowledge, "verticals", vertical)
        if not reason and not personas:
            reason = "no persona is active in Notion"
        if reason:
            retired[key] = reason
        elif database == "personas":
            cells.append(cell_key(first, vertical))
        else:
            cells += [cell_key(persona, vertical, first) for persona in personas]
    return AskedPartitions(cells, retired)


def _retired(knowledge: Knowledge, database: KnowledgeDatabase, key: str) -> str:
    known = knowledge.rows[database].get(key)
    if known is None:
        raise SelectionError(
            f"There is no {_SINGULAR[database]} {key!r}: Notion never showed one. The job sync_notion reads it again."
        )
    return "" if known else f"the {_SINGULAR[database]} {key!r} is not active in Notion any more"


def asked_cells(store: Store, keys: Sequence[str], campaign: str, vertical: str) -> list[str]:
    """The cells that keys, a campaign (tag or key; ``standard`` for the marketing matrix) and a vertical's key name together.

    Raises:
        SelectionError: One of them does not exist or is not active, or there is no cell of it.
    """
    if keys:
        if campaign or vertical:
            raise SelectionError("Name either cells by key, or a campaign and a vertical, not both.")
        return list(keys)
    with store.read() as connection:
        knowledge = load_knowledge(connection)
    campaigns = [_campaign(knowledge, campaign)] if campaign else [STANDARD_CAMPAIGN, *knowledge.active("campaigns")]
    verticals = [_vertical(knowledge, vertical)] if vertical else knowledge.active("verticals")
    personas = knowledge.active("personas")
    cells = [cell_key(persona, each, occasion) for each in verticals for occasion in campaigns for persona in personas]
    if not cells:
        lacks = "persona" if not personas else "vertical"
        raise SelectionError(f"There is nothing to write: no {lacks} is active in Notion.")
    return cells


def named_campaign(connection: sa.Connection, text: str) -> str:
    """The key of the active campaign that a tag or key names; ``standard`` for the texts without one.

    Raises:
        SelectionError: There is none; the message lists those there are.
    """
    return _campaign(load_knowledge(connection), text)


def named_vertical(connection: sa.Connection, text: str) -> str:
    """The key of the active vertical that a key names.

    Raises:
        SelectionError: There is none; the message lists those there are.
    """
    return _vertical(load_knowledge(connection), text)


def named_persona(connection: sa.Connection, text: str) -> str:
    """The key of the active persona that a key names.

    Raises:
        SelectionError: There is none; the message lists those there are.
    """
    return _one(load_knowledge(connection), "personas", row_key(text), text)


def _campaign(knowledge: Knowledge, text: str) -> str:
    key = campaign_key(text)
    if key == STANDARD_CAMPAIGN:
        return STANDARD_CAMPAIGN
    return _one(knowledge, "campaigns", key, text)


def _vertical(knowledge: Knowledge, text: str) -> str:
    return _one(knowledge, "verticals", row_key(text), text)


def _one(knowledge: Knowledge, database: KnowledgeDatabase, key: str | None, text: str) -> str:
    """The key of an active row.

    Raises:
        SelectionError: There is none; the message lists those there are.
    """
    what = _SINGULAR[database]
    active = knowledge.active(database)
    there_are = f"Active {database}: {', '.join(active)}." if active else f"No {what} is active."
    if key is None or key not in knowledge.rows[database]:
        raise SelectionError(
            f"There is no {what} {text!r}. {there_are} New rows of Notion are known after the next sync."
        )
    if key not in active:
        raise SelectionError(f"The {what} {text!r} is not active in Notion. {there_are}")
    return key
