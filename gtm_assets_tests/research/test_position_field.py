"""The CRM's list of positions and Notion's personas; and that the engine's own position is no evidence of who somebody is."""

from __future__ import annotations

from typing import Any

import pytest

from gtm_assets.knowledge.sync import sync_table
from gtm_assets.research.personas import decide_for_accounts
from gtm_assets.research.position_field import (
    PositionValues,
    items_by_name,
    lists_to_read,
    position_evidence,
    tie_positions,
)
from gtm_assets.texts import matrix
from gtm_assets_tests.fake_fields import FIELDS, POSITIONS
from gtm_assets_tests.knowledge.test_rows import table
from gtm_assets_tests.stores import person_row, persona_row, put, rows_of, vertical_row, written_row
from resources.store import schema
from resources.store.store import Store
from resources.superoffice.models import ListItem


@pytest.fixture
def personas(store: Store) -> Store:
    put(
        store,
        schema.personas,
        persona_row("produktion", name="Produktionsleiter"),
        persona_row("einkauf", ["Einkaufsleiter"], name="HEAD OF PROCUREMENT"),
        persona_row("finanzen", ["CFO"], name="Finanzleiter"),
        persona_row("alt", ["Alt"], name="Prokurist", active=False),
    )
    put(
        store,
        schema.persons,
        person_row(5, 1, persona_key="produktion", position_item=""),
        person_row(6, 2, persona_key="finanzen", position_item=""),
    )
    return store


def _tied(store: Store) -> dict[str, int | None]:
    return {row["key"]: row["crm_item_id"] for row in rows_of(store, schema.personas)}


def _due(store: Store) -> set[int]:
    return {row["contact_id"] for row in rows_of(store, schema.sync_state) if row["due_at"]}


def _value(store: Store, key: str) -> tuple[str | None, str]:
    with store.read() as connection:
        return PositionValues(connection).value_of(key)


def test_items_are_tied_by_name_in_any_language_and_the_missing_ones_are_reported(personas) -> None:
    assert tie_positions(personas, POSITIONS) == ["Finanzleiter"]
    assert _tied(personas) == {"produktion": 5, "einkauf": 6, "finanzen": None, "alt": None}
    assert _due(personas) == {1}, "whoever is of a persona whose item is known now"
    assert _value(personas, "produktion") == ("[I:5]", "")
    assert _value(personas, "finanzen") == (
        None,
        "the CRM's list of positions has no item 'Finanzleiter', or several; add it there, or name another in Notion (CRM Position)",
    )
    assert _value(personas, "alt") == (None, "persona alt is not active in Notion")


def test_a_tied_item_stays_tied_when_either_side_is_renamed(personas) -> None:
    tie_positions(personas, POSITIONS)
    renamed = {"perspos": (ListItem(5, ("Werkleiter",), deleted=False), ListItem(6, ("Einkauf",), deleted=False))}
    assert tie_positions(personas, renamed) == ["Finanzleiter"]
    assert (_tied(personas)["produktion"], _tied(personas)["einkauf"]) == (5, 6)


def test_an_item_that_is_deleted_is_none_any_more_and_its_people_are_looked_at(personas) -> None:
    tie_positions(personas, POSITIONS)
    with personas.write() as connection:
        connection.execute(schema.sync_state.update().values(due_at=None))
    deleted = {"perspos": (ListItem(5, ("Produktionsleiter",), deleted=True),)}
    assert "Produktionsleiter" in tie_positions(personas, deleted)
    assert _tied(personas)["produktion"] is None
    assert _due(personas) == {1}


def test_a_name_of_several_items_is_nobodys() -> None:
    twice = (ListItem(1, ("Einkauf",), deleted=False), ListItem(2, ("EINKAUF", "Purchasing"), deleted=False))
    assert items_by_name(twice) == {"purchasing": 2}


