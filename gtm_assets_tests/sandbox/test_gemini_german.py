"""German of Gemini's stand-in: notes, activities, names and roles in the form that a sentence needs."""

from __future__ import annotations

import pytest

from sandbox.gemini.german import accusative, noun_phrase, role_address, short_company_name, with_article


@pytest.mark.parametrize(
    ("noted", "inserted"),
    [
        ("hoher Krankenstand", "hohen Krankenstand"),
        ("Lange Suchzeiten", "lange Suchzeiten"),
        ("ein stockender Materialfluss", "einen stockenden Materialfluss"),
        ("der stockende Materialfluss", "den stockenden Materialfluss"),
        ("- Mehr Zeit am Bett.", "mehr Zeit am Bett"),
        ("weniger Ausfälle", "weniger Ausfälle"),
        ("Pflegekräfte machen Logistik", "das Thema Pflegekräfte machen Logistik"),
        ("Hände fürs Bett", "Hände fürs Bett"),
        ("Fachkräftemangel", "Fachkräftemangel"),
    ],
)
def test_notes_of_marketing_become_accusative_objects(noted: str, inserted: str) -> None:
    assert accusative(noted) == inserted


@pytest.mark.parametrize(
    ("text", "dative"),
    [
        ("die präzise Fertigung von Drehteilen", "der präzisen Fertigung von Drehteilen"),
        ("der Bau verketteter Anlagen", "dem Bau verketteter Anlagen"),
        ("das schnelle Kommissionieren", "dem schnellen Kommissionieren"),
        ("die frischen Salate", "den frischen Salaten"),
    ],
)
def test_activities_are_declined(text: str, dative: str) -> None:
    phrase = noun_phrase(text)
    assert phrase is not None
    assert phrase.dative == dative


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Tannhof Anlagenbau GmbH & Co. KG", "Tannhof Anlagenbau"),
        ("Hotel Kaiserlinde Betriebs GmbH", "Hotel Kaiserlinde"),
        ("Molkerei Wiesengrund eG", "Molkerei Wiesengrund"),
        ("Kanzlei Ebersold Steuerberatung PartG mbB", "Kanzlei Ebersold Steuerberatung"),
        ("Alpha 24 Logistik AG", "Alpha Logistik"),
        ("GmbH", "GmbH"),
    ],
)
def test_names_lose_their_legal_form_and_digits(name: str, short: str) -> None:
    assert short_company_name(name) == short


def test_names_and_roles_are_addressed_as_people_would() -> None:
    assert with_article("Molkerei Wiesengrund").dative == "der Molkerei Wiesengrund"
    assert with_article("Reuwinkel Antriebstechnik").dative == "Reuwinkel Antriebstechnik"
    assert role_address("Produktionsleiter") == "in der Produktionsleitung"
    assert role_address("Technischer Leiter") == "in der technischen Leitung"
    assert role_address("CFO") == "als CFO"
