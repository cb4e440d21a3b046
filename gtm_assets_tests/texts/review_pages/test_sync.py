"""Reviews in Notion from end to end: what people do there, what the engine makes of it, and what never counts as an approval."""

from __future__ import annotations

import pytest

from gtm_assets.knowledge.columns import MissingColumnError
from gtm_assets.texts import blocks
from gtm_assets.texts.review_pages.database import ReviewDatabaseError
from gtm_assets.texts.reviews import decide
from gtm_assets_tests.stores import put, rows_of, vertical_row
from gtm_assets_tests.texts.review_pages.conftest import BROKEN, CONTENT, REFERENCES, Office
from resources.errors import TransientError
from resources.store import schema

OTHER = {**CONTENT, "subject": "So bleibt der Materialfluss im Takt"}


def _fault(office: Office, method: str, path: str, status: int) -> None:
    office.server.world.gate.add_fault(system="notion", method=method, path_regex=path, status=status, times=50)


def test_each_waiting_text_gets_one_page_and_a_second_run_does_nothing(office: Office) -> None:
    office.write()
    office.write("einkauf|bau")
    first = office.sync()
    assert (first.created, first.errors, len(office.pages())) == (2, {}, 2)
    page = next(each for each in office.pages() if each["Key"] == "leitung|bau")
    assert (page["Status"], page["Kind"], page["Subject"]) == ("pending", "cell", CONTENT["subject"])
    assert page["Content Hash"] == office.block().content_hash
    assert (page["Name"], page["Campaign"]) == ("Leitung × Bau (Fassung 1)", "standard")
    calls = office.notion.calls
    again = office.sync()
    assert (again.created, again.updated, again.trashed, again.decisions) == (0, 0, 0, [])
    assert office.waiting() == ""
    assert office.notion.calls - calls < 12


def test_a_page_says_what_the_text_was_made_from_and_what_changed_since_the_last_approval(office: Office) -> None:
    old = office.write()
    with office.store.write() as connection:
        blocks.record_verdict(connection, old, office.block().content_hash, "approved", "anna")
    office.write(content=OTHER)
    office.sync()
    body = office.workspace.databases["reviews"].pages[0].body
    table = next(block for block in body if block.type == "table")
    head, subject = table.rows[0], table.rows[1]
    assert ["".join(text for text, _ in cell) for cell in head] == ["Feld", "Zuletzt freigegeben", "Neu"]
    assert ["".join(text for text, _ in cell) for cell in subject] == ["Betreff", CONTENT["subject"], OTHER["subject"]]
    assert any(bold for _, bold in subject[2]), "words that differ are marked"
    said = "\n".join(block.text for block in body)
    assert "Fachkräftemangel" in said
    assert "schwankende Taktzeiten" in said
    assert REFERENCES[0]["company"] in said


def test_an_approval_in_notion_counts_and_wakes_whoever_waits(office: Office) -> None:
    office.write()
    office.sync()
    office.rest()
    office.person(Status="approved", Comment="passt")
    assert office.waiting() == "1 review pages say something new"
    result = office.sync()
    block = office.block()
    assert [each.what for each in result.decisions] == ["approved"]
    assert block.verdict == "approved"
    assert office.due()
    review = rows_of(office.store, schema.reviews)[0]
    assert review["content_hash"] == block.content_hash
    assert review["reviewer"].endswith("(Notion)")
    assert review["comment"] == "passt"
    assert office.waiting() == ""


def test_a_rejection_counts_and_may_be_changed_into_an_approval(office: Office) -> None:
    office.write()
    office.sync()
    office.person(Status="rejected", Comment="zu werblich")
    office.sync()
    assert office.block().verdict == "rejected"
    office.person(Status="approved")
    office.sync()
    assert office.block().verdict == "approved"
    assert len(rows_of(office.store, schema.reviews)) == 2


def test_an_approved_page_with_another_text_is_an_edit_and_no_approval(office: Office) -> None:
    office.write()
    office.sync()
    office.person(Subject=OTHER["subject"], Status="approved")
    result = office.sync()
    block = office.block()
    assert [each.what for each in result.decisions] == ["edited"]
    assert (block.version, block.content["subject"], block.verdict) == (2, OTHER["subject"], None)
    assert block.author.startswith("human: ")
    page = office.pages()[0]
    assert (len(office.pages()), page["Status"], page["Content Hash"]) == (1, "pending", block.content_hash)
    assert "Fassung 2 übernommen" in str(page["Findings"])
    office.person(Status="approved")
    office.sync()
    assert office.block().verdict == "approved"


