"""Work in a pool of threads, and waiting for it without being silent: whoever waits is called about once a second."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

TICK_SECONDS = 1.0


@contextmanager
def workers(at_once: int) -> Iterator[ThreadPoolExecutor]:
    """A pool. Where the block ends by an exception (a run is cancelled), what did not begin yet never begins."""
    pool = ThreadPoolExecutor(max_workers=at_once)
    try:
        yield pool
    except BaseException:
        pool.shutdown(cancel_futures=True)
        raise
    pool.shutdown()


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
