"""Redirects: followed with cookies, but not for ever, not in circles and not to where a visit must not go."""

from __future__ import annotations

import httpx
import pytest
from werkzeug import Request, Response

from gtm_assets_tests.resources.website_stubs import PUBLIC, SENTENCES, Names, Site, html
from resources.website import WebsiteClient


def test_redirects_are_followed_and_the_last_page_counts(site: Site) -> None:
    site.redirect("/", "/de")
    site.redirect("/de", f"http://other.example:{site.server.port}/de/start", 308)
    site.serve("/de/start", html(SENTENCES))
    visit = site.visit()
    assert visit.outcome == "ok"
    assert visit.final_url == f"http://other.example:{site.server.port}/de/start"


def test_robots_txt_is_asked_on_every_host_of_a_redirect(site: Site) -> None:
    site.redirect("/", f"http://other.example:{site.server.port}/geheim")
    site.serve("/robots.txt", "User-agent: *\nDisallow: /geheim", content_type="text/plain")
    assert site.visit().outcome == "robots"
    assert site.paths == ["/robots.txt", "/", "/robots.txt"]


def test_a_redirect_in_a_circle_is_refused(site: Site) -> None:
    site.redirect("/", "/a")
    site.redirect("/a", "/")
    visit = site.visit()
    assert (visit.outcome, visit.transient) == ("redirect_refused", False)
    assert "circle" in visit.reason


def test_more_than_five_redirects_are_refused(site: Site) -> None:
    site.redirect("/", "/1")
    for number in range(1, 7):
        site.redirect(f"/{number}", f"/{number + 1}")
    site.serve("/7", html(SENTENCES))
    assert site.visit().outcome == "redirect_refused"


def test_exactly_five_redirects_are_followed(site: Site) -> None:
    site.redirect("/", "/1")
    for number in range(1, 5):
        site.redirect(f"/{number}", f"/{number + 1}")
    site.serve("/5", html(SENTENCES))
    assert site.visit().outcome == "ok"


@pytest.mark.parametrize("target", ["ftp://firma.example/", "javascript:alert(1)", "http://", "mailto:a@b.c"])
def test_a_redirect_to_what_is_no_web_address_is_refused(site: Site, target: str) -> None:
    site.redirect("/", target)
    assert site.visit().outcome == "redirect_refused"


def test_a_redirect_that_cannot_be_read_is_refused() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"Location": "http://[broken"})

    client = WebsiteClient(transport=httpx.MockTransport(handler), resolve=Names(firma_example=PUBLIC))
    assert client.visit("https://firma.example").outcome == "redirect_refused"


def test_a_redirect_never_carries_a_password_along() -> None:
    sent: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(str(request.url))
        if request.url.path == "/":
            return httpx.Response(302, headers={"Location": "https://user:secret@firma.example/start"})
        return httpx.Response(200, html=html(SENTENCES))

    client = WebsiteClient(transport=httpx.MockTransport(handler), resolve=Names(firma_example=PUBLIC))
    assert client.visit("https://firma.example/").final_url == "https://firma.example/start"
    assert not any("secret" in url for url in sent)


def test_a_site_that_sets_a_cookie_and_sends_us_back_is_no_circle(site: Site) -> None:
    def handler(request: Request) -> Response:
        if "seen" in request.cookies:
            return Response(html(SENTENCES), content_type="text/html")
        return Response("", status=302, headers={"Location": "/", "Set-Cookie": "seen=1"})

    site.serve("/", handler)
    assert site.visit().outcome == "ok"
    assert len([path for path in site.paths if path == "/"]) == 2


def test_cookies_do_not_outlive_a_visit(site: Site) -> None:
    site.serve("/", Response(html(SENTENCES), content_type="text/html", headers={"Set-Cookie": "id=1"}))
    site.visit()
    site.server.clear_log()
    site.visit()
    assert all("Cookie" not in request.headers for request, _ in site.server.log[:2])
