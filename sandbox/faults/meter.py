"""Counting calls in the sliding second: what a rate limit needs, and what a client that has to keep one is measured by.

What belongs elsewhere: which calls count, and what a refused one is answered (``traffic``).
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

_WINDOW = 1.0


class CallMeter:
    """Calls of the last second. Thread-safe.

    Args:
        clock: Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._clock = clock
        self.reset()

    def reset(self) -> None:
        """Begin anew."""
        with self._lock:
            self._arrived: deque[float] = deque()
            self._served: deque[float] = deque()
            self.calls = 0
            self.refused = 0
            self.most_in_one_second = 0

    def admit(self, limit: int | None, *, count_refused: bool = True) -> bool:
        """Count one call; says whether it is within the limit (None: there is none).

        Args:
            limit: Calls in any second.
            count_refused: Whether calls that were refused use up the limit, too.
        """
        with self._lock:
            now = self._clock()
            for times in (self._arrived, self._served):
                while times and times[0] <= now - _WINDOW:
                    times.popleft()
            used = len(self._arrived if count_refused else self._served)
            self._arrived.append(now)
            self.calls += 1
            self.most_in_one_second = max(self.most_in_one_second, len(self._arrived))
            if limit is not None and used >= limit:
                self.refused += 1
                return False
            self._served.append(now)
            return True
