"""The one multi-asset that leads accounts through crm, research, texts and writeback, and the job that does the same for a list.

Asked for keys (a range from a backfill, or a list in run config) it brings exactly those up to date and logs each of them; started by a
sensor it reads what changed in the CRM, works off what is due and logs only what changed. The stages are in their rooms, the way through
them in ``batch``.

A sensor starts the op job and not the asset itself: an asset step that runs without a partition key fails as soon as one of its
partitioned upstreams has an event (Dagster 1.13.27 looks up input versions by the run's key range). The op logs the same events for the
same assets.
"""

# No postponed annotations here: Dagster reads the class of an op's `config` from its annotation.

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import dagster as dg

from gtm_assets import batch, descriptions, partitions, reporting
from gtm_assets.batch import STAGES, AccountOutcome, BatchResult, Stage, Tools
from gtm_assets.crm.closure import note_closed, note_open
from gtm_assets.crm.fields import FieldMapError
from gtm_assets.crm.links import web_address
from gtm_assets.knowledge.sync import was_read
from gtm_assets.monitoring import board_page, lineage_events, performance, story
from gtm_assets.monitoring.assets import keep_costs_current, keep_coverage_current, keep_reviews_current
from gtm_assets.monitoring.board_pace import BoardKeeper
from gtm_assets.research.asking import Terms, terms_of
from gtm_assets.runs import noting_stops, sign_of_life, store_result, was_asked_for
from gtm_assets.settings import ConfigurationError, Settings
from gtm_assets.tenancy import bind_store
from gtm_assets.texts.check_assets import keep_checks_current
from resources.analytics.engine import Analytics
from resources.errors import OutsideError, TenantClosedError
from resources.gemini.client import GeminiClient
from resources.store import queue
from resources.store.store import Store
from resources.superoffice.client import SuperOfficeClient
from resources.website.client import WebsiteClient

JOB = "account_changes"
PARTITIONS = partitions.account_partitions


def _spec(name: Stage, deps: Sequence[Any], /, **columns: str) -> dg.AssetSpec:
    spec = dg.AssetSpec(
        name,
        deps=deps,
        partitions_def=PARTITIONS,
        skippable=True,
        metadata=reporting.columns(**columns),
    )
    return reporting.present(spec)


def _all(name: str) -> dg.AssetDep:
    """A dependency on every key of another set: which one matters is a row's business."""
    return dg.AssetDep(name, partition_mapping=dg.AllPartitionMapping())


SPECS = [
    _spec(
        "accounts",
        [],
        contact_id="int: contactId of the CRM, also the partition key",
        name="string: company name",
        url="string: website",
        org_nr="string: VAT number (OrgNr)",
        postal_city="string: city of the postal address",
        street_city="string: city of the street address",
        fields="json: the user-defined fields the engine owns, in normal form",
    ),
    _spec(
        "persons",
        ["accounts", _all("personas")],
        person_id="int: personId of the CRM",
        contact_id="int: the account",
        title="string: free-text job title",
        position="string: item of the position list",
        persona_key="string: decided persona, empty for unknown",
        persona_reason="string: which field and words it rests on",
    ),
    _spec(
        "company_profile",
        ["accounts", _all("verticals")],
        vertical_key="string: vertical, empty for unknown; a human's choice in the CRM wins",
        evidence="json: verbatim quotes of the website",
        ops_focus="string: Operativ or Infrastruktur",
        summary="string: one or two sentences",
        city="string: from the imprint",
        vat_number="string: from the imprint, check digits validated",
    ),
    _spec(
        "company_openers",
        ["company_profile", _all("verticals")],
        opener="string: for the product of the company's own ops focus",
        opener_secondary="string: for the other product, if the vertical has one",
        claims="string: what the sentences state about the company; the website's quotes for it are in the store (gtm preview)",
        quotes="int: how many claims have one",
        content_hash="string: what a review is bound to",
    ),
    _spec(
        "contact_writeback",
        ["company_profile", "company_openers"],
        field="string: role of the field",
        before="string: what stood there",
        after="string: what stands there now, read back",
        status="string: planned, sent, confirmed, conflict, failed or dropped",
    ),
    _spec(
        "person_writeback",
        ["persons", "company_profile", _all("marketing_matrix"), _all("campaign_matrix"), _all("campaigns")],
        field="string: role of the field",
        before="string: what stood there",
        after="string: what stands there now, read back",
        status="string: planned, sent, confirmed, conflict, failed or dropped",
    ),
]


