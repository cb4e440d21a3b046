"""A store that a tenant of many companies has filled: what the engine knows of a few is multiplied, with its history.

The CRM holds only the few; the others are known to the store alone, so that a question's time is the engine's and not the stand-in's. Rows
that no question of a sensor or of a batch's first stage touches are left out: websites, ledger, what stands by our hand. What belongs
elsewhere: those questions (``sensor``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from resources.store import schema
from resources.store.store import Store, utc_now

#: When the others' texts were written: a large tenant's are not all of the last minutes.
_AGE = timedelta(days=30)


@dataclass(frozen=True)
class _Copy:
    """Rows of a table: how their columns differ in copy ``number``; a column that is None is left to the database."""

    table: sa.Table
    columns: dict[str, Any]
    wanted: sa.ColumnElement[bool] = field(default_factory=sa.true)

    def insert(self, number: sa.ColumnElement[int]) -> sa.Insert:
        """All copies in one statement."""
        names = [column.name for column in self.table.columns if self.columns.get(column.name, number) is not None]
        values = [self.columns.get(name, self.table.c[name]) for name in names]
        each = self.table.join(number.table, number > 0)
        return sa.insert(self.table).from_select(names, sa.select(*values).select_from(each).where(self.wanted))


def grow(store: Store, accounts: int) -> int:
    """Multiply what is known until about so many accounts are known; answers how many. Those of the CRM keep their ids."""
    with store.read() as connection:
        account, person, block = (
            int(connection.execute(sa.select(sa.func.max(column))).scalar_one())
            for column in (schema.accounts.c.contact_id, schema.persons.c.person_id, schema.text_blocks.c.id)
        )
    copies = max(0, accounts // account - 1)
    for copy in _copies(number := _numbers(copies), account, person, block):
        with store.write() as connection:
            connection.execute(copy.insert(number))
    return account * (copies + 1)


def _numbers(last: int) -> sa.ColumnElement[int]:
    first: Any = sa.select(sa.literal(0).label("number")).cte("numbers", recursive=True)
    following = sa.select(first.c.number + 1).where(first.c.number < last)
    column: sa.ColumnElement[int] = first.union_all(following).c.number
    return column


def _copies(number: sa.ColumnElement[int], account: int, person: int, block: int) -> list[_Copy]:
    """The tables that grow with the number of accounts; ids move by as many as there are."""
    blocks, reviews, changes, plans = schema.text_blocks, schema.reviews, schema.changes, schema.plans
    openers = sa.select(blocks.c.id).where(blocks.c.kind == "opener")

    def of_account(table: sa.Table) -> dict[str, Any]:
        return {"contact_id": table.c.contact_id + number * account}

    def of_entity(table: sa.Table) -> dict[str, Any]:
        step = sa.case((table.c.entity == "Person", person), else_=account)
        return {"id": None, "entity_id": table.c.entity_id + number * step, **of_account(table)}

    return [
        _Copy(schema.accounts, of_account(schema.accounts)),
        _Copy(
            schema.persons,
            {"person_id": schema.persons.c.person_id + number * person, **of_account(schema.persons)},
        ),
        _Copy(schema.sync_state, of_account(schema.sync_state)),
        _Copy(schema.profiles, of_account(schema.profiles)),
        _Copy(changes, of_entity(changes)),
        _Copy(plans, of_entity(plans)),
        _Copy(reviews, {"id": None, "block_id": reviews.c.block_id + number * block}, reviews.c.block_id.in_(openers)),
        _Copy(
            blocks,
            {
                "id": blocks.c.id + number * block,
                "created_at": sa.literal(utc_now() - _AGE),
                "key": sa.cast(sa.cast(blocks.c.key, sa.Integer) + number * account, sa.String),
            },
            blocks.c.kind == "opener",
        ),
    ]
