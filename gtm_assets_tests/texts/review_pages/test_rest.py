"""After whatever happened, review pages come to rest: nothing starts runs for ever, and store and page say the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from gtm_assets.texts.review_pages.sync import sync_reviews
from gtm_assets.texts.reviews import decide
from gtm_assets_tests.stores import put, rows_of, vertical_row
from gtm_assets_tests.texts.review_pages.conftest import CONTENT, REFERENCES, Office
from resources.store import schema
from resources.store.store import utc_now
from sandbox.notion.workspace import Page

OTHER = {**CONTENT, "subject": "So bleibt der Materialfluss im Takt"}
KEY = "leitung|bau"


def _page(office: Office) -> Page:
    return next(page for page in office.workspace.pages("reviews") if not page.in_trash)


def _comes_to_rest(office: Office) -> None:
    for _ in range(3):
        office.sync()
    assert office.waiting() == ""


def _fault(office: Office, method: str, path: str, status: int) -> None:
    office.server.world.gate.add_fault(system="notion", method=method, path_regex=path, status=status, times=50)


def test_the_same_verdict_in_notion_and_in_the_terminal(office: Office) -> None:
    office.write()
    office.sync()
    office.person(Status="approved")
    decide(office.store, "cell", [KEY], "approved", reviewer="anna")
    _comes_to_rest(office)
    assert (office.block().verdict, office.pages()[0]["Status"]) == ("approved", "approved")


def test_a_rejection_in_the_terminal_after_an_approval_in_notion_reaches_the_page(office: Office) -> None:
    office.write()
    office.sync()
    office.person(Status="approved")
    _page(office).last_edited = utc_now() - timedelta(seconds=130)
    decide(office.store, "cell", [KEY], "rejected", reviewer="anna")
    _comes_to_rest(office)
    assert (office.block().verdict, office.pages()[0]["Status"]) == ("rejected", "rejected")


def test_a_correction_within_the_minute_of_the_recorded_verdict_counts(office: Office) -> None:
    office.write()
    office.sync()
    office.person(Status="approved")
    office.sync()
    office.person(Status="rejected")
    edited = _page(office).last_edited.replace(second=0, microsecond=0)
    with office.store.write() as connection:
        connection.execute(schema.reviews.update().values(decided_at=edited + timedelta(seconds=67)))
    _comes_to_rest(office)
    assert office.block().verdict == "rejected"


def test_a_refused_edit_that_is_no_longer_the_newest_news(office: Office) -> None:
    office.write()
    office.write("leitung|handel")
    office.sync()
    put(office.store, schema.verticals, vertical_row("bau", refs=REFERENCES, active=False))
    office.person(Subject=OTHER["subject"], Status="approved")
    office.sync()
    for page in office.workspace.pages("reviews"):
        page.last_edited -= timedelta(minutes=30)
    office.person("leitung|handel", Status="approved")
    _comes_to_rest(office)


def test_half_a_sentence_on_a_page_that_became_outdated(office: Office) -> None:
    office.write()
    office.sync()
    office.person(Status="approved")
    office.sync()
    office.person(Subject="So bleibt der Mat")
    office.sync()
    office.write(content=OTHER)
    _comes_to_rest(office)


def test_a_page_that_was_never_made_and_whose_text_was_written_anew(office: Office) -> None:
    office.write()
    _fault(office, "POST", "/v1/pages$", 503)
    office.sync()
    office.server.world.gate.clear_faults()
    office.write(content=OTHER)
    office.sync()
    office.rested()
    office.workspace.add("reviews", dict(office.pages()[0]))
    _comes_to_rest(office)
    assert "intended" not in {row["state"] for row in rows_of(office.store, schema.review_pages)}


def test_decided_pages_take_no_room_from_new_ones(office: Office) -> None:
    office.most_pages = 1
    office.write()
    office.sync()
    office.person(Status="approved")
    office.sync()
    office.write("leitung|handel")
    assert office.sync().created == 1


def test_old_words_that_come_back_while_the_page_could_not_be_told(office: Office) -> None:
    office.write()
    office.sync()
    office.person(Status="approved")
    office.sync()
    _fault(office, "PATCH", f"/v1/pages/{rows_of(office.store, schema.review_pages)[0]['page_id']}", 409)
    office.person(Subject=OTHER["subject"])
    with office.store.write() as connection:
        seen = {
            "texts": {**CONTENT, **OTHER},
            "status": "approved",
            "since": (utc_now() - timedelta(minutes=5)).isoformat(),
            "refused": False,
        }
        connection.execute(schema.review_pages.update().values(seen=seen))
    office.sync()
    assert office.block().version == 2
    office.person(Subject=CONTENT["subject"])
    office.server.world.gate.clear_faults()
    office.rested()
    with office.store.write() as connection:
        seen = {**seen, "texts": dict(CONTENT)}
        connection.execute(schema.review_pages.update().values(seen=seen))
    for _ in range(3):
        office.sync()
    assert office.block().verdict is None, "nobody clicked on these words"


def test_a_copy_that_cannot_be_told_stops_nothing_else(office: Office) -> None:
    office.write()
    office.sync()
    copy = office.workspace.add("reviews", dict(office.pages()[0]))
    _fault(office, "PATCH", f"/v1/pages/{copy.id}", 409)
    office.write("einkauf|bau")
    result = office.sync()
    assert (result.created, len(result.errors)) == (1, 1)


def test_many_pages_are_made_in_pieces_and_verdicts_are_read_in_between(office: Office) -> None:
    for key in ("leitung|bau", "einkauf|bau", "leitung|handel", "einkauf|handel"):
        office.write(key)
    before = office.notion.calls
    result = sync_reviews(replace(office.desk(), at_once=1))
    assert result.created == 4
    assert office.notion.calls - before >= 12
    assert office.waiting() == ""
