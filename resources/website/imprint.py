"""Where a company sits and its VAT number, read from the text of its imprint. Pure.

German, Austrian and Swiss imprints name the provider's postal address. Around it stand others: the arbitration board,
the web agency, the insurer, branches, post boxes. Every address is scored by what stands around it; the best one wins.

What belongs elsewhere: finding the imprint page (``client``), VAT numbers (``vat_numbers``), city names (``cities``).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from resources.website.cities import Place, find_place, read_city
from resources.website.vat_numbers import find_vat_number


@dataclass(frozen=True)
class Imprint:
    """What an imprint says; None for what it doesn't.

    Attributes:
        city: City of the company's postal address.
        zipcode: Its postal code, without a country's prefix.
        street: Street and house number.
        vat_number: A valid VAT number in normal form, see ``vat_numbers.find_vat_number``.
        country: ISO 3166-1 alpha-2 code, from the address, else from the VAT number.
    """

    city: str | None = None
    zipcode: str | None = None
    street: str | None = None
    vat_number: str | None = None
    country: str | None = None


@dataclass(frozen=True)
class _Candidate:
    place: Place
    street: str | None
    country: str | None
    score: float


_MOST_TEXT = 60_000
_MOST_PARTS = 2_000
_DISREGARDED = -4.0

_COUNTRIES = {
    "DE": r"deutschland|germany|allemagne|bundesrepublik",
    "AT": r"österreich|oesterreich|austria|autriche",
    "CH": r"schweiz|switzerland|suisse|svizzera",
    "LI": r"liechtenstein",
    "LU": r"luxemburg|luxembourg",
    "FR": r"frankreich|france",
    "IT": r"italien|italy|italia",
    "NL": r"niederlande|netherlands|nederland",
    "BE": r"belgien|belgium|belgique",
    "DK": r"dänemark|denmark|danmark",
    "PL": r"polen|poland|polska",
    "CZ": r"tschechien|czech republic|czechia",
    "ES": r"spanien|spain|españa",
}
_COUNTRY_NAMES = re.compile(
    "|".join(f"(?P<{code}>\\b(?:{names})\\b)" for code, names in _COUNTRIES.items()), re.IGNORECASE
)
# What gives a four-digit postal code away where nothing stands beside it.
_AUSTRIAN_SIGNS = re.compile(r"\bATU|\+43|\b0043|firmenbuch|\bFN\s?[0-9]{4,6}\s?[a-z]\b|landesgericht", re.IGNORECASE)
_SWISS_SIGNS = re.compile(r"\bCHE-?[0-9]|\+41|\b0041|\bMWST\b|handelsregisteramt|strasse\b")

_LEGAL_FORM = re.compile(
    r"\b(?:gmbh|mbh|ges\.\s?m\.\s?b\.\s?h|g\.m\.b\.h|ag|kg|kgaa|ohg|og|ug|se|gbr|e\.\s?k|e\.\s?u|e\.\s?v|eg|sàrl|sarl|sa|s\.a|ltd|inc)\b",
    re.IGNORECASE,
)
_OWN_HEADING = re.compile(
    r"impressum|imprint|angaben gem|anbieter|anschrift|adresse|hauptsitz|firmensitz|sitz der|medieninhaber|herausgeber|"
    r"betreiber|§\s*5|legal notice|registered office",
    re.IGNORECASE,
)
_OTHERS_HEADING = re.compile(
    r"schlicht|aufsichtsbehörde|aufsicht|zuständige|kammer\b|haftpflicht|versicherer|webdesign|web-design|umsetzung|realisierung|"
    r"konzept|gestaltung|programmierung|hosting|hoster|bildnachweis|fotos|finanzamt|datenschutzbeauftragt|"
    r"verbraucher|erstellt von|designed by|powered by",
    re.IGNORECASE,
)
_BRANCH_HEADING = re.compile(
    r"niederlassung|zweigstelle|zweigniederlassung|filiale|außenstelle|standort|lager\b|vertriebsbüro|werk\b|lieferanschrift|"
    r"rechnungsanschrift|branch",
    re.IGNORECASE,
)
_POST_BOX = re.compile(r"postfach|p\.?\s?o\.?\s?box|case postale", re.IGNORECASE)
_NO_STREET = re.compile(
    r"\b(?:tel|telefon|fon|phone|fax|telefax|mobil|hr[ab]|fn|postfach|etage|stock|stiege|og|gebäude|halle|ust|uid|vat|iban|§)\b|§|@",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"(?P<street>[^\W\d_][^\d:@]{2,60}?\s?[0-9]{1,4}\s?(?:[a-zA-Z]\b)?(?:\s?[-–/+]\s?[0-9]{1,4}\s?(?:[a-zA-Z]\b)?){0,3})$"
)
_SEPARATORS = re.compile(r"\s*[,;|•·‧∙\n\t]\s*|\s+[-–—]\s+")
_DASHED_PREFIX = re.compile(r"(?<![A-Za-z0-9])(D|DE|A|AT|CH|FL|LI|L|LU)\s?[-–—]\s?(?=[0-9]{4,5}\s)")
_SPLIT_CITY = re.compile(r"(?m)^((?:[A-Z]{1,2}-)?[0-9]{4,5})[ ]*\n+[ ]*(?=[^\W\d_])")
_TABBED_CITY = re.compile(r"(?<![0-9])([0-9]{4,5})\t+(?=[^\W\d_])")
_LABELLED_CODE = re.compile(r"\b(?:PLZ|Postleitzahl)\s*[:\t ]\s*([0-9]{4,5})\b", re.IGNORECASE)
_LABELLED_CITY = re.compile(r"\b(?:Ort|Stadt|Wohnort)\s*[:\t]\s*([^\n\t,;|]{2,60})", re.IGNORECASE)


def read_imprint(text: str) -> Imprint:
    """Read an imprint's text; never raises, whatever the text is.

    Args:
        text: Plain text of an imprint page, in lines or in one.
    """
    plain = _normalised(text)
    vat_number = find_vat_number(plain)
    best = _best(_parts(plain), plain, vat_number) or _labelled(plain)
    if best is None:
        return Imprint(vat_number=vat_number, country=_country_of_vat(vat_number))
    country = best.country or _country_of_vat(vat_number)
    return Imprint(best.place.city, best.place.code, best.street, vat_number, country)


def _normalised(text: str) -> str:
    """One kind of blank and dash, nothing invisible, postal code and city side by side."""
    plain = unicodedata.normalize("NFC", text[:_MOST_TEXT]).replace("\u00ad", "").replace("\u200b", "")
    plain = re.sub(r"[^\S\n\t]", " ", plain.replace("\r\n", "\n").replace("\r", "\n"))
    plain = re.sub(r"[\u2010\u2011\u2012]", "-", plain)
    plain = re.sub(r" {2,}", " ", plain)
    plain = re.sub(r" *\n *", "\n", plain)
    plain = _DASHED_PREFIX.sub(r"\1-", plain)
    return _SPLIT_CITY.sub(r"\1 ", _TABBED_CITY.sub(r"\1 ", plain))


def _parts(plain: str) -> list[str]:
    return [part for piece in _SEPARATORS.split(plain) if (part := piece.strip())][:_MOST_PARTS]


def _best(parts: list[str], plain: str, vat_number: str | None) -> _Candidate | None:
    found = [
        _candidate(parts, index, place, plain, vat_number)
        for index, part in enumerate(parts)
        if (place := find_place(part)) is not None
    ]
    acceptable = [one for one in found if one is not None and one.score > _DISREGARDED]
    return max(acceptable, key=lambda one: one.score, default=None)


def _candidate(parts: list[str], index: int, place: Place, plain: str, vat_number: str | None) -> _Candidate | None:
    before = parts[max(0, index - 6) : index]
    street = _street(parts[index][: place.start], before)
    country = place.country or _country_behind(parts, index) or _country_of_code(place.code, plain, vat_number)
    # Four digits are also a year or an extension: without a country or a street they are no postal code.
    if len(place.code) == 4 and country is None and street is None:
        return None
    score = 3.0 * (street is not None) + 2.0 * (place.country is not None) - 0.01 * min(index, 200)
    score += 1.0 * any(_LEGAL_FORM.search(part) for part in before[-4:])
    score += _context(before)
    near = [*before[-2:], parts[index]]
    if street is None and any(_POST_BOX.search(part) for part in near):
        score -= 3.0
    return _Candidate(place, street, country, score)


def _context(before: list[str]) -> float:
    """What the nearest heading above says about whose address this is."""
    for distance, part in enumerate(reversed(before)):
        # A company may be called "… Webdesign GmbH"; a label in front of a name is still a label.
        is_name = bool(_LEGAL_FORM.search(part)) and ":" not in part
        if _OTHERS_HEADING.search(part) and not is_name:
            return -8.0 + distance * 0.1
        if _BRANCH_HEADING.search(part) and not is_name:
            return -2.5
        if _OWN_HEADING.search(part):
            return 2.0
    return 0.0


def _street(inline: str, before: list[str]) -> str | None:
    """Street and house number right before the postal code, or up to three parts above it."""
    for part in [inline, *reversed(before[-3:])]:
        text = part.rpartition(":")[2].strip(" .(")
        if not text or _NO_STREET.search(text) or find_place(text):
            continue
        *_, tail = _LEGAL_FORM.split(text)
        match = _STREET.search(tail.strip(" .&"))
        if match and sum(character.isalpha() for character in match.group("street")) >= 3:
            return " ".join(match.group("street").split())
    return None


def _country_behind(parts: list[str], index: int) -> str | None:
    """A country's name in the address's own part or in the next two, up to the next address."""
    for offset, part in enumerate(parts[index : index + 3]):
        if offset and find_place(part):
            return None
        match = _COUNTRY_NAMES.search(part)
        if match and len(part) < 120:
            return match.lastgroup
    return None


def _country_of_code(code: str, plain: str, vat_number: str | None) -> str | None:
    if len(code) == 5:
        return "DE" if 1001 <= int(code) <= 99998 else None
    of_vat = _country_of_vat(vat_number)
    if of_vat in ("AT", "CH", "LU", "BE", "DK"):
        return of_vat
    if _AUSTRIAN_SIGNS.search(plain):
        return "AT"
    return "CH" if _SWISS_SIGNS.search(plain) else None


def _country_of_vat(vat_number: str | None) -> str | None:
    if vat_number is None:
        return None
    prefix = vat_number[:2]
    # Greece writes EL, Northern Ireland XI; EU and IM are schemes for sellers from outside.
    return {"EL": "GR", "XI": "GB", "EU": None, "IM": None}.get(prefix, prefix)


def _labelled(plain: str) -> _Candidate | None:
    """An address in a form: "PLZ: 12345", "Ort: Musterstadt"."""
    code = _LABELLED_CODE.search(plain)
    city_field = _LABELLED_CITY.search(plain)
    city = read_city(city_field.group(1)) if city_field else None
    if code is None or city is None:
        return None
    street_field = re.search(r"\b(?:Straße|Strasse|Str\.)\s*[:\t]\s*([^\n\t,;|]{3,60})", plain)
    street = _street("", [street_field.group(1)]) if street_field else None
    country = _country_of_code(code.group(1), plain, None)
    return _Candidate(Place(code.start(), code.group(1), city, None), street, country, 0.0)
