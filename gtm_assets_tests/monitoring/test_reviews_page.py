"""The page of reviews: numbers, what waits, what did not count; logged where it moved, without a reviewer's name."""

from __future__ import annotations

from typing import Any

from gtm_assets.monitoring import reviews_page
from gtm_assets_tests.texts.review_pages.conftest import BROKEN, Office, office, server

__all__ = ["office", "server"]


def _shown(office: Office) -> dict[str, Any]:
    return reviews_page.metadata(office.store)


def test_what_waits_is_listed_with_its_page_and_what_did_not_count_with_the_reason(office: Office) -> None:
    office.write()
    office.write("einkauf|bau", content=BROKEN)
    office.sync()
    shown = _shown(office)
    assert (shown["cell_waiting"], shown["cell_failed_rules"], shown["waiting"], shown["open_pages"]) == (1, 1, 1, 1)
    assert "[Notion](" in shown["waiting_texts"].value
    office.person("einkauf|bau", Status="approved")
    office.sync()
    assert "verletzt Regeln" in _shown(office)["what_did_not_count"].value


def test_it_is_logged_where_its_numbers_moved_and_after_a_decision_and_names_nobody(office: Office) -> None:
    events: list[Any] = []
    assert reviews_page.log_if_changed(office.store, events.append)
    office.write()
    assert reviews_page.log_if_changed(office.store, events.append)
    assert not reviews_page.log_if_changed(office.store, events.append)
    office.sync()
    office.person(Status="approved")
    result = office.sync()
    (decision,) = result.decisions
    assert reviews_page.log_if_changed(office.store, events.append, result)
    metadata = events[-1].metadata
    assert metadata["run_approved"].value == 1
    assert "leitung" in metadata["decisions"].value
    assert decision.who
    assert all(decision.who not in str(value.value) for value in metadata.values())
