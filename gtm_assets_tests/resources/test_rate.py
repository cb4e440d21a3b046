"""The shared rate limit: however many processes take moments, they lie further apart than the limit asks for, and live work goes first."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import example, given
from hypothesis import strategies as st

from gtm_assets.settings import PROJECT_ROOT
from gtm_assets_tests.stores import passing_store, put, rows_of
from resources.store import schema, slots
from resources.store.rate import SharedRateLimiter
from resources.store.slots import Lease
from resources.store.store import Store
from resources.waiting import TooLongError

START = 1_000_000.0
INTERVAL = slots.SPACING / 10
APART = INTERVAL - 1e-6


class Clock:
    """Time that passes only while somebody sleeps (``late`` seconds longer than wanted, once each)."""

    def __init__(self, now: float = START) -> None:
        self.now = now
        self.slept: list[float] = []
        self.late: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds + (self.late.pop(0) if self.late else 0.0)


def _limiter(store: Store, clock: Clock, bucket: str = "b", per_second: float = 10) -> SharedRateLimiter:
    return SharedRateLimiter(store, bucket, per_second, clock, clock.sleep, lambda _: clock.now)


def _called(limiter: SharedRateLimiter, clock: Clock, times: int, priority: str = "live") -> list[float]:
    """When so many calls in a row went out."""
    moments = []
    for _ in range(times):
        limiter.acquire(priority)  # type: ignore[arg-type]
        moments.append(clock.now)
    return moments


def _gaps(moments: list[float]) -> list[float]:
    ordered = sorted(moments)
    return [later - earlier for earlier, later in itertools.pairwise(ordered)]


class _Writes:
    """Counts the transactions that change the bucket."""

    def __init__(self, store: Store) -> None:
        self.count = 0
        sa.event.listen(store.engine, "before_cursor_execute", self._see)

    def _see(self, _connection, _cursor, statement, *_) -> None:
        self.count += "rate_tokens" in statement and "DO UPDATE" in statement


def test_the_first_call_goes_at_once_and_the_following_wait_their_turn(store) -> None:
    clock = Clock()
    moments = _called(_limiter(store, clock), clock, 40)
    assert moments[0] == START
    assert min(_gaps(moments)) >= APART
    assert moments[-1] == pytest.approx(START + 39 * INTERVAL), "and none is lost"


def test_after_a_pause_nobody_may_make_up_for_lost_calls(store) -> None:
    clock = Clock()
    limiter = _limiter(store, clock)
    _called(limiter, clock, 20)
    clock.now += 60
    assert min(_gaps(_called(limiter, clock, 20))) >= APART


def test_who_keeps_calling_writes_once_a_second_and_who_pauses_reserves_one_moment(store) -> None:
    clock, writes = Clock(), _Writes(store)
    limiter = _limiter(store, clock)
    _called(limiter, clock, 1 + 2 + 4 + 8 + 8 + 8)
    assert writes.count == 6
    clock.now += 5
    _called(limiter, clock, 1)
    (row,) = rows_of(store, schema.rate_tokens)
    assert row["next_free"] == pytest.approx(clock.now + INTERVAL)


def test_moments_that_passed_unused_are_given_up_and_others_wait_less_than_a_second_for_them(store) -> None:
    clock = Clock()
    busy, other = _limiter(store, clock), _limiter(store, clock)
    _called(busy, clock, 1 + 2 + 4 + 8 + 1)
    asleep_since = clock.now
    other.acquire()
    assert clock.now - asleep_since < 1.0
    clock.now += 0.3
    assert min(_gaps([asleep_since, *_called(busy, clock, 3), *_called(other, clock, 3)])) >= APART


def test_who_is_slower_than_the_limit_reserves_nothing_ahead(store) -> None:
    clock = Clock()
    slow, other = _limiter(store, clock), _limiter(store, clock)
    for _ in range(10):
        slow.acquire()
        clock.now += 0.3
        before = clock.now
        other.acquire()
        assert clock.now - before <= INTERVAL + slots.SLACK


def test_buckets_do_not_wait_for_each_other(store) -> None:
    clock = Clock()
    _limiter(store, clock, "one").acquire()
    _limiter(store, clock, "two").acquire()
    assert clock.slept == []


@pytest.mark.parametrize(("ahead", "waits"), [(150.0, True), (181.0, False)])
def test_a_moment_far_ahead_comes_from_a_clock_that_was_wrong_and_is_not_believed(store, ahead, waits) -> None:
    clock = Clock()
    put(store, schema.rate_tokens, {"bucket": "b", "next_free": clock.now + ahead})
    _limiter(store, clock).acquire()
    assert bool(clock.slept) is waits


def test_a_moment_that_was_overslept_a_little_is_used_by_who_has_the_limit_to_itself(store) -> None:
    clock = Clock()
    limiter = _limiter(store, clock)
    moments = _called(limiter, clock, 3)
    clock.late = [0.08]
    moments += _called(limiter, clock, 20)
    assert moments[3] == pytest.approx(START + 3 * INTERVAL + 0.08)
    assert moments[13] - moments[3] >= 1.0, "the tenth after it waits for it"
    assert moments[-1] == pytest.approx(START + 22 * INTERVAL), "and nothing is lost"


def test_a_moment_that_was_overslept_is_given_up_where_others_call_too(store) -> None:
    clock = Clock()
    limiter, other = _limiter(store, clock), _limiter(store, clock)
    limiter.acquire()
    other.acquire()
    taken = rows_of(store, schema.rate_tokens)[0]["next_free"]
    clock.late = [0.05]
    limiter.acquire()
    assert clock.now == pytest.approx(taken + INTERVAL), "the first moment was overslept"


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.floats(0, 0.3), st.integers(1, 6), st.lists(st.floats(0, 0.3), max_size=6)),
        min_size=2,
        max_size=12,
    ),
    st.sampled_from([1.0, 3.0, 10.0]),
)
@example(
    [(0, 0.0, 1, []), (0, 0.0, 3, [0.25] * 5), (1, 0.0, 1, [])], 3.0
)  # Late five times in a row, and then somebody else calls.
def test_whoever_calls_whenever_and_wakes_late_the_limit_holds(bursts, per_second) -> None:
    with passing_store() as store:
        clock = Clock()
        limiters = [_limiter(store, clock, per_second=per_second) for _ in range(3)]
        calls: list[float] = []
        for who, pause, times, late in bursts:
            clock.now += pause
            clock.late = list(late)
            calls += _called(limiters[who], clock, times)
        for first, one_too_many in zip(calls, calls[int(per_second) :], strict=False):
            assert one_too_many - first >= 1.0 - 1e-6


def test_on_a_machine_that_always_wakes_us_late_calls_still_go(store) -> None:
    clock = Clock()
    limiter = _limiter(store, clock)
    limiter.acquire()
    clock.late = [0.2] * 100
    limiter.acquire()
    assert clock.now < START + 3


class _FarAway(SharedRateLimiter):
    """Its database answers after 40 ms."""

    def lease(self, *asked: Any) -> Lease:
        found = super().lease(*asked)
        self._sleep(0.04)
        return found


def test_where_the_database_is_far_away_moments_are_asked_for_early_enough(store) -> None:
    clock = Clock()
    limiter = _FarAway(store, "b", 10, clock, clock.sleep, lambda _: clock.now)
    took = []
    for _ in range(20):
        clock.now += 10
        before = clock.now
        limiter.acquire()
        took.append(clock.now - before)
    assert max(took[:3]) < 1.0
    assert max(took[3:]) < 0.2


# --- live and background ----------------------------------------------------------------------------------------------------------


def test_background_work_steps_back_while_live_work_wants_everything(store) -> None:
    clock = Clock()
    live, background = _limiter(store, clock), _limiter(store, clock)
    _called(live, clock, 20)
    seen = _called(background, clock, 2, "background")
    assert min(_gaps(seen)) >= slots.BACKGROUND_EVERY - 1e-6
    clock.now += slots.LINGER + slots.RECENT
    assert max(_gaps(_called(background, clock, 15, "background"))) < 2 * INTERVAL


def test_live_work_never_waits_for_a_whole_lease_of_background_work_where_live_work_was_seen(store) -> None:
    clock = Clock()
    live, background = _limiter(store, clock), _limiter(store, clock)
    live.acquire()
    clock.now += 1
    for _ in range(30):
        background.acquire("background")
        before = clock.now
        live.acquire()
        assert clock.now - before <= slots.SHORT_LEASE * INTERVAL + slots.SLACK + 1e-6
        clock.now += 0.4


# --- held -------------------------------------------------------------------------------------------------------------------------


def test_a_wish_to_be_left_alone_holds_every_process_also_those_that_have_moments_in_hand(store) -> None:
    clock = Clock()
    one, other = _limiter(store, clock), _limiter(store, clock)
    _called(other, clock, 12)
    asked = clock.now
    one.hold(7)
    moments = [*_called(other, clock, 8), *_called(one, clock, 8)]
    assert min(moments) >= asked + 7
    assert min(_gaps(moments)) >= APART


def test_who_would_not_wait_so_long_is_told_how_long_it_takes_and_takes_nothing(store) -> None:
    clock = Clock()
    limiter = _limiter(store, clock)
    limiter.hold(40)
    before = rows_of(store, schema.rate_tokens)
    with pytest.raises(TooLongError) as refused:
        limiter.acquire("live", patience=5)
    assert refused.value.seconds == pytest.approx(40)
    assert rows_of(store, schema.rate_tokens) == before
    limiter.acquire("live", patience=41)
    assert clock.now == pytest.approx(START + 40)


def test_impatient_background_work_does_not_wait_for_live_work_to_end(store) -> None:
    clock = Clock()
    live, background = _limiter(store, clock), _limiter(store, clock)
    _called(live, clock, 20)
    background.acquire("background")
    with pytest.raises(TooLongError):
        background.acquire("background", patience=0.5)


# --- many at once -----------------------------------------------------------------------------------------------------------------


def test_threads_come_one_after_the_other(store) -> None:
    clock = Clock()
    limiter = _limiter(store, clock)
    moments: list[float] = []
    lock = threading.Lock()

    def call(_: int) -> None:
        limiter.acquire()
        with lock:
            moments.append(clock.now)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(call, range(40)))
    assert clock.now == pytest.approx(START + 39 * INTERVAL)


_CALL = """
import sys, time
from resources.store.rate import SharedRateLimiter
from resources.store.store import Store
store = Store(sys.argv[1])
left = []
limiter = SharedRateLimiter(store, "b", 10)
lease = limiter.lease
def seen(*asked):
    found = lease(*asked)
    left.extend(found.moments)
    return found
limiter.lease = seen
print("ready", flush=True)
sys.stdin.readline()
for _ in range(8):
    limiter.acquire(sys.argv[2])
print(*map(repr, left))
"""


def test_real_processes_together_keep_the_limit_in_every_second(store) -> None:
    """Three processes with real clocks, two live and one in the background, each taking leases of its own."""
    url = store.url.render_as_string(hide_password=False)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _CALL, url, priority],
            cwd=PROJECT_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for priority in ("live", "live", "background")
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    moments = sorted(float(text) for process in processes for text in process.communicate()[0].split())
    assert len(moments) >= 24
    for first, eleventh in zip(moments, moments[10:], strict=False):
        assert eleventh - first > 1.0 + slots.LATEST
