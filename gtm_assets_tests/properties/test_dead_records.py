"""Records that are deleted, merged or moved at any moment of a run: nothing is written to the dead, and whoever lives gets what is right.

Accidents are a human's: into the recycle bin and out of it, into another record, to another company. A merge takes our history along.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any, Literal

from hypothesis import assume, event, given, note
from hypothesis import strategies as st

from gtm_assets.writeback import ledger
from gtm_assets.writeback.guards import Guarding
from gtm_assets_tests.path.harness import Entity
from gtm_assets_tests.properties.line import Moment
from gtm_assets_tests.properties.mornings import Morning
from gtm_assets_tests.properties.right import (
    assert_everybody_carries_what_is_right,
    assert_it_rests,
    assert_nothing_is_left_half_done,
)
from gtm_assets_tests.properties.searching import search
from gtm_assets_tests.properties.town import CLINIC, FACTORY, GUARDINGS, PERSONS, Town
from resources.store import schema
from sandbox.superoffice import merging, write
from sandbox.superoffice.api import view_of
from sandbox.superoffice.carriers import HUMAN

What = Literal["delete", "merge", "move"]


@dataclass(frozen=True)
class Accident:
    """What befalls a record; ``other`` is the record that it is merged into, or the company to which it moves."""

    what: What
    entity: Entity
    entity_id: int
    other: int = 0

    def happen(self, town: Town) -> None:
        """Now."""
        view = view_of(town.world, "de")
        if self.what == "delete":
            write.delete(view, self.entity, self.entity_id, {}, HUMAN)
        elif self.what == "merge":
            merging.merge(view, self.entity, self.entity_id, self.other)
        else:
            town.edit("Person", self.entity_id, {"company": str(self.other)})


@st.composite
def accidents(draw: st.DrawFn) -> Accident:
    what: What = draw(st.sampled_from(["delete", "merge", "merge", "move"]))
    if what == "move":
        person = draw(st.sampled_from(PERSONS))
        return Accident("move", "Person", person, FACTORY if person == PERSONS[-1] else CLINIC)
    entity: Entity = draw(st.sampled_from(["Person", "Person", "Contact"]))
    ids = draw(st.permutations(PERSONS if entity == "Person" else [FACTORY, CLINIC]))
    # An entry of the log that names the person's own company as destination is taken for a move (gtm_assets.crm.merges).
    assume(what == "delete" or entity == "Contact" or ids[1] != (CLINIC if ids[0] == PERSONS[-1] else FACTORY))
    return Accident(what, entity, ids[0], ids[1] if what == "merge" else 0)


def moments(accident: Accident) -> st.SearchStrategy[Moment]:
    """Around the calls of the record itself, most of all."""
    ids = [accident.entity_id, *([accident.other] if accident.what == "merge" else [])]
    own = [f"{method} {accident.entity}/{each}" for method in ("GET", "PATCH") for each in ids]
    shared = ["GET Archive/Contact", "GET Archive/Person", "GET Archive/dynamic"]
    when = st.sampled_from(["before", "after"])
    return st.one_of(
        st.builds(Moment, when, st.sampled_from(own), st.just(1)),
        st.builds(Moment, when, st.sampled_from(shared), st.integers(1, 8)),
    )


@dataclass
class Fatal:
    """The accident at its moment; for ``Line.begin``."""

    town: Town
    moment: Moment
    accident: Accident
    happened: bool = False
    dead: dict[tuple[Entity, int], Any] = field(default_factory=dict)
    came_over: dict[tuple[int, str], str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def at(self, moment: Moment) -> None:
        """One moment."""
        with self._lock:
            if moment == self.moment and not self.happened:
                self.happened = True
                self.happen()

    def happen(self) -> None:
        """Now; ``dead`` is what nobody may change from here on, ``came_over`` what a merge brought into empty fields."""
        if self.accident.what == "merge" and self.accident.entity == "Person":
            records = (self.town.engine.person(i) for i in (self.accident.entity_id, self.accident.other))
            source, destination = map(self.town.carries, records)
            filled = {role: text for role, text in source.items() if text and not destination[role]}
            self.came_over = {(self.accident.other, role): text for role, text in filled.items()}
        self.accident.happen(self.town)
        self.dead = _as_they_died(self.town, self.accident)


timed_accidents = accidents().flatmap(lambda accident: st.tuples(moments(accident), st.just(accident)))


@given(
    morning=st.sampled_from(["planned", "written"]),
    guarding=st.sampled_from(GUARDINGS),
    timed=timed_accidents,
    merge_log=st.sampled_from(["readable", "readable", "403"]),
    reached=st.sampled_from(["gone", "readable"]),
    comes_back=st.booleans(),
)
@search(14)
def test_nothing_is_written_to_the_dead_and_the_living_get_what_is_right(
    town: Town,
    morning: Morning,
    guarding: Guarding,
    timed: tuple[Moment, Accident],
    merge_log: str,
    reached: str,
    comes_back: bool,
) -> None:
    moment, accident = timed
    town.anew(morning, guarding)
    town.world.switches.set({"merge_log": merge_log, "deleted_records": reached})
    for entity in ("Contact", "Person"):
        # A merge within the tenant's very first request fills fields of others, as a harmful request would: the engine stops for it.
        ledger.set_verified(town.store, entity)
    if morning == "written":
        town.edit("Person", 1, {"Title": "Leiter Einkauf"})
        town.edit("Contact", CLINIC, {"Vertical": "Maschinenbau"})
    town.clock.tick(3)
    fatal = Fatal(town, moment, accident)
    done = town.work_while(fatal.at)
    assert done.error is None
    if not fatal.happened:
        fatal.happen()
    event(f"{accident.what} {'during' if fatal.happened else 'after'} the run")
    # A person's request can't tell that the company died a moment ago; from the next run on it is known.
    dead = fatal.dead | _left_behind(town, accident)
    if accident.what == "delete" and reached == "readable":
        # Nor can one for a record that the API still serves from the recycle bin as if nothing had happened.
        dead |= _as_they_died(town, accident)
    note(f"{accident} {moment}, happened during the run: {fatal.happened}")
    town.world.journal.clear()

    town.until_quiet()

    assert {key: town.crm.table(key[0]).get(key[1]) for key in dead} == dead
    tried = [entry.path for entry in town.patches() for key in dead if entry.path.endswith("/{}/{}".format(*key))]
    assert tried == [], "what is known to be gone is not written to"
    # Without the log nobody can tell our text that came over from another record from a human's.
    # With it a position still counts as a human's where the destination was read before the merge was known.
    came_over = {
        (person, role): value
        for (person, role), value in fatal.came_over.items()
        if merge_log != "readable" or role == "position"
    }
    assert_everybody_carries_what_is_right(town, or_else=came_over)
    assert_nothing_is_left_half_done(town)
    if accident.what == "merge":
        # That a company was merged between the reading of companies and that of their persons is seen by the daily sweep.
        assert town.work(full_sweep=True).error is None
        town.until_quiet()
        assert_everybody_carries_what_is_right(town, or_else=came_over)
    if accident.what == "merge" and merge_log == "readable":
        mine = schema.ledger.c.entity == accident.entity
        assert town.rows(schema.ledger, mine, schema.ledger.c.entity_id == accident.entity_id) == []
    if accident.what == "delete" and comes_back:
        merging.undelete(view_of(town.world), accident.entity, accident.entity_id)
        town.clock.tick(3)
        town.until_quiet()
        assert_everybody_carries_what_is_right(town)
        assert_nothing_is_left_half_done(town)
    assert_it_rests(town)


def test_texts_that_came_over_before_they_were_confirmed_are_known_as_ours(town: Town) -> None:
    town.anew("written")
    town.edit("Contact", CLINIC, {"Vertical": "Maschinenbau"})
    town.clock.tick(3)
    fatal = Fatal(town, Moment("after", "PATCH Person/4"), Accident("merge", "Person", 4, 3))
    assert town.work_while(fatal.at).error is None
    assert fatal.came_over
    town.until_quiet()
    assert_everybody_carries_what_is_right(town)


def _as_they_died(town: Town, accident: Accident) -> dict[tuple[Entity, int], Any]:
    """The record that nobody may change any more, as it is: None where it is gone for good."""
    if accident.what == "move":
        return {}
    return {(accident.entity, accident.entity_id): town.crm.table(accident.entity).get(accident.entity_id)}


def _left_behind(town: Town, accident: Accident) -> dict[tuple[Entity, int], Any]:
    """Persons of a deleted company, as they are."""
    if accident.what != "delete" or accident.entity != "Contact":
        return {}
    return {
        ("Person", person_id): town.crm.persons.get(person_id) for person_id in town.crm.persons_of(accident.entity_id)
    }
