"""Reading pages and addresses, and the end of a visit's time: the pure parts of a visit."""

from __future__ import annotations

import ssl
from typing import Any

import httpcore
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.website.addresses import addresses_to_try
from resources.website.extraction import decode, imprint_links, looks_like_imprint, main_text, title_of, whole_text
from resources.website.pinning import Deadline, _TimedStream

BASE = "https://firma.example/de/"


@pytest.mark.parametrize(
    ("typed", "urls"),
    [
        ("www.firma.example", ("https://www.firma.example", "http://www.firma.example")),
        ("http://firma.example", ("http://firma.example",)),
        ("HTTPS://Firma.example/Start#oben", ("https://firma.example/Start",)),
        ("https:/firma.example", ("https://firma.example",)),
        ("firma.example/start?x=1", ("https://firma.example/start?x=1", "http://firma.example/start?x=1")),
        (
            "firma.example?to=a@b.example",
            ("https://firma.example?to=a@b.example", "http://firma.example?to=a@b.example"),
        ),
        ("http://user:secret@firma.example/", ("http://firma.example/",)),
        ("firma.example; www.andere.example", ("https://firma.example", "http://firma.example")),
        ("siehe <www.firma.example>.", ("https://www.firma.example", "http://www.firma.example")),
        ("info@firma.example www.firma.example", ("https://www.firma.example", "http://www.firma.example")),
        ("müller.example", ("https://xn--mller-kva.example", "http://xn--mller-kva.example")),
        ("127.0.0.1:8000/sites/x", ("https://127.0.0.1:8000/sites/x", "http://127.0.0.1:8000/sites/x")),
        ("localhost:8000", ("https://localhost:8000", "http://localhost:8000")),
        ("keine Angabe", ()),
        ("info@firma.example", ()),
        ("mailto:info@firma.example", ()),
        ("javascript:alert(1)", ()),
        ("file:///etc/passwd", ()),
        ("firma..example", ()),
        ("3.5", ()),
        ("http://", ()),
    ],
)
def test_what_people_type_becomes_addresses_to_try(typed: str, urls: tuple[str, ...]) -> None:
    assert addresses_to_try(typed) == urls


@given(st.text(max_size=80) | st.text(alphabet="htps:/.@[]?#a1%;, ", max_size=40))
def test_no_field_content_breaks_the_reading_and_only_web_addresses_come_out(typed: str) -> None:
    assert all(url.startswith(("http://", "https://")) for url in addresses_to_try(typed))


def test_links_to_the_imprint_are_ranked() -> None:
    html = """<body><a href="/legal">Legal</a> <a href="/recht">Rechtliches</a> <a href="https://agentur.example/legal">Legal</a>
    <a href="https://konzern.example/impressum">Impressum Konzern</a> <a href="impressum.html"> Impressum </a>
    <a href="/agb">AGB</a> <a href="javascript:x()">Impressum</a> <a href="http://[kaputt">Impressum</a></body>"""
    links = imprint_links(html, BASE)
    assert [(link.url, link.is_certain) for link in links] == [
        ("https://firma.example/de/impressum.html", True),
        ("https://firma.example/legal", False),
        ("https://firma.example/recht", False),
        ("https://konzern.example/impressum", True),
    ]


@pytest.mark.parametrize(
    "anchor",
    [
        '<a href="/x">Impressum &amp; Datenschutz</a>',
        '<a href="/x"><span>Imprint</span></a>',
        '<a href="/x" title="Impressum"><img src="i.png"></a>',
        '<a href="/x">Legal Notice</a>',
        '<a href="/x">Mentions légales</a>',
        '<a href="/de/impressum/">Wer wir sind</a>',
    ],
)
def test_an_imprint_link_is_known_by_its_words_or_its_path(anchor: str) -> None:
    (link,) = imprint_links(f"<body>{anchor}</body>", BASE)
    assert link.is_certain


def test_a_long_sentence_that_mentions_the_imprint_is_no_link_to_it() -> None:
    anchor = f'<a href="/news">{"Lange Meldung darüber, " * 5} dass auch ein Impressum Pflicht ist</a>'
    assert imprint_links(f"<body>{anchor}</body>", BASE) == ()


def test_whole_text_keeps_lines_cells_and_words_together() -> None:
    html = """<head><title>T</title></head><body><script>x()</script><style>y</style><noscript>z</noscript>
    <h1>Impressum</h1>Muster <b>Gmb</b>H<br>Musterstr.&nbsp;1<div>12345 <span>Musterstadt</span></div>Deutschland
    <table><tr><td>USt-ID</td><td>DE1</td></tr></table></body>"""
    assert [line for line in whole_text(html).split("\n") if line] == [
        "Impressum",
        "Muster GmbH",
        "Musterstr. 1",
        "12345 Musterstadt",
        "Deutschland",
        "USt-ID\tDE1",
    ]


def test_an_xhtml_page_with_a_declaration_is_read() -> None:
    page = '<?xml version="1.0" encoding="iso-8859-1"?><html xmlns="http://www.w3.org/1999/xhtml"><body><p>'
    assert "Förderanlagen" in main_text(
        page + "Wir bauen Förderanlagen für die Getränkeindustrie. " * 4 + "</p></body></html>"
    )


def test_only_a_page_with_several_signs_looks_like_an_imprint() -> None:
    assert looks_like_imprint("Impressum\nMuster GmbH, Amtsgericht Musterstadt, HRB 1")
    assert not looks_like_imprint("Lesen Sie unser Impressum. Impressum!")
    assert not looks_like_imprint("")


FRAGMENTS = st.sampled_from(
    ["<p>", "</p>", "<a href='", "'>", "Impressum", "<div", "<!--", "\x00", "&#0;", "<td>", "<br/>", "<html>"]
)


@settings(max_examples=40)
@given(st.lists(FRAGMENTS | st.text(max_size=12), max_size=25).map("".join))
def test_no_page_breaks_the_reading(html: str) -> None:
    texts = [main_text(html), whole_text(html), title_of(html)]
    assert all("\x00" not in text and text.isprintable() is not None for text in texts)
    imprint_links(html, BASE)


@given(
    st.binary(max_size=200), st.text(max_size=12) | st.sampled_from(["utf-7", "base64", "idna", "undefined", "utf-16"])
)
def test_any_bytes_under_any_charset_become_text_that_can_be_stored(body: bytes, charset: str) -> None:
    text = decode(body, charset)
    assert "\x00" not in text
    text.encode("utf-8")


class Stream(httpcore.NetworkStream):
    """Records the time-outs that it is given."""

    def __init__(self) -> None:
        self.timeouts: list[float | None] = []

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self.timeouts.append(timeout)
        return b"x"

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.timeouts.append(timeout)

    def close(self) -> None:
        self.timeouts.append(None)

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        self.timeouts.append(timeout)
        return self

    def get_extra_info(self, info: str) -> Any:
        return info


def test_every_operation_on_a_connection_ends_with_the_visit_even_after_tls() -> None:
    now = 0.0
    inner = Stream()
    stream: httpcore.NetworkStream = _TimedStream(inner, Deadline(lambda: now, 30.0))
    stream.write(b"GET", 10.0)
    now = 25.0
    stream = stream.start_tls(ssl.create_default_context(), "firma.example", 10.0)
    now = 29.0
    stream.read(1, None)
    assert inner.timeouts == [10.0, 5.0, 1.0]
    now = 30.0
    with pytest.raises(httpcore.ReadTimeout, match="time is over"):
        stream.read(1, 10.0)
    stream.close()
