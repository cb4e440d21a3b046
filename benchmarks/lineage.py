"""Lineage with many persons: how long somebody waits who asks where a person's words come from, or who carries a row's words.

``make bench`` runs it after the path and prints a Markdown section for ``RESULTS.md``. The store is filled with rows as the engine leaves
them: 100,000 persons of 20,000 companies, four fields each, and for every company its openers, website, plans and ledger.
"""

from __future__ import annotations

import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gtm_assets.monitoring.lineage import load_person
from gtm_assets.monitoring.lineage_page import find_page, load_page
from resources.analytics.engine import Analytics
from resources.store import schema
from resources.store.store import Store, utc_now

ACCOUNTS = 20_000
PERSONS_EACH = 5
VERTICALS = 8
PERSONAS = 6
FIELDS = ("subject", "intro", "social_proof", "unsubscribe")
TIMES = 9
#: As long as fields of the CRM are, and a website's text.
VALUE = "Für Sie in der Produktionsleitung heißt das, die Taktzeiten an der Linie stabil zu halten. " * 2
WEBSITE = "Wir fertigen Drehteile in Serie. " * 100
NOW = utc_now()
Rows = Iterator[dict[str, Any]]


def main() -> None:
    """Fill, measure and print."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "store.sqlite"
        store = Store(f"sqlite:///{path}")
        begun = time.perf_counter()
        fill(store)
        filled = time.perf_counter() - begun
        lines = [
            f"## {datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}: lineage",
            "",
            "`python -m benchmarks.lineage`",
            "",
            "| what | value |",
            "| --- | --- |",
            f"| persons, companies, values in the CRM by our hand | {ACCOUNTS * PERSONS_EACH}, {ACCOUNTS}, {_count(store)} |",
            f"| … size of the store: MB; filling it: seconds | {path.stat().st_size / 1e6:.0f}, {filled:.0f} |",
        ]
        lines += _person(store) + _rows(store)
        store.close()
    print("\n".join(lines))


def _person(store: Store) -> list[str]:
    persons = iter(range(10, 10 + 7919 * (TIMES + 1), 7919))
    first, others = _asked(store, lambda analytics: load_person(analytics, next(persons)))
    return [_line("`gtm lineage person`, another one each time", first, others)]


def _rows(store: Store) -> list[str]:
    lines = []
    for row in ("vertical/vertical-1", "persona/persona-1", "campaign/messe"):

        def ask(analytics: Analytics, row: str = row) -> object:
            with store.read() as connection:
                return load_page(analytics, find_page(connection, row))

        first, others = _asked(store, ask)
        analytics = _opened(store)
        found: Any = ask(analytics)
        analytics.close()
        carriers = f"{len(found.ids('Person'))} persons, {len(found.ids('Contact'))} companies"
        lines.append(_line(f"`gtm lineage notion {row}` ({carriers})", first, others))
    return lines


def _asked(store: Store, question: Callable[[Analytics], object]) -> tuple[float, list[float]]:
    """Seconds of the first answer, which starts DuckDB's process, and of some more."""
    analytics = _opened(store)
    taken = []
    for _ in range(TIMES + 1):
        begun = time.perf_counter()
        question(analytics)
        taken.append(time.perf_counter() - begun)
    analytics.close()
    return taken[0], taken[1:]


def _opened(store: Store) -> Analytics:
    return Analytics(store.url.render_as_string(hide_password=False))


def _line(what: str, first: float, others: list[float]) -> str:
    median = statistics.median(others) * 1000
    return f"| {what}: milliseconds, median of {TIMES} (first, with the process's start) | {median:.0f} ({first * 1000:.0f}) |"


def _count(store: Store) -> int:
    with store.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(schema.written_values)).scalar_one())


# --- rows -----------------------------------------------------------------------------------------------------------


