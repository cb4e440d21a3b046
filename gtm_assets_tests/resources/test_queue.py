"""The work queue: claims never overlap, no wish is lost, the dead hold nothing and the living lose nothing. On both databases."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from gtm_assets.settings import PROJECT_ROOT
from gtm_assets_tests.resources.real_postgres import postgres, postgres_store  # noqa: F401 - a fixture
from gtm_assets_tests.stores import fresh_store, rows_of
from resources.store import queue, schema
from resources.store.store import Store, utc_now

SAMPLE = list(range(1, 41))


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path: Path) -> Iterator[Store]:
    if request.param == "postgresql":
        request.getfixturevalue("postgres")
    with postgres_store() if request.param == "postgresql" else fresh_store(tmp_path) as opened:
        yield opened


def _due(store: Store, *ids: int, **how: Any) -> None:
    with store.write() as connection:
        queue.mark_due(connection, ids, trigger=how.pop("trigger", "test"), **how)


def _finish(store: Store, owner: str, claimed: dict[int, int], **how: Any) -> None:
    with store.write() as connection:
        for contact_id, covered in claimed.items():
            values = {"phase": "completed", "reason": "", **how}
            queue.finish(connection, owner, contact_id, covered=covered, **values)


def _count(store: Store) -> int:
    with store.read() as connection:
        return queue.due_count(connection)


def _row(store: Store, contact_id: int = 1) -> dict[str, Any]:
    return next(row for row in rows_of(store, schema.sync_state) if row["contact_id"] == contact_id)


def _expire(store: Store) -> None:
    """As if ninety seconds had gone by."""
    past = utc_now() - timedelta(seconds=1)
    with store.write() as connection:
        connection.execute(sa.update(schema.sync_state).values(lease_until=past))
        connection.execute(sa.update(schema.leases).values(lease_until=past))


@pytest.fixture
def dead_owner() -> str:
    """A holder whose process of this machine is gone."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    host = queue.new_owner().partition("/")[0]
    return f"{host}/{process.pid}/0badcafe"


def test_threads_that_claim_at_once_never_get_the_same_account(store) -> None:
    _due(store, *SAMPLE)

    def take(_: int) -> list[int]:
        mine: list[int] = []
        owner = queue.new_owner()
        while claimed := queue.claim(store, owner, limit=3):
            mine += claimed
        return mine

    with ThreadPoolExecutor(6) as pool:
        taken = [account for mine in pool.map(take, range(6)) for account in mine]
    # Whoever meets only locked rows may stop early; the last one took the rest or it is still due.
    assert max(Counter(taken).values()) == 1
    assert len(taken) + _count(store) == len(SAMPLE)


_TAKE = """
import sys
from resources.store import queue
from resources.store.store import Store
store, owner = Store(sys.argv[1]), queue.new_owner()
print("ready", flush=True); sys.stdin.readline()
while claimed := queue.claim(store, owner, limit=2):
    print(*claimed, flush=True)
print("done", flush=True); sys.stdin.readline()
"""


def test_processes_that_claim_at_once_never_get_the_same_account(store) -> None:
    _due(store, *SAMPLE)
    url = store.url.render_as_string(hide_password=False)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _TAKE, url],
            cwd=PROJECT_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    taken: list[int] = []
    with ExitStack() as stack:
        for process in processes:
            stack.enter_context(process)
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        for process in processes:
            assert process.stdout is not None
            for line in process.stdout:
                if line == "done\n":
                    break
                taken += [int(each) for each in line.split()]
        # All of them still live here, so nobody's lease has fallen.
        assert max(Counter(taken).values()) == 1
        assert len(taken) + _count(store) == len(SAMPLE)
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.close()


def test_the_urgent_come_first_then_the_longest_due(store) -> None:
    _due(store, 1, priority=1)
    _due(store, 3, priority=0)
    _due(store, 2, priority=0)
    assert list(queue.claim(store, "a/1/x", limit=1)) == [3]
    assert list(queue.claim(store, "a/1/x", limit=5)) == [2, 1]


def test_an_account_that_is_due_later_waits_until_then(store) -> None:
    _due(store, 1, due_at=utc_now() + timedelta(hours=1))
    assert queue.claim(store, "a/1/x", limit=5) == {}
    _due(store, 1)
    assert list(queue.claim(store, "a/1/x", limit=5)) == [1]


def test_keys_that_were_asked_for_are_taken_due_or_not_but_never_out_of_somebodys_hands(store) -> None:
    _due(store, 1, 2, 3)
    first = queue.claim(store, "a/1/x", limit=5, keys=[1])
    _finish(store, "a/1/x", first)
    queue.claim(store, "a/1/x", limit=5, keys=[2])
    assert sorted(queue.claim(store, "b/1/y", limit=5, keys=[1, 2, 404])) == [1]
    assert sorted(queue.claim(store, "c/1/z", limit=5)) == [3]


