"""One probe from beginning to end: the note, the questions, putting everything back, the result.

What belongs elsewhere: the command that asks for permission first (``gtm_assets.commands.doctor``), who may be probed (``subject``).
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from gtm_assets import clients
from gtm_assets.crm.accounts import Refreshed, load_accounts
from gtm_assets.crm.field_map import current_fields
from gtm_assets.crm.fields import OWNED_UDEFS, CrmField, FieldMapError
from gtm_assets.crm.lists import read_lists
from gtm_assets.crm.refreshing import refresh
from gtm_assets.doctor.probe import keeping
from gtm_assets.doctor.probe.answers import NOT_ASKED, Answer, Proofs, guard_of, proven
from gtm_assets.doctor.probe.company import ask_company
from gtm_assets.doctor.probe.hands import Hands, read_record
from gtm_assets.doctor.probe.reading import ask_by_reading
from gtm_assets.doctor.probe.restoring import Restored, put_back
from gtm_assets.doctor.probe.subject import Refused, Subject, choose_subject
from gtm_assets.doctor.probe.testable import ask_testable
from gtm_assets.doctor.probe.writing import Asking
from gtm_assets.research.position_field import lists_to_read
from gtm_assets.settings import Settings
from gtm_assets.tenancy import bind_store, tenant_name
from gtm_assets.writeback import history, ledger
from gtm_assets.writeback.guards import Guarding, keep_guarding
from resources.errors import OutsideError
from resources.store import queue
from resources.store.store import Store, utc_now
from resources.superoffice.client import SuperOfficeClient
from resources.superoffice.limits import RateLimiter
from resources.waiting import Priority

__all__ = ["Interrupted", "PairedLimiter", "Refused", "Session", "Subject", "opened"]

#: A run has an account in hand for seconds as a rule: it is waited for this often, so many seconds each.
_LOOKS, _LOOK_EVERY = 20, 3.0
_OPEN_NOTE = "Run the same command again once SuperOffice answers; until then the engine leaves this person alone."


class Interrupted(Exception):  # noqa: N818
    """Somebody ended the probe; everything was put back."""


@dataclass
class PairedLimiter:
    """The shared limit; calls that were waited for beforehand go out at once, so that two can be on their way together."""

    shared: RateLimiter
    _paid: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def acquire(self, priority: Priority = "live", patience: float | None = None) -> None:
        """Wait for one call, unless it was waited for already. A probe's are live work that has time, whatever is asked for."""
        del priority, patience
        with self._lock:
            paid = self._paid > 0
            self._paid -= paid
        if not paid:
            self.shared.acquire()

    def hold(self, seconds: float) -> None:
        """Let nobody call for so many seconds, in no process."""
        self.shared.hold(seconds)

    def prepay(self, calls: int) -> None:
        """Wait for so many calls now."""
        for _ in range(calls):
            self.shared.acquire()
        with self._lock:
            self._paid = calls


