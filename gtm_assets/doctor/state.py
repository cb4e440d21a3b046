"""Looking at the store: revision, whether it can be written, whose it is, and what stands in it about writing to the CRM.

Opening a store elsewhere brings its schema up to date; here it does not. Whoever looks wants to know how things are, may be a newer
program than the one that works, and a migration is a step to take on purpose, with a backup. What belongs elsewhere: the probe's own
rows (``probe``), whether the file itself is sound (``integrity``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gtm_assets.crm import restored
from gtm_assets.crm.field_map import stored_fields
from gtm_assets.crm.fields import CrmField
from gtm_assets.doctor.accidents import note_accidents
from gtm_assets.doctor.accounts import note_accounts
from gtm_assets.doctor.integrity import is_sound, note_damage
from gtm_assets.doctor.looking import Notes
from gtm_assets.doctor.probe.keeping import LEASE, load_open_note, load_result
from gtm_assets.doctor.superoffice import Pace
from gtm_assets.research.position_field import wanted_name
from gtm_assets.settings import Settings
from gtm_assets.tenancy import BOUND_TO, tenant_name
from gtm_assets.writeback import guards, ledger
from gtm_assets.writeback.protocol import WINDOW
from resources.store import queue, schema
from resources.store.store import REVISION, Store, get_cursor, set_cursor, utc_now

#: A probe older than this says little about what the vendor has changed since.
PROBE_IS_OLD = timedelta(days=365)
_TO_PROBE = "Run gtm doctor --probe PERSON_ID on a record of yours; docs/doctor.md says what it does."


@dataclass
class Kept:
    """What the look leaves for others: the fields as last read, list items of verticals and personas, guard and probe."""

    fields: dict[str, CrmField] = field(default_factory=dict)
    tied: dict[str, int | None] = field(default_factory=dict)
    vertical_names: list[str] = field(default_factory=list)
    tied_positions: dict[str, int | None] = field(default_factory=dict)
    guard: dict[str, Any] = field(default_factory=lambda: {"level": "C"})
    probe: dict[str, Any] | None = None
    window: dict[str, Any] | None = None


def look_at_store(notes: Notes, settings: Settings, pace: Pace, kept: Kept) -> None:
    """Revision first: what the tables say can only be read where this program knows them. A damaged file is not looked into."""
    store = None
    try:
        store = _opened(notes, settings)
        if store is None or not is_sound(notes, store):
            return
        kept.fields = stored_fields(store)
        if _try_to_write(notes, store):
            pace.offer(store)
        _look_inside(notes, settings, store, kept)
    except sa.exc.DatabaseError as error:
        if not note_damage(notes, error):
            raise
    finally:
        pace.offer(pace.store)


def _opened(notes: Notes, settings: Settings) -> Store | None:
    """The store, not migrated, if it is at this program's revision."""
    url = sa.make_url(settings.database_url)
    shown = url.render_as_string(hide_password=True)
    is_file = url.get_backend_name() == "sqlite" and url.database and not url.database.startswith((":memory:", "file:"))
    if is_file and not Path(str(url.database)).exists():
        notes.remark("schema", f"{shown} is not made yet.", "The first gtm once or gtm up makes it.")
        return None
    store = Store(settings.database_url, migrate=False)
    revision = store.revision()
    if revision == REVISION:
        notes.ok("schema", f"revision {revision}, {shown}.")
        return store
    store.close()
    if revision is None:
        notes.remark("schema", f"{shown} holds no tables yet.", "The first gtm once or gtm up makes them.")
    elif revision in _revisions():
        notes.remark(
            "schema",
            f"at revision {revision}, this program needs {REVISION}: what it holds was not looked at.",
            "Back it up; the next command that works with it (such as gtm board) migrates it. The doctor does not.",
        )
    else:
        notes.wrong(
            "schema",
            f"at revision {revision}, which this program (revision {REVISION}) does not know: a newer one has used it.",
            "Install the newer program, or name another store in GTM_STATE_DIR or GTM_DATABASE_URL.",
        )
    return None


def _revisions() -> set[str]:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    import resources.store

    config = Config()
    folder = Path(resources.store.__path__[0]) / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}


def _try_to_write(notes: Notes, store: Store) -> bool:
    """Write a row and take it back in the same transaction: nothing stays, and everything that writing needs was needed."""
    notes.step = "writable"
    try:
        with store.engine.connect().execution_options(gtm_write=True) as connection, connection.begin() as tried:
            set_cursor(connection, "doctor.tried", {})
            tried.rollback()
    except sa.exc.DBAPIError as error:
        said = " ".join(str(error.orig).split())[:200]
        notes.wrong(
            "writable", f"it can be read, not written: {said}", "Check rights and free space; nothing works without."
        )
        return False
    notes.ok("writable", "a row could be written (and was taken back).")
    return True


def _look_inside(notes: Notes, settings: Settings, store: Store, kept: Kept) -> None:
    with store.read() as connection:
        rows = connection.execute(sa.select(schema.verticals).where(schema.verticals.c.active)).mappings().all()
        kept.tied = {row["name"]: row["crm_item_id"] for row in rows}
        kept.vertical_names = [row["name"] for row in rows]
        personas = connection.execute(sa.select(schema.personas).where(schema.personas.c.active)).mappings().all()
        kept.tied_positions = {wanted_name(row): row["crm_item_id"] for row in personas}
        _note_tenant(notes, settings, connection)
        _note_pauses(notes, connection)
        writing = Notes("Writing")
        _note_writing(writing, settings, connection, works=LEASE in queue.live_leases(store, LEASE))
        kept.guard = _guard(connection)
        kept.probe = load_result(connection)
        kept.window = get_cursor(connection, WINDOW)
        _note_guard(writing, settings, kept)
        note_accounts(writing, connection)
    for finding in writing.close():
        notes.take(finding)


