"""A process that dies at any point: after the restart each field is right, nothing was written twice, nothing is stuck.

Dying is an exception here that no handler sees; afterwards the process reaches neither the CRM nor the store. Real processes are killed
in ``gtm_assets_tests/processes/test_killed_runs.py``.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from gtm_assets.writeback.guards import Guarding
from gtm_assets_tests.properties.fate import Fate, Gone
from gtm_assets_tests.properties.mornings import Morning
from gtm_assets_tests.properties.right import (
    assert_everybody_carries_what_is_right,
    assert_it_rests,
    assert_nothing_is_left_half_done,
    assert_nothing_is_written_twice,
)
from gtm_assets_tests.properties.searching import is_long, search
from gtm_assets_tests.properties.town import GUARDINGS, Town

#: A pass has about so many points that others can see; later ones are lived through.
POINTS = 150


def _change(town: Town, morning: Morning) -> None:
    """Something to write: everything on the first morning; a person's and a company's texts on the second."""
    if morning == "written":
        town.edit("Person", 1, {"Title": "Leiter Einkauf"})
        town.edit("Contact", 2, {"Vertical": "Maschinenbau"})
    town.clock.tick(3)


def _dies(town: Town, fate: Fate) -> bool:
    try:
        done = town.live(fate)
    except Gone:
        town.store.close()
        return True
    assert done.error is None
    return False


def _all_is_well(town: Town) -> None:
    town.until_quiet()
    assert_everybody_carries_what_is_right(town)
    assert_nothing_is_left_half_done(town)
    assert_nothing_is_written_twice(town)
    assert_it_rests(town)


@given(
    morning=st.sampled_from(["planned", "written"]),
    guarding=st.sampled_from(GUARDINGS),
    deaths=st.lists(st.integers(0, POINTS), min_size=1, max_size=3),
    edited=st.booleans(),
)
@search(10)
def test_a_process_that_dies_anywhere_any_number_of_times(
    town: Town, morning: Any, guarding: Guarding, deaths: list[int], edited: bool
) -> None:
    town.anew(morning, guarding)
    _change(town, morning)
    for dies_at in deaths:
        fate = Fate(dies_at)
        if _dies(town, fate):
            note(f"died at point {dies_at}: {fate.seen[-1]}")
        town.time_passes()
    if edited:
        town.edit("Person", 2, {"Title": "Leiter Einkauf"})
    _all_is_well(town)


@pytest.mark.parametrize("guarding", GUARDINGS if is_long() else [GUARDINGS[0], GUARDINGS[-1]], ids=str)
def test_a_process_that_dies_at_each_point_of_one_story(town: Town, guarding: Guarding) -> None:
    def begin(dies_at: int | None) -> Fate:
        town.anew("written", guarding)
        town.edit("Person", 1, {"Title": "Leiter Einkauf"})
        town.clock.tick(3)
        return Fate(dies_at)

    whole = begin(None)
    assert not _dies(town, whole)
    for point in _points(whole.seen):
        fate = begin(point)
        assert _dies(town, fate)
        try:
            _all_is_well(town)
        except AssertionError as error:
            error.add_note(f"It had died at point {point}: {fate.seen[-1]}")
            raise


def _points(seen: list[str]) -> list[int]:
    """All of them in the long search; else those around the one PATCH, and some others."""
    near = {i + step for i, what in enumerate(seen) if "Person/1" in what for step in (-1, 0, 1)}
    assert len(near) > 3
    return sorted(near | set(range(0, len(seen), 1 if is_long() else 40)))
