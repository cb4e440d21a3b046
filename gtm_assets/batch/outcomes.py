"""How an account ends: its phase, the reason people read, and when it comes again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from gtm_assets.batch.kinds import error_kind
from gtm_assets.batch.models import AccountOutcome, BatchResult, Report, Round, Stage, TextWritten, Tools
from gtm_assets.batch.times import times_of
from gtm_assets.crm import accounts as crm_accounts
from gtm_assets.crm.fields import FieldMapError
from gtm_assets.crm.restored import RestoredBackupError
from gtm_assets.research.budget import DEFERRED, Reached, count_accounts_left, forget_run, remember
from gtm_assets.research.profiles import ProfileOutcome
from gtm_assets.writeback.plan import AccountPlan, EntityPlan
from gtm_assets.writeback.suppression import GONE
from resources.errors import PermanentError, TenantClosedError, TransientError
from resources.store import queue
from resources.store.store import utc_now

#: A difference of a person's record, as ``gtm_assets.crm.accounts`` words it, or the personas themselves.
_PERSON_CHANGED = re.compile(r"(^|; |: )person \d+: |^personas changed")
#: Whoever edits a record twice within seconds may edit it a third time.
_AFTER_CONFLICT = timedelta(minutes=10)
_FIRST_RETRY = timedelta(minutes=1)
_LAST_RETRY = timedelta(hours=1)


def conclude(
    tools: Tools, outcomes: Mapping[int, AccountOutcome], rounds: Sequence[Round], result: BatchResult
) -> None:
    """Give every account its phase, reason and details, and add up what was written."""
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
        outcome.persons = _persons_in_short(persons.get(contact_id, []))
        if not outcome.is_stopped:
            _set_phase(outcome, account, rounds)
        elif outcome.deferred is not None and (errors := _write_errors(contact_id, rounds)):
            _fail_writing(outcome, errors)


def _persons_in_short(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What an account's page says about its persons: no names, no addresses. Events can never be purged."""
    columns = ("person_id", "persona_key", "persona_reason", "text_level", "text_reason")
    return [{name: row[name] for name in columns} for row in rows]


def _note_stages(outcome: AccountOutcome, way: Round, persons: Sequence[Mapping[str, Any]]) -> None:
    i = outcome.contact_id
    differences = way.refreshed.differences.get(i, [])
    first_time = outcome.trigger.startswith("first load") or "new" in differences
    if differences or outcome.trigger:
        outcome.stages.setdefault("accounts", {"because": outcome.trigger or "; ".join(differences)})
    moved = [change for change in way.personas if change.contact_id == i]
    if moved or first_time or _PERSON_CHANGED.search("; ".join([outcome.trigger, *differences])):
        known = sum(person["persona_key"] is not None for person in persons)
        details = {"persons": len(persons), "personas_known": known, "personas_changed": len(moved)}
        outcome.stages.setdefault("persons", details)
    profile = way.profiles.get(i)
    if profile is not None and profile.changed:
        outcome.stages["company_profile"] = {
            "vertical": profile.vertical_key or "unknown",
            "decided_by": profile.source,
            "evidence": " … ".join(profile.evidence)[:500],
            "why": profile.reason,
        }
    opener = way.openers.get(i)
    if opener is not None and opener.what in {"generated", "rejected"}:
        # Claims are words of our own sentences. Their quotes are the website's, may name people and stay in the store: events are for ever.
        told = {"claims": " … ".join(opener.claims)[:500], "quotes": len(opener.claims) or None}
        outcome.stages["company_openers"] = {"result": opener.what, "why": opener.reason, **told}
    plan = way.plans.get(i)
    for entity_plan in plan.plans if plan else ():
        _note_plan(outcome, way, entity_plan)


def _note_plan(outcome: AccountOutcome, way: Round, plan: EntityPlan) -> None:
    if not plan.fields:
        return
    stage: Stage = "contact_writeback" if plan.entity == "Contact" else "person_writeback"
    details = outcome.stages.setdefault(stage, {"confirmed": 0, "planned": 0, "conflicts": 0, "failed": 0})
    key = (plan.entity, plan.entity_id)
    if key in way.written.confirmed:
        details["confirmed"] += 1
        prefix = "" if plan.entity == "Contact" else f"person {plan.entity_id}: "
        outcome.fields_changed += [f"{prefix}{name}" for name in plan.fields]
        outcome.texts_written += _texts_written(plan)
    elif key in way.written.conflicts:
        details["conflicts"] += 1
    elif key in way.written.failed:
        details["failed"] += 1
    elif key not in way.written.skipped:
        details["planned"] += 1


