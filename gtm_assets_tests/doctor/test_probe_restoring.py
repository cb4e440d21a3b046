"""Whatever ends a probe, at whichever of its requests: the record stands as before, at once or with the next call."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from gtm_assets.doctor.probe import keeping
from gtm_assets.doctor.probe.session import Interrupted
from gtm_assets.writeback import ledger
from gtm_assets_tests.doctor.conftest import StartStage
from gtm_assets_tests.doctor.probing import HOBBY, NOTHING_LEFT, SAILOR, SUBJECT, Moment, Stage, Trap
from gtm_assets_tests.fake_crm import Gone
from resources.errors import OutsideError
from resources.superoffice.errors import MaybeSentError

INTRO = "SuperOffice:20"
#: Requests at which it is interrupted: each kind of step is among them.
STEPS = (1, 3, 4, 5, 7, 9, 12, 16, 20)


def _raise(error: type[BaseException]) -> None:
    raise error


@pytest.fixture
def stage(start_stage: StartStage) -> Stage:
    """A person whose fields are all filled, by hand."""
    stage = start_stage()
    for identity in (19, 20, 21, 22):
        stage.engine.edit_field("Person", SAILOR, f"SuperOffice:{identity}", f"Von Hand {identity}")
    return stage


def test_a_probe_has_more_requests_than_the_steps_that_are_interrupted(stage: Stage) -> None:
    stage.probe()
    assert stage.trap.seen > max(STEPS)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_after_ctrl_c_everything_is_put_back_at_once(stage: Stage, step: int, moment: Moment) -> None:
    before, foreign = stage.fields(), stage.engine.foreign()
    stage.trap = Trap(step, moment, partial(_raise, KeyboardInterrupt))
    with pytest.raises(Interrupted, match="stands as before"):
        stage.probe()
    assert (stage.fields(), stage.engine.foreign(), stage.left_in_store()) == (before, foreign, NOTHING_LEFT)
    assert stage.guard() == "C", "half a probe proves nothing"


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_after_a_kill_the_note_stands_and_the_next_call_puts_back(stage: Stage, step: int, moment: Moment) -> None:
    before, foreign = stage.fields(), stage.engine.foreign()
    stage.trap = Trap(step, moment, partial(_raise, Gone))
    with pytest.raises(Gone):
        stage.probe()
    left = stage.left_in_store()
    assert left["suppressions"] == [f"person:{SAILOR}"], "the engine has to leave this person alone"
    session = stage.session()
    note = session.open_note()
    assert note is not None
    restored = session.restore(note)
    assert restored.complete
    assert (stage.fields(), stage.engine.foreign(), stage.left_in_store()) == (before, foreign, NOTHING_LEFT)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("step", [1, 2, 3])
@pytest.mark.parametrize("path", ["accepted", "refused"])
def test_after_a_kill_in_a_tenant_that_blanks_other_fields_they_come_back_too(
    stage: Stage, step: int, moment: Moment, path: str
) -> None:
    stage.engine.switch(custom_fields_patch="whole", custom_fields_path=path, custom_fields_test="refused")
    before, foreign = stage.fields(), stage.engine.foreign()
    stage.trap = Trap(step, moment, partial(_raise, Gone))
    with pytest.raises(Gone):
        stage.probe()
    session = stage.session()
    note = session.open_note()
    assert note is not None
    assert session.restore(note).complete
    assert (stage.fields(), stage.engine.foreign(), stage.left_in_store()) == (before, foreign, NOTHING_LEFT)


def _stopped(stage: Stage) -> str:
    with stage.engine.store.read() as connection:
        return ledger.stop_reason(connection)


def _down(stage: Stage) -> None:
    stage.engine.fault(system="superoffice", path_regex="/api/v1/", status=503, times=100, retry_after=3600)


@pytest.mark.parametrize(
    ("ending", "raised"),
    [(partial(_raise, KeyboardInterrupt), KeyboardInterrupt), (partial(_raise, Gone), Gone), (None, OutsideError)],
    ids=["Ctrl-C", "kill -9", "SuperOffice is away"],
)
def test_a_tenant_that_blanks_other_fields_is_not_written_any_more_whatever_ends_the_probe(
    stage: Stage, ending: Callable[[], None] | None, raised: type[BaseException]
) -> None:
    """The engine may have been verified here before: without the stop it would write unwatched."""
    stage.engine.switch(custom_fields_patch="whole")
    before, foreign = stage.fields(), stage.engine.foreign()
    ledger.set_verified(stage.engine.store, "Person")
    # The fifth PATCH is the first that puts back.
    stage.trap = Trap(5, "before", ending or partial(_down, stage))
    with pytest.raises(raised):
        stage.probe()
    assert "blanks all others" in _stopped(stage)
    stage.engine._control.delete("faults")
    session = stage.session()
    note = session.open_note()
    assert note is not None
    assert note["patch"] == "whole"
    assert session.restore(note).complete
    assert (stage.fields(), stage.engine.foreign(), stage.left_in_store()) == (before, foreign, NOTHING_LEFT)


def test_a_note_that_tells_of_blanked_fields_stops_the_engine_before_anything_is_put_back(stage: Stage) -> None:
    """The note may be of a probe that could not say so any more."""
    stage.engine.switch(custom_fields_patch="whole")
    session = stage.session()
    note = session._note(session.subject(SAILOR)) | {"patch": "whole"}
    keeping.leave_note(stage.engine.store, note)
    _down(stage)
    with pytest.raises(OutsideError):
        session.restore(note)
    assert "blanks all others" in _stopped(stage)


def _killed_after_the_first_write(stage: Stage) -> dict[str, Any]:
    stage.trap = Trap(4, "after", partial(_raise, Gone))
    with pytest.raises(Gone):
        stage.probe()
    assert str(stage.fields()[SUBJECT]).startswith("gtm-probe ")
    note = stage.session().open_note()
    assert note is not None
    return note


def test_what_somebody_has_written_since_the_kill_stays(stage: Stage) -> None:
    note = _killed_after_the_first_write(stage)
    stage.engine.edit_field("Person", SAILOR, SUBJECT, "Inzwischen von Hand")
    stage.engine.edit_field("Person", SAILOR, HOBBY, "Rudern")
    restored = stage.session().restore(note)
    assert restored.complete
    assert set(restored.left) == {SUBJECT.casefold(), HOBBY.casefold()}
    assert (stage.fields()[SUBJECT], stage.fields()[HOBBY]) == ("Inzwischen von Hand", "Rudern")
    assert stage.left_in_store() == NOTHING_LEFT


def test_a_field_that_somebody_may_have_cleared_since_is_shown_and_not_filled_in_secret(stage: Stage) -> None:
    note = _killed_after_the_first_write(stage)
    stage.engine.edit_field("Person", SAILOR, HOBBY, "")
    restored = stage.session().restore(note)
    assert restored.open == {HOBBY.casefold(): "Segeln"}
    assert stage.fields()[SUBJECT] == "Von Hand 19", "what is certainly ours is put back all the same"
    assert HOBBY not in stage.fields()
    assert stage.left_in_store()["note"] is not None
    stage.engine.edit_field("Person", SAILOR, HOBBY, "Segeln")
    assert stage.session().restore(note).complete
    assert stage.left_in_store() == NOTHING_LEFT


def test_a_person_who_was_deleted_since_needs_nothing(stage: Stage) -> None:
    note = _killed_after_the_first_write(stage)
    stage.engine.tell("delete", entity="Person", id=SAILOR)
    restored = stage.session().restore(note)
    assert (restored.gone, restored.complete) == (True, True)
    assert stage.left_in_store() == NOTHING_LEFT


def test_an_edit_during_the_probe_ends_it_or_stays_but_is_never_overwritten(stage: Stage) -> None:
    stage.trap = Trap(12, "before", lambda: stage.engine.edit_field("Person", SAILOR, HOBBY, "Rudern"))
    _, restored = stage.probe()
    assert (restored.left, restored.complete) == ([HOBBY.casefold()], True)
    assert stage.fields()[HOBBY] == "Rudern"


@pytest.mark.parametrize("kind", ["reset_before", "reset_after"])
@pytest.mark.parametrize("skipped", [3, 8])
def test_a_lost_answer_ends_the_probe_and_everything_is_put_back(stage: Stage, kind: str, skipped: int) -> None:
    before, foreign = stage.fields(), stage.engine.foreign()
    fault = {"kind": kind, "system": "superoffice", "method": "PATCH", "path_regex": "Person/"}
    stage.trap = Trap(skipped, "after", lambda: stage.engine.fault(**fault))
    with pytest.raises(MaybeSentError):
        stage.probe()
    assert (stage.fields(), stage.engine.foreign(), stage.left_in_store()) == (before, foreign, NOTHING_LEFT)


def test_where_nothing_can_be_put_back_the_note_stays(stage: Stage) -> None:
    def down() -> None:
        stage.engine.fault(system="superoffice", path_regex="/api/v1/", status=503, times=100, retry_after=3600)

    before = stage.fields()
    stage.trap = Trap(6, "after", down)
    with pytest.raises(OutsideError):
        stage.probe()
    assert stage.left_in_store()["note"] is not None
    stage.engine._control.delete("faults")
    session = stage.session()
    note = session.open_note()
    assert note is not None
    assert session.restore(note).complete
    assert stage.fields() == before


def test_a_patch_without_effect_ends_the_probe(start_stage: StartStage) -> None:
    """A field that the integration's user may not write: 200, and nothing happens."""
    stage = start_stage()
    session = stage.session()
    subject = session.subject(SAILOR)
    send = session.crm.patch

    def ignored(entity: Any, entity_id: int, operations: Any, **options: Any) -> dict[str, Any]:
        tests = [operation for operation in operations if operation["op"] == "test"]
        return send(entity, entity_id, tests, **options) if tests else {}

    session.crm.patch = ignored  # type: ignore[method-assign]
    with pytest.raises(OutsideError, match="had no effect"):
        session.probe(subject)
    assert stage.left_in_store() == NOTHING_LEFT


def test_a_person_who_is_deleted_in_the_midst_ends_the_probe_with_nothing_left(stage: Stage) -> None:
    stage.trap = Trap(9, "before", lambda: stage.engine.tell("delete", entity="Person", id=SAILOR))
    with pytest.raises(OutsideError):
        stage.probe()
    assert stage.left_in_store() == NOTHING_LEFT
