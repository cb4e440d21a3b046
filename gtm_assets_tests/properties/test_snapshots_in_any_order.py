"""Changes: whatever order polls, edits, late commits and crashes come in, every change is worked on and the snapshots end as the CRM is.

Against a CRM in memory, with pages of two rows: many more steps than the whole engine could take in the time. What belongs elsewhere: what
is written then (``test_any_order``).
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from gtm_assets_tests.crm.watching import Watcher, dying_after, in_crm, in_store
from gtm_assets_tests.fake_crm import FakeCrm, Gone
from gtm_assets_tests.properties.searching import search
from gtm_assets_tests.stores import fresh_store


class AnyOrder(RuleBasedStateMachine):
    """People save, transactions commit late, the engine polls, examines, works and dies, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="gtm-changes-")))
        self.crm = FakeCrm(page_size=2)
        self.watcher = Watcher(self.stack.enter_context(fresh_store(folder)), self.crm)
        self.slow: dict[int, Any] = {}
        self.saves = 0

    @initialize(companies=st.integers(1, 3))
    def first_load(self, companies: int) -> None:
        for contact_id in range(1, companies + 1):
            self.crm.add_contact(contact_id)
            self.crm.add_person(contact_id * 10, contact_id)
        self.watcher.sweep()

    def _word(self) -> str:
        self.saves += 1
        return f"Stand {self.saves}"

    @rule()
    def a_company_appears(self) -> None:
        self.crm.add_contact(len(self.crm.contacts) + 1, name=self._word())

    @precondition(lambda self: self.crm.contacts)
    @rule(data=st.data())
    def a_person_appears(self, data) -> None:
        contact_id = data.draw(st.sampled_from(sorted(self.crm.contacts)))
        self.crm.add_person(1000 + len(self.crm.persons), contact_id, title=self._word())

    @precondition(lambda self: set(self.crm.contacts) - set(self.slow))
    @rule(data=st.data())
    def somebody_saves_a_company(self, data) -> None:
        contact_id = data.draw(st.sampled_from(sorted(set(self.crm.contacts) - set(self.slow))))
        self.crm.edit("Contact", contact_id, name=self._word())

    @precondition(lambda self: self.crm.persons)
    @rule(data=st.data())
    def somebody_saves_a_person(self, data) -> None:
        self.crm.edit("Person", data.draw(st.sampled_from(sorted(self.crm.persons))), title=self._word())

    @precondition(lambda self: self.crm.persons)
    @rule(data=st.data())
    def a_person_changes_the_company(self, data) -> None:
        person_id = data.draw(st.sampled_from(sorted(self.crm.persons)))
        to = data.draw(st.sampled_from([0, *self.crm.contacts]))
        self.crm.edit("Person", person_id, contact_id=to, title=self._word())

    @precondition(lambda self: set(self.crm.contacts) - set(self.slow))
    @rule(data=st.data())
    def a_slow_transaction_begins(self, data) -> None:
        contact_id = data.draw(st.sampled_from(sorted(set(self.crm.contacts) - set(self.slow))))
        self.slow[contact_id] = (self.crm.now, self._word())

    @precondition(lambda self: self.slow)
    @rule()
    def slow_transactions_commit_with_their_old_time(self) -> None:
        for contact_id, (moment, word) in self.slow.items():
            self.crm.contacts[contact_id].update(name=word, updated=moment)
        self.slow.clear()

    @rule(seconds=st.sampled_from([0, 1, 2, 3, 60, 290]))
    def tick(self, seconds: int) -> None:
        if any(
            self.crm.now + timedelta(seconds=seconds) - moment > timedelta(minutes=5)
            for moment, _ in self.slow.values()
        ):
            self.slow_transactions_commit_with_their_old_time()
        self.crm.tick(seconds)

    @rule(dies_at=st.one_of(st.none(), st.integers(0, 6)), what=st.sampled_from(["read", "examine", "work", "sweep"]))
    def the_engine_does_something(self, dies_at: int | None, what: str) -> None:
        with suppress(Gone), dying_after(self.crm, dies_at):
            getattr(self.watcher, what)()

    @invariant()
    def an_account_is_never_due_without_existing(self) -> None:
        assert set(self.watcher.due()) <= set(self.crm.contacts)

    def teardown(self) -> None:
        """When everybody went home: one more poll after the last second settled, and everything was worked on."""
        try:
            self.slow_transactions_commit_with_their_old_time()
            self.crm.tick(3)
            self.watcher.read()
            self.watcher.examine()
            self.watcher.work()
            assert in_store(self.watcher.store) == in_crm(self.crm)
            assert {i: self.watcher.worked.get(i) for i in self.crm.contacts} == in_crm(self.crm)
            assert self.watcher.due() == []
            assert not self.watcher.new()
            assert self.watcher.read().new == 0
        finally:
            self.stack.close()


def test_every_change_is_worked_on_and_the_snapshots_end_as_the_crm_is() -> None:
    run_state_machine_as_test(AnyOrder, settings=search(25, steps=12))