def _texts_written(plan: EntityPlan) -> list[TextWritten]:
    fields: dict[int, list[str]] = {}
    for name, change in plan.fields.items():
        if change.block_id is not None and change.after:
            fields.setdefault(change.block_id, []).append(name)
    return [TextWritten(plan.entity, plan.entity_id, block_id, tuple(names)) for block_id, names in fields.items()]


def _set_phase(outcome: AccountOutcome, account: Mapping[str, Any] | None, rounds: Sequence[Round]) -> None:
    i = outcome.contact_id
    last = rounds[-1]
    failed = _write_errors(i, rounds)
    conflicts = [plan for plan in last.written.conflicts.values() if plan.contact_id == i]
    plan = last.plans.get(i) or rounds[0].plans.get(i)
    profile = last.profiles.get(i) or rounds[0].profiles.get(i)
    if account is None:
        outcome.phase, outcome.kind, outcome.reason = "skipped", "gone", "no such company in the CRM"
    elif account["gone_at"] is not None:
        outcome.phase, outcome.kind, outcome.reason = "skipped", "gone", GONE
    elif failed:
        _fail_writing(outcome, failed)
    elif conflicts or i in last.held:
        _leave_alone(outcome, conflicts, last)
    elif plan is not None and plan.suppressed:
        outcome.phase, outcome.kind, outcome.reason = "skipped", "suppressed", plan.suppressed
    elif plan is not None and rounds[0].drafts and any(p.fields for p in plan.plans):
        count = sum(len(p.fields) for p in plan.plans)
        outcome.phase, outcome.kind = "planned", rounds[0].not_sent_kind
        waiting = f"; {'; '.join(dict.fromkeys(plan.waiting))}" if plan.waiting else ""
        outcome.reason = f"{count} fields would change; {rounds[0].not_sent}{waiting}"
    elif plan is not None and plan.waiting:
        outcome.phase = outcome.kind = "waiting for review"
        outcome.reason = "; ".join(dict.fromkeys(plan.waiting))
    elif profile is not None and profile.vertical_key is None:
        outcome.phase = "skipped"
        outcome.kind = "website unreadable" if profile.website else "vertical unknown"
        outcome.reason = f"the vertical is unknown: {profile.reason or profile.website}"
    else:
        outcome.phase, outcome.reason = "completed", _remarks(plan)
    if account is not None and profile is not None and (missing := _missing_item(plan, profile)):
        outcome.kind = outcome.kind or "missing list item"
        outcome.reason = "; ".join(filter(None, (missing, outcome.reason)))
    if profile is not None and profile.note:
        outcome.reason = "; ".join(filter(None, (outcome.reason, profile.note)))
    if profile is not None and profile.retry_at is not None and outcome.phase != "failed":
        outcome.retry_at = profile.retry_at


def _leave_alone(outcome: AccountOutcome, conflicts: Sequence[EntityPlan], last: Round) -> None:
    """What somebody else writes at the same time stands."""
    outcome.phase = "conflict"
    held = last.held.get(outcome.contact_id)
    if held is not None:
        outcome.kind, outcome.reason, outcome.retry_at = "loop", held.reason, held.until
        return
    names = ", ".join(f"{p.entity} {p.entity_id}" for p in conflicts)
    outcome.kind, outcome.reason = "edited twice", f"edited in the CRM while the engine wrote, twice: {names}"
    outcome.retry_at = utc_now() + _AFTER_CONFLICT


def _write_errors(contact_id: int, rounds: Sequence[Round]) -> list[Exception]:
    failed = [each for way in rounds for each in way.written.failed.values()]
    return [error for plan, error in failed if plan.contact_id == contact_id]


def _fail_writing(outcome: AccountOutcome, errors: Sequence[Exception]) -> None:
    """One that may still come well decides: what it left open has to be looked at again."""
    worth_it = [error for error in errors if isinstance(error, TransientError)]
    fail(outcome, (worth_it or errors)[0], f"{len(errors)} of its records: ")


def _remarks(plan: AccountPlan | None) -> str:
    """What a completed account still has to say: persons without texts, fields that are a human's."""
    if plan is None:
        return ""
    remarks = [*plan.unusable, *plan.notes, *(f"person {person_id}: {why}" for person_id, why in plan.skipped.items())]
    for entity_plan in plan.plans:
        label = "" if entity_plan.entity == "Contact" else f"person {entity_plan.entity_id} "
        remarks += [f"{label}{name}: {why}" for name, why in entity_plan.kept.items()]
    return "; ".join(remarks)


