"""What stops writing in the middle and is nobody's failure: a tenant that closes in its own words, a restored backup, too many calls."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gtm_assets.crm import restored
from gtm_assets.writeback import ledger
from gtm_assets_tests.path.conftest import StartEngine
from gtm_assets_tests.path.harness import Engine, FastPass
from gtm_assets_tests.stores import rows_of
from resources.errors import TenantClosedError
from resources.store import schema
from resources.store.store import utc_now
from resources.superoffice.client import SuperOfficeClient


def _edit(engine: Engine) -> None:
    for person in (1, 2, 3):
        engine.edit("Person", person, Title="Leiter Einkauf")


def _interrupted(engine: Engine, happens: Callable[[], None]) -> FastPass:
    """A pass in which this happens while its first PATCH is on the way."""
    engine.tell("hold", method="PATCH", path_regex="Person/", when="before")
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(engine.fast_pass)
        while not engine.is_held():
            assert not running.done()
            time.sleep(0.02)
        happens()
        engine.tell("release")
        return running.result()


def _is_due_as_before(engine: Engine) -> bool:
    row = engine.state(1)
    return (row["phase"], row["attempts"], row["lease_owner"]) == ("received", 0, None) and row["due_at"] <= utc_now()


@pytest.mark.parametrize("status", [401, 403, 500])
def test_a_tenant_that_closes_with_any_answer_fails_no_account(start_engine: StartEngine, status: int) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fast_pass()
    _edit(engine)

    def close() -> None:
        engine.switch(tenant_state="OfflineMaintenance")
        engine.fault(system="superoffice", path_regex="/api/v1/", status=status, times=99)

    closed = _interrupted(engine, close)
    assert isinstance(closed.error, TenantClosedError)
    assert _is_due_as_before(engine)


def test_a_backup_that_is_restored_while_records_are_written_fails_no_account(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fast_pass()
    _edit(engine)
    with engine.store.write() as connection:
        connection.execute(schema.cursors.delete().where(schema.cursors.c.name == ledger.VERIFIED))

    def restore() -> None:
        with engine.store.write() as connection:
            restored.begin(connection, "by hand")

    assert _interrupted(engine, restore).error is None
    assert _is_due_as_before(engine)
    engine.fast_pass()
    assert engine.state(1)["phase"] == "completed"


def test_patches_that_meet_429_are_sent_again_and_count_no_attempt(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, fast=True)
    engine.fast_pass()
    _edit(engine)
    mark = engine.mark()
    engine.fault(system="superoffice", method="PATCH", path_regex="Person/", status=429, times=2)
    done = engine.fast_pass()
    assert done.error is None
    row = engine.state(1)
    assert (row["phase"], row["attempts"]) == ("completed", 0)
    entries = engine.journal(system="superoffice", method="PATCH", since=mark)
    assert sum(entry["status"] == 429 for entry in entries) == 2
    assert sorted(entry["path"].rsplit("/", 1)[1] for entry in entries if entry["effect"]) == ["1", "2", "3"]


class _Patient(Engine):
    """Its calls to the CRM wait as long as they are told to."""

    def _crm(self) -> SuperOfficeClient:
        client = super()._crm()
        client._api._sleep = time.sleep
        return client


def test_where_the_crm_takes_fewer_calls_than_it_says_writing_gets_slower_and_nothing_fails(tmp_path: Path) -> None:
    with _Patient(tmp_path, companies=1, fast=True) as engine:
        engine.fast_pass()
        _edit(engine)
        mark = engine.mark()
        engine.tell("faults/rate-limit", per_second=5, retry_after=0.6, count_refused=False)
        done = engine.fast_pass()
        assert done.error is None
        assert (engine.state(1)["phase"], engine.state(1)["attempts"]) == ("completed", 0)
        assert {row["status"] for row in rows_of(engine.store, schema.ledger)} == {"confirmed"}
        entries = engine.journal(system="superoffice", since=mark)
        assert 429 in {entry["status"] for entry in entries}
        with_effect = [
            entry["path"].rsplit("/", 1)[1] for entry in entries if entry["method"] == "PATCH" and entry["effect"]
        ]
        assert sorted(with_effect) == ["1", "2", "3"]
