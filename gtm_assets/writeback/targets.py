"""What each record should carry: profile, openers and cells of the store turned into targets for the plan.

What belongs elsewhere: the difference to what the CRM carries (``plan``), whole accounts (``account_plans``), making the texts
(``gtm_assets.texts``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from gtm_assets.crm.accounts import load_accounts, load_persons
from gtm_assets.crm.fields import POSITION, CrmField
from gtm_assets.research.position_field import PositionValues
from gtm_assets.research.vertical_field import VerticalValues
from gtm_assets.texts import blocks, matrix, openers
from gtm_assets.texts.choice import NO_TEXT, Choice, choose_cell
from gtm_assets.writeback.guards import Guarding, load_guarding
from gtm_assets.writeback.plan import AccountPlan, Target
from gtm_assets.writeback.suppression import load_suppressions
from resources.store import schema
from resources.store.store import chunked, rows_by

TEXT_FIELDS = ("subject", "intro", "social_proof")


@dataclass(frozen=True)
class TargetPolicy:
    """What decides about targets beside the store's rows."""

    fields: Mapping[str, CrmField]
    model: str
    public_url: str | None
    secret_key: str | None
    today: date
    write_position: bool = False


@dataclass(frozen=True)
class Known:
    """The store's rows about the accounts that are planned, read together; by id, cells and blocks by key."""

    accounts: Mapping[int, Mapping[str, Any]]
    persons: Mapping[int, list[dict[str, Any]]]
    profiles: Mapping[int, Mapping[str, Any]]
    written: Mapping[tuple[str, int], dict[str, tuple[str, int | None]]]
    values: VerticalValues
    positions: PositionValues
    cells: Mapping[str, matrix.Cell]
    opener_blocks: Mapping[str, blocks.Block]
    opener_inputs: Mapping[int, Any]
    carried_blocks: Mapping[int, blocks.Block]
    suppressions: frozenset[str]
    guarding: Guarding


def load_known(connection: sa.Connection, policy: TargetPolicy, ids: list[int]) -> Known:
    """What the store knows of these accounts and their persons."""
    persons = load_persons(connection, ids)
    person_ids = [row["person_id"] for rows in persons.values() for row in rows]
    written = _load_written(connection, ids, person_ids)
    carried = {block_id for values in written.values() for _, block_id in values.values() if block_id}
    return Known(
        accounts=load_accounts(connection, ids),
        persons=persons,
        profiles=rows_by(connection, schema.profiles.c.contact_id, ids),
        written=written,
        values=VerticalValues(connection, policy.fields["vertical"]),
        positions=PositionValues(connection),
        cells=matrix.load_cells(connection, policy.fields, policy.model),
        opener_blocks=blocks.current_blocks(connection, openers.KIND, [str(i) for i in ids]),
        opener_inputs=openers.load_inputs(connection, ids, policy.fields),
        carried_blocks=blocks.blocks_by_id(connection, carried),
        suppressions=load_suppressions(connection, ids, person_ids),
        guarding=load_guarding(connection),
    )


def _load_written(
    connection: sa.Connection, contact_ids: list[int], person_ids: list[int]
) -> dict[tuple[str, int], dict[str, tuple[str, int | None]]]:
    table = schema.written_values
    written: dict[tuple[str, int], dict[str, tuple[str, int | None]]] = {}
    for entity, ids in (("Contact", contact_ids), ("Person", person_ids)):
        for piece in chunked(ids):
            query = sa.select(table).where(table.c.entity == entity, table.c.entity_id.in_(piece))
            for row in connection.execute(query).mappings():
                written.setdefault((entity, row["entity_id"]), {})[row["field"]] = (row["value"], row["block_id"])
    return written


def profile_targets(profile: Mapping[str, Any], known: Known) -> dict[str, Target]:
    """Vertical, summary, city and VAT number, as far as the website told them."""
    targets: dict[str, Target] = {}
    if profile["vertical_source"] != "human":
        if profile["vertical_key"] is None:
            targets["vertical"] = Target(None, profile["vertical_reason"])
        else:
            value, reason = known.values.value_of(profile["vertical_key"])
            targets["vertical"] = Target(value, reason or "from the company's website")
    if profile["summary"]:
        targets["summary"] = Target(profile["summary"], "from the company's website")
    # An imprint that is silent says nothing against what stands in the CRM, so these are never blanked.
    if profile["city"]:
        targets["postal_city"] = targets["street_city"] = Target(profile["city"], "from the imprint")
    if profile["vat_number"]:
        targets["org_nr"] = Target(profile["vat_number"], "VAT number from the imprint")
    return targets


