"""What the client hands out. Frozen values; how they are read from JSON lives here too, calls do not.

Field names follow SuperOffice (``Swagger-v1-REST.json``): ``UserDefinedFieldInfo``, ``MDOListItem``,
``SoPrincipalCarrier``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from resources.superoffice.values import list_names, parse_timestamp

EntityName = Literal["Contact", "Person"]
Row = dict[str, Any]

#: The numbers of the state enumeration, in case a tenant's document carries numbers instead of names.
STATE_NAMES = {
    0: "Unknown",
    1: "Provisioning",
    2: "Running",
    3: "Deleted",
    4: "Suspended",
    5: "OnlineMaintenance",
    6: "OfflineMaintenance",
    8: "ProvisioningFailed",
    10: "Deleting",
    11: "DeleteFailed",
    12: "MigrationPending",
}


@dataclass(frozen=True)
class TenantState:
    """Where the tenant lives and whether it answers.

    ``api_url`` ends without a slash and without ``/v1``. ``valid_until`` (UTC) is when to ask again.
    """

    tenant: str
    state: str
    is_running: bool
    api_url: str
    valid_until: datetime | None
    version: str

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> TenantState:
        """Read the state document; absent texts become empty."""
        state = document.get("State")
        return cls(
            tenant=_text(document.get("ContextIdentifier")),
            state=STATE_NAMES.get(state, str(state)) if isinstance(state, int) else _text(state),
            is_running=bool(document.get("IsRunning")),
            api_url=_text(document.get("Api")).rstrip("/"),
            valid_until=parse_timestamp(_text(document.get("ValidUntil"))),
            version=_text(document.get("Version")),
        )


@dataclass(frozen=True)
class Principal:
    """Who we are in the CRM; our own writes carry this ``associate_id``."""

    associate_id: int
    name: str
    person_id: int
    user_type: str
    tenant: str

    @classmethod
    def from_json(cls, carrier: Mapping[str, Any]) -> Principal:
        """Read a ``SoPrincipalCarrier``; ``name`` is the log-on name."""
        return cls(
            associate_id=int(carrier["AssociateId"]),
            name=_text(carrier.get("Associate")) or _text(carrier.get("FullName")),
            person_id=int(carrier.get("PersonId") or 0),
            user_type=_text(carrier.get("UserType")),
            tenant=_text(carrier.get("DatabaseContextIdentifier")),
        )


@dataclass(frozen=True)
class UdefField:
    """One user-defined field of the published layout.

    ``prog_id`` is stable and is what ``CustomFields`` uses as key (``UDefFieldId`` changes with every publication, so
    it is left out). ``labels`` holds the label in every language of the tenant. ``text_length`` is in characters, 0
    for other types. ``list_name`` is what ``mdo_list`` takes, empty unless ``field_type`` is ``List``.
    """

    prog_id: str
    labels: tuple[str, ...]
    field_type: str
    text_length: int
    is_mandatory: bool
    is_read_only: bool
    list_name: str

    @property
    def label(self) -> str:
        """The first label; for people to read."""
        return self.labels[0] if self.labels else self.prog_id

    @classmethod
    def from_json(cls, info: Mapping[str, Any]) -> UdefField:
        """Read a ``UserDefinedFieldInfo``. A field without ProgId is known as ``SuperOffice:<UdefIdentity>``."""
        list_id = int(info.get("UDListDefinitionId") or 0)
        is_list = info.get("FieldType") == "List"
        return cls(
            prog_id=_text(info.get("ProgId")) or f"SuperOffice:{info.get('UdefIdentity')}",
            labels=list_names(_text(info.get("FieldLabel"))),
            field_type=_text(info.get("FieldType")),
            text_length=int(info.get("TextLength") or 0),
            is_mandatory=bool(info.get("IsMandatory")),
            is_read_only=bool(info.get("IsReadOnly")),
            list_name=_text(info.get("MdoListName")) or (f"udlist{list_id}" if is_list and list_id else ""),
        )


@dataclass(frozen=True)
class ListItem:
    """One item of a list. ``names``: in every language of the tenant; match on ``id`` where one is known."""

    id: int
    names: tuple[str, ...]
    deleted: bool

    @classmethod
    def from_json(cls, item: Mapping[str, Any]) -> ListItem:
        """Read an ``MDOListItem``."""
        return cls(int(item["Id"]), list_names(_text(item.get("Name"))), bool(item.get("Deleted")))


@dataclass(frozen=True)
class Refusal:
    """An answer that says no: its status, and what kind of body came with it (``error`` is the API's documented one)."""

    status: int
    body: Literal["error", "html", "empty", "other"]


@dataclass(frozen=True)
class ArchivePage:
    """One page of an archive query.

    ``rows`` are as SuperOffice sent them (Slim mode: list columns hold display texts, ``PrimaryKey`` is a text).
    ``server_time`` is the ``Date`` header, UTC: the server's clock at the time of the answer, to move a cursor by.
    None where there was no such header. ``next_link`` is shown to whoever asks how the tenant pages; nothing pages by it.
    """

    rows: tuple[Row, ...]
    server_time: datetime | None
    next_link: str | None = None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
