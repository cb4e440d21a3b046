"""The open questions that reading settles: filters by time, paging, what a refusal looks like. Nothing is written.

What belongs elsewhere: questions that need a write (``writing``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from gtm_assets.doctor.probe.answers import Answer, Settled
from resources.errors import OutsideError, PermanentError
from resources.superoffice.client import SuperOfficeClient
from resources.superoffice.values import datetime_literal, parse_timestamp

_HALF_HOUR = timedelta(minutes=30)
#: Zones reach from UTC-12 to UTC+14, in half hours (quarter hours are rounded; no tenant is known to sit there).
_WESTMOST, _EASTMOST = -28, 28
_SECOND = timedelta(seconds=1)
#: Nobody's id.
_NO_ID = 2_147_483_000
_MANY = 5000


@dataclass(frozen=True)
class TimeFilter:
    """How a tenant compares times: exactly, by day only, or not at all; ``zone`` is its literals' offset from UTC where it is exact."""

    compares: Literal["time", "day", "refused"]
    zone: timedelta = timedelta(0)
    inclusive: bool = True


def ask_by_reading(crm: SuperOfficeClient, person_id: int, updated: datetime) -> list[Answer]:
    """All of them; ``updated`` is the record's last change, which no question moves."""
    answers: list[Answer] = []
    for question in (_ask_about_times, _ask_about_paging, _ask_about_refusals):
        try:
            answers += question(crm, person_id, updated)
        except OutsideError as error:
            point = {"_ask_about_times": 1, "_ask_about_paging": 3}.get(question.__name__, 4)
            answers.append(Answer(point, "Asked by reading", f"could not be asked: {error.message}", "no"))
    return answers


def _ask_about_times(crm: SuperOfficeClient, person_id: int, updated: datetime) -> list[Answer]:
    """Point 1."""
    person_id, updated = _telling_record(crm, person_id, updated)

    def dynamic(literal: str) -> bool:
        found = crm.archive(
            "dynamic",
            select=("person.person_id", "person.updated"),
            filter=f"person.person_id = {person_id} and person.updated afterTime {literal}",
            order_by="person.person_id",
            top=1,
        )
        return bool(found.rows)

    def column(operator: str, literal: str) -> bool | None:
        """Whether the record is found; None where the query is refused."""
        condition = f"personId = {person_id} and personUpdatedDate {operator} {literal}"
        try:
            select = ("personId", "personUpdatedDate")
            return bool(crm.archive("Person", select=select, filter=condition, order_by="personId", top=1).rows)
        except PermanentError as error:
            if error.status != 400:
                raise
            return None

    how = how_times_compare(dynamic, updated)
    by_time = "Are times compared in filters (person.updated afterTime)?"
    in_zone = "In which zone is a filter's time read?"
    if how.compares == "time":
        edge = "the same second counts" if how.inclusive else "the same second does not count"
        zone = _zone(how.zone)
        answers = [
            Answer(1, by_time, f"yes, to the second; {edge}.", brief="times are compared to the second"),
            Answer(1, in_zone, f"{zone}.", brief=f"read as {zone}"),
        ]
    else:
        only = "refused (400)" if how.compares == "refused" else "accepted, but only days are compared"
        day = f"no: {only}. The engine polls by day then."
        answers = [
            Answer(1, by_time, day, brief="only days are compared"),
            Answer(1, in_zone, "can't be told where times are not compared.", "no"),
        ]
    shifted = updated + how.zone
    at, past = column("afterTime", datetime_literal(shifted)), column("afterTime", datetime_literal(shifted + _SECOND))
    answers.append(Answer(1, "And on the archive's own column (personUpdatedDate afterTime)?", _of_column(at, past)))
    at, past = column("ge", datetime_literal(shifted)), column("ge", datetime_literal(shifted + _SECOND))
    brief = "ge is refused on dates" if at is None else "ge is accepted on dates"
    answers.append(Answer(1, "Is ge accepted on dates?", _of_column(at, past), brief=brief))
    # Noon: the day is the same one in whichever zone it is read.
    noon = column("after", f"'{updated:%Y-%m-%d}T12:00:00'")
    found = column("after", f"'{updated:%Y-%m-%d}'") if noon is None else noon
    words = {None: "it is refused.", True: "yes.", False: "no."}
    brief = {None: "", True: "'after' includes the day", False: "'after' excludes the day"}[found]
    settled: Settled = "no" if found is None else "yes"
    answers.append(Answer(1, "Does 'after' a day include that day?", words[found], settled, brief))
    return answers


def tells_times(updated: datetime) -> bool:
    """Whether a record changed at that moment can tell times from days: midnights lie at full half hours of any zone."""
    return 1 < (updated.minute % 30) * 60 + updated.second < 1799


