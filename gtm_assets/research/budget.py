"""How much the model may cost: money is reserved before a request leaves, and settled when its answer is there.

The check and the reservation are one transaction, one at a time over all processes that share the store: what is reserved is the most the
request can cost, so the sum never passes the budget. A request whose answer was lost keeps its reservation: it may have been charged.

A reached budget is remembered for the work that it stopped (``reached:…`` among the cursors), until the next UTC day begins or the setting
is raised. What belongs elsewhere: prices (``prices``), asking (``asking``), who waits because of it (sensors, ``gtm_assets.batch``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args

import sqlalchemy as sa

from gtm_assets.settings import UserError
from resources.store import schema
from resources.store.store import Store, get_cursor, set_cursor, utc_now

Scope = Literal["run", "day"]
#: Which work a reached budget is remembered for: cells, or what accounts need (profiles and openers).
Work = Literal["texts", "accounts"]
#: The kind of reason of accounts that wait because of one.
DEFERRED: Literal["budget reached"] = "budget reached"
#: A reservation this young belongs to a request that is still under way: its real price will be lower.
IN_FLIGHT = timedelta(seconds=90)
_LOOK_AGAIN_SECONDS = 0.1
_VARIABLES: Mapping[Scope, str] = {"run": "GTM_MODEL_BUDGET_PER_RUN", "day": "GTM_MODEL_BUDGET_PER_DAY"}
#: Sums of floats: what is equal on paper must not differ here.
_CENT_FRACTION = 1e-9


@dataclass(frozen=True)
class Budget:
    """Limits in the price table's currency; None: no limit; 0: no request at all.

    Attributes:
        per_run: For one Dagster run.
        per_day: For a UTC day, all runs together.
        currency: Only what was spent in it counts.
        work: What the run does.
        asked_for: Whether a person or cron asked for this run. A run that a sensor started does not begin a new budget per run on a day on
            which one was reached: else run after run would spend it.
    """

    per_run: float | None = None
    per_day: float | None = None
    currency: str = "USD"
    work: Work = "texts"
    asked_for: bool = True

    @property
    def is_set(self) -> bool:
        """Whether there is any limit."""
        return self.per_run is not None or self.per_day is not None

    def limit(self, scope: Scope) -> float | None:
        """The limit for a scope."""
        return self.per_run if scope == "run" else self.per_day


def money(amount: float, currency: str) -> str:
    """An amount for people: cents, and fractions of a cent where there is not much more."""
    in_cents = amount >= 0.1 or round(amount, 2) == round(amount, 4)
    return f"{amount:.2f} {currency}" if in_cents else f"{amount:.4f} {currency}"


def day_of(moment: datetime) -> datetime:
    """The begin of a moment's UTC day."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class Reached:
    """A budget that was reached.

    Attributes:
        scope: Which one.
        limit: What it was set to.
        currency: Of the limit.
        at: When.
        needed: The most that the request which didn't fit could have cost.
        left: So many pieces of work wait because of it, of ``total`` (0 of 0: nobody counted).
    """

    scope: Scope
    limit: float
    currency: str
    at: datetime
    needed: float = 0.0
    left: int = 0
    total: int = 0

    @property
    def until(self) -> datetime:
        """When work goes on by itself: the next UTC day."""
        return day_of(self.at) + timedelta(days=1)

    def stands(self, budget: Budget, now: datetime) -> bool:
        """Whether it still counts: the same UTC day, and the setting was neither raised nor removed."""
        limit = budget.limit(self.scope)
        return now < self.until and limit is not None and limit <= self.limit and budget.currency == self.currency

    def what(self) -> str:
        """That it is reached, for a sentence to begin with."""
        variable = _VARIABLES[self.scope]
        if self.limit == 0:
            return f"{variable} is 0, so the model is not asked"
        if self.needed > self.limit:
            most = money(self.needed, self.currency)
            return f"{variable} is {money(self.limit, self.currency)}, and a single request may cost up to {most}"
        return f"The budget of {money(self.limit, self.currency)} per {self.scope} ({variable}) is reached"

    def when(self) -> str:
        """When it goes on, and what makes it go on sooner."""
        raised = f"{_VARIABLES[self.scope]} is raised"
        # A run that somebody asks for has a budget of its own.
        sooner = f"{raised} or a run is asked for (`gtm once`)" if self.scope == "run" and self.limit else raised
        return f"It goes on by itself from {self.until:%Y-%m-%d %H:%M} UTC on, sooner where {sooner}."

    def what_is_left(self, things: str) -> str:
        """That it is reached, and how much waits because of it: ``things`` are what is left, such as ``cells``."""
        left = f": {self.left} of {self.total} {things} are left" if self.left else ""
        return f"{self.what()}{left}"

    def sentence(self, things: str) -> str:
        """All of it; ``things`` as in :meth:`what_is_left`."""
        return f"{self.what_is_left(things)}. {self.when()}"


class BudgetReachedError(UserError):
    """The next request could cost more than is left; nothing was sent. It is nobody's failure: the work is left for later."""

    def __init__(self, reached: Reached) -> None:
        self.reached = reached
        super().__init__(f"{reached.what()}. {reached.when()}")


