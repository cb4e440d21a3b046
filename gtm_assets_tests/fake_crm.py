"""A small CRM in memory with the interface of ``SuperOfficeClient``, for tests of what reads and writes it.

It keeps whole seconds, pages by key, takes JSON Patch, and does on request what real ones do at the worst moment: stop answering, lose an
answer, ignore a field, move a field nobody named. HTTP belongs to the sandbox; this one tests logic at the speed of Hypothesis.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from gtm_assets.crm.fields import ROLES, CrmField
from resources.errors import ChangedInBetweenError, PermanentError
from resources.superoffice.models import ArchivePage, ListItem, Principal, TenantState
from resources.waiting import Priority

EntityName = Literal["Contact", "Person"]

OURSELVES = 7
SOMEBODY = 3
START = datetime(2026, 3, 2, 9, 0, 0, tzinfo=UTC)
VERTICALS = "udlist83"
_LISTS: Mapping[str, tuple[ListItem, ...]] = {
    VERTICALS: (
        ListItem(1, ("Maschinenbau", "Machine building"), deleted=False),
        ListItem(2, ("Logistik", "Logistics"), deleted=False),
    ),
}


def sample_fields(**changed: Mapping[str, Any]) -> dict[str, CrmField]:
    """The ten fields with their default ids: a list for the vertical, a date for the last update; ``role={…}`` changes one."""
    fields: dict[str, CrmField] = {}
    for role in ROLES:
        if role.optional:
            continue
        kind = {"vertical": "List", "last_update": "Date", "campaign": "ShortText"}.get(role.role, "LongText")
        values: dict[str, Any] = {
            "role": role.role,
            "entity": role.entity,
            "prog_id": role.default_prog_id,
            "label": role.labels[0],
            "field_type": kind,
            "text_length": {"LongText": 199, "ShortText": 39}.get(kind, 0),
            "list_name": VERTICALS if kind == "List" else "",
            "matched_by": "default",
        }
        fields[role.role] = CrmField(**{**values, **changed.get(role.role, {})})
    return fields


FIELDS = sample_fields()
#: The list of positions, for those who read it.
POSITIONS: Mapping[str, Sequence[ListItem]] = {
    "perspos": (
        ListItem(5, ("Produktionsleiter", "Head of Production"), deleted=False),
        ListItem(6, ("Einkaufsleiter", "Head of Procurement"), deleted=False),
        ListItem(7, ("Prokurist",), deleted=False),
    )
}
LISTS: Mapping[str, Sequence[ListItem]] = _LISTS


_ADDRESS = {
    "line1": "Address1",
    "line2": "Address2",
    "line3": "Address3",
    "city": "City",
    "county": "County",
    "state": "State",
    "zip": "Zipcode",
}
#: Marks as the API names them, where this module names them otherwise.
_MARKS = {"NoMailing": "no_mailing", "Retired": "retired", "Xstop": "stop"}


def _block(block: Mapping[str, str] | None) -> dict[str, str] | None:
    """An address block as the API shows it: every part, empty ones too."""
    return None if block is None else {part: block.get(part, "") for part in _ADDRESS.values()}


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
        self.refuses_tests = False
        self.shows_server_time = True
        self.merge_log: list[dict[str, Any]] = []
        self.log_refused: int | None = None
        self.no_position: dict[str, Any] | None = {"Id": 0, "Value": "", "Tooltip": ""}
        self.lists: Mapping[str, Sequence[ListItem]] = _LISTS
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
        self, entity: EntityName, entity_id: int, *, by: int = SOMEBODY, silently: bool = False, **values: Any
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

    def delete(self, entity: EntityName, entity_id: int) -> None:
        """Somebody deletes a record; a company's persons go with it."""
        del self._table(entity)[entity_id]
        if entity == "Contact":
            for person_id in [i for i, person in self.persons.items() if person["contact_id"] == entity_id]:
                del self.persons[person_id]

    def merge(self, entity: EntityName, source: int, destination: int) -> None:
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

    def get(self, entity: EntityName, entity_id: int, *, select: Sequence[str]) -> dict[str, Any] | None:
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
            "Address": {name: _block(record.get(name)) for name in ("Postal", "Street")},
            "IsAssociate": record.get("IsAssociate"),
            "NoMailing": record.get("no_mailing", False),
            "Retired": record.get("retired"),
            "Xstop": record.get("stop"),
            "Deleted": 0,
            "Position": self._position(record),
            "CustomFields": custom,
        }
        return {name: values[name] for name in select}

    def patch(
        self,
        entity: EntityName,
        entity_id: int,
        operations: Sequence[dict[str, Any]],
        *,
        select: Sequence[str],
        unmodified_since: datetime | None = None,
    ) -> dict[str, Any]:
        """Apply JSON Patch: ``test`` and ``replace`` on CustomFields, OrgNr and whole address blocks."""
        self.patches += 1
        self.sent.append((entity, entity_id, deepcopy(list(operations))))
        self._called(f"PATCH {entity}/{entity_id}")
        record = self._table(entity).get(entity_id)
        if record is None:
            raise PermanentError("SuperOffice", f"{entity} {entity_id}: no such record.", status=404)
        if unmodified_since is not None and record["updated"] > unmodified_since:
            raise ChangedInBetweenError("SuperOffice", "the record is younger.", status=412)
        for operation in operations:
            if operation["op"] == "test":
                self._test(record, operation)
        for operation in operations:
            if operation["op"] == "replace":
                self._replace(record, operation)
        self.moves(record)
        record["updated"] = self.now.replace(microsecond=0)
        record["by"] = OURSELVES
        self._called(f"PATCHED {entity}/{entity_id}", count=False)
        return {}

    def mdo_list(self, name: str) -> list[ListItem]:
        """The list's items."""
        self._called(f"MDOList/{name}")
        return list(self.lists[name])

    def udef_layout(self, entity: EntityName) -> list[Any]:
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
        entity: EntityName = "Contact" if provider == "Contact" else "Person"
        if provider == "dynamic":
            entity = "Contact" if condition.startswith("contact.") else "Person"
            if self.refuses_times:
                raise PermanentError("SuperOffice", "Archive/dynamic was refused.", status=400)
        keep = self._condition(condition)
        if condition.startswith("mergemovelog."):
            if self.log_refused is not None:
                raise PermanentError("SuperOffice", "mergemovelog can't be read.", status=self.log_refused)
            return [row for row in self.merge_log if keep(row)]
        rows = [self._row(entity, i, self._table(entity)[i]) for i in sorted(self._table(entity))]
        missing = set(select) - set(rows[0]) if rows else set()
        assert not missing, f"{provider} has no column {missing}"
        return [{name: row[name] for name in select} for row in rows if keep(row)]

    def _condition(self, text: str) -> Callable[[Mapping[str, Any]], bool]:
        if match := re.fullmatch(r"(\S+) in \(([\d,]*)\)", text):
            ids = {int(each) for each in match[2].split(",")}
            return lambda row: int(row[match[1]]) in ids
        if match := re.fullmatch(r"(\S+) gt (\d+)", text):
            return lambda row: int(row[match[1]]) > int(match[2])
        if match := re.fullmatch(r"(\S+) afterTime '(.+)'", text):
            moment = datetime.fromisoformat(match[2]) - self.zone
            return lambda row: datetime.fromisoformat(row[match[1]]) >= moment
        if match := re.fullmatch(r"(\S+) after '(.+)'", text):
            return lambda row: str(row[match[1]])[:10] > match[2]
        raise AssertionError(f"the fake does not know the filter {text!r}")

    def _row(self, entity: EntityName, entity_id: int, record: Mapping[str, Any]) -> dict[str, Any]:
        updated = f"{record['updated']:%Y-%m-%dT%H:%M:%S}"
        table = entity.casefold()
        row = {
            f"{table}.{table}_id": entity_id,
            f"{table}.updated": updated,
            f"{table}.updated_associate_id": record["by"],
        }
        for field in FIELDS.values():
            if field.entity == entity:
                row[field.archive_column] = self._shown(field, record["custom"].get(field.prog_id, ""))
        if entity == "Contact":
            return {
                **row,
                "contactId": entity_id,
                "name": record["name"],
                "orgnr": record["OrgNr"] or "",
                "country": record["country"],
                "stop": record["stop"],
                **{
                    f"{prefix}/{column}": (record[block] or {}).get(part) or ""
                    for prefix, block in (("postAddress", "Postal"), ("streetAddress", "Street"))
                    for column, part in _ADDRESS.items()
                },
                "url/URLAddress": record["url"],
                "updatedDate": updated,
                "registeredDate": f"{record['created']:%Y-%m-%dT%H:%M:%S}",
            }
        return {
            **row,
            "personId": entity_id,
            "contactId": record["contact_id"],
            "person.contact_id": record["contact_id"],
            "firstName": record["firstname"],
            "lastName": record["lastname"],
            "mrMrs": "",
            "title": record["title"],
            "position": record["position"],
            "personNoMail": record["no_mailing"],
            "retired": record["retired"],
            "email/emailAddress": "",
            "personUpdatedDate": updated,
            "personRegisteredDate": f"{record['created']:%Y-%m-%dT%H:%M:%S}",
        }

    def _shown(self, field: CrmField, value: str) -> str:
        """A user-defined field as archives show it: list items by name, dates as ISO."""
        if match := re.fullmatch(r"\[I:(\d+)\]", value):
            names = {item.id: item.names for items in self.lists.values() for item in items}
            found = names.get(int(match[1]), ())
            return ";".join(f'{code}:"{name}"' for code, name in zip(("GE", "US"), found, strict=False))
        if match := re.fullmatch(r"\[D:(\d\d)/(\d\d)/(\d{4}).*\]", value):
            return "" if match[3] == "0001" else f"{match[3]}-{match[1]}-{match[2]}T00:00:00"
        return value

    def _position(self, record: Mapping[str, Any]) -> dict[str, Any] | None:
        """A person's position as the API shows it; ``no_position`` where there is none."""
        ids = {item.names[0]: item.id for item in POSITIONS["perspos"]}
        name = record.get("position", "")
        return {"Id": ids.get(name, 99), "Value": name, "Tooltip": ""} if name else self.no_position

    def _test(self, record: Mapping[str, Any], operation: Mapping[str, Any]) -> None:
        first, _, rest = str(operation["path"]).lstrip("/").partition("/")
        if first == "CustomFields":
            holds = record["custom"].get(rest) or ""
        elif first == "Address":
            block, _, part = rest.partition("/")
            whole = _block(record[block])
            holds = (whole or {}).get(part) if part else whole
        elif first == "Position":
            carrier = self._position(record)
            holds = (carrier or {}).get(rest) if rest else carrier
        else:
            holds = 0 if first == "Deleted" else record[_MARKS.get(first, first)]
        if self.refuses_tests or holds != operation["value"]:
            raise ChangedInBetweenError("SuperOffice", f"test on {operation['path']} failed.", status=409)

    def _replace(self, record: dict[str, Any], operation: Mapping[str, Any]) -> None:
        first, _, rest = str(operation["path"]).lstrip("/").partition("/")
        value = operation["value"]
        if first == "CustomFields":
            record["custom"] |= {key: text for key, text in value.items() if key not in self.ignored}
        elif first not in self.ignored:
            if first == "Address":
                record[rest] = dict(value)
            elif first == "Position":
                names = {item.id: item.names[0] for item in POSITIONS["perspos"]}
                assert rest or self._position(record) is None, "one that is there is written by its id"
                chosen = value if rest else value["Id"]
                record["position"] = names[chosen] if chosen else ""
            else:
                record[first] = value


__all__ = ["FIELDS", "LISTS", "OURSELVES", "POSITIONS", "SOMEBODY", "START", "FakeCrm", "Gone", "sample_fields"]
