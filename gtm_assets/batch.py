"""Leading a batch of accounts through crm, research, texts and writeback. Without Dagster; ``accounts`` is the asset around it.

Each account ends in a phase of its own with a reason; one that fails does not stop the others. State is rows: an account in hand has a
lease, and whatever is interrupted is found again by the next run. What belongs elsewhere: what each stage does (its room).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from gtm_assets.crm import accounts as crm_accounts
from gtm_assets.crm import changes, sweep
from gtm_assets.crm.accounts import Refreshed
from gtm_assets.crm.field_map import current_fields, stored_fields
from gtm_assets.crm.fields import CrmField, Entity, FieldMapError
from gtm_assets.crm.snapshots import Lists
from gtm_assets.research import personas, profiles
from gtm_assets.research.personas import PersonaChange
from gtm_assets.research.profile_prompt import PROFILE_PROMPT_VERSION
from gtm_assets.research.profiles import ProfileOutcome, Researcher
from gtm_assets.research.vertical_field import tie_list_items
from gtm_assets.settings import Settings
from gtm_assets.texts import blocks, matrix, openers
from gtm_assets.texts.openers import OpenerOutcome, OpenerWriter
from gtm_assets.texts.prompts import OPENER_PROMPT_VERSION
from gtm_assets.writeback import ledger, protocol
from gtm_assets.writeback.plan import EntityPlan
from gtm_assets.writeback.protocol import Writer, WriteResult
from gtm_assets.writeback.targets import (
    AccountPlan,
    TargetPolicy,
    account_suppressed,
    load_suppressions,
    plan_accounts,
)
from resources.errors import AuthError, PermanentError, TransientError
from resources.gemini.client import GeminiClient
from resources.store import queue, schema
from resources.store.store import Store, get_cursor, set_cursor, stable_hash, utc_now
from resources.superoffice.client import SuperOfficeClient
from resources.website.client import WebsiteClient

Phase = Literal["completed", "failed", "skipped", "conflict", "waiting for review", "planned"]
Stage = Literal["accounts", "persons", "company_profile", "company_openers", "contact_writeback", "person_writeback"]
STAGES: tuple[Stage, ...] = (
    "accounts",
    "persons",
    "company_profile",
    "company_openers",
    "contact_writeback",
    "person_writeback",
)
#: Accounts that are led through the stages together: one archive query reads up to 200.
TOGETHER = 100
#: In a long run the CRM is asked for live changes this often.
_POLL_AGAIN_SECONDS = 15.0
#: What all texts were made by at the last pass.
MADE_BY = "texts.made_by"
_FIRST_RETRY = timedelta(minutes=1)
_LAST_RETRY = timedelta(hours=1)


@dataclass(frozen=True)
class Tools:
    """Everything a batch works with."""

    store: Store
    crm: SuperOfficeClient
    website: WebsiteClient
    gemini: GeminiClient
    settings: Settings
    run_id: str
    log: Callable[[str], None] = lambda _: None


@dataclass(frozen=True)
class Tenant:
    """What the tenant's layout says, read once a run."""

    fields: Mapping[str, CrmField]
    lists: Lists
    own_associate_id: int | None
    missing_list_items: Sequence[str] = ()


@dataclass
class AccountOutcome:
    """How one account ended, and what changed on the way; ``stages`` maps a stage that changed something to details for people."""

    contact_id: int
    name: str = ""
    phase: Phase = "completed"
    reason: str = ""
    trigger: str = ""
    seconds: float = 0.0
    fields_changed: list[str] = field(default_factory=list)
    stages: dict[Stage, dict[str, Any]] = field(default_factory=dict)
    retry_at: datetime | None = None
    attempts: int = 0


@dataclass
class BatchResult:
    """What a run did: outcomes by account, entities written, and what reading the CRM brought."""

    outcomes: dict[int, AccountOutcome] = field(default_factory=dict)
    confirmed: int = 0
    conflicts: int = 0
    planned: int = 0
    changes_read: int = 0
    without_difference: int = 0
    busy: list[int] = field(default_factory=list)
    texts: dict[str, int] = field(default_factory=lambda: {"generated": 0, "unchanged": 0, "rejected": 0, "failed": 0})
    notes: list[str] = field(default_factory=list)

    def count(self, *phases: Phase) -> int:
        """Accounts that ended in one of these phases."""
        return sum(outcome.phase in phases for outcome in self.outcomes.values())


