"""The change sensor's tick and a batch's first stage, with few and with many known accounts.

``python -m benchmarks.sensor`` prints a Markdown section for ``RESULTS.md``. The calls keep to the vendor's limit, as in production. What
belongs elsewhere: the store (``grown``), the CRM (``slow_sandbox``), what a batch does after its first stage (``batch``).
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
import time
import warnings
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.changed_tenant import PERSONS_EACH, edit
from benchmarks.engine import first_load, one_run, opened, tools_of
from benchmarks.grown import grow
from benchmarks.measuring import Measured, Row, apart, measured, section
from benchmarks.slow_sandbox import RunningSandbox, sandbox_process, title_of
from gtm_assets import batch, clients
from resources.store import queue

SIZES, QUICK_SIZES = (10_000, 100_000), (1_000, 5_000)
CHANGES, QUICK_CHANGES = 100, 20
TICKS = 10
#: A poll believes a change when the CRM's clock is past its second.
_SETTLES_IN = 3.0
#: What a tick reserved of the vendor's limit and did not use is over by then, as it is with the sensor's own five seconds.
_BETWEEN_TICKS = 1.0


@dataclass(frozen=True)
class Ticks:
    """Ticks of the sensor in one process: what it answered, seconds of the first one and of the others, its memory."""

    answer: str
    first: float
    others: list[float]
    work: Measured

    def said(self) -> str:
        """The first, the median and the slowest of the others, in milliseconds."""
        return f"{self.first * 1000:.0f}; {statistics.median(self.others) * 1000:.0f}, {max(self.others) * 1000:.0f}"


@dataclass(frozen=True)
class FirstStage:
    """What comes before the first account is led through the stages: layout and lists, then the changes."""

    due: int
    calls: int
    tenant: Measured
    changes: Measured


def main(arguments: list[str] | None = None) -> None:
    """Fill, measure and print."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory() as place, sandbox_process(companies=options.changes, even=True) as running:
        os.environ.update(running.variables)
        folders = {size: Path(place) / str(size) for size in options.sizes}
        begun = time.perf_counter()
        known = _fill(Path(place) / "few", folders)
        filled = time.perf_counter() - begun
        quiet = {size: apart(ticks, folder) for size, folder in folders.items()}
        _edit_one_in_each_company(running, options.changes)
        loud = {size: apart(ticks, folder) for size, folder in folders.items()}
        stages = {size: apart(first_stage, folder) for size, folder in folders.items()}
    said = (
        f"The store knows {' or '.join(map(str, known.values()))} companies with three persons each and their history "
        f"(filling both took {filled:.0f} seconds); {options.changes} persons of as many companies are edited."
    )
    rows = [row for size in options.sizes for row in _rows(known[size], quiet[size], loud[size], stages[size])]
    print(section("the change sensor", "benchmarks.sensor", arguments, said, rows))


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sensor")
    parser.add_argument("--quick", action="store_true", help="try it out with few accounts")
    options = parser.parse_args(arguments)
    options.sizes = QUICK_SIZES if options.quick else SIZES
    options.changes = QUICK_CHANGES if options.quick else CHANGES
    return options


def _fill(few: Path, folders: dict[int, Path]) -> dict[int, int]:
    apart(first_load, few)
    time.sleep(_SETTLES_IN)
    apart(one_run, few)
    for folder in folders.values():
        shutil.copytree(few, folder)
    return {size: apart(fill, folder, size) for size, folder in folders.items()}


def _edit_one_in_each_company(running: RunningSandbox, companies: int) -> None:
    with httpx.Client(base_url=f"{running.url}/control", timeout=30) as control:
        for person_id in range(1, companies * PERSONS_EACH + 1, PERSONS_EACH):
            edit(control, "Person", person_id, Title=title_of(person_id, promoted=1))
    time.sleep(_SETTLES_IN)


def _rows(known: int, quiet: Ticks, loud: Ticks, stage: FirstStage) -> list[Row]:
    both = stage.tenant.seconds + stage.changes.seconds
    return [
        (
            f"{known} known accounts, a tick, answer {quiet.answer!r}: milliseconds of the first; of {TICKS} more, median, max",
            quiet.said(),
        ),
        (f"… a tick, answer {loud.answer!r}: the same", loud.said()),
        ("… peak memory of the process, of which before: MB", f"{loud.work.peak:.0f}, {loud.work.before:.0f}"),
        (
            f"… first stage of the batch, {stage.due} accounts due, {stage.calls} calls: seconds; of which layout and lists",
            f"{both:.2f}; {stage.tenant.seconds:.2f}",
        ),
        (
            "… peak memory of its process with Dagster's definitions, of which before: MB",
            f"{stage.changes.peak:.0f}, {stage.tenant.before:.0f}",
        ),
    ]


# --- each in a process of its own -----------------------------------------------------------------------------------


def fill(folder: Path, accounts: int) -> int:
    """Multiply the few, and let a run pass over them; answers how many accounts are known then."""
    with opened(folder) as (_, store):
        known = grow(store, accounts)
    one_run(folder)
    return known


def ticks(folder: Path, *, more: int = TICKS, pause: float = _BETWEEN_TICKS) -> Ticks:
    """The sensor as the daemon has it evaluated: clients opened for each tick and closed after it."""
    warnings.filterwarnings("ignore", message=".*is currently in beta.*")
    import dagster as dg

    from gtm_assets.platform import dagster_home
    from sensors.accounts import superoffice_changes

    def tick() -> tuple[str, float]:
        begun = time.perf_counter()
        with (
            closing(clients.open_store(settings)) as store,
            closing(clients.open_superoffice(settings, store)) as crm,
            dg.build_sensor_context(
                instance=instance, resources={"store": store, "superoffice": crm, "settings": settings}
            ) as context,
        ):
            found = superoffice_changes.evaluate_tick(context)
        answer = found.run_requests[0].tags["gtm/because"] if found.run_requests else found.skip_message or ""
        return answer, time.perf_counter() - begun

    with opened(folder) as (settings, _):
        dagster_home(settings)
        with dg.DagsterInstance.get() as instance, measured() as work:
            taken = []
            for _ in range(more + 1):
                taken.append(tick())
                time.sleep(pause)
    answers = {answer for answer, _ in taken}
    return Ticks(" / ".join(sorted(answers)), taken[0][1], [seconds for _, seconds in taken[1:]], work)


def first_stage(folder: Path) -> FirstStage:
    """What the batch does first, in a process that has loaded Dagster's definitions as a run's has."""
    warnings.filterwarnings("ignore", message=".*is currently in beta.*")
    from gtm_assets.definitions import build_defs

    build_defs()
    with opened(folder) as (settings, store), tools_of(settings, store, limited=True) as tools:
        with measured() as of_tenant:
            tenant = batch.read_tenant(tools)
        with measured() as of_changes:
            batch.find_due(tools, tenant)
        with store.read() as connection:
            return FirstStage(queue.due_count(connection), tools.crm.calls, of_tenant, of_changes)


if __name__ == "__main__":
    main()
