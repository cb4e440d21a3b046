"""The sync board: where every account stands, who needs a person first, what to do, and counts that Dagster can plot."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from gtm_assets.batch.kinds import KINDS
from gtm_assets.batch.times import Times, times_of
from gtm_assets.crm.links import WEB_ADDRESS
from gtm_assets.monitoring import board, board_page, dots
from gtm_assets.monitoring.advice import advice
from gtm_assets.monitoring.board import Wanted
from gtm_assets_tests.monitoring.rows import NOW, state_row
from gtm_assets_tests.stores import account_row, fresh_store, put
from resources.store import schema
from resources.store.store import set_cursor


def _ids(store, wanted: Wanted | None = None, limit: int = 100, *, by_time: bool = False) -> list[int]:
    with store.read() as connection:
        lines = board.load_lines(connection, wanted or Wanted(), limit, now=NOW, by_time=by_time)
    return [line.contact_id for line in lines]


def _page(store) -> str:
    return str(board_page.metadata(store)["board"].value)


def test_an_empty_board_says_in_words_why_nothing_is_there(store) -> None:
    metadata = board_page.metadata(store)
    assert metadata["accounts"] == 0
    assert "no account yet" in _page(store)
    assert "sync_notion" in _page(store)
    assert {phase.replace(" ", "_") for phase in board.PHASES} <= metadata.keys()


def test_who_needs_a_person_comes_first_then_those_in_work_then_the_latest(store) -> None:
    later = NOW + timedelta(minutes=5)
    put(
        store,
        schema.sync_state,
        state_row(1, "completed"),
        state_row(2, "completed", ended_at=later),
        state_row(3, "conflict"),
        state_row(4, "failed"),
        state_row(5, "received", ended_at=None, due_at=NOW),
        state_row(6, "waiting for review"),
        state_row(7, "syncing", ended_at=None),
        state_row(8, "skipped"),
    )
    assert _ids(store) == [4, 3, 6, 7, 5, 8, 2, 1]
    assert _ids(store, Wanted(phases=board.ENDED), by_time=True) == [2, 1, 8]
    assert _ids(store, limit=2) == [4, 3]


def test_the_board_is_narrowed_by_phase_kind_name_and_account(store) -> None:
    put(
        store,
        schema.accounts,
        account_row(1, name="Muster Anlagenbau GmbH"),
        account_row(2, name="Beispiel 100% Logistik"),
    )
    put(
        store,
        schema.sync_state,
        state_row(1, "failed", kind="auth"),
        state_row(2, "skipped", kind="suppressed"),
        # What it ended with the last time is no reason while it is in work.
        state_row(3, "enriching", kind="auth", ended_at=None, syncing_at=None),
    )
    assert _ids(store, Wanted(phases=["failed", "skipped"])) == [1, 2]
    assert _ids(store, Wanted(kinds=["auth"])) == [1]
    assert _ids(store, Wanted(search="ANLAGEN")) == [1]
    assert _ids(store, Wanted(search="100%")) == [2]
    assert _ids(store, Wanted(search="1_0")) == []
    assert _ids(store, Wanted(contact_id=3)) == [3]
    with store.read() as connection:
        assert board.kind_counts(connection) == {("failed", "auth"): 1, ("skipped", "suppressed"): 1}
        assert board.phase_counts(connection, Wanted(search="muster"))["failed"] == 1
        assert board.phase_counts(connection, Wanted(search="muster"))["skipped"] == 0


def test_every_phase_is_counted_also_those_nobody_is_in(store) -> None:
    put(store, schema.sync_state, state_row(1, "completed"), state_row(2, "completed"), state_row(3, "failed"))
    metadata = board_page.metadata(store)
    assert (metadata["completed"], metadata["failed"], metadata["waiting_for_review"]) == (2, 1, 0)
    assert (metadata["accounts"], metadata["needs_a_person"], metadata["in_work"]) == (3, 1, 0)


def test_a_row_says_why_what_to_do_how_long_it_took_and_where_to_look(store) -> None:
    put(store, schema.accounts, account_row(1, name="Muster | Söhne\n[GmbH](x) *& Co*"))
    put(
        store,
        schema.sync_state,
        state_row(1, "failed", kind="rights", reason="a | b\nc"),
        state_row(2, "enriching", trigger="person 7: title", reason="from before", ended_at=None, run_id=""),
    )
    with store.write() as connection:
        set_cursor(connection, WEB_ADDRESS, {"address": "https://crm.example/Cust1"})
    page = _page(store)
    failed = next(line for line in page.splitlines() if "partition=1)" in line)
    assert "[1 Muster \\| Söhne \\[GmbH\\](x) \\*& Co\\*](/assets/accounts?view=partitions&partition=1)" in failed
    assert "a \\| b c" in failed
    assert "gtm retry 1" in failed
    assert "| 1.0\u00a0s | 2.0\u00a0s | 4.0\u00a0s | 7.0\u00a0s |" in failed
    assert "[CRM](https://crm.example/Cust1/default.aspx?contact_id=1)" in failed
    assert "[run](/runs/run-1)" in failed
    working = next(line for line in page.splitlines() if "partition=2)" in line)
    assert "person 7: title" in working
    assert "from before" not in working
    assert "/runs/" not in working


def test_twenty_thousand_accounts_make_a_short_page_that_says_of_how_many(tmp_path) -> None:
    with fresh_store(tmp_path) as store:
        with store.write() as connection:
            connection.execute(
                schema.sync_state.insert(),
                [
                    {
                        **state_row(i, "completed" if i % 4 else "failed", kind="" if i % 4 else "defect"),
                        "reason": "x" * 2000,
                    }
                    for i in range(1, 20_001)
                ],
            )
        metadata = board_page.metadata(store)
        assert (metadata["completed"], metadata["failed"]) == (15_000, 5_000)
        page = str(metadata["board"].value)
        assert "the first 20 of 5000; all with `gtm board`" in page
        assert "the first 10 of 15000" in page
        assert len(page) < 40_000
        short = str(board_page.metadata(store, board_page.ROWS_WHILE_WORKING)["board"].value)
        assert len(short) < len(page) / 2


def test_every_phase_has_a_small_dot_and_only_those_in_work_blink() -> None:
    frames = {}
    for phase in board.PHASES:
        match = re.fullmatch(r"!\[(.+)\]\(data:image/png;base64,(\S+)\)", dots.dot(phase))
        assert match is not None
        assert match.group(1) == phase
        assert len(match.group(2)) < 600
        picture = Image.open(BytesIO(base64.b64decode(match.group(2))))
        frames[phase] = getattr(picture, "n_frames", 1)
    assert {phase for phase, count in frames.items() if count > 1} == {"enriching", "syncing"}
    assert dots.dot("another phase") == ""


@pytest.mark.parametrize("kind", KINDS)
def test_there_is_something_to_do_about_every_kind(kind) -> None:
    words = advice(kind, 17)
    assert words
    assert "{" not in words
    later = advice(kind, 17, NOW)
    assert f"{NOW:%H:%M} UTC" in later


def test_who_comes_again_by_itself_is_not_told_to_try_again() -> None:
    assert "gtm retry 17" in advice("not reachable", 17)
    assert "gtm retry" not in advice("not reachable", 17, NOW)
    assert advice("", 17, NOW) == ""


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, Times(1, 2, 4, 7)),
        ({"syncing_at": None}, Times(1, 6, None, 7)),
        # In work: until now, which is ten seconds after it was received.
        ({"ended_at": None}, Times(1, 2, 7, 10)),
        ({"ended_at": None, "syncing_at": None}, Times(1, 9, None, 10)),
        ({"ended_at": None, "syncing_at": None, "enriching_at": None}, Times(10, None, None, 10)),
        # Received again: the stamps of the way before count for nothing.
        ({"received_at": NOW + timedelta(seconds=8)}, Times(2, None, None, 2)),
        ({"received_at": None}, Times(None, None, None, None)),
    ],
)
def test_times_are_those_of_the_last_way_only(changed, expected) -> None:
    assert times_of(state_row(1, "completed", **changed), NOW + timedelta(seconds=10)) == expected