Report = Callable[[AccountOutcome], None]


# --- what is due ------------------------------------------------------------------------------------------------------------------


def read_tenant(tools: Tools) -> Tenant:
    """Layout, lists and who we are.

    Raises:
        FieldMapError: The layout does not fit or moved; nothing can be read or written safely.
    """
    configured = {role: tools.settings.configured_field(role) for role in configured_roles()}
    fields = current_fields(tools.store, tools.crm, configured)
    lists = crm_accounts.read_lists(tools.crm, fields)
    missing = tie_list_items(tools.store, fields["vertical"], lists)
    return Tenant(fields, lists, _own_associate_id(tools), missing)


def configured_roles() -> list[str]:
    """Roles that a variable ``SUPEROFFICE_FIELD_<ROLE>`` exists for."""
    prefix = "superoffice_field_"
    return [name.removeprefix(prefix) for name in Settings.model_fields if name.startswith(prefix)]


def find_due(tools: Tools, tenant: Tenant, result: BatchResult, *, full_sweep: bool = False) -> None:
    """Read what changed in the CRM (or everything, the first time and once a day) and put accounts on the queue."""
    store = tools.store
    moved = personas.decide_if_stale(store)
    if moved:
        result.notes.append(f"{len(moved)} persons have another persona because the personas changed")
    with store.read() as connection:
        first = changes.load_cursor(connection) is None
        due = full_sweep or sweep.sweep_is_due(connection)
    if not first:
        _poll(tools, tenant, result)
    if first or due:
        swept = sweep.sweep(store, tools.crm, tenant.fields, tenant.lists)
        note = (
            f"{swept.source}: read {swept.accounts} accounts and {swept.persons} persons, {swept.due} accounts are due"
        )
        result.notes.append(note)
        tools.log(note)
        if swept.source == "first_load":
            result.notes.append(first_load_estimate(store, tools.gemini.model))
            tools.log(result.notes[-1])
    _wake_by_settings(tools, tenant)


def _poll(tools: Tools, tenant: Tenant, result: BatchResult) -> changes.ReadResult:
    read = changes.read_changes(tools.store, tools.crm)
    examined = changes.examine_changes(tools.store, tools.crm, tenant.fields, tenant.lists, tenant.own_associate_id)
    result.changes_read += read.new
    result.without_difference += examined.without_difference
    return read


def _wake_by_settings(tools: Tools, tenant: Tenant) -> None:
    """What a setting alone makes due: plans that may be sent now, texts that the policy approves now, texts made otherwise now."""
    policy = tools.settings.gtm_review_policy
    with tools.store.write() as connection:
        made_by = _made_by(tools.settings, tenant.fields)
        before = get_cursor(connection, MADE_BY)
        if before != made_by:
            known = connection.execute(sa.select(schema.profiles.c.contact_id)).scalars()
            queue.mark_due(
                connection, list(known), trigger="model, prompt, field lengths or settings changed", priority=1
            )
            set_cursor(connection, MADE_BY, made_by)
        if policy["cell"] == "auto":
            matrix.wake_carriers(connection, blocks.approve_waiting(connection, "cell"))
        if policy["opener"] == "auto":
            keys = blocks.approve_waiting(connection, "opener")
            queue.mark_due(connection, [int(key) for key in keys], trigger="openers approved", priority=1)
        if tools.settings.superoffice_allow_live_write and not ledger.stop_reason(connection):
            queue.mark_due(connection, planned_accounts(connection), trigger="writing is allowed now", priority=1)


def planned_accounts(connection: sa.Connection) -> list[int]:
    """Accounts that ended with a plan because writing was not allowed, and are not due again yet."""
    state = schema.sync_state
    later = sa.or_(state.c.due_at.is_(None), state.c.due_at > utc_now())
    query = sa.select(state.c.contact_id).where(state.c.phase == "planned", later)
    return list(connection.execute(query).scalars())


