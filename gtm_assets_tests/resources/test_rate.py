"""The shared rate limit: however many processes reserve, their moments lie at least an interval apart."""

from __future__ import annotations

import itertools
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm_assets.settings import PROJECT_ROOT
from gtm_assets_tests.stores import passing_store, put
from resources.store import schema
from resources.store.rate import SharedRateLimiter
from resources.store.store import Store

APART = 0.1 - 1e-6


class Clock:
    """Time that passes only while somebody sleeps; ``moments`` are those at which calls were let go."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now = now
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def _limiter(store: Store, clock: Clock, bucket: str = "b", per_second: float = 10) -> SharedRateLimiter:
    return SharedRateLimiter(store, bucket, per_second, clock, clock.sleep)


def _gaps(moments: list[float]) -> list[float]:
    ordered = sorted(moments)
    return [later - earlier for earlier, later in itertools.pairwise(ordered)]


def test_the_first_call_goes_at_once_and_the_following_wait_their_turn(store) -> None:
    clock = Clock()
    limiter = _limiter(store, clock)
    moments = []
    for _ in range(5):
        limiter.acquire()
        moments.append(clock.now)
    assert moments[0] == 1_000_000.0
    assert min(_gaps(moments)) >= APART
    assert len(clock.slept) == 4


def test_after_a_pause_nobody_may_make_up_for_lost_calls(store) -> None:
    clock = Clock()
    limiter = _limiter(store, clock)
    limiter.acquire()
    clock.now += 60
    moments = []
    for _ in range(3):
        limiter.acquire()
        moments.append(clock.now)
    assert min(_gaps(moments)) >= APART


def test_buckets_do_not_wait_for_each_other(store) -> None:
    clock = Clock()
    _limiter(store, clock, "one").acquire()
    _limiter(store, clock, "two").acquire()
    assert clock.slept == []


@pytest.mark.parametrize(("ahead", "waits"), [(500.0, True), (601.0, False)])
def test_a_moment_far_ahead_comes_from_a_clock_that_was_wrong_and_is_not_believed(store, ahead, waits) -> None:
    clock = Clock()
    put(store, schema.rate_tokens, {"bucket": "b", "next_free": clock.now + ahead})
    _limiter(store, clock).acquire()
    assert bool(clock.slept) is waits


def test_threads_reserve_moments_of_their_own(store) -> None:
    clock = Clock()
    limiter = _limiter(store, clock)
    with ThreadPoolExecutor(8) as pool:
        moments = list(pool.map(lambda _: limiter._reserve(), range(40)))
    assert min(_gaps(moments)) >= APART


_RESERVE = """
import sys
from resources.store.rate import SharedRateLimiter
from resources.store.store import Store
limiter = SharedRateLimiter(Store(sys.argv[1]), "b", 10, sleep=lambda _: None)
sys.stdin.readline()
for _ in range(20):
    print(repr(limiter._reserve()))
"""


def test_processes_reserve_moments_of_their_own(store) -> None:
    url = store.url.render_as_string(hide_password=False)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _RESERVE, url],
            cwd=PROJECT_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    moments = [float(line) for process in processes for line in process.communicate()[0].splitlines()]
    assert len(moments) == 60
    assert min(_gaps(moments)) >= APART


@given(
    st.lists(st.tuples(st.integers(0, 2), st.floats(0, 0.5)), min_size=2, max_size=20),
    st.sampled_from([1.0, 3.0, 10.0]),
)
def test_whoever_asks_when_ever_the_limit_holds(asked, per_second) -> None:
    with passing_store() as store:
        clock = Clock()
        limiters = [_limiter(store, clock, per_second=per_second) for _ in range(3)]
        moments = []
        for who, passes in asked:
            clock.now += passes
            limiters[who].acquire()
            moments.append(clock.now)
        assert min(_gaps(moments)) >= 1 / per_second - 1e-6
