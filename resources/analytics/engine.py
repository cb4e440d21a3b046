"""DuckDB over the store, attached read-only: set-based questions while other processes write.

The scanner extensions come from wheels pinned to DuckDB's version and are loaded from there; nothing is downloaded. What belongs elsewhere:
state (``resources.store``): DuckDB is not written to.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


class Analytics:
    """Questions to the store at ``url`` (as for :class:`resources.store.store.Store`); its tables stand in schema ``store``."""

    def __init__(self, url: str) -> None:
        self._url = sa.make_url(url)

    def frame(self, sql: str, parameters: dict[str, Any] | None = None) -> pd.DataFrame:
        """The answer of one query as a table. Times are UTC without offset, as the store keeps them."""
        with self._connect() as connection:
            return connection.execute(sql, parameters or {}).df()

    def rows(self, sql: str, parameters: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """The answer of one query as plain tuples; for commands that need no pandas."""
        with self._connect() as connection:
            return connection.execute(sql, parameters or {}).fetchall()

    def _connect(self) -> duckdb.DuckDBPyConnection:
        import duckdb

        sqlite = self._url.get_backend_name() == "sqlite"
        scanner = "sqlite_scanner" if sqlite else "postgres_scanner"
        # Loading from the wheel's own path needs no INSTALL, which would write to the home directory.
        connection = duckdb.connect(config={"autoinstall_known_extensions": "false"})
        connection.execute(f"LOAD '{_quoted(extension_path(scanner))}'")
        kind = "sqlite" if sqlite else "postgres"
        try:
            connection.execute(f"ATTACH '{_quoted(self._target(sqlite=sqlite))}' AS store (TYPE {kind}, READ_ONLY)")
        except duckdb.Error as error:
            # DuckDB repeats the address with its password; logs and events keep what they are given for ever.
            known = self._url.render_as_string()
            raise RuntimeError(f"DuckDB could not attach the store at {known}: {type(error).__name__}.") from None
        connection.execute("USE store")
        return connection

    def _target(self, *, sqlite: bool) -> str:
        if sqlite:
            return str(self._url.database)
        return self._url.set(drivername="postgresql").render_as_string(hide_password=False)


def extension_path(name: str) -> str:
    """Path of a DuckDB extension inside its wheel (package ``duckdb-extension-<name>``).

    Raises:
        FileNotFoundError: The wheel holds none for this DuckDB version.
    """
    from importlib import import_module

    package = Path(str(import_module(f"duckdb_extension_{name}").__file__)).parent
    found = sorted(package.rglob(f"{name}.duckdb_extension"))
    if not found:
        raise FileNotFoundError(
            f"duckdb-extension-{name.replace('_', '-')} holds no extension; install requirements.lock"
        )
    return str(found[0])


def _quoted(text: str) -> str:
    return text.replace("'", "''")