def _made_by(settings: Settings, fields: Mapping[str, CrmField]) -> str:
    """What texts are made by beside the rows they are made from; a new value makes every account look again."""
    lengths = {role: field.text_length for role, field in fields.items()}
    prompts = (OPENER_PROMPT_VERSION, PROFILE_PROMPT_VERSION)
    return stable_hash([settings.gemini_model, prompts, lengths, settings.gtm_public_url])


def anything_due(store: Store, settings: Settings) -> str:
    """The sensor's question to the store: why a run is worth starting, empty where it is not."""
    policy = settings.gtm_review_policy
    with store.read() as connection:
        if count := queue.due_count(connection):
            return f"{count} accounts are due"
        if changes.pending_accounts(connection):
            return "changes were read and not examined yet"
        if get_cursor(connection, sweep.POSITION) is not None or sweep.sweep_is_due(connection):
            return "a sweep is due"
        if (
            settings.superoffice_allow_live_write
            and not ledger.stop_reason(connection)
            and planned_accounts(connection)
        ):
            return "plans may be sent now"
        if personas.are_stale(connection):
            return "the personas changed"
        if any(policy[kind] == "auto" and blocks.anything_waits(connection, kind) for kind in policy):
            return "texts may be approved now"
        if _known_made_by(connection) not in {None, _made_by(settings, stored_fields(store))}:
            return "model, prompt, field lengths or settings changed"
    return ""


def _known_made_by(connection: sa.Connection) -> str | None:
    value: str | None = get_cursor(connection, MADE_BY)
    return value


def first_load_estimate(store: Store, model: str) -> str:
    """What the first load will cost at most, before it begins: counts, model calls, money at today's price."""
    from gtm_assets.research.asking import price_usd

    with store.read() as connection:
        companies, with_url = connection.execute(
            sa.select(sa.func.count(), sa.func.count(sa.func.nullif(schema.accounts.c.url, "")))
        ).one()
        persons = connection.execute(sa.select(sa.func.count()).select_from(schema.persons)).scalar_one()
    calls = with_url * 2
    # A profile or opener request carries up to 20,000 characters of website text: some 6,000 tokens, and 300 come back.
    price = price_usd(model, calls * 6000, calls * 300, utc_now().date())
    return (
        f"first load: {companies} companies, {persons} persons, {with_url} companies with a website: "
        f"about {calls} model calls, at most {price:.2f} USD at the list price of {model}"
    )


def _own_associate_id(tools: Tools) -> int | None:
    """Our own AssociateId, asked once a day; it only names our own echoes in the change log."""
    with tools.store.read() as connection:
        known = get_cursor(connection, "crm.principal")
    if known and utc_now() - datetime.fromisoformat(known["at"]) < timedelta(days=1):
        return int(known["associate_id"])
    principal = tools.crm.current_principal()
    with tools.store.write() as connection:
        value = {"associate_id": principal.associate_id, "name": principal.name, "at": utc_now().isoformat()}
        set_cursor(connection, "crm.principal", value)
    return principal.associate_id


# --- leading accounts through the stages ------------------------------------------------------------------------------------------


def work_off(
    tools: Tools,
    tenant: Tenant,
    result: BatchResult,
    *,
    owner: str,
    keys: Sequence[int] | None,
    force: bool,
    stages: frozenset[Stage],
    report: Report,
    at_most: int,
) -> None:
    """Lead accounts through the stages until none is due (``keys`` None), or exactly the ones asked for."""
    if keys is not None:
        _work_on_asked(tools, tenant, result, owner, list(dict.fromkeys(keys)), force, stages, report)
        return
    polled = time.monotonic()
    while len(result.outcomes) < at_most:
        if time.monotonic() - polled > _POLL_AGAIN_SECONDS:
            # Live changes go before the rest of a first load: they are claimed first, once they are known.
            _poll(tools, tenant, result)
            polled = time.monotonic()
        claimed = queue.claim(tools.store, owner, limit=TOGETHER, run_id=tools.run_id)
        if not claimed:
            if not _settle_recent_changes(tools, tenant, result):
                return
            continue
        _lead(tools, tenant, result, owner, claimed, force=force, stages=stages, report=report)


