"""What a change in Notion does to texts and to the CRM, and what a Notion that does not answer must not do."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from gtm_assets.knowledge.columns import MissingColumnError
from gtm_assets.knowledge.sync import TABLES
from gtm_assets.writeback.targets import TEXT_FIELDS
from gtm_assets_tests.path.conftest import StartEngine
from gtm_assets_tests.path.harness import Engine
from resources.store import schema

PERSONAS = {"geschaeftsfuehrung", "produktion", "logistik", "infrastruktur", "finanzen", "einkauf"}
NO_TEXT = dict.fromkeys(TEXT_FIELDS, "")


def _texts(engine: Engine, person: int) -> dict[str, str]:
    return {role: engine.texts(person)[role] for role in TEXT_FIELDS}


def _knowledge(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    return {name: engine.rows(table, sa.true()) for name, table in TABLES.items()}


@pytest.fixture
def two_industries(start_engine: StartEngine) -> Engine:
    """An engineering company (1, persons 1 to 3) and a clinic (2, person 4) that carry their texts."""
    engine = start_engine(companies=1, fast=True)
    clinic = engine.create("Contact", name="Klinikum (Musterdaten)", url=engine.site("klinikum-auental"))
    person = engine.create("Person", lastname="Muster", title="Geschäftsführerin", company=str(clinic))
    assert (clinic, person) == (2, 4)
    result = engine.fast_pass()
    assert result.phases() == {1: "completed", 2: "completed"}
    assert engine.profile(2)["vertical"] == "Gesundheitswesen"
    return engine


def test_a_changed_pain_rewrites_the_cells_of_that_vertical_and_those_who_carry_them(two_industries: Engine) -> None:
    engine = two_industries
    before = {person: _texts(engine, person) for person in (1, 2, 3, 4)}
    foreign = engine.foreign()
    mark = engine.mark()
    engine.edit_notion("verticals", "maschinenbau", "Pains", "zu viele Zwischenlager\nteure Stillstände")
    result = engine.fast_pass()
    assert result.error is None
    written = {key for key, outcome in result.cells.outcomes.items() if outcome == "generated"}
    assert written == {f"{persona}|maschinenbau" for persona in PERSONAS}
    # Six cells, and the openers of the one company in that vertical.
    assert result.model_calls == engine.model_calls(mark) == 7
    assert result.phases() == {1: "completed"}
    assert sorted(set(engine.patches(mark)) - {"Contact/1"}) == ["Person/1", "Person/2"]
    assert len(engine.patches(mark)) == len(set(engine.patches(mark)))
    for person in (1, 2):
        assert _texts(engine, person) != before[person]
        assert all(_texts(engine, person).values())
    assert (_texts(engine, 3), _texts(engine, 4)) == (before[3], before[4])
    assert engine.foreign() == foreign

    mark = engine.mark()
    again = engine.fast_pass()
    assert (again.model_calls, again.phases(), engine.patches(mark)) == (0, {}, [])


def test_a_changed_persona_rewrites_its_cells_only(two_industries: Engine) -> None:
    engine = two_industries
    before = {person: _texts(engine, person) for person in (1, 2, 3, 4)}
    mark = engine.mark()
    engine.edit_notion("personas", "geschaeftsfuehrung", "Pains", "fehlende Planbarkeit")
    result = engine.fast_pass()
    written = {key for key, outcome in result.cells.outcomes.items() if outcome == "generated"}
    assert written == {"geschaeftsfuehrung|maschinenbau", "geschaeftsfuehrung|healthcare"}
    assert result.model_calls == 2
    assert sorted(engine.patches(mark)) == ["Person/1", "Person/4"]
    assert (_texts(engine, 2), _texts(engine, 3)) == (before[2], before[3])


def test_other_job_titles_of_a_persona_decide_everybody_again(two_industries: Engine) -> None:
    engine = two_industries
    assert _texts(engine, 1) != NO_TEXT
    mark = engine.mark()
    engine.edit_notion("personas", "geschaeftsfuehrung", "Status", "Draft")
    result = engine.fast_pass()
    assert result.error is None
    assert _texts(engine, 1) == _texts(engine, 4) == NO_TEXT
    assert sorted(engine.patches(mark)) == ["Person/1", "Person/4"]
    engine.edit_notion("personas", "geschaeftsfuehrung", "Status", "Active")
    assert engine.fast_pass().model_calls == 0
    assert all(_texts(engine, 1).values())


def test_a_vertical_set_to_draft_takes_our_values_back_and_nothing_else(two_industries: Engine) -> None:
    engine = two_industries
    clinic = engine.company(2), engine.person(4)
    before = {person: _texts(engine, person) for person in (1, 2)}
    engine.edit_field("Person", 2, "SuperOffice:20", "Von Hand geschrieben.")
    engine.fast_pass()
    foreign = engine.foreign()
    engine.edit_notion("verticals", "maschinenbau", "Status", "Draft")
    result = engine.fast_pass()
    assert result.error is None
    assert [change.what for change in result.synced["verticals"].changes] == ["deactivated"]
    profile = engine.profile(1)
    assert (profile["vertical"], profile["opener"], profile["opener_secondary"]) == ("", "", "")
    assert _texts(engine, 1) == NO_TEXT
    assert _texts(engine, 2) == {"subject": "", "intro": "Von Hand geschrieben.", "social_proof": ""}
    assert (engine.company(2), engine.person(4)) == clinic
    assert engine.foreign() == foreign
    mark = engine.mark()
    assert engine.fast_pass().model_calls == 0
    assert engine.patches(mark) == []

    engine.edit_notion("verticals", "maschinenbau", "Status", "Active")
    engine.fast_pass()
    assert engine.profile(1)["vertical"] == "Maschinenbau"
    assert _texts(engine, 1) == before[1]
    assert _texts(engine, 2)["intro"] == "Von Hand geschrieben."


def test_a_vertical_with_another_name_keeps_its_item_in_the_crm(two_industries: Engine) -> None:
    engine = two_industries
    item = engine.company(1).fields["SuperOffice:83"]
    engine.edit_notion("verticals", "maschinenbau", "Name", "Maschinen- und Anlagenbau")
    result = engine.fast_pass()
    assert (result.error, result.missing_list_items) == (None, ())
    assert engine.company(1).fields["SuperOffice:83"] == item
    assert all(_texts(engine, 1).values())


def test_a_vertical_with_another_key_is_the_same_to_the_crm(two_industries: Engine) -> None:
    engine = two_industries
    item = engine.company(1).fields["SuperOffice:83"]
    engine.edit_notion("verticals", "maschinenbau", "Key", "maschinen")
    result = engine.fast_pass()
    assert result.error is None
    assert {(change.key, change.what) for change in result.synced["verticals"].changes} == {
        ("maschinenbau", "deactivated"),
        ("maschinen", "new"),
    }
    assert engine.company(1).fields.get("SuperOffice:83") == item
    assert engine.row(schema.profiles, schema.profiles.c.contact_id == 1)["vertical_key"] == "maschinen"
    assert all(_texts(engine, 1).values())
    assert all(engine.profile(1).values())


def test_a_removed_row_becomes_inactive_and_stays_known(two_industries: Engine) -> None:
    engine = two_industries
    engine.world.notion.remove("verticals", "healthcare")
    result = engine.fast_pass()
    assert result.error is None
    assert [(change.key, change.what) for change in result.synced["verticals"].changes] == [
        ("healthcare", "deactivated")
    ]
    row = engine.row(schema.verticals, schema.verticals.c.key == "healthcare")
    assert not row["active"]
    assert row["pains"]
    assert engine.profile(2)["vertical"] == ""
    assert _texts(engine, 4) == NO_TEXT
    assert engine.profile(1)["vertical"] == "Maschinenbau"


def test_a_row_without_pains_is_refused_by_name_and_the_others_go_on(two_industries: Engine) -> None:
    engine = two_industries
    before = engine.row(schema.verticals, schema.verticals.c.key == "maschinenbau")
    engine.edit_notion("verticals", "maschinenbau", "Pains", "")
    engine.edit_notion("verticals", "healthcare", "Pains", "lange Wege auf Station")
    mark = engine.mark()
    result = engine.fast_pass()
    assert result.error is None
    (refusal,) = result.synced["verticals"].refused
    assert refusal.name == "Maschinenbau"
    assert "Pains" in refusal.reason
    after = engine.row(schema.verticals, schema.verticals.c.key == "maschinenbau")
    assert (after["active"], after["pains"]) == (True, before["pains"])
    assert [change.key for change in result.synced["verticals"].changes] == ["healthcare"]
    assert set(engine.patches(mark)) <= {"Contact/2", "Person/4"}
    assert engine.profile(1)["vertical"] == "Maschinenbau"


def test_a_row_without_a_key_never_takes_part(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.edit_notion("personas", "produktion", "Key", "")
    result = engine.fast_pass()
    assert result.error is None
    assert [(refusal.name, "Key" in refusal.reason) for refusal in result.synced["personas"].refused] == [
        ("Produktionsleiter", True)
    ]
    assert not any(key.startswith("produktion|") for key in result.cells.outcomes)
    assert _texts(engine, 2) == NO_TEXT
    assert all(_texts(engine, 1).values())


def test_a_missing_column_is_named_and_nothing_of_that_table_changes(two_industries: Engine) -> None:
    engine = two_industries
    before = _knowledge(engine)["verticals"]
    engine.world.notion.remove_column("verticals", "Ops Focus")
    with pytest.raises(MissingColumnError, match=r"'verticals' has no column 'Ops Focus'.*GTM_NOTION_COLUMNS"):
        engine.read_notion()
    assert _knowledge(engine)["verticals"] == before
    failed = engine.pass_once()
    assert failed.failed
    assert any("verticals" in error and "'Ops Focus'" in error for error in failed.errors)
    assert failed.knowledge == {"verticals": 2, "personas": 6, "campaigns": 2}
    assert _knowledge(engine)["verticals"] == before


def test_a_notion_that_does_not_answer_fails_the_run_and_changes_nothing(two_industries: Engine) -> None:
    engine = two_industries
    before, texts = _knowledge(engine), engine.texts(1)
    # Told to wait longer than a run should sleep, the client gives up at once.
    engine.fault(system="notion", status=503, times=1000, retry_after=300)
    mark = engine.mark()
    result = engine.pass_once()
    assert result.failed
    assert any("Notion" in error and "503" in error for error in result.errors)
    assert result.knowledge == {"verticals": 2, "personas": 6, "campaigns": 2}
    assert _knowledge(engine) == before
    assert engine.texts(1) == texts
    assert engine.patches(mark) == []
    assert result.model_calls == 0


def test_an_empty_answer_is_no_reason_to_forget_everything(two_industries: Engine) -> None:
    engine = two_industries
    before = _knowledge(engine)
    for row in engine.world.notion.rows("verticals"):
        engine.world.notion.remove("verticals", str(row["Key"]))
    failed = engine.pass_once()
    assert failed.failed
    assert any("no rows" in error for error in failed.errors)
    assert _knowledge(engine)["verticals"] == before["verticals"]
    assert all(engine.texts(1).values())
