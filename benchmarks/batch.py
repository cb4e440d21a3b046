"""Every record of a tenant changed: how fast a batch writes them, with how many calls, and how long the window without a guard is.

``python -m benchmarks.batch`` takes about half an hour, half of it at the vendor's ten calls a second; ``--quick`` tries it out. It prints
a Markdown section for ``RESULTS.md``. The CRM is the sandbox, in a process of its own, on a copy of the same files each time. What belongs
elsewhere: that tenant (``changed_tenant``), the engine (``engine``), reading the journal (``calls``).
"""

from __future__ import annotations

import argparse
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.calls import Calls, count_calls, windows
from benchmarks.changed_tenant import PERSONS_EACH, ChangedTenant, journal, make_changed_tenant
from benchmarks.engine import opened, tools_of, work_off
from benchmarks.measuring import Measured, Row, apart, measured, percentile, section
from gtm_assets.clients import SUPEROFFICE_CALLS_PER_SECOND
from gtm_assets.writeback.guards import TESTABLE, Guarding, keep_guarding
from resources.store.store import Store

if TYPE_CHECKING:
    from dagster import EventLogEntry

ACCOUNTS, QUICK_ACCOUNTS = 1_000, 30
PLAIN, QUICK_PLAIN = 10, 2
#: What an administrator's probe would have proven at each level.
_PROVEN = {"A": Guarding("A", frozenset(TESTABLE)), "B": Guarding("B"), "C": Guarding("C")}


@dataclass(frozen=True)
class Done:
    """What one process did.

    Attributes:
        work: Seconds and memory.
        confirmed: Records that were written and seen.
        phases: How many accounts ended how.
        model_calls: Requests to the model.
        events: Events in Dagster's log; 0 without Dagster.
        event_seconds: What writing these events takes by itself.
    """

    work: Measured
    confirmed: int
    phases: dict[str, int]
    model_calls: int
    events: int = 0
    event_seconds: float = 0.0


@dataclass(frozen=True)
class Batch:
    """A batch as both sides saw it: ``windows`` in seconds, ``sandbox_cpu`` what the CRM's process computed meanwhile."""

    done: Done
    calls: Calls
    windows: list[float]
    sandbox_cpu: float

    @property
    def floor(self) -> float:
        """Seconds that the number of calls sets at the vendor's limit."""
        return self.calls.total / SUPEROFFICE_CALLS_PER_SECOND


