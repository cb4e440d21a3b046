"""What a refused request leaves behind: nothing of it stands in the CRM, so nothing that stands there is ours because of it."""

from __future__ import annotations

import pytest

from gtm_assets.writeback.guards import Guarding, keep_guarding
from gtm_assets.writeback.plan import Target
from gtm_assets_tests.stores import rows_of
from resources.errors import PermanentError
from resources.store import schema

NUMBER = {"org_nr": Target("DE999001420")}


@pytest.mark.parametrize("guarding", [Guarding("A"), Guarding("B")], ids=str)
def test_a_human_who_types_the_same_value_just_before_our_request_keeps_it(engine, guarding) -> None:
    with engine.store.write() as connection:
        keep_guarding(connection, guarding, {})
    plan = engine.plan(NUMBER, "Contact")
    engine.crm.tick(5)
    engine.at("PATCH Contact/1", lambda: engine.crm.edit("Contact", 1, OrgNr="DE999001420"))
    engine.send(plan)
    engine.write({"org_nr": Target("DE999001077")}, "Contact")
    assert engine.crm.contacts[1]["OrgNr"] == "DE999001420"
    assert engine.owned() == {}
    assert "confirmed" not in engine.statuses()
    assert all(row["sent_at"] is None for row in rows_of(engine.store, schema.ledger))


def test_an_empty_number_that_is_shown_as_nothing_is_tested_as_nothing(engine) -> None:
    with engine.store.write() as connection:
        keep_guarding(connection, Guarding("A", frozenset({"marks"})), {})
    engine.crm.contacts[1]["OrgNr"] = None
    assert list(engine.write(NUMBER, "Contact").confirmed) == [("Contact", 1)]


def test_a_tenant_that_refuses_a_test_that_holds_is_told_as_that_and_not_as_an_edit(engine) -> None:
    with engine.store.write() as connection:
        keep_guarding(connection, Guarding("A"), {})
    plan = engine.plan(NUMBER, "Contact")
    engine.crm.tests = "refused"
    (_, error) = engine.send(plan).failed["Contact", 1]
    assert isinstance(error, PermanentError)
    assert "although every test of the request holds" in str(error)
    assert "gtm doctor --probe" in str(error)
