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


@pytest.mark.parametrize("ending", [KeyboardInterrupt, Gone])
def test_a_probe_that_ended_before_it_could_look_stops_the_engine_once_blanking_is_seen(
    stage: Stage, ending: type[BaseException]
) -> None:
    stage.engine.switch(custom_fields_patch="whole", custom_fields_test="refused")
    stage.trap = Trap(2, "after", partial(_raise, ending))
    with pytest.raises((Interrupted, Gone)):
        stage.probe()
    session = stage.session()
    note = session.open_note()
    if note is not None:
        assert session.restore(note).complete
    assert stage.left_in_store() == NOTHING_LEFT
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


def test_a_field_that_somebody_empties_during_the_probe_is_shown_and_not_filled(stage: Stage) -> None:
    stage.trap = Trap(12, "before", lambda: stage.engine.edit_field("Person", SAILOR, HOBBY, ""))
    _, restored = stage.probe()
    assert restored.open == {HOBBY.casefold(): "Segeln"}
    assert HOBBY not in stage.fields()
    assert stage.fields()[SUBJECT] == "Von Hand 19"
    assert stage.left_in_store()["note"] is not None


#: PATCH requests before the first that puts back, in a tenant that blanks other fields.
_ASKED = {"accepted": 4, "refused": 2, "ignored": 2}


@pytest.mark.parametrize("test", _ASKED)
@pytest.mark.parametrize(
    ("edited", "kept"),
    [(HOBBY, {HOBBY.casefold()}), (SUBJECT, {SUBJECT.casefold()}), ("SuperOffice:6", {"superoffice:6"})],
    ids=["a field that was blanked", "the field that was probed", "another one"],
)
def test_an_edit_in_the_moment_of_putting_back_stays_in_a_tenant_that_blanks_other_fields(
    stage: Stage, test: str, edited: str, kept: set[str]
) -> None:
    stage.engine.switch(custom_fields_patch="whole", custom_fields_test=test)
    before = stage.fields()
    value = "True" if edited == "SuperOffice:6" else "Eben von Hand"
    stage.trap = Trap(_ASKED[test] + 1, "before", lambda: stage.engine.edit_field("Person", SAILOR, edited, value))
    _, restored = stage.probe()
    assert set(restored.left) == kept
    assert str(stage.fields()[edited]) == value
    assert {k: v for k, v in stage.fields().items() if k != edited} == {k: v for k, v in before.items() if k != edited}
    assert stage.left_in_store() == NOTHING_LEFT


@pytest.mark.parametrize("path", ["accepted", "refused"])
def test_an_edit_in_the_moment_of_putting_back_stays_after_a_kill(stage: Stage, path: str) -> None:
    stage.engine.switch(custom_fields_path=path)
    stage.trap = Trap({"accepted": 4, "refused": 2}[path], "after", partial(_raise, Gone))
    with pytest.raises(Gone):
        stage.probe()
    assert str(stage.fields()[SUBJECT]).startswith("gtm-probe ")
    session = stage.session()
    note = session.open_note()
    assert note is not None

    def edits() -> None:
        stage.engine.edit_field("Person", SAILOR, SUBJECT, "Eben von Hand")
        stage.engine.edit_field("Person", SAILOR, HOBBY, "Rudern")

    stage.trap.at, stage.trap.seen, stage.trap.moment, stage.trap.does = 1, 0, "before", edits
    restored = session.restore(note)
    assert set(restored.left) == {SUBJECT.casefold(), HOBBY.casefold()}
    assert (stage.fields()[SUBJECT], stage.fields()[HOBBY]) == ("Eben von Hand", "Rudern")
    assert stage.left_in_store() == NOTHING_LEFT


@pytest.mark.parametrize("path", ["accepted", "refused"])
def test_where_nothing_was_blanked_only_the_probes_own_fields_are_put_back(stage: Stage, path: str) -> None:
    """Also where the first attempt fails: what was read of other people's fields is not written again."""
    stage.engine.switch(custom_fields_path=path)
    stage.trap = Trap({"accepted": 4, "refused": 2}[path], "after", partial(_raise, Gone))
    with pytest.raises(Gone):
        stage.probe()
    session = stage.session()
    note = session.open_note()
    assert note is not None
    mark = stage.engine.mark()
    assert session.restore(note).complete
    written: set[str] = set()
    for entry in stage.engine.journal(system="superoffice", method="PATCH", since=mark):
        for operation in entry["body"]:
            value = operation["value"]
            written |= set(value) if isinstance(value, dict) else {operation["path"].rpartition("/")[2]}
    assert written == {SUBJECT}


def test_somebody_who_edits_again_and_again_is_never_overwritten(stage: Stage) -> None:
    """It ends, and what could not be put back is told."""
    note = _killed_after_the_first_write(stage)
    session = stage.session()
    send = session.crm.patch
    edits = 0

    def edited_first(*arguments: Any, **options: Any) -> dict[str, Any]:
        nonlocal edits
        edits += 1
        stage.engine.edit_field("Person", SAILOR, HOBBY, f"Rudern {edits}")
        return send(*arguments, **options)

    session.crm.patch = edited_first  # type: ignore[method-assign]
    restored = session.restore(note)
    assert restored.open == {SUBJECT.casefold(): "Von Hand 19"}
    assert stage.fields()[HOBBY] == f"Rudern {edits}"
    assert session.stop_reason() == ""


@pytest.mark.parametrize("patch", ["partial", "whole"])
def test_where_guards_refuse_although_nobody_has_edited_it_is_put_back_without(stage: Stage, patch: str) -> None:
    stage.engine.switch(custom_fields_patch=patch, custom_fields_test="refused", unmodified_since_same_second="fails")
    before, foreign = stage.fields(), stage.engine.foreign()
    _, restored = stage.probe()
    assert restored.complete
    assert (stage.fields(), stage.engine.foreign(), stage.left_in_store()) == (before, foreign, NOTHING_LEFT)


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
