"""The lineage on an account's page: ids, versions and links, and never a person's name or the words of a field."""

from __future__ import annotations

import dagster as dg
import pytest
import sqlalchemy as sa

from gtm_assets.batch.models import STAGES, AccountOutcome, TextWritten
from gtm_assets.monitoring.lineage_events import load_tables
from gtm_assets.monitoring.story import account_events
from gtm_assets.texts.blocks import Source
from gtm_assets.writeback.preview_facts import read_origins
from gtm_assets_tests.monitoring import lineage_samples as samples
from gtm_assets_tests.monitoring.lineage_samples import CELL_WORDS, OPENER_WORDS, VERTICAL
from resources.store.store import Store, utc_now

FIELDS = ("subject", "intro", "social_proof")
TODAY = f"{utc_now():%Y-%m-%d}"


@pytest.fixture
def store(store: Store) -> Store:
    samples.fill(store)
    return store


def _tables(store: Store, *written: TextWritten) -> dict[str, str]:
    with store.read() as connection:
        return {stage: str(table.value) for stage, table in load_tables(connection, written).items()}


def test_each_text_is_one_row_with_its_records_prompt_model_rows_and_review(store) -> None:
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
            f"| review 1: approved, {TODAY} |"
        ),
        (
            "| subject | 13 | cell leitung\\|bau, version 1 | 7 | test-model "
            "| [personas/leitung p1](https://notion.example/leitung), [verticals/bau v1](https://notion.example/bau) "
            f"| review 1: approved, {TODAY} |"
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
    # The reviewer is Maxi Muster; the persons of the CRM are called Muster11, Muster12 …
    for words in (*CELL_WORDS.values(), *OPENER_WORDS.values(), "Wir fertigen in Serie", "Maxi", "Muster"):
        assert words not in shown
    assert "liest sich gut" not in shown, "a comment may name people"


def test_the_number_of_a_review_leads_to_whoever_gave_it(store) -> None:
    from gtm_assets.texts.reviews import show

    found = _tables(store, TextWritten("Person", 11, samples.text(store), FIELDS))
    (verdict,) = show(store, "cell", samples.CELL).verdicts
    assert f"| review {verdict['id']}: approved, {verdict['decided_at']:%Y-%m-%d} |" in found["person_writeback"]
    assert verdict["reviewer"] == "Maxi Muster"


def test_the_policy_is_nobody_and_may_be_named(store) -> None:
    cell = samples.text(store, reviewer="policy: auto")
    found = _tables(store, TextWritten("Person", 11, cell, FIELDS))
    assert f"| review 1: approved, {TODAY}, policy: auto |" in found["person_writeback"]


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


def test_however_many_texts_there_are_their_origins_are_two_questions(store) -> None:
    first = samples.text(store)
    ids = [first, samples.text(store), samples.text(store, "einkauf|bau", verdict="rejected"), samples.opener(store)]
    asked: list[str] = []
    with store.read() as connection:
        sa.event.listen(connection, "before_cursor_execute", lambda *given: asked.append(given[2]))
        found = read_origins(connection, ids, {})
    assert len([query for query in asked if query.startswith("SELECT")]) == 2
    told = {block_id: (each.version, each.newest_version, each.state) for block_id, each in found.items()}
    assert told == dict(
        zip(ids, [(1, 2, "earlier"), (2, 2, "retired"), (1, 1, "retired"), (1, 1, "retired")], strict=True)
    )
