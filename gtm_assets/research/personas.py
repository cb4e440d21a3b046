"""Who a person is to marketing: decided from the title fields, again whenever a name, a title or a persona changed.

What belongs elsewhere: how a title is read (``job_titles``) and matched (``persona_matching``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gtm_assets.knowledge.rows import Persona
from gtm_assets.knowledge.sync import load_personas
from gtm_assets.research.persona_matching import PersonaProfile, decide_persona
from gtm_assets.research.position_field import own_positions, position_evidence
from resources.store import queue, schema
from resources.store.store import Store, chunked, get_cursor, set_cursor, stable_hash

#: Raise it when the matching changes in a way that should re-decide everybody.
MATCHING_VERSION = "1"
#: The personas that everybody was decided by.
DECIDED = "personas.decided"


@dataclass(frozen=True)
class PersonaChange:
    """A person whose persona is another one now; None is the state *unknown*."""

    person_id: int
    contact_id: int
    before: str | None
    after: str | None


def decide_for_accounts(store: Store, contact_ids: Iterable[int]) -> list[PersonaChange]:
    """Decide the persona of every living person of these accounts where an input changed."""
    changes: list[PersonaChange] = []
    for piece in chunked(sorted(set(contact_ids))):
        with store.write() as connection:
            query = sa.select(schema.persons).where(
                schema.persons.c.contact_id.in_(piece), schema.persons.c.gone_at.is_(None)
            )
            changes += _decide(
                connection, load_personas(connection), [dict(row) for row in connection.execute(query).mappings()]
            )
    return changes


def are_stale(connection: sa.Connection) -> bool:
    """Whether the personas changed since everybody was decided."""
    decided = get_cursor(connection, DECIDED)
    if decided is None:
        return connection.execute(sa.select(schema.persons.c.person_id).limit(1)).first() is not None
    return bool(decided != _catalogue(load_personas(connection)))


def decide_if_stale(store: Store) -> list[PersonaChange]:
    """Decide everybody again where the personas changed; a row in the store says so, not the run that read them."""
    with store.read() as connection:
        stale = are_stale(connection)
        catalogue = _catalogue(load_personas(connection))
    changes = decide_for_all(store) if stale else []
    with store.write() as connection:
        set_cursor(connection, DECIDED, catalogue)
    return changes


def decide_for_all(store: Store) -> list[PersonaChange]:
    """After personas changed: decide everybody again and put the accounts of those who changed on the queue."""
    changes: list[PersonaChange] = []
    after = 0
    while True:
        with store.write() as connection:
            query = (
                sa.select(schema.persons)
                .where(schema.persons.c.person_id > after, schema.persons.c.gone_at.is_(None))
                .order_by(schema.persons.c.person_id)
                .limit(2000)
            )
            rows = [dict(row) for row in connection.execute(query).mappings()]
            if not rows:
                return changes
            after = rows[-1]["person_id"]
            changed = _decide(connection, load_personas(connection), rows)
            queue.mark_due(connection, {c.contact_id for c in changed}, trigger="personas changed", priority=1)
            changes += changed


def _catalogue(personas: Mapping[str, Persona]) -> str:
    return stable_hash([MATCHING_VERSION, [[p.key, p.name, list(p.job_titles)] for p in personas.values()]])


def _decide(
    connection: sa.Connection, personas: Mapping[str, Persona], rows: Iterable[Mapping[str, Any]]
) -> list[PersonaChange]:
    profiles = tuple(PersonaProfile(p.key, p.name, p.job_titles) for p in personas.values())
    catalogue = _catalogue(personas)
    changes = []
    people = list(rows)
    own = own_positions(connection, [row["person_id"] for row in people])
    for row in people:
        position = position_evidence(row, own.get(row["person_id"]))
        inputs_hash = stable_hash(
            [catalogue, row["firstname"], row["lastname"], row["title"], position, row["job_title"]]
        )
        if row["persona_inputs_hash"] == inputs_hash:
            continue
        decision = decide_persona(title=row["title"], position=position, job_title=row["job_title"], personas=profiles)
        connection.execute(
            sa.update(schema.persons)
            .where(schema.persons.c.person_id == row["person_id"])
            .values(persona_key=decision.persona_key, persona_reason=decision.reason, persona_inputs_hash=inputs_hash)
        )
        if decision.persona_key != row["persona_key"]:
            changes.append(PersonaChange(row["person_id"], row["contact_id"], row["persona_key"], decision.persona_key))
    return changes
