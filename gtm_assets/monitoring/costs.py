"""Asking the store with DuckDB what the model cost: by kind, campaign, day and block, and for each field in the CRM that carries a text.

What belongs elsewhere: the values and their sums (``costs_models``), the page and the picture (``costs_page``, ``costs_plot``), budgets and
prices (``gtm_assets.research``).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from gtm_assets.knowledge.rows import STANDARD_CAMPAIGN
from gtm_assets.monitoring.costs_models import BlockCost, Costs, FieldCost, Line, PerPiece
from gtm_assets.research.prices import PriceTable
from gtm_assets.texts.carriers import STANDS
from resources.analytics.engine import Analytics
from resources.store.store import utc_now

#: How far back by default, in days.
DAYS = 30
#: An answer this young may still become a text: it is checked, or a second attempt is under way.
_MAY_BECOME_A_TEXT = timedelta(minutes=10)
#: Blocks that are named because they cost most.
DEAREST = 10


def load(
    analytics: Analytics,
    prices: PriceTable,
    days: int = DAYS,
    now: datetime | None = None,
    most: int | None = DEAREST,
) -> Costs:
    """Ask the store for the last ``days`` UTC days, the running one included; ``most`` blocks are named, all of them where it is None."""
    moment = (now or utc_now()).replace(tzinfo=None)
    since = moment.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days - 1)
    given = {"since": since, "currency": prices.currency}
    by_line = {**given, "settled": moment - _MAY_BECOME_A_TEXT, "standard": STANDARD_CAMPAIGN}
    carried = analytics.in_store(_CARRIED)
    models = [model for (model,) in analytics.rows(_MODELS, given)]
    return Costs(
        now=moment,
        since=since,
        currency=prices.currency,
        lines=[_line(row) for row in analytics.rows(_LINES, by_line)],
        blocks={kind: PerPiece(int(count), float(price)) for kind, count, price in analytics.rows(_BLOCKS, given)},
        dearest=[
            _block(row)
            for row in analytics.rows(
                _DEAREST.replace("$carried", carried), {**given, "most": -1 if most is None else most}
            )
        ],
        carried=[
            FieldCost(kind, name, int(count), float(price))
            for kind, name, count, price in analytics.rows(
                _FIELDS.replace("$carried", carried), {"currency": prices.currency}
            )
        ],
        without_price=[model for model in models if prices.rate(model, moment.date()) is None],
        other_currencies={currency: float(price) for currency, price in analytics.rows(_OTHERS, given)},
    )


def _line(row: tuple[Any, ...]) -> Line:
    day, kind, campaign, sort, calls, prompt_tokens, output_tokens, thinking_tokens, price = row
    return Line(
        day,
        kind,
        campaign,
        sort,
        int(calls),
        int(prompt_tokens),
        int(output_tokens),
        int(thinking_tokens),
        float(price),
    )


def _block(row: tuple[Any, ...]) -> BlockCost:
    kind, key, version, calls, price, fields = row
    return BlockCost(kind, key, int(version), int(calls), float(price), int(fields))


#: A profile is no block: its calls are used unless they have a problem. Of a block's attempts the last one made the text.
_LINES = """
WITH attempts AS (
    SELECT block_id, max(attempt) AS last FROM model_calls WHERE block_id IS NOT NULL GROUP BY 1
),
sorted AS (
    SELECT c.called_at::TIMESTAMP::DATE AS day, c.kind, split_part(c.key, '|', 3) AS campaign_key,
           CASE WHEN c.state = 'reserved' OR (c.state = 'failed' AND c.price > 0) THEN 'unknown'
                WHEN c.state = 'failed' OR c.problem <> '' THEN 'wasted'
                WHEN c.kind = 'profile' OR (b.passed::BOOLEAN AND c.attempt = a.last) THEN 'used'
                WHEN c.block_id IS NULL AND c.called_at::TIMESTAMP > $settled THEN 'unknown'
                ELSE 'wasted' END AS sort,
           c.prompt_tokens, c.output_tokens, c.thinking_tokens, c.price
    FROM model_calls c
    LEFT JOIN text_blocks b ON b.id = c.block_id
    LEFT JOIN attempts a ON a.block_id = c.block_id
    WHERE c.called_at::TIMESTAMP >= $since AND c.currency = $currency
)
SELECT day, kind,
       CASE WHEN kind <> 'cell' THEN '' WHEN campaign_key = '' THEN $standard ELSE coalesce(g.tag, campaign_key) END,
       sort, count(*), sum(prompt_tokens), sum(output_tokens), sum(thinking_tokens), sum(price)
FROM sorted s LEFT JOIN campaigns g ON g.key = s.campaign_key
GROUP BY ALL ORDER BY ALL
"""
_MODELS = """
SELECT DISTINCT model FROM model_calls
WHERE called_at::TIMESTAMP >= $since AND currency = $currency AND state = 'answered' AND price = 0 ORDER BY 1
"""
_OTHERS = """
SELECT currency, sum(price) FROM model_calls
WHERE called_at::TIMESTAMP >= $since AND currency <> $currency GROUP BY 1 ORDER BY 1
"""
_BLOCKS = """
SELECT b.kind, count(DISTINCT c.block_id), sum(c.price) FROM model_calls c JOIN text_blocks b ON b.id = c.block_id
WHERE c.called_at::TIMESTAMP >= $since AND c.currency = $currency GROUP BY 1 ORDER BY 1
"""
#: How many records carry a block in which field, read by SQL of both databases.
_CARRIED = f"""
SELECT w.block_id, w.field, count(*) AS records FROM written_values w WHERE w.block_id IS NOT NULL AND {STANDS}
GROUP BY w.block_id, w.field"""  # noqa: S608
_DEAREST = """
WITH recent AS (
    SELECT block_id, count(*) AS calls, sum(price) AS price FROM model_calls
    WHERE block_id IS NOT NULL AND called_at::TIMESTAMP >= $since AND currency = $currency GROUP BY 1
),
dear AS (
    SELECT b.id, b.kind, b.key, b.version, r.calls, r.price FROM recent r JOIN text_blocks b ON b.id = r.block_id
    ORDER BY r.price DESC, b.kind, b.key, b.version LIMIT CASE WHEN $most < 0 THEN NULL ELSE $most END
),
carried AS (
    SELECT block_id::INTEGER AS block_id, sum(records::INTEGER) AS fields FROM $carried GROUP BY 1
)
SELECT d.kind, d.key, d.version, d.calls, d.price, coalesce(c.fields, 0)
FROM dear d LEFT JOIN carried c ON c.block_id = d.id
ORDER BY d.price DESC, d.kind, d.key, d.version
"""
#: A text that a human wrote cost the model nothing, and its fields are not the model's. A text's price is shared by the fields alike.
_FIELDS = """
WITH made AS (
    SELECT block_id, sum(price) AS price FROM model_calls WHERE block_id IS NOT NULL AND currency = $currency GROUP BY 1
),
carried AS (
    SELECT block_id::INTEGER AS block_id, field, records::INTEGER AS records,
           sum(records::INTEGER) OVER (PARTITION BY block_id) AS of_block
    FROM $carried
)
SELECT b.kind, c.field, sum(c.records), sum(m.price * c.records / c.of_block)
FROM carried c JOIN made m ON m.block_id = c.block_id JOIN text_blocks b ON b.id = c.block_id
GROUP BY ALL ORDER BY ALL
"""
