"""Waiting: for a pool of threads without being silent (whoever waits is called about once a second), and for one's turn among others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any, Literal

TICK_SECONDS = 1.0
#: Whose calls go first where a limit is shared: what somebody waits for, or what may take its time.
Priority = Literal["live", "background"]


class TooLongError(Exception):
    """The next call would have to wait for ``seconds``, longer than its caller would."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"the next call could be made in {seconds:.0f} seconds")


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
