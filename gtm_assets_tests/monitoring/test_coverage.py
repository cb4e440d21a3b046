"""Coverage: every person is in exactly one place, and a cell says what the persons behind it get."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm_assets.monitoring.coverage import APART, NO_CELL, STATES, CellCoverage, Headcount, measure, only
from gtm_assets_tests.monitoring.coverage_samples import CELL, MESSE, MESSE_CELL, PERSONAS, VERTICALS, sample_outline


def _group(**changed: Any) -> Headcount:
    return Headcount(**{"persona_key": "leitung", "vertical_key": "maschinenbau", "campaign": "", **changed})


def _cell(coverage, place) -> CellCoverage:
    (found,) = (c for c in coverage.cells if (c.persona_key, c.vertical_key, c.campaign_key) == place)
    return found


def _behind(coverage, place) -> tuple[int, int, int]:
    cell = _cell(coverage, place)
    return cell.own, cell.falling_back, cell.without_text


def test_cells_come_standard_first_then_by_the_names_of_campaign_vertical_and_persona() -> None:
    coverage = measure(sample_outline(), [])
    assert coverage.campaigns == ("standard", "messe-2026")
    assert [(c.vertical_key, c.persona_key) for c in coverage.of("standard")] == [
        ("hotel", "leitung"),
        ("hotel", "einkauf"),
        ("maschinenbau", "leitung"),
        ("maschinenbau", "einkauf"),
    ]
    assert _cell(coverage, MESSE_CELL).key == "leitung|maschinenbau|messe-2026"


@pytest.mark.parametrize("written", ["Messe 2026", " messe 2026 ", "MESSE-2026"])
def test_a_campaign_is_found_however_people_write_its_tag(written) -> None:
    coverage = measure(sample_outline({MESSE_CELL: "approved"}), [_group(campaign=written, persons=3)])
    assert _behind(coverage, MESSE_CELL) == (3, 0, 0)
    assert coverage.unknown_campaigns == {}


@pytest.mark.parametrize("written", ["Messe 2025", "???", "🎉"])
def test_a_campaign_that_is_not_active_counts_as_standard_and_is_named(written) -> None:
    coverage = measure(sample_outline({CELL: "approved"}), [_group(campaign=written, persons=2)])
    assert _behind(coverage, CELL) == (2, 0, 0)
    assert coverage.unknown_campaigns == {written: 2}


@pytest.mark.parametrize("written", ["", "  ", "standard", "Standard"])
def test_an_empty_campaign_field_is_no_unknown_campaign(written) -> None:
    assert measure(sample_outline(), [_group(campaign=written)]).unknown_campaigns == {}


@pytest.mark.parametrize(
    ("campaign_state", "standard_state", "behind"),
    [
        ("approved", "approved", (1, 0, 0)),
        ("approved", "missing", (1, 0, 0)),
        ("waiting", "approved", (0, 1, 0)),
        ("missing", "approved", (0, 1, 0)),
        ("rejected", "waiting", (0, 0, 1)),
        ("lapsed", "failed_rules", (0, 0, 1)),
    ],
)
def test_who_was_never_planned_gets_what_the_states_of_the_cells_allow(campaign_state, standard_state, behind) -> None:
    outline = sample_outline({MESSE_CELL: campaign_state, CELL: standard_state})
    coverage = measure(outline, [_group(campaign="Messe 2026")])
    assert _behind(coverage, MESSE_CELL) == behind
    assert _behind(coverage, CELL) == (0, 0, 0)


def test_what_was_recorded_counts_more_than_the_states() -> None:
    """Who carries an earlier text of a lapsed cell keeps it; who waits for the next pass has none yet."""
    outline = sample_outline({MESSE_CELL: "lapsed", CELL: "approved"})
    groups = [
        _group(campaign="Messe 2026", level="campaign", persons=5),
        _group(campaign="Messe 2026", level="standard", persons=3),
        _group(campaign="Messe 2026", level="none", persons=2),
        _group(level="none", persons=7),
        _group(level="standard", persons=4),
    ]
    coverage = measure(outline, groups)
    assert _behind(coverage, MESSE_CELL) == (5, 3, 2)
    assert _behind(coverage, CELL) == (4, 0, 7)
    total = coverage.summary()
    assert (total.covered, total.falling_back, total.without_text, total.addressed) == (12, 3, 9, 21)


def test_nobody_falls_back_from_the_standard_text() -> None:
    """A person whose campaign just ended is recorded with the campaign's text until the account is worked on."""
    assert _behind(measure(sample_outline(), [_group(level="campaign")]), CELL) == (1, 0, 0)


@pytest.mark.parametrize(
    ("group", "reason"),
    [
        ({"researched": False, "vertical_key": None}, "not_researched"),
        ({"vertical_key": None}, "vertical_unknown"),
        ({"persona_key": None}, "persona_unknown"),
        ({"persona_key": None, "vertical_key": None}, "both_unknown"),
        ({"persona_key": "abgeschafft"}, "not_active"),
        ({"vertical_key": "abgeschafft"}, "not_active"),
    ],
)
def test_persons_without_a_cell_are_counted_with_the_reason(group, reason) -> None:
    coverage = measure(sample_outline(), [_group(persons=3, **group)])
    assert coverage.no_cell[reason] == 3
    assert (sum(coverage.no_cell.values()), coverage.persons) == (3, 3)
    assert coverage.summary().without_cell == 3


