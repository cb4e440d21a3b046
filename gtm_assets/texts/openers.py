"""Company openers: one or two opening sentences for each account, brought up to date where an input changed.

The account's own ops focus decides which of its vertical's two products is primary. What belongs elsewhere: Dagster (``assets``), the
prompt and the rules, what the website says (``gtm_assets.research``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import sqlalchemy as sa

from gtm_assets.crm.accounts import load_accounts
from gtm_assets.crm.fields import CrmField
from gtm_assets.knowledge.models import OpsFocus
from gtm_assets.knowledge.rows import Vertical
from gtm_assets.knowledge.sync import load_verticals
from gtm_assets.research.asking import Asker, Terms
from gtm_assets.research.budget import BudgetReachedError
from gtm_assets.texts import blocks, sources
from gtm_assets.texts.evidence import claims_in
from gtm_assets.texts.generation import Task, generate
from gtm_assets.texts.limits import limit_for
from gtm_assets.texts.models import Finding, OpenerInputs, OpenerText, ProductFocus
from gtm_assets.texts.neighbours import Neighbours, load_neighbours
from gtm_assets.texts.prompts import OPENER_PROMPT_VERSION, build_opener_prompt
from gtm_assets.texts.replies import OpenerReply, accept_opener, opener_schema
from gtm_assets.texts.rules import check_opener
from resources.errors import OutsideError
from resources.gemini.client import GeminiClient
from resources.store import queue, schema
from resources.store.store import Store, rows_by, stable_hash
from resources.waiting import silent, wait_for_all, workers

KIND: Literal["opener"] = "opener"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OpenerOutcome:
    """What became of one account's openers; ``reason`` says why there are none, ``error`` what stopped them.

    Those that are ``left`` were not asked for, because the budget is reached. ``claims`` is what new ones state about the company. The
    quotes behind it stay in the store: they are a website's words and may name people, and what is told here ends in Dagster's event
    log, which is never purged.
    """

    what: Literal["generated", "unchanged", "rejected", "none", "failed", "left"]
    reason: str = ""
    error: Exception | None = None
    claims: tuple[str, ...] = ()


@dataclass(frozen=True)
class OpenerWriter:
    """What the stage needs; one for a batch."""

    store: Store
    gemini: GeminiClient
    fields: Mapping[str, CrmField]
    run_id: str
    approve: bool
    force: bool = False
    tick: Callable[[], None] = silent
    terms: Terms = field(default_factory=Terms)

    @property
    def asker(self) -> Asker:
        """Who asks the model."""
        return Asker(self.store, self.gemini, self.run_id, self.terms)


def opener_inputs(
    account: Mapping[str, Any],
    profile: Mapping[str, Any] | None,
    website: Mapping[str, Any] | None,
    verticals: Mapping[str, Vertical],
    fields: Mapping[str, CrmField],
) -> OpenerInputs | str:
    """What an account's openers are written from, or the reason why there can be none."""
    vertical = verticals.get(profile["vertical_key"]) if profile and profile["vertical_key"] else None
    if profile is None or vertical is None:
        return "the vertical is unknown"
    if website is None or not website["text"]:
        return (website["reason"] if website else "") or "there is no website text to write from"
    primary: OpsFocus = profile["ops_focus"] if profile["ops_focus"] in vertical.products else vertical.ops_focus
    second: OpsFocus = "Infrastruktur" if primary == "Operativ" else "Operativ"
    product = vertical.products.get(second)
    length = min(fields["opener"].text_length, fields["opener_secondary"].text_length)
    return OpenerInputs(
        id=str(account["contact_id"]),
        company_name=account["name"],
        city=profile["city"] or account["postal_city"] or account["street_city"],
        summary=profile["summary"],
        vertical_name=vertical.name,
        vertical_pains=vertical.pains,
        vertical_gains=vertical.gains,
        primary=ProductFocus(primary, vertical.products[primary]),
        secondary=ProductFocus(second, product) if product else None,
        website_text=website["text"],
        opener_limit=limit_for("opener", length),
    )


def inputs_hash(inputs: OpenerInputs, model: str) -> str:
    """Identity of an opener's inputs."""
    return stable_hash([asdict(inputs), OPENER_PROMPT_VERSION, model])


def stored_inputs(inputs: OpenerInputs) -> dict[str, Any]:
    """Inputs as they are kept with the text: the website's words as their hash and length."""
    words = inputs.website_text
    return {**asdict(inputs), "website_text": {"sha256": stable_hash(words), "characters": len(words)}}


def load_inputs(
    connection: sa.Connection,
    contact_ids: Iterable[int],
    fields: Mapping[str, CrmField],
    verticals: Mapping[str, Vertical] | None = None,
) -> dict[int, OpenerInputs | str]:
    """Inputs, or the reason why there are none, for each account that the store knows; of these verticals, or the store's."""
    loaded = load_inputs_and_sources(connection, contact_ids, fields, verticals)
    return {i: given for i, (given, _) in loaded.items()}


