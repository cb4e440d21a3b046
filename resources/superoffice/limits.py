"""The rate limit as the client sees it; the bucket, shared by all processes, lives in ``resources.store``."""

from __future__ import annotations

from typing import Protocol


class RateLimiter(Protocol):
    """Grants calls; SuperOffice accepts at most ten a second from one application (its validation checklist)."""

    def acquire(self) -> None:
        """Block until one call may be made."""


class Unlimited:
    """Grants every call at once; for tests and for stand-ins."""

    def acquire(self) -> None:
        """Return at once."""
