"""Asking the model: a row for every request, whatever came of it, with what it cost or may have cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from gtm_assets.research.asking import (
    MAX_OUTPUT_TOKENS,
    Asked,
    Asker,
    NoPriceError,
    Terms,
    most_price,
    most_prompt_tokens,
    terms_of,
)
from gtm_assets.research.budget import Budget, BudgetReachedError
from gtm_assets.research.model_inputs import Prompt
from gtm_assets.research.prices import PriceTable, PriceTableError, Rate
from gtm_assets.settings import parse_settings
from gtm_assets_tests.fake_model import FakeModel
from gtm_assets_tests.stores import fresh_store, rows_of
from resources.errors import AuthError, PermanentError, TransientError
from resources.gemini.failures import LostReplyError
from resources.gemini.replies import ModelReply
from resources.store import schema
from resources.store.store import Store

PROMPT = Prompt("v7", "Anweisung", '<inputs>{"id": "k"}</inputs>')
#: An unreal price, so that sums are easy to follow: 1 for a prompt token, 10 for one of output.
TABLE = PriceTable(
    "EUR", {"test-model": (Rate(date(2026, 1, 1), 1e6, 1e7),), "dear": (Rate(date(2026, 1, 1), 2e6, 2e7),)}
)
OVERLOAD = TransientError("Gemini", "asking came back with HTTP 503 UNAVAILABLE", status=503)


class Reply(BaseModel):
    id: str
    text: str


MOST = most_prompt_tokens(PROMPT, Reply) + 10.0 * MAX_OUTPUT_TOKENS


class Desk:
    """Somebody who asks a model that gives these answers, one after the other."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def ask(self, *answers: Any, budget: Budget | None = None, table: PriceTable = TABLE) -> Asked[Reply]:
        given = iter(answers)
        model: Any = FakeModel(lambda _: next(given))
        model.attempts = 3
        terms = Terms(table, budget or Budget(currency=table.currency))
        return Asker(self.store, model, "run", terms).ask(PROMPT, Reply, kind="cell", key="k", attempt=1)

    def rows(self, *columns: str) -> list[Any]:
        found = [tuple(row[name] for name in columns) for row in rows_of(self.store, schema.model_calls)]
        return [row[0] for row in found] if len(columns) == 1 else found


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with fresh_store(tmp_path) as store:
        yield Desk(store)


def test_an_answer_is_a_row_with_tokens_price_and_seconds(desk) -> None:
    asked = desk.ask({"text": "gut"})
    assert asked.reply.parsed == Reply(id="k", text="gut")
    (row,) = rows_of(desk.store, schema.model_calls)
    assert asked.call_ids == (row["id"],)
    expected = {
        "kind": "cell",
        "key": "k",
        "attempt": 1,
        "repetition": 0,
        "state": "answered",
        "model": "test-model",
        "prompt_version": "v7",
        "prompt_tokens": 100,
        "output_tokens": 10,
        "price": 200.0,
        "currency": "EUR",
        "seconds": 0.5,
        "problem": "",
        "run_id": "run",
        "block_id": None,
    }
    assert {name: row[name] for name in expected} == expected


def test_each_request_that_failed_is_a_row_too_and_costs_nothing(desk) -> None:
    asked = desk.ask(OVERLOAD, TransientError("Gemini", "HTTP 429", status=429), {"text": "gut"})
    assert len(asked.call_ids) == 3
    assert desk.rows("repetition", "state", "price") == [(0, "failed", 0.0), (1, "failed", 0.0), (2, "answered", 200.0)]
    assert "503 UNAVAILABLE" in desk.rows("problem")[0]


def test_when_patience_ends_all_requests_are_in_the_book(desk) -> None:
    with pytest.raises(TransientError, match="503"):
        desk.ask(OVERLOAD, OVERLOAD, OVERLOAD)
    assert desk.rows("repetition", "state") == [(0, "failed"), (1, "failed"), (2, "failed")]


@pytest.mark.parametrize("error", [PermanentError("Gemini", "HTTP 400", status=400), AuthError("Gemini", "no key")])
def test_a_refused_request_costs_nothing(desk, error) -> None:
    with pytest.raises(type(error)):
        desk.ask(error)
    assert desk.rows("state", "price") == [("failed", 0.0)]


@pytest.mark.parametrize("error", [LostReplyError("Gemini", "got no reply within 60 s."), RuntimeError("fell over")])
def test_what_may_have_been_charged_keeps_its_reservation(desk, error) -> None:
    with pytest.raises(type(error)):
        desk.ask(error, error, error)
    found = desk.rows("state", "price")
    assert set(found) == {("failed", MOST)}
    assert len(found) == (3 if isinstance(error, LostReplyError) else 1)


def test_a_process_that_is_killed_leaves_its_reservation(desk) -> None:
    class Killed(BaseException):
        """As ``kill -9`` would: nothing after it runs, as far as this book is concerned."""

    def killed(_: Any) -> Any:
        assert desk.rows("state", "price") == [("reserved", MOST)], "it is there before the request leaves"
        raise Killed

    model: Any = FakeModel(killed)
    with pytest.raises(Killed):
        Asker(desk.store, model, "run", Terms(TABLE, Budget(currency="EUR"))).ask(
            PROMPT, Reply, kind="cell", key="k", attempt=1
        )
    assert desk.rows("state", "price") == [("reserved", MOST)]


@pytest.mark.parametrize("problem", ["truncated", "blocked", "empty", "invalid: no JSON"])
def test_an_answer_nobody_can_use_is_paid_for_and_named(desk, problem) -> None:
    assert desk.ask(problem).reply.problem == problem
    assert desk.rows("state", "problem", "price") == [("answered", problem, 200.0)]


