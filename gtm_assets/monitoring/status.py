"""The status for scripts and uptime monitors: findings with what to do, and an exit code as Nagios' plug-ins have it. Pure.

Thresholds stand at the top and in ``docs/board.md``. What belongs elsewhere: where the facts come from (``status_facts``), the command
(``gtm_assets.commands.status``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from gtm_assets import reporting
from gtm_assets.crm.closure import SUSPENDED
from gtm_assets.monitoring.status_facts import PlatformFacts, StoreFacts

Level = Literal["ok", "warning", "critical", "unknown"]
#: The monitoring plug-ins' convention.
EXIT_CODES: Mapping[Level, int] = {"ok": 0, "warning": 1, "critical": 2, "unknown": 3}
#: Which level decides where there are several.
_WORST: tuple[Level, ...] = ("critical", "unknown", "warning", "ok")

#: A daemon gives a sign of life every 30 seconds.
DAEMON_CRITICAL = timedelta(minutes=3)
#: Sensors tick every five to ten seconds, but wait while one tick takes long.
TICK_WARNING = timedelta(minutes=5)
TICK_CRITICAL = timedelta(minutes=15)
#: So many ticks in a row that fail are no passing trouble.
TICKS_CRITICAL = 3
#: How long after its time Notion may still be read.
NOTION_GRACE = timedelta(minutes=10)
NOTION_MISSED_CRITICAL = 3
#: Without the platform `gtm once` reads; nobody says how often, but once a day is meant.
WITHOUT_PLATFORM = timedelta(hours=25)
LIVE_DUE_WARNING = timedelta(minutes=10)
LIVE_DUE_CRITICAL = timedelta(hours=1)
#: First loads and backfills take their time; they stand still when nothing came to an end for so long.
BACKGROUND_STANDS_STILL = timedelta(minutes=30)
SWEEP_WARNING = timedelta(hours=30)
SWEEP_CRITICAL = timedelta(days=3)
#: Reading everything anew after a restored backup takes no longer.
RESTORED_CRITICAL = timedelta(hours=6)
QUEUED_WARNING = timedelta(minutes=10)
#: The vendor's longest maintenance window (Saturday 20:00 to Sunday 06:00), and some room.
CLOSED_CRITICAL = timedelta(hours=12)
REVIEW_WARNING = timedelta(days=7)
#: The others stand on the assets' pages and in `gtm doctor`.
_ROWS_NAMED = 3
#: From so many failed accounts on, and if they are this share of all, the trouble is general.
FAILED_CRITICAL = 20
FAILED_SHARE_CRITICAL = 0.2


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: ``text`` says how it stands, ``what_to_do`` is empty where it stands well."""

    name: str
    level: Level
    text: str
    what_to_do: str = ""


@dataclass(frozen=True)
class Status:
    """All findings, the worst first."""

    findings: Sequence[Finding]
    numbers: Mapping[str, float | int]

    @property
    def level(self) -> Level:
        """The worst of them."""
        return next((level for level in _WORST if any(f.level == level for f in self.findings)), "unknown")

    @property
    def exit_code(self) -> int:
        """0 ok, 1 warning, 2 critical, 3 unknown."""
        return EXIT_CODES[self.level]

    def line(self) -> str:
        """One line: the level, what is wrong and what to do (or that all is well), and numbers behind a bar."""
        wrong = [f for f in self.findings if f.level != "ok"]
        words = [f"{f.text} → {f.what_to_do}" if f.what_to_do else f.text for f in wrong]
        text = "; ".join(words or [f.text for f in self.findings])
        numbers = " ".join(f"{name}={value:g}" for name, value in self.numbers.items())
        bar = f" | {numbers}" if numbers else ""
        # A bar within the words would begin the numbers.
        return " ".join(f"GTM {self.level.upper()}: {text.replace('|', '/')}{bar}".split())

    def as_json(self) -> dict[str, Any]:
        """The same for scripts."""
        findings = [vars(f) for f in self.findings]
        return {
            "status": self.level,
            "exit_code": self.exit_code,
            "findings": findings,
            "numbers": dict(self.numbers),
        }


