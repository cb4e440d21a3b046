"""How many persons and companies carry words of a row of Notion in the CRM now: what a change of the row reaches.

What belongs elsewhere: who they are (``gtm_assets.monitoring.lineage_page``), waking them (``sync``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from resources.store import schema
from resources.store.store import chunked


@dataclass(frozen=True)
class CarriedBy:
    """Records that carry at least one text that was made of the row, in any version."""

    persons: int = 0
    companies: int = 0


def count_carriers(connection: sa.Connection, database: str, keys: Iterable[str]) -> dict[str, CarriedBy]:
    """Counts by the row's key; a row that nobody carries has zeros. Texts of before their rows were kept are not counted."""
    made, written = schema.block_sources, schema.written_values
    wanted = sorted(set(keys))
    found: dict[str, dict[str, int]] = {key: {} for key in wanted}
    for piece in chunked(wanted):
        query = (
            sa.select(made.c.key, written.c.entity, sa.func.count(written.c.entity_id.distinct()))
            .join(written, written.c.block_id == made.c.block_id)
            .where(made.c.source == database, made.c.key.in_(piece))
            .group_by(made.c.key, written.c.entity)
        )
        for key, entity, count in connection.execute(query):
            found[key][entity] = count
    return {key: CarriedBy(each.get("Person", 0), each.get("Contact", 0)) for key, each in found.items()}
