"""A probe beside the engine: its values are nobody's, what the engine owned it still owns, and the level that was found is used."""

from __future__ import annotations

from typing import Any

from gtm_assets.doctor.probe import keeping
from gtm_assets_tests.doctor.conftest import StartStage
from gtm_assets_tests.doctor.probing import NOTHING_LEFT, SUBJECT, Stage, Trap
from resources.store import schema

#: A person of the samples whom the engine writes texts for.
WRITTEN = 1


def _loaded(start_stage: StartStage, **options: Any) -> Stage:
    stage = start_stage(companies=1, verticals=("maschinenbau", "healthcare"), **options)
    assert stage.engine.fast_pass().error is None
    assert stage.engine.texts(WRITTEN)["subject"]
    return stage


def _owned(stage: Stage) -> list[dict[str, Any]]:
    table = schema.written_values
    return sorted(
        stage.engine.rows(table, table.c.entity == "Person"), key=lambda row: (row["entity_id"], row["field"])
    )


def test_after_a_probe_the_engine_has_nothing_to_do_and_still_owns_its_texts(start_stage: StartStage) -> None:
    stage = _loaded(start_stage)
    owned, texts = _owned(stage), stage.engine.texts(WRITTEN)
    stage.probe(WRITTEN)
    assert (_owned(stage), stage.engine.texts(WRITTEN)) == (owned, texts)
    mark = stage.engine.mark()
    stage.engine.fast_pass(full_sweep=True)
    assert stage.engine.patches(mark) == []
    assert "edited in the CRM" not in stage.engine.state(1)["reason"]
    stage.engine.edit("Person", WRITTEN, Title="Leiter Einkauf")
    stage.engine.fast_pass()
    assert stage.engine.texts(WRITTEN)["subject"] != texts["subject"], "its own value is still its own to replace"


def test_a_humans_value_is_a_humans_afterwards(start_stage: StartStage) -> None:
    stage = _loaded(start_stage)
    for identity in (19, 20, 21, 22):
        stage.engine.edit_field("Person", WRITTEN, f"SuperOffice:{identity}", f"Von Hand {identity}")
    stage.engine.fast_pass()
    stage.probe(WRITTEN)
    mark = stage.engine.mark()
    stage.engine.edit("Person", WRITTEN, Title="Leiter Einkauf")
    stage.engine.fast_pass(full_sweep=True)
    assert stage.engine.patches(mark) == []
    assert stage.engine.texts(WRITTEN)["subject"] == "Von Hand 19"


def test_the_engine_reads_in_the_midst_of_a_probe_and_writes_nothing_to_this_person(start_stage: StartStage) -> None:
    """It sees the probe's values, and neither keeps them as a human's nor writes over them."""
    stage = _loaded(start_stage)
    texts = stage.engine.texts(WRITTEN)
    patches: list[list[str]] = []

    def engine_works() -> None:
        mark = stage.engine.mark()
        stage.engine.edit("Person", WRITTEN, Title="Leiter Einkauf")
        stage.engine.fast_pass()
        patches.append([entry for entry in stage.engine.patches(mark) if entry == f"Person/{WRITTEN}"])

    stage.trap = Trap(8, "before", engine_works)
    _, restored = stage.probe(WRITTEN)
    assert patches == [[]]
    assert restored.complete
    assert stage.engine.texts(WRITTEN) == texts
    stage.engine.fast_pass()
    assert stage.engine.texts(WRITTEN)["subject"] != texts["subject"], "afterwards the edit of the title is answered"
    assert "gtm-probe" not in str(stage.fields(WRITTEN))
    assert stage.left_in_store() == NOTHING_LEFT


def test_it_is_so_where_edits_do_not_move_the_time_of_the_last_change(start_stage: StartStage) -> None:
    stage = _loaded(start_stage, switches={"child_rows_touch_updated": "no"})
    stage.trap = Trap(8, "before", lambda: stage.engine.fast_pass(full_sweep=True))
    stage.probe(WRITTEN)
    row = stage.engine.row(schema.persons, schema.persons.c.person_id == WRITTEN)
    assert row["fields"]["subject"] == stage.fields(WRITTEN)[SUBJECT], "the snapshot holds no value of the probe"
    mark = stage.engine.mark()
    stage.engine.fast_pass()
    assert stage.engine.patches(mark) == []


