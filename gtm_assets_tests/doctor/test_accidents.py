"""What the doctor and the status say of a restored backup and of a log of merges that can't be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gtm_assets.crm import merges, restored
from gtm_assets_tests.doctor.looking import Installation, statuses, told
from gtm_assets_tests.monitoring.test_status import NOW, _judge
from resources.store.store import set_cursor, utc_now

BEGUN = "told by somebody"


def test_while_everything_is_read_anew_the_doctor_says_so_and_asks_for_nothing(installation: Installation) -> None:
    with installation.store() as store, store.write() as connection:
        restored.begin(connection, BEGUN)
    diagnosis = installation.look()
    assert statuses(diagnosis, "Writing")["backup"] == "remark"
    said = told(diagnosis, "Writing", "backup")
    assert "the CRM was restored from a backup (told by somebody)" in said
    assert "writing goes on by itself" in said
    assert "Nothing to do" in said
    assert "resume-writing" not in said


def test_afterwards_the_doctor_tells_of_it_for_two_weeks(installation: Installation) -> None:
    with installation.store() as store:
        with store.write() as connection:
            restored.begin(connection, BEGUN)
            restored.finish(connection)
        assert "Everything was read anew by" in told(installation.look(), "Writing", "backup")
        with store.write() as connection:
            long_ago = (utc_now() - timedelta(days=15)).isoformat()
            state = {"step": "done", "since": long_ago, "evidence": BEGUN, "swept": True}
            set_cursor(connection, restored.STATE, state)
    assert "backup" not in statuses(installation.look(), "Writing")


def test_a_log_of_merges_that_was_needed_and_refused_is_told(installation: Installation) -> None:
    with installation.store() as store, store.write() as connection:
        now = utc_now().isoformat()
        set_cursor(
            connection, merges.UNREADABLE, {"why": "mergemovelog was refused (403).", "since": now, "asked_at": now}
        )
    said = told(installation.look(), "Writing", "merges")
    assert "was refused (403)" in said
    assert "MergeMoveLog" in said


@pytest.mark.parametrize("age", [timedelta(minutes=3), timedelta(hours=7)])
def test_the_status_warns_while_it_goes_on_and_alarms_when_it_takes_too_long(age: timedelta) -> None:
    state = restored.State("sweep", NOW - age, BEGUN)
    found = _judge(restored=state, restored_reason="the CRM was restored from a backup (…).")
    (finding,) = [finding for finding in found.findings if finding.name == "backup"]
    assert finding.level == ("warning" if age < timedelta(hours=6) else "critical")
    assert finding.what_to_do
    done = _judge(restored=replace(state, step="done"))
    assert "backup" not in {finding.name for finding in done.findings}
