"""What the CRM in memory shows in archives: which rows a filter keeps, and the columns of a row. Paging is ``FakeCrm.archive_keyset``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from gtm_assets.crm.fields import Entity
from gtm_assets_tests.fake_fields import ADDRESS, FIELDS
from resources.superoffice.models import ListItem


def keeper(text: str, zone: timedelta) -> Callable[[Mapping[str, Any]], bool]:
    """Whether a filter keeps a row; ``zone`` is the one that the tenant reads times in."""
    if match := re.fullmatch(r"(\S+) in \(([\d,]*)\)", text):
        ids = {int(each) for each in match[2].split(",")}
        return lambda row: int(row[match[1]]) in ids
    if match := re.fullmatch(r"(\S+) gt (\d+)", text):
        return lambda row: int(row[match[1]]) > int(match[2])
    if match := re.fullmatch(r"(\S+) afterTime '(.+)'", text):
        moment = datetime.fromisoformat(match[2]) - zone
        return lambda row: datetime.fromisoformat(row[match[1]]) >= moment
    if match := re.fullmatch(r"(\S+) after '(.+)'", text):
        return lambda row: str(row[match[1]])[:10] > match[2]
    raise AssertionError(f"the fake does not know the filter {text!r}")


def row_of(
    entity: Entity, entity_id: int, record: Mapping[str, Any], lists: Mapping[str, Sequence[ListItem]]
) -> dict[str, Any]:
    """All columns of a record that any archive shows."""
    updated = f"{record['updated']:%Y-%m-%dT%H:%M:%S}"
    table = entity.casefold()
    row = {
        f"{table}.{table}_id": entity_id,
        f"{table}.updated": updated,
        f"{table}.updated_associate_id": record["by"],
    }
    for field in FIELDS.values():
        if field.entity == entity:
            row[field.archive_column] = _shown(record["custom"].get(field.prog_id, ""), lists)
    if entity == "Contact":
        return {
            **row,
            "contactId": entity_id,
            "name": record["name"],
            "orgnr": record["OrgNr"] or "",
            "country": record["country"],
            "stop": record["stop"],
            **{
                f"{prefix}/{column}": (record[block] or {}).get(part) or ""
                for prefix, block in (("postAddress", "Postal"), ("streetAddress", "Street"))
                for column, part in ADDRESS.items()
            },
            "url/URLAddress": record["url"],
            "updatedDate": updated,
            "registeredDate": f"{record['created']:%Y-%m-%dT%H:%M:%S}",
        }
    return {
        **row,
        "personId": entity_id,
        "contactId": record["contact_id"],
        "person.contact_id": record["contact_id"],
        "firstName": record["firstname"],
        "lastName": record["lastname"],
        "mrMrs": "",
        "title": record["title"],
        "position": record["position"],
        "personNoMail": record["no_mailing"],
        "retired": record["retired"],
        "email/emailAddress": "",
        "personUpdatedDate": updated,
        "personRegisteredDate": f"{record['created']:%Y-%m-%dT%H:%M:%S}",
    }


def _shown(value: str, lists: Mapping[str, Sequence[ListItem]]) -> str:
    """A user-defined field as archives show it: list items by name, dates as ISO."""
    if match := re.fullmatch(r"\[I:(\d+)\]", value):
        names = {item.id: item.names for items in lists.values() for item in items}
        found = names.get(int(match[1]), ())
        return ";".join(f'{code}:"{name}"' for code, name in zip(("GE", "US"), found, strict=False))
    if match := re.fullmatch(r"\[D:(\d\d)/(\d\d)/(\d{4}).*\]", value):
        return "" if match[3] == "0001" else f"{match[3]}-{match[1]}-{match[2]}T00:00:00"
    return value
