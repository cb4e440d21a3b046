"""The jobs: Notion into the store, stale cells up to date, accounts that changed.

All are op jobs that log the assets' events: an asset job can't hold assets of different partition sets, a backfill of a job
over two dimensions is wrong in Dagster (#28861), and a partitioned asset can't run without a key (see ``accounts``). What
belongs elsewhere: when they run (``sensors``).
"""

# No postponed annotations here: Dagster reads the class of an op's `config` from its annotation.

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import dagster as dg

from gtm_assets import descriptions, reporting
from gtm_assets.accounts import JOB as ACCOUNT_JOB
from gtm_assets.accounts import require_knowledge, work_off_accounts
from gtm_assets.crm.closure import note_closed
from gtm_assets.crm.field_map import current_fields, stored_fields
from gtm_assets.crm.fields import CrmField
from gtm_assets.knowledge.assets import sync_knowledge
from gtm_assets.monitoring.assets import keep_costs_current, keep_coverage_current, keep_reviews_current
from gtm_assets.research.asking import terms_of
from gtm_assets.research.personas import decide_if_stale
from gtm_assets.runs import noting_stops, sign_of_life, store_result, was_asked_for
from gtm_assets.settings import Settings
from gtm_assets.tenancy import bind_store
from gtm_assets.texts import assets as text_assets
from gtm_assets.texts import selection
from gtm_assets.texts.change_plan import effects_as_metadata
from gtm_assets.texts.check_assets import keep_checks_current
from gtm_assets.texts.matrix import UnknownCellError
from resources.errors import TenantClosedError, TransientError
from resources.gemini.client import GeminiClient
from resources.store.queue import held_lease
from resources.store.store import Store
from resources.superoffice.client import SuperOfficeClient

NOTION_JOB = "sync_notion"
TEXTS_JOB = "texts_up_to_date"


@dg.op(
    name="sync_knowledge",
    description=descriptions.OPS["sync_knowledge"],
    required_resource_keys={"store", "notion", "settings", "analytics"},
)
def sync_knowledge_op(context: dg.OpExecutionContext) -> None:
    """Read verticals, personas and campaigns; decide personas again where a persona changed."""
    found: Any = context.resources
    store: Store = found.store
    settings: Settings = found.settings
    with noting_stops(store, NOTION_JOB), sign_of_life(store, context.run.run_id):
        bind_store(store, settings)
        result = sync_knowledge(
            store, found.notion, settings, context.instance, context.log_event, effects=effects_as_metadata
        )
        moved = decide_if_stale(store)
    for synced in result.synced.values():
        context.log.info("%s: %s active, %s changed", synced.database, synced.active, len(synced.changes))
        for said in (*synced.refused, *synced.remarks):
            context.log.warning(str(said))
    if moved:
        context.log.info("%s persons have another persona now", len(moved))
    counts = {
        "knowledge": {database: synced.active for database, synced in result.synced.items()},
        "refused": sum(len(synced.refused) for synced in result.synced.values()),
        "notes": [str(refusal) for synced in result.synced.values() for refusal in synced.refused],
        "api_calls": {"superoffice": 0, "notion": found.notion.calls, "gemini": 0},
    }
    store_result(store, context.run.run_id, NOTION_JOB, counts)
    keep_coverage_current(context)
    if result.errors:
        with noting_stops(store, NOTION_JOB):
            raise dg.Failure(
                "\n".join(f"{name}: {error}" for name, error in result.errors.items()), allow_retries=False
            )


class TextsConfig(dg.Config):
    """Which cells a run looks at; nothing named: every one that comes by itself and is stale.

    Attributes:
        keys: Cells as ``persona|vertical`` or ``persona|vertical|campaign``.
        campaign: Every cell of this campaign (its tag or key); ``standard`` for the marketing matrix.
        vertical: Every cell of this vertical's key; with ``campaign`` those of both.
        force: Write them again although nothing changed.
    """

    keys: list[str] = []  # noqa: RUF012
    campaign: str = ""
    vertical: str = ""
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


def _no_field_lengths(context: dg.OpExecutionContext | dg.AssetExecutionContext, closed: TenantClosedError) -> None:
    """Before the layout was read once no text can be written, and SuperOffice is closed: the run ends well and says so."""
    store: Store = context.resources.store
    note_closed(store, closed)
    note = f"{closed} No text was written, because the CRM's field lengths were never read."
    context.log.warning(note)
    api_calls = {"superoffice": 0, "notion": 0, "gemini": 0}
    store_result(store, context.run.run_id, TEXTS_JOB, {"notes": [note], "closed": True, "api_calls": api_calls})


_TEXT_RESOURCES = {"store", "superoffice", "gemini", "settings", "analytics"}


@dg.op(
    name="write_stale_cells",
    description=descriptions.OPS["write_stale_cells"],
    required_resource_keys=_TEXT_RESOURCES,
)
def write_stale_cells_op(context: dg.OpExecutionContext, config: TextsConfig) -> None:
    """Bring cells of the marketing matrix and of campaigns up to date."""
    store: Store = context.resources.store
    asked = bool(config.keys or config.campaign or config.vertical)

    def wanted() -> list[str] | None:
        return selection.asked_cells(store, config.keys, config.campaign, config.vertical) if asked else None

    # A wish that can't be met is no reason for the sensor to wait.
    with nullcontext() if asked else noting_stops(store, TEXTS_JOB):
        run_cells(context, wanted, force=config.force)


