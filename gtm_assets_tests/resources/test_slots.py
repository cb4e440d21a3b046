"""The arithmetic of the rate limit, as properties: whoever asks, whenever, for how many moments and with which priority."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.store import slots
from resources.store.slots import Bucket

NOW = 1_000_000.0
#: Rounding of times in seconds since 1970.
ROUNDING = 1e-6


@dataclass(frozen=True)
class Ask:
    """Somebody asks ``passes`` seconds after the one before; ``hold`` above zero is a vendor's wish instead."""

    passes: float
    wanted: int = 1
    background: bool = False
    hold: float = 0.0
    holder: str = "one"


@dataclass(frozen=True)
class Moment:
    """One that was handed out, to whom, and how much later the call may go."""

    at: float
    holder: str
    latest: float


asks = st.builds(
    Ask,
    passes=st.one_of(st.just(0.0), st.floats(0, 0.3), st.floats(0, 5)),
    wanted=st.integers(1, 10),
    background=st.booleans(),
    hold=st.one_of(st.just(0.0), st.floats(0.1, 200)),
    holder=st.sampled_from(["one", "two", "three"]),
)


def _moments(sequence: list[Ask], per_second: float) -> list[Moment]:
    """All moments that were handed out, in order."""
    bucket, now, found = Bucket(), NOW, []
    for ask in sequence:
        now += ask.passes
        if ask.hold:
            bucket = slots.hold(bucket, now, ask.hold)
            continue
        wanted = min(ask.wanted, slots.most_at_once(per_second))
        lease = slots.lease(bucket, now, per_second, wanted, background=ask.background, holder=ask.holder)
        assert min(lease.moments, default=lease.again_at) >= now
        assert all(moment >= bucket.held_until for moment in lease.moments) or bucket.held_until > now + slots.BELIEVED
        bucket = lease.bucket if lease.moments else bucket
        found += [Moment(moment, ask.holder, lease.latest) for moment in lease.moments]
    assert found == sorted(found, key=lambda moment: moment.at)
    return found


@given(st.lists(asks, min_size=2, max_size=40), st.sampled_from([1.0, 3.0, 10.0]))
def test_in_no_second_are_there_more_calls_than_allowed_even_if_the_first_goes_late(sequence, per_second) -> None:
    moments = _moments(sequence, per_second)
    window = int(per_second)
    for number, (first, one_too_many) in enumerate(zip(moments, moments[window:], strict=False)):
        assert one_too_many.at - (first.at + slots.LATEST) > 1.0
        alone = {moment.holder for moment in moments[number : number + window + 1]} == {first.holder}
        # A process counts its own calls; where others call too, the moments alone have to keep the limit.
        assert alone or one_too_many.at - (first.at + first.latest) > 1.0
    for earlier, later in itertools.pairwise(moments):
        assert later.at - earlier.at >= slots.SPACING / per_second - ROUNDING


@given(st.integers(1, 60), st.floats(0, 3))
def test_beside_live_work_that_wants_everything_background_work_gets_one_call_a_second(seconds, phase) -> None:
    """Live work takes ten moments whenever its last are used up; background work asks as often as it is told to."""
    bucket, now, ends = Bucket(), NOW, NOW + phase + seconds
    background: list[float] = []
    live: list[float] = []
    next_live, next_background = NOW, NOW + phase
    while now < ends:
        now = min(next_live, next_background)
        if next_live <= next_background:
            lease = slots.lease(bucket, now, 10.0, 8, holder="live")
            live += lease.moments
            next_live = lease.moments[-1]
        else:
            lease = slots.lease(bucket, now, 10.0, 10, background=True)
            background += lease.moments
            next_background = lease.moments[-1] if lease.moments else lease.again_at
            assert next_background > now or lease.moments
        bucket = lease.bucket
    alone = [moment for moment in background if moment > NOW + phase + slots.RECENT] or background
    assert all(b - a >= slots.BACKGROUND_EVERY - ROUNDING for a, b in itertools.pairwise(alone))
    assert len(background) >= seconds / (slots.BACKGROUND_EVERY + 1.2) - 1, "never starved"
    assert len(live) >= 7 * seconds


def test_without_live_work_background_work_takes_a_whole_lease() -> None:
    lease = slots.lease(Bucket(), NOW, 10.0, 10, background=True)
    assert len(lease.moments) == 10


def test_a_sensors_two_calls_cost_a_backfill_next_to_nothing() -> None:
    bucket = slots.lease(Bucket(), NOW, 10.0, 1).bucket
    bucket = slots.lease(bucket, NOW + 0.05, 10.0, 2).bucket
    lease = slots.lease(bucket, NOW + 0.1, 10.0, 8, background=True, holder="backfill")
    assert lease.moments[0] < NOW + 0.5
    assert len(lease.moments) == slots.SHORT_LEASE, "so the next live call waits for few"


def test_a_hold_moves_everybody_and_a_shorter_one_does_not_shorten_it() -> None:
    bucket = slots.hold(slots.hold(Bucket(), NOW, 30), NOW + 1, 5)
    for background in (False, True):
        assert slots.lease(bucket, NOW + 2, 10.0, 1, background=background).moments[0] == NOW + 30


@pytest.mark.parametrize(("asked", "held"), [(-3.0, 0.0), (119.0, 119.0), (86_400.0, slots.LONGEST_HOLD)])
def test_a_hold_is_believed_for_two_minutes_at_most(asked, held) -> None:
    assert slots.hold(Bucket(), NOW, asked).held_until == NOW + held


@pytest.mark.parametrize("name", ["next_free", "background_free", "live_until", "held_until"])
def test_a_time_far_ahead_comes_from_a_clock_that_was_wrong_and_is_not_believed(name) -> None:
    bucket = Bucket(**{name: NOW + slots.BELIEVED + 1})
    lease = slots.lease(bucket, NOW, 10.0, 1, background=True)
    assert lease.moments == (NOW,)


def test_who_would_not_wait_so_long_takes_nothing() -> None:
    bucket = slots.hold(Bucket(), NOW, 30)
    lease = slots.lease(bucket, NOW, 10.0, 1, latest=NOW + 5)
    assert (lease.moments, lease.again_at, lease.bucket) == ((), NOW + 30, bucket)


@given(st.integers(0, 10), st.booleans(), st.sampled_from([1.0, 3.0, 10.0]))
def test_leases_grow_while_calls_keep_coming_and_begin_anew_after_a_pause(size, keeps_calling, per_second) -> None:
    grown = slots.next_size(size, per_second, keeps_calling=keeps_calling)
    most = slots.most_at_once(per_second)
    assert grown == (min(2 * size, most) if keeps_calling and size else 1)
