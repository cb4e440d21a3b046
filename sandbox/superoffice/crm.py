"""The CRM's store: companies, persons and lists in memory, each write also on disk where the sandbox has a directory.

What belongs elsewhere: HTTP (``api``), how entities look (``entities``), queries (``archive``), where sample data
come from (``sandbox.data``).
"""

from __future__ import annotations

import bisect
import copy
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any, Generic, Literal, Protocol, TypeVar, cast

from sandbox.faults.board import FaultBoard
from sandbox.superoffice.lists import CrmList, ListItem
from sandbox.superoffice.past import History, Key, PastTable, persons_then
from sandbox.superoffice.records import (
    CHILD_ROWS,
    CompanyRecord,
    MergeRow,
    PersonRecord,
    R,
    Record,
    changed_columns,
    record_from_json,
    record_to_json,
)
from sandbox.superoffice.stamps import stamp
from sandbox.switches import Switches

Kind = Literal["Contact", "Person"]
# What archives read from.
Source = Literal["Contact", "Person", "MergeMoveLog"]
T = TypeVar("T", bound=CompanyRecord | PersonRecord | MergeRow)
Clock = Callable[[], datetime]


class Shelf(Protocol):
    """Where rows are written through to."""

    def put(self, kind: str, rows: Iterable[tuple[int, Any]]) -> None:
        """Insert or replace rows of a kind."""

    def rows(self, kind: str) -> Iterator[tuple[int, Any]]:
        """All rows of a kind by id."""
        ...

    def drop(self, kind: str, row_id: int | None = None) -> None:
        """Take one row of a kind away, or all of them."""


class Table(Generic[T]):
    """Rows by id, and the ids in order for keyset queries. Reading needs no lock: rows are immutable.

    ``last_id`` is the last one that was given; no id is given twice while nobody sets it back.
    """

    def __init__(self) -> None:
        self._rows: dict[int, T] = {}
        self._ids: list[int] = []
        self.last_id = 0

    def __len__(self) -> int:
        return len(self._ids)

    def get(self, row_id: int) -> T | None:
        """The row, None if there is none."""
        return self._rows.get(row_id)

    def put(self, row: T) -> None:
        """Insert or replace."""
        if row.id not in self._rows:
            bisect.insort(self._ids, row.id)
        self._rows[row.id] = row
        self.last_id = max(self.last_id, row.id)

    def remove(self, row_id: int) -> None:
        """Take a row away for good."""
        self._ids = [known for known in self._ids if known != row_id]
        del self._rows[row_id]

    def rows(self) -> dict[int, T]:
        """All rows by id, as they are now."""
        return dict(self._rows)

    def replace(self, rows: dict[int, T], last_id: int) -> None:
        """Hold these rows and no others; the next id follows ``last_id``."""
        self._rows, self._ids, self.last_id = dict(rows), sorted(rows), last_id

    def ids_above(self, row_id: int) -> list[int]:
        """Ids greater than ``row_id``, ascending."""
        return self._ids[bisect.bisect_right(self._ids, row_id) :]

    def next_id(self) -> int:
        """The id of the next new row."""
        return self.last_id + 1


