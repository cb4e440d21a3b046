"""The store looked at both ways: as it should be, older, newer, foreign, locked, damaged or gone. Looking makes and migrates nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from gtm_assets.doctor.integrity import is_sound
from gtm_assets.doctor.looking import Notes
from gtm_assets.tenancy import bind_store
from gtm_assets_tests.doctor.looking import Installation, statuses, told, wrong
from gtm_assets_tests.resources.real_postgres import server_url
from resources.store import schema
from resources.store.store import REVISION, Store, set_cursor, upsert, utc_now


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


def test_a_store_that_is_bound_and_writable(installation: Installation) -> None:
    with installation.store() as store:
        bind_store(store, installation.settings)
    diagnosis = installation.look()
    assert diagnosis.wrong == ()
    assert statuses(diagnosis, "Store") == {"schema": "ok", "file": "ok", "writable": "ok", "tenant": "ok"}
    assert f"revision {REVISION}" in told(diagnosis, "Store", "schema")
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
    assert f"at revision 0001, this program needs {REVISION}" in told(diagnosis, "Store", "schema")
    assert _revision(path) == "0001"


def test_a_store_of_a_newer_program(installation: Installation) -> None:
    with installation.store():
        pass
    path = installation.state / "store.sqlite"
    _set_revision(path, "9999")
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("Store", "schema")}
    assert "Install the newer program" in told(diagnosis, "Store", "schema")
    assert _revision(path) == "9999"
    assert statuses(diagnosis, "SuperOffice")["records"] == "ok", "the CRM was looked at all the same"


def test_a_store_that_belongs_to_another_tenant(installation: Installation) -> None:
    with installation.store() as store, store.write() as connection:
        set_cursor(connection, "tenant", "Cust99999 at https://online.superoffice.com")
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("Store", "tenant")}
    assert "belongs to Cust99999" in told(diagnosis, "Store", "tenant")


def test_a_store_that_can_only_be_read(installation: Installation) -> None:
    with installation.store():
        pass
    installation.environment["GTM_DATABASE_URL"] = (
        f"sqlite:///file:{installation.state / 'store.sqlite'}?mode=ro&uri=true"
    )
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("Store", "writable")}
    assert "readonly" in told(diagnosis, "Store", "writable")
    assert statuses(diagnosis, "Writing")["guard"] == "remark", "what can be read was read"


def test_a_file_that_is_no_database(installation: Installation) -> None:
    installation.state.mkdir()
    (installation.state / "store.sqlite").write_text("this is no database, whatever its name says" * 50)
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("Store", "schema")}
    assert "not a database" in told(diagnosis, "Store", "schema")
    assert "put the last backup in its place" in told(diagnosis, "Store", "schema")
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
    assert "damaged: " in told(diagnosis, "Store", seen_at)
    assert "put the last backup in its place: docs/doctor.md" in told(diagnosis, "Store", seen_at)
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
    assert "holds no tables yet" in told(installation.look(), "Store", "schema")
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


def test_a_store_that_another_process_has_locked_is_told_and_the_rest_is_seen(installation: Installation) -> None:
    with installation.store() as store, store.write():
        diagnosis = installation.look(seconds=8.0)
    assert wrong(diagnosis) == {("Store", "writable")}
    assert "locked" in told(diagnosis, "Store", "writable")
    assert statuses(diagnosis, "SuperOffice")["records"] == "ok"


def test_a_job_that_was_stopped_by_an_error_is_told(installation: Installation) -> None:
    with installation.store() as store, store.write() as connection:
        value = {"at": utc_now().isoformat(), "why": "Gemini: the key is wrong.", "transient": False}
        set_cursor(connection, "stopped:texts_up_to_date", value)
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("Store", "runs")}
    assert "the key is wrong" in told(diagnosis, "Store", "runs")
