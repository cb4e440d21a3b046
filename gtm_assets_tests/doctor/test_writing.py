"""What stands in the store about writing, looked at both ways: the probe, its level, a probe that did not end, the permission, a stop."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gtm_assets.doctor.probe import keeping
from gtm_assets.writeback import ledger
from gtm_assets.writeback.guards import Guarding, keep_guarding
from gtm_assets_tests.doctor.looking import Installation, statuses, told, wrong
from resources.store import queue
from resources.store.store import Store, set_cursor, utc_now


def _probed(store: Store, installation: Installation, **changed: Any) -> None:
    from gtm_assets.tenancy import tenant_name

    at = utc_now().isoformat()
    result = {
        "at": at,
        "tenant": tenant_name(installation.settings),
        "version": "",
        "person_id": 7,
        "guard": "B",
        "guard_reason": "If-Unmodified-Since works.",
        "answers": [{"point": 8, "question": "?", "answer": "yes.", "settled": "yes", "brief": "412 after an edit"}],
        **changed,
    }
    keeping.store_result(store, result)
    with store.write() as connection:
        keep_guarding(connection, Guarding("B"), {"at": at})


def test_an_installation_that_was_never_probed_is_told_how(installation: Installation) -> None:
    with installation.store():
        pass
    diagnosis = installation.look()
    assert diagnosis.guard == {"level": "C"}
    assert statuses(diagnosis, "Writing") == {"allowed": "ok", "guard": "remark", "accounts": "ok"}
    assert "gtm doctor --probe" in told(diagnosis, "Writing", "guard")


def test_the_level_its_day_and_its_reason_are_shown(installation: Installation) -> None:
    with installation.store() as store:
        _probed(store, installation)
    diagnosis = installation.look()
    assert (diagnosis.guard["level"], statuses(diagnosis, "Writing")["guard"]) == ("B", "ok")
    assert f"level B since {utc_now():%Y-%m-%d}, by a probe of person 7" in told(diagnosis, "Writing", "guard")
    assert diagnosis.probe is not None


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"at": (utc_now() - timedelta(days=400)).isoformat()}, "more than a year ago"),
        ({"tenant": "Cust1 at https://sod.superoffice.com"}, "not the tenant of the settings"),
        ({"version": "Release_1"}, "the probe was of release Release_1"),
    ],
)
def test_a_probe_that_says_little_about_today_is_a_remark(installation: Installation, changed: dict, what: str) -> None:
    with installation.store() as store:
        _probed(store, installation, **changed)
    diagnosis = installation.look()
    assert diagnosis.wrong == ()
    assert statuses(diagnosis, "Writing")["guard"] == "remark"
    assert what in told(diagnosis, "Writing", "guard")


def test_whether_writing_is_allowed_or_stopped(installation: Installation) -> None:
    with installation.store() as store:
        installation.environment["SUPEROFFICE_ALLOW_LIVE_WRITE"] = ""
        assert "nothing is sent" in told(installation.look(), "Writing", "allowed")
        installation.environment["SUPEROFFICE_ALLOW_LIVE_WRITE"] = "true"
        assert "plans are sent" in told(installation.look(), "Writing", "allowed")
        ledger.stop_writing(store, "a PATCH moved Hobby.")
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("Writing", "allowed")}
    assert "a PATCH moved Hobby" in told(diagnosis, "Writing", "allowed")


def _note() -> dict[str, Any]:
    return {
        "person_id": 7,
        "contact_id": 3,
        "begun_at": utc_now().isoformat(),
        "fields": {"subject": "SuperOffice:19"},
        "before": {"superoffice:19": "Betreff von Hand"},
    }


def test_a_probe_that_did_not_end_says_what_stood_there(installation: Installation) -> None:
    with installation.store() as store, store.write() as connection:
        set_cursor(connection, keeping.NOTE, _note())
    diagnosis = installation.look()
    assert wrong(diagnosis) == {("Writing", "probe")}
    said = told(diagnosis, "Writing", "probe")
    assert "subject (SuperOffice:19): 'Betreff von Hand'" in said
    assert "gtm doctor --probe 7" in said


def test_a_probe_that_works_just_now_is_a_remark(installation: Installation) -> None:
    with installation.store() as store:
        with store.write() as connection:
            set_cursor(connection, keeping.NOTE, _note())
        assert queue.take_lease(store, keeping.LEASE, queue.new_owner())
        diagnosis = installation.look()
    assert diagnosis.wrong == ()
    assert "works just now" in told(diagnosis, "Writing", "probe")
