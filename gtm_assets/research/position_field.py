"""The CRM's list of positions and Notion's personas: which item stands for which persona, and whose a person's position is.

An item is tied to a persona by its stored id, first matched by the name that Notion gives it (the column CRM Position, else the persona's
own name) in any language; a missing item is reported, never created. What the engine wrote is no evidence of who somebody is: it would
confirm itself. What belongs elsewhere: what a person should carry (``gtm_assets.writeback.targets``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from gtm_assets.crm import restored
from gtm_assets.crm.fields import POSITION, POSITION_LIST
from gtm_assets.crm.snapshots import Lists
from gtm_assets.knowledge.sync import people_of_persona
from gtm_assets.research.vertical_field import which_item
from resources.store import queue, schema
from resources.store.store import Store, get_cursor, rows_by, set_cursor, utc_now
from resources.superoffice.models import ListItem
from resources.superoffice.values import encode_list_item

#: Since when positions are read by item; never taken back, see :func:`lists_to_read`.
READ_SINCE = "crm.positions"


def lists_to_read(store: Store, *, write: bool) -> tuple[str, ...]:
    """The list of positions, if positions are written or once were: else what the engine wrote could not be told from a human's.

    Remembers that positions are written now (``write``), so that the list is read also once they no longer are.
    """
    with store.read() as connection:
        known = get_cursor(connection, READ_SINCE) is not None
    if write and not known:
        with store.write() as connection:
            set_cursor(connection, READ_SINCE, {"at": utc_now().isoformat()})
    return (POSITION_LIST,) if write or known else ()


def tie_positions(store: Store, lists: Lists) -> list[str]:
    """Remember the list item of each active persona; answers the names that the CRM's list lacks, or has more than once."""
    items = {item.id: item for item in lists.get(POSITION_LIST, ()) if not item.deleted}
    by_name = items_by_name(items.values())
    missing: list[str] = []
    with store.write() as connection:
        by_id_first = not restored.wants_sweep(connection)
        rows = connection.execute(sa.select(schema.personas).where(schema.personas.c.active)).mappings().all()
        for row in rows:
            name = wanted_name(row)
            item_id = which_item(row["crm_item_id"], by_name.get(name.casefold()), items, by_id_first=by_id_first)
            if item_id != row["crm_item_id"]:
                connection.execute(
                    sa.update(schema.personas).where(schema.personas.c.key == row["key"]).values(crm_item_id=item_id)
                )
                ids = people_of_persona(connection, row["key"])
                queue.mark_due(connection, ids, trigger=f"list item of persona {row['key']}", priority=1)
            if item_id is None:
                missing.append(name)
    return missing


def wanted_name(persona: Mapping[str, Any] | sa.RowMapping) -> str:
    """How the item of a persona (a stored row) is called."""
    return str(persona["crm_position"] or persona["name"])


def items_by_name(items: Iterable[ListItem]) -> dict[str, int]:
    """Names in small letters to item ids. A name of several items is left out: archives show names only, so they look the same there."""
    names = [(name, item.id) for item in items for name in {name.casefold() for name in item.names}]
    count = Counter(name for name, _ in names)
    return {name: item_id for name, item_id in names if count[name] == 1}


class PositionValues:
    """The values that stand for personas, for the active ones of one moment."""

    def __init__(self, connection: sa.Connection) -> None:
        rows = connection.execute(sa.select(schema.personas).where(schema.personas.c.active)).mappings().all()
        self._items = {row["key"]: row["crm_item_id"] for row in rows}
        self._names = {row["key"]: wanted_name(row) for row in rows}

    def value_of(self, key: str) -> tuple[str | None, str]:
        """The value that stands for a persona in the CRM, and else the reason why there is none."""
        if key not in self._items:
            return None, f"persona {key} is not active in Notion"
        item = self._items[key]
        if item is None:
            missing = f"the CRM's list of positions has no item {self._names[key]!r}, or several"
            return None, f"{missing}; add it there, or name another in Notion (CRM Position)"
        return encode_list_item(item), ""


def own_positions(connection: sa.Connection, person_ids: Iterable[int]) -> dict[int, str]:
    """The positions that the engine wrote and saw confirmed, by person."""
    table = schema.written_values
    rows = rows_by(connection, table.c.entity_id, person_ids, table.c.entity == "Person", table.c.field == POSITION)
    return {person_id: row["value"] for person_id, row in rows.items()}


def position_evidence(person: Mapping[str, Any], own: str | None) -> str:
    """What a person's position (of a stored row) says about who they are: nothing where it is the engine's ``own``.

    One that can't be told (the list was not read, or lacks the item by now) counts as the engine's where it wrote one.
    """
    item = person[POSITION]
    is_own = own is not None and (item == own or not str(item or "").startswith("["))
    return "" if is_own else str(person["position"])
