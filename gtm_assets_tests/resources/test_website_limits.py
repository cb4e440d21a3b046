"""Limits of a visit: size announced, sent and unpacked, and time."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

from werkzeug import Request, Response

from gtm_assets_tests.resources.website_stubs import IMPRINT, SENTENCES, Clock, Site, html


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
