"""Of which sort an account's reason is, for ends that are no errors; and since when an account that comes again counts as received."""

from __future__ import annotations

import pytest

from gtm_assets_tests.path.conftest import StartEngine
from gtm_assets_tests.path.harness import Engine
from resources.store import schema
from resources.store.store import utc_now


def _end(engine: Engine) -> tuple[str, str]:
    state = engine.state(1)
    return state["phase"], state["kind"]


def test_what_may_not_be_written_says_so(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True, SUPEROFFICE_ALLOW_LIVE_WRITE="false")
    engine.fast_pass()
    assert _end(engine) == ("planned", "writing not allowed")
    engine.configure(SUPEROFFICE_ALLOW_LIVE_WRITE="true")
    engine.fast_pass()
    assert _end(engine) == ("completed", "")


def test_texts_that_wait_for_a_review_say_so(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True, GTM_REVIEW_POLICY="cell=manual,opener=auto")
    engine.fast_pass()
    assert _end(engine) == ("waiting for review", "waiting for review")


def test_who_must_not_be_addressed_and_who_is_gone_are_kept_apart(start_engine: StartEngine) -> None:
    engine = start_engine(companies=2, fast=True)
    engine.fast_pass()
    engine.edit("Contact", 1, XStop="yes")
    engine.fast_pass()
    assert _end(engine) == ("skipped", "suppressed")
    engine.tell("delete", entity="Contact", id=1)
    engine.fast_pass(full_sweep=True)
    assert _end(engine) == ("skipped", "gone")


@pytest.mark.parametrize("comes_from", ["failed", "skipped"])
def test_an_account_that_comes_again_by_itself_was_received_when_it_became_due_unless_it_failed(
    start_engine: StartEngine, comes_from: str
) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fast_pass()
    received = engine.state(1)["received_at"]
    now = utc_now()
    with engine.store.write() as connection:
        connection.execute(schema.sync_state.update().values(phase=comes_from, due_at=now))
    engine.fast_pass()
    state = engine.state(1)
    assert state["phase"] == "completed"
    # A failure is still the same way: how long people waited counts from its begin.
    assert state["received_at"] == (received if comes_from == "failed" else now)
