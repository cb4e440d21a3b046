"""The lineage on an account's page: ids, versions and links, and never a person's name or the words of a field."""

from __future__ import annotations

import dagster as dg
import pytest

from gtm_assets.batch.models import STAGES, AccountOutcome, TextWritten
from gtm_assets.monitoring.lineage_events import load_tables
from gtm_assets.monitoring.story import account_events
from gtm_assets.texts.blocks import Source
from gtm_assets_tests.monitoring import lineage_samples as samples
from gtm_assets_tests.monitoring.lineage_samples import CELL_WORDS, OPENER_WORDS, VERTICAL
from resources.store.store import Store

FIELDS = ("subject", "intro", "social_proof")


@pytest.fixture
def store(store: Store) -> Store:
    samples.fill(store)
    return store


def _tables(store: Store, *written: TextWritten) -> dict[str, str]:
    with store.read() as connection:
        return {stage: str(table.value) for stage, table in load_tables(connection, written).items()}


def test_each_text_is_one_row_with_its_records_prompt_model_rows_and_reviewer(store) -> None:
    cell, opener = samples.text(store), samples.opener(store)
    found = _tables(
        store,
        TextWritten("Person", 11, cell, FIELDS),
        TextWritten("Person", 12, cell, FIELDS),
        TextWritten("Person", 13, cell, ("subject",)),
        TextWritten("Contact", 1, opener, ("opener",)),
    )
    _, _, *persons = found["person_writeback"].splitlines()
    assert persons == [
        (
            "| subject, intro, social\\_proof | 11, 12 | cell leitung\\|bau, version 1 | 7 | test-model "
            "| [personas/leitung p1](https://notion.example/leitung), [verticals/bau v1](https://notion.example/bau) "
            "| approved by Maxi Muster |"
        ),
        (
            "| subject | 13 | cell leitung\\|bau, version 1 | 7 | test-model "
            "| [personas/leitung p1](https://notion.example/leitung), [verticals/bau v1](https://notion.example/bau) "
            "| approved by Maxi Muster |"
        ),
    ]
    _, _, company = found["contact_writeback"].splitlines()
    assert "opener 1, version 1" in company
    assert "[website/1 w1](https://muster1.example/)" in company


def test_no_words_of_a_field_and_no_name_is_among_them(store) -> None:
    cell, opener = samples.text(store), samples.opener(store)
    found = _tables(
        store,
        TextWritten("Person", 11, cell, FIELDS),
        TextWritten("Contact", 1, opener, ("opener", "opener_secondary")),
    )
    shown = "".join(found.values())
    # The reviewer's name is part of the proof; the persons of the CRM are all called Muster11, Muster12 …
    for words in (*CELL_WORDS.values(), *OPENER_WORDS.values(), "Wir fertigen in Serie", "Muster11", "Muster 1 GmbH"):
        assert words not in shown


def test_a_text_without_review_or_sources_says_so(store) -> None:
    found = _tables(store, TextWritten("Person", 11, samples.text(store, sources=(), verdict=None), FIELDS))
    assert "| unknown (written before lineage was kept) | nobody |" in found["person_writeback"]


def test_a_company_with_a_thousand_people_keeps_its_events_small(store) -> None:
    cell = samples.text(store)
    found = _tables(store, *(TextWritten("Person", 1000 + i, cell, FIELDS) for i in range(1000)))
    assert "and 980 more" in found["person_writeback"]
    assert len(found["person_writeback"]) < 1000


def test_a_link_with_brackets_stays_one_link(store) -> None:
    page = Source("verticals", "bau", "v1", VERTICAL.notion_page_id, "https://notion.example/Bau_(neu)")
    found = _tables(store, TextWritten("Person", 11, samples.text(store, sources=(page,)), FIELDS))
    assert "(https://notion.example/Bau_%28neu%29)" in found["person_writeback"]


def test_who_wrote_no_text_has_no_table(store) -> None:
    assert _tables(store) == {}


def test_the_table_stands_on_the_page_of_the_stage_that_wrote() -> None:
    outcome = AccountOutcome(contact_id=1, stages={"person_writeback": {"confirmed": 1}, "accounts": {"because": "x"}})
    table = dg.MetadataValue.md("| Fields |")
    events = account_events(
        outcome, frozenset(STAGES), asked=False, address="", run_id="run", lineage={"person_writeback": table}
    )
    told = {event.asset_key.to_user_string(): event.metadata.get("lineage") for event in events}
    assert told == {"accounts": None, "person_writeback": table}
