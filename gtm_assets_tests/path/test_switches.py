"""The path with every switch of the sandbox in every position: whatever the documents leave open, the right fields arrive.

The positions come from the switches themselves: a new switch is tested from the day it exists.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple

import pytest
import sqlalchemy as sa

from gtm_assets.texts import blocks
from gtm_assets.writeback import guards, ledger
from gtm_assets.writeback.guards import Guard
from gtm_assets.writeback.targets import TEXT_FIELDS
from gtm_assets_tests.path.conftest import StartEngine
from gtm_assets_tests.path.harness import Engine
from resources.errors import PermanentError, TenantClosedError
from resources.store import schema
from resources.store.store import set_cursor
from sandbox.data.samples import sample_companies
from sandbox.switches import SWITCHES

#: Positions in which the engine must stop or has nothing to write; each has a test of its own below.
STOPPING = {
    ("custom_fields_patch", "whole"),
    *(("tenant_state", state) for state in ("OfflineMaintenance", "Suspended", "Deleted")),
    *(("gemini_reply", reply) for reply in ("invalid", "truncated", "blocked", "empty")),
    # See test_bad_input.
    *(("gemini_reply", reply) for reply in ("english", "number", "wordy", "other")),
}
POSITIONS = [
    pytest.param(switch.name, position, id=f"{switch.name}={position}")
    for switch in SWITCHES
    for position in switch.allowed
    if position != switch.default and (switch.name, position) not in STOPPING
]


class Walked(NamedTuple):
    """What was written on the path: at the first load, in the quiet passes, and after a human's edit."""

    loaded: list[str]
    quiet: list[str]
    answered: list[str]


#: Every record of the company once, nothing while nothing happens, and the edited person alone.
ALL_IS_WELL = Walked(loaded=["Contact/1", "Person/1", "Person/2"], quiet=[], answered=["Person/3"])
NO_TEXT = dict.fromkeys(TEXT_FIELDS, "")


def _everything_arrived(engine: Engine) -> None:
    sample = sample_companies()[0]
    profile = engine.profile(1)
    assert profile["vertical"] == "Maschinenbau"
    assert profile["last_update"] in {datetime.now(UTC).date().isoformat(), engine.company(1).updated[:10]}
    assert all(profile.values()), profile
    company = engine.company(1)
    assert (company.postal.city, company.street.city, company.org_nr) == (sample.city, sample.city, sample.vat_number)
    for person in (1, 2):
        assert all(engine.texts(person).values()), engine.texts(person)
    assert sorted(engine.patches()) == ["Contact/1", "Person/1", "Person/2"]


def _nothing_more_happens(engine: Engine, *, full_sweep: bool = False) -> list[str]:
    mark = engine.mark()
    again = engine.fast_pass(full_sweep=full_sweep)
    written = engine.patches(mark)
    assert again.error is None
    assert (again.phases(), again.model_calls, written) == ({}, 0, [])
    return written


def _path_holds(engine: Engine) -> Walked:
    """First load, a quiet pass, a quiet sweep, an edit by a human that is found and answered."""
    before = engine.foreign()
    first = engine.fast_pass()
    assert first.error is None
    assert first.phases() == {1: "completed"}
    _everything_arrived(engine)
    loaded = sorted(engine.patches())
    assert engine.foreign() == before
    quiet = _nothing_more_happens(engine) + _nothing_more_happens(engine, full_sweep=True)
    assert engine.foreign() == before
    mark = engine.mark()
    engine.edit("Person", 3, Title="Leiter Einkauf")
    found = engine.fast_pass()
    assert found.error is None
    answered = engine.patches(mark)
    assert answered == ["Person/3"]
    assert all(engine.texts(3).values())
    return Walked(loaded, quiet + _nothing_more_happens(engine), answered)


def test_the_path_with_all_defaults(start_engine: StartEngine) -> None:
    assert _path_holds(start_engine(companies=1, fast=True)) == ALL_IS_WELL


@pytest.mark.parametrize(("switch", "position"), POSITIONS)
def test_the_path_with_a_switch_in_another_position(start_engine: StartEngine, switch: str, position: str) -> None:
    assert _path_holds(start_engine(companies=1, fast=True, switches={switch: position})) == ALL_IS_WELL


