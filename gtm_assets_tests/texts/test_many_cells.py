"""600 cells (20 verticals × 10 personas × standard and two campaigns): stopped half-way, with broken ones, within a budget."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gtm_assets.research.asking import Terms
from gtm_assets.research.budget import Budget, standing
from gtm_assets.research.prices import PriceTable, Rate
from gtm_assets.texts.matrix import MatrixResult, MatrixWriter, bring_cells_up_to_date, choose_cells, load_cells
from gtm_assets_tests.fake_fields import FIELDS
from gtm_assets_tests.fake_model import FakeModel
from gtm_assets_tests.stores import campaign_row, fresh_store, persona_row, put, rows_of, vertical_row
from gtm_assets_tests.texts.samples import CELL_INPUTS, CELL_TEXT
from resources.errors import TransientError
from resources.store import schema
from resources.store.store import Store

CELLS = 600
GOOD = asdict(CELL_TEXT)
BROKEN = {
    "p0|v0": "invalid: no JSON",
    "p1|v1": TransientError("Gemini", "HTTP 503 UNAVAILABLE", status=503),
    "p2|v2|messe": RuntimeError("fell over"),
}
#: FakeModel answers with 100 and 10 tokens: a call costs 0.01.
TABLE = PriceTable("USD", {"test-model": (Rate(date(2026, 1, 1), 0.0, 1000.0),)})
MOST = 8192 * 1000.0 / 1_000_000


class Desk:
    """A writer of 600 cells and its model."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.reply: Any = lambda inputs: GOOD
        self.model = FakeModel(self._answer)
        gemini: Any = self.model
        self.writer = MatrixWriter(store, gemini, FIELDS, "run", approve=False)
        with store.read() as connection:
            self.keys = list(load_cells(connection, FIELDS, self.model.model))

    def _answer(self, inputs: dict[str, Any]) -> Any:
        return self.reply(inputs)

    def write(self, report: Any = None, **changed: Any) -> MatrixResult:
        writer = replace(self.writer, **changed)
        return bring_cells_up_to_date(writer, choose_cells(writer, self.keys), report)

    def within(self, budget: Budget) -> Terms:
        return Terms(TABLE, budget)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with fresh_store(tmp_path) as store:
        references = [asdict(reference) for reference in CELL_INPUTS.references]
        products = {"Operativ": CELL_INPUTS.product}
        put(store, schema.verticals, *(vertical_row(f"v{n}", refs=references, products=products) for n in range(20)))
        put(store, schema.personas, *(persona_row(f"p{n}") for n in range(10)))
        put(store, schema.campaigns, campaign_row("messe"), campaign_row("webinar"))
        yield Desk(store)


def _counts(result: MatrixResult) -> dict[str, int]:
    return dict(Counter(result.outcomes.values()))


def test_all_are_written_once_and_a_second_pass_asks_nothing(desk) -> None:
    assert _counts(desk.write()) == {"generated": CELLS}
    assert desk.model.calls == CELLS
    assert _counts(desk.write()) == {"unchanged": CELLS}
    assert desk.model.calls == CELLS
    assert len(rows_of(desk.store, schema.model_calls)) == CELLS
    assert {row["block_id"] for row in rows_of(desk.store, schema.model_calls)} == {
        row["id"] for row in rows_of(desk.store, schema.text_blocks)
    }


def test_a_run_that_is_stopped_begins_nothing_more_and_the_next_goes_on_where_it_stopped(desk) -> None:
    seen: list[str] = []

    def stop(cell: Any, outcome: str, generated: Any) -> None:
        seen.append(cell.key)
        if len(seen) == 100:
            raise KeyboardInterrupt

    # As slow as it takes for the cells to wait for each other: a model is never quicker than what follows it.
    desk.reply = lambda inputs: time.sleep(0.001) or GOOD
    with pytest.raises(KeyboardInterrupt):
        desk.write(stop)
    written = len(rows_of(desk.store, schema.text_blocks))
    assert 100 <= written < CELLS
    assert desk.model.calls == written, "whatever was asked for is kept"
    assert _counts(desk.write()) == {"unchanged": written, "generated": CELLS - written}
    assert desk.model.calls == CELLS


def test_three_broken_cells_do_not_harm_the_others(desk) -> None:
    desk.reply = lambda inputs: BROKEN.get(inputs["id"], GOOD)
    result = desk.write()
    assert _counts(result) == {"generated": CELLS - 3, "failed": 3}
    assert set(result.errors) == set(BROKEN)
    assert (
        "no usable reply for cell p0|v0 after 2 attempts: Die Antwort des Modells war nicht lesbar"
        in result.errors["p0|v0"]
    )
    assert "503" in result.errors["p1|v1"]
    desk.reply = lambda inputs: GOOD
    assert _counts(desk.write()) == {"unchanged": CELLS - 3, "generated": 3}


@pytest.mark.parametrize("at_once", [1, 5])
def test_never_more_at_once_than_the_limit(desk, at_once) -> None:
    working, most, lock = [0], [0], threading.Lock()

    def answer(_: Any) -> Any:
        with lock:
            working[0] += 1
            most[0] = max(most[0], working[0])
        time.sleep(0.002)
        with lock:
            working[0] -= 1
        return GOOD

    desk.reply = answer
    desk.keys = desk.keys[:60]
    desk.write(terms=Terms(at_once=at_once))
    assert most[0] <= at_once
    assert (most[0] > 1) is (at_once > 1)


def test_a_budget_stops_cleanly_says_what_is_left_and_the_rest_comes_the_next_time(desk) -> None:
    desk.keys = desk.keys[:200]
    budget = Budget(per_run=MOST + 1.0)
    result = desk.write(terms=desk.within(budget))
    counts = _counts(result)
    assert set(counts) == {"generated", "left"}
    assert counts["generated"] == desk.model.calls == 101, "0.01 each, as long as the most that one can cost is left"
    assert result.errors == {}
    assert result.reached is not None
    assert (result.reached.scope, result.reached.left, result.reached.total) == ("run", 99, 200)
    assert "99 of 200 cells are left" in result.reached.sentence("cells")
    with desk.store.read() as connection:
        assert standing(connection, budget) == result.reached
    assert _counts(desk.write(terms=desk.within(Budget(per_run=1000.0)))) == {
        "unchanged": 101,
        "generated": 99,
    }
    with desk.store.read() as connection:
        assert standing(connection, budget) is None


def test_a_cell_s_second_attempt_counts_in_the_same_budget(desk) -> None:
    desk.keys = desk.keys[:3]
    desk.reply = lambda inputs: {**GOOD, "subject": "Betreff mit Platzhalter {{name}}"}
    result = desk.write(terms=replace(desk.within(Budget(per_day=MOST + 0.025)), at_once=1))
    assert list(result.outcomes.values()) == ["rejected", "left", "left"]
    assert desk.model.calls == 3, "the second cell got one attempt, which did not pass the rules"
    assert sum(row["price"] for row in rows_of(desk.store, schema.model_calls)) == pytest.approx(0.03)


def test_without_any_money_nothing_is_asked_and_nothing_fails(desk) -> None:
    desk.keys = desk.keys[:50]
    result = desk.write(terms=desk.within(Budget(per_day=0.0)))
    assert _counts(result) == {"left": 50}
    assert desk.model.calls == 0
