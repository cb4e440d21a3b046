"""What one block will cost: the mean of those there were, all attempts included; an estimate where there were none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gtm_assets.research.estimates import CALLS, ESTIMATED_TOKENS, Kind, expected_price
from gtm_assets.research.prices import load_prices
from gtm_assets_tests.stores import fresh_store
from resources.store import schema
from resources.store.store import Store, utc_now

MODEL = "gemini-3.8-flash"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with fresh_store(tmp_path) as opened:
        yield opened


def _call(store: Store, price: float, **changed: Any) -> None:
    row = {
        "kind": "cell",
        "key": "leitung|bau",
        "attempt": 1,
        "model": MODEL,
        "prompt_version": "1",
        "prompt_tokens": 1,
        "output_tokens": 1,
        "price": price,
        "seconds": 1.0,
        "called_at": utc_now(),
        "run_id": "run",
        **changed,
    }
    with store.write() as connection:
        connection.execute(schema.model_calls.insert().values(row))


def _expected(store: Store, kind: Kind = "cell", model: str = MODEL) -> float | None:
    with store.read() as connection:
        return expected_price(connection, kind, model)


def test_every_attempt_belongs_to_the_price_of_its_block(store) -> None:
    _call(store, 0.5, block_id=1, problem="truncated")
    _call(store, 0.25, block_id=1, attempt=2)
    _call(store, 0.25, block_id=2)
    assert _expected(store) == pytest.approx(0.5)


def test_a_profile_s_price_is_that_of_its_account_in_one_run(store) -> None:
    _call(store, 0.5, kind="profile", key="1", problem="empty")
    _call(store, 0.25, kind="profile", key="1", attempt=2)
    _call(store, 0.25, kind="profile", key="2")
    assert _expected(store, "profile") == pytest.approx(0.5)


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "opener"},
        {"model": "another"},
        {"block_id": None},
        {"state": "reserved"},
        {"currency": "EUR"},
        {"price": 0.0},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_what_says_nothing_about_it_is_left_out(store, changed) -> None:
    _call(store, changed.pop("price", 9.0), **{"block_id": 1, **changed})
    rate = load_prices().rate(MODEL, utc_now().date())
    assert rate is not None
    assert _expected(store) == pytest.approx(rate.price(*ESTIMATED_TOKENS["cell"]))


def test_only_the_last_calls_count(store) -> None:
    _call(store, 900.0, block_id=9999)
    with store.write() as connection:
        row = schema.model_calls.select()
        first = dict(connection.execute(row).mappings().one()) | {"price": 0.5}
        del first["id"]
        connection.execute(schema.model_calls.insert(), [first | {"block_id": n} for n in range(CALLS)])
    assert _expected(store) == pytest.approx(0.5)


def test_without_calls_and_without_a_price_nothing_is_said(store) -> None:
    assert _expected(store, model="unknown-model") is None
