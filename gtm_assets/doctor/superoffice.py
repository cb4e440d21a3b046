"""Looking at SuperOffice: the tenant's state, signing in, the layout's fields, lists, and whether records can be read. Reads only.

It signs in anew and asks for the tenant's state anew. What belongs elsewhere: what only writing can tell (``probe``).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from gtm_assets import clients
from gtm_assets.crm.closure import SUSPENDED
from gtm_assets.crm.fields import POSITION_LIST, CrmField, Entity, drift, match_fields
from gtm_assets.crm.lists import read_lists
from gtm_assets.crm.snapshots import Lists, columns
from gtm_assets.doctor.accidents import look_at_merges
from gtm_assets.doctor.findings import Finding
from gtm_assets.doctor.looking import Notes
from gtm_assets.research.position_field import items_by_name
from gtm_assets.settings import Settings
from gtm_assets.texts.limits import TextField, shortest_field
from gtm_assets.writeback.unsubscribe import unsubscribe_link
from resources.errors import MisdirectedError, TenantClosedError, TransientError
from resources.store.store import Store
from resources.superoffice.client import SuperOfficeClient
from resources.superoffice.limits import RateLimiter
from resources.waiting import Priority

#: Half of what the vendor allows, where the limit that all processes share can't be had.
_OWN_PACE = 0.2
#: Seconds to wait for the store, which shares the limit.
_STORE_SECONDS = 5.0
#: Seconds for connecting and for each wait for data.
TIMEOUT = 4.0
#: Seconds to wait for one call where SuperOffice asked everybody to wait; what is left of the look's time is for the others.
_PATIENCE = 10.0
#: A clock further off than this spoils signatures, which carry the minute, and cursors.
_CLOCK_OFF = timedelta(seconds=60)
_ADD_ITEMS = "Add them in SuperOffice's settings; they are never created by the engine."
#: An id as long as ids get, for the length of a link.
_LONG_ID = 9_999_999


@dataclass
class Pace:
    """The shared limit where the store works, an own slow pace where it does not: a store that is down keeps nobody from looking."""

    settings: Settings
    sleep: Callable[[float], None] = time.sleep
    ready: threading.Event = field(default_factory=threading.Event)
    begun: float = field(default_factory=time.monotonic)
    store: Store | None = None
    _shared: RateLimiter | None = None

    def acquire(self, priority: Priority = "live", patience: float | None = None) -> None:
        """Wait until one call may be made. Raises ``TooLongError`` where that takes more than ``patience`` seconds."""
        self.wait_for_store()
        if self._shared is not None:
            self._shared.acquire(priority, patience)
        else:
            self.sleep(_OWN_PACE)

    def hold(self, seconds: float) -> None:
        """Let nobody call for so many seconds."""
        if self._shared is not None:
            self._shared.hold(seconds)

    def wait_for_store(self) -> None:
        """Wait until the store was looked at, but no longer than some seconds from the beginning."""
        self.ready.wait(max(0.0, self.begun + _STORE_SECONDS - time.monotonic()))

    def offer(self, store: Store | None) -> None:
        """Say whether there is a store that works."""
        self.store = store
        self._shared = clients.superoffice_limiter(self.settings, store) if store is not None else None
        self.ready.set()


@dataclass
class Found:
    """What the look leaves for others: fields by role, items of their lists, the tenant's version."""

    fields: dict[str, CrmField] = field(default_factory=dict)
    lists: Lists = field(default_factory=dict)
    version: str = ""

    def rows(self) -> tuple[Mapping[str, Any], ...]:
        """The fields for people."""
        return tuple(asdict(found) for found in self.fields.values())


def look_at_superoffice(
    notes: Notes, settings: Settings, pace: Pace, known: Mapping[str, CrmField], found: Found
) -> None:
    """Step by step: each step needs those before it. ``known``: the fields as last read, to see what moved."""
    if "SuperOffice" in settings.missing():
        notes.unknown("tenant", "not asked: variables are missing.")
        return
    crm = clients.open_fresh_superoffice(settings, pace, TIMEOUT, pace.sleep)
    try:
        with crm.working("live", _PATIENCE):
            _look(notes, settings, crm, known, found)
    except TenantClosedError as closed:
        _note_closed(notes, closed)
    except TransientError as error:
        _note_failing(notes, error)
    finally:
        crm.close()