def _settle_recent_changes(tools: Tools, tenant: Tenant, result: BatchResult) -> bool:
    """Look once more at the CRM before a run ends: our own writes come back, and edits of the running second settle.

    Answers whether something is due because of it. Waits at most for the CRM's clock to pass the newest change.
    """
    read = _poll(tools, tenant, result)
    if read.unsettled_until is not None:
        time.sleep(min(3.0, max(0.0, (read.unsettled_until - datetime.now(UTC)).total_seconds()) + 0.2))
        _poll(tools, tenant, result)
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
    for start in range(0, len(keys), TOGETHER):
        piece = keys[start : start + TOGETHER]
        with tools.store.write() as connection:
            wanted_already = _unfinished(connection, piece)
            queue.mark_due(connection, piece, trigger="asked for", priority=1)
        claimed = queue.claim(tools.store, owner, limit=len(piece), keys=piece, run_id=tools.run_id)
        result.busy += [key for key in piece if key not in claimed]
        if claimed:
            keep = wanted_already if stages != frozenset(STAGES) else frozenset()
            _lead(tools, tenant, result, owner, claimed, force=force, stages=stages, report=report, keep_due=keep)


def _unfinished(connection: sa.Connection, contact_ids: Sequence[int]) -> frozenset[int]:
    """Accounts that were due, or wait with a plan or for a review: a run of some stages only must not count as their end."""
    state = schema.sync_state
    waiting = sa.or_(state.c.due_at.is_not(None), state.c.phase.in_(("planned", "waiting for review")))
    query = sa.select(state.c.contact_id).where(state.c.contact_id.in_(list(contact_ids)), waiting)
    return frozenset(connection.execute(query).scalars())


@dataclass
class _Round:
    """One way of some accounts through the stages."""

    refreshed: Refreshed = field(default_factory=Refreshed)
    personas: list[PersonaChange] = field(default_factory=list)
    profiles: dict[int, ProfileOutcome] = field(default_factory=dict)
    openers: dict[int, OpenerOutcome] = field(default_factory=dict)
    plans: dict[int, AccountPlan] = field(default_factory=dict)
    written: WriteResult = field(default_factory=WriteResult)
    drafts: int = 0
    not_sent: str = ""
    settled: int = 0


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
    started = time.monotonic()
    rows = _state_rows(tools.store, claimed)
    outcomes = {i: AccountOutcome(i, trigger=rows[i]["trigger"], attempts=rows[i]["attempts"]) for i in claimed}
    try:
        first = _go(tools, tenant, owner, list(claimed), outcomes, force=force, stages=stages)
        rounds = [first]
        again = sorted({plan.contact_id for plan in first.written.conflicts.values()})
        if again:
            rounds.append(_go(tools, tenant, owner, again, outcomes, force=False, stages=stages))
        _conclude(tools, outcomes, rounds, result)
    except (PermanentError, FieldMapError):
        # A wrong key, a moved layout: it is not about these accounts. They stay due, and the run stops.
        queue.release(tools.store, owner)
        raise
    except Exception as error:
        # They come again later each time, so that what is wrong with one of them does not keep all others waiting.
        for outcome in outcomes.values():
            _fail(outcome, error)
        _finish(tools, owner, claimed, outcomes, result, report, started)
        raise
    if stages != frozenset(STAGES):
        _keep_due(outcomes, rounds, keep_due)
    _finish(tools, owner, claimed, outcomes, result, report, started)


def _keep_due(outcomes: Mapping[int, AccountOutcome], rounds: Sequence[_Round], unfinished: frozenset[int]) -> None:
    """A run of some stages only leaves the others' work due: what was wanted before, and what it changed itself."""
    for contact_id, outcome in outcomes.items():
        changed = any(contact_id in way.refreshed.differences for way in rounds) or bool(
            outcome.stages.keys() - {"accounts"}
        )
        if (contact_id in unfinished or changed) and outcome.retry_at is None:
            outcome.retry_at = utc_now()


def _state_rows(store: Store, claimed: Mapping[int, int]) -> dict[int, Any]:
    with store.read() as connection:
        query = sa.select(schema.sync_state).where(schema.sync_state.c.contact_id.in_(list(claimed)))
        return {row["contact_id"]: row for row in connection.execute(query).mappings()}


