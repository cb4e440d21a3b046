"""What the connector has to know of accidents in the CRM: merges, records that took an old id, and history that moved with a merge.

Of the rate limit: whose calls go first, and until when nobody calls. Of positions: the list item of each person and persona.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from resources.store.schema import UtcDateTime

revision = "0004"
down_revision = "0003"

_HISTORY = ("plans", "ledger")
_RECORDS = ("accounts", "persons")
_RATE = {
    "background_free": "when background work may call although live work wants all",
    "live_until": "until when live work wants every moment",
    "held_until": "nobody calls before this",
    "slack": "seconds that the holder's calls may be late",
}


def upgrade() -> None:
    """Add them. Records of before learn their time of creation with the next reading."""
    for name in _RECORDS:
        with op.batch_alter_table(name) as table:
            table.add_column(
                sa.Column(
                    "crm_created_at", UtcDateTime(), nullable=True, comment="tells a record from another of the same id"
                )
            )
            table.add_column(
                sa.Column("merged_into", sa.Integer(), nullable=True, comment="the record that took its place")
            )
    for name in _HISTORY:
        with op.batch_alter_table(name) as table:
            table.add_column(
                sa.Column("merged_from", sa.Integer(), nullable=True, comment="entity id before a merge in the CRM")
            )
    with op.batch_alter_table("persons") as table:
        table.add_column(
            sa.Column(
                "position_item",
                sa.Text(),
                nullable=True,
                comment="the position by its item, [I:id]; null: not told, the list was not read",
            )
        )
    with op.batch_alter_table("personas") as table:
        table.add_column(
            sa.Column(
                "crm_position",
                sa.Text(),
                nullable=False,
                server_default="",
                comment="item that Notion names, else the name",
            )
        )
        table.add_column(
            sa.Column(
                "crm_item_id",
                sa.Integer(),
                nullable=True,
                comment="item of the CRM's list of positions, first matched by name",
            )
        )
    with op.batch_alter_table("rate_tokens") as table:
        for name, comment in _RATE.items():
            table.add_column(sa.Column(name, sa.Float(), nullable=False, server_default="0", comment=comment))
        table.add_column(
            sa.Column("holder", sa.String(40), nullable=False, server_default="", comment="who took the last moments")
        )


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("rate_tokens") as table:
        for name in (*_RATE, "holder"):
            table.drop_column(name)
    with op.batch_alter_table("personas") as table:
        table.drop_column("crm_item_id")
        table.drop_column("crm_position")
    with op.batch_alter_table("persons") as table:
        table.drop_column("position_item")
    for name in _HISTORY:
        with op.batch_alter_table(name) as table:
            table.drop_column("merged_from")
    for name in _RECORDS:
        with op.batch_alter_table(name) as table:
            table.drop_column("merged_into")
            table.drop_column("crm_created_at")