def _note_failing(notes: Notes, error: TransientError) -> None:
    """Nothing is wrong with what was asked, but with the answer."""
    if isinstance(error, MisdirectedError):
        to_do = "The tenant moves, and its state document names the old host still. Look again in some minutes; the engine waits."
    elif error.status == 429:
        to_do = "Something else uses up the tenant's limit: another application, or ours with another store. Look again in a minute."
    else:
        to_do = "Check network and proxy, and SuperOffice's status page; the engine waits and tries again by itself."
    # Before the tenant's state is known, it is the login host that does not answer.
    notes.wrong("answers" if notes.step else "tenant", error.message, to_do)


def _look(
    notes: Notes, settings: Settings, crm: SuperOfficeClient, known: Mapping[str, CrmField], found: Found
) -> None:
    state = crm.tenant_state()
    found.version = state.version
    _note_state(notes, state.tenant or str(settings.superoffice_tenant), state.state, state.api_url, state.valid_until)
    notes.step = "sign-in"
    who = crm.current_principal()
    if who.tenant and who.tenant.casefold() != str(settings.superoffice_tenant).casefold():
        said = f"the token belongs to {who.tenant}, the settings name {settings.superoffice_tenant}."
        notes.wrong("sign-in", said, "Check SUPEROFFICE_TENANT and the credentials.")
        return
    notes.ok("sign-in", f"as {who.name} (associate {who.associate_id}, {who.user_type or 'kind unknown'}).")
    notes.step = "fields"
    _look_at_fields(notes, crm, settings, known, found)
    notes.step = "records"
    _look_at_records(notes, crm, found)
    notes.step = "merges"
    look_at_merges(notes, crm)


def _note_closed(notes: Notes, closed: TenantClosedError) -> None:
    """Maintenance is nobody's mistake; a suspension has to be ended by somebody."""
    if closed.state == SUSPENDED:
        notes.wrong("tenant", closed.message, closed.what_to_do)
    else:
        notes.remark("tenant", closed.message, closed.what_to_do)
    for name in ("sign-in", "fields", "records", "merges"):
        notes.unknown(name, "not asked: SuperOffice is closed.")


def _note_state(notes: Notes, tenant: str, state: str, api_url: str, valid_until: datetime | None) -> None:
    until = f", valid until {valid_until:%Y-%m-%d %H:%M} UTC" if valid_until else ""
    said = f"{tenant} is {state or 'running'} at {api_url}{until}."
    if state == "OnlineMaintenance":
        notes.remark("tenant", said, "The API answers during this maintenance; nothing to do.")
    elif valid_until is not None and valid_until < datetime.now(UTC):
        notes.remark("tenant", f"{said} That is past already.", "Check this machine's clock.")
    else:
        notes.ok("tenant", said)


def _look_at_fields(
    notes: Notes, crm: SuperOfficeClient, settings: Settings, known: Mapping[str, CrmField], found: Found
) -> None:
    layouts: dict[Entity, Any] = {"Contact": crm.udef_layout("Contact"), "Person": crm.udef_layout("Person")}
    found.fields, problems = match_fields(layouts, settings.configured_fields)
    to_do = "Create or correct the field and publish the layout, or name the right one in SUPEROFFICE_FIELD_… (ProgId or label)."
    for problem in problems:
        notes.wrong("fields", f"{problem}.", to_do)
    for moved in drift(known, found.fields) if not problems else ():
        notes.wrong("fields", f"since the last run {moved}.", "Look at the layout, then run: gtm fields --accept")
    short = list(_too_short(found.fields, settings))
    for said, what in short:
        notes.wrong("fields", said, what)
    if not problems and not short:
        shortest = min((f.text_length, f.role) for f in found.fields.values() if f.text_length)
        notes.ok(
            "fields", f"{len(found.fields)} found, the shortest text holds {shortest[0]} characters ({shortest[1]})."
        )
    found.lists = read_lists(crm, found.fields, (POSITION_LIST,) if settings.superoffice_write_position else ())


