"""What robots.txt forbids is not asked for; one that fails means not now."""

from __future__ import annotations

import pytest

from gtm_assets_tests.resources.website_stubs import SENTENCES, Site, html


@pytest.mark.parametrize(
    "rules",
    [
        "User-agent: *\nDisallow: /",
        "User-agent: gtm-assets\nDisallow: /",
        "User-agent: *\nAllow: /\n\nUser-agent: GTM-Assets\nDisallow: /",
    ],
)
def test_a_page_that_robots_txt_forbids_is_not_asked_for(site: Site, rules: str) -> None:
    site.serve("/robots.txt", rules, content_type="text/plain")
    site.serve("/", html(SENTENCES))
    visit = site.visit()
    assert (visit.outcome, visit.transient) == ("robots", False)
    assert site.paths == ["/robots.txt"]


@pytest.mark.parametrize(
    ("status", "rules"), [(200, "User-agent: other\nDisallow: /"), (200, ""), (404, ""), (403, "Disallow: /")]
)
def test_a_page_that_robots_txt_does_not_speak_of_is_read(site: Site, status: int, rules: str) -> None:
    site.serve("/robots.txt", rules, content_type="text/plain", status=status)
    site.serve("/", html(SENTENCES))
    assert site.visit().outcome == "ok"


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_robots_txt_that_fails_means_not_now(site: Site, status: int) -> None:
    site.serve("/robots.txt", "", status=status)
    site.serve("/", html(SENTENCES))
    visit = site.visit()
    assert (visit.outcome, visit.transient) == ("robots", True)
    assert site.paths == ["/robots.txt"]


def test_a_robots_txt_behind_a_redirect_counts(site: Site) -> None:
    site.redirect("/robots.txt", "/rules.txt", 301)
    site.serve("/rules.txt", "User-agent: *\nDisallow: /", content_type="text/plain")
    assert site.visit().outcome == "robots"


@pytest.mark.parametrize("target", ["/robots.txt", "http://intern.example/robots.txt", "ftp://x/"])
def test_a_robots_txt_that_leads_nowhere_counts_as_missing(site: Site, target: str) -> None:
    site.redirect("/robots.txt", target)
    site.serve("/", html(SENTENCES))
    assert site.visit().outcome == "ok"