def _replying(desk: Desk, reply: ModelReply[Any]) -> None:
    model: Any = FakeModel(lambda _: {})
    model.generate = lambda **_: reply
    Asker(desk.store, model, "run", Terms(TABLE, Budget(currency="EUR"))).ask(
        PROMPT, Reply, kind="cell", key="k", attempt=1
    )


def test_thoughts_are_part_of_the_output_and_shown_for_themselves(desk) -> None:
    _replying(desk, ModelReply(None, "", "empty", 100, 42, 0.5, "test-model", thinking_tokens=40))
    assert desk.rows("output_tokens", "thinking_tokens", "price") == [(42, 40, 520.0)]


@pytest.mark.parametrize(
    ("answered", "price"), [("test-model-001", 200.0), ("dear-001", 400.0), ("nobody-knows", 200.0)]
)
def test_the_price_is_that_of_the_model_which_answered(desk, answered, price) -> None:
    _replying(desk, ModelReply(None, "", "empty", 100, 10, 0.5, answered))
    assert desk.rows("model", "price") == [("test-model", price)]


def test_a_request_at_a_day_s_border_is_reserved_at_the_dearer_day_s_price() -> None:
    rates = (Rate(date(2026, 1, 1), 1.0, 1.0), Rate(date(2026, 11, 23), 2.0, 2.0), Rate(date(2026, 11, 24), 9.0, 9.0))
    table = PriceTable("USD", {"m": rates, "cheaper": (rates[2], Rate(date(2026, 11, 25), 1.0, 1.0))})
    tokens = 1_000_000 - MAX_OUTPUT_TOKENS
    assert most_price(table, "m", tokens, date(2026, 11, 21)) == 1.0
    assert most_price(table, "m", tokens, date(2026, 11, 22)) == 2.0
    assert most_price(table, "cheaper", tokens, date(2026, 11, 24)) == 9.0
    assert most_price(table, "unknown", tokens, date(2026, 11, 24)) == 0.0


def test_a_dearer_model_that_answers_does_not_pass_its_reservation_silently(desk, caplog) -> None:
    _replying(desk, ModelReply(None, "", "empty", 100, MAX_OUTPUT_TOKENS, 0.5, "dear"))
    assert "dear answered for test-model" in caplog.text


def test_an_answer_that_does_not_tell_its_tokens_keeps_its_reservation(desk) -> None:
    _replying(desk, ModelReply(None, "", "empty", 0, 0, 0.5, "test-model"))
    assert desk.rows("state", "price") == [("answered", MOST)]


def test_nothing_leaves_where_the_budget_does_not_suffice(desk) -> None:
    with pytest.raises(BudgetReachedError):
        desk.ask({"text": "gut"}, budget=Budget(per_run=MOST - 1, currency="EUR"))
    assert desk.rows("state") == []
    assert desk.ask({"text": "gut"}, budget=Budget(per_run=MOST, currency="EUR")).reply.parsed


def test_requests_that_are_repeated_count_in_the_same_budget(desk) -> None:
    lost = LostReplyError("Gemini", "got no reply")
    with pytest.raises(BudgetReachedError):
        desk.ask(lost, lost, {"text": "gut"}, budget=Budget(per_run=1.5 * MOST, currency="EUR"))
    assert desk.rows("state") == ["failed"]


def test_a_model_without_a_price_costs_nothing_known_and_is_refused_where_there_is_a_budget(desk) -> None:
    nothing = PriceTable("EUR", {})
    assert desk.ask({"text": "gut"}, table=nothing).reply.parsed
    assert desk.rows("price") == [0.0]
    with pytest.raises(
        NoPriceError, match=r"No price of test-model is known.*GTM_MODEL_PRICES.*GTM_MODEL_BUDGET_PER_DAY empty"
    ):
        desk.ask({"text": "gut"}, budget=Budget(per_day=1.0, currency="EUR"), table=nothing)


def test_a_request_never_has_more_tokens_than_were_reserved_for_it() -> None:
    prompt = Prompt("1", "Ä" * 100, "ß" * 50)
    assert most_prompt_tokens(prompt, Reply) > 300


# --- from the settings --------------------------------------------------------------------------------------------------


def test_the_settings_say_prices_budgets_and_how_many_at_once(tmp_path) -> None:
    path = tmp_path / "prices.toml"
    path.write_text('currency = "EUR"\n[models.own]\nprices = [{ from = 2026-01-01, input = 1, output = 2 }]')
    values = {
        "GTM_MODEL_PRICES": str(path),
        "GEMINI_MODEL": "own-001",
        "GTM_MODEL_BUDGET_PER_RUN": "2.5",
        "GTM_MODEL_BUDGET_PER_DAY": "0",
        "GTM_MODEL_CONCURRENCY": "3",
    }
    terms = terms_of(parse_settings(values), "accounts", asked_for=False)
    assert terms.budget == Budget(2.5, 0.0, "EUR", "accounts", asked_for=False)
    assert terms.at_once == 3
    assert terms.prices.rate("own", datetime.now(UTC).date()) == Rate(date(2026, 1, 1), 1, 2)


def test_a_budget_for_a_model_without_a_price_is_refused_before_anything_is_asked() -> None:
    with pytest.raises(NoPriceError, match="unknown-model"):
        terms_of(parse_settings({"GEMINI_MODEL": "unknown-model", "GTM_MODEL_BUDGET_PER_DAY": "5"}), "texts")
    assert terms_of(parse_settings({"GEMINI_MODEL": "unknown-model"}), "texts").budget == Budget()


def test_a_price_table_that_is_not_there_is_named() -> None:
    with pytest.raises(PriceTableError, match=r"GTM_MODEL_PRICES: /nowhere\.toml can't be read"):
        terms_of(parse_settings({"GTM_MODEL_PRICES": "/nowhere.toml"}), "texts")
