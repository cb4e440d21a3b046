"""Stores for tests: a migrated SQLite file is made once a process and copied, so that a test pays a millisecond and not a migration.

Builders of rows that many tests need are here too. All companies, persons and references are sample data.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from resources.store import schema
from resources.store.store import Store, upsert, utc_now


@lru_cache(maxsize=1)
def _template() -> Path:
    path = Path(tempfile.mkdtemp(prefix="gtm-store-")) / "template.sqlite"
    store = Store(f"sqlite:///{path}")
    with store.read() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return path


def lay_schema(folder: Path) -> None:
    """An empty, migrated SQLite file where the engine looks for its store, unless there is one."""
    path = folder / "store.sqlite"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_template(), path)


@contextmanager
def fresh_store(folder: Path) -> Iterator[Store]:
    """An empty, migrated store in ``folder``."""
    path = folder / "store.sqlite"
    shutil.copyfile(_template(), path)
    store = Store(f"sqlite:///{path}")
    try:
        yield store
    finally:
        store.close()


@contextmanager
def passing_store() -> Iterator[Store]:
    """An empty store in a folder of its own, gone afterwards; for one example of a property."""
    with tempfile.TemporaryDirectory(prefix="gtm-store-") as folder, fresh_store(Path(folder)) as store:
        yield store


def put(store: Store, table: sa.Table, *rows: dict[str, Any]) -> None:
    """Insert or overwrite rows."""
    with store.write() as connection:
        for row in rows:
            upsert(connection, table, [row])


def rows_of(store: Store, table: sa.Table, *order: str) -> list[dict[str, Any]]:
    """Everything in a table, ordered by the named columns or its primary key."""
    with store.read() as connection:
        columns = [table.c[name] for name in order] or list(table.primary_key)
        return [dict(row) for row in connection.execute(sa.select(table).order_by(*columns)).mappings()]


def vertical_row(key: str, **changed: Any) -> dict[str, Any]:
    """A row of ``verticals``."""
    now = utc_now()
    return {
        "key": key,
        "name": key.capitalize(),
        "notion_page_id": f"page-{key}",
        "notion_url": f"https://notion.example/{key}",
        "active": True,
        "row_hash": "h",
        "changed_at": now,
        "seen_at": now,
        "definition": f"Unternehmen der Branche {key}",
        "pains": ["Fachkräftemangel"],
        "gains": ["Termintreue"],
        "products": {"Operativ": "Transportroboter", "Infrastruktur": "Reinigungsroboter"},
        "ops_focus": "Operativ",
        "refs": [{"company": "Musterlager AG", "achievement": "Suchzeiten um 30 % gesenkt", "source": "Musterdaten"}],
        "crm_item_id": {"maschinenbau": 1, "logistik": 2}.get(key),
        **changed,
    }


def persona_row(key: str, titles: Sequence[str] = ("Produktionsleiter",), **changed: Any) -> dict[str, Any]:
    """A row of ``personas``."""
    now = utc_now()
    return {
        "key": key,
        "name": key.capitalize(),
        "notion_page_id": f"page-{key}",
        "notion_url": f"https://notion.example/{key}",
        "active": True,
        "row_hash": "h",
        "changed_at": now,
        "seen_at": now,
        "pains": ["schwankende Taktzeiten"],
        "gains": ["stabile Auslastung"],
        "job_titles": list(titles),
        **changed,
    }


def campaign_row(key: str, **changed: Any) -> dict[str, Any]:
    """A row of ``campaigns``."""
    now = utc_now()
    return {
        "key": key,
        "name": key.replace("-", " ").capitalize(),
        "notion_page_id": f"page-{key}",
        "notion_url": f"https://notion.example/{key}",
        "active": True,
        "row_hash": "h",
        "changed_at": now,
        "seen_at": now,
        "tag": key.replace("-", " ").capitalize(),
        "brief": "Einladung an unseren Messestand.",
        **changed,
    }


def account_row(contact_id: int, **changed: Any) -> dict[str, Any]:
    """A row of ``accounts``."""
    return {
        "contact_id": contact_id,
        "name": f"Muster {contact_id} GmbH",
        "url": f"https://muster{contact_id}.example",
        "org_nr": "",
        "postal_city": "",
        "street_city": "",
        "country": "Germany",
        "stop": False,
        "fields": {},
        "crm_updated_at": utc_now(),
        "read_at": utc_now(),
        "gone_at": None,
        **changed,
    }


def person_row(person_id: int, contact_id: int, **changed: Any) -> dict[str, Any]:
    """A row of ``persons``."""
    return {
        "person_id": person_id,
        "contact_id": contact_id,
        "firstname": "Maxi",
        "lastname": f"Muster{person_id}",
        "mrmrs": "",
        "title": "",
        "position": "",
        "job_title": "",
        "email": "",
        "campaign": "",
        "no_mailing": False,
        "retired": False,
        "is_associate": None,
        "fields": {},
        "crm_updated_at": utc_now(),
        "read_at": utc_now(),
        "gone_at": None,
        "persona_key": None,
        "persona_reason": "",
        "persona_inputs_hash": "",
        **changed,
    }


def profile_row(contact_id: int, vertical_key: str | None = "maschinenbau", **changed: Any) -> dict[str, Any]:
    """A row of ``profiles``."""
    return {
        "contact_id": contact_id,
        "vertical_key": vertical_key,
        "vertical_source": "model" if vertical_key else "unknown",
        "vertical_reason": "" if vertical_key else "the website does not say which vertical the company belongs to",
        "model_vertical_key": vertical_key,
        "evidence": [],
        "ops_focus": "Operativ",
        "summary": "Dreht und fräst Präzisionsteile in Serie.",
        "city": "Musterstadt",
        "vat_number": None,
        "inputs_hash": "h",
        "updated_at": utc_now(),
        **changed,
    }


def website_row(contact_id: int, **changed: Any) -> dict[str, Any]:
    """A row of ``websites``."""
    return {
        "contact_id": contact_id,
        "url": f"https://muster{contact_id}.example",
        "final_url": f"https://muster{contact_id}.example/",
        "outcome": "ok",
        "reason": "",
        "title": "Muster",
        "text": "Wir fertigen Drehteile in Serie.",
        "imprint_url": "",
        "imprint_text": "",
        "content_hash": "h",
        "fetched_at": utc_now(),
        **changed,
    }


def written_row(entity: str, entity_id: int, field: str, value: str, **changed: Any) -> dict[str, Any]:
    """A row of ``written_values``."""
    return {
        "entity": entity,
        "entity_id": entity_id,
        "field": field,
        "value": value,
        "block_id": None,
        "ledger_id": 1,
        "confirmed_at": utc_now(),
        **changed,
    }


__all__ = ["fresh_store", "passing_store", "put", "rows_of", "schema"]
