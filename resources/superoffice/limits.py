"""The rate limit as the client sees it; the bucket, shared by all processes, lives in ``resources.store``."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from resources.waiting import Priority


class RateLimiter(Protocol):
    """Grants calls; SuperOffice accepts at most ten a second from one application (its validation checklist)."""

    def acquire(self) -> None:
        """Block until one call may be made."""


@runtime_checkable
class SharedLimit(Protocol):
    """A limit that other processes share: live work goes first, and what the vendor asks of one is asked of all."""

    def acquire_as(self, priority: Priority, patience: float | None = None) -> None:
        """Block until one call of this priority may be made.

        Raises:
            TooLongError: That would take more than ``patience`` seconds.
        """

    def hold(self, seconds: float) -> None:
        """Let nobody call for so many seconds."""


class Unlimited:
    """Grants every call at once; for tests and for stand-ins."""

    def acquire(self) -> None:
        """Return at once."""
