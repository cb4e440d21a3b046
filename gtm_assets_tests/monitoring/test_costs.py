"""Costs: sums that are those of the rows, wasted and unknown money apart, a page, and when it is logged. On both databases."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from gtm_assets.commands import costs as command
from gtm_assets.monitoring import costs, costs_page, costs_plot
from gtm_assets.monitoring.costs_models import BlockCost, Costs, FieldCost, Line, PerPiece
from gtm_assets.research.prices import PriceTable, Rate
from gtm_assets.settings import Settings, parse_settings
from gtm_assets_tests.stores import account_row, campaign_row, fresh_store, person_row, put, written_row
from resources.analytics.engine import Analytics
from resources.store import schema
from resources.store.store import Store

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
TABLE = PriceTable("USD", {"m": (Rate(date(2026, 1, 1), 1.0, 1.0),)})


@pytest.fixture
def opened(store: Store):
    analytics = Analytics(store.url.render_as_string(hide_password=False))
    yield store, analytics
    analytics.close()


def _call(number: int, price: float, **changed: Any) -> dict[str, Any]:
    return {
        "id": number,
        "kind": "cell",
        "key": "leitung|bau",
        "block_id": None,
        "attempt": 1,
        "repetition": 0,
        "state": "answered",
        "model": "m",
        "prompt_version": "1",
        "prompt_tokens": 100,
        "output_tokens": 10,
        "thinking_tokens": 4,
        "price": price,
        "currency": "USD",
        "seconds": 1.0,
        "problem": "",
        "called_at": NOW - timedelta(minutes=1),
        "run_id": "run",
        **changed,
    }


def _block(number: int, **changed: Any) -> dict[str, Any]:
    return {
        "id": number,
        "kind": "cell",
        "key": "leitung|bau",
        "version": number,
        "inputs_hash": "h",
        "content_hash": "h",
        "content": {},
        "findings": [],
        "passed": True,
        "prompt_version": "1",
        "model": "m",
        "inputs": {},
        "evidence": None,
        "author": "model",
        "created_at": NOW,
        "run_id": "run",
        "current": True,
        **changed,
    }


def _sample(store: Store) -> None:
    """A cell in two attempts after a 503, a campaign's cell that the rules refused, an opener, a profile, two lost answers."""
    put(store, schema.campaigns, campaign_row("messe-2026", tag="Messe 2026"))
    put(
        store,
        schema.text_blocks,
        _block(1),
        _block(2, key="leitung|bau|messe-2026", passed=False),
        _block(3, kind="opener", key="4711"),
    )
    put(
        store,
        schema.model_calls,
        _call(1, 0.0, block_id=1, state="failed", problem="503", prompt_tokens=0, output_tokens=0, thinking_tokens=0),
        _call(2, 1.0, block_id=1),
        _call(3, 2.0, block_id=1, attempt=2),
        _call(4, 4.0, block_id=2, key="leitung|bau|messe-2026", attempt=2),
        _call(5, 8.0, block_id=3, kind="opener", key="4711", called_at=NOW - timedelta(days=1)),
        _call(6, 16.0, kind="profile", key="4711"),
        _call(7, 32.0, kind="profile", key="4711", problem="truncated"),
        _call(8, 64.0, state="reserved", prompt_tokens=0, output_tokens=0, thinking_tokens=0),
        _call(
            9,
            128.0,
            state="failed",
            problem="no reply within 60 s",
            prompt_tokens=0,
            output_tokens=0,
            thinking_tokens=0,
        ),
        _call(10, 1000.0, called_at=NOW - timedelta(days=40)),
        _call(11, 500.0, currency="CHF"),
    )
    put(store, schema.persons, *(person_row(i, 1, fields={"subject": "x", "intro": "x"}) for i in (1, 2, 9)))
    put(store, schema.accounts, account_row(1, fields={"opener": "x", "summary": "x"}))
    put(
        store,
        schema.written_values,
        *(written_row("Person", i, field, "x", block_id=1) for i in (1, 2) for field in ("subject", "intro")),
        written_row("Contact", 1, "opener", "x", block_id=3),
        written_row("Contact", 1, "summary", "x"),
        written_row("Person", 9, "subject", "x", block_id=77),
    )


def _load(analytics: Analytics, **how: Any) -> Costs:
    return costs.load(analytics, how.pop("prices", TABLE), now=NOW, **how)


def test_the_sums_are_those_of_the_rows(opened) -> None:
    store, analytics = opened
    _sample(store)
    found = _load(analytics)
    total = found.total
    assert (total.calls, total.prompt_tokens, total.output_tokens, total.thinking_tokens) == (9, 600, 60, 24)
    assert {kind: spent.price for kind, spent in found.kinds.items()} == {"cell": 199.0, "profile": 48.0, "opener": 8.0}
    assert {name: spent.price for name, spent in found.campaigns.items()} == {"standard": 195.0, "Messe 2026": 4.0}
    assert {day: spent.price for day, spent in found.days.items()} == {TODAY - timedelta(days=1): 8.0, TODAY: 247.0}
    assert found.today.price == 247.0


