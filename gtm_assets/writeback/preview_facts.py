"""Reading what a preview is made from: the store's rows about one person, planned as the engine would plan them now.

What belongs elsewhere: what follows from the facts (``preview``), what the CRM is asked for (``preview_record``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from gtm_assets.crm.accounts import load_accounts
from gtm_assets.knowledge.rows import STANDARD_CAMPAIGN, campaign_key
from gtm_assets.knowledge.sync import load_campaigns, load_personas
from gtm_assets.research.persona_matching import PersonaProfile, decide_persona
from gtm_assets.research.position_field import own_positions, position_evidence
from gtm_assets.texts import blocks, matrix, openers
from gtm_assets.texts.choice import NO_TEXT, Choice
from gtm_assets.texts.models import OpenerInputs
from gtm_assets.writeback import ledger
from gtm_assets.writeback.account_plans import plan_accounts
from gtm_assets.writeback.plan import AccountPlan, EntityPlan
from gtm_assets.writeback.preview import Advice, Cause, Facts, Origin, PartName, Quote, Rests, text_cause
from gtm_assets.writeback.preview_record import Record, UnknownPersonError
from gtm_assets.writeback.suppression import account_suppressed, load_suppressions, person_suppressed
from gtm_assets.writeback.targets import TEXT_FIELDS, TargetPolicy
from gtm_assets.writeback.unsubscribe import unsubscribe_link
from resources.store import schema
from resources.store.store import Store, chunked

NO_COMPANY = "belongs to no company that the engine knows"


def load_facts(
    store: Store, policy: TargetPolicy, person: Mapping[str, Any], record: Record, *, may_write: bool
) -> Facts:
    """Everything about one person (a stored row); the account is planned as the engine would plan it now.

    Raises:
        UnknownPersonError: The person is gone from the CRM.
    """
    if person["gone_at"] is not None:
        raise UnknownPersonError(
            f"Person {person['person_id']} is no longer in the CRM since {person['gone_at']:%Y-%m-%d}: nobody would get an e-mail."
        )
    contact_id = person["contact_id"]
    with store.read() as connection:
        account = load_accounts(connection, [contact_id]).get(contact_id)
        planned = plan_accounts(connection, policy, [contact_id], frozenset({"Contact", "Person"})).get(contact_id)
        reader = _Reader(connection, policy, person, account, planned or AccountPlan(contact_id))
        return reader.facts(record, may_write=may_write)


class _Reader:
    """One connection, one person: what the parts of :class:`Facts` need from each other."""

    def __init__(
        self,
        connection: sa.Connection,
        policy: TargetPolicy,
        person: Mapping[str, Any],
        account: Mapping[str, Any] | None,
        plan: AccountPlan,
    ) -> None:
        self._connection = connection
        self._policy = policy
        self._person = person
        self._account = account
        self._plan = plan
        self._contact_id: int = person["contact_id"]
        self._choice = plan.choices.get(person["person_id"]) or Choice("none", None)
        profiles = sa.select(schema.profiles).where(schema.profiles.c.contact_id == self._contact_id)
        self._profile = connection.execute(profiles).mappings().first()
        self._vertical: str | None = self._profile["vertical_key"] if self._profile else None
        self._cells = matrix.load_cells(connection, policy.fields, policy.model)

    def facts(self, record: Record, *, may_write: bool) -> Facts:
        opener = blocks.current_blocks(self._connection, openers.KIND, [str(self._contact_id)])
        block = opener.get(str(self._contact_id))
        written = self._written()
        plans: dict[str, EntityPlan] = {
            plan.entity: plan for plan in self._plan.plans if plan.entity_id in self._entity_ids(plan.entity)
        }
        ids = {block_id for _, block_id in written.values() if block_id}
        ids |= {change.block_id for plan in plans.values() for change in plan.fields.values() if change.block_id}
        ids |= {found.id for found in (block, self._choice.cell.block if self._choice.cell else None) if found}
        opened = openers.load_inputs(self._connection, [self._contact_id], self._policy.fields).get(self._contact_id)
        states = self._states(block, opened)
        origins = read_origins(self._connection, ids, states)
        return Facts(
            person=self._person,
            account=self._account,
            persona=self._persona(),
            vertical=self._vertical_rests(),
            choice=self._choice,
            fallback=self._fallback(),
            blocked=self._blocked(record),
            plans=plans,
            written=written,
            origins=origins,
            causes=self._causes(block, opened, origins),
            academic_title=record.academic_title,
            unread=record.unread,
            may_write=may_write,
            stopped=ledger.stop_reason(self._connection),
        )

    def _entity_ids(self, entity: str) -> frozenset[int]:
        return frozenset({self._contact_id if entity == "Contact" else self._person["person_id"]})

    def _blocked(self, record: Record) -> str:
        person_id = self._person["person_id"]
        if self._account is None:
            return NO_COMPANY
        listed = load_suppressions(self._connection, [self._contact_id], [person_id])
        return account_suppressed(self._account, listed) or person_suppressed(self._person, listed) or record.against

    def _written(self) -> dict[str, tuple[str, int | None]]:
        table = schema.written_values
        mine = sa.or_(
            sa.and_(table.c.entity == "Person", table.c.entity_id == self._person["person_id"]),
            sa.and_(table.c.entity == "Contact", table.c.entity_id == self._contact_id, table.c.field == "opener"),
        )
        rows = self._connection.execute(sa.select(table).where(mine))
        return {row.field: (row.value, row.block_id) for row in rows}

    def _persona(self) -> Rests:
        person = self._person
        personas = load_personas(self._connection)
        profiles = [PersonaProfile(each.key, each.name, each.job_titles) for each in personas.values()]
        own = own_positions(self._connection, [person["person_id"]])
        position = position_evidence(person, own.get(person["person_id"]))
        # The words are not stored, but they follow from what is: they are shown where they still lead to the same persona.
        decided = decide_persona(
            title=person["title"], position=position, job_title=person["job_title"], personas=profiles
        )
        key = person["persona_key"]
        name = personas[key].name if key in personas else (key or "")
        source = decided.source if decided.persona_key == key else ""
        return Rests(key, name, person["persona_reason"], source)

    def _vertical_rests(self) -> Rests:
        if self._profile is None:
            return Rests(None, "", "no profile yet", "unknown")
        table = schema.verticals
        name = self._connection.execute(sa.select(table.c.name).where(table.c.key == self._vertical)).scalar()
        source = self._profile["vertical_source"]
        evidence = tuple(self._profile["evidence"]) if source == "model" else ()
        return Rests(self._vertical, name or self._vertical or "", self._profile["vertical_reason"], source, evidence)

    def _states(self, block: blocks.Block | None, opened: OpenerInputs | str | None) -> dict[int, str]:
        """Where the newest versions stand today; a version that is not among them is an earlier one."""
        states: dict[int, str] = {cell.block.id: cell.state for cell in self._cells.values() if cell.block is not None}
        if block is not None:
            digest = (
                None if opened is None or isinstance(opened, str) else openers.inputs_hash(opened, self._policy.model)
            )
            states[block.id] = blocks.state(block, digest)
        return states

    def _fallback(self) -> tuple[Advice, ...]:
        """What would give a person of a campaign the campaign's text, where they get the standard one or none."""
        tag, persona = self._person["campaign"], self._person["persona_key"]
        key = campaign_key(tag)
        if self._choice.cell is None or key == STANDARD_CAMPAIGN or self._choice.level == "campaign":
            return ()
        if key is None or key not in load_campaigns(self._connection):
            return (Advice("campaign_tag"),)
        cell = self._cells.get(matrix.cell_key(str(persona), str(self._vertical), key))
        if cell is None or cell.state == "approved":
            return ()
        if cell.state == "missing":
            return (Advice("write_campaign", f"gtm backfill campaign {key}"),)
        return _advice(cell.state, matrix.KIND, cell.key)

    def _causes(
        self, block: blocks.Block | None, opened: OpenerInputs | str | None, origins: Mapping[int, Origin]
    ) -> dict[PartName, Cause]:
        cell = self._choice.cell
        content = cell.block.content if cell and cell.block else {}
        origin = origins.get(cell.block.id) if cell and cell.block else None
        advice = self._text_advice()
        causes: dict[PartName, Cause] = {
            name: text_cause(self._choice, str(content.get(name, "")), origin, advice)  # type: ignore[misc]
            for name in TEXT_FIELDS
        }
        causes["opener"] = self._opener_cause(block, opened, origins)
        causes["unsubscribe"] = self._unsubscribe_cause()
        return causes

    def _unsubscribe_cause(self) -> Cause:
        if not (self._policy.public_url and self._policy.secret_key):
            return Cause(reason="GTM_PUBLIC_URL is not set", advice=(Advice("unsubscribe"),))
        link = unsubscribe_link(self._policy.public_url, self._policy.secret_key, self._person["person_id"])
        return Cause(link, "a link of this person's own, signed")

    def _text_advice(self) -> tuple[Advice, ...]:
        if self._vertical is None:
            return (Advice("vertical") if self._profile else Advice("research", "gtm once"),)
        if self._person["persona_key"] is None:
            return (Advice("title"),)
        cell = self._choice.cell
        if cell is None:
            return (Advice("notion_row"),)
        return _advice(cell.state, matrix.KIND, cell.key)

    def _opener_cause(
        self, block: blocks.Block | None, opened: OpenerInputs | str | None, origins: Mapping[int, Origin]
    ) -> Cause:
        if opened is None or isinstance(opened, str):
            return Cause(reason=opened or "not known yet", advice=self._opener_advice())
        reason = f"primary opener, for {opened.primary.focus}: {opened.primary.product}"
        if block is None:
            return Cause(reason=NO_TEXT["missing"], advice=(Advice("write", "gtm once"),))
        where = blocks.state(block, openers.inputs_hash(opened, self._policy.model))
        text = str(block.content.get("opener") or "")
        advice = _advice(where, openers.KIND, block.key)
        if where == "approved":
            return Cause(text, reason, origins.get(block.id), advice)
        shown = text if where in {"waiting", "failed_rules"} else ""
        return Cause(shown, NO_TEXT[where], origins.get(block.id), advice)

    def _opener_advice(self) -> tuple[Advice, ...]:
        if self._profile is None:
            return (Advice("research", "gtm once"),)
        return (Advice("vertical" if self._vertical is None else "website"),)