# Guard A is proven by the very path that is refused in the last case.
@pytest.mark.parametrize(("guard", "path"), [("A", "accepted"), ("B", "accepted"), ("B", "refused")])
def test_the_path_with_a_guard_that_was_proven(start_engine: StartEngine, guard: Guard, path: str) -> None:
    engine = start_engine(companies=1, fast=True, switches={"custom_fields_path": path})
    with engine.store.write() as connection:
        set_cursor(connection, guards.GUARD, {"level": guard, "tests": ["since", "address"]})
    assert _path_holds(engine) == ALL_IS_WELL


# --- positions that need something more ---------------------------------------------------------------------------------------------


def test_an_edit_that_moves_no_time_is_found_by_the_sweep(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True, switches={"child_rows_touch_updated": "no"})
    engine.fast_pass()
    texts = engine.texts(1)
    engine.edit("Contact", 1, Vertical="Gesundheitswesen")
    _nothing_more_happens(engine)
    found = engine.fast_pass(full_sweep=True)
    assert found.error is None
    assert engine.profile(1)["vertical"] == "Gesundheitswesen"
    assert engine.texts(1)["intro"] not in {"", texts["intro"]}
    _nothing_more_happens(engine, full_sweep=True)


def test_a_tenant_that_moves_to_another_host_is_followed(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fast_pass()
    engine.switch(api_cluster="online4")
    engine.edit("Person", 3, Title="Leiter Einkauf")
    assert engine.fast_pass().error is None
    assert all(engine.texts(3).values())


@pytest.mark.parametrize("body", ["rest", "html", "empty"])
def test_errors_are_understood_whatever_their_body_is(start_engine: StartEngine, body: str) -> None:
    engine = start_engine(companies=1, fast=True, switches={"error_body": body})
    engine.fast_pass()
    engine.tell("expire_tokens")
    engine.fault(system="superoffice", method="GET", status=503, times=2)
    engine.edit("Person", 3, Title="Leiter Einkauf")
    assert engine.fast_pass().error is None
    assert all(engine.texts(3).values())


def test_careless_replies_are_asked_for_once_more(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True, switches={"gemini_reply": "careless"})
    result = engine.fast_pass()
    assert set(result.cells.outcomes.values()) == {"generated"}
    # Twelve cells and one pair of openers, each twice, and one profile.
    assert result.model_calls == engine.model_calls() == 2 * 13 + 1
    assert not any("Garantiert" in text for text in [*engine.texts(1).values(), *engine.profile(1).values()])


# --- positions that must stop the engine --------------------------------------------------------------------------------------------


def test_a_crm_that_blanks_other_fields_does_it_once_and_is_written_to_no_more(start_engine: StartEngine) -> None:
    engine = start_engine(companies=3, fast=True, switches={"custom_fields_patch": "whole"})
    before = engine.foreign()
    result = engine.fast_pass()
    harmed = [record.partition(" ")[0] for record, values in engine.foreign().items() if values != before[record]]
    assert harmed
    assert all(harmed.count(entity) <= 1 for entity in ("Contact", "Person")), harmed
    with engine.store.read() as connection:
        stopped = ledger.stop_reason(connection)
    # Which record comes first is a matter of luck: companies carry a customer number, some persons a campaign or a hobby.
    lost = {"SuperOffice:12": "K-2000", "SuperOffice:23": "Messe 2026", "SuperOffice:5": "Segeln"}
    named = [field for field in lost if re.search(rf"{field}\b", stopped)]
    assert named, stopped
    # What stood there is kept for whoever restores it, and shown nowhere else.
    moved = [row["before"]["moved"] for row in engine.rows(schema.ledger) if "moved" in row["before"]]
    assert all(any(lost[field] in str(fields.get(field)) for fields in moved) for field in named), moved
    assert not any(value in stopped for value in lost.values())
    assert stopped in " ".join(outcome.reason for outcome in result.batch.outcomes.values())
    mark = engine.mark()
    engine.without_waiting()
    engine.edit("Person", 3, Title="Leiter Einkauf")
    engine.fast_pass()
    assert engine.patches(mark) == []


def test_a_first_record_without_foreign_values_proves_nothing(start_engine: StartEngine) -> None:
    # Found as a defect: one PATCH of a record without any other field counted as proof for the whole tenant.
    engine = start_engine(companies=1, fast=True, switches={"custom_fields_patch": "whole"})
    engine.edit_field("Contact", 1, "SuperOffice:12", "")
    for person in (1, 2, 3):
        engine.edit_field("Person", person, "SuperOffice:23", "")
    engine.fast_pass()
    carries = {"ERP customer number": "K-4711"}
    named = {"url": engine.site("kessendorf-werkzeugbau"), **carries}
    valuable = [engine.create("Contact", name=f"Nebenan {n} GmbH (Musterdaten)", **named) for n in range(3)]
    engine.fast_pass()
    lost = [contact for contact in valuable if "SuperOffice:12" not in engine.company(contact).fields]
    assert len(lost) <= 1, "the engine went on after it blanked fields of others"


@pytest.mark.parametrize("state", ["OfflineMaintenance", "Suspended", "Deleted"])
def test_a_closed_tenant_stops_the_run_and_is_worked_on_when_it_opens(start_engine: StartEngine, state: str) -> None:
    engine = start_engine(companies=1, fast=True, switches={"tenant_state": state})
    closed = engine.fast_pass()
    assert isinstance(closed.error, PermanentError if state == "Deleted" else TenantClosedError)
    assert state in str(closed.error)
    assert engine.patches() == []
    engine.switch(tenant_state="Running")
    assert engine.fast_pass().error is None
    _everything_arrived(engine)


def test_a_tenant_that_closes_between_two_passes_loses_nothing(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fast_pass()
    engine.edit("Person", 3, Title="Leiter Einkauf")
    engine.switch(tenant_state="OfflineMaintenance")
    mark = engine.mark()
    assert isinstance(engine.fast_pass().error, TenantClosedError)
    assert engine.patches(mark) == []
    engine.switch(tenant_state="Running")
    assert engine.fast_pass().error is None
    assert engine.patches(mark) == ["Person/3"]


def test_quotes_that_no_website_says_are_asked_for_once_more(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True, switches={"gemini_reply": "unproven"})
    result = engine.fast_pass()
    # Twelve cells, one profile, and one pair of openers twice: only openers give evidence with claims.
    assert result.model_calls == engine.model_calls() == 12 + 1 + 2
    assert engine.profile(1)["opener"]
    with engine.store.read() as connection:
        (opener,) = blocks.current_blocks(connection, "opener").values()
        page = connection.execute(sa.select(schema.websites.c.text)).scalar_one()
    assert {each["field"] for each in opener.evidence} == {"opener", "opener_secondary"}
    for each in opener.evidence:
        assert each["claim"] in engine.profile(1)[each["field"]]
        assert each["span"] in page


@pytest.mark.parametrize("reply", ["invalid", "truncated", "blocked", "empty"])
def test_replies_that_can_not_be_used_write_nothing_and_say_why(start_engine: StartEngine, reply: str) -> None:
    engine = start_engine(companies=1, fast=True, switches={"gemini_reply": reply})
    untouched = [engine.company(1), *(engine.person(person) for person in (1, 2, 3))]
    result = engine.fast_pass()
    assert result.error is None
    assert set(result.cells.outcomes.values()) <= {"rejected", "failed"}
    for key in result.cells.outcomes:
        said = [result.cells.errors.get(key, ""), *(finding.message for finding in result.cells.findings.get(key, ()))]
        assert reply in " ".join(said)
    assert result.phases() == {1: "failed"}
    assert reply in engine.state(1)["reason"]
    assert engine.patches() == []
    assert [engine.company(1), *(engine.person(person) for person in (1, 2, 3))] == untouched
    # The account comes back by itself, not before its time; cells are asked for again at every pass, and still nothing is written.
    mark = engine.mark()
    again = engine.fast_pass()
    assert (again.error, again.phases(), engine.patches(mark)) == (None, {}, [])
    engine.switch(gemini_reply="good")
    engine.without_waiting()
    engine.fast_pass()
    engine.fast_pass()
    assert all(engine.profile(1).values())
    assert all(engine.texts(1).values())
