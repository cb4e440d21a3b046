"""Values and blocks as Notion's JSON: by each column's actual type, in pieces that Notion takes. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.notion.body import bullet, checked, heading, paragraph, quote
from resources.notion.filters import query_filter
from resources.notion.properties import NotionValueError, write_values
from resources.notion.rich_text import rich_text
from resources.notion.tables import NotionColumn, NotionSource, Value, plain_text, read_source, read_value

OPTIONS = {"Status": ("pending", "approved"), "Kind": ("cell",)}
TYPES = {
    "Name": "title",
    "Text": "rich_text",
    "Status": "status",
    "Kind": "select",
    "Tags": "multi_select",
    "Persona": "relation",
    "Active": "checkbox",
    "Order": "number",
    "Link": "url",
    "Mail": "email",
    "Due": "date",
    "Sum": "formula",
}
SOURCE = NotionSource(
    "db", "ds", "Reviews", {name: NotionColumn(name, kind, OPTIONS.get(name, ())) for name, kind in TYPES.items()}
)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("Name", "Titel", {"title": [{"type": "text", "text": {"content": "Titel"}}]}),
        ("Text", ("eins", "zwei"), {"rich_text": [{"type": "text", "text": {"content": "eins\nzwei"}}]}),
        ("Text", None, {"rich_text": []}),
        ("Text", True, {"rich_text": [{"type": "text", "text": {"content": "true"}}]}),
        ("Status", "approved", {"status": {"name": "approved"}}),
        ("Status", None, {"status": None}),
        ("Kind", "opener", {"select": {"name": "opener"}}),
        ("Kind", "", {"select": None}),
        ("Kind", ("cell",), {"select": {"name": "cell"}}),
        ("Tags", ("A", "B", "A", " "), {"multi_select": [{"name": "A"}, {"name": "B"}]}),
        ("Tags", "A", {"multi_select": [{"name": "A"}]}),
        ("Tags", None, {"multi_select": []}),
        ("Persona", ("p1", "p2"), {"relation": [{"id": "p1"}, {"id": "p2"}]}),
        ("Active", True, {"checkbox": True}),
        ("Active", "Ja", {"checkbox": True}),
        ("Active", None, {"checkbox": False}),
        ("Order", "3", {"number": 3}),
        ("Order", "1.5", {"number": 1.5}),
        ("Order", "", {"number": None}),
        ("Link", "https://a.example", {"url": "https://a.example"}),
        ("Link", "", {"url": None}),
        ("Mail", None, {"email": None}),
        ("Due", "2026-01-02/2026-01-03", {"date": {"start": "2026-01-02", "end": "2026-01-03"}}),
        ("Due", "2026-01-02", {"date": {"start": "2026-01-02"}}),
        ("Due", None, {"date": None}),
    ],
)
def test_a_value_takes_the_form_of_its_column(column: str, value: Value, expected: dict[str, Any]) -> None:
    assert write_values(SOURCE, {column: value}) == {column: expected}


@pytest.mark.parametrize(
    ("column", "value", "advice"),
    [
        ("Nirgends", "x", "it does not exist. Add it, or name the one that is meant: Name, Text"),
        ("Status", "freigegeben", r"no option 'freigegeben' \(there are: pending, approved\). Add it in Notion"),
        ("Kind", "a, b", "comma"),
        ("Tags", ("a,b",), "comma"),
        ("Kind", ("a", "b"), "holds one option, not 2"),
        ("Tags", tuple(f"t{n}" for n in range(101)), "101 items are too many"),
        ("Active", "vielleicht", "neither"),
        ("Order", "viele", "no number"),
        ("Order", "nan", "no number"),
        ("Link", "x" * 2001, "takes 2000"),
        ("Mail", "x" * 201, "takes 200"),
        ("Sum", "1", "can't write a column of type formula"),
        ("Text", "x" * 200_001, "too long: Notion takes 100 items of 2000"),
    ],
)
def test_what_notion_would_refuse_is_refused_before_it_is_sent_naming_database_and_column(
    column: str, value: Value, advice: str
) -> None:
    with pytest.raises(NotionValueError, match=advice) as caught:
        write_values(SOURCE, {column: value})
    assert isinstance(caught.value, ValueError)
    assert (caught.value.source, caught.value.column) == ("Reviews", column)
    assert str(caught.value).startswith(f"Notion database 'Reviews', column '{column}': ")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.sampled_from([1, 700, 1999, 2000, 2001]))
def test_a_text_is_split_so_that_every_piece_fits_and_nothing_is_lost(text: str, times: int) -> None:
    pieces = [item["text"]["content"] for item in rich_text(text * times)]
    assert "".join(pieces) == text * times
    assert all(0 < units(piece) <= 2000 for piece in pieces)


def test_a_character_of_two_units_is_never_cut_in_half() -> None:
    pieces = [item["text"]["content"] for item in rich_text("x" + "🎯" * 1000)]
    assert [units(piece) for piece in pieces] == [1999, 2]


@given(st.dictionaries(st.sampled_from(["Name", "Text", "Tags", "Kind"]), st.text("aäß 🎯", max_size=40)))
def test_what_is_written_reads_back(values: dict[str, str]) -> None:
    written = write_values(SOURCE, values)
    for name, text in values.items():
        value = read_value({"type": TYPES[name], **written[name]})
        expected = tuple(filter(None, [text.strip()])) if name == "Tags" else text.strip()
        assert value == expected


def test_blocks_carry_their_text_in_the_shape_of_their_type() -> None:
    made = [heading("Alt"), paragraph("Absatz"), bullet("Punkt"), quote("Zitat")]
    assert [block["type"] for block in made] == ["heading_2", "paragraph", "bulleted_list_item", "quote"]
    texts = [plain_text(block[block["type"]]["rich_text"]) for block in made]
    assert texts == ["Alt", "Absatz", "Punkt", "Zitat"]
    assert paragraph("")["paragraph"]["rich_text"] == []
    assert len(quote("x" * 4500)["quote"]["rich_text"]) == 3


def test_a_page_takes_a_hundred_blocks_and_no_more() -> None:
    assert len(checked(paragraph("x") for _ in range(100))) == 100
    with pytest.raises(ValueError, match="101 blocks is too long: Notion takes 100"):
        checked(paragraph("x") for _ in range(101))


def test_a_source_knows_types_and_options_of_its_columns() -> None:
    schema = {
        "id": "ds1",
        "properties": {
            "Status": {"type": "status", "status": {"options": [{"name": "pending"}, {"name": "approved"}]}},
            "Name": {"type": "title", "title": {}},
        },
    }
    source = read_source("db1", "Reviews", schema)
    assert (source.database_id, source.data_source_id, source.title) == ("db1", "ds1", "Reviews")
    assert source.columns["Status"] == NotionColumn("Status", "status", ("pending", "approved"))
    assert source.columns["Name"] == NotionColumn("Name", "title", ())


def test_a_filter_joins_all_conditions_and_is_absent_without_any() -> None:
    since = datetime(2026, 11, 22, 11, 9, 44, tzinfo=timezone(timedelta(hours=1)))
    edited = {"timestamp": "last_edited_time", "last_edited_time": {"on_or_after": "2026-11-22T10:09:00Z"}}
    pending = {"property": "Status", "status": {"equals": "pending"}}
    assert query_filter(SOURCE, None, None) is None
    assert query_filter(SOURCE, since, {}) == edited
    assert query_filter(SOURCE, None, {"Status": "pending"}) == pending
    assert query_filter(SOURCE, since, {"Status": "pending"}) == {"and": [edited, pending]}


@pytest.mark.parametrize("column", ["Nirgends", "Active", "Tags"])
def test_a_filter_on_a_column_without_equality_of_texts_is_refused(column: str) -> None:
    with pytest.raises(NotionValueError, match="can't be looked up"):
        query_filter(SOURCE, None, {column: "x"})


def test_a_moment_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        query_filter(SOURCE, datetime(2026, 11, 22, tzinfo=UTC).replace(tzinfo=None), None)
