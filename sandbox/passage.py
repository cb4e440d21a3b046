"""What every request passes on its way in and out: the gate's holds, the accidents it meets, and the journal.

Nothing here ever blocks the event loop: a client that went away, a release or 30 seconds end a hold.
What belongs elsewhere: which holds there are (``gate``), which request meets which accident (``faults.traffic``), and what the
stand-ins answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import re
import time
from collections.abc import AsyncIterator, Callable
from typing import Any, Literal

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.faults.traffic import Accident, Traffic
from sandbox.gate import Gate
from sandbox.journal import Journal, readable_body, redacted_query

MAX_HOLD_SECONDS = 30.0
_POLL_SECONDS = 0.02
# Nginx's code for "client closed request", used in the journal only.
CLIENT_GONE = 499

# Notion's names of its errors (its API reference); 409 is what it answers for a page that somebody is editing.
_NOTION_CODES = {
    400: "validation_error",
    401: "unauthorized",
    403: "restricted_resource",
    404: "object_not_found",
    409: "conflict_error",
    429: "rate_limited",
    503: "service_unavailable",
    504: "gateway_timeout",
    529: "service_overload",
}

ErrorBody = Callable[[str, int], tuple[bytes, str]]
_logger = logging.getLogger(__name__)


class _Client:
    """The other end of one request: its body, whether it is still there, and a way to cut the line."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.body = b""
        self.gone = False

    async def read_body(self) -> None:
        """Read to the end, or until the client is gone."""
        parts = []
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self.gone = True
                break
            parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                break
        self.body = b"".join(parts)

    @contextlib.asynccontextmanager
    async def watched(self) -> AsyncIterator[asyncio.Task[None]]:
        """While inside, ``gone`` turns true when the client closes its connection; the task ends then."""
        watch = asyncio.create_task(self._wait_for_disconnect())
        try:
            yield watch
        finally:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch

    async def _wait_for_disconnect(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.gone = True

    async def wait(self, seconds: float) -> None:
        """Let time pass; ends early when the client goes away."""
        async with self.watched() as watch:
            await asyncio.wait({watch}, timeout=seconds)

    async def cut(self) -> None:
        """Reset the connection."""
        # uvicorn has no ASGI message for a reset; its request cycle, which owns ``receive``, knows the transport.
        transport = getattr(getattr(self._receive, "__self__", None), "transport", None)
        if transport is not None:
            transport.abort()
            await asyncio.sleep(0)
        self.gone = True

    def replay(self) -> Receive:
        """A ``receive`` for the stand-in: the whole body once, then the client's own end."""
        sent = False

        async def receive() -> Message:
            nonlocal sent
            if not sent:
                sent = True
                return {"type": "http.request", "body": self.body, "more_body": False}
            return await self._receive()

        return receive


class Passage:
    """The outermost ASGI layer.

    The answer is buffered, so that the journal has the request before the client sees its answer.
    """

    def __init__(self, app: ASGIApp, *, gate: Gate, traffic: Traffic, journal: Journal, error_body: ErrorBody) -> None:
        self._app = app
        self._gate = gate
        self._traffic = traffic
        self._journal = journal
        self._error_body = error_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request through."""
        if scope["type"] != "http":
            return
        client = _Client(receive)
        await client.read_body()
        path, method = scope["path"], scope["method"]
        system = system_of(path)
        note: dict[str, Any] = {}
        scope["sandbox"] = note
        answer, status = await self._pass(scope, client, send, system)
        self._journal.add(
            system=system,
            method=method,
            path=path,
            query=redacted_query(scope.get("query_string", b"").decode("latin-1")),
            body=readable_body(client.body, _header(scope, b"content-type")),
            status=status,
            effect=bool(
                note.get("effect", method not in ("GET", "HEAD") and answer is not None and (status or 500) < 400)
            ),
            associate=note.get("associate"),
        )
        if answer is None or (answer and answer[0]["type"] == "sent"):
            return
        if await self._stopped("after", system, scope, client):
            return
        if await self._lost(client, note.get("accident")):
            return
        for message in answer:
            await send(message)

    async def _pass(
        self, scope: Scope, client: _Client, send: Send, system: str
    ) -> tuple[list[Message] | None, int | None]:
        """What goes back, or None if nothing does, and the status for the journal."""
        path, method, note = scope["path"], scope["method"], scope["sandbox"]
        if client.gone or await self._stopped("before", system, scope, client):
            note["effect"] = False
            return None, CLIENT_GONE
        accident = self._traffic.accident(system, method, path) if system != "control" else None
        if accident is not None and not accident.after_work:
            if accident.what == "status":
                note["effect"] = False
                return self._error(system, accident), accident.status
            if await self._lost(client, accident):
                note["effect"] = False
                return None, None
        note["accident"] = accident if accident is not None and accident.after_work else None
        answer: list[Message] = []

        async def collect(message: Message) -> None:
            answer.append(message)

        async def forward(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.append({"type": "sent", "status": message["status"]})
            await send(message)

        try:
            # A website may be endless or slow on purpose: its answer streams; nothing is ever held back after it.
            await self._app(scope, client.replay(), forward if system == "site" else collect)
        except Exception:
            # A mistake of the sandbox itself: Starlette has answered 500 already; the request still belongs into the journal.
            _logger.exception("The sandbox failed at %s %s", method, path)
        return answer, answer[0]["status"] if answer else None

    async def _stopped(self, when: Literal["before", "after"], system: str, scope: Scope, client: _Client) -> bool:
        """Wait as long as a hold says. True if the client has gone away meanwhile."""
        hold = self._gate.matching_hold(when, system, scope["method"], scope["path"]) if system != "control" else None
        if hold is None:
            return client.gone
        waiting = {"method": scope["method"], "path": scope["path"], "system": system}
        hold.waiting.append(waiting)
        hold.seen += 1
        ends = time.monotonic() + MAX_HOLD_SECONDS
        try:
            async with client.watched() as watch:
                while not hold.released and not client.gone and time.monotonic() < ends:
                    await asyncio.wait({watch}, timeout=_POLL_SECONDS)
        finally:
            hold.waiting.remove(waiting)
        return client.gone

    @staticmethod
    async def _lost(client: _Client, accident: Accident | None) -> bool:
        """Let silence or slowness pass, cut the line where that is the accident; True if nothing can be answered any more."""
        if accident is None:
            return False
        if accident.seconds:
            await client.wait(accident.seconds)
        if accident.what != "slow" and not client.gone:
            await client.cut()
        return client.gone

    def _error(self, system: str, accident: Accident) -> list[Message]:
        body, content_type = self._error_body(system, accident.status)
        headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]
        if accident.retry_after is not None:
            headers.append((b"retry-after", f"{accident.retry_after:g}".encode()))
        return [
            {"type": "http.response.start", "status": accident.status, "headers": headers},
            {"type": "http.response.body", "body": body},
        ]


def system_of(path: str) -> str:
    """Which outside system a path of the one server belongs to, as the journal names it."""
    first = path.lstrip("/").split("/", 1)[0]
    named = {"superoffice": "login", "notion": "notion", "gemini": "gemini", "control": "control"}
    return named.get(first) or ("superoffice" if re.fullmatch(r"online\d+", first) else "site")


def plain_error_body(system: str, status: int) -> tuple[bytes, str]:
    """The body of an arranged accident, in the shape the vendor would use."""
    if system == "notion":
        code = _NOTION_CODES.get(status, "internal_server_error")
        body: dict[str, Any] = {
            "object": "error",
            "status": status,
            "code": code,
            "message": "Arranged by the sandbox.",
        }
    elif system == "gemini":
        name = {429: "RESOURCE_EXHAUSTED", 503: "UNAVAILABLE", 400: "INVALID_ARGUMENT"}.get(status, "INTERNAL")
        body = {"error": {"code": status, "message": "Arranged by the sandbox.", "status": name}}
    else:
        body = {"error": "arranged by the sandbox"}
    return json.dumps(body).encode(), "application/json"


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope.get("headers", []) if key == name), "")
