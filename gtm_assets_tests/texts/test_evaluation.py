"""The rules against sentences that were written apart from them: what they find, what they find wrongly, and which they miss."""

from __future__ import annotations

import pytest

from gtm_assets_tests.texts.evaluation import FOLDER, KINDS, SETS, Kind, figures, judged, misses


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_a_hundred_good_and_a_hundred_bad_sentences(kind: Kind) -> None:
    found = figures(kind, *SETS)
    assert found.good >= 100
    assert found.bad >= 100
    texts = [each.text for which in SETS for each in judged(kind, which)]
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize("kind", KINDS)
def test_violations_are_found_and_good_sentences_are_left_alone(kind: Kind) -> None:
    found = figures(kind, *SETS)
    assert found.recall >= 0.98
    assert found.false_alarms <= 0.02


def test_what_is_judged_wrongly_is_listed() -> None:
    assert (FOLDER / "MISSES.md").read_text(encoding="utf-8") == misses()
