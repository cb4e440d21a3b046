"""The probe in every position of every switch: it tells the truth, finds the right guard level, and the record stands as before."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from gtm_assets.writeback import ledger
from gtm_assets.writeback.guards import Guarding
from gtm_assets_tests.doctor.conftest import StartStage
from gtm_assets_tests.doctor.probing import HOBBY, NOTHING_LEFT, SAILOR, SUBJECT, Stage
from sandbox.superoffice.restrictions import BASE_TIME_ZONE
from sandbox.switches import SWITCHES

#: Position -> how the question begins, and how its answer does.
TRUTH: dict[tuple[str, str], tuple[str, str]] = {
    ("date_filter", "time"): ("Are times compared in filters", "yes, to the second; the same second counts."),
    ("date_filter", "day"): ("Are times compared in filters", "no: refused (400)."),
    ("ge_on_dates", "refused"): ("Is ge accepted", "no: refused (400)."),
    ("ge_on_dates", "accepted"): ("Is ge accepted", "yes, to the second."),
    ("filter_time_zone", "utc"): ("In which zone", "UTC."),
    ("after_is_inclusive", "no"): ("Does 'after' a day", "no."),
    ("after_is_inclusive", "yes"): ("Does 'after' a day", "yes."),
    ("child_rows_touch_updated", "yes"): ("Does an edit of user-defined fields move", "yes."),
    ("child_rows_touch_updated", "no"): (
        "Does an edit of user-defined fields move",
        "no: such edits are found by the daily",
    ),
    ("next_link", "null"): ("Does an answer name its next page", "no: null although"),
    ("next_link", "set"): ("Does an answer name its next page", "yes."),
    ("max_top", "none"): ("How many rows", "120 at least"),
    ("max_top", "100"): ("How many rows", "100, whatever is asked for."),
    ("error_body", "rest"): (
        "What do refusals",
        "a token that is none: 401 with the API's error body; an unknown id: 404 with",
    ),
    ("error_body", "html"): (
        "What do refusals",
        "a token that is none: 401 with an HTML page; an unknown id: 404 with",
    ),
    ("error_body", "empty"): (
        "What do refusals",
        "a token that is none: 401 with an empty body; an unknown id: 404 with",
    ),
    ("custom_fields_patch", "partial"): ("Does a PATCH of some", "yes."),
    ("custom_fields_patch", "whole"): ("Does a PATCH of some", "no: the others were blanked (and put back)."),
    ("custom_fields_path", "accepted"): ("Can CustomFields/<ProgId> be written", "yes."),
    ("custom_fields_path", "refused"): ("Can CustomFields/<ProgId> be written", "no: answered with 400"),
    ("custom_fields_test", "accepted"): ("Does 'test' on C", "yes: 409"),
    ("custom_fields_test", "refused"): ("Does 'test' on C", "no: a test on a user-defined field is refused (400)."),
    ("custom_fields_test", "ignored"): ("Does 'test' on", "no: a test on a user-defined field is ignored."),
    ("property_test", "accepted"): ("Does 'test' work on what stands", "yes: 409 where it does not hold."),
    ("property_test", "refused"): ("Does 'test' work on what stands", "no: tests that hold are refused (Person)."),
    ("property_test", "ignored"): ("Does 'test' work on what stands", "no: a test of IsAssociate passes where it does"),
    ("noop_patch_touches_updated", "no"): ("Does a PATCH that changes no value", "no."),
    ("noop_patch_touches_updated", "yes"): (
        "Does a PATCH that changes no value",
        "yes: our own writes come back once more.",
    ),
    ("precondition_atomic", "yes"): ("Is a precondition checked", "it looks so: of two at the same moment one passed"),
    ("precondition_atomic", "no"): ("Is a precondition checked", "no: of two at the same moment both passed"),
    ("unmodified_since_same_second", "passes"): ("Does If-Unmodified-Since equal", "yes."),
    ("unmodified_since_same_second", "fails"): ("Does If-Unmodified-Since equal", "no (412)"),
}
#: Switches of open questions begin with the question's number; the others are tenants and situations.
OPEN_POINTS = [switch for switch in SWITCHES if switch.stands_for[0].isdigit()]
TENANTS = [
    s
    for s in SWITCHES
    if s.stands_for.startswith("tenant: the type") or s.name in {"label_language", "text_over_length"}
]


def _positions(switches):
    return [pytest.param(s.name, position, id=f"{s.name}={position}") for s in switches for position in s.allowed]


def _stands_as_before(stage: Stage, before: dict, foreign: dict) -> None:
    assert stage.fields() == before
    assert stage.engine.foreign() == foreign
    assert stage.left_in_store() == NOTHING_LEFT


@pytest.mark.parametrize(("name", "position"), _positions(OPEN_POINTS))
def test_the_answer_is_what_the_tenant_does(start_stage: StartStage, name: str, position: str) -> None:
    stage = start_stage(switches={name: position}, companies=40 if name == "max_top" else 3)
    before, foreign = stage.fields(), stage.engine.foreign()
    result, restored = stage.probe()
    if (name, position) == ("filter_time_zone", "base"):
        updated = datetime.fromisoformat(stage.engine.person(SAILOR).updated).replace(tzinfo=UTC)
        hours = updated.astimezone(ZoneInfo(str(BASE_TIME_ZONE))).utcoffset().total_seconds() / 3600
        question, answer = "In which zone", f"UTC{hours:+g} h, not UTC."
    else:
        question, answer = TRUTH[name, position]
    (said,) = stage.answers(result, question)
    assert said.startswith(answer)
    assert restored.complete
    _stands_as_before(stage, before, foreign)
    no_test = (name == "custom_fields_test" and position != "accepted") or (name, position) == (
        "custom_fields_path",
        "refused",
    )
    assert result["guard"] == stage.guard() == ("B" if no_test else "A")


@pytest.mark.parametrize("position", ["accepted", "refused", "ignored"])
def test_what_else_may_be_tested_is_kept_with_the_level(start_stage: StartStage, position: str) -> None:
    stage = start_stage(switches={"property_test": position})
    result, _ = stage.probe()
    proven = stage.guarding()
    assert proven == Guarding("A", frozenset({"since", *(("marks", "address") if position == "accepted" else ())}))
    (said,) = stage.answers(result, "Does 'test' work on the parts of an address?")
    assert said.startswith("yes" if position == "accepted" else "no: ")


@pytest.mark.parametrize(("name", "position"), _positions(TENANTS))
def test_tenants_that_differ_are_probed_alike(start_stage: StartStage, name: str, position: str) -> None:
    stage = start_stage(switches={name: position})
    before, foreign = stage.fields(), stage.engine.foreign()
    result, _ = stage.probe()
    assert result["guard"] == "A"
    _stands_as_before(stage, before, foreign)


def test_every_point_has_an_answer_and_those_that_the_engine_does_not_use_say_so(start_stage: StartStage) -> None:
    result, _ = start_stage().probe()
    assert {answer["point"] for answer in result["answers"]} == set(range(1, 11))
    unused = [a for a in result["answers"] if a["point"] in {9, 10}]
    assert [a["settled"] for a in unused] == ["no", "no"]
    assert all("not asked" in a["answer"] for a in unused)


@pytest.mark.parametrize(
    ("switches", "level", "reason"),
    [
        ({"custom_fields_test": "ignored"}, "B", "not A: a test on a user-defined field is ignored"),
        (
            {"custom_fields_test": "refused", "unmodified_since_same_second": "fails"},
            "C",
            "also where nothing was edited",
        ),
        ({"custom_fields_test": "ignored", "child_rows_touch_updated": "no"}, "C", "does not move the time"),
        ({"custom_fields_path": "refused", "child_rows_touch_updated": "no"}, "C", "refused (400)"),
        ({"custom_fields_test": "ignored", "precondition_atomic": "no"}, "B", "not A"),
        ({"custom_fields_test": "ignored", "noop_patch_touches_updated": "yes"}, "B", "not A"),
        ({"child_rows_touch_updated": "no"}, "A", "409"),
    ],
)
def test_the_guard_rests_on_what_was_proven(start_stage: StartStage, switches: dict, level: str, reason: str) -> None:
    stage = start_stage(switches=switches)
    before, foreign = stage.fields(), stage.engine.foreign()
    result, _ = stage.probe()
    assert (result["guard"], stage.guard()) == (level, level)
    assert reason in result["guard_reason"]
    _stands_as_before(stage, before, foreign)


def test_a_gap_between_check_and_save_is_seen_with_if_unmodified_since_too(start_stage: StartStage) -> None:
    stage = start_stage(switches={"custom_fields_test": "refused", "precondition_atomic": "no"})
    result, _ = stage.probe()
    assert stage.answers(result, "Is a precondition checked")[0].startswith("no: of two at the same moment both passed")


@pytest.mark.parametrize("test", ["accepted", "refused", "ignored"])
@pytest.mark.parametrize("path", ["accepted", "refused"])
@pytest.mark.parametrize("person", [SAILOR, 8], ids=["with a field of her own", "with nothing but the engine's"])
def test_a_tenant_that_blanks_other_fields_is_found_out_and_they_are_put_back(
    start_stage: StartStage, test: str, path: str, person: int
) -> None:
    stage = start_stage(
        switches={"custom_fields_patch": "whole", "custom_fields_test": test, "custom_fields_path": path}
    )
    stage.engine.edit_field("Person", SAILOR, SUBJECT, "Von Hand")
    stage.engine.edit_field("Person", SAILOR, "SuperOffice:6", "True")
    before, foreign = stage.fields(person), stage.engine.foreign()
    result, restored = stage.probe(person)
    assert stage.answers(result, "Does a PATCH of some")[0].startswith("no")
    assert restored.complete
    assert restored.put_back
    assert stage.fields(person) == before
    if person == SAILOR:
        assert before[HOBBY] == "Segeln"
    _stands_as_before(stage, stage.fields(), foreign)
    with stage.engine.store.read() as connection:
        assert "blanks all others" in ledger.stop_reason(connection)


@pytest.mark.slow
def test_two_edits_within_one_second_pass_if_unmodified_since(start_stage: StartStage) -> None:
    """The CRM's own clock, so that two writes can fall into one second; the probe lets seconds pass where it has to."""
    import time

    stage = start_stage(fast=False)
    session = stage.session()
    session.sleep = time.sleep
    result, restored = session.probe(session.subject(SAILOR))
    assert stage.answers(result, "Is an edit within the same second") == ["no: it passes, so the earlier edit is lost."]
    assert (result["guard"], restored.complete) == ("A", True)
