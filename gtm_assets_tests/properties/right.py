"""What is right in the town, told from what people entered: who carries which texts, and that nothing is left half done.

It asks the CRM's records and the texts of the first morning, never the engine's plans. What belongs elsewhere: the stories (properties).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping

from gtm_assets.writeback.ledger import OPEN
from gtm_assets.writeback.targets import TEXT_FIELDS
from gtm_assets_tests.properties.town import POSITIONS, TITLES, VERTICALS, Town
from resources.store import schema
from sandbox.superoffice.records import PersonRecord

#: What a human chose: (person, role, or ``position``) to the text.
OwnTexts = Mapping[tuple[int, str], str]
ROLES = (*TEXT_FIELDS, "position")
NOTHING = dict.fromkeys(ROLES, "")


def _right(town: Town, person: PersonRecord, own: OwnTexts) -> dict[str, str]:
    """What a living person carries in the end."""
    persona = TITLES[person.title]
    vertical = VERTICALS[town.engine.profile(person.contact_id)["vertical"]]
    known = NOTHING if persona is None else {**town.cells[f"{persona}|{vertical}"], "position": POSITIONS[persona]}
    return {role: own.get((person.id, role)) or str(known[role]) for role in ROLES}


def assert_everybody_carries_what_is_right(
    town: Town, own: OwnTexts | None = None, or_else: OwnTexts | None = None
) -> None:
    """Of all who live; nobody changes what stands with the dead. ``or_else`` is what may stand there instead."""
    for person in town.crm.persons.rows().values():
        if person.deleted or not town.is_alive("Contact", person.contact_id):
            continue
        right, carried = _right(town, person, own or {}), town.carries(person)
        allowed = {role for role in ROLES if or_else and carried[role] == or_else.get((person.id, role))}
        if town.guarding.level == "A" and not {"since", "position"} & town.guarding.tests:
            # Nothing protects it there, so it is left out.
            allowed.add("position")
        assert carried == right | {role: carried[role] for role in allowed}, f"person {person.id} ({person.title})"


def assert_nothing_is_left_half_done(town: Town) -> None:
    """No open intent, no lease, nobody due or failed."""
    assert [row["id"] for row in town.rows(schema.ledger, schema.ledger.c.status.in_(OPEN))] == []
    for row in town.rows(schema.sync_state):
        stands = (row["contact_id"], row["phase"], row["due_at"], row["lease_owner"])
        assert stands[2:] == (None, None), stands
        assert row["phase"] in {"completed", "skipped"}, (*stands, row["reason"])


def assert_nothing_is_written_twice(town: Town) -> None:
    """No request that changes a record in one and the same way was answered twice with 200."""
    changes = Counter(
        (entry.path, json.dumps([each for each in entry.body if each["op"] != "test"], sort_keys=True))
        for entry in town.patches()
        if entry.status == 200
    )
    assert [change for change, times in changes.items() if times > 1] == []


def assert_it_rests(town: Town) -> None:
    """One more pass, with and without reading everything, asks the model nothing and writes nothing."""
    town.world.journal.clear()
    for full_sweep in (False, True):
        done = town.work(full_sweep=full_sweep)
        assert (done.error, done.phases) == (None, {})
    assert town.patches() == []
    assert town.world.journal.entries(system="gemini") == []
