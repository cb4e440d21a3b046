"""What goes wrong around review pages: crashes, lost answers, copies, people and engine at once. Each was found by a review or a try."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gtm_assets.texts import blocks
from gtm_assets.texts.review_pages.database import ReviewDatabaseError
from gtm_assets.texts.review_pages.desk import ReviewResult
from gtm_assets.texts.review_pages.pull import pull
from gtm_assets.texts.review_pages.push import push
from gtm_assets.texts.reviews import ReviewError, decide, waiting
from gtm_assets_tests.stores import put, rows_of, vertical_row
from gtm_assets_tests.texts.review_pages.conftest import CONTENT, REFERENCES, Office
from resources.store import schema
from resources.store.store import utc_now
from sandbox.notion.members import BOT

OTHER = {**CONTENT, "subject": "So bleibt der Materialfluss im Takt"}
KEY = "leitung|bau"


def _fault(office: Office, method: str, path: str, status: int, times: int = 50) -> None:
    office.server.world.gate.add_fault(system="notion", method=method, path_regex=path, status=status, times=times)


def test_a_page_whose_making_failed_is_made_later_by_itself(office: Office) -> None:
    office.write()
    _fault(office, "POST", "/v1/pages$", 503, times=1)
    assert office.sync().errors
    office.rested()
    assert office.waiting() == "1 texts have no page"
    office.sync()
    assert len(office.pages()) == 1


def test_a_page_that_could_not_be_trashed_is_trashed_later_by_itself(office: Office) -> None:
    office.write()
    office.sync()
    office.write(content=OTHER)
    old = rows_of(office.store, schema.review_pages)[0]["page_id"]
    _fault(office, "PATCH", f"/v1/pages/{old}", 409)
    assert office.sync().errors
    office.server.world.gate.clear_faults()
    office.rested()
    assert office.waiting() == "1 pages are replaced"
    assert office.sync().trashed == 1


def test_a_deleted_page_wakes_whoever_looks_thoroughly(office: Office) -> None:
    office.write()
    office.sync()
    office.workspace.remove("reviews", KEY)
    assert office.waiting() == "1 review pages say something new"


def test_a_page_whose_answer_was_lost_is_found_and_asked_for_a_new_verdict(office: Office) -> None:
    office.write()
    office.sync()
    office.person(Status="approved")
    with office.store.write() as connection:
        connection.execute(schema.review_pages.update().values(page_id=None, url="", state="intended", written={}))
    office.sync()
    assert office.block().verdict is None, "nobody knows what stood on the page when that was clicked"
    assert office.pages()[0]["Status"] == "pending"
    office.person(Status="approved")
    office.sync()
    assert office.block().verdict == "approved"


def test_an_edit_that_is_refused_is_said_on_the_page_once_and_starts_no_more_runs(office: Office) -> None:
    office.write()
    office.sync()
    put(office.store, schema.verticals, vertical_row("bau", refs=REFERENCES, active=False))
    office.person(Subject=OTHER["subject"], Status="approved")
    office.sync()
    assert "nicht mehr aktiv" in str(office.pages()[0]["Findings"])
    for _ in range(3):
        assert office.waiting() == ""
        assert office.sync().problems == {}
    put(office.store, schema.verticals, vertical_row("bau", refs=REFERENCES))
    office.person(Subject="Weniger Suchzeiten an jeder Linie")
    assert [each.what for each in office.sync().decisions] == ["edited"]


def test_a_column_that_became_another_type_stops_everything_before_a_text_is_read_as_empty(office: Office) -> None:
    office.write()
    office.sync()
    office.workspace.change_type("reviews", "Subject", "multi_select")
    try:
        with pytest.raises(ReviewDatabaseError, match="have to hold text: 'Subject' \\(multi_select\\)"):
            office.sync()
    finally:
        office.workspace.change_type("reviews", "Subject", "rich_text")
    assert office.block().version == 1


def test_the_approved_text_that_people_carry_can_be_taken_back_although_a_newer_one_waits(office: Office) -> None:
    first = office.write()
    office.sync()
    office.person(Status="approved")
    office.sync()
    office.write(content=OTHER)
    office.sync()
    old = next(page for page in office.workspace.pages("reviews") if not page.in_trash)
    database = office.workspace.databases["reviews"]
    office.workspace.set_values(database, old, {"Status": "rejected"})
    office.rest()
    result = office.sync()
    assert [(each.what, each.version) for each in result.decisions] == [("rejected", 1)]
    assert office.due()
    with office.store.read() as connection:
        assert blocks.blocks_by_id(connection, [first])[first].verdict == "rejected"
    assert office.block().verdict is None


def test_the_terminal_takes_back_the_version_that_is_named_and_no_other(office: Office) -> None:
    first = office.write()
    decide(office.store, "cell", [KEY], "approved", reviewer="anna")
    office.write(content=OTHER)
    decide(office.store, "cell", [KEY], "rejected", reviewer="anna")
    with office.store.read() as connection:
        assert blocks.blocks_by_id(connection, [first])[first].verdict == "approved", "people keep it"
    assert decide(office.store, "cell", [KEY], "rejected", reviewer="anna", versions={KEY: 1}).blocks == 1
    with office.store.read() as connection:
        assert blocks.blocks_by_id(connection, [first])[first].verdict == "rejected"


def test_the_terminal_approves_no_version_that_was_not_listed(office: Office) -> None:
    office.write()
    listed = {block.key: block.version for block in waiting(office.store, "cell")}
    office.write(content=OTHER)
    for versions in (listed, {KEY: 7}):
        with pytest.raises(ReviewError, match="Nothing was decided"):
            decide(office.store, "cell", [KEY], "approved", reviewer="anna", versions=versions)
    assert office.block().verdict is None


def test_a_verdict_that_already_stands_is_not_counted_twice(office: Office) -> None:
    office.write()
    assert decide(office.store, "cell", [KEY], "approved", reviewer="anna").blocks == 1
    assert decide(office.store, "cell", [KEY], "approved", reviewer="anna").blocks == 0
    assert len(rows_of(office.store, schema.reviews)) == 1


def test_a_later_rejection_in_the_terminal_beats_an_earlier_approval_in_notion(office: Office) -> None:
    office.write()
    office.sync()
    office.person(Status="approved")
    page = next(page for page in office.workspace.pages("reviews") if not page.in_trash)
    page.last_edited = utc_now() - timedelta(minutes=1, seconds=30)
    decide(office.store, "cell", [KEY], "rejected", reviewer="anna")
    office.sync()
    assert office.block().verdict == "rejected"


def test_a_verdict_between_reading_and_telling_is_not_overwritten(office: Office) -> None:
    office.write()
    office.sync()
    decide(office.store, "cell", [KEY], "approved", reviewer="anna")
    desk, result = office.desk(), ReviewResult()
    pull(desk, result)
    office.person(Status="rejected")
    push(desk, result)
    assert office.pages()[0]["Status"] == "rejected"
    office.sync()
    assert office.block().verdict == "rejected"


def test_words_that_come_back_are_not_approved_by_an_old_click(office: Office) -> None:
    office.write()
    office.sync()
    office.person(Status="approved")
    office.sync()
    office.person(Subject=OTHER["subject"], Status="pending")
    page_id = rows_of(office.store, schema.review_pages)[0]["page_id"]
    _fault(office, "PATCH", f"/v1/pages/{page_id}", 409)
    office.sync()
    office.server.world.gate.clear_faults()
    office.rested()
    office.person(Subject=CONTENT["subject"], Status="approved")
    office.sync()
    assert (office.block().version, office.block().verdict) == (3, None)
    assert office.pages()[0]["Status"] == "pending"


def test_a_copy_of_a_page_says_that_it_does_not_count(office: Office) -> None:
    office.write()
    office.sync()
    office.workspace.add("reviews", {**office.pages()[0], "Status": "approved"})
    assert office.waiting() == "1 review pages say something new"
    office.sync()
    said = [str(page["Findings"]) for page in office.pages()]
    assert sum("Kopie oder überholt" in text for text in said) == 1
    assert office.block().verdict is None
    assert office.waiting() == ""


def test_a_status_that_an_integration_set_is_no_approval(office: Office) -> None:
    office.write()
    office.sync()
    page = next(page for page in office.workspace.pages("reviews") if not page.in_trash)
    office.workspace.set_values(office.workspace.databases["reviews"], page, {"Status": "approved"}, BOT)
    result = office.sync()
    assert "nur von einem Menschen" in next(iter(result.problems.values()))
    assert office.block().verdict is None
    assert office.pages()[0]["Status"] == "pending"


def test_more_texts_than_notion_shows_are_counted_and_stop_nothing(office: Office) -> None:
    office.most_pages = 1
    office.write()
    office.write("einkauf|bau")
    assert office.sync().without_page == 1
    assert len(office.pages()) == 1
    assert office.waiting() == ""


def test_another_database_gets_pages_of_its_own(office: Office) -> None:
    office.write()
    office.sync()
    with office.store.write() as connection:
        connection.execute(
            schema.cursors.update()
            .where(schema.cursors.c.name == "notion:reviews")
            .values(value={"database": "another", "edited": utc_now().isoformat()})
        )
    assert office.sync().created == 1
    states = [row["state"] for row in rows_of(office.store, schema.review_pages)]
    assert states == ["superseded", "open"]


def test_a_comment_is_kept_with_the_verdict_it_belongs_to(office: Office) -> None:
    office.write()
    office.sync()
    office.person(Status="rejected", Comment="zu werblich")
    office.sync()
    office.person(Status="approved")
    office.sync()
    assert [row["comment"] for row in rows_of(office.store, schema.reviews)] == ["zu werblich", ""]


def test_texts_of_an_ended_vertical_get_no_page(office: Office) -> None:
    office.write()
    put(office.store, schema.verticals, vertical_row("bau", refs=REFERENCES, active=False))
    assert office.waiting() == ""
    assert office.sync().created == 0


def test_a_page_of_very_many_references_is_cut_and_says_so(office: Office) -> None:
    many = [{**REFERENCES[0], "company": f"Muster {n} AG"} for n in range(150)]
    put(office.store, schema.verticals, vertical_row("bau", refs=[*REFERENCES, *many]))
    office.write()
    assert office.sync().created == 1
    body = office.workspace.databases["reviews"].pages[0].body
    assert len(body) == 100
    assert "weitere Zeilen" in body[-1].text


def test_one_broken_page_does_not_stop_the_others(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.write()
    office.write("einkauf|bau")
    office.sync()
    for key in (KEY, "einkauf|bau"):
        office.person(key, Status="approved")
    from gtm_assets.texts.review_pages import pull as pulling

    real = pulling.says

    def says(desk, shown, row, now):
        if shown.block.key == KEY:
            raise KeyError("broken")
        return real(desk, shown, row, now)

    monkeypatch.setattr(pulling, "says", says)
    result = office.sync()
    assert "KeyError" in result.errors[f"cell {KEY}"]
    assert [each.key for each in result.decisions] == ["einkauf|bau"]
