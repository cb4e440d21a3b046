"""The records of the CRM that the store knows: their entities, ids and tables.

What belongs elsewhere: their fields (``fields``), what is kept of them (``snapshots``), and keeping it (``accounts``).
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from gtm_assets.crm.fields import Entity
from resources.store import schema

#: An entity and the id of a record.
Record = tuple[Entity, int]
ENTITIES: tuple[Entity, ...] = ("Contact", "Person")
#: Where the records of an entity are kept, and by which column.
TABLES: Mapping[Entity, tuple[sa.Table, sa.Column[int]]] = {
    "Contact": (schema.accounts, schema.accounts.c.contact_id),
    "Person": (schema.persons, schema.persons.c.person_id),
}
