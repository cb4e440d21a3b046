"""What each operator of a filter means for each type of column.

Source: SuperOffice's developer documentation, "Operators" and "Date operators by RestrictionType". ``le`` and ``ge`` are
    listed by Swagger and fail in
the vendor's samples: 400 on numbers, switch ``ge_on_dates`` on dates. That an operator unfit for a type gives 400 is
an assumption.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sandbox.superoffice.errors import ApiError
from sandbox.superoffice.filters import Comparison, Quoted, Value
from sandbox.switches import Switches

ColumnType = Literal["int", "string", "date", "datetime", "bool", "list", "associate"]
Predicate = Callable[[Any], bool]
BASE_TIME_ZONE = ZoneInfo("Europe/Berlin")

_EQUAL = frozenset({"=", "is"})
_UNEQUAL = frozenset({"ne", "unequals", "isnot", "notequals"})
_LESS = frozenset({"lt", "less"})
_GREATER = frozenset({"gt", "greater"})
_TIME_OPERATORS = frozenset({"aftertime", "beforetime", "datetime"})


def predicate(test: Comparison, column_type: ColumnType, switches: Switches, associate_id: int) -> Predicate:
    """The test on a column's value: int, str, bool, ISO time text, list or associate id; None where empty.

    Raises:
        ApiError: 400 for an operator or a literal that the type does not know.
    """
    if test.operator == "isnull":
        return lambda value: value in (None, "", 0)
    if test.operator == "isnotnull":
        return lambda value: value not in (None, "", 0)
    if column_type in ("date", "datetime"):
        return _on_dates(test, column_type, switches)
    if column_type in ("list", "associate"):
        return _on_ids(test, associate_id)
    return {"string": _on_text, "bool": _on_bool}.get(column_type, _on_numbers)(test)


def _on_text(test: Comparison) -> Predicate:
    values = [_text(value).casefold() for value in test.values]
    first = values[0] if values else ""
    operator = test.operator
    found: dict[str, Predicate] = {
        "begins": lambda value: (value or "").casefold().startswith(first),
        "notbegins": lambda value: not (value or "").casefold().startswith(first),
        "contains": lambda value: first in (value or "").casefold(),
        "notcontains": lambda value: first not in (value or "").casefold(),
        "ends": lambda value: (value or "").casefold().endswith(first),
    }
    if operator in found:
        return found[operator]
    if operator in _EQUAL:
        return lambda value: (value or "").casefold() == first
    if operator in _UNEQUAL:
        return lambda value: (value or "").casefold() != first
    if operator in ("in", "oneof"):
        wanted = frozenset(values)
        return lambda value: (value or "").casefold() in wanted
    if operator == "between" and len(values) == 2:
        return lambda value: first <= (value or "").casefold() <= values[1]
    raise _unfit(test, "string")


def _on_numbers(test: Comparison) -> Predicate:
    values = [_number(value, test) for value in test.values]
    first = values[0] if values else 0
    operator = test.operator
    if operator in _EQUAL | {"set"}:
        return lambda value: value == first
    if operator in _UNEQUAL:
        return lambda value: value != first
    if operator in _LESS:
        return lambda value: value < first
    if operator in _GREATER:
        return lambda value: value > first
    if operator in ("in", "oneof"):
        wanted = frozenset(values)
        return lambda value: value in wanted
    if operator == "between" and len(values) == 2:
        return lambda value: first <= value <= values[1]
    raise _unfit(test, "int")


def _on_ids(test: Comparison, associate_id: int) -> Predicate:
    if test.operator == "currentassociate":
        return lambda value: value == associate_id
    wanted = frozenset(_number(value, test) for value in test.values)
    if test.operator in _EQUAL | {"oneof", "in", "associateisoneof"}:
        return lambda value: (value or 0) in wanted
    if test.operator in _UNEQUAL | {"notoneof", "associateisnotoneof"}:
        return lambda value: (value or 0) not in wanted
    raise _unfit(test, "list")


def _on_bool(test: Comparison) -> Predicate:
    if test.operator not in _EQUAL | {"set", "ne"} or len(test.values) != 1:
        raise _unfit(test, "bool")
    literal = test.values[0]
    text = literal.text if isinstance(literal, Quoted) else str(literal)
    wanted = (text.lower() in ("true", "1")) != (test.operator == "ne")
    return lambda value: bool(value) == wanted


def _on_dates(test: Comparison, column_type: ColumnType, switches: Switches) -> Predicate:
    operator = test.operator
    if operator == "today":
        today = datetime.now(UTC).date().isoformat()
        return lambda value: bool(value) and value[:10] == today
    moments = [_moment(value, test, switches) for value in test.values]
    if operator in _TIME_OPERATORS or operator in ("ge", "le"):
        return _on_times(test, moments[0], column_type, switches)
    days = [moment[:10] for moment in moments]
    inclusive = switches.is_on("after_is_inclusive")
    if operator in ("after", "gt"):
        return lambda value: bool(value) and (value[:10] > days[0] or (inclusive and value[:10] == days[0]))
    if operator in ("before", "lt"):
        return lambda value: bool(value) and value[:10] < days[0]
    if operator in ("date", "=", "is"):
        return lambda value: bool(value) and value[:10] == days[0]
    if operator in ("datebetween", "between") and len(days) == 2:
        return lambda value: bool(value) and days[0] <= value[:10] <= days[1]
    raise _unfit(test, column_type)


def _on_times(test: Comparison, moment: str, column_type: ColumnType, switches: Switches) -> Predicate:
    operator = test.operator
    if operator in ("ge", "le"):
        if switches["ge_on_dates"] == "refused":
            raise _unfit(test, column_type)
    elif switches["date_filter"] == "day":
        raise ApiError(
            400, f"Operator {test.operator} is not valid for {test.column}: only the date part can be compared."
        )
    if operator in ("aftertime", "ge"):
        return lambda value: bool(value) and value >= moment
    if operator == "beforetime":
        return lambda value: bool(value) and value < moment
    if operator == "le":
        return lambda value: bool(value) and value <= moment
    return lambda value: bool(value) and value == moment


def _moment(value: Value, test: Comparison, switches: Switches) -> str:
    """A time literal as naive UTC text of whole seconds. An explicit offset is honoured (assumption)."""
    try:
        moment = datetime.fromisoformat(_text(value).replace("/", "-"))
    except ValueError:
        raise ApiError(400, f"{test.column}: {_text(value)!r} is no date.") from None
    if moment.tzinfo is None and switches["filter_time_zone"] == "base":
        moment = moment.replace(tzinfo=BASE_TIME_ZONE)
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    if moment.microsecond:
        moment = moment.replace(microsecond=0) + timedelta(seconds=1 if test.operator in ("aftertime", "ge") else 0)
    return moment.isoformat()


def _text(value: Value) -> str:
    return value.text if isinstance(value, Quoted) else str(value)


def _number(value: Value, test: Comparison) -> int:
    try:
        text = _text(value)
        return int(text[3:-1] if text.startswith("[I:") else text)
    except ValueError:
        raise ApiError(400, f"{test.column}: {_text(value)!r} is no number.") from None


def _unfit(test: Comparison, column_type: str) -> ApiError:
    return ApiError(400, f"Operator {test.operator} is not valid for column {test.column} of type {column_type}.")
