"""What a text was made from and by whom, its pages in Notion, and what every model call cost."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from resources.store.schema import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add them. Blocks of before know their inputs, not the versions of the rows: lineage begins with the next version."""
    with op.batch_alter_table("text_blocks") as table:
        table.add_column(
            sa.Column(
                "evidence",
                sa.JSON(),
                nullable=True,
                comment="openers: list of field, claim, span of the website; null: none asked for",
            )
        )
        table.add_column(
            sa.Column(
                "author",
                sa.Text(),
                nullable=False,
                server_default="model",
                comment="model, or who wrote or edited this version",
            )
        )
    op.create_table(
        "block_sources",
        sa.Column("block_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(20), nullable=False, comment="verticals, personas, campaigns or website"),
        sa.Column("key", sa.String(400), nullable=False, comment="key of the row, or the contact id"),
        sa.Column(
            "row_hash", sa.String(64), nullable=False, comment="version of the row, or hash of the website's text"
        ),
        sa.Column("notion_page_id", sa.String(64), nullable=False, server_default=""),
        sa.Column("url", sa.Text(), nullable=False, server_default="", comment="where a person reads the source"),
        sa.PrimaryKeyConstraint("block_id", "source", name=op.f("pk_block_sources")),
        comment="which versions of which rows a text block was made from",
    )
    op.create_index(op.f("ix_block_sources_source_key"), "block_sources", ["source", "key"])
    op.create_index(op.f("ix_block_sources_notion_page_id"), "block_sources", ["notion_page_id"])
    op.create_table(
        "review_pages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("key", sa.String(400), nullable=False),
        sa.Column("block_id", sa.Integer(), nullable=False, comment="the version that the page shows"),
        sa.Column(
            "page_id", sa.String(64), nullable=True, comment="null: intended, the call's answer is not known yet"
        ),
        sa.Column("url", sa.Text(), nullable=False, server_default=""),
        sa.Column("state", sa.String(12), nullable=False, comment="intended, open, decided, superseded or gone"),
        sa.Column("written", sa.JSON(), nullable=False, comment="status, hash, findings and comment as we wrote them"),
        sa.Column(
            "seen",
            sa.JSON(),
            nullable=True,
            comment="an edit that is not finished yet, as last read: texts, status, since",
        ),
        sa.Column(
            "problem", sa.Text(), nullable=False, server_default="", comment="what stands against the page, for people"
        ),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_pages")),
        comment="pages of the reviews database in Notion, one a block version",
    )
    for column in ("block_id", "page_id", "state"):
        op.create_index(op.f(f"ix_review_pages_{column}"), "review_pages", [column])
    with op.batch_alter_table("model_calls") as table:
        table.alter_column("price_usd", new_column_name="price", comment="while reserved, the most that it can cost")
        table.add_column(
            sa.Column("block_id", sa.Integer(), nullable=True, comment="the version that came of it; null: none did")
        )
        table.add_column(
            sa.Column(
                "repetition",
                sa.Integer(),
                nullable=False,
                server_default="0",
                comment="of the same request, after an error",
            )
        )
        table.add_column(
            sa.Column(
                "state",
                sa.String(10),
                nullable=False,
                server_default="answered",
                comment="reserved, answered or failed",
            )
        )
        table.add_column(
            sa.Column(
                "thinking_tokens", sa.Integer(), nullable=False, server_default="0", comment="of the output tokens"
            )
        )
        table.add_column(
            sa.Column("currency", sa.String(3), nullable=False, server_default="USD", comment="of the price table")
        )
    for columns in (["called_at"], ["run_id"], ["kind", "key"], ["block_id"]):
        op.create_index(op.f(f"ix_model_calls_{'_'.join(columns)}"), "model_calls", columns)
    op.create_index(op.f("ix_written_values_block_id"), "written_values", ["block_id"])
    # A call of before belongs to the block that its run made next for the same key; without an answer it had failed.
    op.execute(
        "UPDATE model_calls SET block_id = (SELECT min(b.id) FROM text_blocks b WHERE b.kind = model_calls.kind "
        "AND b.key = model_calls.key AND b.run_id = model_calls.run_id AND b.created_at >= model_calls.called_at)"
    )
    op.execute(
        "UPDATE model_calls SET state = 'failed' WHERE prompt_tokens = 0 AND output_tokens = 0 AND problem <> ''"
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_written_values_block_id"), "written_values")
    for columns in (["called_at"], ["run_id"], ["kind", "key"], ["block_id"]):
        op.drop_index(op.f(f"ix_model_calls_{'_'.join(columns)}"), "model_calls")
    with op.batch_alter_table("model_calls") as table:
        for column in ("block_id", "repetition", "state", "thinking_tokens", "currency"):
            table.drop_column(column)
        table.alter_column("price", new_column_name="price_usd", comment=None)
    op.drop_table("review_pages")
    op.drop_table("block_sources")
    with op.batch_alter_table("text_blocks") as table:
        table.drop_column("author")
        table.drop_column("evidence")