class AccountBatchConfig(dg.Config):
    """What a run does: the keys it is asked for, or whatever is due.

    Attributes:
        keys: Contact ids; empty: what changed in the CRM and whatever else is due.
        force: Visit websites and ask the model again although no input changed.
        sweep: Read all accounts and persons, not only what the CRM says changed.
        at_most: A run that a sensor started ends after about so many accounts; the next one goes on.
        take_up_deferred: Also accounts that an earlier run left because of its budget, where this run's allows more.
    """

    keys: list[str] = []  # noqa: RUF012 - Dagster's config is declared this way
    force: bool = False
    sweep: bool = False
    at_most: int = 1000
    take_up_deferred: bool = True


_RESOURCES = {"store", "superoffice", "website", "gemini", "settings", "analytics"}
Context = dg.OpExecutionContext | dg.AssetExecutionContext
#: Ids of the CRM are 32 bits wide.
_LARGEST_ID = 2**31


@dg.multi_asset(
    name="account_batch",
    specs=SPECS,
    can_subset=True,
    backfill_policy=dg.BackfillPolicy.single_run(),
    required_resource_keys=_RESOURCES,
)
def account_assets(context: dg.AssetExecutionContext, config: AccountBatchConfig) -> Any:
    """Bring the accounts of a partition range up to date; every account logs its own materializations."""
    if config.keys:
        raise dg.Failure(
            f"Name accounts either as partitions or in `keys` of the job {JOB}, not both.", allow_retries=False
        )
    stages = frozenset(name for name in STAGES if dg.AssetKey(name) in context.selected_asset_keys)
    lead_accounts(context, config, _contact_ids(context.partition_keys), stages)
    yield from ()


@dg.op(name="work_off_accounts", description=descriptions.OPS["work_off_accounts"], required_resource_keys=_RESOURCES)
def work_off_accounts(context: dg.OpExecutionContext, config: AccountBatchConfig) -> None:
    """Bring the accounts in ``keys`` up to date, or read what changed in the CRM and work off whatever is due."""
    lead_accounts(context, config, _contact_ids(config.keys) or None, frozenset(STAGES))


def lead_accounts(
    context: Context, config: AccountBatchConfig, keys: list[int] | None, stages: frozenset[Stage]
) -> None:
    """One run: ``keys`` None works off what is due. The run fails and names the accounts that did not end well.

    Where SuperOffice is closed it ends well all the same, with a warning: nobody has to look into anything.
    """
    found: Any = context.resources
    store: Store = found.store
    with noting_stops(store, JOB):
        bind_store(store, found.settings)
        require_knowledge(store)
        terms = terms_of(found.settings, "accounts", asked_for=was_asked_for(context.run.tags))
    keeper = BoardKeeper(
        lambda: _log_board(context, store, board_page.ROWS_WHILE_WORKING), at_end=lambda: _log_board(context, store)
    )
    tools = _tools(context, found, keeper, terms)
    result = BatchResult()

    def report(outcome: AccountOutcome) -> None:
        with store.read() as connection:
            address = web_address(connection)
            lineage = lineage_events.load_tables(connection, outcome.texts_written)
        events = story.account_events(
            outcome, stages, asked=keys is not None, address=address, run_id=context.run.run_id, lineage=lineage
        )
        _log(context, events, outcome.contact_id)
        keeper.tick()

    live = f"{queue.LIVE_CHANGES}:{context.run.run_id}"
    error: Exception | None = None
    with sign_of_life(store, context.run.run_id) as owner:
        try:
            tenant = batch.read_tenant(tools)
            if tenant.missing_list_items:
                context.log.warning("The CRM's list lacks verticals: %s", ", ".join(tenant.missing_list_items))
            if tenant.missing_positions:
                context.log.warning("The CRM's list lacks positions: %s", ", ".join(tenant.missing_positions))
            if keys is None:
                # Runs that were asked for accounts give way to this one (queue.give_way).
                queue.take_lease(store, live, owner)
                batch.find_due(tools, tenant, full_sweep=config.sweep, take_up_deferred=config.take_up_deferred)
            batch.work_off(
                tools,
                tenant,
                result,
                owner=owner,
                keys=keys,
                force=config.force,
                stages=stages,
                report=report,
                at_most=config.at_most,
            )
        except TenantClosedError as closed:
            result.closed = closed
        except Exception as stopped:  # noqa: BLE001 - what was done until then is reported first
            error = stopped
    queue.drop_lease(store, live, owner)
    _keep_closure(tools, result, keys or ())
    store_result(store, context.run.run_id, JOB, counts(result, tools))
    for note in result.notes():
        context.log.warning(note)
    keeper.end()
    if result.outcomes:
        _log_performance(context, store, found.analytics)
        keep_coverage_current(context)
        keep_costs_current(context)
        keep_checks_current(context, "opener")
        keep_reviews_current(context)
    with noting_stops(store, JOB):
        if error is not None:
            _raise_failures(result, error)
    _raise_failures(result, None)


