"""Whether the file of a SQLite store is sound: ``PRAGMA quick_check``, and errors that mean that it is not.

What belongs elsewhere: what stands in the store (``state``); PostgreSQL looks after its own files.
"""

from __future__ import annotations

import sqlite3
import time

import sqlalchemy as sa

from gtm_assets.doctor.looking import Notes
from resources.store.store import Store

#: Seconds for the check; it reads the whole file, and the rest of the look waits for it.
CHECK_SECONDS = 3.0
#: Defects that SQLite names before it stops looking.
_DEFECTS = 3
#: How many steps of SQLite's machine lie between two looks at the clock.
_STEPS = 10_000
_RESTORE = "Stop the platform, keep the file, and put the last backup in its place: docs/doctor.md, 'A damaged store'."


def is_sound(notes: Notes, store: Store, *, seconds: float = CHECK_SECONDS) -> bool:
    """Look through the file, for so many seconds at most; False where it is damaged. Nothing is written."""
    if not store.is_sqlite:
        return True
    notes.step = "file"
    ends = time.monotonic() + seconds
    with store.read() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.set_progress_handler(lambda: time.monotonic() > ends, _STEPS)
        try:
            said = list(connection.exec_driver_sql(f"PRAGMA quick_check({_DEFECTS})").scalars())
        except sa.exc.OperationalError as error:
            if _code(error) != sqlite3.SQLITE_INTERRUPT:
                raise
            notes.remark(
                "file",
                f"too large to be looked through within {seconds:g} s; nothing is known to be wrong.",
                "Once in a while, look through all of it: docs/doctor.md, 'A damaged store'.",
            )
            return True
        finally:
            driver.set_progress_handler(None, 0)
    if said == ["ok"]:
        notes.ok("file", "sound (quick_check).")
        return True
    notes.wrong("file", f"damaged: {' '.join('; '.join(map(str, said)).split())[:300]}", _RESTORE)
    return False


def note_damage(notes: Notes, error: sa.exc.DatabaseError) -> bool:
    """Say so if SQLite failed because the file is damaged, or none of its own; False for any other error."""
    if _code(error) not in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return False
    notes.wrong(notes.step or "schema", f"damaged: {' '.join(str(error.orig).split())[:300]}.", _RESTORE)
    return True


def _code(error: sa.exc.DBAPIError) -> int | None:
    """SQLite's primary result code."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    return None if code is None else int(code) & 0xFF
