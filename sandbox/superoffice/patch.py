"""PATCH bodies applied to an entity: JSON Patch arrays, and merge-patch objects turned into them.

Source: SuperOffice's developer documentation, "PATCH", with the documented quirks; what is not documented there is a switch or marked
    as an assumption.
What belongs elsewhere: from the patched entity back to a record (``absorb``).
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from sandbox.superoffice.errors import ApiError
from sandbox.switches import Switches

# Swagger's enum; its own example sends the number.
_OPERATIONS = ("unknown", "add", "replace", "remove", "test", "move", "copy")
_USER_FIELDS = {"customfields": "CustomFields", "userdefinedfields": "UserDefinedFields"}
_MISSING = object()


@dataclass
class Patched:
    """What a patch asks for.

    The entity with its changes, which properties were touched, and values of user-defined fields by ProgId.
    """

    entity: dict[str, Any]
    touched: set[str] = field(default_factory=set)
    user_fields: dict[str, Any] = field(default_factory=dict)
    # CustomFields was replaced: with switch custom_fields_patch=whole, fields that it does not name are blanked.
    whole_user_fields: bool = False


def apply_patch(entity: dict[str, Any], body: Any, switches: Switches, *, check_tests: bool = True) -> Patched:
    """Apply a PATCH body; the given entity stays as it is.

    Args:
        entity: The whole entity.
        body: A JSON Patch array or a merge-patch object.
        switches: What the tenant does on open points.
        check_tests: False where ``test`` operations were checked before (switch precondition_atomic).

    Raises:
        ApiError: 409 when a ``test`` does not hold, 400 for an operation or path that is not understood.
    """
    operations = body if isinstance(body, list) else _merge_operations(entity, body)
    patched = Patched(copy.deepcopy(entity))
    for operation in operations:
        name, path, value = _read_operation(operation)
        if name == "test":
            if check_tests:
                _test(patched, path, value, switches)
        else:
            _change(patched, name, path, value, switches)
    return patched


def _read_operation(operation: Any) -> tuple[str, list[str], Any]:
    if not isinstance(operation, dict) or "path" not in operation or "op" not in operation:
        raise ApiError(400, "Every operation of a JSON Patch needs op and path.")
    op = operation["op"]
    name = _OPERATIONS[op] if isinstance(op, int) and 0 <= op < len(_OPERATIONS) else str(op).lower()
    if name in ("move", "copy"):
        raise ApiError(400, f"JSON Patch operation {name} is not supported.", "NotSupportedException")
    if name not in _OPERATIONS[1:5]:
        raise ApiError(400, f"Unknown JSON Patch operation {op!r}.")
    path = [part.replace("~1", "/").replace("~0", "~") for part in str(operation["path"]).strip("/").split("/")]
    if path == [""]:
        raise ApiError(400, "A JSON Patch path must name a property.")
    if name in ("add", "replace", "test") and "value" not in operation:
        raise ApiError(400, f"JSON Patch operation {name} on {operation['path']} needs a value.")
    return name, path, operation.get("value")


def _test(patched: Patched, path: list[str], value: Any, switches: Switches) -> None:
    head = path[0].casefold()
    position = switches["custom_fields_test"] if head in _USER_FIELDS else switches["property_test"]
    if head != "orgnr" and position == "ignored":
        return
    if head != "orgnr" and position == "refused":
        raise ApiError(400, f"JSON Patch test is not supported on {path[0]}.", "NotSupportedException")
    if head in _USER_FIELDS:
        _require_field_path(path, switches)
    current = _value_at(patched.entity, path)
    if current is _MISSING or current != value:
        raise ApiError(409, f"JSON Patch test failed: {'/'.join(path)} has another value.", "JsonPatchTestException")


def _change(patched: Patched, name: str, path: list[str], value: Any, switches: Switches) -> None:
    head = path[0].casefold()
    if head in _USER_FIELDS:
        _change_user_fields(patched, name, path, value, switches)
        return
    key = _key(patched.entity, path[0])
    if key is None:
        # Documented for a flat PostalAddress: 200, and nothing changed.
        return
    if head == "address":
        _change_address(patched.entity[key], name, path[1:], value)
        if len(path) == 1:
            _replace_address(patched.entity, key, value)
    else:
        _set(patched.entity, name, path, value)
    patched.touched.add(key)


def _change_user_fields(patched: Patched, name: str, path: list[str], value: Any, switches: Switches) -> None:
    _require_field_path(path, switches)
    if len(path) > 1:
        values = {path[1]: None if name == "remove" else value}
    elif name == "remove":
        values, patched.whole_user_fields = {}, True
    elif isinstance(value, dict):
        values = value
        patched.whole_user_fields = switches["custom_fields_patch"] == "whole"
    else:
        raise ApiError(400, f"{path[0]} needs an object of ProgIds and values.")
    shown = patched.entity[_USER_FIELDS[path[0].casefold()]]
    for key, item in values.items():
        # Companions such as SuperOffice:1:DisplayText are for reading.
        if key.casefold().endswith((":org", ":displaytext", ":displaytooltip")):
            continue
        patched.user_fields[key] = item
        shown[_key(shown, key) or key] = item


def _require_field_path(path: list[str], switches: Switches) -> None:
    if len(path) > 2:
        raise ApiError(400, f"Path {'/'.join(path)} was not found.")
    if len(path) == 2 and switches["custom_fields_path"] == "refused":
        raise ApiError(400, f"Path {'/'.join(path)} was not found.")


def _change_address(address: Any, name: str, path: list[str], value: Any) -> None:
    """Address blocks change as a whole; the documentation's sample says that a single leaf fails."""
    if len(path) > 1:
        raise ApiError(
            400, f"Address/{'/'.join(path)}: an address needs all its fields; patch Address/{path[0]} as a block."
        )
    if name != "remove" and not isinstance(value, dict):
        raise ApiError(400, "An address needs an object with its fields.")
    if path:
        key = _key(address, path[0])
        if key not in ("Street", "Postal"):
            raise ApiError(400, f"Path Address/{path[0]} was not found.")
        address[key] = None if name == "remove" else value


