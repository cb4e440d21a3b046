"""What the stand-in of Gemini writes: German that keeps the product's own rules, whatever the inputs are."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtm_assets.texts.likeness import Company, Sentences
from gtm_assets.texts.models import Finding, OpenerInputs, OpenerText
from gtm_assets.texts.prompts import build_cell_prompt, build_opener_prompt
from gtm_assets.texts.replies import OpenerReply, accept_opener
from gtm_assets.texts.rules import check_cell, check_opener
from gtm_assets_tests.sandbox.gemini_inputs import (
    cell_inputs,
    cell_text,
    opener_inputs,
    product_of,
    profile_inputs,
    read_prompt,
    references_of,
)
from sandbox.data.knowledge import CAMPAIGNS, PERSONAS, VERTICALS, Vertical
from sandbox.data.samples import generate_companies, sample_companies
from sandbox.gemini.cells import cell
from sandbox.gemini.german import short_company_name
from sandbox.gemini.openers import opener
from sandbox.gemini.profiles import profile
from sandbox.websites.copy import INJECTION
from sandbox.websites.pages import home_paragraphs


@pytest.mark.parametrize("vertical", VERTICALS, ids=lambda vertical: vertical.key)
def test_every_cell_keeps_all_rules_at_the_first_and_the_second_attempt(vertical: Vertical) -> None:
    others = {each.company for v in VERTICALS if v is not vertical for each in references_of(v)}
    for persona in PERSONAS:
        for campaign in (None, *CAMPAIGNS):
            inputs = cell_inputs(persona, vertical, campaign)
            first = cell_text(cell(read_prompt(build_cell_prompt(inputs).user)))
            assert check_cell(first, inputs, other_references=others) == (), first
            finding = Finding("intro", "too_long", "Brücke: zu lang.")
            second = cell_text(cell(read_prompt(build_cell_prompt(inputs, findings=(finding,), previous=first).user)))
            assert check_cell(second, inputs, other_references=others) == (), second
            assert second.intro != first.intro


def test_a_short_subject_field_is_obeyed() -> None:
    for persona in PERSONAS:
        inputs = cell_inputs(persona, VERTICALS[0], None)
        shape = read_prompt(build_cell_prompt(inputs).user)
        shape["limits"]["subject"] = {"max_characters": 39}
        assert len(cell(shape)["subject"]) <= 39


def test_a_subject_speaks_of_a_pain_of_the_persona() -> None:
    for persona in PERSONAS:
        subject = cell(read_prompt(build_cell_prompt(cell_inputs(persona, VERTICALS[2], None)).user))["subject"]
        assert any(pain.removeprefix("eine ")[1:] in subject for pain in persona.pains), subject


@given(
    pains=st.lists(st.text(max_size=60), max_size=3),
    gains=st.lists(st.text(max_size=60), max_size=3),
    references=st.lists(st.text(max_size=60), max_size=2),
    limit=st.integers(20, 250),
)
def test_whatever_marketing_writes_the_limits_hold(
    pains: list[str], gains: list[str], references: list[str], limit: int
) -> None:
    inputs = {
        "task": "cell",
        "id": "a|b",
        "persona": {"name": "Produktionsleiter", "pains": pains, "gains": gains},
        "vertical": {"name": "Maschinenbau", "pains": pains, "gains": gains, "product": "", "references": references},
        "campaign": None,
        "limits": {name: {"max_characters": limit} for name in ("subject", "intro", "social_proof")},
    }
    reply = cell(inputs)
    assert reply == cell(inputs)
    assert all(len(reply[name]) <= limit for name in ("subject", "intro", "social_proof"))


def test_a_campaign_is_spoken_of_in_its_own_text_only() -> None:
    standard = cell(read_prompt(build_cell_prompt(cell_inputs(PERSONAS[1], VERTICALS[0], None)).user))
    fair = cell(read_prompt(build_cell_prompt(cell_inputs(PERSONAS[1], VERTICALS[0], CAMPAIGNS[0])).user))
    assert "Messe 2026" in fair["intro"]
    assert "Messe" not in standard["intro"] + standard["subject"]


def test_without_references_the_proof_names_nobody_and_no_number() -> None:
    vertical = next(vertical for vertical in VERTICALS if not vertical.references)
    for persona in PERSONAS:
        proof = cell(read_prompt(build_cell_prompt(cell_inputs(persona, vertical, None)).user))["social_proof"]
        assert not re.search(r"\d", proof)
        assert product_of(vertical, vertical.ops_focus) in proof


def written(inputs: OpenerInputs, *findings: Finding | OpenerText) -> OpenerText:
    """What the stand-in writes; with a finding and the text that it is about, the second attempt."""
    told = [each for each in findings if isinstance(each, Finding)]
    previous = next((each for each in findings if isinstance(each, OpenerText)), None)
    reply = opener(read_prompt(build_opener_prompt(inputs, findings=told, previous=previous).user))
    accepted = accept_opener(OpenerReply.model_validate(reply), inputs)
    assert isinstance(accepted, OpenerText)
    return accepted


@pytest.mark.parametrize("length", [199, 300, 160])
def test_every_opener_keeps_all_rules_and_speaks_of_this_company(length: int) -> None:
    for company in (*sample_companies(), *generate_companies(24, 5)):
        inputs = opener_inputs(company, "\n".join(home_paragraphs(company)), length)
        text = written(inputs)
        assert check_opener(text, inputs) == (), text
        assert short_company_name(company.name) in text.opener


def test_no_two_sample_companies_get_the_same_sentence() -> None:
    """At the first attempt: what the forty cost can be told beforehand."""
    known = Sentences()
    for number, company in enumerate(sample_companies(), start=1):
        inputs = replace(opener_inputs(company, "\n".join(home_paragraphs(company))), id=str(number))
        sentences = {field: text for field, text in written(inputs).content.items() if text}
        place = Company(number, company.name, company.city, company.slug)
        assert known.claim(place, sentences) == {}, (company.slug, sentences)


def test_a_second_attempt_after_a_duplicate_is_another_sentence_and_leaves_the_other_one_alone() -> None:
    for company in sample_companies():
        inputs = opener_inputs(company, "\n".join(home_paragraphs(company)))
        first = written(inputs)
        finding = Finding("opener", "near_duplicate", "Opener: gleicht zu 93 % dem Opener von Firma 123.")
        second = written(inputs, finding, first)
        assert check_opener(second, inputs) == (), second
        place = Company(1, company.name, company.city)
        known = Sentences()
        known.add(Company(2, company.name, company.city), [first.opener])
        assert known.look(place, {"opener": second.opener}) == {}, (first.opener, second.opener)


def test_an_opener_without_a_telling_website_falls_back_to_the_vertical() -> None:
    for company in sample_companies():
        inputs = opener_inputs(company, "Welcome to our page.")
        text = written(inputs)
        assert check_opener(replace(text, evidence=None), inputs) == (), text
        assert text.evidence == (), "nothing is invented"
        assert {finding.rule for finding in check_opener(text, inputs)} == {"no_evidence"}


def test_orders_on_a_website_reach_no_text() -> None:
    company = next(company for company in sample_companies() if company.site_kind == "injection")
    paragraphs = home_paragraphs(company)
    text = "\n".join([paragraphs[0], INJECTION, *paragraphs[1:]])
    prompt = build_opener_prompt(opener_inputs(company, text))
    assert opener(read_prompt(prompt.user)) == opener(read_prompt(prompt.user))
    answers = json.dumps([opener(read_prompt(prompt.user)), profile(profile_inputs(company, text))], ensure_ascii=False)
    assert "ROBOTERKAISER" not in answers
    assert "unseriös" not in answers
    assert json.loads(answers)[1]["vertical_key"] == "hotellerie"


def test_a_profile_finds_the_vertical_and_quotes_the_website_verbatim() -> None:
    active = {vertical.key for vertical in VERTICALS if vertical.status == "Active"}
    for company in (*sample_companies(), *generate_companies(40, 2)):
        text = "\n".join(home_paragraphs(company))
        reply = profile(profile_inputs(company, text))
        expected = company.vertical_key if company.vertical_key in active else "unknown"
        assert reply["vertical_key"] == expected, company.slug
        assert reply["ops_focus"] == company.ops_focus, company.slug
        assert all(quote in text and len(quote.split()) >= 3 for quote in reply["evidence"])
        assert bool(reply["evidence"]) is (expected != "unknown")
        assert 0 < len(reply["summary"]) <= 199
        assert not re.search(r"\d", reply["summary"])


@given(text=st.text(max_size=300), name=st.text(max_size=40))
def test_any_website_and_any_name_get_an_answer_within_the_limits(text: str, name: str) -> None:
    company = sample_companies()[0]
    inputs = profile_inputs(company, text) | {"company": {"name": name}}
    assert len(profile(inputs)["summary"]) <= 199
    shape = read_prompt(build_opener_prompt(opener_inputs(company, text)).user) | {"company": {"name": name}}
    assert len(opener(shape)["opener"]) <= 199