def _go(
    tools: Tools,
    tenant: Tenant,
    owner: str,
    ids: list[int],
    outcomes: Mapping[int, AccountOutcome],
    *,
    force: bool,
    stages: frozenset[Stage],
) -> _Round:
    """One way through the stages; accounts that fail on the way take no further part."""
    way = _Round()
    store = tools.store
    way.refreshed = crm_accounts.refresh(store, tools.crm, tenant.fields, tenant.lists, ids)
    way.settled = protocol.settle_open_intents(store, ids).get("confirmed", 0)
    if "persons" in stages:
        way.personas = personas.decide_for_accounts(store, ids)
    here = _living(store, ids)
    with store.write() as connection:
        ledger.drop_drafts(connection, [i for i in ids if i not in here])
    addressed = _not_suppressed(store, here)
    if "company_profile" in stages:
        way.profiles = profiles.bring_profiles_up_to_date(_researcher(tools, tenant, force=force), addressed)
        here = _without_failed(here, {i: p.error for i, p in way.profiles.items()}, outcomes)
    if "company_openers" in stages:
        still = [i for i in addressed if i in here]
        way.openers = openers.bring_openers_up_to_date(_opener_writer(tools, tenant, force=force), still)
        here = _without_failed(here, {i: o.error for i, o in way.openers.items()}, outcomes)
    written_by: dict[Entity, Stage] = {"Contact": "contact_writeback", "Person": "person_writeback"}
    entities = frozenset(entity for entity, stage in written_by.items() if stage in stages)
    if entities:
        queue.set_phase(store, owner, here, "syncing")
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


def _without_failed(
    ids: list[int], errors: Mapping[int, Exception | None], outcomes: Mapping[int, AccountOutcome]
) -> list[int]:
    for contact_id, error in errors.items():
        if isinstance(error, AuthError) or (isinstance(error, PermanentError) and error.status == 404):
            # A wrong key or model name is nobody's fault among the accounts: stop the run instead of failing all of them.
            raise error
        if error is not None:
            _fail(outcomes[contact_id], error)
    return [i for i in ids if outcomes[i].phase != "failed"]


def _researcher(tools: Tools, tenant: Tenant, *, force: bool) -> Researcher:
    return Researcher(
        store=tools.store,
        website=tools.website,
        gemini=tools.gemini,
        vertical_field=tenant.fields["vertical"],
        summary_max_characters=tenant.fields["summary"].text_length,
        run_id=tools.run_id,
        force=force,
    )


def _opener_writer(tools: Tools, tenant: Tenant, *, force: bool) -> OpenerWriter:
    return OpenerWriter(
        store=tools.store,
        gemini=tools.gemini,
        fields=tenant.fields,
        run_id=tools.run_id,
        approve=tools.settings.gtm_review_policy["opener"] == "auto",
        force=force,
    )


def target_policy(settings: Settings, fields: Mapping[str, CrmField]) -> TargetPolicy:
    """What decides about targets, from the settings."""
    return TargetPolicy(
        fields=fields,
        model=settings.gemini_model,
        public_url=settings.gtm_public_url,
        secret_key=settings.gtm_secret_key.get_secret_value() if settings.gtm_secret_key else None,
        today=utc_now().date(),
    )


def _write(tools: Tools, tenant: Tenant, way: _Round, owner: str, ids: list[int], entities: frozenset[Entity]) -> None:
    """Plan, and send where that is allowed; else keep the plan."""
    with tools.store.read() as connection:
        way.plans = plan_accounts(connection, target_policy(tools.settings, tenant.fields), ids, entities)
        stopped = ledger.stop_reason(connection)
    plans = [plan for account in way.plans.values() for plan in account.plans if plan.fields]
    if stopped or not tools.settings.superoffice_allow_live_write:
        with tools.store.write() as connection:
            ledger.drop_drafts(connection, list(way.plans), keep=[(plan.entity, plan.entity_id) for plan in plans])
            ledger.store_drafts(connection, plans, tools.run_id)
        way.drafts = len(plans)
        way.not_sent = f"writing is stopped: {stopped}" if stopped else "SUPEROFFICE_ALLOW_LIVE_WRITE is not true"
        return
    with tools.store.write() as connection:
        ledger.drop_drafts(connection, ids)
    writer = Writer(tools.store, tools.crm, tenant.fields, tenant.lists, tools.run_id, owner)
    way.written = protocol.write_plans(writer, plans)


