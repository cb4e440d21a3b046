"""What stays as it is although the engine has a value: addresses of humans, blocks that are right, and fields that are too short."""

from __future__ import annotations

from typing import Any

import pytest

from gtm_assets_tests.path.conftest import StartEngine
from gtm_assets_tests.path.harness import Engine
from resources.store import schema
from sandbox.data.samples import find_company
from sandbox.superoffice.records import NO_ADDRESS, AddressBlock

#: Every line of it is somebody's work.
LINES = AddressBlock("Werkstraße 1", "Halle 4", "Tor Süd", "", "Kreis", "NI", "37079")


def _blocks(engine: Engine) -> dict[str, Any]:
    """Address blocks that were sent to company 1."""
    sent = [
        each
        for entry in engine.journal(method="PATCH")
        if entry["path"].endswith("Contact/1")
        for each in entry["body"]
    ]
    return {
        each["path"]: each["value"] for each in sent if each["path"].startswith("/Address") and each["op"] == "replace"
    }


@pytest.fixture
def engine(start_engine: StartEngine) -> Engine:
    return start_engine(companies=1, fast=True)


def test_both_blocks_go_whole_and_nothing_that_stands_in_them_is_blanked(engine: Engine) -> None:
    engine.set_address(1, street=LINES, postal=LINES._replace(address1="Postfach 12"))
    engine.fast_pass()
    city = engine.company(1).street.city
    assert city
    assert engine.company(1).street == LINES._replace(city=city)
    assert engine.company(1).postal == LINES._replace(address1="Postfach 12", city=city)
    assert set(_blocks(engine)) == {"/Address/Postal", "/Address/Street"}
    whole = {"Address1", "Address2", "Address3", "City", "County", "State", "Zipcode"}
    assert all(set(block) == whole for block in _blocks(engine).values())


def test_only_the_block_whose_city_differs_is_sent(engine: Engine) -> None:
    sample = find_company("brockstedt-vellmer")
    assert sample is not None
    right = LINES._replace(city=sample.city)
    engine.set_address(1, street=right, postal=LINES)
    engine.fast_pass()
    assert set(_blocks(engine)) == {"/Address/Postal"}
    assert (engine.company(1).street, engine.company(1).postal) == (right, right)


def test_an_address_that_a_human_emptied_stays_empty(engine: Engine) -> None:
    engine.fast_pass()
    street = LINES._replace(city=engine.company(1).street.city)
    engine.set_address(1, street=street, postal=NO_ADDRESS)
    mark = engine.mark()
    engine.fast_pass()
    assert engine.patches(mark) == []
    assert (engine.company(1).street, engine.company(1).postal) == (street, NO_ADDRESS)


@pytest.mark.parametrize("block", ["street", "postal"])
def test_a_city_that_a_human_set_stays_while_the_other_block_is_filled(engine: Engine, block: str) -> None:
    human = LINES._replace(city="Altstadt")
    engine.set_address(1, **{"street": LINES, "postal": LINES, block: human})
    engine.fast_pass()
    company = engine.company(1)
    other = {"street": company.postal, "postal": company.street}[block]
    assert {"street": company.street, "postal": company.postal}[block] == human
    assert other.city not in {"", "Altstadt"}
    assert set(_blocks(engine)) == {"/Address/Postal" if block == "street" else "/Address/Street"}


def test_a_text_that_does_not_fit_is_refused_when_planning_and_told(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True, SUPEROFFICE_FIELD_UNSUBSCRIBE="Hobby")
    engine.fast_pass()
    assert [engine.person(person_id).fields.get("SuperOffice:5", "") for person_id in (1, 2)] == ["", ""]
    assert not [entry for entry in engine.journal(method="PATCH") if "SuperOffice:5" in str(entry["body"])]
    (plan,) = engine.rows(schema.plans, schema.plans.c.entity == "Person", schema.plans.c.entity_id == 1)
    assert "characters, the field holds 39: refused, not cut" in plan["kept"]["unsubscribe"]
    assert "refused, not cut" in engine.state(1)["reason"]
    assert engine.texts(1)["subject"], "the other fields go their way"
