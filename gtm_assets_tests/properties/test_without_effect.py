"""HTTP 200 without effect, for any of the fields that we write: it is found by reading back and told field by field.

What arrived is ours from then on; what did not is written again, and nothing else, once somebody says so.
"""

from __future__ import annotations

from typing import Any, Literal

from hypothesis import example, given, note
from hypothesis import strategies as st

from gtm_assets.crm.records import Record
from gtm_assets.writeback import ledger
from gtm_assets.writeback.guards import TESTABLE, Guarding
from gtm_assets_tests.path.harness import COMPANY_FIELDS, PERSON_FIELDS, Entity
from gtm_assets_tests.properties.right import assert_everybody_carries_what_is_right, assert_it_rests
from gtm_assets_tests.properties.searching import search
from gtm_assets_tests.properties.town import CLINIC, FACTORY, GUARDINGS, Town
from resources.store import queue, schema
from sandbox.faults.kinds import IgnoredPatch

RECORDS: tuple[Record, ...] = (("Person", 1), ("Person", 4), ("Contact", FACTORY), ("Contact", CLINIC))
#: What the engine calls each field that it writes, and what the tenant calls it. The city's two blocks are one address.
NAMES: dict[Entity, dict[str, tuple[str, ...]]] = {
    "Person": {**{prog_id: (role,) for role, prog_id in PERSON_FIELDS.items()}, "Position": ("position_item",)},
    "Contact": {
        **{prog_id: (role,) for role, prog_id in COMPANY_FIELDS.items() if role != "last_update"},
        "OrgNr": ("org_nr",),
        "Address": ("postal_city", "street_city"),
    },
}


@st.composite
def ignored_fields(draw: st.DrawFn) -> tuple[Record, tuple[str, ...]]:
    record: Record = draw(st.sampled_from(RECORDS))
    names = sorted(NAMES[record[0]])
    return record, tuple(draw(st.lists(st.sampled_from(names), min_size=1, max_size=len(names), unique=True)))


def _written(town: Town, record: Record) -> dict[str, Any]:
    table = schema.written_values
    rows = town.rows(table, table.c.entity == record[0], table.c.entity_id == record[1])
    return {row["field"]: row["value"] for row in rows}


@given(
    ignored=ignored_fields(),
    answer=st.sampled_from(["asked", "stored"]),
    guarding=st.sampled_from(GUARDINGS),
    verified=st.booleans(),
)
@example((("Person", 1), tuple(NAMES["Person"])), "asked", Guarding("A", frozenset(TESTABLE)), True)
@search(10)
def test_whatever_did_not_arrive_is_told_by_name(
    town: Town,
    ignored: tuple[Record, tuple[str, ...]],
    answer: Literal["asked", "stored"],
    guarding: Guarding,
    verified: bool,
) -> None:
    record, fields = ignored
    town.anew("planned", guarding)
    if verified:
        for entity in ("Contact", "Person"):
            ledger.set_verified(town.store, entity)
    person, company = (record[1], 0) if record[0] == "Person" else (0, record[1])
    town.world.faults.start(IgnoredPatch(person=person, company=company, fields=fields, answer=answer))
    account = _account_of(town, record)

    done = town.work()

    note(done.reasons)
    entry = town.rows(schema.ledger, schema.ledger.c.entity == record[0], schema.ledger.c.entity_id == record[1])[-1]
    sent = set(entry["after"]) - {"last_update"}
    missing = {name for field in fields for name in NAMES[record[0]][field]} & sent
    others = {key: phase for key, phase in done.phases.items() if key != account}
    assert set(others.values()) == {"completed"}
    if not missing:
        assert done.phases[account] == "completed"
        return
    assert done.phases[account] == "failed"
    assert entry["status"] == "no_effect"
    told = done.result.outcomes[account].reason.partition("without effect on ")[2].partition(". Check")[0]
    not_arrived, _, arrived = told.removesuffix(".").partition("; ")
    assert set(not_arrived.split(", ")) == missing
    assert set(arrived.removesuffix(" arrived").split(", ")) - {""} == sent - missing
    assert _written(town, record).keys() - {"last_update"} == sent - missing

    town.world.faults.clear()
    town.world.journal.clear()
    with town.store.write() as connection:
        assert queue.retry_failed(connection) == 1
    town.until_quiet()
    (again,) = town.patches()
    carried = {name for each in again.body if each["op"] == "replace" for name in _named(each)}
    assert carried - {COMPANY_FIELDS["last_update"]} == {
        name for name in fields if set(NAMES[record[0]][name]) & missing
    }
    assert _written(town, record).keys() >= sent
    assert_everybody_carries_what_is_right(town)
    assert_it_rests(town)


def _account_of(town: Town, record: Record) -> int:
    return record[1] if record[0] == "Contact" else town.engine.person(record[1]).contact_id


def _named(operation: dict[str, Any]) -> set[str]:
    """Fields that an operation changes, as the tenant calls them."""
    first = operation["path"].strip("/").partition("/")[0]
    return set(operation["value"]) if first == "CustomFields" else {first}
