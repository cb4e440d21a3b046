"""Texts over the whole path with people who decide in Notion alone: nothing is written before, exactly the decided texts after."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from gtm_assets.crm.field_map import stored_fields
from gtm_assets.texts.matrix import load_cells
from gtm_assets.writeback.targets import TEXT_FIELDS
from gtm_assets_tests.path.conftest import StartEngine
from gtm_assets_tests.path.harness import Engine
from resources.store import schema

MANUAL = "cell=manual,opener=auto"


def _states(engine: Engine) -> dict[str, str]:
    """Where each standard cell stands."""
    with engine.store.read() as connection:
        cells = load_cells(connection, stored_fields(engine.store), engine.settings.gemini_model)
    return {key: cell.state for key, cell in cells.items() if cell.is_kept}


def _approve_all_in_notion(engine: Engine) -> int:
    """A person goes through the pages that are pending."""
    pages = [row for row in engine.world.notion.rows("reviews") if row["Status"] == "pending"]
    for row in pages:
        engine.world.notion.edit("reviews", str(row["Key"]), "Status", "approved")
    return len(pages)


@pytest.fixture
def whole_matrix(start_engine: StartEngine) -> Engine:
    """All eight verticals and six personas, one company, nothing approved by policy but openers."""
    engine = start_engine(companies=1, verticals=None, fast=True, GTM_REVIEW_POLICY=MANUAL)
    assert len(engine.fast_pass().cells.outcomes) == 48
    return engine


def test_the_matrix_stands_approved_through_notion_alone_and_a_changed_pain_lapses_exactly_its_cells(
    whole_matrix: Engine,
) -> None:
    engine = whole_matrix
    assert engine.review().created == 48
    assert _approve_all_in_notion(engine) == 48
    result = engine.review()
    assert Counter(each.what for each in result.decisions) == {"approved": 48}
    assert set(_states(engine).values()) == {"approved"}
    reviewers = {row["reviewer"] for row in engine.rows(schema.reviews, schema.reviews.c.block_id > 0)}
    assert reviewers - {"policy: auto"}
    assert all(name.endswith(" (Notion)") for name in reviewers - {"policy: auto"})

    first = engine.fast_pass()
    assert first.phases() == {1: "completed"}
    assert all(engine.texts(1)[role] for role in TEXT_FIELDS)

    mark = engine.mark()
    second = engine.fast_pass()
    review = engine.review()
    assert (second.model_calls, second.patches, engine.patches(mark)) == (0, 0, [])
    assert (review.created, review.updated, review.trashed, review.decisions) == (0, 0, 0, [])

    engine.edit_notion("verticals", "maschinenbau", "Pains", "zu viele Zwischenlager\nteure Stillstände")
    engine.read_notion()
    lapsed = {key for key, state in _states(engine).items() if state == "lapsed"}
    personas = {key.split("|")[0] for key in _states(engine)}
    assert lapsed == {f"{persona}|maschinenbau" for persona in personas}
    assert Counter(_states(engine).values()) == {"approved": 42, "lapsed": 6}

    engine.fast_pass()
    after = engine.review()
    assert (after.created, after.trashed) == (6, 0)
    assert Counter(row["Status"] for row in engine.world.notion.rows("reviews")) == {"approved": 48, "pending": 6}


def test_nothing_reaches_the_crm_before_somebody_approved_it_and_everything_after(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, verticals=["maschinenbau"], GTM_REVIEW_POLICY=MANUAL)
    first = engine.pass_once()
    assert first.errors == []
    assert engine.state(1)["phase"] == "waiting for review"
    assert not any(engine.texts(1)[role] for role in TEXT_FIELDS)
    assert _approve_all_in_notion(engine) == 6
    second = engine.pass_once()
    assert (second.errors, second.model_calls) == ([], 0)
    assert engine.state(1)["phase"] == "completed"
    assert all(engine.texts(1)[role] for role in TEXT_FIELDS)
    mark = engine.mark()
    third = engine.pass_once()
    assert (third.model_calls, third.writes["patches"], engine.patches(mark)) == (0, 0, [])


def test_the_same_cell_gives_the_same_text_to_everybody(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, verticals=["maschinenbau"], fast=True)
    engine.fast_pass()
    site = engine.row(schema.accounts, schema.accounts.c.contact_id == 1)["url"]
    other = engine.create("Contact", name="Zweites Werk (Musterdaten)", url=site)
    people = [engine.create("Person", lastname="Muster", title="Geschäftsführerin", company=str(i)) for i in (1, other)]
    engine.fast_pass()
    texts: list[dict[str, Any]] = [engine.texts(person) for person in people]
    assert all(texts[0][role] for role in ("subject", "intro", "social_proof"))
    for role in ("subject", "intro", "social_proof"):
        assert texts[0][role] == texts[1][role]


def test_a_persons_own_words_reach_the_crm_after_their_approval(start_engine: StartEngine) -> None:
    engine = start_engine(companies=1, verticals=["maschinenbau"], fast=True, GTM_REVIEW_POLICY=MANUAL)
    engine.fast_pass()
    engine.review()
    own = "So bleibt Ihre Fertigung im Takt"
    engine.world.notion.edit("reviews", "geschaeftsfuehrung|maschinenbau", "Subject", own)
    engine.world.notion.edit("reviews", "geschaeftsfuehrung|maschinenbau", "Status", "approved")
    assert [each.what for each in engine.review().decisions] == ["edited"]
    engine.fast_pass()
    assert engine.texts(1)["subject"] == ""
    _approve_all_in_notion(engine)
    engine.review()
    engine.fast_pass()
    assert engine.texts(1)["subject"] == own
