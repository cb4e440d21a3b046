"""What coverage is measured from: today's cells out of the store, and one DuckDB query that counts its persons.

What belongs elsewhere: what becomes of them (``coverage``).
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import sqlalchemy as sa

from gtm_assets.crm.field_map import stored_fields
from gtm_assets.crm.fields import CrmField
from gtm_assets.knowledge.rows import STANDARD_CAMPAIGN
from gtm_assets.knowledge.sync import load_campaigns, load_personas, load_verticals, was_read
from gtm_assets.monitoring.coverage import CellPlace, Coverage, Headcount, Outline, measure
from gtm_assets.texts import matrix
from gtm_assets.texts.blocks import CellState
from resources.analytics.engine import Analytics
from resources.store.store import Store

# Why somebody is not addressed is asked in the order of gtm_assets.writeback.suppression, the company first.
_QUERY = """
SELECT p.persona_key, pr.vertical_key, p.campaign, p.text_level,
       CASE WHEN a.contact_id IS NULL OR a.gone_at IS NOT NULL THEN 'account_gone'
            WHEN a.stop::BOOLEAN THEN 'account_stop'
            WHEN of_account.identifier IS NOT NULL OR of_person.identifier IS NOT NULL THEN 'suppressed'
            WHEN p.no_mailing::BOOLEAN THEN 'no_mailing'
            WHEN p.retired::BOOLEAN THEN 'retired'
            WHEN p.is_associate::BOOLEAN THEN 'associate'
            ELSE '' END AS apart,
       pr.contact_id IS NOT NULL AS researched,
       s.due_at IS NOT NULL AS due,
       count(*) AS persons
FROM persons p
LEFT JOIN accounts a ON a.contact_id = p.contact_id
LEFT JOIN profiles pr ON pr.contact_id = p.contact_id
LEFT JOIN sync_state s ON s.contact_id = p.contact_id
LEFT JOIN suppressions of_account ON of_account.identifier = 'account:' || p.contact_id
LEFT JOIN suppressions of_person ON of_person.identifier = 'person:' || p.person_id
WHERE p.gone_at IS NULL
GROUP BY ALL
"""


def load(store: Store, analytics: Analytics, model: str) -> Coverage:
    """Coverage as it stands now; ``model`` is the one that texts are written with today."""
    return measure(load_outline(store, stored_fields(store), model), load_headcounts(analytics))


def load_headcounts(analytics: Analytics) -> list[Headcount]:
    """Every living person of the store, counted in groups."""
    rows: list[tuple[Any, ...]] = analytics.rows(_QUERY)
    return [Headcount(*row) for row in rows]


def load_outline(store: Store, fields: Mapping[str, CrmField], model: str) -> Outline:
    """Active rows and where their cells stand. Before the CRM's fields were ever read no text can have been written."""
    with store.read() as connection:
        personas = {key: row.name for key, row in load_personas(connection).items()}
        verticals = {key: row.name for key, row in load_verticals(connection).items()}
        campaigns = load_campaigns(connection)
        states = _states(connection, fields, model)
        read = was_read(connection)
    places = product(personas, verticals, (STANDARD_CAMPAIGN, *campaigns))
    return Outline(personas, verticals, campaigns, {place: states.get(place, "missing") for place in places}, read)


def _states(connection: sa.Connection, fields: Mapping[str, CrmField], model: str) -> dict[CellPlace, CellState]:
    if not set(matrix.ROLES) <= set(fields):
        return {}
    cells = matrix.load_cells(connection, fields, model).values()
    return {(cell.persona_key, cell.vertical_key, cell.campaign_key): cell.state for cell in cells}
