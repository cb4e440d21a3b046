"""A recording SuperOffice for the client's tests: login host and API host in one, and it can be told to fail.

The stand-in of record for everything else is ``sandbox``; this one exists because faults between two bytes are easier
to inject here.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from resources.errors import AuthError
from resources.superoffice.client import SuperOfficeClient
from resources.superoffice.credentials import Credentials, RefreshTokenCredentials
from resources.superoffice.exchange import Exchange
from resources.superoffice.tenant import Tenant
from resources.waiting import Priority

TENANT = "Cust12345"
LOGIN = "https://login.example"
CREDENTIALS = RefreshTokenCredentials("app-id", "app-secret-value", "refresh-secret-value")
Reaction = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


@dataclass
class Stub:
    """Answers all requests; API requests use up ``reactions``, one each, before ``answer`` is asked."""

    answer: Callable[[httpx.Request], httpx.Response] = lambda _: httpx.Response(200, json={"ContactId": 1})
    reactions: deque[Reaction] = field(default_factory=deque)
    login_reactions: deque[Reaction] = field(default_factory=deque)
    host: str = "https://host-1.example"
    state: dict[str, Any] = field(default_factory=dict)
    expires_in: int = 3600
    api_requests: list[httpx.Request] = field(default_factory=list)
    token_requests: list[httpx.Request] = field(default_factory=list)
    state_requests: list[httpx.Request] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    acquired: int = 0

    def acquire(self, priority: Priority = "live", patience: float | None = None) -> None:
        """Count as the rate limiter."""
        del priority, patience
        self.acquired += 1

    def hold(self, seconds: float) -> None:
        """Hold nobody (``test_superoffice_limit`` is about that)."""

    @property
    def token(self) -> str:
        return f"8A:{TENANT}.token-{len(self.token_requests)}"

    def handle(self, request: httpx.Request) -> httpx.Response:
        if str(request.url).startswith(LOGIN):
            return self._login(request)
        self.api_requests.append(request)
        if self.reactions:
            return _react(self.reactions.popleft(), request)
        if not str(request.url).startswith(f"{self.host}/{TENANT}/api/v1/"):
            return httpx.Response(421)
        if request.headers["Authorization"] != f"Bearer {self.token}":
            return httpx.Response(401)
        return self.answer(request)

    def _login(self, request: httpx.Request) -> httpx.Response:
        known = self.state_requests if "/api/state/" in request.url.path else self.token_requests
        known.append(request)
        if self.login_reactions:
            return _react(self.login_reactions.popleft(), request)
        if known is self.state_requests:
            return httpx.Response(200, json=self.state_document())
        return httpx.Response(
            200, json={"token_type": "Bearer", "access_token": self.token, "expires_in": self.expires_in}
        )

    def state_document(self) -> dict[str, Any]:
        return {
            "ContextIdentifier": TENANT,
            "Endpoint": f"{self.host}/{TENANT}",
            "State": "Running",
            "IsRunning": True,
            "ValidUntil": "2999-01-01T00:00:00.1234567Z",
            "Api": f"{self.host}/{TENANT}/api",
            "Version": "Release_1",
        } | self.state

    @contextmanager
    def client(
        self, cache_dir: Path | None = None, credentials: Credentials = CREDENTIALS
    ) -> Iterator[SuperOfficeClient]:
        client = SuperOfficeClient(
            login_url=LOGIN,
            tenant=TENANT,
            credentials=credentials,
            cache_dir=cache_dir,
            limiter=self,
            transport=httpx.MockTransport(self.handle),
            sleep=self.waits.append,
        )
        try:
            yield client
        finally:
            client.close()

    @contextmanager
    def tenant(self, now: Callable[[], datetime]) -> Iterator[Tenant]:
        """The tenant's state alone, without a client, by a clock that is set."""
        exchange = Exchange(limiter=None, transport=httpx.MockTransport(self.handle), timeout=1, secrets=())
        try:
            yield Tenant(
                exchange=exchange,
                login_url=LOGIN,
                tenant=TENANT,
                cache_file=None,
                sleep=self.waits.append,
                now=now,
            )
        finally:
            exchange.close()


def _react(reaction: Reaction, request: httpx.Request) -> httpx.Response:
    if isinstance(reaction, Exception):
        raise reaction
    return reaction if isinstance(reaction, httpx.Response) else reaction(request)


@dataclass
class Table:
    """Rows behind an archive provider: filters by ``gt`` and ``in``, orders by a column, sends ``cap`` rows at most."""

    rows: list[dict[str, Any]]
    cap: int = 10_000
    next_link: str | None = None
    queries: list[dict[str, str]] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        sent = request.content.decode() if request.method == "POST" else request.url.query.decode()
        query = {name: values[0] for name, values in parse_qs(sent, strict_parsing=True).items()}
        self.queries.append(query | {"method": request.method})
        rows = self.rows
        for key, number in re.findall(r"([\w.]+) gt (-?\d+)", query["$filter"]):
            rows = [row for row in rows if row[key] > int(number)]
        for key, numbers in re.findall(r"([\w.]+) in \(([\d,]+)\)", query["$filter"]):
            rows = [row for row in rows if row[key] in {int(number) for number in numbers.split(",")}]
        rows = sorted(rows, key=lambda row: row[query["$orderby"]])[: min(self.cap, int(query["$top"]))]
        columns = {"PrimaryKey", "EntityName", *query["$select"].split(",")}
        return httpx.Response(
            200,
            headers={"Date": "Fri, 02 Jan 2026 03:04:05 GMT"},
            json={
                "odata.metadata": "x",
                "odata.nextLink": self.next_link,
                "value": [{name: value for name, value in row.items() if name in columns} for row in rows],
            },
        )


def test_the_stub_refuses_a_token_it_did_not_give() -> None:
    stub = Stub(reactions=deque([httpx.Response(401), httpx.Response(401)]))
    with stub.client() as client, pytest.raises(AuthError):
        client.get("Contact", 1, select=["Name"])


def test_the_stub_sends_no_more_rows_than_its_cap() -> None:
    stub = Stub(answer=Table([{"PrimaryKey": str(n), "contactId": n} for n in range(1, 6)], cap=2))
    with stub.client() as client:
        page = client.archive("Contact", select=["contactId"], filter="contactId gt 0", order_by="contactId")
    assert [row["contactId"] for row in page.rows] == [1, 2]
