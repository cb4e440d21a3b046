"""Merged, deleted and moved records: what the CRM's log of merges is asked, what is believed of it, and what our history makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gtm_assets.crm import merges
from gtm_assets.crm.merges import LogRow, Lost, believable
from gtm_assets.writeback import ledger
from gtm_assets.writeback.plan import EntityPlan, FieldChange
from gtm_assets_tests.crm.watching import Watcher, in_crm, in_store
from gtm_assets_tests.fake_crm import START, FakeCrm
from gtm_assets_tests.stores import fresh_store, put, rows_of, written_row
from resources.errors import TransientError
from resources.store import queue, schema
from resources.store.store import Store, get_cursor, set_cursor, utc_now

TEXT = "Ein Betreff von uns"


def _watching(store: Store) -> Watcher:
    """Two companies; 10 and 11 are persons of the first, 20 one of the second. All are known."""
    crm = FakeCrm()
    for contact_id in (1, 2):
        crm.add_contact(contact_id)
    for person_id, contact_id in ((10, 1), (11, 1), (20, 2)):
        crm.add_person(person_id, contact_id)
    watcher = Watcher(store, crm)
    watcher.sweep()
    watcher.work()
    crm.tick(60)
    watcher.read()
    watcher.examine()
    return watcher


@pytest.fixture
def watcher(tmp_path: Path) -> Iterator[Watcher]:
    with fresh_store(tmp_path) as store:
        yield _watching(store)


@pytest.fixture
def on_both(store: Store) -> Watcher:
    """The same on SQLite and on PostgreSQL."""
    return _watching(store)


def look(watcher: Watcher) -> list[int]:
    """Poll and examine; answers the accounts that are due because of it."""
    watcher.crm.tick(3)
    watcher.read()
    watcher.examine()
    return watcher.due()


def written(watcher: Watcher, entity: str, entity_id: int, contact_id: int, value: str = TEXT) -> int:
    """We wrote a subject (of a company, an opener) and saw it confirmed; answers the ledger's entry."""
    name, prog_id = ("subject", "SuperOffice:19") if entity == "Person" else ("opener", "SuperOffice:86")
    table: Any = entity
    plan = EntityPlan(table, entity_id, contact_id, {name: FieldChange("", value, "", 7)})
    with watcher.store.write() as connection:
        (ledger_id,) = ledger.intend(connection, [plan], "C", "run")
        ledger.settle(connection, ledger_id, "confirmed", found={name: value})
    watcher.crm.edit(table, entity_id, silently=True, custom={prog_id: value})
    return ledger_id


def person(watcher: Watcher, person_id: int) -> dict[str, Any]:
    return next(row for row in rows_of(watcher.store, schema.persons) if row["person_id"] == person_id)


def history(watcher: Watcher) -> list[tuple[Any, ...]]:
    columns = ("entity", "entity_id", "contact_id", "merged_from", "status")
    return [tuple(row[name] for name in columns) for row in rows_of(watcher.store, schema.ledger)]


def owned(watcher: Watcher) -> dict[tuple[str, int, str], str]:
    rows = rows_of(watcher.store, schema.written_values)
    return {(row["entity"], row["entity_id"], row["field"]): row["value"] for row in rows}


# --- persons ------------------------------------------------------------------------------------------------------------------------


def test_a_merged_person_is_dead_and_its_history_goes_on_at_the_other_one(on_both: Watcher) -> None:
    watcher = on_both
    written(watcher, "Person", 10, 1)
    watcher.crm.merge("Person", 10, 20)
    watcher.crm.edit("Person", 20, custom={"SuperOffice:19": TEXT})
    watcher.crm.edit("Contact", 1)
    assert look(watcher) == [1, 2]
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
    look(watcher)
    assert owned(watcher) == {}


def test_what_we_wrote_to_the_other_one_stays_its_own(watcher: Watcher) -> None:
    written(watcher, "Person", 10, 1, "Der eine Betreff")
    written(watcher, "Person", 20, 2, "Der andere Betreff")
    watcher.crm.merge("Person", 10, 20)
    watcher.crm.edit("Contact", 1)
    look(watcher)
    assert owned(watcher) == {("Person", 20, "subject"): "Der andere Betreff"}
    assert [entry[:4] for entry in history(watcher)] == [("Person", 20, 2, 10), ("Person", 20, 2, None)]


