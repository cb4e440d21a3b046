"""Marketing's requirements of an opener (S0-095 to S0-104): where the prompt asks for each, and which rule finds what breaks it."""

from __future__ import annotations

import pytest

from gtm_assets.texts.limits import limit_for
from gtm_assets.texts.models import Limit, OpenerText
from gtm_assets.texts.prompts import build_opener_prompt
from gtm_assets.texts.rules import check_opener
from gtm_assets_tests.texts.samples import OPENER_INPUTS

#: Requirement, words of the prompt, a sentence that breaks it, the rule that says so. Without a sentence: nothing a rule could measure.
REQUIREMENTS = [
    (
        "S0-095 understanding of the business",
        "Ich habe verstanden, was Sie tun",
        "Muster CNC zeigt jeden Tag viel Erfahrung.",
        "no_evidence",
    ),
    (
        "S0-095 pain by a positive observation",
        "deutet den Schmerzpunkt der Branche (vertical.pains) durch eine positive Beobachtung an",
        "Die Fertigung von Drehteilen leidet bei Muster CNC unter Personalmangel.",
        "negative",
    ),
    ("S0-096 role", "exzellenter B2B-Stratege und Texter mit tiefem Verständnis für operative Prozesse", "", ""),
    ("S0-096 task", "hochgradig personalisierter, scharfsinniger und wertschätzender erster Satz", "", ""),
    (
        "S0-097 the physical activity on site",
        "Welche körperliche Tätigkeit vor Ort ist dafür kritisch",
        "Der reibungslose Alltag trägt die Zufriedenheit aller.",
        "no_evidence",
    ),
    ("S0-097 nothing that the page does not say", "Nimm nur, was website_text oder summary tatsächlich sagt", "", ""),
    ("S0-098 the lever", "Welcher Erfolgsfaktor hängt an dieser Tätigkeit", "", ""),
    (
        "S0-099 formulate",
        "Tätigkeit, Hebel und die Folge für das Geschäft in einem Satz verbinden",
        "Muster dreht. Das ist gut.",
        "sentences",
    ),
    (
        "S0-100 at least",
        "min_words und max_words zählen Wörter",
        "Die Fertigung von Drehteilen lebt vom Takt.",
        "too_few_words",
    ),
    (
        "S0-100 at most",
        "Längerer Text wird verworfen",
        "Die Fertigung von Drehteilen lebt " + "vom guten Takt " * 12 + "hier.",
        "too_many_words",
    ),
    (
        "S0-101 an elegant, active start",
        "Speziell im Bereich",
        "Auf Ihrer Website sehen wir Drehteile in Serie.",
        "weak_start",
    ),
    (
        "S0-101 not the writer",
        "Kein „Ich habe gesehen“",
        "Ich habe gesehen, dass Sie Drehteile in Serie fertigen.",
        "weak_start",
    ),
    (
        "S0-101 no question",
        "keine Frage, kein Ausrufezeichen",
        "Lebt Ihre Fertigung von Drehteilen vom Takt?",
        "weak_start",
    ),
    (
        "S0-102 activity, lever and consequence",
        "Verbinde die konkrete Tätigkeit, den Hebel und die wirtschaftliche Folge",
        "",
        "",
    ),
    (
        "S0-103 always positive",
        "WICHTIG: immer eine positive Beobachtung",
        "Leider kostet die Fertigung von Drehteilen Zeit.",
        "negative",
    ),
    ("S0-104 no numbers", "VERMEIDE konkrete Zahlen", "Der Betrieb von 35 Rutschen lebt vom Takt.", "number"),
    (
        "S0-104 nor in words",
        "VERMEIDE konkrete Zahlen",
        "Der Betrieb von fünfunddreißig Rutschen lebt vom Takt.",
        "unsupported_attribute",
    ),
    ("S0-104 abstract sizes", "weitläufige Anlagen", "", ""),
]


@pytest.mark.parametrize(
    ("asked", "sentence", "rule"), [row[1:] for row in REQUIREMENTS], ids=[row[0] for row in REQUIREMENTS]
)
def test_the_prompt_asks_for_it_and_a_rule_finds_what_breaks_it(asked: str, sentence: str, rule: str) -> None:
    assert asked in build_opener_prompt(OPENER_INPUTS).system
    if rule:
        assert rule in {finding.rule for finding in check_opener(OpenerText(sentence, None, ()), OPENER_INPUTS)}


def test_every_requirement_of_an_opener_is_in_the_table() -> None:
    assert {int(row[0][3:6]) for row in REQUIREMENTS} == set(range(95, 105))


def test_where_the_field_allows_it_an_opener_has_twenty_to_thirty_five_words() -> None:
    assert limit_for("opener", 400) == Limit(400, min_words=20, max_words=35)
    assert limit_for("opener", 199) == Limit(199, min_words=15, max_words=24)