def unknown(text: str, what_to_do: str) -> Status:
    """Nothing can be said."""
    return Status([Finding("store", "unknown", text, what_to_do)], {})


def judge(
    facts: StoreFacts, platform: PlatformFacts | None, now: datetime, *, fires: Sequence[datetime], with_platform: bool
) -> Status:
    """What the facts mean.

    Args:
        facts: What the store says.
        platform: What Dagster's instance says; None where it never ran with this state.
        now: The time.
        fires: The last times at which Notion was to be read, the latest first.
        with_platform: `gtm up` (or Dagster by other means) is expected to run; else `gtm once` is started from outside.
    """
    findings = [
        *(_platform(platform, now) if with_platform else ()),
        _notion(facts, now, fires if with_platform else None),
        *_rows(facts),
        _crm(facts, platform if with_platform else None, now, with_platform=with_platform),
        *_closed(facts, now),
        *_restored(facts, now),
        *_stops(facts),
        _due(facts, now),
        _failed(facts),
        *_sweep(facts, now),
        *_reviews(facts, now),
        *_budgets(facts),
    ]
    findings.sort(key=lambda finding: _WORST.index(finding.level))
    return Status(findings, _numbers(facts, now))


def _platform(platform: PlatformFacts | None, now: datetime) -> Iterator[Finding]:
    start = "Start it with `gtm up` (with --without-platform, if `gtm once` is started by cron)."
    if platform is None or not platform.heartbeats:
        yield Finding("platform", "critical", "the platform never ran with this state", start)
        return
    age = now - max(platform.heartbeats.values())
    if age > DAEMON_CRITICAL:
        yield Finding("platform", "critical", f"the daemon gave no sign of life for {_ago(age)}", start)
        return
    yield Finding("platform", "ok", "the platform is alive")
    for waker in platform.wakers:
        if not waker.is_on:
            yield Finding(
                waker.name, "warning", f"{waker.name} is switched off", "Switch it on in Dagster under Automation."
            )
        elif waker.failed_ticks:
            level: Level = "critical" if waker.failed_ticks >= TICKS_CRITICAL else "warning"
            yield Finding(waker.name, level, f"{waker.name} fails: {waker.error}", "Its ticks in Dagster say more.")
        elif waker.name != "notion_sync" and waker.last_tick is not None and now - waker.last_tick > TICK_WARNING:
            silent = now - waker.last_tick
            level = "critical" if silent > TICK_CRITICAL else "warning"
            yield Finding(
                waker.name, level, f"{waker.name} did not tick for {_ago(silent)}", "Look at the daemon's log."
            )
    if platform.oldest_queued is not None and now - platform.oldest_queued > QUEUED_WARNING:
        waits = _ago(now - platform.oldest_queued)
        yield Finding("queue", "warning", f"a run has waited for {waits}", "Look at the runs in Dagster; one may hang.")


def _notion(facts: StoreFacts, now: datetime, fires: Sequence[datetime] | None) -> Finding:
    what = "Look at the job sync_notion in Dagster, and at NOTION_TOKEN."
    if facts.notion_read is None:
        return Finding("notion", "critical", "Notion was never read", "Run `gtm once`, or the job sync_notion.")
    text = f"Notion was read {_ago(now - facts.notion_read)} ago"
    if fires is None:
        late = now - facts.notion_read > WITHOUT_PLATFORM
        return Finding("notion", "warning" if late else "ok", text, "Let cron start `gtm once` daily." if late else "")
    missed = [fire for fire in fires if facts.notion_read < fire < now - NOTION_GRACE]
    if not missed:
        return Finding("notion", "ok", text)
    level: Level = "critical" if len(missed) >= NOTION_MISSED_CRITICAL else "warning"
    return Finding("notion", level, f"{text}, it was due {_ago(now - missed[-1])} ago", what)