def opener_targets(
    contact_id: int,
    known: Known,
    policy: TargetPolicy,
    written: Mapping[str, tuple[str, int | None]],
    plan: AccountPlan,
) -> dict[str, Target]:
    """The company's openers, as far as they may be used."""
    inputs = known.opener_inputs.get(contact_id)
    if inputs is None or isinstance(inputs, str):
        return {name: Target(None, inputs or "not known yet") for name in ("opener", "opener_secondary")}
    block = known.opener_blocks.get(str(contact_id))
    if block is None:
        return {}
    where = blocks.state(block, openers.inputs_hash(inputs, policy.model))
    names = ("opener", "opener_secondary")
    if where == "approved":
        content = {name: block.content.get(name) for name in names}
        return {
            name: Target(text, "opener", block.id) if text else Target(None, "the vertical has one product only")
            for name, text in content.items()
        }
    return _without_text(names, where, written, known, plan, str(contact_id), "openers")


def position_target(
    person: Mapping[str, Any], known: Known, written: Mapping[str, tuple[str, int | None]], plan: AccountPlan
) -> dict[str, Target]:
    """The item that stands for the person's persona; nothing where the position is somebody's own, or can't be told.

    One that nobody stands for any more is taken back: a role must not stick to somebody who has another one by now.
    """
    now = person[POSITION]
    if now is None or (now and POSITION not in written):
        return {}
    if person["persona_key"] is None:
        return {POSITION: Target(None, f"the persona is unknown: {person['persona_reason']}")}
    value, reason = known.positions.value_of(person["persona_key"])
    if value is None:
        plan.missing_items.append(reason)
    return {POSITION: Target(value, reason or f"persona {person['persona_key']}")}


def text_targets(
    person: Mapping[str, Any],
    vertical: str | None,
    profile: Mapping[str, Any] | None,
    known: Known,
    written: Mapping[str, tuple[str, int | None]],
    plan: AccountPlan,
) -> dict[str, Target]:
    """The texts of the person's cell, as far as there is one that may be used."""
    person_id = person["person_id"]
    choice = _choose(person, vertical, profile, known, written)
    plan.choices[person_id] = choice
    cell = choice.cell
    if cell is None:
        plan.skipped[person_id] = choice.reason
        return {name: Target(None, choice.reason) for name in TEXT_FIELDS}
    if choice.level != "none" and choice.reason:
        plan.notes.append(f"person {person_id}: {choice.reason}")
    if cell.block is not None and cell.state == "approved":
        why = "; ".join(filter(None, (f"cell {cell.key}", choice.reason)))
        return {name: Target(cell.block.content[name], why, cell.block.id) for name in TEXT_FIELDS}
    return _without_text(TEXT_FIELDS, cell.state, written, known, plan, cell.key, cell.key)


def _choose(
    person: Mapping[str, Any],
    vertical: str | None,
    profile: Mapping[str, Any] | None,
    known: Known,
    written: Mapping[str, tuple[str, int | None]],
) -> Choice:
    if vertical is None:
        return Choice(
            "none", None, f"the vertical is unknown: {profile['vertical_reason'] if profile else 'no profile yet'}"
        )
    persona = person["persona_key"]
    if persona is None:
        return Choice("none", None, f"the persona is unknown: {person['persona_reason']}")
    carried = (known.carried_blocks.get(written.get(name, ("", None))[1] or 0) for name in TEXT_FIELDS)
    keys = {block.key for block in carried if block is not None and blocks.may_stay(block)}
    return choose_cell(persona, vertical, person["campaign"], known.cells, keys)


def _without_text(
    names: Iterable[str],
    where: blocks.CellState,
    written: Mapping[str, tuple[str, int | None]],
    known: Known,
    plan: AccountPlan,
    key: str,
    label: str,
) -> dict[str, Target]:
    """The newest text of ``key`` may not be used.

    Who carries an earlier version of it that was once approved keeps that; nobody else gets anything.
    """
    reason = NO_TEXT[where]
    into = plan.waiting if where in {"missing", "waiting", "lapsed"} else plan.unusable
    into.append(f"{label}: {reason}")
    targets = {}
    for name in names:
        _, block_id = written.get(name, ("", None))
        carried = known.carried_blocks.get(block_id) if block_id else None
        if carried is None or carried.key != key or not blocks.may_stay(carried):
            targets[name] = Target(None, f"{label}: {reason}")
    return targets
