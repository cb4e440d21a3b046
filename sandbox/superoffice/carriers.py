"""Small carriers inside entities: associates, list values, countries, addresses, elements, rights. Names are Swagger's.

What belongs elsewhere: the entities themselves (``entities``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sandbox.superoffice.crm import Crm
from sandbox.superoffice.languages import multilingual, translated
from sandbox.superoffice.lists import COUNTRIES
from sandbox.superoffice.records import NO_ADDRESS, AddressBlock, Element

# Who works in this tenant. 4 and 5 are the engine (system user and refresh token); 7 is the human who edits.
ASSOCIATES: dict[int, tuple[str, str, str]] = {
    1: ("ADMIN", "Administration (Musterdaten)", "InternalAssociate"),
    4: ("SYSTEM", "gtm-assets (System User)", "SystemAssociate"),
    5: ("GTM", "gtm-assets (API User)", "InternalAssociate"),
    7: ("VERTRIEB", "Vertrieb (Musterdaten)", "InternalAssociate"),
}
SYSTEM_USER = 4
API_USER = 5
HUMAN = 7

_FULL_RIGHT = {"Mask": "Select, Update, Insert, Delete", "Reason": ""}
_ADDRESS_NAMES = ("Address1", "Address2", "Address3", "City", "County", "State", "Zipcode")
_ADDRESS_LENGTHS = {"Address1": 79, "Address2": 79, "Address3": 79, "City": 79, "County": 29, "State": 5, "Zipcode": 11}


@dataclass(frozen=True)
class View:
    """From where and how one request looks at the CRM.

    Language ("" = untranslated), URL of the API and of the sandbox's websites.
    """

    crm: Crm
    api_root: str
    site_root: str
    language: str = ""
    # Header SO-TimeZone asked for includeTZOffset: UpdatedDate and CreatedDate are tagged as UTC then.
    tagged_times: bool = False

    def stamp(self, text: str) -> str:
        """UpdatedDate or CreatedDate, always UTC, naive unless the client asked for offsets."""
        return f"{text}Z" if self.tagged_times and text else text

    @property
    def first(self) -> str:
        """The tenant's own language."""
        return self.crm.switches["label_language"]


def table_right() -> dict[str, str]:
    """All rights."""
    return dict(_FULL_RIGHT)


def field_property(type_name: str, length: int, *, mandatory: bool = False) -> dict[str, Any]:
    """One entry of FieldProperties."""
    mask = "Update, UIHintMandatory" if mandatory else "Update"
    reason = "[SR_ACCESS_MANDATORY]" if mandatory else ""
    return {"FieldRight": {"Mask": mask, "Reason": reason}, "FieldType": type_name, "FieldLength": length}


def associate(associate_id: int) -> dict[str, Any] | None:
    """An Associate carrier; None for nobody."""
    if associate_id == 0:
        return None
    name, full_name, kind = ASSOCIATES.get(
        associate_id, (f"A{associate_id}", f"Associate {associate_id}", "InternalAssociate")
    )
    return {
        "AssociateId": associate_id,
        "Name": name,
        "PersonId": 0,
        "Rank": associate_id,
        "Tooltip": "",
        "Type": kind,
        "GroupIdx": 1,
        "FullName": full_name,
        "FormalName": full_name,
        "Deleted": False,
        "EjUserId": 0,
        "UserName": None,
        "ExtraFields": {},
        "CustomFields": {},
        "TableRight": {"Mask": "Select, Update", "Reason": ""},
        "FieldProperties": {},
    }


def associate_name(associate_id: int) -> str:
    """The short name that archives show."""
    return ASSOCIATES.get(associate_id, (f"A{associate_id}", "", ""))[0] if associate_id else ""


def list_value(view: View, list_name: str, item_id: int) -> dict[str, Any]:
    """A carrier such as Position: id and name of a list item; id 0 for nothing."""
    return {
        "Id": item_id,
        "Value": item_name(view, list_name, item_id),
        "Tooltip": "",
        "TableRight": None,
        "FieldProperties": {},
    }


def item_name(view: View, list_name: str, item_id: int) -> str:
    """Name of a list item in the language asked for."""
    item = view.crm.lists[list_name].items.get(item_id)
    return translated(item.raw_name(view.first), view.language) if item else ""


def country(view: View, country_id: int) -> dict[str, Any] | None:
    """A Country carrier; None for none."""
    found = next((row for row in COUNTRIES if row[0] == country_id), None)
    if found is None:
        return None
    number, two, three, german, english = found
    name = translated(multilingual({"de": german, "en": english}, view.first), view.language)
    return {
        "CountryId": number,
        "Name": name,
        "CurrencyId": 0,
        "EnglishName": english,
        "TwoLetterISOCountry": two,
        "ThreeLetterISOCountry": three,
        "ImageDescription": None,
        "OrgNrText": "VAT No.:",
        "InterAreaPrefix": "0",
        "DialInPrefix": {"DE": "49", "AT": "43", "CH": "41"}[two],
        "ZipPrefix": two,
        "DomainName": two,
        "AddressLayoutId": 1,
        "DomesticAddressLayoutId": 1,
        "ForeignAddressLayoutId": 1,
        "Rank": number,
        "Tooltip": english,
        "Deleted": False,
        "TableRight": None,
        "FieldProperties": {},
    }


def elements(items: Iterable[Element]) -> list[dict[str, Any]]:
    """E-mails, URLs or phones in their order."""
    return [
        {"Value": value, "StrippedValue": value, "Description": text, "TableRight": None, "FieldProperties": {}}
        for value, text in items
    ]


def structured_address(block: AddressBlock, kind: str) -> dict[str, Any]:
    """A StructuredAddress carrier."""
    values = dict(zip(_ADDRESS_NAMES, block, strict=True))
    return {"AtypeIdx": kind, **values, "Formatted": formatted_address(block)}


def formatted_address(block: AddressBlock) -> str:
    """The address in lines."""
    place = f"{block.zipcode} {block.city}".strip()
    return "\r\n".join(line for line in (block.address1, block.address2, block.address3, place) if line)


def address_block(value: dict[str, Any] | None) -> AddressBlock:
    """The opposite of ``structured_address``; what is missing or null is empty."""
    if not value:
        return NO_ADDRESS
    by_name = {str(key).casefold(): item for key, item in value.items()}
    return AddressBlock(*(str(by_name.get(name.casefold()) or "") for name in _ADDRESS_NAMES))


def localized_address(blocks: Iterable[tuple[AddressBlock, str]]) -> list[list[dict[str, Any]]]:
    """LocalizedAddress: one row for each line of the form, Zipcode and City on one."""
    rows = []
    for block, kind in blocks:
        values = dict(zip(_ADDRESS_NAMES, block, strict=True))
        lines = (("Address1",), ("Address2",), ("Address3",), ("Zipcode", "City"))
        rows += [[_localized(name, values[name], kind) for name in names] for names in lines]
    return rows


def _localized(name: str, value: str, kind: str) -> dict[str, Any]:
    return {
        "Name": name,
        "Value": value,
        "Tooltip": "",
        "Label": f"SR_AL_{name.upper()}",
        "ValueLength": _ADDRESS_LENGTHS[name] + 1,
        "AddressType": kind,
        "TableRight": None,
        "FieldProperties": {},
    }


def address_properties() -> dict[str, Any]:
    """FieldProperties of an Address."""
    return {name.lower(): field_property("System.String", length) for name, length in _ADDRESS_LENGTHS.items()}
