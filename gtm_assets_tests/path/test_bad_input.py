"""Bad input, from Notion and from the model: each case has a finding that people see, and loses nothing.

What is refused in detail stands with the rows' and the rules' own tests; here is what marketing and RevOps get to see of it in Dagster, at
the terminal and with the person, and that earlier texts, other rows and other cells stay or go on.
"""

from __future__ import annotations

from typing import Any

import dagster as dg
import pytest
from typer.testing import CliRunner

from gtm_assets import clients
from gtm_assets.cli import app
from gtm_assets.commands.status import _look
from gtm_assets.crm.field_map import stored_fields
from gtm_assets.inprocess import Done, JobRunner
from gtm_assets.jobs import NOTION_JOB
from gtm_assets.knowledge.assets import KnowledgeResult, sync_knowledge
from gtm_assets.platform import dagster_home
from gtm_assets.research.asking import terms_of
from gtm_assets.texts.assets import failure_text, write_cells
from gtm_assets.texts.check_assets import load_standing
from gtm_assets.texts.matrix import MatrixResult, stale_cells
from gtm_assets.writeback.targets import TEXT_FIELDS
from gtm_assets_tests.path.conftest import StartEngine
from gtm_assets_tests.path.harness import Engine
from resources.store import schema

#: Persons 1 and 2 of the sample company: managing director and head of production of an engineering company.
CELL, OTHER_CELL = "geschaeftsfuehrung|maschinenbau", "produktion|maschinenbau"
OTHER_PAINS = "fehlende Planbarkeit\nhohe Fluktuation"