def reserve(
    store: Store, budget: Budget, call: Mapping[str, Any], most: float, *, sleep: Callable[[float], None] = time.sleep
) -> int:
    """Enter a request into the book before it leaves; answers its id in ``model_calls``.

    Waits while only requests that are under way stand against it: they will cost less than was reserved for them.

    Args:
        store: The store.
        budget: The limits.
        call: Columns of ``model_calls`` that are known before the answer; ``run_id`` among them.
        most: The most the request can cost.
        sleep: Waits so many seconds.

    Raises:
        BudgetReachedError: What is spent, and this request, come to more than a limit.
    """
    while True:
        with store.write() as connection:
            if budget.is_set and not store.is_sqlite:
                # SQLite lets only one write at a time anyway.
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext("model budget"))))
            # The clock is read under the lock: a day's last reservation is never made on the day after.
            now = utc_now()
            if not budget.is_set or _fits(connection, budget, call["run_id"], most, now):
                values = {"state": "reserved", "price": most, "currency": budget.currency, "called_at": now, **call}
                calls = schema.model_calls
                return int(connection.execute(calls.insert().values(values).returning(calls.c.id)).scalar_one())
        sleep(_LOOK_AGAIN_SECONDS)


def settle(store: Store, call_id: int, **values: Any) -> None:
    """Enter what came of a request; columns that are not named stay, the reserved price among them."""
    with store.write() as connection:
        calls = schema.model_calls
        connection.execute(sa.update(calls).where(calls.c.id == call_id).values(values))


def _fits(connection: sa.Connection, budget: Budget, run_id: str, most: float, now: datetime) -> bool:
    """Whether the request may leave; False where that depends on requests that are under way.

    Raises:
        BudgetReachedError: Whatever those will cost, it may not.
    """
    if not budget.asked_for:
        reached = standing(connection, budget, now)
        if reached is not None and reached.scope == "run":
            raise BudgetReachedError(reached)
    calls = schema.model_calls
    ranges: Mapping[Scope, sa.ColumnElement[bool]] = {
        "run": calls.c.run_id == run_id,
        "day": calls.c.called_at >= day_of(now),
    }
    fits = True
    for scope, within in ranges.items():
        limit = budget.limit(scope)
        if limit is None:
            continue
        under_way = sa.and_(calls.c.state == "reserved", calls.c.called_at > now - IN_FLIGHT)
        query = sa.select(
            sa.func.coalesce(sa.func.sum(calls.c.price), 0.0),
            sa.func.coalesce(sa.func.sum(sa.case((under_way, calls.c.price), else_=0.0)), 0.0),
        ).where(within, calls.c.currency == budget.currency)
        spent, reserved = connection.execute(query).one()
        if limit == 0 or spent - reserved + most > limit + _CENT_FRACTION:
            raise BudgetReachedError(Reached(scope, limit, budget.currency, now, most))
        fits = fits and spent + most <= limit + _CENT_FRACTION
    return fits


# --- what is remembered of a reached budget -----------------------------------------------------------------------------------------


def remember(store: Store, work: Work, reached: Reached) -> None:
    """Remember that a budget stopped some work."""
    with store.write() as connection:
        set_cursor(connection, _name(work), {**asdict(reached), "at": reached.at.isoformat()})


def forget_run(store: Store, budget: Budget) -> None:
    """A run that was asked for needed the model and got through: a budget per run no longer stands against the others."""
    with store.write() as connection:
        known = _load(connection, budget.work)
        if budget.asked_for and known is not None and known.scope == "run":
            connection.execute(sa.delete(schema.cursors).where(schema.cursors.c.name == _name(budget.work)))


def standing(connection: sa.Connection, budget: Budget, now: datetime | None = None) -> Reached | None:
    """The reached budget that some work still waits for, None where it need not."""
    reached = _load(connection, budget.work)
    return reached if reached is not None and reached.stands(budget, now or utc_now()) else None


def is_open(connection: sa.Connection, budget: Budget) -> bool:
    """Whether a run may take up what was left: nothing stands against it, or it was asked for and has a budget per run of its own."""
    reached = standing(connection, budget)
    return reached is None or (budget.asked_for and reached.scope == "run" and budget.per_run != 0)


def count_accounts_left(connection: sa.Connection, reached: Reached) -> Reached:
    """The same, with how many accounts wait now, of all: a run only knows those that it had in hand itself."""
    state = schema.sync_state
    left = sa.func.count(sa.case((state.c.kind == DEFERRED, 1)))
    waiting, total = connection.execute(sa.select(left, sa.func.count()).select_from(state)).one()
    return replace(reached, left=waiting, total=total)


def standing_everywhere(connection: sa.Connection, budget: Budget, now: datetime) -> dict[Work, Reached]:
    """Every work that waits for a budget."""
    known = {work: _load(connection, work) for work in get_args(Work)}
    return {work: reached for work, reached in known.items() if reached is not None and reached.stands(budget, now)}


def _name(work: Work) -> str:
    return f"reached:{work}"


def _load(connection: sa.Connection, work: Work) -> Reached | None:
    value = get_cursor(connection, _name(work))
    return Reached(**{**value, "at": datetime.fromisoformat(value["at"])}) if value else None
