"""The rate limit as the client sees it; the bucket, shared by all processes, lives in ``resources.store``."""

from __future__ import annotations

from typing import Protocol

from resources.waiting import Priority


class RateLimiter(Protocol):
    """Grants calls; SuperOffice accepts at most ten a second from one application (its validation checklist)."""

    def acquire(self, priority: Priority = "live", patience: float | None = None) -> None:
        """Block until one call of this priority may be made: live work goes first.

        Raises:
            TooLongError: That would take more than ``patience`` seconds.
        """

    def hold(self, seconds: float) -> None:
        """Let nobody call for so many seconds, in no process that shares the limit."""


class Unlimited:
    """Grants every call at once; for tests and for stand-ins."""

    def acquire(self, priority: Priority = "live", patience: float | None = None) -> None:
        """Return at once."""

    def hold(self, seconds: float) -> None:
        """Hold nobody."""
