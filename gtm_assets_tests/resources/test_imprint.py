"""Reading imprints: made-up companies in the forms that German, Austrian and Swiss websites really use."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.ch import uid as swiss_uid
from stdnum.ch import vat as swiss_vat
from stdnum.eu import vat as european_vat

from resources.website import read_imprint
from resources.website.cities import read_city
from resources.website.imprint import Imprint


@dataclass(frozen=True)
class Sample:
    """Sample data: no such company. The numbers merely have right (or, where said so, wrong) check digits."""

    name: str
    text: str
    expected: Imprint


def sample(
    name: str,
    text: str,
    zipcode: str | None = None,
    city: str | None = None,
    street: str | None = None,
    vat: str | None = None,
    country: str | None = None,
) -> Sample:
    return Sample(name, text, Imprint(city, zipcode, street, vat, country))


SAMPLES = [
    sample(
        "plain German",
        """Impressum
Angaben gemäß § 5 DDG

Muster Fördertechnik GmbH
Musterstraße 12
12345 Musterstadt

Vertreten durch: Erika Mustermann
Telefon: +49 (0) 1234 56789-0
Registergericht: Amtsgericht Musterstadt, HRB 12345
Umsatzsteuer-Identifikationsnummer gemäß § 27a UStG: DE123456704""",
        "12345",
        "Musterstadt",
        "Musterstraße 12",
        "DE123456704",
        "DE",
    ),
    sample(
        "one line with commas",
        "Muster Bau AG, Industriestr. 5-7, 80331 München, Tel. 089 12345678, HRB 98765, USt-IdNr. DE 123 457 818",
        "80331",
        "München",
        "Industriestr. 5-7",
        "DE123457818",
        "DE",
    ),
    sample(
        "one line without commas",
        "Impressum Muster Metall GmbH & Co. KG Am Hang 3a 70173 Stuttgart Telefon 0711 123456 "
        "Amtsgericht Stuttgart HRA 4711",
        "70173",
        "Stuttgart",
        "Am Hang 3a",
        None,
        "DE",
    ),
    sample(
        "one line with pipes and a country's prefix",
        "Muster Pumpen GmbH | Bahnhofstraße 1 | D-60311 Frankfurt am Main | Fon +49 69 12345 | info@example.com",
        "60311",
        "Frankfurt am Main",
        "Bahnhofstraße 1",
        None,
        "DE",
    ),
    sample(
        "one line with dashes and a spaced prefix",
        "Muster Logistik KG – Hafenweg 24 – D - 20457 Hamburg – www.example.com",
        "20457",
        "Hamburg",
        "Hafenweg 24",
        None,
        "DE",
    ),
    sample(
        "street and city on one line",
        "Anbieter:\nMuster Solar e.K.\nSonnenallee 100 b, 12045 Berlin (Neukölln)\nDeutschland",
        "12045",
        "Berlin (Neukölln)",
        "Sonnenallee 100 b",
        None,
        "DE",
    ),
    sample(
        "a VAT number with a wrong check digit",
        "Impressum\nMuster Glas GmbH\nGlasweg 4\n96450 Coburg\nUSt-IdNr.: DE123456789",
        "96450",
        "Coburg",
        "Glasweg 4",
        None,
        "DE",
    ),
    sample(
        "a wrong VAT number before a right one",
        "Muster Holz GmbH\nWaldweg 9\n72250 Freudenstadt\nUSt-ID DE999999998 alt\nUSt-ID neu: DE-123.458.933",
        "72250",
        "Freudenstadt",
        "Waldweg 9",
        "DE123458933",
        "DE",
    ),
    sample(
        "a W-IdNr. is no VAT number",
        "Muster IT GmbH\nRechnerweg 1\n64283 Darmstadt\nWirtschafts-Identifikationsnummer: DE123456704-00001",
        "64283",
        "Darmstadt",
        "Rechnerweg 1",
        None,
        "DE",
    ),
    sample(
        "a tax number and an IBAN are no VAT numbers",
        "Muster Maler GmbH\nFarbgasse 2\n04109 Leipzig\nSteuernummer: 232/123/45678\nIBAN: DE12 3456 7040 0000 0000 00",
        "04109",
        "Leipzig",
        "Farbgasse 2",
        None,
        "DE",
    ),
    sample(
        "phone numbers before and behind the address",
        "Kontakt\nTel: 030 10115 4455\nFax 030/10117 66\nMuster Druck GmbH\nDruckweg 8\n10119 Berlin\n"
        "Mobil: 0171 12345 Mitte",
        "10119",
        "Berlin",
        "Druckweg 8",
        None,
        "DE",
    ),
    sample(
        "a register number in front of a city",
        "Muster Stahl GmbH\nHRB 54321 Duisburg\nRegisternummer: 47051 Duisburg\nHüttenstraße 15\n47119 Duisburg",
        "47119",
        "Duisburg",
        "Hüttenstraße 15",
        None,
        "DE",
    ),
    sample(
        "the arbitration board's address comes first",
        """Verbraucherstreitbeilegung: Allgemeine Verbraucherschlichtungsstelle, Schlichtweg 8, 77694 Kehl

