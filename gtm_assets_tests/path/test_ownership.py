"""Over everything that the engine does to a CRM: it changes the fields of its list and nothing else, and no user of the CRM is touched."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gtm_assets.crm.field_map import stored_fields
from gtm_assets.crm.fields import OWNED_UDEFS, Entity
from gtm_assets.writeback.ownership import OWNED, require_owned
from gtm_assets_tests.path.conftest import StartEngine
from gtm_assets_tests.path.harness import Engine
from sandbox.superoffice.carriers import HUMAN

#: What a PATCH of the engine is: the entity's own route.
_ROUTES = ("/Contact/", "/Person/")


def _changes(engine: Engine) -> list[tuple[Entity, str, dict[str, Any]]]:
    """Entity, id and operation of everything that was asked to be changed."""
    found: list[tuple[Entity, str, dict[str, Any]]] = []
    for entry in engine.journal(system="superoffice"):
        if entry["method"] == "GET" or "/login/" in entry["path"].casefold():
            continue
        assert entry["method"] == "PATCH", entry["path"]
        assert any(route in entry["path"] for route in _ROUTES), entry["path"]
        entity, entity_id = entry["path"].rsplit("/", 2)[-2:]
        found += [(entity, entity_id, each) for each in entry["body"] if each["op"] != "test"]
    return found


def _names(engine: Engine) -> dict[int, tuple[str, str]]:
    companies = engine.world.crm.companies
    return {i: (engine.company(i).name, engine.company(i).department) for i in companies.ids_above(0)}


def test_a_whole_life_of_a_tenant_names_nothing_but_owned_fields(start_engine: StartEngine) -> None:
    engine = start_engine(companies=3, fast=True, verticals=None, SUPEROFFICE_WRITE_POSITION="true")
    # Company 1 is the tenant's own: its people use the CRM.
    for person_id in (1, 2, 3):
        engine.world.crm.save(replace(engine.person(person_id), is_associate=True), HUMAN)
    names, foreign, users = _names(engine), engine.foreign(), [engine.person(i) for i in (1, 2, 3)]
    people = list(engine.world.crm.persons.ids_above(3))
    positions = {i: engine.person(i).position for i in people}
    for _ in range(2):
        assert engine.fast_pass(full_sweep=True).error is None
    # Texts change, a persona changes and is no longer known, a vertical changes by hand.
    engine.edit_notion("personas", "einkauf", "Pains", "schwer vergleichbare Angebote")
    engine.edit("Person", people[0], Title="Leiter Einkauf")
    engine.edit("Person", people[1], Title="xyz", Position="")
    engine.edit("Contact", 3, Vertical="Gesundheitswesen")
    assert engine.fast_pass().error is None

    changes = _changes(engine)
    assert changes
    for entity, _, operation in changes:
        require_owned(entity, [operation], stored_fields(engine.store))
    assert {each["path"].lstrip("/") for _, _, each in changes} == {field.place for field in OWNED}
    assert not {entity_id for entity, entity_id, _ in changes if entity == "Person"} & {"1", "2", "3"}
    assert [engine.person(i) for i in (1, 2, 3)] == users, "stamps included"
    assert _names(engine) == names
    humans = {f"Person {people[0]}", f"Person {people[1]}", "Contact 3"}
    now = engine.foreign()
    for key, before in foreign.items():
        if key not in humans:
            assert _without_position(now[key]) == _without_position(before)
    kept = [i for i in people[2:] if positions[i]]
    assert [engine.person(i).position for i in kept] == [positions[i] for i in kept], "what humans chose"


def _without_position(found: tuple[Any, ...]) -> tuple[Any, ...]:
    return found[:3] + found[4:] if len(found) == 7 else found


def test_the_tenants_own_udefs_are_those_of_its_layout(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fast_pass()
    sent: dict[str, set[str]] = {"Contact": set(), "Person": set()}
    for entity, _, operation in _changes(engine):
        if operation["path"] == "/CustomFields":
            sent[entity] |= set(operation["value"])
    fields = stored_fields(engine.store)
    for entity, roles in OWNED_UDEFS.items():
        assert sent[entity] <= {fields[role].prog_id for role in roles}
