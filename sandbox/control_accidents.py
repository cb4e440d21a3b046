"""Endpoints below ``/control`` for what befalls records of the CRM: deletion and its undoing, merges, a backup and its restoration.

What belongs elsewhere: the acts themselves (``superoffice.merging``, ``superoffice.backups``), errors (``control``).
"""

from __future__ import annotations

from typing import Any

from sandbox.calls import Call
from sandbox.superoffice import backups, merging, people, write
from sandbox.superoffice.api import view_of
from sandbox.superoffice.carriers import HUMAN
from sandbox.superoffice.crm import Kind
from sandbox.world import World

_ENTITIES: dict[str, Kind] = {"contact": "Contact", "company": "Contact", "person": "Person"}


def entity_named(name: Any) -> Kind:
    """Contact or Person, however it is called. Raises ``ValueError`` for anything else."""
    entity = _ENTITIES.get(str(name).lower())
    if entity is None:
        raise ValueError(f"entity must be Contact or Person, not {name!r}.")
    return entity


def delete(world: World, call: Call) -> dict[str, Any]:
    """Into the recycle bin."""
    body = call.json_object()
    write.delete(view_of(world), entity_named(body.get("entity")), int(body["id"]), {}, HUMAN)
    return {"deleted": int(body["id"])}


def undelete(world: World, call: Call) -> dict[str, Any]:
    """Out of the recycle bin."""
    body = call.json_object()
    view = view_of(world, "de")
    return people.readable(view, merging.undelete(view, entity_named(body.get("entity")), int(body["id"])))


def merge(world: World, call: Call) -> dict[str, Any]:
    """One record into another; the answer is what stays."""
    body = call.json_object()
    view = view_of(world, "de")
    kept = merging.merge(
        view,
        entity_named(body.get("entity")),
        int(body["id"]),
        int(body["into"]),
        int(body.get("associate", HUMAN)),
        keep_source=bool(body.get("keep_source", False)),
        fill_empty=bool(body.get("fill_empty", True)),
    )
    return people.readable(view, kept)


def backup(world: World, call: Call) -> dict[str, Any]:
    """Keep the CRM as it is now."""
    del call
    return {"taken": backups.take_backup(world.crm).taken}


def restore(world: World, call: Call) -> dict[str, Any]:
    """Put the last backup back."""
    del call
    return {"restored": backups.restore_backup(world.crm).taken}
