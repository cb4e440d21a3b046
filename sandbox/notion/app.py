"""Notion's HTTP, version 2025-09-03 (and 2026-03-11), for one workspace: what notion-client 3.1 sends.

What belongs elsewhere: the data (``workspace``), JSON shapes (``properties``, ``blocks``), filters (``filters``), the pages
that people look at (``screen``).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.notion.blocks import block_json, blocks_from_json, table_rows_json
from sandbox.notion.filters import matches, sort_pages
from sandbox.notion.members import BOT, member, user_json
from sandbox.notion.properties import data_source_json, database_json, page_json, time_text, values_from_json
from sandbox.notion.rich_text import NotionProblemError, validation_error
from sandbox.notion.screen import link_to, screen_routes
from sandbox.notion.workspace import Database, Page, Workspace

SANDBOX_TOKEN = "ntn_sandbox"  # noqa: S105 - opens nothing but the stand-in
VERSIONS = ("2025-09-03", "2026-03-11")
_MAX_PAGE_SIZE = 100

# Notion gives no more than this many rows of one query, whatever the paging (Notion's API reference).
QUERY_RESULT_LIMIT = 10_000

Handler = Callable[[Request, "_Call"], Awaitable[dict[str, Any]]]


class _Call:
    """What every handler needs: the workspace, the version asked for, and where people open its pages."""

    def __init__(self, world: Any, version: str, request: Request) -> None:
        self.world = world
        self.workspace: Workspace = world.notion
        self.version = version
        self._request = request

    def page(self, database: Database, page: Page) -> dict[str, Any]:
        """The page's object."""
        return page_json(database, page, self.version, link_to(self._request, page.id))

    def database_link(self, database: Database) -> str:
        """Where people open a database."""
        return link_to(self._request, database.id, "database")

    def persist(self) -> None:
        """Write the workspace through, where it is kept."""
        if hasattr(self.world, "persist_notion"):
            self.world.persist_notion()


def notion_app(world: Any) -> Starlette:
    """The app for ``/notion``. ``world.notion`` is the workspace, ``world.notion_token`` the token if it is not the default."""

    def route(path: str, method: str, handler: Handler) -> Route:
        async def endpoint(request: Request) -> JSONResponse:
            return await _answer(world, request, handler)

        return Route(path, endpoint, methods=[method])

    return Starlette(
        routes=[
            route("/v1/users/me", "GET", _me),
            route("/v1/users/{id}", "GET", _get_user),
            route("/v1/databases/{id}", "GET", _get_database),
            route("/v1/data_sources/{id}", "GET", _get_data_source),
            route("/v1/data_sources/{id}/query", "POST", _query),
            route("/v1/pages", "POST", _create_page),
            route("/v1/pages/{id}", "GET", _get_page),
            route("/v1/pages/{id}", "PATCH", _update_page),
            route("/v1/blocks/{id}/children", "GET", _get_children),
            *screen_routes(world),
            *(route("/{path:path}", method, _no_such_route) for method in ("GET", "POST", "PATCH", "PUT", "DELETE")),
        ]
    )


async def _answer(world: Any, request: Request, handler: Handler) -> JSONResponse:
    request_id = str(uuid.uuid4())
    try:
        body = await handler(request, _Call(world, _checked_version(world, request), request))
    except NotionProblemError as problem:
        error = {
            "object": "error",
            "status": problem.status,
            "code": problem.code,
            "message": problem.message,
            "request_id": request_id,
        }
        return JSONResponse(error, status_code=problem.status)
    return JSONResponse(body | {"request_id": request_id}, headers={"x-notion-request-id": request_id})


def _checked_version(world: Any, request: Request) -> str:
    expected = getattr(world, "notion_token", SANDBOX_TOKEN)
    if request.headers.get("authorization") != f"Bearer {expected}":
        raise NotionProblemError(401, "unauthorized", "API token is invalid.")
    version = request.headers.get("notion-version", "")
    if not version:
        raise NotionProblemError(
            400,
            "missing_version",
            "Notion-Version header failed validation: Notion-Version header should be defined, instead was `undefined`.",
        )
    if version not in VERSIONS:
        raise validation_error(
            f"Notion-Version header failed validation: the sandbox speaks {' and '.join(VERSIONS)}, not `{version}`."
        )
    return version


async def _json_body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise NotionProblemError(400, "invalid_json", "Error parsing JSON body.") from error
    if not isinstance(body, dict):
        raise validation_error("body failed validation: body should be an object.")
    return body


def _not_found(kind: str, identifier: str) -> NotionProblemError:
    return NotionProblemError(
        404,
        "object_not_found",
        f"Could not find {kind} with ID: {identifier}. Make sure the relevant pages and databases are shared with "
        "your integration.",
    )


def _data_source(call: _Call, identifier: str) -> Database:
    database = call.workspace.find_data_source(identifier)
    if database is None:
        raise _not_found("data_source", identifier)
    return database


async def _no_such_route(request: Request, _call: _Call) -> dict[str, Any]:
    raise NotionProblemError(400, "invalid_request_url", f"Invalid request URL: {request.method} {request.url.path}.")


async def _me(_request: Request, _call: _Call) -> dict[str, Any]:
    return user_json(BOT)


async def _get_user(request: Request, _call: _Call) -> dict[str, Any]:
    found = member(request.path_params["id"])
    if found is None:
        raise _not_found("user", request.path_params["id"])
    return user_json(found)


