"""The tenant's user-defined fields: which there are, and the published layout that describes them.

The ids are those that the engine expects where nothing else is configured; some fields belong to people of the tenant and are none of the
engine's business. Source of the layout's shape: Swagger definition ``UserDefinedFieldInfo``. Text lengths: 199 long,
39 short (SuperOffice's documentation of user-defined fields).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from sandbox.superoffice.lists import CAMPAIGN_LIST, REGION_LIST, VERTICAL_LIST
from sandbox.switches import Switches

Entity = Literal["Contact", "Person"]
FieldType = Literal["ShortText", "LongText", "List", "Date", "Checkbox", "Number"]
TEXT_LENGTH = {"ShortText": 39, "LongText": 199}
# The table that holds items of user-defined lists, and the two entities' layout owner types.
_UDLIST_TABLE = 139
_FIELD_SWITCHES = ("vertical_field", "campaign_field", "last_update_field")
_COLUMN_OFFSET = {"Contact": 4000, "Person": 5000}


@dataclass(frozen=True)
class UdefField:
    """One user-defined field. ``labels``: ISO language -> label."""

    entity: Entity
    identity: int
    labels: dict[str, str]
    type: FieldType
    list_name: str = ""
    read_only: bool = False

    @property
    def prog_id(self) -> str:
        """The key under which values travel."""
        return f"SuperOffice:{self.identity}"

    @property
    def text_length(self) -> int:
        """Characters that fit; 0 where it is no text."""
        return TEXT_LENGTH.get(self.type, 0)


def _labels(en: str, de: str, no: str) -> dict[str, str]:
    return {"en": en, "de": de, "no": no}


_FIELDS: tuple[UdefField, ...] = (
    UdefField("Contact", 12, _labels("ERP customer number", "Kundennummer ERP", "Kundenummer ERP"), "ShortText"),
    UdefField("Contact", 13, _labels("Sales region", "Vertriebsregion", "Salgsregion"), "List", REGION_LIST),
    UdefField("Contact", 14, _labels("Framework contract", "Rahmenvertrag", "Rammeavtale"), "Checkbox"),
    UdefField("Contact", 83, _labels("Vertical", "Vertikale", "Vertikal"), "List", VERTICAL_LIST),
    UdefField("Contact", 84, _labels("Summary", "Zusammenfassung", "Sammendrag"), "LongText"),
    UdefField("Contact", 85, _labels("Last Update", "Letzte Aktualisierung", "Siste oppdatering"), "Date"),
    UdefField("Contact", 86, _labels("Opener", "Einstiegssatz", "Åpning"), "LongText"),
    UdefField("Contact", 87, _labels("Opener Secondary", "Zweiter Einstiegssatz", "Andre åpning"), "LongText"),
    UdefField("Person", 5, _labels("Hobby", "Hobby", "Hobby"), "ShortText"),
    UdefField("Person", 6, _labels("Key account", "Schlüsselkontakt", "Nøkkelkontakt"), "Checkbox"),
    UdefField("Person", 19, _labels("Subject", "Betreff", "Emne"), "LongText"),
    UdefField("Person", 20, _labels("Intro Text", "Einleitung", "Innledning"), "LongText"),
    UdefField("Person", 21, _labels("Social Proof", "Referenz", "Referanse"), "LongText"),
    UdefField("Person", 22, _labels("Unsubscribe", "Abmeldelink", "Avmelding"), "LongText"),
    UdefField("Person", 23, _labels("MA_Campaign", "MA_Kampagne", "MA_Kampanje"), "ShortText"),
)


def udef_fields(entity: Entity, switches: Switches) -> tuple[UdefField, ...]:
    """The entity's fields as the tenant has them."""
    return tuple(_fields(entity, *(switches[name] for name in _FIELD_SWITCHES)).values())


def udef_field(entity: Entity, prog_id: str, switches: Switches) -> UdefField | None:
    """One field by its ProgId, whatever the case."""
    return _fields(entity, *(switches[name] for name in _FIELD_SWITCHES)).get(prog_id.casefold())


def field_by_name(entity: Entity, name: str, switches: Switches) -> UdefField | None:
    """One field by ProgId or by its label in any language, for people."""
    wanted = name.strip().casefold()
    for field in udef_fields(entity, switches):
        if wanted == field.prog_id.casefold() or wanted in (label.casefold() for label in field.labels.values()):
            return field
    return None


@lru_cache(maxsize=32)
def _fields(entity: Entity, vertical: str, campaign: str, last_update: str) -> dict[str, UdefField]:
    """Fields by ProgId in lower case; archives ask for them once for each cell."""
    changed: dict[tuple[str, int], dict[str, str]] = {}
    if vertical == "text":
        changed["Contact", 83] = {"type": "ShortText", "list_name": ""}
    if last_update == "text":
        changed["Contact", 85] = {"type": "ShortText"}
    if campaign == "list":
        changed["Person", 23] = {"type": "List", "list_name": CAMPAIGN_LIST}
    fields = (field for field in _FIELDS if field.entity == entity)
    return {
        field.prog_id.casefold(): replace(field, **changed.get((field.entity, field.identity), {}))  # type: ignore[arg-type]
        for field in fields
    }


def published_layout(entity: Entity, switches: Switches) -> list[dict[str, Any]]:
    """What ``GET /{entity}/UdefLayout/Published`` answers."""
    return [
        _layout_row(field, position, switches["label_language"])
        for position, field in enumerate(udef_fields(entity, switches), 1)
    ]


def _layout_row(field: UdefField, position: int, language: str) -> dict[str, Any]:
    label = field.labels[language]
    return {
        # Changes with every publish in a real tenant, unlike ProgId and UdefIdentity; nobody may build on it.
        "UDefFieldId": 900 + position,
        "ColumnId": _COLUMN_OFFSET[field.entity] + field.identity,
        "FieldDefault": "",
        "FieldHeight": 0,
        "FieldLabel": label,
        "FieldLeft": 0,
        "FieldTop": position * 22,
        "FieldType": field.type,
        "FieldWidth": 0,
        "FormatMask": "",
        "HideLabel": False,
        "IsIndexed": False,
        "LabelHeight": 0,
        "LabelLeft": 0,
        "LabelTop": 0,
        "LabelWidth": 0,
        "LastVersionId": 0,
        "ListTableId": _UDLIST_TABLE if field.type == "List" else 0,
        "IsMandatory": False,
        "Type": field.entity,
        "Page1LineNo": 0,
        "ProgId": field.prog_id,
        "IsReadOnly": field.read_only,
        "ShortLabel": label,
        "TabOrder": position,
        "TextLength": field.text_length,
        "Tooltip": "",
        "UdefIdentity": field.identity,
        "UDListDefinitionId": int(field.list_name.removeprefix("udlist")) if field.type == "List" else 0,
        "Justification": "Default",
        "Version": 3,
        "TemplateVariableName": f"{'cf' if field.entity == 'Contact' else 'pf'}{field.identity}",
        "HasBeenPublished": True,
        "MdoListName": field.list_name,
        "TableRight": None,
        "FieldProperties": {},
    }
