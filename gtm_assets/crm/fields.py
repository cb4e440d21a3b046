"""Which user-defined field of the tenant plays which role. Pure.

A role is found by an explicit setting (ProgId or label), else by a label it is known by, else by its default ProgId.
What belongs elsewhere: asking the CRM for its layout and remembering the answer (``field_map``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from gtm_assets.settings import UserError
from resources.superoffice.models import UdefField

Entity = Literal["Contact", "Person"]
MatchedBy = Literal["setting", "label", "default"]

TEXT_TYPES = frozenset({"ShortText", "LongText"})
DATE_TYPES = frozenset({"Date", "UnlimitedDate"})


@dataclass(frozen=True)
class FieldRole:
    """What a role needs: the entity, the default ProgId, labels it is known by, and types that can hold it."""

    role: str
    entity: Entity
    default_prog_id: str
    labels: tuple[str, ...]
    types: frozenset[str]
    owned: bool = True
    optional: bool = False


ROLES: tuple[FieldRole, ...] = (
    FieldRole("subject", "Person", "SuperOffice:19", ("UDF_Subject", "MA_Subject", "Subject", "Betreff"), TEXT_TYPES),
    FieldRole("intro", "Person", "SuperOffice:20", ("UDF_Bridge", "MA_Intro", "Intro Text", "Bridge"), TEXT_TYPES),
    FieldRole("social_proof", "Person", "SuperOffice:21", ("UDF_Proof", "MA_SocialProof", "Social Proof"), TEXT_TYPES),
    FieldRole(
        "unsubscribe",
        "Person",
        "SuperOffice:22",
        ("UDF_UnsubscribeLink", "MA_Unsubscribe", "Unsubscribe", "Abmeldelink"),
        TEXT_TYPES,
    ),
    FieldRole(
        "campaign",
        "Person",
        "SuperOffice:23",
        ("MA_Campaign", "Campaign Tag", "Kampagne"),
        TEXT_TYPES | {"List"},
        owned=False,
    ),
    FieldRole(
        "vertical", "Contact", "SuperOffice:83", ("UDF_Vertical", "MA_Vertical", "Vertical"), TEXT_TYPES | {"List"}
    ),
    FieldRole("summary", "Contact", "SuperOffice:84", ("UDF_Summary", "MA_Summary", "Summary"), TEXT_TYPES),
    FieldRole("last_update", "Contact", "SuperOffice:85", ("MA_LastUpdate", "Last Update"), TEXT_TYPES | DATE_TYPES),
    FieldRole(
        "opener", "Contact", "SuperOffice:86", ("UDF_Opener", "MA_Opener", "Opener Primary", "Opener"), TEXT_TYPES
    ),
    FieldRole(
        "opener_secondary",
        "Contact",
        "SuperOffice:87",
        ("MA_OpenerSecondary", "Opener Secondary", "Opener Sec."),
        TEXT_TYPES,
    ),
    # Tenants that keep the job title in a field of their own; there is no such property in the REST API.
    FieldRole("job_title", "Person", "", ("JobTitle", "Job Title", "Jobtitel"), TEXT_TYPES, owned=False, optional=True),
)
OWNED_UDEFS: Mapping[Entity, tuple[str, ...]] = {
    "Contact": tuple(role.role for role in ROLES if role.owned and role.entity == "Contact"),
    "Person": tuple(role.role for role in ROLES if role.owned and role.entity == "Person"),
}
#: A person's position by its list item; owned where ``SUPEROFFICE_WRITE_POSITION`` says so.
POSITION = "position_item"
#: The CRM's name of the list of positions.
POSITION_LIST = "perspos"
#: What the engine owns beside user-defined fields, by the name of its column in the store.
OWNED_COLUMNS: Mapping[Entity, tuple[str, ...]] = {
    "Contact": ("org_nr", "postal_city", "street_city"),
    "Person": (POSITION,),
}


@dataclass(frozen=True)
class CrmField:
    """One user-defined field as the tenant has it. ``text_length`` is in characters, 0 where the type has none."""

    role: str
    entity: Entity
    prog_id: str
    label: str
    field_type: str
    text_length: int
    list_name: str
    matched_by: MatchedBy

    @property
    def archive_column(self) -> str:
        """The column of archive queries that shows this field."""
        return f"{'contactUdef' if self.entity == 'Contact' else 'personUdef'}/{self.prog_id}"


class FieldMapError(UserError):
    """The tenant's layout does not fit; the message names each role, what was found and what to do."""


