"""What tests of merged records do: write something of ours before, notice the merge, and look at what our history made of it."""

from __future__ import annotations

from typing import Any

from gtm_assets.writeback import ledger
from gtm_assets.writeback.plan import EntityPlan, FieldChange
from gtm_assets_tests.crm.watching import Watcher
from gtm_assets_tests.stores import rows_of
from resources.store import schema

TEXT = "Ein Betreff von uns"


def notice(watcher: Watcher) -> list[int]:
    """Poll and examine; answers the accounts that are due because of it."""
    watcher.crm.tick(3)
    watcher.read()
    watcher.examine()
    return watcher.due()


def written(watcher: Watcher, entity: str, entity_id: int, contact_id: int, value: str = TEXT) -> int:
    """We wrote a subject (of a company, an opener) and saw it confirmed; answers the ledger's entry."""
    name, prog_id = ("subject", "SuperOffice:19") if entity == "Person" else ("opener", "SuperOffice:86")
    table: Any = entity
    plan = EntityPlan(table, entity_id, contact_id, {name: FieldChange("", value, "", 7)})
    with watcher.store.write() as connection:
        (ledger_id,) = ledger.intend(connection, [plan], "C", "run")
        ledger.settle(connection, ledger_id, "confirmed", found={name: value})
    watcher.crm.edit(table, entity_id, silently=True, custom={prog_id: value})
    return ledger_id


def person(watcher: Watcher, person_id: int) -> dict[str, Any]:
    return next(row for row in rows_of(watcher.store, schema.persons) if row["person_id"] == person_id)


def history(watcher: Watcher) -> list[tuple[Any, ...]]:
    columns = ("entity", "entity_id", "contact_id", "merged_from", "status")
    return [tuple(row[name] for name in columns) for row in rows_of(watcher.store, schema.ledger)]


def owned(watcher: Watcher) -> dict[tuple[str, int, str], str]:
    rows = rows_of(watcher.store, schema.written_values)
    return {(row["entity"], row["entity_id"], row["field"]): row["value"] for row in rows}
