"""Dagster's side of the texts: the marketing matrix (one partition a cell) and the campaign matrix (one a campaign × vertical).

Bringing cells up to date is in ``matrix``; openers belong to accounts and run with them (``gtm_assets.accounts``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import dagster as dg

from gtm_assets import partitions, reporting
from gtm_assets.crm.fields import CrmField
from gtm_assets.knowledge.rows import STANDARD_CAMPAIGN
from gtm_assets.research.asking import Terms
from gtm_assets.settings import Settings
from gtm_assets.texts.generation import Generated
from gtm_assets.texts.matrix import (
    Cell,
    CellOutcome,
    MatrixResult,
    MatrixWriter,
    bring_cells_up_to_date,
    choose_cells,
)
from gtm_assets.texts.models import CellText, Finding
from resources.gemini.client import GeminiClient
from resources.store.store import Store

ASSET = "marketing_matrix"
CAMPAIGN_ASSET = "campaign_matrix"


def _dimension_deps(**dimensions: str) -> list[dg.AssetDep]:
    """Upstream assets, each of which is one dimension of a matrix."""
    return [
        dg.AssetDep(
            name, partition_mapping=dg.MultiToSingleDimensionPartitionMapping(partition_dimension_name=dimension)
        )
        for name, dimension in dimensions.items()
    ]


CELL_DEPS = _dimension_deps(verticals="vertical", personas="persona")
SPEC = dg.AssetSpec(
    ASSET,
    deps=CELL_DEPS,
    partitions_def=partitions.cell_partitions,
    skippable=True,
    metadata=reporting.columns(
        subject="string: e-mail subject that hits the persona's pain",
        intro="string: bridge from the role to the industry's pain",
        social_proof="string: registered references and what was achieved there",
        inputs_hash="string: rows, limits, prompt and model the text was made from",
        content_hash="string: what a review is bound to",
        passed="bool: every rule passed",
    ),
)
CAMPAIGN_SPEC = dg.AssetSpec(
    CAMPAIGN_ASSET,
    deps=[
        *_dimension_deps(verticals="vertical", campaigns="campaign"),
        dg.AssetDep("personas", partition_mapping=dg.AllPartitionMapping()),
    ],
    partitions_def=partitions.campaign_cell_partitions,
    skippable=True,
    metadata=reporting.columns(
        persona="string: one text for each active persona",
        subject="string: e-mail subject that names the occasion",
        intro="string: bridge from the role to the occasion and the industry's pain",
        social_proof="string: registered references and what was achieved there",
    ),
)
LogEvent = Callable[[Any], None]


def write_cells(
    store: Store,
    gemini: GeminiClient,
    fields: dict[str, CrmField],
    settings: Settings,
    run_id: str,
    log_event: LogEvent,
    keys: Iterable[str] | None = None,
    *,
    force: bool = False,
    log_unchanged: bool = False,
    terms: Terms,
) -> MatrixResult:
    """Bring cells up to date and log one event for each partition that changed (or each, where somebody asked for keys)."""
    writer = MatrixWriter(store, gemini, fields, run_id, settings.gtm_review_policy["cell"] == "auto", force, terms)
    cells = choose_cells(writer, keys)
    reported = _Partitions(cells, log_event, log_unchanged=log_unchanged)
    return bring_cells_up_to_date(writer, cells, reported)


Ended = tuple[Cell, CellOutcome, Generated[CellText] | None]


class _Partitions:
    """Gathers cells as they end and logs each partition when its last one did: a standard cell is one, a campaign's has one a persona."""

    def __init__(self, cells: Iterable[Cell], log_event: LogEvent, *, log_unchanged: bool) -> None:
        self._left = Counter(partition_of(cell) for cell in cells)
        self._ended: dict[tuple[str, str], list[Ended]] = {}
        self._log_event = log_event
        self._log_unchanged = log_unchanged

    def __call__(self, cell: Cell, outcome: CellOutcome, generated: Generated[CellText] | None) -> None:
        place = partition_of(cell)
        ended = self._ended.setdefault(place, [])
        ended.append((cell, outcome, generated))
        self._left[place] -= 1
        if self._left[place]:
            return
        outcomes = {each for _, each, _ in ended}
        if outcomes & {"failed", "left"} or (outcomes == {"unchanged"} and not self._log_unchanged):
            return
        asset, key = place
        metadata = _metadata(cell, outcome, generated) if asset == ASSET else _campaign_metadata(ended)
        self._log_event(dg.AssetMaterialization(asset, partition=key, metadata=metadata))


