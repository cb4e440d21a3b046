"""What writing one text or profile will cost: learned from the calls there were, estimated where there were none.

What belongs elsewhere: what was spent (``gtm_assets.monitoring.costs``), how much may be spent (``budget``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import sqlalchemy as sa

from gtm_assets.research.prices import PriceTable, load_prices
from resources.store import schema
from resources.store.store import utc_now

Kind = Literal["cell", "opener", "profile"]
#: So many calls are looked back: enough for a mean, and a changed prompt is learned soon.
CALLS = 500
#: Tokens in and out (thinking included) of one finished block, until there are calls to learn from. A cell's request holds its rows
#: and instructions; a profile's and an opener's up to 20,000 characters of website besides. One in five is asked for twice.
ESTIMATED_TOKENS: Mapping[str, tuple[int, int]] = {
    "cell": (2_400, 1_500),
    "opener": (7_500, 1_300),
    "profile": (7_500, 1_000),
}


def expected_price(connection: sa.Connection, kind: Kind, model: str, prices: PriceTable | None = None) -> float | None:
    """What one finished block of a kind costs, every attempt at it included, in the currency of the price table.

    Args:
        connection: A connection to the store.
        kind: What is written.
        model: Name of the model that will be asked.
        prices: The price table; by default the one that is part of this product.

    Returns:
        The mean over the last :data:`CALLS` calls that cost something; where there are none, :data:`ESTIMATED_TOKENS` at today's price;
        None where the table does not know the model.
    """
    table = prices or load_prices()
    calls = schema.model_calls
    finished = calls.c.problem == "" if kind == "profile" else calls.c.block_id.is_not(None)
    recent = (
        sa.select(calls.c.key, calls.c.run_id, calls.c.block_id)
        .where(
            calls.c.kind == kind,
            calls.c.model == model,
            calls.c.state == "answered",
            calls.c.price > 0,
            calls.c.currency == table.currency,
            finished,
        )
        .order_by(calls.c.id.desc())
        .limit(CALLS)
        .subquery()
    )
    if kind == "profile":
        # A profile is no block: its calls are those of its account in one run.
        same = sa.and_(calls.c.kind == kind, calls.c.key == recent.c.key, calls.c.run_id == recent.c.run_id)
        which = sa.select(recent.c.key, recent.c.run_id).distinct()
    else:
        same = calls.c.block_id == recent.c.block_id
        which = sa.select(recent.c.block_id).distinct()
    blocks = connection.execute(sa.select(sa.func.count()).select_from(which.subquery())).scalar_one()
    if blocks:
        spent = sa.select(sa.func.sum(calls.c.price)).where(sa.exists().where(same))
        return float(connection.execute(spent).scalar_one()) / blocks
    rate = table.rate(model, utc_now().date())
    return rate.price(*ESTIMATED_TOKENS[kind]) if rate is not None else None
