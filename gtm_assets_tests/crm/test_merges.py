"""Merged and moved records: what our history makes of them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from gtm_assets.writeback import ledger
from gtm_assets.writeback.plan import EntityPlan, FieldChange
from gtm_assets_tests.crm.merging import TEXT, history, notice, owned, person, written
from gtm_assets_tests.crm.watching import Watcher, in_crm, in_store
from gtm_assets_tests.stores import put, rows_of, written_row
from resources.store import schema
from resources.store.store import utc_now

# --- persons ------------------------------------------------------------------------------------------------------------------------


def test_a_merged_person_is_dead_and_its_history_goes_on_at_the_other_one(on_both: Watcher) -> None:
    watcher = on_both
    written(watcher, "Person", 10, 1)
    watcher.crm.merge("Person", 10, 20)
    watcher.crm.edit("Person", 20, custom={"SuperOffice:19": TEXT})
    watcher.crm.edit("Contact", 1)
    assert notice(watcher) == [1, 2]
    assert person(watcher, 10)["merged_into"] == 20
    assert person(watcher, 10)["gone_at"] is not None
    assert history(watcher) == [("Person", 20, 2, 10, "confirmed")]
    assert owned(watcher) == {("Person", 20, "subject"): TEXT}
    assert rows_of(watcher.store, schema.plans)[0]["merged_from"] == 10
    assert (
        "person 20: person 10 was merged into it"
        in {row["contact_id"]: row["trigger"] for row in rows_of(watcher.store, schema.sync_state)}[2]
    )


@pytest.mark.parametrize("at_destination", ["", "Von einem Menschen"])
def test_a_value_that_the_other_one_does_not_show_is_not_ours_there(watcher: Watcher, at_destination: str) -> None:
    written(watcher, "Person", 10, 1)
    watcher.crm.merge("Person", 10, 20)
    watcher.crm.edit("Person", 20, custom={"SuperOffice:19": at_destination})
    watcher.crm.edit("Contact", 1)
    notice(watcher)
    assert owned(watcher) == {}


def test_what_we_wrote_to_the_other_one_stays_its_own(watcher: Watcher) -> None:
    written(watcher, "Person", 10, 1, "Der eine Betreff")
    written(watcher, "Person", 20, 2, "Der andere Betreff")
    watcher.crm.merge("Person", 10, 20)
    watcher.crm.edit("Contact", 1)
    notice(watcher)
    assert owned(watcher) == {("Person", 20, "subject"): "Der andere Betreff"}
    assert [entry[:4] for entry in history(watcher)] == [("Person", 20, 2, 10), ("Person", 20, 2, None)]


def test_an_objection_follows_and_stays_where_it_was(on_both: Watcher) -> None:
    watcher = on_both
    objection = {"reason": "objected", "source": "unsubscribe link", "created_at": utc_now()}
    put(watcher.store, schema.suppressions, {"identifier": "person:10", **objection})
    watcher.crm.merge("Person", 10, 20)
    watcher.crm.edit("Contact", 1)
    notice(watcher)
    found = {row["identifier"]: row["source"] for row in rows_of(watcher.store, schema.suppressions)}
    assert found == {"person:10": "unsubscribe link", "person:20": "unsubscribe link (person 10, merged)"}


def test_an_open_intent_is_settled_by_what_the_other_one_shows(watcher: Watcher) -> None:
    plan = EntityPlan("Person", 10, 1, {"subject": FieldChange("", TEXT, "", 7)})
    with watcher.store.write() as connection:
        ledger.intend(connection, [plan], "C", "run")
    watcher.crm.merge("Person", 10, 20)
    watcher.crm.edit("Person", 20, custom={"SuperOffice:19": TEXT})
    watcher.crm.edit("Contact", 1)
    notice(watcher)
    assert history(watcher) == [("Person", 20, 2, 10, "confirmed")]
    assert owned(watcher) == {("Person", 20, "subject"): TEXT}


@pytest.mark.parametrize("refused", [False, True])
@pytest.mark.parametrize("status", ["conflict", "no_effect", "failed"])
def test_a_value_that_came_over_before_anybody_saw_it_is_ours_too(
    watcher: Watcher, status: ledger.Status, refused: bool
) -> None:
    """The merge came between our request and our reading back, which found nobody. What was refused never arrived anywhere."""
    plan = EntityPlan("Person", 10, 1, {"subject": FieldChange("", TEXT, "", 7)})
    with watcher.store.write() as connection:
        (ledger_id,) = ledger.intend(connection, [plan], "C", "run")
        connection.execute(sa.update(schema.ledger).values(sent_at=utc_now()))
        ledger.settle(connection, ledger_id, status, found={}, refused=refused)
    watcher.crm.merge("Person", 10, 20)
    watcher.crm.edit("Person", 20, custom={"SuperOffice:19": TEXT})
    watcher.crm.edit("Contact", 1)
    notice(watcher)
    assert owned(watcher) == ({} if refused else {("Person", 20, "subject"): TEXT})


def test_a_plan_for_the_dead_is_dropped(watcher: Watcher) -> None:
    plan = EntityPlan("Person", 10, 1, {"subject": FieldChange("", TEXT, "", 7)})
    with watcher.store.write() as connection:
        ledger.store_drafts(connection, [plan], "run")
    watcher.crm.merge("Person", 10, 20)
    watcher.crm.edit("Contact", 1)
    notice(watcher)
    assert [row["status"] for row in rows_of(watcher.store, schema.plans)] == ["dropped"]


def test_a_merge_into_one_that_was_merged_itself_leads_to_the_living(watcher: Watcher) -> None:
    written(watcher, "Person", 10, 1)
    watcher.crm.merge("Person", 10, 11)
    watcher.crm.merge("Person", 11, 20)
    watcher.crm.edit("Contact", 1)
    notice(watcher)
    assert [person(watcher, person_id)["merged_into"] for person_id in (10, 11)] == [20, 20]
    assert [entry[:4] for entry in history(watcher)] == [("Person", 20, 2, 10)]


def test_a_merge_is_found_by_the_sweep_where_no_poll_saw_it(watcher: Watcher) -> None:
    written(watcher, "Person", 10, 1)
    watcher.crm.merge("Person", 10, 20)
    watcher.sweep()
    assert person(watcher, 10)["merged_into"] == 20
    assert 2 in watcher.due()
    assert history(watcher)[0][:4] == ("Person", 20, 2, 10)


# --- companies ----------------------------------------------------------------------------------------------------------------------


def test_a_merged_company_hands_over_its_history_and_its_persons(on_both: Watcher) -> None:
    watcher = on_both
    written(watcher, "Contact", 1, 1, "Ein Satz von uns.")
    written(watcher, "Person", 10, 1)
    watcher.crm.merge("Contact", 1, 2)
    watcher.crm.edit("Contact", 2, custom={"SuperOffice:86": "Ein Satz von uns."})
    assert notice(watcher) == [1, 2]
    assert [entry[:4] for entry in history(watcher)] == [("Contact", 2, 2, 1), ("Person", 10, 2, None)]
    assert owned(watcher) == {("Contact", 2, "opener"): "Ein Satz von uns.", ("Person", 10, "subject"): TEXT}
    assert [person(watcher, person_id)["contact_id"] for person_id in (10, 11)] == [2, 2]
    assert in_store(watcher.store) == in_crm(watcher.crm)


def test_a_number_that_both_companies_have_stays_a_humans_at_the_destination(watcher: Watcher) -> None:
    number = "DE999001420"
    for contact_id in (1, 2):
        watcher.crm.edit("Contact", contact_id, OrgNr=number)
    notice(watcher)
    plan = EntityPlan("Contact", 1, 1, {"org_nr": FieldChange("", number, "", None)})
    with watcher.store.write() as connection:
        (ledger_id,) = ledger.intend(connection, [plan], "C", "run")
        connection.execute(sa.update(schema.ledger).values(sent_at=utc_now()))
        ledger.settle(connection, ledger_id, "confirmed", found={"org_nr": number})
    assert owned(watcher) == {("Contact", 1, "org_nr"): number}
    watcher.crm.merge("Contact", 1, 2)
    watcher.sweep()
    assert owned(watcher) == {}


# --- a person who moved -------------------------------------------------------------------------------------------------------------


def test_a_person_who_moved_keeps_what_is_ours_and_both_companies_look_again(watcher: Watcher) -> None:
    put(watcher.store, schema.written_values, written_row("Person", 10, "subject", TEXT))
    watcher.crm.edit("Person", 10, contact_id=2)
    assert notice(watcher) == [1, 2]
    assert owned(watcher) == {("Person", 10, "subject"): TEXT}
    assert len([row for row in rows_of(watcher.store, schema.persons) if row["person_id"] == 10]) == 1
