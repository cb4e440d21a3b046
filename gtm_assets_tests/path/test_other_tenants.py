"""Tenants that are set up differently, and companies whose websites say nothing: named reasons instead of guesses."""

from __future__ import annotations

import sqlalchemy as sa

from gtm_assets.writeback.targets import TEXT_FIELDS
from gtm_assets_tests.path.conftest import StartEngine
from gtm_assets_tests.path.harness import COMPANY_FIELDS, Engine
from resources.store import schema


def _arrived(engine: Engine) -> None:
    assert all(engine.profile(1).values()), engine.profile(1)
    assert engine.profile(1)["vertical"] == "Maschinenbau"
    assert all(engine.texts(1).values())
    assert all(engine.texts(2).values())


def test_other_column_names_and_types_in_notion(start_engine: StartEngine) -> None:
    renamed = {
        "verticals.Name": "Branche",
        "verticals.Pains": "Schmerzpunkte",
        "verticals.Ops Focus": "Schwerpunkt",
        "personas.Job Titles": "Jobtitel",
        "personas.Pains": "Sorgen",
        "campaigns.Tag": "Kennung",
    }
    engine = start_engine(
        companies=1, fast=True, GTM_NOTION_COLUMNS=",".join(f"{ours}={theirs}" for ours, theirs in renamed.items())
    )
    notion = engine.world.notion
    for ours, theirs in renamed.items():
        database, column = ours.split(".")
        notion.rename_column(database, column, theirs)
    # Case does not count, and text may come as select, multi-select or rich text.
    notion.rename_column("verticals", "Gains", "GAINS")
    notion.rename_column("personas", "Status", "status")
    notion.change_type("personas", "Jobtitel", "rich_text")
    notion.change_type("personas", "Gains", "multi_select")
    notion.change_type("verticals", "Schwerpunkt", "rich_text")
    notion.change_type("verticals", "Status", "select")
    result = engine.fast_pass()
    assert result.error is None
    assert {name: synced.refused for name, synced in result.synced.items()} == {
        "verticals": (),
        "personas": (),
        "campaigns": (),
    }
    _arrived(engine)
    mark = engine.mark()
    assert engine.fast_pass().model_calls == 0
    assert engine.patches(mark) == []


def test_the_system_user_walks_the_same_path(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True, system_user=True)
    assert engine.settings.superoffice_refresh_token is None
    assert engine.fast_pass().error is None
    _arrived(engine)
    assert [entry for entry in engine.journal(system="login") if "PartnerSystemUser" in entry["path"]]
    assert not [entry for entry in engine.journal(system="login") if "oauth" in entry["path"]]
    mark = engine.mark()
    assert engine.fast_pass().phases() == {}
    assert engine.patches(mark) == []


def test_fields_that_are_named_by_setting_and_not_by_label(start_engine: StartEngine) -> None:
    engine = start_engine(
        companies=1,
        fast=True,
        SUPEROFFICE_FIELD_OPENER="SuperOffice:87",
        SUPEROFFICE_FIELD_OPENER_SECONDARY="Opener",
    )
    assert engine.fast_pass().error is None
    _arrived(engine)
    opener = engine.row(schema.written_values, schema.written_values.c.field == "opener")
    assert engine.company(1).fields["SuperOffice:87"] == opener["value"]


def test_a_layout_that_lacks_a_field_stops_before_anything_is_written(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True, SUPEROFFICE_FIELD_SUMMARY="UDF_Nirgends")
    result = engine.fast_pass()
    assert "UDF_Nirgends" in str(result.error)
    assert "SUPEROFFICE_FIELD_" in str(result.error)
    assert engine.patches() == []


def test_a_layout_that_moved_stops_before_anything_is_written(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fast_pass()
    engine.switch(vertical_field="text")
    with engine.store.write() as connection:
        connection.execute(sa.update(schema.crm_fields).values(read_at=engine.state(1)["ended_at"].replace(year=2020)))
    engine.edit("Person", 3, Title="Leiter Einkauf")
    mark = engine.mark()
    result = engine.fast_pass()
    assert "vertical" in str(result.error)
    assert "gtm fields --accept" in str(result.error)
    assert engine.patches(mark) == []


def test_a_vertical_that_the_crm_list_lacks_is_reported_and_not_created(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    items = engine.world.crm.lists["udlist83"].items
    missing = next(key for key, item in items.items() if item.names["de"] == "Maschinenbau")
    del items[missing]
    count = len(items)
    result = engine.fast_pass()
    assert result.error is None
    assert result.missing_list_items == ("Maschinenbau",)
    assert len(items) == count
    profile = engine.profile(1)
    assert profile.pop("vertical") == ""
    assert all(profile.values())
    assert all(engine.texts(1)[role] for role in TEXT_FIELDS)
    (plan,) = engine.rows(schema.plans, schema.plans.c.entity == "Contact")
    assert "no item 'Maschinenbau'" in plan["kept"]["vertical"]
    # Found as a defect: the account ended "completed" without a word about it.
    assert "no item 'Maschinenbau'" in engine.state(1)["reason"]


def test_an_item_that_an_administrator_adds_later_is_written(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    vertical_list = engine.world.crm.lists["udlist83"]
    vertical_list.items = {key: i for key, i in vertical_list.items.items() if i.names["de"] != "Maschinenbau"}
    engine.fast_pass()
    vertical_list.add({"de": "Maschinenbau", "en": "Mechanical Engineering"})
    mark = engine.mark()
    engine.fast_pass()
    assert engine.profile(1)["vertical"] == "Maschinenbau"
    assert engine.patches(mark) == ["Contact/1"]


def test_websites_that_say_nothing_are_skipped_with_the_reason(start_engine: StartEngine) -> None:
    engine = start_engine(companies=0, fast=True)
    expected = {
        "hochwipfel-freizeitpark": "404",
        "unterlindach-stadtwerke": "503",
        "silberau-lackchemie": "robots",
        "weissenmoor-feinchemie": "169.254.169.254",
        "parkhoehe-tagung": "redirect",
        "kraehental-diagnostik": "pdf",
    }
    ids = {
        engine.create("Contact", name=f"{slug} (Musterdaten)", url=engine.site(slug)): hint
        for slug, hint in expected.items()
    }
    ids[engine.create("Contact", name="Ohne Adresse (Musterdaten)")] = "no web address"
    people = [engine.create("Person", lastname="Muster", title="Werkleiter", company=str(key)) for key in ids]
    result = engine.fast_pass()
    assert result.error is None
    assert result.phases() == dict.fromkeys(ids, "skipped")
    for key, hint in ids.items():
        assert hint in engine.state(key)["reason"].lower(), (hint, engine.state(key)["reason"])
        assert not set(engine.company(key).fields) & {COMPANY_FIELDS["vertical"], COMPANY_FIELDS["opener"]}
    assert not any(any(engine.texts(person).values()) for person in people)
    # No text, no question to the model; the matrix' twelve cells are another matter.
    assert result.model_calls == 12
    # A site that is down is worth another look; a page that is not there, or must not be read, is not.
    due = {key for key in ids if engine.state(key)["due_at"] is not None}
    assert {key for key, hint in ids.items() if hint == "503"} <= due
    assert not {key for key, hint in ids.items() if hint in {"robots", "no web address", "169.254.169.254"}} & due


def test_a_website_on_a_private_address_is_refused(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True, GTM_ALLOW_PRIVATE_HOSTS="false")
    result = engine.fast_pass()
    assert result.phases() == {1: "skipped"}
    assert "private" in engine.state(1)["reason"]
    assert engine.journal(system="site") == []
    assert engine.patches() == []