def test_a_persons_words_are_checked_by_the_same_rules(office: Office) -> None:
    office.write()
    office.sync()
    office.person(Subject="Garantiert 100 % mehr Umsatz!", Status="approved")
    result = office.sync()
    block = office.block()
    assert not block.passed
    assert {"claim"} <= {finding.rule for finding in block.findings}
    page = office.pages()[0]
    assert page["Status"] == "rejected"
    assert "Garantien sind nicht erlaubt" in str(page["Findings"])
    assert result.decisions[0].findings == block.findings
    office.person(Status="approved")
    refused = office.sync()
    assert "verletzt Regeln" in next(iter(refused.problems.values()))
    assert office.block().verdict is None
    assert office.pages()[0]["Status"] == "rejected"


def test_a_text_that_breaks_the_rules_has_a_page_where_a_person_mends_it(office: Office, no_quiet: None) -> None:
    office.write(content=BROKEN)
    office.sync()
    page = office.pages()[0]
    assert page["Status"] == "rejected"
    assert "Platzhalter" in str(page["Findings"])
    office.person(Subject=CONTENT["subject"])
    office.sync()
    office.sync()
    assert office.block().passed
    assert (office.block().version, office.pages()[0]["Status"]) == (2, "pending")


def test_what_somebody_is_still_typing_is_left_alone(office: Office) -> None:
    office.write()
    office.sync()
    office.person(Subject="So bleibt der Mat")
    office.sync()
    assert office.block().version == 1
    assert office.waiting() == "", "nothing to do until the words may be finished"
    office.person(Subject=OTHER["subject"])
    office.sync()
    assert office.block().version == 1, "the words moved since they were read first"


def test_a_text_that_was_read_twice_is_taken_over_without_a_status(office: Office, no_quiet: None) -> None:
    office.write()
    office.sync()
    office.person(Subject=OTHER["subject"])
    office.sync()
    office.sync()
    assert office.block().content["subject"] == OTHER["subject"]


def test_a_deleted_page_is_no_approval_and_comes_back(office: Office) -> None:
    office.write()
    office.sync()
    office.workspace.remove("reviews", "leitung|bau")
    result = office.sync()
    assert office.block().verdict is None
    assert "keine Freigabe" in next(iter(result.problems.values()))
    assert result.created == 1
    assert "gelöscht" in str(office.pages()[0]["Findings"])


def test_a_changed_hash_is_put_back_and_nothing_is_approved(office: Office) -> None:
    office.write()
    office.sync()
    office.person(Content_Hash="f" * 64, Status="approved")
    result = office.sync()
    assert office.block().verdict is None
    assert "Content Hash" in next(iter(result.problems.values()))
    page = office.pages()[0]
    assert (page["Status"], page["Content Hash"]) == ("pending", office.block().content_hash)


def test_a_verdict_given_in_the_terminal_shows_in_notion(office: Office) -> None:
    office.write()
    office.sync()
    decide(office.store, "cell", ["leitung|bau"], "approved", reviewer="anna")
    assert office.waiting() == "1 pages are behind"
    office.sync()
    page = office.pages()[0]
    assert page["Status"] == "approved"
    assert "Außerhalb dieser Seite freigegeben" in str(page["Findings"])
    assert len(rows_of(office.store, schema.reviews)) == 1


def test_a_taken_back_approval_is_put_back_with_the_reason(office: Office) -> None:
    office.write()
    office.sync()
    office.person(Status="approved")
    office.sync()
    office.person(Status="pending")
    result = office.sync()
    assert "rejected" in next(iter(result.problems.values()))
    assert office.block().verdict == "approved"
    assert office.pages()[0]["Status"] == "approved"


def test_an_old_page_goes_when_a_new_version_has_its_own_and_its_approval_counts_for_nothing(office: Office) -> None:
    office.write()
    office.sync()
    office.write(content=OTHER)
    office.person(Status="approved")
    result = office.sync()
    assert (result.decisions, result.created, result.trashed) == ([], 1, 1)
    assert office.block().verdict is None
    assert [page["Name"] for page in office.pages()] == ["Leitung × Bau (Fassung 2)"]