# --- how an account ends ----------------------------------------------------------------------------------------------------------


def _conclude(
    tools: Tools, outcomes: Mapping[int, AccountOutcome], rounds: Sequence[_Round], result: BatchResult
) -> None:
    last = rounds[-1]
    for way in rounds:
        result.confirmed += len(way.written.confirmed) + way.settled
        for opener in way.openers.values():
            if opener.what != "none":
                result.texts[opener.what] += 1
    result.conflicts += len(last.written.conflicts)
    result.planned += sum(way.drafts for way in rounds)
    with tools.store.read() as connection:
        accounts = crm_accounts.load_accounts(connection, outcomes)
        persons = crm_accounts.load_persons(connection, outcomes)
    for contact_id, outcome in outcomes.items():
        account = accounts.get(contact_id)
        outcome.name = account["name"] if account else ""
        for way in rounds:
            _note_stages(outcome, way, persons.get(contact_id, []))
        if outcome.phase != "failed":
            _set_phase(outcome, account, rounds)


def _note_stages(outcome: AccountOutcome, way: _Round, persons: Sequence[Mapping[str, Any]]) -> None:
    i = outcome.contact_id
    differences = way.refreshed.differences.get(i, [])
    first_time = outcome.trigger.startswith("first load") or "new" in differences
    if differences or outcome.trigger:
        outcome.stages.setdefault("accounts", {"because": outcome.trigger or "; ".join(differences)})
    moved = [change for change in way.personas if change.contact_id == i]
    if moved or first_time or "person" in outcome.trigger:
        known = sum(person["persona_key"] is not None for person in persons)
        details = {"persons": len(persons), "personas_known": known, "personas_changed": len(moved)}
        outcome.stages.setdefault("persons", details)
    profile = way.profiles.get(i)
    if profile is not None and profile.changed:
        outcome.stages["company_profile"] = {"vertical": profile.vertical_key or "unknown", "why": profile.reason}
    opener = way.openers.get(i)
    if opener is not None and opener.what in {"generated", "rejected"}:
        outcome.stages["company_openers"] = {"result": opener.what, "why": opener.reason}
    plan = way.plans.get(i)
    for entity_plan in plan.plans if plan else ():
        _note_plan(outcome, way, entity_plan)


def _note_plan(outcome: AccountOutcome, way: _Round, plan: EntityPlan) -> None:
    if not plan.fields:
        return
    stage: Stage = "contact_writeback" if plan.entity == "Contact" else "person_writeback"
    details = outcome.stages.setdefault(stage, {"confirmed": 0, "planned": 0, "conflicts": 0, "failed": 0})
    key = (plan.entity, plan.entity_id)
    if key in way.written.confirmed:
        details["confirmed"] += 1
        prefix = "" if plan.entity == "Contact" else f"person {plan.entity_id}: "
        outcome.fields_changed += [f"{prefix}{name}" for name in plan.fields]
    elif key in way.written.conflicts:
        details["conflicts"] += 1
    elif key in way.written.failed:
        details["failed"] += 1
    elif key not in way.written.skipped:
        details["planned"] += 1


