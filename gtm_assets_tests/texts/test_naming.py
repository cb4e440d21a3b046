"""Which company names a text mentions. All names are sample data."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtm_assets.texts.naming import core_name, foreign_names, mentions, without_names


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("Muster CNC GmbH & Co. KG", "Muster CNC"),
        ("Muster AG", "Muster"),
        ("Muster Verein e. V.", "Muster Verein"),
        ("Muster UG (haftungsbeschränkt)", "Muster"),
        ("Muster & Söhne", "Muster & Söhne"),
        ("AG", "AG"),
    ],
)
def test_a_legal_form_is_no_part_of_a_name(name: str, core: str) -> None:
    assert core_name(name) == core


def test_a_name_is_found_without_its_legal_form_and_in_the_genitive() -> None:
    assert mentions("Die Linien von Musterlager laufen.", "Musterlager AG")
    assert mentions("Musterlagers Linien laufen.", "Musterlager AG")
    assert not mentions("Die Musterlagerung läuft.", "Musterlager AG")
    assert not mentions("Irgendein Text", "")


def test_a_name_is_found_with_each_of_its_words_inflected() -> None:
    assert mentions("Die Stationen des Klinikums Auental laufen.", "Klinikum Auental gGmbH")
    assert mentions("Beispiels Antriebes Linien laufen.", "Beispiel Antrieb GmbH")
    assert not mentions("Die Klinikumsleitung in Auental läuft.", "Klinikum Auental gGmbH")
    assert foreign_names("Das Team des Klinikums Auental", ["Klinikum Auental gGmbH"], ["Auental eG"]) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Unternehmen wie Musterlager nutzen Roboter.",
        "Die Musterlager AG nutzt Roboter.",
        "Betriebe wie Ihrer nutzen Roboter.",
        "Aufgaben wie Transport und Reinigung bleiben planbar.",
        "Unternehmen wie Musterlager und Beispiel Antriebe nutzen Roboter.",
        "Eine AG muss Fristen halten.",
    ],
)
def test_registered_names_and_plain_german_are_no_foreign_names(text: str) -> None:
    assert foreign_names(text, ["Musterlager AG", "Beispiel Antriebe GmbH"]) == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Die Fremdbau GmbH nutzt Roboter.", "Fremdbau"),
        ("Unternehmen wie Fremdbau nutzen Roboter.", "Fremdbau"),
        ("Unternehmen wie Musterlager und Fremdbau nutzen Roboter.", "Fremdbau"),
        ("Kunden wie die Fremdbau nutzen Roboter.", "Fremdbau"),
        ("Die eFremdbau GmbH nutzt Roboter.", "Fremdbau"),
        ("Roboter fahren bei der Musterlager AG/Fremdbau GmbH.", "Fremdbau"),
        ("Hersteller wie Musterlager AG, Fremdbau und andere nutzen Roboter.", "Fremdbau"),
        ("Bei Anderswo laufen Roboter.", "Anderswo"),
    ],
)
def test_a_company_that_is_not_registered_is_found(text: str, name: str) -> None:
    hits = foreign_names(text, ["Musterlager AG"], known=["Anderswo SE", "Musterlager AG"])
    assert len(hits) == 1
    assert name in hits[0]


def test_a_name_is_taken_out_with_and_without_its_legal_form() -> None:
    assert without_names("Studio 24 GmbH: bei Studio 24", ["Studio 24 GmbH"]) == "Name: bei Name"


@settings(deadline=None)
@given(
    text=st.text(), names=st.lists(st.text(max_size=20), max_size=3), known=st.lists(st.text(max_size=20), max_size=3)
)
def test_no_text_and_no_name_raises(text: str, names: list[str], known: list[str]) -> None:
    foreign_names(text, names, known)
    without_names(text, names)
    for name in names:
        mentions(text, name)
