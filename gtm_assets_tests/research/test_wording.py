"""Measurements on German texts."""

from __future__ import annotations

import pytest

from gtm_assets.research.wording import (
    Number,
    breaks_off,
    crm_length,
    has_digits,
    is_finished,
    is_german,
    numbers,
    sentence_count,
    strange_characters,
    words,
)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        (" – ", 0),
        ("Ein Satz.", 1),
        ("Ein Satz ohne Punkt", 1),
        ("Ein Satz, z. B. Wege, ca. Stunden, inkl. Pausen bei Dr. Muster.", 1),
        ("Die Muster GmbH & Co. KG nutzt Roboter.", 1),
        ("Der 1. Platz bleibt.", 1),
        ("Ein Satz. Noch einer.", 2),
        ("Ein Satz! Noch einer? Ja.", 3),
        ("Ein Satz.Noch einer.", 2),
    ],
)
def test_sentences_are_counted_and_abbreviations_are_not(text: str, count: int) -> None:
    assert sentence_count(text) == count


def test_a_dash_is_no_word() -> None:
    assert len(words("Wege – kurz und gut")) == 4


def test_a_character_beyond_the_first_plane_counts_twice_and_half_a_pair_once() -> None:
    assert crm_length("aä𝐁\ud800") == 5


@pytest.mark.parametrize(
    ("text", "finished"), [("Satz.", True), ("Satz.“", True), ("Satz", False), ("Satz …", False), ("Satz...", False)]
)
def test_only_a_whole_sentence_is_finished(text: str, finished: bool) -> None:
    assert is_finished(text) is finished


@pytest.mark.parametrize(
    "text",
    [
        "Für Sie in der Produktion heißt das, Taktzeiten stabil zu halten.",
        "Taktzeiten stabil halten",
        "OEE im Griff",
        "Kürzere Suchzeiten, stabiler Takt",
        "Internet of Things und Time-to-Market in der Fertigung verbinden",
        "Effizienz",
        "Frühling: fehlende Leistungsnachweise vermeiden",
    ],
)
def test_german_is_recognised(text: str) -> None:
    assert is_german(text)


@pytest.mark.parametrize(
    "text",
    [
        "Keep your takt times stable with our robots and free your people.",
        "Reduce downtime, boost output",
        "Stop the downtime",
        "Nous aidons les usines avec une solution pour la production.",
        "Los robots para sus operarios con una red de servicio.",
    ],
)
def test_another_language_is_not_german(text: str) -> None:
    assert not is_german(text)


def test_numbers_are_compared_with_their_unit_and_without_thousands_separators() -> None:
    assert numbers("1.200 Wege und 30 % weniger, 2,5 Prozent") == {
        Number("1200", unit="…"),
        Number("30", unit="%"),
        Number("2,5", unit="%"),
    }
    assert numbers("30 Tage") != numbers("30 %")


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        (Number("30"), Number("30"), True),
        (Number("30"), Number("30", "Tage"), True),
        (Number("30", "Tage"), Number("30", "Stunden"), False),
        (Number("30"), Number("30", "%"), False),
        (Number("30"), Number("31"), False),
    ],
)
def test_numbers_agree_where_they_may_mean_the_same(one: Number, other: Number, agree: bool) -> None:
    assert one.agrees(other) is agree
    assert other.agrees(one) is agree


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("Kürzere Wege für die", True),
        ("Kürzere Wege,", True),
        ("Kürzere Wege trotz dichter", True),
        ("Weil Ihre Teams täglich kehren müssen.", True),
        ("Weil Ihre Teams täglich kehren, bleibt der Boden sauber.", False),
        ("Was dazu beiträgt", False),
        ("Kürzere Wege für alle", False),
    ],
)
def test_a_text_that_breaks_off_is_told_by_its_last_word(text: str, broken: bool) -> None:
    assert breaks_off(text) is broken


def test_digits_of_every_kind_are_digits() -> None:
    assert has_digits("ein ½ Tag")
    assert not has_digits("weitläufige Anlagen")


def test_usual_german_signs_are_ordinary_and_others_are_listed_once() -> None:
    assert strange_characters("„Über 30 % – Größe“, m² & Müller’s Café …") == ()
    assert strange_characters("a\u200bb\u200b🙂\ud800\x00ж") == ("\u200b", "🙂", "\ud800", "\x00", "ж")