def _too_short(fields: Mapping[str, CrmField], settings: Settings) -> Iterable[tuple[str, str]]:
    for name in get_args(TextField):
        if name in fields and fields[name].text_length < shortest_field(name):
            field_ = fields[name]
            holds, needs = f"holds {field_.text_length} characters", f"a usable text needs {shortest_field(name)}"
            yield (
                f"{name} ({field_.prog_id} {field_.label!r}) {holds}, {needs}.",
                "Make it a long text field (199 characters), or name another one in SUPEROFFICE_FIELD_…",
            )
    if "unsubscribe" in fields and settings.gtm_public_url and settings.gtm_secret_key:
        link = unsubscribe_link(settings.gtm_public_url, settings.gtm_secret_key.get_secret_value(), _LONG_ID)
        room = fields["unsubscribe"].text_length
        if room and len(link) > room:
            said = f"unsubscribe ({fields['unsubscribe'].prog_id}): a link has up to {len(link)} characters, the field holds {room}."
            yield said, "Make the field longer, or GTM_PUBLIC_URL shorter."


def _look_at_records(notes: Notes, crm: SuperOfficeClient, found: Found) -> None:
    """One row of each archive with every column that the engine reads; it shows the server's clock, too."""
    seen: dict[str, int] = {}
    server_time: datetime | None = None
    for entity, key in (("Contact", "contactId"), ("Person", "personId")):
        select = columns("Contact" if entity == "Contact" else "Person", found.fields)
        page = crm.archive(entity, select=select, filter=f"{key} gt 0", order_by=key, top=1)
        seen[entity] = len(page.rows)
        server_time = page.server_time or server_time
    if all(seen.values()):
        notes.ok("records", "companies and persons can be read.")
    else:
        empty = " and ".join(
            {"Contact": "companies", "Person": "persons"}[name] for name, count in seen.items() if not count
        )
        notes.wrong(
            "records",
            f"no {empty} to be seen.",
            "Check the rights of the integration's user; an empty CRM needs nothing.",
        )
    if server_time is not None:
        note_clock(notes, server_time)


def note_clock(notes: Notes, server_time: datetime) -> None:
    """Compare clocks by what the server's answer says."""
    off = datetime.now(UTC) - server_time
    if abs(off) > _CLOCK_OFF:
        said = f"this machine is {off.total_seconds():+.0f} s off SuperOffice's clock."
        notes.remark("clock", said, "Set it by NTP; sign-ins carry the minute.")


def list_findings(
    found: Found, verticals: Sequence[str], campaigns: Sequence[str], tied: Mapping[str, int | None]
) -> list[Finding]:
    """Verticals and campaigns of Notion for which the CRM's lists have no item. ``tied``: vertical to the item it was matched with once.

    Positions have a finding of their own (:func:`position_findings`).
    """
    findings = []
    for role, wanted in (("vertical", verticals), ("campaign", campaigns)):
        own = found.fields.get(role)
        if own is None or own.field_type != "List" or own.list_name not in found.lists:
            continue
        items = [item for item in found.lists[own.list_name] if not item.deleted]
        names = {name.casefold() for item in items for name in item.names}
        ids = {item.id for item in items}
        missing = [name for name in wanted if name.casefold() not in names and tied.get(name) not in ids]
        if missing:
            said = f"the list of {own.prog_id} ({own.label}) has no item for {', '.join(missing)}."
            findings.append(Finding("SuperOffice", f"{role} list", "wrong", said, _ADD_ITEMS))
        elif wanted:
            findings.append(Finding("SuperOffice", f"{role} list", "ok", f"an item for each of {len(wanted)}."))
    return findings


def position_findings(found: Found, wanted: Sequence[str], tied: Mapping[str, int | None]) -> list[Finding]:
    """Personas for which the CRM's list of positions has no item; nothing where it was not read (SUPEROFFICE_WRITE_POSITION).

    Args:
        found: What SuperOffice said.
        wanted: The names that items should have.
        tied: Such a name to the item that it was matched with once.
    """
    if POSITION_LIST not in found.lists or not wanted:
        return []
    items = [item for item in found.lists[POSITION_LIST] if not item.deleted]
    by_name, ids = items_by_name(items), {item.id for item in items}
    missing = [name for name in wanted if name.casefold() not in by_name and tied.get(name) not in ids]
    if not missing:
        return [Finding("SuperOffice", "position list", "ok", f"an item for each of {len(wanted)} personas.")]
    said = f"the list of positions ({POSITION_LIST}) has no item, or more than one, named {', '.join(missing)}."
    other = "Or name another item in the column CRM Position of Notion's personas."
    return [Finding("SuperOffice", "position list", "wrong", said, f"{_ADD_ITEMS} {other}")]
