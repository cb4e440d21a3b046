"""Open plans in one shape, whoever shows them: readable values, of everything, of an account, of a person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gtm_assets.cli import app
from gtm_assets.monitoring.plans import count_plans, kept_fields, load_plans
from gtm_assets_tests.monitoring.rows import state_row
from gtm_assets_tests.stores import account_row, fresh_store, person_row, put, vertical_row
from resources.store import schema
from resources.store.store import Store, utc_now


def _plan(
    contact_id: int, entity: str, entity_id: int, fields: dict[str, tuple[str, str]], **more: Any
) -> dict[str, Any]:
    changes = {name: {"before": now, "after": then, "reason": "new text"} for name, (now, then) in fields.items()}
    plan = {"contact_id": contact_id, "entity": entity, "entity_id": entity_id, "fields": changes, "kept": {}}
    plan |= {"plan_hash": "h", "status": "planned", "created_at": utc_now(), "run_id": "r"}
    return plan | more


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GTM_STATE_DIR", str(tmp_path))
    monkeypatch.setattr("gtm_assets.settings.PROJECT_ROOT", tmp_path)
    with fresh_store(tmp_path) as store:
        put(store, schema.verticals, vertical_row("bau", name="Bau", crm_item_id=5))
        put(store, schema.accounts, account_row(1, name="Muster GmbH"), account_row(2))
        put(store, schema.sync_state, state_row(1, "planned"))
        put(store, schema.persons, person_row(10, 1))
        put(
            store,
            schema.plans,
            _plan(1, "Contact", 1, {"vertical": ("", "[I:5]")}),
            _plan(1, "Person", 10, {"subject": ("", "Hallo")}, kept={"intro": "somebody wrote it"}),
            _plan(1, "Person", 10, {"subject": ("", "alt")}, status="dropped"),
            _plan(2, "Contact", 2, {"opener": ("a", "b")}),
        )
        yield store


def _json(*arguments: str) -> Any:
    done = CliRunner().invoke(app, [*arguments, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_open_plans_are_those_of_everything_an_account_or_a_person(store: Store) -> None:
    def records(**of: int) -> list[tuple[str, int]]:
        with store.read() as connection:
            return [(plan.entity, plan.entity_id) for plan in load_plans(connection, **of)]

    assert records() == [("Contact", 1), ("Person", 10), ("Contact", 2)]
    assert records(contact_id=1) == [("Contact", 1), ("Person", 10)]
    assert records(person_id=10) == [("Person", 10)]
    assert records(person_id=1) == []
    assert records(limit=1) == [("Contact", 1)]
    with store.read() as connection:
        assert (count_plans(connection), count_plans(connection, contact_id=2)) == (3, 1)


def test_list_items_are_shown_by_name_and_kept_fields_with_their_record(store: Store) -> None:
    with store.read() as connection:
        plans = load_plans(connection, contact_id=1)
    assert plans[0].fields["vertical"].would_be == "Bau"
    assert kept_fields(plans) == {"Person 10 intro": "somebody wrote it"}


@pytest.mark.usefixtures("store")
def test_plan_and_board_publish_the_same_shape() -> None:
    records = _json("plan", "1")["records"]
    assert set(records[1]) == {
        "contact_id", "account", "entity", "entity_id", "fields", "kept", "planned_at", "run_id",
    }  # fmt: skip
    assert records[1]["account"] == "Muster GmbH"
    assert records[1]["fields"] == {"subject": {"now": "", "would_be": "Hallo", "reason": "new text"}}
    assert _json("board", "--account", "1")["plan"] == records
    person = _json("board", "--person", "10")
    assert person["plan"] == records[1:]
    assert person["kept"] == {"Person 10 intro": "somebody wrote it"}


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("arguments", [("plan", "1"), ("board", "--account", "1"), ("board", "--person", "10")])
def test_people_read_what_would_be_written(arguments: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(app, list(arguments), catch_exceptions=False).output
    assert "Hallo" in shown
    assert ("Bau" in shown) == ("--person" not in arguments)
