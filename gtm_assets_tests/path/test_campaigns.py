"""Campaigns over the whole path: whose texts a person gets, when they come, and where they go back to standard."""

from __future__ import annotations

from typing import Any

import pytest

from gtm_assets.texts.reviews import decide, waiting
from gtm_assets.writeback.targets import TEXT_FIELDS
from gtm_assets_tests.path.conftest import StartEngine
from gtm_assets_tests.path.harness import Engine
from resources.store import schema

TAG = "Messe 2026"
#: Person 1 of the sample company: managing director of an engineering company.
CELL = "geschaeftsfuehrung|maschinenbau"
CAMPAIGN_CELL = f"{CELL}|messe-2026"
NO_CAMPAIGN = "standard text: no active campaign has the tag that stands with the person"


def _texts(engine: Engine, person: int = 1) -> dict[str, str]:
    return {role: engine.texts(person)[role] for role in TEXT_FIELDS}


def _block(engine: Engine, key: str) -> dict[str, str]:
    blocks = schema.text_blocks
    return dict(engine.row(blocks, (blocks.c.key == key) & blocks.c.current)["content"])


def _level(engine: Engine, person: int = 1) -> tuple[str, str]:
    row = engine.row(schema.persons, schema.persons.c.person_id == person)
    return row["text_level"], row["text_reason"]


def _into(engine: Engine, person: int, tag: str) -> None:
    """Somebody in the tenant sets the person's campaign field."""
    engine.edit_field("Person", person, "MA_Campaign", tag)


def _started(start_engine: StartEngine, **options: Any) -> Engine:
    engine = start_engine(companies=1, fast=True, verticals=("maschinenbau",), **options)
    _into(engine, 1, TAG)
    _into(engine, 2, "")
    result = engine.fast_pass()
    assert result.error is None
    return engine


@pytest.fixture
def started(start_engine: StartEngine) -> Engine:
    """Person 1 is in the campaign, person 2 is not; the campaign's texts were not asked for yet."""
    return _started(start_engine)


def test_without_campaign_texts_everybody_gets_standard_and_the_reason_is_recorded(started: Engine) -> None:
    assert _texts(started) == _block(started, CELL)
    assert _level(started) == ("standard", f"standard text instead of {TAG!r}: the text is not written yet")
    assert _level(started, 2) == ("standard", "")
    assert "standard text instead of" in started.state(1)["reason"]


def test_nothing_writes_a_campaign_before_somebody_asks(started: Engine) -> None:
    assert started.fast_pass().model_calls == 0
    assert not [row for row in started.rows(schema.text_blocks) if row["key"].count("|") == 2]


def test_a_campaign_that_was_written_reaches_its_people_and_nobody_else(started: Engine) -> None:
    standard, mark, foreign = _texts(started, 2), started.mark(), started.foreign()
    written = started.write_campaign(TAG)
    assert set(written.outcomes) == {f"{p}|maschinenbau|messe-2026" for p in _personas(started)}
    result = started.fast_pass()
    assert result.phases() == {1: "completed"}
    assert started.patches(mark) == ["Person/1"]
    assert _texts(started) == _block(started, CAMPAIGN_CELL) != _block(started, CELL)
    assert _texts(started, 2) == standard
    assert _level(started) == ("campaign", "")
    assert started.foreign() == foreign
    again = started.fast_pass()
    assert (again.model_calls, again.patches) == (0, 0)


def _personas(engine: Engine) -> set[str]:
    return {row["key"] for row in engine.rows(schema.personas) if row["active"]}


def test_a_campaign_that_ends_brings_its_people_back_to_standard(started: Engine) -> None:
    started.write_campaign(TAG)
    started.fast_pass()
    assert _texts(started) == _block(started, CAMPAIGN_CELL)
    started.edit_notion("campaigns", TAG, "Active", value=False)
    result = started.fast_pass()
    assert (result.model_calls, result.phases()) == (0, {1: "completed"})
    assert _texts(started) == _block(started, CELL)
    assert _level(started) == ("standard", NO_CAMPAIGN)
    started.edit_notion("campaigns", TAG, "Active", value=True)
    assert started.fast_pass().model_calls == 0
    assert _texts(started) == _block(started, CAMPAIGN_CELL)


