"""``gtm once`` killed with -9 at the worst moments: the next pass ends where an undisturbed one does, with one PATCH a record.

The moments are found by holding a request in the stand-in, so the process dies exactly there and not somewhere near.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gtm_assets_tests.processes.harness import Command, Tenant, tenant, wait_for
from gtm_assets_tests.processes.platform import CELLS
from resources.store import schema

pytestmark = pytest.mark.slow

RECORD = r"/v1/(Contact|Person)/\d+$"
ARCHIVE = r"/v1/Archive/Contact$"
Records = dict[str, dict[str, object]]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Records:
    """What the CRM carries after a pass that nobody disturbs."""
    with tenant(tmp_path_factory.mktemp("undisturbed"), companies=1) as crm:
        crm.once()
        assert set(crm.effective_patches().values()) == {1}
        return crm.records()


@pytest.fixture
def crm(tmp_path: Path) -> Iterator[Tenant]:
    with tenant(tmp_path, companies=1) as started:
        yield started


def _kill_at(crm: Tenant, is_there: Callable[[], object]) -> None:
    """Start a pass, wait for the moment, kill it there, and let the requests of the dead go once nobody waits for them."""
    run: Command = crm.start_once()
    try:
        wait_for("the moment to kill it at", lambda: is_there() or run.process.poll() is not None, every=0.03)
        assert run.process.poll() is None, f"It ended before it could be killed: {run.output} {run.errors}"
    finally:
        run.kill()
        try:
            # Let go earlier, a request of the dead would still be carried out.
            wait_for("the stand-in to see that its client is gone", lambda: not crm.held())
        finally:
            crm.release()


def _assert_one_patch_each(crm: Tenant, undisturbed: Records) -> None:
    assert crm.records() == undisturbed
    patches = crm.effective_patches()
    assert set(patches.values()) == {1}, patches
    assert {ends[-1] for ends in crm.ledger().values()} == {"confirmed"}, crm.ledger()
    assert not {status for ends in crm.ledger().values() for status in ends} & {"intended", "sent"}, crm.ledger()
    assert crm.ledger().keys() == patches.keys()
    assert crm.phases() == {1: "completed"}
    assert crm.leases() == []


def test_a_pass_killed_between_intent_and_patch_is_sent_once_by_the_next(crm: Tenant, undisturbed: Records) -> None:
    crm.hold("GET", RECORD, "before")
    _kill_at(crm, crm.held)
    assert crm.calls(method="PATCH") == []
    before = crm.ledger()
    assert before
    assert {status for ends in before.values() for status in ends} == {"intended"}

    result = crm.once()

    assert result["accounts"]["completed"] == 1, "the dead process still has the account"
    assert result["writes"]["patches"] == len(before)
    assert {tuple(ends) for ends in crm.ledger().values()} == {("dropped", "confirmed")}
    _assert_one_patch_each(crm, undisturbed)


def test_a_pass_killed_while_its_patch_travels_is_sent_once_by_the_next(crm: Tenant, undisturbed: Records) -> None:
    crm.hold("PATCH", RECORD, "before")
    _kill_at(crm, crm.held)
    (lost,) = wait_for("the lost PATCH in the journal", lambda: crm.calls(method="PATCH"))
    assert (lost.effect, lost.status) == (False, 499)
    assert [status for ends in crm.ledger().values() for status in ends].count("sent") == 1

    result = crm.once()

    assert result["writes"]["patches"] == result["writes"]["confirmed"] == len(crm.ledger())
    _assert_one_patch_each(crm, undisturbed)


def test_a_pass_killed_between_patch_and_answer_is_settled_by_reading(crm: Tenant, undisturbed: Records) -> None:
    crm.hold("PATCH", RECORD, "after")
    _kill_at(crm, crm.held)
    (written,) = crm.effective_patches()
    assert crm.ledger()[written] == ["sent"]

    result = crm.once()

    assert crm.ledger()[written] == ["confirmed"]
    assert result["writes"]["patches"] == len(crm.ledger()) - 1
    _assert_one_patch_each(crm, undisturbed)


def test_a_pass_killed_between_patches_and_read_back_sends_nothing_again(crm: Tenant, undisturbed: Records) -> None:
    crm.hold("PATCH", RECORD, "after")
    all_patched = False

    def is_reading_back() -> bool:
        nonlocal all_patched
        if not all_patched and crm.held():
            all_patched = True
            crm.release()
            crm.hold("GET", ARCHIVE, "before")
        return all_patched and bool(crm.held("/Archive/"))

    _kill_at(crm, is_reading_back)
    assert {tuple(ends) for ends in crm.ledger().values()} == {("sent",)}

    result = crm.once()

    assert result["writes"]["patches"] == 0
    assert result["writes"]["confirmed"] == len(crm.ledger())
    _assert_one_patch_each(crm, undisturbed)


def test_a_pass_killed_while_the_model_writes_does_not_ask_again_for_what_is_stored(
    crm: Tenant, undisturbed: Records
) -> None:
    def a_third_is_asked_for() -> bool:
        if len(crm.calls("gemini")) >= CELLS / 3 and not crm.server.world.gate.holds():
            crm.hold("POST", "", "before", system="gemini")
        return bool(crm.held())

    _kill_at(crm, a_third_is_asked_for)
    stored = crm.count(schema.text_blocks)

    result = crm.once()

    made = {"generated": CELLS - stored + 1, "unchanged": stored, "rejected": 0, "failed": 0, "left": 0}
    assert result["texts"] == made
    assert result["model_calls"] == CELLS - stored + 2, "the other two are the company's profile and openers"
    assert crm.count(schema.text_blocks) == CELLS + 1
    _assert_one_patch_each(crm, undisturbed)
