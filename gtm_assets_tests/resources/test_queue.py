"""The work queue: claims never overlap, no wish is lost, the dead hold nothing and the living lose nothing. On both databases."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from gtm_assets.settings import PROJECT_ROOT
from gtm_assets_tests.resources.queueing import due_count, expire_leases, finish, make_due, state_of
from gtm_assets_tests.stores import fresh_store, rows_of
from resources.store import queue, schema
from resources.store.store import utc_now

SAMPLE = list(range(1, 41))


def test_threads_that_claim_at_once_never_get_the_same_account(store) -> None:
    make_due(store, *SAMPLE)

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
    assert len(taken) + due_count(store) == len(SAMPLE)


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
    make_due(store, *SAMPLE)
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
        assert len(taken) + due_count(store) == len(SAMPLE)
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.close()


def test_the_urgent_come_first_then_the_longest_due(store) -> None:
    make_due(store, 1, priority=1)
    make_due(store, 3, priority=0)
    make_due(store, 2, priority=0)
    assert list(queue.claim(store, "a/1/x", limit=1)) == [3]
    assert list(queue.claim(store, "a/1/x", limit=5)) == [2, 1]


def test_what_is_less_urgent_can_be_left_for_the_next_time(store) -> None:
    make_due(store, 1, priority=1)
    make_due(store, 2, 3, priority=0)
    assert list(queue.claim(store, "a/1/x", limit=5, one_priority=True)) == [2, 3]
    assert list(queue.claim(store, "a/1/x", limit=5, one_priority=True)) == [1]


def test_some_of_what_is_in_hand_can_be_given_back(store) -> None:
    make_due(store, 1, 2, 3)
    queue.claim(store, "a/1/x", limit=5)
    queue.release(store, "a/1/x", [1, 2])
    queue.release(store, "b/1/y", [3])
    assert sorted(queue.claim(store, "b/1/y", limit=5)) == [1, 2]
    queue.release(store, "b/1/y", [])
    assert due_count(store) == 0


def test_an_account_that_is_due_later_waits_until_then(store) -> None:
    make_due(store, 1, due_at=utc_now() + timedelta(hours=1))
    assert queue.claim(store, "a/1/x", limit=5) == {}
    make_due(store, 1)
    assert list(queue.claim(store, "a/1/x", limit=5)) == [1]


def test_keys_that_were_asked_for_are_taken_due_or_not_but_never_out_of_somebodys_hands(store) -> None:
    make_due(store, 1, 2, 3)
    first = queue.claim(store, "a/1/x", limit=5, keys=[1])
    finish(store, "a/1/x", first)
    queue.claim(store, "a/1/x", limit=5, keys=[2])
    assert sorted(queue.claim(store, "b/1/y", limit=5, keys=[1, 2, 404])) == [1]
    assert sorted(queue.claim(store, "c/1/z", limit=5)) == [3]


def test_accounts_that_are_free_are_taken_although_those_named_before_them_are_in_other_hands(store) -> None:
    with store.write() as connection:
        queue.mark_due(connection, range(1, 153), trigger="asked for")
    assert len(queue.claim(store, "elsewhere/1/x", limit=150, keys=range(1, 151))) == 150
    assert set(queue.claim(store, "elsewhere/2/y", limit=100, keys=range(1, 153))) == {151, 152}


def test_a_backfill_never_makes_a_live_change_wait(store) -> None:
    make_due(store, 1, priority=0)
    make_due(store, 1, priority=1)
    assert state_of(store)["priority"] == 0
    finish(store, "a/1/x", queue.claim(store, "a/1/x", limit=1))
    make_due(store, 1, priority=1)
    assert state_of(store)["priority"] == 1, "what is not due any more starts over"


def test_a_wish_during_work_is_not_lost(store) -> None:
    make_due(store, 1)
    claimed = queue.claim(store, "a/1/x", limit=1)
    make_due(store, 1, trigger="edited meanwhile")
    row = state_of(store)
    assert (row["phase"], row["trigger"]) == ("enriching", "edited meanwhile")
    assert queue.claim(store, "b/1/y", limit=1) == {}, "somebody has it in hand"
    finish(store, "a/1/x", claimed)
    assert list(queue.claim(store, "b/1/y", limit=1)) == [1]


def test_finished_work_is_not_due_unless_it_is_to_be_tried_again(store) -> None:
    make_due(store, 1, 2)
    claimed = queue.claim(store, "a/1/x", limit=5)
    finish(store, "a/1/x", {1: claimed[1]})
    finish(
        store,
        "a/1/x",
        {2: claimed[2]},
        phase="failed",
        reason="503",
        retry_at=utc_now() - timedelta(seconds=1),
        attempts=3,
    )
    assert (state_of(store, 1)["due_at"], state_of(store, 1)["phase"], state_of(store, 1)["lease_owner"]) == (
        None,
        "completed",
        None,
    )
    assert (state_of(store, 2)["attempts"], state_of(store, 2)["reason"]) == (3, "503")
    assert list(queue.claim(store, "a/1/x", limit=5)) == [2]


def test_a_wish_starts_the_attempts_anew(store) -> None:
    make_due(store, 1)
    finish(store, "a/1/x", queue.claim(store, "a/1/x", limit=1), phase="failed", attempts=5)
    make_due(store, 1)
    assert state_of(store)["attempts"] == 0


def test_only_the_holder_can_lay_an_account_down(store) -> None:
    make_due(store, 1)
    claimed = queue.claim(store, "a/1/x", limit=1)
    finish(store, "b/1/y", claimed)
    queue.set_phase(store, "b/1/y", [1], "syncing")
    assert (state_of(store)["phase"], state_of(store)["lease_owner"]) == ("enriching", "a/1/x")
    queue.set_phase(store, "a/1/x", [1], "syncing")
    assert state_of(store)["syncing_at"] is not None


def test_what_a_holder_gives_back_is_due_again(store) -> None:
    make_due(store, 1, 2)
    queue.claim(store, "a/1/x", limit=1)
    queue.release(store, "a/1/x")
    assert state_of(store)["phase"] == "received"
    assert due_count(store) == 2


def test_a_dead_process_of_this_machine_holds_nothing_from_that_moment(store, dead_owner) -> None:
    make_due(store, 1)
    queue.claim(store, dead_owner, limit=1)
    assert queue.holder_is_gone(dead_owner)
    assert due_count(store) == 1
    assert list(queue.claim(store, queue.new_owner(), limit=1)) == [1]


def test_a_living_process_keeps_what_it_holds(store) -> None:
    make_due(store, 1)
    owner = queue.new_owner()
    queue.claim(store, owner, limit=1)
    assert not queue.holder_is_gone(owner)
    assert due_count(store) == 0
    assert queue.claim(store, queue.new_owner(), limit=1) == {}


def test_a_holder_on_another_machine_is_believed_until_its_lease_ends(store) -> None:
    make_due(store, 1)
    queue.claim(store, "elsewhere/99999999/x", limit=1)
    assert due_count(store) == 0
    expire_leases(store)
    assert due_count(store) == 1
    assert list(queue.claim(store, "here/1/x", limit=1)) == [1]


def test_a_holder_that_lost_its_lease_can_not_end_the_work_of_the_next_one(store) -> None:
    make_due(store, 1)
    late = queue.claim(store, "slow/1/x", limit=1)
    expire_leases(store)
    queue.claim(store, "next/1/y", limit=1)
    finish(store, "slow/1/x", late, phase="failed")
    assert (state_of(store)["phase"], state_of(store)["lease_owner"]) == ("enriching", "next/1/y")


@pytest.mark.parametrize("owner", ["", "host", "host/x/y", "other-host/1/x"])
def test_of_a_holder_nobody_can_tell_anything_about_it_is_not_said_that_it_is_gone(owner) -> None:
    assert not queue.holder_is_gone(owner)


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
        make_due(self.store, *accounts, priority=priority)
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
        finish(self.store, owner, {account: covered})
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
        expire_leases(self.store)
        self.believed.clear()

    @invariant()
    def every_wish_is_done_in_hand_or_due(self) -> None:
        rows = {row["contact_id"]: row for row in rows_of(self.store, schema.sync_state)}
        for account, wishes in self.wished.items():
            assert rows[account]["requested"] == wishes
            assert self.done.get(account, 0) == wishes or rows[account]["due_at"] is not None
        assert due_count(self.store) == sum(
            row["due_at"] is not None and account not in self.believed for account, row in rows.items()
        )

    def teardown(self) -> None:
        self.stack.close()


Queue.TestCase.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)
TestQueueInAnyOrder = Queue.TestCase