def _replace_address(entity: dict[str, Any], key: str, value: Any) -> None:
    """A whole Address: blocks that are not named stay.

    LocalizedAddress, where it differs from what was read, overrides them.
    """
    address = entity[key]
    before = {(item["AddressType"], item["Name"]): item["Value"] for row in address["LocalizedAddress"] for item in row}
    for name, block in (value or {}).items():
        found = _key(address, name)
        if found in ("Street", "Postal"):
            address[found] = {**(address[found] or {}), **block} if block else None
    localized = (
        next((item for name, item in (value or {}).items() if name.casefold() == "localizedaddress"), None) or []
    )
    for item in (item for row in localized for item in row):
        if before.get((item.get("AddressType"), item.get("Name"))) in (None, item.get("Value")):
            continue
        block_name = "Postal" if item["AddressType"] == "ContactPostalAddress" else "Street"
        address[block_name] = {**(address[block_name] or {}), item["Name"]: item["Value"]}


def _set(target: Any, name: str, path: list[str], value: Any) -> None:
    *parents, last = path
    for part in parents:
        target = _child(target, part, path)
    if isinstance(target, list):
        _set_in_list(target, name, last, value, path)
        return
    key = _key(target, last) if isinstance(target, dict) else None
    if key is None:
        raise ApiError(400, f"Path {'/'.join(path)} was not found.")
    target[key] = _empty_like(target[key]) if name == "remove" else value


def _set_in_list(target: list[Any], name: str, last: str, value: Any, path: list[str]) -> None:
    if last == "-":
        if name == "remove":
            raise ApiError(400, f"Path {'/'.join(path)} names no element to remove.")
        target.append(value)
        return
    if not last.isdigit() or int(last) > len(target) - (name != "add"):
        raise ApiError(400, f"Path {'/'.join(path)} was not found.")
    index = int(last)
    if name == "add":
        target.insert(index, value)
    elif name == "replace":
        target[index] = value
    else:
        del target[index]


def _child(target: Any, part: str, path: list[str]) -> Any:
    if isinstance(target, list) and part.isdigit() and int(part) < len(target):
        return target[int(part)]
    key = _key(target, part) if isinstance(target, dict) else None
    if key is None:
        raise ApiError(400, f"Path {'/'.join(path)} was not found.")
    return target[key]


def _value_at(target: Any, path: list[str]) -> Any:
    for part in path:
        if isinstance(target, list) and part.isdigit() and int(part) < len(target):
            target = target[int(part)]
            continue
        key = _key(target, part) if isinstance(target, dict) else None
        if key is None:
            return _MISSING
        target = target[key]
    return target


def _key(target: dict[str, Any], name: str) -> str | None:
    if name in target:
        return name
    wanted = name.casefold()
    return next((key for key in target if key.casefold() == wanted), None)


def _empty_like(value: Any) -> Any:
    if isinstance(value, bool):
        return False
    return {str: "", int: 0, list: [], dict: None}.get(type(value))


def _merge_operations(entity: dict[str, Any], body: Any) -> list[dict[str, Any]]:
    """A merge patch as operations.

    Quirks: a property that is null is not updated; an object where a list stands is appended.
    """
    if not isinstance(body, dict):
        raise ApiError(400, "A PATCH needs a JSON Patch array or a merge-patch object.")
    operations: list[dict[str, Any]] = []
    for name, value in body.items():
        key = _key(entity, name)
        if key is None or value is None or entity[key] is None:
            continue
        operations += _merge_property([key], entity[key], value)
    return operations


def _merge_property(path: list[str], current: Any, value: Any) -> list[dict[str, Any]]:
    joined = "/".join(path)
    if isinstance(current, list) and isinstance(value, dict):
        return [{"op": "add", "path": f"{joined}/-", "value": value}]
    is_leaf = not isinstance(current, dict) or not isinstance(value, dict)
    if is_leaf or path[0] in ("Address", *_USER_FIELDS.values()):
        return [{"op": "replace", "path": joined, "value": value}]
    operations = []
    for name, item in value.items():
        key = _key(current, name)
        if key is not None and item is not None and current[key] is not None:
            operations += _merge_property([*path, key], current[key], item)
    return operations
