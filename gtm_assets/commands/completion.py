"""Values for the shell's completion: campaigns, verticals, accounts, persons, texts that wait, phases; from the store, and quickly.

Pressing TAB never creates or migrates a store, asks no outside system, and says nothing where something is missing. What is offered can
be pasted into a shell unquoted: ids and keys; the parts of a cell's key are joined by ``/`` (`gtm review` takes both), because ``|`` is a
pipe, and the words of a phase by ``-``. What belongs elsewhere: installing it (``gtm --install-completion`` is Typer's own).
"""

from __future__ import annotations

import re
import sqlite3
import warnings
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import typer

#: A value, and what it means (shells that show explanations show it).
Completion = tuple[str, str]
#: More than anybody reads; the next letter narrows it.
_AT_MOST = 60
#: Seconds that a locked or distant database may take.
_PATIENCE = 2
_SAFE_VALUE = re.compile(r"[\w./@:+-]+")
#: Explanations come from the CRM and from Notion, and shells evaluate what a completion prints.
_UNSAFE = re.compile(r"[^\w .,&/+-]")
# Not LIKE: what was typed may hold its wildcards.
_CAMPAIGNS = (
    "SELECT key, tag FROM campaigns WHERE active AND substr(key, 1, length(:start)) = :start ORDER BY key LIMIT :most"
)
_VERTICALS = (
    "SELECT key, name FROM verticals WHERE active AND substr(key, 1, length(:start)) = :start ORDER BY key LIMIT :most"
)
_ACCOUNTS = (
    "SELECT contact_id, name FROM accounts WHERE gone_at IS NULL AND "
    "substr(CAST(contact_id AS TEXT), 1, length(:start)) = :start ORDER BY contact_id LIMIT :most"
)
_PERSONS = (
    "SELECT p.person_id, p.firstname || ' ' || p.lastname || ', ' || coalesce(a.name, '') FROM persons p "
    "LEFT JOIN accounts a ON a.contact_id = p.contact_id WHERE p.gone_at IS NULL AND "
    "substr(CAST(p.person_id AS TEXT), 1, length(:start)) = :start ORDER BY p.person_id LIMIT :most"
)
# The same as texts.blocks.waiting, by hand because SQLAlchemy is not imported here.
_WAITING = (
    "SELECT b.key, b.key FROM text_blocks b WHERE b.kind = :kind AND b.current AND b.passed AND NOT EXISTS "
    "(SELECT 1 FROM reviews r WHERE r.block_id = b.id AND r.content_hash = b.content_hash) "
    "AND substr(b.key, 1, length(:start)) = :start ORDER BY b.key LIMIT :most"
)
_CURRENT = (
    "SELECT key, key FROM text_blocks WHERE kind = :kind AND current AND substr(key, 1, length(:start)) = :start "
    "ORDER BY key LIMIT :most"
)
# Rows that are not active too: they still have carriers.
_ROWS = (
    "SELECT place, name FROM (SELECT 'vertical/' || key AS place, name FROM verticals "
    "UNION ALL SELECT 'persona/' || key, name FROM personas UNION ALL SELECT 'campaign/' || key, name FROM campaigns) known "
    "WHERE substr(place, 1, length(:start)) = :start ORDER BY place LIMIT :most"
)
_PHASES = "SELECT DISTINCT phase, '' FROM sync_state WHERE substr(phase, 1, length(:start)) = :start ORDER BY phase LIMIT :most"


def complete_campaign(incomplete: str) -> list[Completion]:
    """Keys of active campaigns, and ``standard``; commands take a key like the tag."""
    found = _from_store(_CAMPAIGNS, incomplete)
    if found and "standard".startswith(incomplete):
        found.append(("standard", "the texts without a campaign"))
    return found


def complete_vertical(incomplete: str) -> list[Completion]:
    """Keys of active verticals."""
    return _from_store(_VERTICALS, incomplete)


def complete_account(incomplete: str) -> list[Completion]:
    """Contact ids of living accounts."""
    return _from_store(_ACCOUNTS, incomplete)


def complete_person(incomplete: str) -> list[Completion]:
    """Ids of living persons."""
    return _from_store(_PERSONS, incomplete)


def complete_row(incomplete: str) -> list[Completion]:
    """Rows of Notion such as ``vertical/maschinenbau``."""
    return _from_store(_ROWS, incomplete)


def complete_phase(incomplete: str) -> list[Completion]:
    """Phases that accounts are in, such as ``waiting-for-review``."""
    found = _from_store(_PHASES, incomplete.replace("-", " "))
    return [(phase.replace(" ", "-"), meaning) for phase, meaning in found]


def complete_waiting(context: typer.Context, incomplete: str) -> list[Completion]:
    """Keys of texts that wait for a verdict, of the kind that ``--kind`` names."""
    return _keys(_WAITING, context, incomplete)


def complete_text(context: typer.Context, incomplete: str) -> list[Completion]:
    """Keys of all current texts, of the kind that ``--kind`` names."""
    return _keys(_CURRENT, context, incomplete)


def _keys(query: str, context: typer.Context, incomplete: str) -> list[Completion]:
    kind = context.params.get("kind") or "cell"
    named = {str(key).replace("/", "|") for key in context.params.get("keys") or ()}
    found = _from_store(query, incomplete.replace("/", "|"), kind=kind)
    return [(key.replace("|", "/"), "") for key, _ in found if key not in named]


def _from_store(query: str, start: str, **values: str) -> list[Completion]:
    """Rows of two columns, as far as they are harmless; nothing where there is no store, or an older or busy one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            rows = list(_rows(_database_url(), query, {"start": start, "most": _AT_MOST, **values}))
    except Exception:  # noqa: BLE001 - whoever presses TAB wants values or nothing, never a trace in the middle of a line
        return []
    return [(str(value), _harmless(str(meaning or ""))) for value, meaning in rows if _is_safe(str(value))]


def _database_url() -> str:
    from gtm_assets.sandbox_mode import adopt_sandbox
    from gtm_assets.settings import load_settings

    adopt_sandbox()
    return load_settings().database_url


def _rows(url: str, query: str, values: dict[str, Any]) -> Iterable[tuple[Any, Any]]:
    if url.startswith("sqlite:///"):
        # By hand and not through SQLAlchemy: its import alone takes longer than all the rest.
        path = Path(url.removeprefix("sqlite:///").partition("?")[0])
        if not path.is_file():
            return []
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=_PATIENCE)) as connection:
            return connection.execute(query, values).fetchall()
    import sqlalchemy as sa

    address = sa.make_url(url).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(address, connect_args={"connect_timeout": _PATIENCE})
    with engine.connect() as remote:
        return [(row[0], row[1]) for row in remote.execute(sa.text(query), values)]


def _is_safe(value: str) -> bool:
    return _SAFE_VALUE.fullmatch(value.replace("|", "/").replace(" ", "-")) is not None


def _harmless(meaning: str) -> str:
    return " ".join(_UNSAFE.sub(" ", meaning).split())
