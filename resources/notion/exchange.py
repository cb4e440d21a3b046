"""One request to Notion at a time: its pace, its repetitions, its failures as typed errors.

The SDK's own retries are off: it doesn't repeat a failed query (a POST, although it only reads), knows neither 502, 504
nor 529 and ignores a fractional ``Retry-After``.

What belongs elsewhere: which requests there are (``client``, ``writing``), what an answer means (``failures``).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import tenacity

from resources.errors import TransientError
from resources.notion.failures import SYSTEM, translate
from resources.notion.pace import Limiter, Pace

if TYPE_CHECKING:
    import httpx
    from notion_client import Client

_ATTEMPTS = 4
# A longer wait isn't slept through inside a run: the caller is told and comes back.
_LONGEST_WAIT = 60.0
# Notion's limit holds for the integration: clients without a limiter share one pace of the process.
_PROCESS_PACE = Pace(time.monotonic)
#: Answers that say that nothing was done: too many requests, a collision with somebody else's edit, overload.
NOTHING_DONE = frozenset({409, 429, 529})


class Exchange:
    """Sends requests over the SDK; nothing is sent, and no SDK loaded, before the first one.

    Args:
        token: The integration's secret.
        base_url: Where Notion is, without ``/v1``; None for Notion itself.
        timeout: Seconds for connecting, and for each wait for data.
        limiter: Grants requests, shared with other processes; None for the pace of this process.
        sleep: Waits the given seconds; a test passes its own and then has a pace of its own, too.
        clock: Monotonic seconds, for the pace.
        transport: Seam for tests.
    """

    def __init__(
        self,
        token: str,
        base_url: str | None,
        *,
        timeout: float,
        limiter: Limiter | None,
        sleep: Callable[[float], None],
        clock: Callable[[], float],
        transport: httpx.BaseTransport | None,
    ) -> None:
        self._token = token
        self._base_url = (base_url or "").strip().rstrip("/").removesuffix("/v1")
        self._timeout = timeout
        self._limiter = limiter
        self._sleep = sleep
        self._transport = transport
        # A sleep that doesn't really sleep would book the shared pace far into the future.
        is_real = sleep is time.sleep and clock is time.monotonic
        self._pace = _PROCESS_PACE if is_real else Pace(clock)
        self._lock = threading.Lock()
        self._sdk: Client | None = None
        self.calls = 0

    def repeatable(self, asked: str, send: Callable[[Client], Any]) -> dict[str, Any]:
        """What came back of a request that does no harm twice, repeated while Notion asks for patience.

        Raises:
            OutsideError: See ``failures.from_status``.
        """
        return self._repeated(asked, send, _is_worth_waiting)

    def once(self, asked: str, send: Callable[[Client], Any]) -> dict[str, Any]:
        """What came back of a request that must not happen twice: repeated only after an answer that says nothing was done.

        Raises:
            OutsideError: See ``failures.from_status``.
        """
        return self._repeated(asked, send, _was_refused)

    def close(self) -> None:
        """Close the connections; they are opened again when needed."""
        with self._lock:
            sdk, self._sdk = self._sdk, None
        if sdk is not None:
            sdk.close()

    def _repeated(
        self, asked: str, send: Callable[[Client], Any], when: Callable[[BaseException], bool]
    ) -> dict[str, Any]:
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(_ATTEMPTS),
            wait=_wait,
            retry=tenacity.retry_if_exception(when),
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(self._send, asked, send)

    def _send(self, asked: str, send: Callable[[Client], Any]) -> dict[str, Any]:
        sdk = self._client()
        self._wait_for_my_turn()
        with self._lock:
            self.calls += 1
        try:
            reply = send(sdk)
        except Exception as error:
            typed = translate(asked, error)
            if typed is None:
                raise
            raise typed from error
        if not isinstance(reply, dict):
            raise TransientError(
                SYSTEM, f"{asked} came back with something that is no object.", "Check NOTION_BASE_URL."
            )
        return reply

    def _wait_for_my_turn(self) -> None:
        if self._limiter is not None:
            self._limiter.acquire()
            return
        wait = self._pace.reserve()
        if wait > 0:
            self._sleep(wait)

    def _client(self) -> Client:
        with self._lock:
            if self._sdk is None:
                self._sdk = self._new_client()
            return self._sdk

    def _new_client(self) -> Client:
        import logging

        import httpx
        from notion_client import Client

        from resources.tls import shared_context

        options: dict[str, Any] = {
            "auth": self._token,
            "timeout_ms": self._timeout * 1000,
            "retry": False,
            # Every failure is raised as a typed error; the SDK's own log handler would print it a second time.
            "logger": logging.getLogger("resources.notion.sdk"),
            "log_level": logging.ERROR,
        }
        if self._base_url:
            options["base_url"] = self._base_url
        return Client(client=httpx.Client(transport=self._transport, verify=shared_context()), **options)


def _was_refused(error: BaseException) -> bool:
    """Whether the answer says that nothing was done, and the wait it asks for is short enough."""
    return isinstance(error, TransientError) and error.status in NOTHING_DONE and _is_worth_waiting(error)


def _is_worth_waiting(error: BaseException) -> bool:
    return isinstance(error, TransientError) and (error.retry_after or 0.0) <= _LONGEST_WAIT


_backoff = tenacity.wait_exponential_jitter(initial=1.0, max=20.0, jitter=1.0)


def _wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, TransientError) and error.retry_after is not None:
        return error.retry_after
    return float(_backoff(state))
