"""What the CRM in memory makes of a JSON Patch: what a path holds, and what replacing it changes. Sending one is ``FakeCrm.patch``."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

from gtm_assets_tests.fake_fields import ADDRESS, POSITIONS
from resources.errors import ChangedInBetweenError

Carrier = dict[str, Any] | None
#: Tests are looked at, all fail, or nobody looks at them.
Tests = Literal["looked at", "refused", "passed over"]
#: Marks as the API names them, where the records of the fake name them otherwise.
_MARKS = {"NoMailing": "no_mailing", "Retired": "retired", "Xstop": "stop"}


def block(parts: Mapping[str, str] | None) -> dict[str, str] | None:
    """An address block as the API shows it: every part, empty ones too."""
    return None if parts is None else {part: parts.get(part, "") for part in ADDRESS.values()}


def position(record: Mapping[str, Any], none: Carrier) -> Carrier:
    """A person's position as the API shows it; ``none`` where there is none."""
    ids = {item.names[0]: item.id for item in POSITIONS["perspos"]}
    name = record.get("position", "")
    return {"Id": ids.get(name, 99), "Value": name, "Tooltip": ""} if name else none


def apply_patch(
    record: dict[str, Any],
    operations: Sequence[Mapping[str, Any]],
    *,
    no_position: Carrier,
    tests: Tests,
    ignored: Collection[str],
) -> None:
    """Every ``test``, then every ``replace``.

    Args:
        record: A record of the fake; it is changed.
        operations: ``test`` and ``replace`` on user-defined fields, ``OrgNr``, marks, address blocks and the position.
        no_position: What a person without a position carries.
        tests: What becomes of tests.
        ignored: ProgIds and properties whose changes have no effect.

    Raises:
        ChangedInBetweenError: A test failed; nothing was changed.
    """
    for operation in operations:
        if operation["op"] == "test" and tests != "passed over":
            held = _held(record, str(operation["path"]), no_position)
            if tests == "refused" or held != operation["value"]:
                raise ChangedInBetweenError("SuperOffice", f"test on {operation['path']} failed.", status=409)
    for operation in operations:
        if operation["op"] == "replace":
            _replace(record, operation, no_position, ignored)


def _parts(path: str) -> tuple[str, str]:
    first, _, rest = path.lstrip("/").partition("/")
    return first, rest


def _held(record: Mapping[str, Any], path: str, no_position: Carrier) -> Any:
    first, rest = _parts(path)
    if first == "CustomFields":
        return record["custom"].get(rest) or ""
    if first == "Address":
        name, _, part = rest.partition("/")
        whole = block(record[name])
        return (whole or {}).get(part) if part else whole
    if first == "Position":
        carrier = position(record, no_position)
        return (carrier or {}).get(rest) if rest else carrier
    return 0 if first == "Deleted" else record[_MARKS.get(first, first)]


def _replace(
    record: dict[str, Any], operation: Mapping[str, Any], no_position: Carrier, ignored: Collection[str]
) -> None:
    first, rest = _parts(str(operation["path"]))
    value = operation["value"]
    if first == "CustomFields":
        record["custom"] |= {key: text for key, text in value.items() if key not in ignored}
    elif first not in ignored:
        if first == "Address":
            record[rest] = dict(value)
        elif first == "Position":
            names = {item.id: item.names[0] for item in POSITIONS["perspos"]}
            assert rest or position(record, no_position) is None, "one that is there is written by its id"
            chosen = value if rest else value["Id"]
            record["position"] = names[chosen] if chosen else ""
        else:
            record[first] = value
