"""A record put together from what was read for many at once, for a PATCH that tests instead of reading first. :func:`read_blocks` reads.

How a tenant shows an empty field is not documented for every type, so that is learned from the first records that are read one by one; a
wrong guess costs a refused request (409) and a reading, never a value. What belongs elsewhere: the operations (``operations``), when a
record is read all the same (``sending``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gtm_assets.crm.fields import POSITION, CrmField, Entity
from gtm_assets.writeback.operations import BLOCK, CITIES, encode, position_id
from gtm_assets.writeback.plan import EntityPlan
from resources.superoffice.client import SuperOfficeClient
from resources.superoffice.values import decode

#: Archive columns of an address block, by the property that they show.
_COLUMNS: Mapping[str, str] = {
    "Address1": "line1",
    "Address2": "line2",
    "Address3": "line3",
    "City": "city",
    "County": "county",
    "State": "state",
    "Zipcode": "zip",
}
_PREFIXES: Mapping[str, str] = {"Postal": "postAddress", "Street": "streetAddress"}
#: All of them, as an archive query names them.
BLOCK_COLUMNS = tuple(f"{prefix}/{column}" for prefix in _PREFIXES.values() for column in _COLUMNS.values())
#: A company's address blocks by name; texts, empty ones too.
Blocks = Mapping[str, Mapping[str, str]]


def read_blocks(crm: SuperOfficeClient, contact_ids: Iterable[int]) -> dict[int, Blocks]:
    """The address blocks of companies, one query for up to 200."""
    ids = sorted(set(contact_ids))
    if not ids:
        return {}
    select = ["contactId", *BLOCK_COLUMNS]
    found: dict[int, Blocks] = {}
    for page in crm.archive_in("Contact", select=select, key="contactId", ids=ids):
        for row in page.rows:
            blocks = {
                name: {part: str(row.get(f"{prefix}/{column}") or "") for part, column in _COLUMNS.items()}
                for name, prefix in _PREFIXES.items()
            }
            found.setdefault(int(row["contactId"]), blocks)
    return found


@dataclass
class Empties:
    """How the tenant shows nothing, by entity and place: a ProgId in lower case, ``Postal``, ``Postal/City``, or ``Position``.

    Shared by threads.
    """

    _known: dict[tuple[Entity, str], Any] = field(default_factory=dict)

    def learn(self, entity: Entity, record: Mapping[str, Any], fields: Mapping[str, CrmField]) -> None:
        """Remember what stands where a record that was read by itself holds nothing."""
        custom = {str(key).casefold(): value for key, value in (record.get("CustomFields") or {}).items()}
        for each in fields.values():
            raw = custom.get(each.prog_id.casefold(), "")
            if each.entity == entity and not decode(raw or ""):
                self._known[entity, each.prog_id.casefold()] = raw
        if "OrgNr" in record and not record["OrgNr"]:
            self._known[entity, "OrgNr"] = record["OrgNr"]
        if "Position" in record and not (record["Position"] or {}).get("Id"):
            self._known[entity, "Position"] = record["Position"]
        for name, block in (record.get("Address") or {}).items():
            if name not in _PREFIXES:
                continue
            if block is None:
                self._known[entity, name] = None
                continue
            for part in BLOCK:
                if part in block and not block[part]:
                    self._known[entity, f"{name}/{part}"] = block[part]

    def is_missing(self, entity: Entity, block: str) -> bool:
        """Whether an address block that holds nothing was seen to be absent."""
        return self._known.get((entity, block), "") is None

    def shown(self, entity: Entity, place: str) -> Any:
        """What nothing looks like there. Raises ``KeyError`` where no empty one was seen yet."""
        return self._known[entity, place]


def assumed_record(
    plan: EntityPlan, fields: Mapping[str, CrmField], blocks: Mapping[int, Blocks], empties: Empties
) -> dict[str, Any] | None:
    """The record as the plan takes it to be, in the API's shape; None where that can't be told without reading it."""
    custom: dict[str, str] = {}
    record: dict[str, Any] = {"CustomFields": custom, "Address": {}}
    try:
        for name, change in plan.fields.items():
            if name in fields:
                place = fields[name].prog_id.casefold()
                custom[place] = (
                    encode(change.before, fields[name]) if change.before else empties.shown(plan.entity, place)
                )
            elif name == "org_nr":
                record["OrgNr"] = change.before or empties.shown(plan.entity, "OrgNr")
            elif name == POSITION:
                empty = empties.shown(plan.entity, "Position") if not change.before else None
                record["Position"] = {"Id": position_id(change.before)} if change.before else empty
            else:
                record["Address"][CITIES[name]] = _block(plan, name, blocks[plan.contact_id][CITIES[name]], empties)
    except KeyError:
        return None
    return record


def _block(plan: EntityPlan, name: str, seen: Mapping[str, str], empties: Empties) -> dict[str, Any] | None:
    """One address block. Raises ``KeyError`` where it was edited since the plan, or an empty part's looks are not known."""
    block = CITIES[name]
    if seen["City"].strip() != plan.fields[name].before:
        raise KeyError(name)
    if not any(seen.values()) and empties.is_missing(plan.entity, block):
        return None
    return {part: seen[part] or empties.shown(plan.entity, f"{block}/{part}") for part in BLOCK}
