"""Putting back what a probe wrote: at its end, after a Ctrl-C, and after a ``kill -9`` by the next call.

What somebody else has written since stays: only fields that hold the probe's own value, and fields that a PATCH of the probe blanked,
are put back. What belongs elsewhere: the probe's own writes (``hands``), the note it rests on (``keeping``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gtm_assets.doctor.probe import keeping
from gtm_assets.doctor.probe.hands import (
    MARK,
    RecordGoneError,
    Seen,
    read_record,
    same,
    says_something,
    send,
    written_by,
)
from gtm_assets.writeback.operations import custom_field_path
from resources.store.store import Store
from resources.superoffice.client import SuperOfficeClient

#: A request that was on its way when the probe was interrupted has arrived after this.
_ON_ITS_WAY = 2.0


@dataclass
class Restored:
    """What was put back (ProgIds), what somebody else has changed since and stays, and what could not be put back, with its value."""

    put_back: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    open: dict[str, str] = field(default_factory=dict)
    gone: bool = False

    @property
    def complete(self) -> bool:
        """Whether nothing is left to do."""
        return not self.open


@dataclass(frozen=True)
class _Wanted:
    """What has to be put back now; ``blanked``: fields that are not ours and that a PATCH of ours emptied."""

    own: Mapping[str, str]
    blanked: Mapping[str, str]
    unsure: Mapping[str, str]
    left: tuple[str, ...]


def put_back(
    store: Store,
    crm: SuperOfficeClient,
    note: Mapping[str, Any],
    *,
    same_process: bool,
    interrupted: bool = False,
    own_associate: int = 0,
    sleep: Callable[[float], None] = time.sleep,
) -> Restored:
    """Bring the record back to what the note says, read it again, and take the note away if it stands as before.

    Args:
        store: Where the note stands.
        crm: The tenant.
        note: What stood there.
        same_process: The probe ran just now in this process, so whatever differs is its doing.
        interrupted: A request may still be on its way.
        own_associate: Who we are in the CRM; a record last changed by us was changed by nobody else since.
        sleep: Waits so many seconds.
    """
    person_id = int(note["person_id"])
    if interrupted:
        sleep(_ON_ITS_WAY)
    restored = Restored()
    try:
        seen = read_record(crm, person_id)
        # Asked once: after the first thing that is put back, the record was last changed by us in any case.
        sure = same_process or (own_associate > 0 and seen.updated_by == own_associate)
        for attempt in _ATTEMPTS:
            wanted = _wanted(note, seen, sure=sure)
            if not wanted.own and not wanted.blanked:
                break
            for operations in attempt(note, seen, wanted):
                # A refused attempt is followed by another way; what came of it is read.
                if send(crm, person_id, operations).kind == "done":
                    changes = {key: (seen.value(key), value) for key, value in written_by(operations).items()}
                    keeping.enter_in_ledger(store, note, changes)
            restored.put_back += [key for key in (*wanted.own, *wanted.blanked) if key not in restored.put_back]
            seen = read_record(crm, person_id)
    except RecordGoneError:
        restored.gone = True
        keeping.take_note_away(store, person_id)
        return restored
    wanted = _wanted(note, seen, sure=sure)
    restored.left = list(wanted.left)
    restored.open = {**wanted.own, **wanted.blanked, **wanted.unsure}
    restored.put_back = [key for key in restored.put_back if key not in restored.open]
    if restored.complete:
        keeping.take_note_away(store, person_id)
    return restored


def _wanted(note: Mapping[str, Any], seen: Seen, *, sure: bool) -> _Wanted:
    """Compare the record with the note."""
    before: Mapping[str, str] = note["before"]
    roles = {prog_id.casefold(): role for role, prog_id in note["fields"].items()}
    ours = f"{MARK} {note['token']}"
    own: dict[str, str] = {}
    blanked: dict[str, str] = {}
    left: list[str] = []
    others = [key for key, value in before.items() if key not in roles and says_something(value)]
    for key in sorted({*before, *seen.values, *roles}):
        was, now = before.get(key, ""), seen.value(key)
        if same(was, now):
            continue
        if key in roles and (now.startswith(ours) or (not now and (roles[key] in note["emptied"] or sure))):
            own[key] = was
        elif not says_something(now):
            blanked[key] = was
        else:
            left.append(key)
    all_blank = bool(others) and all(not says_something(seen.value(key)) for key in others)
    certain = sure or all_blank
    return _Wanted(own, blanked if certain else {}, {} if certain else blanked, tuple(left))


def _by_dictionary(note: Mapping[str, Any], seen: Seen, wanted: _Wanted) -> list[list[dict[str, Any]]]:
    """The engine's own way where the tenant is known to leave other fields alone; each field's own path where that is not known."""
    if wanted.blanked:
        return _whole_dictionary(note, seen, wanted)
    if note.get("patch") == "partial":
        return [[{"op": "replace", "path": "/CustomFields", "value": _spelt(note, wanted.own)}]]
    return _by_path(note, seen, wanted)


def _whole_dictionary(note: Mapping[str, Any], seen: Seen, wanted: _Wanted) -> list[list[dict[str, Any]]]:
    """Every field that says something, so that nothing is blanked whatever the tenant does with the others."""
    read_only = set(note["read_only"])
    values = {key: value for key, value in seen.values.items() if says_something(value)}
    values |= {**wanted.own, **wanted.blanked}
    values = {key: value for key, value in values.items() if key not in read_only}
    return [[{"op": "replace", "path": "/CustomFields", "value": _spelt(note, values)}]]


def _by_path(note: Mapping[str, Any], seen: Seen, wanted: _Wanted) -> list[list[dict[str, Any]]]:
    """One field at a time, by its own path."""
    del seen
    values = _spelt(note, {**wanted.own, **wanted.blanked})
    return [
        [{"op": "replace", "path": custom_field_path(prog_id), "value": value}] for prog_id, value in values.items()
    ]


_ATTEMPTS = (_by_dictionary, _whole_dictionary, _by_path)


def _spelt(note: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, str]:
    """ProgIds as the tenant spells them."""
    return {note["spelling"].get(key, key): value for key, value in values.items()}
