"""What is odd about rows that take part, which are too large to, and who keeps a key that two rows want."""

from __future__ import annotations

from typing import Any

import pytest

from gtm_assets.knowledge.columns import COLUMNS
from gtm_assets.knowledge.fields import read_products
from gtm_assets.knowledge.remarks import LONGEST_CELL, LONGEST_NAME
from gtm_assets.knowledge.rows import ReadTable, read_table
from gtm_assets_tests.knowledge.test_rows import read, table


def _said(found: ReadTable) -> str:
    assert found.refused == ()
    return " | ".join(remark.text for remark in found.remarks)


@pytest.mark.parametrize("database", ["verticals", "personas", "campaigns"])
def test_nothing_is_odd_about_a_good_row(database) -> None:
    assert read(database, {}).remarks == ()


@pytest.mark.parametrize(
    ("database", "changed", "words"),
    [
        ("verticals", {"Pains": "Suchzeiten " * 182}, "Pains has 2,001 characters"),
        ("verticals", {"Definition": "x" * 2_000}, "Definition has 2,000 characters"),
        ("personas", {"Gains": "\n".join(["planbare Schichten"] * 100)}, "Gains has 1,899 characters"),
        ("personas", {"Job Titles": "Leiter " * 100}, "one entry of 699 characters ('Leiter"),
        ("verticals", {"References": f"Musterlager AG | {'viel ' * 300}| intern"}, "Write one a line"),
        ("campaigns", {"Brief": "Stand " * 400}, "Brief has 2,399 characters"),
        ("campaigns", {"Tag": "Frühling 🌷"}, "Tag 'Frühling 🌷' counts as 'fruehling', with or without '🌷'"),
        ("verticals", {"Key": "bau-建"}, "counts as 'bau'"),
        (
            "verticals",
            {"Products": "Intralogistik: Schlepper"},
            "Products: 'Intralogistik' before a colon is no Ops Focus",
        ),
    ],
)
def test_what_is_odd_is_said_and_stops_nothing(database, changed, words) -> None:
    found = read(database, changed)
    assert words in _said(found)
    assert [row.active for row in found.rows] == [True]


def test_many_short_job_titles_and_references_are_welcome() -> None:
    titles = "\n".join(f"Leiter Bereich {n}" for n in range(150))
    references = "\n".join(f"Musterfirma {n} AG | Suchzeiten gesenkt | Musterdaten" for n in range(50))
    assert read("personas", {"Job Titles": titles}).remarks == ()
    assert read("verticals", {"References": references}).remarks == ()


@pytest.mark.parametrize("column", ["Product", "Produkte"])
def test_a_product_that_stands_with_a_persona_is_not_read_and_said_so(column) -> None:
    columns = (*COLUMNS["personas"], column)
    with_product: Any = table("personas", {column: "Tauchroboter"}, {"Key": "zweite", column: ""}, columns=columns)
    found = read_table("personas", with_product, {})
    (remark,) = found.remarks
    assert remark.text.startswith(f"{column} ('Tauchroboter') is not read, sold by anybody or not")
    assert "Products of that vertical" in remark.text


def test_a_draft_is_not_remarked_on() -> None:
    assert read("verticals", {"Status": "Draft", "Pains": "x" * 2_000}).remarks == ()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"Name": "N" * (LONGEST_NAME + 1)}, "Name has 101 characters, 100 are allowed"),
        ({"Pains": "x" * (LONGEST_CELL + 1)}, "Pains has 10,001 characters, 10,000 are allowed; shorten it"),
        ({"Pains": "🔥"}, "Pains holds no words"),
        ({"Products": "Opperativ: Schlepper"}, "begins with 'Opperativ', which is no Ops Focus. Write Operativ:"),
    ],
)
def test_a_row_that_can_not_be_used_as_it_is_is_refused_with_what_to_do(changed, reason) -> None:
    (refusal,) = read("verticals", changed).refused
    assert reason in refusal.reason
    assert str(refusal).startswith("verticals: row ")
    assert str(refusal).endswith("Correct it in Notion: https://notion.example/page-0")


def test_emoji_reach_no_text_but_stay_in_the_tag() -> None:
    (row,) = read("campaigns", {"Name": "🌷 Frühling", "Tag": "Frühling 🌷", "Brief": "Kaffee ☕ am Stand"}).rows
    campaign: Any = row.row
    assert (campaign.name, campaign.tag, campaign.brief) == ("Frühling", "Frühling 🌷", "Kaffee am Stand")
    (row,) = read("verticals", {"Pains": "🔥 -5 °C im Lager\n👩‍🔧 Wartung™\n✅"}).rows
    vertical: Any = row.row
    assert vertical.pains == ("-5 °C im Lager", "Wartung™")


def test_a_prefix_that_is_nearly_an_ops_focus_is_no_product_name() -> None:
    with pytest.raises(ValueError, match=r"'Infrastuktur'.*Write Infrastruktur:"):
        read_products(["Infrastuktur: Kehrroboter"], "Operativ")
    assert read_products(["Roboter: autonom"], "Operativ") == {"Operativ": "Roboter: autonom"}


def test_two_tags_that_differ_in_emoji_alone_are_one_and_the_second_is_refused() -> None:
    found = read("campaigns", {"Name": "Eins", "Tag": "Frühling 🌷"}, {"Name": "Zwei", "Tag": "frühling 🌻"})
    assert [row.row.name for row in found.rows] == ["Eins"]
    assert "its Tag counts as 'fruehling', which is already used by 'Eins'" in found.refused[0].reason
    assert "Write another Tag" in found.refused[0].reason


def test_a_row_that_has_a_key_keeps_it_against_an_older_one_that_comes_to_the_same() -> None:
    rows = table("campaigns", {"Name": "Alt", "Tag": "Messe 🌷"}, {"Name": "Inhaber", "Tag": "Messe", "page": "holder"})
    assert [row.row.name for row in read_table("campaigns", rows, {}).rows] == ["Alt"]
    found = read_table("campaigns", rows, {}, {"messe": "holder"})
    assert [row.row.name for row in found.rows] == ["Inhaber"]
    assert [refusal.name for refusal in found.refused] == ["Alt"]
