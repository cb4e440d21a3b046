"""Whatever order edits, polls, runs, deaths and lost answers come in, under whichever login: in the end everybody carries the right texts.

Nothing here reads everything (no sweep), so what polling misses stays wrong and is found. The CRM's clock shows whole seconds and moves
only when somebody lets it: many changes share a second. A slow transaction takes its time when it begins and is seen when it ends;
meanwhile it holds its record. It begins in a second of its own: a change that shows only later the very time of an earlier one of the
same record can't be told from that by its time, and is left to the daily sweep.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from gtm_assets.batch.due import poll
from gtm_assets.crm import changes
from gtm_assets.writeback.guards import TESTABLE, Guarding
from gtm_assets_tests.path.harness import PERSON_FIELDS, Entity
from gtm_assets_tests.properties.fate import Fate, Gone
from gtm_assets_tests.properties.right import (
    assert_everybody_carries_what_is_right,
    assert_it_rests,
    assert_nothing_is_left_half_done,
)
from gtm_assets_tests.properties.searching import search
from gtm_assets_tests.properties.town import CLINIC, FACTORY, OTHER_POSITIONS, OWN, PERSONS, TITLES, VERTICALS, Town
from resources.errors import OutsideError
from resources.store.store import get_cursor, set_cursor
from sandbox.faults.kinds import (
    LateTimestamps,
    Maintenance,
    MovedHost,
    ResetAfter,
    ResetBefore,
    ServerError,
    StaleRead,
    TokenExpiry,
)

#: A poll looks back five minutes behind the newest change it knows; a slow transaction takes a little less.
SLOWEST = 290
Change = tuple[Entity, int, dict[str, str], str]

by = st.sampled_from(["human", "human", "engine"])
titles: st.SearchStrategy[Any] = st.tuples(
    st.just("Person"), st.sampled_from(PERSONS), st.fixed_dictionaries({"Title": st.sampled_from(list(TITLES))}), by
)
verticals: st.SearchStrategy[Any] = st.tuples(
    st.just("Contact"),
    st.sampled_from([FACTORY, CLINIC]),
    st.fixed_dictionaries({"Vertical": st.sampled_from(list(VERTICALS))}),
    by,
)
moves: st.SearchStrategy[Any] = st.tuples(
    st.just("Person"), st.sampled_from(PERSONS), st.fixed_dictionaries({"company": st.sampled_from(["1", "2"])}), by
)
own_choices: st.SearchStrategy[Any] = st.tuples(
    st.just("Person"),
    st.sampled_from(PERSONS),
    st.one_of(
        st.fixed_dictionaries({PERSON_FIELDS["intro"]: st.sampled_from(["Von Hand.", "Anders."])}),
        st.fixed_dictionaries({"Position": st.sampled_from(OTHER_POSITIONS)}),
    ),
    by,
)
edits = st.one_of(titles, titles, verticals, moves, own_choices)


class AnyOrder(RuleBasedStateMachine):
    """People save, transactions commit late, the engine polls, examines, works and dies, answers are lost, in any order."""

    def __init__(self, town: Town) -> None:
        super().__init__()
        self.town = town
        self.own: dict[tuple[int, str], str] = {}
        self.slow: dict[tuple[Entity, int], tuple[datetime, Change]] = {}
        self.kept_cursor: Any = None
        self.renamed = 0

    @initialize(
        guarding=st.sampled_from(
            [Guarding(), Guarding("B", frozenset({"address"})), Guarding("A", frozenset(TESTABLE))]
        )
    )
    def a_morning(self, guarding: Guarding) -> None:
        self.town.anew("written", guarding)

    # -- people --------------------------------------------------------------------------------------------------------

    def _save(self, change: Change) -> None:
        entity, entity_id, fields, by = change
        self.town.edit(entity, entity_id, fields, by)
        self.own |= {(entity_id, OWN[name]): value for name, value in fields.items() if name in OWN}

    @rule(change=edits)
    def somebody_saves(self, change: Change) -> None:
        if change[:2] not in self.slow:
            self._save(change)

    @rule(change=edits)
    def a_slow_transaction_begins(self, change: Change) -> None:
        if change[:2] not in self.slow:
            self.town.clock.tick(1)
            self.slow[change[:2]] = (self.town.clock.now, change)
            self.town.clock.tick(1)

    @precondition(lambda self: self.slow)
    @rule()
    def slow_transactions_end(self) -> None:
        for moment, change in self.slow.values():
            seconds = (self.town.clock.now - moment).total_seconds()
            self.town.world.faults.start(LateTimestamps(seconds=seconds, changes=1, by="anyone"))
            self._save(change)
            self.town.world.faults.clear("late-timestamps")
        self.slow.clear()

    @rule(
        change=edits,
        title=st.sampled_from(list(TITLES)),
        vertical=st.sampled_from(list(VERTICALS)),
        works=st.booleans(),
    )
    def somebody_saves_twice_within_a_second(self, change: Change, title: str, vertical: str, works: bool) -> None:
        entity, entity_id, _, by = change
        if change[:2] in self.slow:
            return
        self.town.line.pace = 0.0
        self._save(change)
        (self.the_engine_works if works else self.the_engine_polls)(None if works else True)
        self._save((entity, entity_id, {"Title": title} if entity == "Person" else {"Vertical": vertical}, by))

    @rule(slow=st.one_of(titles, verticals))
    def a_slow_transaction_is_overtaken(self, slow: Change) -> None:
        """By an edit of another record of its kind, which the engine has seen when the slow one ends."""
        self.a_slow_transaction_begins(slow)
        self.time_passes(60, 0.0)
        entity, entity_id, *_ = slow
        others = {"Person": PERSONS, "Contact": (FACTORY, CLINIC)}[entity]
        other = next(each for each in others if each != entity_id)
        if (entity, other) not in self.slow:
            self.renamed += 1
            name = {"Person": "Lastname", "Contact": "Department"}[entity]
            self.town.edit(entity, other, {name: f"Neu {self.renamed}"})
        self.time_passes(3, 0.0)
        self.the_engine_works(None)

    @rule(seconds=st.sampled_from([0.4, 1, 2, 3, 60, SLOWEST]), pace=st.sampled_from([0.0, 0.3, 1.0]))
    def time_passes(self, seconds: float, pace: float) -> None:
        oldest = min((moment for moment, _ in self.slow.values()), default=None)
        # Runs take time, too: they get a minute.
        if oldest is not None and (self.town.clock.now - oldest).total_seconds() + seconds > SLOWEST - 60:
            self.slow_transactions_end()
        self.town.clock.tick(seconds)
        self.town.line.pace = pace if not self.slow else 0.0

    # -- the engine ----------------------------------------------------------------------------------------------------

    @rule(dies_at=st.one_of(st.none(), st.none(), st.integers(0, 120)))
    def the_engine_works(self, dies_at: int | None) -> None:
        try:
            self.town.live(Fate(dies_at))
        except Gone:
            self.town.store.close()
        self.town.make_due()

    @rule(examines=st.booleans())
    def the_engine_polls(self, examines: bool) -> None:
        with self.town.tools() as tools:
            try:
                if examines:
                    poll(tools, self.town.tenant(tools))
                else:
                    changes.read_changes(tools.store, tools.crm)
            except OutsideError:
                pass

    @rule()
    def the_cursor_is_kept(self) -> None:
        with self.town.store.read() as connection:
            self.kept_cursor = get_cursor(connection, changes.CURSOR)

    @precondition(lambda self: self.kept_cursor is not None)
    @rule()
    def polls_are_repeated_from_there(self) -> None:
        with self.town.store.write() as connection:
            set_cursor(connection, changes.CURSOR, self.kept_cursor)

    @rule(
        fault=st.sampled_from(
            [
                ResetBefore(method="GET", path="Archive/dynamic"),
                ResetAfter(method="GET", path="Archive/dynamic"),
                ResetAfter(method="GET", path="Archive/Person", times=6),
                ResetBefore(method="PATCH"),
                ResetAfter(method="PATCH"),
                ServerError(method="PATCH", times=2),
                ServerError(method="GET", path="Archive/", times=5),
                ServerError(status=429, times=3),
                StaleRead(reads="archive", times=2),
                StaleRead(reads="all", changes=3, times=4),
                TokenExpiry(),
                MovedHost(),
                Maintenance(),
            ]
        )
    )
    def the_crm_has_an_accident(self, fault: Any) -> None:
        """Some end by themselves, the others when somebody mends them."""
        self.town.world.faults.start(fault)

    @rule()
    def somebody_mends_the_crm(self) -> None:
        self.town.world.faults.clear()

    # -- the end -------------------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        """Everybody went home: whatever was on its way has arrived, and the engine works until nothing is left."""
        if self.slow:
            self.slow_transactions_end()
        self.town.world.faults.clear()
        self.town.line.pace = 0.3
        self.town.until_quiet()
        assert_everybody_carries_what_is_right(self.town, self.own)
        assert_nothing_is_left_half_done(self.town)
        assert_it_rests(self.town)


def test_in_the_end_everybody_carries_the_right_texts(town: Town) -> None:
    run_state_machine_as_test(lambda: AnyOrder(town), settings=search(15, steps=8))
