"""Coverage in Dagster: numbers that are plotted, words that say what to do, and events only where something changed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from gtm_assets.knowledge.rows import Campaign
from gtm_assets.language import messages
from gtm_assets.monitoring import coverage_words
from gtm_assets.monitoring.coverage import APART, NO_CELL, STATES, Headcount, measure, only
from gtm_assets.monitoring.coverage_page import EVERY, SHOWN, log_if_changed, materialize, metadata, page
from gtm_assets.settings import Settings
from gtm_assets_tests.monitoring.coverage_samples import CELL, MESSE_CELL, large_outline, sample_outline
from gtm_assets_tests.stores import account_row, fresh_store, person_row, persona_row, profile_row, put, vertical_row
from resources.analytics.engine import Analytics
from resources.store import schema
from resources.store.store import utc_now

MIXED = sample_outline(
    {
        CELL: "approved",
        MESSE_CELL: "waiting",
        ("einkauf", "maschinenbau", "standard"): "rejected",
        ("einkauf", "hotel", "standard"): "failed_rules",
        ("leitung", "hotel", "standard"): "lapsed",
    }
)
GROUPS = [
    Headcount("leitung", "maschinenbau", "", "standard", persons=6),
    Headcount("leitung", "maschinenbau", "Messe 2026", "standard", due=True, persons=2),
    Headcount("einkauf", "hotel", "Messe 1999", "none", persons=1),
    Headcount(None, None, "", None, persons=1),
    Headcount(None, "hotel", "", None, apart="retired", persons=4),
]


def _texts(value: Any) -> str:
    return str(value.value)


def test_numbers_are_flat_so_that_dagster_draws_them_over_time() -> None:
    found = metadata(measure(MIXED, GROUPS), "en")
    numbers = {name: value for name, value in found.items() if isinstance(value, int | float)}
    assert numbers == {
        "percent_covered": 80.0,
        "percent_covered_standard": 85.7,
        "percent_covered_messe-2026": 100.0,
        "texts_approved": 1,
        "texts_waiting": 1,
        "texts_rejected_by_reviewer": 1,
        "texts_rejected_by_rules": 1,
        "texts_lapsed": 1,
        "texts_missing": 3,
        "persons": 14,
        "persons_covered": 8,
        "persons_falling_back": 2,
        "persons_without_text": 1,
        "persons_without_cell": 1,
        "persons_not_addressed": 4,
    }
    assert set(found) - set(numbers) == {"coverage", "open_texts"}


def test_the_page_begins_with_the_sentence_and_what_to_do_and_holds_the_picture() -> None:
    text = page(measure(MIXED, GROUPS), "en")
    assert text.startswith("**8 of 10 persons have an approved text (80.0 %)**")
    assert text.index("`gtm review list`") < text.index("data:image/webp;base64,") < text.index("| Campaign |")
    assert "| Messe 2026 | 0 / 4 | 2 | 2 (100.0 %) | 2 |" in text
    assert "| not addressed: has left the company | 4 |" in text
    assert "| All persons of the CRM | 14 |" in text


def test_the_page_is_german_where_that_is_the_language() -> None:
    text = page(measure(MIXED, GROUPS), "de")
    assert text.startswith("**8 von 10 Personen haben einen freigegebenen Text (80,0 %)**")
    assert "wartet auf Freigabe" in text


def test_open_texts_are_listed_with_a_link_to_their_page_those_with_most_people_first() -> None:
    lines = _texts(metadata(measure(MIXED, GROUPS), "en")["open_texts"]).splitlines()
    assert lines[0] == "7 of 7 shown"
    assert lines[4] == (
        "| [Geschäftsführer × Maschinenbau](/assets/campaign_matrix?view=partitions&partition=messe-2026%7Cmaschinenbau) | "
        "Messe 2026 | waits for review | 2 ↩2 |"
    )
    assert (
        "[Leiter Einkauf × Hotellerie](/assets/marketing_matrix?view=partitions&partition=einkauf%7Chotel)" in lines[5]
    )
    assert "breaks the text rules" in lines[5]


def test_long_lists_are_cut_and_say_so() -> None:
    text = _texts(metadata(measure(large_outline(10, 6, 1, state="waiting"), []), "en")["open_texts"])
    assert text.startswith(f"{SHOWN} of 120 shown")
    assert len(text.splitlines()) == SHOWN + 4


def test_a_campaign_that_nobody_asked_for_and_nobody_is_in_fills_no_table() -> None:
    text = _texts(metadata(measure(large_outline(2, 2, 3), []), "en")["open_texts"])
    assert text.startswith("4 of 4 shown")


def test_names_that_look_like_markdown_stay_names() -> None:
    outline = sample_outline(
        personas={"leitung": "*Chef* [a](http://b)"},
        verticals={"maschinenbau": "Bau | Stahl"},
        campaigns=(Campaign("messe-2026", "`Messe` <b>", "Messe 2026", ""),),
    )
    found = metadata(measure(outline, [Headcount("leitung", "maschinenbau", "Messe 2026")]), "en")
    assert "\\*Chef\\* \\[a\\](http://b) × Bau" in _texts(found["open_texts"])
    assert "Bau \\| Stahl" in _texts(found["open_texts"])
    assert "\\<b\\>" in _texts(found["coverage"])


@pytest.mark.parametrize(
    ("outline", "words"),
    [
        (sample_outline(personas={}, verticals={}, was_read=False), "Notion was never read"),
        (sample_outline(personas={}), "No persona is active in Notion"),
        (sample_outline(verticals={}), "No vertical is active in Notion"),
    ],
)
def test_where_there_is_nothing_it_says_why_and_what_to_do(outline, words) -> None:
    coverage = measure(outline, [])
    text = page(coverage, "en")
    assert words in text
    assert "There is nobody yet who may be addressed" in text
    assert "data:image" not in text
    assert coverage_words.why_empty(coverage, "en").startswith(words)
    assert "open_texts" not in metadata(coverage, "en")


def test_no_percent_is_plotted_where_there_is_nobody() -> None:
    assert not [name for name in metadata(measure(MIXED, []), "en") if name.startswith("percent")]


# --- what to do next --------------------------------------------------------------------------------------------------


def _steps(outline, groups=(), language="en") -> list[str]:
    return coverage_words.next_steps(measure(outline, groups), language)


def test_what_to_do_is_said_for_everything_that_is_open() -> None:
    assert _steps(MIXED, GROUPS) == [
        "1 text waits for review: `gtm review list`",
        'Messe 2026: `gtm backfill campaign "Messe 2026"` writes the 3 that are missing',
        (
            "1 text lapsed because an input changed; it is written anew by itself (`gtm up`), or now with `gtm once`, "
            "and then waits for review"
        ),
        "1 text was rejected in review and stays so until a row it is made from changes in Notion: persona, vertical or campaign",
        (
            "1 text breaks the text rules and is never used; the cell's page in Dagster names the rule. It is written anew when a row "
            "it is made from changes in Notion"
        ),
        "1 person has no persona: add the job title to a persona in Notion, or correct it in the CRM",
        (
            "1 person works for a company without a vertical: choose one in the company's field Vertical in the CRM; `gtm board` has "
            "the reason"
        ),
        "1 person names a campaign that is not active in Notion and counts as standard; `gtm coverage` names the tag",
        "The accounts of 2 persons are to be worked on again; what these persons get is decided anew then",
    ]


def test_nothing_to_do_is_said_too() -> None:
    assert _steps(sample_outline(state="approved"), [Headcount("leitung", "hotel", "")]) == [
        "Nothing: every text is written and approved."
    ]


def test_before_the_first_load_it_says_where_the_numbers_are() -> None:
    assert _steps(sample_outline(state="approved"))[-1].startswith("No person of the CRM is known yet")


def test_of_chosen_cells_only_what_concerns_them_is_said() -> None:
    coverage = only(measure(MIXED, GROUPS), ["leitung|maschinenbau|messe-2026"])
    assert coverage_words.next_steps(coverage, "en") == ["1 text waits for review: `gtm review list`"]


@pytest.mark.parametrize(
    ("tag", "typed"),
    [
        ("Messe 2026", '"Messe 2026"'),
        ("it's", '"it\'s"'),
        ("$HOME", "'$HOME'"),
        ('a "b"', "'a \"b\"'"),
        ("`ls`", "'`ls`'"),
        ("Los!", "'Los!'"),
    ],
)
def test_a_tag_is_quoted_so_that_a_shell_reads_nothing_into_it(tag, typed) -> None:
    assert coverage_words.quoted(tag) == typed


def test_there_are_words_for_every_state_and_every_place_in_both_languages() -> None:
    known = messages("coverage")
    for name in (*STATES, *APART, *NO_CELL):
        message = known[f"coverage.{name}"]
        assert message.en
        assert message.de
        assert message.en != message.de


# --- when it is logged ------------------------------------------------------------------------------------------------


class Watched:
    """A store with one vertical, one persona and a hundred persons of it; and the events that were logged."""

    def __init__(self, store: Any) -> None:
        self.store = store
        self.analytics = Analytics(store.url.render_as_string(hide_password=False))
        self.settings = Settings()
        self.events: list[dg.AssetMaterialization] = []
        self.now = utc_now()
        put(store, schema.verticals, vertical_row("hotel"))
        put(store, schema.personas, persona_row("leitung"))
        put(store, schema.accounts, account_row(1))
        put(store, schema.profiles, profile_row(1, "hotel"))
        self.persons(range(1, 101), persona_key="leitung")

    def persons(self, ids: Any, **changed: Any) -> None:
        put(self.store, schema.persons, *(person_row(i, 1, **changed) for i in ids))

    def log(self) -> bool:
        return log_if_changed(self.store, self.analytics, self.settings, self.events.append, self.now)


@pytest.fixture
def watched(tmp_path: Path):
    with fresh_store(tmp_path) as store:
        watch = Watched(store)
        yield watch
        watch.analytics.close()


def test_it_is_logged_once_for_each_change_of_a_text_or_a_row(watched) -> None:
    assert [watched.log(), watched.log()] == [True, False]
    put(watched.store, schema.personas, persona_row("einkauf"))
    assert [watched.log(), watched.log()] == [True, False]
    put(watched.store, schema.personas, persona_row("einkauf", name="Einkaufsleitung"))
    assert [watched.log(), watched.log()] == [True, False]
    assert [event.asset_key.to_user_string() for event in watched.events] == ["coverage"] * 3


def test_a_few_persons_wait_for_the_hour_and_many_do_not(watched) -> None:
    watched.log()
    watched.persons([1], persona_key=None)
    assert not watched.log()
    watched.now += EVERY - timedelta(seconds=1)
    assert not watched.log()
    watched.now += timedelta(seconds=1)
    assert [watched.log(), watched.log()] == [True, False]
    watched.persons(range(2, 4), persona_key=None)
    assert [watched.log(), watched.log()] == [True, False]
    assert watched.events[-1].metadata["persons_without_cell"].value == 3


def test_an_hour_without_a_change_logs_nothing(watched) -> None:
    watched.log()
    watched.now += 10 * EVERY
    assert not watched.log()


def test_another_language_is_another_page(watched) -> None:
    watched.log()
    watched.settings = Settings(gtm_language="de")
    assert [watched.log(), watched.log()] == [True, False]


def test_a_click_draws_it_whatever_was_logged_and_runs_do_not_repeat_it(watched) -> None:
    watched.log()
    assert materialize(watched.store, watched.analytics, watched.settings)["persons"] == 100
    watched.persons(range(50), persona_key=None)
    materialize(watched.store, watched.analytics, watched.settings)
    assert not watched.log()
