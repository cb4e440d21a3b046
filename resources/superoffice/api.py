"""Authorised calls to the tenant's API: right host, fresh token, repeated only where that does no harm, counted.

What belongs elsewhere: what is asked (``client``, ``archive``) and one request's details (``exchange``).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

import httpx

from resources.errors import AuthError, TransientError
from resources.superoffice.answers import is_html
from resources.superoffice.auth import SignIn, Token
from resources.superoffice.errors import SYSTEM, HeldError, NotSentError
from resources.superoffice.exchange import Call, Exchange
from resources.superoffice.repeats import reading, repeated, writing
from resources.superoffice.tenant import Tenant

#: Sent with every call. ``*``: no translation, so that list names and labels come in every language of the tenant;
#: times come as UTC and say so.
_HEADERS = {"Accept": "application/json", "SO-Language": "*", "SO-TimeZone": "UTC, includeTZOffset"}


@dataclass
class _Progress:
    """What one call has already tried, over all its repetitions."""

    renewed: bool = False
    moved: bool = False
    #: The login host failed. That was repeated where it happened; repeating the call would only multiply it.
    without_login: bool = False


class Api:
    """Sends calls to whichever host the tenant is on."""

    def __init__(self, *, exchange: Exchange, sign_in: SignIn, tenant: Tenant, sleep: Callable[[float], None]) -> None:
        self._exchange = exchange
        self._sign_in = sign_in
        self._tenant = tenant
        self._sleep = sleep
        self._lock = threading.Lock()
        self.calls = 0
        self.patches = 0

    def url(self, path: str) -> str:
        """The address of ``path`` on today's host. Raises what ``Tenant.current`` raises."""
        return f"{self._tenant.current().api_url}/v1/{path}"

    def send(self, call: Call, *, accept: tuple[int, ...] = ()) -> httpx.Response:
        """The answer to ``call``, whose ``url`` is a path below ``/v1/``; status 2xx or one of ``accept``.

        401 once renews the token, 421 once asks for the host; both mean that nothing was done, so writes are sent
        again too. Beyond that reads are repeated (``repeats.reading``), writes only if no connection came about.

        Raises:
            AuthError: The token was refused twice.
            TenantClosedError: The tenant's state says so, or it does after an answer that a closed tenant may give.
            MisdirectedError: The host that the state document names doesn't serve the tenant either.
            MaybeSentError: A write went out and its effect is unknown.
            ChangedInBetweenError: A write met 409 or 412.
            TransientError, PermanentError: Anything else that is not 2xx.
        """
        progress = _Progress()
        rule = writing if call.writes else reading
        return repeated(
            lambda: self._attempt(call, progress, accept),
            when=lambda error: rule(error) and not progress.without_login,
            sleep=self._sleep,
        )

    def _attempt(self, call: Call, progress: _Progress, accept: tuple[int, ...]) -> httpx.Response:
        refused: Token | None = None
        while True:
            progress.without_login = True
            api_url = self._tenant.current().api_url
            token = self._sign_in.token(refused=refused)
            progress.without_login = False
            response = self._send_once(call, api_url, token)
            if response.is_success or response.status_code in accept:
                if not call.writes and is_html(response):
                    self._tenant.doubt(ask_now=True)
                return response
            if response.status_code == 421:
                self._tenant.forget(api_url)
                if not progress.moved:
                    progress.moved = True
                    continue
            if response.status_code == 401:
                if not progress.renewed:
                    progress.renewed, refused = True, token
                    continue
                self._tenant.doubt(ask_now=True)
                message = f"{call.what} was refused (HTTP 401) with a new token too."
                raise AuthError(SYSTEM, message, self._sign_in.what_to_do, 401)
            self._ask_whether_closed(call, response.status_code)
            raise self._exchange.failure(call, response)

    def _ask_whether_closed(self, call: Call, status: int) -> None:
        """Maintenance may have begun or the tenant may be moving: the state document knows.

        With what a closed tenant answers is documented nowhere [?]: 5xx, a redirect to a page, 403 and other pages are all taken for
        possible. A 403 says that nothing was done; with the others a write's effect is unknown all the same, and the next call asks.
        """
        if status >= 500 or status < 400 or status == 403:
            self._tenant.doubt(ask_now=not call.writes or status == 403)

    def _send_once(self, call: Call, api_url: str, token: Token) -> httpx.Response:
        headers = _HEADERS | call.headers | self._sign_in.headers(token)
        try:
            response = self._exchange.send(replace(call, url=f"{api_url}/v1/{call.url}", headers=headers))
        except NotSentError:
            # The host may be gone for good; nothing was counted because nothing was asked.
            self._tenant.forget(api_url)
            raise
        except HeldError:
            raise
        except TransientError:
            self._count(call)
            raise
        self._count(call)
        return response

    def _count(self, call: Call) -> None:
        with self._lock:
            self.calls += 1
            self.patches += call.method == "PATCH"