def test_a_backfill_never_makes_a_live_change_wait(store) -> None:
    _due(store, 1, priority=0)
    _due(store, 1, priority=1)
    assert _row(store)["priority"] == 0
    _finish(store, "a/1/x", queue.claim(store, "a/1/x", limit=1))
    _due(store, 1, priority=1)
    assert _row(store)["priority"] == 1, "what is not due any more starts over"


def test_a_wish_during_work_is_not_lost(store) -> None:
    _due(store, 1)
    claimed = queue.claim(store, "a/1/x", limit=1)
    _due(store, 1, trigger="edited meanwhile")
    row = _row(store)
    assert (row["phase"], row["trigger"]) == ("enriching", "edited meanwhile")
    assert queue.claim(store, "b/1/y", limit=1) == {}, "somebody has it in hand"
    _finish(store, "a/1/x", claimed)
    assert list(queue.claim(store, "b/1/y", limit=1)) == [1]


def test_finished_work_is_not_due_unless_it_is_to_be_tried_again(store) -> None:
    _due(store, 1, 2)
    claimed = queue.claim(store, "a/1/x", limit=5)
    _finish(store, "a/1/x", {1: claimed[1]})
    _finish(
        store,
        "a/1/x",
        {2: claimed[2]},
        phase="failed",
        reason="503",
        retry_at=utc_now() - timedelta(seconds=1),
        attempts=3,
    )
    assert (_row(store, 1)["due_at"], _row(store, 1)["phase"], _row(store, 1)["lease_owner"]) == (
        None,
        "completed",
        None,
    )
    assert (_row(store, 2)["attempts"], _row(store, 2)["reason"]) == (3, "503")
    assert list(queue.claim(store, "a/1/x", limit=5)) == [2]


def test_a_wish_starts_the_attempts_anew(store) -> None:
    _due(store, 1)
    _finish(store, "a/1/x", queue.claim(store, "a/1/x", limit=1), phase="failed", attempts=5)
    _due(store, 1)
    assert _row(store)["attempts"] == 0


def test_only_the_holder_can_lay_an_account_down(store) -> None:
    _due(store, 1)
    claimed = queue.claim(store, "a/1/x", limit=1)
    _finish(store, "b/1/y", claimed)
    queue.set_phase(store, "b/1/y", [1], "syncing")
    assert (_row(store)["phase"], _row(store)["lease_owner"]) == ("enriching", "a/1/x")
    queue.set_phase(store, "a/1/x", [1], "syncing")
    assert _row(store)["syncing_at"] is not None


def test_what_a_holder_gives_back_is_due_again(store) -> None:
    _due(store, 1, 2)
    queue.claim(store, "a/1/x", limit=1)
    queue.release(store, "a/1/x")
    assert _row(store)["phase"] == "received"
    assert _count(store) == 2


def test_a_dead_process_of_this_machine_holds_nothing_from_that_moment(store, dead_owner) -> None:
    _due(store, 1)
    queue.claim(store, dead_owner, limit=1)
    assert queue.holder_is_gone(dead_owner)
    assert _count(store) == 1
    assert list(queue.claim(store, queue.new_owner(), limit=1)) == [1]


def test_a_living_process_keeps_what_it_holds(store) -> None:
    _due(store, 1)
    owner = queue.new_owner()
    queue.claim(store, owner, limit=1)
    assert not queue.holder_is_gone(owner)
    assert _count(store) == 0
    assert queue.claim(store, queue.new_owner(), limit=1) == {}


def test_a_holder_on_another_machine_is_believed_until_its_lease_ends(store) -> None:
    _due(store, 1)
    queue.claim(store, "elsewhere/99999999/x", limit=1)
    assert _count(store) == 0
    _expire(store)
    assert _count(store) == 1
    assert list(queue.claim(store, "here/1/x", limit=1)) == [1]


def test_a_holder_that_lost_its_lease_can_not_end_the_work_of_the_next_one(store) -> None:
    _due(store, 1)
    late = queue.claim(store, "slow/1/x", limit=1)
    _expire(store)
    queue.claim(store, "next/1/y", limit=1)
    _finish(store, "slow/1/x", late, phase="failed")
    assert (_row(store)["phase"], _row(store)["lease_owner"]) == ("enriching", "next/1/y")


@pytest.mark.parametrize("owner", ["", "host", "host/x/y", "other-host/1/x"])
def test_of_a_holder_nobody_can_tell_anything_about_it_is_not_said_that_it_is_gone(owner) -> None:
    assert not queue.holder_is_gone(owner)


# --- named leases -----------------------------------------------------------------------------------------------------


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
    _expire(store)
    assert queue.live_leases(store) == {}
    assert queue.take_lease(store, "late", "elsewhere/2/y")