def test_an_objection_follows_and_stays_where_it_was(on_both: Watcher) -> None:
    watcher = on_both
    objection = {"reason": "objected", "source": "unsubscribe link", "created_at": utc_now()}
    put(watcher.store, schema.suppressions, {"identifier": "person:10", **objection})
    watcher.crm.merge("Person", 10, 20)
    watcher.crm.edit("Contact", 1)
    look(watcher)
    found = {row["identifier"]: row["source"] for row in rows_of(watcher.store, schema.suppressions)}
    assert found == {"person:10": "unsubscribe link", "person:20": "unsubscribe link (person 10, merged)"}


def test_an_open_intent_is_settled_by_what_the_other_one_shows(watcher: Watcher) -> None:
    plan = EntityPlan("Person", 10, 1, {"subject": FieldChange("", TEXT, "", 7)})
    with watcher.store.write() as connection:
        ledger.intend(connection, [plan], "C", "run")
    watcher.crm.merge("Person", 10, 20)
    watcher.crm.edit("Person", 20, custom={"SuperOffice:19": TEXT})
    watcher.crm.edit("Contact", 1)
    look(watcher)
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
    look(watcher)
    assert owned(watcher) == ({} if refused else {("Person", 20, "subject"): TEXT})


def test_a_number_that_both_companies_have_stays_a_humans_at_the_destination(watcher: Watcher) -> None:
    number = "DE999001420"
    for contact_id in (1, 2):
        watcher.crm.edit("Contact", contact_id, OrgNr=number)
    look(watcher)
    plan = EntityPlan("Contact", 1, 1, {"org_nr": FieldChange("", number, "", None)})
    with watcher.store.write() as connection:
        (ledger_id,) = ledger.intend(connection, [plan], "C", "run")
        connection.execute(sa.update(schema.ledger).values(sent_at=utc_now()))
        ledger.settle(connection, ledger_id, "confirmed", found={"org_nr": number})
    assert owned(watcher) == {("Contact", 1, "org_nr"): number}
    watcher.crm.merge("Contact", 1, 2)
    watcher.sweep()
    assert owned(watcher) == {}


def test_a_plan_for_the_dead_is_dropped(watcher: Watcher) -> None:
    plan = EntityPlan("Person", 10, 1, {"subject": FieldChange("", TEXT, "", 7)})
    with watcher.store.write() as connection:
        ledger.store_drafts(connection, [plan], "run")
    watcher.crm.merge("Person", 10, 20)
    watcher.crm.edit("Contact", 1)
    look(watcher)
    assert [row["status"] for row in rows_of(watcher.store, schema.plans)] == ["dropped"]


def test_a_merge_into_one_that_was_merged_itself_leads_to_the_living(watcher: Watcher) -> None:
    written(watcher, "Person", 10, 1)
    watcher.crm.merge("Person", 10, 11)
    watcher.crm.merge("Person", 11, 20)
    watcher.crm.edit("Contact", 1)
    look(watcher)
    assert [person(watcher, person_id)["merged_into"] for person_id in (10, 11)] == [20, 20]
    assert [entry[:4] for entry in history(watcher)] == [("Person", 20, 2, 10)]


def test_a_merge_is_found_by_the_sweep_where_no_poll_saw_it(watcher: Watcher) -> None:
    written(watcher, "Person", 10, 1)
    watcher.crm.merge("Person", 10, 20)
    watcher.sweep()
    assert person(watcher, 10)["merged_into"] == 20
    assert 2 in watcher.due()
    assert history(watcher)[0][:4] == ("Person", 20, 2, 10)


def test_a_log_that_is_written_late_is_found_by_the_next_sweep(watcher: Watcher) -> None:
    entries = watcher.crm.merge_log
    watcher.crm.merge("Person", 10, 20)
    watcher.crm.merge_log = []
    watcher.crm.edit("Contact", 1)
    look(watcher)
    assert person(watcher, 10)["gone_at"] is not None
    assert person(watcher, 10)["merged_into"] is None
    watcher.crm.merge_log = entries
    watcher.sweep()
    assert person(watcher, 10)["merged_into"] == 20


# --- companies ----------------------------------------------------------------------------------------------------------------------


