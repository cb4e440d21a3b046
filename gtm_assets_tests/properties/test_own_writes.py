"""Our own writes cause no writes, whoever else uses the integration's login, and whoever undoes what we do.

A human who works under our login is a human: what tells our own writes from edits is what stands there, never who wrote it.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from gtm_assets.writeback.guards import TESTABLE, Guarding
from gtm_assets_tests.path.harness import PERSON_FIELDS
from gtm_assets_tests.properties.right import (
    assert_everybody_carries_what_is_right,
    assert_it_rests,
    assert_nothing_is_left_half_done,
)
from gtm_assets_tests.properties.searching import search
from gtm_assets_tests.properties.town import CLINIC, FACTORY, PERSONS, TITLES, VERTICALS, Town

guardings = st.sampled_from([Guarding(), Guarding("B", frozenset({"address"})), Guarding("A", frozenset(TESTABLE))])
logins = st.sampled_from(["human", "engine"])
titles = st.sampled_from(list(TITLES))
switches = st.fixed_dictionaries(
    {
        "noop_patch_touches_updated": st.sampled_from(["no", "yes"]),
        "date_filter": st.sampled_from(["time", "day"]),
        "filter_time_zone": st.sampled_from(["utc", "base"]),
    }
)


@given(
    guarding=guardings,
    positions=switches,
    pace=st.sampled_from([0.0, 0.3, 1.0]),
    edits=st.lists(st.tuples(st.sampled_from(PERSONS), titles, logins), min_size=1, max_size=4),
)
@search(10)
def test_each_edit_is_answered_by_one_patch_of_that_record_whatever_the_login(
    town: Town, guarding: Guarding, positions: dict[str, str], pace: float, edits: list[tuple[int, str, Any]]
) -> None:
    town.anew("written", guarding)
    town.world.switches.set(positions)
    town.line.pace = pace
    for person, title, login in edits:
        before = town.carries(town.engine.person(person))
        town.world.journal.clear()
        town.edit("Person", person, {"Title": title}, login)
        town.clock.tick(3)
        town.until_quiet()
        assert_everybody_carries_what_is_right(town)
        written = [entry.path.rpartition("/v1/")[2] for entry in town.patches() if entry.status == 200]
        assert written == ([f"Person/{person}"] if town.carries(town.engine.person(person)) != before else [])
    assert_nothing_is_left_half_done(town)
    assert_it_rests(town)


@given(person=st.sampled_from([1, 2, 4]), role=st.sampled_from(["subject", "intro", "social_proof"]), login=logins)
@search(4)
def test_a_text_written_by_hand_under_our_own_login_is_a_humans(town: Town, person: int, role: str, login: Any) -> None:
    town.anew("written")
    town.edit("Person", person, {PERSON_FIELDS[role]: "Von Hand."}, login)
    town.clock.tick(3)
    town.until_quiet()
    assert town.patches() == []
    town.edit("Person", person, {"Title": "xyz"})
    town.clock.tick(3)
    town.until_quiet()
    assert_everybody_carries_what_is_right(town, {(person, role): "Von Hand."})
    assert_it_rests(town)


@st.composite
def flips(draw: st.DrawFn) -> list[tuple[Any, int, dict[str, str]]]:
    """Another system that moves the same few inputs to and fro."""
    persons = [
        ("Person", draw(st.sampled_from(PERSONS)), {"Title": title}) for title in draw(st.permutations(list(TITLES)))
    ]
    companies = [("Contact", draw(st.sampled_from([FACTORY, CLINIC])), {"Vertical": name}) for name in VERTICALS]
    inputs = [*persons[:2], *(companies if draw(st.booleans()) else [])]
    return [inputs[i % len(inputs)] for i in range(draw(st.integers(8, 20)))]


@given(story=flips(), login=logins, guarding=guardings)
@search(4)
def test_two_systems_that_undo_each_other_are_stopped_and_go_on_after_an_hour(
    town: Town, story: list[tuple[Any, int, dict[str, str]]], login: Any, guarding: Guarding
) -> None:
    town.anew("written", guarding)
    at_most = town.settings.superoffice_writes_per_hour
    held = ""
    for entity, entity_id, fields in story:
        town.edit(entity, entity_id, fields, login)
        town.clock.tick(3)
        done = town.work()
        assert done.error is None
        loops = [outcome.reason for outcome in done.result.outcomes.values() if outcome.kind == "loop"]
        assert all("within an hour and would be again" in reason for reason in loops)
        held = held or "; ".join(loops)
    event("held" if held else "not held")
    times = Counter(
        (entry.path, prog_id)
        for entry in town.patches(effect=True)
        for operation in entry.body
        if operation["path"] == "/CustomFields" and operation["op"] == "replace"
        for prog_id in operation["value"]
    )
    # The day's date only follows other fields. What the first load wrote counts, too, so it may be one less.
    assert max((n for (_, prog_id), n in times.items() if prog_id != "SuperOffice:85"), default=0) <= at_most
    town.until_quiet()
    assert_everybody_carries_what_is_right(town)
    assert_nothing_is_left_half_done(town)
    assert_it_rests(town)
