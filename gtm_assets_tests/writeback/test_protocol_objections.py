"""Who objected, left or is a user of the CRM between plan and request is not written to."""

from __future__ import annotations

import pytest

from gtm_assets_tests.stores import put, rows_of
from gtm_assets_tests.writeback.writing_engine import COMPANY, TEXTS
from resources.store import schema
from resources.store.store import utc_now


def test_a_user_of_the_crm_is_never_touched_and_remembered_as_one(engine) -> None:
    engine.crm.persons[5]["IsAssociate"] = True
    result = engine.write(TEXTS)
    assert result.skipped == {("Person", 5): "is a user of the CRM"}
    assert engine.crm.patches == 0
    assert engine.statuses() == ["dropped"]
    (person,) = rows_of(engine.store, schema.persons)
    assert person["is_associate"] is True


@pytest.mark.parametrize(
    ("changed", "why"),
    [({"no_mailing": True}, "marked No Mailings in the CRM"), ({"retired": True}, "has left the company")],
)
def test_who_objects_or_leaves_between_plan_and_request_is_not_written(engine, changed, why) -> None:
    plan = engine.plan(TEXTS)
    engine.crm.edit("Person", 5, **changed)
    assert engine.send(plan).skipped == {("Person", 5): why}
    assert engine.crm.patches == 0


def test_a_company_that_is_stopped_between_plan_and_request_is_not_written(engine) -> None:
    plan = engine.plan(COMPANY, "Contact")
    engine.crm.edit("Contact", 1, stop=True)
    assert engine.send(plan).skipped == {("Contact", 1): "the company is marked Stop in the CRM"}
    assert engine.crm.patches == 0


@pytest.mark.parametrize("identifier", ["person:5", "account:1"])
def test_who_is_suppressed_between_plan_and_request_is_not_written(engine, identifier) -> None:
    plan = engine.plan(TEXTS)
    put(
        engine.store,
        schema.suppressions,
        {"identifier": identifier, "reason": "objection", "source": "test", "created_at": utc_now()},
    )
    assert engine.send(plan).skipped == {("Person", 5): "suppressed"}
    assert engine.crm.patches == 0