def test_a_prefix_is_taken_as_it_stands(store) -> None:
    for name in ("run:1", "run_2", "runX3"):
        queue.take_lease(store, name, "elsewhere/1/x")
    assert list(queue.live_leases(store, "run_")) == ["run_2"]


def _wait_until(holds: Callable[[], bool]) -> None:
    """A sign of life comes from another thread; how soon says nothing."""
    pause = threading.Event()
    assert any(holds() or pause.wait(0.02) for _ in range(1500)), "it never came"


def test_signs_of_life_keep_everything_and_names_end_by_themselves_afterwards(store, monkeypatch) -> None:
    monkeypatch.setattr(queue, "HEARTBEAT_SECONDS", 0.01)
    owner = queue.new_owner()
    _due(store, 1)
    queue.claim(store, owner, limit=1)
    queue.take_lease(store, "run:1", owner)
    _expire(store)
    with queue.heartbeat(store, owner):
        _wait_until(lambda: list(queue.live_leases(store)) == ["run:1"])
    assert list(queue.live_leases(store)) == ["run:1"], "what follows the work still counts as alive"
    (lease,) = rows_of(store, schema.leases)
    assert lease["lease_until"] < utc_now() + queue.LEASE
    assert _row(store)["lease_owner"] == owner
    assert _row(store)["lease_until"] > utc_now()


# --- any order --------------------------------------------------------------------------------------------------------


class Queue(RuleBasedStateMachine):
    """Wishes, claims, ends, returns and lost leases in any order against a model: no account in two hands, no wish lost."""

    hands = Bundle("hands")

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="gtm-queue-")))
        self.store = self.stack.enter_context(fresh_store(folder))
        self.holders: dict[int, str] = {}
        self.believed: set[int] = set()
        self.wished: dict[int, int] = {}
        self.done: dict[int, int] = {}
        self.owners = 0

    @rule(accounts=st.sets(st.integers(1, 5), min_size=1), priority=st.integers(0, 1))
    def wish(self, accounts: set[int], priority: int) -> None:
        _due(self.store, *accounts, priority=priority)
        for account in accounts:
            self.wished[account] = self.wished.get(account, 0) + 1

    @rule(target=hands, limit=st.integers(1, 4))
    def take(self, limit: int) -> Any:
        self.owners += 1
        owner = f"elsewhere/{self.owners}/x"
        claimed = queue.claim(self.store, owner, limit=limit)
        assert not set(claimed) & self.believed, "never out of somebody's hands"
        self.holders |= dict.fromkeys(claimed, owner)
        self.believed |= set(claimed)
        return multiple(*((owner, account, covered) for account, covered in claimed.items()))

    @rule(hand=consumes(hands))
    def lay_down(self, hand: tuple[str, int, int]) -> None:
        owner, account, covered = hand
        _finish(self.store, owner, {account: covered})
        if self.holders.get(account) == owner:
            del self.holders[account]
            self.believed.discard(account)
            self.done[account] = covered

    @rule(hand=consumes(hands))
    def give_back(self, hand: tuple[str, int, int]) -> None:
        owner, _, _ = hand
        queue.release(self.store, owner)
        self.believed -= {account for account, holder in self.holders.items() if holder == owner}
        self.holders = {account: holder for account, holder in self.holders.items() if holder != owner}

    @rule()
    def all_leases_end(self) -> None:
        _expire(self.store)
        self.believed.clear()

    @invariant()
    def every_wish_is_done_in_hand_or_due(self) -> None:
        rows = {row["contact_id"]: row for row in rows_of(self.store, schema.sync_state)}
        for account, wishes in self.wished.items():
            assert rows[account]["requested"] == wishes
            assert self.done.get(account, 0) == wishes or rows[account]["due_at"] is not None
        assert _count(self.store) == sum(
            row["due_at"] is not None and account not in self.believed for account, row in rows.items()
        )

    def teardown(self) -> None:
        self.stack.close()


Queue.TestCase.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)
TestQueueInAnyOrder = Queue.TestCase


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


def test_accounts_that_are_free_are_taken_although_those_named_before_them_are_in_other_hands(store) -> None:
    with store.write() as connection:
        queue.mark_due(connection, range(1, 153), trigger="asked for")
    assert len(queue.claim(store, "elsewhere/1/x", limit=150, keys=range(1, 151))) == 150
    assert set(queue.claim(store, "elsewhere/2/y", limit=100, keys=range(1, 153))) == {151, 152}


def test_of_two_that_ask_for_a_name_at_once_one_gets_it(store) -> None:
    def ask(turn: int, who: int, ready: threading.Barrier) -> bool:
        ready.wait()
        return queue.take_lease(store, f"name {turn}", f"elsewhere/{who}/x")

    with ThreadPoolExecutor(max_workers=2) as pool:
        for turn in range(30):
            ready = threading.Barrier(2)
            took = [found.result() for found in [pool.submit(ask, turn, who, ready) for who in (1, 2)]]
            assert sorted(took) == [False, True]
