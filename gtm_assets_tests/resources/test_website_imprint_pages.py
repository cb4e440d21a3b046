"""Where a visit finds the imprint of a site: links, usual paths, legal pages, the start page, other hosts."""

from __future__ import annotations

import pytest

from gtm_assets_tests.resources.website_stubs import IMPRINT, SENTENCES, Site, html


@pytest.mark.parametrize("path", ["/impressum", "/imprint"])
def test_an_imprint_without_a_link_is_found_at_the_usual_paths(site: Site, path: str) -> None:
    site.serve("/", html(SENTENCES))
    site.serve(path, html(IMPRINT))
    assert site.visit().imprint_url == f"{site.url}{path}"


def test_an_imprint_that_the_legal_page_itself_holds_is_found(site: Site) -> None:
    site.serve("/", html(f'{SENTENCES}<footer><a href="/recht">Rechtliches</a></footer>'))
    site.serve("/recht", html(f"<h1>Rechtliches</h1>{IMPRINT}"))
    assert "Musterstadt" in site.visit().imprint_text


def test_an_imprint_that_the_legal_page_links_to_is_found(site: Site) -> None:
    site.serve("/", html(f'{SENTENCES}<footer><a href="/recht">Rechtliches</a></footer>'))
    site.serve("/recht", html('<h1>Rechtliches</h1><a href="agb">AGB</a> <a href="anbieter">Impressum</a>'))
    site.serve("/anbieter", html(IMPRINT))
    assert site.visit().imprint_url == f"{site.url}/anbieter"


def test_an_imprint_on_the_start_page_costs_no_further_request(site: Site) -> None:
    site.serve("/", html(f'{SENTENCES}<a href="#impressum">Impressum</a><section id="impressum">{IMPRINT}</section>'))
    visit = site.visit()
    assert "Musterstadt" in visit.imprint_text
    assert site.paths == ["/robots.txt", "/"]


def test_a_missing_imprint_is_said_and_the_text_is_kept(site: Site) -> None:
    site.serve("/", html(SENTENCES))
    visit = site.visit()
    assert (visit.outcome, visit.reason) == ("ok", "no imprint was found")
    assert (visit.imprint_url, visit.imprint_text) == ("", "")


def test_an_imprint_link_that_leads_nowhere_is_said(site: Site) -> None:
    site.serve("/", html(f'{SENTENCES}<a href="/gone">Impressum</a>'))
    visit = site.visit()
    assert visit.outcome == "ok"
    assert "HTTP 404" in visit.reason


def test_a_site_that_answers_every_path_with_its_start_page_has_no_imprint(site: Site) -> None:
    site.serve("/", html(SENTENCES))
    site.serve("/impressum", html(SENTENCES))
    site.serve("/imprint", html(SENTENCES))
    assert site.visit().imprint_text == ""


def test_an_imprint_that_robots_txt_forbids_is_not_read(site: Site) -> None:
    site.serve("/robots.txt", "User-agent: *\nDisallow: /impressum", content_type="text/plain")
    site.serve("/", html(f'{SENTENCES}<a href="/impressum">Impressum</a>'))
    site.serve("/impressum", html(IMPRINT))
    visit = site.visit()
    assert visit.outcome == "ok"
    assert visit.imprint_text == ""
    assert "robots.txt" in visit.reason
    assert "/impressum" not in site.paths


def test_an_imprint_of_the_parent_company_is_read_under_the_same_checks(site: Site) -> None:
    other = f"http://other.example:{site.server.port}/impressum"
    site.serve("/", html(f'{SENTENCES}<a href="{other}">Impressum</a>'))
    site.serve("/impressum", html(IMPRINT))
    assert site.visit().imprint_url == other
    assert site.paths.count("/robots.txt") == 2
