"""Persons know which level of text they get; accounts know of which sort their reason is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns; what was planned before is planned again and fills them."""
    with op.batch_alter_table("persons") as table:
        table.add_column(
            sa.Column(
                "text_level", sa.String(10), nullable=True, comment="campaign, standard or none; null: never planned"
            )
        )
        table.add_column(
            sa.Column(
                "text_reason",
                sa.Text(),
                nullable=False,
                server_default="",
                comment="why not the campaign's, or why none",
            )
        )
    with op.batch_alter_table("sync_state") as table:
        table.add_column(
            sa.Column("kind", sa.String(40), nullable=False, server_default="", comment="sort of reason, to count by")
        )


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("sync_state") as table:
        table.drop_column("kind")
    with op.batch_alter_table("persons") as table:
        table.drop_column("text_reason")
        table.drop_column("text_level")
