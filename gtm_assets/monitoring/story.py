"""What an account's own page in Dagster tells: its events, each with what a person wants to know. No names of persons, no addresses.

An account that ended well gets a materialization for each stage that changed something (or for all, where a run was asked for it). One that
did not end well gets an observation with reason and advice, which shows on the same page. What belongs elsewhere: how an account ends
(``gtm_assets.batch.outcomes``), the board over all accounts (``board``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import dagster as dg

from gtm_assets import reporting
from gtm_assets.batch.models import STAGES, AccountOutcome, Stage
from gtm_assets.crm.links import company_link
from gtm_assets.monitoring.advice import advice
from gtm_assets.monitoring.board_page import ASSET as BOARD

#: Ends that a person should find on the account's page although nothing was made.
TOLD = frozenset({"failed", "skipped", "conflict"})
_REASON_CHARACTERS = 1000
_PERSONS_SHOWN = 50
_PERSON_COLUMNS: Mapping[Stage, tuple[tuple[str, str], ...]] = {
    "persons": (("persona_key", "Persona"), ("persona_reason", "Because of")),
    "person_writeback": (("text_level", "Level of text"), ("text_reason", "Why")),
}
_UNKNOWN = {"persona_key": "unknown", "text_level": "not planned yet"}

Event = dg.AssetMaterialization | dg.AssetObservation


def account_events(
    outcome: AccountOutcome,
    stages: frozenset[Stage],
    *,
    asked: bool,
    address: str,
    run_id: str,
    lineage: Mapping[Stage, dg.MarkdownMetadataValue] = MappingProxyType({}),
) -> Iterator[Event]:
    """The events of one account.

    Args:
        outcome: How it ended.
        stages: What the run was to do.
        asked: The run was asked for this account: then each stage says something, unless it failed or no budget was left for it (a
            backfill counts it as failed then).
        address: The tenant's web address, for links.
        run_id: The run.
        lineage: Where the texts that were written come from, see ``lineage_events``.
    """
    key = str(outcome.contact_id)
    common = _common(outcome, address, run_id)
    changed = outcome.stages.keys()
    if not (asked and (outcome.phase == "failed" or outcome.deferred is not None)):
        for stage in STAGES:
            if stage in stages and (asked or stage in changed):
                metadata = {**common, **_details(outcome, stage), "changed": stage in changed}
                if stage in lineage:
                    metadata["lineage"] = lineage[stage]
                yield dg.AssetMaterialization(stage, partition=key, metadata=metadata)
    # The same failure at each of many attempts is told once: the board counts attempts, and events stay for ever.
    if outcome.phase in TOLD and (asked or outcome.before != (outcome.kind, outcome.reason[:2000])):
        yield dg.AssetObservation("accounts", partition=key, metadata={**common, "attempts": outcome.attempts})


def _common(outcome: AccountOutcome, address: str, run_id: str) -> dict[str, Any]:
    times = {
        "waited_seconds": outcome.times.waited,
        "enriching_seconds": outcome.times.enriching,
        "syncing_seconds": outcome.times.syncing,
        "total_seconds": outcome.times.total,
    }
    found: dict[str, Any] = {
        "account": outcome.name,
        "phase": outcome.phase,
        "kind": outcome.kind,
        "reason": reporting.shorten(outcome.reason, _REASON_CHARACTERS),
        "what_to_do": advice(outcome.kind, outcome.contact_id, outcome.retry_at),
        "because": outcome.trigger,
        **times,
    }
    found = {name: value for name, value in found.items() if value not in ("", None)}
    if "what_to_do" in found:
        # It names commands in backticks.
        found["what_to_do"] = dg.MetadataValue.md(found["what_to_do"])
    if address:
        found["in_crm"] = dg.MetadataValue.url(company_link(address, outcome.contact_id))
    # Inside Dagster: an asset and a run keep their pages wherever the webserver answers.
    found["board"] = dg.MetadataValue.asset(dg.AssetKey(BOARD))
    if run_id:
        found["run"] = dg.MetadataValue.dagster_run(run_id)
    return found


def _details(outcome: AccountOutcome, stage: Stage) -> dict[str, Any]:
    found = {name: value for name, value in outcome.stages.get(stage, {}).items() if value not in ("", None)}
    if stage in {"contact_writeback", "person_writeback"}:
        is_person = stage == "person_writeback"
        fields = [name for name in outcome.fields_changed if name.startswith("person ") == is_person]
        if fields:
            found["fields_changed"] = reporting.shorten(", ".join(fields), _REASON_CHARACTERS)
    if stage in _PERSON_COLUMNS and outcome.persons:
        found["who"] = dg.MetadataValue.md(_persons_table(outcome.persons, _PERSON_COLUMNS[stage]))
    return found


def _persons_table(persons: Sequence[Mapping[str, Any]], columns: Sequence[tuple[str, str]]) -> str:
    rows = [
        (person["person_id"], *(reporting.plain(str(person[name] or _UNKNOWN.get(name, ""))) for name, _ in columns))
        for person in persons[:_PERSONS_SHOWN]
    ]
    table = str(reporting.table(("Person", *(head for _, head in columns)), rows).value)
    more = len(persons) - _PERSONS_SHOWN
    return f"{table}\n\n… and {more} more; all with `gtm board --account`." if more > 0 else table
