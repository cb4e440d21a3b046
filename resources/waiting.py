"""Waiting for a pool's work without being silent: whoever waits is called about once a second."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from typing import Any

TICK_SECONDS = 1.0


def wait_for_all(
    futures: Iterable[Future[Any]], tick: Callable[[], None], *, every_seconds: float = TICK_SECONDS
) -> None:
    """Wait until all have ended, well or not; ``tick`` runs in this thread meanwhile, and once at the end."""
    pending = set(futures)
    while pending:
        _, pending = wait(pending, timeout=every_seconds)
        tick()


def silent() -> None:
    """A tick of somebody who has nothing to do."""
