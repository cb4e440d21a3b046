"""The shared rate limit where time is not what it seems: slow transactions, a clock that is set, machines whose clocks differ."""

from __future__ import annotations

import itertools
import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa

from gtm_assets_tests.resources.real_postgres import postgres_store
from gtm_assets_tests.stores import fresh_store
from resources.store import slots
from resources.store.clocks import SharedClock, database_time
from resources.store.rate import SharedRateLimiter
from resources.store.slots import Lease
from resources.store.store import Store
from resources.waiting import TooLongError

START = 1_000_000.0
INTERVAL = slots.SPACING / 10


@dataclass
class World:
    """The true time, which passes only while somebody sleeps, and machines whose clocks are off by so much."""

    now: float = START
    calls: list[float] = field(default_factory=list)

    def machine(self, store: Store, off: float = 0.0) -> _Machine:
        return _Machine(self, store, off)


class _Machine:
    """One process with a clock of its own; the database's clock is the true one, which it asks on either database."""

    def __init__(self, world: World, store: Store, off: float) -> None:
        self.world = world
        self.off = off
        self.slow = 0.0
        self.slept: list[float] = []
        self.limiter = _Slow(store, "b", 10, lambda: world.now + self.off, self._sleep, lambda _: world.now)
        self.limiter.machine = self

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.world.now += seconds

    def call(self, times: int = 1, *, each: float = 0.0) -> float:
        """So many calls, each of which takes so long; answers how long they took together."""
        before = self.world.now
        for _ in range(times):
            self.limiter.acquire()
            self.world.calls.append(self.world.now)
            self.world.now += each
        return self.world.now - before


class _Slow(SharedRateLimiter):
    """Its transactions are answered late while the machine says so."""

    machine: _Machine

    def lease(self, *asked: Any) -> Lease:
        found = super().lease(*asked)
        self.machine.world.now += self.machine.slow
        return found


@pytest.mark.parametrize("slow", [0.1, 0.3, 0.6])
def test_a_slow_moment_of_the_database_is_forgotten_and_the_pace_is_back(store, slow) -> None:
    machine = World().machine(store)
    machine.slow = slow
    machine.call(20, each=0.02)
    machine.slow = 0.002
    machine.call(120, each=0.02)
    assert machine.call(80, each=0.02) == pytest.approx(80 * INTERVAL, rel=0.02)
    waits = [machine.call(each=1.0) - 1.0 for _ in range(10)]
    assert max(waits) < INTERVAL


def test_a_database_that_is_always_far_away_costs_no_moment(store) -> None:
    machine = World().machine(store)
    machine.slow = 0.04
    machine.call(20)
    assert machine.call(80) == pytest.approx(80 * INTERVAL, rel=0.02)
    assert max(machine.call(each=10.0) - 10.0 for _ in range(10)) < INTERVAL


@pytest.mark.parametrize("back", [3.0, 100.0, 3600.0])
def test_a_clock_that_is_set_back_lets_nobody_sleep_for_the_difference(store, back) -> None:
    machine = World().machine(store)
    machine.call(9)
    assert machine.limiter._moments
    machine.off = -back
    assert machine.call(8) < 2.0


@pytest.mark.parametrize("back", [100.0, 3600.0])
def test_where_nobody_else_tells_the_time_a_clock_set_back_costs_no_more_than_the_patience(tmp_path, back) -> None:
    world = World()

    def sleep(seconds: float) -> None:
        world.now += seconds

    with fresh_store(tmp_path) as store:
        limiter = SharedRateLimiter(store, "b", 10, lambda: world.now, sleep)
        for _ in range(9):
            limiter.acquire()
        world.now -= back
        before = world.now
        with pytest.raises(TooLongError) if back < slots.BELIEVED else nullcontext():
            limiter.acquire("live", patience=15)
        assert world.now - before < 1.0


def test_machines_whose_clocks_differ_keep_the_limit_together(store) -> None:
    world = World()
    machines = [world.machine(store, off) for off in (0.0, 0.3, -2.0, 400.0)]
    for turn, machine in zip(range(160), itertools.cycle(machines), strict=False):
        machine.call(1 + turn % 3)
    for first, eleventh in zip(world.calls, world.calls[10:], strict=False):
        assert eleventh - first >= 1.0
    assert world.calls[-1] - world.calls[0] < 1.5 * INTERVAL * len(world.calls), "and nobody waits for a clock"


def test_a_machine_whose_clock_is_set_while_it_works_goes_on_by_the_databases(store) -> None:
    world = World()
    steady, moved = world.machine(store), world.machine(store)
    for off in (0.0, 7.0, -7.0, 0.0):
        moved.off = off
        for _ in range(10):
            moved.call(2)
            steady.call(2)
    assert world.calls[-1] - world.calls[0] < 2.1 * INTERVAL * len(world.calls)


class Answers:
    """Says the database's time after ``late`` seconds on the way there and ``late`` on the way back."""

    def __init__(self) -> None:
        self.machine, self.off, self.there, self.back, self.asked = START, 5.0, 0.0, 0.0, 0

    def time(self) -> float:
        return self.machine

    def __call__(self, _connection: sa.Connection) -> float:
        self.asked += 1
        self.machine += self.there
        said = self.machine + self.off
        self.machine += self.back
        return said


def test_an_answer_that_came_late_does_not_spoil_what_a_quick_one_told(store) -> None:
    answers = Answers()
    clock = SharedClock(store, answers.time, answers)
    answers.there = answers.back = 0.001
    clock.now()
    answers.back = 0.8
    with store.read() as connection:
        assert clock.ask(connection) - answers.machine == pytest.approx(5.0, abs=0.001)
    assert clock.now() - answers.machine == pytest.approx(5.0, abs=0.001)
    assert answers.asked == 2


@pytest.mark.parametrize("off", [4.0, 6.0, -4000.0])
def test_a_clock_that_was_set_is_noticed_with_the_next_answer(store, off) -> None:
    answers = Answers()
    clock = SharedClock(store, answers.time, answers)
    clock.now()
    answers.off = off
    with store.read() as connection:
        assert clock.ask(connection) - answers.machine == pytest.approx(off)


def test_postgresql_is_asked_for_its_time_and_sqlite_is_not(store) -> None:
    asked: list[str] = []
    sa.event.listen(store.engine, "before_cursor_execute", lambda *what: asked.append(what[2]))
    clock = SharedClock(store)
    assert abs(clock.now() - time.time()) < 60.0
    assert any("clock_timestamp" in statement for statement in asked) is not store.is_sqlite


def test_the_databases_time_moves_within_a_transaction(postgres) -> None:
    with postgres_store() as store, store.write() as connection:
        first = database_time(connection)
        connection.execute(sa.text("SELECT pg_sleep(0.02)"))
        assert database_time(connection) > first