Impressum
Muster Möbel GmbH
Tischlerstr. 77
33602 Bielefeld""",
        "33602",
        "Bielefeld",
        "Tischlerstr. 77",
        None,
        "DE",
    ),
    sample(
        "only the arbitration board has an address",
        "Muster Reisen\nZuständige Schlichtungsstelle:\nMuster Schlichtung e.V.\nSchlichtweg 8\n77694 Kehl",
    ),
    sample(
        "web agency and insurer behind the company",
        """Muster Planung GmbH
Planstraße 3
50667 Köln
USt-IdNr.: DE123460050
Berufshaftpflichtversicherung:
Muster Versicherung AG
Policenweg 1
80802 München
Webdesign: Muster Agentur GmbH, Pixelweg 5, 01067 Dresden, DE123461165""",
        "50667",
        "Köln",
        "Planstraße 3",
        "DE123460050",
        "DE",
    ),
    sample(
        "a company that is an agency itself",
        "Impressum\nMuster Webdesign GmbH\nPixelweg 5\n01067 Dresden",
        "01067",
        "Dresden",
        "Pixelweg 5",
        None,
        "DE",
    ),
    sample(
        "branches before the head office",
        """Niederlassung Nord
Nordweg 1
24103 Kiel
Niederlassung Süd
Südweg 2
79098 Freiburg i. Br.
Hauptsitz
Muster Kran AG
Kranstraße 10
59065 Hamm""",
        "59065",
        "Hamm",
        "Kranstraße 10",
        None,
        "DE",
    ),
    sample(
        "a post box beside the visitors' address",
        "Muster Chemie GmbH\nPostfach 10 20 30\n67056 Ludwigshafen\nWerkstraße 38\n67063 Ludwigshafen am Rhein",
        "67063",
        "Ludwigshafen am Rhein",
        "Werkstraße 38",
        None,
        "DE",
    ),
    sample(
        "only a post box",
        "Muster Verband e.V.\nPostfach 12 34\n53002 Bonn",
        "53002",
        "Bonn",
        None,
        None,
        "DE",
    ),
    sample(
        "postal code and city on lines of their own",
        "Muster Garten GmbH\nBlumenweg 6\n99084\nErfurt\nUmsatzsteuer-ID:\nDE123462279",
        "99084",
        "Erfurt",
        "Blumenweg 6",
        "DE123462279",
        "DE",
    ),
    sample(
        "cells of a table",
        "Firma\tMuster Zaun GmbH\nStraße\tZaunweg 11\nPLZ/Ort\t38640\tGoslar\nUSt-ID\tDE123456704",
        "38640",
        "Goslar",
        "Zaunweg 11",
        "DE123456704",
        "DE",
    ),
    sample(
        "a form with labels",
        "Firma: Muster Dach\nStraße: Ziegelweg 2\nPLZ: 06108\nOrt: Halle (Saale)\nTelefon: 0345 1234",
        "06108",
        "Halle (Saale)",
        "Ziegelweg 2",
        None,
        "DE",
    ),
    sample(
        "capitals",
        "MUSTER MASCHINEN GMBH\nMASCHINENWEG 1\n61348 BAD HOMBURG\nGERMANY",
        "61348",
        "Bad Homburg",
        "MASCHINENWEG 1",
        None,
        "DE",
    ),
    sample(
        "no-break spaces and invisible characters",
        "Muster\u00a0Wasser\u00a0GmbH\nQuellen\u00adweg\u00a07\nD\u00a0‑\u00a037431\u00a0Bad\u00a0Lauterberg im Harz",
        "37431",
        "Bad Lauterberg im Harz",
        "Quellenweg 7",
        None,
        "DE",
    ),
    sample(
        "English",
        "Legal notice\nMuster Sensors GmbH\nSensorallee 21\n85748 Garching bei München, Germany\nVAT ID: DE123457818",
        "85748",
        "Garching bei München",
        "Sensorallee 21",
        "DE123457818",
        "DE",
    ),
    sample(
        "a street that begins like a label",
        "Muster Funk GmbH, Idastraße 5 45127 Essen",
        "45127",
        "Essen",
        "Idastraße 5",
        None,
        "DE",
    ),
    sample(
        "Austrian with prefix",
        """Medieninhaber: Muster Technik Ges.m.b.H.
