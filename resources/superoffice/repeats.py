"""When a request is sent again, and after how long: the one place that decides.

tenacity directly rather than through stamina: the client's clock comes from outside (``sleep``), and stamina reports
retries on standard output where structlog is installed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import tenacity

from resources.errors import TenantClosedError, TransientError
from resources.superoffice.errors import HeldError, NotSentError, TurnedAwayError

T = TypeVar("T")

#: Requests per call at most, the first one included.
ATTEMPTS = 4
#: A longer wait than this (seconds) is left to whoever schedules the account: ``TransientError.retry_after`` carries
#: it.
LONGEST_WAIT = 30.0
#: Answers that say "later" and not "no". 500 isn't one of them: nobody documents what it means, the next run may try.
_LATER = frozenset({429, 502, 503, 504})

_backoff = tenacity.wait_exponential_jitter(initial=0.5, max=8.0, jitter=0.5)


def reading(error: BaseException) -> bool:
    """A read may be sent again after any failure of the network and after every answer that says "later"."""
    if isinstance(error, (HeldError, TenantClosedError)):
        # Both say that asking again is of no use just now.
        return False
    if not isinstance(error, TransientError) or (error.retry_after or 0.0) > LONGEST_WAIT:
        return False
    return error.status is None or error.status in _LATER


def writing(error: BaseException) -> bool:
    """A write may be sent again only if it never left."""
    return isinstance(error, NotSentError)


def turned_away(error: BaseException) -> bool:
    """A write that met 429, with a wait that is not too long: whoever guards it may send it again after that."""
    return isinstance(error, TurnedAwayError) and (error.retry_after or 0.0) <= LONGEST_WAIT


def repeated(send: Callable[[], T], *, when: Callable[[BaseException], bool], sleep: Callable[[float], None]) -> T:
    """What ``send`` returns, tried up to ``ATTEMPTS`` times; its last error otherwise."""
    return tenacity.Retrying(
        retry=tenacity.retry_if_exception(when),
        stop=tenacity.stop_after_attempt(ATTEMPTS),
        wait=_wait,
        sleep=sleep,
        reraise=True,
    )(send)


def _wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, TransientError) else None
    return _backoff(state) if asked is None else max(asked, 0.1)
