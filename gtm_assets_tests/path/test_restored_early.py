"""A backup that is restored before the first load has ended: noticed by a backfill, settled by the next pass, and told meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gtm_assets import batch
from gtm_assets.crm import restored
from gtm_assets_tests.path.conftest import StartEngine
from gtm_assets_tests.path.harness import Engine
from resources.store.store import get_cursor, set_cursor, utc_now
from sandbox.superoffice.backups import restore_backup, take_backup


class _Clock:
    """The CRM's clock, hours behind ours; every save has a second of its own."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC) - timedelta(hours=9)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def _stopped(engine: Engine) -> str:
    with engine.store.read() as connection:
        return restored.stop_reason(connection)


def _suspect(engine: Engine, since: datetime) -> None:
    with engine.store.write() as connection:
        state = get_cursor(connection, restored.STATE) or {"step": "suspected", "evidence": "seen by a test"}
        set_cursor(connection, restored.STATE, {**state, "since": since.isoformat()})


def test_the_next_pass_settles_it_and_goes_on(start_engine: StartEngine) -> None:
    clock = _Clock()
    engine = start_engine(companies=2, clock=clock)
    backup = take_backup(engine.world.crm)
    clock.now += timedelta(hours=2)
    for person_id in (1, 2, 3):
        engine.edit("Person", person_id, Lastname=f"Danach {person_id}")
    assert engine.fast_pass(keys=[1]).phases() == {1: "completed"}
    clock.now += timedelta(hours=2)
    restore_backup(engine.world.crm, backup)
    assert isinstance(engine.fast_pass(keys=[1]).error, restored.RestoredBackupError)
    assert batch.anything_due(engine.store, engine.settings) == "", "nothing to do within the minute"

    _suspect(engine, utc_now() - timedelta(hours=1))
    assert batch.anything_due(engine.store, engine.settings)
    assert set(engine.fast_pass().phases()) == {1, 2}
    assert _stopped(engine) == ""
    assert all(engine.texts(2).values())
    assert batch.anything_due(engine.store, engine.settings) == ""


def test_whoever_runs_everything_once_is_told_why_nothing_was_done(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, verticals=())
    _suspect(engine, utc_now())
    done = engine.pass_once()
    assert not done.failed
    assert done.accounts["changed"] == 0
    assert [note for note in done.notes if "looks as if it had been restored from a backup (seen by a test)" in note]
