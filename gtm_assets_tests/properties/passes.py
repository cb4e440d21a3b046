"""What a pass of the engine did, for whoever looks at it afterwards. What belongs elsewhere: making one (``town``)."""

from __future__ import annotations

from dataclasses import dataclass, field

from gtm_assets.batch import BatchResult


@dataclass
class Pass:
    """What a pass did: how accounts ended, what stopped it, and the calls it made of the CRM."""

    result: BatchResult = field(default_factory=BatchResult)
    error: Exception | None = None
    calls: list[str] = field(default_factory=list)

    @property
    def phases(self) -> dict[int, str]:
        """How each account ended."""
        return {key: outcome.phase for key, outcome in self.result.outcomes.items()}

    @property
    def reasons(self) -> str:
        """Why they ended so, for people."""
        return "; ".join(outcome.reason for outcome in self.result.outcomes.values() if outcome.reason)