def _advice(state: blocks.CellState, kind: str, key: str) -> tuple[Advice, ...]:
    """What helps a text that may not be used."""
    option = "" if kind == matrix.KIND else f" --kind {kind}"
    found: dict[str, tuple[Advice, ...]] = {
        "missing": (Advice("write", "gtm once"),),
        "lapsed": (Advice("write", "gtm once"),),
        "waiting": (Advice("review", f"gtm review approve {key.replace('|', '/')}{option}"),),
        "rejected": (Advice("rewrite"),),
        "failed_rules": (Advice("rewrite"),),
    }
    return found.get(state, ())


def read_origins(connection: sa.Connection, ids: Iterable[int], states: Mapping[int, str]) -> dict[int, Origin]:
    """Versions of text blocks by id, each with its newest verdict on exactly this content; ``states`` are those of newest versions."""
    table, verdicts = schema.text_blocks, schema.reviews
    found: dict[int, Origin] = {}
    newest = table.alias("newest")
    same_key = sa.and_(newest.c.kind == table.c.kind, newest.c.key == table.c.key, newest.c.current)
    versions = sa.select(table, newest.c.version.label("newest")).outerjoin(newest, same_key)
    for piece in chunked(sorted(set(ids))):
        rows = connection.execute(versions.where(table.c.id.in_(piece))).mappings().all()
        query = sa.select(verdicts).where(verdicts.c.block_id.in_(piece)).order_by(verdicts.c.id)
        decided = {(row["block_id"], row["content_hash"]): row for row in connection.execute(query).mappings()}
        for row in rows:
            review = decided.get((row["id"], row["content_hash"]))
            found[row["id"]] = Origin(
                kind=row["kind"],
                key=row["key"],
                version=row["version"],
                newest_version=row["newest"] or row["version"],
                state=states.get(row["id"], "retired") if row["current"] else "earlier",
                model=row["model"],
                prompt_version=row["prompt_version"],
                written_at=row["created_at"],
                verdict=review["verdict"] if review else "",
                reviewer=review["reviewer"] if review else "",
                decided_at=review["decided_at"] if review else None,
                comment=review["comment"] if review else "",
                findings=tuple(finding["message"] for finding in row["findings"]),
                evidence=tuple(
                    Quote(each["claim"], each["span"]) for each in row["evidence"] or () if each["field"] == "opener"
                ),
                review_id=review["id"] if review else None,
            )
    return found
