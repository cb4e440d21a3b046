"""The tenant's lists: built-in ones and two that an administrator made (udlist83: verticals, udlist13: regions.

Udlist23: campaigns).

Lists are data that people extend: new positions and campaigns get an item when a record needs one.
Source of the item's shape: Swagger definition ``MDOListItem``; headings and ``flat=true``: SuperOffice's developer documentation
section 7.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sandbox.superoffice.languages import multilingual, translated

VERTICAL_LIST = "udlist83"
CAMPAIGN_LIST = "udlist23"
REGION_LIST = "udlist13"

_CATEGORIES = (
    ("Kunde", "Customer"),
    ("Interessent", "Prospect"),
    ("Partner", "Business partner"),
    ("Lieferant", "Vendor"),
)
_BUSINESSES = (
    ("Industrie", "Manufacturing"),
    ("Dienstleistung", "Services"),
    ("Handel", "Retail"),
    ("Öffentlicher Sektor", "Public"),
)
_REGIONS = (("Nord", "North"), ("Ost", "East"), ("Süd", "South"), ("West", "West"))
_MRMRS = (("Herr", "Mr"), ("Frau", "Ms"))
# id, ISO code, names: the ids are those of ISO 3166 numeric, which SuperOffice uses.
COUNTRIES = (
    (276, "DE", "DEU", "Deutschland", "Germany"),
    (40, "AT", "AUT", "Österreich", "Austria"),
    (756, "CH", "CHE", "Schweiz", "Switzerland"),
)


@dataclass
class ListItem:
    """One item. ``names``: ISO language -> name; a plain name stands under "" for all languages."""

    id: int
    names: dict[str, str]
    rank: int
    tooltip: str = ""
    deleted: bool = False

    def raw_name(self, first: str) -> str:
        """The name as the database keeps it."""
        return self.names[""] if "" in self.names else multilingual(self.names, first)


@dataclass
class CrmList:
    """A list with a first id of its own.

    Ids of different lists overlap in real tenants, and never start with 1 for long.
    """

    name: str
    first_id: int
    items: dict[int, ListItem] = field(default_factory=dict)

    def add(self, names: dict[str, str]) -> ListItem:
        """Append an item."""
        item = ListItem(max(self.items, default=self.first_id - 1) + 1, names, len(self.items) + 1)
        self.items[item.id] = item
        return item

    def find(self, name: str) -> ListItem | None:
        """The item that has this name in any language."""
        wanted = name.strip().casefold()
        return next(
            (item for item in self.items.values() if any(n.casefold() == wanted for n in item.names.values())), None
        )

    def to_json(self) -> dict[str, Any]:
        """For the sandbox's own directory."""
        return {"name": self.name, "first_id": self.first_id, "items": [vars(item) for item in self.items.values()]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> CrmList:
        """The opposite of ``to_json``."""
        items = {item["id"]: ListItem(**item) for item in data["items"]}
        return cls(data["name"], data["first_id"], items)


def tenant_lists(verticals: Iterable[tuple[str, str]]) -> dict[str, CrmList]:
    """All lists of a new tenant. ``verticals``: German and English name each."""
    lists = {
        name: CrmList(name, first_id)
        for name, first_id in (
            (VERTICAL_LIST, 1401),
            (CAMPAIGN_LIST, 2301),
            (REGION_LIST, 1301),
            ("perspos", 21),
            ("mrmrs", 1),
            ("category", 1),
            ("business", 1),
        )
    }
    for name, rows in (
        (VERTICAL_LIST, verticals),
        (REGION_LIST, _REGIONS),
        ("mrmrs", _MRMRS),
        ("category", _CATEGORIES),
        ("business", _BUSINESSES),
    ):
        for german, english in rows:
            lists[name].add({"de": german, "en": english})
    lists["country"] = CrmList("country", 1)
    for number, _, _, german, english in COUNTRIES:
        lists["country"].items[number] = ListItem(
            number, {"de": german, "en": english}, len(lists["country"].items) + 1
        )
    return lists


def mdo_items(crm_list: CrmList, *, flat: bool, language: str, first: str) -> list[dict[str, Any]]:
    """What ``GET /MDOList/{name}`` answers: items, or, without ``flat=true``, one heading with the items below it."""
    items = [
        _mdo_item(
            item.id,
            item.raw_name(first),
            language,
            rank=item.rank,
            tooltip=item.tooltip,
            deleted=item.deleted,
            kind=crm_list.name,
        )
        for item in sorted(crm_list.items.values(), key=lambda item: item.rank)
    ]
    if flat:
        return items
    heading = _mdo_item(1, multilingual({"de": "Alle", "en": "All"}, first), language, rank=1, kind="heading")
    heading["ChildItems"] = items
    return [heading]


def _mdo_item(
    item_id: int, name: str, language: str, *, rank: int, kind: str, tooltip: str = "", deleted: bool = False
) -> dict[str, Any]:
    return {
        "Id": item_id,
        "Name": translated(name, language),
        "ToolTip": tooltip,
        "Deleted": deleted,
        "Rank": rank,
        "Type": kind,
        "ChildItems": [],
        "IconHint": "",
        "ColorBlock": 0,
        "ExtraInfo": "",
        "StyleHint": "",
        "FullName": translated(name, language),
        "TableRight": None,
        "FieldProperties": {},
    }