async def _get_database(request: Request, call: _Call) -> dict[str, Any]:
    database = call.workspace.find_database(request.path_params["id"])
    if database is None:
        raise _not_found("database", request.path_params["id"])
    return database_json(database, call.database_link(database))


async def _get_data_source(request: Request, call: _Call) -> dict[str, Any]:
    database = _data_source(call, request.path_params["id"])
    return data_source_json(database, call.database_link(database))


async def _query(request: Request, call: _Call) -> dict[str, Any]:
    database = _data_source(call, request.path_params["id"])
    body = await _json_body(request)
    size = _page_size(body.get("page_size", _MAX_PAGE_SIZE), "body")
    trashed = bool(body.get("in_trash", body.get("archived", False)))
    found = [page for page in database.pages if page.in_trash == trashed]
    if body.get("filter") is not None:
        found = [page for page in found if matches(database, page, body["filter"])]
    found = sort_pages(database, found, body.get("sorts") or ())
    limited = found[:QUERY_RESULT_LIMIT]
    start = _start(body.get("start_cursor"), [page.id for page in limited])
    pages = limited[start : start + size]
    has_more = start + size < len(limited)
    status: dict[str, str] = {"type": "complete"}
    if not has_more and len(found) > len(limited):
        status = {"type": "incomplete", "incomplete_reason": "query_result_limit_reached"}
    shown = [call.page(database, page) for page in pages]
    wanted = request.query_params.getlist("filter_properties") + request.query_params.getlist("filter_properties[]")
    return {
        "object": "list",
        "results": [_only(page, wanted) for page in shown],
        "next_cursor": limited[start + size].id if has_more else None,
        "has_more": has_more,
        "type": "page_or_data_source",
        "page_or_data_source": {},
        "request_status": status,
    }


def _page_size(size: Any, where: str) -> int:
    if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= _MAX_PAGE_SIZE:
        raise validation_error(f"{where}.page_size should be ≤ `{_MAX_PAGE_SIZE}`, instead was `{size}`.")
    return size


def _start(cursor: Any, ids: list[str]) -> int:
    if cursor is None:
        return 0
    if cursor not in ids:
        raise validation_error(f"The start_cursor provided is invalid: {cursor}")
    return ids.index(cursor)


def _only(page: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
    if wanted:
        page["properties"] = {
            name: value for name, value in page["properties"].items() if value["id"] in wanted or name in wanted
        }
    return page


async def _create_page(request: Request, call: _Call) -> dict[str, Any]:
    body = await _json_body(request)
    parent = body.get("parent")
    if not isinstance(parent, Mapping):
        raise validation_error("body failed validation: body.parent should be defined, instead was `undefined`.")
    if "data_source_id" in parent:
        database = _data_source(call, str(parent["data_source_id"]))
    else:
        found = call.workspace.find_database(str(parent.get("database_id", "")))
        if found is None:
            raise _not_found("database", str(parent.get("database_id", "")))
        database = found
    values = values_from_json(database, body.get("properties") or {})
    blocks = blocks_from_json(body.get("children") or [])
    name = next(name for name, known in call.workspace.databases.items() if known is database)
    page = call.workspace.add(name, values, blocks, BOT)
    call.persist()
    return call.page(database, page)


def _page(request: Request, call: _Call, kind: str = "page") -> tuple[Database, Page]:
    found = call.workspace.find_page(request.path_params["id"])
    if found is None:
        raise _not_found(kind, request.path_params["id"])
    return found


async def _get_page(request: Request, call: _Call) -> dict[str, Any]:
    page = call.page(*_page(request, call))
    return _only(page, request.query_params.getlist("filter_properties"))


async def _update_page(request: Request, call: _Call) -> dict[str, Any]:
    database, page = _page(request, call)
    body = await _json_body(request)
    if "archived" in body and call.version >= "2026-03-11":
        raise validation_error(f"body.archived should be not present, instead was `{body['archived']}`.")
    trash = body.get("in_trash", body.get("archived"))
    if trash is not None and not isinstance(trash, bool):
        raise validation_error(f"body.in_trash should be a boolean or `undefined`, instead was `{trash!r}`.")
    if page.in_trash and trash is not False:
        raise validation_error("Can't edit block that is archived. You must unarchive the block before editing.")
    values = values_from_json(database, body.get("properties") or {})
    if trash is not None:
        call.workspace.move_to_trash(page, BOT, back=not trash)
    call.workspace.set_values(database, page, values, BOT)
    call.persist()
    return call.page(database, page)


async def _get_children(request: Request, call: _Call) -> dict[str, Any]:
    owner = call.workspace.find_block(request.path_params["id"])
    if owner is not None:
        page, block = owner
        rows = table_rows_json(block, time_text(page.created), page.created_by)
        return {"object": "list", "results": rows, "next_cursor": None, "has_more": False, "type": "block", "block": {}}
    _, page = _page(request, call, "block")
    asked = request.query_params.get("page_size", str(_MAX_PAGE_SIZE))
    size = _page_size(int(asked) if asked.isdigit() else asked, "query")
    start = _start(request.query_params.get("start_cursor"), [block.id for block in page.body])
    following = page.body[start + size : start + size + 1]
    shown = page.body[start : start + size]
    return {
        "object": "list",
        "results": [block_json(block, page.id, time_text(page.created), page.created_by) for block in shown],
        "next_cursor": following[0].id if following else None,
        "has_more": bool(following),
        "type": "block",
        "block": {},
    }
