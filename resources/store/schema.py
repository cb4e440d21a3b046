"""Tables of the store. Timestamps are UTC, stored without offset; JSON columns hold small, plain values.

What belongs elsewhere: what the rows mean for the business (the rooms of ``gtm_assets``), and changes of this schema over time
(``resources/store/migrations``).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """Aware datetimes in UTC in Python, naive UTC in the database: both databases compare and sort them alike."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse naive values at the edge: nobody can tell what they mean."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("the store takes aware datetimes only")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: sa.Dialect) -> datetime | None:
        """Give the offset back."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _knowledge_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("key", sa.String(120), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("notion_page_id", sa.String(64), nullable=False),
        sa.Column("notion_url", sa.Text, nullable=False, server_default=""),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("row_hash", sa.String(64), nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=False),
    ]


verticals = sa.Table(
    "verticals",
    metadata,
    *_knowledge_columns(),
    sa.Column("definition", sa.Text, nullable=False),
    sa.Column("pains", sa.JSON, nullable=False),
    sa.Column("gains", sa.JSON, nullable=False),
    sa.Column("products", sa.JSON, nullable=False, comment="ops focus -> product"),
    sa.Column("ops_focus", sa.String(20), nullable=False),
    sa.Column("refs", sa.JSON, nullable=False, comment="registered references: company, achievement, source"),
    sa.Column("crm_item_id", sa.Integer, comment="list item of the CRM, first matched by name"),
)

personas = sa.Table(
    "personas",
    metadata,
    *_knowledge_columns(),
    sa.Column("pains", sa.JSON, nullable=False),
    sa.Column("gains", sa.JSON, nullable=False),
    sa.Column("job_titles", sa.JSON, nullable=False),
)

campaigns = sa.Table(
    "campaigns",
    metadata,
    *_knowledge_columns(),
    sa.Column("tag", sa.Text, nullable=False),
    sa.Column("brief", sa.Text, nullable=False),
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("contact_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("org_nr", sa.Text, nullable=False),
    sa.Column("postal_city", sa.Text, nullable=False),
    sa.Column("street_city", sa.Text, nullable=False),
    sa.Column("country", sa.Text, nullable=False),
    sa.Column("stop", sa.Boolean, nullable=False),
    sa.Column("fields", sa.JSON, nullable=False, comment="role -> value as the CRM carries it, owned fields only"),
    sa.Column("crm_updated_at", UtcDateTime),
    sa.Column("read_at", UtcDateTime, nullable=False),
    sa.Column("gone_at", UtcDateTime, comment="no longer among the CRM's living records since"),
)

persons = sa.Table(
    "persons",
    metadata,
    sa.Column("person_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("contact_id", sa.Integer, nullable=False, index=True),
    sa.Column("firstname", sa.Text, nullable=False),
    sa.Column("lastname", sa.Text, nullable=False),
    sa.Column("mrmrs", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("position", sa.Text, nullable=False),
    sa.Column("job_title", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("campaign", sa.Text, nullable=False),
    sa.Column("no_mailing", sa.Boolean, nullable=False),
    sa.Column("retired", sa.Boolean, nullable=False),
    sa.Column("is_associate", sa.Boolean, comment="null: not asked yet; archives don't tell"),
    sa.Column("fields", sa.JSON, nullable=False),
    sa.Column("crm_updated_at", UtcDateTime),
    sa.Column("read_at", UtcDateTime, nullable=False),
    sa.Column("gone_at", UtcDateTime),
    sa.Column("persona_key", sa.String(120)),
    sa.Column("persona_reason", sa.Text, nullable=False, server_default=""),
    sa.Column("persona_inputs_hash", sa.String(64), nullable=False, server_default=""),
    sa.Column("text_level", sa.String(10), comment="campaign, standard or none; null: never planned"),
    sa.Column("text_reason", sa.Text, nullable=False, server_default="", comment="why not the campaign's, or why none"),
)

changes = sa.Table(
    "changes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("entity", sa.String(10), nullable=False),
    sa.Column("entity_id", sa.Integer, nullable=False),
    sa.Column("contact_id", sa.Integer, nullable=False),
    sa.Column("crm_updated_at", UtcDateTime, nullable=False),
    sa.Column("updated_by", sa.Integer, comment="AssociateId"),
    sa.Column("source", sa.String(10), nullable=False, comment="poll"),
    sa.Column("settled", sa.Boolean, nullable=False, comment="read later than the second it names"),
    sa.Column("detected_at", UtcDateTime, nullable=False),
    sa.Column("handled_at", UtcDateTime),
    sa.Column(
        "outcome", sa.Text, nullable=False, server_default="", comment="fields that differ, or why it ended here"
    ),
    sa.UniqueConstraint("entity", "entity_id", "crm_updated_at"),
    sa.Index(None, "handled_at", "contact_id"),
)

websites = sa.Table(
    "websites",
    metadata,
    sa.Column("contact_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("final_url", sa.Text, nullable=False),
    sa.Column("outcome", sa.String(20), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("imprint_url", sa.Text, nullable=False),
    sa.Column("imprint_text", sa.Text, nullable=False),
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("fetched_at", UtcDateTime, nullable=False),
)

profiles = sa.Table(
    "profiles",
    metadata,
    sa.Column("contact_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("vertical_key", sa.String(120), index=True, comment="null: unknown"),
    sa.Column("vertical_source", sa.String(10), nullable=False, comment="human, model or unknown"),
    sa.Column("vertical_reason", sa.Text, nullable=False),
    sa.Column("model_vertical_key", sa.String(120), comment="what the website says, kept beside a human's choice"),
    sa.Column("evidence", sa.JSON, nullable=False),
    sa.Column("ops_focus", sa.String(20)),
    sa.Column("summary", sa.Text, nullable=False),
    sa.Column("city", sa.Text),
    sa.Column("vat_number", sa.Text),
    sa.Column("inputs_hash", sa.String(64), nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

text_blocks = sa.Table(
    "text_blocks",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(10), nullable=False, comment="cell or opener"),
    sa.Column("key", sa.String(400), nullable=False, comment="persona|vertical[|campaign], or the contact id"),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("inputs_hash", sa.String(64), nullable=False),
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
    sa.Column("findings", sa.JSON, nullable=False),
    sa.Column("passed", sa.Boolean, nullable=False, comment="every rule passed"),
    sa.Column("prompt_version", sa.String(40), nullable=False),
    sa.Column("model", sa.String(80), nullable=False),
    sa.Column("inputs", sa.JSON, nullable=False, comment="row hashes and limits the text was made from, for lineage"),
    sa.Column("evidence", sa.JSON, comment="openers: list of field, claim, span of the website; null: none asked for"),
    sa.Column(
        "author", sa.Text, nullable=False, server_default="model", comment="model, or who wrote or edited this version"
    ),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("run_id", sa.String(64), nullable=False),
    sa.Column("current", sa.Boolean, nullable=False, comment="newest version of its key"),
    sa.UniqueConstraint("kind", "key", "version"),
    sa.Index(None, "kind", "key", "current"),
)

block_sources = sa.Table(
    "block_sources",
    metadata,
    sa.Column("block_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("source", sa.String(20), primary_key=True, comment="verticals, personas, campaigns or website"),
    sa.Column("key", sa.String(400), nullable=False, comment="key of the row, or the contact id"),
    sa.Column("row_hash", sa.String(64), nullable=False, comment="version of the row, or hash of the website's text"),
    sa.Column("notion_page_id", sa.String(64), nullable=False, server_default=""),
    sa.Column("url", sa.Text, nullable=False, server_default="", comment="where a person reads the source"),
    sa.Index(None, "source", "key"),
    sa.Index(None, "notion_page_id"),
    comment="which versions of which rows a text block was made from",
)

reviews = sa.Table(
    "reviews",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("block_id", sa.Integer, nullable=False, index=True),
    sa.Column("content_hash", sa.String(64), nullable=False),
    sa.Column("verdict", sa.String(10), nullable=False, comment="approved or rejected"),
    sa.Column("reviewer", sa.Text, nullable=False),
    sa.Column("comment", sa.Text, nullable=False, server_default=""),
    sa.Column("decided_at", UtcDateTime, nullable=False),
)

review_pages = sa.Table(
    "review_pages",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("key", sa.String(400), nullable=False),
    sa.Column("block_id", sa.Integer, nullable=False, index=True, comment="the version that the page shows"),
    sa.Column("page_id", sa.String(64), index=True, comment="null: intended, the call's answer is not known yet"),
    sa.Column("url", sa.Text, nullable=False, server_default=""),
    sa.Column("state", sa.String(12), nullable=False, comment="intended, open, decided, superseded or gone"),
    sa.Column("written", sa.JSON, nullable=False, comment="status, hash, findings and comment as we wrote them"),
    sa.Column("seen", sa.JSON, comment="an edit that is not finished yet, as last read: texts, status, since"),
    sa.Column(
        "problem", sa.Text, nullable=False, server_default="", comment="what stands against the page, for people"
    ),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Index(None, "state"),
    comment="pages of the reviews database in Notion, one a block version",
)

sync_state = sa.Table(
    "sync_state",
    metadata,
    sa.Column("contact_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("phase", sa.String(20), nullable=False),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("kind", sa.String(40), nullable=False, server_default="", comment="sort of reason, to count by"),
    sa.Column("trigger", sa.Text, nullable=False, server_default="", comment="what made it due"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("due_at", UtcDateTime, comment="null: nothing to do"),
    sa.Column(
        "priority",
        sa.Integer,
        nullable=False,
        server_default="0",
        comment="0 live changes, 1 first load, sweeps, backfills",
    ),
    sa.Column(
        "requested",
        sa.Integer,
        nullable=False,
        server_default="0",
        comment="counts wishes; a wish during work is not lost",
    ),
    sa.Column("lease_owner", sa.String(200)),
    sa.Column("lease_until", UtcDateTime),
    sa.Column("received_at", UtcDateTime),
    sa.Column("enriching_at", UtcDateTime),
    sa.Column("syncing_at", UtcDateTime),
    sa.Column("ended_at", UtcDateTime),
    sa.Column("run_id", sa.String(64), nullable=False, server_default=""),
    sa.Index(None, "due_at", "priority"),
)

plans = sa.Table(
    "plans",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("contact_id", sa.Integer, nullable=False, index=True),
    sa.Column("entity", sa.String(10), nullable=False),
    sa.Column("entity_id", sa.Integer, nullable=False),
    sa.Column("fields", sa.JSON, nullable=False, comment="field -> before, after, reason, block_id"),
    sa.Column("kept", sa.JSON, nullable=False, comment="field -> why it is left as it is"),
    sa.Column("plan_hash", sa.String(64), nullable=False),
    sa.Column("status", sa.String(12), nullable=False, comment="planned, sent, confirmed, conflict, failed or dropped"),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("run_id", sa.String(64), nullable=False),
    sa.Index(None, "entity", "entity_id"),
)

ledger = sa.Table(
    "ledger",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("plan_id", sa.Integer, nullable=False),
    sa.Column("contact_id", sa.Integer, nullable=False, index=True),
    sa.Column("entity", sa.String(10), nullable=False),
    sa.Column("entity_id", sa.Integer, nullable=False),
    sa.Column("before", sa.JSON, nullable=False),
    sa.Column("after", sa.JSON, nullable=False),
    sa.Column(
        "status",
        sa.String(12),
        nullable=False,
        comment="intended, sent, confirmed, no_effect, conflict, failed, dropped",
    ),
    sa.Column("guard", sa.String(1), nullable=False),
    sa.Column("intended_at", UtcDateTime, nullable=False),
    sa.Column("sent_at", UtcDateTime),
    sa.Column("ended_at", UtcDateTime),
    sa.Column("error", sa.Text, nullable=False, server_default=""),
    sa.Column("run_id", sa.String(64), nullable=False),
    sa.Index(None, "status"),
    sa.Index(None, "entity", "entity_id"),
)

written_values = sa.Table(
    "written_values",
    metadata,
    sa.Column("entity", sa.String(10), primary_key=True),
    sa.Column("entity_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("field", sa.String(40), primary_key=True),
    sa.Column("value", sa.Text, nullable=False, comment="as read back"),
    sa.Column("block_id", sa.Integer),
    sa.Column("ledger_id", sa.Integer, nullable=False),
    sa.Column("confirmed_at", UtcDateTime, nullable=False),
    sa.Index(None, "block_id"),
    comment="what stands in the CRM by our hand: the difference between our own value and a human's",
)

model_calls = sa.Table(
    "model_calls",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.String(10), nullable=False, comment="cell, opener or profile"),
    sa.Column("key", sa.String(400), nullable=False),
    sa.Column("block_id", sa.Integer, comment="the version that came of it; null: none did"),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column(
        "repetition", sa.Integer, nullable=False, server_default="0", comment="of the same request, after an error"
    ),
    sa.Column(
        "state", sa.String(10), nullable=False, server_default="answered", comment="reserved, answered or failed"
    ),
    sa.Column("model", sa.String(80), nullable=False),
    sa.Column("prompt_version", sa.String(40), nullable=False),
    sa.Column("prompt_tokens", sa.Integer, nullable=False),
    sa.Column("output_tokens", sa.Integer, nullable=False),
    sa.Column("thinking_tokens", sa.Integer, nullable=False, server_default="0", comment="of the output tokens"),
    sa.Column("price", sa.Float, nullable=False, comment="while reserved, the most that it can cost"),
    sa.Column("currency", sa.String(3), nullable=False, server_default="USD", comment="of the price table"),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("problem", sa.Text, nullable=False, server_default=""),
    sa.Column("called_at", UtcDateTime, nullable=False),
    sa.Column("run_id", sa.String(64), nullable=False),
    sa.Index(None, "called_at"),
    sa.Index(None, "run_id"),
    sa.Index(None, "kind", "key"),
    sa.Index(None, "block_id"),
)

run_results = sa.Table(
    "run_results",
    metadata,
    sa.Column("run_id", sa.String(64), primary_key=True),
    sa.Column("job", sa.String(80), nullable=False),
    sa.Column("counts", sa.JSON, nullable=False, comment="what the run did, as `gtm once` reports it"),
    sa.Column("ended_at", UtcDateTime, nullable=False),
)

crm_fields = sa.Table(
    "crm_fields",
    metadata,
    sa.Column("role", sa.String(40), primary_key=True),
    sa.Column("entity", sa.String(10), nullable=False),
    sa.Column("prog_id", sa.String(120), nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("field_type", sa.String(20), nullable=False),
    sa.Column("text_length", sa.Integer, nullable=False),
    sa.Column("list_name", sa.String(120), nullable=False, server_default=""),
    sa.Column("matched_by", sa.String(20), nullable=False, comment="label, setting or default"),
    sa.Column("read_at", UtcDateTime, nullable=False),
    comment="user-defined fields as the tenant's published layout describes them",
)

cursors = sa.Table(
    "cursors",
    metadata,
    sa.Column("name", sa.String(80), primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.String(120), primary_key=True),
    sa.Column("owner", sa.String(200), nullable=False),
    sa.Column("lease_until", UtcDateTime, nullable=False),
)

rate_tokens = sa.Table(
    "rate_tokens",
    metadata,
    sa.Column("bucket", sa.String(80), primary_key=True),
    sa.Column("next_free", sa.Float, nullable=False, comment="Unix time in seconds"),
)

suppressions = sa.Table(
    "suppressions",
    metadata,
    sa.Column("identifier", sa.String(80), primary_key=True, comment="keyed hash, or person:<id> / account:<id>"),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)
