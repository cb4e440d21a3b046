"""Through the real jobs, with the real limits: a company, a person, a vertical, a title appear or change."""

from __future__ import annotations

import dagster as dg
import pytest

from gtm_assets.batch import STAGES
from gtm_assets.writeback.targets import TEXT_FIELDS
from gtm_assets_tests.path.conftest import StartEngine
from gtm_assets_tests.path.harness import COMPANY_FIELDS, FEW_VERTICALS, PERSON_FIELDS, Engine
from resources.store import schema
from sandbox.data.samples import find_company
from sandbox.superoffice.records import AddressBlock

pytestmark = pytest.mark.slow

EMPTY = dict.fromkeys(PERSON_FIELDS, "")


def test_a_company_and_then_a_person_appear(engine: Engine) -> None:
    first = engine.pass_once()
    assert not first.failed
    assert first.accounts == {"changed": 1, "completed": 1, "failed": 0, "skipped": 0, "conflict": 0, "planned": 0}
    assert sorted(engine.patches()) == ["Contact/1", "Person/1", "Person/2"]
    # Every account has its page in Dagster, every cell and every row of Notion too.
    with dg.DagsterInstance.get() as instance:
        cells = {block["key"] for block in engine.rows(schema.text_blocks) if block["kind"] == "cell"}
        expected = {"verticals": set(FEW_VERTICALS), "marketing_matrix": cells}
        for asset, partitions in [*((stage, {"1"}) for stage in STAGES), *expected.items()]:
            assert instance.get_materialized_partitions(dg.AssetKey(asset)) == partitions, asset

    mark = engine.mark()
    clinic = engine.create(
        "Contact",
        name="Klinikum Auental gGmbH (Musterdaten)",
        url=engine.site("klinikum-auental"),
        **{"Sales region": "Süd", "ERP customer number": "K-4711", "Framework contract": "yes"},
    )
    engine.set_address(
        clinic,
        street=AddressBlock("Am Auenpark 1", "Haus B", "", "", "", "", "37073"),
        postal=AddressBlock("Postfach 12 34", "", "Poststelle", "", "Niedersachsen", "", "37010"),
    )
    before = engine.foreign()
    second = engine.pass_once()
    assert not second.failed
    sample = find_company("klinikum-auental")
    assert sample is not None
    profile = engine.profile(clinic)
    assert profile.pop("vertical") == "Gesundheitswesen"
    assert set(profile) == set(COMPANY_FIELDS) - {"vertical"}
    assert all(profile.values()), profile
    company = engine.company(clinic)
    assert (company.postal.city, company.street.city) == (sample.city, sample.city)
    assert company.org_nr == sample.vat_number
    assert engine.foreign() == before
    assert engine.patches(mark) == [f"Contact/{clinic}"]
    assert second.writes == {"patches": 1, "confirmed": 1, "conflicts": 0, "planned": 0}
    # Only our own keys travel, so that nobody depends on what the CRM does with the others.
    (sent,) = engine.journal(system="superoffice", method="PATCH", since=mark)
    keys = {key for change in sent["body"] if "CustomFields" in change["path"] for key in change["value"]}
    assert keys == set(COMPANY_FIELDS.values())

    mark = engine.mark()
    person = engine.create(
        "Person", firstname="Ina", lastname="Muster", title="Kaufmännische Leiterin", company=str(clinic)
    )
    before = engine.foreign()
    third = engine.pass_once()
    assert not third.failed
    assert third.accounts["changed"] == third.accounts["completed"] == 1
    assert all(engine.texts(person).values()), engine.texts(person)
    assert engine.texts(person)["unsubscribe"].startswith(engine.settings.gtm_public_url or "-")
    assert engine.patches(mark) == [f"Person/{person}"]
    assert third.model_calls == engine.model_calls(mark) == 0
    assert engine.foreign() == before


