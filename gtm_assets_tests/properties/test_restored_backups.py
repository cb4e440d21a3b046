"""A CRM that is restored from a backup at any moment: it is noticed, read anew and not replayed; what humans wrote stands as restored.

Noticed can only be what at least two records show whose times went back by more than a late commit explains: the stories change six after
the backup, and at most four once it is restored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import event, given, note
from hypothesis import strategies as st

from gtm_assets.crm import restored
from gtm_assets.writeback.guards import TESTABLE, Guarding
from gtm_assets_tests.path.harness import PERSON_FIELDS, Entity
from gtm_assets_tests.properties.humans import WORDS
from gtm_assets_tests.properties.line import Moment
from gtm_assets_tests.properties.mornings import Morning
from gtm_assets_tests.properties.right import (
    assert_everybody_carries_what_is_right,
    assert_it_rests,
    assert_nothing_is_left_half_done,
)
from gtm_assets_tests.properties.searching import search
from gtm_assets_tests.properties.town import CLINIC, FACTORY, OTHER_POSITIONS, OWN, PERSONS, TITLES, VERTICALS, Town
from sandbox.superoffice import people
from sandbox.superoffice.api import view_of
from sandbox.superoffice.backups import restore_backup, take_backup

Step = tuple[Entity, int, Mapping[str, str]] | str
titles: st.SearchStrategy[Any] = st.tuples(
    st.just("Person"), st.sampled_from(PERSONS), st.fixed_dictionaries({"Title": st.sampled_from(list(TITLES))})
)
verticals: st.SearchStrategy[Any] = st.tuples(
    st.just("Contact"),
    st.sampled_from([FACTORY, CLINIC]),
    st.fixed_dictionaries({"Vertical": st.sampled_from(list(VERTICALS))}),
)
own_choices: st.SearchStrategy[Any] = st.tuples(
    st.just("Person"),
    st.sampled_from(PERSONS),
    st.one_of(
        st.fixed_dictionaries({PERSON_FIELDS["intro"]: st.sampled_from(WORDS)}),
        st.fixed_dictionaries({"Position": st.sampled_from(OTHER_POSITIONS)}),
    ),
)
moves: st.SearchStrategy[Any] = st.tuples(
    st.just("Person"), st.sampled_from(PERSONS), st.fixed_dictionaries({"company": st.sampled_from(["1", "2"])})
)
steps = st.lists(
    st.one_of(titles, titles, verticals, own_choices, moves, st.sampled_from(["work", "work", "somebody new"])),
    max_size=4,
)


def _live(town: Town, story: list[Step], own: dict[tuple[int, str], str]) -> None:
    for step in story:
        if step == "work":
            assert town.work().error is None
            town.make_due()
        elif step == "somebody new":
            town.newcomers += 1
            fields = {"Lastname": f"Neu{town.newcomers}", "Title": "Werkleiter", "company": str(1 + town.newcomers % 2)}
            people.create(view_of(town.world, "de"), "Person", fields)
        else:
            entity, entity_id, fields = step
            town.edit(entity, entity_id, fields)
            own |= {(entity_id, OWN[name]): value for name, value in fields.items() if name in OWN}
        town.clock.tick(3)


def _change_everything(town: Town) -> None:
    """So that there is something to notice, whoever is edited afterwards: all change for certain, an hour later, and the engine saw it."""
    town.clock.tick(3600)
    word = f"Neu {town.clock.now:%H%M%S}"
    for person_id in PERSONS:
        town.edit("Person", person_id, {"Lastname": word})
    for company_id in (FACTORY, CLINIC):
        town.edit("Contact", company_id, {"Department": word})
    town.clock.tick(3)
    town.until_quiet()
    town.clock.tick(3600)


@given(
    morning=st.sampled_from(["planned", "written"]),
    guarding=st.sampled_from([Guarding(), Guarding("B", frozenset({"address"})), Guarding("A", frozenset(TESTABLE))]),
    before=steps,
    between=steps,
    afterwards=steps,
    moment=st.one_of(
        st.none(),
        st.builds(
            Moment,
            st.sampled_from(["before", "after"]),
            st.sampled_from(["GET Archive/Contact", "GET Archive/Person", "GET Archive/dynamic", "PATCH Person/1"]),
            st.integers(1, 4),
        ),
    ),
)
@search(10)
def test_a_restored_backup_is_noticed_and_what_humans_wrote_stands(
    town: Town,
    morning: Morning,
    guarding: Guarding,
    before: list[Step],
    between: list[Step],
    afterwards: list[Step],
    moment: Moment | None,
) -> None:
    town.anew(morning, guarding)
    own: dict[tuple[int, str], str] = {}
    _live(town, before, own)
    backup, own_then = take_backup(town.crm), dict(own)
    _live(town, between, own)
    _change_everything(town)
    town.edit("Person", 1, {"Title": "Leiter Einkauf"})
    town.clock.tick(3)
    happened: list[Moment] = []

    def restore(now: Moment) -> None:
        if now == moment and not happened:
            happened.append(now)
            restore_backup(town.crm, backup)

    assert town.work_while(restore).error is None
    if not happened:
        restore_backup(town.crm, backup)
    event("restored during a run" if happened else "restored between runs")
    note(f"own texts then: {own_then}")
    town.clock.tick(3)
    _live(town, afterwards, own_then)

    town.until_quiet(at_most=10)

    with town.store.read() as connection:
        state = restored.load(connection)
    assert state is not None
    assert state.step == "done"
    assert_everybody_carries_what_is_right(town, own_then)
    assert_nothing_is_left_half_done(town)
    assert_it_rests(town)


def test_a_record_that_is_edited_before_everything_was_read_anew_is_filled_like_the_others(town: Town) -> None:
    town.anew("planned")
    backup = take_backup(town.crm)
    town.until_quiet()
    _change_everything(town)
    restore_backup(town.crm, backup)
    town.clock.tick(3)
    assert town.work().error is None
    town.edit("Person", 1, {"Title": "Leiter Einkauf"})
    town.clock.tick(3)
    assert town.work().error is None
    town.until_quiet()
    assert_everybody_carries_what_is_right(town)