def test_an_approved_page_stays_until_its_successor_is_approved(office: Office) -> None:
    office.write()
    office.sync()
    office.person(Status="approved")
    office.sync()
    office.write(content=OTHER)
    office.sync()
    assert sorted((page["Name"], page["Status"]) for page in office.pages()) == [
        ("Leitung × Bau (Fassung 1)", "approved"),
        ("Leitung × Bau (Fassung 2)", "pending"),
    ]
    decide(office.store, "cell", ["leitung|bau"], "approved", reviewer="anna")
    office.sync()
    assert [page["Name"] for page in office.pages()] == ["Leitung × Bau (Fassung 2)"]


def test_words_on_a_page_that_is_outdated_are_not_thrown_away(office: Office) -> None:
    office.write()
    office.sync()
    office.person(Intro="Für Sie zählt jede Minute an der Linie, und das soll auch so bleiben.")
    office.write(content=OTHER)
    office.sync()
    kept = next(page for page in office.pages() if page["Name"] == "Leitung × Bau (Fassung 1)")
    assert "Überholt" in str(kept["Findings"])
    assert "jede Minute" in str(kept["Intro"])


def test_an_edit_of_a_cell_whose_vertical_ended_says_why_it_is_not_taken_over(office: Office) -> None:
    office.write()
    office.sync()
    put(office.store, schema.verticals, vertical_row("bau", refs=REFERENCES, active=False))
    office.person(Subject=OTHER["subject"], Status="approved")
    result = office.sync()
    assert "nicht mehr aktiv" in next(iter(result.problems.values()))
    assert office.block().version == 1


def test_a_crash_between_making_a_page_and_remembering_it_makes_no_second_one(office: Office) -> None:
    office.write()
    office.sync()
    with office.store.write() as connection:
        connection.execute(schema.review_pages.update().values(page_id=None, url="", state="intended", written={}))
    result = office.sync()
    assert result.created == 0
    assert len(office.pages()) == 1
    office.person(Status="approved")
    office.sync()
    assert office.block().verdict == "approved"


def test_a_page_that_somebody_is_editing_waits_for_the_next_run_and_stops_nothing_else(office: Office) -> None:
    office.write()
    office.write("einkauf|bau")
    office.sync()
    for key in ("leitung|bau", "einkauf|bau"):
        decide(office.store, "cell", [key], "approved", reviewer="anna")
    page_id = next(row["page_id"] for row in rows_of(office.store, schema.review_pages) if row["key"] == "leitung|bau")
    _fault(office, "PATCH", f"/v1/pages/{page_id}", 409)
    result = office.sync()
    assert list(result.errors) == ["cell leitung|bau"]
    assert "somebody is editing this page" in result.errors["cell leitung|bau"]
    assert {page["Key"]: page["Status"] for page in office.pages()} == {
        "leitung|bau": "pending",
        "einkauf|bau": "approved",
    }
    office.server.world.gate.clear_faults()
    assert office.waiting() == "", "a page that failed rests a while"
    office.rested()
    assert "behind" in office.waiting()
    assert office.sync().errors == {}
    assert {page["Status"] for page in office.pages()} == {"approved"}


def test_notion_dstanding_stops_the_run_and_loses_nothing(office: Office) -> None:
    office.write()
    _fault(office, "POST", "/v1/pages$", 503)
    result = office.sync()
    assert list(result.errors) == ["cell leitung|bau"]
    office.server.world.gate.clear_faults()
    office.rested()
    assert office.waiting() == "1 texts have no page"
    assert office.sync().created == 1
    _fault(office, "POST", "/v1/data_sources", 503)
    with pytest.raises(TransientError):
        office.sync()


def test_a_missing_column_and_a_missing_state_are_named(office: Office, server) -> None:
    reviews = office.workspace.databases["reviews"]
    office.workspace.rename_column("reviews", "Findings", "Befunde")
    with pytest.raises(MissingColumnError, match="Findings"):
        office.desk()
    office.workspace.rename_column("reviews", "Befunde", "Findings")
    status = reviews.column("Status")
    assert status is not None
    options, status.options = status.options, ["pending", "approved"]
    with pytest.raises(ReviewDatabaseError, match="no option 'rejected'"):
        office.desk()
    status.options = options