def _set_phase(outcome: AccountOutcome, account: Mapping[str, Any] | None, rounds: Sequence[_Round]) -> None:
    i = outcome.contact_id
    last = rounds[-1]
    failed = [(plan, error) for way in rounds for plan, error in way.written.failed.values() if plan.contact_id == i]
    conflicts = [plan for plan in last.written.conflicts.values() if plan.contact_id == i]
    plan = last.plans.get(i) or rounds[0].plans.get(i)
    profile = last.profiles.get(i) or rounds[0].profiles.get(i)
    if account is None:
        outcome.phase, outcome.reason = "skipped", "no such company in the CRM"
    elif account["gone_at"] is not None:
        outcome.phase, outcome.reason = "skipped", "no longer in the CRM"
    elif failed:
        # One that may still come well decides: what it left open has to be looked at again.
        errors = [error for _, error in failed]
        worth_it = [error for error in errors if isinstance(error, TransientError)]
        _fail(outcome, (worth_it or errors)[0], f"{len(failed)} of its records: ")
    elif conflicts:
        names = ", ".join(f"{p.entity} {p.entity_id}" for p in conflicts)
        outcome.phase, outcome.reason = "conflict", f"edited in the CRM while the engine wrote, twice: {names}"
    elif plan is not None and plan.suppressed:
        outcome.phase, outcome.reason = "skipped", plan.suppressed
    elif plan is not None and rounds[0].drafts and any(p.fields for p in plan.plans):
        count = sum(len(p.fields) for p in plan.plans)
        outcome.phase = "planned"
        waiting = f"; {'; '.join(dict.fromkeys(plan.waiting))}" if plan.waiting else ""
        outcome.reason = f"{count} fields would change; {rounds[0].not_sent}{waiting}"
    elif plan is not None and plan.waiting:
        outcome.phase, outcome.reason = "waiting for review", "; ".join(dict.fromkeys(plan.waiting))
    elif profile is not None and profile.vertical_key is None:
        outcome.phase, outcome.reason = "skipped", f"the vertical is unknown: {profile.reason or profile.website}"
    else:
        outcome.phase, outcome.reason = "completed", _remarks(plan)
    if account is not None and profile is not None and (missing := _missing_item(plan)):
        outcome.reason = "; ".join(filter(None, (missing, outcome.reason)))
    if profile is not None and profile.retry_at is not None and outcome.phase != "failed":
        outcome.retry_at = profile.retry_at


def _remarks(plan: AccountPlan | None) -> str:
    """What a completed account still has to say: persons without texts, fields that are a human's."""
    if plan is None:
        return ""
    remarks = [*plan.unusable, *(f"person {person_id}: {why}" for person_id, why in plan.skipped.items())]
    for entity_plan in plan.plans:
        label = "" if entity_plan.entity == "Contact" else f"person {entity_plan.entity_id} "
        remarks += [f"{label}{name}: {why}" for name, why in entity_plan.kept.items() if _is_worth_saying(why)]
    return "; ".join(remarks)


def _missing_item(plan: AccountPlan | None) -> str:
    """That the CRM's list lacks the account's vertical; somebody has to add it there."""
    kept = (entity_plan.kept.get("vertical", "") for entity_plan in (plan.plans if plan else ()))
    return next((why for why in kept if "list has no item" in why), "")


def _is_worth_saying(why: str) -> bool:
    return any(word in why for word in ("edited", "cleared", "refused"))


def _fail(outcome: AccountOutcome, error: Exception, prefix: str = "") -> None:
    """Transient failures come back by themselves, later each time; permanent ones wait for a person."""
    outcome.phase = "failed"
    outcome.reason = f"{prefix}{error}"
    outcome.attempts += 1
    if isinstance(error, TransientError):
        wait = min(_FIRST_RETRY * 2 ** min(outcome.attempts - 1, 10), _LAST_RETRY)
        asked = timedelta(seconds=error.retry_after or 0)
        outcome.retry_at = utc_now() + max(wait, asked)
    elif not isinstance(error, (PermanentError, FieldMapError)):
        outcome.retry_at = utc_now() + _FIRST_RETRY


def _finish(
    tools: Tools,
    owner: str,
    claimed: Mapping[int, int],
    outcomes: Mapping[int, AccountOutcome],
    result: BatchResult,
    report: Report,
    started: float,
) -> None:
    seconds = (time.monotonic() - started) / max(1, len(outcomes))
    with tools.store.write() as connection:
        for contact_id, outcome in outcomes.items():
            outcome.seconds = round(seconds, 3)
            queue.finish(
                connection,
                owner,
                contact_id,
                covered=claimed[contact_id],
                phase=outcome.phase,
                reason=outcome.reason[:2000],
                retry_at=outcome.retry_at,
                attempts=outcome.attempts if outcome.phase == "failed" else 0,
            )
    result.outcomes |= outcomes
    for outcome in outcomes.values():
        report(outcome)


def accounts_to_keys(contact_ids: Iterable[int]) -> list[str]:
    """Partition keys of accounts."""
    return [str(contact_id) for contact_id in contact_ids]
