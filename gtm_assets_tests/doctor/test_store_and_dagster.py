"""The store, what stands in it about writing, and Dagster's instance, each looked at both ways. Looking makes and migrates nothing."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa

from gtm_assets.doctor.integrity import is_sound
from gtm_assets.doctor.looking import Notes
from gtm_assets.doctor.probe import keeping
from gtm_assets.tenancy import bind_store
from gtm_assets.writeback import ledger
from gtm_assets_tests.doctor.looking import Installation, about, statuses, wrong
from gtm_assets_tests.resources.real_postgres import postgres, server_url  # noqa: F401 - a fixture
from resources.store import queue, schema
from resources.store.store import REVISION, Store, set_cursor, upsert, utc_now


def _said(diagnosis: Any, area: str, name: str) -> str:
    return " ".join(f"{f.said} {f.to_do}" for f in about(diagnosis, area, name))


def _set_revision(path: Path, revision: str) -> None:
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :r"), {"r": revision})
    engine.dispose()


def _revision(path: Path) -> str | None:
    store = Store(f"sqlite:///{path}", migrate=False)
    try:
        return store.revision()
    finally:
        store.close()


# --- the store ---------------------------------------------------------------------------------------------------------------------


def test_a_store_that_is_bound_and_writable(installation: Installation) -> None:
    with installation.store() as store:
        bind_store(store, installation.settings)
    diagnosis = installation.look()
    assert diagnosis.wrong == ()
    assert statuses(diagnosis, "Store") == {"schema": "ok", "file": "ok", "writable": "ok", "tenant": "ok"}
    assert f"revision {REVISION}" in _said(diagnosis, "Store", "schema")
    with installation.store() as store, store.read() as connection:
        names = list(connection.execute(sa.select(schema.cursors.c.name)).scalars())
    assert names == ["tenant"], "what was tried was taken back"


def test_a_store_that_is_not_made_yet_is_not_made(installation: Installation) -> None:
    diagnosis = installation.look()
    assert statuses(diagnosis, "Store") == {"schema": "remark"}
    assert not installation.state.exists()


def test_an_older_store_is_not_migrated(installation: Installation) -> None:
    with installation.store():
        pass
    path = installation.state / "store.sqlite"
    _set_revision(path, "0001")
    diagnosis = installation.look()
    assert statuses(diagnosis, "Store") == {"schema": "remark"}
    assert f"at revision 0001, this program needs {REVISION}" in _said(diagnosis, "Store", "schema")
    assert _revision(path) == "0001"


def test_a_store_of_a_newer_program(installation: Installation) -> None:
    with installation.store():
        pass
    path = installation.state / "store.sqlite"
    _set_revision(path, "9999")
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("Store", "schema")}
    assert "Install the newer program" in _said(diagnosis, "Store", "schema")
    assert _revision(path) == "9999"
    assert statuses(diagnosis, "SuperOffice")["records"] == "ok", "the CRM was looked at all the same"


def test_a_store_that_belongs_to_another_tenant(installation: Installation) -> None:
    with installation.store() as store, store.write() as connection:
        set_cursor(connection, "tenant", "Cust99999 at https://online.superoffice.com")
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("Store", "tenant")}
    assert "belongs to Cust99999" in _said(diagnosis, "Store", "tenant")


def test_a_store_that_can_only_be_read(installation: Installation) -> None:
    with installation.store():
        pass
    installation.environment["GTM_DATABASE_URL"] = (
        f"sqlite:///file:{installation.state / 'store.sqlite'}?mode=ro&uri=true"
    )
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("Store", "writable")}
    assert "readonly" in _said(diagnosis, "Store", "writable")
    assert statuses(diagnosis, "Writing")["guard"] == "remark", "what can be read was read"


def test_a_file_that_is_no_database(installation: Installation) -> None:
    installation.state.mkdir()
    (installation.state / "store.sqlite").write_text("this is no database, whatever its name says" * 50)
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("Store", "schema")}
    assert "not a database" in _said(diagnosis, "Store", "schema")
    assert "put the last backup in its place" in _said(diagnosis, "Store", "schema")
    assert statuses(diagnosis, "SuperOffice")["records"] == "ok"


def _fill(store: Store) -> None:
    """Some hundred kilobytes."""
    row = {"reason": "objection " * 20, "source": "test", "created_at": utc_now()}
    with store.write() as connection:
        upsert(connection, schema.suppressions, [{"identifier": f"person:{i}", **row} for i in range(2000)])


_PAGE = 4096


def _damage(path: Path, first: int) -> None:
    """Pages that a disk has lost: this one and all that follow, the last aside."""
    with path.open("r+b") as file:
        pages = file.seek(0, 2) // _PAGE
        file.seek(first * _PAGE)
        file.write(b"\xff" * (pages - 1 - first) * _PAGE)


@pytest.mark.parametrize(("first", "seen_at"), [(-8, "file"), (1, "schema")], ids=["a few pages", "all but the first"])
def test_a_damaged_file_is_told_and_is_well_again_once_the_backup_is_in_its_place(
    installation: Installation, first: int, seen_at: str
) -> None:
    with installation.store() as store:
        _fill(store)
    path = installation.state / "store.sqlite"
    backup = path.with_suffix(".backup")
    shutil.copy(path, backup)
    _damage(path, first % (path.stat().st_size // _PAGE))
    damaged = path.read_bytes()
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("Store", seen_at)}
    assert set(statuses(diagnosis, "Store")) == {"schema", seen_at}, "nothing was tried with it"
    assert "damaged: " in _said(diagnosis, "Store", seen_at)
    assert "put the last backup in its place: docs/doctor.md" in _said(diagnosis, "Store", seen_at)
    assert path.read_bytes() == damaged
    assert statuses(diagnosis, "SuperOffice")["records"] == "ok", "the CRM was looked at all the same"
    shutil.copy(backup, path)
    assert installation.look().wrong == ()


def test_a_file_that_is_too_large_for_the_moment_is_not_called_damaged(installation: Installation) -> None:
    notes = Notes("Store")
    with installation.store() as store:
        _fill(store)
        assert is_sound(notes, store, seconds=-1.0)
        assert is_sound(notes, store), "the limit was of that one check only"
    assert [finding.status for finding in notes.close()] == ["remark", "ok"]


@pytest.mark.usefixtures("postgres")
def test_a_postgresql_that_is_empty_migrated_or_gone(installation: Installation) -> None:
    url = sa.make_url(server_url()).set(drivername="postgresql", database="doctor")
    admin = sa.create_engine(
        url.set(drivername="postgresql+psycopg", database="postgres"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE doctor"))
    installation.environment["GTM_DATABASE_URL"] = url.render_as_string(hide_password=False)
    assert "holds no tables yet" in _said(installation.look(), "Store", "schema")
    with installation.store() as store:
        bind_store(store, installation.settings)
    assert statuses(installation.look(), "Store") == {"schema": "ok", "writable": "ok", "tenant": "ok"}
    with admin.connect() as connection:
        connection.execute(sa.text("DROP DATABASE doctor"))
    admin.dispose()
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("Store", "schema")}
    assert statuses(diagnosis, "Notion")["verticals"] == "ok"


def test_the_password_of_the_database_is_shown_nowhere(installation: Installation) -> None:
    installation.environment["GTM_DATABASE_URL"] = "postgresql://gtm:pa55w0rd-of-gtm@127.0.0.1:9/gtm"
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("Store", "schema")}
    assert "pa55w0rd" not in str(diagnosis.as_json())
    assert any("gtm:***@127.0.0.1" in row.shown for row in diagnosis.settings)


def test_a_job_that_was_stopped_by_an_error_is_told(installation: Installation) -> None:
    with installation.store() as store, store.write() as connection:
        value = {"at": utc_now().isoformat(), "why": "Gemini: the key is wrong.", "transient": False}
        set_cursor(connection, "stopped:texts_up_to_date", value)
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("Store", "runs")}
    assert "the key is wrong" in _said(diagnosis, "Store", "runs")


# --- writing -----------------------------------------------------------------------------------------------------------------------


def _probed(store: Store, installation: Installation, **changed: Any) -> None:
    from gtm_assets.tenancy import tenant_name

    at = utc_now().isoformat()
    result = {
        "at": at,
        "tenant": tenant_name(installation.settings),
        "version": "",
        "person_id": 7,
        "guard": "B",
        "guard_reason": "If-Unmodified-Since works.",
        "answers": [{"point": 8, "question": "?", "answer": "yes.", "settled": "yes", "brief": "412 after an edit"}],
        **changed,
    }
    keeping.store_result(store, result)
    with store.write() as connection:
        ledger.set_guard(connection, "B", {"at": at})


def test_an_installation_that_was_never_probed_is_told_how(installation: Installation) -> None:
    with installation.store():
        pass
    diagnosis = installation.look()
    assert diagnosis.guard == {"level": "C"}
    assert statuses(diagnosis, "Writing") == {"allowed": "ok", "guard": "remark"}
    assert "gtm doctor --probe" in _said(diagnosis, "Writing", "guard")


def test_the_level_its_day_and_its_reason_are_shown(installation: Installation) -> None:
    with installation.store() as store:
        _probed(store, installation)
    diagnosis = installation.look()
    assert (diagnosis.guard["level"], statuses(diagnosis, "Writing")["guard"]) == ("B", "ok")
    assert f"level B since {utc_now():%Y-%m-%d}, by a probe of person 7" in _said(diagnosis, "Writing", "guard")
    assert diagnosis.probe is not None


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"at": (utc_now() - timedelta(days=400)).isoformat()}, "more than a year ago"),
        ({"tenant": "Cust1 at https://sod.superoffice.com"}, "not the tenant of the settings"),
        ({"version": "Release_1"}, "the probe was of release Release_1"),
    ],
)
def test_a_probe_that_says_little_about_today_is_a_remark(installation: Installation, changed: dict, what: str) -> None:
    with installation.store() as store:
        _probed(store, installation, **changed)
    diagnosis = installation.look()
    assert diagnosis.wrong == ()
    assert statuses(diagnosis, "Writing")["guard"] == "remark"
    assert what in _said(diagnosis, "Writing", "guard")


def test_whether_writing_is_allowed_or_stopped(installation: Installation) -> None:
    with installation.store() as store:
        installation.environment["SUPEROFFICE_ALLOW_LIVE_WRITE"] = ""
        assert "nothing is sent" in _said(installation.look(), "Writing", "allowed")
        installation.environment["SUPEROFFICE_ALLOW_LIVE_WRITE"] = "true"
        assert "plans are sent" in _said(installation.look(), "Writing", "allowed")
        ledger.stop_writing(store, "a PATCH moved Hobby.")
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("Writing", "allowed")}
    assert "a PATCH moved Hobby" in _said(diagnosis, "Writing", "allowed")


def _note() -> dict[str, Any]:
    return {
        "person_id": 7,
        "contact_id": 3,
        "begun_at": utc_now().isoformat(),
        "fields": {"subject": "SuperOffice:19"},
        "before": {"superoffice:19": "Betreff von Hand"},
    }


def test_a_probe_that_did_not_end_says_what_stood_there(installation: Installation) -> None:
    with installation.store() as store, store.write() as connection:
        set_cursor(connection, keeping.NOTE, _note())
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("Writing", "probe")}
    said = _said(diagnosis, "Writing", "probe")
    assert "subject (SuperOffice:19): 'Betreff von Hand'" in said
    assert "gtm doctor --probe 7" in said


def test_a_probe_that_works_just_now_is_a_remark(installation: Installation) -> None:
    with installation.store() as store:
        with store.write() as connection:
            set_cursor(connection, keeping.NOTE, _note())
        assert queue.take_lease(store, keeping.LEASE, queue.new_owner())
        diagnosis = installation.look()
    assert diagnosis.wrong == ()
    assert "works just now" in _said(diagnosis, "Writing", "probe")


# --- Dagster -----------------------------------------------------------------------------------------------------------------------


def _instance(installation: Installation) -> Any:
    from gtm_assets.platform import dagster_home

    dagster_home(installation.settings)
    return dg.DagsterInstance.get()


def _beat(instance: Any, daemon: str, *, seconds_ago: float = 0.0, errors: list[Any] | None = None) -> None:
    from dagster._daemon.types import DaemonHeartbeat

    instance.add_daemon_heartbeat(DaemonHeartbeat(utc_now().timestamp() - seconds_ago, daemon, "x", errors))


def test_an_instance_without_daemon_is_a_remark(installation: Installation) -> None:
    with _instance(installation):
        pass
    diagnosis = installation.look()
    assert statuses(diagnosis, "Dagster") == {"daemon": "remark"}
    assert "gtm up" in _said(diagnosis, "Dagster", "daemon")


def test_daemons_that_live_that_died_and_that_complain(installation: Installation) -> None:
    with _instance(installation) as instance:
        required = sorted(instance.get_required_daemon_types())
        for daemon in required:
            _beat(instance, daemon)
        diagnosis = installation.look()
        assert statuses(diagnosis, "Dagster") == {"daemon": "ok"}
        assert "the platform runs" in _said(diagnosis, "Dagster", "daemon")
        _beat(instance, required[0], seconds_ago=86_400)
        diagnosis = installation.look()
        assert wrong(diagnosis) == {("Dagster", "daemon")}
        assert required[0] in _said(diagnosis, "Dagster", "daemon")
        for daemon in required:
            _beat(instance, daemon, seconds_ago=86_400)
        assert "none lives since" in _said(installation.look(), "Dagster", "daemon")


def test_a_daemon_that_reports_errors(installation: Installation) -> None:
    from dagster._utils.error import SerializableErrorInfo

    with _instance(installation) as instance:
        for daemon in instance.get_required_daemon_types():
            _beat(instance, daemon, errors=[SerializableErrorInfo("the code location does not load", [], None)])
    diagnosis = installation.look()
    assert ("Dagster", "daemon") in wrong(diagnosis)
    assert "the code location does not load" in _said(diagnosis, "Dagster", "daemon")


def test_a_sensor_that_somebody_stopped_is_a_remark(installation: Installation) -> None:
    from dagster._core.definitions.run_request import InstigatorType
    from dagster._core.remote_origin import InProcessCodeLocationOrigin, RemoteInstigatorOrigin, RemoteRepositoryOrigin
    from dagster._core.scheduler.instigation import InstigatorState, InstigatorStatus, SensorInstigatorData
    from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

    target = LoadableTargetOrigin(module_name="gtm_assets.definitions")
    repository = RemoteRepositoryOrigin(InProcessCodeLocationOrigin(target), "__repository__")
    origin = RemoteInstigatorOrigin(repository, "superoffice_changes")
    state = InstigatorState(origin, InstigatorType.SENSOR, InstigatorStatus.STOPPED, SensorInstigatorData())
    with _instance(installation) as instance:
        instance.add_instigator_state(state)
    diagnosis = installation.look()
    assert statuses(diagnosis, "Dagster")["sensors"] == "remark"
    assert "superoffice_changes: stopped" in _said(diagnosis, "Dagster", "sensors")


def test_the_instance_is_the_one_that_the_status_looks_at(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _instance(installation):
        pass
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(installation.state / "dagster", elsewhere)
    monkeypatch.setenv("DAGSTER_HOME", str(elsewhere))
    with dg.DagsterInstance.get() as instance:
        for daemon in instance.get_required_daemon_types():
            _beat(instance, daemon)
    assert f"instance {elsewhere})" in _said(installation.look(), "Dagster", "daemon")


def test_a_home_whose_databases_are_just_being_made_is_left_alone(installation: Installation) -> None:
    home = installation.state / "dagster"
    home.mkdir(parents=True)
    (home / "dagster.yaml").write_text("{}\n")
    assert statuses(installation.look(), "Dagster") == {"instance": "remark"}
    assert [path.name for path in home.iterdir()] == ["dagster.yaml"]


def test_an_instance_that_cannot_be_read_keeps_nothing_else_from_being_seen(installation: Installation) -> None:
    with _instance(installation):
        pass
    home = installation.state / "dagster"
    for name in ("runs", "schedules", "storage", "history"):
        if (home / name).is_dir():
            shutil.rmtree(home / name)
    (home / "dagster.yaml").write_text("storage: {this: is no storage}\n")
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("Dagster", "instance")}
    assert statuses(diagnosis, "SuperOffice")["records"] == "ok"


def test_a_store_that_another_process_has_locked_is_told_and_the_rest_is_seen(installation: Installation) -> None:
    with installation.store() as store, store.write():
        diagnosis = installation.look(seconds=8.0)
    assert wrong(diagnosis) == {("Store", "writable")}
    assert "locked" in _said(diagnosis, "Store", "writable")
    assert statuses(diagnosis, "SuperOffice")["records"] == "ok"
