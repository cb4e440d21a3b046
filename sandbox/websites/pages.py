"""Pages of the sample websites as HTML: home pages and imprints, put together from ``copy`` by the company's slug.

Everything comes from tables and a hash of the slug, so a page is the same each time. What belongs elsewhere: which site answers
how (``app``), the words (``copy``).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from html import escape

from sandbox.data.samples import SampleCompany
from sandbox.websites import copy

IMPRINT_PATHS = ("impressum", "imprint", "legal-notice/", "kontakt/impressum.html")
_LEGAL_FORM = re.compile(r"\s+(?:Betriebs\s+)?(?:gGmbH|GmbH|AG|KG|eG|AöR|PartG|mbB|e\. ?K\.)(?=\s|$).*$")
_SAMPLE_NOTE = "Musterdaten der gtm-Sandbox: Dieses Unternehmen und diese Personen gibt es nicht."
_COURTS = {"DE": "Amtsgericht {city}, HRB {number}", "AT": "Landesgericht {city}, FN {number} k"}


def spoken_name(company: SampleCompany) -> str:
    """The name without its legal form."""
    return _LEGAL_FORM.sub("", company.name)


def imprint_path(company: SampleCompany) -> str:
    """Where this site keeps its imprint, relative to its home page; "" where it has none."""
    if company.site_kind == "no_imprint":
        return ""
    if company.site_kind == "rechtliches":
        return "rechtliches"
    # Two of three say /impressum, as in the world outside.
    position = _number(company.slug, "imprint") % 9
    return IMPRINT_PATHS[max(0, position - 5)]


def home_paragraphs(company: SampleCompany) -> list[str]:
    """The main text: 120 to 300 words about what the company does, in the words of its vertical."""
    main, second = _activities(company)
    sentences = _shuffled(copy.SENTENCES[company.vertical_key], company.slug)
    introduction = next(sentence for sentence in copy.SENTENCES[company.vertical_key] if "{name}" in sentence)
    others = [sentence for sentence in sentences if sentence != introduction]
    general = _shuffled(copy.GENERAL, company.slug)
    focus = copy.FOCUS_SENTENCES[company.ops_focus]
    paragraphs = [
        [introduction, _pick(copy.MAIN_ACTIVITY, company.slug).format(activity=main), others[0]],
        [*others[1:4]],
        [
            _pick(copy.SECOND_ACTIVITY, company.slug).format(activity=second),
            _pick(focus, company.slug),
            *others[4:5],
        ],
        general[:3],
    ]
    values = {"name": spoken_name(company), "city": company.city}
    return [" ".join(sentence.format(**values) for sentence in paragraph) for paragraph in paragraphs]


def home_page(company: SampleCompany, base: str) -> str:
    """An ordinary home page; ``base`` is the path of the site, such as ``/sites/tannhof-anlagenbau``."""
    first, *rest = home_paragraphs(company)
    headline = _pick(copy.HEADLINES, company.slug).format(name=spoken_name(company), city=company.city)
    hidden = ""
    if company.site_kind == "injection":
        hidden = f'<p style="color:#fff;font-size:1px">{escape(copy.INJECTION)}</p>'
    titles = ("Was wir tun", "Wie wir arbeiten", "Wer wir sind")
    sections = "".join(
        f"<section><h2>{title}</h2><p>{escape(text)}</p></section>" for title, text in zip(titles, rest, strict=True)
    )
    main = (
        f'<main><article><header class="hero"><h1>{escape(headline)}</h1></header><p>{escape(first)}</p>{hidden}'
        f"{sections}</article></main>"
    )
    return document(company, base, main)


def english_page(company: SampleCompany, base: str) -> str:
    """A home page in English only; its imprint is German all the same."""
    values = {"name": spoken_name(company), "city": company.city}
    text = "".join(f"<p>{escape(paragraph.format(**values))}</p>" for paragraph in copy.ENGLISH_PARAGRAPHS)
    main = f"<main><article><h1>Your fulfillment partner</h1>{text}</article></main>"
    return document(company, base, main, language="en")


def javascript_page(company: SampleCompany, base: str) -> str:
    """A shell that shows nothing without JavaScript."""
    return (
        f'<!doctype html><html lang="de"><head><meta charset="utf-8"><title>{escape(spoken_name(company))}</title>'
        f'</head><body><div id="root"></div><script type="module" src="{base}/assets/app.js"></script></body></html>'
    )


def imprint_page(company: SampleCompany, base: str) -> str:
    """The imprint (§ 5 DDG in Germany): name, address, management, register, VAT number."""
    manager = company.persons[0]
    number = 10_000 + _number(company.slug, "register") % 80_000
    register = _COURTS.get(company.country, "Handelsregister {city}, Firmennummer {number}").format(
        city=company.city, number=number
    )
    country = {"DE": "Deutschland", "AT": "Österreich", "CH": "Schweiz"}[company.country]
    zipcode = _shown_zipcode(company)
    heading = {"DE": "Angaben gemäß § 5 DDG", "AT": "Angaben gemäß § 5 ECG", "CH": "Anbieterangaben"}[company.country]
    vat = {
        "DE": f"Umsatzsteuer-Identifikationsnummer gemäß § 27 a UStG: {company.vat_number}",
        "AT": f"UID-Nummer: {company.vat_number}",
        "CH": f"MWST-Nummer: {company.vat_number}",
    }[company.country]
    blocks = (
        (
            f"<h1>Impressum</h1><h2>{heading}</h2>"
            f"<p>{escape(company.name)}<br>{escape(company.street)}<br>{zipcode} {escape(company.city)}<br>{country}</p>"
        ),
        f"<p>Vertreten durch: {escape(f'{manager.academic_title} {manager.firstname} {manager.lastname}'.strip())}</p>",
        f"<h2>Registereintrag</h2><p>{escape(register)}</p>",
        f"<h2>Umsatzsteuer</h2><p>{escape(vat)}</p>",
        f"<p>Telefon: +49 30 2312500<br>E-Mail: info@{company.slug}.example</p>",
        "<p>Verantwortlich für den Inhalt: die Geschäftsleitung, Anschrift wie oben.</p>",
    )
    return document(company, base, f"<main>{''.join(blocks)}</main>", title="Impressum")


def document(company: SampleCompany, base: str, main: str, *, language: str = "de", title: str = "") -> str:
    """A whole page: navigation, main part, footer with the link to the imprint."""
    name = escape(spoken_name(company))
    path = imprint_path(company)
    label = {"rechtliches": "Rechtliches", "imprint": "Imprint", "legal-notice/": "Legal notice"}.get(path, "Impressum")
    imprint = f'<li><a href="{base}/{path}">{label}</a></li>' if path else ""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title or name} | {name}</title>'
        f'<meta name="description" content="{name} in {escape(company.city)}"></head><body>'
        f'<nav><ul><li><a href="{base}/">Start</a></li><li><a href="{base}/#leistungen">Leistungen</a></li>'
        f'<li><a href="{base}/#karriere">Karriere</a></li><li><a href="{base}/#kontakt">Kontakt</a></li></ul></nav>'
        f'{main}<footer><ul>{imprint}<li><a href="{base}/datenschutz">Datenschutz</a></li></ul>'
        f"<p>© {name}. {_SAMPLE_NOTE}</p></footer></body></html>"
    )


def _shown_zipcode(company: SampleCompany) -> str:
    """Some write the country before the code, most do not."""
    prefix = {"DE": "D-", "AT": "A-", "CH": "CH-"}[company.country]
    return f"{prefix}{company.zipcode}" if _number(company.slug, "zip") % 3 == 0 else company.zipcode


def _activities(company: SampleCompany) -> tuple[str, str]:
    if company.slug in copy.SAMPLE_ACTIVITIES:
        return copy.SAMPLE_ACTIVITIES[company.slug]
    first, second, *_ = _shuffled(copy.ACTIVITIES[company.vertical_key], company.slug)
    return first, second


def _number(slug: str, purpose: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{purpose}/{slug}".encode()).digest()[:6], "big")


def _pick(texts: Sequence[str], slug: str) -> str:
    return min(texts, key=lambda text: _number(slug, text))


def _shuffled(texts: Sequence[str], slug: str) -> list[str]:
    return sorted(texts, key=lambda text: _number(slug, text))
