"""The sandbox's process: one uvicorn server on loopback, in a thread (tests) or in the foreground (``gtm sandbox``).

``<directory>/sandbox.json`` says where a running one answers. What belongs elsewhere: what it answers (``app``).
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn

from sandbox.app import build_app
from sandbox.environment import environment
from sandbox.superoffice.crm import Clock
from sandbox.world import DATABASE_NAME, DEFAULT_COMPANIES, World

HOST = "127.0.0.1"
DEFAULT_PORT = 8765
ADDRESS_FILE = "sandbox.json"
_PORTS_TRIED = 50
_START_SECONDS = 30.0


class AlreadyRunningError(RuntimeError):
    """Another sandbox serves this directory."""


class SandboxServer:
    """A sandbox that can be started and stopped; a context manager in tests.

    Args:
        directory: Where the world is kept, None for in-memory only.
        port: Port on loopback; 0 for any free one. If it is taken, the next free one is used.
        companies: How many companies a new CRM gets.
        switches: Positions that differ from the defaults.
        fresh: Forget what the directory holds.
        clock: Where the CRM's time comes from.

    Raises:
        AlreadyRunningError: The directory is in use.
        ValueError: An unknown switch.
    """

    def __init__(
        self,
        directory: Path | None = None,
        port: int = 0,
        *,
        companies: int = DEFAULT_COMPANIES,
        switches: Mapping[str, str] | None = None,
        fresh: bool = False,
        clock: Clock | None = None,
    ) -> None:
        self.directory = directory
        if directory is not None:
            url = running_at(directory)
            if url is not None:
                raise AlreadyRunningError(
                    f"A sandbox serves {directory} already, at {url}. Stop it, or use another directory."
                )
            if fresh:
                _forget(directory)
        self.world = World(directory, companies=companies, switches=switches, clock=clock)
        self._socket = _free_socket(port)
        self.base_url = f"http://{HOST}:{self._socket.getsockname()[1]}"
        self.world.base_url = self.base_url
        config = uvicorn.Config(
            build_app(self.world),
            log_level="critical",
            access_log=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=1,
            timeout_keep_alive=60,
        )
        self._server = uvicorn.Server(config)
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Serve in a thread of its own; returns when requests are answered. Raises ``RuntimeError`` if that fails."""
        self._announce()
        self._thread = threading.Thread(target=self._serve, name="sandbox", daemon=True)
        self._thread.start()
        ends = time.monotonic() + _START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > ends:
                raise RuntimeError(f"The sandbox did not start at {self.base_url}.")
            time.sleep(0.005)

    def stop(self) -> None:
        """Stop serving, let held requests go, and close the world."""
        self.world.gate.release()
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(timeout=10)
            self._thread = None
        self._close()

    def run(self) -> None:
        """Serve in the foreground until a signal comes."""
        self._announce()
        try:
            self._serve()
        finally:
            self._close()

    def environment(self, *, system_user: bool = False) -> dict[str, str]:
        """What a client's environment needs to use this sandbox."""
        return environment(self.base_url, self.world, system_user=system_user)

    def _serve(self) -> None:
        # KeyboardInterrupt: uvicorn raises a signal again that it had caught; here it is the ordinary end.
        with contextlib.suppress(KeyboardInterrupt):
            self._server.run(sockets=[self._socket])

    def _announce(self) -> None:
        if self.directory is not None:
            path = self.directory / ADDRESS_FILE
            path.write_text(json.dumps({"base_url": self.base_url, "pid": os.getpid()}), encoding="utf-8")

    def _close(self) -> None:
        self._socket.close()
        self.world.close()
        if self.directory is not None:
            (self.directory / ADDRESS_FILE).unlink(missing_ok=True)


def running_at(directory: Path) -> str | None:
    """Base URL of the sandbox that serves a directory, None if none answers."""
    path = directory / ADDRESS_FILE
    if not path.exists():
        return None
    try:
        url = str(json.loads(path.read_text(encoding="utf-8"))["base_url"])
        with urllib.request.urlopen(f"{url}/control/about", timeout=2) as response:  # noqa: S310 - our own file, http on loopback
            about = json.load(response)
    except (OSError, ValueError, KeyError, urllib.error.URLError):
        return None
    # A port may have gone to another sandbox since.
    return url if about.get("directory") == str(directory.resolve()) else None


def _forget(directory: Path) -> None:
    for name in (DATABASE_NAME, f"{DATABASE_NAME}-wal", f"{DATABASE_NAME}-shm"):
        (directory / name).unlink(missing_ok=True)


def _free_socket(port: int) -> socket.socket:
    for candidate in range(port, port + _PORTS_TRIED) if port else (0,):
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((HOST, candidate))
            # From here on clients queue: whoever reads the printed address may connect at once.
            sock.listen(128)
        except OSError:
            sock.close()
            continue
        return sock
    raise OSError(f"No free port between {port} and {port + _PORTS_TRIED - 1}.")
