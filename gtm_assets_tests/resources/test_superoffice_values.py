"""The encoding of fields, literals, timestamps and names."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources.superoffice.values import (
    datetime_literal,
    decode,
    encode_date,
    encode_datetime,
    encode_list_item,
    encode_text,
    list_names,
    parse_timestamp,
    quote,
    strip_companions,
)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("[I:14]", 14),
        ("[I:-1]", -1),
        ("[D:11/30/2030]", date(2030, 11, 30)),
        ("[D:06/01/2020 00:00:00.0000000]", date(2020, 6, 1)),
        ("[D:09.11.2017]", date(2017, 11, 9)),
        ("[D:01/01/0001 00:00:00.0000000]", None),
        ("[D:01/01/0001]", None),
        ("[DT:06/01/2020 13:14:15.5000000]", datetime(2020, 6, 1, 13, 14, 15, 500_000, tzinfo=UTC)),
        ("[DT:06/01/2020 13:14:15]", datetime(2020, 6, 1, 13, 14, 15, tzinfo=UTC)),
        ("[DT:01/01/0001 00:00:00]", None),
        ("[F:12.50]", Decimal("12.50")),
        ("[M:-3]", Decimal(-3)),
        ("[A:3,4,5]", (3, 4, 5)),
        ("[A:]", ()),
        ("[T:08:30:00]", "08:30:00"),
        ("True", True),
        ("False", False),
        ("", ""),
        ("[I:]", "[I:]"),
        ("[I:14] und mehr", "[I:14] und mehr"),
        ("[D:30.30.2030]", "[D:30.30.2030]"),
        ("[D:bald]", "[D:bald]"),
        ("[DT:06/01/2020 spät]", "[DT:06/01/2020 spät]"),
        ("[F:viel]", "[F:viel]"),
        ("[Hinweis: neu]", "[Hinweis: neu]"),
        (None, None),
    ],
)
def test_a_field_is_read_as_what_it_holds_and_stays_a_text_otherwise(written: str | None, value: object) -> None:
    assert decode(written) == value
    assert type(decode(written)) is type(value)


@given(st.dates(min_value=date(2, 1, 1)))
def test_a_date_comes_back(day: date) -> None:
    assert decode(encode_date(day)) == day


@given(
    st.datetimes(
        min_value=datetime.fromisoformat("0002-01-02"),
        max_value=datetime.fromisoformat("9998-01-01"),
        timezones=st.timezones(),
    )
)
def test_a_time_comes_back_to_the_second(moment: datetime) -> None:
    assert decode(encode_datetime(moment)) == moment.astimezone(UTC).replace(microsecond=0)


@given(st.integers(min_value=0))
def test_a_list_item_comes_back(item_id: int) -> None:
    assert decode(encode_list_item(item_id)) == item_id


def test_empty_values_are_written_as_the_crm_writes_them() -> None:
    assert encode_list_item(None) == "[I:0]"
    assert encode_date(None) == "[D:01/01/0001 00:00:00.0000000]"
    assert encode_datetime(None) == "[DT:01/01/0001 00:00:00.0000000]"
    assert encode_text("") == ""


def test_a_date_is_written_month_first() -> None:
    assert encode_date(date(2030, 11, 3)) == "[D:11/03/2030]"
    assert (
        encode_datetime(datetime(2030, 11, 3, 1, 30, tzinfo=timezone(timedelta(hours=2)))) == "[DT:11/02/2030 23:30:00]"
    )


def test_a_text_that_would_be_read_as_something_else_is_refused() -> None:
    assert encode_text("Für Sie als [Leiter]") == "Für Sie als [Leiter]"
    with pytest.raises(ValueError, match="encoded value"):
        encode_text("[I:14]")


def test_a_point_in_time_needs_a_zone_and_a_date_is_no_point_in_time() -> None:
    naive = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    for write in (encode_datetime, datetime_literal):
        with pytest.raises(ValueError, match="time zone"):
            write(naive)
    with pytest.raises(TypeError):
        encode_date(naive)


def test_quotes_are_escaped_with_a_backslash() -> None:
    assert quote("L'Oréal") == r"'L\'Oréal'"
    assert quote("a\\b") == r"'a\\b'"


@given(st.text())
def test_a_quoted_text_has_no_end_before_its_end(text: str) -> None:
    inside = quote(text)[1:-1]
    assert "'" not in inside.replace("\\\\", "").replace("\\'", "")
    assert not inside.replace("\\\\", "").endswith("\\")


def test_a_literal_is_utc_and_never_later_than_the_moment() -> None:
    moment = datetime(2026, 1, 2, 4, 4, 5, 999_999, timezone(timedelta(hours=1)))
    assert datetime_literal(moment) == "'2026-01-02T03:04:05'"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2022-07-14T14:44:54", datetime(2022, 7, 14, 14, 44, 54, tzinfo=UTC)),
        ("2026-02-23T09:52:01.9342965Z", datetime(2026, 2, 23, 9, 52, 1, 934296, tzinfo=UTC)),
        ("2026-02-23T09:52:01+02:00", datetime(2026, 2, 23, 7, 52, 1, tzinfo=UTC)),
        ("[DT:02/23/2026 09:52:01]", datetime(2026, 2, 23, 9, 52, 1, tzinfo=UTC)),
        ("0001-01-01T00:00:00", None),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+01:00", None),
        (" ", None),
    ],
)
def test_a_timestamp_is_utc(text: str, moment: datetime | None) -> None:
    assert parse_timestamp(text) == moment


def test_what_is_no_timestamp_is_refused() -> None:
    with pytest.raises(ValueError, match="isoformat"):
        parse_timestamp("gestern")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('NO:"Leverandør";US:"Supplier"', ("Leverandør", "Supplier")),
        ('US:"Vendor";NO:"Leverandør";', ("Vendor", "Leverandør")),
        ('US:"Same";GE:"Same"', ("Same",)),
        ('US:"";GE:"Handel; Logistik"', ("Handel; Logistik",)),
        ('GE:"Typ ""A"""', ('Typ "A"',)),
        ("Logistik & Handel", ("Logistik & Handel",)),
        ('Siehe US:"x"', ('Siehe US:"x"',)),
        ("", ()),
    ],
)
def test_a_name_is_known_in_every_language(text: str, names: tuple[str, ...]) -> None:
    assert list_names(text) == names


@given(
    st.dictionaries(st.sampled_from(["US", "GE", "NO"]), st.text(st.characters(exclude_characters='"')).map(str.strip))
)
def test_names_come_back_in_their_order(names: dict[str, str]) -> None:
    text = ";".join(f'{language}:"{name}"' for language, name in names.items())
    assert list_names(text) == tuple(dict.fromkeys(name for name in names.values() if name))


def test_companions_are_no_fields() -> None:
    fields = {
        "SuperOffice:83": "[I:3]",
        "SuperOffice:83:DisplayText": "x",
        "SuperOffice:83:DisplayTooltip": "y",
        "SuperOffice:83:org": "[I:3]",
        "x_org": "stays",
    }
    assert strip_companions(fields) == {"SuperOffice:83": "[I:3]", "x_org": "stays"}
