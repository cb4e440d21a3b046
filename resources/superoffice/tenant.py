"""Where the tenant lives and whether it is open: its state document, kept until ``ValidUntil``, on disk too.

Source: SuperOffice's developer documentation, "Tenant state document". The login host answers without credentials; API hosts
    move routinely.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from resources.errors import PermanentError, TenantClosedError, TransientError
from resources.superoffice.errors import SYSTEM
from resources.superoffice.exchange import Call, Exchange
from resources.superoffice.models import TenantState
from resources.superoffice.private_files import read_private, write_private
from resources.superoffice.repeats import reading, repeated

#: States that don't end. All others in which nothing runs do, some only when somebody acts (``Suspended``): work waits for that.
_FOR_GOOD = frozenset({"Deleted", "ProvisioningFailed", "Deleting", "DeleteFailed"})
_SUSPENDED = "SuperOffice has to resume it: ask about subscription and licence. Then work goes on by itself."
_PASSES = "Maintenance passes; work goes on by itself."
#: A document already out of date (a clock that is wrong, ours or theirs) is used this long, so that not every call
#: asks again.
_SHORTEST_USE = timedelta(seconds=60)
#: An open tenant whose answers give cause for doubt is asked about no more often than this.
_DOUBT_AGAIN = timedelta(seconds=5)


class Tenant:
    """The state of one tenant."""

    def __init__(
        self,
        *,
        exchange: Exchange,
        login_url: str,
        tenant: str,
        cache_file: Path | None,
        sleep: Callable[[float], None],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._exchange = exchange
        self._login_url = login_url.rstrip("/")
        self._tenant = tenant
        self._cache_file = cache_file
        self._sleep = sleep
        self._now = now
        self._lock = threading.Lock()
        self._known: TenantState | None = None
        self._use_until = datetime.min.replace(tzinfo=UTC)
        self._doubt_again = datetime.min.replace(tzinfo=UTC)

    def current(self) -> TenantState:
        """The state; asks only if none is known or the known one is out of date. Closed tenants are never remembered.

        Raises:
            TenantClosedError: Maintenance, suspended, moving or being set up.
            TransientError: The login host doesn't answer now.
            PermanentError: Deleted, unknown, or a document that can't be trusted.
        """
        with self._lock:
            return self._current()

    def forget(self, api_url: str) -> None:
        """This host didn't serve the tenant: ask again at the next call, unless a new host is known already."""
        with self._lock:
            self._forget(api_url)

    def doubt(self, *, ask_now: bool) -> None:
        """A closed tenant may answer so: ask its state, now or at the next call; not again within seconds where it was found open.

        Raises:
            TenantClosedError: It is closed. Whatever else stands in the way is left to the next call.
        """
        with self._lock:
            known = self._known
            if known is not None:
                if self._now() < self._doubt_again:
                    return
                self._doubt_again = self._now() + _DOUBT_AGAIN
                self._forget(known.api_url)
            if not ask_now:
                return
            try:
                self._current()
            except TenantClosedError:
                raise
            except TransientError:
                # A login host that is down says nothing about the tenant: what was known of it holds.
                self._known = known
            except PermanentError:
                return

    def _current(self) -> TenantState:
        if self._known is not None and self._now() < self._use_until:
            return self._known
        if self._known is None and (kept := self._from_disk()) is not None:
            return self._remember(kept)
        document = self._ask()
        state = self._checked(TenantState.from_json(document))
        if self._cache_file is not None:
            write_private(self._cache_file, document)
        return self._remember(state)

    def _forget(self, api_url: str) -> None:
        if self._known is None or self._known.api_url == api_url:
            self._known = None
        # Another process may have learned of the new host already; its file stays.
        if self._cache_file is not None and TenantState.from_json(read_private(self._cache_file)).api_url == api_url:
            self._cache_file.unlink(missing_ok=True)

    def _remember(self, state: TenantState) -> TenantState:
        shortest = self._now() + _SHORTEST_USE
        self._known = state
        self._use_until = max(state.valid_until or shortest, shortest)
        return state

    def _from_disk(self) -> TenantState | None:
        document = read_private(self._cache_file) if self._cache_file is not None else {}
        if not document:
            return None
        state = TenantState.from_json(document)
        fresh = state.valid_until is not None and self._now() < state.valid_until
        return self._checked(state) if fresh else None

    def _ask(self) -> dict[str, Any]:
        url = f"{self._login_url}/api/state/{quote(self._tenant, safe='')}"
        call = Call("GET", url, f"The state of tenant {self._tenant}", headers={"Accept": "application/json"})

        def once() -> dict[str, Any]:
            response = self._exchange.send(call)
            if response.status_code in {400, 404}:
                message = f"there is no tenant {self._tenant} at {urlsplit(self._login_url).netloc}."
                what_to_do = "Check SUPEROFFICE_TENANT and SUPEROFFICE_ENVIRONMENT."
                raise PermanentError(SYSTEM, message, what_to_do, response.status_code)
            if not response.is_success:
                raise self._exchange.failure(call, response)
            return self._exchange.json_object(call, response)

        return repeated(once, when=reading, sleep=self._sleep)

    def _checked(self, state: TenantState) -> TenantState:
        if state.tenant and state.tenant.casefold() != self._tenant.casefold():
            message = f"asked for the state of {self._tenant}, got that of another tenant."
            raise PermanentError(SYSTEM, message, "Check SUPEROFFICE_TENANT.")
        if state.state in _FOR_GOOD:
            message = f"tenant {self._tenant} is {state.state}."
            raise PermanentError(SYSTEM, message, "Nothing can be read or written; ask SuperOffice about the tenant.")
        if not state.is_running:
            said = state.state or "no state given"
            message = f"tenant {self._tenant} is closed for now ({said})."
            what_to_do = _SUSPENDED if state.state == "Suspended" else _PASSES
            raise TenantClosedError(SYSTEM, message, what_to_do, state=said)
        self._check_url(state.api_url)
        return state

    def _check_url(self, api_url: str) -> None:
        """The credentials go to this host, so it must be as safe as the login host."""
        parts = urlsplit(api_url)
        if not parts.netloc or parts.scheme not in {"http", "https"}:
            message = f"the state of tenant {self._tenant} names no address of its API."
            raise TransientError(SYSTEM, message, "Work goes on once the state document names one.")
        if parts.scheme == "http" and urlsplit(self._login_url).scheme == "https":
            message = f"the state of tenant {self._tenant} names an API address without encryption."
            raise PermanentError(SYSTEM, message, "Check SUPEROFFICE_LOGIN_URL: credentials are only sent over TLS.")