def test_a_merged_company_hands_over_its_history_and_its_persons(on_both: Watcher) -> None:
    watcher = on_both
    written(watcher, "Contact", 1, 1, "Ein Satz von uns.")
    written(watcher, "Person", 10, 1)
    watcher.crm.merge("Contact", 1, 2)
    watcher.crm.edit("Contact", 2, custom={"SuperOffice:86": "Ein Satz von uns."})
    assert look(watcher) == [1, 2]
    assert [entry[:4] for entry in history(watcher)] == [("Contact", 2, 2, 1), ("Person", 10, 2, None)]
    assert owned(watcher) == {("Contact", 2, "opener"): "Ein Satz von uns.", ("Person", 10, "subject"): TEXT}
    assert [person(watcher, person_id)["contact_id"] for person_id in (10, 11)] == [2, 2]
    assert in_store(watcher.store) == in_crm(watcher.crm)


# --- the log ------------------------------------------------------------------------------------------------------------------------


def test_the_log_is_asked_for_vanished_records_only(watcher: Watcher) -> None:
    watcher.crm.log.clear()
    watcher.crm.edit("Contact", 1, name="Anders GmbH")
    watcher.crm.edit("Person", 10, contact_id=2)
    look(watcher)
    watcher.sweep()
    assert [what for what in watcher.crm.log if "mergemovelog" in what] == []
    watcher.crm.delete("Person", 10)
    watcher.crm.edit("Contact", 2)
    look(watcher)
    assert {what for what in watcher.crm.log if "mergemovelog" in what} == {
        "archive dynamic mergemovelog.sourceRecord in (10)"
    }


def test_a_merge_that_is_known_is_not_asked_for_again(watcher: Watcher) -> None:
    watcher.crm.merge("Contact", 1, 2)
    look(watcher)
    watcher.work()
    watcher.crm.log.clear()
    with watcher.store.write() as connection:
        queue.mark_due(connection, [1], trigger="all accounts")
    watcher.work()
    watcher.sweep()
    assert [what for what in watcher.crm.log if "mergemovelog" in what] == []
    assert watcher.due() == []


def test_a_deleted_person_whose_move_stands_in_the_log_was_not_merged(watcher: Watcher) -> None:
    """The company that the person moved to has the id of a living person, too."""
    watcher.crm.add_contact(20)
    watcher.crm.edit("Person", 10, contact_id=20)
    watcher.crm.note(6, 10, 20)
    look(watcher)
    watcher.work()
    watcher.crm.delete("Person", 10)
    watcher.crm.edit("Contact", 20, name="Anders GmbH")
    look(watcher)
    assert person(watcher, 10)["gone_at"] is not None
    assert person(watcher, 10)["merged_into"] is None


@pytest.mark.parametrize(
    "row",
    [
        LogRow(1, 5, 10, 20, START),
        LogRow(1, 6, 10, 10, START),
        LogRow(1, 6, 10, 0, START),
        LogRow(1, 6, 10, 1, START),
        LogRow(1, 6, 10, 20, START - timedelta(seconds=1)),
    ],
    ids=["another table", "into itself", "into nobody", "into its own company", "before its last change"],
)
def test_an_entry_that_something_contradicts_is_not_believed(row: LogRow) -> None:
    lost = Lost(10, START, company=1)
    assert not believable(row, "Person", lost)
    assert believable(LogRow(2, 6, 10, 20, START), "Person", lost)


def test_a_destination_that_is_not_there_is_none(watcher: Watcher) -> None:
    watcher.crm.merge("Person", 10, 20)
    watcher.crm.delete("Person", 20)
    watcher.crm.edit("Contact", 1)
    look(watcher)
    assert person(watcher, 10)["merged_into"] is None


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_log_that_can_not_be_read_stops_nothing_is_remembered_and_made_up_for(watcher: Watcher, status: int) -> None:
    written(watcher, "Person", 10, 1)
    watcher.crm.log_refused = status
    watcher.crm.merge("Person", 10, 20)
    watcher.crm.edit("Contact", 1)
    look(watcher)
    assert person(watcher, 10)["gone_at"] is not None
    with watcher.store.read() as connection:
        told = merges.unreadable(connection)
    assert told is not None
    assert "mergemovelog" in told[1]
    asked = watcher.crm.calls
    watcher.sweep()
    assert watcher.crm.calls - asked == 4, "not asked again at once"

    watcher.crm.log_refused = None
    with watcher.store.write() as connection:
        state = get_cursor(connection, merges.UNREADABLE)
        long_ago = (utc_now() - timedelta(days=2)).isoformat()
        set_cursor(connection, merges.UNREADABLE, {**(state or {}), "asked_at": long_ago})
    watcher.sweep()
    assert person(watcher, 10)["merged_into"] == 20
    assert history(watcher)[0][:4] == ("Person", 20, 2, 10)
    with watcher.store.read() as connection:
        assert merges.unreadable(connection) is None


