"""The process that DuckDB lives in: it attaches the store read-only and answers queries on its standard input.

A process of its own because DuckDB's scanner brings its own copy of SQLite: two copies in one process do not know of each other's file
locks, and when one of them closes the file, the locks of the other are gone (https://www.sqlite.org/howtocorrupt.html, "Multiple copies
of SQLite linked into the same application"). Beside writers in the same process: bus errors and a broken database within seconds.

Started by ``engine`` as a script, so it imports nothing of ours. Requests and answers are pickled, one after the other: first the address,
then pairs of a query and its parameters; each is answered by ``("rows", rows)`` or ``("error", message)``.
"""

from __future__ import annotations

import pickle
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO


def extension_path(name: str) -> str:
    """Path of a DuckDB extension inside its wheel (package ``duckdb-extension-<name>``).

    Raises:
        FileNotFoundError: The wheel holds none for this DuckDB version.
    """
    package = Path(str(import_module(f"duckdb_extension_{name}").__file__)).parent
    found = sorted(package.rglob(f"{name}.duckdb_extension"))
    if not found:
        raise FileNotFoundError(
            f"duckdb-extension-{name.replace('_', '-')} holds no extension; install requirements.lock"
        )
    return str(found[0])


def attached(kind: str, target: str) -> Any:
    """A DuckDB connection with the store's tables; ``kind`` is ``sqlite`` or ``postgres``, ``target`` a path or a connection string."""
    import duckdb

    # Loading from the wheel's own path needs no INSTALL, which would write to the home directory.
    connection = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    connection.execute(f"LOAD '{_quoted(extension_path(f'{kind}_scanner'))}'")
    connection.execute(f"ATTACH '{_quoted(target)}' AS store (TYPE {kind}, READ_ONLY)")
    connection.execute("USE store")
    return connection


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the other side hangs up."""
    import duckdb

    def answer(value: object) -> None:
        pickle.dump(value, answers)
        answers.flush()

    kind, target = pickle.load(requests)  # noqa: S301 - the other end is the process that started this one
    try:
        connection = attached(kind, target)
    except (duckdb.Error, ImportError, OSError) as error:
        # DuckDB repeats the address with its password; logs and events keep what they are given for ever.
        answer(("error", f"could not attach the store: {type(error).__name__}"))
        return
    answer(("rows", []))
    while True:
        try:
            query, parameters = pickle.load(requests)  # noqa: S301 - as above
        except EOFError:
            return
        try:
            found = connection.execute(query, parameters)
            answer(("rows", found.fetchall()))
        except duckdb.Error as error:
            answer(("error", str(error)))


def _quoted(text: str) -> str:
    return text.replace("'", "''")


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