def _rows(facts: StoreFacts) -> Iterator[Finding]:
    if not facts.refused:
        return
    said = [f"{row.database} {row.name!r} ({row.reason}; {row.meanwhile})" for row in facts.refused[:_ROWS_NAMED]]
    more = f" and {len(facts.refused) - _ROWS_NAMED} more" if len(facts.refused) > _ROWS_NAMED else ""
    what = f"Correct them in Notion: {facts.refused[0].url}"
    yield Finding("rows", "warning", f"rows of Notion are refused: {', '.join(said)}{more}", what)


def _crm(facts: StoreFacts, platform: PlatformFacts | None, now: datetime, *, with_platform: bool) -> Finding:
    """The sensor asks the CRM every few seconds and writes nothing down; its tick says when. A run's reading counts too."""
    ticks = [
        w.last_tick for w in (platform.wakers if platform else ()) if w.name == "superoffice_changes" and w.last_tick
    ]
    looks = [look for look in (facts.crm_read, *ticks) if look is not None]
    if facts.crm_read is None:
        return Finding(
            "crm", "warning", "the CRM's changes were never read", "The first pass is not finished; see `gtm board`."
        )
    age = now - max(looks)
    text = f"the CRM was asked {_ago(age)} ago"
    late = age > (TICK_WARNING if with_platform else WITHOUT_PLATFORM)
    if not late:
        return Finding("crm", "ok", text)
    what = "See what stands against it above." if with_platform else "Let cron start `gtm once`."
    return Finding("crm", "critical" if with_platform and age > TICK_CRITICAL else "warning", text, what)


def _closed(facts: StoreFacts, now: datetime) -> Iterator[Finding]:
    """As the last run found it; the sensor asks at every tick whether it is open again."""
    if facts.closed is None:
        return
    age = now - facts.closed.since
    text = f"SuperOffice is closed ({facts.closed.state}) for {_ago(age)}"
    if facts.closed.state == SUSPENDED:
        what = "Ask SuperOffice about subscription and licence; then work goes on by itself."
        yield Finding("closed", "critical", text, what)
    elif age > CLOSED_CRITICAL:
        what = "That is longer than maintenance takes: ask SuperOffice. Work goes on by itself once it is open."
        yield Finding("closed", "critical", text, what)
    else:
        yield Finding("closed", "warning", text, "Nothing to do: work waits and goes on by itself once it is open.")


def _restored(facts: StoreFacts, now: datetime) -> Iterator[Finding]:
    """Nothing is written after a restored backup until everything was read anew; that takes minutes, in a large tenant an hour."""
    if facts.restored is None or not facts.restored_reason:
        return
    age = now - facts.restored.since
    what = "Nothing to do: it goes on by itself."
    if age > RESTORED_CRITICAL:
        what = "It should be over: look at the runs of account_changes in Dagster, or run `gtm once`."
    level: Level = "critical" if age > RESTORED_CRITICAL else "warning"
    yield Finding("backup", level, f"{facts.restored_reason} Since {_ago(age)}", what)


def _stops(facts: StoreFacts) -> Iterator[Finding]:
    if facts.stop_reason:
        yield Finding(
            "writing",
            "critical",
            f"writing is stopped: {facts.stop_reason}",
            "Look into it, then `gtm resume-writing`.",
        )
    for job, stopped in sorted(facts.stopped.items()):
        level: Level = "warning" if stopped["transient"] else "critical"
        what = (
            "It is tried again by itself."
            if stopped["transient"]
            else "Correct what it names; it is tried every five minutes."
        )
        yield Finding(job, level, f"the last run of {job} was stopped: {stopped['why']}", what)


