"""How SuperOffice writes values: user-defined fields, filter literals, timestamps, names by language. Pure.

Source: SuperOffice's developer documentation ("User-defined fields", "Date/time", "OData collections").
What belongs elsewhere: which field holds what.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

#: What ``decode`` can return.
Value = str | int | date | datetime | Decimal | bool | tuple[int, ...] | None

_ENCODED = re.compile(r"\[(I|D|DT|F|M|T|TS|A):([^\]]*)\]", re.DOTALL)
_DATE = re.compile(r"(\d{1,4})([/.\-])(\d{1,2})\2(\d{1,4})")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?")
_LANGUAGE_NAME = r'[A-Za-z]{2}(?:-[A-Za-z]{2,4})?:"((?:[^"]|"")*)"'
_ALL_LANGUAGES = re.compile(rf"\s*(?:{_LANGUAGE_NAME}\s*;?\s*)+")
_ONE_LANGUAGE = re.compile(_LANGUAGE_NAME)
_COMPANIONS = (":org", ":displaytext", ":displaytooltip")
_EMPTY_DATE = "01/01/0001 00:00:00.0000000"


def encode_text(text: str) -> str:
    """A text as it stands.

    Raises:
        ValueError: It looks like an encoded value (``[I:14]``), which SuperOffice would take for one; no escape is
            documented.
    """
    if _ENCODED.fullmatch(text):
        message = f"a text field can't hold {text[:20]!r}: SuperOffice reads such a text as an encoded value"
        raise ValueError(message)
    return text


def encode_list_item(item_id: int | None) -> str:
    """A list item by its id; None and 0 empty the field."""
    return f"[I:{item_id or 0}]"


def encode_date(day: date | None) -> str:
    """A date, month first (as every real capture has it); None empties the field."""
    if isinstance(day, datetime):
        message = "a point in time has no date without a time zone: pass a date"
        raise TypeError(message)
    return f"[D:{_EMPTY_DATE if day is None else f'{day:%m/%d/}{day.year:04}'}]"


def encode_datetime(moment: datetime | None) -> str:
    """A point in time as UTC, whole seconds; None empties the field.

    Raises:
        ValueError: ``moment`` has no time zone.
    """
    if moment is None:
        return f"[DT:{_EMPTY_DATE}]"
    utc = datetime_to_utc(moment)
    return f"[DT:{utc:%m/%d/}{utc.year:04}{utc: %H:%M:%S}]"


def decode(value: str | None) -> Value:
    """The value behind a user-defined field's text.

    Empty dates (year 1) are None. ``True``/``False`` are checkboxes; a text field that says "True" looks the same, so
    whoever knows that a field is a text compares the raw string. Times of day and time spans stay texts. What can't
    be read stays as it is.
    """
    if value is None:
        return None
    if value in {"True", "False"}:
        return value == "True"
    encoded = _ENCODED.fullmatch(value)
    if encoded is None:
        return value
    try:
        return _decode_payload(encoded.group(1), encoded.group(2).strip())
    except (ValueError, InvalidOperation):
        return value


def _decode_payload(kind: str, payload: str) -> Value:
    match kind:
        case "I":
            return int(payload)
        case "D":
            moment = _read_moment(payload)
            return moment.date() if moment else None
        case "DT":
            return _read_moment(payload)
        case "F" | "M":
            return Decimal(payload)
        case "A":
            return tuple(int(part) for part in payload.split(",") if part.strip())
        case _:
            return payload


def _read_moment(text: str) -> datetime | None:
    """``MM/DD/YYYY[ HH:MM:SS.fffffff]``; with dots day first (as the docs show it), with dashes ISO; year 1: None."""
    day_text, _, clock_text = text.replace("T", " ").partition(" ")
    day = _DATE.fullmatch(day_text)
    if day is None:
        message = f"not a date: {text!r}"
        raise ValueError(message)
    first, separator, second, third = day.groups()
    year, month, day_of_month = {"/": (third, first, second), ".": (third, second, first), "-": (first, second, third)}[
        separator
    ]
    if int(year) <= 1:
        return None
    hour, minute, seconds, fraction = "0", "0", "0", "0"
    if clock_text:
        clock = _CLOCK.fullmatch(clock_text)
        if clock is None:
            message = f"not a time: {text!r}"
            raise ValueError(message)
        hour, minute, seconds, fraction = (part or "0" for part in clock.groups())
    microseconds = int(fraction[:6].ljust(6, "0"))
    return datetime(
        int(year), int(month), int(day_of_month), int(hour), int(minute), int(seconds), microseconds, tzinfo=UTC
    )


def quote(text: str) -> str:
    r"""A text as a filter literal: in single quotes, those inside escaped with a backslash (not doubled)."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def datetime_literal(moment: datetime) -> str:
    """A point in time as a filter literal, quotes included: UTC, whole seconds, rounded down.

    Rounding down is the safe side: ``afterTime`` means "at or after", and the database knows whole seconds only. In
    which zone a tenant reads the literal is not documented [?]; ``SO-TimeZone: UTC`` is sent with every call.

    Raises:
        ValueError: ``moment`` has no time zone.
    """
    return f"'{datetime_to_utc(moment):%Y-%m-%dT%H:%M:%S}'"


def parse_timestamp(text: str) -> datetime | None:
    """A timestamp of SuperOffice as UTC. Without a zone it is UTC already; year 1 and "" are None.

    Raises:
        ValueError: The text is no timestamp.
    """
    text = text.strip()
    if not text:
        return None
    encoded = _ENCODED.fullmatch(text)
    moment = _read_moment(encoded.group(2).strip()) if encoded else datetime.fromisoformat(text)
    if moment is None or moment.year <= 1:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def list_names(text: str) -> tuple[str, ...]:
    """Every language's name out of ``US:"Supplier";GE:"Lieferant"``; a plain name alone; each name once."""
    names = (
        [name.replace('""', '"') for name in _ONE_LANGUAGE.findall(text)] if _ALL_LANGUAGES.fullmatch(text) else [text]
    )
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


def strip_companions(custom_fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields alone, without the texts that accompany them (``:org``, ``:DisplayText``, ``:DisplayTooltip``)."""
    return {key: value for key, value in custom_fields.items() if not key.lower().endswith(_COMPANIONS)}


def datetime_to_utc(moment: datetime) -> datetime:
    """The same point in time in UTC. Raises ValueError if it has no time zone."""
    if moment.tzinfo is None:
        message = "a point in time needs a time zone"
        raise ValueError(message)
    return moment.astimezone(UTC)
