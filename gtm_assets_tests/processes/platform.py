"""``gtm up`` as a process of a test: start, ask its GraphQL and its store, see which processes belong to it.

What belongs elsewhere: what a test expects of it.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from gtm_assets_tests.processes.harness import Command, environment, wait_for
from resources.store import schema
from resources.store.store import Store
from sandbox.server import SandboxServer

#: Eight verticals, six personas in the sandbox's Notion.
CELLS = 48


@dataclass
class Running:
    """One ``gtm up`` with its addresses."""

    command: Command
    url: str
    sandbox_url: str
    home: Path

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """GraphQL's data; an error is a failure."""
        body = {"query": query, "variables": variables}
        answer = httpx.post(f"{self.url}/graphql", json=body, timeout=60).json()
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    def person(self, person_id: int) -> dict[str, Any]:
        """A person as somebody in the tenant sees them."""
        record: dict[str, Any] = httpx.get(f"{self.sandbox_url}/control/crm/Person/{person_id}", timeout=30).json()
        return record

    def control(self, path: str, **body: Any) -> Any:
        """The sandbox's own endpoints."""
        response = httpx.post(f"{self.sandbox_url}/control/{path}", json=body, timeout=30)
        response.raise_for_status()
        return response.json()

    def model_calls(self) -> int:
        """Requests that reached the stand-in of Gemini."""
        return len(httpx.get(f"{self.sandbox_url}/control/journal?system=gemini", timeout=30).json())

    def runs(self) -> dict[str, dict[str, Any]]:
        """Runs by id."""
        query = "{ runsOrError(limit: 200) { ... on Runs { results { runId status jobName } } } }"
        return {run["runId"]: run for run in self.ask(query)["runsOrError"]["results"]}

    def is_held(self) -> bool:
        """Whether a request waits in the sandbox."""
        return bool(httpx.get(f"{self.sandbox_url}/control/held", timeout=30).json()["waiting"])

    def wait_for_runs(self) -> None:
        """Until no run waits or works."""
        ended = {"SUCCESS", "FAILURE", "CANCELED"}
        wait_for("all runs to end", lambda: {run["status"] for run in self.runs().values()} <= ended, every=1.0)

    def launch_backfill(self, assets: list[str], keys: list[str]) -> str:
        """Start a backfill as the UI does; answers its id."""
        started = self.ask(
            "mutation($params: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $params) "
            "{ __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }",
            params={"assetSelection": [{"path": [name]} for name in assets], "partitionNames": keys, "tags": []},
        )["launchPartitionBackfill"]
        assert started["__typename"] == "LaunchBackfillSuccess", started
        return str(started["backfillId"])

    def end_of_backfill(self, backfill_id: str) -> str:
        """Wait for its end, and answer its status."""
        query = (
            "query($id: String!) { partitionBackfillOrError(backfillId: $id) "
            "{ ... on PartitionBackfill { status error { message } } } }"
        )

        def ended() -> str:
            found = self.ask(query, id=backfill_id)["partitionBackfillOrError"]
            return "" if found["status"] in {"REQUESTED", "CANCELING", "FAILING"} else str(found["status"])

        return str(wait_for(f"the end of backfill {backfill_id}", ended, every=0.5))


def start(home: Path, **variables: str) -> Running:
    """Start it with nothing configured but ``variables``, and wait until it has said where it answers."""
    command = Command(
        ["up", "--port", str(_free_port()), "--sandbox-port", str(_free_port())],
        env={**environment(home), **variables},
        directory=home,
    )

    def addresses() -> list[str]:
        assert command.process.poll() is None, f"gtm up ended: {command.output} {command.errors} {logs(home)}"
        return re.findall(r"^(?:Board|Sandbox): +(http://127\.0\.0\.1:\d+)", command.output, re.MULTILINE)

    sandbox_url, url = wait_for("the addresses", lambda: (found := addresses()) and len(found) == 2 and found)
    return Running(command, url, sandbox_url, home)


def small_sandbox(home: Path, companies: int) -> None:
    """Leave a small CRM where ``gtm up`` keeps its sandbox."""
    directory = home / "state" / "sandbox"
    directory.mkdir(parents=True)
    with SandboxServer(directory, companies=companies):
        pass


def is_settled(store: Store, companies: int, *, reviewed: bool = False) -> bool:
    """Every standard cell has its text, and so many companies wait for nothing (but for people where texts are ``reviewed``)."""
    blocks, states = schema.text_blocks, schema.sync_state
    standard = sa.and_(blocks.c.kind == "cell", blocks.c.key.not_like("%|%|%"), blocks.c.current)
    ended = ["completed", "skipped", *(["waiting for review"] if reviewed else [])]
    at_rest = sa.and_(states.c.phase.in_(ended), states.c.due_at.is_(None))
    with store.read() as connection:
        cells = connection.execute(sa.select(sa.func.count()).where(standard)).scalar_one()
        resting = connection.execute(sa.select(sa.func.count()).where(at_rest)).scalar_one()
    return cells == CELLS and resting == companies


@contextmanager
def engine_store(home: Path) -> Iterator[Store]:
    """The store of an engine that was started."""
    opened = Store(f"sqlite:///{engine(home) / 'store.sqlite'}")
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def started(home: Path, companies: int, **variables: str) -> Iterator[Running]:
    """A platform with a sandbox of so many companies, from its start to its end."""
    small_sandbox(home, companies)
    with started_again(home, **variables) as running:
        yield running


@contextmanager
def started_again(home: Path, **variables: str) -> Iterator[Running]:
    """The same on what an earlier one left."""
    running = start(home, **variables)
    try:
        yield running
    finally:
        # Asked to end it does so at once; a killed one leaves that to its lifeline.
        running.command.process.terminate()
        running.command.wait()
        wait_for("its children to end", lambda: not processes(home))


@contextmanager
def loaded(home: Path, companies: int, *, reviewed: bool = False, **variables: str) -> Iterator[Running]:
    """The same after its first load, when no run works any more."""
    with started(home, companies, **variables) as running:
        with engine_store(home) as store:
            wait_for("the first load", lambda: is_settled(store, companies, reviewed=reviewed), every=0.5)
        running.wait_for_runs()
        yield running


def engine(home: Path) -> Path:
    """The engine's own state while it works on the sandbox: apart from that of a real tenant."""
    return home / "state" / "sandbox" / "engine"


def logs(home: Path) -> str:
    """The ends of what daemon and webserver wrote."""
    files = sorted((engine(home) / "logs").glob("*.log"))
    return "\n".join(f"--- {file.name}\n{file.read_text(encoding='utf-8')[-3000:]}" for file in files)


def processes(home: Path) -> dict[int, str]:
    """Living processes that were started with this state directory, by id, with their command (Linux)."""
    mark = f"\0GTM_STATE_DIR={home / 'state'}".encode()
    found = {}
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            # A process that ended and waits for its parent has an empty environment: it counts as gone.
            if mark in b"\0" + (directory / "environ").read_bytes():
                found[int(directory.name)] = (directory / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
