"""Leading accounts through crm, research, texts and writeback.

Each account ends in a phase of its own with a reason; one that fails does not stop the others. State is rows: an account in hand has a
lease, and whatever is interrupted is found again by the next run. What belongs elsewhere: what each stage does (its room), how an account
ends (``outcomes``).
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import sqlalchemy as sa

from gtm_assets.batch.due import poll
from gtm_assets.batch.models import STAGES, AccountOutcome, BatchResult, Report, Round, Stage, Tenant, Tools
from gtm_assets.batch.outcomes import conclude, defer, fail, finish, lay_back_if_interrupted
from gtm_assets.crm import accounts as crm_accounts
from gtm_assets.crm import restored
from gtm_assets.crm.accounts import Refreshed
from gtm_assets.crm.fields import CrmField, Entity, FieldMapError
from gtm_assets.crm.refreshing import refresh
from gtm_assets.research import personas, profiles
from gtm_assets.research.budget import BudgetReachedError
from gtm_assets.research.profiles import Researcher
from gtm_assets.settings import Settings
from gtm_assets.texts import openers
from gtm_assets.texts.openers import OpenerWriter
from gtm_assets.writeback import history, ledger, protocol
from gtm_assets.writeback.account_plans import plan_accounts, record_choices
from gtm_assets.writeback.loops import hold
from gtm_assets.writeback.sending import Writer
from gtm_assets.writeback.suppression import account_suppressed, load_suppressions
from gtm_assets.writeback.targets import TargetPolicy
from resources.errors import AuthError, PermanentError, TenantClosedError, TransientError
from resources.store import queue, schema
from resources.store.store import Store, chunked, rows_by, utc_now
from resources.waiting import Priority

#: In a long run the CRM is asked for live changes this often.
_POLL_AGAIN_SECONDS = 15.0
#: A run that was asked for accounts waits at its end so long for those that another run has in hand.
_WAIT_FOR_OTHERS_SECONDS = 600.0


def work_off(
    tools: Tools,
    tenant: Tenant,
    result: BatchResult,
    *,
    owner: str,
    keys: Sequence[int] | None = None,
    force: bool = False,
    stages: frozenset[Stage] = frozenset(STAGES),
    report: Report = lambda _: None,
    at_most: int = 10**9,
) -> None:
    """Lead accounts through the stages until none is due (``keys`` None), or exactly the ones asked for.

    Raises:
        TenantClosedError: SuperOffice closed; what was in hand was laid back, as if it had never been taken.
        RestoredBackupError: Asked for accounts, and a backup of the CRM was restored.
    """
    if keys is not None:
        with tools.store.read() as connection:
            restored.require_none(connection)
        with tools.crm.working("background"):
            _work_on_asked(tools, tenant, result, owner, list(dict.fromkeys(keys)), force, stages, report)
        return
    try:
        _work_on_due(tools, tenant, result, owner, force=force, stages=stages, report=report, at_most=at_most)
    except restored.RestoredBackupError as error:
        tools.log(str(error))


def _work_on_due(
    tools: Tools,
    tenant: Tenant,
    result: BatchResult,
    owner: str,
    *,
    force: bool,
    stages: frozenset[Stage],
    report: Report,
    at_most: int,
) -> None:
    polled = time.monotonic()
    while len(result.outcomes) < at_most:
        with tools.store.read() as connection:
            restored.require_none(connection)
        if time.monotonic() - polled > _POLL_AGAIN_SECONDS:
            # Live changes go before the rest of a first load: they are claimed first, once they are known.
            poll(tools, tenant)
            polled = time.monotonic()
        claimed = queue.claim(tools.store, owner, limit=tools.together, run_id=tools.run_id, one_priority=True)
        if not claimed:
            if not _settle_recent_changes(tools, tenant):
                return
            continue
        with tools.crm.working(_priority(tools, claimed)):
            _lead(tools, tenant, result, owner, claimed, force=force, stages=stages, report=report)


def _priority(tools: Tools, claimed: Mapping[int, int]) -> Priority:
    """Whose calls to the CRM go first: accounts that changed just now, not those of a first load or sweep."""
    rows = queue.state_rows(tools.store, claimed).values()
    return "live" if any(row["priority"] == 0 for row in rows) else "background"


def _settle_recent_changes(tools: Tools, tenant: Tenant) -> bool:
    """Look once more at the CRM before a run ends: our own writes come back, and edits of the running second settle.

    Answers whether something is due because of it. Waits at most for the CRM's clock to pass the newest change, by what it says of itself:
    a server may renew that once a second only.
    """
    for last in (False, False, True):
        read = poll(tools, tenant)
        if read.unsettled_until is None or last:
            break
        tools.sleep(min(3.0, max(0.5, (read.unsettled_until - datetime.now(UTC)).total_seconds() + 0.2)))
    with tools.store.read() as connection:
        return queue.due_count(connection) > 0


def _work_on_asked(
    tools: Tools,
    tenant: Tenant,
    result: BatchResult,
    owner: str,
    keys: list[int],
    force: bool,  # noqa: FBT001
    stages: frozenset[Stage],
    report: Report,
) -> None:
    """Bring exactly these up to date, in pieces; what another run has in hand comes when that lets go."""

    def work_on(claimed: Mapping[int, int], wanted_already: frozenset[int]) -> None:
        keep = wanted_already if stages != frozenset(STAGES) else frozenset()
        _lead(tools, tenant, result, owner, claimed, force=force, stages=stages, report=report, keep_due=keep)

    for piece in chunked(keys, tools.together):
        queue.give_way(tools.store, owner)
        with tools.store.write() as connection:
            wanted_already = _unfinished(connection, piece)
            queue.mark_due(connection, piece, trigger="asked for", priority=1)
        claimed = queue.claim(tools.store, owner, limit=len(piece), keys=piece, run_id=tools.run_id)
        result.busy += [key for key in piece if key not in claimed]
        if claimed:
            work_on(claimed, wanted_already)
    gives_up = time.monotonic() + _WAIT_FOR_OTHERS_SECONDS
    while result.busy and time.monotonic() < gives_up:
        tools.sleep(0.5)
        claimed = queue.claim(tools.store, owner, limit=tools.together, keys=result.busy, run_id=tools.run_id)
        if claimed:
            result.busy = [key for key in result.busy if key not in claimed]
            work_on(claimed, frozenset())


def _unfinished(connection: sa.Connection, contact_ids: Sequence[int]) -> frozenset[int]:
    """Accounts that were due, or wait with a plan or for a review: a run of some stages only must not count as their end."""
    state = schema.sync_state
    waiting = sa.or_(state.c.due_at.is_not(None), state.c.phase.in_(("planned", "waiting for review")))
    query = sa.select(state.c.contact_id).where(state.c.contact_id.in_(list(contact_ids)), waiting)
    return frozenset(connection.execute(query).scalars())


def _lead(
    tools: Tools,
    tenant: Tenant,
    result: BatchResult,
    owner: str,
    claimed: Mapping[int, int],
    *,
    force: bool,
    stages: frozenset[Stage],
    report: Report,
    keep_due: frozenset[int] = frozenset(),
) -> None:
    tools.moved()
    outcomes = {
        i: AccountOutcome(i, trigger=row["trigger"], attempts=row["attempts"], before=(row["kind"], row["reason"]))
        for i, row in queue.state_rows(tools.store, claimed).items()
    }
    try:
        first = _go(tools, tenant, owner, list(claimed), outcomes, force=force, stages=stages)
        rounds = [first]
        again = sorted({plan.contact_id for plan in first.written.conflicts.values()})
        if again:
            rounds.append(_go(tools, tenant, owner, again, outcomes, force=False, stages=stages))
        conclude(tools, outcomes, rounds, result)
        interrupted = lay_back_if_interrupted(tools, owner, outcomes, rounds)
    except (PermanentError, FieldMapError, TenantClosedError, restored.RestoredBackupError):
        # A wrong key, a moved layout, maintenance, a restored backup: it is not about these accounts. They stay due, and the run stops.
        queue.release(tools.store, owner)
        raise
    except Exception as error:
        # They come again later each time, so that what is wrong with one of them does not keep all others waiting.
        for outcome in outcomes.values():
            fail(outcome, error)
        finish(tools, owner, claimed, outcomes, result, report)
        raise
    if stages != frozenset(STAGES):
        _keep_due(outcomes, rounds, keep_due)
    finish(tools, owner, claimed, outcomes, result, report)
    if interrupted is not None:
        raise interrupted


def _keep_due(outcomes: Mapping[int, AccountOutcome], rounds: Sequence[Round], unfinished: frozenset[int]) -> None:
    """A run of some stages only leaves the others' work due: what was wanted before, and what it changed itself."""
    for contact_id, outcome in outcomes.items():
        changed = any(contact_id in way.refreshed.differences for way in rounds) or bool(
            outcome.stages.keys() - {"accounts"}
        )
        if (contact_id in unfinished or changed) and outcome.retry_at is None:
            outcome.retry_at = utc_now()


