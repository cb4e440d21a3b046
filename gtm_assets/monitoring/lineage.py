"""From a person's CRM fields back to what they were made of: text version, prompt, model, row versions, Notion pages, reviewer.

One DuckDB query; the store finds its few rows by its indexes (``Analytics.in_store``). What a text rests on is what was stored with it:
of a version from before that was kept, it is unknown. What belongs elsewhere: from a Notion row to its carriers (``lineage_page``), the
table of an account's events (``lineage_events``), words for people (``gtm_assets.commands.lineage_words``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from gtm_assets.crm.fields import Entity
from gtm_assets.monitoring.lineage_models import (
    FieldLineage,
    FieldState,
    Input,
    PersonLineage,
    Text,
    UnknownLineageError,
    Written,
)
from gtm_assets.writeback.preview import Origin
from resources.analytics.engine import Analytics

#: A person's fields in the order of the e-mail; it is joined from the person's fields and the company's openers.
FIELDS = ("subject", "opener", "opener_secondary", "intro", "social_proof", "unsubscribe")
OPENERS = ("opener", "opener_secondary")
#: Rows of the tables that texts are made from, as they are now; the texts' own rows say what they were.
_CURRENT_HASH = """CASE s.source
  WHEN 'verticals' THEN (SELECT v.row_hash FROM verticals v WHERE v.key = s.key)
  WHEN 'personas' THEN (SELECT v.row_hash FROM personas v WHERE v.key = s.key)
  WHEN 'campaigns' THEN (SELECT v.row_hash FROM campaigns v WHERE v.key = s.key)
  WHEN 'website' THEN (SELECT v.content_hash FROM websites v WHERE v.contact_id = CAST(s.key AS INTEGER)) END"""
_ACTIVE = """CASE s.source
  WHEN 'verticals' THEN (SELECT CASE WHEN v.active THEN 1 ELSE 0 END FROM verticals v WHERE v.key = s.key)
  WHEN 'personas' THEN (SELECT CASE WHEN v.active THEN 1 ELSE 0 END FROM personas v WHERE v.key = s.key)
  WHEN 'campaigns' THEN (SELECT CASE WHEN v.active THEN 1 ELSE 0 END FROM campaigns v WHERE v.key = s.key)
  ELSE 1 END"""
#: What a text block's own rows say, for ``b`` (the block) and ``s`` (its sources): column to expression.
_TEXT_COLUMNS = {
    "block_id": "b.id",
    "kind": "b.kind",
    "block_key": "b.key",
    "version": "b.version",
    "newest_version": "n.version",
    "content_hash": "b.content_hash",
    "author": "b.author",
    "prompt_version": "b.prompt_version",
    "model": "b.model",
    "findings": "b.findings",
    "passed": "CASE WHEN b.passed THEN 1 ELSE 0 END",
    "evidence": "b.evidence",
    "created_at": "b.created_at",
    "review_id": "r.id",
    "verdict": "r.verdict",
    "reviewer": "r.reviewer",
    "comment": "r.comment",
    "decided_at": "r.decided_at",
    "calls": "(SELECT count(*) FROM model_calls c WHERE c.block_id = b.id AND c.state <> 'reserved')",
    "price": "(SELECT CASE WHEN min(c.currency) = max(c.currency) THEN sum(c.price) END FROM model_calls c "
    "WHERE c.block_id = b.id AND c.state <> 'reserved')",
    "currency": "(SELECT CASE WHEN min(c.currency) = max(c.currency) THEN min(c.currency) END FROM model_calls c "
    "WHERE c.block_id = b.id AND c.state <> 'reserved')",
    "source": "s.source",
    "source_key": "s.key",
    "row_hash": "s.row_hash",
    "page_id": "s.notion_page_id",
    "url": "s.url",
    "current_hash": _CURRENT_HASH,
    "active": _ACTIVE,
}
_PERSON_COLUMNS = {
    "contact_id": "place.contact_id",
    "gone_at": "place.gone_at",
    "known": "place.known",
    "person_fields": "place.fields",
    "account_fields": "a.fields",
    "person_kept": "(SELECT p.kept FROM plans p WHERE p.entity = 'Person' AND p.entity_id = place.person_id "
    "ORDER BY p.id DESC LIMIT 1)",
    "account_kept": "(SELECT p.kept FROM plans p WHERE p.entity = 'Contact' AND p.entity_id = place.contact_id "
    "ORDER BY p.id DESC LIMIT 1)",
    "entity": "w.entity",
    "entity_id": "w.entity_id",
    "field": "w.field",
    "value": "w.value",
    "ledger_id": "w.ledger_id",
    "guard": "l.guard",
    "run_id": "l.run_id",
    "confirmed_at": "w.confirmed_at",
    "stands": "w.stands",
    "same_in_newest": "CASE WHEN n.id <> b.id AND n.content ->> w.field = w.value THEN 1 ELSE 0 END",
}
#: What DuckDB makes of a column; text where none is named.
_TYPES = {
    **dict.fromkeys(
        ("contact_id", "entity_id", "ledger_id", "block_id", "version", "newest_version", "review_id", "calls"),
        "INTEGER",
    ),
    **dict.fromkeys(("gone_at", "confirmed_at", "created_at", "decided_at"), "TIMESTAMP"),
    **dict.fromkeys(("known", "stands", "same_in_newest", "passed", "active"), "BOOLEAN"),
    "price": "DOUBLE",
}
_COLUMNS = _PERSON_COLUMNS | _TEXT_COLUMNS
# Plain SQL of both databases. Values that were replaced or taken away are in the ledger's plans; what stands is in written_values.
_PERSON = """
WITH place AS (
  SELECT asked.person_id, p.gone_at, p.fields, CASE WHEN p.person_id IS NULL THEN 0 ELSE 1 END AS known,
         coalesce(p.contact_id, (
           SELECT max(l.contact_id) FROM ledger l WHERE l.entity = 'Person' AND l.entity_id = asked.person_id
         )) AS contact_id
  FROM (SELECT $person AS person_id) asked LEFT JOIN persons p ON p.person_id = asked.person_id
), carriers AS (
  SELECT 'Person' AS entity, person_id AS entity_id FROM place UNION ALL SELECT 'Contact', contact_id FROM place
), written AS (
  SELECT w.entity, w.entity_id, w.field, w.value, w.block_id, w.ledger_id, w.confirmed_at, 1 AS stands
  FROM carriers c JOIN written_values w ON w.entity = c.entity AND w.entity_id = c.entity_id
  UNION ALL
  SELECT l.entity, l.entity_id, f.key, f.value ->> 'after', CAST(f.value ->> 'block_id' AS INTEGER), l.id, l.ended_at, 0
  FROM carriers c JOIN ledger l ON l.entity = c.entity AND l.entity_id = c.entity_id JOIN plans p ON p.id = l.plan_id
  CROSS JOIN json_each(p.fields) f
  WHERE l.status = 'confirmed' AND NOT EXISTS (
    SELECT 1 FROM written_values w WHERE w.entity = l.entity AND w.entity_id = l.entity_id AND w.field = f.key AND w.ledger_id = l.id
  )
)
SELECT $columns
FROM place LEFT JOIN accounts a ON a.contact_id = place.contact_id
LEFT JOIN written w ON w.entity = 'Person' OR w.field IN ('opener', 'opener_secondary')
LEFT JOIN ledger l ON l.id = w.ledger_id
LEFT JOIN text_blocks b ON b.id = w.block_id
LEFT JOIN text_blocks n ON n.kind = b.kind AND n.key = b.key AND n.current
LEFT JOIN reviews r ON r.id = (SELECT max(x.id) FROM reviews x WHERE x.block_id = b.id AND x.content_hash = b.content_hash)
LEFT JOIN block_sources s ON s.block_id = b.id
ORDER BY w.ledger_id DESC, w.field, s.source"""


def load_person(analytics: Analytics, person_id: int) -> PersonLineage:
    """Where the words of one person come from, also of one who is gone from the CRM.

    Raises:
        UnknownLineageError: Neither the person nor anything written for them is known.
    """
    expressions = ", ".join(f"{expression} AS {name}" for name, expression in _COLUMNS.items())
    inside = analytics.in_store(_PERSON.replace("$columns", expressions).replace("$person", str(int(person_id))))
    typed = ", ".join(f"CAST({name} AS {_TYPES.get(name, 'VARCHAR')})" for name in _COLUMNS)
    rows = [dict(zip(_COLUMNS, row, strict=True)) for row in analytics.rows(f"SELECT {typed} FROM {inside}")]  # noqa: S608
    first = rows[0]
    if not first["known"] and first["entity"] is None:
        raise UnknownLineageError(
            f"The engine does not know person {person_id} and never wrote anything for them. Check the id in the person's record in "
            "SuperOffice; somebody who was entered just now is read by `gtm once`."
        )
    values = _values(rows)
    standing = {(each.entity, each.field): each for each, stands in values if stands}
    return PersonLineage(
        person_id=person_id,
        contact_id=first["contact_id"],
        gone_at=_time(first["gone_at"]),
        read=first["known"],
        fields=tuple(_field(name, first, standing) for name in FIELDS),
        earlier=tuple(each for each, stands in values if not stands),
    )


def _field(name: str, place: Mapping[str, Any], standing: Mapping[tuple[Entity, str], Written]) -> FieldLineage:
    entity: Entity = "Contact" if name in OPENERS else "Person"
    of = "account" if entity == "Contact" else "person"
    carried = str((_json(place[f"{of}_fields"]) or {}).get(name) or "")
    written = standing.get((entity, name))
    if written is not None and carried == written.value:
        return FieldLineage(name, entity, "in_crm", "", written)
    state: FieldState = "human" if carried else ("cleared" if written else "missing")
    reason = str((_json(place[f"{of}_kept"]) or {}).get(name) or "")
    return FieldLineage(name, entity, state, reason, written)


def _values(rows: Iterable[Mapping[str, Any]]) -> list[tuple[Written, bool]]:
    """What was written, and whether it is the newest of ours; a row for each source of a text becomes one value."""
    grouped: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["entity"] is not None:
            grouped.setdefault((row["entity"], row["field"], row["ledger_id"]), []).append(row)
    return [(_written(group), group[0]["stands"]) for group in grouped.values()]


def _written(group: Sequence[Mapping[str, Any]]) -> Written:
    row = group[0]
    return Written(
        entity=row["entity"],
        entity_id=row["entity_id"],
        field=row["field"],
        value=row["value"] or "",
        ledger_id=row["ledger_id"],
        guard=row["guard"] or "",
        run_id=row["run_id"] or "",
        confirmed_at=_time(row["confirmed_at"]),
        text=None if row["block_id"] is None else _text(group),
        same_in_newest=row["same_in_newest"],
    )


def _text(group: Sequence[Mapping[str, Any]]) -> Text:
    row = group[0]
    findings = tuple(str(finding["message"]) for finding in _json(row["findings"]) or ())
    origin = Origin(
        kind=row["kind"],
        key=row["block_key"],
        version=row["version"],
        newest_version=row["newest_version"] or row["version"],
        state=_state(row),
        model=row["model"],
        prompt_version=row["prompt_version"],
        written_at=_known(_time(row["created_at"])),
        verdict=row["verdict"] or "",
        reviewer=row["reviewer"] or "",
        decided_at=_time(row["decided_at"]),
        comment=row["comment"] or "",
        findings=findings,
        review_id=row["review_id"],
    )
    return Text(
        block_id=row["block_id"],
        origin=origin,
        content_hash=row["content_hash"],
        author=row["author"],
        passed=row["passed"],
        inputs=tuple(_input(each) for each in group if each["source"] is not None),
        evidence=tuple(_json(row["evidence"]) or ()),
        calls=row["calls"],
        price=row["price"],
        currency=row["currency"] or "",
    )


def _state(row: Mapping[str, Any]) -> str:
    """Where the version stands by rules and verdict; whether its inputs are still today's is said of each input."""
    if row["newest_version"] not in {None, row["version"]}:
        return "earlier"
    return verdict_state(row["passed"], row["verdict"])


def verdict_state(passed: bool, verdict: str | None) -> str:  # noqa: FBT001
    """Where a text stands by rules and verdict alone."""
    return (verdict or "waiting") if passed else "failed_rules"


def _input(row: Mapping[str, Any]) -> Input:
    return Input(
        source=row["source"],
        key=row["source_key"],
        row_hash=row["row_hash"],
        page_id=row["page_id"],
        url=row["url"],
        current_hash=row["current_hash"],
        active=bool(row["active"]),
    )


def _json(stored: str | None) -> Any:
    """A JSON column, which comes as text."""
    return None if stored is None else json.loads(stored)


def _time(stored: datetime | None) -> datetime | None:
    """The store's times are UTC without offset."""
    return stored.replace(tzinfo=UTC) if stored is not None else None


def _known(at: datetime | None) -> datetime:
    assert at is not None, "the column is never null"
    return at
