"""What coverage is measured from: one query over the store that agrees with those who plan, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from itertools import count, product
from typing import Any

import pytest

from gtm_assets.crm.accounts import load_accounts, load_persons
from gtm_assets.crm.field_map import stored_fields
from gtm_assets.monitoring.coverage import Headcount
from gtm_assets.monitoring.coverage_counts import load, load_headcounts, load_outline
from gtm_assets.texts.matrix import MatrixWriter, bring_cells_up_to_date, choose_cells
from gtm_assets.texts.reviews import decide
from gtm_assets.writeback import suppression
from gtm_assets_tests.fake_fields import FIELDS
from gtm_assets_tests.fake_model import FakeModel
from gtm_assets_tests.monitoring.rows import state_row
from gtm_assets_tests.stores import account_row, person_row, persona_row, profile_row, put, vertical_row
from gtm_assets_tests.texts.samples import CELL_INPUTS, CELL_TEXT
from resources.analytics.engine import Analytics
from resources.store import schema
from resources.store.store import Store, set_cursor, utc_now

#: What coverage calls the reasons of those who plan.
REASONS = {
    suppression.GONE: "account_gone",
    suppression.STOP: "account_stop",
    suppression.LISTED: "suppressed",
    suppression.NO_MAILING: "no_mailing",
    suppression.RETIRED: "retired",
    suppression.ASSOCIATE: "associate",
    "": "",
}


@pytest.fixture
def analytics(store) -> Iterator[Analytics]:
    with closing(Analytics(store.url.render_as_string(hide_password=False))) as opened:
        yield opened


def _suppressed(*identifiers: str) -> list[dict[str, Any]]:
    return [{"identifier": i, "reason": "asked", "source": "test", "created_at": utc_now()} for i in identifiers]


def test_an_empty_store_has_nobody_and_no_cell(store, analytics) -> None:
    coverage = load(store, analytics, "model")
    assert (coverage.persons, coverage.cells, coverage.outline.was_read) == (0, (), False)


def test_persons_who_are_alike_are_one_group_and_those_who_are_gone_are_not_counted(store, analytics) -> None:
    put(store, schema.accounts, account_row(1), account_row(2))
    put(store, schema.profiles, profile_row(1, "hotel"))
    put(store, schema.sync_state, state_row(1, "failed", due_at=utc_now()), state_row(2, "completed"))
    alike = {"persona_key": "leitung", "campaign": "Messe 2026", "text_level": "standard"}
    put(
        store,
        schema.persons,
        person_row(1, 1, **alike),
        person_row(2, 1, **alike),
        person_row(3, 1, **alike, gone_at=utc_now()),
        person_row(4, 2),
    )
    assert sorted(load_headcounts(analytics), key=lambda group: group.persons) == [
        Headcount(None, None, "", None, "", researched=False, due=False, persons=1),
        Headcount("leitung", "hotel", "Messe 2026", "standard", "", researched=True, due=True, persons=2),
    ]


def test_a_person_whose_account_is_not_in_the_store_is_not_lost(store, analytics) -> None:
    put(store, schema.persons, person_row(1, 99))
    (group,) = load_headcounts(analytics)
    assert (group.apart, group.persons) == ("account_gone", 1)


def test_who_is_not_addressed_and_why_is_what_those_who_plan_say(store, analytics) -> None:
    """Every combination of what can stand against a person; a campaign field with the id keeps them apart."""
    gone = utc_now()
    accounts = [
        account_row(i, gone_at=gone if away else None, stop=stop)
        for i, (away, stop) in enumerate(product([False, True], [False, True]), start=1)
    ]
    accounts.append(account_row(9))
    ids = count(1)
    persons = [
        person_row(i, account["contact_id"], no_mailing=mail, retired=left, is_associate=user, campaign=str(i))
        for account in accounts
        for mail, left, user in product([False, True], [False, True], [None, False, True])
        for i in [next(ids)]
    ]
    listed = [f"person:{person['person_id']}" for person in persons[::5]]
    put(store, schema.accounts, *accounts)
    put(store, schema.persons, *persons)
    # Number 9 is an account that is suppressed, and a person of another account.
    put(store, schema.suppressions, *_suppressed("account:9", "somebody's hash", *listed))
    found = {int(group.campaign): group.apart for group in load_headcounts(analytics)}
    with store.read() as connection:
        rows = load_persons(connection, [account["contact_id"] for account in accounts])
        known = load_accounts(connection, list(rows))
        against = suppression.load_suppressions(connection, list(rows), [p["person_id"] for p in persons])
    expected = {}
    for contact_id, people in rows.items():
        for person in people:
            reason = suppression.account_suppressed(known[contact_id], against)
            expected[person["person_id"]] = REASONS[reason or suppression.person_suppressed(person, against)]
    assert found == expected
    assert set(found.values()) == set(REASONS.values())


def test_before_the_crm_s_fields_were_read_every_cell_is_missing(store) -> None:
    put(store, schema.verticals, vertical_row("hotel"), vertical_row("alt", active=False))
    put(store, schema.personas, persona_row("leitung"))
    outline = load_outline(store, {}, "model")
    assert dict(outline.states) == {("leitung", "hotel", "standard"): "missing"}


@pytest.fixture
def written(store) -> Store:
    """Four cells of two verticals and two personas: approved, waiting, rejected by a reviewer, breaking the rules."""
    references = [asdict(reference) for reference in CELL_INPUTS.references]
    for key in ("hotel", "logistik"):
        put(store, schema.verticals, vertical_row(key, refs=references, products={"Operativ": CELL_INPUTS.product}))
    for key in ("einkauf", "leitung"):
        put(store, schema.personas, persona_row(key, pains=list(CELL_INPUTS.persona_pains), name="Produktionsleitung"))
    now = utc_now()
    put(store, schema.crm_fields, *({**asdict(field), "read_at": now} for field in FIELDS.values()))
    with store.write() as connection:
        set_cursor(connection, "notion:verticals", {})
        set_cursor(connection, "notion:personas", {})
    broken = {**asdict(CELL_TEXT), "subject": "Betreff mit Platzhalter {{name}}"}
    model: Any = FakeModel(lambda inputs: broken if inputs["id"] == "leitung|logistik" else asdict(CELL_TEXT))
    writer = MatrixWriter(store, model, stored_fields(store), "run", approve=False)
    bring_cells_up_to_date(writer, choose_cells(writer))
    decide(store, "cell", ["einkauf|hotel"], "approved", reviewer="Maxi Muster")
    decide(store, "cell", ["einkauf|logistik"], "rejected", reviewer="Maxi Muster")
    return store


def test_states_of_cells_and_the_persons_behind_them_come_together(written, analytics) -> None:
    put(written, schema.accounts, account_row(1), account_row(2))
    put(written, schema.profiles, profile_row(1, "hotel"), profile_row(2, "logistik"))
    people = [(1, "einkauf"), (1, "einkauf"), (1, "leitung"), (2, "einkauf"), (2, "leitung"), (2, None)]
    put(
        written,
        schema.persons,
        *(person_row(i, account, persona_key=persona) for i, (account, persona) in enumerate(people, start=1)),
    )
    coverage = load(written, analytics, "test-model")
    assert coverage.outline.was_read
    assert {cell.key: (cell.state, cell.own, cell.without_text) for cell in coverage.cells} == {
        "einkauf|hotel": ("approved", 2, 0),
        "leitung|hotel": ("waiting", 0, 1),
        "einkauf|logistik": ("rejected", 0, 1),
        "leitung|logistik": ("failed_rules", 0, 1),
    }
    assert (coverage.no_cell["persona_unknown"], coverage.persons) == (1, 6)
    assert {cell.state for cell in load(written, analytics, "another model").cells} == {
        "lapsed",
        "rejected",
        "failed_rules",
    }
