"""A small CRM in memory with the interface of ``SuperOfficeClient``, for tests of what reads and writes it.

It keeps whole seconds, pages by key, takes JSON Patch, and does on request what real ones do at the worst moment: stop answering, lose an
answer, ignore a field, move a field nobody named. HTTP belongs to the sandbox; this one tests logic at the speed of Hypothesis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

from gtm_assets.crm.fields import CrmField, Entity
from gtm_assets_tests.fake_archive import keeper, row_of
from gtm_assets_tests.fake_fields import FIELDS, LISTS
from gtm_assets_tests.fake_patch import Tests, apply_patch, block, position
from resources.errors import ChangedInBetweenError, PermanentError
from resources.superoffice.models import ArchivePage, ListItem, Principal, TenantState
from resources.waiting import Priority

OURSELVES = 7
SOMEBODY = 3
START = datetime(2026, 3, 2, 9, 0, 0, tzinfo=UTC)


class Gone(BaseException):
    """The process dies here; no handler of errors sees it."""


class FakeCrm:
    """See the module. ``contacts`` and ``persons`` hold records by id; edit them with :meth:`edit`.

    ``watch`` is called with what is asked (``archive Contact``, ``GET Person/5``, ``PATCH Person/5``, ``PATCHED Person/5``) and may raise
    or edit. ``log`` holds the same words. ``zone_hours`` is the zone in which
    the tenant reads times in filters. ``ignored`` are ProgIds (or ``OrgNr``, ``Address``) whose changes have no effect; ``moves`` is
    applied to a record together with each PATCH.
    """

    def __init__(self, page_size: int = 1000, zone_hours: float = 0) -> None:
        self.now = START
        self.contacts: dict[int, dict[str, Any]] = {}
        self.persons: dict[int, dict[str, Any]] = {}
        self.page_size = page_size
        self.zone = timedelta(hours=zone_hours)
        self.calls = 0
        self.patches = 0
        self.sent: list[tuple[str, int, list[dict[str, Any]]]] = []
        self.log: list[str] = []
        self.watch: Callable[[str], None] = lambda _: None
        self.ignored: set[str] = set()
        self.moves: Callable[[dict[str, Any]], None] = lambda _: None
        self.refuses_times = False
        self.tests: Tests = "looked at"
        self.shows_server_time = True
        self.merge_log: list[dict[str, Any]] = []
        self.log_refused: int | None = None
        self.no_position: dict[str, Any] | None = {"Id": 0, "Value": "", "Tooltip": ""}
        self.lists: Mapping[str, Sequence[ListItem]] = LISTS
        self.layouts: dict[str, list[Any]] = {"Contact": [], "Person": []}
        self.closed = False
        self.working_for: tuple[Priority, float | None] = ("live", None)

    # -- what people and clocks do ------------------------------------------------------------------------------------

    def tick(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def add_contact(self, contact_id: int, **values: Any) -> None:
        """A new company."""
        self.contacts[contact_id] = {
            "name": f"Muster {contact_id} GmbH",
            "url": "",
            "OrgNr": "",
            "Postal": {"City": "", "Zipcode": "12345", "Address1": "Musterweg 1"},
            "Street": {"City": "", "Zipcode": "12345", "Address1": "Musterweg 1"},
            "country": 'US:"Germany";GE:"Deutschland"',
            "stop": False,
            "created": self.now,
            "custom": {},
        }
        self.edit("Contact", contact_id, **values)

    def add_person(self, person_id: int, contact_id: int, **values: Any) -> None:
        """A new person."""
        self.persons[person_id] = {
            "contact_id": contact_id,
            "firstname": "Maxi",
            "lastname": f"Muster{person_id}",
            "title": "",
            "position": "",
            "no_mailing": False,
            "retired": False,
            "created": self.now,
            "IsAssociate": False,
            "custom": {},
        }
        self.edit("Person", person_id, **values)

    def edit(
        self, entity: Entity, entity_id: int, *, by: int = SOMEBODY, silently: bool = False, **values: Any
    ) -> None:
        """Somebody saves a record; ``custom`` is merged; ``silently`` does not move the CRM's timestamp."""
        record = self._table(entity)[entity_id]
        custom = values.pop("custom", {})
        unknown = set(values) - set(record)
        assert not unknown, f"no such property: {unknown}"
        record.update(values)
        record["custom"] = {**record["custom"], **custom}
        if not silently or "updated" not in record:
            record["updated"] = self.now.replace(microsecond=0)
            record["by"] = by

    def delete(self, entity: Entity, entity_id: int) -> None:
        """Somebody deletes a record; a company's persons go with it."""
        del self._table(entity)[entity_id]
        if entity == "Contact":
            for person_id in [i for i, person in self.persons.items() if person["contact_id"] == entity_id]:
                del self.persons[person_id]

    def merge(self, entity: Entity, source: int, destination: int) -> None:
        """Somebody merges a record into another; a company's persons go with it. Only the log tells."""
        if entity == "Contact":
            for person_id in [i for i, person in self.persons.items() if person["contact_id"] == source]:
                self.edit("Person", person_id, contact_id=destination)
        del self._table(entity)[source]
        self.note(5 if entity == "Contact" else 6, source, destination)

    def note(self, table: int, source: int, destination: int) -> None:
        """An entry of the log of merges."""
        names = ("mergemovelog_id", "tableNumber", "sourceRecord", "destinationRecord", "registered")
        values = (len(self.merge_log) + 1, table, source, destination, f"{self.now:%Y-%m-%dT%H:%M:%S}")
        self.merge_log.append({f"mergemovelog.{name}": value for name, value in zip(names, values, strict=True)})

    def backup(self) -> Any:
        """Everything as it is now, for :meth:`restore`."""
        return deepcopy((self.contacts, self.persons, self.merge_log))

    def restore(self, backup: Any) -> None:
        """Put a backup back; the clock goes on."""
        self.contacts, self.persons, self.merge_log = deepcopy(backup)

    def value(self, role: str, entity_id: int, fields: Mapping[str, CrmField] = FIELDS) -> str:
        """What a record carries in a user-defined field, as the API shows it."""
        field = fields[role]
        found: str = self._table(field.entity)[entity_id]["custom"].get(field.prog_id, "")
        return found

    # -- the client's interface ---------------------------------------------------------------------------------------

    def archive_keyset(
        self,
        provider: str,
        *,
        select: Sequence[str],
        filter: str,  # noqa: A002
        key: str,
        top: int = 1000,
        after: int = 0,
        entities: str | None = None,
    ) -> Iterator[ArchivePage]:
        """Pages above ``after``, each read at its own moment, up to an empty one."""
        while True:
            rows = self._rows(provider, select, filter)
            page = [row for row in rows if int(row[key]) > after][: min(top, self.page_size)]
            yield_page = ArchivePage(tuple(page), self.now.replace(microsecond=0) if self.shows_server_time else None)
            if not page:
                return
            after = int(page[-1][key])
            yield yield_page

    def archive_in(
        self,
        provider: str,
        *,
        select: Sequence[str],
        key: str,
        ids: Sequence[int],
        filter: str = "",  # noqa: A002
        chunk: int = 200,
        entities: str | None = None,
    ) -> Iterator[ArchivePage]:
        """Rows whose key is among ``ids``."""
        condition = f"{key} in ({','.join(map(str, ids))})"
        primary = "contactId" if provider == "Contact" else "personId"
        yield from self.archive_keyset(provider, select=select, filter=condition, key=primary)

    def get(self, entity: Entity, entity_id: int, *, select: Sequence[str]) -> dict[str, Any] | None:
        """The named properties."""
        self._called(f"GET {entity}/{entity_id}")
        record = self._table(entity).get(entity_id)
        if record is None:
            return None
        custom = dict(record["custom"])
        for key in record["custom"]:
            custom[f"{key}:DisplayText"] = "…"
        values: dict[str, Any] = {
            "UpdatedDate": f"{record['updated']:%Y-%m-%dT%H:%M:%S}",
            "OrgNr": record.get("OrgNr"),
            "Address": {name: block(record.get(name)) for name in ("Postal", "Street")},
            "IsAssociate": record.get("IsAssociate"),
            "NoMailing": record.get("no_mailing", False),
            "Retired": record.get("retired"),
            "Xstop": record.get("stop"),
            "Deleted": 0,
            "Position": position(record, self.no_position),
            "CustomFields": custom,
        }
        return {name: values[name] for name in select}

    def patch(
        self,
        entity: Entity,
        entity_id: int,
        operations: Sequence[dict[str, Any]],
        *,
        select: Sequence[str],
        unmodified_since: datetime | None = None,
    ) -> dict[str, Any]:
        """Apply JSON Patch as ``fake_patch`` does, unless the record is gone or younger."""
        self.patches += 1
        self.sent.append((entity, entity_id, deepcopy(list(operations))))
        self._called(f"PATCH {entity}/{entity_id}")
        record = self._table(entity).get(entity_id)
        if record is None:
            raise PermanentError("SuperOffice", f"{entity} {entity_id}: no such record.", status=404)
        if unmodified_since is not None and record["updated"] > unmodified_since:
            raise ChangedInBetweenError("SuperOffice", "the record is younger.", status=412)
        apply_patch(record, operations, no_position=self.no_position, tests=self.tests, ignored=self.ignored)
        self.moves(record)
        record["updated"] = self.now.replace(microsecond=0)
        record["by"] = OURSELVES
        self._called(f"PATCHED {entity}/{entity_id}", count=False)
        return {}

    def mdo_list(self, name: str) -> list[ListItem]:
        """The list's items."""
        self._called(f"MDOList/{name}")
        return list(self.lists[name])

    def udef_layout(self, entity: Entity) -> list[Any]:
        """The published layout."""
        self._called(f"UdefLayout {entity}")
        return list(self.layouts[entity])

    def read_at(self) -> datetime | None:
        """The clock."""
        return self.now

    @contextmanager
    def working(self, priority: Priority, patience: float | None = None) -> Iterator[None]:
        """Note whose work follows."""
        before, self.working_for = self.working_for, (priority, patience)
        yield
        self.working_for = before

    def tenant_state(self) -> TenantState:
        """Where the tenant lives."""
        self._called("tenant_state", count=False)
        return TenantState("Cust1", "Running", True, "https://online.example/Cust1/api", None, "Fake")

    def require_open(self) -> None:
        """It is open."""
        self._called("tenant_state", count=False)

    def current_principal(self) -> Principal:
        """Who we are."""
        self._called("currentPrincipal")
        return Principal(OURSELVES, "gtm", 1, "System", "Cust12345")

    def close(self) -> None:
        """Nothing to close."""
        self.closed = True

    # -- inside -------------------------------------------------------------------------------------------------------

    def _called(self, what: str, *, count: bool = True) -> None:
        self.calls += count
        self.log.append(what)
        self.watch(what)

    def _table(self, entity: str) -> dict[int, dict[str, Any]]:
        return self.contacts if entity == "Contact" else self.persons

    def _rows(self, provider: str, select: Sequence[str], condition: str) -> list[dict[str, Any]]:
        self._called(f"archive {provider} {condition}")
        entity: Entity = "Contact" if provider == "Contact" else "Person"
        if provider == "dynamic":
            entity = "Contact" if condition.startswith("contact.") else "Person"
            if self.refuses_times:
                raise PermanentError("SuperOffice", "Archive/dynamic was refused.", status=400)
        keep = keeper(condition, self.zone)
        if condition.startswith("mergemovelog."):
            if self.log_refused is not None:
                raise PermanentError("SuperOffice", "mergemovelog can't be read.", status=self.log_refused)
            return [row for row in self.merge_log if keep(row)]
        rows = [row_of(entity, i, self._table(entity)[i], self.lists) for i in sorted(self._table(entity))]
        missing = set(select) - set(rows[0]) if rows else set()
        assert not missing, f"{provider} has no column {missing}"
        return [{name: row[name] for name in select} for row in rows if keep(row)]
