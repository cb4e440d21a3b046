"""A large tenant's rows, as the engine leaves them: marketing's rows, companies with website, profile and openers, persons and their texts.

All of it is sample data. What belongs elsewhere: measuring (``cells``, ``companies``); lineage has rows of its own (``lineage``).
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from itertools import islice
from typing import Any

import sqlalchemy as sa

from gtm_assets.crm.fields import CrmField
from gtm_assets.knowledge.fields import read_products, read_references
from gtm_assets.knowledge.models import OpsFocus
from gtm_assets.knowledge.rows import Campaign, Persona, ReadRow, ReadTable, Row, Vertical, campaign_key
from gtm_assets.knowledge.sync import KnowledgeDatabase, take_over
from gtm_assets.texts import openers
from resources.store import schema
from resources.store.store import Store, chunked, stable_hash, utc_now
from sandbox.data import knowledge as sample

VERTICALS = 20
PERSONAS = 10
CELLS = VERTICALS * PERSONAS * (1 + len(sample.CAMPAIGNS))
ACCOUNTS = 20_000
PERSONS_EACH = 3
#: Three regions, and three plants: the sample's verticals and personas are fewer than a large tenant's.
_REGIONS = ("Nord", "Süd", "West")
_WEBSITE = "Wir fertigen Drehteile in Serie und liefern sie in alle Welt. " * 100
TEXT_FIELDS = ("subject", "intro", "social_proof")
_VALUE = "Für Sie in der Produktionsleitung heißt das, die Taktzeiten an der Linie stabil zu halten."
_FIRST = (
    "Transport Material Werkzeug Montage Lager Reinigungs Lebensmittel Antriebs Präzisions Serien Holz Stahl Kunststoff "
    "Glas Papier"
)
_SECOND = (
    "wege fluss bau teile technik systeme planung fertigung versorgung prüfung anlagen maschinen lösungen räume hallen "
    "gruppen"
)
_SMALL = "in und die mit für von zu bei der das ein ist auf aus"
Rows = Iterator[dict[str, Any]]
NOW = utc_now()


def knowledge() -> dict[KnowledgeDatabase, ReadTable]:
    """20 verticals, 10 personas and 2 campaigns, as they are read from Notion."""
    verticals = (_vertical(each, region) for region in _REGIONS for each in sample.VERTICALS)
    personas = (_persona(each, region) for region in _REGIONS for each in sample.PERSONAS)
    campaigns = (
        Campaign(campaign_key(each.tag) or each.tag, each.name, each.tag, each.brief) for each in sample.CAMPAIGNS
    )
    return {
        "verticals": _table(islice(verticals, VERTICALS)),
        "personas": _table(islice(personas, PERSONAS)),
        "campaigns": _table(campaigns),
    }


def with_other_pains(
    tables: Mapping[KnowledgeDatabase, ReadTable], verticals: int
) -> dict[KnowledgeDatabase, ReadTable]:
    """The same after somebody changed the pains of so many verticals."""
    rows = list(tables["verticals"].rows)
    for place, read in enumerate(rows[:verticals]):
        assert isinstance(read.row, Vertical)
        rows[place] = replace(read, row=replace(read.row, pains=("zu viele Zwischenlager", *read.row.pains)))
    return {**tables, "verticals": replace(tables["verticals"], rows=tuple(rows))}


def fill(store: Store, fields: Mapping[str, CrmField], model: str) -> None:
    """Marketing's rows, companies and persons; their openers are up to date, and nobody's cell is written yet."""
    tables = knowledge()
    with store.write() as connection:
        for database, table in tables.items():
            take_over(connection, database, table)
    verticals = [read.row.key for read in tables["verticals"].rows]
    personas = [read.row.key for read in tables["personas"].rows]
    insert(store, schema.accounts, map(account_row, _companies()))
    insert(store, schema.sync_state, ({"contact_id": i, "phase": "completed", "ended_at": NOW} for i in _companies()))
    insert(store, schema.persons, (_person(i, personas) for i in _people()))
    insert(store, schema.websites, map(_website, _companies()))
    insert(store, schema.profiles, (profile_row(i, verticals[i % VERTICALS]) for i in _companies()))
    insert(store, schema.text_blocks, _openers(store, fields, model))


def let_persons_carry(store: Store) -> None:
    """Every person carries the standard text of its cell, every company its openers, by our hand."""
    blocks, profiles = schema.text_blocks, schema.profiles
    with store.read() as connection:
        of_key = dict(connection.execute(sa.select(blocks.c.key, blocks.c.id).where(blocks.c.current)).tuples().all())
        vertical_of = dict(connection.execute(sa.select(profiles.c.contact_id, profiles.c.vertical_key)).tuples().all())
        persons = connection.execute(
            sa.select(schema.persons.c.person_id, schema.persons.c.contact_id, schema.persons.c.persona_key)
        ).all()
    insert(
        store,
        schema.written_values,
        (
            _written("Person", i, field, of_key[f"{persona}|{vertical_of[account]}"])
            for i, account, persona in persons
            for field in TEXT_FIELDS
        ),
    )
    fields = ("opener", "opener_secondary")
    insert(
        store,
        schema.written_values,
        (_written("Contact", i, field, of_key[str(i)]) for i in _companies() for field in fields),
    )


def insert(store: Store, table: sa.Table, rows: Iterable[dict[str, Any]]) -> None:
    """Many rows, some thousand in a transaction."""
    left = iter(rows)
    while piece := list(islice(left, 5_000)):
        with store.write() as connection:
            connection.execute(sa.insert(table), piece)


def _companies() -> range:
    return range(1, ACCOUNTS + 1)


def _people() -> range:
    """Person ids; the company is the id by :data:`PERSONS_EACH`."""
    return range(PERSONS_EACH, (ACCOUNTS + 1) * PERSONS_EACH)


# --- marketing's rows -----------------------------------------------------------------------------------------------


def _table(rows: Iterable[Row]) -> ReadTable:
    read = tuple(ReadRow(row, f"page-{row.key}", f"https://notion.example/{row.key}", active=True) for row in rows)
    return ReadTable(read, (), frozenset(each.page_id for each in read))


def _vertical(each: sample.Vertical, region: str) -> Vertical:
    focus: OpsFocus = "Infrastruktur" if each.ops_focus == "Infrastruktur" else "Operativ"
    return Vertical(
        key=f"{each.key}-{region.casefold().replace('ü', 'ue')}",
        name=f"{each.name} {region}",
        definition=each.definition,
        pains=each.pains,
        gains=each.gains,
        products=read_products(each.products, focus),
        ops_focus=focus,
        references=read_references("\n".join(each.references)),
    )


def _persona(each: sample.Persona, region: str) -> Persona:
    key = f"{each.key}-{region.casefold().replace('ü', 'ue')}"
    return Persona(key, f"{each.name} {region}", each.pains, each.gains, each.job_titles)


# --- companies and persons ------------------------------------------------------------------------------------------


def account_row(contact_id: int) -> dict[str, Any]:
    """A company as it was read from the CRM; it carries nothing of ours."""
    names = ("org_nr", "postal_city", "street_city", "country")
    return {
        "contact_id": contact_id,
        "name": f"Muster {contact_id}",
        "url": f"https://muster-{contact_id}.example",
        **dict.fromkeys(names, ""),
        "stop": False,
        "fields": {},
        "read_at": NOW,
    }


def _person(person_id: int, personas: list[str]) -> dict[str, Any]:
    return {
        **person_row(person_id, person_id // PERSONS_EACH),
        "campaign": sample.CAMPAIGNS[0].tag if person_id % 4 == 0 else "",
        # A company's vertical is the remainder of its id: its persons' personas must not depend on that.
        "persona_key": personas[(person_id // PERSONS_EACH // VERTICALS + person_id) % PERSONAS],
    }


def person_row(person_id: int, contact_id: int) -> dict[str, Any]:
    """A person whose persona is not known yet."""
    names = ("firstname", "lastname", "mrmrs", "title", "position", "job_title", "email")
    return {
        "person_id": person_id,
        "contact_id": contact_id,
        **dict.fromkeys(names, "Muster"),
        "campaign": "",
        "no_mailing": False,
        "retired": False,
        "fields": dict.fromkeys(TEXT_FIELDS, _VALUE),
        "read_at": NOW,
        "persona_key": None,
    }


def _website(contact_id: int) -> dict[str, Any]:
    names = ("url", "final_url", "outcome", "reason", "title", "imprint_url", "imprint_text")
    text = f"Muster {contact_id}. {_WEBSITE}"
    return {
        "contact_id": contact_id,
        **dict.fromkeys(names, ""),
        "text": text,
        "content_hash": f"w{contact_id}",
        "fetched_at": NOW,
    }


def profile_row(contact_id: int, vertical: str | None) -> dict[str, Any]:
    """What the website says about a company; None where that names no vertical."""
    return {
        "contact_id": contact_id,
        "vertical_key": vertical,
        "vertical_source": "model",
        "vertical_reason": "",
        "evidence": [],
        "ops_focus": "Operativ",
        "summary": "Dreht und fräst Präzisionsteile in Serie.",
        "inputs_hash": "p" * 64,
        "updated_at": NOW,
    }


def _openers(store: Store, fields: Mapping[str, CrmField], model: str) -> Rows:
    chance = random.Random("openers")  # noqa: S311 - the same sentences each time, nothing secret
    words = [f"{a}{b}{c}" for a in _FIRST.split() for b in _FIRST.split() for c in _SECOND.split()]
    chance.shuffle(words)
    often = [1 / rank for rank in range(1, len(words) + 1)]
    for piece in chunked(_companies(), 1_000):
        with store.read() as connection:
            loaded = openers.load_inputs(connection, piece, fields)
        for contact_id, inputs in loaded.items():
            assert not isinstance(inputs, str), inputs
            content = {
                name: _sentence(chance, words, often, inputs.company_name) for name in ("opener", "opener_secondary")
            }
            stored = {**asdict(inputs), "website_text": {"sha256": "w" * 64, "characters": len(inputs.website_text)}}
            yield _block(str(contact_id), openers.inputs_hash(inputs, model), content, stored)


def _sentence(chance: random.Random, words: list[str], often: list[float], name: str) -> str:
    """Twenty words, some of them frequent as in any language."""
    said = [
        word
        for pair in zip(chance.choices(_SMALL.split(), k=9), chance.choices(words, often, k=9), strict=True)
        for word in pair
    ]
    return f"Bei {name} {' '.join(said)}."


def _block(key: str, inputs_hash: str, content: dict[str, str], inputs: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": openers.KIND,
        "key": key,
        "version": 1,
        "inputs_hash": inputs_hash,
        "content_hash": stable_hash(content),
        "content": content,
        "findings": [],
        "passed": True,
        "prompt_version": "1",
        "model": "model",
        "inputs": inputs,
        "evidence": [{"field": "opener", "claim": _VALUE[:40], "span": _VALUE}],
        "created_at": NOW,
        "run_id": "run",
        "current": True,
    }


def _written(entity: str, entity_id: int, field: str, block_id: int) -> dict[str, Any]:
    names = {"entity": entity, "entity_id": entity_id, "field": field}
    return {**names, "value": _VALUE, "block_id": block_id, "ledger_id": 1, "confirmed_at": NOW}
