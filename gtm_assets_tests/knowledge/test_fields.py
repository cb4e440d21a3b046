"""How marketing's free text in Notion is read. Companies are sample data."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from gtm_assets.knowledge.fields import MAX_SLUG, read_products, read_references, slug, split_items
from gtm_assets.knowledge.models import Reference


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("", ()),
        (" \n - \n • ", ()),
        ("Fachkräftemangel", ("Fachkräftemangel",)),
        ("Fachkräftemangel\nlange Wege", ("Fachkräftemangel", "lange Wege")),
        ("- Fachkräftemangel\n* lange Wege\n– Hygiene", ("Fachkräftemangel", "lange Wege", "Hygiene")),
        ("• Fachkräftemangel • lange Wege", ("Fachkräftemangel", "lange Wege")),
        ("Fachkräftemangel; lange Wege;", ("Fachkräftemangel", "lange Wege")),
        ("1. Fachkräftemangel\r\n2) lange Wege", ("Fachkräftemangel", "lange Wege")),
        ("Fachkräftemangel, vor allem nachts", ("Fachkräftemangel, vor allem nachts",)),
        ("9–12 Uhr Stau\n-5 °C im Lager", ("9–12 Uhr Stau", "-5 °C im Lager")),
        ("Pflege-Logistik\npflege-logistik", ("Pflege-Logistik",)),
        ("  lange   Wege  ", ("lange Wege",)),
    ],
)
def test_items_are_lines_bullets_or_separated_by_semicolons(text: str, items: tuple[str, ...]) -> None:
    assert split_items(text) == items


@settings(deadline=None)
@given(st.text())
def test_items_are_never_empty_and_reading_them_again_changes_nothing(text: str) -> None:
    items = split_items(text)
    assert all(item.strip() == item and item for item in items)
    assert all("\n" not in item and ";" not in item for item in items)


def test_products_belong_to_the_focus_they_name_and_otherwise_to_the_verticals_own() -> None:
    assert read_products(["Operativ: Serviceroboter", "infrastruktur : Reinigungsroboter"], "Operativ") == {
        "Operativ": "Serviceroboter",
        "Infrastruktur": "Reinigungsroboter",
    }
    assert read_products(["Reinigungsroboter"], "Infrastruktur") == {"Infrastruktur": "Reinigungsroboter"}
    assert read_products(["Roboter: autonom"], "Operativ") == {"Operativ": "Roboter: autonom"}


def test_several_products_of_one_focus_are_kept_and_empty_ones_are_absent() -> None:
    assert read_products(["A", "Operativ: B", "A", "Infrastruktur:"], "Operativ") == {"Operativ": "A, B"}
    assert read_products([], "Operativ") == {}


def test_a_reference_is_company_achievement_and_source() -> None:
    text = (
        "Musterlager AG | Suchzeiten um 30 % gesenkt; Wege halbiert | Fallstudie | Seite "
        "3\n\n- Beispiel GmbH|\nNur Name"
    )
    assert read_references(text) == (
        Reference("Musterlager AG", "Suchzeiten um 30 % gesenkt; Wege halbiert", "Fallstudie | Seite 3"),
        Reference("Beispiel GmbH", "", ""),
        Reference("Nur Name", "", ""),
    )


def test_a_reference_without_a_company_is_refused_with_its_line() -> None:
    with pytest.raises(ValueError, match=r"30 % weniger.*names no company"):
        read_references("Musterlager | gut\n | 30 % weniger |")


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("Maschinenbau", "maschinenbau"),
        ("Healthcare & Pflege", "healthcare-pflege"),
        ("Größe Übersee ÄRZTE", "groesse-uebersee-aerzte"),
        ("u\u0308ber", "ueber"),
        ("Café Ñandú", "cafe-nandu"),
        ("Messe 2026 🎉", "messe-2026"),
        ("a|b,c", "a-b-c"),
        ("production_lead", "production_lead"),
        ("  --A..B--  ", "a-b"),
        ("STRAẞE", "strasse"),
        ("Øresund Łódź", "oresund-lodz"),
    ],
)
def test_a_key_becomes_a_plain_partition_key(key: str, expected: str) -> None:
    assert slug(key) == expected


@pytest.mark.parametrize("key", ["", "   ", "🎉", "|,", "日本"])
def test_a_key_of_which_nothing_is_left_is_an_error_that_says_what_to_do(key: str) -> None:
    with pytest.raises(ValueError, match="Write a short name"):
        slug(key)


def test_a_key_that_is_too_long_is_refused_instead_of_cut() -> None:
    assert slug("a" * MAX_SLUG) == "a" * MAX_SLUG
    with pytest.raises(ValueError, match="101 characters"):
        slug("a" * 101)


@settings(deadline=None)
@given(st.one_of(st.text(), st.text("aÄöß|,_- 🎉\u0308"), st.from_regex(r"[\w ,|.-]{1,40}", fullmatch=True)))
def test_a_slug_is_idempotent_and_safe_in_partition_keys(key: str) -> None:
    try:
        once = slug(key)
    except ValueError:
        reject()
    assert slug(once) == once
    assert re.fullmatch(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?", once)
    assert not {",", "|"} & set(once)
