"""The sync board: where every account stands, who needs a person first, and counts that Dagster can plot."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gtm_assets.monitoring import board
from gtm_assets_tests.resources.real_postgres import postgres, postgres_store  # noqa: F401 - a fixture
from gtm_assets_tests.stores import account_row, fresh_store, put
from resources.analytics.engine import Analytics
from resources.store import schema
from resources.store.store import utc_now

NOW = utc_now()


def _state(contact_id: int, phase: str, **changed: Any) -> dict[str, Any]:
    return {
        "contact_id": contact_id,
        "phase": phase,
        "reason": "",
        "trigger": "test",
        "attempts": 0,
        "due_at": None,
        "priority": 0,
        "requested": 1,
        "lease_owner": None,
        "lease_until": None,
        "received_at": NOW,
        "enriching_at": NOW,
        "syncing_at": None,
        "ended_at": NOW + timedelta(seconds=3),
        "run_id": "run-1",
        **changed,
    }


@pytest.fixture(params=["sqlite", "postgresql"])
def opened(request, tmp_path: Path):
    if request.param == "postgresql":
        request.getfixturevalue("postgres")
    with postgres_store() if request.param == "postgresql" else fresh_store(tmp_path) as store:
        yield store, Analytics(store.url.render_as_string(hide_password=False))


def test_an_empty_store_has_an_empty_board(opened) -> None:
    _, analytics = opened
    found = board.load(analytics)
    metadata = board.metadata(found)
    assert (len(found), metadata["accounts"], metadata["median_seconds"], metadata["shown"]) == (0, 0, 0.0, "0 of 0")
    assert set(board.counts(found).values()) == {0}


def test_who_needs_a_person_comes_first_then_the_latest(opened) -> None:
    store, analytics = opened
    later = NOW + timedelta(minutes=5)
    put(
        store,
        schema.sync_state,
        _state(1, "completed"),
        _state(2, "completed", ended_at=later),
        _state(3, "conflict"),
        _state(4, "failed"),
        _state(5, "received", ended_at=None, due_at=NOW),
        _state(6, "waiting for review"),
    )
    assert list(board.load(analytics)["contact_id"]) == [4, 3, 6, 5, 2, 1]


def test_every_phase_is_counted_also_those_nobody_is_in(opened) -> None:
    store, analytics = opened
    put(store, schema.sync_state, _state(1, "completed"), _state(2, "completed"), _state(3, "failed"))
    metadata = board.metadata(board.load(analytics))
    assert (metadata["completed"], metadata["failed"], metadata["waiting_for_review"]) == (2, 1, 0)
    assert {phase.replace(" ", "_") for phase in board.PHASES} <= set(metadata)
    assert metadata["median_seconds"] == pytest.approx(3.0)


def test_a_row_links_to_the_account_and_the_run_and_keeps_the_table_whole(opened) -> None:
    store, analytics = opened
    put(store, schema.accounts, account_row(1, name="Muster | Söhne\nGmbH"))
    put(
        store,
        schema.sync_state,
        _state(1, "failed", reason="a | b\nc"),
        _state(2, "received", ended_at=None, run_id=""),
    )
    text = str(board.metadata(board.load(analytics))["board"].value)
    first, second = text.splitlines()[2:]
    assert "[Muster \\| Söhne GmbH](/assets/accounts?partition=1)" in first
    assert "a \\| b c" in first
    assert "3.0 s" in first
    assert "[run](/runs/run-1)" in first
    assert "[—](/assets/accounts?partition=2)" in second


def test_only_the_first_are_shown_and_it_says_so(opened) -> None:
    store, analytics = opened
    put(store, schema.sync_state, *(_state(i, "completed") for i in range(1, board.SHOWN + 6)))
    metadata = board.metadata(board.load(analytics))
    assert metadata["shown"] == f"{board.SHOWN} of {board.SHOWN + 5}"
    assert len(str(metadata["board"].value).splitlines()) == board.SHOWN + 2
    assert metadata["completed"] == board.SHOWN + 5
