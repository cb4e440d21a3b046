"""What is proven about a tenant's preconditions, and the operations that rest on it: a PATCH that refuses itself where somebody was faster.

Levels: **A** a ``test`` on a user-defined field is refused (409) where it does not hold; **B** If-Unmodified-Since refuses (412) after an
edit; **C** neither is proven. Beside the level, a probe proves which other properties may be tested: then a request also refuses itself
where the person objected, left, or is a user of the CRM (``marks``), or where somebody edited the address or the position that it carries
(``address``, ``position``). At level A with proven marks no record has to be read before its PATCH. Pure, but for :func:`load_guarding`.

What belongs elsewhere: finding it out (``gtm_assets.doctor.probe``), the operations that change something (``operations``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from gtm_assets.crm.fields import Entity
from gtm_assets.writeback.suppression import MARKS
from resources.store.store import get_cursor, set_cursor

GUARD = "writeback.guard"
Guard = Literal["A", "B", "C"]
#: Properties beside user-defined fields and ``OrgNr`` that a ``test`` was proven on.
Testable = Literal["marks", "address", "position"]
TESTABLE: tuple[Testable, ...] = ("marks", "address", "position")
#: What may be proven beside the level; ``since``: If-Unmodified-Since refuses after an edit, also where the level is A.
Proven = Literal["marks", "address", "position", "since"]
PROVEN: tuple[Proven, ...] = (*TESTABLE, "since")


@dataclass(frozen=True)
class Guarding:
    """The level, and what else is proven. Nothing is before the first probe."""

    level: Guard = "C"
    tests: frozenset[Proven] = frozenset()

    def __str__(self) -> str:
        return "+".join((self.level, *sorted(self.tests)))

    def without_reading(self, properties: frozenset[Testable]) -> bool:
        """Whether a PATCH that also rests on these needs no reading just before it."""
        return self.level == "A" and {"marks", *properties} <= self.tests

    def by_time(self, properties: frozenset[Testable]) -> bool:
        """Whether a PATCH that also rests on these goes with If-Unmodified-Since: at level B, and where they can't be tested."""
        return self.level == "B" or ("since" in self.tests and not properties <= self.tests)


def load_guarding(connection: sa.Connection) -> Guarding:
    """What is proven about this tenant; what an older probe did not ask is not proven."""
    stored = get_cursor(connection, GUARD)
    if not stored:
        return Guarding()
    proven = stored.get("tests") or ()
    return Guarding(stored["level"], frozenset(name for name in PROVEN if name in proven))


def keep_guarding(connection: sa.Connection, guarding: Guarding, proof: Mapping[str, Any]) -> None:
    """Remember what a probe has proven, and by what (its time, the tenant, the record)."""
    set_cursor(connection, GUARD, {"level": guarding.level, "tests": sorted(guarding.tests), **proof})


def test(path: str, value: Any) -> dict[str, Any]:
    """One precondition of JSON Patch."""
    return {"op": "test", "path": path, "value": value}


def test_marks(entity: Entity) -> list[dict[str, Any]]:
    """That nothing stands against writing to the record."""
    return [test(f"/{name}", mark.clear) for name, mark in MARKS[entity].items()]


def test_position(position: Mapping[str, Any] | None) -> dict[str, Any]:
    """That a person's position is as it was. One capture shows none as id 0; that it may be absent as a whole is not ruled out [?]."""
    return test("/Position", None) if position is None else test("/Position/Id", position.get("Id") or 0)


def test_block(name: str, block: Mapping[str, Any] | None, parts: Sequence[str]) -> list[dict[str, Any]]:
    """That an address block is as it was: part by part, because the computed ones move by themselves; a missing one as a whole."""
    path = f"/Address/{name}"
    if block is None:
        return [test(path, None)]
    return [test(f"{path}/{part}", block[part]) for part in parts if part in block]
