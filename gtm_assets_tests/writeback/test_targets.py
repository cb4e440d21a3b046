"""What records should carry: the profile's facts, openers and cells as far as they may be used, and nothing for those to be left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gtm_assets.texts import blocks, matrix, openers
from gtm_assets.texts.models import Finding
from gtm_assets.writeback.account_plans import plan_accounts
from gtm_assets.writeback.plan import AccountPlan
from gtm_assets.writeback.targets import TargetPolicy
from gtm_assets.writeback.unsubscribe import person_of
from gtm_assets_tests.fake_fields import FIELDS, sample_fields
from gtm_assets_tests.stores import (
    account_row,
    fresh_store,
    person_row,
    persona_row,
    profile_row,
    put,
    vertical_row,
    website_row,
    written_row,
)
from resources.store import schema
from resources.store.store import utc_now

MODEL = "test-model"
POLICY = TargetPolicy(FIELDS, MODEL, None, None, date(2026, 3, 2))
BOTH = frozenset({"Contact", "Person"})
CELL = {"subject": "Betreff", "intro": "Brücke", "social_proof": "Beleg"}
OPENER = {"opener": "Ein Satz.", "opener_secondary": "Noch ein Satz."}


@pytest.fixture
def store(tmp_path: Path):
    """One company with a profile, one person with a persona, no texts yet."""
    with fresh_store(tmp_path) as opened:
        put(opened, schema.verticals, vertical_row("maschinenbau"), vertical_row("logistik"))
        put(opened, schema.personas, persona_row("leitung"), persona_row("einkauf"))
        put(opened, schema.accounts, account_row(1))
        put(opened, schema.persons, person_row(5, 1, persona_key="leitung"))
        put(opened, schema.profiles, profile_row(1))
        put(opened, schema.websites, website_row(1))
        yield opened


def _block(
    store, kind: Any, key: str, content: dict[str, Any], verdict: Any = "approved", *, stale=False, findings=()
) -> int:
    """A text of today's inputs (or of yesterday's) with a verdict."""
    with store.write() as connection:
        if kind == "cell":
            digest = matrix.load_cells(connection, FIELDS, MODEL)[key].inputs_hash
        else:
            digest = openers.inputs_hash(openers.load_inputs(connection, [int(key)], FIELDS)[int(key)], MODEL)  # type: ignore[arg-type]
        block_id = blocks.insert_version(
            connection,
            kind=kind,
            key=key,
            inputs_hash="yesterday" if stale else digest,
            inputs={},
            content=content,
            findings=findings,
            prompt_version="1",
            model=MODEL,
            run_id="run",
            approve=False,
        )
        if verdict:
            (found,) = blocks.blocks_by_id(connection, [block_id]).values()
            blocks.record_verdict(connection, block_id, found.content_hash, verdict, "Prüferin")
    return block_id


def _cell(store, key="leitung|maschinenbau", **how) -> int:
    return _block(store, "cell", key, CELL, **how)


def _plan(store, policy=POLICY, entities: Any = BOTH) -> AccountPlan:
    with store.read() as connection:
        return plan_accounts(connection, policy, [1], entities)[1]


def _fields(plan: AccountPlan, entity: str) -> dict[str, str]:
    return {name: change.after for p in plan.plans if p.entity == entity for name, change in p.fields.items()}


def _carry(store, block_id: int | None, entity="Person", entity_id=5, values=None) -> None:
    """The CRM carries our values."""
    values = values or CELL
    table, row = (
        (schema.persons, person_row(5, 1, persona_key="leitung"))
        if entity == "Person"
        else (schema.accounts, account_row(1))
    )
    put(store, table, {**row, "fields": dict(values)})
    put(
        store,
        schema.written_values,
        *(written_row(entity, entity_id, n, v, block_id=block_id) for n, v in values.items()),
    )


def test_a_company_gets_vertical_summary_openers_city_vat_number_and_the_day(store) -> None:
    put(store, schema.profiles, profile_row(1, vat_number="DE123456788"))
    _block(store, "opener", "1", OPENER)
    assert _fields(_plan(store), "Contact") == {
        "vertical": "[I:1]",
        "summary": "Dreht und fräst Präzisionsteile in Serie.",
        "postal_city": "Musterstadt",
        "street_city": "Musterstadt",
        "org_nr": "DE123456788",
        "opener": "Ein Satz.",
        "opener_secondary": "Noch ein Satz.",
        "last_update": "2026-03-02",
    }


def test_a_person_gets_the_approved_texts_of_the_cell_with_their_block(store) -> None:
    block_id = _cell(store)
    plan = _plan(store)
    assert _fields(plan, "Person") == CELL
    (person,) = [p for p in plan.plans if p.entity == "Person"]
    assert {change.block_id for change in person.fields.values()} == {block_id}
    assert plan.waiting == []


def test_only_what_was_asked_for_is_planned(store) -> None:
    _cell(store)
    assert _fields(_plan(store, entities=frozenset({"Person"})), "Contact") == {}
    assert _fields(_plan(store, entities=frozenset({"Contact"})), "Person") == {}


def test_a_vertical_that_a_human_set_is_not_written(store) -> None:
    put(store, schema.profiles, profile_row(1, vertical_source="human"))
    assert "vertical" not in _fields(_plan(store), "Contact")


def test_a_silent_imprint_blanks_nothing(store) -> None:
    put(store, schema.profiles, profile_row(1, city=None))
    values = {"postal_city": "Musterstadt", "org_nr": "DE1"}
    put(store, schema.accounts, account_row(1, **values))
    put(store, schema.written_values, *(written_row("Contact", 1, n, v) for n, v in values.items()))
    assert not {"postal_city", "street_city", "org_nr"} & set(_fields(_plan(store), "Contact"))


def test_without_a_profile_the_company_is_left_alone(store) -> None:
    with store.write() as connection:
        connection.execute(schema.profiles.delete())
    assert _fields(_plan(store), "Contact") == {}


def test_a_vertical_the_crms_list_lacks_is_not_written_and_our_own_is_blanked(store) -> None:
    put(store, schema.verticals, vertical_row("maschinenbau", crm_item_id=None))
    put(store, schema.accounts, account_row(1, fields={"vertical": "[I:2]"}))
    put(store, schema.written_values, written_row("Contact", 1, "vertical", "[I:2]"))
    (contact,) = [p for p in _plan(store).plans if p.entity == "Contact"]
    assert contact.fields["vertical"].after == ""
    assert "has no item" in contact.fields["vertical"].reason


def test_in_a_tenant_with_a_text_field_the_verticals_name_is_written(store) -> None:
    policy = replace(
        POLICY, fields=sample_fields(vertical={"field_type": "ShortText", "text_length": 39, "list_name": ""})
    )
    assert _fields(_plan(store, policy), "Contact")["vertical"] == "Maschinenbau"


# --- texts that may not be used ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"verdict": None}, "waiting for review"),
        ({"verdict": "rejected"}, "the text was rejected in review"),
        ({"verdict": "approved", "findings": [Finding("subject", "too_long", "zu lang")]}, "the text breaks the rules"),
        ({"verdict": "approved", "stale": True}, "an input changed, the new text is not approved yet"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_text_that_may_not_be_used_reaches_nobody_and_the_reason_is_kept(store, how, why) -> None:
    _cell(store, **how)
    plan = _plan(store)
    assert _fields(plan, "Person") == {}
    (person,) = [p for p in plan.plans if p.entity == "Person"]
    assert set(person.without) == {"subject", "intro", "social_proof"}
    assert all(why in reason for reason in person.without.values())
    assert person.kept == {}
    assert bool(plan.waiting) is (why.startswith(("waiting", "an input")))


def test_who_carries_an_approved_text_keeps_it_while_the_new_version_waits(store) -> None:
    _carry(store, _cell(store))
    _cell(store, verdict=None)
    plan = _plan(store)
    assert _fields(plan, "Person") == {}
    assert plan.waiting == ["leitung|maschinenbau: waiting for review"]


def test_who_carries_an_approved_text_keeps_it_while_it_is_lapsed_and_nobody_else_gets_it(store) -> None:
    _carry(store, _cell(store, stale=True))
    put(store, schema.persons, person_row(6, 1, persona_key="leitung"))
    assert _fields(_plan(store), "Person") == {}


def test_the_new_version_replaces_the_old_text_once_it_is_approved(store) -> None:
    _carry(store, _cell(store))
    _block(store, "cell", "leitung|maschinenbau", {**CELL, "subject": "Neuer Betreff"})
    assert _fields(_plan(store), "Person") == {"subject": "Neuer Betreff"}


def test_a_carried_text_that_is_rejected_later_is_blanked(store) -> None:
    block_id = _cell(store)
    _carry(store, block_id)
    with store.write() as connection:
        (block,) = blocks.blocks_by_id(connection, [block_id]).values()
        blocks.record_verdict(connection, block_id, block.content_hash, "rejected", "Prüferin")
    assert _fields(_plan(store), "Person") == dict.fromkeys(CELL, "")


def test_a_text_of_another_cell_does_not_stay_while_the_right_one_waits(store) -> None:
    _carry(store, _cell(store, "einkauf|maschinenbau"))
    _cell(store, verdict=None)
    assert _fields(_plan(store), "Person") == dict.fromkeys(CELL, "")


def test_a_text_of_another_cell_does_not_stay_while_the_right_one_is_not_written_yet(store) -> None:
    _carry(store, _cell(store, "einkauf|maschinenbau"))
    assert _fields(_plan(store), "Person") == dict.fromkeys(CELL, "")


def test_an_opener_that_waits_blanks_nothing_that_was_approved(store) -> None:
    _carry(store, _block(store, "opener", "1", OPENER), "Contact", 1, OPENER)
    _block(store, "opener", "1", {"opener": "Anders.", "opener_secondary": None}, verdict=None)
    plan = _plan(store)
    assert not {"opener", "opener_secondary"} & set(_fields(plan, "Contact"))
    assert "openers: waiting for review" in plan.waiting


def test_a_second_opener_that_is_not_valid_any_more_is_blanked(store) -> None:
    block_id = _block(store, "opener", "1", OPENER)
    _carry(store, block_id, "Contact", 1, OPENER)
    _block(store, "opener", "1", {"opener": "Ein Satz.", "opener_secondary": None})
    assert _fields(_plan(store), "Contact")["opener_secondary"] == ""


@pytest.mark.parametrize(
    "unknown",
    [
        {"persona_key": None, "persona_reason": "no title"},
        {"persona_key": "gibt-es-nicht"},
    ],
    ids=["persona unknown", "persona not active"],
)
def test_without_a_persona_our_own_texts_are_blanked_and_a_humans_stay(store, unknown) -> None:
    _carry(store, _cell(store))
    put(store, schema.persons, person_row(5, 1, fields={**CELL, "subject": "von Hand"}, **unknown))
    plan = _plan(store)
    assert _fields(plan, "Person") == {"intro": "", "social_proof": ""}
    assert "persona" in plan.skipped[5] or "no cell" in plan.skipped[5]


def test_without_a_vertical_texts_and_openers_are_blanked(store) -> None:
    _carry(store, _cell(store))
    _carry(store, _block(store, "opener", "1", OPENER), "Contact", 1, OPENER)
    put(store, schema.profiles, profile_row(1, None))
    plan = _plan(store)
    assert _fields(plan, "Person") == dict.fromkeys(CELL, "")
    assert _fields(plan, "Contact")["opener"] == ""


def test_an_inactive_vertical_admits_nobody_and_blanks_our_texts(store) -> None:
    _carry(store, _cell(store))
    put(store, schema.verticals, vertical_row("maschinenbau", active=False))
    assert _fields(_plan(store), "Person") == dict.fromkeys(CELL, "")


# --- who is left alone ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"no_mailing": True}, "marked No Mailings in the CRM"),
        ({"retired": True}, "has left the company"),
        ({"is_associate": True}, "is a user of the CRM"),
    ],
)
def test_a_person_who_must_not_be_addressed_gets_no_plan(store, changed, why) -> None:
    _cell(store)
    put(store, schema.persons, person_row(5, 1, persona_key="leitung", **changed))
    plan = _plan(store)
    assert plan.skipped == {5: why}
    assert [p for p in plan.plans if p.entity == "Person"] == []


@pytest.mark.parametrize(
    ("changed", "why"),
    [({"stop": True}, "the company is marked Stop in the CRM"), ({"gone_at": utc_now()}, "no longer in the CRM")],
)
def test_a_company_that_must_not_be_addressed_gets_no_plan_at_all(store, changed, why) -> None:
    _cell(store)
    put(store, schema.accounts, account_row(1, **changed))
    plan = _plan(store)
    assert (plan.suppressed, plan.plans) == (why, [])


@pytest.mark.parametrize(("identifier", "whole"), [("account:1", True), ("person:5", False), ("person:1", None)])
def test_the_suppression_list_is_obeyed(store, identifier, whole) -> None:
    _cell(store)
    row = {"identifier": identifier, "reason": "objection", "source": "test", "created_at": utc_now()}
    put(store, schema.suppressions, row)
    plan = _plan(store)
    assert plan.suppressed == ("suppressed" if whole else "")
    assert _fields(plan, "Person") == (CELL if whole is None else {})


# --- the unsubscribe link ---------------------------------------------------------------------------------------------

_LINKED = replace(POLICY, public_url="https://muster.example/abmelden/", secret_key="geheim")


def test_a_person_with_texts_gets_a_link_that_names_only_that_person_to_us(store) -> None:
    _cell(store)
    link = _fields(_plan(store, _LINKED), "Person")["unsubscribe"]
    assert link.startswith("https://muster.example/abmelden/")
    assert person_of(link.rsplit("/", 1)[1], "geheim") == 5
    assert person_of(link.rsplit("/", 1)[1], "anderer") is None
    assert _fields(_plan(store, _LINKED), "Person")["unsubscribe"] == link


def test_without_texts_or_without_an_address_the_link_is_left_alone(store) -> None:
    assert "unsubscribe" not in _fields(_plan(store, _LINKED), "Person")
    _cell(store)
    assert "unsubscribe" not in _fields(_plan(store), "Person")


def test_an_account_the_store_does_not_know_has_no_plan(store) -> None:
    with store.read() as connection:
        assert plan_accounts(connection, POLICY, [404], BOTH) == {}
