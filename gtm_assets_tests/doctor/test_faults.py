"""The doctor under each fault of the sandbox: it says what is wrong, or that nothing is, while the engine copes by itself.

Merges and restored backups are looked at where they are tested.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from gtm_assets.doctor.examination import examine
from gtm_assets.doctor.findings import Diagnosis
from gtm_assets.doctor.variables import Variables
from gtm_assets.writeback.guards import Guarding, keep_guarding
from gtm_assets_tests.doctor.looking import told
from gtm_assets_tests.path.harness import Engine
from resources.store import queue
from resources.store.store import utc_now
from sandbox.faults import kinds
from sandbox.faults.catalogue import KINDS

pytestmark = pytest.mark.slow

_SUBJECT = "SuperOffice:19"
_INTRO = "SuperOffice:20"

#: Fault -> area, name and status of the finding that tells it, and words of it; None: nothing is to be told.
STORIES: dict[str, tuple[Any, tuple[str, str, str, str] | None]] = {
    "rate-limit": (kinds.RateLimit(per_second=4), None),
    "server-error, 429 for ever": (
        kinds.ServerError(status=429, retry_after=0, times=0),
        ("SuperOffice", "answers", "wrong", "Something else uses up the tenant's limit"),
    ),
    "server-error": (kinds.ServerError(status=503, times=0), ("SuperOffice", "answers", "wrong", "HTTP 503")),
    "server-error on writes": (
        kinds.ServerError(status=503, method="PATCH", times=0),
        ("Writing", "answers", "remark", "sent without an answer. Nothing to do"),
    ),
    "reset-before": (
        kinds.ResetBefore(method="PATCH", times=0),
        ("Writing", "accounts", "remark", "(not reachable)"),
    ),
    "reset-after": (kinds.ResetAfter(method="PATCH", times=1), None),
    "timeout": (kinds.Timeout(seconds=0.05, times=0), ("SuperOffice", "answers", "wrong", "got no answer")),
    "slow": (kinds.Slow(seconds=0.1), None),
    "ignored-patch": (
        kinds.IgnoredPatch(fields=(_SUBJECT,)),
        ("Writing", "accounts", "wrong", "without effect on subject; intro, social_proof arrived"),
    ),
    "stale-read": (kinds.StaleRead(changes=1, person=1), None),
    "token-expiry": (kinds.TokenExpiry(), None),
    "token-expiry, revoked": (
        kinds.TokenExpiry(revoked=True),
        ("SuperOffice", "sign-in", "wrong", "put the new refresh token into SUPEROFFICE_REFRESH_TOKEN"),
    ),
    "moved-host": (kinds.MovedHost(to="online4"), None),
    "moved-host, unknown yet": (
        kinds.MovedHost(to="online4", late=99),
        ("SuperOffice", "answers", "wrong", "names the old host still"),
    ),
    "maintenance": (kinds.Maintenance(), ("SuperOffice", "tenant", "remark", "OfflineMaintenance")),
    "maintenance, suspended": (
        kinds.Maintenance(state="Suspended"),
        ("SuperOffice", "tenant", "wrong", "SuperOffice has to resume it"),
    ),
    "edit-between": (kinds.EditBetween(person=1, fields={_SUBJECT: "von Hand"}), None),
    "duplicate-timestamps": (kinds.DuplicateTimestamps(), None),
    "late-timestamps": (kinds.LateTimestamps(seconds=60), None),
    "soft-delete": (kinds.SoftDelete(person=1, when="before-patch"), None),
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One company, worked off, where edits in between are refused (level B); each test mends what it broke."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gtm_assets.settings.PROJECT_ROOT", tmp_path_factory.mktemp("no-env-file"))
        with Engine(
            tmp_path_factory.mktemp("faults") / "state", companies=1, fast=True, SUPEROFFICE_WRITES_PER_HOUR="60"
        ) as started:
            with started.store.write() as connection:
                keep_guarding(connection, Guarding("B"), {"at": utc_now().isoformat()})
            started.fast_pass()
            yield started


def _look() -> Diagnosis:
    return examine(Variables(dict(os.environ), {}, {}), seconds=60.0, sleep=lambda _: None)


def _mend(engine: Engine) -> None:
    engine.world.faults.clear()
    with engine.store.write() as connection:
        queue.retry_failed(connection)
    engine.without_waiting()
    # A change that was committed late may show the very time of an earlier one: only a sweep notices it then.
    engine.fast_pass(full_sweep=True)


_TITLES = count()


@pytest.mark.parametrize("name", STORIES)
def test_the_doctor_tells_what_is_wrong_and_what_to_do(engine: Engine, name: str) -> None:
    fault, story = STORIES[name]
    running = engine.world.faults.start(fault)
    engine.edit("Person", 1, Title=("Einkaufsleiter", "Geschäftsführer")[next(_TITLES) % 2])
    engine.fast_pass()
    engine.configure()
    diagnosis = _look()
    assert running.met, "else this tells nothing"
    _mend(engine)

    wrong = {
        (f.area, f.name) for f in diagnosis.findings if f.status == "wrong" and f.area in {"SuperOffice", "Writing"}
    }
    if story is None:
        assert wrong == set()
        return
    area, what, status, words = story
    assert wrong == ({(area, what)} if status == "wrong" else set())
    (finding,) = [f for f in diagnosis.findings if (f.area, f.name) == (area, what)]
    assert finding.status == status
    assert words in told(diagnosis, area, what)
    assert finding.to_do, "what to do, or that nothing is"


def test_a_conflict_that_the_run_settles_itself_is_not_told(engine: Engine) -> None:
    edits = [
        engine.world.faults.start(kinds.EditBetween(person=2, fields={field: "von Hand"}))
        for field in (_SUBJECT, _INTRO)
    ]
    engine.edit("Person", 2, Title="Leiter Einkauf")
    done = engine.fast_pass()
    engine.configure()
    diagnosis = _look()
    _mend(engine)
    assert [edit.met for edit in edits] == [1, 1]
    assert (done.batch.conflicts, done.phases()) == (1, {1: "completed"}), "the edits are noticed before the run ends"
    assert [f.said for f in diagnosis.findings if f.status == "wrong" and f.area == "Writing"] == []
    assert "edited twice" not in told(diagnosis, "Writing", "accounts")


def test_every_fault_of_the_catalogue_has_a_story() -> None:
    assert {kind.name for kind in KINDS} == {fault.name for fault, _ in STORIES.values()}
