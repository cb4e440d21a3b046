"""What is planned for accounts: the targets of every record against what it carries, and what people should know about it.

What belongs elsewhere: what each record should carry (``targets``), the difference for one record (``plan``), sending (``protocol``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from gtm_assets.crm.fields import OWNED_COLUMNS, POSITION, Entity
from gtm_assets.texts.choice import Choice
from gtm_assets.writeback.operations import unguarded
from gtm_assets.writeback.plan import UNGUARDED, AccountPlan, EntityPlan, Target, leave_out, plan_entity
from gtm_assets.writeback.suppression import account_suppressed, person_suppressed
from gtm_assets.writeback.targets import (
    Known,
    TargetPolicy,
    load_known,
    opener_targets,
    position_target,
    profile_targets,
    text_targets,
)
from gtm_assets.writeback.unsubscribe import unsubscribe_link
from resources.store import schema
from resources.store.store import rows_by

#: Characters that the CRM's own columns hold; the layout tells those of the user-defined fields.
_COLUMN_LENGTHS = {"postal_city": 99, "street_city": 99, "org_nr": 49}


def plan_accounts(
    connection: sa.Connection, policy: TargetPolicy, contact_ids: Iterable[int], entities: frozenset[Entity]
) -> dict[int, AccountPlan]:
    """Plan every record of these accounts from what the store knows; ``entities`` limits it to companies or persons."""
    ids = sorted(set(contact_ids))
    known = load_known(connection, policy, ids)
    plans: dict[int, AccountPlan] = {}
    for contact_id in ids:
        account = known.accounts.get(contact_id)
        if account is None:
            continue
        plan = AccountPlan(contact_id)
        plans[contact_id] = plan
        plan.suppressed = account_suppressed(account, known.suppressions)
        if plan.suppressed:
            nothing = Choice("none", None, plan.suppressed)
            plan.choices = {person["person_id"]: nothing for person in known.persons.get(contact_id, [])}
            continue
        if "Contact" in entities:
            _add(plan, _plan_contact(account, known, policy, plan))
        if "Person" in entities:
            for person in known.persons.get(contact_id, []):
                _add(plan, _plan_person(person, account, known, policy, plan))
    return plans


def record_choices(connection: sa.Connection, plans: Iterable[AccountPlan]) -> None:
    """Keep with each person whose text they get, and why not the campaign's; only what changed is written."""
    choices = {person_id: choice for plan in plans for person_id, choice in plan.choices.items()}
    persons = schema.persons
    known = rows_by(connection, persons.c.person_id, list(choices))
    for person_id, choice in choices.items():
        row = known.get(person_id)
        if row is not None and (row["text_level"], row["text_reason"]) != (choice.level, choice.reason):
            values = {"text_level": choice.level, "text_reason": choice.reason}
            connection.execute(sa.update(persons).where(persons.c.person_id == person_id).values(values))


def _add(plan: AccountPlan, entity_plan: EntityPlan | None) -> None:
    if entity_plan is not None and (entity_plan.fields or entity_plan.kept or entity_plan.without):
        plan.plans.append(entity_plan)


def _plan_contact(
    account: Mapping[str, Any], known: Known, policy: TargetPolicy, plan: AccountPlan
) -> EntityPlan | None:
    contact_id = account["contact_id"]
    profile = known.profiles.get(contact_id)
    if profile is None:
        return None
    written = known.written.get(("Contact", contact_id), {})
    targets = profile_targets(profile, known)
    targets |= opener_targets(contact_id, known, policy, written, plan)
    targets["last_update"] = Target(policy.today.isoformat(), "time of this update")
    carries = {**account["fields"], **{name: account[name] for name in OWNED_COLUMNS["Contact"]}}
    found = plan_entity(
        "Contact",
        contact_id,
        contact_id,
        carries=carries,
        written={name: value for name, (value, _) in written.items()},
        targets=targets,
        lengths=_lengths(policy) | _COLUMN_LENGTHS,
    )
    return leave_out(found, unguarded(found, known.guarding), UNGUARDED)


def _plan_person(
    person: Mapping[str, Any],
    account: Mapping[str, Any],
    known: Known,
    policy: TargetPolicy,
    plan: AccountPlan,
) -> EntityPlan | None:
    person_id = person["person_id"]
    suppressed = person_suppressed(person, known.suppressions)
    if suppressed:
        plan.skipped[person_id] = suppressed
        plan.choices[person_id] = Choice("none", None, suppressed)
        return None
    profile = known.profiles.get(account["contact_id"])
    vertical = profile["vertical_key"] if profile else None
    written = known.written.get(("Person", person_id), {})
    targets = text_targets(person, vertical, profile, known, written, plan)
    if policy.public_url and policy.secret_key and any(target.value for target in targets.values()):
        link = unsubscribe_link(policy.public_url, policy.secret_key, person_id)
        targets["unsubscribe"] = Target(link, "unsubscribe link")
    if policy.write_position:
        targets |= position_target(person, known, written, plan)
    found = plan_entity(
        "Person",
        person_id,
        account["contact_id"],
        carries={**person["fields"], POSITION: person[POSITION] or ""},
        written={name: value for name, (value, _) in written.items()},
        targets=targets,
        lengths=_lengths(policy),
    )
    return leave_out(found, unguarded(found, known.guarding), UNGUARDED)


def _lengths(policy: TargetPolicy) -> dict[str, int]:
    return {role: field_.text_length for role, field_ in policy.fields.items() if field_.field_type != "List"}