@dataclass
class Session:
    """Everything one probe works with."""

    settings: Settings
    store: Store
    crm: SuperOfficeClient
    pairs: PairedLimiter
    sleep: Callable[[float], None] = time.sleep
    owner: str = field(default_factory=queue.new_owner)

    # -- before anything is written -------------------------------------------------------------------------------------

    def subject(self, person_id: int) -> Subject:
        """Look at the record and decide.

        Raises:
            Refused: It must not be probed, or could not be.
        """
        return choose_subject(self.store, self.crm, self._fields(), person_id)

    def _fields(self) -> dict[str, CrmField]:
        try:
            return current_fields(self.store, self.crm, self.settings.configured_fields, fresh=True)
        except FieldMapError as error:
            raise Refused(str(error)) from error

    # -- what an earlier probe left -------------------------------------------------------------------------------------

    def open_note(self) -> dict[str, Any] | None:
        """The note of a probe that did not end."""
        with self.store.read() as connection:
            return keeping.load_open_note(connection)

    def stop_reason(self) -> str:
        """Why the engine writes nothing to this tenant; empty where it may."""
        with self.store.read() as connection:
            return ledger.stop_reason(connection)

    def restore(self, note: Mapping[str, Any]) -> Restored:
        """Put back what that probe left; what it has seen of the tenant counts, whether it could say so or not."""
        note = dict(note)
        if note["patch"] == "whole":
            keeping.note_blanking(self.store, note, ())
        restored = put_back(self.store, self.crm, note, sleep=self.sleep)
        if restored.complete:
            self._refresh(int(note["contact_id"]))
        return restored

    # -- the probe ------------------------------------------------------------------------------------------------------

    def probe(self, subject: Subject, say: Callable[[str], None] = lambda _: None) -> tuple[dict[str, Any], Restored]:
        """Ask everything, put everything back, keep the result. Writes nothing before the note stands.

        Raises:
            Refused: A run has the account in hand.
            Interrupted: Ctrl-C, or a signal that means the same; everything was put back.
            OutsideError: SuperOffice failed on the way. What was written was put back, or the note says what was not.
        """
        note = self._noted(subject, say)
        hands = Hands(self.store, self.crm, note, subject.fields, self.sleep)
        owned = [role for role in OWNED_UDEFS["Person"] if role in subject.fields]
        asking = Asking(hands, self.pairs, subject.primary, subject.second, owned)
        say("Asking by writing")
        failure: BaseException | None = None
        try:
            asking.ask()
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - whatever it is, the record comes first
            failure = error
        say("Putting everything back")
        restored = self._put_back(note, interrupted=failure is not None)
        if isinstance(failure, KeyboardInterrupt):
            raise Interrupted(_said_of(restored, subject.person_id)) from failure
        if failure is not None:
            raise failure
        say("Asking by reading")
        if subject.company_asked:
            ask_company(self.crm, subject.contact_id, subject.fields, asking.proofs)
        company = subject.contact_id if subject.company_asked else 0
        answers = [
            *asking.answers,
            *ask_testable(self.crm, subject.person_id, company, asking.proofs),
            *ask_by_reading(self.crm, subject.person_id, read_record(self.crm, subject.person_id).updated),
        ]
        return self._keep(subject, asking.proofs, answers), restored

    def _noted(self, subject: Subject, say: Callable[[str], None]) -> dict[str, Any]:
        """Read the record and leave the note; a run that has the account in hand is waited for a while."""
        for look in range(_LOOKS):
            note = self._note(subject)
            try:
                keeping.leave_note(self.store, note)
            except keeping.BusyError as error:
                if look == _LOOKS - 1:
                    raise Refused(f"{error} Try again later, or name another person.") from error
                if look == 0:
                    say(f"Waiting: {error}")
                self.sleep(_LOOK_EVERY)
            except keeping.SuppressedError as error:
                raise Refused(f"{error} Name another person.") from error
            else:
                break
        return note

    def _note(self, subject: Subject) -> dict[str, Any]:
        seen = read_record(self.crm, subject.person_id)
        layout = self.crm.udef_layout("Person")
        record = self.crm.get("Person", subject.person_id, select=("CustomFields",)) or {}
        spelling = {str(key).casefold(): str(key) for key in record.get("CustomFields") or {}}
        return {
            "person_id": subject.person_id,
            "contact_id": subject.contact_id,
            "tenant": tenant_name(self.settings),
            "token": secrets.token_hex(4),
            "begun_at": utc_now().isoformat(),
            "fields": {role: subject.fields[role].prog_id for role in (subject.primary, subject.second)},
            "before": dict(seen.values),
            "spelling": spelling,
            "read_only": [found.prog_id.casefold() for found in layout if found.is_read_only],
            "emptied": [],
            "blanked": [],
            "patch": "",
            "tests": False,
        }

    def _put_back(self, note: dict[str, Any], *, interrupted: bool) -> Restored:
        restored = put_back(self.store, self.crm, note, interrupted=interrupted, sleep=self.sleep)
        self._refresh(int(note["contact_id"]))
        return restored

    def _refresh(self, contact_id: int) -> None:
        """The engine may have read the record meanwhile: its snapshot is brought to what stands there now, so that nothing looks edited."""
        with self.store.read() as connection:
            if not load_accounts(connection, [contact_id]):
                return

        def wake(connection: Any, refreshed: Refreshed) -> None:
            for key, names in refreshed.differences.items():
                queue.mark_due(connection, [key], trigger=f"read after a probe: {'; '.join(names)}"[:500])
            history.follow(connection, refreshed)

        try:
            fields = self._fields()
            more = lists_to_read(self.store, write=self.settings.superoffice_write_position)
            refresh(self.store, self.crm, fields, read_lists(self.crm, fields, more), [contact_id], then=wake)
        except (OutsideError, Refused):
            # The next run reads it instead.
            with self.store.write() as connection:
                queue.mark_due(connection, [contact_id], trigger="to be read after a probe")

    def _keep(self, subject: Subject, proofs: Proofs, answers: list[Answer]) -> dict[str, Any]:
        level, reason = guard_of(proofs)
        at = utc_now().isoformat()
        result = {
            "at": at,
            "tenant": tenant_name(self.settings),
            "version": self.crm.tenant_state().version,
            "person_id": subject.person_id,
            "guard": level,
            "guard_reason": reason,
            "answers": [asdict(answer) for answer in sorted([*answers, *NOT_ASKED], key=lambda answer: answer.point)],
        }
        keeping.store_result(self.store, result)
        with self.store.write() as connection:
            proof = {"at": at, "tenant": result["tenant"], "person_id": subject.person_id, "reason": reason}
            keep_guarding(connection, Guarding(level, proven(proofs)), proof)
        return result


def _said_of(restored: Restored, person_id: int) -> str:
    if restored.complete:
        return f"Interrupted. Person {person_id} stands as before; no result was kept."
    return f"Interrupted. {', '.join(restored.open)} of person {person_id} could not be put back. {_OPEN_NOTE}"


@contextmanager
def opened(settings: Settings) -> Iterator[Session]:
    """A session on the configured tenant; one at a time.

    Raises:
        Refused: Writing is not allowed for this command, or another probe works.
        ConfigurationError: Variables are missing, or the store belongs to another tenant.
    """
    settings.require("SuperOffice")
    if not settings.superoffice_allow_live_write:
        raise Refused(
            "A probe writes to the CRM, and SUPEROFFICE_ALLOW_LIVE_WRITE is not true. Allow it for this one command: "
            "SUPEROFFICE_ALLOW_LIVE_WRITE=true gtm doctor --probe PERSON_ID"
        )
    with ExitStack() as stack:
        store = clients.open_store(settings)
        stack.callback(store.close)
        bind_store(store, settings)
        pairs = PairedLimiter(clients.superoffice_limiter(settings, store))
        session = Session(settings, store, clients.open_superoffice(settings, store, limiter=pairs), pairs)
        stack.callback(session.crm.close)
        if not queue.take_lease(store, keeping.LEASE, session.owner):
            raise Refused("Another probe works just now. Wait for its end.")
        stack.callback(queue.drop_lease, store, keeping.LEASE, session.owner)
        stack.enter_context(queue.heartbeat(store, session.owner))
        yield session
