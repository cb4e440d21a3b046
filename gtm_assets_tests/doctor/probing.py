"""A stage for probes: an engine beside a sandbox, a session on it that does not wait, and what it left behind.

The session's client can be stopped at any PATCH, as Ctrl-C or ``kill -9`` would. What belongs elsewhere: assertions (the tests).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import sqlalchemy as sa

from gtm_assets.doctor.probe import keeping
from gtm_assets.doctor.probe.restoring import Restored
from gtm_assets.doctor.probe.session import PairedLimiter, Session
from gtm_assets.tenancy import bind_store
from gtm_assets.writeback import ledger
from gtm_assets.writeback.guards import Guarding, load_guarding
from gtm_assets_tests.path.harness import Engine
from resources.store import schema
from resources.superoffice.limits import Unlimited

#: A person of the samples who has a field of her own ("Segeln") beside the engine's.
SAILOR = 7
HOBBY = "SuperOffice:5"
SUBJECT = "SuperOffice:19"

Moment = Literal["before", "after"]


@dataclass
class Trap:
    """What happens at the n-th PATCH to a person, before it is sent or after it was answered."""

    at: int = 0
    moment: Moment = "before"
    does: Callable[[], None] = lambda: None
    seen: int = 0


@dataclass
class Stage:
    """One tenant and one engine."""

    engine: Engine
    trap: Trap = field(default_factory=Trap)
    _sessions: list[Session] = field(default_factory=list)

    def close(self) -> None:
        """Close every session's connections."""
        for session in self._sessions:
            session.crm.close()

    def session(self) -> Session:
        """A session as ``gtm doctor --probe`` opens it, without the vendor's pace and without waiting."""
        bind_store(self.engine.store, self.engine.settings)
        crm = self.engine._crm()
        send = crm.patch

        def patch(entity: Any, entity_id: int, *arguments: Any, **options: Any) -> dict[str, Any]:
            mine = entity == "Person"
            self.trap.seen += mine
            here = mine and self.trap.seen == self.trap.at
            if here and self.trap.moment == "before":
                self.trap.does()
            try:
                return send(entity, entity_id, *arguments, **options)
            finally:
                if here and self.trap.moment == "after":
                    self.trap.does()

        crm.patch = patch  # type: ignore[method-assign]
        pairs = PairedLimiter(Unlimited())
        self._sessions.append(Session(self.engine.settings, self.engine.store, crm, pairs, sleep=lambda _: None))
        return self._sessions[-1]

    def probe(self, person_id: int = SAILOR) -> tuple[dict[str, Any], Restored]:
        """One whole probe."""
        session = self.session()
        return session.probe(session.subject(person_id))

    def answers(self, result: Mapping[str, Any], beginning: str) -> list[str]:
        """Answers to the questions that begin so."""
        return [a["answer"] for a in result["answers"] if a["question"].startswith(beginning)]

    def fields(self, person_id: int = SAILOR) -> dict[str, Any]:
        """What stands in a person's user-defined fields, by the sandbox's own books."""
        return dict(self.engine.person(person_id).fields)

    def left_in_store(self) -> dict[str, Any]:
        """What a finished probe must not leave: a note, a suppression, an open intent."""
        with self.engine.store.read() as connection:
            intents = schema.ledger.c.status.in_(ledger.OPEN)
            return {
                "note": keeping.load_open_note(connection),
                "suppressions": list(connection.execute(sa.select(schema.suppressions.c.identifier)).scalars()),
                "open intents": connection.execute(sa.select(sa.func.count()).where(intents)).scalar_one(),
            }

    def guard(self) -> str:
        """The level that the engine uses."""
        return self.guarding().level

    def guarding(self) -> Guarding:
        """All that the engine takes for proven."""
        with self.engine.store.read() as connection:
            return load_guarding(connection)


NOTHING_LEFT = {"note": None, "suppressions": [], "open intents": 0}
