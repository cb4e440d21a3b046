"""Reading imprints: the samples, whatever their line breaks, where a city's name ends, and any text whatever."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.ch import uid as swiss_uid
from stdnum.ch import vat as swiss_vat
from stdnum.eu import vat as european_vat

from gtm_assets_tests.resources.imprint_samples import SAMPLES, Sample
from resources.website import read_imprint
from resources.website.cities import read_city
from resources.website.imprint import Imprint


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


@given(ANY_TEXT | st.text(max_size=300))
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
        assert read_imprint(piece * 20_000) == Imprint(), f"{piece!r} is no address, however often it stands there"
