"""A Notion that answers what a test tells it to, below the real SDK: the transport is the seam."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from resources.notion import NotionClient, NotionColumn, NotionSource
from resources.notion.pace import Limiter

STUB_SOURCE = NotionSource("db1", "ds1", "Reviews", {"Name": NotionColumn("Name", "title")})

Answer = httpx.Response | httpx.HTTPError | Mapping[str, Any]


class Stub:
    """Gives its answers one after the other, the last one for ever, and keeps the requests."""

    def __init__(self, limiter: Limiter | None = None) -> None:
        self.answers: list[Answer] = []
        self.requests: list[httpx.Request] = []
        self.slept: list[float] = []
        self.client = NotionClient(
            token="secret_sample",
            base_url=None,
            sleep=self.slept.append,
            transport=httpx.MockTransport(self._answer),
            limiter=limiter,
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, httpx.HTTPError):
            raise answer
        if isinstance(answer, httpx.Response):
            return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)
        return httpx.Response(200, json=answer)


def page(page_id: str, **extra: Any) -> dict[str, Any]:
    """A page of ``STUB_SOURCE``."""
    return {
        "object": "page",
        "id": page_id,
        "url": f"https://notion.example/{page_id}",
        "parent": {"type": "data_source_id", "data_source_id": "ds1"},
        "last_edited_time": "2026-07-04T08:09:00.000Z",
        "properties": {"Name": {"id": "title", "type": "title", "title": [{"plain_text": page_id}]}},
        **extra,
    }


def failure(status: int, code: str = "sample", *, retry_after: str = "") -> httpx.Response:
    """Notion's error reply."""
    body = {"object": "error", "status": status, "code": code, "message": "sample message"}
    return httpx.Response(status, json=body, headers={"Retry-After": retry_after} if retry_after else {})
