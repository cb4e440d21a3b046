"""The board, one account and one person as JSON.

The shapes are published in ``docs/board.md``: names stay, new ones may come. What belongs elsewhere: the values
(``gtm_assets.monitoring``), what people read (``board_views``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from gtm_assets.monitoring.account import Account, FieldValue, Person
from gtm_assets.monitoring.board import Line
from gtm_assets.monitoring.plans import PlannedRecord, kept_fields
from gtm_assets.monitoring.writes import Write


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def line_json(line: Line, links: Mapping[str, str]) -> dict[str, Any]:
    """One account of the board."""
    return {
        "contact_id": line.contact_id,
        "account": line.account,
        "phase": line.phase,
        "kind": line.kind,
        "reason": line.reason,
        "what_to_do": line.what_to_do,
        "because": line.because,
        "attempts": line.attempts,
        "seconds": asdict(line.times),
        "received_at": _iso(line.received_at),
        "ended_at": _iso(line.ended_at),
        "comes_again_at": _iso(line.due_at),
        "run_id": line.run_id,
        "links": dict(links),
    }


def board_json(
    now: datetime,
    counts: Mapping[str, int],
    kinds: Mapping[tuple[str, str], int],
    lines: Iterable[tuple[Line, Mapping[str, str]]],
) -> dict[str, Any]:
    """The board."""
    shown = [line_json(line, links) for line, links in lines]
    return {
        "as_of": _iso(now),
        "counts": dict(counts),
        "kinds": [{"phase": phase, "kind": kind, "accounts": count} for (phase, kind), count in kinds.items()],
        "of": sum(counts.values()),
        "shown": len(shown),
        "accounts": shown,
    }


def account_json(account: Account) -> dict[str, Any]:
    """One account in full."""
    return {
        **line_json(account.line, account.links),
        "website": account.url,
        "vertical": {
            "key": account.vertical or None,
            "decided_by": account.vertical_source,
            "reason": account.vertical_reason,
            "evidence": list(account.evidence),
        },
        "carries": [_value_json(value) for value in account.carries],
        "persons": [person_json(person) for person in account.persons],
        "plan": [record.as_json() for record in account.plan],
        "kept": kept_fields(account.plan),
        "writes": [write_json(write) for write in account.writes],
    }


def person_json(person: Person) -> dict[str, Any]:
    """One person."""
    return {
        "person_id": person.person_id,
        "contact_id": person.contact_id,
        "name": person.name,
        "title": person.title,
        "campaign": person.campaign,
        "persona": person.persona or None,
        "persona_reason": person.persona_reason,
        "level": person.level or None,
        "level_reason": person.level_reason,
        "gone": person.gone,
        "carries": [_value_json(value) for value in person.carries],
        "link": person.link,
    }


def person_page_json(
    person: Person,
    line: Line | None,
    links: Mapping[str, str],
    plan: Sequence[PlannedRecord],
    writes: Sequence[Write],
) -> dict[str, Any]:
    """One person in full, with the account's line."""
    return {
        **person_json(person),
        "account": line_json(line, links) if line else None,
        "plan": [record.as_json() for record in plan],
        "kept": kept_fields(plan),
        "writes": [write_json(write) for write in writes],
    }


def _value_json(value: FieldValue) -> dict[str, Any]:
    return {
        "field": value.name,
        "value": value.value,
        "since": _iso(value.at),
        "from": value.block,
        "edited": value.edited,
    }


def write_json(write: Write) -> dict[str, Any]:
    """One PATCH of the ledger."""
    fields = {name: {"before": before, "after": after} for name, (before, after) in write.fields.items()}
    return {**asdict(write), "at": _iso(write.at), "fields": fields}
