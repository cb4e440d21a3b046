"""The position from the persona over the whole path: switched on and off, a human's choice, another persona, an item that is missing."""

from __future__ import annotations

from typing import Any

import pytest

from gtm_assets.writeback.guards import TESTABLE, Guarding, keep_guarding
from gtm_assets_tests.path.conftest import StartEngine
from gtm_assets_tests.path.harness import Engine
from resources.store import schema


@pytest.fixture
def positions(start_engine: StartEngine) -> Engine:
    """One company whose three persons have no position; their titles: managing director, head of production, buyer without rank."""
    engine = start_engine(companies=1, fast=True, SUPEROFFICE_WRITE_POSITION="true")
    for person_id, title in ((1, "Geschäftsführerin"), (2, "Produktionsleiter"), (3, "Leiter Finanzen")):
        engine.edit("Person", person_id, Title=title, Position="")
    return engine


def _positions(engine: Engine) -> list[str]:
    items = engine.world.crm.lists["perspos"].items
    found = [engine.person(person_id).position for person_id in (1, 2, 3)]
    return [next(iter(items[item].names.values())) if item else "" for item in found]


def _persona(engine: Engine, person_id: int) -> Any:
    return engine.row(schema.persons, schema.persons.c.person_id == person_id)["persona_key"]


def _sent(engine: Engine, since: int = 0) -> list[Any]:
    entries = engine.journal(method="PATCH", since=since)
    return [each["value"] for entry in entries for each in entry["body"] if each["path"].startswith("/Position")]


def test_positions_are_written_with_the_texts_and_a_missing_item_is_told(positions: Engine) -> None:
    result = positions.fast_pass()
    assert result.error is None
    assert _positions(positions) == ["Geschäftsführer", "Produktionsleiter", ""]
    assert sorted(positions.patches()) == ["Contact/1", "Person/1", "Person/2", "Person/3"], "one request each"
    state = positions.state(1)
    assert (state["phase"], state["kind"]) == ("completed", "missing list item")
    assert "list of positions has no item 'Finanzleiter'" in state["reason"]
    # Our own writes come back, and cause nothing.
    mark = positions.mark()
    assert positions.fast_pass(full_sweep=True).phases() == {}
    assert positions.patches(mark) == []
    # Once somebody has added the item, it is found and written by itself.
    positions.world.crm.item_for("perspos", "Finanzleiter")
    positions.fast_pass()
    assert _positions(positions)[2] == "Finanzleiter"
    assert positions.patches(mark) == ["Person/3"]


def test_a_humans_position_stays_and_speaks_while_the_engines_own_does_not(positions: Engine) -> None:
    positions.edit("Person", 1, Position="Prokurist")
    positions.fast_pass()
    assert _positions(positions)[:2] == ["Prokurist", "Produktionsleiter"]
    # Without a title nothing but our own position is left of person 2: nobody knows any more who that is.
    positions.edit("Person", 2, Title="")
    positions.fast_pass()
    assert (_persona(positions, 2), _positions(positions)[1]) == (None, "")
    # What a human chooses says who it is, and stays when the title says something else later.
    positions.edit("Person", 2, Position="Einkaufsleiter")
    positions.fast_pass()
    assert (_persona(positions, 2), _positions(positions)[1]) == ("einkauf", "Einkaufsleiter")
    positions.edit("Person", 2, Title="Produktionsleiter")
    positions.fast_pass()
    assert (_persona(positions, 2), _positions(positions)[1]) == ("produktion", "Einkaufsleiter")


def test_the_engines_own_position_follows_the_persona_until_a_human_chooses(positions: Engine) -> None:
    positions.fast_pass()
    positions.edit("Person", 2, Title="Leiter Einkauf")
    mark = positions.mark()
    positions.fast_pass()
    assert _positions(positions)[1] == "Einkaufsleiter"
    assert positions.patches(mark) == ["Person/2"]
    positions.edit("Person", 2, Position="Betriebsleiter")
    positions.edit("Person", 2, Title="Produktionsleiter")
    positions.fast_pass()
    assert _positions(positions)[1] == "Betriebsleiter"
    assert "person 2 position_item: edited in the CRM" in positions.state(1)["reason"]
    # Cleared by a human, it stays empty for this persona.
    positions.edit("Person", 1, Position="")
    positions.fast_pass()
    assert _positions(positions)[0] == ""


def test_switched_off_nothing_is_written_and_what_was_written_stays(positions: Engine) -> None:
    positions.configure(SUPEROFFICE_WRITE_POSITION="")
    positions.fast_pass()
    assert (_positions(positions), _sent(positions)) == (["", "", ""], [])
    assert not [entry for entry in positions.journal() if "MDOList/perspos" in entry["path"]], "not even read"
    positions.configure(SUPEROFFICE_WRITE_POSITION="true")
    mark = positions.mark()
    positions.fast_pass()
    assert _positions(positions) == ["Geschäftsführer", "Produktionsleiter", ""]
    assert sorted(positions.patches(mark)) == ["Person/1", "Person/2"], "positions alone, in one request each"
    positions.configure(SUPEROFFICE_WRITE_POSITION="false")
    mark = positions.mark()
    positions.edit("Person", 2, Title="Leiter Einkauf")
    positions.edit("Person", 1, Title="")
    positions.fast_pass()
    assert (_positions(positions)[:2], _sent(positions, mark)) == (["Geschäftsführer", "Produktionsleiter"], [])
    assert (_persona(positions, 1), _persona(positions, 2)) == (None, "einkauf"), "still no evidence"


@pytest.mark.parametrize("level", ["A", "B", "C"])
def test_a_choice_while_the_engine_writes_stays(positions: Engine, level: Any) -> None:
    positions.fast_pass()
    with positions.store.write() as connection:
        keep_guarding(connection, Guarding(level, frozenset(TESTABLE) if level == "A" else frozenset()), {})
    positions.edit("Person", 2, Title="Leiter Einkauf")
    # Levels A and B refuse themselves just before the save; at level C what was planned from is read once more.
    when = "after-read" if level == "C" else "before-patch"
    positions.tell("faults/edit-between", person=2, fields={"Position": "Prokurist"}, when=when)
    positions.fast_pass()
    assert _positions(positions)[1] == "Prokurist"
    assert "Prokurist" not in positions.state(1)["reason"], "what a human chose is nobody's business in a reason"


def test_a_plan_tells_the_position_by_its_name(positions: Engine) -> None:
    from gtm_assets.monitoring.plans import load_plans

    positions.configure(SUPEROFFICE_ALLOW_LIVE_WRITE="false")
    positions.fast_pass()
    with positions.store.read() as connection:
        plans = {plan.entity_id: plan.fields for plan in load_plans(connection) if plan.entity == "Person"}
    change = plans[2]["position_item"]
    assert (change.now, change.would_be, change.reason) == ("", "Produktionsleiter", "persona produktion")
    assert _sent(positions) == []
