"""Positions: which items the CRM's list lacks, and whether a tenant tests them, asked by requests that only test."""

from __future__ import annotations

from typing import Any

import pytest

from gtm_assets.doctor.probe import answers as asked
from gtm_assets.doctor.probe.answers import Answer, Proofs
from gtm_assets.doctor.probe.testable import ask_testable
from gtm_assets_tests.doctor.conftest import StartStage
from gtm_assets_tests.doctor.looking import Installation
from gtm_assets_tests.doctor.probing import SAILOR
from gtm_assets_tests.fake_crm import FakeCrm
from gtm_assets_tests.stores import persona_row, put
from resources.store import schema


def _ask(crm: FakeCrm, contact_id: int = 1) -> tuple[bool, Answer]:
    client: Any = crm
    proofs = Proofs()
    answers = ask_testable(client, 5, contact_id, proofs)
    (answer,) = [answer for answer in answers if answer.question == asked.POSITION_TESTED]
    changed = [each for _, _, operations in crm.sent for each in operations if each["op"] != "test"]
    assert changed == [], "nothing is written, whatever the tenant does with tests"
    return "position" in proofs.testable, answer


def _crm(crm: FakeCrm, **person: Any) -> FakeCrm:
    crm.add_contact(1)
    crm.add_person(5, 1, **person)
    return crm


@pytest.mark.parametrize("contact_id", [1, 0], ids=["with a company", "without one"])
def test_an_empty_position_that_is_shown_as_id_0_proves_both(contact_id) -> None:
    proven, answer = _ask(_crm(FakeCrm()), contact_id)
    assert proven
    assert answer.answer.startswith("yes")


def test_a_position_that_is_set_says_nothing_about_an_empty_one() -> None:
    proven, answer = _ask(_crm(FakeCrm(), position="Prokurist"))
    assert not proven
    assert "probe somebody without" in answer.answer
    assert "read just before each PATCH" in answer.answer


def test_an_empty_position_that_is_shown_as_nothing_says_nothing_about_a_set_one() -> None:
    crm = FakeCrm()
    crm.no_position = None
    proven, answer = _ask(_crm(crm))
    assert not proven
    assert "shown as nothing at all" in answer.answer


def test_a_tenant_that_does_not_look_at_tests_is_not_believed() -> None:
    crm = FakeCrm()
    crm.tests = "passed over"
    proven, answer = _ask(_crm(crm))
    assert not proven
    assert "Position/Id passes where it does not hold" in answer.answer


def test_a_probe_keeps_what_was_proven_of_positions(start_stage: StartStage) -> None:
    stage = start_stage()
    stage.engine.edit("Person", SAILOR, Position="")
    stage.probe()
    assert "position" in stage.guarding().tests
    stage.engine.edit("Person", SAILOR, Position="Prokurist")
    result, _ = stage.probe()
    assert "position" not in stage.guarding().tests, "the last probe counts"
    assert asked.POSITION_TESTED in {answer["question"] for answer in result["answers"]}


# --- the list --------------------------------------------------------------------------------------------------------------------


def _said(installation: Installation) -> dict[str, str]:
    return {f.status: f.said for f in installation.look().findings if f.name == "position list"}


def test_the_list_is_looked_at_where_positions_are_written_and_missing_items_are_named(
    installation: Installation,
) -> None:
    assert _said(installation) == {}
    installation.environment["SUPEROFFICE_WRITE_POSITION"] = "true"
    assert "named Leiter Infrastruktur, Finanzleiter" in _said(installation)["wrong"]
    assert installation.writes() == [], "and never made"
    crm = installation.server.world.crm
    for name in ("Leiter Infrastruktur", "Finanzleiter"):
        crm.item_for("perspos", name)
    assert _said(installation) == {"ok": "an item for each of 6 personas."}


def test_an_item_that_was_tied_once_may_be_renamed(installation: Installation) -> None:
    installation.environment["SUPEROFFICE_WRITE_POSITION"] = "true"
    item = installation.server.world.crm.lists["perspos"].find("Einkaufsleiter")
    assert item is not None
    with installation.store() as store:
        put(store, schema.personas, persona_row("einkauf", name="Einkaufsleiter", crm_item_id=item.id))
    item.names.update(dict.fromkeys(item.names, "Leitung Beschaffung"))
    assert "Einkaufsleiter" not in _said(installation)["wrong"]
