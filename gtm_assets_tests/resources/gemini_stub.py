"""Gemini for tests of its client: a recording stand-in, the replies and errors it may say, and a caller with the client's patience."""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import BaseModel, Field
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from resources.gemini import GeminiClient, ModelReply

MODEL = "gemini-3.8-flash"
PATH = f"/gw/v1/models/{MODEL}:generateContent"


class Cell(BaseModel):
    id: str
    subject: str = Field(max_length=40)
    focus: Literal["Operativ", "Infrastruktur"]
    intro: str | None = None


GOOD = {"id": "p|v", "subject": "Weniger Stillstand", "focus": "Operativ", "intro": None}
GOOD_TEXT = json.dumps(GOOD)


class Gemini:
    """A recording stand-in: answers one after the other, the last one for ever."""

    def __init__(self, server: HTTPServer) -> None:
        self.answers: list[Response] = []
        self.requests: list[Request] = []
        server.expect_request(PATH, method="POST").respond_with_handler(self._answer)

    def say(self, *answers: Response | dict[str, Any]) -> None:
        self.answers = [one if isinstance(one, Response) else reply_of(one) for one in answers]

    def _answer(self, request: Request) -> Response:
        request.get_data()
        self.requests.append(request)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def reply_of(body: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(body), status=status, content_type="application/json")


def candidate(*parts: dict[str, Any], finish: str | None = "STOP", **extra: Any) -> dict[str, Any]:
    content = {"role": "model", "parts": list(parts)}
    return {"candidates": [{"content": content, "index": 0, **({"finishReason": finish} if finish else {})}], **extra}


def error_of(status: int, name: str, message: str = "sample message", *details: dict[str, Any]) -> Response:
    error = {"code": status, "message": message, "status": name, "details": list(details)}
    return reply_of({"error": error}, status)


def retry_info(delay: str) -> dict[str, Any]:
    return {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}


def ask(client: GeminiClient) -> ModelReply[Cell]:
    """As whoever asks does: with the client's patience."""
    for attempt in client.patience():
        with attempt:
            return client.generate(
                system="Fixed instructions.", user="<inputs>{}</inputs>", schema=Cell, max_output_tokens=8192
            )
    raise AssertionError("the last attempt raises")