def run_cells(
    context: dg.OpExecutionContext | dg.AssetExecutionContext,
    wanted: Callable[[], list[str] | None],
    *,
    force: bool = False,
) -> None:
    """One run's work on cells; ends failed, with the reasons, where cells could not be written.

    ``wanted`` names them (None: every stale one), and is asked when it is this run's turn: rows may have been retired while it waited.
    """
    found: Any = context.resources
    store: Store = found.store
    crm: SuperOfficeClient = found.superoffice
    gemini: GeminiClient = found.gemini
    require_knowledge(store)
    terms = terms_of(found.settings, "texts", asked_for=was_asked_for(context.run.tags))
    try:
        fields = field_lengths(store, crm, found.settings)
    except TenantClosedError as closed:
        _no_field_lengths(context, closed)
        return
    run_id = context.run.run_id
    # One writer of cells at a time: two would pay for the same text twice.
    with sign_of_life(store, run_id) as owner, held_lease(store, "cells", owner):
        try:
            keys = wanted()
            result = text_assets.write_cells(
                store,
                gemini,
                fields,
                found.settings,
                run_id,
                context.log_event,
                keys,
                force=force,
                log_unchanged=keys is not None,
                terms=terms,
            )
        except UnknownCellError as error:
            raise dg.Failure(str(error), allow_retries=False) from error
    outcomes = list(result.outcomes.values())
    names = ("generated", "unchanged", "rejected", "failed", "left")
    notes = [result.reached.sentence("cells")] if result.reached else []
    counts = {
        "texts": {name: outcomes.count(name) for name in names},  # type: ignore[arg-type]
        "notes": notes,
        "model_calls": gemini.calls,
        "api_calls": {"superoffice": crm.calls, "notion": 0, "gemini": gemini.calls},
    }
    store_result(store, run_id, TEXTS_JOB, counts)
    context.log.info("cells: %s; %s accounts are due because of them", counts["texts"], result.accounts_due)
    for note in notes:
        context.log.warning(note)
    keep_coverage_current(context)
    keep_costs_current(context)
    keep_checks_current(context, "cell")
    keep_reviews_current(context)
    if result.errors:
        raise dg.Failure(text_assets.failure_text(result), allow_retries=False)


@dg.multi_asset(
    name="marketing_matrix",
    specs=[reporting.present(text_assets.SPEC)],
    can_subset=True,
    backfill_policy=dg.BackfillPolicy.single_run(),
    required_resource_keys=_TEXT_RESOURCES,
)
def marketing_matrix(context: dg.AssetExecutionContext) -> Any:
    """Bring the cells that a backfill asks for up to date."""
    _write_partitions(context, text_assets.ASSET)
    yield from ()


@dg.multi_asset(
    name="campaign_matrix",
    specs=[reporting.present(text_assets.CAMPAIGN_SPEC)],
    can_subset=True,
    backfill_policy=dg.BackfillPolicy.single_run(),
    required_resource_keys=_TEXT_RESOURCES,
)
def campaign_matrix(context: dg.AssetExecutionContext) -> Any:
    """Write the texts of the campaigns and verticals that a backfill asks for."""
    _write_partitions(context, text_assets.CAMPAIGN_ASSET)
    yield from ()


def _write_partitions(context: dg.AssetExecutionContext, asset: str) -> None:
    """A backfill's keys. Those of rows that are retired in Notion are logged as such: a partition set never forgets a key."""
    store: Store = context.resources.store
    keys = [str(key) for key in context.partition_keys]
    _compare_with_range(context, keys)

    def wanted() -> list[str]:
        asked = selection.asked_partitions(store, asset, keys)
        for key, reason in asked.retired.items():
            metadata: dict[str, Any] = {"result": "nothing to write", "reason": reason, "changed": False}
            context.log_event(dg.AssetMaterialization(asset, partition=key, metadata=metadata))
            context.log.warning("%s: %s", key, reason)
        return asked.cells

    run_cells(context, wanted)


def _compare_with_range(context: dg.AssetExecutionContext, keys: list[str]) -> None:
    """A backfill of a job over two dimensions hands over one key of its range and ends SUCCESS; fail loudly instead."""
    tags = context.run.tags
    ends = (tags.get("dagster/asset_partition_range_start"), tags.get("dagster/asset_partition_range_end"))
    if ends[0] and ends[0] != ends[1] and len(keys) < 2:
        raise dg.Failure(
            f"Asked for the range {ends[0]} … {ends[1]}, got {keys}. Backfill the asset, not a job (Dagster #28861).",
            allow_retries=False,
        )


@dg.job(name=NOTION_JOB, description=descriptions.JOBS[NOTION_JOB])
def sync_notion() -> None:
    """Notion into the store."""
    sync_knowledge_op()


@dg.job(name=TEXTS_JOB, description=descriptions.JOBS[TEXTS_JOB])
def texts_up_to_date() -> None:
    """Stale cells up to date."""
    write_stale_cells_op()


@dg.job(name=ACCOUNT_JOB, description=descriptions.JOBS[ACCOUNT_JOB])
def account_changes() -> None:
    """Accounts that changed, or those named in the op's ``keys``."""
    work_off_accounts()
