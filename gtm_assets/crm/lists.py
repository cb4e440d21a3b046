"""The CRM's lists, read once an hour for all processes: SuperOffice asks for that, and an archive shows items by name only.

An item that nobody knows yet makes its list be read again at once, so that a new item waits for no hour. What belongs elsewhere: what an
item means (``gtm_assets.research.vertical_field``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from gtm_assets.crm import restored, snapshots
from gtm_assets.crm.fields import CrmField, Entity
from gtm_assets.crm.snapshots import Lists
from resources.store.store import Store, get_cursor, set_cursor, utc_now
from resources.superoffice.client import SuperOfficeClient
from resources.superoffice.models import ListItem, Row

KEPT = restored.LISTS
FRESH_FOR = timedelta(hours=1)
#: Values that no list explains, such as items that were deleted, may make lists be read again so often in one run.
_READ_AGAIN = 5


def read_lists(
    crm: SuperOfficeClient, fields: Mapping[str, CrmField], more: Iterable[str] = ()
) -> dict[str, Sequence[ListItem]]:
    """Items of every list that one of the fields refers to, and of ``more``, from the CRM; one call a list."""
    return {name: crm.mdo_list(name) for name in _names(fields, more)}


class KnownLists(Mapping[str, Sequence[ListItem]]):
    """Lists by name, for one run: as they were kept, or from the CRM where that was too long ago.

    Args:
        store: Where they are kept for other processes.
        crm: Where they come from.
        fields: The fields whose lists are needed.
        more: Other lists that are.
    """

    def __init__(
        self, store: Store, crm: SuperOfficeClient, fields: Mapping[str, CrmField], more: Iterable[str] = ()
    ) -> None:
        self._store = store
        self._crm = crm
        self._left = _READ_AGAIN
        self._unknown: set[tuple[str, str]] = set()
        with store.read() as connection:
            kept = get_cursor(connection, KEPT) or {}
        now = utc_now()
        needed = _names(fields, more)
        self._lists = {
            name: _items(kept[name]["items"])
            for name in needed
            if name in kept and now - datetime.fromisoformat(kept[name]["at"]) < FRESH_FOR
        }
        self.read_again(*(name for name in needed if name not in self._lists))

    def __getitem__(self, name: str) -> Sequence[ListItem]:
        return self._lists[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lists)

    def __len__(self) -> int:
        return len(self._lists)

    def read_again(self, *names: str) -> None:
        """Read lists from the CRM now, whatever is kept."""
        for name in names:
            self._lists[name] = list(self._crm.mdo_list(name))
            with self._store.write() as connection:
                kept = get_cursor(connection, KEPT) or {}
                items = [[item.id, list(item.names), item.deleted] for item in self._lists[name]]
                set_cursor(connection, KEPT, {**kept, name: {"at": utc_now().isoformat(), "items": items}})

    def settle(self, unknown: set[tuple[str, str]]) -> None:
        """Read the lists of these values again (list, value), unless that was in vain before."""
        new = unknown - self._unknown
        if new and self._left > 0:
            self._left -= 1
            self._unknown |= new
            self.read_again(*sorted({name for name, _ in new}))


def settle_unknown_items(entity: Entity, rows: Sequence[Row], fields: Mapping[str, CrmField], lists: Lists) -> None:
    """Let lists that do not explain a value be read again, where they are kept ones."""
    if isinstance(lists, KnownLists) and (unknown := snapshots.unknown_items(entity, rows, fields, lists)):
        lists.settle(unknown)


def _names(fields: Mapping[str, CrmField], more: Iterable[str]) -> list[str]:
    return sorted({*(field.list_name for field in fields.values() if field.list_name), *more})


def _items(kept: Sequence[Any]) -> list[ListItem]:
    return [ListItem(int(item_id), tuple(names), deleted=bool(deleted)) for item_id, names, deleted in kept]
