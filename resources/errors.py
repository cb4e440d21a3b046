"""Errors that every outside system's client raises. They say what was asked, what came back and what to do.

What belongs elsewhere: deciding whether an account is tried again (``gtm_assets.batch.outcomes``), and findings about texts.
"""

from __future__ import annotations


class OutsideError(Exception):
    """A call to an outside system failed.

    Args:
        system: Name people know the system by, such as ``SuperOffice``.
        message: What was asked and what came back; never a secret, never a person's data.
        what_to_do: The next step for whoever reads it; empty where there is none.
        status: HTTP status, where there was one.
    """

    def __init__(self, system: str, message: str, what_to_do: str = "", status: int | None = None) -> None:
        self.system = system
        self.message = message
        self.what_to_do = what_to_do
        self.status = status
        super().__init__(f"{system}: {message}" + (f" {what_to_do}" if what_to_do else ""))


class TransientError(OutsideError):
    """The same call may work later. ``retry_after`` is in seconds, where the system named it."""

    def __init__(
        self,
        system: str,
        message: str,
        what_to_do: str = "",
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(system, message, what_to_do, status)
        self.retry_after = retry_after


class MisdirectedError(TransientError):
    """The tenant lives on another host now (HTTP 421); its state document names it."""


class TenantClosedError(TransientError):
    """The system says of itself that it is closed: maintenance, suspension, a move. Nobody failed, work waits until it opens.

    ``state`` is the system's own word.
    """

    def __init__(self, system: str, message: str, what_to_do: str = "", *, state: str = "") -> None:
        super().__init__(system, message, what_to_do)
        self.state = state


class PermanentError(OutsideError):
    """Repeating the call can't help; somebody has to change something."""


class AuthError(PermanentError):
    """Credentials are missing, wrong or revoked; an administrator has to act."""


class ChangedInBetweenError(OutsideError):
    """The record is no longer as we read it (HTTP 409 or 412): read again, plan again."""
