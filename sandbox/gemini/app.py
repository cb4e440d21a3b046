"""Gemini's HTTP for the stand-in: generateContent, streamGenerateContent, countTokens, models; what google-genai 3.4 sends.

``world.switches.gemini_reply``, where the world has it, spoils the replies (``spoiling``) or their form: "invalid", "truncated", "blocked",
"empty". What belongs elsewhere: the sentences (``cells``, ``openers``, ``profiles``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.gemini.cells import cell
from sandbox.gemini.openers import opener
from sandbox.gemini.profiles import profile
from sandbox.gemini.reading import inputs_of, user_text
from sandbox.gemini.schema import filled, shaped
from sandbox.gemini.spoiling import spoilt

SANDBOX_API_KEY = "sandbox-gemini-key"
MODELS = ("gemini-3.8-flash", "gemini-3.7-flash", "gemini-3.6-flash", "gemini-3.5-flash", "gemini-3.5-flash-lite")
# Listed like the others; they write no texts.
EMBEDDING_MODELS = ("gemini-embedding-001",)
_CHARACTERS_PER_TOKEN = 4
_THOUGHT_TOKENS = 24
_TASKS: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {"cell": cell, "opener": opener, "profile": profile}


class GeminiProblemError(Exception):
    """A request that Gemini would refuse, with Google's status word."""

    def __init__(self, code: int, status: str, message: str, details: list[dict[str, Any]] | None = None) -> None:
        super().__init__(message)
        self.body = {"error": {"code": code, "message": message, "status": status, "details": details or []}}
        self.code = code


def gemini_app(world: Any) -> Starlette:
    """The app for ``/gemini``. ``world.gemini_api_key`` is the key, if it is not the default."""

    async def list_models(request: Request) -> Response:
        return _guarded(
            world, request, lambda: {"models": [_model_json(name) for name in (*MODELS, *EMBEDDING_MODELS)]}
        )

    async def get_model(request: Request) -> Response:
        name = request.path_params["model"]
        return _guarded(world, request, lambda: _model_json(_known_model(request, name, (*MODELS, *EMBEDDING_MODELS))))

    async def call(request: Request) -> Response:
        body = await request.body()
        model, _, action = request.path_params["call"].partition(":")
        answer = _guarded(world, request, lambda: _act(world, _known_model(request, model), action, body))
        if action == "streamGenerateContent" and answer.status_code == 200:
            return Response(b"data: " + bytes(answer.body) + b"\r\n\r\n", media_type="text/event-stream")
        return answer

    return Starlette(
        routes=[
            Route("/{version:str}/models", list_models, methods=["GET"]),
            Route("/{version:str}/models/{model:str}", get_model, methods=["GET"]),
            Route("/{version:str}/models/{call:str}", call, methods=["POST"]),
        ]
    )


def _guarded(world: Any, request: Request, action: Callable[[], dict[str, Any]]) -> JSONResponse:
    try:
        _check_key(world, request)
        _check_version(request)
        return JSONResponse(action())
    except GeminiProblemError as problem:
        return JSONResponse(problem.body, status_code=problem.code)


def _check_version(request: Request) -> None:
    if request.path_params["version"] not in {"v1", "v1beta"}:
        raise GeminiProblemError(404, "NOT_FOUND", "Requested entity was not found.")