def _go(
    tools: Tools,
    tenant: Tenant,
    owner: str,
    ids: list[int],
    outcomes: Mapping[int, AccountOutcome],
    *,
    force: bool,
    stages: frozenset[Stage],
) -> Round:
    """One way through the stages; accounts that fail on the way take no further part."""
    way = Round()
    store = tools.store
    in_hand = frozenset(ids)

    def wake_others(connection: sa.Connection, refreshed: Refreshed) -> None:
        """A person who moved concerns an account that is not in hand; its snapshot shows no difference any more after this."""
        for contact_id, names in refreshed.differences.items():
            if contact_id not in in_hand:
                queue.mark_due(connection, [contact_id], trigger="; ".join(names)[:500])
        history.follow(connection, refreshed)

    way.refreshed = refresh(store, tools.crm, tenant.fields, tenant.lists, ids, then=wake_others)
    way.settled = protocol.settle_open_intents(store, ids)
    if "persons" in stages:
        way.personas = personas.decide_for_accounts(store, ids)
    here = _living(store, ids)
    with store.write() as connection:
        ledger.drop_drafts(connection, [i for i in ids if i not in here])
    addressed = _not_suppressed(store, here)
    if "company_profile" in stages:
        still = [i for i in addressed if not outcomes[i].is_stopped]
        way.profiles = profiles.bring_profiles_up_to_date(_researcher(tools, tenant, force=force), still)
        _note_stopped({i: p.error for i, p in way.profiles.items()}, outcomes)
    if "company_openers" in stages:
        still = [i for i in addressed if not outcomes[i].is_stopped]
        way.openers = openers.bring_openers_up_to_date(_opener_writer(tools, tenant, force=force), still)
        _note_stopped({i: o.error for i, o in way.openers.items()}, outcomes)
    here = _with_something_to_write(store, here, outcomes)
    written_by: dict[Entity, Stage] = {"Contact": "contact_writeback", "Person": "person_writeback"}
    entities = frozenset(entity for entity, stage in written_by.items() if stage in stages)
    if entities:
        queue.set_phase(store, owner, here, "syncing")
        tools.moved()
        _write(tools, tenant, way, owner, here, entities)
    return way


