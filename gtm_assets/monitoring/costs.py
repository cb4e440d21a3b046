"""What the model cost: by kind, campaign, day and block, and for each field in the CRM that carries a text.

Asked from the store with DuckDB. Money is of three sorts. ``used``: what is kept came of it. ``wasted``: replies nobody could use, texts
that the rules refused. ``unknown``: the answer was lost, or is under way; it counts at the most it can cost. What belongs elsewhere: the
page and the picture (``costs_page``, ``costs_plot``), budgets and prices (``gtm_assets.research``).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal, TypeVar

from gtm_assets.knowledge.rows import STANDARD_CAMPAIGN
from gtm_assets.research.prices import PriceTable
from resources.analytics.engine import Analytics
from resources.store.store import utc_now

K = TypeVar("K", bound=Hashable)
Sort = Literal["used", "wasted", "unknown"]
SORTS: tuple[Sort, ...] = ("used", "wasted", "unknown")
#: How far back by default, in days.
DAYS = 30
#: An answer this young may still become a text: it is checked, or a second attempt is under way.
_MAY_BECOME_A_TEXT = timedelta(minutes=10)
#: Blocks that are named because they cost most.
DEAREST = 10


@dataclass(frozen=True)
class Line:
    """Calls of one day, kind, campaign (empty for what is no cell) and sort."""

    day: date
    kind: str
    campaign: str
    sort: Sort
    calls: int
    prompt_tokens: int
    output_tokens: int
    thinking_tokens: int
    price: float


@dataclass(frozen=True)
class Spent:
    """A sum of lines: calls, tokens (thinking is part of the output), and money by its sort."""

    calls: int = 0
    prompt_tokens: int = 0
    output_tokens: int = 0
    thinking_tokens: int = 0
    used: float = 0.0
    wasted: float = 0.0
    unknown: float = 0.0

    @property
    def price(self) -> float:
        """All of it."""
        return self.used + self.wasted + self.unknown

    def as_json(self) -> dict[str, float | int]:
        """The same for scripts."""
        return {name: round(value, 10) for name, value in {"price": self.price, **vars(self)}.items()}


@dataclass(frozen=True)
class BlockCost:
    """What one version of a text cost, every attempt at it included, and how many fields of the CRM carry it."""

    kind: str
    key: str
    version: int
    calls: int
    price: float
    fields: int


@dataclass(frozen=True)
class PerPiece:
    """Money that went into so many pieces."""

    pieces: int
    price: float

    @property
    def each(self) -> float:
        """For one of them."""
        return self.price / self.pieces if self.pieces else 0.0


@dataclass(frozen=True)
class Costs:
    """Everything that is shown, in ``currency``. Times are UTC without offset, as the store keeps them.

    Attributes:
        now: When it was asked.
        since: Begin of the first day that counts.
        currency: Of the price table.
        lines: The smallest sums; the others are made of them.
        blocks: Kind to the versions of texts that calls of these days led to.
        dearest: The blocks among them that cost most.
        fields: Kind to the fields that carry a text now, with what these texts cost, whenever that was.
        without_price: Models that answered and that the price table does not know: their calls stand here with 0.
        other_currencies: What was spent in others; it is in no sum.
    """

    now: datetime
    since: datetime
    currency: str
    lines: Sequence[Line] = ()
    blocks: Mapping[str, PerPiece] = field(default_factory=dict)
    dearest: Sequence[BlockCost] = ()
    fields: Mapping[str, PerPiece] = field(default_factory=dict)
    without_price: Sequence[str] = ()
    other_currencies: Mapping[str, float] = field(default_factory=dict)

    @property
    def total(self) -> Spent:
        """Of all lines."""
        return add_up(self.lines)

    @property
    def today(self) -> Spent:
        """Of the running UTC day."""
        return add_up(line for line in self.lines if line.day == self.now.date())

    @property
    def kinds(self) -> dict[str, Spent]:
        """By kind, the dearest first."""
        return _by_price(sum_by(self.lines, lambda line: line.kind))

    @property
    def campaigns(self) -> dict[str, Spent]:
        """Of cells, by the campaign's tag (its key where it is no longer in Notion), or ``standard``."""
        return _by_price(sum_by((line for line in self.lines if line.campaign), lambda line: line.campaign))

    @property
    def days(self) -> dict[date, Spent]:
        """By UTC day, the first one first; days without a call are left out."""
        found = sum_by(self.lines, lambda line: line.day)
        return {day: found[day] for day in sorted(found)}

    @property
    def per_field(self) -> PerPiece:
        """Over all fields that carry a text."""
        found = self.fields.values()
        return PerPiece(sum(each.pieces for each in found), sum(each.price for each in found))

    def as_json(self) -> dict[str, Any]:
        """The shape of ``gtm costs --json``."""

        def spent(found: Mapping[Any, Spent]) -> dict[str, Any]:
            return {str(key): value.as_json() for key, value in found.items()}

        def pieces(found: Mapping[str, PerPiece]) -> dict[str, Any]:
            return {
                kind: {"count": each.pieces, "price": round(each.price, 10), "each": round(each.each, 10)}
                for kind, each in found.items()
            }

        return {
            "since": f"{self.since:%Y-%m-%d}",
            "currency": self.currency,
            "total": self.total.as_json(),
            "today": self.today.as_json(),
            "kinds": spent(self.kinds),
            "campaigns": spent(self.campaigns),
            "days": spent(self.days),
            "blocks": pieces(self.blocks),
            "dearest_blocks": [vars(each) for each in self.dearest],
            "written_fields": pieces(self.fields),
            "without_price": list(self.without_price),
            "other_currencies": dict(self.other_currencies),
        }


