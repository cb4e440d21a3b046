"""Archive columns of user-defined fields: ``contactUdef/SuperOffice:83``. Their types follow the tenant's switches.

What belongs elsewhere: all other columns (``columns``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.superoffice.carriers import View
from sandbox.superoffice.column import Column, Row
from sandbox.superoffice.fields import Entity, udef_field
from sandbox.superoffice.languages import translated
from sandbox.superoffice.restrictions import ColumnType
from sandbox.superoffice.values import as_text, display, encoded


def udef_column(entity: Entity, name: str) -> Column:
    """The column of that name; whether the tenant has the field says ``udef_type``."""
    prog_id = name.partition("/")[2]
    return _UdefColumns(entity, prog_id, name).column()


@dataclass(frozen=True)
class _UdefColumns:
    entity: Entity
    prog_id: str
    name: str

    def column(self) -> Column:
        # The type depends on switches, which are known only where a row is: "string" here is corrected by ``typed``.
        return Column(self.name, "string", self._value, self._shown, self._raw)

    def _value(self, row: Row) -> Any:
        field = udef_field(self.entity, self.prog_id, row.view.crm.switches)
        stored = row.record.fields.get(self.prog_id)
        if field is None or field.type == "List":
            return stored or 0
        if field.type in ("ShortText", "LongText"):
            return as_text(stored, row.view.crm.lists)
        return display(field, stored, row.view.crm.lists, row.view.first)

    def _shown(self, row: Row) -> Any:
        field = udef_field(self.entity, self.prog_id, row.view.crm.switches)
        if field is None:
            return None
        shown = display(field, row.record.fields.get(self.prog_id), row.view.crm.lists, row.view.first)
        return translated(shown, row.view.language) if field.type == "List" else shown

    def _raw(self, row: Row) -> Any:
        field = udef_field(self.entity, self.prog_id, row.view.crm.switches)
        return encoded(field, row.record.fields.get(self.prog_id), row.view.crm.lists, custom=False) if field else None


def udef_type(view: View, column: Column) -> ColumnType | None:
    """The type of a user-defined column as the tenant has it now; None if the tenant has no such field."""
    prefix, _, prog_id = column.name.partition("/")
    field = udef_field("Contact" if prefix == "contactUdef" else "Person", prog_id, view.crm.switches)
    if field is None:
        return None
    types: dict[str, ColumnType] = {"List": "list", "Date": "date", "Checkbox": "bool", "Number": "int"}
    return types.get(field.type, "string")
