"""One HTTP request and its answer: sent within the rate limit, errors typed, secrets kept out.

What belongs elsewhere: what an answer says beside its content (``answers``), which host and token a request carries, and whether it is
sent again (``api``).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from resources.errors import (
    AuthError,
    ChangedInBetweenError,
    MisdirectedError,
    OutsideError,
    PermanentError,
    TransientError,
)
from resources.superoffice.answers import TOOK, kind_of_body, retry_after
from resources.superoffice.errors import SYSTEM, HeldError, MaybeSentError, NotSentError, TurnedAwayError
from resources.superoffice.limits import RateLimiter, Unlimited
from resources.tls import shared_context
from resources.waiting import Priority, TooLongError

logger = logging.getLogger(__name__)

#: Failures before the first byte of a request went out.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
#: An idle connection is closed before servers do it (5 s and more): a write that meets the closing one may have been
#: sent.
_IDLE_SECONDS = 3.0
#: As much of an answer's error text as is shown.
_SHOWN_CHARACTERS = 300
#: What to do about a write whose effect is unknown, and about everything that passes.
READ_FIRST = "It may have worked: read the record before writing again."
BY_ITSELF = "It is tried again by itself."
#: Answers after which nobody calls for a while, where they say how long (429 also where it does not: a second empties its window).
_HOLDS = {429: 1.0, 503: 0.0}


@dataclass(frozen=True)
class Call:
    """One request.

    ``what`` names it for people ("GET Contact/5"), without query and secrets. ``writes``: it may change the CRM.
    """

    method: str
    url: str
    what: str
    params: dict[str, str] = field(default_factory=dict, repr=False)
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    form: dict[str, str] | None = field(default=None, repr=False)
    json: Any = field(default=None, repr=False)
    writes: bool = False


class Exchange:
    """Sends calls one at a time each thread; the connection pool is opened by the first one, not by the constructor."""

    def __init__(
        self,
        *,
        limiter: RateLimiter | None,
        transport: httpx.BaseTransport | None,
        timeout: float,
        secrets: tuple[str, ...],
    ) -> None:
        self._limiter = limiter or Unlimited()
        self._transport = transport
        self._timeout = timeout
        self._secrets = frozenset(secret for secret in secrets if secret)
        self._lock = threading.Lock()
        self._client: httpx.Client | None = None
        self._priority: Priority = "live"
        self._patience: float | None = None

    @contextmanager
    def working(self, priority: Priority, patience: float | None = None) -> Iterator[None]:
        """Send what is sent while the block runs, by whichever thread, with this priority and patience (seconds)."""
        before = self._priority, self._patience
        self._priority, self._patience = priority, patience
        try:
            yield
        finally:
            self._priority, self._patience = before

    def send(self, call: Call) -> httpx.Response:
        """Send once, whatever the answer's status.

        Raises:
            HeldError: The rate limit grants no call within the patience of this block of work.
            NotSentError: No connection came about.
            MaybeSentError: ``call`` writes, it went out and no answer came back.
            TransientError: ``call`` reads and no answer came back.
            PermanentError: The URL can't be used.
        """
        self._wait_for_my_turn(call)
        started = time.monotonic()
        try:
            response = self._http().request(
                call.method,
                call.url,
                params=call.params or None,
                headers=call.headers,
                data=call.form,
                json=call.json,
            )
        except _NOT_SENT as error:
            message = f"{call.what} found no connection to {_host(call.url)} ({type(error).__name__})."
            raise NotSentError(SYSTEM, message, "Check network and proxy; it is tried again by itself.") from error
        except (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL) as error:
            message = f"{call.what} can't be sent to {_host(call.url)} ({type(error).__name__})."
            raise PermanentError(SYSTEM, message, "Check SUPEROFFICE_LOGIN_URL.") from error
        except httpx.RequestError as error:
            message = f"{call.what} got no answer ({type(error).__name__})."
            raise _no_answer(call, message) from error
        logger.info("%s -> %s in %.0f ms", call.what, response.status_code, (time.monotonic() - started) * 1000)
        response.extensions[TOOK] = time.monotonic() - started
        self._hold_where_asked(response)
        return response

    def _wait_for_my_turn(self, call: Call) -> None:
        try:
            self._limiter.acquire(self._priority, self._patience)
        except TooLongError as error:
            message = (
                f"{call.what} was not sent: all calls wait for another {error.seconds:.0f} s, as SuperOffice asked."
            )
            raise HeldError(SYSTEM, message, BY_ITSELF, retry_after=error.seconds) from error

    def _hold_where_asked(self, response: httpx.Response) -> None:
        """What the server asks of one call it asks of the tenant: every process waits."""
        if response.status_code in _HOLDS:
            asked = retry_after(response)
            seconds = _HOLDS[response.status_code] if asked is None else asked
            if seconds > 0:
                self._limiter.hold(seconds)

    def keep_out_of_messages(self, secret: str) -> None:
        """Blacken this value should an answer ever repeat it (a token of this session)."""
        if secret:
            # A new set: another thread may be reading the old one.
            self._secrets = self._secrets | {secret}

    def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _http(self) -> httpx.Client:
        with self._lock:
            if self._client is None:
                self._client = httpx.Client(
                    transport=self._transport,
                    verify=shared_context(),
                    timeout=self._timeout,
                    headers={"User-Agent": "gtm-assets"},
                    limits=httpx.Limits(keepalive_expiry=_IDLE_SECONDS),
                )
            return self._client

    # -- reading answers ------------------------------------------------------------------------------------------

    def failure(self, call: Call, response: httpx.Response) -> OutsideError:
        """The typed error for an answer that isn't 2xx."""
        status = response.status_code
        message = f"{call.what} was answered with HTTP {status}{self._said(response)}."
        if status == 401:
            return AuthError(SYSTEM, message, "An administrator has to check the application's credentials.", status)
        if status in {409, 412} and call.writes:
            return ChangedInBetweenError(SYSTEM, message, "Read the record and plan again.", status)
        if status in {421, 429} or status >= 500 or status < 400:
            return _later(call, response, message)
        rights = "Check the rights of the integration's user and the licence for the web services."
        return PermanentError(SYSTEM, message, rights if status == 403 else "", status)

    def json_object(self, call: Call, response: httpx.Response) -> dict[str, Any]:
        """The answer's JSON object; see ``json_value`` for errors."""
        value = self.json_value(call, response)
        if not isinstance(value, dict):
            raise self._unreadable(call, "no JSON object")
        return value

    def json_objects(self, call: Call, response: httpx.Response) -> list[dict[str, Any]]:
        """The answer's JSON array of objects; see ``json_value`` for errors."""
        value = self.json_value(call, response)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self._unreadable(call, "no JSON array of objects")
        return value

    def json_value(self, call: Call, response: httpx.Response) -> Any:
        """The answer's JSON.

        Raises:
            MaybeSentError: ``call`` writes and the answer can't be read: only a read-back tells what happened.
            TransientError: ``call`` reads and the answer is empty or something else, such as a proxy's page.
        """
        if not response.content.strip():
            raise self._unreadable(call, "an empty body")
        try:
            return response.json()
        except ValueError as error:
            raise self._unreadable(call, kind_of_body(response)) from error

    def _unreadable(self, call: Call, found: str) -> TransientError:
        return _no_answer(call, f"{call.what} was answered with {found} instead of the JSON expected.")

    def _said(self, response: httpx.Response) -> str:
        """``: ErrorType: ErrorMessage`` of SuperOffice's error body; for anything else what kind of body it is."""
        if not response.content.strip():
            return " and an empty body"
        try:
            body = response.json()
        except ValueError:
            return f" and {kind_of_body(response)}"
        if not isinstance(body, dict):
            return ""
        named = [
            body.get(key)
            for key in ("ErrorType", "ErrorMessage", "Message", "MessageDetail", "error", "error_description")
        ]
        said = ": ".join(text.strip() for text in named if isinstance(text, str) and text.strip())
        return f": {self.redact(said)[:_SHOWN_CHARACTERS].rstrip('. ')}" if said else ""

    def redact(self, text: str) -> str:
        """``text`` with every known secret blackened."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return text


def _later(call: Call, response: httpx.Response, message: str) -> TransientError:
    status = response.status_code
    if status == 421:
        return MisdirectedError(SYSTEM, message, "The tenant has moved; its state document names the host.", status)
    if status < 400:
        return TransientError(SYSTEM, message, "A redirect is no answer of the API; check the tenant's state.", status)
    # 429 says that nothing was done; a 5xx says nothing about what was.
    if call.writes:
        kind = MaybeSentError if status >= 500 else TurnedAwayError
        return kind(SYSTEM, message, READ_FIRST if status >= 500 else BY_ITSELF, status, retry_after(response))
    return TransientError(SYSTEM, message, BY_ITSELF, status, retry_after(response))


def _no_answer(call: Call, message: str) -> TransientError:
    if call.writes:
        return MaybeSentError(SYSTEM, message, READ_FIRST)
    return TransientError(SYSTEM, message, BY_ITSELF)


def _host(url: str) -> str:
    try:
        return httpx.URL(url).host
    except httpx.InvalidURL:
        return "an unusable address"
