"""The sample websites: ordinary ones say what a reader needs, awkward ones are awkward in exactly their way."""

from __future__ import annotations

import asyncio
import re
from types import SimpleNamespace

import httpx
import pytest
import trafilatura
from protego import Protego
from starlette.applications import Starlette
from starlette.routing import Mount

from sandbox.data.knowledge import VERTICALS
from sandbox.data.samples import SampleCompany, generate_companies, sample_companies
from sandbox.gemini.profiles import profile
from sandbox.websites import app as websites
from sandbox.websites.pages import home_paragraphs, imprint_path

_HOST = "http://sandbox"
_BY_KIND = {company.site_kind: company for company in sample_companies()}
_ORDINARY = [company for company in sample_companies() if company.site_kind == "ordinary"]


def _get(path: str) -> httpx.Response:
    world = SimpleNamespace()

    async def ask() -> httpx.Response:
        app = Starlette(routes=[Mount("/sites", websites.sites_app(world))])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=_HOST) as client:
            return await client.get(path)

    return asyncio.run(ask())


def _home(kind_or_company: str | SampleCompany) -> httpx.Response:
    company = _BY_KIND[kind_or_company] if isinstance(kind_or_company, str) else kind_or_company
    return _get(f"/sites/{company.slug}/")


@pytest.mark.parametrize("company", [*_ORDINARY, *generate_companies(3, 1)], ids=lambda company: company.slug)
def test_an_ordinary_home_page_describes_the_business_and_links_its_imprint(company: SampleCompany) -> None:
    answer = _home(company)
    assert answer.status_code == 200
    text = trafilatura.extract(answer.text) or ""
    assert 120 <= len(text.split()) <= 300
    assert company.city in text
    assert "Datenschutz" not in text
    links = re.findall(r'href="([^"]+)">(?:Impressum|Imprint|Legal notice)<', answer.text)
    imprint = _get(links[0])
    assert imprint.status_code == 200
    for expected in (company.street, company.city, company.zipcode, company.vat_number):
        assert expected in imprint.text
    assert company.persons[0].lastname in imprint.text
    assert "Musterdaten" in answer.text
    assert "Musterdaten" in imprint.text


def test_no_two_companies_have_the_same_text() -> None:
    texts = ["\n".join(home_paragraphs(company)) for company in (*sample_companies(), *generate_companies(200, 1))]
    assert len(set(texts)) == len(texts)


def test_imprints_live_under_several_paths() -> None:
    assert {imprint_path(company) for company in sample_companies()} >= {
        "impressum",
        "imprint",
        "legal-notice/",
        "kontakt/impressum.html",
        "rechtliches",
    }


def test_an_address_without_final_slash_leads_to_the_home_page() -> None:
    answer = _get(f"/sites/{_ORDINARY[0].slug}")
    assert answer.status_code == 301
    assert answer.headers["location"].endswith(f"/sites/{_ORDINARY[0].slug}/")


def test_unknown_sites_and_pages_are_not_found() -> None:
    assert _get("/sites/gibt-es-nicht/").status_code == 404
    assert _get(f"/sites/{_ORDINARY[0].slug}/gibt-es-nicht").status_code == 404


def test_a_site_without_imprint_links_none_and_has_none() -> None:
    answer = _home("no_imprint")
    assert "mpressum" not in answer.text
    assert _get(f"/sites/{_BY_KIND['no_imprint'].slug}/impressum").status_code == 404


@pytest.mark.parametrize(("kind", "status"), [("home_404", 404), ("unavailable", 503)])
def test_some_home_pages_are_not_there(kind: str, status: int) -> None:
    assert _home(kind).status_code == status


def test_a_huge_page_is_more_than_five_megabytes() -> None:
    assert len(_home("huge").content) > 5_000_000


def test_a_pdf_is_no_page() -> None:
    assert _home("pdf").headers["content-type"] == "application/pdf"


def test_an_old_page_is_latin1_and_does_not_say_so() -> None:
    answer = _home("latin1")
    assert answer.headers["content-type"] == "text/html"
    assert b"charset" not in answer.content
    with pytest.raises(UnicodeDecodeError):
        answer.content.decode("utf-8")
    assert "Ährenfeld" in answer.content.decode("iso-8859-1")


def test_a_javascript_shell_shows_nothing() -> None:
    assert not trafilatura.extract(_home("javascript").text)


def test_an_english_page_has_a_german_imprint_and_its_vertical_is_still_found() -> None:
    text = trafilatura.extract(_home("english").text) or ""
    company = _BY_KIND["english"]
    assert "warehouse" in text
    choices = [{"key": v.key, "name": v.name, "definition": v.definition} for v in VERTICALS if v.status == "Active"]
    reply = profile({"company": {"name": company.name}, "verticals": choices, "website_text": text})
    assert reply["vertical_key"] == company.vertical_key
    assert company.vat_number in _get(f"/sites/{company.slug}/{imprint_path(company)}").text


def test_redirects_lead_to_a_language_in_a_loop_or_where_nobody_may_go() -> None:
    german = _home("redirect_de")
    assert german.status_code == 302
    assert _get(german.headers["location"]).status_code == 200
    loop = _home("redirect_loop").headers["location"]
    assert _get(loop).headers["location"] == f"/sites/{_BY_KIND['redirect_loop'].slug}/"
    assert _home("redirect_private").headers["location"].startswith("http://169.254.169.254/")


def test_robots_txt_closes_one_site_only() -> None:
    robots = Protego.parse(websites.robots_txt(SimpleNamespace()))
    closed = [c for c in sample_companies() if not robots.can_fetch(f"{_HOST}/sites/{c.slug}/", "gtm-assets")]
    assert closed == [_BY_KIND["robots_disallowed"]]


def test_orders_to_machines_are_hidden_on_one_page() -> None:
    answer = _home("injection")
    assert "ROBOTERKAISER" in answer.text
    assert "color:#fff" in answer.text


def test_an_imprint_may_hide_behind_rechtliches() -> None:
    company = _BY_KIND["rechtliches"]
    assert ">Rechtliches</a>" in _home("rechtliches").text
    assert company.vat_number in _get(f"/sites/{company.slug}/rechtliches").text


def test_a_slow_page_trickles_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websites, "TRICKLE_SECONDS", 0.05)
    monkeypatch.setattr(websites, "TRICKLE_PAUSE_SECONDS", 0.01)
    answer = _home("slow")
    assert answer.status_code == 200
    assert answer.content == b'<!doctype html><html lang="de"><head><meta'[: len(answer.content)]
