"""Errors of SuperOffice beyond ``resources.errors``: may a request that failed have had an effect?"""

from __future__ import annotations

from resources.errors import TransientError

#: The name people know the system by; opens every error message.
SYSTEM = "SuperOffice"


class HeldError(TransientError):
    """Nothing was sent: SuperOffice asked everybody to wait, for longer than this caller would."""


class NotSentError(TransientError):
    """No connection came about, so SuperOffice never saw the request: repeating it is safe, even a write."""

    maybe_sent = False


class TurnedAwayError(TransientError):
    """A write met 429: too many calls, nothing was done. Whoever sends it again looks first whether it may still be sent."""

    maybe_sent = False


class MaybeSentError(TransientError):
    """A write left this machine and no usable answer came back: it may have worked.

    Never send it again on this error; read the record and see (``gtm_assets.writeback.protocol`` does).
    """

    maybe_sent = True
