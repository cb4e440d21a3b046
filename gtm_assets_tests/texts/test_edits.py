"""A person's own wording in the terminal: a new version, checked like the model's, refused with the reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gtm_assets.cli import app
from gtm_assets.commands.review_text import parse_edited
from gtm_assets.texts import blocks
from gtm_assets.texts.edits import EditError, Editor, edit_block
from gtm_assets.texts.matrix import load_cells
from gtm_assets.texts.reviews import decide
from gtm_assets_tests.fake_fields import FIELDS
from gtm_assets_tests.stores import fresh_store, put, rows_of, vertical_row
from gtm_assets_tests.writeback.previewing import KEY, MODEL, block, company
from resources.store import schema

GOOD = {
    "subject": "So bleibt der Materialfluss im Takt",
    "intro": "Für Sie in der Leitung heißt das, trotz Fachkräftemangel die Taktzeiten an der Linie stabil zu halten.",
    "social_proof": "Die Musterlager AG hat mit unseren Transportrobotern ihre Suchzeiten in der Halle um 30 % gesenkt.",
}


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GTM_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("GEMINI_MODEL", MODEL)
    monkeypatch.setenv("USER", "anna")
    monkeypatch.setattr("gtm_assets.settings.PROJECT_ROOT", tmp_path)
    monkeypatch.setattr("gtm_assets.crm.field_map.stored_fields", lambda _: FIELDS)
    from gtm_assets.settings import load_settings

    load_settings.cache_clear()
    with fresh_store(tmp_path) as opened:
        company(opened)
        block(opened, KEY, None, content=GOOD)
        yield opened
    load_settings.cache_clear()


def _current(store, kind="cell", key=KEY) -> blocks.Block:
    with store.read() as connection:
        return blocks.current_blocks(connection, kind, [key])[key]


def _review(*arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["review", *arguments])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == code, done.output
    return done.output


def test_an_edit_is_a_new_version_by_a_human_that_waits_for_its_verdict(store) -> None:
    said = _review("edit", "leitung/maschinenbau", "--subject", "Weniger Suchzeiten an jeder Linie")
    current = _current(store)
    assert "kept as a new version" in said
    assert (current.version, current.author, current.verdict) == (2, "human: anna", None)
    assert current.content == {**GOOD, "subject": "Weniger Suchzeiten an jeder Linie"}


def test_an_edit_that_breaks_a_rule_says_which_and_is_not_approved(store) -> None:
    said = _review("edit", "leitung/maschinenbau", "--subject", "Garantiert günstiger!", "--approve", code=1)
    assert "Garantien sind nicht erlaubt" in said
    assert not _current(store).passed
    assert rows_of(store, schema.reviews) == []


def test_an_edit_can_be_approved_at_once(store) -> None:
    _review("edit", "leitung/maschinenbau", "--subject", "Weniger Suchzeiten an jeder Linie", "--approve")
    assert _current(store).verdict == "approved"


def test_an_edit_rests_on_the_rows_of_today_whatever_the_version_before_was_made_from(store) -> None:
    put(store, schema.verticals, vertical_row("maschinenbau", name="Maschinenbau", pains=["Neuer Schmerz"]))
    _review("edit", "leitung/maschinenbau", "--subject", "Weniger Suchzeiten an jeder Linie", "--approve")
    after = rows_of(store, schema.text_blocks)[-1]
    assert after["inputs"]["vertical_pains"] == ["Neuer Schmerz"]
    with store.read() as connection:
        cell = load_cells(connection, FIELDS, MODEL)[KEY]
    assert cell.state == "approved"
    sources = {row["source"] for row in rows_of(store, schema.block_sources) if row["block_id"] == after["id"]}
    assert sources == {"verticals", "personas"}


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"subject": GOOD["subject"]}, "the same as before"),
        ({"opener": "Ein Satz."}, "has no text opener"),
    ],
)
def test_an_edit_of_nothing_is_refused(store, texts, message) -> None:
    with pytest.raises(EditError, match=message), store.write() as connection:
        edit_block(connection, Editor(FIELDS, MODEL), _current(store), texts, "anna", "test")


def test_an_edit_of_an_older_version_is_refused(store) -> None:
    old = _current(store)
    _review("edit", "leitung/maschinenbau", "--subject", "Weniger Suchzeiten an jeder Linie")
    with pytest.raises(EditError, match="the newest is 2"), store.write() as connection:
        edit_block(connection, Editor(FIELDS, MODEL), old, {"subject": "Anderes"}, "anna", "test")


def test_show_sets_the_new_text_beside_the_approved_one(store) -> None:
    decide(store, "cell", [KEY], "approved", reviewer="anna", comment="passt")
    _review("edit", "leitung/maschinenbau", "--subject", "Weniger Suchzeiten an jeder Linie")
    shown = json.loads(_review("show", "leitung/maschinenbau", "--json"))
    assert shown["approved_before"] == GOOD
    assert shown["texts"]["subject"] == "Weniger Suchzeiten an jeder Linie"
    assert [each["verdict"] for each in shown["verdicts"]] == ["approved"]
    text = _review("show", "leitung/maschinenbau", "--lang", "de")
    assert "Zuletzt freigegeben" in text
    assert "passt" in text
    assert "Wartet auf Freigabe" in text


def test_show_names_what_there_is_where_a_key_is_unknown(store) -> None:
    from gtm_assets.texts.reviews import ReviewError

    with pytest.raises(ReviewError, match="No cell block: nobody"):
        _review("show", "nobody/nowhere")


def test_texts_come_back_from_an_editor_as_they_were_laid_out() -> None:
    text = "[subject]\nEin Betreff\n\n[intro]\nErste Zeile\nzweite Zeile\n"
    assert parse_edited(text) == {"subject": "Ein Betreff", "intro": "Erste Zeile zweite Zeile"}
    assert parse_edited("") == {}
