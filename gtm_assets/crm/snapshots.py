"""What the CRM says about accounts and persons, as values: which columns are read, how rows are taken apart, what differs. Pure.

What belongs elsewhere: reading and storing them (``accounts``), and who changed what when (``changes``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from gtm_assets.crm.fields import OWNED_COLUMNS, OWNED_UDEFS, POSITION, POSITION_LIST, CrmField, Entity
from resources.superoffice.models import ListItem
from resources.superoffice.values import decode, encode_list_item, list_names, parse_timestamp

ACCOUNT_COLUMNS = (
    "contactId",
    "name",
    "orgnr",
    "country",
    "stop",
    "postAddress/city",
    "streetAddress/city",
    "url/URLAddress",
    "updatedDate",
    "registeredDate",
)
PERSON_COLUMNS = (
    "personId",
    "contactId",
    "firstName",
    "lastName",
    "mrMrs",
    "title",
    "position",
    "personNoMail",
    "retired",
    "email/emailAddress",
    "personUpdatedDate",
    "personRegisteredDate",
)
#: Items of the lists that fields refer to, by list name.
Lists = Mapping[str, Sequence[ListItem]]


@dataclass(frozen=True)
class AccountSnapshot:
    """A company as the CRM carries it. ``fields`` maps our roles to normal form values (see :func:`normal_value`)."""

    contact_id: int
    name: str
    url: str
    org_nr: str
    postal_city: str
    street_city: str
    country: str
    stop: bool
    fields: Mapping[str, str] = field(default_factory=dict)
    crm_updated_at: datetime | None = None
    crm_created_at: datetime | None = None


@dataclass(frozen=True)
class PersonSnapshot:
    """A person as the CRM carries it; ``campaign`` and ``job_title`` come from user-defined fields.

    ``position_item`` is the position in normal form; None where the list of positions was not read.
    """

    person_id: int
    contact_id: int
    firstname: str
    lastname: str
    mrmrs: str
    title: str
    position: str
    job_title: str
    email: str
    campaign: str
    no_mailing: bool
    retired: bool
    position_item: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    crm_updated_at: datetime | None = None
    crm_created_at: datetime | None = None


def columns(entity: Entity, fields: Mapping[str, CrmField]) -> list[str]:
    """The archive columns that a snapshot needs: what the engine reads and what it owns.

    Nothing else: SuperOffice's certification flags whole records.
    """
    base = ACCOUNT_COLUMNS if entity == "Contact" else PERSON_COLUMNS
    return [*base, *(f.archive_column for f in fields.values() if f.entity == entity)]


def read_account(row: Mapping[str, Any], fields: Mapping[str, CrmField], lists: Lists) -> AccountSnapshot:
    """An archive row of provider Contact."""
    return AccountSnapshot(
        contact_id=int(row["contactId"]),
        name=_text(row.get("name")),
        url=_text(row.get("url/URLAddress")),
        org_nr=_text(row.get("orgnr")),
        postal_city=_text(row.get("postAddress/city")),
        street_city=_text(row.get("streetAddress/city")),
        country=_display(row.get("country")),
        stop=_flag(row.get("stop")),
        fields=_owned("Contact", row, fields, lists),
        crm_updated_at=parse_timestamp(_text(row.get("updatedDate"))),
        crm_created_at=parse_timestamp(_text(row.get("registeredDate"))),
    )


def read_person(row: Mapping[str, Any], fields: Mapping[str, CrmField], lists: Lists) -> PersonSnapshot:
    """An archive row of provider Person."""
    campaign = fields.get("campaign")
    job_title = fields.get("job_title")
    return PersonSnapshot(
        person_id=int(row["personId"]),
        contact_id=int(row.get("contactId") or 0),
        firstname=_text(row.get("firstName")),
        lastname=_text(row.get("lastName")),
        mrmrs=_display(row.get("mrMrs")),
        title=_text(row.get("title")),
        position=_display(row.get("position")),
        position_item=_position(row.get("position"), lists),
        job_title=_text(row.get(job_title.archive_column)) if job_title else "",
        email=_text(row.get("email/emailAddress")),
        campaign=_display(row.get(campaign.archive_column)) if campaign else "",
        no_mailing=_flag(row.get("personNoMail")),
        retired=_flag(row.get("retired")),
        fields=_owned("Person", row, fields, lists),
        crm_updated_at=parse_timestamp(_text(row.get("personUpdatedDate"))),
        crm_created_at=parse_timestamp(_text(row.get("personRegisteredDate"))),
    )


def _owned(entity: Entity, row: Mapping[str, Any], fields: Mapping[str, CrmField], lists: Lists) -> dict[str, str]:
    return {
        role: normal_value(row.get(fields[role].archive_column), fields[role], lists)
        for role in OWNED_UDEFS[entity]
        if role in fields
    }


def normal_value(value: object, field_: CrmField, lists: Lists) -> str:
    """One value of a user-defined field in the form that is compared and stored.

    Text is stripped; a list item is ``[I:<id>]`` whether the CRM showed its id, its number or its name in some language; a date is
    ISO ``YYYY-MM-DD``; nothing is the empty text. A list text that names no item stays as it is: a value nobody can place is still
    somebody's value.
    """
    if value is None or value == "":
        return ""
    if field_.field_type == "List":
        return _list_value(value, lists.get(field_.list_name, ()))
    if field_.field_type in {"Date", "UnlimitedDate"}:
        text = str(value)
        decoded = decode(text) if text.startswith("[") else parse_timestamp(text)
        if decoded is None:
            return ""
        return decoded.strftime("%Y-%m-%d") if hasattr(decoded, "strftime") else str(decoded)
    return str(value).strip()


def _position(value: object, lists: Lists) -> str | None:
    if POSITION_LIST not in lists:
        return None
    return _list_value(value, lists[POSITION_LIST]) if value else ""


def position_name(item: str, lists: Lists) -> str:
    """What archives show of a position in normal form; empty for none."""
    names = {encode_list_item(each.id): each.names for each in lists.get(POSITION_LIST, ())}
    return next(iter(names.get(item, ())), "")


def _list_value(value: object, items: Sequence[ListItem]) -> str:
    if isinstance(value, (int, float)):
        return encode_list_item(int(value)) if value else ""
    text = str(value).strip()
    if text.startswith("["):
        decoded = decode(text)
        return encode_list_item(decoded) if isinstance(decoded, int) and decoded else ""
    if text.isdigit():
        return encode_list_item(int(text)) if int(text) else ""
    names = {name.casefold() for name in list_names(text)}
    matches = [item.id for item in items if names & {name.casefold() for name in item.names}]
    return encode_list_item(matches[0]) if matches else text


def unknown_items(
    entity: Entity, rows: Sequence[Mapping[str, Any]], fields: Mapping[str, CrmField], lists: Lists
) -> set[tuple[str, str]]:
    """Values of list fields that no item of their list explains, as (list, value)."""
    unknown: set[tuple[str, str]] = set()
    for field_ in fields.values():
        if field_.entity != entity or field_.field_type != "List":
            continue
        known = {encode_list_item(item.id) for item in lists.get(field_.list_name, ())}
        for row in rows:
            value = normal_value(row.get(field_.archive_column), field_, lists)
            if value and value not in known:
                unknown.add((field_.list_name, value))
    if entity == "Person" and POSITION_LIST in lists:
        known = {encode_list_item(item.id) for item in lists[POSITION_LIST]}
        positions = {_position(row.get("position"), lists) or "" for row in rows} - known - {""}
        unknown |= {(POSITION_LIST, value) for value in positions}
    return unknown


def is_another(before: Mapping[str, Any], after: AccountSnapshot | PersonSnapshot) -> bool:
    """Whether an id belongs to another record than the stored one: created at another time, and called otherwise.

    Ids come back after a restored backup. Each of the two alone may change: names do, and how archives show the time of creation is
    documented for the date only.
    """
    known = before.get("crm_created_at")
    if known is None or after.crm_created_at is None or known == after.crm_created_at:
        return False
    names = ("name",) if isinstance(after, AccountSnapshot) else ("firstname", "lastname")
    return all(str(before[name]).casefold() != str(getattr(after, name)).casefold() for name in names if before[name])


def differing(before: Mapping[str, Any] | None, after: AccountSnapshot | PersonSnapshot) -> list[str]:
    """Names of what differs between a stored snapshot and a fresh one; ``fields.<role>`` for owned fields.

    The time of the last update is no difference by itself: it moves with every save, also with our own.
    """
    if before is None:
        return ["new"]
    fresh = comparable(after)
    found = []
    for name, value in fresh.items():
        if name == "fields":
            old = before.get("fields") or {}
            found += [f"fields.{role}" for role in value if role != "last_update" and old.get(role, "") != value[role]]
        elif name == POSITION and None in {value, before.get(name)}:
            continue  # not told is no difference; what people see of it is compared beside it
        elif before.get(name) != value:
            found.append(name)
    return found


def carried(snapshot: AccountSnapshot | PersonSnapshot) -> dict[str, str]:
    """Owned field to what the record carries, in normal form."""
    entity: Entity = "Contact" if isinstance(snapshot, AccountSnapshot) else "Person"
    columns = {name: getattr(snapshot, name) for name in OWNED_COLUMNS[entity]}
    return {**snapshot.fields, **{name: value for name, value in columns.items() if value is not None}}


def comparable(snapshot: AccountSnapshot | PersonSnapshot) -> dict[str, Any]:
    """A snapshot's columns without its times."""
    values = asdict(snapshot)
    del values["crm_updated_at"], values["crm_created_at"]
    values["fields"] = dict(snapshot.fields)
    return values


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _display(value: object) -> str:
    """The first language of a display text."""
    names = list_names(_text(value))
    return names[0] if names else ""


def _flag(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.casefold() in {"true", "1"})