class Seen:
    """What Dagster's pages show: metadata of the events as text, by asset and partition."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    def __call__(self, event: Any) -> None:
        self.events.append(event)

    def page(self, asset: str, partition: str | None = None) -> str:
        """All metadata of the last event; empty where there is none."""
        found = [each for each in self.events if each.asset_key.path == [asset] and each.partition == partition]
        return " ".join(f"{name}: {value.value}" for name, value in found[-1].metadata.items()) if found else ""


def _sync(engine: Engine) -> tuple[KnowledgeResult, Seen]:
    """Notion is read as the job does it."""
    seen, notion = Seen(), engine._notion()
    with dg.DagsterInstance.ephemeral() as instance:
        result = sync_knowledge(engine.store, notion, engine.settings, instance, seen)
    notion.close()
    return result, seen


def _write(engine: Engine) -> tuple[MatrixResult, Seen]:
    """Stale cells are written as the job does it."""
    seen, gemini = Seen(), clients.open_gemini(engine.settings)
    terms = terms_of(engine.settings, "texts")
    result = write_cells(engine.store, gemini, stored_fields(engine.store), engine.settings, "run", seen, terms=terms)
    gemini.close()
    return result, seen


def _gtm(*arguments: str) -> str:
    done = CliRunner().invoke(app, [*arguments, "--lang", "en"], env={"COLUMNS": "250"})
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    return " ".join(done.output.replace("│", " ").split())


def _texts(engine: Engine, person: int) -> dict[str, str]:
    return {role: engine.texts(person)[role] for role in TEXT_FIELDS}


def _reason(engine: Engine, person: int) -> str:
    return str(engine.row(schema.persons, schema.persons.c.person_id == person)["text_reason"])


@pytest.fixture
def engine(start_engine: StartEngine) -> Engine:
    """A company whose persons 1 and 2 carry their texts."""
    started = start_engine(companies=1, fast=True, verticals=("maschinenbau",))
    started.fast_pass()
    assert all(_texts(started, 1).values())
    return started


# --- rows of Notion -----------------------------------------------------------------------------------------------------------------


def test_a_vertical_without_pains_is_named_everywhere_and_its_last_good_version_stays(engine: Engine) -> None:
    before = _texts(engine, 1)
    engine.edit_notion("verticals", "maschinenbau", "Pains", "")
    _, seen = _sync(engine)
    page = seen.page("verticals")
    assert "refused: 1" in page
    assert "| Maschinenbau | Pains is empty | its last good version stays in use |" in page
    (finding,) = [each for each in _look(with_platform=False).findings if each.name == "rows"]
    assert (finding.level, "'Maschinenbau' (Pains is empty; its last good" in finding.text) == ("warning", True)
    assert "Correct them in Notion: http" in finding.what_to_do
    assert "Maschinenbau can't be used: Pains is empty" in _gtm("plan", "texts")
    result = engine.fast_pass()
    assert (result.error, result.model_calls, _texts(engine, 1)) == (None, 0, before)

    _, again = _sync(engine)
    assert again.events == [], "what was said once is not said again every five minutes"
    engine.edit_notion("verticals", "maschinenbau", "Pains", OTHER_PAINS)
    _, healed = _sync(engine)
    assert "refused: 0" in healed.page("verticals")
    assert not [each for each in _look(with_platform=False).findings if each.name == "rows"]
    assert engine.fast_pass().model_calls > 0
    assert _texts(engine, 1) != before


@pytest.mark.parametrize(
    ("products", "reason"),
    [
        (
            "Infrastruktur: Kehrroboter",
            "names no product for its own Ops Focus (Operativ). Add a line 'Operativ: <product>'",
        ),
        ("Opperativ: Schlepper", "'Opperativ', which is no Ops Focus. Write Operativ: in front of the product"),
    ],
)
def test_a_vertical_whose_focus_has_no_product_is_refused_with_what_to_write(
    engine: Engine, products: str, reason: str
) -> None:
    before = _texts(engine, 1)
    engine.edit_notion("verticals", "maschinenbau", "Products", products)
    _, seen = _sync(engine)
    assert reason in seen.page("verticals")
    assert (engine.fast_pass().model_calls, _texts(engine, 1)) == (0, before)


def test_a_persona_with_a_product_that_nobody_sells_is_told_where_products_belong(engine: Engine) -> None:
    personas = engine.world.notion.databases["personas"]
    engine.world.notion.rename_column("personas", "Gains", "Product")
    gains = next(column for column in personas.columns if column.name == "Product")
    personas.columns.append(type(gains)(id="newg", name="Gains", type="rich_text"))
    for page in personas.pages:
        page.values["newg"], page.values[gains.id] = page.values.get(gains.id), ""
    engine.edit_notion("personas", "geschaeftsfuehrung", "Product", "Tauchroboter")
    result, seen = _sync(engine)
    page = seen.page("personas")
    assert "| Geschäftsführer | Product ('Tauchroboter') is not read, sold by anybody or not" in page
    assert "belongs into Products of that vertical" in page
    assert result.synced["personas"].refused == ()
    blocks = engine.rows(schema.text_blocks)
    assert engine.fast_pass().error is None
    assert not any("Tauchroboter" in str(row["inputs"]) for row in blocks + engine.rows(schema.text_blocks))
    assert all(_texts(engine, 1).values())


def test_a_tag_with_an_emoji_matches_whoever_writes_it_and_its_texts_carry_none(engine: Engine) -> None:
    standard = _texts(engine, 1)
    tag = "Frühling 🌷"
    notion = engine.world.notion
    notion.edit_cells("campaigns", "Messe 2026", {"Tag": tag, "Name": tag, "Brief": "🌷 Frühlingsaktion am Stand"})
    _, seen = _sync(engine)
    assert "Tag 'Frühling 🌷' counts as 'fruehling', with or without '🌷'" in seen.page("campaigns")
    assert seen.page("campaigns", "fruehling"), "the partition key is plain"
    written = engine.write_campaign(tag)
    assert {written.outcomes[f"{key}|fruehling"] for key in (CELL, OTHER_CELL)} == {"generated"}
    assert not any(finding.rule == "characters" for findings in written.findings.values() for finding in findings)
    engine.edit_field("Person", 1, "MA_Campaign", tag)
    engine.edit_field("Person", 2, "MA_Campaign", "frühling")
    engine.fast_pass()
    assert _texts(engine, 1) != standard
    levels = {row["person_id"]: row["text_level"] for row in engine.rows(schema.persons)}
    assert (levels[1], levels[2]) == ("campaign", "campaign")
    assert not any("🌷" in text for person in (1, 2) for text in _texts(engine, person).values())


def test_two_tags_that_differ_in_emoji_alone_are_told_apart_by_a_person(engine: Engine) -> None:
    notion = engine.world.notion
    notion.edit_cells("campaigns", "Fachkräfte-Initiative", {"Tag": "Frühling 🌷", "Name": "Tulpen"})
    _sync(engine)
    engine.write_campaign("fruehling")
    engine.edit_field("Person", 1, "MA_Campaign", "Frühling 🌷")
    engine.fast_pass()
    before = _texts(engine, 1)
    # The older row comes to the tag of the newer one.
    notion.edit_cells("campaigns", "Messe 2026", {"Tag": "Frühling 🌻", "Name": "Sonnenblumen"})
    result, seen = _sync(engine)
    assert [refusal.name for refusal in result.synced["campaigns"].refused] == ["Sonnenblumen"]
    assert "its Tag counts as 'fruehling', which is already used by 'Tulpen'" in seen.page("campaigns")
    assert "Write another Tag" in seen.page("campaigns")
    assert (engine.fast_pass().model_calls, _texts(engine, 1)) == (0, before)


def test_a_tag_of_nothing_but_emoji_is_refused(engine: Engine) -> None:
    engine.edit_notion("campaigns", "Messe 2026", "Tag", "🌷🌷")
    _, seen = _sync(engine)
    assert "The key '🌷🌷' has no letter or digit" in seen.page("campaigns")
    assert "its last good version stays in use" in seen.page("campaigns")
    assert engine.fast_pass().error is None


def test_a_cell_of_two_thousand_characters_arrives_whole_and_is_remarked_on(engine: Engine) -> None:
    pains = f"{'lange Suchzeiten in der Fertigung, ' * 58}bis zum Ende"
    assert len(pains) > 2_000, "Notion splits it"
    engine.edit_notion("verticals", "maschinenbau", "Pains", pains)
    result, seen = _sync(engine)
    page = seen.page("verticals")
    assert f"Pains has {len(pains):,} characters. All of them go into every request to the model, none is cut" in page
    assert "Fewer than 1,500 are plenty: a few short points, one a line" in page
    assert result.synced["verticals"].refused == ()
    done = engine.fast_pass()
    assert {done.cells.outcomes[key] for key in (CELL, OTHER_CELL)} == {"generated"}
    newest = engine.row(schema.text_blocks, (schema.text_blocks.c.key == CELL) & schema.text_blocks.c.current)
    assert newest["inputs"]["vertical_pains"] == [pains]


def test_a_cell_that_is_beyond_all_measure_is_refused_and_nothing_is_paid_for_it(engine: Engine) -> None:
    before = _texts(engine, 1)
    engine.edit_notion("verticals", "maschinenbau", "Definition", "Hersteller von Maschinen. " * 500)
    engine.edit_notion("personas", "geschaeftsfuehrung", "Name", "Geschäftsführer " * 125)
    _, seen = _sync(engine)
    assert "Definition has 12,999 characters, 10,000 are allowed; shorten it" in seen.page("verticals")
    assert "Name has 1,999 characters, 100 are allowed; shorten it" in seen.page("personas")
    assert (engine.fast_pass().model_calls, _texts(engine, 1)) == (0, before)


def test_a_renamed_column_stops_that_database_alone_and_says_how_to_go_on(engine: Engine) -> None:
    before = _texts(engine, 2)
    engine.world.notion.rename_column("verticals", "Pains", "Schmerzpunkte")
    engine.edit_notion("personas", "geschaeftsfuehrung", "Pains", OTHER_PAINS)
    done = Done()
    dagster_home(engine.settings)
    with dg.DagsterInstance.get() as instance:
        assert not JobRunner(instance, engine.store, done, "test").run(NOTION_JOB)
    (error,) = done.errors
    assert "verticals: The Notion database 'verticals' has no column 'Pains'" in error
    assert "(verticals.Pains=<name in Notion>)" in error
    (finding,) = [each for each in _look(with_platform=False).findings if each.name == "sync_notion"]
    assert (finding.level, "no column 'Pains'" in finding.text) == ("critical", True)
    written, _ = _write(engine)
    assert [key for key, outcome in written.outcomes.items() if outcome == "generated"] == [CELL], (
        "the persona's cell goes on"
    )

    engine.configure(GTM_NOTION_COLUMNS="verticals.Pains=Schmerzpunkte")
    result, _ = _sync(engine)
    assert (result.errors, result.synced["verticals"].changes) == ({}, ())
    assert engine.fast_pass().error is None
    assert all(_texts(engine, 1).values())
    assert _texts(engine, 2) == before


def test_a_review_page_that_another_person_is_editing_waits_and_the_others_are_made(start_engine: StartEngine) -> None:
    manual = start_engine(
        companies=1, fast=True, verticals=("maschinenbau",), GTM_REVIEW_POLICY="cell=manual,opener=auto"
    )
    manual.fast_pass()
    manual.review()
    _gtm("review", "approve", CELL.replace("|", "/"), OTHER_CELL.replace("|", "/"))
    (page_id,) = [row["page_id"] for row in manual.rows(schema.review_pages) if row["key"] == CELL]
    manual.fault(system="notion", method="PATCH", path_regex=f"pages/{page_id}$", status=409, times=50)
    held = manual.review()
    assert list(held.errors) == [f"cell {CELL}"]
    assert "somebody is editing this page" in held.errors[f"cell {CELL}"]
    status = {row["Key"]: row["Status"] for row in manual.world.notion.rows("reviews")}
    assert (status[CELL], status[OTHER_CELL]) == ("pending", "approved")
    manual.fast_pass()
    assert all(_texts(manual, 1).values()), "the verdict holds whatever the page shows"
    manual.world.gate.clear_faults()
    manual.rest_review_pages()
    assert manual.review().errors == {}
    assert {row["Key"]: row["Status"] for row in manual.world.notion.rows("reviews")}[CELL] == "approved"


# --- replies of the model -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "finding", "check"),
    [
        ("english", "Brücke: liest sich nicht deutsch; auf Deutsch schreiben.", "language"),
        (
            "number",
            "Brücke: 47 % steht nicht in den Eingaben; weglassen oder die dort belegte Zahl verwenden.",
            "numbers",
        ),
        ("wordy", "Zeichen, das Feld fasst 199; um ", "length"),
    ],
)
def test_a_text_that_breaks_rules_twice_is_kept_shown_and_never_used(
    engine: Engine, reply: str, finding: str, check: str
) -> None:
    before, mark = {person: _texts(engine, person) for person in (1, 2)}, engine.mark()
    engine.switch(gemini_reply=reply)
    engine.edit_notion("personas", "geschaeftsfuehrung", "Pains", OTHER_PAINS)
    _sync(engine)
    result, seen = _write(engine)
    assert {key for key, outcome in result.outcomes.items() if outcome != "unchanged"} == {CELL}
    assert result.outcomes[CELL] == "rejected"
    page = seen.page("marketing_matrix", CELL)
    assert ("result: rejected" in page, "attempts: 2" in page, finding in page) == (True, True, True)
    shown = _gtm("review", "list", "--failed")
    assert CELL.replace("|", "/") in shown
    assert finding.partition(";")[0] in shown
    standing = load_standing(engine.store, engine.settings, ["cell"])["marketing_matrix", check]
    assert (standing.passed, standing.texts) == (True, 1), "no text that may be used breaks a rule"

    engine.fast_pass()
    assert {person: _texts(engine, person) for person in (1, 2)} == before
    assert engine.patches(mark) == []
    assert _reason(engine, 1) == "keeps the earlier text: the text breaks the rules"
    engine.switch(gemini_reply="good")
    engine.edit_notion("personas", "geschaeftsfuehrung", "Pains", "schwer planbare Margen")
    engine.fast_pass()
    assert engine.patches(mark) == ["Person/1"]
    assert _reason(engine, 1) == ""


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("invalid", "Die Antwort des Modells war nicht lesbar (invalid: no JSON)"),
        ("truncated", "Die Antwort des Modells war nicht lesbar (truncated)"),
        ("other", f"Die Antwort gehört zu „vertrieb|raumfahrt“, gefragt war „{CELL}“"),
    ],
)
def test_a_reply_that_can_not_be_used_keeps_the_earlier_version_and_is_asked_for_again(
    engine: Engine, reply: str, said: str
) -> None:
    before, blocks = _texts(engine, 1), len(engine.rows(schema.text_blocks))
    engine.switch(gemini_reply=reply)
    engine.edit_notion("personas", "geschaeftsfuehrung", "Pains", OTHER_PAINS)
    _sync(engine)
    result, seen = _write(engine)
    assert [key for key, outcome in result.outcomes.items() if outcome != "unchanged"] == [CELL]
    message = failure_text(result)
    assert message.startswith("1 cells could not be written. Earlier texts stay in use. The cells are asked for again")
    assert f"no usable reply for cell {CELL} after 2 attempts: {said}" in message
    assert (seen.events, len(engine.rows(schema.text_blocks))) == ([], blocks)
    engine.fast_pass()
    assert _texts(engine, 1) == before
    assert stale_cells(engine.store, stored_fields(engine.store), engine.settings.gemini_model) == [CELL]

    engine.switch(gemini_reply="good")
    again, seen = _write(engine)
    assert [key for key, outcome in again.outcomes.items() if outcome == "generated"] == [CELL]
    assert "result: generated" in seen.page("marketing_matrix", CELL)
    engine.fast_pass()
    assert _texts(engine, 1) != before


def test_a_model_that_is_down_for_two_cells_delays_these_two_alone(engine: Engine) -> None:
    engine.edit_notion("verticals", "maschinenbau", "Pains", OTHER_PAINS)
    # Told to wait longer than a run should sleep, the client gives up at once.
    engine.fault(system="gemini", method="POST", status=503, times=2, retry_after=300)
    _sync(engine)
    result, _ = _write(engine)
    assert sorted(result.outcomes.values()) == ["failed"] * 2 + ["generated"] * 4
    assert all(f"{key}: Gemini: asking" in failure_text(result) for key in result.errors)
    assert all("HTTP 503" in error and "tried again later" in error for error in result.errors.values())
    again, _ = _write(engine)
    assert {key for key, outcome in again.outcomes.items() if outcome == "generated"} == set(result.errors)


def test_of_many_cells_that_fail_all_are_named() -> None:
    errors = {f"p{n:02}|v": f"Gemini: reason {n}" for n in range(12)}
    message = failure_text(MatrixResult(errors=errors))
    assert "p09|v: Gemini: reason 9 … and 2 more: p10|v, p11|v" in message


@pytest.mark.parametrize("reply", ["english", "number", "wordy", "other"])
def test_at_a_first_load_no_bad_text_reaches_the_crm(start_engine: StartEngine, reply: str) -> None:
    first = start_engine(companies=1, fast=True, verticals=("maschinenbau",), switches={"gemini_reply": reply})
    before = first.foreign()
    result = first.fast_pass()
    assert set(result.cells.outcomes.values()) == {"failed" if reply == "other" else "rejected"}
    assert (first.profile(1)["opener"], first.profile(1)["opener_secondary"]) == ("", "")
    assert not any(text for person in (1, 2, 3) for text in _texts(first, person).values())
    why = "model reply" if reply == "other" else "openers: the text breaks the rules"
    assert why in f"{first.state(1)['kind']} {first.state(1)['reason']}"
    assert first.foreign() == before
    said = {
        "english": "the new summary is left out: it does not read as German",
        "number": "the new summary is left out: the website does not name 47",
    }
    if reply in said:
        assert said[reply] in first.state(1)["reason"]
        assert first.profile(1)["summary"] == ""
        assert first.profile(1)["vertical"] == "Maschinenbau", "what can be believed of the reply is"
