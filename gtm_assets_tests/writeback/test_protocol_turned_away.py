"""A PATCH that met 429 did nothing: it waits as asked and goes again, unless something stands against it by then."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gtm_assets.writeback import guards
from gtm_assets_tests.writeback.writing_engine import TEXTS, Engine
from resources.store.store import set_cursor
from resources.superoffice.errors import TurnedAwayError
from resources.superoffice.repeats import ATTEMPTS, LONGEST_WAIT


@pytest.fixture(params=["A", "B", "C"])
def guarded(engine, request) -> Engine:
    """At each level of guarding."""
    with engine.store.write() as connection:
        set_cursor(connection, guards.GUARD, {"level": request.param})
    guarded: Engine = engine
    return guarded


def _turned_away(
    engine: Engine, times: int, *, seconds: float = 7.0, meanwhile: Callable[[], object] = lambda: None
) -> list[str]:
    """The next PATCHes meet 429; answers what was refused."""
    refused: list[str] = []

    def watch(what: str) -> None:
        if what.startswith("PATCH") and len(refused) < times:
            refused.append(what)
            meanwhile()
            raise TurnedAwayError("SuperOffice", "too many calls", status=429, retry_after=seconds)

    engine.crm.watch = watch
    return refused


def test_it_is_sent_again_after_the_wait_and_is_no_failure(guarded) -> None:
    plan = guarded.plan(TEXTS)
    guarded.crm.tick(5)
    before = guarded.crm.now
    refused = _turned_away(guarded, 2)
    result = guarded.send(plan)
    assert len(refused) == 2
    assert list(result.confirmed) == [("Person", 5)]
    assert (guarded.crm.now - before).total_seconds() >= 14
    assert guarded.statuses() == ["confirmed"]


def test_an_edit_during_the_wait_wins_whatever_guards_it(guarded) -> None:
    plan = guarded.plan(TEXTS)
    guarded.crm.tick(5)
    _turned_away(guarded, 1, meanwhile=lambda: guarded.crm.edit("Person", 5, custom={"SuperOffice:19": "von Hand"}))
    result = guarded.send(plan)
    assert list(result.conflicts) == [("Person", 5)]
    assert guarded.crm.value("subject", 5) == "von Hand" or guarded.crm.patches == 0


@pytest.mark.parametrize(("seconds", "refused"), [(1.0, ATTEMPTS), (LONGEST_WAIT + 1, 1)])
def test_it_is_not_sent_for_ever_and_long_waits_are_left_to_the_account(engine, seconds, refused) -> None:
    plan = engine.plan(TEXTS)
    engine.crm.tick(5)
    found = _turned_away(engine, 99, seconds=seconds)
    result = engine.send(plan)
    assert len(found) == refused
    ((_, error),) = result.failed.values()
    assert isinstance(error, TurnedAwayError)
    assert engine.statuses() == ["failed"]
