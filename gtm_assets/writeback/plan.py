"""The plan: per field, the difference between what a record carries and what it should carry, and the plans of an account together.

A value may be replaced where the field is empty or still holds what the engine wrote. Anything else is a human's value and
stays, and a field that somebody cleared stays empty until there is another value for it; the reason is kept with the plan.
What belongs elsewhere: what a record should carry (``targets``), planning whole accounts (``account_plans``), sending (``protocol``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace

from gtm_assets.crm.fields import Entity
from gtm_assets.texts.choice import Choice
from resources.store.store import stable_hash

#: Written only together with another field, and never a difference by itself.
FOLLOWERS = frozenset({"last_update"})
#: Why a value stays although the engine has another one; another reason is a text that is too long.
CLEARED = "cleared in the CRM, left empty until there is another text"
EDITED = "edited in the CRM, left as it is"
UNGUARDED = (
    "left out: it can't be guarded against edits at the same moment in this tenant, as far as gtm doctor --probe saw"
)


@dataclass(frozen=True)
class Target:
    """What a field should carry.

    Attributes:
        value: The value in normal form; None: there is no valid value any more.
        reason: Why there is none, or what it rests on.
        block_id: The text block it comes from, if any.
    """

    value: str | None
    reason: str = ""
    block_id: int | None = None


@dataclass(frozen=True)
class FieldChange:
    """One field that moves from ``before`` to ``after``, both in normal form."""

    before: str
    after: str
    reason: str = ""
    block_id: int | None = None


@dataclass(frozen=True)
class EntityPlan:
    """What one PATCH would do to one record.

    Attributes:
        entity: Contact or Person.
        entity_id: Its id.
        contact_id: Its account.
        fields: Field to its change.
        kept: Field to the reason why its value stays although the engine has another one, or none: people want to know.
        without: Field to the reason why it is empty and stays empty.
    """

    entity: Entity
    entity_id: int
    contact_id: int
    fields: Mapping[str, FieldChange] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)
    without: Mapping[str, str] = field(default_factory=dict)

    @property
    def hash(self) -> str:
        """Identity of what would be sent; two equal plans are one."""
        return stable_hash({name: asdict(change) for name, change in self.fields.items()})


@dataclass
class AccountPlan:
    """Everything planned for one account.

    ``waiting`` names what a review holds up, ``unusable`` texts that are rejected or break the rules, ``skipped`` persons without
    texts and why, ``choices`` whose cell each person gets, ``notes`` what people should know about that, ``missing_items`` list items
    that somebody has to add in the CRM.
    """

    contact_id: int
    plans: list[EntityPlan] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    unusable: list[str] = field(default_factory=list)
    skipped: dict[int, str] = field(default_factory=dict)
    choices: dict[int, Choice] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    missing_items: list[str] = field(default_factory=list)
    suppressed: str = ""


def leave_out(plan: EntityPlan, names: Collection[str], why: str) -> EntityPlan:
    """The plan without these fields, which are kept for this reason; what only goes along with others goes with none."""
    left = {name: change for name, change in plan.fields.items() if name not in names}
    if not left.keys() - FOLLOWERS:
        left = {}
    return replace(plan, fields=left, kept={**plan.kept, **{name: why for name in plan.fields if name in names}})


def plan_entity(
    entity: Entity,
    entity_id: int,
    contact_id: int,
    *,
    carries: Mapping[str, str],
    written: Mapping[str, str],
    targets: Mapping[str, Target],
    lengths: Mapping[str, int],
) -> EntityPlan:
    """Compare.

    Args:
        entity: Contact or Person.
        entity_id: Its id.
        contact_id: Its account.
        carries: Field to what the record holds now, in normal form ("" for nothing).
        written: Field to what the engine wrote last and saw confirmed.
        targets: Field to what it should hold; fields that are not named are not looked at.
        lengths: Field to the characters it can hold; 0 or absent: no limit.
    """
    changes: dict[str, FieldChange] = {}
    kept: dict[str, str] = {}
    without: dict[str, str] = {}
    for name, target in targets.items():
        if name in FOLLOWERS:
            continue
        now = carries.get(name, "")
        if not now and target.value is None:
            without[name] = target.reason
            continue
        verdict = _compare(target, now, written.get(name), lengths.get(name, 0))
        if isinstance(verdict, FieldChange):
            changes[name] = verdict
        elif verdict:
            kept[name] = verdict
    for name in sorted(FOLLOWERS & targets.keys()) if changes else ():
        value = targets[name].value
        if value is not None and carries.get(name, "") != value:
            changes[name] = FieldChange(carries.get(name, ""), value, targets[name].reason)
    return EntityPlan(entity, entity_id, contact_id, changes, kept, without)


def _compare(target: Target, now: str, written: str | None, limit: int) -> FieldChange | str:
    """The change of one field, or the reason why its value is kept (empty where it is right already)."""
    ours = now in {"", written}
    if not now and target.value and target.value == written:
        return CLEARED
    if now == target.value:
        return ""
    if not ours:
        no_text = f" (the engine has no text: {target.reason})" if target.value is None else ""
        return f"{EDITED}{no_text}"
    if target.value and limit and len(target.value) > limit:
        return f"{len(target.value)} characters, the field holds {limit}: refused, not cut"
    return FieldChange(now, target.value or "", target.reason, target.block_id)
