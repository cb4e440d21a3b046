"""Visits over real sockets: what a good one brings, and what it makes of addresses and answers that are no web page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from werkzeug import Response

from gtm_assets_tests.resources.website_stubs import IMPRINT, SENTENCES, Site, html

# --- what a good visit brings ---


def test_a_visit_brings_title_main_text_and_the_whole_imprint(site: Site) -> None:
    menu = '<nav><a href="/produkte">Produkte</a></nav>'
    site.serve("/", html(f'{menu}<main><h1>Muster</h1>{SENTENCES}</main><footer><a href="/imp">Impressum</a></footer>'))
    site.serve("/imp", html(IMPRINT))
    before = datetime.now(UTC)
    visit = site.visit()
    assert (visit.outcome, visit.reason, visit.transient) == ("ok", "", False)
    assert visit.url == f"{site.url}/"
    assert visit.final_url == f"{site.url}/"
    assert visit.title == "Muster GmbH"
    assert "Förderanlagen für die Getränkeindustrie" in visit.text
    assert "<" not in visit.text
    assert visit.imprint_url == f"{site.url}/imp"
    assert "12345 Musterstadt" in visit.imprint_text
    assert before <= visit.fetched_at <= datetime.now(UTC)
    assert site.paths == ["/robots.txt", "/", "/imp"]
    assert site.client.requests == 3


def test_requests_say_who_is_asking_and_carry_the_sites_name(site: Site) -> None:
    site.serve("/", html(SENTENCES))
    site.visit()
    for request, _ in site.server.log:
        assert request.headers["User-Agent"].startswith("gtm-assets/")
        assert request.headers["Host"] == f"firma.example:{site.server.port}"


def test_text_is_cut_at_twenty_thousand_characters(site: Site) -> None:
    many = "".join(f"<p>Absatz {number} über Förderanlagen und ihre Wartung im Betrieb.</p>" for number in range(2000))
    site.serve("/", html(many + '<a href="/impressum">Impressum</a>'))
    site.serve("/impressum", html(IMPRINT + many))
    visit = site.visit()
    assert 15_000 < len(visit.text) <= 20_000
    assert 15_000 < len(visit.imprint_text) <= 20_000


# --- what is no page ---


@pytest.mark.parametrize("kind", ["application/pdf", "image/png", "application/json", "text/plain; charset=utf-8"])
def test_what_is_no_html_is_named_by_its_type(site: Site, kind: str) -> None:
    site.serve("/", "%PDF-1.7", content_type=kind)
    visit = site.visit()
    assert visit.outcome == "not_html"
    assert kind.partition(";")[0] in visit.reason


def test_a_page_without_a_content_type_is_looked_at(site: Site) -> None:
    def untyped(body: str) -> Response:
        response = Response(body)
        del response.headers["Content-Type"]
        return response

    site.serve("/page", untyped(html(SENTENCES)))
    site.serve("/pdf", untyped("%PDF-1.7"))
    assert site.visit("/page").outcome == "ok"
    assert site.visit("/pdf").outcome == "not_html"


@pytest.mark.parametrize(
    "body",
    [
        html('<div id="root"></div><script>render()</script><noscript>You need to enable JavaScript.</noscript>'),
        html('<nav><a href="/a">Start</a></nav><div id="app">Loading …</div>'),
        "<p></p>",
        "",
        " ",
    ],
)
def test_a_page_that_only_scripts_would_fill_is_empty(site: Site, body: str) -> None:
    site.serve("/", body)
    visit = site.visit()
    assert visit.outcome == "empty"
    assert visit.text == ""
    assert visit.final_url


@pytest.mark.parametrize(("status", "transient"), [(404, False), (410, False), (403, False), (429, True), (503, True)])
def test_an_error_page_is_no_text(site: Site, status: int, transient: bool) -> None:
    site.serve("/", html(SENTENCES), status=status)
    visit = site.visit()
    assert (visit.outcome, visit.transient, visit.text) == ("http_error", transient, "")
    assert f"HTTP {status}" in visit.reason


@pytest.mark.parametrize(
    ("charset", "announced"),
    [
        ("utf-8", "text/html; charset=iso-8859-1"),
        ("cp1252", "text/html; charset=utf-8"),
        ("iso-8859-1", "text/html; charset=iso-8859-1"),
        ("iso-8859-15", "text/html"),
        ("utf-8", "text/html; charset=nonsense"),
        ("utf-16", "text/html; charset=utf-8"),
        ("utf-8-sig", "text/html"),
        ("cp1252", "text/html; charset=punycode"),
    ],
)
def test_umlauts_survive_a_wrong_charset(site: Site, charset: str, announced: str) -> None:
    head = f'<title>Müller</title><meta charset="{charset if charset == "iso-8859-15" else "utf-8"}">'
    site.serve("/", html(SENTENCES, head).encode(charset), content_type=announced)
    visit = site.visit()
    assert visit.title == "Müller"
    assert "Förderanlagen für die Getränkeindustrie" in visit.text


def test_control_characters_never_reach_the_text(site: Site) -> None:
    site.serve("/", html(f"{SENTENCES}<p>Null\x00 und\x07 Glocke\u200b in einem langen Satz über Förderanlagen.</p>"))
    text = site.visit().text
    assert "Null und Glocke in einem" in text


# --- what people type ---


@pytest.mark.parametrize("typed", ["", "  ", "-", "keine", "n/a", "info@firma.example", "ftp://firma.example", "a..b"])
def test_a_field_without_a_web_address_is_no_url(site: Site, typed: str) -> None:
    visit = site.client.visit(typed)
    assert (visit.outcome, visit.url, visit.transient) == ("no_url", typed, False)
    assert site.client.requests == 0


def test_a_bare_name_is_tried_with_https_and_then_with_http(site: Site) -> None:
    site.serve("/", html(SENTENCES))
    visit = site.client.visit(f"firma.example:{site.server.port}")
    assert visit.outcome == "ok"
    assert visit.final_url.startswith("http://")
    assert site.client.requests >= 3
