"""A small town for properties: two companies, four persons, every text written; each story begins with the same one.

Building it takes seconds, beginning anew milliseconds: the store's file and the CRM's records are put back. Humans act past the API, as
the vendor's own screens do. What belongs elsewhere: the line to the CRM (``line``), assertions (the properties).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from gtm_assets import batch, clients
from gtm_assets.batch import Tenant, Tools
from gtm_assets.batch.due import anything_due
from gtm_assets.crm import lagging, restored
from gtm_assets.crm.fields import FieldMapError
from gtm_assets.research.asking import terms_of
from gtm_assets.writeback.guards import TESTABLE, Guarding, keep_guarding
from gtm_assets.writeback.targets import TEXT_FIELDS
from gtm_assets_tests.path.harness import COMPANY_FIELDS, PERSON_FIELDS, Engine, Entity
from gtm_assets_tests.properties.fate import Fate, living
from gtm_assets_tests.properties.line import CrmClock, Line, Moment
from gtm_assets_tests.properties.mornings import Morning, Mornings
from gtm_assets_tests.properties.passes import Pass
from resources.errors import OutsideError
from resources.store import queue, schema
from resources.store.store import get_cursor, set_cursor
from resources.superoffice.client import SuperOfficeClient
from sandbox.journal import Entry
from sandbox.superoffice import people
from sandbox.superoffice.api import view_of
from sandbox.superoffice.carriers import API_USER, HUMAN
from sandbox.superoffice.records import CompanyRecord, PersonRecord

FACTORY, CLINIC = 1, 2
PERSONS = (1, 2, 3, 4)
#: Titles, and the persona each means; None: no texts.
TITLES: Mapping[str, str | None] = {
    "Geschäftsführer": "geschaeftsfuehrung",
    "Leiter Einkauf": "einkauf",
    "Werkleiter": "produktion",
    "xyz": None,
}
#: The position that stands for each persona.
POSITIONS = {"geschaeftsfuehrung": "Geschäftsführer", "einkauf": "Einkaufsleiter", "produktion": "Produktionsleiter"}
VERTICALS = {"Maschinenbau": "maschinenbau", "Gesundheitswesen": "healthcare"}
#: So far behind everybody else's clock that no story catches up with it.
_BEHIND = timedelta(hours=6)
#: Positions that say nothing about a persona, so that they change no text.
OTHER_POSITIONS = ("Marketing", "IT-Leiter")
#: What a human may choose for a person, by the role that the engine has for it.
OWN = {PERSON_FIELDS["intro"]: "intro", "Position": "position"}
BY = {"human": HUMAN, "engine": API_USER}


#: What may be proven about a tenant, from nothing to everything; at A and B with all that guards what is written.
GUARDINGS = (
    Guarding(),
    Guarding("B", frozenset({"address"})),
    Guarding("A", frozenset({"since", "address"})),
    Guarding("A", frozenset(TESTABLE)),
)


class Town:
    """See the module.

    Args:
        folder: For the store and its copies.
    """

    def __init__(self, folder: Path) -> None:
        self.clock = CrmClock(datetime.now(UTC).replace(microsecond=0) - _BEHIND)
        self.engine = Engine(
            folder / "state", companies=1, clock=self.clock, SUPEROFFICE_WRITE_POSITION="true"
        ).__enter__()
        self.store, self.world, self.settings = self.engine.store, self.engine.world, self.engine.settings
        self.crm = self.world.crm
        self.line = Line(self.clock)
        self._gemini = clients.open_gemini(self.settings)
        self._website = clients.open_website(self.settings)
        self.mornings = Mornings(self.store, self.world, self.clock)
        self.newcomers = 0
        self.guarding = Guarding()
        self.settle()

    def close(self) -> None:
        """Everything that is open."""
        self.line.hang_up()
        self._gemini.close()
        self._website.close()
        self.engine.__exit__(None, None, None)

    # -- beginning anew ------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Who lives here, the first load up to its plans, then what it writes: two mornings to begin at."""
        self.edit("Person", 1, {"Title": "Geschäftsführer", "SuperOffice:5": "Segeln"})
        self.edit("Person", 2, {"Title": "Werkleiter"})
        self.edit("Person", 3, {"Title": "xyz"})
        view = view_of(self.world, "de")
        clinic = {
            "name": "Klinikum (Musterdaten)",
            "url": self.engine.site("klinikum-auental"),
            "SuperOffice:12": "K-2",
        }
        assert people.create(view, "Contact", clinic).id == CLINIC
        person = {"Lastname": "Muster", "Title": "Leiter Einkauf", "company": str(CLINIC)}
        assert people.create(view, "Person", person).id == PERSONS[-1]
        self.plan_everything()
        done = self.work()
        assert set(done.phases.values()) == {"completed"}, done.reasons
        self.clock.tick(60)
        assert self.work().phases == {}
        self.mornings.keep("written")
        self.cells = {str(row["key"]): row["content"] for row in self.rows(schema.text_blocks) if row["kind"] == "cell"}

    def plan_everything(self) -> None:
        """All texts, all plans, and nothing written."""
        self.clock.tick(60)
        self._allow_writing(False)
        read = self.engine.read_notion()
        with self.tools() as tools:
            self.engine._write_cells(tools, self._gemini, read)
        assert "planned" in self.work().phases.values()
        self.clock.tick(60)
        self._allow_writing(True)
        self.mornings.keep("planned")

    def _allow_writing(self, allowed: bool) -> None:
        self.engine.configure(SUPEROFFICE_ALLOW_LIVE_WRITE=str(allowed).lower())
        self.settings = self.engine.settings

    def anew(self, morning: Morning = "written", guarding: Guarding | None = None) -> None:
        """Begin at that morning; ``guarding`` as if a probe had proven it."""
        self.line.begin()
        self.line.pace = 0.0
        self.newcomers = 0
        self.guarding = guarding or Guarding()
        self.mornings.put_back(morning)
        if guarding is not None:
            with self.store.write() as connection:
                keep_guarding(connection, guarding, {})

    # -- what people do ------------------------------------------------------------------------------------------------

    def edit(self, entity: Entity, entity_id: int, fields: Mapping[str, str], by: str = "human") -> None:
        """Somebody changes a record; ``engine`` is a human who uses the integration's login."""
        people.edit(view_of(self.world, "de"), entity, entity_id, fields, BY[by])

    # -- what the engine does ------------------------------------------------------------------------------------------

    def work(self, *, full_sweep: bool = False, dies_at: int | None = None) -> Pass:
        """One run of the engine. Raises ``Gone`` where it dies on the way."""
        return self.live(Fate(dies_at), full_sweep=full_sweep)

    def live(self, fate: Fate, *, full_sweep: bool = False) -> Pass:
        """The same with a fate that the caller keeps."""
        with living(fate, self.line, self.store):
            return self._run(full_sweep=full_sweep)

    def work_while(self, at: Callable[[Moment], None]) -> Pass:
        """One run of the engine, with something that happens at moments of it."""
        self.line.begin(at)
        try:
            return self._run(full_sweep=False)
        finally:
            self.line.begin()

    def _run(self, *, full_sweep: bool) -> Pass:
        done = Pass()
        crm = self._client()
        tools = self._tools(crm)
        owner = queue.new_owner()
        try:
            tenant = batch.read_tenant(tools)
            batch.find_due(tools, tenant, full_sweep=full_sweep)
            self._work_off(tools, tenant, owner, done)
        except (OutsideError, FieldMapError) as error:
            done.error = error
        finally:
            done.calls = list(self.line.calls)
            crm.close()
        return done

    def _work_off(self, tools: Tools, tenant: Tenant, owner: str, done: Pass) -> None:
        try:
            batch.work_off(tools, tenant, done.result, owner=owner)
        finally:
            queue.release(self.store, owner)

    @contextmanager
    def tools(self) -> Iterator[Tools]:
        """A run's tools, for parts of a run."""
        crm = self._client()
        try:
            yield self._tools(crm)
        finally:
            crm.close()

    def _tools(self, crm: SuperOfficeClient) -> Tools:
        terms = terms_of(self.settings, "accounts")
        return Tools(
            self.store,
            crm,
            self._website,
            self._gemini,
            self.settings,
            run_id="property",
            terms=terms,
            sleep=self.clock.tick,
            clock=self.clock.seconds,
        )

    def _client(self) -> SuperOfficeClient:
        return SuperOfficeClient(
            login_url=self.settings.login_url,
            tenant=str(self.settings.superoffice_tenant),
            credentials=clients._credentials(self.settings),
            cache_dir=self.settings.gtm_state_dir / "tokens",
            transport=self.line,
            sleep=self.clock.tick,
        )

    def tenant(self, tools: Tools) -> Tenant:
        """What a run reads first."""
        return batch.read_tenant(tools)

    def time_passes(self) -> None:
        """A while, for whatever waits."""
        self.clock.tick(5)
        self.make_due()

    def make_due(self) -> None:
        """As if an hour had passed for us: leases of the dead end, next attempts come, nobody writes too often."""
        hour = timedelta(hours=1)
        past = datetime.now(UTC) - timedelta(seconds=1)
        state, leases, entries = schema.sync_state, schema.leases, schema.ledger
        with self.store.write() as connection:
            held = state.c.lease_owner.is_not(None)
            connection.execute(sa.update(state).where(held).values(lease_until=past))
            connection.execute(sa.update(leases).values(lease_until=past))
            connection.execute(sa.update(state).where(state.c.due_at.is_not(None)).values(due_at=past))
            for row in connection.execute(
                sa.select(entries.c.id, entries.c.sent_at).where(entries.c.sent_at > past - hour)
            ):
                earlier = {"sent_at": row.sent_at - hour}
                connection.execute(sa.update(entries).where(entries.c.id == row.id).values(earlier))
            if get_cursor(connection, lagging.LOOKED) is not None:
                set_cursor(connection, lagging.LOOKED, {"again_at": past.isoformat()})
            suspicion = get_cursor(connection, restored.STATE)
            if suspicion is not None:
                set_cursor(connection, restored.STATE, {**suspicion, "since": (past - hour).isoformat()})

    def until_quiet(self, at_most: int = 6) -> Pass:
        """Passes with time in between until one has nothing to do and nothing waits; answers the last that had."""
        last, waits = Pass(), ""
        for _ in range(at_most):
            self.time_passes()
            done = self.work()
            assert done.error is None, done.error
            with self.store.read() as connection:
                waits = restored.stop_reason(connection) or anything_due(self.store, self.settings)
            if not done.result.outcomes and not waits:
                return last
            last = done
        raise AssertionError(f"it never comes to rest: {last.phases} {last.reasons} {waits}")

    # -- what is looked at ---------------------------------------------------------------------------------------------

    def patches(self, *, effect: bool | None = None) -> list[Entry]:
        """PATCH requests that reached the CRM since the story began."""
        return self.world.journal.entries(system="superoffice", method="PATCH", effect=effect)

    @staticmethod
    def profile_of(company: CompanyRecord) -> dict[str, object]:
        """Our fields of a company by role."""
        return {role: company.fields.get(prog_id, "") for role, prog_id in COMPANY_FIELDS.items()}

    def carries(self, person: PersonRecord) -> dict[str, str]:
        """A person's texts by role, and the position's German name."""
        item = self.crm.lists["perspos"].items.get(person.position)
        texts = {role: str(person.fields.get(PERSON_FIELDS[role], "")) for role in TEXT_FIELDS}
        return {**texts, "position": next(iter(item.names.values())) if item else ""}

    def is_alive(self, entity: Entity, entity_id: int) -> bool:
        """Whether a record is there, and not in the recycle bin."""
        record = self.crm.table(entity).get(entity_id)
        return record is not None and not record.deleted

    def rows(self, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
        """Rows of the store."""
        return self.engine.rows(table, *conditions)
