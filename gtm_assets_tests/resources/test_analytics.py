"""DuckDB over the store: the same answers from SQLite and PostgreSQL, read-only, beside a writer, without a download."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from gtm_assets_tests.resources.real_postgres import postgres, postgres_store  # noqa: F401 - a fixture
from gtm_assets_tests.stores import account_row, fresh_store, person_row, put
from resources.analytics.engine import Analytics, extension_path
from resources.store import schema
from resources.store.store import Store, upsert


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path: Path) -> Iterator[Store]:
    if request.param == "postgresql":
        request.getfixturevalue("postgres")
    with postgres_store() if request.param == "postgresql" else fresh_store(tmp_path) as opened:
        put(opened, schema.accounts, account_row(1, name="Müller's CNC"), account_row(2))
        put(opened, schema.persons, person_row(5, 1), person_row(6, 1), person_row(7, 2))
        yield opened


@pytest.fixture
def analytics(store) -> Analytics:
    return Analytics(store.url.render_as_string(hide_password=False))


def test_rows_are_joined_and_counted_over_the_stores_tables(analytics) -> None:
    query = (
        """SELECT a.name, count(*) FROM accounts a JOIN persons p USING (contact_id) GROUP BY a.name ORDER BY 2 DESC"""
    )
    assert analytics.rows(query) == [("Müller's CNC", 2), ("Muster 2 GmbH", 1)]


def test_a_frame_has_the_columns_that_were_asked_for(analytics) -> None:
    frame = analytics.frame("SELECT contact_id, name FROM accounts ORDER BY contact_id")
    assert list(frame.columns) == ["contact_id", "name"]
    assert list(frame["contact_id"]) == [1, 2]


def test_parameters_are_values_and_never_part_of_the_query(analytics) -> None:
    assert analytics.rows("SELECT contact_id FROM accounts WHERE name = $name", {"name": "Müller's CNC"}) == [(1,)]


def test_times_are_utc_without_offset(store, analytics) -> None:
    put(store, schema.accounts, account_row(3, crm_updated_at=dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)))
    rows = analytics.rows("SELECT crm_updated_at::TIMESTAMP FROM accounts WHERE contact_id = 3")
    assert rows == [(dt.datetime(2026, 3, 2, 9),)]  # noqa: DTZ001


def test_nothing_can_be_written(analytics) -> None:
    with pytest.raises(duckdb.Error, match="read-only"):
        analytics.rows("DELETE FROM accounts")


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
