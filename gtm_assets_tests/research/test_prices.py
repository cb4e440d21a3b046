"""The price table: which price counts on which day for which model, and what is wrong with a file that can't be used."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from gtm_assets.research.prices import PriceTableError, Rate, load_prices

DAY = date(2026, 11, 22)
FILE = """
currency = "USD"
[models."gemini-3.8-flash"]
prices = [{ from = 2026-09-02, input = 10, output = 20.5 }]
[models.own-model]
source = "our contract"
prices = [{ from = 2026-12-01, input = 2.0, output = 2.0 }, { from = 2026-01-01, input = 1.0, output = 1.0 }]
"""


def _file(folder: Path, text: str) -> str:
    path = folder / "prices.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_price_counts_from_its_day_on() -> None:
    table = load_prices()
    assert table.currency == "USD"
    assert table.rate("gemini-3.8-flash", date(2026, 9, 1)) is None
    assert table.rate("gemini-3.8-flash", date(2026, 12, 31)) == Rate(date(2026, 9, 2), 0.75, 3.75)
    assert table.rate("gemini-3.8-flash", date(2027, 1, 1)) == Rate(date(2027, 1, 1), 1.50, 7.50)


def test_amounts_are_for_a_million_tokens() -> None:
    assert Rate(DAY, 0.75, 3.75).price(2_000_000, 100_000) == pytest.approx(1.875)


@pytest.mark.parametrize(
    "name",
    [
        "gemini-3.5-flash-001",
        "models/gemini-3.5-flash",
        "gemini-3.5-flash-preview-09-2026",
        "gemini-3.5-flash-latest",
    ],
)
def test_a_version_has_its_model_s_price(name: str) -> None:
    assert load_prices().rate(name, DAY) == load_prices().rate("gemini-3.5-flash", DAY)


def test_a_model_whose_name_only_begins_alike_is_another_one() -> None:
    lite = load_prices().rate("gemini-3.5-flash-lite-001", DAY)
    assert lite == Rate(date(2026, 7, 21), 0.30, 2.50)
    assert load_prices().rate("gemini-3.5-flash-heavy", DAY) is None
    assert load_prices().rate("gemini-3.8-flashy", DAY) is None


def test_a_file_of_one_s_own_replaces_and_adds_models(tmp_path: Path) -> None:
    table = load_prices(_file(tmp_path, FILE))
    assert table.rate("gemini-3.8-flash", DAY) == Rate(date(2026, 9, 2), 10, 20.5)
    assert table.rate("own-model", DAY) == Rate(date(2026, 1, 1), 1.0, 1.0), "days need no order in the file"
    assert table.rate("own-model", date(2026, 12, 1)) == Rate(date(2026, 12, 1), 2.0, 2.0)
    assert table.rate("gemini-3.5-flash", DAY) is not None


def test_a_file_in_another_currency_stands_alone(tmp_path: Path) -> None:
    table = load_prices(_file(tmp_path, FILE.replace("USD", "EUR")))
    assert table.currency == "EUR"
    assert table.rate("gemini-3.5-flash", DAY) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("currency = ", "is no TOML"),
        ("[models.a]\nprices = [{ from = 2026-01-01, input = 1, output = 1 }]", "currency: expects a currency"),
        (FILE.replace('"USD"', '"Dollar"'), "currency: expects a currency such as USD"),
        (FILE.replace("10,", "-1,"), 'models."gemini-3.8-flash".prices[0].input: Input should be greater'),
        (FILE.replace("10,", '"10",'), 'models."gemini-3.8-flash".prices[0].input: Input should be a valid number'),
        (FILE.replace("10,", "inf,"), 'models."gemini-3.8-flash".prices[0].input: Input should be a finite number'),
        (FILE.replace("output = 20.5", "outputs = 20.5"), 'models."gemini-3.8-flash".prices[0].output: Field required'),
        (
            FILE.replace("2026-09-02", '"2026-09-02"'),
            'models."gemini-3.8-flash".prices[0].from: Input should be a valid',
        ),
        (FILE.replace("2026-09-02", "2026-09-02T08:00:00"), "prices[0].from: expects a day such as 2026-09-02"),
        ('currency = "USD"\n[models.a]\nprices = []', "models.a.prices: List should have at least 1 item"),
        ('currency = "USD"\n[models]', "models: Dictionary should have at least 1 item"),
        ('currency = "USD"', "models: Field required"),
    ],
)
def test_a_file_that_can_t_be_used_is_refused_with_file_and_key(tmp_path: Path, text: str, said: str) -> None:
    path = _file(tmp_path, text)
    with pytest.raises(PriceTableError) as caught:
        load_prices(path)
    assert said in str(caught.value)
    assert f"GTM_MODEL_PRICES: {path}" in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PriceTableError, match=r"GTM_MODEL_PRICES: .*nowhere\.toml can't be read: No such file"):
        load_prices(str(tmp_path / "nowhere.toml"))
