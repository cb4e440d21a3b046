"""Reviews as the marketing lead sees them: a page of the sandbox's Notion, opened, edited and approved by clicking."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from gtm_assets.texts.reviews import decide
from gtm_assets_tests.path.harness import Engine
from resources.store import schema

KEY = "geschaeftsfuehrung|maschinenbau"
OWN = "So bleibt Ihre Fertigung im Takt"


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """One industry, one company; cells wait for a person. The first version of one text was approved, a pain changed since."""
    monkeypatch.setattr("gtm_assets.settings.PROJECT_ROOT", tmp_path)
    with Engine(
        tmp_path / "state", verticals=["maschinenbau"], fast=True, GTM_REVIEW_POLICY="cell=manual,opener=auto"
    ) as started:
        started.fast_pass()
        decide(started.store, "cell", [KEY], "approved", reviewer="Marketing (Musterdaten)")
        started.edit_notion(
            "verticals", "maschinenbau", "Pains", "lange Suchzeiten zwischen Lager und Linie\nteure Stillstände"
        )
        started.fast_pass()
        started.review()
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": 1280, "height": 1000}, locale="de-DE")
    yield opened
    opened.close()


def _address(engine: Engine) -> str:
    row = next(row for row in engine.rows(schema.review_pages) if row["key"] == KEY and row["state"] == "open")
    return str(row["url"])


def test_a_person_reads_old_and_new_and_approves_by_a_click(engine: Engine, page: Page, pictures: Path) -> None:
    page.goto(_address(engine))
    expect(page.get_by_role("heading", name="Bisher und neu")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Zuletzt freigegeben")).to_be_visible()
    expect(page.get_by_text("lange Suchzeiten zwischen Lager und Linie").first).to_be_visible()
    page.screenshot(path=pictures / "review.png", full_page=True)
    page.get_by_role("button", name="approved").click()
    expect(page.get_by_text("Gespeichert")).to_be_visible()
    result = engine.review()
    assert [(each.what, each.key) for each in result.decisions] == [("approved", KEY)]


def test_words_that_a_person_types_become_a_version_that_waits(engine: Engine, page: Page) -> None:
    page.goto(_address(engine))
    page.get_by_label("Subject").fill(OWN)
    page.get_by_role("button", name="approved").click()
    expect(page.get_by_text("Gespeichert")).to_be_visible()
    assert [each.what for each in engine.review().decisions] == ["edited"]
    page.reload()
    expect(page.get_by_label("Subject")).to_have_value(OWN)
    expect(page.get_by_text("übernommen").first).to_be_visible()
    page.get_by_role("button", name="approved").click()
    expect(page.get_by_text("Gespeichert")).to_be_visible()
    assert [each.what for each in engine.review().decisions] == ["approved"]


def test_the_list_shows_what_waits(engine: Engine, page: Page) -> None:
    database = engine.world.notion.reviews_id.replace("-", "")
    page.goto(f"{engine.server.base_url}/notion/database/{database}?status=pending")
    expect(page.get_by_role("link", name="Geschäftsführer × Maschinenbau")).to_be_visible()
