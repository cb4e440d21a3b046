"""Performance: numbers that are those of the rows, plots that are pictures, words where there is nothing yet."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from gtm_assets.monitoring import performance, performance_plots
from gtm_assets_tests.monitoring.rows import NOW, state_row
from gtm_assets_tests.stores import put
from resources.analytics.engine import Analytics
from resources.store import schema
from resources.store.store import Store

MINUTE = timedelta(minutes=1)


@pytest.fixture
def opened(store: Store) -> tuple[Store, Analytics]:
    return store, Analytics(store.url.render_as_string(hide_password=False))


def _run(run_id: str, ended_at: Any, job: str = "account_changes", **accounts: int) -> dict[str, Any]:
    counts = {"accounts": {"changed": sum(accounts.values()), **accounts}}
    return {"run_id": run_id, "job": job, "counts": counts, "ended_at": ended_at}


def _write(number: int, status: str, ended_at: Any) -> dict[str, Any]:
    return {
        "id": number,
        "plan_id": number,
        "contact_id": number,
        "entity": "Contact",
        "entity_id": number,
        "before": {},
        "after": {},
        "status": status,
        "guard": "C",
        "intended_at": ended_at,
        "sent_at": ended_at,
        "ended_at": ended_at,
        "error": "",
        "run_id": "run",
    }


def _call(number: int, seconds: float, problem: str = "") -> dict[str, Any]:
    return {
        "id": number,
        "kind": "cell",
        "key": "k",
        "attempt": 1,
        "model": "m",
        "prompt_version": "1",
        "prompt_tokens": 1,
        "output_tokens": 1,
        "price": 0.0,
        "seconds": seconds,
        "problem": problem,
        "called_at": NOW - MINUTE,
        "run_id": "run",
    }


def _pictures(text: str) -> dict[str, Image.Image]:
    found = re.findall(r"!\[(\w+)\]\(data:image/png;base64,([^)]+)\)", text)
    return {title: Image.open(BytesIO(base64.b64decode(png))) for title, png in found}


def test_an_empty_store_is_explained_in_words(opened) -> None:
    _, analytics = opened
    metadata = performance.metadata(analytics)
    text = str(metadata["plots"].value)
    assert text.count("Nothing") == 3
    assert _pictures(text) == {}
    assert all(value == 0 for name, value in metadata.items() if name != "plots")


def test_the_numbers_are_those_of_the_rows(opened) -> None:
    store, analytics = opened
    put(
        store,
        schema.run_results,
        _run("1", NOW - 3 * MINUTE, completed=5, failed=2),
        _run("2", NOW - 2 * MINUTE, completed=1),
        _run("other job", NOW - 2 * MINUTE, job="texts_up_to_date", completed=99),
        _run("yesterday", NOW - timedelta(days=1), completed=7),
        _run("long ago", NOW - timedelta(days=30), completed=1000),
    )
    put(
        store,
        schema.ledger,
        _write(1, "confirmed", NOW - 3 * MINUTE),
        _write(2, "confirmed", NOW - timedelta(days=1)),
        _write(3, "failed", NOW - 3 * MINUTE),
        _write(4, "confirmed", NOW - timedelta(days=30)),
    )
    put(store, schema.model_calls, _call(1, 2.0), _call(2, 4.0), _call(3, 90.0, problem="quota"))
    put(
        store,
        schema.sync_state,
        *(state_row(i, "completed") for i in range(1, 20)),
        state_row(20, "failed", kind="rights", ended_at=NOW + timedelta(seconds=103)),
        state_row(21, "enriching", kind="rights", ended_at=None),
        # Its stamps of the way before count for nothing.
        state_row(22, "skipped", kind="gone", received_at=NOW + timedelta(seconds=6)),
    )
    found = performance.load(analytics, NOW + 2 * MINUTE)
    assert sum(found.ended["completed"].values()) == 13
    assert sum(found.ended["failed"].values()) == 2
    assert sum(found.written.values()) == 2
    assert found.accounts == 21
    assert found.reasons == {("failed", "rights"): 1, ("skipped", "gone"): 1}
    assert found.durations["enriching"][2] == pytest.approx(2.0, abs=1e-3)
    assert found.durations["syncing"][2] == pytest.approx(4.0, abs=1e-3)
    assert found.numbers == {
        "median_seconds": 7.0,
        "p95_seconds": pytest.approx(7.0, abs=0.1),
        "accounts_last_hour": 8,
        "failures_last_hour": 2,
        "written_last_hour": 1,
        "model_calls_last_hour": 3,
        "model_call_median_seconds": 3.0,
    }


def test_the_plots_are_small_pictures_that_stand_on_light_and_dark_pages(opened) -> None:
    store, analytics = opened
    put(
        store,
        schema.run_results,
        *(_run(str(i), NOW - i * timedelta(hours=3), completed=i, failed=1) for i in range(1, 50)),
    )
    put(store, schema.ledger, *(_write(i, "confirmed", NOW - i * timedelta(hours=2)) for i in range(1, 80)))
    put(store, schema.sync_state, *(state_row(i, "skipped", kind="gone") for i in range(1, 30)))
    text = str(performance.metadata(analytics)["plots"].value)
    pictures = _pictures(text)
    assert list(pictures) == ["Throughput", "Duration", "Reasons"]
    assert len(text) < 60_000
    for picture in pictures.values():
        corner = picture.convert("RGB").getpixel((2, 2))
        # A card of its own: dark letters on light whatever the page is.
        assert min(corner) > 230
        assert picture.width == 900


def test_a_single_run_of_a_moment_ago_can_be_drawn(opened) -> None:
    store, analytics = opened
    put(store, schema.run_results, _run("1", NOW, completed=1))
    put(store, schema.sync_state, state_row(1, "completed", enriching_at=NOW, syncing_at=NOW, ended_at=NOW))
    found = performance.load(analytics, NOW)
    for draw in (performance_plots.throughput, performance_plots.durations):
        assert Image.open(BytesIO(draw(found))).format == "PNG"


@pytest.mark.parametrize("days", [0, 1, 6])
def test_there_are_never_more_bars_than_people_can_tell_apart(opened, days: int) -> None:
    store, analytics = opened
    put(
        store,
        schema.run_results,
        _run("1", NOW - timedelta(days=days, minutes=30), completed=1),
        _run("2", NOW, completed=1),
    )
    found = performance.load(analytics, NOW)
    assert len(performance_plots._bars(found)) <= 50
    assert sum(found.ended["completed"].values()) == 2


def test_runs_draw_now_and_then_and_only_one_of_them(opened) -> None:
    store, _ = opened
    assert performance.take_turn(store, NOW)
    assert not performance.take_turn(store, NOW + performance.EVERY - MINUTE)
    assert performance.take_turn(store, NOW + performance.EVERY)