def add_up(lines: Iterable[Line]) -> Spent:
    """One sum."""
    found = list(lines)
    money = {sort: sum((line.price for line in found if line.sort == sort), 0.0) for sort in SORTS}
    return Spent(
        calls=sum(line.calls for line in found),
        prompt_tokens=sum(line.prompt_tokens for line in found),
        output_tokens=sum(line.output_tokens for line in found),
        thinking_tokens=sum(line.thinking_tokens for line in found),
        **money,
    )


def sum_by(lines: Iterable[Line], key: Callable[[Line], K]) -> dict[K, Spent]:
    """Sums of lines that are alike."""
    groups: dict[K, list[Line]] = {}
    for line in lines:
        groups.setdefault(key(line), []).append(line)
    return {name: add_up(group) for name, group in groups.items()}


def _by_price(found: dict[str, Spent]) -> dict[str, Spent]:
    return dict(sorted(found.items(), key=lambda item: (-item[1].price, item[0])))


def load(analytics: Analytics, prices: PriceTable, days: int = DAYS, now: datetime | None = None) -> Costs:
    """Ask the store for the last ``days`` UTC days, the running one included."""
    moment = (now or utc_now()).replace(tzinfo=None)
    since = moment.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days - 1)
    given = {"since": since, "currency": prices.currency}
    by_line = {**given, "settled": moment - _MAY_BECOME_A_TEXT, "standard": STANDARD_CAMPAIGN}
    models = [model for (model,) in analytics.rows(_MODELS, given)]
    return Costs(
        now=moment,
        since=since,
        currency=prices.currency,
        lines=[_line(row) for row in analytics.rows(_LINES, by_line)],
        blocks={kind: PerPiece(int(count), float(price)) for kind, count, price in analytics.rows(_BLOCKS, given)},
        dearest=[_block(row) for row in analytics.rows(_DEAREST, {**given, "most": DEAREST})],
        fields={
            kind: PerPiece(int(count), float(price))
            for kind, count, price in analytics.rows(_FIELDS, {"currency": prices.currency})
        },
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
_DEAREST = """
WITH recent AS (
    SELECT block_id, count(*) AS calls, sum(price) AS price FROM model_calls
    WHERE block_id IS NOT NULL AND called_at::TIMESTAMP >= $since AND currency = $currency GROUP BY 1
),
carried AS (
    SELECT block_id, count(*) AS fields FROM written_values WHERE block_id IS NOT NULL GROUP BY 1
)
SELECT b.kind, b.key, b.version, r.calls, r.price, coalesce(c.fields, 0)
FROM recent r JOIN text_blocks b ON b.id = r.block_id LEFT JOIN carried c ON c.block_id = r.block_id
ORDER BY r.price DESC, b.kind, b.key, b.version LIMIT $most
"""
#: A text that a human wrote cost the model nothing, and its fields are not the model's.
_FIELDS = """
WITH made AS (
    SELECT block_id, sum(price) AS price FROM model_calls WHERE block_id IS NOT NULL AND currency = $currency GROUP BY 1
),
carried AS (
    SELECT block_id, count(*) AS fields FROM written_values WHERE block_id IS NOT NULL GROUP BY 1
)
SELECT b.kind, sum(c.fields), sum(m.price)
FROM carried c JOIN made m ON m.block_id = c.block_id JOIN text_blocks b ON b.id = c.block_id
GROUP BY 1 ORDER BY 1
"""
