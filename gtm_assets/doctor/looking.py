"""Looking at several things at once, so that one that hangs or fails keeps none of the others from being looked at.

Each look has a thread of its own and a time limit; what it had found before it hung is kept. What belongs elsewhere: the looks themselves.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gtm_assets.doctor.findings import Area, Finding, Status
from gtm_assets.settings import ConfigurationError
from resources.errors import OutsideError

#: Seconds for one look. A client repeats a read that fails up to four times; all of that fits.
TIME_LIMIT = 30.0


@dataclass
class Notes:
    """Where one look writes what it finds, as it goes. ``step`` is what it is at, for the case that it fails there."""

    area: Area
    step: str = ""
    _findings: list[Finding] = field(default_factory=list)
    _closed: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, name: str, status: Status, said: str, to_do: str = "") -> None:
        """One finding."""
        self.take(Finding(self.area, name, status, said, to_do))

    def take(self, finding: Finding) -> None:
        """One finding, whatever its area."""
        with self._lock:
            if not self._closed:
                self._findings.append(finding)

    def ok(self, name: str, said: str) -> None:
        """Nothing to do."""
        self.add(name, "ok", said)

    def remark(self, name: str, said: str, to_do: str = "") -> None:
        """Nothing is wrong, and somebody may want to know."""
        self.add(name, "remark", said, to_do)

    def wrong(self, name: str, said: str, to_do: str) -> None:
        """Something has to be done."""
        self.add(name, "wrong", said, to_do)

    def unknown(self, name: str, said: str) -> None:
        """It could not be looked at."""
        self.add(name, "unknown", said)

    def failed(self, name: str, error: Exception) -> None:
        """The look itself failed: what an outside system said, or a defect of ours."""
        if isinstance(error, OutsideError):
            self.wrong(name, error.message, error.what_to_do)
        elif isinstance(error, ConfigurationError):
            self.wrong(name, str(error), "")
        else:
            said = " ".join(str(error).split())[:300]
            self.wrong(name, f"{type(error).__name__}: {said}", "Nobody expected this; please report it.")

    def close(self) -> list[Finding]:
        """What was found; a look that goes on adds nothing any more."""
        with self._lock:
            self._closed = True
            return list(self._findings)


@dataclass(frozen=True)
class Look:
    """One thing to look at. ``name`` is what a finding is called if the look fails or takes too long, ``if_late`` what to do then."""

    area: Area
    name: str
    look: Callable[[Notes], None]
    if_late: str = "Check network, proxy and address; then try again."


def look_at_all(looks: Sequence[Look], seconds: float = TIME_LIMIT) -> list[Finding]:
    """What all looks found, in their order; together they take no longer than ``seconds``."""
    notes = [Notes(look.area) for look in looks]
    threads = [
        threading.Thread(target=_guarded, args=(look, own), name=f"look at {look.name}", daemon=True)
        for look, own in zip(looks, notes, strict=True)
    ]
    ends = time.monotonic() + seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, ends - time.monotonic()))
    findings: list[Finding] = []
    for look, own, thread in zip(looks, notes, threads, strict=True):
        if thread.is_alive():
            own.wrong(own.step or look.name, f"no answer within {seconds:g} s.", look.if_late)
        findings += own.close()
    return findings


def _guarded(look: Look, notes: Notes) -> None:
    try:
        look.look(notes)
    except Exception as error:  # noqa: BLE001 - whatever it is, the other looks go on
        notes.failed(notes.step or look.name, error)
