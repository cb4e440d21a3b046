"""What is due: what changed in the CRM, what a setting alone makes due, and whether a run is worth starting.

What belongs elsewhere: working on it (``stages``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from gtm_assets.batch.models import Tenant, Tools
from gtm_assets.crm import changes, examining, restored, sweep
from gtm_assets.crm.field_map import current_fields, stored_fields
from gtm_assets.crm.fields import POSITION_LIST, CrmField
from gtm_assets.crm.links import remember_web_address
from gtm_assets.crm.lists import KnownLists
from gtm_assets.research import personas, position_field
from gtm_assets.research.asking import Terms, budget_of
from gtm_assets.research.budget import DEFERRED, is_open, money, standing
from gtm_assets.research.estimates import expected_price
from gtm_assets.research.profile_prompt import PROFILE_PROMPT_VERSION
from gtm_assets.research.vertical_field import tie_list_items
from gtm_assets.settings import Settings
from gtm_assets.texts import blocks, matrix
from gtm_assets.texts.prompts import OPENER_PROMPT_VERSION
from gtm_assets.writeback import history, ledger
from resources.store import queue, schema
from resources.store.store import Store, get_cursor, set_cursor, stable_hash, utc_now

#: What all texts were made by at the last pass.
MADE_BY = "texts.made_by"


def read_tenant(tools: Tools) -> Tenant:
    """Layout, lists and who we are.

    Raises:
        FieldMapError: The layout does not fit or moved; nothing can be read or written safely.
    """
    configured = tools.settings.configured_fields
    fields = current_fields(tools.store, tools.crm, configured)
    writes_positions = tools.settings.superoffice_write_position
    more = position_field.lists_to_read(tools.store, write=writes_positions)
    lists = KnownLists(tools.store, tools.crm, fields, more)
    missing = tie_list_items(tools.store, fields["vertical"], lists)
    if missing:
        # Somebody may have added the items since the lists were read.
        lists.read_again(fields["vertical"].list_name)
        missing = tie_list_items(tools.store, fields["vertical"], lists)
    missing_positions = position_field.tie_positions(tools.store, lists) if writes_positions else []
    if missing_positions:
        lists.read_again(POSITION_LIST)
        missing_positions = position_field.tie_positions(tools.store, lists)
    remember_web_address(tools.store, tools.crm)
    return Tenant(fields, lists, _own_associate_id(tools), missing, missing_positions)


def _tie_anew(tools: Tools, tenant: Tenant) -> None:
    """After a restored backup: what came into the lists after the backup is not there any more, and its ids belong to others."""
    if isinstance(tenant.lists, KnownLists):
        tenant.lists.read_again(*tenant.lists)
    missing = tie_list_items(tools.store, tenant.fields["vertical"], tenant.lists)
    if tools.settings.superoffice_write_position:
        missing += position_field.tie_positions(tools.store, tenant.lists)
    if missing:
        tools.log(f"the CRM's lists lack after the restoration: {', '.join(missing)}")


def find_due(tools: Tools, tenant: Tenant, *, full_sweep: bool = False, take_up_deferred: bool = True) -> None:
    """Read what changed in the CRM (or everything, the first time and once a day) and put accounts on the queue.

    ``take_up_deferred``: also those that an earlier run left because of a budget, where this one's allows more.
    """
    try:
        _find_due(tools, tenant, full_sweep=full_sweep, take_up_deferred=take_up_deferred)
    except restored.RestoredBackupError as error:
        tools.log(str(error))


def _find_due(tools: Tools, tenant: Tenant, *, full_sweep: bool, take_up_deferred: bool) -> None:
    store = tools.store
    moved = personas.decide_if_stale(store)
    if moved:
        tools.log(f"{len(moved)} persons have another persona because the personas changed")
    with store.read() as connection:
        first = changes.load_cursor(connection) is None
        waits = restored.waits(connection)
    if not first:
        poll(tools, tenant)
    elif waits:
        # A first load that was cut short: no poll takes the second look.
        restored.consider(store, tools.crm)
    with store.read() as connection:
        due = full_sweep or sweep.sweep_is_due(connection)
        restored.require_none(connection, but_settling=True)
        anew = restored.wants_sweep(connection)
    if anew:
        _tie_anew(tools, tenant)
    if first or due:
        with tools.crm.working("background"):
            swept = sweep.sweep(store, tools.crm, tenant.fields, tenant.lists, stored=tools.moved, then=history.follow)
        tools.log(f"{swept.source}: read {swept.accounts} accounts and {swept.persons} persons, {swept.due} are due")
        if swept.source == "first_load":
            tools.log(first_load_estimate(store, tools.gemini.model, tools.terms))
    if history.finish_restored(store):
        tools.log("everything was read anew after the CRM was restored from a backup; writing goes on")
    _wake_by_settings(tools, tenant, take_up_deferred=take_up_deferred)


def poll(tools: Tools, tenant: Tenant) -> changes.ReadResult:
    """Read and examine what changed in the CRM since the cursor; accounts that differ are due then.

    Raises:
        RestoredBackupError: A backup of the CRM was restored, or it looks like it.
    """
    read = changes.read_changes(tools.store, tools.crm)
    with tools.store.read() as connection:
        if restored.stop_reason(connection):
            return read
    examining.examine_changes(
        tools.store, tools.crm, tenant.fields, tenant.lists, tenant.own_associate_id, then=history.follow
    )
    return read


def _wake_by_settings(tools: Tools, tenant: Tenant, *, take_up_deferred: bool) -> None:
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
        if take_up_deferred and is_open(connection, tools.terms.budget):
            queue.mark_due(connection, deferred_accounts(connection), trigger="the budget allows it now", priority=1)


def planned_accounts(connection: sa.Connection) -> list[int]:
    """Accounts that ended with a plan because writing was not allowed, and are not due again yet; some wait for a budget besides."""
    state, plans = schema.sync_state, schema.plans
    later = sa.or_(state.c.due_at.is_(None), state.c.due_at > utc_now())
    drafts = sa.select(plans.c.contact_id).where(plans.c.status == "planned")
    deferred = sa.and_(state.c.kind == DEFERRED, state.c.contact_id.in_(drafts))
    query = sa.select(state.c.contact_id).where(sa.or_(state.c.phase == "planned", deferred), later)
    return list(connection.execute(query).scalars())


def deferred_accounts(connection: sa.Connection) -> list[int]:
    """Accounts that wait for the next day because a budget was reached."""
    state = schema.sync_state
    query = sa.select(state.c.contact_id).where(state.c.kind == DEFERRED, state.c.due_at > utc_now())
    return list(connection.execute(query).scalars())


def _made_by(settings: Settings, fields: Mapping[str, CrmField]) -> str:
    """What texts are made by beside the rows they are made from; a new value makes every account look again."""
    lengths = {role: field.text_length for role, field in fields.items()}
    prompts = (OPENER_PROMPT_VERSION, PROFILE_PROMPT_VERSION)
    # Named only where it is on, so that a new version of the program alone wakes nobody.
    more = ("positions",) if settings.superoffice_write_position else ()
    return stable_hash([settings.gemini_model, prompts, lengths, settings.gtm_public_url, *more])


def anything_due(store: Store, settings: Settings) -> str:
    """The sensor's question to the store: why a run is worth starting, empty where it is not."""
    with store.read() as connection:
        if restored.stop_reason(connection):
            # Nothing else is done meanwhile.
            return restored.waits(connection)
        return _anything_due(connection, store, settings)


