"""The write-back of one account against a CRM in memory that stops, loses answers, ignores fields or is edited meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gtm_assets.crm.accounts import load_accounts, load_persons
from gtm_assets.crm.refreshing import refresh
from gtm_assets.writeback import ledger, protocol
from gtm_assets.writeback.assumed import Empties
from gtm_assets.writeback.plan import EntityPlan, Target, plan_entity
from gtm_assets.writeback.protocol import WriteResult
from gtm_assets.writeback.sending import Writer
from gtm_assets_tests.fake_crm import FakeCrm
from gtm_assets_tests.fake_fields import FIELDS, LISTS
from gtm_assets_tests.stores import rows_of
from resources.store import queue, schema
from resources.store.store import Store

TEXTS = {"subject": Target("Betreff"), "intro": Target("Brücke")}
COMPANY = {"opener": Target("Ein Satz."), "postal_city": Target("Musterstadt"), "last_update": Target("2026-03-02")}


class Engine:
    """The write-back of one account with the person 5, as a run does it: read, settle, plan, write."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.crm = FakeCrm()
        self.lists = LISTS
        self.empties = Empties()
        self.crm.add_contact(1)
        self.crm.add_person(5, 1, custom={"SuperOffice:5": "Segeln"})
        self.owner = queue.new_owner()
        for entity in ("Contact", "Person"):
            ledger.set_verified(store, entity)
        self.take_in_hand()

    def take_in_hand(self) -> None:
        """As a run does before it works on an account."""
        with self.store.write() as connection:
            queue.mark_due(connection, [1], trigger="test")
        assert queue.claim(self.store, self.owner, limit=1) == {1: 1}

    def plan(self, targets: dict[str, Target], entity: Any = "Person", person_id: int = 5) -> EntityPlan:
        """Read and plan."""
        client: Any = self.crm
        refresh(self.store, client, FIELDS, self.lists, [1])
        protocol.settle_open_intents(self.store, [1])
        entity_id = person_id if entity == "Person" else 1
        with self.store.read() as connection:
            account = load_accounts(connection, [1])[1]
            persons = load_persons(connection, [1]).get(1, [])
        row = next((each for each in persons if entity == "Person" and each["person_id"] == person_id), account)
        carries = {**row["fields"], **{name: account[name] for name in ("postal_city", "street_city", "org_nr")}}
        carries["position_item"] = row.get("position_item") or ""
        written = {
            each["field"]: each["value"]
            for each in rows_of(self.store, schema.written_values)
            if (each["entity"], each["entity_id"]) == (entity, entity_id)
        }
        lengths = {role: field.text_length for role, field in FIELDS.items()}
        return plan_entity(entity, entity_id, 1, carries=carries, written=written, targets=targets, lengths=lengths)

    def send(self, *plans: EntityPlan, **differs: Any) -> WriteResult:
        """Write what was planned, by a writer of which some things differ."""
        client: Any = self.crm
        writer = Writer(
            self.store, client, FIELDS, self.lists, "run", self.owner, sleep=self.crm.tick, empties=self.empties
        )
        return protocol.write_plans(replace(writer, **differs), plans)

    def write(self, targets: dict[str, Target], entity: Any = "Person") -> WriteResult:
        """Read, plan, write."""
        return self.send(self.plan(targets, entity))

    def statuses(self) -> list[str]:
        """Of all intents, oldest first."""
        return [row["status"] for row in rows_of(self.store, schema.ledger)]

    def owned(self) -> dict[str, str]:
        """What the engine holds for its own."""
        return {row["field"]: row["value"] for row in rows_of(self.store, schema.written_values)}

    def at(self, moment: str, action: Any) -> None:
        """Once, when the CRM is asked this, do something (raise an error that is given)."""

        def watch(what: str) -> None:
            if not what.startswith(moment):
                return
            self.crm.watch = lambda _: None
            if isinstance(action, BaseException):
                raise action
            action()

        self.crm.watch = watch