@pytest.mark.parametrize(("wanted", "item"), [("Prokurist", 7), ("", 5), ("Gibt es nicht", None)])
def test_notion_may_name_another_item_and_a_new_name_is_looked_up_anew(store, wanted, item) -> None:
    row = {"Name": "Produktionsleiter", "Key": "produktion"}
    columns = ("Name", "Key", "Pains", "Gains", "Job Titles", "Status", "crm position")

    def sync(**cells: Any) -> Any:
        return sync_table(store, "personas", table("personas", {**row, **cells}, columns=columns), {})

    before = "Head of Procurement" if wanted != "Prokurist" else ""
    sync(**{"crm position": before})
    put(store, schema.persons, person_row(5, 1, persona_key="produktion"))
    tie_positions(store, POSITIONS)
    result = sync(**{"crm position": wanted})
    assert [(change.what, change.fields) for change in result.changes] == [("changed", ("crm_position",))]
    assert result.accounts_due == 1
    tie_positions(store, POSITIONS)
    assert _tied(store) == {"produktion": item}


def test_another_item_makes_no_text_stale(store) -> None:
    def inputs() -> dict[str, str]:
        with store.read() as connection:
            return {key: cell.inputs_hash for key, cell in matrix.load_cells(connection, FIELDS, "model").items()}

    put(store, schema.verticals, vertical_row("maschinenbau"))
    sync_table(store, "personas", table("personas", {}), {})
    before = inputs()
    columns = ("Name", "Key", "Pains", "Gains", "Job Titles", "Status", "CRM Position")
    sync_table(store, "personas", table("personas", {"CRM Position": "Werkleiter"}, columns=columns), {})
    assert inputs() == before
    assert before


def test_without_the_column_a_row_is_the_version_that_it_was_before(store) -> None:
    sync_table(store, "personas", table("personas", {}), {})
    (before,) = rows_of(store, schema.personas)
    columns = ("Name", "Key", "Pains", "Gains", "Job Titles", "Status", "CRM Position")
    assert sync_table(store, "personas", table("personas", {}, columns=columns), {}).changes == ()
    assert rows_of(store, schema.personas)[0]["row_hash"] == before["row_hash"]


def test_the_list_is_read_from_the_first_time_on_that_positions_are_written(store) -> None:
    assert lists_to_read(store, write=False) == ()
    assert lists_to_read(store, write=True) == ("perspos",)
    assert lists_to_read(store, write=False) == ("perspos",), "what was written has to be told from a human's for good"


# --- evidence ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "own", "evidence"),
    [
        ("[I:5]", None, "Produktionsleiter"),
        ("[I:5]", "[I:5]", ""),
        ("[I:5]", "[I:6]", "Produktionsleiter"),
        (None, None, "Produktionsleiter"),
        (None, "[I:5]", ""),
        ("Produktionsleiter", "[I:5]", ""),
    ],
    ids=["a human's", "ours", "edited since", "never read by item", "ours, not told", "ours, its item is gone"],
)
def test_only_a_humans_position_says_who_somebody_is(item, own, evidence) -> None:
    assert position_evidence({"position": "Produktionsleiter", "position_item": item}, own) == evidence


def test_the_engines_own_position_does_not_confirm_itself(personas) -> None:
    human = person_row(7, 3, position="Produktionsleiter", position_item="[I:5]")
    ours = person_row(8, 3, position="Produktionsleiter", position_item="[I:5]", persona_key="produktion")
    put(personas, schema.persons, human, ours)
    put(personas, schema.written_values, written_row("Person", 8, "position_item", "[I:5]"))
    decide_for_accounts(personas, [3])
    found = {row["person_id"]: row["persona_key"] for row in rows_of(personas, schema.persons)}
    assert (found[7], found[8]) == ("produktion", None), "the title that had spoken for 8 is gone"
    # A human who chooses another one has said who it is.
    put(personas, schema.persons, {**ours, "position": "Einkaufsleiter", "position_item": "[I:6]"})
    decide_for_accounts(personas, [3])
    assert {row["person_id"]: row["persona_key"] for row in rows_of(personas, schema.persons)}[8] == "einkauf"
