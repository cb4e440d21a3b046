"""Stored openers as others are compared with them, on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from gtm_assets.texts import blocks
from gtm_assets.texts.likeness import Company, Pair
from gtm_assets.texts.models import Finding
from gtm_assets.texts.neighbours import load_sentences, near_duplicates
from gtm_assets_tests.stores import account_row, put
from resources.store import schema
from resources.store.store import Store

SENTENCE = "Bei {} entstehen jeden Tag anspruchsvolle Drehteile in Serie, deren Termintreue von der Versorgung jeder Maschine lebt."


def keep(store: Store, contact_id: int, **changed: Any) -> None:
    """A version of an account's openers."""
    name = f"Muster{contact_id} GmbH"
    content = {"opener": SENTENCE.format(f"Muster{contact_id}"), "opener_secondary": None, **changed.pop("content", {})}
    values = {
        "kind": "opener",
        "key": str(contact_id),
        "inputs_hash": "h",
        "content": content,
        "findings": (),
        "inputs": {"company_name": name, "city": "Musterstadt"},
        "prompt_version": "opener-2",
        "model": "m",
        "run_id": "r",
        "approve": True,
    }
    with store.write() as connection:
        blocks.insert_version(connection, **{**values, **changed})


def test_current_openers_that_passed_are_known_and_no_others(store: Store) -> None:
    put(store, schema.accounts, account_row(1), account_row(2))
    keep(store, 1)
    keep(store, 2, findings=(Finding("opener", "x", "x"),))
    keep(store, 3, content={"opener_secondary": "Ein zweiter Satz steht hier."})
    keep(store, 3, content={"opener": "Ein ganz anderer Satz steht jetzt hier."})
    with store.read() as connection:
        known = load_sentences(connection)
    assert len(known) == 2
    assert known.look(Company(9, "Neu GmbH"), {"opener": SENTENCE.format("Neu")})["opener"].contact_id == 1


def test_an_opener_that_somebody_rejected_is_compared_with_nobody_until_it_is_approved_again(store: Store) -> None:
    put(store, schema.accounts, account_row(1))
    keep(store, 1)
    with store.write() as connection:
        (block,) = blocks.current_blocks(connection, "opener").values()
        blocks.record_verdict(connection, block.id, block.content_hash, "rejected", "Prüferin")
        assert len(load_sentences(connection)) == 0
        blocks.record_verdict(connection, block.id, block.content_hash, "approved", "Prüferin")
        assert len(load_sentences(connection)) == 1


def test_near_duplicates_of_the_whole_store_are_found_branches_aside(store: Store) -> None:
    here = "https://muster.example"
    put(store, schema.accounts, account_row(1, url=here), account_row(2), account_row(4, url=here))
    for contact_id in (1, 2):
        keep(store, contact_id)
    keep(
        store,
        4,
        inputs={"company_name": "Muster1 GmbH", "city": ""},
        content={"opener": "Bei Muster1 ist es schön und ruhig."},
    )
    keep(store, 5, content={"opener": "Ein Satz, der niemandem gleicht und auch sonst allein steht."})
    with store.read() as connection:
        assert near_duplicates(connection) == [Pair(1, 2, 100.0)]
