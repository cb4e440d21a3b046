"""The matrix: one cell for each persona × vertical, and one more for each campaign, brought up to date where an input changed.

A campaign's cells are written when somebody asks for them (a backfill); from then on they are kept up to date like the standard ones.
What belongs elsewhere: Dagster (``assets``), the prompt and the rules, which cell a person gets (``choice``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import Future, as_completed
from dataclasses import asdict, dataclass, field, replace
from functools import cache, lru_cache
from typing import Literal

import sqlalchemy as sa

from gtm_assets.crm.fields import CrmField
from gtm_assets.knowledge.rows import STANDARD_CAMPAIGN, Campaign, Persona, Vertical, campaign_key
from gtm_assets.knowledge.sync import Knowledge, load_knowledge
from gtm_assets.research.asking import Asker, Terms
from gtm_assets.research.budget import BudgetReachedError, Reached, forget_run, remember
from gtm_assets.settings import UserError
from gtm_assets.texts import blocks, sources
from gtm_assets.texts.generation import Generated, Task, generate
from gtm_assets.texts.limits import limit_for
from gtm_assets.texts.models import CellInputs, CellText, Finding
from gtm_assets.texts.prompts import CELL_PROMPT_VERSION, build_cell_prompt
from gtm_assets.texts.replies import CellReply, accept_cell, cell_schema
from gtm_assets.texts.rules import check_cell
from resources.errors import OutsideError
from resources.gemini.client import GeminiClient
from resources.store import queue, schema
from resources.store.store import Store, stable_hash
from resources.waiting import workers

KIND: Literal["cell"] = "cell"
_log = logging.getLogger(__name__)
#: Field roles of the CRM whose lengths bound a cell's texts.
ROLES = ("subject", "intro", "social_proof")


def cell_key(persona_key: str, vertical_key: str, campaign: str = STANDARD_CAMPAIGN) -> str:
    """Key of a cell: ``persona|vertical``, as Dagster writes the partition, and ``persona|vertical|campaign``."""
    standard = f"{persona_key}|{vertical_key}"
    return standard if campaign == STANDARD_CAMPAIGN else f"{standard}|{campaign}"


def cell_inputs(
    persona: Persona, vertical: Vertical, fields: Mapping[str, CrmField], campaign: Campaign | None = None
) -> CellInputs:
    """What a cell is written from: the rows, the vertical's own product, the lengths of the CRM's fields."""
    return CellInputs(
        id=cell_key(persona.key, vertical.key, campaign.key if campaign else STANDARD_CAMPAIGN),
        persona_name=persona.name,
        persona_pains=persona.pains,
        persona_gains=persona.gains,
        persona_job_titles=persona.job_titles,
        vertical_name=vertical.name,
        vertical_definition=vertical.definition,
        vertical_pains=vertical.pains,
        vertical_gains=vertical.gains,
        product=vertical.products[vertical.ops_focus],
        references=vertical.references,
        subject_limit=limit_for("subject", fields["subject"].text_length),
        intro_limit=limit_for("intro", fields["intro"].text_length),
        social_proof_limit=limit_for("social_proof", fields["social_proof"].text_length),
        campaign_name=campaign.name if campaign else "",
        campaign_brief=campaign.brief if campaign else "",
    )


@lru_cache(maxsize=4096)
def inputs_hash(inputs: CellInputs, model: str) -> str:
    """Identity of a cell's inputs: rows, limits, the prompt's version and the model. Each pass asks for every cell, and few change."""
    return stable_hash([asdict(inputs), CELL_PROMPT_VERSION, model])


@dataclass(frozen=True)
class Cell:
    """One cell as it should be today, beside the newest block there is; ``campaign_key`` is ``standard`` in the marketing matrix."""

    persona_key: str
    vertical_key: str
    campaign_key: str
    inputs: CellInputs
    other_references: frozenset[str]
    inputs_hash: str
    block: blocks.Block | None
    sources: sources.Sources = ()

    @property
    def key(self) -> str:
        """As :func:`cell_key` makes it."""
        return self.inputs.id

    @property
    def state(self) -> blocks.CellState:
        """Where it stands; only ``approved`` admits a new carrier."""
        return "missing" if self.block is None else blocks.state(self.block, self.inputs_hash)

    @property
    def is_stale(self) -> bool:
        """Whether there is no block yet, or an input changed since. Rejected texts are not asked for again by themselves."""
        return self.block is None or self.block.inputs_hash != self.inputs_hash

    @property
    def is_kept(self) -> bool:
        """Whether it is brought up to date by itself: every standard cell, and a campaign's once it was asked for."""
        return self.campaign_key == STANDARD_CAMPAIGN or self.block is not None


