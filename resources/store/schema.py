"""Tables of the store. Timestamps are UTC, stored without offset; JSON columns hold small, plain values.

What belongs elsewhere: how the tables of texts are defined (``text_tables.py``; offered here like all others), what the rows mean for the
business (the rooms of ``gtm_assets``), and changes of this schema over time (``resources/store/migrations``).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from resources.store.columns import UtcDateTime, metadata
from resources.store.text_tables import block_sources, model_calls, review_pages, reviews, text_blocks

__all__ = [
    "UtcDateTime",
    "accounts",
    "block_sources",
    "campaigns",
    "changes",
    "crm_fields",
    "cursors",
    "leases",
    "ledger",
    "metadata",
    "model_calls",
    "personas",
    "persons",
    "plans",
    "profiles",
    "rate_tokens",
    "review_pages",
    "reviews",
    "run_results",
    "suppressions",
    "sync_state",
    "text_blocks",
    "verticals",
    "websites",
    "written_values",
]


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
    sa.Column(
        "crm_position", sa.Text, nullable=False, server_default="", comment="item that Notion names, else the name"
    ),
    sa.Column("crm_item_id", sa.Integer, comment="item of the CRM's list of positions, first matched by name"),
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
    sa.Column("crm_created_at", UtcDateTime, comment="tells a record from another of the same id"),
    sa.Column("read_at", UtcDateTime, nullable=False),
    sa.Column("gone_at", UtcDateTime, comment="no longer among the CRM's living records since"),
    sa.Column("merged_into", sa.Integer, comment="the record that took its place"),
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
    sa.Column(
        "position_item", sa.Text, comment="the position by its item, [I:id]; null: not told, the list was not read"
    ),
    sa.Column("job_title", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("campaign", sa.Text, nullable=False),
    sa.Column("no_mailing", sa.Boolean, nullable=False),
    sa.Column("retired", sa.Boolean, nullable=False),
    sa.Column("is_associate", sa.Boolean, comment="null: not asked yet; archives don't tell"),
    sa.Column("fields", sa.JSON, nullable=False),
    sa.Column("crm_updated_at", UtcDateTime),
    sa.Column("crm_created_at", UtcDateTime, comment="tells a record from another of the same id"),
    sa.Column("read_at", UtcDateTime, nullable=False),
    sa.Column("gone_at", UtcDateTime),
    sa.Column("merged_into", sa.Integer, comment="the record that took its place"),
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
    sa.Column("merged_from", sa.Integer, comment="entity id before a merge in the CRM"),
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
    sa.Column("merged_from", sa.Integer, comment="entity id before a merge in the CRM"),
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
    sa.Column(
        "background_free",
        sa.Float,
        nullable=False,
        server_default="0",
        comment="when background work may call although live work wants all",
    ),
    sa.Column(
        "live_until", sa.Float, nullable=False, server_default="0", comment="until when live work wants every moment"
    ),
    sa.Column("held_until", sa.Float, nullable=False, server_default="0", comment="nobody calls before this"),
    sa.Column("holder", sa.String(40), nullable=False, server_default="", comment="who took the last moments"),
    sa.Column(
        "slack", sa.Float, nullable=False, server_default="0", comment="seconds that the holder's calls may be late"
    ),
)

suppressions = sa.Table(
    "suppressions",
    metadata,
    sa.Column("identifier", sa.String(80), primary_key=True, comment="keyed hash, or person:<id> / account:<id>"),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)