def _missing_item(plan: AccountPlan | None, profile: ProfileOutcome) -> str:
    """That the CRM's lists lack the account's vertical or a person's position, although that is known; somebody has to add it there."""
    if plan is None:
        return ""
    without = (entity_plan.without.get("vertical", "") for entity_plan in plan.plans)
    vertical = next((why for why in without if why and profile.vertical_key is not None), "")
    return "; ".join(dict.fromkeys(filter(None, (vertical, *plan.missing_items))))


def lay_back_if_interrupted(
    tools: Tools, owner: str, outcomes: dict[int, AccountOutcome], rounds: Sequence[Round]
) -> TenantClosedError | RestoredBackupError | None:
    """SuperOffice closed while records were written, or a backup was restored: accounts that it stopped are due as before, and no outcome.

    Answers what it was; None where nothing was in the way.
    """
    errors = {i: _write_errors(i, rounds) for i in outcomes}
    every = [error for found in errors.values() for error in found]
    restored = next((error for error in every if isinstance(error, RestoredBackupError)), None)
    interrupted = restored or _closed(tools, every)
    if interrupted is not None:
        # What was on its way just then is settled by reading, like all whose end is unknown.
        because = TransientError if restored is None else RestoredBackupError
        waiting = [i for i, found in errors.items() if any(isinstance(error, because) for error in found)]
        for contact_id in waiting:
            del outcomes[contact_id]
        queue.release(tools.store, owner, waiting)
    return interrupted


def _closed(tools: Tools, errors: Sequence[Exception]) -> TenantClosedError | None:
    """Whether these errors come from a closed tenant; where they do not say so, its state is asked."""
    told = next((error for error in errors if isinstance(error, TenantClosedError)), None)
    if told is None and any(isinstance(error, TransientError) for error in errors):
        try:
            tools.crm.require_open()
        except TenantClosedError as closed:
            return closed
    return told


def fail(outcome: AccountOutcome, error: Exception, prefix: str = "") -> None:
    """Transient failures come back by themselves, later each time; permanent ones wait for a person."""
    outcome.phase = "failed"
    outcome.kind = error_kind(error)
    outcome.reason = f"{prefix}{error}"
    outcome.attempts += 1
    if isinstance(error, TransientError):
        wait = min(_FIRST_RETRY * 2 ** min(outcome.attempts - 1, 10), _LAST_RETRY)
        asked = timedelta(seconds=error.retry_after or 0)
        outcome.retry_at = utc_now() + max(wait, asked)
    elif not isinstance(error, (PermanentError, FieldMapError)):
        outcome.retry_at = utc_now() + _FIRST_RETRY


def defer(outcome: AccountOutcome, reached: Reached) -> None:
    """A reached budget is nobody's failure: the account comes again by itself on the next day, and no attempt is counted."""
    outcome.deferred = reached
    outcome.phase, outcome.kind = "skipped", DEFERRED
    outcome.reason = f"{reached.what()}: profile or openers are written another day"
    outcome.retry_at = reached.until


def finish(
    tools: Tools,
    owner: str,
    claimed: Mapping[int, int],
    outcomes: Mapping[int, AccountOutcome],
    result: BatchResult,
    report: Report,
) -> None:
    """Lay the accounts down in their phases, and report each."""
    with tools.store.write() as connection:
        for contact_id, outcome in outcomes.items():
            queue.finish(
                connection,
                owner,
                contact_id,
                covered=claimed[contact_id],
                phase=outcome.phase,
                reason=outcome.reason[:2000],
                kind=outcome.kind,
                retry_at=outcome.retry_at,
                attempts=outcome.attempts if outcome.phase == "failed" else 0,
            )
    for contact_id, row in queue.state_rows(tools.store, outcomes).items():
        outcomes[contact_id].times = times_of(row, utc_now())
    result.outcomes |= outcomes
    _note_budget(tools, result)
    tools.moved()
    for outcome in outcomes.values():
        report(outcome)
        # A backfill of a whole tenant ends in one result: only what is counted there stays.
        outcome.persons = []
        outcome.texts_written = []


def _note_budget(tools: Tools, result: BatchResult) -> None:
    """Remember a reached budget with how many accounts wait because of it; sensors and ``gtm status`` look there."""
    deferred = [outcome.deferred for outcome in result.outcomes.values() if outcome.deferred is not None]
    if deferred:
        with tools.store.read() as connection:
            result.reached = count_accounts_left(connection, deferred[-1])
        remember(tools.store, tools.terms.budget.work, result.reached)
    elif result.texts["generated"]:
        forget_run(tools.store, tools.terms.budget)
