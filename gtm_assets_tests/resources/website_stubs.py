"""Stand-ins around a website's client: a name service, a network, a clock, and a site on a real socket.

What belongs elsewhere: the fixtures made of them (``conftest``).
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import httpcore
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from resources.website import SiteVisit, WebsiteClient

PUBLIC = "93.184.215.14"
SENTENCES = "<p>Wir bauen Förderanlagen für die Getränkeindustrie und warten sie an sieben Tagen in der Woche.</p>" * 3
IMPRINT = "<h1>Impressum</h1><p>Muster GmbH<br>Musterstr. 1<br>12345 Musterstadt</p><p>HRB 12345, USt-IdNr. DE1</p>"


def html(body: str, head: str = "<title>Muster GmbH</title>") -> str:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"


class Names:
    """A recording name service: ``host -> address``; a list is answered one entry after the other."""

    def __init__(self, **hosts: str | list[str]) -> None:
        self.hosts = {name.replace("_", "."): answer for name, answer in hosts.items()}
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, **options: Any) -> list[tuple[Any, ...]]:
        self.asked.append(host)
        answer = self.hosts.get(host, host if host[0].isdigit() or ":" in host else None)
        if answer is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in answer.split()]


class Network(httpcore.NetworkBackend):
    """Records the address that a connection is made to, and makes it to this machine whatever it is."""

    def __init__(self) -> None:
        self.connected: list[str] = []
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        self.connected.append(host)
        return self._inner.connect_tcp("127.0.0.1", port, timeout, local_address, socket_options)


@dataclass
class Site:
    """The stand-in site ``firma.example``, which seems to lie on a public address, and a client that visits it."""

    server: HTTPServer
    names: Names
    network: Network
    client: WebsiteClient
    url: str

    def serve(self, path: str, body: str | bytes | Response | Callable[[Request], Response], **options: Any) -> None:
        expectation = self.server.expect_request(path)
        if callable(body) and not isinstance(body, Response):
            expectation.respond_with_handler(body)
        elif isinstance(body, Response):
            expectation.respond_with_response(body)
        else:
            expectation.respond_with_data(body, **{"content_type": "text/html; charset=utf-8", **options})

    def redirect(self, path: str, target: str, status: int = 302) -> None:
        self.serve(path, Response("", status=status, headers={"Location": target}))

    def visit(self, path: str = "/") -> SiteVisit:
        return self.client.visit(f"{self.url}{path}")

    @property
    def paths(self) -> list[str]:
        return [request.path for request, _ in self.server.log]


@dataclass
class Clock:
    now: float = 0.0
    ticks: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now
