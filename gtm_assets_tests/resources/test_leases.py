"""Named leases: held by one, free when the holder is dead or late, kept by signs of life; and who gives way to whom. On both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from gtm_assets_tests.resources.queueing import expire_leases, make_due, state_of
from gtm_assets_tests.stores import rows_of
from resources.store import queue, schema
from resources.store.store import Store, utc_now


def test_a_name_is_held_by_one_and_renewed_by_the_same(store) -> None:
    assert queue.take_lease(store, "run:1", "elsewhere/1/x")
    assert queue.take_lease(store, "run:1", "elsewhere/1/x")
    assert not queue.take_lease(store, "run:1", "elsewhere/2/y")
    assert queue.live_leases(store, "run:") == {"run:1": "elsewhere/1/x"}
    queue.drop_lease(store, "run:1", "elsewhere/2/y")
    assert queue.live_leases(store) == {"run:1": "elsewhere/1/x"}, "only the holder lets it go"
    queue.drop_lease(store, "run:1", "elsewhere/1/x")
    assert queue.take_lease(store, "run:1", "elsewhere/2/y")


def test_the_name_of_the_dead_and_of_the_late_is_free(store, dead_owner) -> None:
    queue.take_lease(store, "dead", dead_owner)
    queue.take_lease(store, "late", "elsewhere/1/x")
    assert list(queue.live_leases(store)) == ["late"]
    assert queue.take_lease(store, "dead", "elsewhere/2/y")
    expire_leases(store)
    assert queue.live_leases(store) == {}
    assert queue.take_lease(store, "late", "elsewhere/2/y")


def test_a_prefix_is_taken_as_it_stands(store) -> None:
    for name in ("run:1", "run_2", "runX3"):
        queue.take_lease(store, name, "elsewhere/1/x")
    assert list(queue.live_leases(store, "run_")) == ["run_2"]


def test_of_two_that_ask_for_a_name_at_once_one_gets_it(store) -> None:
    def ask(turn: int, who: int, ready: threading.Barrier) -> bool:
        ready.wait()
        return queue.take_lease(store, f"name {turn}", f"elsewhere/{who}/x")

    with ThreadPoolExecutor(max_workers=2) as pool:
        for turn in range(30):
            ready = threading.Barrier(2)
            took = [found.result() for found in [pool.submit(ask, turn, who, ready) for who in (1, 2)]]
            assert sorted(took) == [False, True]


# --- signs of life -----------------------------------------------------------------------------------------------------


def _wait_until(holds: Callable[[], bool]) -> None:
    """A sign of life comes from another thread; how soon says nothing."""
    pause = threading.Event()
    assert any(holds() or pause.wait(0.02) for _ in range(1500)), "it never came"


def test_signs_of_life_keep_everything_and_names_end_by_themselves_afterwards(store, monkeypatch) -> None:
    monkeypatch.setattr(queue, "HEARTBEAT_SECONDS", 0.01)
    owner = queue.new_owner()
    make_due(store, 1)
    queue.claim(store, owner, limit=1)
    queue.take_lease(store, "run:1", owner)
    expire_leases(store)
    with queue.heartbeat(store, owner):
        _wait_until(lambda: list(queue.live_leases(store)) == ["run:1"])
    assert list(queue.live_leases(store)) == ["run:1"], "what follows the work still counts as alive"
    (lease,) = rows_of(store, schema.leases)
    assert lease["lease_until"] < utc_now() + queue.LEASE
    assert state_of(store)["lease_owner"] == owner
    assert state_of(store)["lease_until"] > utc_now()


# --- giving way ---------------------------------------------------------------------------------------------------------


def _live(store: Store, contact_id: int = 1, *, priority: int = 0) -> None:
    with store.write() as connection:
        queue.mark_due(connection, [contact_id], trigger="a change", priority=priority)


def test_a_run_gives_way_while_another_works_off_live_changes(store) -> None:
    queue.take_lease(store, f"{queue.LIVE_CHANGES}:run 1", "elsewhere/1/x")
    _live(store)
    slept: list[float] = []

    def work_off(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 2:
            assert queue.claim(store, "elsewhere/1/x", limit=1) == {1: 1}
        if len(slept) == 3:
            with store.write() as connection:
                queue.finish(connection, "elsewhere/1/x", 1, covered=1, phase="completed", reason="")

    assert queue.give_way(store, "backfill", sleep=work_off) == 3, "in hand counts too"


@pytest.mark.parametrize("why", ["nobody works them off", "the rest of a first load", "none"])
def test_nothing_is_waited_for_where_there_is_nothing_to_give_way_to(store, why) -> None:
    if why != "nobody works them off":
        queue.take_lease(store, f"{queue.LIVE_CHANGES}:run 1", "elsewhere/1/x")
    if why != "none":
        _live(store, priority=1 if why == "the rest of a first load" else 0)
    assert queue.give_way(store, "backfill", sleep=pytest.fail) == 0


def test_giving_way_ends_even_if_the_live_changes_do_not(store) -> None:
    queue.take_lease(store, f"{queue.LIVE_CHANGES}:run 1", "elsewhere/1/x")
    _live(store)
    assert queue.give_way(store, "backfill", sleep=lambda _: None) == queue.GIVE_WAY_LOOKS


def test_a_run_gives_way_as_long_as_any_of_several_works_off_live_changes(store) -> None:
    for run in (1, 2):
        assert queue.take_lease(store, f"{queue.LIVE_CHANGES}:run {run}", f"elsewhere/{run}/x")
    queue.drop_lease(store, f"{queue.LIVE_CHANGES}:run 1", "elsewhere/1/x")
    _live(store)
    assert queue.give_way(store, "backfill", sleep=lambda _: None) == queue.GIVE_WAY_LOOKS