def partition_of(cell: Cell) -> tuple[str, str]:
    """Asset and partition key that hold a cell; Dagster joins dimensions in the order of their names."""
    if cell.campaign_key == STANDARD_CAMPAIGN:
        return ASSET, cell.key
    return CAMPAIGN_ASSET, f"{cell.campaign_key}|{cell.vertical_key}"


def _shown(cell: Cell, generated: Generated[CellText] | None) -> tuple[CellText | None, Sequence[Finding]]:
    """The text a page shows, with its findings: the new one, else the one that stays. A partition's page shows its last event only."""
    if generated is not None:
        return generated.text, generated.findings
    if cell.block is None:
        return None, ()
    return CellText(**cell.block.content), cell.block.findings


def _campaign_metadata(ended: Iterable[Ended]) -> dict[str, Any]:
    """One partition of the campaign matrix: how many cells became what, and the texts, a row a persona."""
    in_order = sorted(ended, key=lambda each: each[0].persona_key)
    outcomes = [outcome for _, outcome, _ in in_order]
    metadata: dict[str, Any] = {name: outcomes.count(name) for name in ("generated", "unchanged", "rejected")}
    metadata["changed"] = set(outcomes) != {"unchanged"}
    shown = [(cell.persona_key, *_shown(cell, generated)) for cell, _, generated in in_order]
    rows = [(persona, text.subject, text.intro, text.social_proof) for persona, text, _ in shown if text is not None]
    if rows:
        metadata["texts"] = reporting.table(("Persona", "Subject", "Bridge", "Social proof"), rows)
    findings = [(persona, each.field, each.message) for persona, _, found in shown for each in found]
    if findings:
        metadata["findings"] = reporting.table(("Persona", "Field", "Finding"), findings)
    return metadata


def _metadata(cell: Cell, outcome: CellOutcome, generated: Generated[CellText] | None) -> dict[str, Any]:
    metadata: dict[str, Any] = {"result": outcome, "changed": outcome != "unchanged"}
    if generated is not None:
        metadata |= {"attempts": generated.attempts, "model": generated.model, "prompt": generated.prompt_version}
    text, findings = _shown(cell, generated)
    if text is not None:
        named = (("Subject", text.subject), ("Bridge", text.intro), ("Social proof", text.social_proof))
        rows = [(name, words, len(words)) for name, words in named]
        metadata["text"] = reporting.table(("Field", "Text", "Characters"), rows)
    if findings:
        rows_of_findings = [(finding.field, finding.rule, finding.message) for finding in findings]
        metadata["findings"] = reporting.table(("Field", "Rule", "Finding"), rows_of_findings)
    return metadata


def failure_text(result: MatrixResult) -> str:
    """Which cells failed and why, for the run's error; of many all are named, the first with their reasons."""
    keys = sorted(result.errors)
    shown = [f"{key}: {result.errors[key]}" for key in keys[:10]]
    more = f" … and {len(keys) - 10} more: {', '.join(keys[10:])}" if len(keys) > 10 else ""
    what = "Earlier texts stay in use. The cells are asked for again by themselves, a campaign's first texts with the next backfill:"
    return f"{len(keys)} cells could not be written. {what} " + " | ".join(shown) + more