def fill(store: Store) -> None:
    """All rows; every cell has an earlier version, and every seventh person carries it still."""
    tables: list[tuple[sa.Table, Iterable[dict[str, Any]]]] = [
        (schema.verticals, (_vertical(n) for n in range(VERTICALS))),
        (schema.personas, (_persona(n) for n in range(PERSONAS))),
        (schema.campaigns, [{**_knowledge("messe"), "tag": "Messe", "brief": "Einladung"}]),
        (schema.accounts, map(_account, _companies())),
        (schema.persons, (_person_row(i) for i in _people())),
        (schema.websites, map(_website, _companies())),
        (schema.text_blocks, _blocks()),
        (schema.block_sources, _sources()),
        (schema.reviews, (_review(i) for i in _block_ids())),
        (schema.model_calls, (_call(i) for i in _block_ids())),
        (schema.plans, _plans()),
        (schema.ledger, _ledger()),
        (schema.written_values, _written()),
    ]
    for table, rows in tables:
        with store.write() as connection:
            left = iter(rows)
            while piece := list(islice(left, 10_000)):
                connection.execute(sa.insert(table), piece)


def _companies() -> range:
    return range(1, ACCOUNTS + 1)


def _people() -> range:
    """Person ids; the company is the id by :data:`PERSONS_EACH`."""
    return range(PERSONS_EACH, (ACCOUNTS + 1) * PERSONS_EACH)


CELLS = VERTICALS * PERSONAS


def _cell_id(contact_id: int, person_id: int) -> int:
    """Block id of the person's cell: the second version's, or for every seventh person still the first's."""
    cell = (contact_id % VERTICALS) * PERSONAS + person_id % PERSONAS
    return 1 + cell + (0 if person_id % 7 == 0 else CELLS)


def _opener_id(contact_id: int) -> int:
    return 2 * CELLS + contact_id


def _block_ids() -> Iterator[int]:
    yield from range(1, 2 * CELLS + 1)
    yield from map(_opener_id, _companies())


def _knowledge(key: str) -> dict[str, Any]:
    return {
        "key": key,
        "name": key,
        "notion_page_id": f"page-{key}",
        "notion_url": f"https://notion.example/{key}",
        "active": True,
        "row_hash": f"{key}-2",
        "changed_at": NOW,
        "seen_at": NOW,
    }


def _vertical(number: int) -> dict[str, Any]:
    words: dict[str, Any] = {
        "definition": "",
        "pains": [],
        "gains": [],
        "products": {},
        "ops_focus": "Operativ",
        "refs": [],
    }
    return {**_knowledge(f"vertical-{number}"), **words}


def _persona(number: int) -> dict[str, Any]:
    return {**_knowledge(f"persona-{number}"), "pains": [], "gains": [], "job_titles": []}


def _account(contact_id: int) -> dict[str, Any]:
    names = ("url", "org_nr", "postal_city", "street_city", "country")
    fields = {"opener": VALUE, "opener_secondary": VALUE}
    return {
        "contact_id": contact_id,
        "name": f"Muster {contact_id}",
        **dict.fromkeys(names, ""),
        "stop": False,
        "fields": fields,
        "read_at": NOW,
    }


def _person_row(person_id: int) -> dict[str, Any]:
    names = ("firstname", "lastname", "mrmrs", "title", "position", "job_title", "email", "campaign")
    return {
        "person_id": person_id,
        "contact_id": person_id // PERSONS_EACH,
        **dict.fromkeys(names, "Muster"),
        "no_mailing": False,
        "retired": False,
        "fields": dict.fromkeys(FIELDS, VALUE),
        "read_at": NOW,
        "persona_key": f"persona-{person_id % PERSONAS}",
    }


def _website(contact_id: int) -> dict[str, Any]:
    names = ("url", "final_url", "outcome", "reason", "title", "imprint_url", "imprint_text")
    values = {"text": WEBSITE, "content_hash": f"w{contact_id}", "fetched_at": NOW}
    return {"contact_id": contact_id, **dict.fromkeys(names, ""), **values}


def _blocks() -> Rows:
    for version in (1, 2):
        for cell in range(CELLS):
            key = f"persona-{cell % PERSONAS}|vertical-{cell // PERSONAS}"
            yield _block((version - 1) * CELLS + cell + 1, "cell", key, version, current=version == 2)
    for contact_id in _companies():
        yield _block(_opener_id(contact_id), "opener", str(contact_id), 1, current=True)