def _check_key(world: Any, request: Request) -> None:
    key = request.headers.get("x-goog-api-key") or request.query_params.get("key")
    if not key:
        raise GeminiProblemError(
            403,
            "PERMISSION_DENIED",
            "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or "
            "other form of API consumer identity to call this API.",
        )
    if key != getattr(world, "gemini_api_key", SANDBOX_API_KEY):
        reason = {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "API_KEY_INVALID",
            "domain": "googleapis.com",
        }
        raise GeminiProblemError(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", [reason])


def _known_model(request: Request, model: str, among: Sequence[str] = MODELS) -> str:
    if model not in among:
        raise GeminiProblemError(
            404,
            "NOT_FOUND",
            f"models/{model} is not found for API version {request.path_params['version']}, or is not supported for "
            "generateContent. Call ListModels to see the list of available models and their supported methods.",
        )
    return model


def _model_json(name: str) -> dict[str, Any]:
    return {
        "name": f"models/{name}",
        "displayName": f"{name} (Sandbox)",
        "inputTokenLimit": 1_048_576,
        "outputTokenLimit": 65_536,
        "supportedGenerationMethods": [
            "embedContent" if name in EMBEDDING_MODELS else "generateContent",
            "countTokens",
        ],
    }


def _act(world: Any, model: str, action: str, body: bytes) -> dict[str, Any]:
    try:
        request = json.loads(body or b"{}")
    except ValueError as error:
        raise GeminiProblemError(400, "INVALID_ARGUMENT", "Invalid JSON payload received.") from error
    if action == "countTokens":
        inner = request.get("generateContentRequest") or request
        return {"totalTokens": _tokens(_prompt_text(inner))}
    if action not in {"generateContent", "streamGenerateContent"}:
        raise GeminiProblemError(404, "NOT_FOUND", f"Method {action} is not served by the sandbox.")
    if not request.get("contents"):
        raise GeminiProblemError(
            400, "INVALID_ARGUMENT", "* GenerateContentRequest.contents: contents is not specified"
        )
    return _generate(world, model, request)


def _generate(world: Any, model: str, request: Mapping[str, Any]) -> dict[str, Any]:
    config = request.get("generationConfig") or {}
    schema = config.get("responseJsonSchema") or config.get("responseSchema")
    wants_json = config.get("responseMimeType") == "application/json"
    if schema and not wants_json:
        raise GeminiProblemError(
            400, "INVALID_ARGUMENT", "Response schema is only supported with response_mime_type application/json."
        )
    inputs = inputs_of(request)
    text = _reply_text(inputs, schema) if wants_json else _plain_text(inputs)
    mode = str(getattr(getattr(world, "switches", None), "gemini_reply", "good"))
    if mode == "blocked":
        return _envelope(model, request, None, "") | {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}
    if mode == "empty":
        return _envelope(model, request, "STOP", "")
    if mode == "invalid":
        text = f"Hier ist das Ergebnis:\n{text[: len(text) // 2]}"
    text = spoilt(text, mode, again=bool((inputs or {}).get("findings")))
    limit = config.get("maxOutputTokens")
    if mode == "truncated" or (limit and _tokens(text) > limit):
        keep = int(limit) * _CHARACTERS_PER_TOKEN if limit else len(text) // 2
        return _envelope(model, request, "MAX_TOKENS", text[: min(keep, len(text) - 1)])
    return _envelope(model, request, "STOP", text)


def _reply_text(inputs: Mapping[str, Any] | None, schema: Mapping[str, Any] | None) -> str:
    task = _TASKS.get(str((inputs or {}).get("task")))
    if inputs is None or task is None:
        answer = filled(schema) if schema else {}
    else:
        composed = task(inputs)
        answer = shaped(schema, composed) if schema else composed
    return json.dumps(answer, ensure_ascii=False)


def _plain_text(inputs: Mapping[str, Any] | None) -> str:
    task = _TASKS.get(str((inputs or {}).get("task")))
    if inputs is None or task is None:
        return "Dies ist eine Antwort der Sandbox."
    return "\n".join(str(value) for name, value in task(inputs).items() if name != "id" and value)


def _prompt_text(request: Mapping[str, Any]) -> str:
    instruction = request.get("systemInstruction") or request.get("system_instruction") or {}
    system = "".join(str(part.get("text") or "") for part in instruction.get("parts") or ())
    return system + user_text(request)


def _tokens(text: str) -> int:
    return max(1, len(text) // _CHARACTERS_PER_TOKEN) if text else 0


def _envelope(model: str, request: Mapping[str, Any], finish_reason: str | None, text: str) -> dict[str, Any]:
    prompt, output = _tokens(_prompt_text(request)), _tokens(text)
    usage = {
        "promptTokenCount": prompt,
        "candidatesTokenCount": output,
        "thoughtsTokenCount": _THOUGHT_TOKENS if finish_reason else 0,
        "totalTokenCount": prompt + output + (_THOUGHT_TOKENS if finish_reason else 0),
    }
    candidate = {
        "content": {"role": "model", **({"parts": [{"text": text}]} if text else {})},
        "finishReason": finish_reason,
        "index": 0,
    }
    digest = hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
    return {
        **({"candidates": [candidate]} if finish_reason else {}),
        "usageMetadata": usage,
        "modelVersion": model,
        "responseId": digest[:22],
    }
