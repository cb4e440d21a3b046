"""Whatever a model may answer: each bad reply has an outcome and clear words, costs are kept, and no text is lost by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from gtm_assets.texts import blocks
from gtm_assets.texts.matrix import MatrixResult, MatrixWriter, bring_cells_up_to_date, choose_cells
from gtm_assets_tests.fake_fields import FIELDS
from gtm_assets_tests.fake_model import FakeModel
from gtm_assets_tests.stores import fresh_store, persona_row, put, rows_of, vertical_row
from gtm_assets_tests.texts.samples import CELL_INPUTS, CELL_TEXT
from resources.errors import TransientError
from resources.store import schema
from resources.store.store import Store

KEY = "leitung|maschinenbau"
GOOD = asdict(CELL_TEXT)
MANY_WORDS = " ".join(["Stillstand kostet Zeit und Nerven in jeder Schicht."] * 38)
ENGLISH = "As head of production you know how fluctuating cycle times slow down every shift and cost you money."


class Desk:
    """One cell with an approved text, asked for anew of a model that answers as a test says."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.reply: Any = GOOD
        self.model = FakeModel(lambda _: self.reply)
        gemini: Any = self.model
        self.writer = MatrixWriter(store, gemini, FIELDS, "run", approve=True, force=True)

    def write(self, reply: Any) -> MatrixResult:
        self.reply = reply
        return bring_cells_up_to_date(self.writer, choose_cells(self.writer, [KEY]))

    def current(self) -> blocks.Block:
        with self.store.read() as connection:
            return blocks.current_blocks(connection, "cell")[KEY]

    def problems(self) -> list[str]:
        return [row["problem"] for row in rows_of(self.store, schema.model_calls)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with fresh_store(tmp_path) as store:
        references = [asdict(reference) for reference in CELL_INPUTS.references]
        products = {"Operativ": CELL_INPUTS.product}
        put(store, schema.verticals, vertical_row("maschinenbau", refs=references, products=products))
        put(
            store,
            schema.personas,
            persona_row("leitung", pains=list(CELL_INPUTS.persona_pains), name="Produktionsleitung"),
        )
        made = Desk(store)
        assert made.write(GOOD).outcomes == {KEY: "generated"}
        yield made


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ("truncated", "Die Antwort des Modells war nicht lesbar (truncated)"),
        ("blocked", "Die Antwort des Modells war nicht lesbar (blocked)"),
        ("empty", "Die Antwort des Modells war nicht lesbar (empty)"),
        ("invalid: no JSON", "Die Antwort des Modells war nicht lesbar (invalid: no JSON)"),
        ({**GOOD, "id": "einkauf|hotel"}, f"Die Antwort gehört zu „einkauf|hotel“, gefragt war „{KEY}“"),
        (TransientError("Gemini", "asking came back with HTTP 503 UNAVAILABLE: overloaded", status=503), "HTTP 503"),
    ],
    ids=["MAX_TOKENS", "blocked prompt", "empty candidates", "half JSON", "another cell's", "503"],
)
def test_a_reply_that_is_no_text_of_this_cell_says_so_and_the_text_of_before_stays(desk, reply, words) -> None:
    before = desk.current()
    result = desk.write(reply)
    assert result.outcomes == {KEY: "failed"}
    assert words in result.errors[KEY]
    assert desk.current() == before
    assert len(desk.problems()) == (2 if isinstance(reply, TransientError) else 3), "each request is a row"
    if isinstance(reply, str):
        assert desk.problems()[1:] == [reply, reply]


@pytest.mark.parametrize(
    ("reply", "field", "words"),
    [
        ({**GOOD, "intro": MANY_WORDS}, "intro", "Zeichen"),
        ({**GOOD, "intro": ENGLISH}, "intro", "Deutsch"),
        ({**GOOD, "intro": GOOD["intro"].rstrip(".") + " und sparen 25 % Zeit."}, "intro", "Zahl"),
    ],
    ids=["300 words", "English", "with a number"],
)
def test_a_text_that_breaks_a_rule_is_kept_with_the_finding_in_german_and_never_used(desk, reply, field, words) -> None:
    result = desk.write(reply)
    assert result.outcomes == {KEY: "rejected"}
    assert any(finding.field == field and words in finding.message for finding in result.findings[KEY]), result.findings
    block = desk.current()
    assert (block.passed, block.verdict, block.content["intro"]) == (False, None, reply["intro"])
    assert [row["block_id"] for row in rows_of(desk.store, schema.model_calls)][1:] == [block.id, block.id]
    assert len(rows_of(desk.store, schema.text_blocks)) == 2, "the text of before is kept as a version"
