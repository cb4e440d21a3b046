"""One account with its people, read from the store: each person with what they carry, and no more questions for more people."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from gtm_assets.crm.links import WEB_ADDRESS
from gtm_assets.monitoring.account import DAGSTER_ADDRESS, Account, load_account
from gtm_assets_tests.monitoring.rows import state_row
from gtm_assets_tests.stores import account_row, fresh_store, person_row, put
from resources.store import schema
from resources.store.store import Store, set_cursor, utc_now


@pytest.fixture
def store(tmp_path: Path):
    with fresh_store(tmp_path) as store:
        put(store, schema.accounts, account_row(1), account_row(2))
        put(store, schema.sync_state, state_row(1, "completed"), state_row(2, "completed"))
        put(store, schema.persons, person_row(10, 1), *(person_row(id_, 2) for id_ in range(20, 30)))
        carries = [
            ("Person", 20, "subject"),
            ("Person", 20, "intro"),
            ("Person", 21, "subject"),
            ("Contact", 2, "opener"),
        ]
        for entity, entity_id, name in carries:
            value = f"{name} of {entity} {entity_id}"
            row = {"entity": entity, "entity_id": entity_id, "field": name, "value": value}
            put(store, schema.written_values, {**row, "confirmed_at": utc_now(), "ledger_id": 1})
        with store.write() as connection:
            set_cursor(connection, WEB_ADDRESS, {"address": "https://crm.example/Cust1"})
            set_cursor(connection, DAGSTER_ADDRESS, {"address": "http://127.0.0.1:3000"})
        yield store


def _load(store: Store, contact_id: int) -> tuple[Account, int]:
    """An account, and how many questions it took."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    with store.read() as connection:
        sa.event.listen(store.engine, "before_cursor_execute", note)
        try:
            account = load_account(connection, contact_id)
        finally:
            sa.event.remove(store.engine, "before_cursor_execute", note)
    assert account is not None
    return account, len(asked)


def test_each_person_has_their_own_values_and_link(store: Store) -> None:
    account, _ = _load(store, 2)
    carried = {person.person_id: [value.value for value in person.carries] for person in account.persons}
    assert carried[20] == ["intro of Person 20", "subject of Person 20"]
    assert carried[21] == ["subject of Person 21"]
    assert carried[22] == []
    assert [value.value for value in account.carries] == ["opener of Contact 2"]
    assert account.persons[0].link == "https://crm.example/Cust1/default.aspx?person_id=20"
    assert account.links["crm"] == "https://crm.example/Cust1/default.aspx?contact_id=2"
    assert account.links["board"] == "http://127.0.0.1:3000/assets/sync_board"


def test_more_people_are_no_more_questions_to_the_store(store: Store) -> None:
    assert _load(store, 1)[1] == _load(store, 2)[1]
