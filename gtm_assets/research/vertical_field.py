"""The CRM's vertical field and Notion's verticals: which value stands for which vertical, both ways.

A list item is tied to a vertical by its stored id, first, and after a restored backup, matched by name in any language; a missing item is
reported, never created.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

import sqlalchemy as sa

from gtm_assets.crm import restored
from gtm_assets.crm.fields import CrmField
from gtm_assets.crm.snapshots import Lists
from resources.store import queue, schema
from resources.store.store import Store
from resources.superoffice.values import decode, encode_list_item


def tie_list_items(store: Store, field: CrmField, lists: Lists) -> list[str]:
    """Remember the list item of each active vertical; answers the names of verticals the CRM's list lacks."""
    if field.field_type != "List":
        return []
    items = {item.id: item for item in lists.get(field.list_name, ()) if not item.deleted}
    by_name = {name.casefold(): item.id for item in items.values() for name in item.names}
    missing: list[str] = []
    with store.write() as connection:
        by_id_first = not restored.wants_sweep(connection)
        rows = connection.execute(sa.select(schema.verticals).where(schema.verticals.c.active)).mappings().all()
        for row in rows:
            item_id = which_item(
                row["crm_item_id"], by_name.get(row["name"].casefold()), items, by_id_first=by_id_first
            )
            if item_id != row["crm_item_id"]:
                connection.execute(
                    sa.update(schema.verticals).where(schema.verticals.c.key == row["key"]).values(crm_item_id=item_id)
                )
                waiting = sa.select(schema.profiles.c.contact_id).where(schema.profiles.c.vertical_key == row["key"])
                ids = list(connection.execute(waiting).scalars())
                queue.mark_due(connection, ids, trigger=f"list item of vertical {row['key']}", priority=1)
            if item_id is None:
                missing.append(row["name"])
    return missing


def which_item(tied: int | None, named: int | None, items: Container[int], *, by_id_first: bool) -> int | None:
    """The item that stands for something: the tied one (names change), else the one of that name.

    After a restored backup the name counts first (not ``by_id_first``): an id that was given after the backup may be another item's now.
    """
    still_there = tied if tied in items else None
    first, second = (still_there, named) if by_id_first else (named, still_there)
    return first if first is not None else second


class VerticalValues:
    """Translates between the field's normal form and vertical keys, for the active verticals of one moment."""

    def __init__(self, connection: sa.Connection, field: CrmField) -> None:
        rows = connection.execute(sa.select(schema.verticals)).mappings().all()
        self._is_list = field.field_type == "List"
        self._active = {row["key"] for row in rows if row["active"]}
        self._names: Mapping[str, str] = {row["key"]: row["name"] for row in rows}
        self._items: Mapping[str, int | None] = {row["key"]: row["crm_item_id"] for row in rows}

    def key_of(self, value: str) -> tuple[str | None, str]:
        """The vertical that a value of the CRM means, and else the reason why it means none."""
        found = self._find(value)
        if found is None:
            return None, f"the CRM says {value!r}, which is no vertical of Notion"
        if found not in self._active:
            return None, f"the CRM says {self._names[found]!r}, which is not active in Notion"
        return found, ""

    def value_of(self, key: str) -> tuple[str | None, str]:
        """The value that stands for a vertical in the CRM, and else the reason why there is none."""
        if not self._is_list:
            return self._names[key], ""
        item = self._items.get(key)
        if item is None:
            return None, f"the CRM's list has no item {self._names[key]!r}; add it there, it is never created silently"
        return encode_list_item(item), ""

    def _find(self, value: str) -> str | None:
        if self._is_list:
            item = decode(value) if value.startswith("[") else None
            return next((key for key, own in self._items.items() if own is not None and own == item), None)
        folded = value.casefold()
        return next((key for key, name in self._names.items() if folded in {key, name.casefold()}), None)