def _telling_record(crm: SuperOfficeClient, person_id: int, updated: datetime) -> tuple[int, datetime]:
    """The record, or another one whose time tells more."""
    if tells_times(updated):
        return person_id, updated
    select = ("personId", "personUpdatedDate")
    for row in crm.archive("Person", select=select, filter="personId gt 0", order_by="personId", top=50).rows:
        moment = parse_timestamp(str(row.get("personUpdatedDate") or ""))
        if moment is not None and tells_times(moment):
            return int(row["personId"]), moment
    return person_id, updated


def how_times_compare(hits: Callable[[str], bool], updated: datetime) -> TimeFilter:
    """Find out by asking whether a record last changed at ``updated`` is found after a literal.

    The latest half hour after which it is still found tells the zone in which literals are read; one second more tells whether times
    are compared or days. A record that was changed at a full half hour could not tell the two apart (:func:`tells_times`).
    """

    def after(moment: datetime) -> bool:
        return hits(datetime_literal(moment))

    try:
        if not after(updated + (_WESTMOST - 4) * _HALF_HOUR):
            return TimeFilter("day")
    except PermanentError as error:
        if error.status != 400:
            raise
        return TimeFilter("refused")
    low, high = _WESTMOST - 4, _EASTMOST + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if after(updated + middle * _HALF_HOUR) else (low, middle)
    zone = low * _HALF_HOUR
    if not after(updated + zone + _SECOND):
        return TimeFilter("time", zone)
    if low == _EASTMOST:
        return TimeFilter("day")
    # Found after this half hour and one second more: either the same second does not count and the next half hour is the edge, or days.
    zone += _HALF_HOUR
    return TimeFilter("time", zone, inclusive=False) if after(updated + zone - _SECOND) else TimeFilter("day")


def _of_column(at: bool | None, past: bool | None) -> str:  # noqa: FBT001 - what two questions were answered with
    if at is None or past is None:
        return "no: refused (400)."
    if at and not past:
        return "yes, to the second."
    return "accepted, but not compared to the second."


def _zone(offset: timedelta) -> str:
    hours = offset.total_seconds() / 3600
    return "UTC" if not hours else f"UTC{hours:+g} h, not UTC"


def _ask_about_paging(crm: SuperOfficeClient, person_id: int, updated: datetime) -> list[Answer]:
    """Point 3."""
    del person_id, updated
    two = crm.archive("Person", select=("personId",), filter="personId gt 0", order_by="personId", top=2)
    names_next = "Does an answer name its next page (odata.nextLink)?"
    if len(two.rows) < 2:
        answers = [Answer(3, names_next, "can't be told: the CRM shows only one person.", "no")]
    else:
        one = crm.archive("Person", select=("personId",), filter="personId gt 0", order_by="personId", top=1)
        said, brief = (
            ("yes.", "nextLink is set")
            if one.next_link
            else ("no: null although there are more rows.", "nextLink is null")
        )
        answers = [Answer(3, names_next, said, brief=brief)]
    many = crm.archive("Person", select=("personId",), filter="personId gt 0", order_by="personId", top=_MANY)
    largest = f"How many rows does a page hold ($top={_MANY})?"
    if len(many.rows) >= _MANY:
        answers.append(Answer(3, largest, f"{_MANY} at least.", "partly", f"pages of {_MANY} rows at least"))
        return answers
    last = many.rows[-1]["personId"] if many.rows else 0
    further = crm.archive("Person", select=("personId",), filter=f"personId gt {last}", order_by="personId", top=1)
    if further.rows:
        brief = f"pages of {len(many.rows)} rows"
        answers.append(Answer(3, largest, f"{len(many.rows)}, whatever is asked for.", brief=brief))
    else:
        said = f"{len(many.rows)} at least: the CRM shows no more persons."
        answers.append(Answer(3, largest, said, "partly", f"pages of {len(many.rows)} rows at least"))
    return answers


def _ask_about_refusals(crm: SuperOfficeClient, person_id: int, updated: datetime) -> list[Answer]:
    """Point 4."""
    del person_id, updated
    words = {"error": "the API's error body", "html": "an HTML page", "empty": "an empty body", "other": "another body"}
    bad_token = crm.answer_to_bad_token()
    unknown = crm.answer_to_unknown_id("Person", _NO_ID)
    said = (
        f"a token that is none: {bad_token.status} with {words[bad_token.body]}; an unknown id: {unknown.status} with "
        f"{words[unknown.body]}. 403, 429, 5xx and limits of size and time can't be provoked without harm."
    )
    return [Answer(4, "What do refusals look like?", said, "partly", f"401 comes with {words[bad_token.body]}")]