def _anything_due(connection: sa.Connection, store: Store, settings: Settings) -> str:
    policy = settings.gtm_review_policy
    if count := queue.due_count(connection):
        return f"{count} accounts are due"
    if examining.pending_accounts(connection):
        return "changes were read and not examined yet"
    if sweep.sweep_is_due(connection):
        return "a sweep is due"
    if allowed := _allowed_now(connection, settings):
        return allowed
    if personas.are_stale(connection):
        return "the personas changed"
    if any(policy[kind] == "auto" and blocks.anything_waits(connection, kind) for kind in policy):
        return "texts may be approved now"
    if get_cursor(connection, MADE_BY) not in {None, _made_by(settings, stored_fields(store))}:
        return "model, prompt, field lengths or settings changed"
    return ""


def _allowed_now(connection: sa.Connection, settings: Settings) -> str:
    """What somebody allowed that was not allowed when accounts ended; empty where there is nothing."""
    may_write = settings.superoffice_allow_live_write and not ledger.stop_reason(connection)
    if may_write and planned_accounts(connection):
        return "plans may be sent now"
    if deferred_accounts(connection) and standing(connection, budget_of(settings, "accounts")) is None:
        return "the budget allows more now"
    return ""


def first_load_estimate(store: Store, model: str, terms: Terms) -> str:
    """What the first load will cost about, before it begins: counts, profiles and openers to write, money."""
    with store.read() as connection:
        companies, with_url = connection.execute(
            sa.select(sa.func.count(), sa.func.count(sa.func.nullif(schema.accounts.c.url, "")))
        ).one()
        persons = connection.execute(sa.select(sa.func.count()).select_from(schema.persons)).scalar_one()
        each = [expected_price(connection, kind, model, terms.prices) for kind in ("profile", "opener")]
    known = [price for price in each if price is not None]
    cost = (
        f"about {money(with_url * sum(known), terms.prices.currency)} with {model}"
        if len(known) == len(each)
        else f"at an unknown price: the price table does not know {model} (GTM_MODEL_PRICES)"
    )
    return (
        f"first load: {companies} companies, {persons} persons, {with_url} companies with a website: "
        f"about {with_url * 2} model calls, {cost}"
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
