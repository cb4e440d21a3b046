"""DuckDB over the store: the same answers from SQLite and PostgreSQL, read-only, beside a writer, without a download."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from gtm_assets.settings import PROJECT_ROOT
from gtm_assets_tests.stores import account_row, fresh_store, person_row, put
from resources.analytics.engine import Analytics, AnalyticsError
from resources.analytics.reader import extension_path
from resources.store import schema
from resources.store.store import Store, upsert


@pytest.fixture
def store(store: Store) -> Store:
    put(store, schema.accounts, account_row(1, name="Müller's CNC"), account_row(2))
    put(store, schema.persons, person_row(5, 1), person_row(6, 1), person_row(7, 2))
    return store


@pytest.fixture
def analytics(store) -> Iterator[Analytics]:
    opened = Analytics(store.url.render_as_string(hide_password=False))
    yield opened
    opened.close()


def test_rows_are_joined_and_counted_over_the_stores_tables(analytics) -> None:
    query = (
        """SELECT a.name, count(*) FROM accounts a JOIN persons p USING (contact_id) GROUP BY a.name ORDER BY 2 DESC"""
    )
    assert analytics.rows(query) == [("Müller's CNC", 2), ("Muster 2 GmbH", 1)]


def test_parameters_are_values_and_never_part_of_the_query(analytics) -> None:
    assert analytics.rows("SELECT contact_id FROM accounts WHERE name = $name", {"name": "Müller's CNC"}) == [(1,)]


def test_the_store_itself_finds_rows_by_its_indexes(analytics) -> None:
    found = analytics.in_store("SELECT name, contact_id FROM accounts WHERE name = 'Müller''s CNC'")
    assert analytics.rows(f"SELECT name, contact_id::INTEGER FROM {found}") == [("Müller's CNC", 1)]  # noqa: S608


def test_times_are_utc_without_offset(store, analytics) -> None:
    put(store, schema.accounts, account_row(3, crm_updated_at=dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)))
    rows = analytics.rows("SELECT crm_updated_at::TIMESTAMP FROM accounts WHERE contact_id = 3")
    assert rows == [(dt.datetime(2026, 3, 2, 9),)]  # noqa: DTZ001


def test_nothing_can_be_written(analytics) -> None:
    with pytest.raises(AnalyticsError, match="read-only"):
        analytics.rows("DELETE FROM accounts")
    assert analytics.rows("SELECT count(*) FROM accounts") == [(2,)], "a wrong question spoils no later one"


def test_questions_are_answered_while_somebody_writes(store, analytics) -> None:
    with store.write() as connection:
        upsert(connection, schema.accounts, [account_row(9)])
        assert analytics.rows("SELECT count(*) FROM accounts") == [(2,)]
    assert analytics.rows("SELECT count(*) FROM accounts") == [(3,)]


@pytest.mark.parametrize("name", ["sqlite_scanner", "postgres_scanner"])
def test_the_extensions_come_from_their_wheels(name) -> None:
    assert Path(extension_path(name)).is_file()


def test_a_missing_wheel_is_told_with_what_to_install() -> None:
    with pytest.raises(ModuleNotFoundError, match="duckdb_extension_nothing"):
        extension_path("nothing")


def test_a_store_in_a_path_with_quote_and_space_is_found(tmp_path) -> None:
    folder = tmp_path / "Müller's Daten"
    folder.mkdir()
    with fresh_store(folder) as store:
        put(store, schema.accounts, account_row(1))
        assert Analytics(f"sqlite:///{folder / 'store.sqlite'}").rows("SELECT count(*) FROM accounts") == [(1,)]


def test_it_ends_its_process_and_begins_anew_when_it_is_asked_again(analytics) -> None:
    assert analytics.rows("SELECT 1") == [(1,)]
    child = analytics._reader
    analytics.close()
    assert child.poll() == 0
    assert analytics.rows("SELECT 2") == [(2,)]
    analytics._reader.kill()
    with pytest.raises(AnalyticsError, match="ended without an answer"):
        analytics.rows("SELECT 3")
    assert analytics.rows("SELECT 4") == [(4,)]


def test_a_store_that_is_not_there_is_told_without_its_password() -> None:
    opened = Analytics("postgresql://gtm:geheim@127.0.0.1:9/nothing")
    for _ in range(3):
        with pytest.raises(AnalyticsError, match=r"could not attach the store") as told:
            opened.rows("SELECT 1")
        assert "geheim" not in str(told.value)
    opened.close()


_WRITE = """
import sys, threading, time
from resources.analytics.engine import Analytics
from resources.store.store import Store, set_cursor
url, name, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
store, analytics = Store(url), Analytics(url)
ends = time.monotonic() + seconds
def write(thread):
    turn = 0
    while time.monotonic() < ends:
        with store.write() as connection:
            set_cursor(connection, f"{name} {thread} {turn % 40}", {"text": "x" * (turn * 97 % 3000)})
        turn += 1
def read():
    while time.monotonic() < ends:
        analytics.rows("SELECT count(*), sum(length(value)) FROM cursors")
        analytics.close()
threads = [threading.Thread(target=write, args=(n,)) for n in range(3)] + [threading.Thread(target=read)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""


def test_asking_beside_writers_in_the_same_process_does_not_destroy_the_store(tmp_path) -> None:
    # With DuckDB inside the writing process (as it once was) all writers died of a bus error in each of five tries of three seconds.
    with fresh_store(tmp_path) as store:
        url = str(store.url)
        writers = [
            subprocess.Popen([sys.executable, "-c", _WRITE, url, name, "4"], cwd=PROJECT_ROOT)
            for name in ("a", "b", "c")
        ]
        assert [writer.wait(timeout=120) for writer in writers] == [0, 0, 0]
        with store.read() as connection:
            assert connection.execute(sa.text("PRAGMA integrity_check")).scalar() == "ok"
