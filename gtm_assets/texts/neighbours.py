"""The openers that companies carry, read from the store to be compared with each other.

Read once for a batch that has something to write. What two batches write at the same moment is not compared; :func:`near_duplicates`, an
asset check, sees it afterwards. What belongs elsewhere: the comparison (``likeness``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from gtm_assets.texts.blocks import rejected_ids
from gtm_assets.texts.likeness import Company, Pair, Sentences, duplicate_findings
from gtm_assets.texts.models import Finding, OpenerInputs, OpenerText
from gtm_assets.texts.rules import RULES
from resources.store import schema
from resources.store.store import chunked

_ROWS_AT_ONCE = 2_000


@dataclass(frozen=True)
class Neighbours:
    """The sentences of all companies, and where the companies speak that are written for now. Several threads may use one at once."""

    sentences: Sentences
    websites: Mapping[int, str]

    def findings(self, text: OpenerText, inputs: OpenerInputs, *, may_stay: bool) -> tuple[Finding, ...]:
        """Which sentences are near-duplicates of another company's.

        Args:
            text: The new openers.
            inputs: Of the same company.
            may_stay: No other rule stands against them: they are remembered, so that the next one who writes the same is told.
        """
        contact_id = int(inputs.id)
        company = Company(contact_id, inputs.company_name, inputs.city, self.websites.get(contact_id, ""))
        sentences = {field: sentence for field, sentence in text.content.items() if sentence}
        matches = (self.sentences.claim if may_stay else self.sentences.look)(company, sentences)
        return tuple(duplicate_findings(matches, {name: RULES[name].label for name in ("opener", "opener_secondary")}))


def load_sentences(connection: sa.Connection) -> Sentences:
    """Sentences of all current openers that passed every rule and that nobody rejected.

    The store takes the few values out of its JSON, and rows come in pieces: of 100,000 companies little more is kept than the sentences.
    On one core 20,000 companies take a second and 10 MB, 100,000 five and 52 MB; then a hundred new ones are compared in one and in six
    seconds, while the model needs half a minute for them.
    """
    blocks, accounts = schema.text_blocks, schema.accounts
    contact_id = sa.cast(blocks.c.key, sa.Integer)
    query = (
        sa.select(
            contact_id,
            blocks.c.content["opener"].as_string(),
            blocks.c.content["opener_secondary"].as_string(),
            blocks.c.inputs["company_name"].as_string(),
            blocks.c.inputs["city"].as_string(),
            accounts.c.url,
        )
        .join(accounts, accounts.c.contact_id == contact_id, isouter=True)
        .where(blocks.c.kind == "opener", blocks.c.current, blocks.c.passed, blocks.c.id.not_in(rejected_ids()))
    )
    found = Sentences()
    for rows in connection.execute(query.execution_options(yield_per=_ROWS_AT_ONCE)).partitions():
        for key, opener, secondary, name, city, url in rows:
            company = Company(key, name or "", city or "", url or "")
            found.add(company, [sentence for sentence in (opener, secondary) if sentence])
    return found


def load_neighbours(connection: sa.Connection, contact_ids: Iterable[int]) -> Neighbours:
    """What the openers of these accounts are compared with."""
    table = schema.accounts
    found: dict[int, str] = {}
    for piece in chunked(sorted(set(contact_ids))):
        rows = connection.execute(sa.select(table.c.contact_id, table.c.url).where(table.c.contact_id.in_(piece)))
        found |= {row.contact_id: row.url for row in rows}
    return Neighbours(load_sentences(connection), found)


def near_duplicates(connection: sa.Connection, at_most: int = 1000) -> list[Pair]:
    """Accounts whose current openers are near-duplicates, over the whole store; the first ``at_most``. Not of branches of one company."""
    return load_sentences(connection).pairs(at_most)
