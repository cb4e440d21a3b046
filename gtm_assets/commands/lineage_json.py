"""Lineage as plain values for scripts. The shape is documented in ``docs/lineage.md``; names never change their meaning."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from gtm_assets.monitoring.lineage_models import PageLineage, PageText, PersonLineage, Text, Written


def person_values(found: PersonLineage) -> dict[str, Any]:
    """Everything that was written for one person, whole values."""
    return {
        "person_id": found.person_id,
        "contact_id": found.contact_id,
        "stored": found.read,
        "gone_at": _time(found.gone_at),
        "fields": [
            {
                "field": field.field,
                "entity": field.entity,
                "state": field.state,
                "reason": field.reason,
                "written": _written(field.written),
            }
            for field in found.fields
        ],
        "earlier": [_written(each) for each in found.earlier],
    }


def page_values(found: PageLineage) -> dict[str, Any]:
    """A row of Notion and everybody who carries its words."""
    return {
        "page": {**asdict(found.page), "changed_at": _time(found.page.changed_at)},
        "persons": len(found.ids("Person")),
        "companies": len(found.ids("Contact")),
        "persons_of_earlier_versions": len(found.outdated("Person")),
        "companies_of_earlier_versions": len(found.outdated("Contact")),
        "fields": found.per_field(),
        "unknown": {
            "texts": found.unknown_texts,
            "persons": found.unknown_persons,
            "companies": found.unknown_companies,
        },
        "texts": [_page_text(text, found.page.row_hash) for text in found.texts],
    }


def _page_text(text: PageText, current: str) -> dict[str, Any]:
    return {
        **{name: value for name, value in asdict(text).items() if name != "carriers"},
        "row_is_current": text.row_hash == current,
        "persons": len(text.ids("Person")),
        "companies": len(text.ids("Contact")),
        "carriers": [
            {
                **asdict(each),
                "fields": list(each.fields),
                "ids": list(each.ids),
                "row_is_current": each.row_hash == current,
            }
            for each in text.carriers
        ],
    }


def _written(written: Written | None) -> dict[str, Any] | None:
    if written is None:
        return None
    return {
        "entity": written.entity,
        "entity_id": written.entity_id,
        "field": written.field,
        "value": written.value,
        "ledger_id": written.ledger_id,
        "guard": written.guard,
        "run_id": written.run_id,
        "confirmed_at": _time(written.confirmed_at),
        "same_in_newest": written.same_in_newest,
        "text": None if written.text is None else _text(written.text),
    }


def _text(text: Text) -> dict[str, Any]:
    origin = text.origin
    return {
        "block_id": text.block_id,
        **asdict(origin),
        "written_at": _time(origin.written_at),
        "decided_at": _time(origin.decided_at),
        "findings": list(origin.findings),
        "content_hash": text.content_hash,
        "author": text.author,
        "passed": text.passed,
        # Null and not an empty list: it was made from something, and nobody knows from what.
        "inputs": [{**asdict(row), "is_current": row.is_current} for row in text.inputs] or None,
        "evidence": [dict(each) for each in text.evidence],
        "calls": text.calls,
        "price": text.price,
        "currency": text.currency,
    }


def _time(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