def load_cells(
    connection: sa.Connection, fields: Mapping[str, CrmField], model: str, rows: Knowledge | None = None
) -> dict[str, Cell]:
    """Every cell of the active personas, verticals and campaigns: those in ``rows``, or the store's."""
    current = blocks.current_blocks(connection, KIND)
    cells = {}
    rows = rows or load_knowledge(connection)
    verticals = rows.verticals.values()
    occasions: list[Campaign | None] = [None, *rows.campaigns.values()]
    registered = {vertical.key: {each.company for each in vertical.references} for vertical in verticals}
    everybody = frozenset().union(*registered.values())
    for persona in rows.personas.values():
        for vertical in verticals:
            for campaign in occasions:
                inputs = cell_inputs(persona, vertical, fields, campaign)
                cells[inputs.id] = Cell(
                    persona_key=persona.key,
                    vertical_key=vertical.key,
                    campaign_key=campaign.key if campaign else STANDARD_CAMPAIGN,
                    inputs=inputs,
                    other_references=everybody - registered[vertical.key],
                    inputs_hash=inputs_hash(inputs, model),
                    block=current.get(inputs.id),
                    sources=sources.of_cell(persona, vertical, campaign),
                )
    return cells


CellOutcome = Literal["generated", "unchanged", "rejected", "failed", "left"]


@dataclass
class MatrixResult:
    """What became of the cells.

    Attributes:
        outcomes: Key to outcome; ``left`` are those for which the budget did not suffice: they stay stale.
        errors: Key to the reason of each failure.
        findings: Key to the findings of each rejection.
        accounts_due: Accounts that wait for one of the texts.
        reached: The budget that was reached, with how many are left.
    """

    outcomes: dict[str, CellOutcome] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    findings: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    accounts_due: int = 0
    reached: Reached | None = None


Report = Callable[[Cell, CellOutcome, Generated[CellText] | None], None]


@dataclass(frozen=True)
class MatrixWriter:
    """What the stage needs; one for a run. ``approve`` is the review policy ``auto``."""

    store: Store
    gemini: GeminiClient
    fields: Mapping[str, CrmField]
    run_id: str
    approve: bool
    force: bool = False
    terms: Terms = field(default_factory=Terms)

    @property
    def asker(self) -> Asker:
        """Who asks the model."""
        return Asker(self.store, self.gemini, self.run_id, self.terms)


def stale_cells(store: Store, fields: Mapping[str, CrmField], model: str) -> list[str]:
    """Keys of the cells that come by themselves and are missing, or whose inputs changed."""
    with store.read() as connection:
        cells = load_cells(connection, fields, model)
    return sorted(key for key, cell in cells.items() if cell.is_stale and cell.is_kept)


def count_cells_left(
    connection: sa.Connection, fields: Mapping[str, CrmField], model: str, reached: Reached
) -> Reached:
    """A reached budget with how many of the cells that come by themselves wait now: a run only knows those that it was to write."""
    kept = [cell for cell in load_cells(connection, fields, model).values() if cell.is_kept]
    return replace(reached, left=sum(cell.is_stale for cell in kept), total=len(kept))


class UnknownCellError(UserError):
    """A key names no cell of today's personas, verticals and campaigns."""


def choose_cells(writer: MatrixWriter, keys: Iterable[str] | None = None) -> list[Cell]:
    """The cells a run looks at: those of ``keys``, or every one that comes by itself. Texts that the policy approves are approved.

    Raises:
        UnknownCellError: A key names no cell of today's personas, verticals and campaigns.
    """
    with writer.store.write() as connection:
        if writer.approve:
            wake_carriers(connection, blocks.approve_waiting(connection, KIND))
        cells = load_cells(connection, writer.fields, writer.gemini.model)
    if keys is None:
        return [cell for cell in cells.values() if cell.is_kept]
    wanted = list(dict.fromkeys(keys))
    unknown = [key for key in wanted if key not in cells]
    if unknown:
        raise UnknownCellError(
            f"No such cell: {', '.join(unknown)}. A cell is <persona>|<vertical> or <persona>|<vertical>|<campaign> of rows that are "
            "active in Notion."
        )
    return [cells[key] for key in wanted]


