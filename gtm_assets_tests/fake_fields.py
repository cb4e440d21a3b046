"""The fields and lists of the tenant that the fakes are, and the parts of its addresses. What a record holds stands in ``fake_crm``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gtm_assets.crm.fields import ROLES, CrmField
from resources.superoffice.models import ListItem

VERTICALS = "udlist83"
LISTS: Mapping[str, Sequence[ListItem]] = {
    VERTICALS: (
        ListItem(1, ("Maschinenbau", "Machine building"), deleted=False),
        ListItem(2, ("Logistik", "Logistics"), deleted=False),
    ),
}
#: The list of positions, for those who read it.
POSITIONS: Mapping[str, Sequence[ListItem]] = {
    "perspos": (
        ListItem(5, ("Produktionsleiter", "Head of Production"), deleted=False),
        ListItem(6, ("Einkaufsleiter", "Head of Procurement"), deleted=False),
        ListItem(7, ("Prokurist",), deleted=False),
    )
}
#: The parts of an address: what a column of an archive ends with, and the API's name.
ADDRESS = {
    "line1": "Address1",
    "line2": "Address2",
    "line3": "Address3",
    "city": "City",
    "county": "County",
    "state": "State",
    "zip": "Zipcode",
}


def sample_fields(**changed: Mapping[str, Any]) -> dict[str, CrmField]:
    """The ten fields with their default ids: a list for the vertical, a date for the last update; ``role={…}`` changes one."""
    fields: dict[str, CrmField] = {}
    for role in ROLES:
        if role.optional:
            continue
        kind = {"vertical": "List", "last_update": "Date", "campaign": "ShortText"}.get(role.role, "LongText")
        values: dict[str, Any] = {
            "role": role.role,
            "entity": role.entity,
            "prog_id": role.default_prog_id,
            "label": role.labels[0],
            "field_type": kind,
            "text_length": {"LongText": 199, "ShortText": 39}.get(kind, 0),
            "list_name": VERTICALS if kind == "List" else "",
            "matched_by": "default",
        }
        fields[role.role] = CrmField(**{**values, **changed.get(role.role, {})})
    return fields


FIELDS = sample_fields()