def main(arguments: list[str] | None = None) -> None:
    """Make the tenant, measure and print."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory() as place:
        begun = time.perf_counter()
        tenant = make_changed_tenant(Path(place) / "changed", options.accounts)
        made = time.perf_counter() - begun
        rows: list[Row] = []
        if not options.limited:
            free = {guard: run(tenant, guard, limited=False) for guard in "CBA"}
            rows += [*_free_rows(free, tenant.entities), *_dagster_rows(run_in_dagster(tenant), free["C"])]
            rows += _plain_rows(run_plainly(tenant, options.plain), options.plain, free["C"], options.accounts)
        if not options.unlimited:
            rows += _limited_rows(options.guard, run(tenant, options.guard, limited=True))
    said = (
        f"{options.accounts} companies with {options.accounts * PERSONS_EACH} persons; every record was edited, and has something "
        f"to be written. Getting to know them (websites, texts, a plan) and editing them took {made:.0f} seconds."
    )
    print(section("a batch", "benchmarks.batch", arguments, said, rows))


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.batch")
    parser.add_argument("--accounts", type=int, help=f"companies, three persons each (default {ACCOUNTS})")
    parser.add_argument("--plain", type=int, help=f"companies of the sample with a run each (default {PLAIN})")
    parser.add_argument("--guard", choices="ABC", default="C", help="level of the run at ten calls a second")
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--unlimited", action="store_true", help="leave out the run at ten calls a second")
    only.add_argument("--limited", action="store_true", help="only the run at ten calls a second")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_ACCOUNTS} companies, a sample of {QUICK_PLAIN}")
    options = parser.parse_args(arguments)
    options.accounts = options.accounts or (QUICK_ACCOUNTS if options.quick else ACCOUNTS)
    options.plain = min(options.plain or (QUICK_PLAIN if options.quick else PLAIN), options.accounts)
    return options


# --- what is printed ------------------------------------------------------------------------------------------------


def _free_rows(batches: dict[str, Batch], entities: int) -> list[Row]:
    rows = []
    for guard, batch in batches.items():
        work = batch.done.work
        rows += [
            (
                f"guard {guard}, no limit, no Dagster: seconds; computed by the engine, by the sandbox",
                f"{work.seconds:.1f}; {work.cpu:.1f}, {batch.sandbox_cpu:.1f}",
            ),
            ("… peak memory of the process, of which before: MB", f"{work.peak:.0f}, {work.before:.0f}"),
            *_call_rows(batch, entities),
        ]
        if guard == "C":
            rows.append(_window_row(batch))
    return rows


def _call_rows(batch: Batch, entities: int) -> list[Row]:
    calls = batch.calls
    return [
        (
            f"… {_ends(batch.done)}, {batch.done.confirmed} records confirmed: PATCHes, other calls, for each of {entities} records",
            f"{calls.patches / entities:.3f}, {calls.reads / entities:.3f}",
        ),
        ("… calls by kind; requests to the model", f"{calls.said()}; {batch.done.model_calls}"),
    ]


def _window_row(batch: Batch) -> Row:
    p50, p95, most = (percentile(batch.windows, share) * 1000 for share in (0.5, 0.95, 1.0))
    return (
        "… from reading a record to the effect of its PATCH: milliseconds, p50, p95, max",
        f"{p50:.0f}, {p95:.0f}, {most:.0f}",
    )


def _limited_rows(guard: str, batch: Batch) -> list[Row]:
    seconds = batch.done.work.seconds
    return [
        (f"guard {guard}, at {SUPEROFFICE_CALLS_PER_SECOND:.0f} calls a second: calls", f"{batch.calls.total}"),
        ("… floor that they set: seconds", f"{batch.floor:.1f}"),
        (f"… {_ends(batch.done)}: seconds, ratio to the floor", f"{seconds:.1f}, {seconds / batch.floor:.3f}"),
        *([_window_row(batch)] if guard == "C" else []),
    ]


def _dagster_rows(batch: Batch, without: Batch) -> list[Row]:
    done = batch.done
    more = done.work.seconds - without.done.work.seconds
    return [
        (
            "guard C, no limit, as one run of Dagster: seconds, more than without",
            f"{done.work.seconds:.1f}, {more:.1f}",
        ),
        (
            f"… of which writing its {done.events} events: seconds, milliseconds an event",
            f"{done.event_seconds:.1f}, {1000 * done.event_seconds / max(1, done.events):.1f}",
        ),
        (
            "… peak memory of the process, of which before: MB",
            f"{batch.done.work.peak:.0f}, {batch.done.work.before:.0f}",
        ),
    ]


def _plain_rows(plain: Batch, sample: int, batch: Batch, accounts: int) -> list[Row]:
    each, calls = plain.done.work.seconds / sample, plain.calls.total / sample
    return [
        (
            f"guard C, no limit, the plain way, a run for each account, measured on {sample}: seconds, calls each",
            f"{each:.1f}, {calls:.1f}",
        ),
        (
            f"… extrapolated to {accounts} accounts: seconds, times as many as the batch's",
            f"{each * accounts:.0f}, {each * accounts / batch.done.work.seconds:.0f}",
        ),
        (
            "… extrapolated: calls, times as many as the batch's",
            f"{calls * accounts:.0f}, {calls * accounts / batch.calls.total:.2f}",
        ),
    ]


def _ends(done: Done) -> str:
    return ", ".join(f"{count} {phase}" for phase, count in sorted(done.phases.items()))


# --- measuring ------------------------------------------------------------------------------------------------------


def run(tenant: ChangedTenant, guard: str, *, limited: bool) -> Batch:
    """One batch over everything, in a process of its own."""
    with tenant.copy(f"guard-{guard}") as (folder, running):
        computed = running.cpu_seconds()
        done = apart(through_the_code, folder, guard, limited=limited)
        entries = journal(running)
        return Batch(done, count_calls(entries), windows(entries), running.cpu_seconds() - computed)


def run_in_dagster(tenant: ChangedTenant) -> Batch:
    """The same as the job that a sensor starts, in a process of its own."""
    with tenant.copy("dagster") as (folder, running):
        done = apart(through_dagster, folder, keys=[])
        return Batch(done, count_calls(journal(running)), [], 0.0)


def run_plainly(tenant: ChangedTenant, sample: int) -> Batch:
    """One run for each of some accounts, each in a process of its own, as Dagster's launcher starts them."""
    with tenant.copy("plain") as (folder, running):
        begun = time.perf_counter()
        found = [apart(through_dagster, folder, keys=[str(contact_id)]) for contact_id in range(1, sample + 1)]
        work = Measured(time.perf_counter() - begun, peak=max(each.work.peak for each in found))
        phases = sum((Counter(each.phases) for each in found), Counter[str]())
        done = Done(work, sum(each.confirmed for each in found), dict(phases), sum(each.model_calls for each in found))
        return Batch(done, count_calls(journal(running)), [], 0.0)


