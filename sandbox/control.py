"""The sandbox's own endpoints below ``/control``: journal, switches, holds, faults, and edits by people of the tenant.

Errors are ``{"error": "..."}`` with what would have been right. What belongs elsewhere: what holds do (``gate``),
faults (``control_faults``), acts in Notion (``control_notion``), the command line that calls these (``cli``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import control_accidents, control_faults, control_notion
from sandbox.calls import Call, endpoint
from sandbox.control_accidents import entity_named
from sandbox.superoffice import people
from sandbox.superoffice.api import view_of
from sandbox.superoffice.carriers import HUMAN
from sandbox.superoffice.errors import ApiError
from sandbox.superoffice.languages import language_asked_for
from sandbox.superoffice.write import find
from sandbox.world import World

_WHEN = ("before", "after")
Action = Callable[[World, Call], Any]


def control_routes(world: World) -> list[Route]:
    """Routes below ``/control``."""
    table: tuple[tuple[str, str, Action], ...] = (
        ("GET", "about", _about),
        ("GET", "journal", _journal),
        ("DELETE", "journal", _clear_journal),
        ("GET", "switches", _switches),
        ("POST", "switches", _set_switches),
        ("POST", "hold", _hold),
        ("POST", "release", _release),
        ("GET", "held", _held),
        ("GET", "faults", control_faults.running),
        ("GET", "faults/catalogue", control_faults.catalogue),
        ("POST", "faults", control_faults.add_by_pattern),
        ("POST", "faults/{name}", control_faults.start),
        ("DELETE", "faults", control_faults.clear),
        ("DELETE", "faults/{name}", control_faults.clear),
        ("GET", "rate", control_faults.rate),
        ("DELETE", "rate", control_faults.begin_rate_anew),
        ("POST", "expire_tokens", _expire_tokens),
        ("POST", "edit", _edit),
        ("POST", "create", _create),
        ("POST", "delete", control_accidents.delete),
        ("POST", "undelete", control_accidents.undelete),
        ("POST", "merge", control_accidents.merge),
        ("POST", "backup", control_accidents.backup),
        ("POST", "restore", control_accidents.restore),
        ("GET", "crm/{entity}/{id:int}", _show),
        ("GET", "notion/rows/{database}", control_notion.rows),
        ("POST", "notion/edit", control_notion.edit),
        ("POST", "notion/edit_all", control_notion.edit_all),
        ("POST", "notion/add", control_notion.add),
        ("POST", "notion/remove", control_notion.remove),
    )
    return [
        Route(f"/control/{path}", endpoint(world, _answered(action)), methods=[method])
        for method, path, action in table
    ]


def _answered(action: Action) -> Callable[[World, Call], Response]:
    def handle(world: World, call: Call) -> Response:
        try:
            return JSONResponse(action(world, call))
        except ApiError as error:
            return JSONResponse({"error": error.message}, status_code=error.status)
        except (ValueError, re.error) as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        except KeyError as error:
            return JSONResponse({"error": str(error.args[0] if error.args else error)}, status_code=404)

    return handle


def _about(world: World, call: Call) -> dict[str, Any]:
    del call
    return {
        "base_url": world.base_url,
        "directory": str(world.directory.resolve()) if world.directory else None,
        "tenant": world.credentials.tenant,
        "companies": len(world.crm.companies),
        "persons": len(world.crm.persons),
    }


def _journal(world: World, call: Call) -> list[dict[str, Any]]:
    effect = call.query.get("effect")
    return world.journal.as_json(
        system=call.query.get("system", ""),
        method=call.query.get("method", ""),
        path=call.query.get("path", ""),
        since=int(call.query.get("since") or 0),
        effect=None if effect is None else effect.lower() in ("1", "true", "yes"),
    )


def _clear_journal(world: World, call: Call) -> dict[str, Any]:
    del call
    world.journal.clear()
    return {"cleared": True}


def _switches(world: World, call: Call) -> list[dict[str, object]]:
    del call
    return world.switches.describe()


def _set_switches(world: World, call: Call) -> dict[str, str]:
    world.switches.set({str(name): str(value) for name, value in call.json_object().items()})
    return world.switches.positions()


def _hold(world: World, call: Call) -> dict[str, Any]:
    body = call.json_object()
    when = body.get("when", "before")
    if when not in _WHEN:
        raise ValueError(f"when must be before or after, not {when!r}.")
    hold = world.gate.hold(
        method=str(body.get("method", "")),
        path_regex=str(body.get("path_regex", "")),
        when=when,
        system=str(body.get("system", "")),
    )
    return {"id": hold.id}


def _release(world: World, call: Call) -> dict[str, Any]:
    body = call.json_object() if call.body else {}
    return {"released": world.gate.release(body.get("id"))}


def _held(world: World, call: Call) -> dict[str, Any]:
    del call
    waiting = world.gate.held()
    return {"waiting": bool(waiting), "requests": waiting}


def _expire_tokens(world: World, call: Call) -> dict[str, Any]:
    del call
    count = world.credentials.expire_all()
    world.keep_credentials()
    return {"expired": count}


def _edit(world: World, call: Call) -> dict[str, Any]:
    body = call.json_object()
    view = view_of(world, "de")
    record = people.edit(
        view, entity_named(body.get("entity")), int(body["id"]), dict(body["fields"]), int(body.get("associate", HUMAN))
    )
    return people.readable(view, record)


def _create(world: World, call: Call) -> dict[str, Any]:
    body = call.json_object()
    view = view_of(world, "de")
    record = people.create(
        view, entity_named(body.get("entity")), dict(body["fields"]), int(body.get("associate", HUMAN))
    )
    return people.readable(view, record)


def _show(world: World, call: Call) -> dict[str, Any]:
    asked = any(name in call.headers for name in ("so-language", "accept-language"))
    # German as `edit` takes it, unless somebody asks for another language.
    view = view_of(world, language_asked_for(call.headers) if asked else "de")
    return people.readable(view, find(view, entity_named(call.path["entity"]), call.path["id"]))
