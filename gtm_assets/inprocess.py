"""Our jobs run in this process, on the platform's own Dagster instance: what they did, added up, and what went wrong.

For commands that do at once what schedule, sensors or a backfill would do; their runs stand in Dagster like all others. What belongs
elsewhere: which jobs, in which order (``once``, ``backfills``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from gtm_assets.definitions import build_defs
from gtm_assets.runs import load_result, root_message
from resources.store.store import Store

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}

Progress = Callable[[str], None]


@dataclass
class Done:
    """What runs did, added up; ``errors`` are the messages of runs that failed, ``notes`` what else a person should know.

    Texts that are ``left`` were not written because a budget was reached. ``closed``: a run had to end because SuperOffice is closed.
    """

    texts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("generated", "unchanged", "rejected", "failed", "left"), 0)
    )
    accounts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("changed", "completed", "failed", "skipped", "conflict", "planned"), 0)
    )
    writes: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("patches", "confirmed", "conflicts", "planned"), 0)
    )
    model_calls: int = 0
    api_calls: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("superoffice", "notion", "gemini"), 0))
    seconds: float = 0.0
    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    closed: bool = False

    @property
    def failed(self) -> bool:
        """Whether anything failed; conflicts and rejected texts are no failure."""
        return bool(self.errors or self.accounts["failed"] or self.texts["failed"])


class JobRunner:
    """Runs jobs one after the other and adds them up in ``done``; ``because`` stands in the tags of every run."""

    def __init__(self, instance: dg.DagsterInstance, store: Store, done: Done, because: str) -> None:
        self._definitions = build_defs()
        self._instance = instance
        self._store = store
        self._done = done
        self._because = because

    def run(self, job_name: str, config: Mapping[str, Any] | None = None) -> bool:
        """One run; its errors are kept, not raised. ``config`` is that of the job's one op."""
        job = self._definitions.resolve_job_def(job_name)
        ops = {"ops": {node.name: {"config": dict(config)} for node in job.nodes}} if config else {}
        executed = job.execute_in_process(
            run_config={**_QUIET, **ops},
            instance=self._instance,
            raise_on_error=False,
            tags={"gtm/because": self._because},
        )
        self._add(load_result(self._store, executed.run_id))
        if not executed.success:
            self._done.errors += error_messages(executed)
        return bool(executed.success)

    def _add(self, counts: Mapping[str, Any]) -> None:
        for name in ("texts", "accounts", "writes", "api_calls"):
            into: dict[str, int] = getattr(self._done, name)
            for key, value in counts.get(name, {}).items():
                into[key] += value
        # Runs of the same job say the same again, with other numbers.
        self._done.notes += counts.get("notes", [])
        self._done.closed = self._done.closed or bool(counts.get("closed"))
        self._done.model_calls += counts.get("model_calls", 0)


def error_messages(executed: dg.ExecuteInProcessResult) -> list[str]:
    """What went wrong in a run that failed, each thing once: the run's own event repeats the error of the step that failed."""
    steps = [event for event in executed.all_events if event.is_step_failure]
    told = steps or [event for event in executed.all_events if event.is_failure]
    messages: list[str] = []
    for event in told:
        data = event.event_specific_data
        user = getattr(data, "user_failure_data", None)
        text = user.description if user and user.description else root_message(getattr(data, "error", None))
        if text and text not in messages:
            messages.append(text)
    return messages or [f"run {executed.run_id} failed; see its page in Dagster"]