def _due(facts: StoreFacts, now: datetime) -> Finding:
    total = sum(facts.due.values())
    if not total:
        return Finding("due", "ok", "no account is due")
    live = now - facts.oldest_due[0] if 0 in facts.oldest_due else timedelta(0)
    oldest = now - min(facts.oldest_due.values())
    text = f"{_accounts(total)} due, the oldest for {_ago(oldest)}"
    if facts.closed is not None:
        return Finding("due", "ok", f"{text}; they wait until SuperOffice is open")
    look = "Look at the runs of account_changes in Dagster."
    if live > LIVE_DUE_WARNING:
        return Finding("due", "critical" if live > LIVE_DUE_CRITICAL else "warning", text, look)
    ended = now - facts.last_ended if facts.last_ended else oldest
    if min(oldest, ended) > BACKGROUND_STANDS_STILL:
        return Finding("due", "warning", f"{text}, and none came to an end for {_ago(ended)}", look)
    return Finding("due", "ok", text)


def _failed(facts: StoreFacts) -> Finding:
    failed, conflict = facts.counts.get("failed", 0), facts.counts.get("conflict", 0)
    total = sum(facts.counts.values())
    text = f"{_accounts(failed)} failed (waiting for a person: {facts.wait_for_person}), {conflict} in conflict"
    if failed >= FAILED_CRITICAL and failed > FAILED_SHARE_CRITICAL * total:
        return Finding("failed", "critical", f"{text}, of {total}", "`gtm board --phase failed` says why.")
    if facts.wait_for_person or conflict:
        return Finding("failed", "warning", text, "`gtm board` says why and what to do.")
    return Finding("failed", "ok", text if failed else "no account failed")


def _sweep(facts: StoreFacts, now: datetime) -> Iterator[Finding]:
    if facts.swept is None:
        return
    age = now - facts.swept
    if age > SWEEP_WARNING:
        level: Level = "critical" if age > SWEEP_CRITICAL else "warning"
        yield Finding(
            "sweep", level, f"the last sweep ended {_ago(age)} ago, one a day is due", "`gtm once --sweep` makes one."
        )


def _reviews(facts: StoreFacts, now: datetime) -> Iterator[Finding]:
    if not facts.reviews:
        return
    age = now - facts.oldest_review if facts.oldest_review else timedelta(0)
    kinds = ", ".join(f"{count} {kind}{'' if count == 1 else 's'}" for kind, count in sorted(facts.reviews.items()))
    text = f"texts that wait for a review: {kinds}, the oldest for {_ago(age)}"
    late = age > REVIEW_WARNING
    # The command lists one kind; without an option it is the cells.
    lists = {"cell": "`gtm review list`", "opener": "`gtm review list --kind opener`"}
    shown = " and ".join(lists[kind] for kind in lists if kind in facts.reviews)
    what = f"See {shown}." if late else ""
    yield Finding("reviews", "warning" if late else "ok", text, what)


def _budgets(facts: StoreFacts) -> Iterator[Finding]:
    for work, reached in sorted(facts.reached.items()):
        things = "cells" if work == "texts" else "accounts"
        yield Finding(
            "budget", "warning", reached.what_is_left(things), f"{reached.when()} `gtm costs` shows what was spent."
        )


def _numbers(facts: StoreFacts, now: datetime) -> dict[str, float | int]:
    oldest = min(facts.oldest_due.values(), default=now)
    return {
        "accounts": sum(facts.counts.values()),
        "due": sum(facts.due.values()),
        "oldest_due_seconds": round((now - oldest).total_seconds()),
        "failed": facts.counts.get("failed", 0),
        "waiting_for_person": facts.wait_for_person,
        "conflict": facts.counts.get("conflict", 0),
        "reviews": sum(facts.reviews.values()),
    }


def _accounts(count: int) -> str:
    return f"{count} account{'' if count == 1 else 's'}"


def _ago(age: timedelta) -> str:
    return reporting.duration(max(0.0, age.total_seconds()))
