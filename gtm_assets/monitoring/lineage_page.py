"""From a row of Notion to everybody who carries its words: its texts by version, and the persons and companies of each.

Which row is meant is found in the store (:func:`find_page`), also for a row that is not active any more; the rest is one DuckDB query.
Texts of before row versions were kept with them are counted apart: which rows they rest on is unknown. What belongs elsewhere: from a
person back to the rows (``lineage``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import sqlalchemy as sa

from gtm_assets.knowledge.fields import slug
from gtm_assets.knowledge.sync import DATABASES, TABLES, KnowledgeDatabase
from gtm_assets.monitoring.lineage import verdict_state
from gtm_assets.monitoring.lineage_models import Carriers, Page, PageLineage, PageText, UnknownLineageError
from gtm_assets.texts.carriers import STANDS
from resources.analytics.engine import Analytics
from resources.store import schema

#: What a database may be called before the slash.
_NAMES: Mapping[str, KnowledgeDatabase] = {name: each for each in DATABASES for name in (each, each.removesuffix("s"))}
_ID = re.compile(r"[0-9a-f]{32}")
_ID_AT_END = re.compile(r"[0-9a-f]{32}$")
#: Keys that an error names of each database.
_SHOWN = 20

# Plain SQL of both databases; the texts are chosen before their carriers are looked up, each by its index. A field that says in the newest
# version what it said before is not written again: its words rest on the newest version's rows too.
_TEXTS = f"""
WITH made AS MATERIALIZED (
  SELECT s.block_id, s.row_hash, b.kind, b.key, b.version,
         CASE WHEN b.current THEN 1 ELSE 0 END AS newest, CASE WHEN b.passed THEN 1 ELSE 0 END AS passed,
         (SELECT r.verdict FROM reviews r WHERE r.block_id = b.id AND r.content_hash = b.content_hash
          ORDER BY r.id DESC LIMIT 1) AS verdict
  FROM block_sources s JOIN text_blocks b ON b.id = s.block_id
  WHERE s.source = '$source' AND s.key = '$key'
)
SELECT made.block_id, made.row_hash, made.kind, made.key, made.version, made.newest, made.passed, made.verdict,
       w.entity, w.entity_id, w.field,
       CASE WHEN made.newest = 1 THEN made.row_hash
            WHEN w.value = (SELECT n.content ->> w.field FROM text_blocks n WHERE n.kind = made.kind AND n.key = made.key AND n.current)
            THEN coalesce((SELECT s.row_hash FROM block_sources s JOIN text_blocks n ON n.id = s.block_id
                           WHERE n.kind = made.kind AND n.key = made.key AND n.current AND s.source = '$source' AND s.key = '$key'),
                          made.row_hash)
            ELSE made.row_hash END AS words_hash
FROM made LEFT JOIN written_values w ON w.block_id = made.block_id AND {STANDS}"""  # noqa: S608
_UNKNOWN = f"""
WITH b AS MATERIALIZED (
  SELECT t.id FROM text_blocks t WHERE NOT EXISTS (SELECT 1 FROM block_sources s WHERE s.block_id = t.id)
)
SELECT count(DISTINCT b.id) AS texts,
       count(DISTINCT CASE WHEN w.entity = 'Person' THEN w.entity_id END) AS persons,
       count(DISTINCT CASE WHEN w.entity = 'Contact' THEN w.entity_id END) AS companies
FROM b LEFT JOIN written_values w ON w.block_id = b.id AND {STANDS}"""  # noqa: S608
# One row for each text and each set of fields of it that somebody carries; always one, so that the texts of before come along.
_QUERY = """
WITH carried AS (
  SELECT * EXCLUDE (field), list(field ORDER BY field) FILTER (field IS NOT NULL) AS fields FROM $texts GROUP BY ALL
), texts AS (
  SELECT * EXCLUDE (entity_id), list(entity_id::INTEGER ORDER BY entity_id::INTEGER) FILTER (entity_id IS NOT NULL) AS ids
  FROM carried GROUP BY ALL
)
SELECT u.texts::INTEGER, u.persons::INTEGER, u.companies::INTEGER,
       t.block_id::INTEGER, t.row_hash, t.kind, t.key, t.version::INTEGER, t.newest::BOOLEAN, t.passed::BOOLEAN, t.verdict,
       t.entity, t.fields, t.ids, t.words_hash
