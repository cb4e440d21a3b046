"""What ``.ci/run`` does before the tests: Chromium is installed where that is allowed, and where it can't be, the tests run all the same.

On a machine made of stand-ins: its ``PATH`` holds nothing else, so nothing is installed on this one.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from gtm_assets_tests.processes.harness import PROJECT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        any(shutil.which(tool) is None for tool in ("bash", "env", "dirname")), reason="bash or coreutils are missing"
    ),
]

_NOTES = '#!/bin/sh\nprintf "%s\\n" "${0##*/} $*" >> "$CALLS"\n'
INSTALL = "install -y --no-install-recommends chromium"


class Machine:
    """A directory with the commands that this machine has."""

    def __init__(self, directory: Path) -> None:
        self.bin = directory / "bin"
        self.bin.mkdir()
        self._calls = directory / "calls"
        for tool in ("bash", "sh", "env", "dirname"):
            (self.bin / tool).symlink_to(str(shutil.which(tool)))
        self.has("make")
        self.has("timeout", 'shift; exec "$@"')
        self.has("id", "echo 0")

    def has(self, command: str, does: str = "", *, noted: bool = True) -> None:
        """Put a stand-in there; it notes how it was called."""
        path = self.bin / command
        path.write_text((_NOTES if noted else "#!/bin/sh\n") + does + "\n", encoding="utf-8")
        path.chmod(0o755)

    def run(self, **variables: str) -> subprocess.CompletedProcess[str]:
        """``.ci/run`` on it."""
        return subprocess.run(
            [str(self.bin / "bash"), str(PROJECT / ".ci" / "run")],
            env={"PATH": str(self.bin), "CALLS": str(self._calls), **variables},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def calls(self, *commands: str) -> list[str]:
        """Calls of these commands, without apt-get's options."""
        lines = self._calls.read_text(encoding="utf-8").splitlines() if self._calls.exists() else []
        found = []
        for line in lines:
            command, *words = line.split()
            if command in commands:
                kept = [word for word in words if "::" not in word and word not in {"-o", "-q"}]
                found.append(" ".join([command, *kept]))
        return found


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("name", ["chromium", "google-chrome"])
def test_where_a_browser_is_nothing_is_installed(machine: Machine, name: str) -> None:
    machine.has(name)
    machine.has("apt-get")
    assert machine.run().returncode == 0
    assert machine.calls("apt-get", "make") == ["make test"]


def test_where_a_browser_is_named_nothing_is_installed(machine: Machine) -> None:
    machine.has("apt-get")
    assert machine.run(GTM_CHROMIUM="/opt/chrome").returncode == 0
    assert machine.calls("apt-get", "make") == ["make test"]


def test_root_installs_chromium_and_then_tests(machine: Machine) -> None:
    machine.has("apt-get")
    assert machine.run().returncode == 0
    assert machine.calls("apt-get", "make") == [f"apt-get {INSTALL}", "make test"]


def test_with_sudo_that_asks_for_no_password_it_is_installed_too(machine: Machine) -> None:
    machine.has("id", "echo 1000")
    machine.has("sudo", 'test "$1" = -n && shift && exec "$@"')
    machine.has("true", noted=False)
    machine.has("apt-get")
    assert machine.run().returncode == 0
    assert machine.calls("apt-get", "make") == [f"apt-get {INSTALL}", "make test"]


def test_who_may_not_install_reads_so_and_tests_all_the_same(machine: Machine) -> None:
    machine.has("id", "echo 1000")
    machine.has("sudo", "echo 'a password is required' >&2; exit 1")
    machine.has("apt-get")
    ended = machine.run()
    assert (ended.returncode, machine.calls("apt-get", "make")) == (0, ["make test"])
    assert "the browser tests will be skipped" in ended.stdout


def test_without_apt_get_it_says_so_and_tests_all_the_same(machine: Machine) -> None:
    ended = machine.run()
    assert (ended.returncode, machine.calls("make")) == (0, ["make test"])
    assert "the browser tests will be skipped" in ended.stdout


def test_without_a_network_it_gives_up_and_tests_all_the_same(machine: Machine) -> None:
    machine.has("apt-get", "exit 100")
    ended = machine.run()
    assert (ended.returncode, machine.calls("make")) == (0, ["make test"])
    assert machine.calls("apt-get") == [f"apt-get {INSTALL}", "apt-get update"]
    assert "the browser tests will be skipped" in ended.stdout


def test_apt_get_is_bounded_in_time(machine: Machine) -> None:
    machine.has("apt-get")
    machine.run()
    (bound,) = machine.calls("timeout")
    assert bound.split()[1].isdigit()


def test_a_failed_test_run_fails_the_build(machine: Machine) -> None:
    machine.has("chromium")
    machine.has("make", "exit 2")
    assert machine.run().returncode == 2
