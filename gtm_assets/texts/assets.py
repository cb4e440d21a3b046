"""Dagster's side of the texts: the marketing matrix, one partition a cell.

Bringing cells up to date is in ``matrix``; openers belong to accounts and run with them (``gtm_assets.accounts``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import dagster as dg

from gtm_assets import partitions, reporting
from gtm_assets.crm.fields import CrmField
from gtm_assets.settings import Settings
from gtm_assets.texts.generation import Generated
from gtm_assets.texts.matrix import Cell, CellOutcome, MatrixResult, MatrixWriter, bring_cells_up_to_date
from gtm_assets.texts.models import CellText
from resources.gemini.client import GeminiClient
from resources.store.store import Store

ASSET = "marketing_matrix"
CELL_DEPS = [
    dg.AssetDep(
        name,
        partition_mapping=dg.MultiToSingleDimensionPartitionMapping(partition_dimension_name=dimension),
    )
    for name, dimension in (("verticals", "vertical"), ("personas", "persona"))
]
SPEC = dg.AssetSpec(
    ASSET,
    description=(
        "Subject, bridge and social proof for each persona × vertical, written by Gemini in one reply, checked by rules, "
        "reviewed once, reused for everybody."
    ),
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
) -> MatrixResult:
    """Bring cells up to date and log one event for each that changed (or each, where somebody asked for keys)."""

    def report(cell: Cell, outcome: CellOutcome, generated: Generated[CellText] | None) -> None:
        if outcome == "failed" or (outcome == "unchanged" and not log_unchanged):
            return
        log_event(dg.AssetMaterialization(ASSET, partition=cell.key, metadata=_metadata(outcome, generated)))

    approve = settings.gtm_review_policy["cell"] == "auto"
    writer = MatrixWriter(store, gemini, fields, run_id, approve, force)
    return bring_cells_up_to_date(writer, keys, report)


def _metadata(outcome: CellOutcome, generated: Generated[CellText] | None) -> dict[str, Any]:
    metadata: dict[str, Any] = {"result": outcome, "changed": outcome != "unchanged"}
    if generated is None:
        return metadata
    metadata |= {"attempts": generated.attempts, "model": generated.model, "prompt": generated.prompt_version}
    metadata["text"] = reporting.table(
        ("Field", "Text", "Characters"),
        [
            (name, text, len(text))
            for name, text in (
                ("Subject", generated.text.subject),
                ("Bridge", generated.text.intro),
                ("Social proof", generated.text.social_proof),
            )
        ],
    )
    if generated.findings:
        rows = [(finding.field, finding.rule, finding.message) for finding in generated.findings]
        metadata["findings"] = reporting.table(("Field", "Rule", "Finding"), rows)
    return metadata


def failure_text(result: MatrixResult) -> str:
    """Which cells failed and why, for the run's error."""
    shown = [f"{key}: {error}" for key, error in list(result.errors.items())[:10]]
    more = f" … and {len(result.errors) - 10} more" if len(result.errors) > 10 else ""
    return f"{len(result.errors)} cells could not be written: " + " | ".join(shown) + more