@pytest.mark.parametrize("reason", APART)
def test_persons_who_must_not_be_addressed_are_counted_apart_and_behind_no_cell(reason) -> None:
    coverage = measure(sample_outline({CELL: "approved"}), [_group(apart=reason, level="standard", persons=2)])
    assert coverage.apart[reason] == 2
    assert sum(cell.persons for cell in coverage.cells) == 0
    assert (coverage.persons, coverage.summary().addressed, coverage.summary().percent) == (2, 0, None)


def test_percent_is_of_all_who_may_be_addressed_also_those_without_a_cell() -> None:
    groups = [_group(persons=2), _group(persona_key=None, persons=1), _group(apart="retired", persons=96)]
    total = measure(sample_outline({CELL: "approved"}), groups).summary()
    assert (total.covered, total.addressed, total.percent) == (2, 3, 66.7)


def test_persons_of_accounts_that_are_due_are_told() -> None:
    groups = [
        _group(due=True, persons=3),
        _group(persons=1),
        _group(due=True, persona_key=None, persons=5),
        _group(due=True, apart="retired", persons=7),
    ]
    assert measure(sample_outline(), groups).due == 3


def test_chosen_cells_keep_their_persons_and_nobody_else_is_counted() -> None:
    groups = [
        _group(persons=2),
        _group(campaign="Messe 2026", persons=3),
        _group(persona_key=None, persons=4),
        _group(apart="retired"),
        _group(campaign="Messe 1999", due=True),
    ]
    coverage = only(measure(sample_outline(), groups), ["leitung|maschinenbau|messe-2026"])
    assert [cell.key for cell in coverage.cells] == ["leitung|maschinenbau|messe-2026"]
    assert (coverage.persons, coverage.summary().addressed) == (3, 3)
    assert (dict(coverage.unknown_campaigns), coverage.due, coverage.chosen) == ({}, 0, True)


def test_a_campaign_with_neither_text_nor_person_is_bare() -> None:
    assert measure(sample_outline(), []).is_bare("messe-2026")
    assert not measure(sample_outline({MESSE_CELL: "waiting"}), []).is_bare("messe-2026")
    assert not measure(sample_outline(), [_group(campaign="Messe 2026")]).is_bare("messe-2026")


GROUPS = st.builds(
    Headcount,
    persona_key=st.sampled_from([*PERSONAS, "abgeschafft", None]),
    vertical_key=st.sampled_from([*VERTICALS, "abgeschafft", None]),
    campaign=st.sampled_from(["", "standard", MESSE.tag, "messe 2026", "Messe 1999", "🎉"]),
    level=st.sampled_from([None, "campaign", "standard", "none"]),
    apart=st.sampled_from(["", "", "", *APART]),
    researched=st.booleans(),
    due=st.booleans(),
    persons=st.integers(1, 1000),
)
OUTLINES = st.builds(
    lambda states, campaigns: sample_outline(
        dict(zip(sample_outline(campaigns=campaigns).states, states, strict=False)), campaigns=campaigns
    ),
    st.lists(st.sampled_from(STATES), min_size=8, max_size=8),
    st.sampled_from([(), (MESSE,)]),
)


@given(outline=OUTLINES, groups=st.lists(GROUPS, max_size=30))
def test_everybody_is_counted_exactly_once(outline, groups) -> None:
    coverage = measure(outline, groups)
    everybody = sum(group.persons for group in groups)
    total = coverage.summary()
    assert coverage.persons == everybody
    assert total.addressed + sum(coverage.apart.values()) == everybody
    assert total.own + total.falling_back + total.without_text + sum(coverage.no_cell.values()) == total.addressed
    assert sum(coverage.summary(key).addressed for key in coverage.campaigns) == total.addressed - total.without_cell
    assert sum(total.states.values()) == len(coverage.cells) == len(outline.states)
    assert set(coverage.apart) == set(APART)
    assert set(coverage.no_cell) == set(NO_CELL)
    assert coverage.due <= total.addressed - total.without_cell
    assert sum(coverage.unknown_campaigns.values()) <= sum(cell.persons for cell in coverage.of("standard"))


@given(outline=OUTLINES, groups=st.lists(GROUPS, max_size=30), data=st.data())
def test_the_order_and_the_size_of_groups_do_not_matter(outline, groups, data) -> None:
    singly = [
        Headcount(g.persona_key, g.vertical_key, g.campaign, g.level, g.apart, g.researched, g.due, 1)
        for g in groups
        for _ in range(min(g.persons, 3))
    ]
    together = measure(outline, singly)
    assert measure(outline, data.draw(st.permutations(singly))) == together


@given(outline=OUTLINES, groups=st.lists(GROUPS, max_size=10))
def test_as_json_adds_up(outline, groups) -> None:
    printed = measure(outline, groups).as_json()
    apart, nowhere = sum(printed["not_addressed"].values()), sum(printed["without_cell"].values())
    assert printed["persons"] == sum(cell["persons"] for cell in printed["cells"]) + apart + nowhere
    assert printed["addressed"] == printed["covered"] + printed["without_text"] + nowhere
    assert printed["covered"] == sum(campaign["covered"] for campaign in printed["campaigns"])