def _level(stage: Stage) -> tuple[str, str]:
    row = stage.engine.row(schema.persons, schema.persons.c.person_id == WRITTEN)
    return row["text_level"], row["text_reason"]


def test_a_run_that_passed_the_person_over_is_made_good_after_the_probe(start_stage: StartStage) -> None:
    """Nothing else would: the run came before the first write, and the record's time does not tell of the others."""
    stage = _loaded(start_stage, switches={"child_rows_touch_updated": "no"})
    before = _level(stage)
    assert before[0] not in {"", "none"}
    during: list[tuple[str, str]] = []

    def engine_works() -> None:
        stage.engine.fast_pass(keys=[1])
        during.append(_level(stage))

    stage.trap = Trap(1, "before", engine_works)
    stage.probe(WRITTEN)
    assert during[0][0] == "none", "the person was left out"
    stage.engine.fast_pass()
    assert _level(stage) == before


def test_a_run_that_passed_the_person_over_is_made_good_after_the_note_was_dropped(start_stage: StartStage) -> None:
    stage = _loaded(start_stage, switches={"child_rows_touch_updated": "no"})
    before = _level(stage)
    session = stage.session()
    keeping.leave_note(stage.engine.store, session._note(session.subject(WRITTEN)))
    stage.engine.fast_pass(keys=[1])
    assert _level(stage)[0] == "none"
    keeping.take_note_away(stage.engine.store, WRITTEN)
    assert stage.engine.state(1)["trigger"] == "a probe ended"
    stage.engine.fast_pass()
    assert _level(stage) == before


def test_a_company_that_the_engine_never_took_up_is_not_taken_up_by_a_probe(start_stage: StartStage) -> None:
    stage = start_stage(companies=1)
    stage.probe(WRITTEN)
    assert stage.engine.rows(schema.sync_state) == []


def test_every_write_of_the_probe_is_in_the_ledger_and_none_is_open(start_stage: StartStage) -> None:
    stage = _loaded(start_stage)
    before = len(stage.engine.rows(schema.ledger))
    mark = stage.engine.mark()
    stage.probe(WRITTEN)
    sent = [
        entry
        for entry in stage.engine.journal(system="superoffice", method="PATCH", since=mark)
        if entry["status"] == 200 and any(operation["op"] != "test" for operation in entry["body"])
    ]
    mine = [row for row in stage.engine.rows(schema.ledger) if row["run_id"].startswith("probe ")]
    assert len(mine) == len(sent)
    assert len(stage.engine.rows(schema.ledger)) == before + len(mine)
    assert {row["status"] for row in mine} == {"confirmed"}


def test_the_probe_writes_only_fields_that_the_engine_owns_on_this_record(start_stage: StartStage) -> None:
    stage = _loaded(start_stage)
    mark = stage.engine.mark()
    stage.probe(WRITTEN)
    written: set[str] = set()
    for entry in stage.engine.journal(system="superoffice", method="PATCH", since=mark):
        tests_only = all(operation["op"] == "test" for operation in entry["body"])
        assert tests_only or entry["path"].endswith(f"Person/{WRITTEN}")
        for operation in entry["body"]:
            if operation["op"] != "test":
                value = operation["value"]
                written |= set(value) if isinstance(value, dict) else {operation["path"].rpartition("/")[2]}
    assert written <= {"SuperOffice:19", "SuperOffice:20", "SuperOffice:21", "SuperOffice:22"}
    assert len(written) <= 2


def test_the_engine_writes_with_the_level_that_was_found(start_stage: StartStage) -> None:
    stage = start_stage(companies=1, verticals=("maschinenbau", "healthcare"))
    stage.probe(WRITTEN)
    mark = stage.engine.mark()
    assert stage.engine.fast_pass().error is None
    bodies = [entry["body"] for entry in stage.engine.journal(system="superoffice", method="PATCH", since=mark)]
    assert bodies
    assert all(body[0]["op"] == "test" for body in bodies)
    guards = {row["guard"] for row in stage.engine.rows(schema.ledger) if not row["run_id"].startswith("probe ")}
    assert guards == {"A"}
