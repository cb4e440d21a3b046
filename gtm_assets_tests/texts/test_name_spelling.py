"""The company's name stands in a text as the CRM has it; ordinary words that look like it are no mistakes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtm_assets.texts.models import OpenerText
from gtm_assets.texts.name_spelling import misspelled
from gtm_assets.texts.rules import check_opener
from gtm_assets_tests.texts.samples import OPENER_INPUTS, OPENER_TEXT
from sandbox.data.samples import generate_companies, sample_companies
from sandbox.gemini.german import short_company_name

MUELLER = "Müller CNC GmbH & Co. KG"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (MUELLER, "Bei Müller CNC und bei der Müller CNC GmbH & Co. KG entstehen CNC-Teile."),
        (MUELLER, "Müllers Drehteile und die von Müller, auch Müller CNCs Frästeile"),
        ("Jungheinrich Logistiksysteme GmbH", "Jungheinrich steht für Lager, Jungheinrichs Stapler fahren."),
        (
            "Brockstedt & Vellmer Präzisionsteile GmbH",
            "Brockstedt & Vellmer, Brockstedt, Präzisionsteile und Präzision",
        ),
        ("Klinikum Auental gGmbH", "des Klinikums Auental, im Klinikum, auf der Klinikstation"),
        ("Stadtwerke Unterlindach AöR", "bei den Stadtwerken Unterlindach"),
        ("KESSENDORF WERKZEUGBAU GMBH", "bei Kessendorf Werkzeugbau"),
        ("freiraum GmbH", "Freiraum gestaltet Räume, bei freiraum"),
        ("Fischer GmbH", "das Fischen, die Fischerei und die Fische"),
        ("Becker Bäder GmbH", "Becken und Bäder für Familien"),
        ("Wiese GmbH", "auf grünen Wiesen, wiesengrün"),
        ("FRISCH AG", "frisch gebacken, Frisches"),
        ("Metall Bau Huber GmbH", "der Metallbau von Metall Bau Huber"),
        ("Harms & Töchter GmbH", "bei Harms & Töchtern, bei Harms und im Handwerk, Söhne & Töchter"),
        ("IMMER AG", "immer gut"),
        ("Muster Bad GmbH", "Mustern und Badegästen"),
        ("GmbH", "GmbH"),
        ("", "ohne Namen"),
    ],
)
def test_right_spellings_and_ordinary_words_are_no_mistakes(name: str, text: str) -> None:
    assert misspelled(text, name) == ()


@pytest.mark.parametrize(
    ("name", "wrong", "right"),
    [
        *(
            (MUELLER, wrong, "Müller CNC")
            for wrong in ("Mueller CNC", "Müler CNC", "Muller CNC", "Müller-CNC", "Müller Cnc")
        ),
        *(
            (MUELLER, wrong, "Müller CNC")
            for wrong in ("müller cnc", "MÜLLER CNC", "MüllerCNC", "Müller CNC AG", "Müller CNC GmbH")
        ),
        (MUELLER, "Mueller", "Müller"),
        (MUELLER, "Cnc-Teile", "CNC"),
        ("Müller CNC Technik GmbH", "Müller Technik", "Müller CNC Technik"),
        ("Jungheinrich Logistiksysteme GmbH", "Jungheinerich", "Jungheinrich"),
        ("Brockstedt & Vellmer Präzisionsteile GmbH", "Brockstedt und Vellmer", "Brockstedt & Vellmer"),
        ("Klinikum Auental gGmbH", "Klinik Auental", "Klinikum Auental"),
        ("Schmidt AG", "Schmitt", "Schmidt"),
        ("Harms & Töchter GmbH", "Harms & Söhne", "Harms & Töchter"),
        ("Stadtwerke Unterlindach AöR", "Stadtwerke-Unterlindach", "Stadtwerke Unterlindach"),
    ],
)
def test_a_wrong_spelling_is_told_with_the_right_one(name: str, wrong: str, right: str) -> None:
    assert misspelled(f"Die Arbeit bei {wrong} lebt von Sorgfalt.", name) == ((wrong, right),)


def test_a_word_of_the_website_is_a_word_and_no_misspelt_name() -> None:
    assert misspelled("Jeder Meister prüft.", "Meisner GmbH") == ()
    assert misspelled("Bei Meister prüft jeder.", "Meisner GmbH") == (("Meister", "Meisner"),)
    assert misspelled("Bei Meister prüft jeder.", "Meisner GmbH", known="Unser Meister Ede prüft.") == ()


def test_no_name_of_the_samples_is_a_mistake_in_itself() -> None:
    for company in (*sample_companies(), *generate_companies(200, 3)):
        for name in (company.name, short_company_name(company.name)):
            assert misspelled(f"Speziell bei {name} lebt der Alltag von Sorgfalt.", company.name) == (), company.name


def test_the_rule_names_the_right_spelling() -> None:
    text = OPENER_TEXT.opener.replace("Muster CNC", "Muster-Cnc")
    (finding,) = check_opener(OpenerText(text, None), OPENER_INPUTS)
    assert finding.rule == "company_name"
    assert "richtig: „Muster CNC“" in finding.message


@settings(deadline=None)
@given(st.text(), st.text(max_size=40))
def test_no_name_and_no_text_raises(text: str, name: str) -> None:
    misspelled(text, name)
    misspelled(f"{text} {name}", name)
