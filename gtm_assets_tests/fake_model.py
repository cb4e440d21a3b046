"""Stand-ins of the model and of company websites in memory, with the interfaces of ``GeminiClient`` and ``WebsiteClient``.

They answer what a test puts in and remember what they were asked. HTTP belongs to the sandbox.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from typing import Any

import tenacity
from pydantic import BaseModel

from resources.errors import TransientError
from resources.gemini.replies import ModelReply
from resources.store.store import utc_now
from resources.website.visits import SiteVisit


class FakeModel:
    """``answer`` gets the inputs of a request and returns the reply's values, a problem in one word, or an error to raise."""

    def __init__(self, answer: Callable[[dict[str, Any]], Mapping[str, Any] | str | Exception]) -> None:
        self.answer = answer
        self.model = "test-model"
        self.attempts = 1
        self.most_output: set[int] = set()
        self.asked: list[dict[str, Any]] = []
        self._lock = threading.Lock()

    @property
    def calls(self) -> int:
        """Requests so far."""
        return len(self.asked)

    def patience(self) -> tenacity.Retrying:
        """As often as ``attempts`` says, without waiting."""
        return tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self.attempts),
            retry=tenacity.retry_if_exception_type(TransientError),
            sleep=lambda _: None,
            reraise=True,
        )

    def generate(
        self, *, system: str, user: str, schema: type[BaseModel], max_output_tokens: int = 8192
    ) -> ModelReply[Any]:
        """One answer."""
        assert system
        self.most_output.add(max_output_tokens)
        inputs: dict[str, Any] = json.loads(user.rpartition("<inputs>")[2].rpartition("</inputs>")[0])
        with self._lock:
            self.asked.append(inputs)
        found = self.answer(inputs)
        if isinstance(found, Exception):
            raise found
        if isinstance(found, str):
            return ModelReply(None, "", found, 100, 10, 0.5, self.model)
        values = {"id": inputs["id"], **found}
        return ModelReply(schema.model_validate(values), json.dumps(values), None, 100, 10, 0.5, self.model)


class FakeWebsites:
    """Pages by address; an address that is not there is down. ``text`` and ``imprint`` stand for what was extracted."""

    def __init__(self, **pages: str) -> None:
        self.pages = dict(pages)
        self.imprints: dict[str, str] = {}
        self.visited: list[str] = []
        self.error: Exception | None = None

    def visit(self, url: str) -> SiteVisit:
        """One visit."""
        self.visited.append(url)
        if self.error is not None:
            raise self.error
        text = self.pages.get(url, "")
        outcome: Any = "ok" if text else ("unreachable" if url else "no_url")
        reason = {"ok": "", "unreachable": "the website does not answer", "no_url": "the company has no website"}[
            outcome
        ]
        imprint = self.imprints.get(url, "") if text else ""
        return SiteVisit(
            url, url if text else "", outcome, reason, "", text, "", imprint, utc_now(), outcome == "unreachable"
        )
