"""A plan as JSON Patch, and what a record read just before says against it. Pure.

One request carries everything: user-defined fields as one partial dictionary with our keys only, ``OrgNr``, the position by its id, and
address blocks whole, because the API ignores flat addresses and fails on single leaves. What belongs elsewhere: sending (``protocol``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from gtm_assets.crm.fields import DATE_TYPES, POSITION, CrmField, Entity
from gtm_assets.crm.snapshots import Lists, normal_value
from gtm_assets.writeback.guards import Guarding, Testable, test, test_block, test_marks, test_position
from gtm_assets.writeback.plan import FOLLOWERS, EntityPlan
from gtm_assets.writeback.suppression import MARKS
from resources.superoffice.values import decode, encode_date, encode_list_item, strip_companions

#: Properties read just before a PATCH; nothing else: SuperOffice's certification flags whole records.
READ_BEFORE: Mapping[Entity, tuple[str, ...]] = {
    "Contact": ("UpdatedDate", "OrgNr", "Address", *MARKS["Contact"], "CustomFields"),
    "Person": ("UpdatedDate", *MARKS["Person"], "CustomFields"),
}
#: What one address block consists of; ``Formatted`` is computed by the CRM.
BLOCK = ("Address1", "Address2", "Address3", "City", "County", "State", "Zipcode")
#: The owned fields that travel within an address block, and which one.
CITIES = {"postal_city": "Postal", "street_city": "Street"}


def encode(value: str, field: CrmField) -> str:
    """A value in normal form as the API takes it."""
    if field.field_type == "List":
        return value or "[I:0]"
    if field.field_type in DATE_TYPES:
        return encode_date(date.fromisoformat(value) if value else None)
    return value


def custom_field_path(prog_id: str) -> str:
    """The path of one user-defined field; an administrator may give it a ProgId with a slash (RFC 6901 escapes that)."""
    return f"/CustomFields/{prog_id.replace('~', '~0').replace('/', '~1')}"


def rests_on(plan: EntityPlan) -> frozenset[Testable]:
    """What a plan's request carries that a ``test`` may or may not be proven on."""
    carried: dict[Testable, bool] = {
        "address": bool(CITIES.keys() & plan.fields.keys()),
        "position": POSITION in plan.fields,
    }
    return frozenset(name for name, carries in carried.items() if carries)


def unguarded(plan: EntityPlan, guarding: Guarding) -> frozenset[str]:
    """Fields of a plan that levels A and B promise to guard and this tenant gives no means for.

    An address needs its test: whether an edit of it moves the time by which If-Unmodified-Since goes is not documented, and a probe edits
    no address. A position is a property of the person's own row, whose edits move it.
    """
    if guarding.level == "C":
        return frozenset()
    names: frozenset[str] = frozenset()
    if "address" not in guarding.tests:
        names |= CITIES.keys()
    if guarding.level == "A" and not {"position", "since"} & guarding.tests:
        names |= {POSITION}
    return names & plan.fields.keys()


def read_before(plan: EntityPlan) -> tuple[str, ...]:
    """The properties of a plan's record that are read; a position only where the plan names it."""
    return (*READ_BEFORE[plan.entity], *(("Position",) if POSITION in plan.fields else ()))


def position_id(item: str) -> int:
    """The id of a position in normal form; 0 for none, as the API shows it (that it takes it so is not documented [?])."""
    found = decode(item) if item else 0
    if not isinstance(found, int):
        message = f"{item!r} is no item of the list of positions"
        raise TypeError(message)
    return found


def _choose_position(record: Mapping[str, Any], item: str) -> dict[str, Any]:
    """Nested paths such as Category/Id are documented; below a property that is null there is none, so it goes as a whole then."""
    if record.get("Position") is None:
        return {"op": "replace", "path": "/Position", "value": {"Id": position_id(item)}}
    return {"op": "replace", "path": "/Position/Id", "value": position_id(item)}


def operations(
    plan: EntityPlan, fields: Mapping[str, CrmField], record: Mapping[str, Any], guarding: Guarding
) -> list[dict[str, Any]]:
    """The operations of the plan's one request; tests come first.

    Args:
        plan: What to change.
        fields: The tenant's user-defined fields by role.
        record: The record as it is taken to be (:data:`READ_BEFORE`): read just before, or put together from what was read for many
            records at once (``assumed``). Whole address blocks come from it, and what is tested.
        guarding: At level A every field is tested for the value it is planned from; whatever else is proven is tested at every level.
    """
    tests = test_marks(plan.entity) if "marks" in guarding.tests else []
    changes: list[dict[str, Any]] = []
    custom: dict[str, str] = {}
    carried = {str(key).casefold(): value for key, value in (record.get("CustomFields") or {}).items()}
    for name, change in plan.fields.items():
        if name in fields:
            prog_id = fields[name].prog_id
            custom[prog_id] = encode(change.after, fields[name])
            if name not in FOLLOWERS and guarding.level == "A":
                tests.append(test(custom_field_path(prog_id), carried.get(prog_id.casefold(), "")))
        elif name == "org_nr":
            if guarding.level == "A":
                tests.append(test("/OrgNr", record.get("OrgNr")))
            changes.append({"op": "replace", "path": "/OrgNr", "value": change.after})
        elif name == POSITION:
            if "position" in guarding.tests:
                tests.append(test_position(record.get("Position")))
            changes.append(_choose_position(record, change.after))
        else:
            block = (record.get("Address") or {}).get(CITIES[name])
            if "address" in guarding.tests:
                tests += test_block(CITIES[name], block, BLOCK)
            value = {key: (block or {}).get(key) or "" for key in BLOCK} | {"City": change.after}
            changes.append({"op": "replace", "path": f"/Address/{CITIES[name]}", "value": value})
    if custom:
        changes.append({"op": "replace", "path": "/CustomFields", "value": custom})
    return [*tests, *changes]


def values_of(
    record: Mapping[str, Any], names: Mapping[str, Any], fields: Mapping[str, CrmField], lists: Lists
) -> dict[str, str]:
    """What a record carries in the named fields, in normal form."""
    custom = {str(key).casefold(): value for key, value in (record.get("CustomFields") or {}).items()}
    address = record.get("Address") or {}
    values: dict[str, str] = {}
    for name in names:
        if name in fields:
            values[name] = normal_value(custom.get(fields[name].prog_id.casefold()), fields[name], lists)
        elif name == "org_nr":
            values[name] = str(record.get("OrgNr") or "").strip()
        elif name == POSITION:
            item = (record.get("Position") or {}).get("Id")
            values[name] = encode_list_item(int(item)) if item else ""
        else:
            values[name] = str((address.get(CITIES[name]) or {}).get("City") or "").strip()
    return values


def moved_since(plan: EntityPlan, now: Mapping[str, str]) -> list[str]:
    """Names of the plan's fields that no longer hold what they were planned from."""
    return [
        name for name, change in plan.fields.items() if name not in FOLLOWERS and now.get(name, "") != change.before
    ]


def foreign_fields(record: Mapping[str, Any], plan: EntityPlan, fields: Mapping[str, CrmField]) -> dict[str, str]:
    """Every user-defined field of a record that the plan does not touch, without the API's companions."""
    ours = {fields[name].prog_id.casefold() for name in plan.fields if name in fields}
    return {
        key: str(value or "")
        for key, value in strip_companions(record.get("CustomFields") or {}).items()
        if key.casefold() not in ours
    }