def test_while_the_log_does_not_answer_nothing_is_settled(watcher: Watcher) -> None:
    watcher.crm.merge("Person", 10, 20)
    watcher.crm.edit("Contact", 1)
    watcher.crm.tick(3)
    watcher.read()

    def fail(what: str) -> None:
        if "mergemovelog" in what:
            raise TransientError("SuperOffice", "503", status=503)

    watcher.crm.watch = fail
    with pytest.raises(TransientError):
        watcher.examine()
    assert person(watcher, 10)["gone_at"] is None
    watcher.crm.watch = lambda _: None
    watcher.examine()
    assert person(watcher, 10)["merged_into"] == 20


# --- coming back --------------------------------------------------------------------------------------------------------------------


def test_what_comes_out_of_the_recycle_bin_is_known_and_due_again(watcher: Watcher) -> None:
    written(watcher, "Person", 10, 1)
    put(watcher.store, schema.persons, {**person(watcher, 10), "persona_key": "einkauf"})
    kept = watcher.crm.persons.pop(10)
    watcher.crm.edit("Contact", 1)
    look(watcher)
    watcher.work()
    assert person(watcher, 10)["gone_at"] is not None
    watcher.crm.persons[10] = kept
    watcher.crm.edit("Person", 10)
    assert look(watcher) == [1]
    assert person(watcher, 10)["gone_at"] is None
    assert person(watcher, 10)["persona_key"] == "einkauf"
    assert rows_of(watcher.store, schema.sync_state)[0]["trigger"] == "person 10: back in the CRM"
    assert owned(watcher) == {("Person", 10, "subject"): TEXT}


def test_a_merge_that_a_restored_backup_takes_back_gives_everybody_their_own_history(on_both: Watcher) -> None:
    watcher = on_both
    written(watcher, "Person", 10, 1)
    backup = watcher.crm.backup()
    watcher.crm.merge("Person", 10, 20)
    watcher.crm.edit("Contact", 1)
    look(watcher)
    assert history(watcher)[0][:4] == ("Person", 20, 2, 10)
    watcher.crm.restore(backup)
    watcher.sweep()
    assert history(watcher) == [("Person", 10, 1, None, "confirmed")]
    assert person(watcher, 10)["merged_into"] is None


def test_another_record_with_a_known_id_begins_without_history(on_both: Watcher) -> None:
    watcher = on_both
    written(watcher, "Person", 10, 1)
    put(watcher.store, schema.persons, {**person(watcher, 10), "persona_key": "einkauf", "is_associate": False})
    watcher.crm.delete("Person", 10)
    watcher.crm.tick(3600)
    watcher.crm.add_person(10, 2, firstname="Erika", lastname="Beispiel")
    look(watcher)
    assert history(watcher) == [("Person", -10, 1, None, "confirmed")]
    assert owned(watcher) == {}
    assert (person(watcher, 10)["persona_key"], person(watcher, 10)["is_associate"]) == (None, None)
    assert person(watcher, 10)["contact_id"] == 2


def test_a_new_name_alone_makes_nobody_another_person(watcher: Watcher) -> None:
    written(watcher, "Person", 10, 1)
    watcher.crm.edit("Person", 10, firstname="Erika", lastname="Beispiel")
    look(watcher)
    assert history(watcher)[0][1] == 10


def test_a_person_who_moved_keeps_what_is_ours_and_both_companies_look_again(watcher: Watcher) -> None:
    put(watcher.store, schema.written_values, written_row("Person", 10, "subject", TEXT))
    watcher.crm.edit("Person", 10, contact_id=2)
    assert look(watcher) == [1, 2]
    assert owned(watcher) == {("Person", 10, "subject"): TEXT}
    assert len([row for row in rows_of(watcher.store, schema.persons) if row["person_id"] == 10]) == 1