def _keep_closure(tools: Tools, result: BatchResult, asked: Sequence[int]) -> None:
    """Leave for sensors and status whether SuperOffice is open; what was asked for and not done comes when it is."""
    store = tools.store
    if result.closed is None:
        # A run that asked nothing knows nothing.
        if tools.crm.calls:
            note_open(store)
        return
    note_closed(store, result.closed)
    with store.write() as connection:
        left = [key for key in asked if key not in result.outcomes]
        queue.mark_due(connection, left, trigger="asked for", priority=1)
    with store.read() as connection:
        result.waiting = queue.due_count(connection)


def _contact_ids(keys: Sequence[str]) -> list[int]:
    wrong = [key for key in keys if not (key.isascii() and key.isdigit() and int(key) < _LARGEST_ID)]
    if wrong:
        raise dg.Failure(
            f"No account keys: {', '.join(wrong[:10])}. An account's key is its contact id.", allow_retries=False
        )
    return [int(key) for key in keys]


def require_knowledge(store: Store) -> None:
    """Refuse to work before Notion was read once: every account would come out with an unknown vertical."""
    with store.read() as connection:
        synced = was_read(connection)
    if not synced:
        raise dg.Failure(
            "Verticals and personas were never read from Notion. Run the job sync_notion (or `gtm once`) first.",
            allow_retries=False,
        )


def _tools(context: Context, found: Any, keeper: BoardKeeper, terms: Terms) -> Tools:
    settings: Settings = found.settings
    crm: SuperOfficeClient = found.superoffice
    website: WebsiteClient = found.website
    gemini: GeminiClient = found.gemini
    return Tools(
        found.store,
        crm,
        website,
        gemini,
        settings,
        context.run.run_id,
        log=context.log.info,
        moved=keeper.moved,
        tick=keeper.tick,
        terms=terms,
    )


def counts(result: BatchResult, tools: Tools) -> dict[str, Any]:
    """What a run did, in the shape that ``gtm once`` adds up."""
    waiting_or_skipped = result.count("skipped", "waiting for review")
    return {
        "accounts": {
            "changed": len(result.outcomes),
            "completed": result.count("completed"),
            "failed": result.count("failed"),
            "skipped": waiting_or_skipped,
            "conflict": result.count("conflict"),
            "planned": result.count("planned"),
        },
        "kinds": dict(Counter(outcome.kind for outcome in result.outcomes.values() if outcome.kind)),
        "texts": result.texts,
        "writes": {
            "patches": tools.crm.patches,
            "confirmed": result.confirmed,
            "conflicts": result.conflicts,
            "planned": result.planned,
        },
        "notes": result.notes(),
        "closed": result.closed is not None,
        "model_calls": tools.gemini.calls,
        "api_calls": {"superoffice": tools.crm.calls, "notion": 0, "gemini": tools.gemini.calls},
    }


def _log(context: Context, events: Iterable[story.Event], contact_id: int) -> None:
    """One account's events, on the page of its own."""
    logged = list(events)
    if logged:
        partitions.add_keys(context.instance, "account", [str(contact_id)])
    for event in logged:
        context.log_event(event)


def _log_board(context: Context, store: Store, rows: Mapping[str, int] = board_page.ROWS) -> None:
    """The board as it stands; drawing it never stops the work that it shows."""
    try:
        context.log_event(dg.AssetMaterialization(board_page.ASSET, metadata=board_page.metadata(store, rows)))
    except Exception:
        context.log.warning("The board could not be drawn; `gtm board` shows it from the store.", exc_info=True)


def _log_performance(context: Context, store: Store, analytics: Analytics) -> None:
    """The plots, now and then; like the board they never stop the work that they show."""
    try:
        if performance.take_turn(store):
            metadata = performance.metadata(analytics)
            context.log_event(dg.AssetMaterialization(performance.ASSET, metadata=metadata))
    except Exception:
        context.log.warning(
            "The performance could not be drawn; the asset sync_performance tries again.", exc_info=True
        )


def _raise_failures(result: BatchResult, error: Exception | None) -> None:
    failed = [outcome for outcome in result.outcomes.values() if outcome.phase == "failed"]
    lines = [f"{outcome.contact_id} {outcome.name}: {outcome.reason}" for outcome in failed[:20]]
    more = [f"… and {len(failed) - 20} more"] if len(failed) > 20 else []
    if error is not None and not isinstance(error, (OutsideError, FieldMapError, ConfigurationError)):
        raise error
    if error is not None:
        raise dg.Failure("\n".join([str(error), *lines, *more]), allow_retries=False) from error
    if failed or result.busy:
        busy = [f"{key}: another run has it in hand; it comes again after that" for key in result.busy]
        raise dg.Failure(
            f"{len(failed) + len(busy)} of {len(result.outcomes) + len(busy)} accounts did not end well:\n"
            + "\n".join([*lines, *more, *busy]),
            allow_retries=False,
        )
