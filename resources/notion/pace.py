"""Notion's rate: never more than three requests in any second.

A limiter holds it over all processes (``resources.store.rate``); without one, ``Pace`` holds it within this process.
What belongs elsewhere: waiting out a 429 (``exchange``).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol


class Limiter(Protocol):
    """Grants requests, one at a time."""

    def acquire(self) -> None:
        """Block until one request may be sent."""


class Pace:
    """Hands out the moments at which requests may be sent; safe to share between threads.

    Args:
        clock: Monotonic seconds.
        requests: How many in one window.
        seconds: Length of the window.
    """

    def __init__(self, clock: Callable[[], float], requests: int = 3, seconds: float = 1.0) -> None:
        self._clock = clock
        self._seconds = seconds
        self._sent: deque[float] = deque(maxlen=requests)
        self._lock = threading.Lock()

    def reserve(self) -> float:
        """Take the next free moment; returns the seconds to wait until then."""
        with self._lock:
            now = self._clock()
            moment = now
            if len(self._sent) == self._sent.maxlen:
                moment = max(now, self._sent[0] + self._seconds)
            self._sent.append(moment)
            return moment - now