def _living(store: Store, ids: Sequence[int]) -> list[int]:
    with store.read() as connection:
        rows = crm_accounts.load_accounts(connection, ids)
    return [i for i in ids if i in rows and rows[i]["gone_at"] is None]


def _not_suppressed(store: Store, ids: list[int]) -> list[int]:
    """Accounts that may be researched and written for; the others take part only to end with their reason."""
    with store.read() as connection:
        suppressions = load_suppressions(connection, ids, [])
        rows = crm_accounts.load_accounts(connection, ids)
    return [i for i in ids if not account_suppressed(rows[i], suppressions)]


def _note_stopped(errors: Mapping[int, Exception | None], outcomes: Mapping[int, AccountOutcome]) -> None:
    """Enter who failed, and who waits for another day's budget: the model is asked nothing more for them."""
    for contact_id, error in errors.items():
        if isinstance(error, AuthError) or (isinstance(error, PermanentError) and error.status == 404):
            # A wrong key or model name is nobody's fault among the accounts: stop the run instead of failing all of them.
            raise error
        if isinstance(error, BudgetReachedError):
            defer(outcomes[contact_id], error.reached)
        elif error is not None:
            fail(outcomes[contact_id], error)
            outcomes[contact_id].waits_for_model = isinstance(error, TransientError)


