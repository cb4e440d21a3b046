"""The engine under each fault of the sandbox: once it is over, the right texts stand there, written once, and nothing is stuck.

What belongs elsewhere: people in between, deletion, merges, a restored backup (``properties``, ``crm``), what a fault is (``sandbox``).
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from gtm_assets_tests.path.conftest import StartEngine
from gtm_assets_tests.path.harness import Engine
from resources.errors import AuthError, TransientError
from resources.store import schema
from sandbox.faults.kinds import (
    DuplicateTimestamps,
    Fault,
    IgnoredPatch,
    LateTimestamps,
    Maintenance,
    MovedHost,
    RateLimit,
    ResetAfter,
    ResetBefore,
    ServerError,
    Slow,
    StaleRead,
    Timeout,
    TokenExpiry,
)

#: Two job titles of two personas: a person who changes between them gets other texts.
TITLES = ("Leiter Einkauf", "Leiterin Finanzen")
PASSING: Sequence[Fault] = (
    RateLimit(per_second=3),
    ServerError(method="PATCH"),
    ResetBefore(method="PATCH"),
    ResetAfter(method="PATCH"),
    Timeout(method="PATCH", seconds=0.01, after_work=True),
    Slow(seconds=0.01),
    StaleRead(changes=1),
    TokenExpiry(),
    TokenExpiry(revoked=True),
    MovedHost(late=1),
    Maintenance(),
    DuplicateTimestamps(),
    LateTimestamps(seconds=60),
)


class Rounds:
    """One engine, and what a person's texts are under either job title."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.turn = 1
        self.texts: dict[str, dict[str, str]] = {}
        for title in TITLES:
            engine.edit("Person", 3, Title=title)
            assert engine.fast_pass().error is None
            self.texts[title] = engine.texts(3)
        assert self.texts[TITLES[0]] != self.texts[TITLES[1]]

    def edit(self) -> str:
        """Somebody changes the job title."""
        self.turn += 1
        title = TITLES[self.turn % 2]
        self.engine.edit("Person", 3, Title=title)
        return title

    def open_intents(self) -> list[object]:
        """Writes of which nobody knows how they ended."""
        with self.engine.store.read() as connection:
            rows = connection.execute(sa.select(schema.ledger).where(schema.ledger.c.status.in_(("intended", "sent"))))
            return [row.entity_id for row in rows]


def test_after_each_fault_the_right_texts_stand_there_and_were_written_once(start_engine: StartEngine) -> None:
    # The person's texts change more often than the loop breaker would have it.
    engine = start_engine(companies=1, fast=True, SUPEROFFICE_WRITES_PER_HOUR="60")
    rounds = Rounds(engine)
    for fault in PASSING:
        before = engine.mark()
        running = engine.world.faults.start(fault)
        title = rounds.edit()
        error = engine.fast_pass().error
        assert error is None or isinstance(error, (TransientError, AuthError)), (fault, error)
        assert running.met, fault
        engine.world.faults.clear()
        engine.without_waiting()
        assert engine.fast_pass().error is None, fault
        assert engine.texts(3) == rounds.texts[title], fault
        assert engine.patches(before, effect=True) == ["Person/3"], fault
        assert engine.state(1)["phase"] == "completed", fault
        assert rounds.open_intents() == [], fault


def test_a_patch_without_effect_is_told_and_a_later_edit_brings_everything(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    rounds = Rounds(engine)
    engine.world.faults.start(IgnoredPatch(fields=("SuperOffice:20",)))
    rounds.edit()
    engine.fast_pass()
    state = engine.state(1)
    assert (state["phase"], "without effect on intro" in state["reason"]) == ("failed", True)
    engine.world.faults.clear()
    title = rounds.edit()
    assert engine.fast_pass().phases() == {1: "completed"}
    assert engine.texts(3) == rounds.texts[title]
