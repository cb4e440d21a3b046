"""Visits over real sockets: sites that are polite, awkward, broken or hostile, and what a visit makes of them."""

from __future__ import annotations

import gzip
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from resources.website import SiteVisit, WebsiteClient

PUBLIC = "93.184.215.14"
SENTENCES = "<p>Wir bauen Förderanlagen für die Getränkeindustrie und warten sie an sieben Tagen in der Woche.</p>" * 3
IMPRINT = "<h1>Impressum</h1><p>Muster GmbH<br>Musterstr. 1<br>12345 Musterstadt</p><p>HRB 12345, USt-IdNr. DE1</p>"


def html(body: str, head: str = "<title>Muster GmbH</title>") -> str:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"


class Names:
    """A recording name service: ``host -> address``; a list is answered one entry after the other."""

    def __init__(self, **hosts: str | list[str]) -> None:
        self.hosts = {name.replace("_", "."): answer for name, answer in hosts.items()}
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, **options: Any) -> list[tuple[Any, ...]]:
        self.asked.append(host)
        answer = self.hosts.get(host, host if host[0].isdigit() or ":" in host else None)
        if answer is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in answer.split()]


class Network(httpcore.NetworkBackend):
    """Records the address that a connection is made to, and makes it to this machine whatever it is."""

    def __init__(self) -> None:
        self.connected: list[str] = []
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        self.connected.append(host)
        return self._inner.connect_tcp("127.0.0.1", port, timeout, local_address, socket_options)


@dataclass
class Site:
    """The stand-in site ``firma.example``, which seems to lie on a public address, and a client that visits it."""

    server: HTTPServer
    names: Names
    network: Network
    client: WebsiteClient
    url: str

    def serve(self, path: str, body: str | bytes | Response | Callable[[Request], Response], **options: Any) -> None:
        expectation = self.server.expect_request(path)
        if callable(body) and not isinstance(body, Response):
            expectation.respond_with_handler(body)
        elif isinstance(body, Response):
            expectation.respond_with_response(body)
        else:
            expectation.respond_with_data(body, **{"content_type": "text/html; charset=utf-8", **options})

    def redirect(self, path: str, target: str, status: int = 302) -> None:
        self.serve(path, Response("", status=status, headers={"Location": target}))

    def visit(self, path: str = "/") -> SiteVisit:
        return self.client.visit(f"{self.url}{path}")

    @property
    def paths(self) -> list[str]:
        return [request.path for request, _ in self.server.log]


@dataclass
class Clock:
    now: float = 0.0
    ticks: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site(httpserver: HTTPServer, clock: Clock) -> Iterator[Site]:
    # What nobody serves is missing; the server's own answer would be an error of its own.
    httpserver.no_handler_status_code = 404
    names = Names(firma_example=PUBLIC, other_example=PUBLIC, intern_example="10.0.0.5", meta_example="169.254.169.254")
    network = Network()
    client = WebsiteClient(resolve=names, network=network, clock=clock, timeout=5.0)
    yield Site(httpserver, names, network, client, f"http://firma.example:{httpserver.port}")
    client.close()
    httpserver.no_handler_status_code = 500


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


# --- where the imprint is ---


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


# --- robots.txt ---


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


# --- hosts that must not be connected to ---


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "168.63.129.16",
        "0.0.0.0",  # noqa: S104 - not bound to
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a00:1",
        "2002:7f00:1::1",
        f"{PUBLIC} 10.0.0.1",
    ],
)
def test_a_name_that_resolves_to_a_private_address_is_refused_without_a_connection(site: Site, address: str) -> None:
    site.names.hosts["firma.example"] = address
    visit = site.visit()
    assert (visit.outcome, visit.transient) == ("private_host", False)
    assert address.rpartition(" ")[2].partition("%")[0] in visit.reason
    assert site.network.connected == []
    assert site.paths == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/", "127.0.0.1:{port}", "http://[::1]:{port}/"])
def test_an_address_typed_into_the_field_is_checked_like_a_name(site: Site, url: str) -> None:
    assert site.client.visit(url.format(port=site.server.port)).outcome == "private_host"
    assert site.network.connected == []


