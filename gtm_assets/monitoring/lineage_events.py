"""Lineage on an account's page in Dagster: which texts a run wrote there, from which rows of Notion, by which review.

Ids only: events can never be purged, so no name of a person, reviewers included, and no text of a field is among them. What belongs
elsewhere: the whole lineage of a person (``lineage``), the other details of the events (``story``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa
from dagster import MarkdownMetadataValue

from gtm_assets import reporting
from gtm_assets.batch.models import Stage, TextWritten
from gtm_assets.texts.blocks import AUTO_REVIEWER, Source
from gtm_assets.texts.sources import load_sources
from gtm_assets.writeback.preview import Origin
from gtm_assets.writeback.preview_facts import read_origins

UNKNOWN = "unknown (written before lineage was kept)"
_HEADS = ("Fields", "Written to", "Text", "Prompt", "Model", "Made from", "Reviewed")
_STAGES: Mapping[str, Stage] = {"Contact": "contact_writeback", "Person": "person_writeback"}
#: Persons that a row names, and rows: a company with a thousand people keeps its events small.
_IDS_SHOWN = 20
_ROWS_SHOWN = 50
_HASH = 8


def load_tables(connection: sa.Connection, written: Sequence[TextWritten]) -> dict[Stage, MarkdownMetadataValue]:
    """A table for each stage that wrote texts; none where none did."""
    ids = {each.block_id for each in written}
    if not ids:
        return {}
    origins = read_origins(connection, ids, {})
    sources = load_sources(connection, ids)
    found: dict[Stage, MarkdownMetadataValue] = {}
    for entity, stage in _STAGES.items():
        rows = _rows((each for each in written if each.entity == entity), origins, sources)
        if rows:
            found[stage] = reporting.table(_HEADS, rows[:_ROWS_SHOWN])
    return found


def _rows(
    written: Iterable[TextWritten], origins: Mapping[int, Origin], sources: Mapping[int, Sequence[Source]]
) -> list[tuple[str, ...]]:
    """One row for each text and the same fields of it."""
    records: dict[tuple[int, tuple[str, ...]], list[int]] = {}
    for each in written:
        records.setdefault((each.block_id, each.fields), []).append(each.entity_id)
    rows: list[tuple[str, ...]] = []
    for (block_id, fields), ids in records.items():
        origin = origins[block_id]
        made_from = ", ".join(_link(source) for source in sources.get(block_id, ())) or UNKNOWN
        rows.append(
            (
                ", ".join(reporting.plain(name) for name in fields),
                _ids(ids),
                reporting.plain(f"{origin.kind} {origin.key}, version {origin.version}"),
                reporting.plain(origin.prompt_version),
                reporting.plain(origin.model),
                made_from,
                reporting.plain(_review(origin)),
            )
        )
    return rows


def _review(origin: Origin) -> str:
    """Which verdict, and when; who gave it stands in the store, under this number. The policy is nobody."""
    if origin.review_id is None or origin.decided_at is None:
        return "nobody"
    by = f", {AUTO_REVIEWER}" if origin.reviewer == AUTO_REVIEWER else ""
    return f"review {origin.review_id}: {origin.verdict}, {origin.decided_at:%Y-%m-%d}{by}"


def _ids(ids: Sequence[int]) -> str:
    named = ", ".join(str(i) for i in ids[:_IDS_SHOWN])
    return f"{named} and {len(ids) - _IDS_SHOWN} more" if len(ids) > _IDS_SHOWN else named


def _link(source: Source) -> str:
    """Which version of which row, with its page in Notion (or the website) behind it."""
    name = reporting.plain(f"{source.source}/{source.key} {source.row_hash[:_HASH]}")
    # A bracket would end Markdown's link.
    return f"[{name}]({source.url.replace('(', '%28').replace(')', '%29')})" if source.url else name
