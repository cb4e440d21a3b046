"""Notion's own screens, as plain as can be: a page to read, edit and decide on, and a database's rows. Links of the API lead here.

Whoever opens them is a sample person of marketing; there is no login. What belongs elsewhere: how it looks (``screen_html``),
what the engine sees (``app``).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.notion import screen_html as html
from sandbox.notion.workspace import Database, Page, Workspace

Handler = Callable[[Request, Any], Awaitable[Response]]


def link_to(request: Request, identifier: str, folder: str = "") -> str:
    """Where people open a page, or (``folder``) a database: at the host that was asked."""
    path = "/".join(part for part in (request.scope["root_path"], folder, identifier.replace("-", "")) if part)
    return str(request.url.replace(path=path, query="", fragment=""))


def screen_routes(world: Any) -> list[Route]:
    """Routes below ``/notion``, beside the API's."""

    def route(path: str, method: str, handler: Handler) -> Route:
        async def endpoint(request: Request) -> Response:
            return await handler(request, world)

        return Route(path, endpoint, methods=[method])

    return [
        route("/", "GET", _index),
        route("/database/{id}", "GET", _database),
        route("/{id}", "GET", _show),
        route("/{id}", "POST", _save),
    ]


async def _index(_request: Request, world: Any) -> Response:
    return HTMLResponse(html.index(list(world.notion.databases.values())))


async def _database(request: Request, world: Any) -> Response:
    database = world.notion.find_database(request.path_params["id"])
    if database is None:
        return HTMLResponse(html.missing("Diese Datenbank gibt es hier nicht."), 404)
    return HTMLResponse(html.database(database, request.query_params.get("status")))


async def _show(request: Request, world: Any) -> Response:
    found = world.notion.find_page(request.path_params["id"])
    if found is None:
        return HTMLResponse(html.missing("Diese Seite gibt es hier nicht."), 404)
    return HTMLResponse(html.page(*found, was_saved="gespeichert" in request.query_params))


async def _save(request: Request, world: Any) -> Response:
    found = world.notion.find_page(request.path_params["id"])
    if found is None:
        return HTMLResponse(html.missing("Diese Seite gibt es hier nicht."), 404)
    form = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
    try:
        was_changed = apply_form(world.notion, found[0], found[1], form)
    except ValueError as error:
        return HTMLResponse(html.missing(str(error)), 400)
    if was_changed and hasattr(world, "persist_notion"):
        world.persist_notion()
    target = link_to(request, found[1].id)
    return RedirectResponse(f"{target}?gespeichert=1" if was_changed else target, status_code=303)


def apply_form(workspace: Workspace, database: Database, page: Page, form: Mapping[str, str]) -> bool:
    """Do what the form says, as a person; whether anything changed.

    Only texts that differ from what the form was made with are written: what the engine wrote meanwhile stays.

    Raises:
        ValueError: The page lies in the trash, or an option that the status does not have.
    """
    action = form.get("action")
    if action in ("trash", "restore"):
        workspace.move_to_trash(page, back=action == "restore")
        return True
    if page.in_trash:
        raise ValueError("Diese Seite liegt im Papierkorb. Stellen Sie sie zuerst wieder her.")
    values: dict[str, Any] = {}
    for column in database.columns:
        new, old = (_lines(form.get(f"{prefix}.{column.id}")) for prefix in ("new", "old"))
        if column.type == "status" and f"set.{column.id}" in form:
            option = form[f"set.{column.id}"]
            if option not in column.options:
                raise ValueError(f"{column.name} kennt {option!r} nicht; es gibt {', '.join(column.options)}.")
            if option != page.values.get(column.id):
                values[column.id] = option
        elif new is not None and new != old and column.type in html.EDITABLE:
            values[column.id] = new
    if values:
        workspace.set_values(database, page, values)
    return bool(values)


def _lines(text: str | None) -> str | None:
    """Browsers send line breaks as CR LF."""
    return None if text is None else text.replace("\r\n", "\n")
