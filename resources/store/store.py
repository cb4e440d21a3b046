"""The store: one SQLAlchemy engine, short transactions, real upserts, on SQLite (WAL) and PostgreSQL alike.

Several processes use it at once. What belongs elsewhere: the tables (``schema``), work queue and leases (``queue``), the shared
rate limit (``rate``), and what rows mean (``gtm_assets``).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from resources.store import schema

T = TypeVar("T")

#: The newest migration; opening a store at another revision migrates it.
REVISION = "0004"
#: Arguments of one statement that SQLite takes for certain on every build (SQLITE_MAX_VARIABLE_NUMBER was 999 before 3.32).
_MAX_PARAMETERS = 900
IDS_AT_ONCE = 400


def utc_now() -> datetime:
    """The current time, aware, in UTC."""
    return datetime.now(UTC)


def stable_hash(value: object) -> str:
    """SHA-256 of a JSON value, independent of the order of its keys."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def chunked(items: Sequence[T], size: int = IDS_AT_ONCE) -> Iterator[Sequence[T]]:
    """Pieces of at most ``size`` items, in order; by default as many ids as one statement takes comfortably."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


class Store:
    """The operational state of one tenant.

    Args:
        url: SQLAlchemy URL, ``sqlite:///path`` or ``postgresql://…`` (driven by psycopg 3).
        migrate: False leaves the schema as it is: for whoever only looks (``gtm doctor``).

    Opening creates or migrates the schema. Use :meth:`read` for queries and :meth:`write` for a transaction that changes
    rows; on SQLite a write takes the lock at its beginning, so it waits instead of failing half-way.
    """

    def __init__(self, url: str, *, migrate: bool = True) -> None:
        self.url = sa.make_url(url)
        if self.url.drivername in {"postgresql", "postgres"}:
            self.url = self.url.set(drivername="postgresql+psycopg")
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if migrate and self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        # Threads that wait for the same row each hold a connection; a loaded database is no reason to give up.
        postgresql = {"pool_pre_ping": True, "max_overflow": 20, "pool_timeout": 120}
        options: dict[str, Any] = {"connect_args": {"timeout": 60}} if self.is_sqlite else postgresql
        self.engine = sa.create_engine(self.url, **options)
        if self.is_sqlite:
            sa.event.listen(self.engine, "connect", _prepare_sqlite)
            sa.event.listen(self.engine, "begin", _begin_sqlite)
        if migrate:
            self._ensure_schema()

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection for queries; nothing is committed."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction: committed at the end, rolled back on any error."""
        with (
            self.engine.connect().execution_options(gtm_write=True) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def rehearse(self) -> Iterator[sa.Connection]:
        """A transaction that is undone at its end: what would a change do? Holds the write lock meanwhile."""
        with self.engine.connect().execution_options(gtm_write=True) as connection, connection.begin() as transaction:
            try:
                yield connection
            finally:
                transaction.rollback()

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def revision(self) -> str | None:
        """The schema's revision, None for an empty database."""
        with self.read() as connection:
            if not sa.inspect(connection).has_table("alembic_version"):
                return None
            value: str | None = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
            return value

    def _ensure_schema(self) -> None:
        if self.revision() == REVISION:
            return
        with self._migration_lock() as connection:
            from alembic import command
            from alembic.config import Config

            config = Config()
            config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def _migration_lock(self) -> Iterator[sa.Connection]:
        """One process migrates, the others wait: a file lock beside SQLite, an advisory lock in PostgreSQL."""
        if not self.is_sqlite:
            with self.engine.connect() as connection, connection.begin():
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(7243911)"))
                yield connection
            return
        if not self.url.database or self.url.database == ":memory:":
            with self.write() as connection:
                yield connection
            return
        with Path(f"{self.url.database}.migrate.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with self.write() as connection:
                yield connection


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=60000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    write = connection.get_execution_options().get("gtm_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def upsert(
    connection: sa.Connection,
    table: sa.Table,
    rows: Iterable[Mapping[str, Any]],
    *,
    update: Sequence[str] | None = None,
) -> None:
    """Insert rows, or update those whose primary key exists.

    Args:
        connection: A write transaction.
        table: Its primary key decides what exists.
        rows: Mappings with the same keys.
        update: Columns to overwrite; by default every given column outside the key.
    """
    values = [dict(row) for row in rows]
    if not values:
        return
    keys = [column.name for column in table.primary_key]
    columns = [name for name in (update if update is not None else values[0]) if name not in keys]
    insert = _insert(connection, table)
    if columns:
        statement = insert.on_conflict_do_update(
            index_elements=keys, set_={name: insert.excluded[name] for name in columns}
        )
    else:
        statement = insert.on_conflict_do_nothing(index_elements=keys)
    # Rows beside the statement and not within it: then it is compiled once, not for every number of rows anew.
    connection.execute(statement, values)


def insert_new(
    connection: sa.Connection, table: sa.Table, rows: Iterable[Mapping[str, Any]], *, unique: Sequence[str]
) -> int:
    """Insert rows whose ``unique`` columns are not there yet; answers how many were new."""
    values = [dict(row) for row in rows]
    new = 0
    for piece in chunked(values, max(1, _MAX_PARAMETERS // len(values[0]))) if values else ():
        statement = _insert(connection, table).values(list(piece)).on_conflict_do_nothing(index_elements=list(unique))
        # Counted by what comes back: psycopg has no row count for several rows of values.
        new += len(connection.execute(statement.returning(table.c[unique[0]])).all())
    return new


def _insert(connection: sa.Connection, table: sa.Table) -> Any:
    return (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)


def rows_by(
    connection: sa.Connection, key: sa.Column[Any], values: Iterable[Any], *conditions: sa.ColumnElement[bool]
) -> dict[Any, dict[str, Any]]:
    """Rows whose ``key`` is one of ``values`` and that meet the conditions, by that key (which has to be unique among them)."""
    found: dict[Any, dict[str, Any]] = {}
    for piece in chunked(sorted(set(values))):
        query = sa.select(key.table).where(key.in_(piece), *conditions)
        found |= {row[key.name]: dict(row) for row in connection.execute(query).mappings()}
    return found


def get_cursor(connection: sa.Connection, name: str) -> Any | None:
    """The JSON value of a named cursor, None where it was never set."""
    return connection.execute(sa.select(schema.cursors.c.value).where(schema.cursors.c.name == name)).scalar()


def set_cursor(connection: sa.Connection, name: str, value: Any) -> None:
    """Remember a JSON value under a name."""
    upsert(connection, schema.cursors, [{"name": name, "value": value, "updated_at": utc_now()}])
