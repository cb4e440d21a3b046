"""The record that is probed: reading it, writing marked values into fields that the engine owns, and putting everything back.

Every write is a row of the ledger, and none of them makes a value the engine's own: what a human had written is a human's again afterwards.
What belongs elsewhere: what is asked (``writing``), the note (``keeping``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from gtm_assets.crm.fields import CrmField
from gtm_assets.doctor.probe import keeping
from gtm_assets.writeback.operations import custom_field_path
from resources.errors import ChangedInBetweenError, PermanentError
from resources.store.store import Store
from resources.superoffice.client import SuperOfficeClient
from resources.superoffice.errors import MaybeSentError
from resources.superoffice.values import decode, parse_timestamp, strip_companions

#: How the probe's own values begin; the probe's token follows.
MARK = "gtm-probe"
#: Characters of a value of the probe; a field that holds fewer is not used.
MARK_LENGTH = 24
#: The CRM's times are whole seconds: after so long the next write gets another one.
ONE_SECOND = 1.1
_READ = ("UpdatedDate", "UpdatedBy", "CustomFields")


class RecordGoneError(PermanentError):
    """The record is no longer there."""


@dataclass(frozen=True)
class Seen:
    """A record as it was read: time and author of its last change, user-defined fields as the API carries them (companions left out)."""

    updated: datetime
    updated_by: int
    values: Mapping[str, str]

    def value(self, prog_id: str) -> str:
        """What a field holds."""
        return self.values.get(prog_id.casefold(), "")


@dataclass(frozen=True)
class Outcome:
    """What a PATCH was answered with. ``updated`` is the record's time by the answer, where it was carried out and says so."""

    kind: Literal["done", "precondition", "refused"]
    status: int
    said: str = ""
    updated: datetime | None = None


def says_something(value: str) -> bool:
    """Whether a field holds a value; empty lists, dates and boxes come as ``[I:0]``, a date of year 1, and False."""
    return bool(decode(value))


def same(before: str, after: str) -> bool:
    """Whether two values say the same; the different ways to say nothing are one."""
    return before == after or not (says_something(before) or says_something(after))


def read_record(crm: SuperOfficeClient, person_id: int) -> Seen:
    """Read the record.

    Raises:
        RecordGoneError: There is none.
    """
    record = crm.get("Person", person_id, select=_READ)
    if record is None:
        message = f"person {person_id} is no longer in the CRM."
        raise RecordGoneError("SuperOffice", message, "Probe another one.", 404)
    updated = parse_timestamp(str(record.get("UpdatedDate") or ""))
    if updated is None:
        raise PermanentError(
            "SuperOffice", f"Person {person_id} was answered without UpdatedDate.", "Please report it."
        )
    values = {str(k).casefold(): str(v or "") for k, v in strip_companions(record.get("CustomFields") or {}).items()}
    return Seen(updated, int((record.get("UpdatedBy") or {}).get("AssociateId") or 0), values)


@dataclass
class Hands:
    """One record in hand; ``note`` is what stands in the store about it."""

    store: Store
    crm: SuperOfficeClient
    note: dict[str, Any]
    fields: Mapping[str, CrmField]
    sleep: Callable[[float], None] = time.sleep
    written: int = 0
    _carried: dict[str, str] = field(default_factory=dict)

    @property
    def person_id(self) -> int:
        """Whose record it is."""
        return int(self.note["person_id"])

    def read(self) -> Seen:
        """The record now."""
        return read_record(self.crm, self.person_id)

    def new_value(self) -> str:
        """A value that nobody else would write, another one each time."""
        self.written += 1
        return f"{MARK} {self.note['token']} {self.written:03d}"

    def quiet(self) -> None:
        """Let the running second pass, so that the next write gets another time than all before it."""
        self.sleep(ONE_SECOND)

    def set(self, role: str, value: str) -> dict[str, Any]:
        """The operation that the engine itself uses: a dictionary with this field only."""
        return {"op": "replace", "path": "/CustomFields", "value": {self.fields[role].prog_id: value}}

    def set_by_path(self, role: str, value: str) -> dict[str, Any]:
        """The same by the field's own path."""
        return {"op": "replace", "path": custom_field_path(self.fields[role].prog_id), "value": value}

    def test(self, role: str, value: str) -> dict[str, Any]:
        """A precondition on one field."""
        return {"op": "test", "path": custom_field_path(self.fields[role].prog_id), "value": value}

    def patch(self, operations: Sequence[dict[str, Any]], *, since: datetime | None = None) -> Outcome:
        """Send one PATCH to the record; a refusal is an outcome, anything that leaves open what happened is raised."""
        outcome = send(self.crm, self.person_id, operations, since)
        if outcome.kind == "done" and any(operation["op"] != "test" for operation in operations):
            self._enter(operations)
        return outcome

    def write(self, role: str, value: str) -> None:
        """One write without precondition that has to work.

        Raises:
            PermanentError: It was refused.
        """
        outcome = self.patch([self.set(role, value)])
        if outcome.kind != "done":
            raise PermanentError("SuperOffice", f"a PATCH of {role} was refused: {outcome.said}", "", outcome.status)

    def _enter(self, operations: Sequence[dict[str, Any]]) -> None:
        changes = {}
        for key, value in written_by(operations).items():
            changes[key] = (self._carried.get(key, self.note["before"].get(key, "")), value)
            self._carried[key] = value
        keeping.enter_in_ledger(self.store, self.note, changes)

    def will_empty(self, role: str) -> None:
        """Note that the next write empties a field: an empty one is then ours to fill again."""
        self.note["emptied"] = sorted({*self.note["emptied"], role})
        keeping.update_note(self.store, self.note)


def written_by(operations: Sequence[dict[str, Any]]) -> dict[str, str]:
    """ProgId in lower case to what a PATCH writes into it."""
    values: dict[str, str] = {}
    for operation in operations:
        if operation["op"] == "test":
            continue
        if isinstance(operation["value"], dict):
            values |= {key.casefold(): str(value) for key, value in operation["value"].items()}
        else:
            escaped = str(operation["path"]).rpartition("/")[2]
            values[escaped.replace("~1", "/").replace("~0", "~").casefold()] = str(operation["value"])
    return values


def send(
    crm: SuperOfficeClient, person_id: int, operations: Sequence[dict[str, Any]], since: datetime | None = None
) -> Outcome:
    """One PATCH to a person.

    Raises:
        MaybeSentError, TransientError, AuthError: What became of it is not known, or nothing can be asked just now.
    """
    return sent(lambda: crm.patch("Person", person_id, operations, select=("UpdatedDate",), unmodified_since=since))


def sent(patch: Callable[[], Mapping[str, Any]]) -> Outcome:
    """What came of a PATCH: 409 and 412 are what preconditions answer, other 4xx a refusal.

    500 counts as a refusal, too: how the API answers what it does not support is not documented, and whoever sends reads afterwards.
    """
    try:
        answer = patch()
    except ChangedInBetweenError as error:
        return Outcome("precondition", error.status or 0, error.message)
    except MaybeSentError as error:
        if error.status != 500:
            raise
        return Outcome("refused", 500, error.message)
    except PermanentError as error:
        if error.status not in {400, 405, 415, 422, 501}:
            raise
        return Outcome("refused", error.status, error.message)
    return Outcome("done", 200, updated=parse_timestamp(str(answer.get("UpdatedDate") or "")))
