"""An engine beside a sandbox: what a test does as a human, how it lets the engine work, and what it looks at afterwards.

The engine reaches the sandbox by the base URLs of its settings and nothing else. Humans act through ``/control``; what
stands in the CRM is read from the sandbox's own records, not through the engine's clients. What belongs elsewhere:
assertions (the tests).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import dagster as dg
import httpx
import sqlalchemy as sa

from gtm_assets import batch, clients
from gtm_assets.backfills import BackfillResult, Scope, run_backfill
from gtm_assets.batch import Tools
from gtm_assets.crm.field_map import stored_fields
from gtm_assets.crm.fields import FieldMapError
from gtm_assets.knowledge.sync import DATABASES, sync_table
from gtm_assets.once import OnceResult, run_once
from gtm_assets.platform import dagster_home
from gtm_assets.research.asking import terms_of
from gtm_assets.settings import Settings, load_settings, parse_settings
from gtm_assets.texts.matrix import MatrixResult, MatrixWriter, bring_cells_up_to_date, choose_cells
from gtm_assets.texts.review_pages.desk import ReviewResult
from gtm_assets.texts.review_pages.sync import open_desk, sync_reviews
from gtm_assets.texts.selection import asked_cells
from gtm_assets_tests.path.passes import FastPass, SteppingClock
from gtm_assets_tests.stores import lay_schema
from resources.errors import OutsideError
from resources.gemini.client import GeminiClient
from resources.notion.client import NotionClient
from resources.store import queue, schema
from resources.store.store import Store
from resources.superoffice.client import SuperOfficeClient
from resources.tls import shared_context
from sandbox.environment import environment
from sandbox.notion.workspace import CellValue
from sandbox.server import SandboxServer
from sandbox.superoffice.carriers import HUMAN
from sandbox.superoffice.crm import Clock
from sandbox.superoffice.records import AddressBlock, CompanyRecord, PersonRecord

Entity = Literal["Contact", "Person"]

#: Roles to the ids of the sandbox's tenant.
PERSON_FIELDS = {
    "subject": "SuperOffice:19",
    "intro": "SuperOffice:20",
    "social_proof": "SuperOffice:21",
    "unsubscribe": "SuperOffice:22",
}
COMPANY_FIELDS = {
    "vertical": "SuperOffice:83",
    "summary": "SuperOffice:84",
    "last_update": "SuperOffice:85",
    "opener": "SuperOffice:86",
    "opener_secondary": "SuperOffice:87",
}
#: Two industries are enough for nearly everything, and six times fewer texts than with all eight.
FEW_VERTICALS = ("maschinenbau", "healthcare")


class Engine:
    """One installation: a sandbox, a state directory, settings, a store.

    Args:
        state: The state directory.
        companies: Sample companies of the CRM, three persons each.
        switches: Positions of the sandbox that differ from the defaults.
        verticals: Which of Notion's verticals are active; None for all eight.
        system_user: Sign in as the system user instead of with the refresh token.
        fast: The CRM's clock is a :class:`SteppingClock`.
        clock: Or this one.
        variables: Environment variables that differ from what the sandbox prints; None takes one away.
    """

    def __init__(
        self,
        state: Path,
        *,
        companies: int = 1,
        switches: Mapping[str, str] | None = None,
        verticals: Iterable[str] | None = FEW_VERTICALS,
        system_user: bool = False,
        fast: bool = False,
        clock: Clock | None = None,
        **variables: str | None,
    ) -> None:
        clock = clock or (SteppingClock() if fast else None)
        self.server = SandboxServer(None, companies=companies, switches=switches, clock=clock)
        self.world = self.server.world
        self._control = httpx.Client(base_url=f"{self.server.base_url}/control", timeout=10, verify=shared_context())
        self._variables = environment(self.server.base_url, self.world, system_user=system_user)
        self._variables["GTM_STATE_DIR"] = str(state)
        lay_schema(state)
        self.configure(**variables)
        self.store = clients.open_store(self.settings)
        if verticals is not None:
            self._keep_only(set(verticals))

    def __enter__(self) -> Self:
        self.server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.store.close()
        self._control.close()
        self.server.stop()

    def _keep_only(self, verticals: set[str]) -> None:
        for row in self.world.notion.rows("verticals"):
            if row["Key"] not in verticals:
                self.world.notion.edit("verticals", str(row["Key"]), "Status", "Draft")

    # -- configuration ------------------------------------------------------------------------------------------------

    def configure(self, **variables: str | None) -> None:
        """Set environment variables of the engine (None takes one away) and read its settings again."""
        for name, value in variables.items():
            if value is None:
                self._variables.pop(name, None)
                os.environ.pop(name, None)
            else:
                self._variables[name] = value
        # The sandbox's way: what stands in the environment is what the command line and Dagster's resources read.
        os.environ.update(self._variables)
        load_settings.cache_clear()
        self.settings: Settings = parse_settings(self._variables)

    # -- what the engine does -----------------------------------------------------------------------------------------

    def pass_once(self, *, sweep: bool = False) -> OnceResult:
        """What ``gtm once`` does: the real jobs on a real Dagster instance."""
        dagster_home(self.settings)
        with dg.DagsterInstance.get() as instance:
            return run_once(instance, self.store, self.settings, sweep=sweep)

    def backfill(self, **scope: Any) -> BackfillResult:
        """What ``gtm backfill`` does; arguments as in :class:`gtm_assets.backfills.Scope`."""
        dagster_home(self.settings)
        with dg.DagsterInstance.get() as instance:
            return run_backfill(instance, self.store, self.settings, Scope(**scope))

    def write_campaign(self, campaign: str, vertical: str = "") -> MatrixResult:
        """A campaign's texts, without Dagster and without the accounts."""
        gemini = clients.open_gemini(self.settings)
        approve = self.settings.gtm_review_policy["cell"] == "auto"
        writer = MatrixWriter(self.store, gemini, stored_fields(self.store), "fast", approve=approve)
        try:
            return bring_cells_up_to_date(writer, choose_cells(writer, asked_cells(self.store, (), campaign, vertical)))
        finally:
            gemini.close()

    def fast_pass(
        self, *, full_sweep: bool = False, keys: Sequence[int] | None = None, together: int = 100
    ) -> FastPass:
        """The same stages without Dagster and without the vendors' rate limits; ``keys`` as a backfill asks for accounts."""
        result = FastPass()
        crm = self._crm()
        gemini = clients.open_gemini(self.settings)
        website = clients.open_website(self.settings)
        terms = terms_of(self.settings, "accounts")
        tools = Tools(self.store, crm, website, gemini, self.settings, run_id="fast", together=together, terms=terms)
        try:
            self.read_notion(result)
            self._write_cells(tools, gemini, result)
            self._work(tools, result, full_sweep=full_sweep, keys=keys)
        except (OutsideError, FieldMapError) as error:
            result.error = error
        finally:
            result.model_calls, result.patches = gemini.calls, crm.patches
            for client in (crm, gemini, website):
                client.close()
        return result

    def read_notion(self, result: FastPass | None = None) -> FastPass:
        """Notion into the store."""
        found = result or FastPass()
        notion = self._notion()
        try:
            for database in DATABASES:
                table = notion.table(str(getattr(self.settings, f"notion_{database}_database_id")))
                found.synced[database] = sync_table(self.store, database, table, self.settings.gtm_notion_columns)
        finally:
            notion.close()
        return found

    def review(self) -> ReviewResult:
        """Verdicts from Notion, pages to Notion."""
        notion = self._notion()
        try:
            return sync_reviews(open_desk(self.store, notion, self.settings, stored_fields(self.store), "fast"))
        finally:
            notion.close()

    def rest_review_pages(self) -> None:
        """Review pages that Notion refused may be tried again."""
        table = schema.review_pages
        with self.store.write() as connection:
            for row in connection.execute(sa.select(table.c.id, table.c.written)).all():
                written = {name: value for name, value in row.written.items() if name != "retry_at"}
                connection.execute(sa.update(table).where(table.c.id == row.id).values(written=written))

    def _notion(self) -> NotionClient:
        assert self.settings.notion_token is not None
        # A sleep of its own gives the client a pace of its own: the limit is Notion's, not the sandbox's.
        return NotionClient(
            token=self.settings.notion_token.get_secret_value(),
            base_url=self.settings.notion_base_url,
            sleep=lambda _: None,
        )

    def _crm(self) -> SuperOfficeClient:
        return SuperOfficeClient(
            login_url=self.settings.login_url,
            tenant=str(self.settings.superoffice_tenant),
            credentials=clients._credentials(self.settings),
            cache_dir=self.settings.gtm_state_dir / "tokens",
            sleep=lambda _: None,
        )

    def _write_cells(self, tools: Tools, gemini: GeminiClient, result: FastPass) -> None:
        tenant = batch.read_tenant(tools)
        result.missing_list_items = tuple(tenant.missing_list_items)
        approve = self.settings.gtm_review_policy["cell"] == "auto"
        terms = terms_of(self.settings, "texts")
        writer = MatrixWriter(self.store, gemini, tenant.fields, "fast", approve=approve, terms=terms)
        result.cells = bring_cells_up_to_date(writer, choose_cells(writer))

    def _work(self, tools: Tools, result: FastPass, *, full_sweep: bool, keys: Sequence[int] | None) -> None:
        tenant = batch.read_tenant(tools)
        owner = queue.new_owner()
        if keys is None:
            batch.find_due(tools, tenant, full_sweep=full_sweep)
        try:
            batch.work_off(tools, tenant, result.batch, owner=owner, keys=keys)
        finally:
            queue.release(self.store, owner)

    # -- what humans do -----------------------------------------------------------------------------------------------

    def edit(self, entity: Entity, entity_id: int, **fields: str) -> None:
        """Somebody in the tenant changes a record; names as people say them (``Title``, ``Vertical``, a ProgId)."""
        self.tell("edit", entity=entity, id=entity_id, fields={k.replace("_", " "): v for k, v in fields.items()})

    def edit_field(self, entity: Entity, entity_id: int, prog_id: str, value: str) -> None:
        """Somebody in the tenant changes one user-defined field."""
        self.tell("edit", entity=entity, id=entity_id, fields={prog_id: value})

    def create(self, entity: Entity, **fields: Any) -> int:
        """Somebody in the tenant enters a new record; answers its id."""
        return int(self.tell("create", entity=entity, fields=fields)["id"])

    def set_address(self, contact_id: int, *, street: AddressBlock, postal: AddressBlock) -> None:
        """Somebody in the tenant types both addresses of a company."""
        self.world.crm.save(replace(self.company(contact_id), street=street, postal=postal), HUMAN)

    def edit_notion(self, database: str, key: str, column: str, value: CellValue) -> None:
        """Somebody in marketing changes one cell."""
        self.tell("notion/edit", database=database, key=key, column=column, value=value)

    def fault(self, **what: Any) -> None:
        """The next matching requests meet an accident."""
        self.tell("faults", **what)

    def switch(self, **positions: str) -> None:
        """Move switches of the sandbox."""
        self.tell("switches", **positions)

    def tell(self, path: str, **body: Any) -> Any:
        """One request to ``/control``."""
        answer = self._control.post(path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def site(self, slug: str) -> str:
        """Address of a sample company's website."""
        return f"{self.server.base_url}/sites/{slug}/"

    def without_waiting(self) -> None:
        """Whatever waits for its next attempt is due now."""
        with self.store.write() as connection:
            state = schema.sync_state
            now = datetime.now(UTC)
            connection.execute(sa.update(state).where(state.c.due_at.is_not(None)).values(due_at=now))

    def is_held(self) -> bool:
        """Whether a request waits at a hold."""
        return bool(self._control.get("held").json()["waiting"])

    # -- what is looked at --------------------------------------------------------------------------------------------

    def company(self, contact_id: int) -> CompanyRecord:
        """A company as the CRM has it."""
        record = self.world.crm.companies.get(contact_id)
        assert record is not None
        return record

    def person(self, person_id: int) -> PersonRecord:
        """A person as the CRM has it."""
        record = self.world.crm.persons.get(person_id)
        assert record is not None
        return record

    def texts(self, person_id: int) -> dict[str, str]:
        """Our fields of a person by role; "" where there is nothing."""
        fields = self.person(person_id).fields
        return {role: str(fields.get(prog_id, "")) for role, prog_id in PERSON_FIELDS.items()}

    def profile(self, contact_id: int) -> dict[str, str]:
        """Our fields of a company by role; the vertical by its German name."""
        fields = self.company(contact_id).fields
        found = {role: str(fields.get(prog_id, "")) for role, prog_id in COMPANY_FIELDS.items()}
        if isinstance(fields.get(COMPANY_FIELDS["vertical"]), int):
            item = self.world.crm.lists["udlist83"].items[int(found["vertical"])]
            found["vertical"] = item.names["de"]
        return found

    def foreign(self) -> dict[str, Any]:
        """Everything in the CRM that is not the engine's, stamps aside: it must never differ."""
        crm = self.world.crm
        found: dict[str, Any] = {}
        for company_id in crm.companies.ids_above(0):
            company = self.company(company_id)
            found[f"Contact {company_id}"] = (
                company.name,
                company.department,
                company.urls,
                company.emails,
                company.phones,
                company.country,
                _without_city(company.street),
                _without_city(company.postal),
                _without(company.fields, COMPANY_FIELDS.values()),
            )
        for person_id in crm.persons.ids_above(0):
            person = self.person(person_id)
            found[f"Person {person_id}"] = (
                person.contact_id,
                person.lastname,
                person.title,
                person.position,
                person.emails,
                person.street,
                _without(person.fields, PERSON_FIELDS.values()),
            )
        return found

    def mark(self) -> int:
        """The newest entry of the journal; what follows is asked for with ``since``."""
        entries = self.journal()
        return int(entries[-1]["id"]) if entries else 0

    def journal(self, **wanted: Any) -> list[dict[str, Any]]:
        """Requests that reached the sandbox."""
        found: list[dict[str, Any]] = self._control.get("journal", params=wanted).json()
        return [entry for entry in found if entry["system"] != "control"]

    def patches(self, since: int = 0, **wanted: Any) -> list[str]:
        """Records that PATCH requests named, in order, such as ``Contact/1``."""
        entries = self.journal(system="superoffice", method="PATCH", since=since, **wanted)
        return ["/".join(entry["path"].rsplit("/", 2)[-2:]) for entry in entries]

    def model_calls(self, since: int = 0) -> int:
        """Requests to the model."""
        return len(self.journal(system="gemini", method="POST", since=since))

    def state(self, contact_id: int) -> dict[str, Any]:
        """Where an account stands on the board."""
        return self.row(schema.sync_state, schema.sync_state.c.contact_id == contact_id)

    def row(self, table: sa.Table, condition: sa.ColumnElement[bool]) -> dict[str, Any]:
        """The one row of the store that this describes."""
        with self.store.read() as connection:
            return dict(connection.execute(sa.select(table).where(condition)).mappings().one())

    def rows(self, table: sa.Table, *conditions: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
        """Rows of the store."""
        with self.store.read() as connection:
            return [dict(row) for row in connection.execute(sa.select(table).where(*conditions)).mappings()]


def _without(fields: Mapping[str, Any], prog_ids: Iterable[str]) -> dict[str, Any]:
    ours = set(prog_ids)
    return {key: value for key, value in fields.items() if key not in ours}


def _without_city(block: AddressBlock) -> AddressBlock:
    return block._replace(city="")


__all__ = ["COMPANY_FIELDS", "FEW_VERTICALS", "PERSON_FIELDS", "Engine", "FastPass", "Store"]
