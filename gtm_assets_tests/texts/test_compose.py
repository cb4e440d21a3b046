"""The whole e-mail: salutations of every kind, and no gap where a part is missing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtm_assets.texts.compose import EmailParts, compose, salutation

FULL = EmailParts(
    mrmrs="Herr",
    academic_title="Dr.",
    lastname="Muster",
    opener="Speziell im Bereich Drehteile zählt der Takt.",
    intro="Für Sie heißt das, Taktzeiten stabil zu halten.",
    social_proof="Musterlager senkte Suchzeiten um 30 %.",
    unsubscribe_url="https://example.org/u/abc",
)


@pytest.mark.parametrize(
    ("mrmrs", "academic_title", "firstname", "lastname", "expected"),
    [
        ("Herr", "", "Max", "Muster", "Sehr geehrter Herr Muster,"),
        ("Herr", "Dr.", "Max", "Muster", "Sehr geehrter Herr Dr. Muster,"),
        ("Herrn", "Dr.-Ing.", "", "Muster", "Sehr geehrter Herr Dr. Muster,"),
        ("Mr.", "Prof. Dr. rer. nat.", "", "Muster", "Sehr geehrter Herr Prof. Dr. Muster,"),
        ("Frau", "", "", "von der Muster", "Sehr geehrte Frau von der Muster,"),
        ("Mrs", "Dipl.-Ing.", "", "Muster", "Sehr geehrte Frau Muster,"),
        ("Frau Dr.", "", "", "Muster", "Sehr geehrte Frau Dr. Muster,"),
        ("", "", "Alex", "Muster", "Guten Tag Alex Muster,"),
        ("", "Dr.", "Alex", "Muster", "Guten Tag Dr. Alex Muster,"),
        ("Herr und Frau", "", "Alex", "Muster", "Guten Tag Alex Muster,"),
        ("Divers", "", "Alex", "Muster", "Guten Tag Alex Muster,"),
        ("", "", "", "Muster", "Guten Tag,"),
        ("Herr", "Dr.", "Max", "", "Guten Tag,"),
        ("", "", "", "", "Guten Tag,"),
    ],
)
def test_a_person_is_addressed_as_the_crm_allows(
    mrmrs: str, academic_title: str, firstname: str, lastname: str, expected: str
) -> None:
    assert salutation(mrmrs, academic_title, lastname, firstname=firstname) == expected


def test_an_e_mail_has_all_its_parts_in_order() -> None:
    assert compose(FULL) == (
        "Sehr geehrter Herr Dr. Muster,\n\n"
        "speziell im Bereich Drehteile zählt der Takt.\n\n"
        "Für Sie heißt das, Taktzeiten stabil zu halten.\n\n"
        "Musterlager senkte Suchzeiten um 30 %.\n\n"
        "Mit freundlichen Grüßen\n\n"
        "Sie möchten keine weiteren E-Mails von uns erhalten? Hier können Sie sich abmelden: https://example.org/u/abc"
    )


def test_the_first_sentence_keeps_its_capital_where_it_starts_with_a_noun_or_a_name() -> None:
    assert "\n\nMusterlager steht" in compose(EmailParts(opener="Musterlager steht für Takt."))
    assert "\n\nSie halten" in compose(EmailParts(intro="Sie halten den Takt."))


def test_nothing_but_a_greeting_and_a_sign_off_is_left_of_an_empty_e_mail() -> None:
    assert compose(EmailParts()) == "Guten Tag,\n\nMit freundlichen Grüßen"


texts = st.text(max_size=60)


@settings(deadline=None)
@given(st.builds(EmailParts, texts, texts, texts, texts, texts, texts, texts, texts))
def test_missing_and_odd_parts_leave_no_gap(parts: EmailParts) -> None:
    mail = compose(parts)
    assert "\n\n\n" not in mail
    assert mail == mail.strip()
    assert mail.splitlines()[0].rstrip().endswith(",")
