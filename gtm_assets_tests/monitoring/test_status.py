"""The status: what each fact means, what it advises, and its exit code; and that looking changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gtm_assets.crm import changes, sweep
from gtm_assets.crm.closure import Closure, note_closed, note_open
from gtm_assets.monitoring import status
from gtm_assets.monitoring.status import Status, judge
from gtm_assets.monitoring.status_facts import PlatformFacts, StoreFacts, Waker, last_fires, read_store
from gtm_assets.research.budget import Reached
from gtm_assets.writeback import ledger
from gtm_assets_tests.monitoring.rows import state_row
from gtm_assets_tests.stores import put
from resources.errors import TenantClosedError
from resources.store import schema
from resources.store.store import set_cursor, utc_now

NOW = datetime(2026, 11, 22, 12, 2, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FIRES = [NOW - 2 * MINUTE, NOW - 7 * MINUTE, NOW - 12 * MINUTE, NOW - 17 * MINUTE]
WELL = StoreFacts(
    counts={"completed": 90, "failed": 0, "conflict": 0},
    last_ended=NOW - MINUTE,
    notion_read=NOW - 2 * MINUTE + SECOND,
    crm_read=NOW - HOUR,
    swept=NOW - HOUR,
)
ALIVE = PlatformFacts(
    heartbeats={"SENSOR": NOW - 20 * SECOND, "SCHEDULER": NOW - 40 * SECOND},
    wakers=(
        Waker("superoffice_changes", is_on=True, last_tick=NOW - 4 * SECOND),
        Waker("stale_texts", is_on=True, last_tick=NOW - 9 * SECOND),
        Waker("notion_sync", is_on=True, last_tick=NOW - 2 * MINUTE),
    ),
)


def _judge(platform: PlatformFacts | None = ALIVE, *, with_platform: bool = True, **changed: Any) -> Status:
    return judge(replace(WELL, **changed), platform, NOW, fires=FIRES, with_platform=with_platform)


def _waker(name: str, **changed: Any) -> PlatformFacts:
    wakers = tuple(replace(waker, **changed) if waker.name == name else waker for waker in ALIVE.wakers)
    return replace(ALIVE, wakers=wakers)


def test_where_all_is_well_the_line_says_so_with_numbers() -> None:
    found = _judge()
    assert (found.level, found.exit_code) == ("ok", 0)
    assert found.line().startswith("GTM OK: ")
    assert "\n" not in found.line()
    assert found.line().endswith(
        "| accounts=90 due=0 oldest_due_seconds=0 failed=0 waiting_for_person=0 conflict=0 reviews=0"
    )


@pytest.mark.parametrize(
    ("changed", "name", "level"),
    [
        ({"notion_read": None}, "notion", "critical"),
        ({"notion_read": NOW - 14 * MINUTE}, "notion", "warning"),
        ({"notion_read": NOW - 10 * MINUTE}, "notion", "ok"),
        ({"crm_read": None}, "crm", "warning"),
        ({"stop_reason": "a PATCH moved others"}, "writing", "critical"),
        ({"reached": {"texts": Reached("day", 5.0, "USD", NOW, 0.04, 312, 600)}}, "budget", "warning"),
        (
            {"stopped": {"account_changes": {"why": "401", "at": NOW, "transient": False}}},
            "account_changes",
            "critical",
        ),
        ({"stopped": {"account_changes": {"why": "503", "at": NOW, "transient": True}}}, "account_changes", "warning"),
        ({"due": {0: 3}, "oldest_due": {0: NOW - MINUTE}}, "due", "ok"),
        ({"due": {0: 3}, "oldest_due": {0: NOW - 11 * MINUTE}}, "due", "warning"),
        ({"due": {0: 3}, "oldest_due": {0: NOW - 61 * MINUTE}}, "due", "critical"),
        # A first load takes its time, as long as something comes to an end.
        ({"due": {1: 9000}, "oldest_due": {1: NOW - DAY}}, "due", "ok"),
        ({"due": {1: 9000}, "oldest_due": {1: NOW - DAY}, "last_ended": NOW - HOUR}, "due", "warning"),
        ({"due": {1: 9000}, "oldest_due": {1: NOW - HOUR}, "last_ended": None}, "due", "warning"),
        ({"counts": {"completed": 90, "failed": 3}}, "failed", "ok"),
        ({"counts": {"completed": 90, "failed": 3}, "wait_for_person": 1}, "failed", "warning"),
        ({"counts": {"completed": 90, "conflict": 1}}, "failed", "warning"),
        ({"counts": {"completed": 9000, "failed": 25}}, "failed", "ok"),
        ({"counts": {"completed": 50, "failed": 25}}, "failed", "critical"),
        ({"swept": NOW - 29 * HOUR}, "sweep", "ok"),
        ({"swept": NOW - 31 * HOUR}, "sweep", "warning"),
        ({"swept": NOW - 4 * DAY}, "sweep", "critical"),
        ({"reviews": {"cell": 4}, "oldest_review": NOW - DAY}, "reviews", "ok"),
        ({"reviews": {"cell": 4}, "oldest_review": NOW - 8 * DAY}, "reviews", "warning"),
    ],
)
def test_each_fact_of_the_store_has_its_level_and_its_advice(changed: dict[str, Any], name: str, level: str) -> None:
    found = _judge(**changed)
    of_name = [finding for finding in found.findings if finding.name == name]
    assert [finding.level for finding in of_name] == ([level] if of_name else [])
    assert of_name or level == "ok"
    assert found.level == level
    assert all(bool(finding.what_to_do) == (finding.level != "ok") for finding in found.findings)


@pytest.mark.parametrize(
    ("platform", "name", "level"),
    [
        (None, "platform", "critical"),
        (PlatformFacts(), "platform", "critical"),
        (replace(ALIVE, heartbeats={"SENSOR": NOW - 4 * MINUTE}), "platform", "critical"),
        (_waker("stale_texts", is_on=False), "stale_texts", "warning"),
        (_waker("stale_texts", failed_ticks=1, error="boom"), "stale_texts", "warning"),
        (_waker("superoffice_changes", failed_ticks=3, error="401"), "superoffice_changes", "critical"),
        (_waker("stale_texts", last_tick=NOW - 6 * MINUTE), "stale_texts", "warning"),
        (_waker("superoffice_changes", last_tick=NOW - 20 * MINUTE), "crm", "critical"),
        (replace(ALIVE, oldest_queued=NOW - 11 * MINUTE), "queue", "warning"),
        (replace(ALIVE, oldest_queued=NOW - 9 * MINUTE), "platform", "ok"),
    ],
)
def test_each_fact_of_the_platform_has_its_level(platform: PlatformFacts | None, name: str, level: str) -> None:
    found = _judge(platform)
    assert {finding.name: finding.level for finding in found.findings}[name] == level
    assert found.level == level


def test_the_worst_decides_and_comes_first() -> None:
    found = _judge(replace(ALIVE, heartbeats={}), swept=NOW - 31 * HOUR)
    assert [finding.level for finding in found.findings][:2] == ["critical", "warning"]
    assert found.exit_code == 2
    assert found.line().index("platform") < found.line().index("sweep")


def test_who_starts_the_engine_by_cron_is_not_told_that_the_daemon_is_gone() -> None:
    assert _judge(None, with_platform=False, crm_read=NOW - HOUR).level == "ok"
    late = _judge(None, with_platform=False, crm_read=NOW - 2 * DAY, notion_read=NOW - 2 * DAY)
    assert {finding.name for finding in late.findings if finding.level == "warning"} == {"crm", "notion"}


def test_a_bar_in_a_reason_does_not_begin_the_numbers() -> None:
    line = _judge(stop_reason="cell a|b\nmoved").line()
    assert line.count("|") == 1
    assert "a/b moved" in line


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("*/5 * * * *", ["12:00", "11:55", "11:50", "11:45"]),
        ("0 8 * * *", ["08:00", "08:00", "08:00", "08:00"]),
    ],
)
def test_the_last_times_of_a_cron_expression_are_known(cron: str, expected: list[str]) -> None:
    fires = last_fires(cron, NOW)
    assert [f"{fire:%H:%M}" for fire in fires] == expected
    assert fires == sorted(fires, reverse=True)
    assert all(fire <= NOW for fire in fires)


def test_the_facts_are_those_of_the_rows(store) -> None:
    now = utc_now()
    assert read_store(store, now).notion_read is None
    block = {
        "kind": "cell",
        "key": "a|b",
        "version": 1,
        "inputs_hash": "i",
        "content_hash": "c",
        "content": {},
        "findings": [],
        "passed": True,
        "prompt_version": "1",
        "model": "m",
        "inputs": {},
        "created_at": now - DAY,
        "run_id": "",
        "current": True,
    }
    put(
        store,
        schema.text_blocks,
        {**block, "id": 1},
        {**block, "id": 2, "key": "a|c"},
        {**block, "id": 3, "key": "a|d", "passed": False},
        {**block, "id": 4, "version": 2, "current": False},
        {**block, "id": 5, "kind": "opener", "key": "1", "created_at": now - HOUR},
    )
    verdict = {"content_hash": "c", "verdict": "approved", "reviewer": "r", "comment": "", "decided_at": now}
    put(store, schema.reviews, {"id": 1, "block_id": 2, **verdict})
    put(
        store,
        schema.sync_state,
        state_row(1, "failed", due_at=None),
        state_row(2, "failed", due_at=now + HOUR),
        state_row(3, "received", due_at=now - 5 * MINUTE, ended_at=None),
        state_row(4, "received", due_at=now - HOUR, ended_at=None, priority=1),
        # In somebody's hands: not due.
        state_row(5, "syncing", due_at=now - DAY, ended_at=None, lease_owner="a/1/b", lease_until=now + MINUTE),
        state_row(6, "completed", ended_at=now - 2 * MINUTE),
    )
    with store.write() as connection:
        for name, minutes in (("verticals", 1), ("personas", 9), ("campaigns", 1)):
            read_at = (now - minutes * MINUTE).isoformat()
            set_cursor(connection, f"notion:{name}", {"read_at": read_at, "refused": []})
        set_cursor(connection, changes.CURSOR, {})
        set_cursor(connection, sweep.DONE, {"at": (now - HOUR).isoformat()})
        set_cursor(connection, ledger.STOPPED, {"reason": "moved"})
        set_cursor(connection, "stopped:account_changes", {"at": now.isoformat(), "why": "401", "transient": False})
    facts = read_store(store, now)
    assert (facts.counts["failed"], facts.wait_for_person) == (2, 1)
    assert facts.due == {0: 1, 1: 1}
    assert facts.oldest_due == {0: now - 5 * MINUTE, 1: now - HOUR}
    assert facts.notion_read == now - 9 * MINUTE
    assert facts.swept == now - HOUR
    assert facts.crm_read is not None
    assert facts.stop_reason == "moved"
    assert facts.stopped == {"account_changes": {"at": now, "why": "401", "transient": False}}
    assert (facts.reviews, facts.oldest_review) == ({"cell": 1, "opener": 1}, now - DAY)
    assert judge(facts, None, now, fires=[], with_platform=False).exit_code == 2


@pytest.mark.parametrize(
    ("reviews", "text", "what"),
    [
        ({"cell": 2}, "2 cells", "See `gtm review list`."),
        ({"opener": 1}, "1 opener", "See `gtm review list --kind opener`."),
        ({"cell": 1, "opener": 3}, "1 cell, 3 openers", "See `gtm review list` and `gtm review list --kind opener`."),
    ],
)
def test_texts_that_wait_are_counted_by_kind_and_the_advice_lists_that_kind(
    reviews: dict[str, int], text: str, what: str
) -> None:
    found = _judge(reviews=reviews, oldest_review=NOW - 8 * DAY)
    (finding,) = (f for f in found.findings if f.name == "reviews")
    assert f"wait for a review: {text}," in finding.text
    assert finding.what_to_do == what
    assert found.numbers["reviews"] == sum(reviews.values())


def test_every_exit_code_is_the_plug_ins_convention() -> None:
    assert dict(status.EXIT_CODES) == {"ok": 0, "warning": 1, "critical": 2, "unknown": 3}
    assert status.unknown("no store", "start").exit_code == 3


# --- a closed tenant --------------------------------------------------------------------------------------------------


def _closure(state: str, age: timedelta) -> Closure:
    return Closure(state, NOW - age, f"SuperOffice: tenant Cust1 is closed for now ({state}).")


@pytest.mark.parametrize(
    ("state", "age", "level"),
    [
        ("OfflineMaintenance", 3 * HOUR, "warning"),
        ("OfflineMaintenance", 13 * HOUR, "critical"),
        ("Suspended", MINUTE, "critical"),
    ],
)
def test_a_closed_tenant_is_told_with_what_to_do_and_what_waits_for_it_is_no_alarm_of_its_own(
    state, age, level
) -> None:
    waiting = {"due": {0: 4}, "oldest_due": {0: NOW - 3 * HOUR}}
    found = _judge(closed=_closure(state, age), **waiting)
    assert found.level == level
    assert f"SuperOffice is closed ({state})" in found.line()
    (due,) = (finding for finding in found.findings if finding.name == "due")
    assert (due.level, "wait until SuperOffice is open" in due.text) == ("ok", True)
    assert _judge(**waiting).level == "critical", "without the closure it would be one"


def test_since_when_it_is_closed_is_kept_while_its_state_changes_and_forgotten_when_it_opens(store) -> None:
    note_closed(store, TenantClosedError("SuperOffice", "closed", state="OfflineMaintenance"))
    first = read_store(store, utc_now()).closed
    note_closed(store, TenantClosedError("SuperOffice", "closed", state="MigrationPending"))
    second = read_store(store, utc_now()).closed
    assert first is not None
    assert second is not None
    assert (second.state, second.since) == ("MigrationPending", first.since)
    note_open(store)
    assert read_store(store, utc_now()).closed is None