def _note_tenant(notes: Notes, settings: Settings, connection: sa.Connection) -> None:
    bound = get_cursor(connection, BOUND_TO)
    if bound is None:
        notes.ok("tenant", "belongs to no tenant yet; the first pass binds it.")
    elif settings.superoffice_tenant is None:
        notes.unknown("tenant", f"it belongs to {bound}; the settings name no tenant.")
    elif bound != tenant_name(settings):
        to_do = "Give each tenant a state of its own: set GTM_STATE_DIR (and GTM_DATABASE_URL, if you use it) to another place."
        notes.wrong("tenant", f"it belongs to {bound}, the settings name {tenant_name(settings)}.", to_do)
    else:
        notes.ok("tenant", f"belongs to {bound}.")


def _note_pauses(notes: Notes, connection: sa.Connection) -> None:
    """Jobs whose last run was stopped by an error; the entry goes when one ends well."""
    from gtm_assets.runs import stopped_jobs

    for job, stopped in stopped_jobs(connection).items():
        said = f"the last run of {job} was stopped at {stopped['at']:%Y-%m-%d %H:%M} UTC: {stopped['why']}"
        notes.wrong("runs", said, "It is tried again by itself while the platform runs, or now with gtm once.")


def _note_open_probe(notes: Notes, note: Mapping[str, Any], *, works: bool) -> None:
    """What stood in the fields that the probe writes is the engine's own business; of the other fields only the probe itself tells."""
    if works:
        notes.remark("probe", f"a probe of person {note['person_id']} works just now.", "Wait for its end.")
        return
    before = {role: note["before"].get(prog_id.casefold(), "") for role, prog_id in note["fields"].items()}
    stood = "; ".join(f"{role} ({note['fields'][role]}): {text!r}" for role, text in before.items())
    notes.wrong(
        "probe",
        f"a probe of person {note['person_id']} did not end ({note['begun_at'][:16]} UTC). The record may hold what it wrote, and the "
        f"engine leaves this person alone until that is put back. Before it stood there: {stood}.",
        f"Run gtm doctor --probe {note['person_id']}: it puts everything back first, other fields too.",
    )


def _note_writing(notes: Notes, settings: Settings, connection: sa.Connection, *, works: bool) -> None:
    note = load_open_note(connection)
    if note is not None:
        _note_open_probe(notes, note, works=works)
    stopped = ledger.standing_stop(connection)
    note_accidents(notes, connection)
    if stopped:
        notes.wrong("allowed", f"writing is stopped: {stopped}", "Look into it, then run gtm resume-writing.")
    elif settings.superoffice_allow_live_write and restored.stop_reason(connection):
        notes.remark("allowed", "plans are kept until everything was read anew after a restored backup.", "")
    elif settings.superoffice_allow_live_write:
        notes.ok("allowed", "SUPEROFFICE_ALLOW_LIVE_WRITE is true: plans are sent.")
    else:
        notes.ok(
            "allowed",
            "SUPEROFFICE_ALLOW_LIVE_WRITE is not true: plans are stored and shown (gtm plan), nothing is sent.",
        )


def _guard(connection: sa.Connection) -> dict[str, Any]:
    stored = get_cursor(connection, guards.GUARD)
    return dict(stored) if stored else {"level": "C"}


def _note_guard(notes: Notes, settings: Settings, kept: Kept) -> None:
    """The level, since when, how it was found, and what makes it doubtful."""
    level, probe = kept.guard["level"], kept.probe
    if probe is None:
        notes.remark("guard", f"level {level}, not probed: {_window(kept)}", _TO_PROBE)
        return
    at = datetime.fromisoformat(probe["at"])
    said = f"level {level} since {at:%Y-%m-%d}, by a probe of person {probe['person_id']}: {probe['guard_reason']}"
    if level == "C":
        said = f"{said} So {_window(kept)}"
    if probe["tenant"] != tenant_name(settings) and settings.superoffice_tenant is not None:
        notes.remark("guard", f"{said} That was {probe['tenant']}, which is not the tenant of the settings.", _TO_PROBE)
    elif utc_now() - at.astimezone(UTC) > PROBE_IS_OLD:
        notes.remark("guard", f"{said} That is more than a year ago.", _TO_PROBE)
    else:
        notes.ok("guard", said)


def _window(kept: Kept) -> str:
    """What level C leaves open, as measured."""
    if kept.window is None:
        return "an edit of the same field between the last reading and the PATCH can be lost; how long that takes was not measured yet."
    longest, usual, writes = (kept.window[name] for name in ("longest", "usual", "writes"))
    return (
        "an edit of the same field between the last reading and the PATCH's answer can be lost: "
        f"{longest:.1f} s at most, usually {usual:.1f} s, in {writes} writes."
    )


def version_remark(notes: Notes, kept: Kept, version: str) -> None:
    """Another release of SuperOffice may behave in another way than the one that was probed."""
    if kept.probe is not None and version and kept.probe.get("version") and kept.probe["version"] != version:
        said = f"the probe was of release {kept.probe['version']}, the tenant runs {version} now."
        notes.remark("guard", said, _TO_PROBE)