# --- each in a process of its own -----------------------------------------------------------------------------------


def through_the_code(folder: Path, guard: str, *, limited: bool) -> Done:
    """By the functions that every run uses, without Dagster."""
    with opened(folder) as (settings, store), tools_of(settings, store, limited=limited) as tools:
        _prove(store, guard)
        with measured() as work:
            result = work_off(tools)
        phases: Counter[str] = Counter(outcome.phase for outcome in result.outcomes.values())
        return Done(work, result.confirmed, dict(phases), tools.gemini.calls)


def through_dagster(folder: Path, keys: list[str]) -> Done:
    """By the job, in this process: all that is due, or these accounts."""
    warnings.filterwarnings("ignore", message=".*is currently in beta.*")
    import dagster as dg

    from gtm_assets.accounts import JOB
    from gtm_assets.definitions import build_defs
    from gtm_assets.platform import dagster_home
    from gtm_assets.runs import load_result

    with opened(folder) as (settings, store), tools_of(settings, store, limited=False) as tools:
        _prove(store, "C")
        dagster_home(settings)
        job = build_defs({"superoffice": dg.ResourceDefinition.hardcoded_resource(tools.crm)}).resolve_job_def(JOB)
        config = {"keys": keys, "at_most": 10**9}
        with dg.DagsterInstance.get() as instance:
            with measured() as work:
                ended = job.execute_in_process(
                    run_config={
                        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
                        "ops": {"work_off_accounts": {"config": config}},
                    },
                    instance=instance,
                )
            events = instance.all_logs(ended.run_id)
        event_seconds = _write_again(events)
        counts = load_result(store, ended.run_id)
    phases = {name: count for name, count in counts["accounts"].items() if count and name != "changed"}
    return Done(work, counts["writes"]["confirmed"], phases, counts["model_calls"], len(events), event_seconds)


def _write_again(events: Sequence[EventLogEntry]) -> float:
    """Seconds that it takes to write events into another log, with nothing else going on."""
    import dagster as dg

    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "dagster.yaml").touch()
        with dg.DagsterInstance.local_temp(place) as instance:
            begun = time.perf_counter()
            for event in events:
                instance.event_log_storage.store_event(event)
            return time.perf_counter() - begun


def _prove(store: Store, guard: str) -> None:
    with store.write() as connection:
        keep_guarding(connection, _PROVEN[guard], {"by": "benchmark"})


if __name__ == "__main__":
    main()
