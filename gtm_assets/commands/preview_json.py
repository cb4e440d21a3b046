"""A preview as plain values for scripts. The shape is documented in ``docs/preview.md``; names never change their meaning."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from gtm_assets.writeback.email import ReadEmail
from gtm_assets.writeback.preview import Advice, Origin, Part, Preview, Rests


def as_values(preview: Preview) -> dict[str, Any]:
    """What would be, from the store."""
    email = None if preview.blocked else {"subject": preview.subject, "text": preview.text}
    return {
        "person_id": preview.person_id,
        "source": "store",
        "read_at": _time(preview.read_at),
        "person": {
            "name": preview.name,
            "title": preview.title,
            "company": preview.company,
            "contact_id": preview.contact_id,
        },
        "blocked": preview.blocked or None,
        "email": email,
        "missing": list(preview.missing),
        "sending": preview.sending,
        "persona": _rests(preview.persona),
        "vertical": _rests(preview.vertical),
        "campaign": {
            "tag": preview.campaign,
            "level": preview.level,
            "reason": preview.level_reason,
            "advice": _advice(preview.fallback),
        },
        "parts": [_part(part) for part in preview.parts],
        "unread": preview.unread,
    }


def email_values(email: ReadEmail, person_id: int, blocked: str) -> dict[str, Any]:
    """What stands in the CRM now; the text is there too where nothing may be sent."""
    person = {"name": email.person, "title": email.title, "company": email.company, "contact_id": email.contact_id}
    return {
        "person_id": person_id,
        "source": "crm",
        "person": person,
        "blocked": blocked or None,
        "email": {"subject": email.subject, "text": email.text},
    }


def _part(part: Part) -> dict[str, Any]:
    return {
        "name": part.name,
        "value": part.value,
        "state": part.state,
        "reason": part.reason,
        "would_be": part.would_be,
        "origin": _origin(part.origin),
        "advice": _advice(part.advice),
    }


def _origin(origin: Origin | None) -> dict[str, Any] | None:
    if origin is None:
        return None
    times = {"written_at": _time(origin.written_at), "decided_at": _time(origin.decided_at)}
    lists = {"findings": list(origin.findings), "evidence": [asdict(each) for each in origin.evidence]}
    return {**asdict(origin), **times, **lists}


def _rests(rests: Rests) -> dict[str, Any]:
    return {**asdict(rests), "evidence": list(rests.evidence)}


def _advice(advice: tuple[Advice, ...]) -> list[dict[str, str]]:
    return [asdict(each) for each in advice]


def _time(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
