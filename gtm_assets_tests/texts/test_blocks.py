"""Versions, verdicts and states of text blocks: what admits a new carrier, what may stay, and what the policy approves."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gtm_assets.texts import blocks
from gtm_assets.texts.blocks import AUTO_REVIEWER, Block
from gtm_assets.texts.models import Finding
from gtm_assets.texts.reviews import ReviewError, decide, waiting
from gtm_assets_tests.stores import fresh_store, person_row, profile_row, put, rows_of
from resources.store import schema
from resources.store.store import utc_now

BAD = (Finding("subject", "too_long", "zu lang"),)


@pytest.fixture
def store(tmp_path: Path):
    with fresh_store(tmp_path) as opened:
        yield opened


def _add(
    store, key="a|b", kind: Any = "cell", text="Betreff", findings=(), *, approve=False, inputs_hash="today"
) -> int:
    with store.write() as connection:
        return blocks.insert_version(
            connection,
            kind=kind,
            key=key,
            inputs_hash=inputs_hash,
            inputs={},
            content={"subject": text},
            findings=findings,
            prompt_version="1",
            model="m",
            run_id="run",
            approve=approve,
        )


def _current(store, key="a|b", kind: Any = "cell") -> Block:
    with store.read() as connection:
        return blocks.current_blocks(connection, kind, [key])[key]


def _verdict(store, block_id: int, verdict: Any, content_hash: str | None = None) -> None:
    with store.write() as connection:
        (block,) = blocks.blocks_by_id(connection, [block_id]).values()
        blocks.record_verdict(connection, block_id, content_hash or block.content_hash, verdict, "Prüferin")


@pytest.mark.parametrize(
    ("passed", "verdict", "same"), list(product([True, False], [None, "approved", "rejected"], [True, False]))
)
def test_only_a_text_that_passes_is_approved_and_made_of_todays_inputs_admits_a_carrier(passed, verdict, same) -> None:
    block = Block(1, "cell", "a|b", 1, "today", "c", {}, () if passed else BAD, passed, verdict)
    state = blocks.state(block, "today" if same else "tomorrow")
    assert (state == "approved") == (passed and verdict == "approved" and same)
    assert (state == "failed_rules") == (not passed)
    assert (state == "rejected") == (passed and verdict == "rejected")
    assert (state == "lapsed") == (passed and verdict != "rejected" and not same)
    assert blocks.may_stay(block) == (passed and verdict == "approved")


def test_a_text_whose_inputs_can_not_be_made_any_more_has_lapsed() -> None:
    assert blocks.state(Block(1, "cell", "a|b", 1, "today", "c", {}, (), True, "approved"), None) == "lapsed"


def test_every_version_is_kept_and_the_newest_is_current(store) -> None:
    first, second = _add(store, text="eins"), _add(store, text="zwei")
    current = _current(store)
    assert (current.id, current.version, current.content) == (second, 2, {"subject": "zwei"})
    assert [(row["id"], row["version"], row["current"]) for row in rows_of(store, schema.text_blocks)] == [
        (first, 1, False),
        (second, 2, True),
    ]


def test_a_cell_and_an_opener_of_one_key_are_two_texts(store) -> None:
    cell, opener = _add(store, "1", "cell"), _add(store, "1", "opener")
    assert (_current(store, "1", "cell").id, _current(store, "1", "opener").id) == (cell, opener)


def test_the_newest_verdict_on_exactly_this_content_counts(store) -> None:
    block_id = _add(store)
    assert _current(store).verdict is None
    _verdict(store, block_id, "approved")
    assert _current(store).verdict == "approved"
    _verdict(store, block_id, "rejected")
    assert _current(store).verdict == "rejected"


def test_a_verdict_on_other_content_does_not_count(store) -> None:
    _verdict(store, _add(store), "approved", content_hash="something else")
    assert _current(store).verdict is None


def test_a_new_version_starts_without_the_verdict_of_the_one_before(store) -> None:
    _verdict(store, _add(store), "approved")
    _add(store, text="zwei")
    assert _current(store).verdict is None


def test_the_policy_approves_what_passes_and_nothing_else(store) -> None:
    _add(store, "gut|x", approve=True)
    _add(store, "schlecht|x", findings=BAD, approve=True)
    assert _current(store, "gut|x").verdict == "approved"
    assert _current(store, "schlecht|x").verdict is None
    assert [row["reviewer"] for row in rows_of(store, schema.reviews)] == [AUTO_REVIEWER]


def test_when_the_policy_becomes_auto_what_waits_is_approved_once_and_a_humans_no_stays(store) -> None:
    _add(store, "wartet|x", text="alt")
    _add(store, "wartet|x", text="neu")
    _add(store, "schlecht|x", findings=BAD)
    _verdict(store, _add(store, "nein|x"), "rejected")
    _add(store, "1", "opener")
    with store.write() as connection:
        assert blocks.approve_waiting(connection, "cell") == ["wartet|x"]
        assert blocks.approve_waiting(connection, "cell") == []
    assert _current(store, "wartet|x").verdict == "approved"
    assert _current(store, "nein|x").verdict == "rejected"
    assert _current(store, "1", "opener").verdict is None


def test_what_the_policy_looked_through_is_left_alone_and_what_comes_later_is_approved(store) -> None:
    def waits() -> bool:
        with store.read() as connection:
            return blocks.anything_waits(connection, "cell")

    def approve() -> list[str]:
        with store.write() as connection:
            return blocks.approve_waiting(connection, "cell")

    _add(store, "alt|x", approve=True)
    with store.write() as connection:
        connection.execute(sa.update(schema.text_blocks).values(created_at=utc_now() - timedelta(hours=1)))
    assert not waits()
    assert approve() == []
    _add(store, "neu|x")
    assert waits()
    assert approve() == ["neu|x"]
    assert not waits()


def test_a_text_whose_transaction_commits_late_is_approved_although_younger_ones_were(store) -> None:
    first, second = _add(store, "spät|x"), _add(store, "früh|x", approve=True)
    with store.write() as connection:
        row = connection.execute(sa.select(schema.text_blocks).where(schema.text_blocks.c.id == first)).mappings().one()
        connection.execute(sa.delete(schema.text_blocks).where(schema.text_blocks.c.id == first))
    with store.write() as connection:
        assert blocks.approve_waiting(connection, "cell") == []
        connection.execute(sa.insert(schema.text_blocks).values(dict(row)))
        assert first < second
        assert blocks.approve_waiting(connection, "cell") == ["spät|x"]


def test_many_keys_are_found_in_pieces(store) -> None:
    ids = {_add(store, f"{i}|x") for i in range(5)}
    keys = [f"{i}|x" for i in range(1000)]
    with store.read() as connection:
        assert {block.id for block in blocks.current_blocks(connection, "cell", keys).values()} == ids
        assert len(blocks.current_blocks(connection, "cell")) == 5
        assert blocks.current_blocks(connection, "cell", []) == {}
        assert set(blocks.blocks_by_id(connection, [*ids, 404])) == ids


# --- verdicts of people -----------------------------------------------------------------------------------------------


def _due(store) -> dict[int, str]:
    return {row["contact_id"]: row["trigger"] for row in rows_of(store, schema.sync_state) if row["due_at"]}


@pytest.fixture
def carriers(store):
    """Account 1 has a person of cell a|b, account 2 of another."""
    put(store, schema.profiles, profile_row(1, "b"), profile_row(2, "c"))
    put(store, schema.persons, person_row(5, 1, persona_key="a"), person_row(6, 2, persona_key="a"))
    return store


def test_an_approved_cell_wakes_whoever_waits_for_it(carriers) -> None:
    _add(carriers)
    decided = decide(carriers, "cell", ["a|b"], "approved", reviewer="Prüferin", comment="gut")
    assert (decided.blocks, decided.accounts_due, set(_due(carriers))) == (1, 1, {1})
    (review,) = rows_of(carriers, schema.reviews)
    assert (review["verdict"], review["reviewer"], review["comment"]) == ("approved", "Prüferin", "gut")


def test_an_opener_wakes_its_account(carriers) -> None:
    _add(carriers, "2", "opener")
    decide(carriers, "opener", ["2"], "rejected", reviewer="Prüferin")
    assert _due(carriers) == {2: "openers rejected"}


def test_everything_that_waits_is_decided_at_once_and_what_breaks_the_rules_is_left_out(carriers) -> None:
    _add(carriers)
    _add(carriers, "x|y", findings=BAD)
    assert (
        decide(
            carriers, "cell", [block.key for block in waiting(carriers, "cell")], "approved", reviewer="Prüferin"
        ).blocks
        == 1
    )


@pytest.mark.parametrize(("key", "why"), [("gibt|es-nicht", "No cell block"), ("x|y", "break the rules")])
def test_what_can_not_be_approved_is_refused_with_its_key(carriers, key, why) -> None:
    _add(carriers)
    _add(carriers, "x|y", findings=BAD)
    with pytest.raises(ReviewError, match=why):
        decide(carriers, "cell", ["a|b", key], "approved", reviewer="Prüferin")
    assert rows_of(carriers, schema.reviews) == [], "all or nothing"


def test_a_text_that_breaks_the_rules_may_be_rejected(carriers) -> None:
    _add(carriers, findings=BAD)
    assert decide(carriers, "cell", ["a|b"], "rejected", reviewer="Prüferin").blocks == 1
