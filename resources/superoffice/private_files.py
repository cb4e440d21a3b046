"""Small JSON files that only their owner can read, written whole or not at all, and a lock between processes."""

from __future__ import annotations

import json
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from resources.errors import TransientError
from resources.superoffice.errors import SYSTEM


def read_private(path: Path) -> dict[str, Any]:
    """The file's JSON object; empty if there is none, it is damaged, or others could have read it."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            return {}
        document = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}


def write_private(path: Path, document: dict[str, Any]) -> None:
    """Replace the file, mode 0600 from its first moment; readers see the old or the new one, never half of one."""
    _make_directory(path.parent)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(document, file)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


@contextmanager
def between_processes(path: Path, *, timeout: float) -> Iterator[None]:
    """Hold the lock beside ``path``; it ends with its process, so a killed one leaves nothing behind.

    Raises:
        TransientError: Another process held it for more than ``timeout`` seconds.
    """
    from filelock import FileLock, Timeout

    _make_directory(path.parent)
    lock = FileLock(path.with_name(path.name + ".lock"), timeout=timeout, mode=0o600)
    try:
        lock.acquire()
    except Timeout as error:
        message = f"another process has been signing in for more than {timeout:.0f} seconds."
        raise TransientError(SYSTEM, message, "It is tried again by itself.") from error
    try:
        yield
    finally:
        lock.release()


def _make_directory(directory: Path) -> None:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
