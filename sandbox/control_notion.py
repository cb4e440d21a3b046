"""The sandbox's endpoints below ``/control/notion``: what a person of marketing does there, without the screens.

What belongs elsewhere: the other endpoints and the errors' form (``control``), the screens (``sandbox.notion.screen``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.calls import Call
from sandbox.notion.members import name_of
from sandbox.notion.workspace import CellValue, Database, Page, Workspace, shown_time
from sandbox.world import World


def rows(world: World, call: Call) -> dict[str, Any]:
    """All rows of a database that are not in the trash, and where a browser shows them; query ``status`` picks those of one."""
    name = call.path["database"]
    pages = world.notion.pages(name)
    database = world.notion.databases[name]
    status = call.query.get("status")
    return {
        "url": _address(world, f"database/{database.id}"),
        "rows": [_row(world, database, page) for page in pages if not status or _status(database, page) == status],
    }


def edit(world: World, call: Call) -> dict[str, Any]:
    """Set cells of one row: ``{database, key, column, value}``, or ``values`` of several columns at once."""
    body = call.json_object()
    values = dict(body["values"]) if "values" in body else {str(body["column"]): body["value"]}
    name, key = str(body["database"]), str(body["key"])
    _refuse_unknown_status(world.notion, name, values)
    page = world.notion.edit_cells(name, key, values)
    world.persist_notion()
    return {"database": name, "key": key, "columns": list(values), "page_id": page.id}


def edit_all(world: World, call: Call) -> dict[str, Any]:
    """Set cells of all rows with a status: ``{database, status, values}``."""
    body = call.json_object()
    name, values = str(body["database"]), dict(body["values"])
    _refuse_unknown_status(world.notion, name, values)
    database = world.notion.databases[name]
    chosen = [page for page in world.notion.pages(name) if _status(database, page) == body["status"]]
    for page in chosen:
        world.notion.set_values(database, page, values)
    world.persist_notion()
    return {"database": name, "changed": len(chosen)}


def add(world: World, call: Call) -> dict[str, Any]:
    """Add a row: ``{database, values}``."""
    body = call.json_object()
    page = world.notion.add(str(body["database"]), dict(body["values"]))
    world.persist_notion()
    return {"database": body["database"], "page_id": page.id}


def remove(world: World, call: Call) -> dict[str, Any]:
    """Move a row to the trash: ``{database, key}``."""
    body = call.json_object()
    world.notion.remove(str(body["database"]), str(body["key"]))
    world.persist_notion()
    return {"database": body["database"], "key": body["key"]}


def _row(world: World, database: Database, page: Page) -> dict[str, Any]:
    return {
        "page_id": page.id,
        "url": _address(world, page.id),
        "last_edited": shown_time(page.last_edited).isoformat(),
        "last_edited_by": name_of(page.last_edited_by),
        "values": {column.name: page.values.get(column.id) for column in database.columns},
    }


def _address(world: World, path: str) -> str:
    return f"{world.base_url}/notion/{path.replace('-', '')}"


def _status(database: Database, page: Page) -> CellValue:
    return next((page.values.get(column.id) for column in database.columns if column.type == "status"), None)


def _refuse_unknown_status(workspace: Workspace, name: str, values: Mapping[str, CellValue]) -> None:
    """A person picks a status from a list: one that is not there is a slip, not a new one."""
    workspace.pages(name)  # names the databases that there are
    for column in workspace.databases[name].columns:
        if column.type == "status" and column.name in values and values[column.name] not in column.options:
            there = ", ".join(column.options)
            raise ValueError(f"{column.name} knows no {values[column.name]!r}; there are {there}.")
