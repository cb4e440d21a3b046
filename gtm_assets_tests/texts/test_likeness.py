"""Openers of two companies are not the same sentence with another name in it: skeletons, the first one wins, the whole store."""

from __future__ import annotations

import threading
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz

from gtm_assets.texts.likeness import CUTOFF, Company, Match, Pair, Sentences, duplicate_findings, skeleton

ONE = Company(1, "Müller CNC GmbH", "Hagen", "https://mueller.example")
OTHER = Company(2, "Weber Drehtechnik AG", "Ulm", "https://weber.example")
PATTERN = (
    "Speziell bei der Serienfertigung von Drehteilen zeigt {} in {} viel Sorgfalt, und gerade dort sichern kurze "
    "Transportwege den Takt."
)
WORDS = ("ab", "cd", "ef", "gh", "ij", "kl", "mn", "op", "qr", "st")


def sentence(company: Company, **changed: str) -> str:
    text = PATTERN.format(company.name.rsplit(" ", 1)[0], company.city)
    for before, after in changed.items():
        text = text.replace(before, after)
    return text


def test_a_skeleton_has_neither_name_nor_city_nor_digits_nor_case() -> None:
    assert skeleton("Müller CNC dreht in HAGEN 35 Teile, Müllers Teile.", ONE) == ("dreht", "in", "teile", "teile")
    assert skeleton(sentence(ONE), ONE) == skeleton(sentence(OTHER), OTHER)


def test_the_same_sentence_with_another_name_is_a_duplicate_of_the_first_one() -> None:
    known = Sentences()
    assert known.claim(ONE, {"opener": sentence(ONE)}) == {}
    assert known.claim(OTHER, {"opener": sentence(OTHER)}) == {"opener": Match(1, 100.0)}
    assert len(known) == 1, "what is refused is not remembered"
    assert known.claim(ONE, {"opener": sentence(ONE)}) == {}, "a company's own sentence is no duplicate"


def test_the_second_sentence_is_compared_with_the_first_of_others() -> None:
    known = Sentences()
    known.add(ONE, [sentence(ONE)])
    other = "Der ruhige Takt weitläufiger Hallen hält Qualität und Tempo zusammen."
    assert known.claim(OTHER, {"opener": other, "opener_secondary": sentence(OTHER)}) == {
        "opener_secondary": Match(1, 100.0)
    }


def test_two_swapped_words_make_no_other_sentence_and_another_activity_does() -> None:
    known = Sentences()
    known.add(ONE, [sentence(ONE)])
    assert known.look(OTHER, {"opener": sentence(OTHER, Sorgfalt="Umsicht", kurze="knappe")})
    activity = sentence(OTHER).replace("Serienfertigung von Drehteilen", "Montage kompletter Baugruppen")
    assert known.look(OTHER, {"opener": activity}) == {}


def test_branches_of_one_company_may_carry_the_same_sentence() -> None:
    """The same name and the same website, however it is written. One of both is not enough."""
    known = Sentences()
    known.add(ONE, [sentence(ONE)])
    branch = replace(ONE, contact_id=3, name="Müller CNC GmbH & Co. KG", website="http://www.mueller.example/")
    assert known.claim(branch, {"opener": sentence(ONE)}) == {}
    assert known.look(replace(branch, website="https://anders.example"), {"opener": sentence(ONE)})
    assert known.look(replace(branch, name="Müller Handel GmbH"), {"opener": sentence(ONE)})
    nowhere = replace(ONE, website="")
    known.add(nowhere, [sentence(ONE)])
    assert known.look(replace(nowhere, contact_id=4), {"opener": sentence(ONE)})


def test_what_a_company_carries_replaces_what_it_carried() -> None:
    known = Sentences()
    known.add(ONE, [sentence(ONE)])
    known.add(ONE, ["Etwas ganz anderes steht jetzt hier im Text."])
    assert known.claim(OTHER, {"opener": sentence(OTHER)}) == {}


def test_of_many_at_the_same_moment_exactly_one_gets_the_sentence() -> None:
    known = Sentences()
    found: list[bool] = []
    start = threading.Barrier(8)

    def write(number: int) -> None:
        company = replace(OTHER, contact_id=number, website=f"https://{number}.example")
        start.wait()
        found.append(not known.claim(company, {"opener": sentence(company)}))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(10, 18)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(found) == 1


def test_a_finding_names_the_other_company_by_its_id_and_not_its_text() -> None:
    (finding,) = duplicate_findings({"opener": Match(123, 93.4)}, {"opener": "Opener"})
    assert (finding.field, finding.rule) == ("opener", "near_duplicate")
    assert finding.message.startswith("Opener: gleicht zu 93 % dem Opener von Firma 123; ")


words = st.lists(st.sampled_from(WORDS), min_size=2, max_size=12)


@settings(deadline=None, max_examples=200)
@given(st.lists(words, max_size=12))
def test_pairs_over_the_whole_store_are_those_that_comparing_each_with_each_finds(sentences: list[list[str]]) -> None:
    known = Sentences()
    for number, each in enumerate(sentences, start=1):
        known.add(Company(number, "", website=f"{number}.example"), [" ".join(each)])
    codes = {
        number: "".join(chr(200 + WORDS.index(word)) for word in each) for number, each in enumerate(sentences, start=1)
    }
    naive = {two for one, two in combinations(codes, 2) if fuzz.ratio(codes[one], codes[two]) >= CUTOFF}
    assert {pair.other for pair in known.pairs()} == naive


@pytest.mark.parametrize("at_most", [1, 5])
def test_no_more_pairs_are_told_than_asked_for(at_most: int) -> None:
    known = Sentences()
    for number in range(20):
        company = replace(OTHER, contact_id=number, website=f"https://{number}.example")
        known.add(company, [sentence(company)])
    pairs = known.pairs(at_most)
    assert len(pairs) == at_most
    assert pairs[0] == Pair(0, 1, 100.0)
