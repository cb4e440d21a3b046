"""The jobs: Notion into the store, stale cells up to date, accounts that changed.

All are op jobs that log the assets' events: an asset job can't hold assets of different partition sets, a backfill of a job
over two dimensions is wrong in Dagster (#28861), and a partitioned asset can't run without a key (see ``accounts``). What
belongs elsewhere: when they run (``sensors``).
"""

# No postponed annotations here: Dagster reads the class of an op's `config` from its annotation.

from typing import Any

import dagster as dg

from gtm_assets import reporting
from gtm_assets.accounts import JOB as ACCOUNT_JOB
from gtm_assets.accounts import require_knowledge, work_off_accounts
from gtm_assets.crm.field_map import current_fields, stored_fields
from gtm_assets.crm.fields import CrmField
from gtm_assets.knowledge.assets import sync_knowledge
from gtm_assets.research.personas import decide_if_stale
from gtm_assets.runs import noting_stops, sign_of_life, store_result
from gtm_assets.settings import Settings
from gtm_assets.tenancy import bind_store
from gtm_assets.texts import assets as text_assets
from resources.errors import TransientError
from resources.gemini.client import GeminiClient
from resources.store.queue import held_lease
from resources.store.store import Store
from resources.superoffice.client import SuperOfficeClient

NOTION_JOB = "sync_notion"
TEXTS_JOB = "texts_up_to_date"


@dg.op(name="sync_knowledge", required_resource_keys={"store", "notion", "settings"})
def sync_knowledge_op(context: dg.OpExecutionContext) -> None:
    """Read verticals, personas and campaigns; decide personas again where a persona changed."""
    found: Any = context.resources
    store: Store = found.store
    settings: Settings = found.settings
    with noting_stops(store, NOTION_JOB), sign_of_life(store, context.run.run_id):
        bind_store(store, settings)
        result = sync_knowledge(store, found.notion, settings, context.instance, context.log_event)
        moved = decide_if_stale(store)
    for synced in result.synced.values():
        context.log.info("%s: %s active, %s changed", synced.database, synced.active, len(synced.changes))
        for refusal in synced.refused:
            context.log.warning(
                "%s: row %r is refused: %s (%s)", synced.database, refusal.name, refusal.reason, refusal.url
            )
    if moved:
        context.log.info("%s persons have another persona now", len(moved))
    counts = {
        "knowledge": {database: synced.active for database, synced in result.synced.items()},
        "refused": sum(len(synced.refused) for synced in result.synced.values()),
        "api_calls": {"superoffice": 0, "notion": found.notion.calls, "gemini": 0},
    }
    store_result(store, context.run.run_id, NOTION_JOB, counts)
    if result.errors:
        with noting_stops(store, NOTION_JOB):
            raise dg.Failure(
                "\n".join(f"{name}: {error}" for name, error in result.errors.items()), allow_retries=False
            )


class TextsConfig(dg.Config):
    """Which cells: keys as ``persona|vertical``; empty: every stale one. ``force`` writes them again although nothing changed."""

    keys: list[str] = []  # noqa: RUF012
    force: bool = False


def field_lengths(store: Store, crm: SuperOfficeClient, settings: Settings) -> dict[str, CrmField]:
    """The CRM's fields, which bound every text; what was read earlier where the CRM does not answer now."""
    configured = settings.configured_fields
    try:
        return current_fields(store, crm, configured)
    except TransientError:
        known = stored_fields(store)
        if not known:
            raise
        return known


@dg.op(name="write_stale_cells", required_resource_keys={"store", "superoffice", "gemini", "settings"})
def write_stale_cells_op(context: dg.OpExecutionContext, config: TextsConfig) -> None:
    """Bring cells of the marketing matrix up to date."""
    found: Any = context.resources
    store: Store = found.store
    with noting_stops(store, TEXTS_JOB), sign_of_life(store, context.run.run_id) as owner:
        run_cells(
            store,
            owner,
            found.superoffice,
            found.gemini,
            found.settings,
            context,
            keys=config.keys or None,
            force=config.force,
            log_unchanged=bool(config.keys),
        )


def run_cells(
    store: Store,
    owner: str,
    crm: SuperOfficeClient,
    gemini: GeminiClient,
    settings: Settings,
    context: dg.OpExecutionContext | dg.AssetExecutionContext,
    *,
    keys: list[str] | None,
    force: bool,
    log_unchanged: bool,
) -> None:
    """One run's work on cells; ends failed, with the reasons, where cells could not be written."""
    require_knowledge(store)
    fields = field_lengths(store, crm, settings)
    run_id = context.run.run_id
    try:
        # One writer of cells at a time: two would pay for the same text twice.
        with held_lease(store, "cells", owner):
            result = text_assets.write_cells(
                store,
                gemini,
                fields,
                settings,
                run_id,
                context.log_event,
                keys,
                force=force,
                log_unchanged=log_unchanged,
            )
    except KeyError as error:
        raise dg.Failure(str(error.args[0]), allow_retries=False) from error
    outcomes = list(result.outcomes.values())
    names = ("generated", "unchanged", "rejected", "failed")
    counts = {
        "texts": {name: outcomes.count(name) for name in names},  # type: ignore[arg-type]
        "model_calls": gemini.calls,
        "api_calls": {"superoffice": crm.calls, "notion": 0, "gemini": gemini.calls},
    }
    store_result(store, run_id, TEXTS_JOB, counts)
    context.log.info("cells: %s; %s accounts are due because of them", counts["texts"], result.accounts_due)
    if result.errors:
        raise dg.Failure(text_assets.failure_text(result), allow_retries=False)


@dg.multi_asset(
    name="marketing_matrix",
    specs=[reporting.present(text_assets.SPEC)],
    can_subset=True,
    backfill_policy=dg.BackfillPolicy.single_run(),
    required_resource_keys={"store", "superoffice", "gemini", "settings"},
)
def marketing_matrix(context: dg.AssetExecutionContext) -> Any:
    """Bring the cells that a backfill asks for up to date."""
    found: Any = context.resources
    keys = [str(key) for key in context.partition_keys]
    _compare_with_range(context, keys)
    with sign_of_life(found.store, context.run.run_id) as owner:
        run_cells(
            found.store,
            owner,
            found.superoffice,
            found.gemini,
            found.settings,
            context,
            keys=keys,
            force=False,
            log_unchanged=True,
        )
    yield from ()


def _compare_with_range(context: dg.AssetExecutionContext, keys: list[str]) -> None:
    """A backfill of a job over two dimensions hands over one key of its range and ends SUCCESS; fail loudly instead."""
    tags = context.run.tags
    ends = (tags.get("dagster/asset_partition_range_start"), tags.get("dagster/asset_partition_range_end"))
    if ends[0] and ends[0] != ends[1] and len(keys) < 2:
        raise dg.Failure(
            f"Asked for the range {ends[0]} … {ends[1]}, got {keys}. Backfill the asset, not a job (Dagster #28861).",
            allow_retries=False,
        )


@dg.job(name=NOTION_JOB, description="Read verticals, personas and campaigns from Notion into the store.")
def sync_notion() -> None:
    """Notion into the store."""
    sync_knowledge_op()


@dg.job(name=TEXTS_JOB, description="Write the cells of the marketing matrix that are missing or whose inputs changed.")
def texts_up_to_date() -> None:
    """Stale cells up to date."""
    write_stale_cells_op()


@dg.job(
    name=ACCOUNT_JOB,
    description="Read what changed in SuperOffice and lead those accounts through research, texts and write-back.",
)
def account_changes() -> None:
    """Accounts that changed, or those named in the op's ``keys``."""
    work_off_accounts()