def test_an_answer_whose_text_may_still_be_stored_is_not_wasted_yet(opened) -> None:
    store, analytics = opened
    put(
        store,
        schema.model_calls,
        _call(1, 1.0, called_at=NOW - timedelta(minutes=2)),
        _call(2, 2.0, called_at=NOW - timedelta(minutes=11)),
    )
    total = _load(analytics).total
    assert (total.used, total.wasted, total.unknown) == (0.0, 2.0, 1.0)


def test_wasted_and_unknown_money_stand_apart(opened) -> None:
    store, analytics = opened
    _sample(store)
    total = _load(analytics).total
    assert total.used == 2.0 + 8.0 + 16.0, "the attempt that made the text, the opener, the profile"
    assert total.wasted == 1.0 + 4.0 + 32.0, "the attempt before, what the rules refused, what nobody could read"
    assert total.unknown == 64.0 + 128.0, "under way or killed, and lost"


def test_a_text_costs_all_its_attempts_and_each_field_that_carries_it_its_share(opened) -> None:
    store, analytics = opened
    _sample(store)
    found = _load(analytics)
    assert found.blocks == {"cell": PerPiece(2, 7.0), "opener": PerPiece(1, 8.0)}
    assert found.dearest == [
        BlockCost("opener", "4711", 3, 1, 8.0, 1),
        BlockCost("cell", "leitung|bau|messe-2026", 2, 1, 4.0, 0),
        BlockCost("cell", "leitung|bau", 1, 3, 3.0, 4),
    ]
    assert found.fields == {"cell": PerPiece(4, 3.0), "opener": PerPiece(1, 8.0)}
    assert found.per_field.each == pytest.approx(11.0 / 5)
    assert found.carried == [
        FieldCost("cell", "intro", 2, 1.5),
        FieldCost("cell", "subject", 2, 1.5),
        FieldCost("opener", "opener", 1, 8.0),
    ]


def test_a_field_that_somebody_overwrote_or_that_is_gone_carries_no_text(opened) -> None:
    store, analytics = opened
    _sample(store)
    put(store, schema.persons, person_row(1, 1, fields={"subject": "x", "intro": "Von Hand."}))
    put(store, schema.accounts, account_row(1, fields={"opener": "x"}, gone_at=NOW))
    found = _load(analytics)
    assert [(each.field, each.pieces, each.price) for each in found.carried] == [
        ("intro", 1, 1.0),
        ("subject", 2, 2.0),
    ]
    assert {block.key: block.fields for block in found.dearest} == {
        "4711": 0,
        "leitung|bau|messe-2026": 0,
        "leitung|bau": 3,
    }


def test_every_text_is_named_where_it_is_asked_for_and_the_total_is_of_all(opened) -> None:
    store, analytics = opened
    put(store, schema.text_blocks, *(_block(i, key=f"p{i}|bau", version=1) for i in range(1, 13)))
    put(store, schema.model_calls, *(_call(i, float(i), block_id=i) for i in range(1, 13)))
    for most, named in ((costs.DEAREST, 10), (3, 3), (None, 12)):
        found = _load(analytics, most=most)
        assert [block.price for block in found.dearest] == [float(i) for i in range(12, 12 - named, -1)]
        assert found.all_blocks == PerPiece(12, 78.0)
        assert found.as_json()["all_blocks"] == {"count": 12, "price": 78.0, "each": 6.5}
    text = costs_page.page(_load(analytics), Settings())
    assert "10 of 12 texts are named; together these cost 78.00 USD." in text


def test_campaigns_have_days_and_the_dearest_of_them_bars_of_their_own() -> None:
    lines = [
        Line(TODAY - timedelta(days=back), "cell", name, "used", 1, 1, 1, 0, price)
        for name, price in (
            ("Messe 2026", 9.0),
            ("$5 und $6", 8.0),
            ("__Herbst", 7.0),
            ("x" * 40, 6.0),
            ("a", 2.0),
            ("🚀", 1.0),
        )
        for back in (0, 1)
    ]
    found = Costs(NOW.replace(tzinfo=None), NOW.replace(tzinfo=None) - timedelta(days=29), "USD", lines)
    assert found.campaign_days["a"] == {TODAY: 2.0, TODAY - timedelta(days=1): 2.0}
    bars = dict(costs_plot.campaign_bars(found))
    assert list(bars) == ["Messe 2026", "$5 und $6", "Herbst", "x" * 15 + "…", "2 others"]
    assert bars["2 others"] == {TODAY: 3.0, TODAY - timedelta(days=1): 3.0}
    picture = Image.open(BytesIO(costs_plot.per_day(found)))
    assert picture.height > 500, "a second picture below the first"


