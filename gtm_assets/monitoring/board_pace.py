"""How often the board is logged while a run works: soon where something moved, but not for every step of it. No Dagster.

What belongs elsewhere: what is logged (``board_page``), who says that something moved (``gtm_assets.batch``).
"""

from __future__ import annotations

import time
from collections.abc import Callable

#: A run that ends sooner logs the board once, at its end.
FIRST_AFTER_SECONDS = 2.0
EVERY_SECONDS = 5.0
#: Events stay for ever: in a run of an hour the board is logged once a minute.
LONGEST_PAUSE_SECONDS = 60.0


class BoardKeeper:
    """Logs the board while a run works, in the thread that says that something moved.

    Args:
        log: Draws and logs the board as it stands, while the run works.
        at_end: The same when it has ended; by default ``log``.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        log: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
        *,
        at_end: Callable[[], None] | None = None,
    ) -> None:
        self._log = log
        self._at_end = at_end or log
        self._clock = clock
        self._begun = clock()
        self._next = self._begun + FIRST_AFTER_SECONDS
        self._moved = False
        self._ever = False

    def moved(self) -> None:
        """Something moved; it is logged now or, where that would be too soon, at a later tick."""
        self._moved = self._ever = True
        self.tick()

    def tick(self) -> None:
        """Log what moved since the last time, if it is time."""
        now = self._clock()
        if not self._moved or now < self._next:
            return
        self._moved = False
        self._log()
        age = now - self._begun
        self._next = self._clock() + min(max(EVERY_SECONDS, age / 10), LONGEST_PAUSE_SECONDS)

    def end(self) -> None:
        """Log how it ended, if anything moved at all."""
        if self._ever:
            self._at_end()
