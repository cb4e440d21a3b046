"""The stand-in of Gemini: real google-genai over a socket, and German that keeps the product's own rules."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import uvicorn
from google import genai
from google.genai import errors, types
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.routing import Mount

from gtm_assets.texts.limits import limit_for
from gtm_assets.texts.models import CellInputs, CellText, Finding, OpenerInputs, OpenerText, ProductFocus, Reference
from gtm_assets.texts.prompts import build_cell_prompt, build_opener_prompt
from gtm_assets.texts.rules import check_cell, check_opener
from sandbox.data.knowledge import CAMPAIGNS, PERSONAS, VERTICALS, Campaign, Persona, Vertical
from sandbox.data.samples import SampleCompany, generate_companies, sample_companies
from sandbox.gemini.app import MODELS, SANDBOX_API_KEY, gemini_app
from sandbox.gemini.cells import cell
from sandbox.gemini.german import accusative, noun_phrase, role_address, short_company_name, with_article
from sandbox.gemini.openers import opener
from sandbox.gemini.profiles import profile
from sandbox.gemini.reading import inputs_of
from sandbox.websites.copy import INJECTION
from sandbox.websites.pages import home_paragraphs

_MODEL = MODELS[0]


class _Reply(BaseModel):
    id: str
    opener: str
    opener_secondary: str | None = None


class _Part(BaseModel):
    label: str
    count: int
    tags: list[str]


class _Unknown(BaseModel):
    part: _Part
    good: bool


@pytest.fixture
def world() -> SimpleNamespace:
    return SimpleNamespace(switches=SimpleNamespace())


@pytest.fixture
def base_url(world: SimpleNamespace) -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        app = Starlette(routes=[Mount("/gemini", gemini_app(world))])
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/gemini"
        server.should_exit = True
        thread.join()


def _client(base_url: str, key: str = SANDBOX_API_KEY, version: str | None = None) -> genai.Client:
    return genai.Client(api_key=key, http_options=types.HttpOptions(base_url=base_url, api_version=version))


@pytest.fixture
def client(base_url: str) -> Iterator[genai.Client]:
    client = _client(base_url)
    yield client
    client.close()


def _references(vertical: Vertical) -> tuple[Reference, ...]:
    return tuple(Reference(*line.split(" | ")) for line in vertical.references)


def _product(vertical: Vertical, focus: str) -> str:
    return next((line.split(": ", 1)[1] for line in vertical.products if line.startswith(focus)), "")


def _cell_inputs(persona: Persona, vertical: Vertical, campaign: Campaign | None, length: int = 199) -> CellInputs:
    return CellInputs(
        id=f"{persona.key}|{vertical.key}",
        persona_name=persona.name,
        persona_pains=persona.pains,
        persona_gains=persona.gains,
        persona_job_titles=persona.job_titles,
        vertical_name=vertical.name,
        vertical_definition=vertical.definition,
        vertical_pains=vertical.pains,
        vertical_gains=vertical.gains,
        product=_product(vertical, vertical.ops_focus),
        references=_references(vertical),
        subject_limit=limit_for("subject", length),
        intro_limit=limit_for("intro", length),
        social_proof_limit=limit_for("social_proof", length),
        campaign_name=campaign.name if campaign else "",
        campaign_brief=campaign.brief if campaign else "",
    )


def _opener_inputs(company: SampleCompany, text: str, length: int = 199) -> OpenerInputs:
    vertical = next((v for v in VERTICALS if v.key == company.vertical_key), VERTICALS[0])
    other = {"Operativ": "Infrastruktur", "Infrastruktur": "Operativ"}[company.ops_focus]
    first = ProductFocus(company.ops_focus, _product(vertical, company.ops_focus))  # type: ignore[arg-type]
    second = ProductFocus(other, _product(vertical, other))  # type: ignore[arg-type]
    return OpenerInputs(
        id="7",
        company_name=company.name,
        city=company.city,
        summary="",
        vertical_name=vertical.name,
        vertical_pains=vertical.pains,
        vertical_gains=vertical.gains,
        primary=first,
        secondary=second if second.product else None,
        website_text=text,
        opener_limit=limit_for("opener", length),
    )


def _read(user: str) -> dict[str, Any]:
    inputs = inputs_of({"contents": [{"role": "user", "parts": [{"text": user}]}]})
    assert inputs is not None
    return inputs


def _cell_text(reply: dict[str, Any]) -> CellText:
    return CellText(reply["subject"], reply["intro"], reply["social_proof"])


@pytest.mark.parametrize("vertical", VERTICALS, ids=lambda vertical: vertical.key)
def test_every_cell_keeps_all_rules_at_the_first_and_the_second_attempt(vertical: Vertical) -> None:
    others = {each.company for v in VERTICALS if v is not vertical for each in _references(v)}
    for persona in PERSONAS:
        for campaign in (None, *CAMPAIGNS):
            inputs = _cell_inputs(persona, vertical, campaign)
            first = _cell_text(cell(_read(build_cell_prompt(inputs).user)))
            assert check_cell(first, inputs, other_references=others) == (), first
            finding = Finding("intro", "too_long", "Brücke: zu lang.")
            second = _cell_text(cell(_read(build_cell_prompt(inputs, findings=(finding,), previous=first).user)))
            assert check_cell(second, inputs, other_references=others) == (), second
            assert second.intro != first.intro


def test_a_short_subject_field_is_obeyed() -> None:
    for persona in PERSONAS:
        inputs = _cell_inputs(persona, VERTICALS[0], None)
        shape = _read(build_cell_prompt(inputs).user)
        shape["limits"]["subject"] = {"max_characters": 39}
        assert len(cell(shape)["subject"]) <= 39


def test_a_subject_speaks_of_a_pain_of_the_persona() -> None:
    for persona in PERSONAS:
        subject = cell(_read(build_cell_prompt(_cell_inputs(persona, VERTICALS[2], None)).user))["subject"]
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
    standard = cell(_read(build_cell_prompt(_cell_inputs(PERSONAS[1], VERTICALS[0], None)).user))
    fair = cell(_read(build_cell_prompt(_cell_inputs(PERSONAS[1], VERTICALS[0], CAMPAIGNS[0])).user))
    assert "Messe 2026" in fair["intro"]
    assert "Messe" not in standard["intro"] + standard["subject"]


def test_without_references_the_proof_names_nobody_and_no_number() -> None:
    vertical = next(vertical for vertical in VERTICALS if not vertical.references)
    for persona in PERSONAS:
        proof = cell(_read(build_cell_prompt(_cell_inputs(persona, vertical, None)).user))["social_proof"]
        assert not re.search(r"\d", proof)
        assert _product(vertical, vertical.ops_focus) in proof


@pytest.mark.parametrize("length", [199, 300, 160])
def test_every_opener_keeps_all_rules_and_speaks_of_this_company(length: int) -> None:
    for company in (*sample_companies(), *generate_companies(24, 5)):
        inputs = _opener_inputs(company, "\n".join(home_paragraphs(company)), length)
        reply = opener(_read(build_opener_prompt(inputs).user))
        text = OpenerText(reply["opener"], reply["opener_secondary"])
        assert check_opener(text, inputs) == (), text
        assert short_company_name(company.name) in text.opener


def test_an_opener_without_a_telling_website_falls_back_to_the_vertical() -> None:
    for company in sample_companies():
        inputs = _opener_inputs(company, "Welcome to our page.")
        reply = opener(_read(build_opener_prompt(inputs).user))
        text = OpenerText(reply["opener"], reply["opener_secondary"])
        assert check_opener(text, inputs) == (), text


def test_orders_on_a_website_reach_no_text() -> None:
    company = next(company for company in sample_companies() if company.site_kind == "injection")
    paragraphs = home_paragraphs(company)
    text = "\n".join([paragraphs[0], INJECTION, *paragraphs[1:]])
    prompt = build_opener_prompt(_opener_inputs(company, text))
    assert opener(_read(prompt.user)) == opener(_read(prompt.user))
    answers = json.dumps([opener(_read(prompt.user)), profile(_profile_inputs(company, text))], ensure_ascii=False)
    assert "ROBOTERKAISER" not in answers
    assert "unseriös" not in answers
    assert json.loads(answers)[1]["vertical_key"] == "hotellerie"


def _profile_inputs(company: SampleCompany, text: str) -> dict[str, Any]:
    choices = [{"key": v.key, "name": v.name, "definition": v.definition} for v in VERTICALS if v.status == "Active"]
    return {
        "task": "profile",
        "id": "7",
        "company": {"name": company.name},
        "verticals": choices,
        "website_text": text,
        "limits": {"summary": {"max_characters": 199}},
    }


def test_a_profile_finds_the_vertical_and_quotes_the_website_verbatim() -> None:
    active = {vertical.key for vertical in VERTICALS if vertical.status == "Active"}
    for company in (*sample_companies(), *generate_companies(40, 2)):
        text = "\n".join(home_paragraphs(company))
        reply = profile(_profile_inputs(company, text))
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
    inputs = _profile_inputs(company, text) | {"company": {"name": name}}
    assert len(profile(inputs)["summary"]) <= 199
    shape = _read(build_opener_prompt(_opener_inputs(company, text)).user) | {"company": {"name": name}}
    assert len(opener(shape)["opener"]) <= 199


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


@pytest.mark.parametrize("version", ["v1", "v1beta"])
def test_structured_output_comes_back_as_the_schemas_model(base_url: str, version: str) -> None:
    company = sample_companies()[0]
    prompt = build_opener_prompt(_opener_inputs(company, "\n".join(home_paragraphs(company))))
    client = _client(base_url, version=version)
    config = types.GenerateContentConfig(
        system_instruction=prompt.system, response_mime_type="application/json", response_schema=_Reply
    )
    answers = [client.models.generate_content(model=_MODEL, contents=prompt.user, config=config) for _ in range(2)]
    client.close()
    parsed = answers[0].parsed
    assert isinstance(parsed, _Reply)
    assert parsed.id == "7"
    assert "Brockstedt" in parsed.opener
    assert answers[0].text == answers[1].text
    assert answers[0].model_version == _MODEL
    usage = answers[0].usage_metadata
    assert usage is not None
    assert usage.total_token_count == sum(
        count or 0 for count in (usage.prompt_token_count, usage.candidates_token_count, usage.thoughts_token_count)
    )


def test_without_inputs_the_schema_is_filled(client: genai.Client) -> None:
    config = types.GenerateContentConfig(response_mime_type="application/json", response_schema=_Unknown)
    assert isinstance(client.models.generate_content(model=_MODEL, contents="?", config=config).parsed, _Unknown)
    config = types.GenerateContentConfig(
        response_mime_type="application/json", response_json_schema=_Unknown.model_json_schema()
    )
    answer = client.models.generate_content(model=_MODEL, contents="?", config=config)
    assert _Unknown.model_validate_json(answer.text or "")


def test_tokens_models_and_streams_are_served(client: genai.Client) -> None:
    assert (client.models.count_tokens(model=_MODEL, contents="eins zwei drei").total_tokens or 0) > 0
    assert f"models/{_MODEL}" in [model.name for model in client.models.list()]
    chunks = [chunk.text for chunk in client.models.generate_content_stream(model=_MODEL, contents="Hallo")]
    assert chunks == ["Dies ist eine Antwort der Sandbox."]


def test_a_wrong_key_a_missing_key_and_an_ended_model_are_refused(base_url: str, client: genai.Client) -> None:
    stranger = _client(base_url, key="falsch")
    with pytest.raises(errors.ClientError) as caught:
        stranger.models.generate_content(model=_MODEL, contents="?")
    stranger.close()
    assert (caught.value.code, caught.value.status) == (400, "INVALID_ARGUMENT")
    answer = httpx.get(f"{base_url}/v1/models")
    assert (answer.status_code, answer.json()["error"]["status"]) == (403, "PERMISSION_DENIED")
    with pytest.raises(errors.ClientError) as caught:
        client.models.generate_content(model="gemini-2.5-flash", contents="?")
    assert (caught.value.code, caught.value.status) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("mode", "finish_reason"),
    [("truncated", "MAX_TOKENS"), ("invalid", "STOP"), ("empty", "STOP"), ("blocked", None)],
)
def test_spoiled_replies_parse_to_nothing(
    world: SimpleNamespace, client: genai.Client, mode: str, finish_reason: str | None
) -> None:
    world.switches.gemini_reply = mode
    config = types.GenerateContentConfig(response_mime_type="application/json", response_schema=_Reply)
    answer = client.models.generate_content(model=_MODEL, contents="?", config=config)
    assert answer.parsed is None
    if finish_reason is None:
        assert not answer.candidates
    else:
        assert answer.candidates
        assert answer.candidates[0].finish_reason == finish_reason


def test_a_careless_first_attempt_is_mended_by_the_second(world: SimpleNamespace, client: genai.Client) -> None:
    world.switches.gemini_reply = "careless"
    company = sample_companies()[0]
    inputs = _opener_inputs(company, "\n".join(home_paragraphs(company)))
    config = types.GenerateContentConfig(response_mime_type="application/json", response_schema=_Reply)

    def ask(user: str) -> OpenerText:
        parsed = client.models.generate_content(model=_MODEL, contents=user, config=config).parsed
        assert isinstance(parsed, _Reply)
        return OpenerText(parsed.opener, parsed.opener_secondary)

    first = ask(build_opener_prompt(inputs).user)
    findings = check_opener(first, inputs)
    assert {finding.rule for finding in findings} >= {"number", "claim"}
    second = ask(build_opener_prompt(inputs, findings=findings, previous=first).user)
    assert check_opener(second, inputs) == ()
