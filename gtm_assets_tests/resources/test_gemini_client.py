"""The Gemini client over real sockets: what a reply may look like, what a failure says, and what is sent again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from werkzeug import Response

from gtm_assets_tests.resources.gemini_stub import (
    GOOD,
    GOOD_TEXT,
    MODEL,
    Cell,
    Gemini,
    ask,
    candidate,
    error_of,
    retry_info,
)
from resources.errors import AuthError, PermanentError, TransientError
from resources.gemini import GeminiClient
from resources.gemini.replies import parse


@pytest.fixture
def client(httpserver: HTTPServer, slept: list[float]) -> Iterator[GeminiClient]:
    made = GeminiClient(
        api_key="sample-key", base_url=httpserver.url_for("/gw"), model=MODEL, timeout=5.0, sleep=slept.append
    )
    yield made
    made.close()


def test_a_good_reply_is_a_validated_model_with_its_costs(gemini: Gemini, client: GeminiClient) -> None:
    usage = {"promptTokenCount": 100, "candidatesTokenCount": 30, "thoughtsTokenCount": 12, "totalTokenCount": 142}
    gemini.say(candidate({"text": GOOD_TEXT}, usageMetadata=usage, modelVersion="gemini-3.8-flash-001"))
    reply = ask(client)
    assert reply.parsed == Cell.model_validate(GOOD)
    assert reply.problem is None
    assert (reply.prompt_tokens, reply.output_tokens, reply.thinking_tokens) == (100, 42, 12)
    assert reply.model_version == "gemini-3.8-flash-001"
    assert reply.seconds >= 0
    assert client.calls == 1


def test_the_smallest_reply_that_google_may_send_is_understood(gemini: Gemini, client: GeminiClient) -> None:
    gemini.say({"candidates": [{"content": {"parts": [{"text": GOOD_TEXT}]}}]})
    reply = ask(client)
    assert reply.parsed is not None
    assert (reply.prompt_tokens, reply.output_tokens, reply.model_version) == (0, 0, MODEL)


def test_the_request_carries_instructions_inputs_schema_and_key(gemini: Gemini, client: GeminiClient) -> None:
    gemini.say(candidate({"text": GOOD_TEXT}))
    ask(client)
    (request,) = gemini.requests
    body = request.get_json()
    assert request.headers["x-goog-api-key"] == "sample-key"
    assert "sample-key" not in request.url
    assert request.headers["X-Server-Timeout"] == "5"
    assert body["systemInstruction"]["parts"] == [{"text": "Fixed instructions."}]
    assert body["contents"][0]["parts"] == [{"text": "<inputs>{}</inputs>"}]
    config = body["generationConfig"]
    assert config["responseMimeType"] == "application/json"
    assert config["maxOutputTokens"] == 8192
    assert list(config["responseSchema"]["properties"]) == ["id", "subject", "focus", "intro"]
    assert "temperature" not in config


def test_environment_variables_of_the_sdk_do_not_change_where_data_goes(
    gemini: Gemini, client: GeminiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    monkeypatch.setenv("GOOGLE_API_KEY", "another-key")
    gemini.say(candidate({"text": GOOD_TEXT}))
    ask(client)
    assert gemini.requests[0].headers["x-goog-api-key"] == "sample-key"


@pytest.mark.parametrize(
    "text",
    [
        f"```json\n{GOOD_TEXT}\n```",
        f"```\n{GOOD_TEXT}\n```",
        f"Hier ist der Text:\n```json\n{GOOD_TEXT}\n```\nViel Erfolg!",
        f"Gerne: {GOOD_TEXT}",
        f"  {GOOD_TEXT}\n",
    ],
)
def test_fences_and_words_around_the_json_are_forgiven(gemini: Gemini, client: GeminiClient, text: str) -> None:
    gemini.say(candidate({"text": text}))
    reply = ask(client)
    assert reply.parsed == Cell.model_validate(GOOD)
    assert reply.text == text


def test_thoughts_are_no_part_of_the_text_and_split_parts_are_joined(gemini: Gemini, client: GeminiClient) -> None:
    thought = {"text": "Ich überlege …", "thought": True}
    gemini.say(candidate(thought, {"text": GOOD_TEXT[:20]}, {"text": GOOD_TEXT[20:]}))
    reply = ask(client)
    assert reply.text == GOOD_TEXT
    assert reply.parsed is not None


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (candidate({"text": GOOD_TEXT[:30]}, finish="MAX_TOKENS"), "truncated"),
        (candidate({"text": GOOD_TEXT}, finish="MAX_TOKENS"), "truncated"),
        (candidate(finish="MAX_TOKENS"), "truncated"),
        (candidate(finish="SAFETY"), "blocked"),
        (candidate({"text": "{"}, finish="PROHIBITED_CONTENT"), "blocked"),
        (candidate(finish="RECITATION"), "blocked"),
        ({"promptFeedback": {"blockReason": "SAFETY"}}, "blocked"),
        ({"candidates": []}, "empty"),
        ({}, "empty"),
        (candidate(), "empty"),
        (candidate({"text": "   "}), "empty"),
        (candidate({"text": "nur Gedanken", "thought": True}), "empty"),
        (candidate({"text": "Das kann ich nicht."}), "invalid: no JSON"),
        (candidate({"text": GOOD_TEXT[:30]}), "invalid: no JSON"),
        (candidate({"text": '{"id": "a", "focus": "Operativ"}'}), "invalid: subject: Field required"),
        (candidate({"text": "[1, 2]"}), "invalid: reply: Input should be an object"),
    ],
)
def test_what_is_no_good_reply_has_a_name_and_no_exception(
    gemini: Gemini, client: GeminiClient, body: dict[str, Any], problem: str
) -> None:
    gemini.say(body)
    reply = ask(client)
    assert reply.parsed is None
    assert reply.problem == problem
    assert client.calls == 1


def test_wrong_types_and_too_long_texts_are_named_by_field_without_repeating_them(
    gemini: Gemini, client: GeminiClient
) -> None:
    wrong = {"id": 5, "subject": "Vertraulich " * 9, "focus": "Beides"}
    gemini.say(candidate({"text": f"```json\n{json.dumps(wrong)}\n```"}))
    problem = ask(client).problem or ""
    assert problem.startswith("invalid: id:")
    assert "subject: String should have at most 40 characters" in problem
    assert "focus:" in problem
    assert "Vertraulich" not in problem


@pytest.mark.parametrize(
    ("details", "waited"),
    [([retry_info("7s")], 7.0), ([retry_info("0.5s")], 0.5)],
)
def test_the_wait_that_google_asks_for_is_obeyed(
    gemini: Gemini, client: GeminiClient, slept: list[float], details: list[dict[str, Any]], waited: float
) -> None:
    gemini.say(error_of(429, "RESOURCE_EXHAUSTED", "quota", *details), candidate({"text": GOOD_TEXT}))
    assert ask(client).parsed is not None
    assert slept == [waited]
    assert client.calls == 2


def test_a_retry_after_header_is_obeyed_where_there_is_no_retry_info(
    gemini: Gemini, client: GeminiClient, slept: list[float]
) -> None:
    busy = error_of(503, "UNAVAILABLE")
    busy.headers["Retry-After"] = "3"
    gemini.say(busy, candidate({"text": GOOD_TEXT}))
    ask(client)
    assert slept == [3.0]


def test_a_daily_quota_is_handed_to_the_caller_instead_of_slept_through(
    gemini: Gemini, client: GeminiClient, slept: list[float]
) -> None:
    gemini.say(error_of(429, "RESOURCE_EXHAUSTED", "quota per day", retry_info("41000s")))
    with pytest.raises(TransientError) as caught:
        ask(client)
    assert caught.value.retry_after == 41000
    assert slept == []
    assert client.calls == 1


@pytest.mark.parametrize(
    "failure",
    [
        error_of(429, "RESOURCE_EXHAUSTED"),
        error_of(500, "INTERNAL"),
        error_of(503, "UNAVAILABLE"),
        error_of(504, "DEADLINE_EXCEEDED"),
        Response("<h1>Bad Gateway</h1>", status=502),
        Response("<h1>a proxy's page</h1>", status=200),
    ],
    ids=lambda response: str(response.status_code),
)
def test_an_overload_is_tried_again_and_then_transient(
    gemini: Gemini, client: GeminiClient, slept: list[float], failure: Response
) -> None:
    gemini.say(failure)
    with pytest.raises(TransientError):
        ask(client)
    assert client.calls == 3
    assert len(slept) == 2
    gemini.say(failure, candidate({"text": GOOD_TEXT}))
    assert ask(client).parsed is not None


KEY_INVALID = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}


@pytest.mark.parametrize(
    "failure",
    [
        error_of(401, "UNAUTHENTICATED"),
        error_of(403, "PERMISSION_DENIED"),
        error_of(400, "INVALID_ARGUMENT", "API key not valid.", KEY_INVALID),
    ],
    ids=lambda response: str(response.status_code),
)
def test_a_refused_key_is_an_auth_error_that_never_shows_it(
    gemini: Gemini, client: GeminiClient, failure: Response
) -> None:
    gemini.say(failure)
    with pytest.raises(AuthError, match="GEMINI_API_KEY") as caught:
        ask(client)
    assert "sample-key" not in str(caught.value)
    assert client.calls == 1


def test_a_model_that_is_gone_is_permanent_and_names_the_variable(gemini: Gemini, client: GeminiClient) -> None:
    gemini.say(error_of(404, "NOT_FOUND", "models/x is not found"))
    with pytest.raises(PermanentError, match="GEMINI_MODEL") as caught:
        ask(client)
    assert caught.value.status == 404
    assert client.calls == 1


def test_a_refused_request_is_permanent_and_sent_once(gemini: Gemini, client: GeminiClient) -> None:
    gemini.say(error_of(400, "INVALID_ARGUMENT", "unknown field"))
    with pytest.raises(PermanentError, match="unknown field"):
        ask(client)
    assert client.calls == 1


def test_a_missing_key_says_so_before_anything_is_sent() -> None:
    client = GeminiClient(api_key="", base_url="http://127.0.0.1:9", model=MODEL)
    with pytest.raises(AuthError, match="GEMINI_API_KEY"):
        ask(client)


def test_the_seconds_are_those_of_the_answer_not_of_the_waiting(httpserver: HTTPServer, gemini: Gemini) -> None:
    ticks = iter(range(0, 1000, 5))
    client = GeminiClient(
        api_key="k",
        base_url=httpserver.url_for("/gw"),
        model=MODEL,
        sleep=lambda seconds: None,
        clock=lambda: float(next(ticks)),
    )
    gemini.say(error_of(503, "UNAVAILABLE"), candidate({"text": GOOD_TEXT}))
    assert ask(client).seconds == 5.0
    client.close()


def test_a_closed_client_can_be_used_again(gemini: Gemini, client: GeminiClient) -> None:
    gemini.say(candidate({"text": GOOD_TEXT}))
    ask(client)
    client.close()
    client.close()
    assert ask(client).parsed is not None


@given(st.text(max_size=200))
def test_any_text_is_either_parsed_or_named_invalid(text: str) -> None:
    parsed, problem = parse(text, Cell)
    assert (parsed is None) == (problem is not None)


@given(before=st.text(alphabet="abc ,.:!\n", max_size=30), after=st.text(alphabet="abc ,.:!\n", max_size=30))
def test_words_around_the_object_never_change_what_is_read(before: str, after: str) -> None:
    assert parse(f"{before}{GOOD_TEXT}{after}", Cell)[0] == Cell.model_validate(GOOD)
