"""A person's position from their persona: whose it is, one request with everything else, what is tested, and who wins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gtm_assets.crm.refreshing import refresh
from gtm_assets.writeback import ledger
from gtm_assets.writeback.account_plans import plan_accounts
from gtm_assets.writeback.guards import TESTABLE, Guarding, keep_guarding
from gtm_assets.writeback.operations import operations, position_id
from gtm_assets.writeback.ownership import require_owned
from gtm_assets.writeback.plan import CLEARED, EDITED, AccountPlan, EntityPlan, FieldChange, Target
from gtm_assets.writeback.targets import TargetPolicy
from gtm_assets_tests.fake_fields import FIELDS, LISTS, POSITIONS
from gtm_assets_tests.stores import (
    account_row,
    fresh_store,
    person_row,
    persona_row,
    profile_row,
    put,
    rows_of,
    vertical_row,
    written_row,
)
from gtm_assets_tests.writeback.writing_engine import TEXTS, Engine
from resources.store import schema
from resources.store.store import Store

OFF = TargetPolicy(FIELDS, "test-model", None, None, date(2026, 3, 2))
ON = replace(OFF, write_position=True)
HEAD = {"position_item": Target("[I:5]", "persona produktion")}
BUYER = {"position_item": Target("[I:6]", "persona einkauf")}
NOBODY = {"position_item": Target(None, "the persona is unknown")}

# --- what a person should carry ------------------------------------------------------------------------------------------


@pytest.fixture
def people(tmp_path: Path) -> Iterator[Store]:
    with fresh_store(tmp_path) as store:
        _fill(store)
        yield store


def _fill(store: Store) -> None:
    put(store, schema.verticals, vertical_row("maschinenbau"))
    put(
        store,
        schema.personas,
        persona_row("produktion", name="Produktionsleiter", crm_item_id=5),
        persona_row("finanzen", name="Finanzleiter"),
    )
    put(store, schema.accounts, account_row(1))
    put(store, schema.profiles, profile_row(1))


def _plan(store: Store, policy: TargetPolicy = ON, written: str = "", **person: Any) -> AccountPlan:
    put(store, schema.persons, person_row(5, 1, **{"persona_key": "produktion", "position_item": "", **person}))
    if written:
        put(store, schema.written_values, written_row("Person", 5, "position_item", written))
    with store.read() as connection:
        return plan_accounts(connection, policy, [1], frozenset({"Person"}))[1]


def _position(plan: AccountPlan) -> tuple[str, str] | str:
    """Before and after, or the reason why nothing changes; empty where nobody looked at it."""
    for each in plan.plans:
        if change := each.fields.get("position_item"):
            return change.before, change.after
        if why := each.kept.get("position_item") or each.without.get("position_item"):
            return why
    return ""


def test_an_empty_position_follows_the_persona_where_it_is_switched_on(people) -> None:
    assert _position(_plan(people)) == ("", "[I:5]")
    assert _position(_plan(people, OFF)) == ""


@pytest.mark.parametrize(
    ("written", "person", "expected"),
    [
        ("", {"position_item": "[I:7]"}, ""),
        ("", {"position_item": "Freitext"}, ""),
        ("", {"position_item": None}, ""),
        ("[I:6]", {"position_item": "[I:6]"}, ("[I:6]", "[I:5]")),
        ("[I:6]", {"position_item": "[I:7]"}, EDITED),
        ("[I:5]", {"position_item": ""}, CLEARED),
        ("[I:5]", {"position_item": "[I:5]"}, ""),
        ("[I:5]", {"position_item": "[I:5]", "persona_key": None}, ("[I:5]", "")),
        ("[I:5]", {"position_item": "[I:5]", "persona_key": "finanzen"}, ("[I:5]", "")),
        (
            "[I:5]",
            {"position_item": "[I:7]", "persona_key": None},
            f"{EDITED} (the engine has no text: the persona is unknown: )",
        ),
    ],
    ids=[
        "a human's from the start",
        "unknown to the list",
        "never read",
        "own, another persona",
        "edited since",
        "cleared since",
        "right already",
        "own, persona unknown",
        "own, item missing",
        "edited since, persona unknown",
    ],
)
def test_only_an_empty_position_and_the_engines_own_are_touched(people, written, person, expected) -> None:
    assert _position(_plan(people, ON, written, **person)) == expected


def test_a_missing_item_is_told_and_never_made_up(people) -> None:
    plan = _plan(people, persona_key="finanzen")
    assert plan.missing_items == [_position(plan)]
    assert "'Finanzleiter'" in plan.missing_items[0]
    assert _plan(people, persona_key=None).missing_items == []


@pytest.mark.parametrize("mark", ["no_mailing", "retired", "is_associate"])
def test_who_is_left_alone_keeps_an_empty_position(people, mark) -> None:
    assert _plan(people, **{mark: True}).plans == []


# --- the request ---------------------------------------------------------------------------------------------------------


def test_a_position_is_one_more_operation_of_the_persons_one_request() -> None:
    fields = {"subject": FieldChange("", "Betreff"), "position_item": FieldChange("[I:6]", "[I:5]")}
    record = {"Position": {"Id": 6, "Value": "Einkaufsleiter"}, "CustomFields": {}}
    sent = operations(EntityPlan("Person", 5, 1, fields), FIELDS, record, Guarding("A", frozenset({"position"})))
    assert sent == [
        {"op": "test", "path": "/CustomFields/SuperOffice:19", "value": ""},
        {"op": "test", "path": "/Position/Id", "value": 6},
        {"op": "replace", "path": "/Position/Id", "value": 5},
        {"op": "replace", "path": "/CustomFields", "value": {"SuperOffice:19": "Betreff"}},
    ]


@pytest.mark.parametrize(
    ("position", "test", "path", "value"),
    [
        ({"Id": 0, "Value": ""}, {"op": "test", "path": "/Position/Id", "value": 0}, "/Position/Id", 5),
        (None, {"op": "test", "path": "/Position", "value": None}, "/Position", {"Id": 5}),
    ],
)
def test_an_empty_position_is_tested_and_filled_as_it_is_shown(position, test, path, value) -> None:
    plan = EntityPlan("Person", 5, 1, {"position_item": FieldChange("", "[I:5]")})
    sent = operations(plan, FIELDS, {"Position": position}, Guarding("B", frozenset({"position"})))
    assert sent == [test, {"op": "replace", "path": path, "value": value}]
    require_owned("Person", sent, FIELDS)
    assert len(operations(plan, FIELDS, {"Position": position}, Guarding("A"))) == 1, "not proven, so not tested"


def test_none_is_sent_as_id_0_and_what_is_no_item_never_leaves() -> None:
    assert position_id("") == 0
    with pytest.raises(TypeError, match="no item"):
        position_id("Freitext")


# --- against a CRM -------------------------------------------------------------------------------------------------------


@pytest.fixture
def tenant(store: Store) -> Engine:
    """A person with a position list, at level A with everything proven."""
    engine = Engine(store)
    engine.lists = {**LISTS, **POSITIONS}
    _guard(engine, Guarding("A", frozenset(TESTABLE)))
    return engine


def _guard(engine: Engine, guarding: Guarding) -> None:
    with engine.store.write() as connection:
        keep_guarding(connection, guarding, {})


def _reads(engine: Engine) -> list[str]:
    return [what for what in engine.crm.log if what.startswith("GET")]


def test_a_position_is_written_with_the_texts_confirmed_and_comes_back_without_news(tenant) -> None:
    result = tenant.write({**TEXTS, **HEAD})
    assert list(result.confirmed) == [("Person", 5)]
    assert (tenant.crm.patches, tenant.crm.persons[5]["position"]) == (1, "Produktionsleiter")
    assert tenant.owned() == {"subject": "Betreff", "intro": "Brücke", "position_item": "[I:5]"}
    (row,) = rows_of(tenant.store, schema.persons)
    assert (row["position"], row["position_item"]) == ("Produktionsleiter", "[I:5]")
    (state,) = rows_of(tenant.store, schema.sync_state)
    assert state["trigger"] == "test", "reading back found no news"
    client: Any = tenant.crm
    assert refresh(tenant.store, client, FIELDS, tenant.lists, [1]).differences == {}
    assert tenant.plan({**TEXTS, **HEAD}).fields == {}


def test_an_own_position_is_replaced_and_taken_back(tenant) -> None:
    tenant.write(HEAD)
    tenant.write(BUYER)
    assert tenant.crm.persons[5]["position"] == "Einkaufsleiter"
    assert tenant.owned() == {"position_item": "[I:6]"}
    tenant.write(NOBODY)
    assert tenant.crm.persons[5]["position"] == ""
    assert tenant.owned() == {}
    tenant.write(HEAD)
    assert tenant.crm.persons[5]["position"] == "Produktionsleiter", (
        "taken back by the engine is not cleared by a human"
    )


@pytest.mark.parametrize("shown", [{"Id": 0, "Value": ""}, None], ids=["id 0", "nothing at all"])
def test_once_an_empty_position_was_seen_nothing_is_read_before_a_request(tenant, shown) -> None:
    tenant.crm.no_position = shown
    tenant.write(HEAD)
    assert _reads(tenant) == ["GET Person/5"], "how nothing is shown has to be seen once"
    tenant.write(NOBODY)
    tenant.crm.log.clear()
    assert list(tenant.write(BUYER).confirmed) == [("Person", 5)]
    assert _reads(tenant) == []


@pytest.mark.parametrize(
    "guarding",
    [Guarding("A", frozenset(TESTABLE)), Guarding("A", frozenset({"marks", "address", "since"})), Guarding("B")],
    ids=["A", "A, by time", "B"],
)
@pytest.mark.parametrize("choice", ["Prokurist", "Produktionsleiter"], ids=["another", "the same"])
def test_a_choice_just_before_the_request_wins(tenant, guarding, choice) -> None:
    _guard(tenant, guarding)
    tenant.write(HEAD)
    tenant.write(BUYER)
    tenant.crm.tick(10)
    plan = tenant.plan({**TEXTS, **HEAD})

    def choose() -> None:
        tenant.crm.tick(3)
        tenant.crm.edit("Person", 5, position=choice)

    tenant.at("PATCH Person/5", choose)
    result = tenant.send(plan)
    assert list(result.conflicts) == [("Person", 5)]
    assert tenant.crm.persons[5]["position"] == choice
    assert tenant.crm.value("subject", 5) == "", "nothing of the request was carried out"
    assert _position_of(tenant.plan({**TEXTS, **HEAD})) == ("" if choice == "Produktionsleiter" else EDITED)


def _position_of(plan: EntityPlan) -> str:
    return plan.kept.get("position_item", "") or ("changes" if "position_item" in plan.fields else "")


def test_a_tenant_where_positions_are_not_proven_is_read_before(tenant) -> None:
    _guard(tenant, Guarding("A", frozenset({"marks", "address"})))
    tenant.write(HEAD)
    tenant.crm.log.clear()
    plan = tenant.plan(BUYER)
    tenant.at("GET Person/5", lambda: tenant.crm.edit("Person", 5, position="Prokurist"))
    assert list(tenant.send(plan).conflicts) == [("Person", 5)]
    assert tenant.crm.persons[5]["position"] == "Prokurist"
    assert tenant.crm.sent[-1][2][-1]["value"] == 5, "nothing was sent after the human's choice"


def test_a_position_that_has_no_effect_is_told_by_its_name(tenant) -> None:
    tenant.crm.ignored = {"Position"}
    result = tenant.write({**TEXTS, **HEAD})
    ((_, error),) = result.failed.values()
    assert "without effect on position_item; subject, intro arrived" in str(error)
    assert "position_item" not in tenant.owned()


def test_an_unknown_end_is_settled_by_reading_and_nothing_is_sent_twice(tenant) -> None:
    plan = tenant.plan(HEAD)
    tenant.at("PATCHED Person/5", RuntimeError("the answer was lost"))
    tenant.send(plan)
    assert tenant.statuses() == ["sent"]
    assert tenant.plan(HEAD).fields == {}
    assert tenant.statuses() == ["confirmed"]
    assert tenant.owned() == {"position_item": "[I:5]"}
    assert tenant.crm.patches == 1


def test_judging_needs_no_position_that_was_never_read() -> None:
    assert ledger.judge({"subject": ""}, {"subject": "x"}, {"subject": "x"}) == "confirmed"
