"""What a batch works with and what comes of it. Values only.

What belongs elsewhere: finding what is due (``due``), the way through the stages (``stages``), how an account ends (``outcomes``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from gtm_assets.batch.kinds import Kind
from gtm_assets.batch.times import Times
from gtm_assets.crm.accounts import Refreshed
from gtm_assets.crm.closure import waiting_note
from gtm_assets.crm.fields import CrmField, Entity
from gtm_assets.crm.snapshots import Lists
from gtm_assets.research.asking import Terms
from gtm_assets.research.budget import Reached
from gtm_assets.research.personas import PersonaChange
from gtm_assets.research.profiles import ProfileOutcome
from gtm_assets.settings import Settings
from gtm_assets.texts.openers import OpenerOutcome
from gtm_assets.writeback.assumed import Empties
from gtm_assets.writeback.loops import Held
from gtm_assets.writeback.plan import AccountPlan
from gtm_assets.writeback.protocol import WriteResult
from resources.errors import TenantClosedError
from resources.gemini.client import GeminiClient
from resources.store.store import Store
from resources.superoffice.client import SuperOfficeClient
from resources.waiting import silent
from resources.website.client import WebsiteClient

Phase = Literal["completed", "failed", "skipped", "conflict", "waiting for review", "planned"]
Stage = Literal["accounts", "persons", "company_profile", "company_openers", "contact_writeback", "person_writeback"]
STAGES: tuple[Stage, ...] = (
    "accounts",
    "persons",
    "company_profile",
    "company_openers",
    "contact_writeback",
    "person_writeback",
)


@dataclass(frozen=True)
class Tools:
    """Everything a batch works with.

    Attributes:
        log: Takes a line for the run's log.
        moved: Called when accounts moved to another phase; whoever shows the board looks again.
        together: Accounts that are led through the stages at once; one archive query reads up to 200.
        terms: On what terms the model is asked.
        tick: Called about once a second while the batch waits for others.
        sleep: Waits, in seconds, for the CRM's clock or for somebody else's run.
        clock: Seconds that passed, from any beginning, in which ``sleep`` counts.
    """

    store: Store
    crm: SuperOfficeClient
    website: WebsiteClient
    gemini: GeminiClient
    settings: Settings
    run_id: str
    log: Callable[[str], None] = lambda _: None
    moved: Callable[[], None] = silent
    tick: Callable[[], None] = silent
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    together: int = 100
    terms: Terms = field(default_factory=Terms)


@dataclass(frozen=True)
class Tenant:
    """What the tenant's layout says, read once a run, and how it shows empty fields, as far as a run has seen it."""

    fields: Mapping[str, CrmField]
    lists: Lists
    own_associate_id: int | None
    missing_list_items: Sequence[str] = ()
    missing_positions: Sequence[str] = ()
    empties: Empties = field(default_factory=Empties)


@dataclass(frozen=True)
class TextWritten:
    """The fields of one record that a version of a text was written to."""

    entity: Entity
    entity_id: int
    block_id: int
    fields: tuple[str, ...]


@dataclass
class AccountOutcome:
    """How one account ended, and what changed on the way.

    Attributes:
        kind: Sort of the reason.
        before: Kind and reason that it ended with the last time.
        times: How long it stood in each phase.
        stages: Stages that changed something, with details for people.
        persons: The living persons as they stand at the end: id, persona, level of text, and the reasons.
        texts_written: Which texts this run wrote into which fields of which records, and saw there.
        deferred: The budget that was reached before the account had what it needs.
        waits_for_model: It failed because the model could not be asked now; it comes again by itself.
    """

    contact_id: int
    name: str = ""
    phase: Phase = "completed"
    reason: str = ""
    kind: Kind = ""
    before: tuple[str, str] = ("", "")
    trigger: str = ""
    times: Times = field(default_factory=Times)
    fields_changed: list[str] = field(default_factory=list)
    stages: dict[Stage, dict[str, Any]] = field(default_factory=dict)
    persons: list[dict[str, Any]] = field(default_factory=list)
    texts_written: list[TextWritten] = field(default_factory=list)
    retry_at: datetime | None = None
    attempts: int = 0
    deferred: Reached | None = None
    waits_for_model: bool = False

    @property
    def is_stopped(self) -> bool:
        """Whether it has its end already, whatever is still written without the model."""
        return self.phase == "failed" or self.deferred is not None


@dataclass
class BatchResult:
    """What a run did: outcomes by account, records written, texts made.

    ``busy`` are accounts another run has in hand; ``reached`` is the budget because of which some wait for another day. ``closed`` is what
    SuperOffice said when the run had to end because of it, with ``waiting`` accounts due.
    """

    outcomes: dict[int, AccountOutcome] = field(default_factory=dict)
    confirmed: int = 0
    conflicts: int = 0
    planned: int = 0
    busy: list[int] = field(default_factory=list)
    texts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("generated", "unchanged", "rejected", "failed", "left"), 0)
    )
    reached: Reached | None = None
    closed: TenantClosedError | None = None
    waiting: int = 0

    def notes(self) -> list[str]:
        """What a person should know although nothing failed."""
        closed = [waiting_note(self.closed, self.waiting)] if self.closed else []
        return closed + ([self.reached.sentence("accounts")] if self.reached else [])

    def count(self, *phases: Phase) -> int:
        """Accounts that ended in one of these phases."""
        return sum(outcome.phase in phases for outcome in self.outcomes.values())


Report = Callable[[AccountOutcome], None]


@dataclass
class Round:
    """One way of some accounts through the stages."""

    refreshed: Refreshed = field(default_factory=Refreshed)
    personas: list[PersonaChange] = field(default_factory=list)
    profiles: dict[int, ProfileOutcome] = field(default_factory=dict)
    openers: dict[int, OpenerOutcome] = field(default_factory=dict)
    plans: dict[int, AccountPlan] = field(default_factory=dict)
    written: WriteResult = field(default_factory=WriteResult)
    held: Mapping[int, Held] = field(default_factory=dict)
    drafts: int = 0
    not_sent: str = ""
    not_sent_kind: Kind = ""
    settled: int = 0
