"""Who a person is to marketing: decided once, again when an input changes, and everybody when the personas change."""

from __future__ import annotations

from pathlib import Path

import pytest

from gtm_assets.research.personas import PersonaChange, are_stale, decide_for_accounts, decide_for_all, decide_if_stale
from gtm_assets_tests.stores import fresh_store, person_row, persona_row, put, rows_of
from resources.store import schema
from resources.store.store import utc_now


@pytest.fixture
def store(tmp_path: Path):
    with fresh_store(tmp_path) as opened:
        put(
            opened,
            schema.personas,
            persona_row("produktion", ["Produktionsleiter"]),
            persona_row("einkauf", ["Einkaufsleiter", "Leiter Einkauf"]),
        )
        put(
            opened,
            schema.persons,
            person_row(5, 1, title="Produktionsleiterin"),
            person_row(6, 1, title="Hausmeister"),
            person_row(7, 2, title="Leiter Einkauf"),
        )
        yield opened


def _edit(store, person_id: int, **changed) -> None:
    row = next(row for row in rows_of(store, schema.persons) if row["person_id"] == person_id)
    put(store, schema.persons, {**row, **changed})


def _personas(store) -> dict[int, str | None]:
    return {row["person_id"]: row["persona_key"] for row in rows_of(store, schema.persons)}


def _due(store) -> set[int]:
    return {row["contact_id"] for row in rows_of(store, schema.sync_state) if row["due_at"]}


def test_persons_of_the_named_accounts_are_decided_and_unknown_is_a_state(store) -> None:
    assert decide_for_accounts(store, [1]) == [PersonaChange(5, 1, None, "produktion")]
    assert _personas(store) == {5: "produktion", 6: None, 7: None}
    reasons = {row["person_id"]: row["persona_reason"] for row in rows_of(store, schema.persons)}
    assert reasons[5]
    assert reasons[6]
    assert not reasons[7], "nobody looked at that account"


def test_unchanged_inputs_are_not_decided_again(store) -> None:
    decide_for_accounts(store, [1, 2])
    _edit(store, 5, persona_key="von-hand")
    assert decide_for_accounts(store, [1, 2]) == []
    assert _personas(store)[5] == "von-hand"


@pytest.mark.parametrize(
    "changed", [{"lastname": "Anders"}, {"firstname": "Kim"}, {"position": "Leitung"}, {"job_title": "CTO"}]
)
def test_a_changed_name_or_title_decides_again(store, changed) -> None:
    decide_for_accounts(store, [1])
    _edit(store, 5, persona_key="veraltet", **changed)
    decide_for_accounts(store, [1])
    assert _personas(store)[5] != "veraltet"


def test_another_phone_or_campaign_does_not(store) -> None:
    decide_for_accounts(store, [1])
    _edit(store, 5, persona_key="bleibt", campaign="Messe 2026", email="x@muster.example")
    assert decide_for_accounts(store, [1]) == []


def test_a_title_that_says_nothing_any_more_makes_the_persona_unknown(store) -> None:
    decide_for_accounts(store, [1])
    _edit(store, 5, title="")
    assert decide_for_accounts(store, [1]) == [PersonaChange(5, 1, "produktion", None)]


def test_persons_who_are_gone_are_not_decided(store) -> None:
    _edit(store, 5, gone_at=utc_now())
    assert decide_for_accounts(store, [1]) == []


def test_when_personas_change_everybody_is_decided_and_the_accounts_of_the_moved_are_due(store) -> None:
    decide_for_accounts(store, [1, 2])
    put(store, schema.personas, persona_row("haustechnik", ["Hausmeister"]))
    assert decide_for_all(store) == [PersonaChange(6, 1, None, "haustechnik")]
    assert _due(store) == {1}


def test_a_retired_persona_leaves_its_persons_unknown(store) -> None:
    decide_for_accounts(store, [1, 2])
    put(store, schema.personas, persona_row("einkauf", active=False))
    assert decide_for_all(store) == [PersonaChange(7, 2, "einkauf", None)]
    assert _due(store) == {2}


def test_many_persons_are_all_reached(store) -> None:
    with store.write() as connection:
        many = [person_row(i, 3, title="Produktionsleiter") for i in range(100, 2200)]
        connection.execute(schema.persons.insert(), many)
    assert len(decide_for_all(store)) == 2102


def _stale(store) -> bool:
    with store.read() as connection:
        return are_stale(connection)


def test_whether_everybody_has_to_be_decided_stands_in_the_store(store) -> None:
    assert _stale(store)
    assert len(decide_if_stale(store)) == 2
    assert not _stale(store)
    put(store, schema.personas, persona_row("haustechnik", ["Hausmeister"]))
    assert _stale(store)
    assert len(decide_if_stale(store)) == 1
    assert decide_if_stale(store) == []


def test_pains_of_a_persona_decide_nobody_again(store) -> None:
    decide_if_stale(store)
    put(store, schema.personas, persona_row("produktion", ["Produktionsleiter"], pains=["anderes"]))
    assert not _stale(store)
