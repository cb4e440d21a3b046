"""Budgets: what is reserved never passes them, whoever asks; and what stops at one goes on at the right time. On both databases."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from gtm_assets.research.budget import (
    IN_FLIGHT,
    Budget,
    BudgetReachedError,
    Reached,
    forget_run,
    money,
    remember,
    reserve,
    settle,
    standing,
    standing_everywhere,
)
from gtm_assets.settings import PROJECT_ROOT
from gtm_assets_tests.stores import rows_of
from resources.store import schema
from resources.store.store import Store, utc_now

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def call(run_id: str = "run") -> dict[str, Any]:
    return {
        "kind": "cell",
        "key": "leitung|bau",
        "attempt": 1,
        "model": "test-model",
        "prompt_version": "1",
        "prompt_tokens": 0,
        "output_tokens": 0,
        "seconds": 0.0,
        "run_id": run_id,
    }


class WaitedError(Exception):
    """Somebody would have waited."""


def _no_waiting(_: float) -> None:
    raise WaitedError


def _reserve(store: Store, budget: Budget, most: float, run_id: str = "run") -> int:
    return reserve(store, budget, call(run_id), most, sleep=_no_waiting)


def _spend(store: Store, price: float, run_id: str = "run", **changed: Any) -> None:
    settle(store, _reserve(store, Budget(), 0.0, run_id), **{"state": "answered", "price": price, **changed})


def _spent(store: Store) -> float:
    return sum(row["price"] for row in rows_of(store, schema.model_calls))


def _book(store: Store) -> list[tuple[str, float, str]]:
    """State, price and currency of every request, the first one first."""
    return [(row["state"], row["price"], row["currency"]) for row in rows_of(store, schema.model_calls)]


# --- reserving ----------------------------------------------------------------------------------------------------------


def test_what_is_reserved_stands_in_the_book_before_the_request_leaves(store) -> None:
    _reserve(store, Budget(per_day=1.0), 0.4)
    (row,) = rows_of(store, schema.model_calls)
    assert (row["state"], row["price"], row["currency"]) == ("reserved", 0.4, "USD")
    settle(store, row["id"], state="answered", price=0.1, prompt_tokens=7)
    (row,) = rows_of(store, schema.model_calls)
    assert (row["state"], row["price"], row["prompt_tokens"]) == ("answered", 0.1, 7)


def test_without_a_budget_everything_may_leave(store) -> None:
    for _ in range(3):
        _reserve(store, Budget(), 1e9)
    assert _book(store) == [("reserved", 1e9, "USD")] * 3


@pytest.mark.parametrize("budget", [Budget(per_run=1.0), Budget(per_day=1.0)], ids=["run", "day"])
def test_what_could_cost_more_than_is_left_does_not_leave(store, budget) -> None:
    _spend(store, 0.7)
    _reserve(store, budget, 0.3)
    with pytest.raises(BudgetReachedError):
        _reserve(store, budget, 0.31)
    assert _spent(store) == pytest.approx(1.0)


def test_a_budget_per_run_is_each_run_s_own_and_one_per_day_is_everybody_s(store) -> None:
    _spend(store, 0.9, "yesterday's run", called_at=utc_now() - timedelta(days=1))
    _spend(store, 0.9, "another run")
    settle(store, _reserve(store, Budget(per_run=1.0), 0.9), state="answered")
    with pytest.raises(BudgetReachedError) as caught:
        _reserve(store, Budget(per_run=10.0, per_day=2.0), 0.3)
    assert caught.value.reached.scope == "day"


def test_zero_means_no_request_even_a_free_one(store) -> None:
    with pytest.raises(
        BudgetReachedError, match=r"GTM_MODEL_BUDGET_PER_DAY is 0, so the model is not asked\. It goes on"
    ):
        _reserve(store, Budget(per_day=0.0), 0.0)
    assert rows_of(store, schema.model_calls) == []


def test_a_budget_that_does_not_suffice_for_one_request_says_so(store) -> None:
    with pytest.raises(
        BudgetReachedError, match=r"PER_RUN is 0\.01 USD, and a single request may cost up to 0\.0412 USD"
    ):
        _reserve(store, Budget(per_run=0.01), 0.0412)


def test_money_in_another_currency_does_not_count(store) -> None:
    _spend(store, 100.0, currency="CHF")
    _reserve(store, Budget(per_day=1.0), 0.5)
    assert _book(store) == [("answered", 100.0, "CHF"), ("reserved", 0.5, "USD")]


def test_requests_under_way_are_waited_for_because_they_will_cost_less(store) -> None:
    budget = Budget(per_day=1.0)
    first = _reserve(store, budget, 0.8)
    waits: list[float] = []

    def answered(seconds: float) -> None:
        waits.append(seconds)
        settle(store, first, state="answered", price=0.1)

    reserve(store, budget, call(), 0.8, sleep=answered)
    assert len(waits) == 1
    assert _spent(store) == pytest.approx(0.9)


def test_a_request_whose_answer_was_lost_is_not_waited_for_and_keeps_its_reservation(store) -> None:
    lost = _reserve(store, Budget(), 0.8)
    settle(store, lost, called_at=utc_now() - IN_FLIGHT - timedelta(seconds=1))
    with pytest.raises(BudgetReachedError):
        _reserve(store, Budget(per_run=1.0), 0.3)


# --- many at once -------------------------------------------------------------------------------------------------------


def test_many_threads_never_pass_the_budget(store) -> None:
    budget = Budget(per_run=1.0, per_day=2.0)

    def work(worker: int) -> int:
        done = 0
        for n in range(20):
            try:
                made = reserve(store, budget, call(f"run {worker % 4}"), 0.1, sleep=lambda _: None)
            except BudgetReachedError:
                return done
            assert _spent(store) <= 2.0 + 1e-6
            settle(store, made, state="answered", price=0.02 if n % 2 else 0.1)
            done += 1
        return done

    with ThreadPoolExecutor(max_workers=16) as pool:
        done = sum(pool.map(work, range(16)))
    rows = rows_of(store, schema.model_calls)
    assert done == len(rows) > 20
    assert 1.85 < _spent(store) <= 2.0 + 1e-6
    for run in {row["run_id"] for row in rows}:
        assert sum(row["price"] for row in rows if row["run_id"] == run) <= 1.0 + 1e-6


_PROCESS = """
import sys
from gtm_assets.research.budget import Budget, BudgetReachedError, reserve
from gtm_assets_tests.research.test_budget import call
from resources.store.store import Store
store = Store(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
try:
    while True:
        reserve(store, Budget(per_day=1.0), call(), 0.05, sleep=lambda _: sys.exit())
except BudgetReachedError:
    pass
"""


def test_many_processes_never_pass_the_budget(store) -> None:
    url = store.url.render_as_string(hide_password=False)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", _PROCESS, url],
            cwd=PROJECT_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        process.communicate("go\n", timeout=60)
        assert process.returncode == 0
    assert _spent(store) == pytest.approx(1.0)
    assert len(rows_of(store, schema.model_calls)) == 20


# --- what is remembered -------------------------------------------------------------------------------------------------


REACHED = Reached("day", 5.0, "USD", NOON, 0.04, 312, 600)


def test_what_is_left_when_it_goes_on_and_what_to_set_is_one_sentence() -> None:
    assert REACHED.sentence("cells") == (
        "The budget of 5.00 USD per day (GTM_MODEL_BUDGET_PER_DAY) is reached: 312 of 600 cells are left. It goes on by itself from "
        "2026-11-23 00:00 UTC on, sooner where GTM_MODEL_BUDGET_PER_DAY is raised."
    )
    assert (
        replace(REACHED, scope="run")
        .sentence("cells")
        .endswith("sooner where GTM_MODEL_BUDGET_PER_RUN is raised or a run is asked for (`gtm once`).")
    )


@pytest.mark.parametrize(
    ("budget", "now", "stands"),
    [
        (Budget(per_day=5.0), NOON, True),
        (Budget(per_day=4.0), NOON + timedelta(hours=11, minutes=59), True),
        (Budget(per_day=5.0), NOON + timedelta(hours=12), False),
        (Budget(per_day=5.01), NOON, False),
        (Budget(per_run=5.0), NOON, False),
        (Budget(), NOON, False),
        (Budget(per_day=5.0, currency="CHF"), NOON, False),
    ],
    ids=["same", "lowered", "next day", "raised", "removed", "none", "other currency"],
)
def test_a_reached_budget_stands_until_the_next_day_or_until_it_is_raised(store, budget, now, stands) -> None:
    remember(store, "texts", REACHED)
    with store.read() as connection:
        assert (standing(connection, budget, now) is not None) is stands
        assert standing(connection, replace(budget, work="accounts"), now) is None
        assert ("texts" in standing_everywhere(connection, budget, now)) is stands


def test_a_run_that_nobody_asked_for_begins_no_new_budget_on_a_day_on_which_one_was_reached(store) -> None:
    budget = Budget(per_run=5.0)
    remember(store, "texts", replace(REACHED, scope="run", at=utc_now()))
    with pytest.raises(BudgetReachedError, match="per run"):
        _reserve(store, replace(budget, asked_for=False), 0.1, "next run")
    _reserve(store, replace(budget, asked_for=False, per_run=6.0), 0.1, "next run")
    _reserve(store, budget, 0.1, "somebody's run")


def test_a_run_that_was_asked_for_and_got_through_lets_the_others_go_on(store) -> None:
    known = replace(REACHED, scope="run", at=utc_now())
    for budget, stands in ((Budget(per_run=5.0, asked_for=False), True), (Budget(per_run=5.0), False)):
        remember(store, "texts", known)
        forget_run(store, budget)
        with store.read() as connection:
            assert (standing(connection, budget) is not None) is stands
    remember(store, "texts", replace(known, scope="day"))
    forget_run(store, Budget(per_day=5.0))
    with store.read() as connection:
        assert standing(connection, Budget(per_day=5.0)) is not None, "a day's money stays spent"


def test_what_is_remembered_survives_the_store(store) -> None:
    remember(store, "accounts", REACHED)
    with store.read() as connection:
        assert standing(connection, Budget(per_day=5.0, work="accounts"), NOON) == REACHED


@pytest.mark.parametrize(
    ("amount", "said"), [(5.0, "5.00 USD"), (0.0, "0.00 USD"), (0.06, "0.06 USD"), (0.0042, "0.0042 USD")]
)
def test_amounts_are_written_with_as_many_places_as_say_something(amount, said) -> None:
    assert money(amount, "USD") == said


def test_the_day_is_counted_in_utc(store) -> None:
    begin = utc_now().replace(hour=0, minute=0, second=0, microsecond=0)
    _spend(store, 0.9, called_at=begin - timedelta(seconds=1))
    _reserve(store, Budget(per_day=1.0), 0.9)
    with store.write() as connection:
        connection.execute(sa.delete(schema.model_calls))
    _spend(store, 0.9, called_at=begin)
    with pytest.raises(BudgetReachedError):
        _reserve(store, Budget(per_day=1.0), 0.9)