def bring_cells_up_to_date(writer: MatrixWriter, cells: Iterable[Cell], report: Report | None = None) -> MatrixResult:
    """Bring cells up to date, several at once; each is stored as soon as it is there.

    Args:
        writer: Store, model and policy.
        cells: From :func:`choose_cells`.
        report: Called in this thread for each cell that was looked at, as it ends.
    """
    result = MatrixResult()
    todo = []
    for cell in cells:
        if cell.is_stale or writer.force:
            todo.append(cell)
            continue
        result.outcomes[cell.key] = "unchanged"
        if report:
            report(cell, "unchanged", None)
    with workers(writer.terms.at_once) as pool:
        futures = {pool.submit(_write, writer, cell): cell for cell in todo}
        for future in as_completed(futures):
            cell = futures[future]
            generated, outcome = _take(result, cell, future)
            result.outcomes[cell.key] = outcome
            if report:
                report(cell, outcome, generated)
    if result.reached is not None:
        left = sum(outcome == "left" for outcome in result.outcomes.values())
        result.reached = replace(result.reached, left=left, total=len(todo))
        remember(writer.store, writer.terms.budget.work, result.reached)
    elif "generated" in result.outcomes.values():
        forget_run(writer.store, writer.terms.budget)
    return result


def _take(
    result: MatrixResult, cell: Cell, future: Future[tuple[Generated[CellText], int]]
) -> tuple[Generated[CellText] | None, CellOutcome]:
    """Enter what became of one cell. Its error is its own: the others go on."""
    try:
        generated, due = future.result()
    except BudgetReachedError as error:
        result.reached = error.reached
        return None, "left"
    except Exception as error:  # noqa: BLE001
        if not isinstance(error, OutsideError):
            _log.exception("cell %s failed unexpectedly", cell.key)
        result.errors[cell.key] = str(error)
        return None, "failed"
    result.accounts_due += due
    if generated.findings:
        result.findings[cell.key] = generated.findings
    return generated, "rejected" if generated.findings else "generated"


def _task(cell: Cell) -> Task[CellText, CellReply]:
    inputs = cell.inputs
    return Task(
        kind=KIND,
        key=cell.key,
        schema=cell_schema(inputs),
        prompt=lambda findings, previous: build_cell_prompt(inputs, findings=findings, previous=previous),
        accept=lambda reply: accept_cell(reply, inputs),
        check=lambda text: check_cell(text, inputs, other_references=cell.other_references),
    )


def _write(writer: MatrixWriter, cell: Cell) -> tuple[Generated[CellText], int]:
    """Write one cell and keep it in the same thread: a reply that was paid for never waits for its storing.

    The text is kept whatever it is worth; whoever waits for it becomes due in the same transaction. Answers how many accounts.
    """
    generated = generate(writer.asker, _task(cell))
    with writer.store.write() as connection:
        blocks.insert_version(
            connection,
            kind=KIND,
            key=cell.key,
            inputs_hash=cell.inputs_hash,
            inputs=asdict(cell.inputs),
            content=asdict(generated.text),
            findings=generated.findings,
            prompt_version=generated.prompt_version,
            model=generated.model,
            run_id=writer.run_id,
            approve=writer.approve,
            sources=cell.sources,
            call_ids=generated.call_ids,
        )
        return generated, wake_carriers(connection, [cell.key])


def wake_carriers(connection: sa.Connection, keys: Iterable[str]) -> int:
    """Accounts with a person of a cell's persona in the cell's vertical (and of its campaign) become due; answers how many.

    One query for all of them: an approval of a thousand texts holds the store's write lock meanwhile.
    """
    names = list(dict.fromkeys(keys))
    found = {contact_id for _, contact_id in people_of(connection, names)}
    return queue.mark_due(connection, found, trigger=f"new text for {', '.join(names)}"[:500], priority=1)


def people_of(connection: sa.Connection, keys: Collection[str]) -> set[tuple[int, int]]:
    """Living persons of the cells' personas, verticals and campaigns: person id and contact id."""
    if not keys:
        return set()
    wanted = {tuple(name.split("|")) for name in keys}
    persons, profiles = schema.persons, schema.profiles
    query = (
        sa.select(
            persons.c.person_id,
            persons.c.contact_id,
            persons.c.persona_key,
            profiles.c.vertical_key,
            persons.c.campaign,
        )
        .join(profiles, profiles.c.contact_id == persons.c.contact_id)
        .where(
            persons.c.gone_at.is_(None),
            persons.c.persona_key.in_(sorted({name[0] for name in wanted})),
            profiles.c.vertical_key.in_(sorted({name[1] for name in wanted})),
        )
    )
    campaign_of = cache(campaign_key)
    return {
        (person_id, contact_id)
        for person_id, contact_id, persona, vertical, campaign in connection.execute(query)
        if (persona, vertical) in wanted or (persona, vertical, campaign_of(campaign)) in wanted
    }
