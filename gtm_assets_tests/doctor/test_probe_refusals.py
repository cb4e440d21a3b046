"""Whom and when a probe refuses, before anything is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gtm_assets.doctor.probe import keeping
from gtm_assets.doctor.probe.session import Refused, opened
from gtm_assets.settings import ConfigurationError
from gtm_assets.writeback import ledger
from gtm_assets_tests.doctor.conftest import StartStage
from gtm_assets_tests.doctor.probing import SAILOR, Stage
from resources.store import queue, schema
from resources.store.store import set_cursor, upsert, utc_now
from sandbox.superoffice.carriers import HUMAN


def _refusal(stage: Stage, person_id: int = SAILOR) -> str:
    mark = stage.engine.mark()
    with pytest.raises(Refused) as refused:
        stage.probe(person_id)
    assert stage.engine.journal(system="superoffice", method="PATCH", since=mark) == []
    return str(refused.value)


def _save(stage: Stage, person_id: int = SAILOR, **changed: object) -> None:
    person = stage.engine.person(person_id)
    stage.engine.world.crm.save(replace(person, **changed), HUMAN)


def test_nobody_by_that_id(start_stage: StartStage) -> None:
    assert "There is no person 4711" in _refusal(start_stage(), 4711)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"is_associate": True}, "is a user of the CRM"),
        ({"no_mailing": True}, "marked No Mailings"),
        ({"retired": True}, "has left the company"),
    ],
)
def test_persons_who_must_not_be_written(start_stage: StartStage, changed: dict, reason: str) -> None:
    stage = start_stage()
    _save(stage, **changed)
    assert reason in _refusal(stage)


@pytest.mark.parametrize("identifier", [f"person:{SAILOR}", "account:3"])
def test_suppressed_persons_and_companies(start_stage: StartStage, identifier: str) -> None:
    stage = start_stage()
    assert stage.engine.person(SAILOR).contact_id == 3
    with stage.engine.store.write() as connection:
        row = {"identifier": identifier, "reason": "objection", "source": "test", "created_at": utc_now()}
        upsert(connection, schema.suppressions, [row])
    assert "suppressed" in _refusal(stage)
    assert stage.left_in_store()["suppressions"] == [identifier], "somebody else's suppression stays"


def test_a_company_that_is_marked_stop(start_stage: StartStage) -> None:
    stage = start_stage()
    stage.engine.world.crm.save(replace(stage.engine.company(3), xstop=True), HUMAN)
    assert "marked Stop" in _refusal(stage)


def test_while_the_engine_has_stopped_itself(start_stage: StartStage) -> None:
    stage = start_stage()
    ledger.stop_writing(stage.engine.store, "a PATCH moved something.")
    assert "gtm resume-writing" in _refusal(stage)


def test_while_a_run_has_the_account_in_hand(start_stage: StartStage) -> None:
    stage = start_stage()
    with stage.engine.store.write() as connection:
        queue.mark_due(connection, [3], trigger="test")
    owner = queue.new_owner()
    assert queue.claim(stage.engine.store, owner, limit=1, run_id="r")
    assert "has account 3 in hand" in _refusal(stage)
    queue.release(stage.engine.store, owner)
    assert stage.probe()[1].complete


def test_where_a_field_is_missing_or_the_layout_moved(start_stage: StartStage) -> None:
    stage = start_stage()
    stage.engine.configure(SUPEROFFICE_FIELD_SUBJECT="SuperOffice:99")
    assert "SuperOffice:99" in _refusal(stage)


def test_where_writing_is_not_allowed(start_stage: StartStage) -> None:
    stage = start_stage()
    stage.engine.configure(SUPEROFFICE_ALLOW_LIVE_WRITE="")
    with (
        pytest.raises(Refused, match="SUPEROFFICE_ALLOW_LIVE_WRITE=true gtm doctor --probe"),
        opened(stage.engine.settings),
    ):
        pass


def test_where_variables_are_missing(start_stage: StartStage) -> None:
    stage = start_stage()
    stage.engine.configure(SUPEROFFICE_CLIENT_ID=None)
    with pytest.raises(ConfigurationError, match="SUPEROFFICE_CLIENT_ID"), opened(stage.engine.settings):
        pass


def test_where_the_store_belongs_to_another_tenant(start_stage: StartStage) -> None:
    stage = start_stage()
    with stage.engine.store.write() as connection:
        set_cursor(connection, "tenant", "Cust99999 at https://online.superoffice.com")
    with pytest.raises(ConfigurationError, match="belongs to Cust99999"), opened(stage.engine.settings):
        pass


def test_while_another_probe_works(start_stage: StartStage) -> None:
    stage = start_stage()
    with stage.engine.store.write() as connection:
        lease = {"name": keeping.LEASE, "owner": "elsewhere/1/x", "lease_until": utc_now() + timedelta(seconds=60)}
        upsert(connection, schema.leases, [lease])
    with pytest.raises(Refused, match="Another probe works"), opened(stage.engine.settings):
        pass
