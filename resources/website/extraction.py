"""What a page says: its text, its title, its links and where its imprint may be. Pure; libraries do the parsing.

What belongs elsewhere: fetching (``fetching``), reading an address out of an imprint (``imprint``).
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from resources.website.addresses import without_fragment

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

MAX_TEXT = 20_000
# Shorter than a sentence: a page that only its scripts fill.
_LEAST_LETTERS = 40

# Only charsets of text: Python's codec registry also holds transformations, some of them quadratic.
_CHARSET = re.compile(
    r"utf-?(8|16|16le|16be)|(iso-?)?8859-?\d+|iso-?8859-?\d+-?e?|latin-?\d|windows-?125\d|cp125\d|us-ascii|ascii"
    r"|koi8-[ru]|gb(2312|k|18030)|big5|shift_jis|euc-(jp|kr)|macintosh"
)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]{2,20})", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\u200b]")
_INVISIBLE = ["script", "style", "noscript", "template", "svg", "iframe", "select", "button"]
_BLOCKS = (
    "address,article,aside,blockquote,br,dd,div,dl,dt,fieldset,figure,footer,form,h1,h2,h3,h4,h5,h6,header,hr,li,main,nav,"
    "ol,p,pre,section,table,tr,ul"
)

_IMPRINT_WORDS = re.compile(
    r"\b(impressum|imprint|legal notice|site notice|anbieterkennzeichnung|mentions l[ée]gales|note legali|colophon)\b",
    re.IGNORECASE,
)
_IMPRINT_PATH = re.compile(r"impressum|imprint|legal-?notice|anbieterkennzeichnung", re.IGNORECASE)
_LEGAL_WORDS = re.compile(r"\b(rechtliches|rechtliche hinweise|rechtliche informationen|legal|legals)\b", re.IGNORECASE)
_IMPRINT_SIGNS = re.compile(
    r"impressum|imprint|§\s*5\b|ddg\b|tmg\b|ecg\b|handelsregister|firmenbuch|\bhr[ab]\b|amtsgericht|ust\.?-?\s*id|"
    r"umsatzsteuer|vat\b|\buid\b|mwst|geschäftsführ|vertretungsberechtigt|managing director|\batu\d|\bche-",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ImprintLink:
    """Where an imprint may be. ``is_certain`` is False for a page such as "Rechtliches", which may only lead there."""

    url: str
    is_certain: bool


def decode(body: bytes, charset: str) -> str:
    """A page's bytes as text.

    Bytes that are valid UTF-8 are UTF-8, whatever the header says: servers often announce ISO-8859-1 for everything,
    and other charsets hardly ever form valid UTF-8. Then the announced charset, then the page's own, then Windows-1252,
    as browsers do.
    """
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return clean(body.decode("utf-16", errors="replace"))
    match = _META_CHARSET.search(body[:4096])
    for name in ("utf-8-sig", charset, match.group(1).decode("ascii") if match else ""):
        try:
            return clean(body.decode(_known(name)))
        except (LookupError, UnicodeError):
            continue
    return clean(body.decode("cp1252", errors="replace"))


def clean(text: str) -> str:
    """The text without control characters, which neither the store nor the CRM takes."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def title_of(html: str) -> str:
    """The page's title on one line, at most 300 characters."""
    node = _parsed(html).css_first("title")
    return " ".join(node.text().split())[:300] if node else ""


def main_text(html: str) -> str:
    """The page's main text, at most 20,000 characters; empty where only scripts would fill the page."""
    import trafilatura

    found = trafilatura.extract(html, include_comments=False, include_tables=True, favor_recall=True)
    text = _tidy(found or "")
    if len(text) < _LEAST_LETTERS:
        # Start pages are short, and what little they say may look like boilerplate.
        text = whole_text(html, without=("nav", "header", "footer", "form"))
    letters = sum(character.isalpha() for character in text)
    return text[:MAX_TEXT] if letters >= _LEAST_LETTERS else ""


def whole_text(html: str, without: tuple[str, ...] = ()) -> str:
    """Everything a visitor can read, a line for each block and a tab between cells; at most 20,000 characters."""
    tree = _parsed(html)
    tree.strip_tags([*_INVISIBLE, "head", *without])
    for node in tree.css("td,th"):
        node.insert_after("\t")
    for node in tree.css(_BLOCKS):
        node.insert_before("\n")
        node.insert_after("\n")
    body = tree.body
    return _tidy(body.text(separator="") if body else "")[:MAX_TEXT]


def imprint_links(html: str, base_url: str) -> tuple[ImprintLink, ...]:
    """Links to the imprint, the best first: on this site before elsewhere, "Impressum" before "Rechtliches"."""
    ranked: dict[str, tuple[int, ImprintLink]] = {}
    for order, node in enumerate(_parsed(html).css("a[href]")):
        href = (node.attributes.get("href") or "").strip()
        label = " ".join((node.text() or node.attributes.get("title") or "").split())
        url = _absolute(base_url, href)
        if not url:
            continue
        is_certain = bool(
            (len(label) < 60 and _IMPRINT_WORDS.search(label)) or _IMPRINT_PATH.search(urlsplit(url).path)
        )
        if not is_certain and not (len(label) < 60 and _LEGAL_WORDS.search(label)):
            continue
        is_foreign = not _same_site(url, base_url)
        # Elsewhere only what calls itself an imprint: a provider's "Legal" page is not this company's.
        if is_foreign and not is_certain:
            continue
        rank = (0 if is_certain else 2000) + (4000 if is_foreign else 0) + min(order, 1999)
        if url not in ranked or rank < ranked[url][0]:
            ranked[url] = (rank, ImprintLink(url, is_certain))
    return tuple(link for _, link in sorted(ranked.values(), key=lambda pair: pair[0]))


def looks_like_imprint(text: str) -> bool:
    """Whether a page that isn't called imprint holds one."""
    signs = {match.group(0).lower() for match in _IMPRINT_SIGNS.finditer(text)}
    return len(signs) >= 2


def _parsed(html: str) -> LexborHTMLParser:
    from selectolax.lexbor import LexborHTMLParser

    return LexborHTMLParser(html)


def _known(name: str) -> str:
    name = name.strip().lower()
    if name == "utf-8-sig":
        return name
    if not _CHARSET.fullmatch(name):
        raise LookupError(name)
    # Browsers read these as Windows-1252, which has the typographic characters.
    return "cp1252" if name in ("iso-8859-1", "iso8859-1", "latin1", "latin-1", "us-ascii", "ascii") else name


def _tidy(text: str) -> str:
    """No control characters, no runs of blanks, at most one empty line in a row."""
    lines = [re.sub(r"[^\S\n\t]+", " ", line).strip() for line in clean(text).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _absolute(base_url: str, href: str) -> str:
    """The link's target; empty for what is no web address. A fragment of the same page is that page."""
    try:
        url = urljoin(base_url, href)
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    return without_fragment(url) if is_web else ""


def _same_site(one: str, other: str) -> bool:
    """Same host, or one a subdomain of the other; ``www.`` aside."""
    hosts = [(urlsplit(url).hostname or "").removeprefix("www.") for url in (one, other)]
    shorter, longer = sorted(hosts, key=len)
    return bool(shorter) and (longer == shorter or longer.endswith(f".{shorter}"))