def resolve_fields(
    layouts: Mapping[Entity, Sequence[UdefField]], configured: Mapping[str, str | None]
) -> dict[str, CrmField]:
    """Roles to fields; see :func:`match_fields` for the arguments.

    Raises:
        FieldMapError: A role has no field, a field of another type, a read-only one, or two roles share one.
    """
    fields, problems = match_fields(layouts, configured)
    if problems:
        raise FieldMapError(
            "The user-defined fields of the CRM don't fit: "
            + "; ".join(problems)
            + ". Create the fields and publish the "
            "layout in SuperOffice's settings, or name the right ones in SUPEROFFICE_FIELD_… (ProgId or label)."
        )
    return fields


def match_fields(
    layouts: Mapping[Entity, Sequence[UdefField]], configured: Mapping[str, str | None]
) -> tuple[dict[str, CrmField], list[str]]:
    """Roles to fields as far as they were found, and what is wrong with the others.

    Args:
        layouts: The published layout of both entities.
        configured: Role to what ``SUPEROFFICE_FIELD_<ROLE>`` says, a ProgId or a label.
    """
    fields: dict[str, CrmField] = {}
    problems: list[str] = []
    for role in ROLES:
        found = _find(role, layouts[role.entity], configured.get(role.role))
        if found is None:
            if not role.optional:
                wanted = configured.get(role.role) or role.default_prog_id
                problems.append(f"{role.role}: {role.entity} has no user-defined field {wanted}")
            continue
        field, matched_by = found
        if field.field_type not in role.types:
            problems.append(
                f"{role.role}: {field.prog_id} ({field.label!r}) is a {field.field_type}, "
                f"expects {' or '.join(sorted(role.types))}"
            )
        elif role.owned and field.is_read_only:
            problems.append(f"{role.role}: {field.prog_id} ({field.label!r}) is read-only in the layout")
        else:
            fields[role.role] = CrmField(
                role.role,
                role.entity,
                field.prog_id,
                field.label,
                field.field_type,
                field.text_length,
                field.list_name,
                matched_by,
            )
    used: dict[tuple[str, str], str] = {}
    for name, resolved in fields.items():
        other = used.setdefault((resolved.entity, resolved.prog_id), name)
        if other != name:
            problems.append(f"{name} and {other} would both be {resolved.entity} {resolved.prog_id}")
    return fields, problems


def _find(role: FieldRole, layout: Sequence[UdefField], wanted: str | None) -> tuple[UdefField, MatchedBy] | None:
    by_prog_id = {field.prog_id.casefold(): field for field in layout}
    by_label = {label.casefold(): field for field in reversed(layout) for label in field.labels}
    if wanted:
        field = by_prog_id.get(wanted.casefold()) or by_label.get(wanted.casefold())
        return (field, "setting") if field else None
    for label in role.labels:
        field = by_label.get(label.casefold())
        if field is not None and field.field_type in role.types:
            return field, "label"
    field = by_prog_id.get(role.default_prog_id.casefold())
    return (field, "default") if field else None


def drift(before: Mapping[str, CrmField], now: Mapping[str, CrmField]) -> list[str]:
    """What moved in the layout since it was last read: a role on another field, or a field of another type."""
    moved = []
    for role, old in before.items():
        new = now.get(role)
        if new is None:
            moved.append(f"{role} was {old.prog_id} and has no field any more")
        elif new.prog_id != old.prog_id:
            moved.append(f"{role} was {old.prog_id} ({old.label!r}) and would now be {new.prog_id} ({new.label!r})")
        elif new.field_type != old.field_type:
            moved.append(f"{role} ({old.prog_id}) was a {old.field_type} and is now a {new.field_type}")
    return moved