def test_days_currencies_and_models_without_a_price_are_told_apart(opened) -> None:
    store, analytics = opened
    _sample(store)
    put(store, schema.model_calls, _call(12, 0.0, model="nobody-knows"))
    assert _load(analytics, days=1).total.price == 247.0
    assert _load(analytics, days=60).total.price == 1255.0
    found = _load(analytics)
    assert found.other_currencies == {"CHF": 500.0}
    assert found.without_price == ["nobody-knows"]
    remarks = costs_page.remarks(found, parse_settings({"GTM_MODEL_BUDGET_PER_DAY": "494"}))
    assert remarks == [
        "Today's budget: 247.00 USD of 494.00 USD (50%).",
        "No price of nobody-knows is known: its calls count as 0. Name a price table in GTM_MODEL_PRICES.",
        "500.00 CHF more were spent under a price table in CHF; they are in no sum here.",
    ]


def test_nothing_spent_is_said_in_words(opened) -> None:
    _, analytics = opened
    found = _load(analytics)
    assert costs_page.page(found, Settings()) == "**Nothing was asked of the model since 2026-10-24.**"
    metadata = costs_page.metadata(found, Settings())
    assert all(value == 0 for name, value in metadata.items() if name not in {"costs", "currency"})


def test_the_page_has_a_small_picture_and_tables(opened) -> None:
    store, analytics = opened
    _sample(store)
    metadata = costs_page.metadata(_load(analytics), Settings())
    text = str(metadata["costs"].value)
    assert "255.00 USD for 9 calls of the model since 2026-10-24, 247.00 USD of it today (UTC)." in text
    (png,) = re.findall(r"!\[Money a day, by kind and by campaign\]\(data:image/png;base64,([^)]+)\)", text)
    picture = Image.open(BytesIO(base64.b64decode(png)))
    assert picture.width == 900
    assert min(picture.convert("RGB").getpixel((2, 2))) > 230, "a card of its own: it reads on dark pages too"
    assert len(text) < 30_000
    assert "| Messe 2026 | 1 | 100 | 10 | 4 | 4.00 USD | 4.00 USD | 0.00 USD |" in text
    assert "| cell | leitung\\|bau | 1 | 3 | 3.00 USD | 4 | 0.75 USD |" in text
    assert "| field with a text (cell) | 4 | 3.00 USD | 0.75 USD |" in text
    assert "| subject (cell) | 2 | 1.50 USD | 0.75 USD |" in text
    assert (metadata["money_per_field_subject"], metadata["money_per_field_opener"]) == (0.75, 8.0)
    expected = {"calls": 9, "money": 255.0, "money_wasted": 37.0, "money_unknown": 192.0, "money_per_cell": 3.5}
    assert {name: metadata[name] for name in expected} == expected


def test_costs_are_logged_where_the_model_was_asked_and_not_too_often(opened) -> None:
    store, analytics = opened
    logged: list[Any] = []

    def log(at: datetime) -> bool:
        return costs_page.log_if_changed(store, analytics, Settings(), logged.append, at)

    assert not log(NOW)
    _sample(store)
    assert log(NOW)
    assert not log(NOW + 2 * costs_page.EVERY), "nothing new"
    put(store, schema.model_calls, _call(20, 1.0))
    assert not log(NOW + timedelta(minutes=1)), "too soon"
    assert log(NOW + costs_page.EVERY)
    assert [event.asset_key.to_user_string() for event in logged] == ["text_costs", "text_costs"]


def test_the_command_prints_the_same_and_json(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("GTM_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "160")
    command.costs(days=30, as_json=False)
    assert "Nothing was asked of the model since" in capsys.readouterr().out
    with fresh_store(tmp_path) as store:
        _sample(store)
    command.costs(days=3650, as_json=False)
    printed = capsys.readouterr().out
    assert "1255.00 USD for 10 calls" in printed
    assert "Messe 2026" in printed
    assert "field with a text (opener)" in printed
    command.costs(days=3650, as_json=True)
    found = json.loads(capsys.readouterr().out)
    assert found["total"] == {
        "price": 1255.0,
        "calls": 10,
        "prompt_tokens": 700,
        "output_tokens": 70,
        "thinking_tokens": 28,
        "used": 26.0,
        "wasted": 1037.0,
        "unknown": 192.0,
    }
    assert found["written_fields"]["cell"] == {"count": 4, "price": 3.0, "each": 0.75}
    assert found["currency"] == "USD"
    assert found["written_fields_by_name"]["opener"] == {"count": 1, "price": 8.0, "each": 8.0}
    command.costs(days=3650, limit=1, as_json=False)
    assert "1 of 3 texts are named; together these cost 15.00 USD." in capsys.readouterr().out
    command.costs(days=3650, blocks=True, as_json=True)
    assert len(json.loads(capsys.readouterr().out)["dearest_blocks"]) == 3
