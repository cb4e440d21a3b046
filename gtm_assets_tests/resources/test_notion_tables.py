"""Reading Notion's property values: pure, one shape per column type."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.notion.pace import Pace
from resources.notion.tables import plain_text, read_row, read_timestamp, read_value


@pytest.mark.parametrize(
    ("prop", "expected"),
    [
        ({"type": "title", "title": [{"plain_text": "Lager "}, {"plain_text": "und Logistik"}]}, "Lager und Logistik"),
        ({"type": "rich_text", "rich_text": [{"text": {"content": "nur Inhalt"}}]}, "nur Inhalt"),
        ({"type": "rich_text", "rich_text": []}, ""),
        ({"type": "select", "select": {"name": "Operativ", "id": "a"}}, "Operativ"),
        ({"type": "select", "select": None}, ""),
        ({"type": "status", "status": {"name": "Active"}}, "Active"),
        ({"type": "multi_select", "multi_select": [{"name": "A"}, {"name": "B"}]}, ("A", "B")),
        ({"type": "multi_select", "multi_select": []}, ()),
        ({"type": "relation", "relation": [{"id": "p1"}, {"id": "p2"}], "has_more": False}, ("p1", "p2")),
        ({"type": "people", "people": [{"object": "user", "id": "u1"}]}, ("u1",)),
        ({"type": "checkbox", "checkbox": True}, True),
        ({"type": "checkbox", "checkbox": None}, False),
        ({"type": "number", "number": None}, ""),
        ({"type": "number", "number": 0}, "0"),
        ({"type": "number", "number": 3.0}, "3"),
        ({"type": "number", "number": 2.5}, "2.5"),
        ({"type": "url", "url": None}, ""),
        ({"type": "email", "email": "beispiel@example.com"}, "beispiel@example.com"),
        ({"type": "date", "date": {"start": "2026-11-01", "end": None}}, "2026-11-01"),
        ({"type": "date", "date": {"start": "2026-11-01", "end": "2026-11-03"}}, "2026-11-01/2026-11-03"),
        ({"type": "unique_id", "unique_id": {"prefix": "V", "number": 7}}, "V-7"),
        ({"type": "formula", "formula": {"type": "string", "string": "messe-2026"}}, "messe-2026"),
        ({"type": "formula", "formula": {"type": "boolean", "boolean": True}}, "true"),
        ({"type": "formula", "formula": {"type": "number", "number": 4}}, "4"),
        ({"type": "formula", "formula": {"type": "date", "date": {"start": "2026-01-02"}}}, "2026-01-02"),
        ({"type": "rollup", "rollup": {"type": "number", "number": 12}}, "12"),
        (
            {
                "type": "rollup",
                "rollup": {
                    "type": "array",
                    "array": [
                        {"type": "title", "title": [{"plain_text": "Bau"}]},
                        {"type": "multi_select", "multi_select": [{"name": "X"}, {"name": "Y"}]},
                        {"type": "rich_text", "rich_text": []},
                    ],
                },
            },
            "Bau, X, Y",
        ),
        ({"type": "rollup", "rollup": {"type": "unsupported", "unsupported": {}}}, ""),
        ({"type": "button", "button": {}}, None),
    ],
)
def test_every_column_type_becomes_plain_text_or_a_tuple(prop: dict[str, Any], expected: object) -> None:
    assert read_value(prop) == expected


def test_a_column_that_became_another_text_type_reads_the_same() -> None:
    shapes: list[dict[str, Any]] = [
        {"type": "rich_text", "rich_text": [{"plain_text": "Active"}]},
        {"type": "select", "select": {"name": "Active"}},
        {"type": "status", "status": {"name": "Active"}},
        {"type": "formula", "formula": {"type": "string", "string": "Active"}},
    ]
    assert {read_value(shape) for shape in shapes} == {"Active"}


def test_a_row_has_a_value_for_every_column_of_the_schema() -> None:
    row = read_row({"id": "p", "properties": {}}, {"Name": "title", "Pains": "rich_text"})
    assert row.values == {"Name": None, "Pains": None}


def test_timestamps_are_utc_with_and_without_an_offset() -> None:
    expected = datetime(2026, 7, 4, 8, 9, tzinfo=UTC)
    assert read_timestamp("2026-07-04T08:09:00.000Z") == expected
    assert read_timestamp("2026-07-04T10:09:00.000+02:00") == expected
    assert read_timestamp("2026-07-04T08:09:00") == expected
    assert read_timestamp(None) == datetime(1970, 1, 1, tzinfo=UTC)


def test_text_that_notion_split_is_joined_without_gaps() -> None:
    assert plain_text([{"plain_text": "a" * 2000}, {"plain_text": "b" * 10}]) == "a" * 2000 + "b" * 10


@given(st.lists(st.floats(min_value=0, max_value=2), min_size=1, max_size=40))
def test_no_second_ever_sees_more_than_three_requests(gaps: list[float]) -> None:
    now = 0.0
    sent: list[float] = []
    pace = Pace(lambda: now)
    for gap in gaps:
        now += gap
        sent.append(now + pace.reserve())
    assert sent == sorted(sent)
    assert all(later - earlier >= 1.0 - 1e-9 for earlier, later in zip(sent, sent[3:], strict=False))
