"""Answers for a response schema: keep the properties it names, fill what nobody composed.

Takes both of Gemini's dialects: ``responseSchema`` (types in capitals, ``nullable``) and ``responseJsonSchema`` (``$ref``, ``anyOf``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MAX_DEPTH = 12


def shaped(schema: Mapping[str, Any], answer: Mapping[str, Any]) -> Any:
    """The composed answer in the schema's shape: its properties only, missing ones filled; a list where it asks for one."""
    resolved = _resolve(schema, schema)
    if _type(resolved) == "array":
        return [shaped({**_mapping(resolved.get("items")), "$defs": schema.get("$defs", {})}, answer)]
    properties = _mapping(resolved.get("properties"))
    if not properties:
        return dict(answer)
    required = resolved.get("required", list(properties))
    return {
        name: answer[name] if name in answer else _filled(_mapping(sub), schema, 0)
        for name, sub in properties.items()
        if name in answer or name in required
    }


def filled(schema: Mapping[str, Any]) -> Any:
    """A value that the schema accepts, made of nothing."""
    return _filled(schema, schema, 0)


def _filled(schema: Mapping[str, Any], root: Mapping[str, Any], depth: int) -> Any:
    resolved = _resolve(schema, root)
    if resolved.get("nullable") or depth > _MAX_DEPTH:
        return None
    if "const" in resolved or resolved.get("enum"):
        return resolved["const"] if "const" in resolved else resolved["enum"][0]
    kind = _type(resolved)
    if kind == "object":
        properties = _mapping(resolved.get("properties"))
        return {name: _filled(_mapping(sub), root, depth + 1) for name, sub in properties.items()}
    if kind == "array":
        return [_filled(_mapping(resolved.get("items")), root, depth + 1)]
    return _scalar(kind, resolved)


def _scalar(kind: str, schema: Mapping[str, Any]) -> Any:
    if kind in {"integer", "number"}:
        return schema.get("minimum", 1)
    if kind in {"boolean", "null"}:
        return True if kind == "boolean" else None
    text = "Beispieltext der Sandbox"
    return text[: int(schema.get("maxLength") or len(text))]


def _resolve(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    seen = 0
    while seen < _MAX_DEPTH:
        seen += 1
        if "$ref" in schema:
            name = str(schema["$ref"]).rsplit("/", 1)[-1]
            schema = _mapping(_mapping(root.get("$defs")).get(name))
        elif schema.get("anyOf"):
            options = [_mapping(option) for option in schema["anyOf"]]
            schema = next((option for option in options if _type(option) != "null"), options[0])
        else:
            break
    return schema


def _type(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type", "")
    if isinstance(kind, list):
        kind = next((item for item in kind if item != "null"), "null")
    return str(kind).lower()


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
