"""Lineage over the whole path: what the CRM carries leads to Notion's pages and back, before and after a pain changes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from gtm_assets.cli import app
from gtm_assets_tests.path.conftest import StartEngine
from gtm_assets_tests.path.harness import Engine
from resources.store import schema


@pytest.fixture
def engine(start_engine: StartEngine) -> Engine:
    """One engineering company; persons 1 and 2 carry texts, 3 has no persona."""
    found = start_engine(companies=1, fast=True, verticals=("maschinenbau",))
    assert found.fast_pass().error is None
    return found


def _told(*words: str) -> Any:
    done = CliRunner().invoke(app, ["lineage", *words, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def _shown(*words: str) -> str:
    done = CliRunner().invoke(app, ["lineage", *words], env={"COLUMNS": "200"}, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return " ".join(done.stdout.split())


def _inputs(person: int) -> dict[str, dict[str, Any]]:
    found = _told("person", str(person))
    fields = {field["field"]: field for field in found["fields"]}
    assert fields["intro"]["state"] == "in_crm"
    return {row["source"]: row for row in fields["intro"]["written"]["text"]["inputs"]}


def test_what_the_crm_carries_leads_to_the_pages_in_notion_and_back(engine) -> None:
    found = _told("person", "1")
    fields = {field["field"]: field for field in found["fields"]}
    for name in ("subject", "intro", "social_proof"):
        assert fields[name]["written"]["value"] == engine.texts(1)[name]
    assert fields["opener"]["written"]["value"] == engine.profile(1)["opener"]
    text = fields["subject"]["written"]["text"]
    assert (text["key"], text["reviewer"], text["verdict"]) == (
        "geschaeftsfuehrung|maschinenbau",
        "policy: auto",
        "approved",
    )
    stored = engine.row(schema.verticals, schema.verticals.c.key == "maschinenbau")
    (vertical,) = (row for row in text["inputs"] if row["source"] == "verticals")
    assert (vertical["row_hash"], vertical["page_id"], vertical["url"]) == (
        stored["row_hash"],
        stored["notion_page_id"],
        stored["notion_url"],
    )
    website = fields["opener"]["written"]["text"]["inputs"][-1]
    visited = engine.row(schema.websites, schema.websites.c.contact_id == 1)
    assert (website["source"], website["row_hash"], website["url"]) == (
        "website",
        visited["content_hash"],
        visited["final_url"],
    )
    assert {
        row["is_current"] for name in ("subject", "opener") for row in fields[name]["written"]["text"]["inputs"]
    } == {True}
    back = _told("notion", stored["notion_page_id"])
    assert (back["persons"], back["companies"], back["persons_of_earlier_versions"]) == (2, 1, 0)
    assert back == _told("notion", "vertical/maschinenbau") == _told("notion", stored["notion_url"])
    assert _told("notion", "persona/geschaeftsfuehrung")["persons"] == 1
    assert _told("notion", "persona/einkauf")["fields"] == {}


def test_after_a_changed_pain_carriers_show_the_old_version_until_the_new_text_is_written(engine) -> None:
    before = _inputs(1)["verticals"]
    engine.edit_notion("verticals", "maschinenbau", "Pains", "zu viele Zwischenlager\nteure Stillstände")
    engine.read_notion()
    stored = engine.row(schema.verticals, schema.verticals.c.key == "maschinenbau")["row_hash"]
    outdated = _inputs(1)["verticals"]
    assert outdated == {**before, "current_hash": stored, "is_current": False}
    assert _inputs(1)["personas"]["is_current"]
    page = _told("notion", "vertical/maschinenbau")
    assert (page["persons_of_earlier_versions"], page["companies_of_earlier_versions"]) == (2, 1)
    assert "aus einer früheren Fassung der Zeile: 3" in _shown("notion", "vertical/maschinenbau", "--lang", "de")
    engine.fast_pass()
    now = _inputs(1)["verticals"]
    assert (now["row_hash"], now["is_current"]) == (stored, True)
    page = _told("notion", "vertical/maschinenbau")
    assert (page["persons"], page["persons_of_earlier_versions"], page["companies_of_earlier_versions"]) == (2, 0, 0)
    earlier = [each for each in _told("person", "1")["earlier"] if each["field"] == "intro"]
    assert [row["row_hash"] for each in earlier for row in each["text"]["inputs"] if row["source"] == "verticals"] == [
        before["row_hash"]
    ]


def test_people_read_the_same_in_german_and_in_english(engine) -> None:
    english = _shown("person", "1")
    assert "What was written for person 1 (of company 1)" in english
    assert "stands in the CRM" in english
    assert "made from vertical maschinenbau, version" in english
    assert "(still current) http" in english
    german = _shown("person", "1", "--lang", "de")
    assert "beruht auf Branche maschinenbau, Fassung" in german
    assert "freigegeben (Vorgabe „auto“)" in german
    few = _shown("notion", "vertical/maschinenbau", "--limit", "1")
    assert "Carried by: persons 2, companies 1; from an earlier version of the row: 0" in few
    assert "The first 1 of 3 are shown" in few


def test_unknown_persons_and_pages_end_with_one_sentence(engine) -> None:
    from gtm_assets.monitoring.lineage_models import UnknownLineageError

    for words, told in ((["person", "4711"], "does not know person 4711"), (["notion", "nonsense"], "maschinenbau")):
        done = CliRunner().invoke(app, ["lineage", *words])
        assert isinstance(done.exception, UnknownLineageError)
        assert told in str(done.exception)
