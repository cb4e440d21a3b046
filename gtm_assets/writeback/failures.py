"""Why a record was not written, beyond what an outside system says by itself (``resources.errors``)."""

from __future__ import annotations

from resources.errors import PermanentError


class NoEffectError(PermanentError):
    """The CRM answered 200, and some or all fields are as they were."""


class WritingStoppedError(PermanentError):
    """Writing is stopped: a PATCH moved fields that it did not name, or somebody stopped it by hand.

    ``maybe_sent`` is set on the one that was raised after a PATCH: its intent stays open and is settled by reading.
    """

    maybe_sent = False


class SuppressedError(Exception):
    """The record must not be written after all: its person objected, left, or is a user of the CRM."""