def _block(block_id: int, kind: str, key: str, version: int, *, current: bool) -> dict[str, Any]:
    return {
        "id": block_id,
        "kind": kind,
        "key": key,
        "version": version,
        "inputs_hash": "i" * 64,
        "content_hash": "c" * 64,
        "content": {"one": VALUE, "other": VALUE},
        "findings": [],
        "passed": True,
        "prompt_version": "1",
        "model": "model",
        "inputs": {"rows": VALUE * 5},
        "evidence": [{"field": "opener", "claim": VALUE, "span": VALUE}] if kind == "opener" else None,
        "created_at": NOW,
        "run_id": "run",
        "current": current,
    }


def _sources() -> Rows:
    for block_id in range(1, 2 * CELLS + 1):
        version, cell = divmod(block_id - 1, CELLS)
        for source, key in (("personas", f"persona-{cell % PERSONAS}"), ("verticals", f"vertical-{cell // PERSONAS}")):
            yield _source(block_id, source, key, f"{key}-{version + 1}")
    for contact_id in _companies():
        key = f"vertical-{contact_id % VERTICALS}"
        yield _source(_opener_id(contact_id), "verticals", key, f"{key}-2")
        yield _source(_opener_id(contact_id), "website", str(contact_id), f"w{contact_id}")


def _source(block_id: int, source: str, key: str, row_hash: str) -> dict[str, Any]:
    place = {"notion_page_id": f"page-{key}", "url": f"https://notion.example/{key}"}
    return {"block_id": block_id, "source": source, "key": key, "row_hash": row_hash, **place}


def _review(block_id: int) -> dict[str, Any]:
    verdict = {"verdict": "approved", "reviewer": "policy: auto", "decided_at": NOW}
    return {"block_id": block_id, "content_hash": "c" * 64, **verdict}


def _call(block_id: int) -> dict[str, Any]:
    numbers = {"attempt": 1, "prompt_tokens": 900, "output_tokens": 90, "price": 0.001, "seconds": 1.0}
    return {
        "kind": "cell",
        "key": str(block_id),
        "block_id": block_id,
        "model": "model",
        "prompt_version": "1",
        "called_at": NOW,
        "run_id": "run",
        **numbers,
    }


def _records() -> Iterator[tuple[int, str, int, int, int | None, tuple[str, ...]]]:
    """Every record that was written: number, entity, id, company, block, fields."""
    for number, contact_id in enumerate(_companies(), 1):
        yield number, "Contact", contact_id, contact_id, _opener_id(contact_id), ("opener", "opener_secondary")
    for number, person_id in enumerate(_people(), ACCOUNTS + 1):
        contact_id = person_id // PERSONS_EACH
        yield number, "Person", person_id, contact_id, _cell_id(contact_id, person_id), FIELDS


def _plans() -> Rows:
    for number, entity, entity_id, contact_id, block_id, fields in _records():
        changes = {name: {"before": "", "after": VALUE, "reason": "", "block_id": block_id} for name in fields}
        yield {
            "id": number,
            "contact_id": contact_id,
            "entity": entity,
            "entity_id": entity_id,
            "fields": changes,
            "kept": {},
            "plan_hash": "p" * 64,
            "status": "confirmed",
            "created_at": NOW,
            "run_id": "run",
        }


def _ledger() -> Rows:
    for number, entity, entity_id, contact_id, _, fields in _records():
        yield {
            "id": number,
            "plan_id": number,
            "contact_id": contact_id,
            "entity": entity,
            "entity_id": entity_id,
            "before": dict.fromkeys(fields, ""),
            "after": dict.fromkeys(fields, VALUE),
            "status": "confirmed",
            "guard": "A",
            "intended_at": NOW,
            "ended_at": NOW,
            "run_id": "run",
        }


def _written() -> Rows:
    for number, entity, entity_id, _, block_id, fields in _records():
        for name in fields:
            yield {
                "entity": entity,
                "entity_id": entity_id,
                "field": name,
                "value": VALUE,
                "block_id": None if name == "unsubscribe" else block_id,
                "ledger_id": number,
                "confirmed_at": NOW,
            }


if __name__ == "__main__":
    main()