Mariahilfer Straße 1/2/3
A-1060 Wien
Firmenbuchnummer: FN 123456 a, Handelsgericht Wien
UID: ATU12345602
Tel.: +43 1 1234567""",
        "1060",
        "Wien",
        "Mariahilfer Straße 1/2/3",
        "ATU12345602",
        "AT",
    ),
    sample(
        "Austrian without prefix",
        "Impressum\nMuster Holzbau GmbH\nDorfplatz 3\n9020 Klagenfurt am Wörthersee\nUID-Nr.: ATU 1234 6718\n"
        "© 2024 Muster",
        "9020",
        "Klagenfurt am Wörthersee",
        "Dorfplatz 3",
        "ATU12346718",
        "AT",
    ),
    sample(
        "Austrian one line, two-part city",
        "Muster Anlagen GmbH, Werkgasse 4, 2700 Wiener Neustadt, Österreich, FN 98765x, ATU12345603",
        "2700",
        "Wiener Neustadt",
        "Werkgasse 4",
        None,
        "AT",
    ),
    sample(
        "years and dates are no Austrian postal codes",
        "© 2024 Muster GmbH\nSeit 1987 Ihr Partner\nStand: 12. März 2025 Wien\nMuster GmbH\nRingweg 5\n4020 Linz\n"
        "FN 12345 b",
        "4020",
        "Linz",
        "Ringweg 5",
        None,
        "AT",
    ),
    sample(
        "Swiss with prefix and VAT",
        "Muster Präzision AG\nTechnikstrasse 50\nCH-8005 Zürich\nTelefon +41 44 123 45 67\nCHE-123.456.707 MWST",
        "8005",
        "Zürich",
        "Technikstrasse 50",
        "CHE-123.456.707 MWST",
        "CH",
    ),
    sample(
        "Swiss without prefix, UID only",
        "Impressum\nMuster Uhren AG\nUhrenstrasse 7\n2502 Biel/Bienne\nSchweiz\nUID: CHE-123.457.836",
        "2502",
        "Biel/Bienne",
        "Uhrenstrasse 7",
        "CHE-123.457.836",
        "CH",
    ),
    sample(
        "Swiss with a wrong UID and a saint",
        "Muster Textil AG, Spinnereistrasse 12, 9000 St. Gallen, Switzerland, CHE-123.456.708 MWST",
        "9000",
        "St. Gallen",
        "Spinnereistrasse 12",
        None,
        "CH",
    ),
    sample(
        "French-speaking Switzerland",
        "Mentions légales\nMuster Horlogerie SA\nRue du Lac 5\n2300 La Chaux-de-Fonds\nSuisse\nCHE-123.458.959 TVA",
        "2300",
        "La Chaux-de-Fonds",
        "Rue du Lac 5",
        "CHE-123.458.959 TVA",
        "CH",
    ),
    sample(
        "an Italian VAT number with a label",
        "Muster Südtirol GmbH\nLaubengasse 10\n39100 Bozen\nItalien\nMwSt.-Nr.: IT 12345600014",
        "39100",
        "Bozen",
        "Laubengasse 10",
        "IT12345600014",
        "IT",
    ),
    sample("only a VAT number", "Umsatzsteuer-ID: DE123456704", vat="DE123456704", country="DE"),
    sample("nothing of the kind", "Willkommen! Seit 1990 12345 zufriedene Kunden und 2000 Projekte."),
    sample("empty", ""),
]


@pytest.mark.parametrize("one", SAMPLES, ids=lambda one: one.name)
def test_address_and_vat_number_are_read(one: Sample) -> None:
    assert read_imprint(one.text) == one.expected


@pytest.mark.parametrize(
    "line_break", ["\r\n", "\r", "\n\n", " \n "], ids=["windows", "old mac", "empty lines", "blanks"]
)
@pytest.mark.parametrize("one", SAMPLES, ids=lambda one: one.name)
def test_the_kind_of_line_break_does_not_matter(one: Sample, line_break: str) -> None:
    assert read_imprint(one.text.replace("\n", line_break)) == one.expected


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("Berlin Deutschland", "Berlin"),
        ("Villingen-Schwenningen, Tel.", "Villingen-Schwenningen"),
        ("Rothenburg ob der Tauber", "Rothenburg ob der Tauber"),
        ("Neustadt a. d. Aisch", "Neustadt a. d. Aisch"),
        ("Offenbach a.M.", "Offenbach a.M."),
        ("Bad Homburg v. d. H.", "Bad Homburg v. d. H."),
        ("Mülheim an der Ruhr Geschäftsführer", "Mülheim an der Ruhr"),
        ("Lutherstadt Wittenberg", "Lutherstadt Wittenberg"),
        ("Bergisch Gladbach", "Bergisch Gladbach"),
        ("St. Pölten", "St. Pölten"),
        ("Genève 2", "Genève"),
        ("Hamburg Max Mustermann", "Hamburg"),
        ("Hamburg in der Innenstadt", "Hamburg in der Innenstadt"),
        ("Musterstadt. Telefon", "Musterstadt"),
        ("Amtsgericht München", None),
        ("zufriedene Kunden", None),
        ("www.example.com", None),
        ("Kunden", "Kunden"),
        ("", None),
    ],
)
def test_a_city_ends_where_its_name_ends(text: str, city: str | None) -> None:
    assert read_city(text) == city


def is_valid_vat(number: str) -> bool:
    if number.startswith("CHE"):
        return swiss_vat.is_valid(number) or swiss_uid.is_valid(number)
    return european_vat.is_valid(number)


PIECES = st.sampled_from(
    [
        *(
            "DE",
            "ATU",
            "AT U",
            "CHE-",
            "IT",
            "FR",
            "VAT ",
            "USt-IdNr.: ",
            "MWST",
            " ",
            "\n",
            "\t",
            "-",
            ".",
            ", ",
            "(",
            "+49 ",
        ),
        *(
            "Muster GmbH",
            "Musterstr. 1",
            "12345",
            "1010",
            "D-",
            "A-",
            "Wien",
            "Berlin",
            "St.",
            "Bad",
            "am",
            "a. d.",
            "HRB ",
        ),
        *("Tel. ", "Postfach 1", "PLZ: ", "Ort: ", "Webdesign: ", "Impressum", "²", "½", "١٢٣٤٥", "\u00ad", "ß", "İ"),
    ]
)
ANY_TEXT = st.lists(PIECES | st.from_regex(r"[0-9]{1,12}", fullmatch=True), max_size=40).map("".join)


@given(
    st.lists(PIECES | st.from_regex(r"[0-9]{1,12}", fullmatch=True), max_size=40).map("".join) | st.text(max_size=300)
)
def test_any_text_is_read_without_an_exception_and_every_vat_number_is_valid(text: str) -> None:
    imprint = read_imprint(text)
    assert imprint.vat_number is None or is_valid_vat(imprint.vat_number)
    assert (imprint.city is None) == (imprint.zipcode is None)
    assert imprint.zipcode is None or imprint.zipcode in text


@given(st.integers(min_value=0, max_value=999_999_999), st.sampled_from(["", " ", ".", "-"]))
def test_a_german_number_is_found_exactly_where_its_check_digit_is_right(number: int, separator: str) -> None:
    digits = f"{number:09d}"
    written = f"DE{separator}{digits[:3]}{separator}{digits[3:6]}{separator}{digits[6:]}"
    expected = f"DE{digits}" if european_vat.is_valid(f"DE{digits}") else None
    assert read_imprint(f"USt-IdNr.: {written}").vat_number == expected


def test_a_very_long_text_of_one_kind_is_read_to_an_end() -> None:
    for piece in ("12345 ", "DE1 ", "a. d. ", "VAT: IT 1 ", "Bad ", "\n1234\n", "Musterstr. 1 ", "+49 1 ", "- ", "(("):
        read_imprint(piece * 20_000)
