"""Tables of texts: versions and what they were made from, reviews and their pages, and what the model was asked.

What belongs elsewhere: all other tables (``schema.py``, which also offers these: whoever reads or writes rows asks it for any table).
"""

from __future__ import annotations

import sqlalchemy as sa

from resources.store.columns import UtcDateTime, metadata

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
