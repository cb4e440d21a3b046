"""The stand-in of Gemini over a socket, asked by the real google-genai: structured replies, refusals and spoiled replies."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace

import httpx
import pytest
import uvicorn
from google import genai
from google.genai import errors, types
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.routing import Mount

from gtm_assets.texts.models import OpenerText
from gtm_assets.texts.prompts import build_opener_prompt
from gtm_assets.texts.rules import check_opener
from gtm_assets_tests.sandbox.gemini_inputs import opener_inputs
from sandbox.data.samples import sample_companies
from sandbox.gemini.app import MODELS, SANDBOX_API_KEY, gemini_app
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


@pytest.mark.parametrize("version", ["v1", "v1beta"])
def test_structured_output_comes_back_as_the_schemas_model(base_url: str, version: str) -> None:
    company = sample_companies()[0]
    prompt = build_opener_prompt(opener_inputs(company, "\n".join(home_paragraphs(company))))
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
    inputs = opener_inputs(company, "\n".join(home_paragraphs(company)))
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
