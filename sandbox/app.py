"""All stand-ins in one ASGI app, by path prefix, behind one passage.

``/superoffice`` login host, ``/online<n>/<tenant>/api`` API host with the tenant's page beside it, ``/notion``, ``/gemini``, ``/sites``,
``/unsubscribe``, ``/control``. What belongs elsewhere: the stand-ins, and the process that serves them (``server``).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from sandbox.control import control_routes
from sandbox.faults.traffic import Traffic
from sandbox.gemini.app import gemini_app
from sandbox.notion.app import notion_app
from sandbox.passage import Passage, plain_error_body
from sandbox.superoffice.api import api_routes
from sandbox.superoffice.errors import error_content
from sandbox.superoffice.login import login_routes
from sandbox.superoffice.screen import screen_routes
from sandbox.websites.app import robots_txt, sites_app
from sandbox.world import World

_UNSUBSCRIBE_PAGE = (
    "<!doctype html><html lang=de><title>Abmeldung</title>"
    "<p>Abmeldeseite der Sandbox (Musterdaten): hier geschieht nichts."
)


def build_app(world: World) -> ASGIApp:
    """The app for one world."""
    routes: list[BaseRoute] = [
        *login_routes(world),
        *api_routes(world),
        *screen_routes(world),
        *control_routes(world),
        Mount("/notion", notion_app(world)),
        Mount("/gemini", gemini_app(world)),
        Route("/unsubscribe", _unsubscribe),
        Route("/unsubscribe/{token:path}", _unsubscribe),
        Mount("/sites", sites_app(world)),
        Route("/robots.txt", _robots(world)),
    ]

    def error_body(system: str, status: int) -> tuple[bytes, str]:
        if system == "superoffice":
            return error_content(world.switches, status, "Arranged by the sandbox.", "SandboxFault")
        return plain_error_body(system, status)

    traffic = Traffic(gate=world.gate, board=world.crm.faults, meter=world.meter)
    return Passage(
        Starlette(routes=routes), gate=world.gate, traffic=traffic, journal=world.journal, error_body=error_body
    )


def _robots(world: World) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        del request
        return PlainTextResponse(robots_txt(world))

    return handle


async def _unsubscribe(request: Request) -> Response:
    del request
    return HTMLResponse(_UNSUBSCRIBE_PAGE)