def test_private_hosts_can_be_allowed_but_link_local_ones_never(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/robots.txt").respond_with_data("", content_type="text/plain")
    httpserver.expect_request("/").respond_with_data(html(SENTENCES), content_type="text/html")
    names = Names(firma_example="127.0.0.1", meta_example="169.254.169.254")
    client = WebsiteClient(allow_private_hosts=True, resolve=names)
    assert client.visit(f"http://firma.example:{httpserver.port}/").outcome == "ok"
    assert client.visit("http://meta.example/").outcome == "private_host"


def test_the_connection_goes_to_the_address_that_was_checked(site: Site) -> None:
    site.serve("/", html(SENTENCES))
    assert site.visit().outcome == "ok"
    assert set(site.network.connected) == {PUBLIC}
    assert len(site.names.asked) == len(site.network.connected)


def test_a_name_that_turns_private_between_two_requests_gets_no_connection(site: Site) -> None:
    site.names.hosts["firma.example"] = [PUBLIC, "127.0.0.1"]
    site.serve("/", html(SENTENCES))
    visit = site.visit()
    assert visit.outcome == "private_host"
    assert site.network.connected == [PUBLIC]
    assert site.paths == ["/robots.txt"]


@pytest.mark.parametrize("target", ["http://intern.example/", "http://127.0.0.1/", "http://meta.example/x", "//[::1]/"])
def test_a_redirect_to_a_private_host_is_refused(site: Site, target: str) -> None:
    site.redirect("/", target)
    visit = site.visit()
    assert (visit.outcome, visit.transient) == ("redirect_refused", False)
    assert set(site.network.connected) == {PUBLIC}


def test_a_transport_of_somebody_else_is_behind_the_same_check() -> None:
    sent: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(request.url.host)
        return httpx.Response(200, html=html(SENTENCES))

    client = WebsiteClient(
        transport=httpx.MockTransport(handler), resolve=Names(firma_example=PUBLIC, intern_example="10.0.0.5")
    )
    assert client.visit("firma.example").outcome == "ok"
    assert client.visit("intern.example").outcome == "private_host"
    assert set(sent) == {"firma.example"}
    client.close()


# --- redirects ---


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


# --- limits ---


def test_a_page_that_announces_its_size_is_refused_before_it_is_read(site: Site) -> None:
    site.serve("/", "x" * 2_000_001)
    visit = site.visit()
    assert (visit.outcome, visit.transient) == ("too_large", False)


def test_a_page_that_does_not_announce_its_size_is_refused_when_it_passes_the_limit(site: Site) -> None:
    chunks = (b"<p>" + b"x" * 65_536 for _ in range(100))
    site.serve("/", lambda request: Response(chunks, content_type="text/html"))
    assert site.visit().outcome == "too_large"


def test_a_page_that_unpacks_to_more_than_the_limit_is_refused(site: Site) -> None:
    bomb = gzip.compress(b"<p>" + b" " * 30_000_000)
    site.serve("/", Response(bomb, content_type="text/html", headers={"Content-Encoding": "gzip"}))
    assert site.visit().outcome == "too_large"


def test_a_page_of_exactly_the_limit_is_read(site: Site) -> None:
    page = html(SENTENCES)
    page += " " * (2_000_000 - len(page.encode()))
    site.serve("/", page)
    assert site.visit().outcome == "ok"


def test_a_body_that_drips_in_ends_with_the_visits_time(site: Site, clock: Clock) -> None:
    def drip() -> Iterator[bytes]:
        for _ in range(50):
            clock.now += 4.0
            yield b"<p>Noch ein wenig Text.</p>"

    site.serve("/", lambda request: Response(drip(), content_type="text/html"))
    visit = site.visit()
    assert (visit.outcome, visit.transient) == ("unreachable", True)
    assert "longer than a visit may take" in visit.reason


def test_an_imprint_that_comes_too_late_leaves_the_text(site: Site, clock: Clock) -> None:
    def late(request: Request) -> Response:
        clock.now += 31.0
        return Response(html(IMPRINT), content_type="text/html")

    site.serve("/", html(f'{SENTENCES}<a href="/impressum">Impressum</a>'))
    site.serve("/impressum", late)
    visit = site.visit()
    assert visit.outcome == "ok"
    assert visit.imprint_text == ""
    assert "longer than a visit may take" in visit.reason


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


# --- addresses and connections ---


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


def test_a_name_that_does_not_exist_is_unreachable_for_good(site: Site) -> None:
    visit = site.client.visit("https://gibtesnicht.example")
    assert (visit.outcome, visit.transient) == ("unreachable", False)


def test_a_name_service_that_does_not_answer_is_transient(site: Site) -> None:
    def down(host: str, port: int, **options: Any) -> list[tuple[Any, ...]]:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    visit = WebsiteClient(resolve=down).visit("https://firma.example")
    assert (visit.outcome, visit.transient) == ("unreachable", True)


def test_nothing_listening_is_unreachable_and_transient() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    visit = WebsiteClient(allow_private_hosts=True, timeout=1.0).visit(f"http://127.0.0.1:{port}/")
    assert (visit.outcome, visit.transient) == ("unreachable", True)


# --- TLS ---


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[tuple[HTTPServer, ssl.SSLContext, list[str | None]]]:
    """A server with a certificate for ``firma.example``, a context that trusts it, and the names it was asked for."""
    certificate = self_signed(tmp_path, "firma.example")
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(certificate)
    asked: list[str | None] = []
    served.sni_callback = lambda connection, name, context: asked.append(name)
    server = HTTPServer(host="127.0.0.1", ssl_context=served)
    server.start()
    yield server, ssl.create_default_context(cafile=str(certificate)), asked
    server.stop()


def self_signed(folder: Path, name: str) -> Path:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "certificate.pem"
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


def test_tls_asks_for_and_checks_the_name_while_the_connection_goes_to_the_address(
    tls: tuple[HTTPServer, ssl.SSLContext, list[str | None]],
) -> None:
    server, trusting, asked = tls
    server.no_handler_status_code = 404
    server.expect_request("/").respond_with_data(html(SENTENCES), content_type="text/html")
    network = Network()
    client = WebsiteClient(resolve=Names(firma_example=PUBLIC, other_example=PUBLIC), network=network, timeout=5.0)
    client._ssl = trusting
    assert client.visit(f"firma.example:{server.port}").final_url == f"https://firma.example:{server.port}"
    assert set(asked) == {"firma.example"}
    assert set(network.connected) == {PUBLIC}
    visit = client.visit(f"https://other.example:{server.port}/")
    assert (visit.outcome, visit.text) == ("unreachable", "")
    assert "certificate" in visit.reason.lower()