class Crm:
    """One tenant. Every write goes through ``save``, which decides about the stamps as the switches say."""

    def __init__(self, switches: Switches, shelf: Shelf | None = None, clock: Clock | None = None) -> None:
        self.lock = threading.RLock()
        self.switches = switches
        self.faults = FaultBoard()
        self.history = History()
        self.companies: Table[CompanyRecord] = Table()
        self.persons: Table[PersonRecord] = Table()
        self.merges: Table[MergeRow] = Table()
        self.last_backup: Any = None
        self.lists: dict[str, CrmList] = {}
        self._persons_of: dict[int, list[int]] = {}
        self._shelf = shelf
        self._clock = clock or (lambda: datetime.now(UTC))
        if shelf is not None:
            self._load(shelf)

    def now(self) -> str:
        """The database's time: naive UTC, whole seconds."""
        return self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")

    def table(self, entity: Source) -> Table[Any]:
        """The table of an entity, or the log of merges."""
        if entity == "MergeMoveLog":
            return self.merges
        return self.companies if entity == "Contact" else self.persons

    def persons_of(self, company_id: int) -> list[int]:
        """Ids of a company's persons, deleted ones too, ascending."""
        return list(self._persons_of.get(company_id, ()))

    def company_name(self, company_id: int) -> str:
        """Name of a company, empty if there is none."""
        company = self.companies.get(company_id)
        return company.name if company else ""

    def save(self, after: R, associate: int) -> R:
        """Store a changed record; stamps move only if something changed, as the switches say.

        Returns what is stored.
        """
        with self.lock:
            before: R | None = self.table(_kind(after)).get(after.id)
            if before is None:
                raise KeyError(after.id)
            changed = changed_columns(before, after)
            if not changed:
                touches = self.switches.is_on("noop_patch_touches_updated")
            elif changed <= CHILD_ROWS:
                touches = self.switches.is_on("child_rows_touch_updated")
            else:
                touches = True
            stored = after
            if changed or touches:
                now = self.now()
                self.history.add((_kind(after), after.id), before, now)
                if touches:
                    stored = replace(after, updated=stamp(self.faults, now, associate), updated_by=associate)
            self._put([stored])
            return stored

    def create(self, record: R, associate: int) -> R:
        """Store a new record under the next id."""
        with self.lock:
            saved_at = self.now()
            now = stamp(self.faults, saved_at, associate)
            row_id = self.table(_kind(record)).next_id()
            stored = replace(
                record,
                id=row_id,
                created=record.created or now,
                updated=record.updated or now,
                created_by=associate,
                updated_by=associate,
            )
            self.history.add((_kind(stored), row_id), None, saved_at)
            self._put([stored])
            return stored

    def as_it_was(self, former: Mapping[Key, Record | None]) -> Crm:
        """The tenant for reading, with some records as they were (None: not there yet); see ``history``."""
        past = copy.copy(self)
        past.companies = cast("Table[CompanyRecord]", PastTable(self.companies, "Contact", former))
        past.persons = cast("Table[PersonRecord]", PastTable(self.persons, "Person", former))
        past._persons_of = persons_then(self._persons_of, self.persons, former)  # noqa: SLF001 - a copy of ourselves
        return past

    def remove(self, entity: Kind, row_id: int) -> None:
        """Take a record away for good, as a merge does with its source."""
        with self.lock:
            record = self.table(entity).get(row_id)
            self.history.add((entity, row_id), record, self.now())
            if isinstance(record, PersonRecord):
                self._persons_of[record.contact_id].remove(row_id)
            self.table(entity).remove(row_id)
            if self._shelf is not None:
                self._shelf.drop(entity, row_id)

    def log(self, row: MergeRow) -> None:
        """Add a row to the log of merges under the next id."""
        with self.lock:
            stored = replace(row, id=self.merges.next_id(), registered=self.now())
            self.merges.put(stored)
            if self._shelf is not None:
                self._shelf.put("MergeMoveLog", [(stored.id, asdict(stored))])

    def put_back(
        self,
        companies: Mapping[int, CompanyRecord],
        persons: Mapping[int, PersonRecord],
        merges: Mapping[int, MergeRow],
        last_ids: tuple[int, int, int],
    ) -> None:
        """Hold these rows and no others, as after a restored backup: times and the next ids are those of then."""
        with self.lock:
            persons_of: dict[int, list[int]] = {}
            for person_id in sorted(persons):
                persons_of.setdefault(persons[person_id].contact_id, []).append(person_id)
            self.companies.replace(dict(companies), last_ids[0])
            self.persons.replace(dict(persons), last_ids[1])
            self._persons_of = persons_of
            self.merges.replace(dict(merges), last_ids[2])
            # What was saved since did not happen: no lagging copy holds it either.
            self.history = History()
            if self._shelf is not None:
                for kind, rows in (("Contact", companies), ("Person", persons), ("MergeMoveLog", merges)):
                    self._shelf.drop(kind)
                    self._shelf.put(kind, ((row_id, _to_json(row)) for row_id, row in rows.items()))

    def keep(self, kind: str, data: Any) -> None:
        """Write something that is no record through, where there is a directory."""
        if self._shelf is not None:
            self._shelf.put(kind, [(1, data)])

    def kept(self, kind: str) -> Any:
        """What ``keep`` wrote; None where there is nothing."""
        return dict(self._shelf.rows(kind)).get(1) if self._shelf is not None else None

    def load_samples(self, companies: Iterable[CompanyRecord], persons: Iterable[PersonRecord]) -> None:
        """Store many records as they are, in one write."""
        with self.lock:
            self._put(list(companies))
            self._put(list(persons))
            self.save_lists()

    def item_for(self, list_name: str, name: str) -> ListItem:
        """The list item of that name, added if there is none. Call ``save_lists`` afterwards."""
        with self.lock:
            return self.lists[list_name].find(name) or self.lists[list_name].add({"": name})

    def save_lists(self) -> None:
        """Write the lists to disk."""
        if self._shelf is not None:
            self._shelf.put("lists", [(1, [crm_list.to_json() for crm_list in self.lists.values()])])

    def _put(self, records: list[Any]) -> None:
        for record in records:
            if isinstance(record, PersonRecord):
                self._index_person(record)
            self.table(_kind(record)).put(record)
        if self._shelf is not None and records:
            self._shelf.put(_kind(records[0]), ((record.id, record_to_json(record)) for record in records))

    def _index_person(self, person: PersonRecord) -> None:
        before = self.persons.get(person.id)
        if before is not None and before.contact_id == person.contact_id:
            return
        if before is not None:
            self._persons_of[before.contact_id].remove(person.id)
        bisect.insort(self._persons_of.setdefault(person.contact_id, []), person.id)

    def _load(self, shelf: Shelf) -> None:
        for _, data in shelf.rows("Contact"):
            self.companies.put(record_from_json(CompanyRecord, data))
        for _, data in shelf.rows("Person"):
            person = record_from_json(PersonRecord, data)
            self._index_person(person)
            self.persons.put(person)
        for _, data in shelf.rows("MergeMoveLog"):
            self.merges.put(MergeRow(**data))
        for _, data in shelf.rows("lists"):
            self.lists = {item["name"]: CrmList.from_json(item) for item in data}


def _to_json(row: CompanyRecord | PersonRecord | MergeRow) -> dict[str, Any]:
    return asdict(row) if isinstance(row, MergeRow) else record_to_json(row)


def _kind(record: CompanyRecord | PersonRecord) -> Kind:
    return "Contact" if isinstance(record, CompanyRecord) else "Person"
