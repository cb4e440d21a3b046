"""Endpoints below ``/control`` for faults, by name and by pattern, and for how fast the CRM is called.

What belongs elsewhere: the faults themselves (``faults``, ``gate``), errors (``control``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sandbox.calls import Call
from sandbox.faults.board import Running
from sandbox.faults.catalogue import ACTS, KINDS, options_of
from sandbox.world import World

_BY_PATTERN = ("status", "reset_before", "reset_after")


def running(world: World, call: Call) -> list[dict[str, Any]]:
    """Faults in force, those by pattern first."""
    del call
    by_pattern = [{**vars(fault), "path": fault.path.pattern} for fault in world.gate.faults()]
    return by_pattern + [_shown(item) for item in world.faults.running()]


def catalogue(world: World, call: Call) -> list[dict[str, Any]]:
    """Names, a sentence each, and what can be chosen; what is done by a command of its own has ``commands``."""
    del world, call
    acts = [{"name": act.name, "sentence": act.sentence, "commands": list(act.commands)} for act in ACTS]
    named = [
        {
            "name": kind.name,
            "sentence": kind.sentence,
            "options": [
                {"name": option.name, "flag": option.flag, "default": option.default, "help": option.help}
                for option in options_of(kind)
            ],
        }
        for kind in KINDS
    ]
    return [*named, *acts]


def start(world: World, call: Call) -> dict[str, Any]:
    """Start a fault by its name; the body holds its options."""
    options = call.json_object() if call.body else {}
    return _shown(world.faults.start_named(str(call.path["name"]), options))


def add_by_pattern(world: World, call: Call) -> dict[str, Any]:
    """Let the next requests that match go wrong."""
    body = call.json_object()
    kind = body.get("kind", "status")
    if kind not in _BY_PATTERN:
        raise ValueError(f"kind must be one of {', '.join(_BY_PATTERN)}, not {kind!r}.")
    fault = world.gate.add_fault(
        kind=kind,
        system=str(body.get("system", "")),
        method=str(body.get("method", "")),
        path_regex=str(body.get("path_regex", "")),
        status=int(body.get("status", 503)),
        times=int(body.get("times", 1)),
        retry_after=body.get("retry_after"),
    )
    return {"id": fault.id}


def clear(world: World, call: Call) -> dict[str, Any]:
    """Take back one fault, or all."""
    world.faults.clear(str(call.path.get("name", "")))
    return {"cleared": True}


def rate(world: World, call: Call) -> dict[str, int]:
    """How fast the CRM's API was called so far."""
    del call
    meter = world.meter
    return {
        "most_calls_in_one_second": meter.most_in_one_second,
        "calls": meter.calls,
        "refused": meter.refused,
    }


def begin_rate_anew(world: World, call: Call) -> dict[str, int]:
    """Forget how fast it was called."""
    world.meter.reset()
    return rate(world, call)


def _shown(item: Running[Any]) -> dict[str, Any]:
    options = {field.name: getattr(item.fault, field.name) for field in fields(item.fault)}
    plain = {key: dict(value) if isinstance(value, Mapping) else value for key, value in options.items()}
    return {"id": item.id, "name": item.fault.name, "options": plain, "since": item.since, "met": item.met}