FROM $unknown u LEFT JOIN texts t ON true
ORDER BY t.kind, t.key, t.version DESC, t.entity, t.fields"""


def find_page(connection: sa.Connection, asked: str) -> Page:
    """The row that somebody means by a page id (with or without dashes), a page's URL, or ``vertical/maschinenbau``.

    Raises:
        UnknownLineageError: There is no such row; the message says which there are.
    """
    rows = [
        Page(database, row.key, row.name, row.notion_page_id, row.notion_url, row.row_hash, row.active, row.changed_at)
        for database in DATABASES
        for row in connection.execute(sa.select(TABLES[database]).order_by(TABLES[database].c.key))
    ]
    found = _named(rows, asked.strip()) or _of_page(connection, rows, asked)
    if found is None:
        raise UnknownLineageError(_unknown(rows, asked))
    return found


def page_ids(asked: str) -> list[str]:
    """What may be the page's id in a text that somebody pasted, without dashes, the likeliest first.

    A link to a page that is open beside its database names the page in ``p``; otherwise the id ends the path, behind the title.
    """
    text = asked.strip()
    place = urlsplit(text)
    named = [*parse_qs(place.query).get("p", ()), place.path.rstrip("/").rpartition("/")[2], text]
    bare = [each.replace("-", "").lower() for each in named]
    ids = [found.group() for each in bare if (found := _ID_AT_END.search(each))]
    return list(dict.fromkeys([*ids, *bare]))


def _named(rows: Iterable[Page], asked: str) -> Page | None:
    """``database/key``; the key may be typed as the row's name."""
    name, _, key = asked.partition("/")
    database = _NAMES.get(name.strip().lower())
    if database is None:
        return None
    try:
        keys = {key.strip(), slug(key)}
    except ValueError:
        return None
    return next((row for row in rows if row.database == database and row.key in keys), None)


def _of_page(connection: sa.Connection, rows: Iterable[Page], asked: str) -> Page | None:
    """The row of a page; a page whose row has another one by now is found by the texts that were made of it."""
    ids = page_ids(asked)
    of_page = {row.page_id.replace("-", "").lower(): row for row in rows}
    if found := next((of_page[each] for each in ids if each in of_page), None):
        return found
    table = schema.block_sources
    dashed = [f"{i[:8]}-{i[8:12]}-{i[12:16]}-{i[16:20]}-{i[20:]}" for i in ids if _ID.fullmatch(i)]
    query = (
        sa.select(table.c.source, table.c.key)
        .where(table.c.notion_page_id.in_([asked.strip(), *ids, *dashed]))
        .limit(1)
    )
    made = connection.execute(query).first()
    return next((row for row in rows if made and (row.database, row.key) == (made.source, made.key)), None)


def _unknown(rows: list[Page], asked: str) -> str:
    if not rows:
        return "Nothing was read from Notion yet. `gtm once` reads verticals, personas and campaigns."
    known = "; ".join(f"{database}: {_listed(rows, database)}" for database in DATABASES)
    return (
        f"No row of Notion that the engine read is meant by '{asked}'. Name a page's id, its URL, or database and key, such as "
        f"vertical/{next((row.key for row in rows if row.database == 'verticals'), 'maschinenbau')}. There are {known}. "
        "A page that was made just now is read by `gtm once`."
    )


def _listed(rows: Iterable[Page], database: KnowledgeDatabase) -> str:
    keys = [row.key for row in rows if row.database == database]
    more = f" and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else ""
    return (", ".join(keys[:_SHOWN]) or "none") + more


def load_page(analytics: Analytics, page: Page) -> PageLineage:
    """The texts that were made of a row, and who carries which of them in the CRM now."""
    key = page.key.replace("'", "''")
    texts = analytics.in_store(_TEXTS.replace("$source", page.database).replace("$key", key))
    rows = analytics.rows(_QUERY.replace("$texts", texts).replace("$unknown", analytics.in_store(_UNKNOWN)))
    unknown_texts, unknown_persons, unknown_companies = rows[0][:3]
    return PageLineage(
        page=page,
        texts=tuple(_texts(row[3:] for row in rows if row[3] is not None)),
        unknown_texts=unknown_texts,
        unknown_persons=unknown_persons,
        unknown_companies=unknown_companies,
    )


def _texts(rows: Iterable[tuple[Any, ...]]) -> list[PageText]:
    found: dict[int, PageText] = {}
    for block_id, row_hash, kind, key, version, newest, passed, verdict, entity, fields, ids, words in rows:
        known = found.get(block_id)
        carriers = () if entity is None else (Carriers(entity, tuple(fields), tuple(ids), words),)
        before = known.carriers if known is not None else ()
        state = verdict_state(passed, verdict)
        found[block_id] = PageText(block_id, kind, key, version, newest, state, row_hash, (*before, *carriers))
    return list(found.values())
