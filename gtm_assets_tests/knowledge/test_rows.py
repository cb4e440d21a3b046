"""Rows of Notion: what is refused by name, what is a draft, and which of two rows with one key counts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from gtm_assets.knowledge.columns import COLUMNS, MissingColumnError
from gtm_assets.knowledge.rows import ReadTable, read_table
from resources.notion.tables import NotionRow, NotionTable

GOOD: dict[str, dict[str, Any]] = {
    "verticals": {
        "Name": "Maschinenbau",
        "Key": "maschinenbau",
        "Definition": "Hersteller von Maschinen",
        "Pains": "Fachkräftemangel\nSuchzeiten",
        "Gains": ("Termintreue",),
        "Products": "Operativ: Transportroboter\nInfrastruktur: Reinigungsroboter",
        "Ops Focus": "Operativ",
        "References": "Musterlager AG | Suchzeiten gesenkt | Musterdaten",
        "Status": "Active",
    },
    "personas": {
        "Name": "Produktionsleitung",
        "Key": "produktionsleitung",
        "Pains": "Taktzeiten",
        "Gains": "",
        "Job Titles": ("Produktionsleiter", "Head of Production"),
        "Status": "Active",
    },
    "campaigns": {"Name": "Messe 2026", "Tag": "Messe 2026", "Brief": "Stand B12", "Active": True},
}


def table(database: Any, *rows: dict[str, Any], columns: tuple[str, ...] | None = None) -> NotionTable:
    """A database whose rows are good but for what each row says; ``page`` names a page, else its place does."""
    pages = []
    for place, changed in enumerate(rows):
        values = {**GOOD[database], **changed}
        page = str(values.pop("page", f"page-{place}"))
        pages.append(NotionRow(page, f"https://notion.example/{page}", datetime(2026, 3, 2, tzinfo=UTC), values))
    names = columns if columns is not None else COLUMNS[database]
    return NotionTable("db", str(database), dict.fromkeys(names, "rich_text"), tuple(pages))


def read(database: Any, *rows: dict[str, Any], **renamed: str) -> ReadTable:
    return read_table(database, table(database, *rows), renamed)


@pytest.mark.parametrize("database", ["verticals", "personas", "campaigns"])
def test_a_good_row_takes_part(database) -> None:
    found = read(database, {})
    assert [row.active for row in found.rows] == [True]
    assert found.refused == ()


def test_a_vertical_is_taken_apart_whatever_type_its_columns_have() -> None:
    (row,) = read("verticals", {"Pains": ("Fachkräftemangel", " Suchzeiten ")}).rows
    vertical: Any = row.row
    assert vertical.pains == ("Fachkräftemangel", "Suchzeiten")
    assert vertical.products == {"Operativ": "Transportroboter", "Infrastruktur": "Reinigungsroboter"}
    assert vertical.references[0].company == "Musterlager AG"


@pytest.mark.parametrize(
    ("database", "changed", "reason"),
    [
        ("verticals", {"Key": ""}, "Key is empty"),
        ("verticals", {"Key": "!!!"}, "no letter or digit"),
        ("verticals", {"Name": None}, "Name is empty"),
        ("verticals", {"Definition": " "}, "Definition is empty"),
        ("verticals", {"Pains": ()}, "Pains is empty"),
        ("verticals", {"Gains": ""}, "Gains is empty"),
        ("verticals", {"Ops Focus": "beides"}, "Ops Focus is 'beides'; expects Operativ or Infrastruktur"),
        ("verticals", {"Products": "Infrastruktur: Reinigungsroboter"}, "no product for its own Ops Focus (Operativ)"),
        ("verticals", {"References": "| ohne Firma"}, "names no company"),
        ("personas", {"Key": ""}, "Key is empty"),
        ("personas", {"Pains": ""}, "Pains is empty"),
        ("personas", {"Job Titles": ""}, "Job Titles is empty"),
        ("campaigns", {"Tag": ""}, "Tag is empty"),
        ("campaigns", {"Tag": "Standard"}, "choose another one"),
    ],
)
def test_an_active_row_that_lacks_something_is_refused_by_name_and_the_others_go_on(database, changed, reason) -> None:
    other = {"Key": "andere", "Tag": "andere", "page": "other"}
    found = read(database, {**changed, "page": "bad"}, other)
    (refusal,) = found.refused
    assert reason in refusal.reason
    assert refusal.page_id == "bad"
    assert refusal.name in {GOOD[database]["Name"], "(no name)"}
    assert [row.page_id for row in found.rows] == ["other"]
    assert found.page_ids == {"bad", "other"}


def test_a_draft_that_lacks_something_is_not_complained_about() -> None:
    found = read("verticals", {"Status": "Draft", "Pains": ""})
    assert (found.rows, found.refused) == ((), ())


@pytest.mark.parametrize("status", ["Active", "active", "Aktiv", "Ja", True])
def test_active_is_understood_in_every_notation(status) -> None:
    assert read("verticals", {"Status": status}).rows[0].active


@pytest.mark.parametrize("status", ["Draft", "", None, "Archived", False])
def test_everything_else_is_not_active(status) -> None:
    assert not read("verticals", {"Status": status}).rows[0].active


def test_of_two_active_rows_with_one_key_the_second_is_refused_and_names_the_first() -> None:
    found = read("verticals", {"Name": "Erste"}, {"Name": "Zweite", "Key": "MASCHINENBAU"})
    assert [row.row.name for row in found.rows] == ["Erste"]
    assert "already used by 'Erste'" in found.refused[0].reason


def test_a_draft_copy_never_displaces_the_active_row_it_was_copied_from() -> None:
    found = read("verticals", {"Name": "Kopie", "Status": "Draft"}, {"Name": "Original"})
    assert [row.row.name for row in found.rows if row.active] == ["Original"]
    assert found.refused == ()


def test_columns_are_found_whatever_their_case_and_under_another_name() -> None:
    columns = tuple(name.upper() for name in COLUMNS["verticals"] if name != "Pains")
    values = {name.upper(): value for name, value in GOOD["verticals"].items() if name != "Pains"}
    page = NotionRow("p", "", datetime(2026, 3, 2, tzinfo=UTC), {**values, "Schmerzpunkte": "Suchzeiten"})
    found = NotionTable("db", "", dict.fromkeys((*columns, "Schmerzpunkte"), "rich_text"), (page,))
    (row,) = read_table("verticals", found, {"verticals.pains": "Schmerzpunkte"}).rows
    vertical: Any = row.row
    assert vertical.pains == ("Suchzeiten",)


def test_missing_columns_are_all_named_with_what_there_is() -> None:
    columns = tuple(name for name in COLUMNS["personas"] if name not in {"Key", "Pains"})
    with pytest.raises(MissingColumnError, match=r"'personas' has no column 'Key', 'Pains' \(it has: Gains, "):
        read_table("personas", table("personas", {}, columns=columns), {})
