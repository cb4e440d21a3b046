"""One rate limit over all processes that share the store.

Each call reserves the next free moment of its bucket, so in any second there are never more calls than allowed, whoever makes them.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import sqlalchemy as sa

from resources.store.schema import rate_tokens
from resources.store.store import Store, upsert

#: A reserved moment further ahead than this comes from a clock that was set back.
_BELIEVED_SECONDS = 600.0


class SharedRateLimiter:
    """At most ``per_second`` calls a second on one bucket.

    Args:
        store: Shared by every process of the tenant.
        bucket: Name of the limit, such as ``superoffice:Cust12345``.
        per_second: The vendor's limit.
        clock: Unix time in seconds.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        store: Store,
        bucket: str,
        per_second: float,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._bucket = bucket
        self._interval = 1.0 / per_second
        self._clock = clock
        self._sleep = sleep

    def acquire(self) -> None:
        """Wait until the next call may be made."""
        wait = self._reserve() - self._clock()
        if wait > 0:
            self._sleep(wait)

    def _reserve(self) -> float:
        """The moment of the call. A time far ahead (a clock that was set back) is not believed."""
        with self._store.write() as connection:
            # The bucket's row has to exist to be locked (PostgreSQL); the first caller makes it.
            upsert(connection, rate_tokens, [{"bucket": self._bucket, "next_free": 0.0}], update=[])
            query = sa.select(rate_tokens.c.next_free).where(rate_tokens.c.bucket == self._bucket)
            if not self._store.is_sqlite:
                query = query.with_for_update()
            now = self._clock()
            stored = connection.execute(query).scalar()
            moment = now if stored is None or stored > now + _BELIEVED_SECONDS else max(now, stored)
            upsert(connection, rate_tokens, [{"bucket": self._bucket, "next_free": moment + self._interval}])
            return moment
