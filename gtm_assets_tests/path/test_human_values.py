"""What a human wrote stays, whatever the engine would like to write; and texts that nobody approved are never used."""

from __future__ import annotations

import pytest

from gtm_assets.texts import blocks
from gtm_assets.texts.models import Finding
from gtm_assets.texts.reviews import ReviewError, decide, waiting
from gtm_assets.writeback.targets import TEXT_FIELDS
from gtm_assets_tests.path.conftest import StartEngine
from gtm_assets_tests.path.harness import Engine
from resources.store import schema
from resources.store.store import utc_now

OWN = "Von Hand geschrieben."
NO_TEXT = dict.fromkeys(TEXT_FIELDS, "")


def _texts(engine: Engine, person: int) -> dict[str, str]:
    return {role: engine.texts(person)[role] for role in TEXT_FIELDS}


def test_a_text_that_a_human_edited_stays_while_the_others_follow(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fast_pass()
    engine.edit("Person", 1, Intro_Text=OWN)
    mark = engine.mark()
    assert engine.fast_pass().phases() == {1: "completed"}
    assert engine.patches(mark) == []
    assert "edited in the CRM" in engine.state(1)["reason"]

    before = _texts(engine, 1)
    engine.edit("Contact", 1, Vertical="Gesundheitswesen")
    engine.fast_pass()
    assert engine.texts(1)["intro"] == OWN
    assert engine.texts(1)["social_proof"] != before["social_proof"]

    engine.edit("Person", 1, Title="xyz")
    engine.fast_pass()
    assert _texts(engine, 1) == {**NO_TEXT, "intro": OWN}


def test_what_stood_there_before_the_engine_came_stays(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.edit("Contact", 1, Opener=OWN, city="Altstadt")
    engine.edit("Person", 1, Subject=OWN)
    engine.edit("Contact", 1, OrgNr="alte Nummer")
    engine.fast_pass()
    assert engine.profile(1)["opener"] == OWN
    assert (engine.company(1).postal.city, engine.company(1).org_nr) == ("Altstadt", "alte Nummer")
    assert engine.texts(1)["subject"] == OWN
    assert engine.texts(1)["intro"]
    assert engine.profile(1)["opener_secondary"]


def test_a_vertical_that_a_human_set_first_decides_and_stays(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.edit("Contact", 1, Vertical="Gesundheitswesen")
    engine.fast_pass()
    assert engine.profile(1)["vertical"] == "Gesundheitswesen"
    row = engine.row(schema.profiles, schema.profiles.c.contact_id == 1)
    assert (row["vertical_key"], row["vertical_source"]) == ("healthcare", "human")
    assert row["model_vertical_key"] == "maschinenbau"
    # Taken away again by the human, the website decides.
    engine.edit("Contact", 1, Vertical="")
    engine.fast_pass()
    assert engine.profile(1)["vertical"] == "Maschinenbau"


def test_a_vertical_of_the_crm_that_notion_does_not_know_is_left_and_named(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fast_pass()
    engine.edit("Contact", 1, Vertical="Hotellerie")
    engine.fast_pass()
    assert engine.profile(1)["vertical"] == "Hotellerie"
    assert engine.state(1)["phase"] == "skipped"
    assert "not active in Notion" in engine.state(1)["reason"] or "no vertical of Notion" in engine.state(1)["reason"]
    assert _texts(engine, 1) == NO_TEXT


def test_a_person_who_moves_gets_the_texts_of_the_new_company(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    clinic = engine.create("Contact", name="Klinikum (Musterdaten)", url=engine.site("klinikum-auental"))
    engine.fast_pass()
    before = _texts(engine, 1)
    engine.edit("Person", 1, Company=str(clinic))
    mark = engine.mark()
    engine.fast_pass()
    assert _texts(engine, 1)["intro"] not in {"", before["intro"]}
    assert engine.patches(mark) == ["Person/1"]


def test_a_position_of_the_list_counts_where_the_title_is_empty(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fast_pass()
    engine.edit("Person", 3, Title="", Position="Logistikleiter")
    engine.fast_pass()
    assert engine.row(schema.persons, schema.persons.c.person_id == 3)["persona_key"] == "logistik"
    assert all(engine.texts(3).values())


def test_a_changed_name_alone_changes_no_text(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fast_pass()
    before, mark = engine.texts(1), engine.mark()
    engine.edit("Person", 1, Lastname="Neuname")
    assert engine.fast_pass().phases() == {1: "completed"}
    assert engine.texts(1) == before
    assert engine.patches(mark) == []
    assert engine.model_calls(mark) == 0


def test_another_website_makes_another_company_of_it(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fast_pass()
    before, mark = engine.texts(1), engine.mark()
    engine.edit("Contact", 1, url=engine.site("klinikum-auental"))
    engine.fast_pass()
    assert engine.profile(1)["vertical"] == "Gesundheitswesen"
    assert (engine.company(1).postal.city, engine.company(1).org_nr) == ("Göttingen", "DE999001420")
    assert engine.texts(1)["intro"] not in {"", before["intro"]}
    assert sorted(engine.patches(mark)) == ["Contact/1", "Person/1", "Person/2"]


def test_without_a_public_address_the_unsubscribe_field_is_left_alone(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True, GTM_PUBLIC_URL=None)
    engine.fast_pass()
    assert all(_texts(engine, 1).values())
    assert engine.texts(1)["unsubscribe"] == ""
    assert not any("SuperOffice:22" in str(entry["body"]) for entry in engine.journal(method="PATCH"))


def test_a_plan_gives_way_to_what_a_human_wrote_meanwhile(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True, SUPEROFFICE_ALLOW_LIVE_WRITE="false")
    assert engine.fast_pass().phases() == {1: "planned"}
    engine.edit("Person", 1, Subject=OWN)
    engine.edit("Person", 3, Title="Leiter Einkauf")
    assert engine.fast_pass().phases() == {1: "planned"}
    standing = engine.rows(schema.plans, schema.plans.c.status == "planned")
    assert {(plan["entity"], plan["entity_id"]) for plan in standing} == {
        ("Contact", 1),
        ("Person", 1),
        ("Person", 2),
        ("Person", 3),
    }
    engine.configure(SUPEROFFICE_ALLOW_LIVE_WRITE="true")
    # An edit that nobody has looked at when the plans may be sent.
    engine.edit("Person", 2, Subject=OWN)
    assert engine.fast_pass().phases() == {1: "completed"}
    assert engine.texts(1)["subject"] == engine.texts(2)["subject"] == OWN
    assert all(engine.texts(3).values())
    assert len(engine.patches()) == len(set(engine.patches())) == 4


def test_a_company_that_is_deleted_ends_there(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    clinic = engine.create("Contact", name="Klinikum (Musterdaten)", url=engine.site("klinikum-auental"))
    engine.fast_pass()
    engine.tell("delete", entity="Contact", id=clinic)
    engine.edit_notion("verticals", "healthcare", "Pains", "lange Wege auf Station")
    mark = engine.mark()
    result = engine.fast_pass(full_sweep=True)
    assert result.error is None
    assert engine.patches(mark) == []
    assert engine.state(clinic)["phase"] == "skipped"
    assert "no longer in the CRM" in engine.state(clinic)["reason"]


def test_who_must_not_be_written_to_is_left_alone(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.edit("Person", 1, NoMailing="yes")
    engine.edit("Person", 2, Retired="yes")
    with engine.store.write() as connection:
        connection.execute(
            schema.suppressions.insert().values(
                identifier="person:3", reason="unsubscribed", source="test", created_at=utc_now()
            )
        )
    engine.edit("Person", 3, Title="Leiter Einkauf")
    engine.fast_pass()
    assert engine.patches() == ["Contact/1"]
    assert [_texts(engine, person) for person in (1, 2, 3)] == [NO_TEXT] * 3
    reason = engine.state(1)["reason"]
    assert "No Mailings" in reason
    assert "has left" in reason


def test_a_company_that_is_stopped_costs_nothing(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.edit("Contact", 1, XStop="yes")
    engine.fast_pass()
    assert engine.patches() == []
    assert engine.state(1)["phase"] == "skipped"
    assert "Stop" in engine.state(1)["reason"]
    # Suppression is checked before generating: only the matrix' twelve cells were asked for.
    assert engine.model_calls() == 12


# --- reviews ------------------------------------------------------------------------------------------------------------------------


def test_nothing_that_nobody_approved_is_written(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True, GTM_REVIEW_POLICY="manual")
    result = engine.fast_pass()
    assert set(result.cells.outcomes.values()) == {"generated"}
    assert result.phases() == {1: "waiting for review"}
    assert [_texts(engine, person) for person in (1, 2, 3)] == [NO_TEXT] * 3
    assert (engine.profile(1)["opener"], engine.profile(1)["opener_secondary"]) == ("", "")
    assert "waiting for review" in engine.state(1)["reason"]
    assert [name for name in engine.patches() if name.startswith("Person/")] == []
    mark = engine.mark()
    assert engine.fast_pass().phases() == {}

    decided = decide(
        engine.store, "cell", [block.key for block in waiting(engine.store, "cell")], "approved", reviewer="Muster"
    )
    # Found as a defect: an account was counted once for each of its cells.
    assert (decided.blocks, decided.accounts_due) == (12, 1)
    assert engine.fast_pass().phases() == {1: "waiting for review"}
    assert sorted(engine.patches(mark)) == ["Person/1", "Person/2"]
    assert engine.profile(1)["opener"] == ""

    mark = engine.mark()
    assert decide(engine.store, "opener", ["1"], "approved", reviewer="Muster").accounts_due == 1
    assert engine.fast_pass().phases() == {1: "completed"}
    assert engine.patches(mark) == ["Contact/1"]
    assert engine.profile(1)["opener"]
    assert engine.model_calls(mark) == 0


def test_a_rejected_text_is_taken_back_from_who_carries_it(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fast_pass()
    other = _texts(engine, 2)
    mark = engine.mark()
    decide(engine.store, "cell", ["geschaeftsfuehrung|maschinenbau"], "rejected", reviewer="Muster")
    assert engine.fast_pass().error is None
    assert _texts(engine, 1) == NO_TEXT
    assert _texts(engine, 2) == other
    assert engine.patches(mark) == ["Person/1"]
    assert engine.model_calls(mark) == 0


def test_who_carries_an_approved_text_keeps_it_until_the_new_one_is_approved(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fast_pass()
    before = _texts(engine, 1)
    engine.configure(GTM_REVIEW_POLICY="cell=manual,opener=auto")
    engine.edit_notion("personas", "geschaeftsfuehrung", "Pains", "fehlende Planbarkeit")
    mark = engine.mark()
    assert engine.fast_pass().phases() == {1: "waiting for review"}
    assert _texts(engine, 1) == before
    assert engine.patches(mark) == []
    newcomer = engine.create("Person", lastname="Muster", title="Geschäftsführerin", company="1")
    engine.fast_pass()
    assert _texts(engine, newcomer) == NO_TEXT
    decide(engine.store, "cell", ["geschaeftsfuehrung|maschinenbau"], "approved", reviewer="Muster")
    engine.fast_pass()
    assert _texts(engine, 1) == _texts(engine, newcomer)
    assert _texts(engine, 1) != before


def test_a_text_that_breaks_the_rules_can_not_be_approved(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True, GTM_REVIEW_POLICY="manual")
    engine.fast_pass()
    broken = {"subject": "[Platzhalter]", "intro": "Nur Text", "social_proof": "Nur Text"}
    with engine.store.write() as connection:
        blocks.insert_version(
            connection,
            kind="cell",
            key="einkauf|maschinenbau",
            inputs_hash="x",
            inputs={},
            content=broken,
            findings=[Finding("subject", "placeholder", "Der Betreff enthält einen Platzhalter.")],
            prompt_version="cell-1",
            model="a model",
            run_id="",
            approve=True,
        )
    with pytest.raises(ReviewError, match="break the rules"):
        decide(engine.store, "cell", ["einkauf|maschinenbau"], "approved", reviewer="Muster")
