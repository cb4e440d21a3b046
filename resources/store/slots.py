"""The arithmetic of a shared rate limit: which moments the next calls get, and who has to stand back. Pure; all times are Unix seconds.

Moments lie a little further apart than the limit asks for, so that a server that counts with a window of its own never finds one call too
many. What belongs elsewhere: keeping a bucket in the store and waiting for a moment (``rate``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

#: Moments are this much further apart than 1/rate. What it leaves of a second (20 ms) is for calls that go a little late (:data:`LATEST`).
SPACING = 1.02
#: A call may leave this many seconds after its moment: eleven calls whose first is that late still need more than a second.
LATEST = 0.015
#: A process that has the limit to itself may be later by so much more (a busy machine wakes threads late, and a moment that is given up is
#: lost): it counts its own calls, and whoever comes after it leaves this gap.
SLACK = 0.1
#: A vendor's wish to be left alone is believed for so long at most (seconds); whoever still wants it says it again.
LONGEST_HOLD = 120.0
#: Nothing in a bucket lies further ahead: a longest hold, and what some processes have reserved behind it. More comes from a clock that was
#: set back.
BELIEVED = 180.0
#: Background calls get one moment in so many seconds while live work wants all there are: they are slow then, never starved.
BACKGROUND_EVERY = 1.0
#: Live work that takes a whole second at once keeps the way free for so long after it; one or two calls (a sensor's look every few seconds)
#: for next to nothing: a backfill would lose a tenth of its pace to them.
LINGER = 2.0
#: As long as live work was seen within so many seconds, background work reserves no more than :data:`SHORT_LEASE` moments ahead.
RECENT = 60.0
#: What the next live call then waits for at most: less than half a second, with :data:`SLACK`.
SHORT_LEASE = 3


@dataclass(frozen=True)
class Bucket:
    """What all processes know of one limit.

    Attributes:
        next_free: The first moment that nobody has.
        background_free: When background work may have one again although live work wants all.
        live_until: Until when live work wants all.
        held_until: Nobody calls before this: the vendor asked for it, or a call went late.
        holder: Who took the last moments.
        slack: How much later than :data:`LATEST` these calls may go.
    """

    next_free: float = 0.0
    background_free: float = 0.0
    live_until: float = 0.0
    held_until: float = 0.0
    holder: str = ""
    slack: float = 0.0


@dataclass(frozen=True)
class Lease:
    """Moments that one process got, in order; a call may leave ``latest`` seconds after its own. None: ask again at ``again_at``."""

    bucket: Bucket
    moments: tuple[float, ...]
    again_at: float = 0.0
    latest: float = LATEST


def lease(
    bucket: Bucket,
    now: float,
    per_second: float,
    wanted: int,
    *,
    background: bool = False,
    latest: float | None = None,
    holder: str = "",
) -> Lease:
    """The next moments.

    Args:
        bucket: As it stands.
        now: The time; no moment lies before it.
        per_second: The limit.
        wanted: How many moments, at least one. Background work may get fewer.
        background: Not live work.
        latest: If the first moment would be later, none is taken.
        holder: Who asks, a process.
    """
    bucket = _believed(bucket, now)
    is_mine = holder == bucket.holder
    start = max(now, bucket.next_free + (0.0 if is_mine else bucket.slack), bucket.held_until)
    if latest is not None and start > latest:
        return Lease(bucket, (), start)
    if background:
        if start < bucket.live_until:
            if start < bucket.background_free:
                return Lease(bucket, (), min(bucket.background_free, bucket.live_until))
            wanted = 1
        elif now < bucket.live_until + RECENT:
            wanted = min(wanted, SHORT_LEASE)
    interval = SPACING / per_second
    moments = tuple(start + number * interval for number in range(wanted))
    # To itself: nobody else called within the last second, or only this process did.
    slack = SLACK if is_mine or start > bucket.next_free + bucket.slack + 1.0 else 0.0
    after = replace(bucket, next_free=start + wanted * interval, holder=holder, slack=slack)
    if background:
        after = replace(after, background_free=moments[-1] + BACKGROUND_EVERY)
    else:
        linger = LINGER * min(1.0, wanted / most_at_once(per_second)) ** 2
        after = replace(after, live_until=max(bucket.live_until, moments[-1] + linger))
    return Lease(after, moments, latest=LATEST + slack)


def hold(bucket: Bucket, now: float, seconds: float) -> Bucket:
    """Nobody calls for so many seconds."""
    bucket = _believed(bucket, now)
    return replace(bucket, held_until=max(bucket.held_until, now + min(max(seconds, 0.0), LONGEST_HOLD)))


def most_at_once(per_second: float) -> int:
    """The most moments that one process may have ahead: less than a second's worth, so that nobody ever waits for a whole one."""
    return max(1, min(8, int(per_second) - 2))


def next_size(size: int, per_second: float, *, keeps_calling: bool) -> int:
    """How many moments to take after a lease of ``size`` (0: none yet): twice as many while calls keep coming, else one."""
    return min(2 * size, most_at_once(per_second)) if keeps_calling and size else 1


def _believed(bucket: Bucket, now: float) -> Bucket:
    """A time far ahead is none."""

    def one(moment: float) -> float:
        return moment if moment <= now + BELIEVED else now

    return replace(
        bucket,
        next_free=one(bucket.next_free),
        background_free=one(bucket.background_free),
        live_until=one(bucket.live_until),
        held_until=one(bucket.held_until),
    )
