"""From a row of Notion to its carriers: which row is meant, totals that count everybody once, and what is not known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from gtm_assets.monitoring.lineage_models import Carriers, PageLineage, UnknownLineageError
from gtm_assets.monitoring.lineage_page import find_page, load_page, page_ids
from gtm_assets_tests.monitoring import lineage_samples as samples
from gtm_assets_tests.monitoring.lineage_samples import CAMPAIGN, CELL_WORDS, OPENER_WORDS, PERSONA, VERTICAL
from gtm_assets_tests.stores import fresh_store, put, vertical_row
from resources.analytics.engine import Analytics
from resources.store import schema
from resources.store.store import Store

ID = "1a2b3c4d5e6f47a8b9c0d1e2f3a4b5c6"
DASHED = "1a2b3c4d-5e6f-47a8-b9c0-d1e2f3a4b5c6"


@pytest.fixture
def store(store: Store) -> Store:
    samples.fill(store)
    return store


@pytest.fixture
def analytics(store: Store) -> Iterator[Analytics]:
    opened = Analytics(store.url.render_as_string(hide_password=False))
    yield opened
    opened.close()


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Store]:
    """For questions that DuckDB is not asked."""
    with fresh_store(tmp_path) as opened:
        samples.fill(opened)
        put(opened, schema.verticals, vertical_row("hotel-gastro", notion_page_id=DASHED, active=False))
        yield opened


def _found(store: Store, asked: str) -> tuple[str, str]:
    with store.read() as connection:
        page = find_page(connection, asked)
    return page.database, page.key


def _load(store: Store, analytics: Analytics, asked: str) -> PageLineage:
    with store.read() as connection:
        return load_page(analytics, find_page(connection, asked))


@pytest.mark.parametrize(
    "asked",
    [
        ID,
        DASHED,
        DASHED.upper(),
        f" {ID} ",
        f"https://www.notion.so/Hotel-{ID}",
        f"https://www.notion.so/firma/Hotel-und-Gastro-{ID}?pvs=4",
        f"https://www.notion.so/firma/{'0' * 32}?v={'f' * 32}&p={ID}&pm=s",
        f"https://www.notion.so/{DASHED}/",
        "vertical/hotel-gastro",
        "verticals/hotel-gastro",
        "Vertical/Hotel & Gastro",
    ],
)
def test_a_row_is_named_by_its_page_or_by_its_key_also_one_that_is_not_active(filled, asked) -> None:
    assert _found(filled, asked) == ("verticals", "hotel-gastro")


def test_a_title_that_ends_like_an_id_does_not_hide_the_id() -> None:
    assert page_ids(f"https://www.notion.so/Cafe-{ID}")[0] == ID


def test_personas_and_campaigns_are_rows_too(filled) -> None:
    assert _found(filled, "persona/leitung") == ("personas", "leitung")
    assert _found(filled, "campaign/Messe") == ("campaigns", "messe")
    assert _found(filled, CAMPAIGN.notion_page_id) == ("campaigns", "messe")


def test_a_page_that_a_row_had_before_still_leads_to_it(filled) -> None:
    samples.text(filled)
    put(filled, schema.verticals, vertical_row("bau", notion_page_id="another"))
    assert _found(filled, VERTICAL.notion_page_id) == ("verticals", "bau")


@pytest.mark.parametrize(
    "asked", ["vertical/hotel", "0" * 32, "", "vertical/", "vertical/🤖", "leitung", "https://notion.so/"]
)
def test_what_is_no_row_is_an_error_that_names_the_rows_there_are(filled, asked) -> None:
    with pytest.raises(
        UnknownLineageError, match=r"vertical/bau.*verticals: bau, hotel-gastro; personas: leitung; camp"
    ) as told:
        _found(filled, asked)
    assert "gtm once" in str(told.value)


def test_before_notion_was_read_the_error_says_to_read_it(tmp_path) -> None:
    with (
        fresh_store(tmp_path) as empty,
        pytest.raises(UnknownLineageError, match=r"Nothing was read from Notion yet. `gtm once` reads"),
    ):
        _found(empty, "vertical/bau")


def test_everybody_who_carries_words_of_a_row_is_found_once_with_texts_and_fields(store, analytics) -> None:
    cell = samples.text(store)
    samples.write(store, "Person", 11, cell, CELL_WORDS)
    samples.write(store, "Person", 22, cell, {"subject": "Betreff"})
    samples.write(store, "Contact", 1, samples.opener(store), OPENER_WORDS)
    samples.text(store, "leitung|bau|messe", sources=(PERSONA, VERTICAL, CAMPAIGN), verdict=None)
    found = _load(store, analytics, "vertical/bau")
    assert (found.ids("Person"), found.ids("Contact")) == ({11, 22}, {1})
    assert found.per_field() == {"intro": 1, "opener": 1, "opener_secondary": 1, "social_proof": 1, "subject": 2}
    told = [(text.kind, text.key, text.version, text.newest, text.state, text.row_hash) for text in found.texts]
    assert told == [
        ("cell", "leitung|bau", 1, True, "approved", "v1"),
        ("cell", "leitung|bau|messe", 1, True, "waiting", "v1"),
        ("opener", "1", 1, True, "approved", "v1"),
    ]
    assert set(found.texts[0].carriers) == {
        Carriers("Person", ("intro", "social_proof", "subject"), (11,), "v1"),
        Carriers("Person", ("subject",), (22,), "v1"),
    }
    assert found.texts[1].carriers == ()
    assert (found.unknown_texts, found.unknown_persons, found.unknown_companies) == (0, 0, 0)
    assert _load(store, analytics, "persona/leitung").ids("Contact") == frozenset()
    assert _load(store, analytics, "campaign/messe").ids("Person") == frozenset()


def test_who_carries_words_of_an_earlier_version_is_told_until_they_carry_the_new_ones(store, analytics) -> None:
    samples.write(store, "Person", 11, samples.text(store), CELL_WORDS)
    put(store, schema.verticals, vertical_row("bau", row_hash="v2"))
    before = _load(store, analytics, "vertical/bau")
    assert (before.page.row_hash, before.texts[0].row_hash, before.outdated("Person")) == ("v2", "v1", {11})
    words = {name: f"{value} neu" for name, value in CELL_WORDS.items()}
    second = samples.text(store, words=words, sources=(PERSONA, samples.VERTICAL_LATER))
    assert _load(store, analytics, "vertical/bau").outdated("Person") == {11}, (
        "the new text is written, not carried yet"
    )
    samples.write(store, "Person", 11, second, words)
    after = _load(store, analytics, "vertical/bau")
    assert after.outdated("Person") == frozenset()
    assert after.ids("Person") == {11}
    assert [(text.version, text.newest, text.row_hash) for text in after.texts] == [(2, True, "v2"), (1, False, "v1")]


def test_a_field_that_says_the_same_in_the_newest_version_rests_on_the_new_row(store, analytics) -> None:
    samples.write(store, "Person", 11, samples.text(store), CELL_WORDS)
    put(store, schema.verticals, vertical_row("bau", row_hash="v2"))
    words = {**CELL_WORDS, "intro": "Brücke neu"}
    samples.text(store, words=words, sources=(PERSONA, samples.VERTICAL_LATER))
    found = _load(store, analytics, "vertical/bau")
    assert set(found.texts[1].carriers) == {
        Carriers("Person", ("intro",), (11,), "v1"),
        Carriers("Person", ("social_proof", "subject"), (11,), "v2"),
    }
    assert found.outdated("Person") == {11}
    samples.text(store, words=CELL_WORDS, sources=(PERSONA, samples.VERTICAL_LATER))
    assert _load(store, analytics, "vertical/bau").outdated("Person") == frozenset()


def test_texts_of_before_sources_were_kept_are_counted_and_not_attributed(store, analytics) -> None:
    samples.write(store, "Person", 11, samples.text(store, sources=()), CELL_WORDS)
    found = _load(store, analytics, "vertical/bau")
    assert found.texts == ()
    assert found.ids("Person") == frozenset()
    assert (found.unknown_texts, found.unknown_persons, found.unknown_companies) == (1, 1, 0)


def test_a_quote_in_a_key_stays_part_of_the_key(store, analytics) -> None:
    put(store, schema.verticals, vertical_row("o'bau"))
    assert _load(store, analytics, "vertical/o'bau").texts == ()


def test_an_inactive_row_keeps_its_carriers(store, analytics) -> None:
    samples.write(store, "Person", 11, samples.text(store), CELL_WORDS)
    with store.write() as connection:
        connection.execute(sa.update(schema.verticals).values(active=False))
    found = _load(store, analytics, "vertical/bau")
    assert (found.page.active, found.ids("Person")) == (False, {11})


def test_who_overwrote_a_field_or_is_gone_does_not_carry_the_row_s_words(store, analytics) -> None:
    cell, unknown = samples.text(store), samples.text(store, "einkauf|bau", sources=())
    for person_id, block_id in ((11, cell), (12, cell), (21, cell), (22, unknown)):
        samples.write(store, "Person", person_id, block_id, CELL_WORDS)
    for contact_id in (1, 2):
        samples.write(store, "Contact", contact_id, samples.opener(store, contact_id), OPENER_WORDS)
    samples.carry(store, "Person", 11, intro="Von Hand.")
    samples.gone(store, "Person", 12)
    samples.gone(store, "Contact", 1)
    samples.carry(store, "Person", 21, subject="", intro="", social_proof="")
    found = _load(store, analytics, "vertical/bau")
    assert (found.ids("Person"), found.ids("Contact")) == ({11}, {2})
    assert found.per_field() == {"opener": 1, "opener_secondary": 1, "social_proof": 1, "subject": 1}
    assert (found.unknown_texts, found.unknown_persons) == (1, 1)
    samples.gone(store, "Person", 22)
    assert _load(store, analytics, "vertical/bau").unknown_persons == 0
