"""Commands of ours as real processes with an environment of their own, and what the store and the stand-ins say afterwards.

What belongs elsewhere: the stand-ins themselves (``sandbox``), and what a test expects of them.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx
import sqlalchemy as sa

from resources.store import schema
from resources.store.store import Store
from sandbox.journal import Entry
from sandbox.server import SandboxServer

PROJECT = Path(__file__).resolve().parents[2]
#: Nothing is asserted on time; a process that takes longer than this hangs.
HANGS_AFTER = 150.0
#: What differs between two sandboxes or two days although nothing went wrong.
_OF_THE_MOMENT = {"Updated", "Created", "Last Update", "Urls"}


class HangsError(AssertionError):
    """Something that was waited for did not come."""


def wait_for(what: str, found: Callable[[], Any], seconds: float = HANGS_AFTER, every: float = 0.1) -> Any:
    """Ask until the answer is true, and give it back."""
    ends = time.monotonic() + seconds
    while not (answer := found()):
        if time.monotonic() > ends:
            raise HangsError(f"Waited {seconds:.0f} s for {what}.")
        time.sleep(every)
    return answer


def environment(home: Path, variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a process of a test gets: nothing of the developer's own variables, a state directory below ``home``."""
    home.mkdir(parents=True, exist_ok=True)
    return {"PATH": os.environ["PATH"], "HOME": str(home), "GTM_STATE_DIR": str(home / "state"), **(variables or {})}


class Command:
    """One running ``gtm`` command, in a session of its own."""

    def __init__(self, arguments: list[str], *, env: Mapping[str, str], directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        name = f"{'-'.join(arguments[:1])}-{time.monotonic_ns()}"
        self._paths = directory / f"{name}.out", directory / f"{name}.err"
        with self._paths[0].open("wb") as out, self._paths[1].open("wb") as err:
            # `directory` has no .env; the developer's own stays out of it.
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gtm_assets.cli", *arguments],
                env=dict(env),
                cwd=directory,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        """Standard output so far."""
        return self._paths[0].read_text(encoding="utf-8")

    @property
    def errors(self) -> str:
        """Standard error so far."""
        return self._paths[1].read_text(encoding="utf-8")

    def wait(self, seconds: float = HANGS_AFTER) -> int:
        """The exit code."""
        try:
            return self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise HangsError(f"The command hangs. Output: {self.output} Errors: {self.errors}") from None

    def kill(self) -> None:
        """End it as a power cut would, and reap it."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=10)


def gtm(arguments: list[str], *, env: Mapping[str, str], directory: Path) -> Command:
    """Run one command to its end."""
    command = Command(arguments, env=env, directory=directory)
    command.wait()
    return command


@dataclass
class Tenant:
    """A sandbox in this process and the state directory of the engine that works on it."""

    server: SandboxServer
    home: Path

    @property
    def env(self) -> dict[str, str]:
        """For ``gtm`` commands."""
        return environment(self.home, self.server.environment())

    def start_once(self) -> Command:
        """``gtm once --json``, not waited for."""
        return Command(["once", "--json"], env=self.env, directory=self.home)

    def once(self) -> dict[str, Any]:
        """``gtm once --json`` to its good end, and what it says."""
        command = self.start_once()
        code = command.wait()
        assert code == 0, f"gtm once ended with {code}: {command.output} {command.errors}"
        result: dict[str, Any] = json.loads(command.output)
        return result

    def hold(self, method: str, path_regex: str, when: Literal["before", "after"], system: str = "superoffice") -> None:
        """Stop matching requests from now on."""
        self.server.world.gate.hold(method=method, path_regex=path_regex, when=when, system=system)

    def release(self) -> None:
        """Let everything go that is held."""
        self.server.world.gate.release()

    def held(self, path_part: str = "") -> list[dict[str, Any]]:
        """Requests that wait at this moment."""
        return [request for request in self.server.world.gate.held() if path_part in request["path"]]

    def record(self, entity: str, record_id: int) -> dict[str, Any]:
        """A record as a person of the tenant sees it."""
        response = httpx.get(f"{self.server.base_url}/control/crm/{entity}/{record_id}", timeout=30)
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer

    def records(self) -> dict[str, dict[str, Any]]:
        """Every company and person, without what differs from one sandbox or moment to the next."""
        world = self.server.world
        ids = [("Contact", i) for i in world.crm.companies.ids_above(0)]
        ids += [("Person", i) for i in world.crm.persons.ids_above(0)]
        return {f"{entity}/{i}": self._comparable(self.record(entity, i)) for entity, i in ids}

    def _comparable(self, record: dict[str, Any]) -> dict[str, Any]:
        values = {name: value for name, value in record.items() if name not in _OF_THE_MOMENT}
        if values.get("Unsubscribe"):
            # The link carries the sandbox's address and a signature with its key.
            assert values["Unsubscribe"].startswith(f"{self.server.base_url}/unsubscribe/")
            values["Unsubscribe"] = "a link"
        return values

    def calls(self, system: str = "superoffice", method: str = "") -> list[Entry]:
        """The journal's entries."""
        return self.server.world.journal.entries(system=system, method=method)

    def effective_patches(self) -> Counter[str]:
        """How often each record was really changed by a PATCH, as ``Contact/1``."""
        return Counter(
            entry.path.split("/v1/")[1] for entry in self.calls(method="PATCH") if entry.effect and entry.status == 200
        )

    @contextmanager
    def rows(self) -> Iterator[sa.Connection]:
        """The engine's store, for queries."""
        store = Store(f"sqlite:///{self.home / 'state' / 'store.sqlite'}")
        try:
            with store.read() as connection:
                yield connection
        finally:
            store.close()

    def count(self, table: sa.Table) -> int:
        """Rows of one of the store's tables."""
        with self.rows() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()

    def ledger(self) -> dict[str, list[str]]:
        """Status of every intent, oldest first, by record."""
        found: dict[str, list[str]] = {}
        with self.rows() as connection:
            for row in connection.execute(sa.select(schema.ledger).order_by(schema.ledger.c.id)):
                found.setdefault(f"{row.entity}/{row.entity_id}", []).append(row.status)
        return found

    def leases(self) -> list[str]:
        """Who still has an account or a run in hand."""
        with self.rows() as connection:
            accounts = connection.execute(sa.select(schema.sync_state.c.lease_owner)).scalars()
            return [owner for owner in accounts if owner]

    def phases(self) -> dict[int, str]:
        """Where every account stands."""
        with self.rows() as connection:
            rows = connection.execute(sa.select(schema.sync_state.c.contact_id, schema.sync_state.c.phase))
            return {row.contact_id: row.phase for row in rows}


@contextmanager
def tenant(home: Path, companies: int) -> Iterator[Tenant]:
    """A sandbox of so many companies; the engine knows nothing yet."""
    with SandboxServer(None, companies=companies) as server:
        yield Tenant(server, home)