def test_a_human_changes_the_vertical_and_then_titles(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1)
    other = engine.create("Contact", name="Nebenan GmbH (Musterdaten)", url=engine.site("kessendorf-werkzeugbau"))
    neighbour = engine.create("Person", lastname="Muster", title="Werkleiter", company=str(other))
    engine.pass_once()
    old = {person: engine.texts(person) for person in (1, 2, 3, neighbour)}
    assert old[3] == EMPTY

    mark = engine.mark()
    engine.edit("Contact", 1, Vertical="Gesundheitswesen")
    result = engine.pass_once()
    assert not result.failed
    assert engine.profile(1)["vertical"] == "Gesundheitswesen"
    for person in (1, 2):
        new = engine.texts(person)
        assert all(new.values())
        assert all(new[role] != old[person][role] for role in ("intro", "social_proof"))
        assert new["unsubscribe"] == old[person]["unsubscribe"]
    assert engine.texts(neighbour) == old[neighbour]
    assert sorted(engine.patches(mark)) == ["Contact/1", "Person/1", "Person/2"]
    (patch,) = [e for e in engine.journal(method="PATCH", since=mark) if e["path"].endswith("Contact/1")]
    assert COMPANY_FIELDS["vertical"] not in str(patch["body"])
    assert result.accounts["changed"] == 1

    mark = engine.mark()
    moved = engine.texts(1)
    engine.edit("Person", 1, Title="Leiter Einkauf")
    engine.edit("Person", 2, Title="Mitarbeiterin")
    engine.edit("Person", 3, Title="Kaufmännischer Leiter")
    engine.pass_once()
    assert engine.texts(1)["subject"] != moved["subject"]
    assert {role: engine.texts(2)[role] for role in TEXT_FIELDS} == dict.fromkeys(TEXT_FIELDS, "")
    assert all(engine.texts(3).values())
    assert sorted(engine.patches(mark)) == ["Person/1", "Person/2", "Person/3"]
    assert engine.model_calls(mark) == 0

    mark = engine.mark()
    quiet = engine.pass_once()
    assert engine.patches(mark) == []
    assert quiet.model_calls == engine.model_calls(mark) == 0
    assert quiet.accounts == dict.fromkeys(quiet.accounts, 0)
    assert quiet.writes == dict.fromkeys(quiet.writes, 0)
    assert not quiet.failed


def test_a_draft_sends_nothing_and_afterwards_exactly_the_plan_is_sent(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, SUPEROFFICE_ALLOW_LIVE_WRITE="false")
    untouched = engine.company(1), engine.person(1), engine.person(2), engine.person(3)
    draft = engine.pass_once()
    assert not draft.failed
    assert engine.patches() == []
    assert draft.writes == {"patches": 0, "confirmed": 0, "conflicts": 0, "planned": 3}
    assert draft.accounts == {"changed": 1, "completed": 0, "failed": 0, "skipped": 0, "conflict": 0, "planned": 1}
    assert (engine.company(1), engine.person(1), engine.person(2), engine.person(3)) == untouched
    assert engine.state(1)["phase"] == "planned"
    planned = {
        (row["entity"], row["entity_id"]): {name: change["after"] for name, change in row["fields"].items()}
        for row in engine.rows(schema.plans, schema.plans.c.status == "planned")
    }
    assert set(planned) == {("Contact", 1), ("Person", 1), ("Person", 2)}

    mark = engine.mark()
    assert engine.fast_pass().batch.outcomes == {}, "a plan that stands is not made again"
    engine.configure(SUPEROFFICE_ALLOW_LIVE_WRITE="true")
    written = engine.pass_once()
    assert not written.failed
    assert sorted(engine.patches(mark)) == ["Contact/1", "Person/1", "Person/2"]
    assert written.writes == {"patches": 3, "confirmed": 3, "conflicts": 0, "planned": 0}
    assert engine.model_calls(mark) == 0
    sent = {(row["entity"], row["entity_id"]): row["after"] for row in engine.rows(schema.ledger)}
    assert sent == planned
    texts = engine.texts(1)
    assert texts == {role: planned["Person", 1][role] for role in PERSON_FIELDS}
    assert engine.rows(schema.plans, schema.plans.c.status == "planned") == []
