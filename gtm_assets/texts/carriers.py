"""Who carries a text in the CRM now: counted for the rows of Notion it was made from, and for the texts themselves.

What the engine wrote is not what stands there: a human may have overwritten or emptied the field since, or the record may be gone. What
belongs elsewhere: who they are (``gtm_assets.monitoring.lineage_page``), waking them (``gtm_assets.knowledge.sync``, ``matrix``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from resources.store import schema
from resources.store.store import chunked

#: Whether a row ``w`` of ``written_values`` still stands in a record that is not gone, as the CRM was last read. SQL of both databases.
STANDS = """w.value = CASE w.entity
  WHEN 'Person' THEN (SELECT held.fields ->> w.field FROM persons held WHERE held.person_id = w.entity_id AND held.gone_at IS NULL)
  ELSE (SELECT held.fields ->> w.field FROM accounts held WHERE held.contact_id = w.entity_id AND held.gone_at IS NULL) END"""
_WRITTEN = schema.written_values.alias("w")


@dataclass(frozen=True)
class CarriedBy:
    """Records that carry at least one text that was made of the row, in any version."""

    persons: int = 0
    companies: int = 0


def count_carriers(connection: sa.Connection, database: str, keys: Iterable[str]) -> dict[str, CarriedBy]:
    """Counts by the row's key; a row that nobody carries has zeros. Texts of before their rows were kept are not counted."""
    made = schema.block_sources
    wanted = sorted(set(keys))
    found: dict[str, dict[str, int]] = {key: {} for key in wanted}
    for piece in chunked(wanted):
        query = (
            sa.select(made.c.key, _WRITTEN.c.entity, sa.func.count(_WRITTEN.c.entity_id.distinct()))
            .join(_WRITTEN, _WRITTEN.c.block_id == made.c.block_id)
            .where(made.c.source == database, made.c.key.in_(piece), sa.text(STANDS))
            .group_by(made.c.key, _WRITTEN.c.entity)
        )
        for key, entity, count in connection.execute(query):
            found[key][entity] = count
    return {key: CarriedBy(each.get("Person", 0), each.get("Contact", 0)) for key, each in found.items()}


def persons_with(connection: sa.Connection, cells: Iterable[str]) -> set[int]:
    """Persons who carry a text of these cells (keys), of whichever version."""
    table = schema.text_blocks
    found: set[int] = set()
    for piece in chunked(sorted(set(cells))):
        query = (
            sa.select(_WRITTEN.c.entity_id)
            .join(table, table.c.id == _WRITTEN.c.block_id)
            .where(table.c.kind == "cell", table.c.key.in_(piece), _WRITTEN.c.entity == "Person", sa.text(STANDS))
            .distinct()
        )
        found |= set(connection.execute(query).scalars())
    return found
