"""Two systems that undo each other: an account that flips more often than allowed within an hour is left alone for a while, and says so."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from gtm_assets_tests.path.conftest import StartEngine
from gtm_assets_tests.path.harness import Engine
from resources.store import schema
from resources.store.store import utc_now

_TITLES = ("Einkaufsleiter", "Geschäftsführer")


def _flip(engine: Engine, times: int, *, first: int = 0) -> None:
    """Another integration writes one job title, then the other, and so on; the engine follows each time."""
    for number in range(first, first + times):
        engine.edit("Person", 1, Title=_TITLES[number % 2])
        engine.fast_pass()


def _let_an_hour_pass(engine: Engine) -> None:
    earlier = timedelta(hours=1)
    with engine.store.write() as connection:
        for row in connection.execute(sa.select(schema.ledger.c.id, schema.ledger.c.sent_at)).all():
            moved = row.sent_at - earlier
            connection.execute(schema.ledger.update().where(schema.ledger.c.id == row.id).values(sent_at=moved))
        connection.execute(schema.sync_state.update().values(due_at=utc_now()))


def test_an_account_that_flips_is_left_alone_until_the_hour_has_passed(start_engine: StartEngine) -> None:
    engine = start_engine(companies=2, fast=True, SUPEROFFICE_WRITES_PER_HOUR="3")
    engine.edit("Contact", 2, Vertical="Maschinenbau")
    engine.fast_pass()
    _flip(engine, 4)
    mark = engine.mark()
    texts = engine.texts(1)
    _flip(engine, 3, first=4)
    assert engine.patches(mark, path="Person/1") == []
    assert engine.texts(1) == texts
    state = engine.state(1)
    assert (state["phase"], state["kind"]) == ("conflict", "loop")
    assert "written 3 times within an hour and would be again: person 1 subject, person 1 intro" in state["reason"]
    assert state["due_at"] > utc_now() + timedelta(minutes=30)
    assert engine.rows(schema.plans, schema.plans.c.status == "planned"), "what would be written can be looked at"

    other = next(row["person_id"] for row in engine.rows(schema.persons, schema.persons.c.contact_id == 2))
    seen = []
    for title in _TITLES:
        engine.edit("Person", other, Title=title)
        engine.fast_pass()
        seen.append(engine.texts(other)["intro"])
    assert seen[0] != seen[1], "nobody else waits for it"

    _let_an_hour_pass(engine)
    engine.fast_pass()
    assert engine.state(1)["phase"] == "completed"
    assert engine.texts(1) != texts
    assert engine.rows(schema.plans, schema.plans.c.status == "planned") == []


def test_a_flip_that_changes_nothing_of_ours_does_not_count(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True, SUPEROFFICE_WRITES_PER_HOUR="2")
    engine.fast_pass()
    for number in range(5):
        engine.edit("Person", 1, Hobby=("Segeln", "Rudern")[number % 2])
        engine.fast_pass()
    assert engine.state(1)["phase"] == "completed"
