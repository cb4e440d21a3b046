"""From an edit in the CRM to its confirmed answer, through the real platform: webserver, daemon, sensor, queue, a run in its own process.

``python -m benchmarks.latency`` takes about ten minutes and prints a Markdown section for ``RESULTS.md``. Beside it stands what a run takes
that finds nothing to do, requested in the same platform: nothing that a batch does can be faster. What belongs elsewhere: the CRM
(``slow_sandbox``), the platform's processes (``gtm_assets.platform``).
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import httpx
import sqlalchemy as sa

from benchmarks.changed_tenant import PERSONS_EACH, edit
from benchmarks.engine import first_load, one_run, opened
from benchmarks.measuring import Row, apart, percentile, section
from benchmarks.slow_sandbox import sandbox_process, title_of
from gtm_assets.accounts import JOB
from gtm_assets.platform import Platform, dagster_home, free_port
from resources.store import schema
from resources.store.store import Store

COMPANIES = 20
SENSOR = "superoffice_changes"
EDITS, QUICK_EDITS = 20, 3
FLOORS, QUICK_FLOORS = 5, 1
#: Somebody edits whenever they like: at any moment of the sensor's five seconds.
_PAUSES = (3.0, 10.0)
_LONGEST = 120.0
_LAUNCH = """mutation($selector: JobOrPipelineSelector!) { launchRun(executionParams: {selector: $selector}) {
  __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
_RUNS = """query($limit: Int!) { runsOrError(limit: $limit) { ... on Runs { results {
  runId status jobName creationTime startTime endTime } } } }"""
_TICKS = """query($selector: SensorSelector!) { sensorOrError(sensorSelector: $selector) { ... on Sensor {
  sensorState { ticks(limit: 200) { timestamp endTimestamp } } } } }"""
_WORKSPACE = """{ repositoriesOrError { ... on RepositoryConnection { nodes { name location { name } } } } }"""
T = TypeVar("T")


@dataclass(frozen=True)
class Edit:
    """One edit, in seconds from it: until its run was created, until that worked, until the field was confirmed."""

    requested: float
    started: float
    confirmed: float


@dataclass(frozen=True)
class Floor:
    """A run that finds nothing to do, in seconds from the request: until its process worked, until it ended."""

    started: float
    ended: float


def main(arguments: list[str] | None = None) -> None:
    """Load, start the platform, edit and print."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory() as place, sandbox_process(companies=COMPANIES, even=True) as running:
        os.environ.update(running.variables)
        folder = Path(place)
        apart(first_load, folder)
        time.sleep(_PAUSES[0])
        apart(one_run, folder)
        with opened(folder) as (_, store), _platform(folder) as webserver:
            _wait(webserver.is_quiet, "no run to be in flight")
            before = [_floor(webserver) for _ in range(options.floors)]
            begun = time.time()
            edits = [_edit(running.url, store, webserver, number) for number in range(1, options.edits + 1)]
            time.sleep(_PAUSES[1])
            _wait(webserver.is_quiet, "no run to be in flight")
            runs = webserver.count(begun)
            ticks = webserver.ticks(SENSOR)
            floors = before + [_floor(webserver) for _ in range(options.floors)]
    apart_by = f"{_PAUSES[0]:.0f} to {_PAUSES[1]:.0f} seconds"
    said = f"{COMPANIES} companies; {options.edits} edits of a job title, each {apart_by} after the last one was confirmed."
    print(section("one change", "benchmarks.latency", arguments, said, _rows(edits, runs, ticks, floors)))


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.latency")
    parser.add_argument("--edits", type=int, help=f"how many (default {EDITS})")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_EDITS} edits")
    options = parser.parse_args(arguments)
    options.edits = options.edits or (QUICK_EDITS if options.quick else EDITS)
    options.floors = QUICK_FLOORS if options.quick else FLOORS
    return options


def _rows(edits: list[Edit], runs: int, ticks: list[tuple[float, float]], floors: list[Floor]) -> list[Row]:
    between = [later - earlier for (earlier, _), (later, _) in pairwise(ticks)]
    return [
        ("from the edit to `confirmed`: seconds, p50, p95, max", _said([each.confirmed for each in edits])),
        ("… of which until the sensor requested the run", _said([each.requested for each in edits])),
        (
            "… of which from there until its process worked",
            _said([each.started - each.requested for each in edits]),
        ),
        ("… of which from there to `confirmed`", _said([each.confirmed - each.started for each in edits])),
        ("… runs of the account job for them", f"{runs}"),
        (f"… from one tick of the sensor to the next, {len(between)} times: seconds, p50, p95, max", _said(between)),
        ("… how long a tick took", _said([end - begin for begin, end in ticks])),
        (
            f"floor: a run that finds nothing to do, from request to end, {len(floors)} times: seconds, p50, p95, max",
            _said([each.ended for each in floors]),
        ),
        ("… of which until its process worked", _said([each.started for each in floors])),
    ]


def _said(seconds: list[float]) -> str:
    return ", ".join(f"{percentile(seconds, share):.1f}" for share in (0.5, 0.95, 1.0))


# --- the platform ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Webserver:
    """What the webserver answers about runs."""

    client: httpx.Client

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """GraphQL's data."""
        answer = self.client.post("/graphql", json={"query": query, "variables": variables}).json()
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    def runs(self, limit: int = 20) -> dict[str, dict[str, Any]]:
        """The newest runs by id; times are Unix seconds, None where they did not come yet."""
        return {run["runId"]: run for run in self.ask(_RUNS, limit=limit)["runsOrError"]["results"]}

    def count(self, since: float) -> int:
        """How many runs of the account job there were."""
        found = self.runs(limit=1000).values()
        return sum(run["jobName"] == JOB and run["creationTime"] >= since for run in found)

    def is_quiet(self) -> bool:
        """Whether no run waits or works."""
        return {run["status"] for run in self.runs().values()} <= {"SUCCESS", "FAILURE", "CANCELED"}

    def ticks(self, sensor: str) -> list[tuple[float, float]]:
        """Begin and end of the sensor's ticks, in Unix seconds, the oldest first."""
        found = self.ask(_TICKS, selector={**self._place(), "sensorName": sensor})["sensorOrError"]
        ended = [tick for tick in found["sensorState"]["ticks"] if tick["endTimestamp"]]
        return sorted((tick["timestamp"], tick["endTimestamp"]) for tick in ended)

    def _place(self) -> dict[str, str]:
        """Where our definitions are in the workspace."""
        node = self.ask(_WORKSPACE)["repositoriesOrError"]["nodes"][0]
        return {"repositoryName": node["name"], "repositoryLocationName": node["location"]["name"]}

    def launch(self) -> str:
        """Request a run of the account job as the launchpad does; answers its id."""
        launched = self.ask(_LAUNCH, selector={**self._place(), "pipelineName": JOB})["launchRun"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        return str(launched["run"]["runId"])


@contextmanager
def _platform(folder: Path) -> Iterator[Webserver]:
    """Webserver and daemon as ``gtm up`` starts them."""
    from gtm_assets.settings import load_settings

    dagster_home(load_settings())
    platform = Platform(dict(os.environ), free_port(3200), folder / "logs")
    try:
        platform.start()
        with httpx.Client(base_url=platform.url, timeout=60) as client:
            yield Webserver(client)
    finally:
        platform.stop()


# --- measuring ------------------------------------------------------------------------------------------------------


def _floor(webserver: Webserver) -> Floor:
    _wait(webserver.is_quiet, "no run to be in flight")
    begun = time.time()
    run_id = webserver.launch()
    run = _wait(lambda: (found := webserver.runs()[run_id])["endTime"] and found, f"the end of run {run_id}")
    return Floor(run["startTime"] - begun, run["endTime"] - begun)


def _edit(url: str, store: Store, webserver: Webserver, number: int) -> Edit:
    """One edit when the platform has done with the last one's texts; whether its run has ended is nobody's concern."""
    time.sleep(random.Random(number).uniform(*_PAUSES))  # noqa: S311 - the same pauses each time, nothing secret
    company, round_ = (number - 1) % COMPANIES, (number - 1) // COMPANIES
    person_id = company * PERSONS_EACH + 1
    begun = time.time()
    with httpx.Client(base_url=f"{url}/control", timeout=30) as control:
        edit(control, "Person", person_id, Title=title_of(person_id, promoted=round_ + 1))
    row = _wait(lambda: _confirmed(store, person_id, begun), f"what follows from edit {number}", every=0.05)
    run = webserver.runs()[row["run_id"]]
    return Edit(run["creationTime"] - begun, run["startTime"] - begun, row["ended_at"].timestamp() - begun)


def _confirmed(store: Store, person_id: int, since: float) -> dict[str, Any] | None:
    table = schema.ledger
    wanted = (
        table.c.entity == "Person",
        table.c.entity_id == person_id,
        table.c.status == "confirmed",
        table.c.ended_at >= datetime.fromtimestamp(since, UTC),
    )
    with store.read() as connection:
        row = connection.execute(sa.select(table).where(*wanted)).mappings().first()
    return dict(row) if row is not None else None


def _wait(look: Callable[[], T | None], what: str, every: float = 0.3) -> T:
    ends = time.monotonic() + _LONGEST
    while time.monotonic() < ends:
        found = look()
        if found:
            return found
        time.sleep(every)
    raise TimeoutError(f"Waited {_LONGEST:.0f} seconds for {what}.")


if __name__ == "__main__":
    main()
