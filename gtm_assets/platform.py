"""Dagster's home and the platform's processes: webserver and daemon as one group that ends together.

What belongs elsewhere: what they load (``definitions``), the command (``cli``).
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from filelock import FileLock

from gtm_assets.settings import PROJECT_ROOT, ConfigurationError, Settings, vendor_variables

BOARD_PATH = "/assets/sync_board"
START_PATH = "/assets/start_here"
HOST = "127.0.0.1"
_PORTS_TRIED = 50
_LOCATIONS = """{ workspaceOrError { ... on Workspace { locationEntries {
  loadStatus locationOrLoadError { __typename ... on PythonError { message } } } } } }"""
_START_SECONDS = 120.0
_STOP_SECONDS = 10.0
#: Member of the children's group that ends the group when its standard input closes: also when ``gtm up`` is killed with -9.
_LIFELINE = "trap '' TERM INT; read _; kill -TERM 0; sleep 8; kill -KILL 0"


def dagster_home(settings: Settings) -> Path:
    """Dagster's home inside the state directory, with the tracked ``dagster.yaml``; made where it is missing."""
    home = settings.gtm_state_dir / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    os.environ["DAGSTER_HOME"] = str(home)
    with FileLock(home / "prepare.lock"):
        shutil.copyfile(PROJECT_ROOT / "dagster.yaml", home / "dagster.yaml")
        made = home / "prepared"
        if not made.exists():
            _make_instance()
            made.touch()
    return home


def _make_instance() -> None:
    """Let one process make Dagster's databases: two at once write their revision twice, and then nothing loads any more."""
    import dagster as dg

    with dg.DagsterInstance.get() as instance:
        instance.get_runs_count()
        instance.get_dynamic_partitions("account")
        instance.all_instigator_state()


def wants_sandbox(values: Mapping[str, str], settings: Settings) -> bool:
    """Whether the platform runs against the sandbox: no variable of an outside system is set.

    Raises:
        ConfigurationError: Some are set and others are missing; it names them.
    """
    found = vendor_variables(values)
    if not found:
        return True
    missing = [name for names in settings.missing().values() for name in names]
    if missing:
        raise ConfigurationError(
            f"Some variables of the outside systems are set ({', '.join(found)}), these are missing: {', '.join(missing)}. "
            "Set all of them for the real systems, or none for the sandbox (see .env.example)."
        )
    return False


def free_port(wanted: int) -> int:
    """The wanted port on loopback, or the next free one."""
    for port in range(wanted, wanted + _PORTS_TRIED):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise ConfigurationError(f"No free port between {wanted} and {wanted + _PORTS_TRIED}; name another with --port.")


class StopRequestedError(Exception):
    """Somebody asked the platform to end."""


@dataclass
class Platform:
    """Webserver and daemon of one machine.

    Attributes:
        environment: For both processes.
        port: Of the webserver, on loopback.
        log_dir: Where their output goes.
    """

    environment: Mapping[str, str]
    port: int
    log_dir: Path
    _children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _group: int = 0

    @property
    def url(self) -> str:
        """Where the webserver answers."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Start both and wait until the webserver answers.

        Raises:
            ConfigurationError: A process ended at once; the message names its log.
        """
        self.log_dir.mkdir(parents=True, exist_ok=True)
        lifeline = subprocess.Popen(
            ["sh", "-c", _LIFELINE],  # noqa: S607 - every POSIX system has it
            stdin=subprocess.PIPE,
            process_group=0,
        )
        self._group = lifeline.pid
        self._children["lifeline"] = lifeline
        workspace = ["-w", str(PROJECT_ROOT / "workspace.yaml")]
        self._spawn("daemon", ["-m", "dagster._daemon", "run", *workspace])
        self._spawn("webserver", ["-m", "dagster_webserver", *workspace, "-h", HOST, "-p", str(self.port)])
        deadline = time.monotonic() + _START_SECONDS
        while not self._is_ready():
            self._check_alive()
            if time.monotonic() > deadline:
                raise ConfigurationError(
                    f"The webserver does not answer after {_START_SECONDS:.0f} s; see {self.log_dir}."
                )
            time.sleep(0.5)

    def wait(self) -> None:
        """Wait until one of them ends, which is an error, or until somebody stops the platform.

        Raises:
            ConfigurationError: A process ended by itself; the message names its log.
        """
        while True:
            self._check_alive()
            time.sleep(1.0)

    def stop(self) -> None:
        """End the whole group: asked first, killed after ten seconds. Its code servers and runs belong to it."""
        if not self._group:
            return
        self._signal(signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        while time.monotonic() < deadline and any(
            child.poll() is None for name, child in self._children.items() if name != "lifeline"
        ):
            time.sleep(0.1)
        self._signal(signal.SIGKILL)
        for child in self._children.values():
            child.wait()
        self._group = 0

    def _spawn(self, name: str, arguments: list[str]) -> None:
        with (self.log_dir / f"{name}.log").open("ab") as log:
            self._children[name] = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=PROJECT_ROOT,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=self._group,
            )

    def _signal(self, number: int) -> None:
        try:
            os.killpg(self._group, number)
        except ProcessLookupError:
            return

    def _is_ready(self) -> bool:
        """Whether the webserver answers and our code is loaded; a webserver without code looks well and does nothing.

        Raises:
            ConfigurationError: The code could not be loaded; the message is Dagster's.
        """
        body = json.dumps({"query": _LOCATIONS}).encode()
        request = urllib.request.Request(f"{self.url}/graphql", body, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                entries = json.load(response)["data"]["workspaceOrError"].get("locationEntries", [])
        except (urllib.error.URLError, OSError, ValueError):
            return False
        loaded = [entry["locationOrLoadError"] for entry in entries if entry["loadStatus"] == "LOADED"]
        for found in loaded:
            if found and found["__typename"] == "PythonError":
                raise ConfigurationError(f"Dagster could not load the definitions: {found['message'].strip()}")
        return bool(loaded)

    def _check_alive(self) -> None:
        for name, child in self._children.items():
            if child.poll() is not None:
                raise ConfigurationError(
                    f"The {name} ended with exit code {child.returncode}; its last words are in {self.log_dir / name}.log."
                )


def stop_on_signals() -> None:
    """SIGTERM, SIGHUP and Ctrl-C all end the platform the same way."""

    def stop(number: int, frame: FrameType | None) -> Any:
        del number, frame
        raise StopRequestedError

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