def load_inputs_and_sources(
    connection: sa.Connection,
    contact_ids: Iterable[int],
    fields: Mapping[str, CrmField],
    verticals: Mapping[str, Vertical] | None = None,
) -> dict[int, tuple[OpenerInputs | str, sources.Sources]]:
    """The same, with the versions of the rows that the inputs are made from; none where there are no inputs."""
    ids = sorted(set(contact_ids))
    verticals = load_verticals(connection) if verticals is None else verticals
    accounts = load_accounts(connection, ids)
    profiles = rows_by(connection, schema.profiles.c.contact_id, ids)
    websites = rows_by(connection, schema.websites.c.contact_id, ids)
    found: dict[int, tuple[OpenerInputs | str, sources.Sources]] = {}
    for i, account in accounts.items():
        given = opener_inputs(account, profiles.get(i), websites.get(i), verticals, fields)
        rows = () if isinstance(given, str) else sources.of_opener(verticals[profiles[i]["vertical_key"]], websites[i])
        found[i] = given, rows
    return found


def bring_openers_up_to_date(writer: OpenerWriter, contact_ids: Iterable[int]) -> dict[int, OpenerOutcome]:
    """Bring the openers of these accounts up to date; several at once, each stored as soon as it is there."""
    with writer.store.write() as connection:
        if writer.approve:
            approved = blocks.approve_waiting(connection, KIND)
            queue.mark_due(connection, [int(key) for key in approved], trigger="openers approved", priority=1)
        loaded = load_inputs_and_sources(connection, contact_ids, writer.fields)
        inputs = {i: given for i, (given, _) in loaded.items()}
        current = blocks.current_blocks(connection, KIND, [str(i) for i in inputs])
    outcomes: dict[int, OpenerOutcome] = {}
    todo: dict[int, tuple[OpenerInputs, str]] = {}
    for contact_id, given in inputs.items():
        if isinstance(given, str):
            outcomes[contact_id] = OpenerOutcome("none", given)
            continue
        digest = inputs_hash(given, writer.gemini.model)
        block = current.get(str(contact_id))
        if block is not None and block.inputs_hash == digest and not writer.force:
            outcomes[contact_id] = OpenerOutcome("unchanged")
        else:
            todo[contact_id] = given, digest
    if not todo:
        return outcomes
    with writer.store.read() as connection:
        neighbours = load_neighbours(connection, todo)
    with workers(writer.terms.at_once) as pool:
        futures = {
            contact_id: pool.submit(_write, writer, neighbours, given, digest, loaded[contact_id][1])
            for contact_id, (given, digest) in todo.items()
        }
        wait_for_all(futures.values(), writer.tick)
        for contact_id, future in futures.items():
            try:
                outcomes[contact_id] = future.result()
            except BudgetReachedError as error:
                outcomes[contact_id] = OpenerOutcome("left", str(error), error)
            except Exception as error:  # noqa: BLE001
                # An account's error is its own, also one that nobody expected: the others go on.
                if not isinstance(error, OutsideError):
                    _log.exception("the openers of account %s failed unexpectedly", contact_id)
                outcomes[contact_id] = OpenerOutcome("failed", str(error), error)
    return outcomes


def _task(inputs: OpenerInputs, neighbours: Neighbours) -> Task[OpenerText, OpenerReply]:
    def check(text: OpenerText) -> tuple[Finding, ...]:
        findings = check_opener(text, inputs)
        return (*findings, *neighbours.findings(text, inputs, may_stay=not findings))

    return Task(
        kind=KIND,
        key=inputs.id,
        schema=opener_schema(inputs),
        prompt=lambda findings, previous: build_opener_prompt(inputs, findings=findings, previous=previous),
        accept=lambda reply: accept_opener(reply, inputs),
        check=check,
    )


def _write(
    writer: OpenerWriter, neighbours: Neighbours, inputs: OpenerInputs, digest: str, made_from: sources.Sources
) -> OpenerOutcome:
    """Write one account's openers and keep them in the same thread: a reply that was paid for never waits for its storing."""
    generated = generate(writer.asker, _task(inputs, neighbours))
    with writer.store.write() as connection:
        blocks.insert_version(
            connection,
            kind=KIND,
            key=inputs.id,
            inputs_hash=digest,
            inputs=stored_inputs(inputs),
            content=generated.text.content,
            findings=generated.findings,
            prompt_version=generated.prompt_version,
            model=generated.model,
            run_id=writer.run_id,
            approve=writer.approve,
            sources=made_from,
            evidence=[asdict(each) for each in generated.text.evidence or ()],
            call_ids=generated.call_ids,
        )
    if generated.findings:
        return OpenerOutcome("rejected", "; ".join(f"{f.field}: {f.message}" for f in generated.findings))
    return OpenerOutcome("generated", claims=claims_in(generated.text))