def _with_something_to_write(store: Store, ids: list[int], outcomes: Mapping[int, AccountOutcome]) -> list[int]:
    """Accounts that go on to their plan.

    Without the model an account with a profile still gets what needs none: approved texts, and the taking back of rejected ones. One
    without a profile has nothing to write from; one that failed otherwise takes no further part.
    """
    waiting = [i for i in ids if outcomes[i].deferred is not None or outcomes[i].waits_for_model]
    with store.read() as connection:
        known = rows_by(connection, schema.profiles.c.contact_id, waiting)
    return [i for i in ids if not outcomes[i].is_stopped or i in known]


def _researcher(tools: Tools, tenant: Tenant, *, force: bool) -> Researcher:
    return Researcher(
        store=tools.store,
        website=tools.website,
        gemini=tools.gemini,
        vertical_field=tenant.fields["vertical"],
        summary_max_characters=tenant.fields["summary"].text_length,
        run_id=tools.run_id,
        force=force,
        tick=tools.tick,
        terms=tools.terms,
    )


def _opener_writer(tools: Tools, tenant: Tenant, *, force: bool) -> OpenerWriter:
    return OpenerWriter(
        store=tools.store,
        gemini=tools.gemini,
        fields=tenant.fields,
        run_id=tools.run_id,
        approve=tools.settings.gtm_review_policy["opener"] == "auto",
        force=force,
        tick=tools.tick,
        terms=tools.terms,
    )


def target_policy(settings: Settings, fields: Mapping[str, CrmField]) -> TargetPolicy:
    """What decides about targets, from the settings."""
    return TargetPolicy(
        fields=fields,
        model=settings.gemini_model,
        public_url=settings.gtm_public_url,
        secret_key=settings.gtm_secret_key.get_secret_value() if settings.gtm_secret_key else None,
        today=utc_now().date(),
        write_position=settings.superoffice_write_position,
    )


def _write(tools: Tools, tenant: Tenant, way: Round, owner: str, ids: list[int], entities: frozenset[Entity]) -> None:
    """Plan, and send where that is allowed; else keep the plan."""
    with tools.store.read() as connection:
        way.plans = plan_accounts(connection, target_policy(tools.settings, tenant.fields), ids, entities)
        stopped, standing_stop = ledger.stop_reason(connection), ledger.standing_stop(connection)
        others_wait = queue.due_count(connection) > 0
    with tools.store.write() as connection:
        record_choices(connection, way.plans.values())
    plans = [plan for account in way.plans.values() for plan in account.plans if plan.fields]
    if stopped or not tools.settings.superoffice_allow_live_write:
        with tools.store.write() as connection:
            ledger.drop_drafts(connection, list(way.plans), keep=[(plan.entity, plan.entity_id) for plan in plans])
            ledger.store_drafts(connection, plans, tools.run_id)
        way.drafts = len(plans)
        way.not_sent = f"writing is stopped: {stopped}" if stopped else "SUPEROFFICE_ALLOW_LIVE_WRITE is not true"
        way.not_sent_kind = (
            "writing stopped" if standing_stop else "restored backup" if stopped else "writing not allowed"
        )
        return
    with tools.store.write() as connection:
        way.held = hold(connection, plans, per_hour=tools.settings.superoffice_writes_per_hour, now=utc_now())
        waiting = [plan for plan in plans if plan.contact_id in way.held]
        ledger.drop_drafts(connection, ids, keep=[(plan.entity, plan.entity_id) for plan in waiting])
        ledger.store_drafts(connection, waiting, tools.run_id)
    plans = [plan for plan in plans if plan.contact_id not in way.held]
    writer = Writer(
        tools.store,
        tools.crm,
        tenant.fields,
        tenant.lists,
        tools.run_id,
        owner,
        tick=tools.tick,
        sleep=tools.sleep,
        clock=tools.clock,
        empties=tenant.empties,
        others_wait=others_wait,
    )
    way.written = protocol.write_plans(writer, plans)