def test_a_person_who_leaves_the_campaign_gets_standard_and_back(started: Engine) -> None:
    started.write_campaign(TAG)
    started.fast_pass()
    _into(started, 1, "")
    started.fast_pass()
    assert (_texts(started), _level(started)) == (_block(started, CELL), ("standard", ""))
    _into(started, 1, "  messe 2026 ")
    started.fast_pass()
    assert _texts(started) == _block(started, CAMPAIGN_CELL), "people write a tag in more than one way"


@pytest.mark.parametrize("tag", ["Frühling 🌷", "🌷", "messe-2027"])
def test_a_tag_that_no_campaign_has_means_standard_and_says_so(started: Engine, tag: str) -> None:
    _into(started, 1, tag)
    started.fast_pass()
    assert _texts(started) == _block(started, CELL)
    assert _level(started) == ("standard", NO_CAMPAIGN)


def test_under_manual_review_a_campaign_text_comes_with_its_approval(start_engine: StartEngine) -> None:
    engine = _started(start_engine, GTM_REVIEW_POLICY="cell=manual,opener=auto")
    decide(engine.store, "cell", [block.key for block in waiting(engine.store, "cell")], "approved", reviewer="test")
    engine.fast_pass()
    engine.write_campaign(TAG)
    engine.fast_pass()
    assert _texts(engine) == _block(engine, CELL)
    assert _level(engine) == ("standard", f"standard text instead of {TAG!r}: waiting for review")
    assert engine.state(1)["phase"] == "completed", "whoever has the standard text waits for nothing"
    assert decide(engine.store, "cell", [CAMPAIGN_CELL], "approved", reviewer="test").accounts_due == 1
    engine.fast_pass()
    assert _texts(engine) == _block(engine, CAMPAIGN_CELL)
    assert _level(engine) == ("campaign", "")

    # A changed brief makes the text lapse: who carries it keeps it until there is a new approved one.
    before = _texts(engine)
    engine.edit_notion("campaigns", TAG, "Brief", "Neuer Anlass: unser Stand zeigt den Flottenbetrieb.")
    rewritten = engine.fast_pass()
    assert rewritten.model_calls == len(_personas(engine))
    assert (_texts(engine), _level(engine)[0]) == (before, "campaign")
    assert "keeps the earlier text: waiting for review" in _level(engine)[1]
    _into(engine, 2, TAG)
    engine.fast_pass()
    assert _level(engine, 2)[0] == "standard", "a lapsed approval admits no new carrier"

    decide(engine.store, "cell", [CAMPAIGN_CELL], "rejected", reviewer="test")
    engine.fast_pass()
    assert _texts(engine) == before, "the earlier version was approved and still is"


def test_a_rejected_campaign_text_falls_back_to_standard(started: Engine) -> None:
    started.write_campaign(TAG)
    started.fast_pass()
    decide(started.store, "cell", [CAMPAIGN_CELL], "rejected", reviewer="test")
    started.fast_pass()
    assert _texts(started) == _block(started, CELL)
    assert _level(started) == ("standard", f"standard text instead of {TAG!r}: the text was rejected in review")


def test_a_human_who_edited_a_campaign_text_keeps_it_when_the_campaign_ends(started: Engine) -> None:
    started.write_campaign(TAG)
    started.fast_pass()
    started.edit_field("Person", 1, "SuperOffice:20", "Von Hand geschrieben.")
    started.fast_pass()
    started.edit_notion("campaigns", TAG, "Active", value=False)
    started.fast_pass()
    assert _texts(started) == {**_block(started, CELL), "intro": "Von Hand geschrieben."}


def test_the_campaign_field_may_be_a_list(start_engine: StartEngine) -> None:
    engine = _started(start_engine, switches={"campaign_field": "list"})
    engine.write_campaign(TAG)
    engine.fast_pass()
    assert _texts(engine) == _block(engine, CAMPAIGN_CELL)
    assert _level(engine) == ("campaign", "")
