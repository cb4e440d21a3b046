"""Each rule of an opener passes on a good sentence and fails on a bad one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gtm_assets.texts.models import Finding, OpenerText
from gtm_assets.texts.rules import check_opener
from gtm_assets_tests.texts.samples import OPENER_INPUTS, OPENER_TEXT


def rules_of(findings: tuple[Finding, ...]) -> set[tuple[str, str]]:
    return {(finding.field, finding.rule) for finding in findings}


def opener_findings(text: str) -> set[str]:
    """The rules that fail for a single opener."""
    return {finding.rule for finding in check_opener(OpenerText(text, None), replace(OPENER_INPUTS, secondary=None))}


def test_the_worked_example_of_marketing_breaks_no_rule_but_length() -> None:
    """It is shorter than is asked for."""
    example = (
        "Die präzise Just-in-Time-Fertigung von Müller CNC erfordert einen reibungslosen "
        "Materialfluss ohne Mikrostillstände."
    )
    assert opener_findings(example) == {"too_few_words"}


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (
            "number",
            (
                "Der reibungslose Betrieb von 35 Rutschen hält Gäste im Bad und sichert damit den "
                "guten Ruf des ganzen Hauses."
            ),
        ),
        (
            "number",
            (
                "Der reibungslose Betrieb weitläufiger Anlagen seit 1950 hält Gäste im Bad und "
                "sichert den guten Ruf des Hauses."
            ),
        ),
        (
            "negative",
            (
                "Speziell im Bereich der Pflege führt der Personalmangel dazu, dass für Patienten "
                "auf jeder Station weniger Zeit bleibt."
            ),
        ),
        (
            "negative",
            (
                "Leider hängt der reibungslose Betrieb weitläufiger Anlagen an vielen Händen, die "
                "im Alltag auf jeder Station gebraucht sind."
            ),
        ),
        (
            "negative",
            (
                "Die Fertigung in Serie verlangt Aufmerksamkeit, weil jeder Engpass an der Linie "
                "sofort die ganze Lieferkette Ihres Hauses trifft."
            ),
        ),
        (
            "sentences",
            (
                "Der reibungslose Betrieb weitläufiger Anlagen hält Gäste im Bad. Er sichert damit "
                "den guten Ruf des ganzen Hauses."
            ),
        ),
        ("too_few_words", "Der reibungslose Betrieb hält Gäste im Bad."),
        ("too_many_words", "Der gute und so " + "sehr " * 21 + "ruhige Takt hält."),
        (
            "unfinished",
            (
                "Der reibungslose Betrieb weitläufiger Anlagen hält Gäste im Bad und sichert damit "
                "den guten Ruf des ganzen"
            ),
        ),
        (
            "informal",
            (
                "Der reibungslose Betrieb deiner weitläufigen Anlagen hält Gäste im Bad und sichert "
                "damit den guten Ruf des Hauses."
            ),
        ),
        (
            "unknown_reference",
            (
                "Der reibungslose Betrieb der Fremdbau GmbH hält Gäste im Bad und sichert damit den "
                "guten Ruf des ganzen Hauses."
            ),
        ),
        (
            "not_german",
            (
                "The smooth operation of your wide premises keeps guests in the pool and secures "
                "the good name of the house."
            ),
        ),
    ],
)
def test_a_bad_opener_fails_its_rule(rule: str, text: str) -> None:
    assert rule in opener_findings(text)


@pytest.mark.parametrize(
    "text",
    [
        (
            "Speziell im Bereich weitläufiger Freizeitanlagen trägt der reibungslose Betrieb jeder "
            "Attraktion das Erlebnis, für das Gäste gerne wiederkommen."
        ),
        (
            "Die fehlerfreie und ausfallsichere Montage in Ihrer Fertigung trägt die Liefertreue, "
            "auf die sich große Hersteller seit Generationen verlassen."
        ),
        (
            "Wo Backwaren ohne jeden Stillstand frisch aus dem Ofen kommen, wird ein sauberer "
            "Hallenboden zur Grundlage der Qualität."
        ),
        (
            "Die sorgfältige Pflege auf jeder Station lebt davon, dass Wege kurz bleiben und die "
            "Hände am Bett bei den Menschen sind."
        ),
    ],
)
def test_a_good_opener_has_no_findings(text: str) -> None:
    assert opener_findings(text) == set()


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"negative"}, "trotz mancher Maschinenstörung"),
        ({"negative"}, "trotz der Ausfälle"),
        (set(), "ohne lange Maschinenausfälle"),
        (set(), "mit ihrer Störungsvermeidung"),
        (set(), "mit ihrer Ausfallsicherheit"),
        ({"negative"}, "mit ihrer Fehlerlosigkeit nach jedem Stillstand"),
    ],
)
def test_a_negative_word_is_none_behind_a_negation_or_with_a_good_ending(rules: set[str], words: str) -> None:
    text = f"Die Montage in Ihrer Fertigung trägt {words} die Liefertreue, auf die sich Hersteller in jeder Schicht verlassen."
    assert opener_findings(text) == rules


def test_the_companys_own_name_breaks_no_rule() -> None:
    """Digits, informal words and negative words may be part of a name."""
    for name in ("Studio 24 GmbH", "Hotel Du Nord", "Störung & Partner GmbH", "Problemlöser AG"):
        inputs = replace(OPENER_INPUTS, company_name=name, secondary=None)
        text = (
            f"Bei {name} entsteht jeden Tag ein Betrieb, dessen Ruhe und Sorgfalt die "
            f"Zufriedenheit der Gäste und Kunden trägt."
        )
        assert check_opener(OpenerText(text, None), inputs) == ()


def test_equal_openers_are_a_finding_whatever_their_case_and_punctuation() -> None:
    twin = OpenerText(OPENER_TEXT.opener, OPENER_TEXT.opener.replace(",", " –").replace("Serie", "serie"))
    assert ("opener_secondary", "same_openers") in rules_of(check_opener(twin, OPENER_INPUTS))


def test_the_second_opener_keeps_the_same_rules() -> None:
    bad = replace(OPENER_TEXT, opener_secondary="Zu kurz.", evidence=None)
    assert rules_of(check_opener(bad, OPENER_INPUTS)) == {("opener_secondary", "too_few_words")}
