"""The store on SQLite and on a real PostgreSQL: schema and migrations agree, opening at once, upserts, transactions, times."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st

from gtm_assets.settings import PROJECT_ROOT
from gtm_assets_tests.resources.real_postgres import empty_database
from gtm_assets_tests.stores import account_row, passing_store, person_row, put, rows_of, written_row
from resources.store import queue, schema
from resources.store.store import (
    REVISION,
    Store,
    chunked,
    get_cursor,
    insert_new,
    set_cursor,
    stable_hash,
    upsert,
    utc_now,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path: Path) -> str:
    """A database where nothing is yet."""
    if request.param == "postgresql":
        request.getfixturevalue("postgres")
    return empty_database() if request.param == "postgresql" else f"sqlite:///{tmp_path / 'deep' / 'store.sqlite'}"


def test_the_migrations_make_exactly_the_schema(store) -> None:
    with store.read() as connection:
        # SQLite shows defaults in a notation of its own; PostgreSQL compares them for both.
        options = {"compare_type": True, "compare_server_default": not store.is_sqlite}
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, schema.metadata)
    assert differences == []


def test_opening_makes_the_schema_and_opening_again_changes_nothing(url) -> None:
    with ExitStack() as stack:
        first = Store(url)
        stack.callback(first.close)
        assert first.revision() == REVISION
        put(first, schema.accounts, account_row(1))
        second = Store(url)
        stack.callback(second.close)
        assert second.revision() == REVISION
        assert len(rows_of(second, schema.accounts)) == 1


def test_a_store_of_the_first_schema_is_brought_up_to_date_and_loses_nothing(url) -> None:
    with ExitStack() as stack:
        newest = Store(url)
        stack.callback(newest.close)
        put(newest, schema.accounts, account_row(1))
        put(newest, schema.persons, person_row(5, 1, persona_key="leitung"))
        with newest.write() as connection:
            queue.mark_due(connection, [1], trigger="a change")
        _downgrade(newest, "0001")
        assert newest.revision() == "0001"
        assert "text_level" not in {column["name"] for column in sa.inspect(newest.engine).get_columns("persons")}

        again = Store(url)
        stack.callback(again.close)
        assert again.revision() == REVISION
        (person,) = rows_of(again, schema.persons)
        assert (person["persona_key"], person["text_level"], person["text_reason"]) == ("leitung", None, "")
        (state,) = rows_of(again, schema.sync_state)
        assert (state["trigger"], state["kind"]) == ("a change", "")
        assert len(rows_of(again, schema.accounts)) == 1


def test_calls_of_an_earlier_schema_belong_to_the_block_that_came_of_them(url) -> None:
    at = utc_now()
    call = {
        "kind": "cell",
        "attempt": 1,
        "model": "m",
        "prompt_version": "1",
        "price": 0.5,
        "seconds": 1.0,
        "called_at": at,
    }
    made = {"key": "a|b", "run_id": "run", "prompt_tokens": 100, "output_tokens": 10, "problem": ""}
    block = {
        "kind": "cell",
        "version": 1,
        "inputs_hash": "h",
        "content_hash": "h",
        "content": {},
        "findings": [],
        "passed": True,
    }
    block |= {"prompt_version": "1", "model": "m", "inputs": {}, "created_at": at, "current": True}
    with ExitStack() as stack:
        newest = Store(url)
        stack.callback(newest.close)
        put(newest, schema.text_blocks, {**block, "id": 7, "key": "a|b", "run_id": "run"})
        put(
            newest,
            schema.model_calls,
            {**call, **made, "id": 1},
            {**call, **made, "id": 2, "run_id": "another run"},
            {**call, **made, "id": 3, "prompt_tokens": 0, "output_tokens": 0, "problem": "503"},
        )
        _downgrade(newest, "0002")
        again = Store(url)
        stack.callback(again.close)
        found = [(row["block_id"], row["state"], row["price"]) for row in rows_of(again, schema.model_calls)]
    assert found == [(7, "answered", 0.5), (None, "answered", 0.5), (7, "failed", 0.5)]


def _downgrade(store: Store, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(PROJECT_ROOT / "resources" / "store" / "migrations"))
    with store.write() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


_OPEN = "import sys; from resources.store.store import Store; print(Store(sys.argv[1]).revision())"


def test_several_processes_may_open_an_empty_database_at_once(url) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _OPEN, url], cwd=PROJECT_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(3)
    ]
    ends = [process.communicate() for process in processes]
    assert [(out.decode().strip(), err.decode()) for out, err in ends] == [(REVISION, "")] * 3


@pytest.mark.usefixtures("postgres")
def test_a_url_of_postgresql_is_driven_by_psycopg_3_however_it_is_written() -> None:
    url = empty_database()
    for scheme in ("postgresql", "postgres", "postgresql+psycopg"):
        store = Store(url.replace("postgresql", scheme, 1))
        assert store.engine.driver == "psycopg"
        store.close()


def test_a_database_in_a_path_with_a_space_and_a_percent_sign_opens(tmp_path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'mit Leerzeichen' / '100%.sqlite'}")
    assert store.revision() == REVISION
    store.close()


def test_an_error_takes_everything_of_its_transaction_back(store) -> None:
    def stop_half_way() -> None:
        with store.write() as connection:
            upsert(connection, schema.accounts, [account_row(1)])
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        stop_half_way()
    assert rows_of(store, schema.accounts) == []


def test_reading_commits_nothing(store) -> None:
    with store.read() as connection:
        upsert(connection, schema.accounts, [account_row(1)])
    assert rows_of(store, schema.accounts) == []


def test_an_upsert_inserts_what_is_new_and_overwrites_what_is_there(store) -> None:
    put(store, schema.accounts, account_row(1, name="Alt"))
    with store.write() as connection:
        upsert(connection, schema.accounts, [account_row(1, name="Neu"), account_row(2, name="Zwei")])
    assert [row["name"] for row in rows_of(store, schema.accounts)] == ["Neu", "Zwei"]


def test_an_upsert_overwrites_only_the_named_columns_or_nothing_at_all(store) -> None:
    put(store, schema.accounts, account_row(1, name="Alt", url="alt"))
    with store.write() as connection:
        upsert(connection, schema.accounts, [account_row(1, name="Neu", url="neu")], update=["url"])
        upsert(connection, schema.accounts, [account_row(1, name="Neu", url="neuer"), account_row(2)], update=[])
    first, second = rows_of(store, schema.accounts)
    assert (first["name"], first["url"], second["contact_id"]) == ("Alt", "neu", 2)


def test_a_key_of_several_columns_decides_too(store) -> None:
    row = written_row("Person", 5, "subject", "alt")
    put(store, schema.written_values, row, {**row, "field": "intro"}, {**row, "value": "neu"})
    assert {r["field"]: r["value"] for r in rows_of(store, schema.written_values)} == {"intro": "alt", "subject": "neu"}


def test_many_rows_are_written_in_pieces(store) -> None:
    with store.write() as connection:
        upsert(connection, schema.accounts, [account_row(i) for i in range(1, 501)])
        upsert(connection, schema.accounts, [])
    assert len(rows_of(store, schema.accounts)) == 500


def _change(entity_id: int, moment: datetime) -> dict[str, object]:
    return {
        "entity": "Contact",
        "entity_id": entity_id,
        "contact_id": entity_id,
        "crm_updated_at": moment,
        "updated_by": None,
        "source": "poll",
        "settled": True,
        "detected_at": moment,
    }


def test_inserting_what_is_new_counts_it_and_leaves_the_rest(store) -> None:
    moment = utc_now()
    unique = ("entity", "entity_id", "crm_updated_at")
    with store.write() as connection:
        assert insert_new(connection, schema.changes, [_change(1, moment), _change(2, moment)], unique=unique) == 2
        assert insert_new(connection, schema.changes, [_change(2, moment), _change(3, moment)], unique=unique) == 1
        assert insert_new(connection, schema.changes, [], unique=unique) == 0
        many = [_change(i, moment) for i in range(1, 301)]
        assert insert_new(connection, schema.changes, many, unique=unique) == 297
    assert len(rows_of(store, schema.changes)) == 300


def test_times_come_back_in_utc_whatever_zone_they_were_given_in(store) -> None:
    moment = datetime(2026, 3, 2, 10, 0, tzinfo=timezone(timedelta(hours=2)))
    put(store, schema.accounts, account_row(1, crm_updated_at=moment))
    found = rows_of(store, schema.accounts)[0]["crm_updated_at"]
    assert found == moment
    assert found.tzinfo is UTC
    with store.read() as connection:
        naive = connection.execute(sa.text("SELECT crm_updated_at FROM accounts")).scalar()
    assert str(naive).startswith("2026-03-02 08:00:00")


def test_a_time_without_zone_is_refused(store) -> None:
    with pytest.raises(sa.exc.StatementError, match="aware datetimes only"):
        put(store, schema.accounts, account_row(1, crm_updated_at=datetime(2026, 3, 2)))  # noqa: DTZ001


def test_json_columns_hold_umlauts_nesting_and_empties(store) -> None:
    value = {"größe": ["ä", {"x": None}], "leer": {}, "quote": "'\"\\"}
    put(store, schema.accounts, account_row(1, fields=value))
    assert rows_of(store, schema.accounts)[0]["fields"] == value


def test_a_cursor_is_none_before_it_is_set_and_the_last_value_counts(store) -> None:
    with store.write() as connection:
        assert get_cursor(connection, "x") is None
        set_cursor(connection, "x", {"a": 1})
        set_cursor(connection, "x", [1, "zwei"])
    with store.read() as connection:
        assert get_cursor(connection, "x") == [1, "zwei"]


def test_writers_of_one_row_do_not_lose_each_others_work(store) -> None:
    """Reading and writing in one transaction, from many threads: on SQLite the write takes its lock at the beginning."""
    put(store, schema.rate_tokens, {"bucket": "b", "next_free": 0.0})
    table = schema.rate_tokens

    def add_one(_: int) -> None:
        with store.write() as connection:
            value = connection.execute(sa.select(table.c.next_free).with_for_update()).scalar_one()
            connection.execute(sa.update(table).values(next_free=value + 1))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add_one, range(40)))
    assert rows_of(store, table)[0]["next_free"] == 40


def test_readers_see_the_state_before_while_somebody_writes(store) -> None:
    inside, seen = threading.Event(), threading.Event()

    def write() -> None:
        with store.write() as connection:
            upsert(connection, schema.accounts, [account_row(1)])
            inside.set()
            seen.wait(30)

    thread = threading.Thread(target=write)
    thread.start()
    assert inside.wait(30)
    try:
        assert rows_of(store, schema.accounts) == []
    finally:
        seen.set()
        thread.join()
    assert len(rows_of(store, schema.accounts)) == 1


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), _JSON, max_size=5))
def test_a_hash_does_not_depend_on_the_order_of_keys(value) -> None:
    assert stable_hash(value) == stable_hash(dict(reversed(list(value.items()))))
    assert stable_hash({**value, "neu": 1}) != stable_hash({**value, "neu": 2})


@given(st.lists(st.integers(), max_size=20), st.integers(1, 7))
def test_pieces_are_short_enough_and_together_everything(items, size) -> None:
    pieces = list(chunked(items, size))
    assert [item for piece in pieces for item in piece] == items
    assert all(0 < len(piece) <= size for piece in pieces)


def test_the_stores_of_two_examples_of_a_property_know_nothing_of_each_other() -> None:
    for _ in range(2):
        with passing_store() as opened:
            assert rows_of(opened, schema.accounts) == []
            put(opened, schema.accounts, account_row(1))
