"""Rows of a small store whose lineage is known: a person and a company that carry texts, and the rows those were made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gtm_assets.texts import blocks
from gtm_assets.texts.blocks import Source
from gtm_assets.texts.models import Finding
from gtm_assets.writeback import ledger
from gtm_assets.writeback.plan import EntityPlan, FieldChange
from gtm_assets_tests.stores import (
    account_row,
    campaign_row,
    person_row,
    persona_row,
    profile_row,
    put,
    vertical_row,
    website_row,
)
from resources.store import schema
from resources.store.store import Store, utc_now

CELL = "leitung|bau"
PERSONA = Source("personas", "leitung", "p1", "page-leitung", "https://notion.example/leitung")
VERTICAL = Source("verticals", "bau", "v1", "page-bau", "https://notion.example/bau")
VERTICAL_LATER = Source("verticals", "bau", "v2", "page-bau", "https://notion.example/bau")
CAMPAIGN = Source("campaigns", "messe", "c1", "page-messe", "https://notion.example/messe")
WEBSITE = Source("website", "1", "w1", url="https://muster1.example/")
CELL_WORDS = {"subject": "Betreff", "intro": "Brücke", "social_proof": "Beleg"}
OPENER_WORDS = {"opener": "Öffner", "opener_secondary": "Zweiter"}


def fill(store: Store) -> None:
    """Rows of Notion, two companies with two persons each; nothing is written yet."""
    put(store, schema.verticals, vertical_row("bau", row_hash="v1"))
    put(store, schema.personas, persona_row("leitung", row_hash="p1"))
    put(store, schema.campaigns, campaign_row("messe", row_hash="c1"))
    for contact_id in (1, 2):
        put(store, schema.accounts, account_row(contact_id))
        put(store, schema.profiles, profile_row(contact_id, "bau"))
        put(store, schema.websites, website_row(contact_id, content_hash=f"w{contact_id}"))
        put(store, schema.persons, *(person_row(contact_id * 10 + place, contact_id) for place in (1, 2)))


def text(
    store: Store,
    key: str = CELL,
    words: Mapping[str, str] = CELL_WORDS,
    sources: tuple[Source, ...] = (PERSONA, VERTICAL),
    *,
    reviewer: str = "Maxi Muster",
    verdict: blocks.Verdict | None = "approved",
    **more: Any,
) -> int:
    """A version of a text, made by one call of the model; answers its id."""
    with store.write() as connection:
        call_id = connection.execute(schema.model_calls.insert().values(call(key))).inserted_primary_key[0]
        block_id = blocks.insert_version(
            connection,
            kind="opener" if key.isdigit() else "cell",
            key=key,
            inputs_hash="i",
            inputs={},
            content=dict(words),
            findings=more.pop("findings", ()),
            prompt_version="7",
            model="test-model",
            run_id="run",
            approve=False,
            sources=sources,
            call_ids=[call_id],
            **more,
        )
        if verdict is not None:
            content_hash = blocks.blocks_by_id(connection, [block_id])[block_id].content_hash
            blocks.record_verdict(connection, block_id, content_hash, verdict, reviewer, "liest sich gut")
    return block_id


def opener(store: Store, contact_id: int = 1, **more: Any) -> int:
    """A version of a company's openers with its evidence."""
    website = Source("website", str(contact_id), f"w{contact_id}", url=f"https://muster{contact_id}.example/")
    evidence = [{"field": "opener", "claim": "Serie", "span": "Wir fertigen in Serie"}]
    return text(store, str(contact_id), OPENER_WORDS, (VERTICAL, website), evidence=evidence, **more)


def write(store: Store, entity: Any, entity_id: int, block_id: int | None, words: Mapping[str, str]) -> int:
    """The engine writes words to a record and sees them there; answers the ledger's id."""
    contact_id = entity_id if entity == "Contact" else entity_id // 10
    table = schema.accounts if entity == "Contact" else schema.persons
    key = table.c.contact_id if entity == "Contact" else table.c.person_id
    with store.write() as connection:
        row = connection.execute(table.select().where(key == entity_id)).mappings().one()
        changes = {
            name: FieldChange(row["fields"].get(name, ""), value, "", block_id if value else None)
            for name, value in words.items()
        }
        (ledger_id,) = ledger.intend(connection, [EntityPlan(entity, entity_id, contact_id, changes)], "A", "run")
        ledger.settle(connection, ledger_id, "confirmed", found=dict(words))
        connection.execute(table.update().where(key == entity_id).values(fields={**row["fields"], **words}))
    return ledger_id


def carry(store: Store, entity: Any, entity_id: int, **fields: str) -> None:
    """Somebody in the CRM edits a record, and the engine reads it."""
    table = schema.accounts if entity == "Contact" else schema.persons
    key = table.c.contact_id if entity == "Contact" else table.c.person_id
    with store.write() as connection:
        row = connection.execute(table.select().where(key == entity_id)).mappings().one()
        connection.execute(table.update().where(key == entity_id).values(fields={**row["fields"], **fields}))


def gone(store: Store, entity: Any, entity_id: int) -> None:
    """A record is no longer among the CRM's living ones."""
    table = schema.accounts if entity == "Contact" else schema.persons
    key = table.c.contact_id if entity == "Contact" else table.c.person_id
    with store.write() as connection:
        connection.execute(table.update().where(key == entity_id).values(gone_at=utc_now()))


def finding(field: str) -> Finding:
    """What a rule says."""
    return Finding(rule="words", field=field, message="zu lang")


def call(key: str) -> dict[str, Any]:
    """A call of the model for a text, as it is stored."""
    return {
        "kind": "opener" if key.isdigit() else "cell",
        "key": key,
        "attempt": 1,
        "model": "test-model",
        "prompt_version": "7",
        "prompt_tokens": 100,
        "output_tokens": 10,
        "price": 0.0125,
        "currency": "EUR",
        "seconds": 0.5,
        "called_at": utc_now(),
        "run_id": "run",
    }
