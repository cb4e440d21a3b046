"""One rate limit over all processes that share the store: a process takes moments for its next calls and waits for each.

Who keeps calling takes 1, 2, 4, 8 moments in one transaction; who pauses begins anew at one, and moments that passed unused are
given up. So a busy process writes about once a second, and nobody waits for a whole second that somebody asleep has reserved.
What belongs elsewhere: which moments these are (``slots``), and whose work is live (``gtm_assets``).
"""

from __future__ import annotations

import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import asdict

import sqlalchemy as sa

from resources.store import slots
from resources.store.clocks import SharedClock
from resources.store.schema import rate_tokens
from resources.store.slots import Bucket, Lease
from resources.store.store import Store, upsert
from resources.waiting import Priority, TooLongError

#: Moments that may be missed in a row (the machine woke us too late); then the call goes all the same, because it must go some time.
_MISSES = 5
#: What was read of the bucket is good for so many seconds: a hold by another process is seen this late at most.
_FRESH = 0.05
#: A time that lies so many seconds before one that was seen already comes from a clock that was set back.
_SET_BACK = 1.0
#: So much of the lead is left after a transaction that needed less: a slow second is forgotten after a dozen quick ones.
_FORGETS = 0.7


class SharedRateLimiter:
    """At most ``per_second`` calls a second on one bucket. Safe to share between threads, which come one after the other.

    Args:
        store: Shared by every process of the tenant.
        bucket: Name of the limit, such as ``superoffice:Cust12345``.
        per_second: The vendor's limit.
        clock: This machine's Unix time in seconds.
        sleep: Waits so many seconds.
        database_clock: Asks the database for the time that all machines share; None: as ``clocks.SharedClock`` does by itself.
    """

    def __init__(
        self,
        store: Store,
        bucket: str,
        per_second: float,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        database_clock: Callable[[sa.Connection], float] | None = None,
    ) -> None:
        self._store = store
        self._bucket = bucket
        self._per_second = per_second
        self._clock = SharedClock(store, clock, database_clock)
        self._sleep = sleep
        self._turn = threading.Lock()
        self._name = uuid.uuid4().hex[:12]
        self._moments: deque[float] = deque()
        self._left: deque[float] = deque(maxlen=max(1, int(per_second)))
        self._latest = slots.LATEST
        self._size = 0
        self._ends = 0.0
        self._looked_at = 0.0
        self._seen = 0.0
        self._asked_at = 0.0
        self._lead = 0.0

    def acquire(self, priority: Priority = "live", patience: float | None = None) -> None:
        """Wait until the next call of this priority may be made.

        Raises:
            TooLongError: That would take more than ``patience`` seconds; nothing was taken.
        """
        with self._turn:
            latest = None if patience is None else self._now() + patience
            missed = 0
            while True:
                moment = self._next_moment(priority, latest)
                in_time = self._wait_for(moment)
                if self._is_held(moment):
                    self._moments.clear()
                elif in_time or missed == _MISSES - 1:
                    if not in_time:
                        # It goes where others may have moments: everybody stands still for as long as it counts.
                        self.hold(1.0)
                    self._left.append(self._now())
                    return
                else:
                    missed += 1

    def hold(self, seconds: float) -> None:
        """Let nobody call for so many seconds (at most ``slots.LONGEST_HOLD``), whichever process it is in."""
        with self._store.write() as connection:
            bucket = self._locked(connection)
            self._keep(connection, slots.hold(bucket, self._clock.ask(connection), seconds))
        self._looked_at = 0.0

    def lease(self, wanted: int, priority: Priority = "live", latest: float | None = None) -> Lease:
        """Take moments off the bucket, in one transaction."""
        with self._store.write() as connection:
            bucket = self._locked(connection)
            now = self._looked_at = self._asked_at = self._clock.ask(connection)
            found = slots.lease(
                bucket,
                now + self._lead,
                self._per_second,
                wanted,
                background=priority == "background",
                latest=latest,
                holder=self._name,
            )
            if found.moments:
                self._keep(connection, found.bucket)
            return found

    # -- moments in hand ----------------------------------------------------------------------------------------------

    def _next_moment(self, priority: Priority, latest: float | None) -> float:
        """The next moment that is not over, off those in hand or off the bucket."""
        now = self._now()
        while self._moments and self._moments[0] < now - self._latest:
            self._moments.popleft()
        while not self._moments:
            keeps_calling = self._now() <= self._ends
            size = slots.next_size(self._size, self._per_second, keeps_calling=keeps_calling)
            found = self.lease(size, priority, latest)
            self._learn_lead()
            if found.moments:
                self._moments.extend(found.moments)
                self._size, self._latest = len(found.moments), found.latest
                self._ends = found.bucket.next_free
            elif latest is not None and found.again_at > latest:
                raise TooLongError(found.again_at - self._now())
            else:
                self._sleep(max(0.0, found.again_at - self._now()))
        return self._moments.popleft()

    def _now(self) -> float:
        """The time. If it was set back, what is known of later times is forgotten: moments in hand would be slept for."""
        now = self._clock.now()
        if now < self._seen - _SET_BACK:
            self._moments.clear()
            self._left.clear()
            self._ends = self._looked_at = 0.0
        self._seen = now
        return now

    def _learn_lead(self) -> None:
        """A moment that was free at once is over before the transaction is where the database is far away: ask for a later one."""
        took = self._now() - self._asked_at
        forgotten = _FORGETS * self._lead
        needed = max(took, forgotten)
        self._lead = min(1.0, needed) if needed > slots.LATEST else 0.0

    def _wait_for(self, moment: float) -> bool:
        """Wait for the moment; False if it was missed."""
        # Calls that went late leave less than a second to those after them: no second gets one too many.
        earliest = self._left[0] + 1.0 if len(self._left) == self._left.maxlen else 0.0
        wait = max(moment, min(earliest, moment + self._latest)) - self._now()
        if wait > 0:
            self._sleep(wait)
        now = self._now()
        return earliest <= now <= moment + self._latest

    def _is_held(self, moment: float) -> bool:
        """Whether somebody asked meanwhile that nobody calls at this moment."""
        now = self._now()
        if 0 <= now - self._looked_at < _FRESH:
            return False
        self._looked_at = now
        with self._store.read() as connection:
            query = sa.select(rate_tokens.c.held_until).where(rate_tokens.c.bucket == self._bucket)
            held_until: float = connection.execute(query).scalar() or 0.0
        return moment < held_until <= now + slots.BELIEVED

    # -- the bucket's row -----------------------------------------------------------------------------------------------

    def _locked(self, connection: sa.Connection) -> Bucket:
        """The bucket, which nobody else changes before this transaction ends."""
        # Its row has to exist to be locked (PostgreSQL); the first caller makes it.
        upsert(connection, rate_tokens, [{"bucket": self._bucket, "next_free": 0.0}], update=[])
        query = sa.select(rate_tokens).where(rate_tokens.c.bucket == self._bucket)
        if not self._store.is_sqlite:
            query = query.with_for_update()
        row = dict(connection.execute(query).mappings().one())
        return Bucket(**{name: value for name, value in row.items() if name != "bucket"})

    def _keep(self, connection: sa.Connection, bucket: Bucket) -> None:
        upsert(connection, rate_tokens, [{"bucket": self._bucket, **asdict(bucket)}])
