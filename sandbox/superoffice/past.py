"""The tenant as it was some saves ago: what a lagging copy of its database would answer.

What belongs elsewhere: which reads are answered from it (``accidents``).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.superoffice.records import PersonRecord, Record

# More than any test or person makes a copy lag behind.
KEPT_SAVES = 10_000
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Save:
    """One save: the record as it was (None: it was new), and when that was, by the database's clock."""

    key: Key
    before: Record | None
    at: str


class History:
    """The latest saves. Appending is atomic; readers take a copy."""

    def __init__(self) -> None:
        self._saves: deque[Save] = deque(maxlen=KEPT_SAVES)

    def add(self, key: Key, before: Record | None, at: str) -> None:
        """One more save."""
        self._saves.append(Save(key, before, at))

    def before_last(self, count: int) -> dict[Key, Record | None]:
        """Records that the last ``count`` saves changed, as they were before."""
        return _first(list(self._saves)[-count:] if count else [])

    def since(self, moment: str) -> dict[Key, Record | None]:
        """Records that were saved after a moment (naive UTC), as they were then."""
        return _first(save for save in list(self._saves) if save.at > moment)


def _first(saves: Iterable[Save]) -> dict[Key, Record | None]:
    found: dict[Key, Record | None] = {}
    for save in saves:
        found.setdefault(save.key, save.before)
    return found


class PastTable:
    """A table with some rows as they were; it offers what reading needs (see ``crm.Table``)."""

    def __init__(self, table: Any, kind: str, former: Mapping[Key, Record | None]) -> None:
        self._table = table
        self._former = {row_id: record for (entity, row_id), record in former.items() if entity == kind}

    def __len__(self) -> int:
        return len(self.ids_above(0))

    def get(self, row_id: int) -> Any:
        """The row as it was."""
        return self._former[row_id] if row_id in self._former else self._table.get(row_id)

    def ids_above(self, row_id: int) -> list[int]:
        """Ids greater than ``row_id``, without those that were not there yet."""
        now: list[int] = self._table.ids_above(row_id)
        missing = {found for found, record in self._former.items() if record is None}
        # A row that is gone altogether, as after a restored backup, was there then.
        back = {found for found, record in self._former.items() if record is not None and found > row_id}
        return sorted((set(now) | back) - missing) if missing or back else now


def persons_then(
    companies: Mapping[int, list[int]], persons: Any, former: Mapping[Key, Record | None]
) -> dict[int, list[int]]:
    """Persons by company: as they are, and those of ``former`` where they were.

    Args:
        companies: Ids of persons by company, as they are.
        persons: The table of persons, as it is.
        former: Records as they were.
    """
    found = dict(companies)
    for (entity, person_id), record in former.items():
        if entity != "Person":
            continue
        present = persons.get(person_id)
        if present is not None:
            found[present.contact_id] = [other for other in found.get(present.contact_id, ()) if other != person_id]
        if isinstance(record, PersonRecord):
            found[record.contact_id] = sorted({*found.get(record.contact_id, ()), person_id})
    return found
